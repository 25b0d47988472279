/*
 * version - what this binary is and what is in it.
 */
#ifndef APP_VERSION_H
#define APP_VERSION_H

#include "base/buf.h"

/* "octavo/0.1.0 (linux; x86_64)": the User-Agent's value. */
const char *version_user_agent(void);

/*
 * "octavo 0.1.0\n"; with `all`, also commit, architecture, libraries and the date of the built-in
 * roots.
 */
MUST bool version_write(struct buf *out, bool all, struct err *e);

#endif
