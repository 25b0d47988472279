#include "codex/token_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"

static bool read_fifo(int fd, const struct token_file_rules *r, struct buf *out, struct err *e)
{
	int64_t until_ms = clock_after(clock_mono_ms(r->clock), r->fifo_ms);

	if (file_read_fd(fd, out, r->clock, until_ms, e))
		return true;
	if (e->kind == ERR_TIME)
		err_set(e, ERR_CREDENTIAL, 0, "nothing came through the pipe within %lld ms",
		        (long long)r->fifo_ms);
	return false;
}

/* Does `path` name something below `dir`, without a way back up? */
static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	return n > 0 && strncmp(path, dir, n) == 0 && path[n] == '/' &&
	       strstr(path, "/../") == NULL;
}

static bool is_private(const char *path, int fd, const struct stat *st,
                       const struct token_file_rules *r)
{
	struct statvfs vfs;

	return (st->st_mode & (S_IRWXG | S_IRWXO)) == 0 || is_below(path, "/run/secrets") ||
	       is_below(path, "/var/run/secrets") ||
	       (r->credentials_dir != NULL && is_below(path, r->credentials_dir)) ||
	       (fstatvfs(fd, &vfs) == 0 && (vfs.f_flag & ST_RDONLY) != 0);
}

static bool read_open(const char *path, int fd, const struct token_file_rules *r, struct buf *out,
                      struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_set(e, ERR_CREDENTIAL, errno, "cannot look at it");
	if (S_ISFIFO(st.st_mode))
		return r->fifo_allowed ? read_fifo(fd, r, out, e)
		                       : err_set(e, ERR_CREDENTIAL, 0, "is a pipe");
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CREDENTIAL, 0, "is %s", file_odd_kind(st.st_mode));
	if (!is_private(path, fd, &st, r))
		return err_set(e, ERR_CREDENTIAL, 0, "it is open to others; cure: chmod 600 %s",
		               path);
	return file_read_fd(fd, out, NULL, CLOCK_NEVER, e);
}

/*
 * base/file speaks of usage; here the credential is what is wrong. What is too long is none; which
 * ceiling it crossed is told.
 */
static bool as_credential(bool ok, struct err *e)
{
	if (!ok && (e->kind == ERR_CEILING || e->kind == ERR_USAGE))
		e->kind = ERR_CREDENTIAL;
	return ok;
}

enum token_file_step token_file_read(const char *path, const struct token_file_rules *r,
                                     struct buf *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	bool absent = fd < 0 && (errno == ENOENT || errno == ENOTDIR);
	bool ok;

	if (fd < 0) {
		err_set(e, ERR_CREDENTIAL, errno, "cannot open it");
		return absent ? TOKEN_FILE_ABSENT : TOKEN_FILE_FAIL;
	}
	ok = as_credential(read_open(path, fd, r, out, e), e);
	close(fd);
	return ok ? TOKEN_FILE_READ : TOKEN_FILE_FAIL;
}

bool token_file_read_fd(int fd, bool any_kind, const struct token_file_rules *r, struct buf *out,
                        struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_set(e, ERR_CREDENTIAL, errno, "cannot look at it");
	if (S_ISFIFO(st.st_mode))
		return as_credential(read_fifo(fd, r, out, e), e);
	if (!any_kind && !S_ISREG(st.st_mode))
		return err_set(e, ERR_CREDENTIAL, 0, "is %s", file_odd_kind(st.st_mode));
	return as_credential(file_read_fd(fd, out, NULL, CLOCK_NEVER, e), e);
}
