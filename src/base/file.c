#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

enum { READ_STEP = 16 * 1024 };

/*
 * A FIFO opened without blocking reads as ended until its first writer comes, and an inherited pipe
 * may block: poll knows better than read.
 */
static bool wait_readable(
	int fd, const char *what, const struct clock *clock, int64_t deadline_ms, struct err *e)
{
	/* poll passes over what is no descriptor; read has its errno. */
	while (fd >= 0) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left_ms = INT_MAX;
		int got;

		if (deadline_ms != CLOCK_NEVER)
			left_ms = deadline_ms - clock_mono_ms(clock);
		left_ms = left_ms < 0 ? 0 : left_ms < INT_MAX ? left_ms : INT_MAX;
		got = poll(&p, 1, (int)left_ms);
		if (got > 0 || (got < 0 && errno != EINTR))
			return true;
		if (left_ms == 0)
			return err_set(e, ERR_TIME, 0, "%s did not come in time", what);
	}
	return true;
}

bool file_read_fd(int fd, struct buf *out, const struct clock *clock, int64_t deadline_ms,
                  struct err *e)
{
	for (;;) {
		size_t room = out->max - out->n;
		unsigned char extra, *to = &extra;
		ssize_t got;

		if (room > 0) {
			room = room < READ_STEP ? room : READ_STEP;
			if (!buf_reserve(out, room, e))
				return false;
			to = out->p + out->n;
		}
		if (!wait_readable(fd, out->what, clock, deadline_ms, e))
			return false;
		/* When it is full only the end of the file may follow. */
		got = read(fd, to, room > 0 ? room : 1);
		if (got == 0)
			return true;
		if (got > 0 && room == 0)
			return err_set(
				e, ERR_CEILING, 0, "%s exceeds %zu bytes", out->what, out->max);
		if (got > 0)
			out->n += (size_t)got;
		else if (errno != EAGAIN && errno != EINTR)
			return err_set(e, ERR_USAGE, errno, "cannot read %s", out->what);
	}
}

const char *file_odd_kind(mode_t mode)
{
	return S_ISREG(mode) || S_ISFIFO(mode)  ? NULL
	       : S_ISDIR(mode)                  ? "a directory"
	       : S_ISSOCK(mode)                 ? "a socket"
	       : S_ISCHR(mode) || S_ISBLK(mode) ? "a device"
						: "no file or pipe";
}

static bool read_kind(int fd, const struct stat *st, struct buf *out, const struct clock *clock,
                      int64_t deadline_ms, struct err *e)
{
	const char *odd = file_odd_kind(st->st_mode);

	if (odd != NULL)
		return err_set(e, ERR_USAGE, 0, "it is %s", odd);
	return file_read_fd(fd, out, clock, deadline_ms, e);
}

bool file_read_path(const char *path, struct buf *out, const struct clock *clock,
                    int64_t deadline_ms, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), sys = errno;
	struct stat st;
	bool ok;

	/* A socket cannot be opened, but told from what is missing. */
	if (fd < 0 && (stat(path, &st) != 0 || !S_ISSOCK(st.st_mode)))
		ok = err_set(e, ERR_USAGE, sys, "cannot open it");
	else if (fd >= 0 && fstat(fd, &st) != 0)
		ok = err_set(e, ERR_USAGE, errno, "cannot look at it");
	else
		ok = read_kind(fd, &st, out, clock, deadline_ms, e);
	if (fd >= 0)
		close(fd);
	if (!ok)
		return err_wrap(e, "%s", path);
	return true;
}
