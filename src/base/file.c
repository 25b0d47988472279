#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

enum { READ_STEP = 16 * 1024 };

bool file_read_fd(int fd, struct buf *out, struct err *e)
{
	for (;;) {
		size_t room = out->max - out->n;
		unsigned char extra;
		ssize_t got;

		if (room == 0) {
			/* Full: only the end of the file may follow. */
			got = read(fd, &extra, 1);
			if (got > 0)
				return err_set(e, ERR_CEILING, 0, "%s exceeds %zu bytes", out->what,
					out->max);
		} else {
			room = room < READ_STEP ? room : READ_STEP;
			if (!buf_reserve(out, room, e))
				return false;
			got = read(fd, out->p + out->n, room);
		}
		if (got == 0)
			return true;
		if (got > 0) {
			out->n += (size_t)got;
		} else if (errno == EAGAIN) {
			struct pollfd p = {.fd = fd, .events = POLLIN};
			(void)!poll(&p, 1, -1);
		} else if (errno != EINTR) {
			return err_set(e, ERR_USAGE, errno, "cannot read %s", out->what);
		}
	}
}

bool file_read_path(const char *path, struct buf *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool ok;

	if (fd < 0)
		return err_set(e, ERR_USAGE, errno, "cannot open %s", path);
	ok = file_read_fd(fd, out, e);
	close(fd);
	return ok || err_wrap(e, "%s", path);
}
