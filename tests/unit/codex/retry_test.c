/* Unit tests of codex/retry: every class, the waits, what stops, with a clock and dice we hold. */
#include "codex/retry.h"

#include "base/clock.h"
#include "base/limits.h"
#include "tap.h"

/* Dice that always show the same side: all bits alike. */
static bool fill_with(void *ctx, void *p, size_t n)
{
	memset(p, *(const int *)ctx, n);
	return true;
}

static bool fill_fails(void *ctx, void *p, size_t n)
{
	(void)ctx, (void)p, (void)n;
	return false;
}

static int low_side = 0, high_side = 0xff;
static const struct rand low = {fill_with, &low_side}, high = {fill_with, &high_side};
static const struct rand broken = {fill_fails, NULL};

static const struct class_row {
	enum err_kind kind;
	bool again;
} classes[] = {
	{ERR_BUG, false}, {ERR_MEMORY, false}, {ERR_USAGE, false}, {ERR_CREDENTIAL, false},
	{ERR_AUTH, false}, {ERR_ACCESS, false}, {ERR_NAME, false}, {ERR_CONNECT, true},
	{ERR_PROXY, false}, {ERR_PROXY_BUSY, true}, {ERR_TRUST, false}, {ERR_EDGE, false},
	{ERR_TIME, false}, {ERR_TIME_CONNECT, true}, {ERR_BUSY, true}, {ERR_LIMIT, false},
	{ERR_REQUEST, false}, {ERR_TOO_LONG, false}, {ERR_PROTOCOL, false}, {ERR_CEILING, false},
	{ERR_CUT, true}, {ERR_MISFIT, false}, {ERR_EMPTY, false}, {ERR_REFUSED, false},
	{ERR_INCOMPLETE, false}, {ERR_BUDGET, false}, {ERR_OUTPUT, false}, {ERR_PIPE, false},
};

static enum retry_answer decide(enum err_kind kind, const struct failure *f, unsigned made,
                                bool committed, int64_t deadline_ms, const struct rand *dice,
                                int64_t *wait_ms, struct err *e)
{
	struct retry_state s = {made, RETRIES_MAX, deadline_ms};

	err_set(e, kind, 0, "it went wrong");
	return retry_decide(&s, e, f, committed, 1000, dice, wait_ms);
}

static void test_classes(void)
{
	size_t n = sizeof classes / sizeof classes[0];

	tap_is_int((long long)n, ERR_KINDS - 1, "every class has a row");
	for (size_t i = 0; i < n; i++) {
		const char *name = err_kind_name(classes[i].kind);
		struct failure f;
		struct err e;
		int64_t wait = -1;

		failure_init(&f);
		tap_ok(retry_class_is_transient(classes[i].kind) == classes[i].again, "%s: class",
		       name);
		tap_ok((decide(classes[i].kind, NULL, 0, false, CLOCK_NEVER, &low, &wait, &e) ==
		        RETRY_WAIT) == classes[i].again,
		       "%s: without a response", name);
		tap_ok(decide(classes[i].kind, NULL, 0, true, CLOCK_NEVER, &low, &wait, &e) ==
		               RETRY_STOP,
		       "%s: never once committed", name);
		f.status = 400;
		f.should_retry = 1;
		tap_ok(decide(classes[i].kind, &f, 0, false, CLOCK_NEVER, &low, &wait, &e) ==
		               RETRY_WAIT,
		       "%s: x-should-retry true", name);
		f.should_retry = 0;
		tap_ok(decide(classes[i].kind, &f, 0, false, CLOCK_NEVER, &low, &wait, &e) ==
		               RETRY_STOP,
		       "%s: x-should-retry false", name);
		f.status = 302;
		f.should_retry = 1;
		tap_ok((decide(classes[i].kind, &f, 0, false, CLOCK_NEVER, &low, &wait, &e) ==
		        RETRY_WAIT) == classes[i].again,
		       "%s: x-should-retry below 400 says nothing", name);
	}
	tap_ok(!retry_class_is_transient(ERR_NONE) && !retry_class_is_transient(ERR_KINDS),
	       "no class at all");
}

