/*
 * file - whole small files in, with a ceiling.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"

/*
 * Appends the rest of fd to out until end of file; out's own ceiling applies
 * (ERR_CEILING). A read error is ERR_USAGE with errno. Blocks.
 */
MUST bool file_read_fd(int fd, struct buf *out, struct err *e);

/* Opens, reads, closes. ERR_USAGE with errno when it cannot be opened or read. */
MUST bool file_read_path(const char *path, struct buf *out, struct err *e);

#endif
