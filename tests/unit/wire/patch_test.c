/*
 * Unit tests of wire/patch: what is accepted with which paths, what is refused with which words, the
 * rules, every cut, damaged bytes, and the ceilings.
 */
#include "wire/patch.h"

#include "base/limits.h"
#include "tap.h"

/* The paths that were handed on, each with a ';' behind it. */
struct seen {
	char text[4 * PATCH_PATH_MAX];
	long stop_at, n; /* the path that ends the walk, counted from 1 */
};

static bool see(void *ctx, const char *path, struct err *e)
{
	struct seen *s = ctx;
	size_t n = strlen(s->text);

	if (n + strlen(path) + 2 < sizeof s->text)
		sprintf(s->text + n, "%s;", path);
	return ++s->n != s->stop_at || err_set(e, ERR_BUDGET, 0, "stop");
}

static bool check(struct span text, const struct patch_rules *rules, struct seen *s, struct err *e)
{
	static const struct patch_rules none = {.ci_files = false};
	struct span own = tap_guard(text);
	bool ok;

	s->text[0] = '\0';
	s->n = 0;
	ok = patch_check(own, rules != NULL ? rules : &none, see, s, e);
	tap_unguard(own);
	return ok;
}

#define HUNK "@@ -1 +1 @@\n-a\n+b\n"
#define GIT(name) "diff --git a/" name " b/" name "\n"
#define NAMES(name) "--- a/" name "\n+++ b/" name "\n"
#define PLAIN(name) NAMES(name) HUNK
#define FULL(name) GIT(name) NAMES(name) HUNK

/* ---- good ones ---- */

