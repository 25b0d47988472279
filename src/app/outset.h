/*
 * outset - what the commands that speak to the service share: what main hands them, and what
 * they make ready before the first connection.
 */
#ifndef APP_OUTSET_H
#define APP_OUTSET_H

#include "app/config.h"
#include "app/jsonl.h"
#include "app/outfile.h"
#include "app/session.h"
#include "base/rand.h"

/* Everything borrowed for the run of a command. */
struct command_io {
	int in, out;           /* as the program got them; -1 = it was closed */
	int64_t deadline_ms;   /* of the whole run */
	struct jsonl *lines;   /* the output of --json, which has `out` too */
	struct outfile *file;  /* of --output: chosen, when there is one */
	struct outfile *conversation; /* of --transcript: the same */
	struct redact *redact; /* used by `log`, knows what config holds; learns the token */
	const struct log *log;
	const struct clock *clock;
	const struct rand *rand;
	struct jsonl_report *report; /* of a failure, filled with more than its class */
};

/* What a command owns beside its own; all zero before outset_begin. */
struct outset {
	struct resolver *resolver;
	struct token token;
	struct trust *trust;
	struct policy policy;
	struct judge *judge; /* borrowed; NULL = none */
	struct buf proxy_authorization;
	struct session *session;
};

/*
 * The first step, before any secret is in memory: the helper that looks up names. ERR_OUTPUT when
 * stdout is closed.
 */
MUST bool outset_begin(
	struct outset *m, const struct config *c, const struct command_io *io, struct err *e);

/* The credential, what it is trusted to, what there is to tell of both; the machine's policy. */
MUST bool outset_load(
	struct outset *m, const struct config *c, const struct command_io *io, struct err *e);

/* The steps of it: the credential; the proxy's, and trust; the machine's policy. */
MUST bool outset_load_token(
	struct outset *m, const struct config *c, const struct command_io *io, struct err *e);
MUST bool outset_load_way(
	struct outset *m, const struct config *c, const struct command_io *io, struct err *e);
MUST bool outset_load_policy(
	struct outset *m, const struct config *c, const struct command_io *io, struct err *e);
void outset_tell(const struct outset *m, const struct config *c, const struct log *log);

/* Begins to connect. `purpose` is what for. */
MUST bool outset_connect(struct outset *m, const struct config *c, const struct command_io *io,
	enum session_purpose purpose, struct err *e);

/* Gives everything back; of a failure (not ok) the report is filled first. */
void outset_end(struct outset *m, const struct command_io *io, bool ok, const struct err *e);

#endif
