/*
 * event - one event's data -> what it means (the wire contract as observed 2026-11).
 *
 * Only the JSON member `type` counts, compared exactly; the `event:` field may be absent or
 * wrong. A reading is indexes into the document and lives as long as it. An event that
 * lacks what its type must carry (a delta without text, an item event without an item) is
 * EVENT_IGNORED; a terminal one keeps its type, with JSON_NONE for what is missing.
 */
#ifndef CODEX_EVENT_H
#define CODEX_EVENT_H

#include "wire/json.h"

enum event_type {
	EVENT_IGNORED,        /* known and of no interest, or unknown */
	EVENT_CREATED,
	EVENT_ITEM_ADDED,     /* item, output_index */
	EVENT_TEXT_DELTA,     /* text, output_index, content_index; a part may begin with text */
	EVENT_TEXT_DONE,      /* text: the whole part, also told by the content part */
	EVENT_REFUSAL_DELTA,  /* text */
	EVENT_REFUSAL_DONE,   /* text: the whole part */
	EVENT_REASONING_DELTA,      /* text of a summary or of reasoning */
	EVENT_REASONING_PART_ADDED,
	EVENT_ITEM_DONE,      /* item: authoritative */
	EVENT_COMPLETED,      /* response */
	EVENT_INCOMPLETE,     /* response */
	EVENT_FAILED,         /* response with error */
	EVENT_ERROR,          /* error: nested, or the event itself when flat */
	EVENT_RATE_LIMITS,
};

enum item_kind { ITEM_MESSAGE, ITEM_REASONING, ITEM_CALL, ITEM_OTHER };

/* Values are indexes into the document, JSON_NONE when absent. */
struct event {
	enum event_type type;
	int64_t output_index;  /* -1 when absent */
	int64_t content_index; /* -1 when absent */
	int text;              /* a string value: the delta, or the whole part */
	int item;              /* the item object */
	int response;          /* the response object */
	int error;             /* the object that holds code, type, message */
};

/* Reads one parsed event. Never fails: what is not understood is EVENT_IGNORED. */
void event_read(const struct json *j, struct event *out);

enum item_kind event_item_kind(const struct json *j, int item);

/* A message item whose `phase` says commentary. */
bool event_item_is_commentary(const struct json *j, int item);

/* The message's output_text parts (refusal parts when `refusal`), joined, unescaped, appended to
 * out; *parts says how many there were. ERR_CEILING, ERR_MEMORY. */
MUST bool event_item_text(const struct json *j, int item, bool refusal, struct buf *out,
                          size_t *parts, struct err *e);

/* The reasoning item's summary, its parts joined by newlines, unescaped, appended to out. */
MUST bool event_reasoning_text(const struct json *j, int item, struct buf *out, struct err *e);

struct usage {
	bool known; /* the response carries a usage object; what it lacks counts 0 */
	int64_t input, cached, cache_write, output, reasoning, total;
};
void event_usage(const struct json *j, int response, struct usage *out);

/* Adds what another response used; nothing while that is not known. */
void usage_add(struct usage *sum, const struct usage *more);
int64_t usage_total(const struct usage *u); /* as told, or else input and output together */

/* The response object's status is "completed" and end_turn is not false. */
bool event_response_is_complete(const struct json *j, int response);

/* response.incomplete_details.reason, JSON_NONE when absent. */
int event_incomplete_reason(const struct json *j, int response);

#endif