static const struct {
	const char *text, *paths;
} goods[] = {
	/* plain */
	{PLAIN("x"), "x;"},
	{PLAIN("x") "\n", "x;"},
	{NAMES("x") "@@ -1 +1 @@\n-a\n+b", "x;"},
	{PLAIN("d/x") PLAIN("y"), "d/x;y;"},
	{PLAIN("x\t2026-01-31 12:00:00"), "x;"},
	{PLAIN("x\t2026-01-31 12:00:00.123456789 +0100"), "x;"},
	{PLAIN("x\t2026-01-31 12:00:00 -01:00"), "x;"},
	{PLAIN("x\t2026-01-31 12:00:00.5"), "x;"},
	{PLAIN("sp ace\t"), "sp ace;"},
	{PLAIN("a 2010-01-02\t"), "a 2010-01-02;"},
	{"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+b\n", "x;"},
	{"--- /dev/null\t1970-01-01 00:00:00 +0000\n+++ b/x\n@@ -0,0 +1 @@\n+b\n", "x;"},
	{"--- a/x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n", "x;"},
	{PLAIN("dev/null"), "dev/null;"},
	{PLAIN("a/b/a/x"), "a/b/a/x;"},
	{PLAIN("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80;"},
	{PLAIN(".gitignore") PLAIN("git") PLAIN("a.git") PLAIN("git~x"), ".gitignore;git;a.git;git~x;"},
	{PLAIN("...x") PLAIN("..x/.y"), "...x;..x/.y;"},

	/* hunks */
	{NAMES("x") "@@ -1,3 +1,4 @@ int main(void)\n a\n-b\n+c\n+d\n\n@@ -9,0 +11 @@\n+e\n", "x;"},
	{NAMES("x") "@@ -1,2 +1 @@\n-a\n-b\n+c\n@@ -3 +2 @@\n-d\n+e\n", "x;"},
	{NAMES("x") "@@ -5 +4,0 @@\n-a\n", "x;"},
	{NAMES("x") "@@ -0,0 +1 @@\n+a\n", "x;"},
	{NAMES("x") "@@ -1 +0,0 @@\n-a\n", "x;"},
	{NAMES("x") "@@ -1,2 +1,2 @@ \n a\r\n-b\r\n+c\r\n", "x;"},
	{NAMES("x") "@@ -1,3 +1,2 @@\n--- a/y\n-++ b/y\n+++ b/y\n z\n", "x;"},
	{NAMES("x") "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n", "x;"},
	{NAMES("x") "@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n", "x;"},
	{NAMES("x") "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file", "x;"},
	{NAMES("x") "@@ -1,2 +1 @@\n-b\n a\n\\ No newline at end of file\n" PLAIN("y"), "x;y;"},
	{NAMES("x") "@@ -1 +1 @@\n+b\n-a\n", "x;"},
	{NAMES("x") "@@ -1 +1 @@\n-Subproject commit 0123\n+Subproject committee\n", "x;"},
	{NAMES("x") "@@ -01 +001,1 @@\n-a\n+b\n", "x;"},
	{NAMES("x") "@@ -1000000000 +1 @@\n-a\n+b\n", "x;"},

	/* git's */
	{FULL("x"), "x;"},
	{GIT("x") "index 0123456..89abcdef 100644\n" NAMES("x") HUNK, "x;"},
	{GIT("x") "index 0123..4567\n" NAMES("x") HUNK, "x;"},
	{FULL("x") PLAIN("y") FULL("z"), "x;y;z;"},
	{GIT("x") "old mode 100644\nnew mode 100755\n", "x;"},
	{GIT("x") "old mode 100755\nnew mode 100644\nindex 0123..4567\n" NAMES("x") HUNK, "x;"},
	{GIT("x") "old mode 100644\nnew mode 100755\n" FULL("y"), "x;y;"},
	{GIT("x") "new file mode 100644\nindex 0000000..e69de29\n", "x;"},
	{GIT("x") "new file mode 100755", "x;"},
	{GIT("x") "new file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n", "x;"},
	{GIT("x") "deleted file mode 100644\nindex e69de29..0000000\n", "x;"},
	{GIT("x") "deleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", "x;"},
	{"diff --git a/x b/d/y\nsimilarity index 100%\nrename from x\nrename to d/y\n", "x;d/y;"},
	{"diff --git a/x b/y\nrename from x\nrename to y\n", "x;y;"},
	{"diff --git a/x b/y\nold mode 100644\nnew mode 100755\nsimilarity index 0%\ncopy from x\ncopy to y\n"
	 "index 0123..4567\n--- a/x\n+++ b/y\n" HUNK, "x;y;"},
	{"diff --git a/x b/y b/z\nrename from x\nrename to y b/z\n", "x;y b/z;"},
	{"diff --git a/x b/y b/z\nrename from x b/y\nrename to z\n", "x b/y;z;"},
	{GIT("x") "dissimilarity index 90%\n" NAMES("x") HUNK, "x;"},
	{GIT("sp ace") "--- a/sp ace\t\n+++ b/sp ace\t\n" HUNK, "sp ace;"},
	{GIT("a 1") NAMES("a 1\t") HUNK, "a 1;"},
	{GIT("x b/x") "new file mode 100644\n", "x b/x;"},
};

static void test_good(void)
{
	static struct seen s;

	for (size_t i = 0; i < sizeof goods / sizeof goods[0]; i++) {
		struct err e;

		if (tap_good(check(span_str(goods[i].text), NULL, &s, &e), &e, goods[i].paths))
			tap_is_str(span_str(s.text), goods[i].paths, "... and these are its paths");
		else
			tap_show("text", span_str(goods[i].text));
	}
}

/* ---- bad ones ---- */

static const struct {
	const char *text, *why;
} bads[] = {
	/* not a diff, or not only */
	{"", "line 1: nothing"},
	{"\n", "line 1: nothing"},
	{" \r\n\t\n", "line 1: nothing"},
	{"Here it is:\n" PLAIN("x"), "line 1: text that is no part"},
	{"```diff\n" PLAIN("x") "```\n", "line 1: a Markdown fence"},
	{PLAIN("x") "```\n", "line 6: a Markdown fence"},
	{PLAIN("x") "~~~\n", "line 6: a Markdown fence"},
	{"\n" PLAIN("x"), "line 1: an empty line"},
	{PLAIN("x") "\n\n", "line 6: an empty line"},
	{PLAIN("x") "\n" PLAIN("y"), "line 6: an empty line"},
	{PLAIN("x") " ", "line 6: a line that belongs to no hunk"},
	{PLAIN("x") "+c\n", "line 6: a line that belongs to no hunk"},
	{PLAIN("x") "-c\n", "line 6: a line that belongs to no hunk"},
	{PLAIN("x") "-- \n2.39.5\n", "line 6: a line that belongs to no hunk"},
	{PLAIN("x") "I hope this helps.", "line 6: text that is no part"},
	{"diff -u a/x b/x\n" PLAIN("x"), "line 1: a 'diff' line"},
	{"Only in a: x\n", "line 1: text that is no part"},
	{"Index: x\n" PLAIN("x"), "line 1: text that is no part"},
	{"index 0123..4567\n" PLAIN("x"), "line 1: text that is no part"},
	{"*** a/x\n--- b/x\n", "line 1: no unified diff"},
	{"+++ b/x\n" HUNK, "line 1: '+++ b/PATH' without"},
	{HUNK, "line 1: a hunk without"},
	{"\\ No newline at end of file\n", "line 1: '\\ No newline"},
	{PLAIN("x") "a\0b", NULL},
	{"\xef\xbb\xbf" PLAIN("x"), "line 1: text that is no part"},
	{"diff --git a/x b/x\r\n--- a/x\r\n+++ b/x\r\n" HUNK, "line 1: this line ends in CR LF"},
	{"--- a/x\r\n+++ b/x\r\n" HUNK, "line 1: this line ends in CR LF"},

	/* nothing is changed */
	{GIT("x"), "line 1: the file is named"},
	{GIT("x") "index 0123..4567 100644\n", "line 1: the file is named"},
	{GIT("x") FULL("y"), "line 1: the file is named"},
	{NAMES("x"), "line 3: a hunk"},
	{FULL("x") GIT("y") NAMES("y"), "line 10: a hunk"},
	{NAMES("x") PLAIN("y"), "line 3: a hunk"},
	{NAMES("x") "@@ -1 +1 @@\n a\n", "line 3: a hunk that changes nothing"},
	{NAMES("x") "@@ -1,0 +1,0 @@\n", "line 3: a hunk that changes nothing"},

	/* binary */
	{GIT("x") "index 0123..4567 100644\nGIT binary patch\nliteral 1\nIcmZQz0000\n\n", "line 1: the file"},
	{GIT("x") "new file mode 100644\nGIT binary patch\nliteral 0\n", "line 3: a binary change"},
	{"Binary files a/x and b/x differ\n", "line 1: a binary change"},
	{FULL("x") "Binary files a/y and b/y differ\n", "line 7: a binary change"},
	{FULL("x") "Files a/y and b/y differ\n", "line 7: a binary change"},

	/* names of plain sections */
	{PLAIN("/etc/passwd"), "line 1: /etc/passwd: an absolute path"},
	{"--- /etc/passwd\n+++ /etc/passwd\n" HUNK, "line 1: an absolute path"},
	{"--- x\n+++ x\n" HUNK, "line 1: names begin with"},
	{"--- src/x\n+++ src/x\n" HUNK, "line 1: names begin with"},
	{"--- b/x\n+++ a/x\n" HUNK, "line 1: names begin with"},
	{"--- a/x\n+++ a/x\n" HUNK, "line 2: names begin with"},
	{"--- ./a/x\n+++ ./b/x\n" HUNK, "line 1: names begin with"},
	{"--- a/x\n+++ b/y\n" HUNK, "line 2: the two names differ"},
	{"--- a/x.orig\n+++ b/x\n" HUNK, "line 2: the two names differ"},
	{"--- /dev/null\n+++ /dev/null\n" HUNK, "line 2: '/dev/null' on both"},
	{"--- /dev/null \n+++ b/x\n@@ -0,0 +1 @@\n+a\n", "line 1: an absolute path"},
	{"--- \"a/x\"\n+++ \"b/x\"\n" HUNK, "line 1: a quoted name"},
	{"--- a/x\n+++ \"b/\\170\"\n" HUNK, "line 2: a quoted name"},
	{"--- a/x\n" HUNK, "line 2: '+++ b/PATH' must follow"},
	{"--- a/x", "line 2: '+++ b/PATH' must follow"},
	{"--- \n+++ \n" HUNK, "line 1: names begin"},
	{"--- a/\n+++ b/\n" HUNK, "line 1: an empty name"},
	{PLAIN("x\tlater"), "line 1: behind the name's tab"},
	{PLAIN("x\ty\t2026-01-31 12:00:00"), "line 1: behind the name's tab"},
	{PLAIN("x\t2026-01-31 12:00:00 "), "line 1: behind the name's tab"},
	{PLAIN("x\t2026-01-31 12:00"), "line 1: behind the name's tab"},
	{PLAIN("x\t2026-01-31 12:00:00."), "line 1: behind the name's tab"},
	{PLAIN("x\t2026-01-31 12:00:00 UTC"), "line 1: behind the name's tab"},
	{PLAIN("x 2010-07-05 19:41:17"), "line 1: a name with a space"},
	{PLAIN("x 70-01-01"), "line 1: a name with a space"},
	{PLAIN("sp ace"), "line 1: a name with a space"},
	{FULL("sp ace"), "line 2: a name with a space"},
	{"--- /dev/null\n+++ b/Makefile .md\n@@ -0,0 +1 @@\n+a\n", "line 2: a name with a space"},

	/* names, wherever they stand */
	{PLAIN("../x"), "line 1: ../x: a path with a part of dots"},
	{PLAIN("d/../../x"), "line 1: d/../../x: a path with a part of dots"},
	{PLAIN("d/.."), "line 1: d/..: a path with a part of dots"},
	{PLAIN("./x"), "line 1: ./x: a path with a part of dots"},
	{PLAIN("d/.. /x\t"), "line 1: d/.. /x: a path with a part of dots"},
	{PLAIN("d/ /x\t"), "line 1: d/ /x: a path with a part of dots"},
	{PLAIN("d//x"), "line 1: d//x: an absolute path, or one with an empty part"},
	{PLAIN("d/"), "line 1: d/: an absolute path, or one with an empty part"},
	{GIT("x ") "new file mode 100644\n", "line 1: a space at the beginning or end"},
	{PLAIN(" x\t"), "line 1: a space at the beginning or end"},
	{PLAIN("x \t"), "line 1: a space at the beginning or end"},
	{"diff --git a/x b/y \nrename from x\nrename to y \n", "line 1: a space at the beginning or end"},
	{PLAIN("d\\x"), "line 1: a backslash"},
	{PLAIN("d\"x"), "line 1: a quote"},
	{PLAIN("d\x01x"), "line 1: a control character"},
	{PLAIN("d\rx"), "line 1: a control character"},
	{PLAIN("d\x7fx"), "line 1: a control character"},
	{PLAIN("d\x0bx"), "line 1: a control character"},
	{PLAIN("d\xc2\x85x"), "line 1: a control character"},
	{PLAIN("d\xe2\x80\xaex"), "line 1: a control character"},
	{PLAIN("d\xffx"), "line 1: a name that is not UTF-8"},
	{PLAIN("d\xc0\xafx"), "line 1: a name that is not UTF-8"},
	{PLAIN(".git/config"), "line 1: .git/config: a path into '.git'"},
	{PLAIN(".git"), "line 1: .git: a path into '.git'"},
	{PLAIN("d/.GiT/hooks/x"), "line 1: d/.GiT/hooks/x: a path into '.git'"},
	{PLAIN(".git./x"), "line 1: .git./x: a path into '.git'"},
	{PLAIN(".git . ./x\t"), "line 1: .git . ./x: a path into '.git'"},
	{PLAIN(".git:x/y"), "line 1: .git:x/y: a path into '.git'"},
	{PLAIN(".git::$INDEX_ALLOCATION/y"), "line 1: .git::$INDEX_ALLOCATION/y: a path into '.git'"},
	{PLAIN("GIT~1/x"), "line 1: GIT~1/x: a path into '.git'"},
	{PLAIN("git~2 /x\t"), "line 1: git~2 /x: a path into '.git'"},
	{PLAIN(".g\xe2\x80\x8cit/x"), "line 1: .g\xe2\x80\x8cit/x: a path into '.git'"},
	{PLAIN(".git\xef\xbb\xbf/x"), "line 1: .git\xef\xbb\xbf/x: a path into '.git'"},
	{PLAIN("\xe2\x80\x8d.git/x"), "line 1: \xe2\x80\x8d.git/x: a path into '.git'"},
	{PLAIN(".gi\xe2\x81\xaft\xe2\x81\xaa/x"), "line 1: .gi\xe2\x81\xaft\xe2\x81\xaa/x: a path into '.git'"},
	{PLAIN(".git...................................................................../x"),
	 "line 1: .git..........."},
	{FULL(".git/x"), "line 1: .git/x: a path into"},
	{"diff --git a/x b/.git/y\nrename from x\nrename to .git/y\n", "line 1: .git/y: a path into"},
	{"diff --git a/.git/x b/y\ncopy from .git/x\ncopy to y\n", "line 1: .git/x: a path into"},
	{"diff --git a/x b/../y\nrename from x\nrename to ../y\n", "line 1: ../y: a path with"},
	{"diff --git a/x b//y\nrename from x\nrename to /y\n", "line 1: /y: an absolute path"},
	{"--- /dev/null\n+++ b/.git/x\n@@ -0,0 +1 @@\n+a\n", "line 2: .git/x: a path into"},

	/* modes */
	{GIT("x") "new file mode 120000\n", "line 2: a symbolic link"},
	{GIT("x") "deleted file mode 120000\n", "line 2: a symbolic link"},
	{GIT("x") "old mode 100644\nnew mode 120000\n", "line 3: a symbolic link"},
	{GIT("x") "index 0123..4567 120000\n" NAMES("x") HUNK, "line 2: a symbolic link"},
	{GIT("x") "index 0123..4567 160000\n" NAMES("x") HUNK, "line 2: a submodule"},
	{GIT("x") "new file mode 160000\n", "line 2: a submodule"},
	{NAMES("x") "@@ -1 +1 @@\n-Subproject commit 0123456789012345678901234567890123456789\n+b\n",
	 "line 4: a submodule"},
	{NAMES("x") "@@ -0,0 +1 @@\n+Subproject commit 0123456789012345678901234567890123456789-dirty\n",
	 "line 4: a submodule"},
	{GIT("x") "new file mode 100600\n", "line 2: a mode must be"},
	{GIT("x") "new file mode 040000\n", "line 2: a mode must be"},
	{GIT("x") "new file mode 104755\n", "line 2: a mode must be"},
	{GIT("x") "new file mode 0100644\n", "line 2: a mode must be"},
	{GIT("x") "new file mode 100644 \n", "line 2: a mode must be"},
	{GIT("x") "new file mode \n", "line 2: a mode must be"},

	/* git's header lines */
	{"diff --git a/x b/y\n--- a/x\n+++ b/y\n" HUNK, "line 1: must be 'diff --git"},
	{"diff --git a/x b/y\nold mode 100644\nnew mode 100755\n", "line 1: must be 'diff --git"},
	{"diff --git x x\n" NAMES("x") HUNK, "line 1: must be 'diff --git"},
	{"diff --git b/x a/x\n" NAMES("x") HUNK, "line 1: must be 'diff --git"},
	{"diff --git a/x  b/x\n" NAMES("x") HUNK, "line 1: must be 'diff --git"},
	{"diff --git a/x\tb/x\n" NAMES("x") HUNK, "line 1: must be 'diff --git"},
	{"diff --git a/x b/x \n" NAMES("x") HUNK, "line 1: must be 'diff --git"},
	{"diff --git a/x\n" NAMES("x") HUNK, "line 1: must be 'diff --git"},
	{"diff --git \n" NAMES("x") HUNK, "line 1: must be 'diff --git"},
	{"diff --git a/ b/\nnew file mode 100644\n", "line 1: an empty name"},
	{"diff --git \"a/x\" \"b/x\"\n" NAMES("x") HUNK, "line 1: a quoted name"},
	{"diff --git a/x \"b/x\"\nnew file mode 100644\n", "line 1: a quoted name"},
	{GIT("x") NAMES("y") HUNK, "line 2: not the name"},
	{GIT("x") "--- a/x\n+++ b/y\n" HUNK, "line 3: not the name"},
	{GIT("x") "--- a/x\t\n+++ b/x \t\n" HUNK, "line 3: not the name"},
	{GIT("x") "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n", "line 2: '--- /dev/null' wants"},
	{GIT("x") "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", "line 3: '+++ /dev/null' wants"},
	{GIT("x") "new file mode 100644\n" NAMES("x") "@@ -0,0 +1 @@\n+a\n", "line 3: of a new file"},
	{GIT("x") "deleted file mode 100644\n" NAMES("x") "@@ -1 +0,0 @@\n-a\n", "line 4: of a deleted file"},
	{"diff --git a/x b/y\nrename from x\nrename to y\n--- a/y\n+++ b/y\n" HUNK, "line 4: not the name"},
	{"diff --git a/x b/y\nrename from x\nrename to y\n--- a/x\n+++ b/x\n" HUNK, "line 5: not the name"},
	{"diff --git a/x b/y\nrename from x\nrename to z\n", "line 1: the names are not"},
	{"diff --git a/x b/y\nrename from z\nrename to y\n", "line 1: the names are not"},
	{"diff --git a/x b/y\nrename from a/x\nrename to b/y\n", "line 1: the names are not"},
	{"diff --git a/x b/y\nrename from \"x\"\nrename to y\n", "line 1: the names are not"},
	{"diff --git a/x b/x\nrename from x\nrename to x\n", "line 1: a rename or copy to the same"},
	{"diff --git a/x b/y\nrename from x\n", "line 1: 'rename from' and"},
	{"diff --git a/x b/y\ncopy to y\n", "line 1: 'copy from' and"},
	{"diff --git a/x b/y\nrename old x\nrename new y\n", "line 1: must be 'diff --git"},
	{"diff --git a/x b/y\ncopy from x\ncopy to y\nrename from x\nrename to y\n", "line 1: the header lines"},
	{GIT("x") "old mode 100644\n", "line 1: 'old mode' and"},
	{GIT("x") "new mode 100644\n", "line 1: 'old mode' and"},
	{GIT("x") "old mode 100644\nnew mode 100644\n", "line 1: 'old mode' and 'new mode' are the same"},
	{GIT("x") "deleted file mode 100644\nnew file mode 100644\n", "line 1: the header lines contra"},
	{GIT("x") "old mode 100644\nnew mode 100755\nnew file mode 100755\n", "line 1: the header lines contra"},
	{GIT("x") "new mode 100755\nold mode 100644\n", "line 3: header lines are doubled"},
	{GIT("x") "new file mode 100644\nnew file mode 100644\n", "line 3: header lines are doubled"},
	{GIT("x") "index 0123..4567\nnew file mode 100644\n", "line 3: header lines are doubled"},
	{GIT("x") "similarity index 90%\n" NAMES("x") HUNK, "line 1: 'similarity index' wants"},
	{GIT("x") "new file mode 100644\ndissimilarity index 90%\n", "line 1: 'dissimilarity index' wants"},
	{"diff --git a/x b/y\nsimilarity index 101%\n", "line 2: a percentage"},
	{"diff --git a/x b/y\nsimilarity index 1\n", "line 2: a percentage"},
	{"diff --git a/x b/y\nsimilarity index %\n", "line 2: a percentage"},
	{GIT("x") "index 012..4567\n", "line 2: an 'index' line"},
	{GIT("x") "index 0123..456\n", "line 2: an 'index' line"},
	{GIT("x") "index 0123.4567\n", "line 2: an 'index' line"},
	{GIT("x") "index 0123..ABCD\n", "line 2: an 'index' line"},
	{GIT("x") "index 0123..4567 \n", "line 2: a mode must be"},
	{GIT("x") "index 0123..4567,89ab 100644\n", "line 2: an 'index' line"},
	{GIT("x") "index 01234567890123456789012345678901234567890123456789012345678901234..4567\n",
	 "line 2: an 'index' line"},
	{GIT("x") "new file mode 100644\n" NAMES("x") "x\n", "line 3: of a new file"},
	{GIT("x") "old mode 100644\nnew mode 100755\n" HUNK, "line 4: a hunk without"},

	/* hunks */
	{NAMES("x") "@@ -1 +1\n-a\n+b\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@ -1 +1 @@x\n-a\n+b\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@ -1 +1 @@\r\n-a\r\n+b\r\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@ -1, +1 @@\n-a\n+b\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@ -,1 +1 @@\n-a\n+b\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@ +1 -1 @@\n-a\n+b\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@ -1 1 @@\n-a\n+b\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@ -1  +1 @@\n-a\n+b\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@ --1 +1 @@\n-a\n+b\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@ @@\n-a\n+b\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@\n-a\n+b\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@@ -1 -1 +1 @@@\n--a\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@ -1000000001 +1 @@\n-a\n+b\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@ -1 +99999999999999999999 @@\n-a\n+b\n", "line 3: a hunk must begin"},
	{NAMES("x") "@@ -0 +1 @@\n-a\n+b\n", "line 3: lines are counted from 1"},
	{NAMES("x") "@@ -1 +0,1 @@\n-a\n+b\n", "line 3: lines are counted from 1"},
	{NAMES("x") "@@ -1 +1 @@\n-a\n", "line 5: the text ends, but"},
	{NAMES("x") "@@ -1,2 +1 @@\n-a\n+b\n", "line 6: the text ends, but the hunk's header counts 1 more old and 0"},
	{NAMES("x") "@@ -1 +1,3 @@\n-a\n+b\n" PLAIN("y"), "line 6: a '-' line, but the hunk's header counts 0 more old and 2"},
	{NAMES("x") "@@ -1 +1,2 @@\n-a\n+b\ndiff --git a/y b/y\n", "line 6: no line of a hunk"},
	{NAMES("x") "@@ -1 +1,2 @@\n-a\n+b\n```\n", "line 6: no line of a hunk"},
	{NAMES("x") "@@ -1 +1,2 @@\n-a\n+b\n@@ -4 +5 @@\n", "line 6: no line of a hunk"},
	{NAMES("x") "@@ -1 +1 @@\n-a\n-b\n", "line 5: a '-' line, but"},
	{NAMES("x") "@@ -1 +1 @@\n+a\n+b\n", "line 5: a '+' line, but"},
	{NAMES("x") "@@ -1 +1 @@\n-a\n b\n", "line 5: a line of context, but"},
	{NAMES("x") "@@ -1 +1 @@\n-a\n\n+b\n", "line 5: a line of context, but"},
	{NAMES("x") "@@ -1,2 +1,2 @@\n-a\n+b\n\n", "line 6: the last line is empty"},
	{NAMES("x") "@@ -1,3 +1,3 @@\n-a\n+b\n\n\n", "line 7: the last line is empty"},
	{NAMES("x") "@@ -1 +1 @@\n-a\nb\n", "line 5: no line of a hunk"},
	{NAMES("x") "@@ -1 +1 @@\n-a\n\tb\n", "line 5: no line of a hunk"},
	{PLAIN("x") "@@ -1 +2 @@\n-c\n+d\n", "line 6: hunks overlap"},
	{PLAIN("x") "@@ -2 +1 @@\n-c\n+d\n", "line 6: hunks overlap"},
	{NAMES("x") "@@ -5 +5 @@\n-a\n+b\n@@ -1 +1 @@\n-c\n+d\n", "line 6: hunks overlap"},
	{NAMES("x") "@@ -5,2 +5 @@\n-a\n b\n@@ -5,0 +6 @@\n+c\n", "line 6: hunks overlap"},

	/* the last line */
	{NAMES("x") "@@ -1 +1 @@\n\\ No newline at end of file\n-a\n+b\n", "line 4: no line of a hunk"},
	{NAMES("x") "@@ -1,2 +1 @@\n-a\n\\ No newline at end of file\n-b\n+c\n", "line 5: '\\ No newline at end of file', but"},
	{NAMES("x") "@@ -1 +1,2 @@\n-a\n+b\n\\ No newline at end of file\n+c\n", "line 6: '\\ No newline at end of file', but"},
	{NAMES("x") "@@ -1,2 +1 @@\n a\n\\ No newline at end of file\n-b\n", "line 5: '\\ No newline at end of file', but"},
	{PLAIN("x") "\\ No newline at end of file\n\\ No newline at end of file\n", "line 7: '\\ No newline"},
	{PLAIN("x") "\\ No newline at end of file\n@@ -2 +2 @@\n-c\n+d\n", "line 7: a hunk behind the end"},
	{NAMES("x") "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n@@ -3,0 +4 @@\n+c\n", "line 7: a hunk behind the end"},
	{PLAIN("x") "\\ No newline\n", "line 6: must be '\\ No newline"},
	{PLAIN("x") "\\ No newline at end of file\r\n", "line 6: must be '\\ No newline"},
	{PLAIN("x") "\\", "line 6: must be '\\ No newline"},

	/* new and deleted files */
	{"--- /dev/null\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", "line 3: a new file's one hunk"},
	{"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n@@ -0,0 +2 @@\n+b\n", "line 5: a new or deleted file has one"},
	{"--- /dev/null\n+++ b/x\n@@ -4,0 +1 @@\n+a\n", "line 3: a new file's one hunk"},
	{"--- a/x\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n", "line 3: a deleted file's one hunk"},
	{"--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n@@ -2 +0,0 @@\n-b\n", "line 5: a new or deleted file has one"},
	{GIT("x") "new file mode 100644\n--- /dev/null\n+++ b/x\n", "line 5: a hunk"},
};

static void test_bad(void)
{
	static struct seen s;

	for (size_t i = 0; i < sizeof bads / sizeof bads[0]; i++) {
		struct err e = {.kind = ERR_NONE};
		size_t nul = bads[i].why == NULL ? 2 : 0;
		const char *why = nul > 0 ? "line 6: a NUL byte" : bads[i].why;
		bool ok = check(span_of(bads[i].text, strlen(bads[i].text) + nul), NULL, &s, &e);

		if (!tap_fails(ok, &e, ERR_MISFIT, why))
			tap_show("text", span_str(bads[i].text));
		if (!ok)
			tap_ok(strncmp(e.text, why, strlen(why)) == 0, "... %s", e.text);
	}
}

/* ---- rules ---- */

static const char *const ci[] = {
	".github/workflows/x.yml", ".GitHub/x", "sub/.github/x", ".gitlab-ci.yml", ".gitlab-ci-more.yml",
	".GITLAB-CI.YML", ".gitlab/ci/x.yml", "Jenkinsfile", "jenkinsfile", "deploy/Jenkinsfile.prod",
	"azure-pipelines.yml", "azure-pipelines-of-a-team-with-a-name-that-is-longer-than-any-other-name.yml",
	".azure-pipelines/x.yml", ".circleci/config.yml", ".travis.yml", "bitbucket-pipelines.yml",
	".drone.yml", ".drone.star", ".woodpecker.yml", ".woodpecker/x.yaml", ".buildkite/pipeline.yml",
	".teamcity/settings.kts", "appveyor.yml", ".appveyor.yml", ".cirrus.yml", ".gitea/workflows/x",
	".forgejo/workflows/x", "cloudbuild.yaml", "buildspec.yml", ".github./x", ".github /x",
	".g\xe2\x80\x8bithub", ".gi\xe2\x80\x8dthub/x",
};

static void test_ci(void)
{
	static const char *const others[] = {"github/x", ".githubx", "ci/x", "src/jenkins", ".drone", "x.travis.yml"};
	struct patch_rules open = {.ci_files = true};
	static struct seen s;
	char text[512];
	struct err e;

	for (size_t i = 0; i < sizeof ci / sizeof ci[0]; i++) {
		snprintf(text, sizeof text, "--- a/%s\t\n+++ b/%s\t\n" HUNK, ci[i], ci[i]);
		/* A zero width space is no code point that a file system ignores. */
		if (strstr(ci[i], "\xe2\x80\x8b") != NULL) {
			tap_good(check(span_str(text), NULL, &s, &e), &e, "not CI, by a character");
			continue;
		}
		tap_fails(check(span_str(text), NULL, &s, &e), &e, ERR_MISFIT, ci[i]);
		tap_ok(strstr(e.text, "--patch-ci") != NULL && s.n == 0, "... says what it needs");
		tap_good(check(span_str(text), &open, &s, &e), &e, "... and may be touched with that");
	}
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		snprintf(text, sizeof text, "--- a/%s\n+++ b/%s\n" HUNK, others[i], others[i]);
		tap_good(check(span_str(text), NULL, &s, &e), &e, others[i]);
	}
	tap_fails(check(span_str(PLAIN(".git/x")), &open, &s, &e), &e, ERR_MISFIT, "but never .git");
}

