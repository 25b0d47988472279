/*
 * race - connecting to a host that has several addresses (RFC 8305 section 5).
 *
 * Each address gets STAGGER_MS of head start before the next one is tried too, the next at once
 * when one fails; the first that connects wins and the others are closed. Each has connect_ms.
 */
#ifndef NET_RACE_H
#define NET_RACE_H

#include <poll.h>

#include "base/clock.h"
#include "net/resolve.h"

struct race {
	struct addresses to;
	struct conn *trying[RESOLVE_ADDRESSES]; /* NULL: not begun, or lost */
	int64_t give_up_ms[RESOLVE_ADDRESSES];
	size_t begun;
	int64_t next_ms; /* when the next address is tried too */
	int64_t connect_ms;
	const struct clock *clock;
	struct err last; /* of the address that failed last */
};

/* `clock` is borrowed. No error: the first step begins. */
void race_start(struct race *r, const struct addresses *to, const struct clock *clock,
                int64_t connect_ms);

/*
 * IO_DONE: *out is connected, the caller's, and goes to address number *winner. IO_WANT_WRITE:
 * poll. IO_FAIL: every address failed; *e is the last one's, ERR_CONNECT or ERR_TIME_CONNECT
 * (ERR_MEMORY).
 */
enum io race_step(struct race *r, struct conn **out, size_t *winner, struct err *e);

/* As dial_poll. */
size_t race_poll(const struct race *r, struct pollfd set[RESOLVE_ADDRESSES], int64_t *deadline_ms);

void race_free(struct race *r); /* closes what runs */

#endif
