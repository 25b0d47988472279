#include "base/output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

/* What poll(2) promises a writable pipe takes without blocking. */
enum { SURE_WRITE = 4096, REST_MS = 10 };

/* False when the deadline passed first. */
static bool wait_writable(int fd, const struct clock *clock, int64_t deadline_ms)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLOUT};
		int64_t left_ms = deadline_ms - clock_mono_ms(clock);
		int got;

		left_ms = left_ms < 0 ? 0 : left_ms < INT_MAX ? left_ms : INT_MAX;
		got = poll(&p, 1, (int)left_ms);
		if (got > 0 || (got < 0 && errno != EINTR))
			return true;
		if (left_ms == 0)
			return false;
	}
}

/* It said that it would take some, and then did not: a moment, lest we ask in a circle. */
static bool rest(const struct clock *clock, int64_t deadline_ms)
{
	(void)!poll(NULL, 0, REST_MS);
	return clock_mono_ms(clock) < deadline_ms;
}

bool output_write(
	int fd, struct span s, const struct clock *clock, int64_t deadline_ms, struct err *e)
{
	while (s.n > 0) {
		ssize_t put = -1;
		bool in_time = wait_writable(fd, clock, deadline_ms);

		if (in_time)
			put = write(fd, s.p, s.n < SURE_WRITE ? s.n : SURE_WRITE);
		if (in_time && put < 0 && errno == EAGAIN)
			in_time = rest(clock, deadline_ms);
		else if (in_time && put < 0 && errno == EPIPE)
			return err_set(e, ERR_PIPE, EPIPE, "the reader of the output went away");
		else if (in_time && put < 0 && errno != EINTR)
			return err_set(e, ERR_OUTPUT, errno, "cannot write the output");
		if (!in_time)
			return err_set(e, ERR_TIME, 0,
				"the run's time is over (--timeout): the reader of the output "
				"takes nothing");
		s = span_cut(s, put > 0 ? (size_t)put : 0, s.n);
	}
	return true;
}
