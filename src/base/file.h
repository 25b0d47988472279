/*
 * file - whole small files in, with a ceiling and a deadline.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"

/*
 * Appends the rest of fd to out until end of file; out's own ceiling applies (ERR_CEILING). A read
 * error is ERR_USAGE with errno. What gives nothing until deadline_ms is ERR_TIME; `clock` may be
 * NULL when that is CLOCK_NEVER. It does not matter whether fd blocks.
 */
MUST bool file_read_fd(int fd, struct buf *out, const struct clock *clock, int64_t deadline_ms,
                       struct err *e);

/*
 * Opens, reads, closes: a regular file, of whatever size it says it is, or a FIFO, whose writer may
 * come late. ERR_USAGE when it cannot be opened or read, or is something else.
 */
MUST bool file_read_path(const char *path, struct buf *out, const struct clock *clock,
                         int64_t deadline_ms, struct err *e);

/* What is neither regular file nor FIFO, for people: "a directory"; NULL for those two. */
const char *file_odd_kind(mode_t mode);

#endif
