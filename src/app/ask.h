/*
 * ask - the main job: one answer, no tools.
 */
#ifndef APP_ASK_H
#define APP_ASK_H

#include "app/config.h"
#include "base/rand.h"

/* Descriptors as the program got them; -1 = it was closed. */
struct ask_io {
	int in, out;
	int64_t deadline_ms; /* of the whole run */
};

/* `redact`, which `log` uses and which knows what config holds, learns the token. */
MUST bool ask_run(const struct config *c, const struct ask_io *io, struct redact *redact,
	const struct log *log, const struct clock *clock, const struct rand *rand, struct err *e);

#endif
