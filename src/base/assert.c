#include "base/assert.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/fmt.h"

enum { TEXT_MAX = 120 };

void assert_failed(const char *file, int line)
{
	char text[TEXT_MAX];
	size_t n = fmt_into(text, sizeof text, "octavo: bug at %s:%d\n", file, line);

	(void)!write(STDERR_FILENO, text, n < sizeof text ? n : sizeof text - 1);
	abort();
}
