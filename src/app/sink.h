/*
 * sink - where an answer goes. A format is a file of its own, a struct whose first member is
 * `struct sink`, and a function here that opens it.
 *
 * An answer is items in order, never interleaved: begin, text, item_end, and the next.
 */
#ifndef APP_SINK_H
#define APP_SINK_H

#include "app/jsonl.h"
#include "app/outfile.h"
#include "base/clock.h"
#include "base/log.h"

struct sink;

enum sink_item {
	SINK_MESSAGE,
	SINK_COMMENTARY, /* this and the next only to a sink that wants asides */
	SINK_REASONING,
};

/* What goes on beside the answer. */
enum sink_step {
	SINK_THREAD, /* the conversation has begun; its id */
	SINK_TURN,   /* the prompt is about to be sent */
	SINK_ERROR,  /* another try, a refusal: what is said of it */
};

/* How an answer ends. */
enum sink_end {
	SINK_FAILED,   /* it is not whole */
	SINK_COMPLETE,
	SINK_REJECTED, /* it is whole, but not what it must be */
};

struct sink_ops {
	/* What goes on beside the answer, NULL when the format has no words for it. No commitment. */
	bool (*tell)(struct sink *s, enum sink_step step, struct span text, struct err *e);
	/* An item begins with its first text: messages are joined by one newline. */
	bool (*begin)(struct sink *s, enum sink_item kind, struct err *e);
	/* A piece of the item's text, cut anywhere; passed on at the latest by the next flush. */
	bool (*text)(struct sink *s, struct span utf8, struct err *e);
	/* The item in hand is complete. */
	bool (*item_end)(struct sink *s, struct err *e);
	/* All that one read from the peer brought has been given: the reader must see it now. */
	bool (*flush)(struct sink *s, struct err *e);
	/* Another attempt begins: forgets what has not been written. Not once committed. */
	void (*discard)(struct sink *s);
	/* Nothing more will come. */
	bool (*end)(struct sink *s, enum sink_end how, struct err *e);
	void (*free)(struct sink *s);
};

struct sink {
	const struct sink_ops *ops;
	bool asides;    /* commentary and reasoning are wanted */
	bool committed; /* a byte of the answer has been offered to the reader */
	uint64_t text_max; /* bytes of text that the user allows in messages; 0 = any */
	struct jsonl_facts facts; /* filled before a complete answer's end */
};

struct sink_options {
	int fd;
	const struct redact *redact; /* borrowed */
	const struct clock *clock;   /* borrowed */
	const struct log *log;       /* borrowed; its status line goes before the first byte */
	int64_t deadline_ms;         /* a reader that takes nothing is waited for until then */
	bool defuse_controls;        /* a terminal reads it */
	bool defuse_ci;              /* a CI runner reads it */
	bool hold;                   /* nothing is written before the answer is complete */
	const bool *gate;            /* borrowed: ... or before this is true; NULL = none */
};

/*
 * ERR_OUTPUT and ERR_PIPE come from tell, text, item_end, flush and end; ERR_TIME when the deadline
 * passes in a write; ERR_CEILING above BUFFERED_ANSWER_MAX bytes of what must be kept: all of the
 * answer with `hold`, one item of it as lines.
 */
MUST bool sink_text_open(struct sink **out, const struct sink_options *o, struct err *e);

/* The lines of --json (app/jsonl), with `deltas` also item.delta. `lines` is borrowed. */
MUST bool sink_jsonl_open(
	struct sink **out, struct jsonl *lines, bool hold, bool deltas, struct err *e);

/*
 * Wraps *s, which it then owns: the messages' text goes to `file`, open and borrowed, too. Of `o` the
 * descriptor and `hold` do not matter. The file is emptied for another attempt, and complete and on
 * the disk before *s has its end; it gets its name from who has opened it.
 */
MUST bool sink_tee_open(
	struct sink **s, struct outfile *file, const struct sink_options *o, struct err *e);

/*
 * Wraps *s, which it then owns: the messages' text is kept in `text` (borrowed), redacted, as the
 * plain text of the answer would be written; of another attempt from its start.
 */
MUST bool sink_keep_open(
	struct sink **s, const struct redact *redact, struct buf *text, struct err *e);

MUST bool sink_tell(struct sink *s, enum sink_step step, struct span text, struct err *e);
void sink_free(struct sink **s);

#endif
