/* Unit tests of app/env: a block laid out as the kernel does it, read and erased in place. */
#include "app/env.h"

#include "fakes.h"

/* The strings stand one behind the other in memory that ends at an unreadable page. */
struct block {
	struct span bytes;
	char *at[16];
};

static void block_init(struct block *b, const char *const *strings)
{
	struct buf all;
	size_t n = 0, offset = 0;

	buf_init(&all, 4096, "the block");
	for (size_t i = 0; strings[i] != NULL; i++)
		keep(&all, span_of(strings[i], strlen(strings[i]) + 1));
	b->bytes = tap_guard(buf_span(&all));
	for (; strings[n] != NULL; offset += strlen(strings[n]) + 1, n++)
		b->at[n] = (char *)(uintptr_t)b->bytes.p + offset;
	b->at[n] = NULL;
	buf_free(&all);
}

static void check_get(void)
{
	static const char *const strings[] = {"A=1", "AB=2", "EMPTY=", "A=later", "NOEQUALS", "X=a=b", "", NULL};
	static const struct {
		const char *name, *want;
	} rows[] = {
		{"A", "1"}, {"AB", "2"}, {"EMPTY", ""}, {"X", "a=b"}, {"B", NULL}, {"NOEQUALS", NULL}, {"ABC", NULL}, {"EMPT", NULL},
	};
	struct block b;

	block_init(&b, strings);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *got = env_get(b.at, rows[i].name);

		tap_ok((got == NULL) == (rows[i].want == NULL) && (got == NULL || strcmp(got, rows[i].want) == 0), "get %s", rows[i].name);
	}
	tap_unguard(b.bytes);
}

static void check_erase(void)
{
	static const char *const strings[] = {"A=1", "T=secret-one", "B=2", "T=secret-two", "TT=3", NULL};
	static const char want[] = "A=1\0\0\0\0\0\0\0\0\0\0\0\0\0\0B=2\0\0\0\0\0\0\0\0\0\0\0\0\0\0TT=3";
	struct block b;

	block_init(&b, strings);
	env_erase(b.at, "T");
	tap_is_span(b.bytes, span_of(want, sizeof want), "every value of the name is zeros, the others stand as they stood");
	tap_ok(env_get(b.at, "T") == NULL, "... and is not found");
	tap_ok(b.at[0] != NULL && b.at[1] != NULL && b.at[2] != NULL && b.at[3] == NULL, "... the block has closed up");
	tap_ok(strcmp(env_get(b.at, "B"), "2") == 0 && strcmp(env_get(b.at, "TT"), "3") == 0, "... the others are found");
	env_erase(b.at, "T");
	env_erase(b.at, "NONE");
	tap_ok(b.at[2] != NULL && b.at[3] == NULL, "erasing what is not there does nothing");
	env_erase(b.at, "A");
	env_erase(b.at, "B");
	env_erase(b.at, "TT");
	tap_ok(b.at[0] == NULL, "all may go");
	env_erase(b.at, "A");
	tap_unguard(b.bytes);
}

static void check_move(void)
{
	char *copy;
	size_t size = 0;
	struct err e;

	tap_good(env_move("a value", &copy, &size, &e), &e, "a value moves");
	tap_ok(strcmp(copy, "a value") == 0 && size >= 4096, "... whole, to a page of its own");
	env_drop(&copy, size);
	tap_ok(copy == NULL, "... and is dropped");
	env_drop(&copy, size);
	tap_good(env_move(NULL, &copy, &size, &e) && copy == NULL, &e, "an unset one stays unset");
	tap_good(env_move("", &copy, &size, &e) && copy != NULL && copy[0] == '\0', &e, "an empty one stays empty");
	env_drop(&copy, size);
}

int main(void)
{
	check_get();
	check_erase();
	check_move();
	return tap_done();
}
