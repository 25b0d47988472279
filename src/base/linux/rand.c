#define _DEFAULT_SOURCE

#include "base/rand.h"

#include <errno.h>
#include <sys/random.h>

static bool system_fill(void *ctx, void *p, size_t n)
{
	unsigned char *at = p;

	(void)ctx;
	while (n > 0) {
		ssize_t got = getrandom(at, n, 0);
		if (got < 0) {
			if (errno == EINTR)
				continue;
			return false;
		}
		at += got;
		n -= (size_t)got;
	}
	return true;
}

const struct rand rand_system = {system_fill, NULL};
