/*
 * patch_git - the process behind app/patch; nobody else includes this.
 */
#ifndef APP_PATCH_GIT_H
#define APP_PATCH_GIT_H

#include "app/patch.h"

enum { PATCH_GIT_NOT_RUN = 127 }; /* its exit status when the system did not run it */

/*
 * Runs `program` as `git apply --check` with `text` on its stdin, and a newline where the last line
 * has none. *status is what waitpid(2) gives. `said` gets what it writes to stdout and stderr, up
 * to its ceiling. ERR_TIME, ERR_MEMORY, ERR_BUG; the process is gone in any case.
 */
MUST bool patch_git_run(const char *program, const struct patch_options *o, struct span text,
	struct buf *said, int *status, struct err *e);

#endif
