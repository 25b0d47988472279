/*
 * log - the one door to stderr.
 *
 * A line is "octavo: <text>\n": redacted, one printable line of at most SERVER_TEXT_MAX bytes
 * (base/text), without commands to a CI runner when that is asked, in one write(2) as far as the
 * system allows. A stderr that cannot be written is ignored: the exit status still tells. One
 * that takes nothing is waited for once, for LOG_WAIT_MS and not beyond the run's deadline; from
 * then on what it does not take at once is dropped.
 * Safe before any secret is known (the redactor may be NULL).
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/clock.h"
#include "base/redact.h"

struct log {
	int fd;                      /* where lines go; -1 = nowhere */
	bool verbose;                /* -v: log_step lines are wanted */
	bool defuse_ci;              /* a CI runner parses our output: break its commands */
	const struct redact *redact; /* borrowed; NULL = nothing learnt yet */
	bool *status;                /* borrowed; a status line stands there; NULL = no terminal */
	bool *deaf;                  /* borrowed; nobody reads it; NULL = it is never waited for */
	const struct clock *clock;   /* borrowed; NULL = the system's */
	int64_t deadline_ms;
};

/* Something the user must know. */
void log_note(const struct log *l, const char *fmt, ...) PRINTF(2, 3);

/* A step of the way, with -v only. */
void log_step(const struct log *l, const char *fmt, ...) PRINTF(2, 3);

/*
 * What is being waited for, on a terminal only: a line that the next one, of whatever kind,
 * replaces. log_status_clear takes it away, as must be done before something else writes to the
 * terminal.
 */
void log_status(const struct log *l, const char *fmt, ...) PRINTF(2, 3);
void log_status_clear(const struct log *l);

#endif
