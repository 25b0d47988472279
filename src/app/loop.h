/*
 * loop - the one poll(2) of a run: waits for what the exchange in hand needs, and meanwhile moves
 * on every connect in the background and reads stdin.
 */
#ifndef APP_LOOP_H
#define APP_LOOP_H

#include "app/input.h"
#include "app/link.h"
#include "app/sink.h"

enum { LOOP_LINKS = 3 };

struct loop {
	const struct clock *clock;
	int64_t deadline_ms;            /* of the whole run */
	struct link *links[LOOP_LINKS]; /* borrowed; NULL = none */
	struct input *input;            /* borrowed; NULL = nothing to read */
	bool input_ready;
	int64_t began_ms;               /* when the wait in hand began */
	const struct log *log;          /* shows on a terminal what is waited for ... */
	struct sink *sink;              /* ... until this has been written to; borrowed; may be NULL */
	const char *waiting_for;        /* for people: "whoami", "stdin"; static storage */
	const struct link *peer;        /* who is asked for it; NULL = nobody on the net */
};

/* From now on this is what is waited for, from this peer. */
void loop_expect(struct loop *l, const char *what, const struct link *peer);

/* False, with ERR_TIME, when the run's deadline has passed. */
MUST bool loop_in_time(const struct loop *l, struct err *e);

/*
 * Waits until fd (-1 = none) shows one of the events, until_ms has come, or something in the
 * background moved. ERR_TIME when the run's deadline has passed; also what input reports.
 */
MUST bool loop_wait(struct loop *l, int fd, short events, int64_t until_ms, struct err *e);

/* Waits out the time, whatever happens meanwhile. */
MUST bool loop_sleep(struct loop *l, int64_t until_ms, struct err *e);

#endif
