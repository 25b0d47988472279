/* Unit tests of app/loop: what a wait ends for. */
#include "app/loop.h"

#include <errno.h>
#include <poll.h>

#include "fakes.h"

enum { SOON_MS = 60 };

static struct loop plain(const struct log *log)
{
	return (struct loop){
		.clock = &clock_system, .deadline_ms = CLOCK_NEVER, .log = log, .waiting_for = "nothing",
	};
}

static int64_t now_ms(void)
{
	return clock_mono_ms(&clock_system);
}

static void check_times(const struct log *log)
{
	struct loop l = plain(log);
	struct err e;
	int64_t began_ms = now_ms();
	int ends[2];

	if (pipe(ends) != 0 || write(ends[1], "x", 1) != 1)
		exit(99);
	tap_good(loop_wait(&l, ends[0], POLLIN, CLOCK_NEVER, &e), &e, "a descriptor that is ready");
	tap_good(loop_wait(&l, -1, 0, began_ms - 5, &e), &e, "a time that is past");
	tap_good(loop_wait(&l, -1, 0, now_ms() + SOON_MS, &e), &e, "a time that comes");
	tap_ok(now_ms() - began_ms >= SOON_MS, "... is waited for");
	began_ms = now_ms();
	tap_good(loop_sleep(&l, began_ms + SOON_MS, &e), &e, "sleep");
	tap_ok(now_ms() - began_ms >= SOON_MS, "... lasts");
	close(ends[0]);
	close(ends[1]);
}

static void check_deadline(const struct log *log)
{
	struct loop l = plain(log);
	struct err e;
	int64_t began_ms = now_ms();

	l.deadline_ms = began_ms + SOON_MS;
	loop_expect(&l, "whoami", NULL);
	tap_fails(loop_sleep(&l, CLOCK_NEVER, &e), &e, ERR_TIME, "the run's deadline ends a sleep");
	tap_ok(now_ms() - began_ms < 5000, "... in time");
	tap_holds(span_str(e.text), "whoami", "... and says what was waited for");
	tap_fails(loop_wait(&l, -1, 0, CLOCK_NEVER, &e), &e, ERR_TIME, "... and every wait after it");
}

/* stdin is read beside whatever is waited for; when it is done the loop lets it be. */
static void check_input(const struct log *log)
{
	const struct input_options o = {.stdin_wait_ms = 60000, .stdin_max = 100};
	struct loop l = plain(log);
	struct input *in;
	struct err e;
	int ends[2];

	if (pipe(ends) != 0 || !input_start(&in, &o, ends[0], &clock_system, CLOCK_NEVER, log, &e) || write(ends[1], "abc", 3) != 3)
		exit(99);
	l.input = in;
	tap_ok(loop_wait(&l, -1, 0, now_ms() + 10000, &e) && !l.input_ready, "input that comes ends a wait");
	close(ends[1]);
	tap_ok(loop_wait(&l, -1, 0, now_ms() + 10000, &e) && l.input_ready, "... and its end");
	tap_good(loop_wait(&l, -1, 0, now_ms() + 10, &e), &e, "... after which it is let be");
	input_free(&in);
	close(ends[0]);

	if (pipe(ends) != 0 || !input_start(&in, &o, ends[0], &clock_system, CLOCK_NEVER, log, &e))
		exit(99);
	l = plain(log);
	l.input = in;
	close(ends[1]);
	tap_fails(loop_wait(&l, -1, 0, CLOCK_NEVER, &e), &e, ERR_USAGE, "an empty prompt ends the run");
	input_free(&in);
	close(ends[0]);
}

static void check_poll(const struct log *log)
{
	struct loop l = plain(log);
	struct err e;

	failing_start("poll", 1, false, EINTR);
	tap_good(loop_wait(&l, -1, 0, now_ms() + 5000, &e), &e, "a signal ends a wait");
	failing_start("poll", 1, false, EINVAL);
	tap_fails(loop_sleep(&l, now_ms() + 5000, &e), &e, ERR_BUG, "a poll that fails ends the run");
	tap_ok(failing_stop(), "... it did");
}

/* At a terminal: what is waited for, each second, until the answer begins. */
static void check_status(struct fake_log *seen)
{
	struct fake_sink sink;
	struct loop l = plain(&seen->log);
	struct err e;

	fake_sink_init(&sink);
	l.sink = &sink.sink;
	loop_expect(&l, "whoami", NULL);
	tap_ok(loop_wait(&l, -1, 0, now_ms(), &e) && fake_log_read(seen).n == 0, "nothing is said of a short wait");
	l.began_ms -= 2900;
	tap_good(loop_wait(&l, -1, 0, now_ms() + 60000, &e), &e, "a long one ends with the next second");
	tap_holds(fake_log_read(seen), "waiting for whoami, 2 s", "... and was told");
	sink.sink.committed = true;
	l.began_ms -= 10000;
	tap_ok(loop_wait(&l, -1, 0, now_ms(), &e) && fake_log_read(seen).n == 0, "nothing once the answer has begun");
	fake_sink_free(&sink.sink);
}

int main(void)
{
	struct fake_log log;
	bool status = false;

	fake_log_init(&log);
	check_times(&log.log);
	check_deadline(&log.log);
	check_input(&log.log);
	check_poll(&log.log);
	tap_is_int((long long)fake_log_read(&log).n, 0, "nothing is said");
	log.log.status = &status;
	check_status(&log);
	fake_log_free(&log);
	return tap_done();
}
