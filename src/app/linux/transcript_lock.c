#define _GNU_SOURCE /* flock */

#include "app/transcript.h"

#include <sys/file.h>

bool transcript_lock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}
