/*
 * judge - has the answer the form that was asked for: a JSON text that fits a schema, or a patch?
 */
#ifndef APP_JUDGE_H
#define APP_JUDGE_H

#include "app/config.h"
#include "app/patch.h"
#include "base/log.h"
#include "wire/schema.h"

/* All zero: any answer will do. */
struct judge {
	struct schema *schema; /* NULL = none */
	bool patch;
	struct patch_options rules;
	struct buf answer;     /* what is judged: filled by sink_keep */
	const struct log *log;
};

/* Does the configuration ask for a form at all? */
bool judge_is_wanted(const struct config *c);

/*
 * Reads what the answer must be. Everything is borrowed until judge_free. ERR_USAGE: a schema that
 * is none, or that the service would refuse; ERR_TIME.
 */
MUST bool judge_open(struct judge *j, const struct config *c, const struct clock *clock,
	const struct log *log, int64_t deadline_ms, struct err *e);
void judge_free(struct judge *j);

/* The schema for the request; empty when there is none. Borrowed until judge_free. */
struct span judge_schema(const struct judge *j);

/* ERR_MISFIT says what is wrong; ERR_CEILING, ERR_TIME, ERR_MEMORY. */
MUST bool judge_answer(struct judge *j, struct err *e);

/* What is said to the model of an answer that was rejected: into `out`. ERR_CEILING, ERR_MEMORY. */
MUST bool judge_complain(
	const struct judge *j, const struct err *why, struct buf *out, struct err *e);

#endif
