/*
 * turn - one attempt at an answer: the response body's bytes -> events -> answer.
 *
 * Success is response.completed with status completed, and nothing else. An event that is no JSON
 * is passed over, told once when the turn completes and the reason of failure when it does not.
 */
#ifndef APP_TURN_H
#define APP_TURN_H

#include "app/answer.h"
#include "app/transcript.h"
#include "base/log.h"
#include "codex/failure.h"
#include "wire/sse.h"

enum turn_step {
	TURN_MORE,
	TURN_DONE, /* the answer is complete; what follows on the wire does not matter */
	TURN_FAIL, /* *e says why; `failure` may say more */
};

struct turn {
	struct sse sse;
	struct json json;
	struct answer answer;
	struct transcript *transcript; /* borrowed; NULL = none */
	struct usage usage;
	struct failure failure; /* filled when the service reported a failure in the stream */
	bool failed_in_stream;
	const struct log *log;
	const struct redact *redact;
	const struct clock *clock;
	bool broken;            /* the event in progress is no JSON ... */
	struct err why;         /* ... for this reason */
	struct err broken_why;  /* of the first such event; kind ERR_NONE when there was none */
};

/* sink, log, redact and clock are borrowed until turn_free. */
void turn_init(struct turn *t, struct sink *sink, const struct log *log,
	const struct redact *redact, const struct clock *clock);
void turn_free(struct turn *t);

/* What the turn brings is for this conversation, too (NULL = none). Before the first bytes. */
void turn_keep(struct turn *t, struct transcript *transcript);

enum turn_step turn_feed(struct turn *t, struct span body, struct err *e);

/* The body has ended, complete by its HTTP framing. TURN_DONE or TURN_FAIL. */
enum turn_step turn_end(struct turn *t, struct err *e);

#endif
