#include "codex/retry.h"

#include <string.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "base/limits.h"

/* One row a class; what is not named is final. */
static const bool again[ERR_KINDS] = {
	[ERR_CONNECT] = true,
	[ERR_PROXY_BUSY] = true,
	[ERR_TIME_CONNECT] = true,
	[ERR_BUSY] = true,
	[ERR_CUT] = true,
};

bool retry_class_is_transient(enum err_kind kind)
{
	return kind < ERR_KINDS && again[kind];
}

bool retry_is_sensible(const struct err *e, const struct failure *f)
{
	if (f != NULL && f->status >= 400 && f->should_retry >= 0)
		return f->should_retry == 1;
	return retry_class_is_transient(e->kind);
}

/* Full jitter: anything from nothing to 0.5 s doubled once for every retry made. */
static int64_t backoff(unsigned made, const struct rand *rand)
{
	uint64_t bound = BACKOFF_MAX_MS, wait;
	struct err ignored;

	if (made < 8 && BACKOFF_FIRST_MS << made < BACKOFF_MAX_MS)
		bound = (uint64_t)BACKOFF_FIRST_MS << made;
	/* Without randomness the longest wait is the polite one. */
	return rand_up_to(rand, bound, &wait, &ignored) ? (int64_t)wait : (int64_t)bound;
}

static enum retry_answer stop(struct err *e, const char *why)
{
	size_t n = strlen(e->text);

	fmt_into(e->text + n, sizeof e->text - n, "; %s", why);
	return RETRY_STOP;
}

static enum retry_answer stop_too_long(struct err *e, int64_t asked_ms)
{
	char why[112];

	fmt_into(why, sizeof why, "server asks to wait %lld s, longer than octavo waits (%d s)",
	         (long long)(asked_ms / 1000 + (asked_ms % 1000 != 0)), RETRY_AFTER_MAX_MS / 1000);
	return stop(e, why);
}

enum retry_answer retry_decide(const struct retry_state *s, struct err *e, const struct failure *f,
                               bool committed, int64_t now_ms, const struct rand *rand,
                               int64_t *wait_ms)
{
	int64_t asked = f != NULL ? f->retry_after_ms : -1;
	char why[64];

	if (!retry_is_sensible(e, f))
		return RETRY_STOP;
	if (asked > RETRY_AFTER_MAX_MS)
		return stop_too_long(e, asked);
	if (committed)
		return stop(e, "not tried again: part of the answer is out");
	if (s->made >= s->max) {
		if (s->made == 0)
			return RETRY_STOP;
		fmt_into(why, sizeof why, "gave up after %u %s", s->made,
		         s->made == 1 ? "retry" : "retries");
		return stop(e, why);
	}
	*wait_ms = asked >= 0 ? asked : backoff(s->made, rand);
	if (clock_after(now_ms, *wait_ms) >= s->deadline_ms)
		return stop(e, "no time is left for another try");
	return RETRY_WAIT;
}
