/*
 * sink - where an answer goes. A format is a file of its own, a struct whose first member is
 * `struct sink`, and a function here that opens it.
 */
#ifndef APP_SINK_H
#define APP_SINK_H

#include "base/clock.h"
#include "base/log.h"

struct sink;

struct sink_ops {
	/* A piece of the answer's text, cut anywhere; passed on at the latest by the next flush. */
	bool (*text)(struct sink *s, struct span utf8, struct err *e);
	/* Another message begins: messages are joined by one newline. */
	bool (*next_message)(struct sink *s, struct err *e);
	/* All that one read from the peer brought has been given: the reader must see it now. */
	bool (*flush)(struct sink *s, struct err *e);
	/* Another attempt begins: forgets what has not been written. Not once committed. */
	void (*discard)(struct sink *s);
	/* Nothing more will come; `complete` tells whether the answer is whole. */
	bool (*end)(struct sink *s, bool complete, struct err *e);
	void (*free)(struct sink *s);
};

struct sink {
	const struct sink_ops *ops;
	bool committed; /* a byte of the answer has been offered to the reader */
};

struct sink_options {
	int fd;
	const struct redact *redact; /* borrowed */
	const struct clock *clock;   /* borrowed */
	const struct log *log;       /* borrowed; its status line goes before the first byte */
	int64_t deadline_ms;         /* a reader that takes nothing is waited for until then */
	bool defuse_controls;        /* a terminal reads it */
	bool defuse_ci;              /* a CI runner reads it */
};

/*
 * ERR_OUTPUT and ERR_PIPE come from text, flush and end; ERR_TIME when the deadline passes in a
 * write.
 */
MUST bool sink_text_open(struct sink **out, const struct sink_options *o, struct err *e);
void sink_free(struct sink **s);

#endif
