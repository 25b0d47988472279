/* Unit tests of base/output: descriptors that are full, slow, closed or gone. */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

#include "base/clock.h"
#include "failing.h"
#include "tap.h"

static void check_full_device(void)
{
	struct err e;
	int fd = open("/dev/full", O_WRONLY);

	if (fd < 0) {
		tap_ok(true, "# SKIP no /dev/full");
		return;
	}
	tap_fails(output_write(fd, span_str("x"), &clock_system, CLOCK_NEVER, &e), &e, ERR_OUTPUT, "a full device");
	tap_is_int(e.sys, ENOSPC, "... says so");
	close(fd);
	tap_fails(output_write(fd, span_str("x"), &clock_system, CLOCK_NEVER, &e), &e, ERR_OUTPUT, "a closed descriptor");
	tap_good(output_write(-1, span_str(""), &clock_system, 0, &e), &e, "nothing to write is written anywhere");
}

/* A pipe nobody reads: waits until the deadline and no longer, also when it blocks. */
static void check_full_pipe(bool blocking)
{
	static unsigned char much[1 << 20];
	int ends[2];
	int64_t began_ms = clock_mono_ms(&clock_system), took_ms;
	struct err e;

	if (pipe(ends) != 0 || (!blocking && fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0))
		exit(99);
	alarm(20);
	tap_fails(output_write(ends[1], span_of(much, sizeof much), &clock_system, began_ms + 150, &e), &e, ERR_TIME,
	          blocking ? "a full pipe has a deadline" : "a full pipe that does not block has one");
	alarm(0);
	took_ms = clock_mono_ms(&clock_system) - began_ms;
	tap_ok(took_ms >= 150 && took_ms < 5000, "... of 150 ms: %lld", (long long)took_ms);
	close(ends[0]);
	close(ends[1]);
}

/* A deadline that has passed is no reason to drop what would be taken at once. */
static void check_late(void)
{
	int ends[2];
	struct err e;

	if (pipe(ends) != 0)
		exit(99);
	tap_good(output_write(ends[1], span_str("x"), &clock_system, 0, &e), &e, "written after the deadline");
	close(ends[0]);
	close(ends[1]);
}

static void *read_slowly(void *arg)
{
	const int *fd = arg;
	static unsigned char piece[5000];
	intptr_t sum = 0;
	ssize_t n;

	while ((n = read(*fd, piece, sizeof piece)) > 0)
		sum += n;
	return (void *)sum;
}

static void check_slow_reader(void)
{
	static unsigned char much[3 << 20];
	pthread_t reader;
	void *sum;
	int ends[2];
	struct err e;

	if (pipe(ends) != 0 || pthread_create(&reader, NULL, read_slowly, &ends[0]) != 0)
		exit(99);
	tap_good(output_write(ends[1], span_of(much, sizeof much), &clock_system, CLOCK_NEVER, &e), &e, "a slow reader");
	close(ends[1]);
	pthread_join(reader, &sum);
	tap_is_int((intptr_t)sum, sizeof much, "... gets everything");
	close(ends[0]);
}

static void check_gone(void)
{
	int ends[2];
	struct err e;

	if (pipe(ends) != 0)
		exit(99);
	close(ends[0]);
	tap_fails(output_write(ends[1], span_str("x"), &clock_system, CLOCK_NEVER, &e), &e, ERR_PIPE, "a pipe without reader");
	close(ends[1]);
}

static bool write_some(struct err *e)
{
	int fd = open("/dev/null", O_WRONLY);
	bool ok = output_write(fd, span_str("text"), &clock_system, CLOCK_NEVER, e);

	close(fd);
	return ok;
}

static bool write_too_late(struct err *e)
{
	int fd = open("/dev/null", O_WRONLY);
	bool ok = output_write(fd, span_str("text"), &clock_system, 0, e);

	close(fd);
	return ok;
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	check_full_device();
	check_full_pipe(true);
	check_full_pipe(false);
	check_late();
	check_slow_reader();
	check_gone();
	tap_ok(failing_each("write", EINTR, ERR_NONE, true, write_some), "interrupted");
	tap_ok(failing_each("write", EAGAIN, ERR_NONE, true, write_some), "it takes nothing yet");
	tap_ok(failing_each("write", EAGAIN, ERR_TIME, false, write_too_late), "... and is late");
	tap_ok(failing_each("write", ENOSPC, ERR_OUTPUT, false, write_some), "a full disk");
	tap_ok(failing_each("write", EPIPE, ERR_PIPE, false, write_some), "nobody reads");
	tap_ok(failing_each("poll", EINTR, ERR_NONE, true, write_some), "interrupted while it waits");
	tap_ok(failing_each("poll", ENOMEM, ERR_NONE, true, write_some), "no waiting");
	return tap_done();
}