static void test_globs(void)
{
	static const char *const globs[] = {"docs/", "*.md"};
	const struct patch_rules rules = {.globs = globs, .globs_n = 2}, ci_too = {globs, 2, true};
	static struct seen s;
	struct err e;

	tap_good(check(span_str(PLAIN("docs/a/x") PLAIN("y.md")), &rules, &s, &e), &e, "within the globs");
	tap_fails(check(span_str(PLAIN("docs/x") PLAIN("src/y.md")), &rules, &s, &e), &e, ERR_MISFIT, "outside");
	tap_is_str(span_str(e.text), "line 6: src/y.md: outside the paths that --patch-paths allows", "... is said");
	tap_is_str(span_str(s.text), "docs/x;", "... and not handed on");
	tap_fails(check(span_str("diff --git a/src/x b/docs/x\nrename from src/x\nrename to docs/x\n"), &rules, &s, &e),
		&e, ERR_MISFIT, "renamed into them");
	tap_fails(check(span_str("diff --git a/docs/x b/src/x\nrename from docs/x\nrename to src/x\n"), &rules, &s, &e),
		&e, ERR_MISFIT, "renamed out of them");
	tap_fails(check(span_str("diff --git a/src/x b/docs/x\ncopy from src/x\ncopy to docs/x\n"), &rules, &s, &e),
		&e, ERR_MISFIT, "copied into them");
	tap_fails(check(span_str("--- a/src/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"), &rules, &s, &e),
		&e, ERR_MISFIT, "deleted outside");
	tap_fails(check(span_str(PLAIN("docs/.github/x")), &rules, &s, &e), &e, ERR_MISFIT, "within them, but CI");
	tap_good(check(span_str(PLAIN("docs/.github/x")), &ci_too, &s, &e), &e, "... which may be touched");
	tap_fails(check(span_str(PLAIN(".github/x")), &ci_too, &s, &e), &e, ERR_MISFIT, "CI outside");
}

