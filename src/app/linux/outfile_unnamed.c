#define _GNU_SOURCE /* O_TMPFILE */

#include "app/outfile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fmt.h"

enum { PROC_NAME = 32 };

/* linkat(2) takes a descriptor without privileges only by this name. */
static const char *proc_name(int fd, char out[PROC_NAME])
{
	fmt_into(out, PROC_NAME, "/proc/self/fd/%d", fd);
	return out;
}

int outfile_unnamed_open(const char *directory, mode_t mode)
{
	int fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
	char name[PROC_NAME];
	struct stat st;

	/* Without /proc it could never get a name. */
	if (fd >= 0 && stat(proc_name(fd, name), &st) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

bool outfile_unnamed_link(int fd, const char *path)
{
	char name[PROC_NAME];

	return linkat(AT_FDCWD, proc_name(fd, name), AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}
