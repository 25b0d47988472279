/* wire/glob: which paths --patch-paths means, and what may not be written. */
#include "wire/glob.h"

#include <time.h>

#include "base/limits.h"
#include "tap.h"

static const struct {
	const char *glob, *path;
	bool matches;
} rows[] = {
	/* names */
	{"a", "a", true},
	{"a", "b", false},
	{"a", "A", false},
	{"a", "ab", false},
	{"ab", "a", false},
	{"a/b", "a/b", true},
	{"a/b", "a", false},
	{"b", "a/b", false},

	/* a directory is all below it */
	{"docs", "docs", true},
	{"docs", "docs/a", true},
	{"docs", "docs/a/b.md", true},
	{"docs", "docs2/a", false},
	{"docs", "src/docs/a", false},
	{"docs/", "docs/a/b", true},
	{"docs/", "docs", false},
	{"docs/**", "docs/a/b", true},
	{"docs/**", "docs", false},
	{"docs/**/", "docs/a", true},
	{"docs/**/", "docs", false},
	{"a/docs", "a/docs/x", true},
	{"do?s/", "docs/a/b", true},
	{"do?s", "docs/a", false},
	{"**", "a", true},
	{"**", "a/b/c", true},
	{"**/", "a/b", true},

	/* ? and * stay in a part */
	{"?", "a", true},
	{"?", "ab", false},
	{"?", "/", false},
	{"a?b", "a/b", false},
	{"?", "\xc3\xa9", true},
	{"??", "\xc3\xa9", false},
	{"*", "a", true},
	{"*", "a/b", false},
	{"*", ".a", true},
	{"docs/*", "docs/a", true},
	{"docs/*", "docs/a/b", false},
	{"*.md", "a.md", true},
	{"*.md", ".md", true},
	{"*.md", "a.md.c", false},
	{"*.md", "docs/a.md", false},
	{"a*", "a", true},
	{"a*b*c", "abc", true},
	{"a*b*c", "axbybzc", true},
	{"a*b*c", "axbycz", false},
	{"a*b*c", "acb", false},
	{"*ab", "aab", true},
	{"*aab", "aaaab", true},
	{"a*?", "a", false},
	{"a*?", "ab", true},
	{"*?*?*", "a", false},
	{"*/x", "a/x", true},
	{"*/x", "a/b/x", false},
	{"*\xa9", "\xc3\xa9", false},

	/* ** crosses */
	{"**/x", "x", true},
	{"**/x", "a/x", true},
	{"**/x", "a/b/x", true},
	{"**/x", "a/b/xy", false},
	{"**/x", "a/x/y", true},
	{"**/*.md", "a/b/c.md", true},
	{"**/*.md", "c.md", true},
	{"**/*.md", "c.md/d", false},
	{"a/**/b", "a/b", true},
	{"a/**/b", "a/x/b", true},
	{"a/**/b", "a/x/y/b", true},
	{"a/**/b", "a/x/y/c", false},
	{"a/**/b", "ab", false},
	{"a/**/b/**/c", "a/b/b/x/c", true},
	{"a/**/b/**/c", "a/x/c/b", false},
	{"a/**/**/b", "a/b", true},
	{"**/a/b", "a/a/b", true},
	{"**/a/*/c", "a/a/x/c", true},
	{"**/a/*/c", "a/a/c", true},
	{"**/a/*/c", "b/a/c", false},

	/* classes */
	{"[abc]", "b", true},
	{"[abc]", "d", false},
	{"[a-c]x", "bx", true},
	{"[a-c]x", "b", false},
	{"[!a-c]", "d", true},
	{"[!a-c]", "b", false},
	{"[^a-c]", "d", true},
	{"[^a-c]", "a", false},
	{"[]]", "]", true},
	{"[!]]", "]", false},
	{"[a-]", "-", true},
	{"[-a]", "-", true},
	{"[\\]]", "]", true},
	{"[\\a-\\c]", "b", true},
	{"[a]]", "a]", true},
	{"[!a]", "\xc3\xa9", true},
	{"[!a]b", "\xc3\xa9" "b", true},
	{"a[!b]c", "a/c", false},
	{"[*]", "*", true},
	{"[*]", "a", false},
	{"[[]", "[", true},
	{"*[0-9].txt", "a1b2.txt", true},

	/* itself */
	{"\\*", "*", true},
	{"\\*", "a", false},
	{"a\\?", "a?", true},
	{"\\[a]", "[a]", true},
	{"\\!a", "!a", true},
	{"\\\\", "\\", true},
};

