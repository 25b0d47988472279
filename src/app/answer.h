/*
 * answer - the items of one response -> one text, in order.
 *
 * Items go to the sink by output_index, never interleaved: text that comes for a later message
 * waits (in memory, under BUFFERED_ANSWER_MAX) until the earlier ones are done. What an item's end
 * says is authoritative: when the streamed text is a strict prefix of it the missing rest follows,
 * when it differs that is ERR_PROTOCOL; only a length and a running SHA-256 are kept. Reasoning
 * summaries and commentary are asides, for the sinks that want them; calls are passed over. Refusals
 * are kept apart.
 */
#ifndef APP_ANSWER_H
#define APP_ANSWER_H

#include "app/sink.h"
#include "codex/event.h"

struct answer_item;

struct answer {
	struct sink *sink;         /* borrowed */
	struct answer_item *items; /* by output_index; owned */
	size_t items_n, items_cap;
	struct buf scratch;        /* one text at a time */
	size_t pending;            /* bytes that wait in all items */
	struct buf *copy;          /* gets all messages' text, too; borrowed; NULL = not wanted */
	struct buf refusal;        /* what the model said when it declined, capped */
	bool refused;
	bool spoken;               /* a message said more than white space */
	uint64_t said;             /* bytes of messages that went to the sink */
};

void answer_init(struct answer *a, struct sink *sink);
void answer_free(struct answer *a);

/*
 * Events about items and text; others are ignored. ERR_PROTOCOL, ERR_CEILING, ERR_BUDGET (the
 * sink's text_max), and what the sink fails with.
 */
MUST bool answer_event(
	struct answer *a, const struct json *j, const struct event *ev, struct err *e);

/*
 * The response is complete: reads the messages of its `output` and gives out all that still waits.
 */
MUST bool answer_complete(struct answer *a, const struct json *j, int response, struct err *e);

/* How many messages of the answer there are so far, commentary not among them. */
size_t answer_messages(const struct answer *a);

#endif
