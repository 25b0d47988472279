/*
 * request - the body of the model call: an allow-list, written by wire/jsonw (the wire
 * contract as observed 2026-11).
 *
 * stream is true and store false, always. tools, tool_choice and parallel_tool_calls are
 * not sent: they belong together, and there are no tools. What the backend is known to
 * reject (max_output_tokens, temperature, a system role, ...) cannot be written at all.
 */
#ifndef CODEX_REQUEST_H
#define CODEX_REQUEST_H

#include "base/buf.h"

struct request {
	const char *model;
	struct span instructions;      /* UTF-8, not empty */
	struct span history;           /* items of earlier turns, one JSON object a line; or empty */
	struct span input;             /* the user's message: UTF-8, not empty */
	const char *effort;            /* NULL = not sent */
	const char *summary;           /* NULL or "none" = not sent */
	const char *verbosity;         /* NULL = not sent */
	struct span schema;            /* strict JSON Schema of the answer; empty = plain text */
	const char *service_tier;      /* NULL = not sent */
	const char *prompt_cache_key;  /* the conversation's UUID */
};

/* Where the user's message stands in a body, and where more items can follow it. */
struct request_input {
	size_t message;
	size_t end;
};

/*
 * Writes the JSON text into `out`, which is empty. ERR_CEILING when it exceeds out's ceiling,
 * ERR_MEMORY.
 */
MUST bool request_write(
	struct buf *out, const struct request *r, struct request_input *at, struct err *e);

/* The user's message, or all items so far from it on, as they stand in the body: borrows it. */
struct span request_items(const struct buf *body, const struct request_input *at);

/* More items behind those of a body, one JSON object a line. Errors as request_write. */
MUST bool request_continue(
	struct buf *body, struct request_input *at, struct span items, struct err *e);

enum request_role { REQUEST_USER, REQUEST_ASSISTANT };

/* Appends a message as an item on a line of its own. ERR_CEILING, ERR_MEMORY. */
MUST bool request_message(
	struct buf *out, enum request_role role, struct span text, struct err *e);

#endif