static const struct {
	const char *glob, *says;
} bads[] = {
	{"", "is empty"},
	{"/", "without '/'"},
	{"/a", "without '/'"},
	{"!a", "no negation"},
	{"a//b", "is empty"},
	{"a//", "is empty"},
	{"./a", "no path has a part"},
	{"a/..", "no path has a part"},
	{".", "no path has a part"},
	{"a/./b", "no path has a part"},
	{"docs**", "'**' must be all"},
	{"**.md", "'**' must be all"},
	{"a/***", "'**' must be all"},
	{"a\\", "behind the last"},
	{"a\\/b", "behind the last"},
	{"[", "'[' without ']'"},
	{"[a", "'[' without ']'"},
	{"[!", "'[' without ']'"},
	{"[]", "'[' without ']'"},
	{"[a-", "'[' without ']'"},
	{"[a\\", "'[' without ']'"},
	{"[a-\\", "'[' without ']'"},
	{"[a/b]", "'[' without ']'"},
	{"[z-a]", "a range's end"},
	{"[[:alpha:]]", "names of classes"},
	{"[\xc3\xa9]", "only ASCII"},
	{"[a-\xff]", "only ASCII"},
};

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct span path = tap_guard(span_str(rows[i].path));
		struct err e;

		if (!glob_is_valid(rows[i].glob, &e) ||
			glob_matches(rows[i].glob, path) != rows[i].matches)
			tap_ok(false, "%s %s %s", rows[i].glob, rows[i].matches ? "is" : "is not", rows[i].path);
		else
			tap_ok(true, "%s, %s", rows[i].glob, rows[i].path);
		tap_unguard(path);
	}
}

static void test_bads(void)
{
	char text[GLOB_MAX + 2];
	struct err e;

	for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++) {
		tap_fails(glob_is_valid(bads[i].glob, &e), &e, ERR_USAGE, bads[i].glob);
		tap_ok(strstr(e.text, bads[i].says) != NULL, "... %s", e.text);
	}
	memset(text, 'a', sizeof text);
	text[GLOB_MAX] = '\0';
	tap_good(glob_is_valid(text, &e), &e, "as long as may be");
	text[GLOB_MAX] = 'a';
	text[GLOB_MAX + 1] = '\0';
	tap_fails(glob_is_valid(text, &e), &e, ERR_USAGE, "one byte more");
}

/* Patterns that cost naive matchers years. */
static void test_cost(void)
{
	char glob[GLOB_MAX + 1] = "", path[PATCH_PATH_MAX + 1];
	clock_t began = clock();

	for (size_t i = 0; i + 2 <= GLOB_MAX - 1; i += 2)
		memcpy(glob + i, "*a", 3);
	memset(path, 'a', PATCH_PATH_MAX - 1);
	strcpy(path + PATCH_PATH_MAX - 1, "b");
	tap_ok(!glob_matches(glob, span_str(path)), "many stars in a part");
	for (size_t i = 0; i + 5 <= GLOB_MAX - 5; i += 5)
		memcpy(glob + i, "**/a/", 6);
	for (size_t i = 0; i + 2 <= PATCH_PATH_MAX - 2; i += 2)
		memcpy(path + i, "a/b", 4);
	tap_ok(!glob_matches(strcat(glob, "c"), span_str(path)), "many directories");
	tap_ok((clock() - began) / CLOCKS_PER_SEC < 2, "... both at once");
}

/* Every pattern of six letters that is valid stops, and stays within its memory. */
static void test_all(void)
{
	static const char letters[] = "a*?[]\\/!-";
	char glob[7] = "";
	long valid = 0, tried = 0;
	struct err e;

	for (long n = 0; n < 531441; n++, tried++) {
		long rest = n;

		for (int i = 0; i < 6; i++, rest /= 9)
			glob[i] = letters[rest % 9];
		if (!glob_is_valid(glob, &e))
			continue;
		valid++;
		(void)!glob_matches(glob, span_str("a/aa/a-a"));
		if (strpbrk(glob, "*?[]\\") == NULL && glob[5] != '/' && !glob_matches(glob, span_str(glob)))
			tap_ok(false, "%s is not itself", glob);
	}
	tap_ok(valid > 1000, "%ld patterns, %ld of them valid", tried, valid);
}

int main(void)
{
	test_rows();
	test_bads();
	test_cost();
	test_all();
	return tap_done();
}
