/*
 * patch - all that an answer must pass to be taken for a patch (--patch).
 *
 * In this order: wire/patch, with the rules; no file that it touches is reached through a symbolic
 * link below the current directory, is one, or is a directory or device; and, when a git is found
 * and the current directory is in a work tree, `git apply --check` with the patch on its stdin.
 * Without git the first two have to do, which a step of the log tells.
 *
 * Names are taken from the current directory, which should be the top of the work tree, as that is
 * where `git diff` takes them from. git is run without a shell and without a repository: what the
 * repository's configuration would have it run (filters) is not run, and cannot make a patch fit.
 */
#ifndef APP_PATCH_H
#define APP_PATCH_H

#include "base/clock.h"
#include "base/log.h"
#include "wire/patch.h"

struct patch_options {
	struct patch_rules rules;
	const char *path_env; /* PATH, where git is looked for; NULL: there is none */
	int64_t deadline_ms;  /* then git is killed */
	const struct clock *clock;
	const struct log *log;
};

/*
 * ERR_MISFIT, with the line, or with the first thing that git complains of; ERR_TIME at the
 * deadline, ERR_CEILING of wire/patch, ERR_MEMORY, ERR_BUG when there is no process to be had.
 */
MUST bool patch_accept(const struct patch_options *o, struct span answer, struct err *e);

#endif
