/*
 * output - writing to a descriptor of the user's, which may be slow, full or gone.
 */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

#include "base/buf.h"
#include "base/clock.h"

/*
 * All of s, before it returns. A pipe, socket or terminal that takes nothing is waited for until
 * deadline_ms (ERR_TIME); one that takes what it is given is written to after it, too. ERR_PIPE
 * when the reader went away, ERR_OUTPUT for the rest.
 */
MUST bool output_write(
	int fd, struct span s, const struct clock *clock, int64_t deadline_ms, struct err *e);

#endif
