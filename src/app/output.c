#include "app/output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

/* What poll(2) promises a writable pipe takes without blocking. */
enum { SURE_WRITE = 4096 };

/* False when the deadline passed first. */
static bool wait_writable(int fd, const struct clock *clock, int64_t deadline_ms)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLOUT};
		int64_t left_ms = deadline_ms - clock_mono_ms(clock);
		int got;

		if (left_ms <= 0)
			return false;
		got = poll(&p, 1, left_ms > INT_MAX ? INT_MAX : (int)left_ms);
		if (got > 0 || (got < 0 && errno != EINTR))
			return true;
	}
}

bool output_write(
	int fd, struct span s, const struct clock *clock, int64_t deadline_ms, struct err *e)
{
	while (s.n > 0) {
		ssize_t put;

		if (!wait_writable(fd, clock, deadline_ms))
			return err_set(e, ERR_TIME, 0,
				"the run's time is over: the reader of the output takes nothing");
		put = write(fd, s.p, s.n < SURE_WRITE ? s.n : SURE_WRITE);
		if (put >= 0)
			s = span_cut(s, (size_t)put, s.n);
		else if (errno == EPIPE)
			return err_set(e, ERR_PIPE, EPIPE, "the reader of the output went away");
		else if (errno != EINTR && errno != EAGAIN)
			return err_set(e, ERR_OUTPUT, errno, "cannot write the output");
	}
	return true;
}