/* ---- any text ---- */

static const char whole[] =
	"diff --git a/x b/y\nold mode 100644\nnew mode 100755\nsimilarity index 90%\nrename from x\n"
	"rename to y\nindex 0123..4567\n--- a/x\n+++ b/y\n@@ -1,2 +1,2 @@ f\n-a\n+b\n \n"
	"\\ No newline at end of file\n--- a/z\t2026-01-31 12:00:00\n+++ b/z\t\n@@ -1 +0,0 @@\n-c\n";

static void test_torment(void)
{
	static struct seen s;
	size_t n = strlen(whole);
	long wrong = 0, tried = 0, good = 0;
	struct err e;

	for (size_t cut = 0; cut <= n; cut++, tried++) {
		bool ok = check(span_of(whole, cut), NULL, &s, &e);

		good += ok;
		wrong += !ok && e.kind != ERR_MISFIT;
	}
	tap_ok(wrong == 0 && good >= 3, "%ld cuts, %ld of them patches", tried, good);
	for (size_t at = 0; at < n; at++)
		for (int c = 0; c < 256; c++, tried++) {
			char copy[sizeof whole];

			memcpy(copy, whole, sizeof copy);
			copy[at] = (char)c;
			wrong += !check(span_of(copy, n), NULL, &s, &e) && e.kind != ERR_MISFIT;
		}
	tap_ok(wrong == 0, "%ld cut or damaged texts", tried);
}

