/*
 * dialing - whole dials for tests, and what they tell. Time stands still and jumps to the dial's
 * own deadline when nothing happens for a while.
 */
#ifndef DIALING_H
#define DIALING_H

#include <dirent.h>
#include <signal.h>

#include "base/limits.h"
#include "net/dial.h"
#include "net/loopback.h"
#include "net/script_conn.h"

enum { SOON_MS = 40, PATIENT_MS = 5000 };

static int64_t now_ms;
static struct clock clock_still = {still_ms, still_ms, &now_ms};

static struct dial_options options(const char *host, uint16_t port)
{
	return (struct dial_options){.host = span_str(host), .port = port, .clock = &clock_still,
	                             .rand = &rand_system, .user_agent = span_str("ua/1"),
	                             .connect_ms = CONNECT_MS};
}

static enum io drive(struct dial *d, int quiet_ms, struct err *e)
{
	struct pollfd set[DIAL_POLL_MAX];
	int64_t deadline_ms;
	enum io io;
	size_t n;

	while ((io = dial_step(d, e)) == IO_WANT_READ || io == IO_WANT_WRITE) {
		n = dial_poll(d, set, &deadline_ms);
		if (poll(set, n, quiet_ms) == 0)
			now_ms = deadline_ms;
	}
	return io;
}

/* The whole dial; on success *c is the conn. */
static bool dial(const struct dial_options *o, int quiet_ms, struct conn **c, struct err *e)
{
	struct dial *d;
	bool ok;

	*c = NULL;
	if (!dial_start(&d, o, e))
		return false;
	ok = drive(d, quiet_ms, e) == IO_DONE;
	if (ok)
		*c = dial_take(d);
	dial_free(&d);
	dial_free(&d);
	return ok;
}

static void fails(const struct dial_options *o, int quiet_ms, enum err_kind kind, const char *text,
                  const char *name)
{
	struct conn *c;
	struct err e = {0};
	bool ok = dial(o, quiet_ms, &c, &e);

	conn_close(&c);
	tap_fails(ok, &e, kind, name);
	if (!tap_ok(strstr(e.text, text) != NULL, "... %s", e.text))
		printf("#   wanted: %s\n", text);
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool is_ready(struct conn *c, enum io io)
{
	struct pollfd p = {.fd = conn_fd(c), .events = conn_events(io)};

	return p.events != 0 && poll(&p, 1, PATIENT_MS) == 1;
}

/* Sends "ping" and reads on; IO_DONE when it came back. */
static enum io ping(struct conn *c, struct err *e)
{
	char in[8];
	size_t n, got = 0;
	enum io io = conn_write(c, "ping", 4, &n, e);

	while (io == IO_DONE && (io = conn_flush(c, e)) != IO_DONE && is_ready(c, io))
		io = IO_DONE;
	while (io == IO_DONE && got < 4)
		if ((io = conn_read(c, in + got, sizeof in - got, &n, e)) == IO_DONE && n > 0)
			got += n;
		else if (is_ready(c, io))
			io = IO_DONE;
		else if (io == IO_DONE)
			return IO_FAIL;
	return io != IO_DONE || (got == 4 && memcmp(in, "ping", 4) == 0) ? io : IO_FAIL;
}

/* What -v tells of the way, which must be these words. */
static void tells(struct dial_options *o, const char *const *words, const char *name)
{
	char said[2048];
	struct log log = {.verbose = true};
	struct conn *c;
	struct err e;
	int fds[2];
	ssize_t n;

	if (pipe(fds) != 0)
		exit(99);
	log.fd = fds[1];
	o->log = &log;
	tap_good(dial(o, PATIENT_MS, &c, &e), &e, name);
	conn_close(&c);
	close(fds[1]);
	n = read(fds[0], said, sizeof said - 1);
	close(fds[0]);
	said[n > 0 ? n : 0] = '\0';
	for (; *words != NULL; words++)
		if (!tap_ok(strstr(said, *words) != NULL, "... tells: %s", *words))
			printf("#   %s\n", said);
	o->log = NULL;
}

static size_t open_fds(void)
{
	size_t n = 0;
	DIR *d = opendir("/proc/self/fd");

	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static struct dial_options failing_options;

static bool dial_once(struct err *e)
{
	struct conn *c;
	bool ok = dial(&failing_options, PATIENT_MS, &c, e);

	conn_close(&c);
	return ok;
}

#endif
