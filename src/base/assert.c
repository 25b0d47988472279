#include "base/assert.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Digits of a line number, with room. */
enum { LINE_DIGITS = 12 };

static void say(const char *s)
{
	(void)!write(STDERR_FILENO, s, strlen(s));
}

void assert_failed(const char *file, int line)
{
	char digits[LINE_DIGITS + 1] = {0};
	size_t at = LINE_DIGITS;

	for (; line > 0 && at > 0; line /= 10)
		digits[--at] = (char)('0' + line % 10);
	say("octavo: bug at ");
	say(file);
	say(":");
	say(digits + at);
	say("\n");
	abort();
}
