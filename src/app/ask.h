/*
 * ask - the main job: one answer, no tools.
 */
#ifndef APP_ASK_H
#define APP_ASK_H

#include "app/config.h"
#include "app/jsonl.h"
#include "base/rand.h"

struct ask_io {
	int in, out;         /* as the program got them; -1 = it was closed */
	int64_t deadline_ms; /* of the whole run */
	struct jsonl *lines; /* borrowed: the output of --json, which has `out` too */
};

/*
 * `redact`, which `log` uses and which knows what config holds, learns the token. Of a failure
 * `report` tells more.
 */
MUST bool ask_run(const struct config *c, const struct ask_io *io, struct redact *redact,
	const struct log *log, const struct clock *clock, const struct rand *rand,
	struct jsonl_report *report, struct err *e);

#endif