static void test_backoff(void)
{
	static const int most[] = {500, 1000, 2000, 4000, 8000, 8000, 8000};

	for (unsigned made = 0; made < sizeof most / sizeof most[0]; made++) {
		struct retry_state s = {made, 100, CLOCK_NEVER};
		struct err e;
		int64_t wait;

		err_set(&e, ERR_BUSY, 0, "busy");
		tap_ok(retry_decide(&s, &e, NULL, false, 0, &low, &wait) == RETRY_WAIT && wait == 0,
		       "after %u: at least nothing", made);
		tap_ok(retry_decide(&s, &e, NULL, false, 0, &high, &wait) == RETRY_WAIT &&
		               wait == most[made],
		       "after %u: at most %d ms", made, most[made]);
		tap_ok(retry_decide(&s, &e, NULL, false, 0, &broken, &wait) == RETRY_WAIT &&
		               wait == most[made],
		       "after %u: without dice the longest", made);
		tap_is_str(span_str(e.text), "busy", "a wait leaves the text alone");
	}
}

static const struct asked_row {
	const char *name;
	int64_t asked_ms, deadline_ms;
	unsigned made;
	enum retry_answer want;
	int64_t want_ms;
	const char *text;
} asked[] = {
	{"at once", 0, CLOCK_NEVER, 0, RETRY_WAIT, 0, NULL},
	{"28 ms", 28, CLOCK_NEVER, 3, RETRY_WAIT, 28, NULL},
	{"a minute", 60000, CLOCK_NEVER, 0, RETRY_WAIT, 60000, NULL},
	{"a minute and a bit", 60001, CLOCK_NEVER, 0, RETRY_STOP, 0,
	 "it went wrong; server asks to wait 61 s, longer than octavo waits (60 s)"},
	{"a day", 86400000, CLOCK_NEVER, 0, RETRY_STOP, 0,
	 "it went wrong; server asks to wait 86400 s, longer than octavo waits (60 s)"},
	{"for ever", INT64_MAX, CLOCK_NEVER, 0, RETRY_STOP, 0,
	 "it went wrong; server asks to wait 9223372036854776 s, longer than octavo waits (60 s)"},
	{"just before the deadline", 2000, 3001, 0, RETRY_WAIT, 2000, NULL},
	{"at the deadline", 2000, 3000, 0, RETRY_STOP, 0,
	 "it went wrong; no time is left for another try"},
	{"behind the deadline", 0, 500, 0, RETRY_STOP, 0,
	 "it went wrong; no time is left for another try"},
	{"tries used up", 0, CLOCK_NEVER, 4, RETRY_STOP, 0,
	 "it went wrong; gave up after 4 retries"},
	{"the last try", 5, CLOCK_NEVER, 3, RETRY_WAIT, 5, NULL},
};

static void test_asked(void)
{
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		const struct asked_row *r = &asked[i];
		struct failure f;
		struct err e;
		int64_t wait = -1;

		failure_init(&f);
		f.status = 429;
		f.retry_after_ms = r->asked_ms;
		tap_ok(decide(ERR_BUSY, &f, r->made, false, r->deadline_ms, &high, &wait, &e) ==
		               r->want,
		       "%s: answer", r->name);
		if (r->want == RETRY_WAIT)
			tap_is_int(wait, r->want_ms, "... and wait");
		else
			tap_is_str(span_str(e.text), r->text, "... and reason");
		tap_ok(e.kind == ERR_BUSY, "... and the class stays");
	}
}

static void test_reasons(void)
{
	struct retry_state none = {0, 0, CLOCK_NEVER}, one = {1, 1, CLOCK_NEVER};
	struct err e;
	int64_t wait;

	err_set(&e, ERR_BUSY, 0, "busy");
	tap_ok(retry_decide(&none, &e, NULL, false, 0, &low, &wait) == RETRY_STOP,
	       "no retries wanted");
	tap_is_str(span_str(e.text), "busy", "... needs no reason");
	tap_ok(retry_decide(&one, &e, NULL, false, 0, &low, &wait) == RETRY_STOP,
	       "one retry wanted");
	tap_is_str(span_str(e.text), "busy; gave up after 1 retry", "... and told in the singular");
	err_set(&e, ERR_CUT, 0, "cut");
	tap_ok(decide(ERR_CUT, NULL, 0, true, CLOCK_NEVER, &low, &wait, &e) == RETRY_STOP,
	       "cut once committed");
	tap_is_str(span_str(e.text), "it went wrong; not tried again: part of the answer is out",
	           "... is told");
	decide(ERR_AUTH, NULL, 0, true, CLOCK_NEVER, &low, &wait, &e);
	tap_is_str(span_str(e.text), "it went wrong", "a final class needs no reason");
}

int main(void)
{
	test_classes();
	test_backoff();
	test_asked();
	test_reasons();
	return tap_done();
}
