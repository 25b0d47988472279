/*
 * retry - class and facts -> stop or wait: a table, and nothing else.
 *
 * Again only while nothing is committed and tries are left. Backoff 0.5 s doubling, capped
 * at 8 s, full jitter; what the server asked for is honoured up to RETRY_AFTER_MAX_MS, above
 * that the failure is final. x-should-retry of a response with status >= 400 overrules the
 * table. Never past the run's deadline.
 */
#ifndef CODEX_RETRY_H
#define CODEX_RETRY_H

#include "base/rand.h"
#include "codex/failure.h"

struct retry_state {
	unsigned made;          /* retries made so far for this request */
	unsigned max;           /* at most so many */
	int64_t deadline_ms;    /* of the whole run, monotonic; CLOCK_NEVER = none */
};

enum retry_answer { RETRY_STOP, RETRY_WAIT };

/*
 * On RETRY_WAIT *wait_ms is set and `e` untouched. On RETRY_STOP the reason is added to e's text
 * where the class alone does not tell it: tries used up, a wait that is too long, no time left.
 * `committed`: answer bytes were offered to the reader. `f` may be NULL: no response came.
 */
enum retry_answer retry_decide(const struct retry_state *s, struct err *e, const struct failure *f,
                               bool committed, int64_t now_ms, const struct rand *rand,
                               int64_t *wait_ms);

/* Is this class worth another try at all? */
bool retry_class_is_transient(enum err_kind kind);

/* Is this failure, whether or not it may be tried again here? `f` may be NULL. */
bool retry_is_sensible(const struct err *e, const struct failure *f);

#endif
