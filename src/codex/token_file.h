/*
 * token_file - the bytes of a credential file, under the rules for such files.
 *
 * Opened, then judged by fstat: a regular file that group or others can read is refused
 * with the command that cures it, except where modes are not the owner's to choose: on a
 * read-only mount, under /run/secrets and in $CREDENTIALS_DIRECTORY. A FIFO has a deadline.
 * Sockets, directories and devices are refused. Links are followed: that is how container
 * platforms mount secrets. Every refusal is ERR_CREDENTIAL.
 */
#ifndef CODEX_TOKEN_FILE_H
#define CODEX_TOKEN_FILE_H

#include "base/buf.h"
#include "base/clock.h"

struct token_file_rules {
	const char *credentials_dir; /* NULL = none */
	int64_t fifo_ms;
	bool fifo_allowed;           /* false: nothing must be taken out of a FIFO */
	const struct clock *clock;
};

enum token_file_step { TOKEN_FILE_READ, TOKEN_FILE_ABSENT, TOKEN_FILE_FAIL };

/* Appends the file's bytes to `out` (wiping). ABSENT: there is no such file; `e` says so. */
enum token_file_step token_file_read(const char *path, const struct token_file_rules *r,
                                     struct buf *out, struct err *e);

/*
 * An inherited descriptor, taken whole: a regular file or a FIFO (whoever opened it chose to
 * hand it over, so that its mode is not judged), anything at all with `any_kind`. A FIFO has
 * the deadline here too.
 */
MUST bool token_file_read_fd(int fd, bool any_kind, const struct token_file_rules *r,
                             struct buf *out, struct err *e);

#endif
