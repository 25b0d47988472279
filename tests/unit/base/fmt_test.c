/* Our part of printf says what printf says. */
#include "base/fmt.h"
#include "tap.h"

#include <limits.h>
#include <stdint.h>

/* Once with room and once with every room too small. */
#define SAME(name, ...) \
	do { \
		char got[64], want[64]; \
		bool same = true; \
		for (size_t n = 0; n <= sizeof got; n++) { \
			memset(got, '#', sizeof got); \
			memset(want, '#', sizeof want); \
			same &= fmt_into(got, n, __VA_ARGS__) == (size_t)snprintf(want, n, __VA_ARGS__); \
			same &= memcmp(got, want, sizeof got) == 0; \
		} \
		if (!tap_ok(same, "%s", name)) \
			printf("#   got %s, want %s\n", got, want); \
	} while (0)

#pragma GCC diagnostic ignored "-Wformat-truncation"

static void print_pointer(void)
{
	char out[10];

	fmt_into(out, sizeof out, "%p", (void *)out);
}

int main(void)
{
	char bare[3] = {'a', 'b', 'c'};

	SAME("plain", "plain text");
	SAME("percent", "100%% of %d", 3);
	SAME("strings", "%s and %s", "one", "");
	SAME("precision", "%.3s|%.0s|%.100s", "abcdef", "x", "short");
	SAME("star", "%.*s|%.*s", 2, "abc", 0, "abc");
	SAME("no NUL behind the precision", "%.3s%.*s", bare, 3, bare);
	SAME("width of a string", "%8s|%2s", "abc", "abc");
	SAME("int", "%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
	SAME("unsigned", "%u %u", 0U, UINT_MAX);
	SAME("long", "%ld %lu", LONG_MIN, ULONG_MAX);
	SAME("long long", "%lld %lld", LLONG_MIN, LLONG_MAX);
	SAME("unsigned long long", "%llu", ULLONG_MAX);
	SAME("size", "%zu %zu", (size_t)0, SIZE_MAX);
	SAME("hex", "%x %x %llx", 0U, 0xdeadbeefU, ULLONG_MAX);
	SAME("zeros", "%02x %04x %02d %04d %03lld", 0xaU, 0x20acU, 7, 12345, 5LL);
	SAME("zeros behind a sign", "%04d|%02d|%06lld", -5, -5, -1234567LL);
	SAME("width of a number", "%6d|%6d|%3u", 42, -42, 12345U);
	SAME("characters", "%c%c", 'a', '\n');
	tap_aborts(print_pointer, "a conversion that is not there");
	return tap_done();
}