static void test_stop(void)
{
	static struct seen s = {.stop_at = 2};
	struct err e;

	tap_fails(check(span_str(whole), NULL, &s, &e), &e, ERR_BUDGET, "a path that is not wanted");
	tap_is_str(span_str(s.text), "x;y;", "... is the last one");
}

static void test_ceilings(void)
{
	static char text[PATCH_MAX + 2];
	static struct seen s;
	struct err e;
	int n, lines;

	for (int name = PATCH_PATH_MAX; name <= PATCH_PATH_MAX + 1; name++) {
		char *at = text + sprintf(text, "--- a/");

		memset(at, 'x', (size_t)name);
		at += name;
		at += sprintf(at, "\n+++ b/");
		memset(at, 'x', (size_t)name);
		strcpy(at + name, "\n" HUNK);
		if (name == PATCH_PATH_MAX)
			tap_good(check(span_str(text), NULL, &s, &e), &e, "a path as long as may be");
		else if (tap_fails(check(span_str(text), NULL, &s, &e), &e, ERR_MISFIT, "one byte more"))
			tap_ok(strstr(e.text, "4095 bytes") != NULL, "... is said");
	}
	memset(text, '\n', sizeof text);
	n = sprintf(text, NAMES("x") "@@ -1,%07d +1,%07d @@\n+", 0, 1);
	lines = PATCH_MAX - n - 1;
	n = sprintf(text, NAMES("x") "@@ -1,%07d +1,%07d @@\n+", lines, lines + 1);
	text[n] = '\n';
	text[PATCH_MAX - 1] = ' ';
	tap_good(check(span_of(text, PATCH_MAX), NULL, &s, &e), &e, "8 MiB of short lines");
	tap_fails(check(span_of(text, PATCH_MAX + 1), NULL, &s, &e), &e, ERR_CEILING, "one byte more");
}

int main(void)
{
	test_good();
	test_bad();
	test_ci();
	test_globs();
	test_torment();
	test_stop();
	test_ceilings();
	return tap_done();
}
