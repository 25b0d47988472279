#include "codex/token_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"

enum { READ_STEP = 4 * 1024 };

/* Waits until fd is readable or has ended. */
static bool wait_readable(int fd, int64_t until_ms, const struct token_file_rules *r, struct err *e)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until_ms - clock_mono_ms(r->clock);
		int n;

		if (left <= 0)
			return err_set(e, ERR_CREDENTIAL, 0,
			               "nothing came through the pipe within %lld ms",
			               (long long)r->fifo_ms);
		n = poll(&p, 1, left < 60 * 1000 ? (int)left : 60 * 1000);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return err_set(e, ERR_CREDENTIAL, errno, "cannot wait for the pipe");
	}
}

/* A FIFO opened without blocking reads as ended until its first writer comes: poll knows better. */
static bool read_fifo(int fd, const struct token_file_rules *r, struct buf *out, struct err *e)
{
	int64_t until_ms = clock_after(clock_mono_ms(r->clock), r->fifo_ms);

	for (;;) {
		size_t room = out->max - out->n < READ_STEP ? out->max - out->n : READ_STEP;
		ssize_t got;

		if (room == 0)
			return err_set(e, ERR_CEILING, 0, "%s exceeds %zu bytes", out->what,
			               out->max);
		if (!wait_readable(fd, until_ms, r, e) || !buf_reserve(out, room, e))
			return false;
		got = read(fd, out->p + out->n, room);
		if (got == 0)
			return true;
		if (got > 0)
			out->n += (size_t)got;
		else if (errno != EAGAIN && errno != EINTR)
			return err_set(e, ERR_CREDENTIAL, errno, "cannot read");
	}
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

static const char *kind_of(mode_t mode)
{
	return S_ISDIR(mode) ? "a directory" : S_ISSOCK(mode) ? "a socket"
	     : S_ISCHR(mode) || S_ISBLK(mode) ? "a device" : "no file or pipe";
}

/* base/file speaks of usage; here the credential is what is wrong. */
static bool read_regular(int fd, struct buf *out, struct err *e)
{
	if (file_read_fd(fd, out, e))
		return true;
	if (e->kind == ERR_USAGE)
		e->kind = ERR_CREDENTIAL;
	return false;
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
		return err_set(e, ERR_CREDENTIAL, 0, "is %s", kind_of(st.st_mode));
	if (!is_private(path, fd, &st, r))
		return err_set(e, ERR_CREDENTIAL, 0, "it is open to others; cure: chmod 600 %s",
		               path);
	return read_regular(fd, out, e);
}

/* What is too long is no credential; which ceiling it crossed is told. */
static bool as_credential(bool ok, struct err *e)
{
	if (!ok && e->kind == ERR_CEILING)
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
		return err_set(e, ERR_CREDENTIAL, 0, "is %s", kind_of(st.st_mode));
	return as_credential(read_regular(fd, out, e), e);
}
