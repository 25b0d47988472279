#include "app/loop.h"

#include <errno.h>
#include <limits.h>

enum { POLL_MAX = 2 + LOOP_LINKS * DIAL_POLL_MAX };

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What to poll for and until when. */
static size_t gather(
	const struct loop *l, int fd, short events, struct pollfd *set, int64_t *until_ms)
{
	size_t n = 0;

	if (fd >= 0)
		set[n++] = (struct pollfd){.fd = fd, .events = events};
	if (l->input != NULL && !l->input_ready && input_fd(l->input) >= 0) {
		set[n++] = (struct pollfd){.fd = input_fd(l->input), .events = POLLIN};
		*until_ms = sooner(*until_ms, input_deadline_ms(l->input));
	}
	for (size_t i = 0; i < LOOP_LINKS; i++) {
		int64_t at_ms = CLOCK_NEVER;

		if (l->links[i] == NULL || !link_is_dialling(l->links[i]))
			continue;
		n += dial_poll(l->links[i]->dial, set + n, &at_ms);
		*until_ms = sooner(*until_ms, at_ms);
	}
	return n;
}

static bool advance(struct loop *l, struct err *e)
{
	for (size_t i = 0; i < LOOP_LINKS; i++)
		if (l->links[i] != NULL)
			link_step(l->links[i]);
	if (l->input == NULL || l->input_ready)
		return true;
	switch (input_step(l->input, e)) {
	case INPUT_FAIL: return false;
	case INPUT_READY: l->input_ready = true; return true;
	case INPUT_MORE: return true;
	}
	return true;
}

void loop_expect(struct loop *l, const char *what, const struct link *peer)
{
	l->waiting_for = what;
	l->peer = peer;
	l->began_ms = clock_mono_ms(l->clock);
}

/* A person at a terminal is told what takes so long; *until_ms is when the next word is due. */
static void tell(const struct loop *l, int64_t now_ms, int64_t *until_ms)
{
	int64_t waited_s = (now_ms - l->began_ms) / 1000;

	if (l->log->status == NULL || (l->sink != NULL && l->sink->committed))
		return;
	if (waited_s > 0)
		log_status(l->log, "waiting for %s, %lld s", l->waiting_for, (long long)waited_s);
	*until_ms = sooner(*until_ms, l->began_ms + (waited_s + 1) * 1000);
}

bool loop_in_time(const struct loop *l, struct err *e)
{
	return clock_mono_ms(l->clock) < l->deadline_ms ||
	       err_set(e, ERR_TIME, 0, "the run's time is over (--timeout), waiting for %s",
		       l->waiting_for);
}

bool loop_wait(struct loop *l, int fd, short events, int64_t until_ms, struct err *e)
{
	struct pollfd set[POLL_MAX];
	int64_t now_ms = clock_mono_ms(l->clock), wait_ms;
	size_t n;

	until_ms = sooner(until_ms, l->deadline_ms);
	n = gather(l, fd, events, set, &until_ms);
	tell(l, now_ms, &until_ms);
	wait_ms = until_ms > now_ms ? until_ms - now_ms : 0;
	if (poll(set, (nfds_t)n, wait_ms > INT_MAX ? INT_MAX : (int)wait_ms) < 0 && errno != EINTR)
		return err_set(e, ERR_BUG, errno, "poll");
	return loop_in_time(l, e) && advance(l, e);
}

bool loop_sleep(struct loop *l, int64_t until_ms, struct err *e)
{
	while (clock_mono_ms(l->clock) < until_ms)
		if (!loop_wait(l, -1, 0, until_ms, e))
			return false;
	return true;
}
