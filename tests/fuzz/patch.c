/*
 * wire/patch and wire/glob: whatever is accepted, a second and simpler reader that trusts it accounts for
 * every line of it, finds no name that was not handed on, and no path handed on leads out of the
 * current directory, into .git or past the globs. The first byte says which rules there are.
 */
#include <strings.h>

#include "base/limits.h"
#include "fuzz.h"
#include "wire/glob.h"
#include "wire/patch.h"

enum { PATHS_MAX = 64 };

struct seen {
	char *path[PATHS_MAX];
	size_t n;
};

static void check_path(const char *path)
{
	const char *at = path, *end;

	FUZZ_CHECK(strlen(path) <= PATCH_PATH_MAX);
	for (;; at = end + 1) {
		end = at + strcspn(at, "/");
		FUZZ_CHECK(end > at); /* an absolute path has an empty first part */
		FUZZ_CHECK(strspn(at, ". ") < (size_t)(end - at));
		FUZZ_CHECK(end - at < 4 || strncasecmp(at, ".git", 4) != 0 ||
			strchr("/. :", at[4]) == NULL);
		FUZZ_CHECK(strncasecmp(at, "git~1", 5) != 0 || strchr("/. :", at[5]) == NULL);
		if (*end == '\0')
			break;
	}
	for (at = path; *at != '\0'; at++)
		FUZZ_CHECK((unsigned char)*at >= 0x20 && *at != 0x7f && *at != '"' && *at != '\\');
}

static bool see(void *ctx, const char *path, struct err *e)
{
	struct seen *s = ctx;

	check_path(path);
	if (s->n == PATHS_MAX)
		return err_set(e, ERR_BUDGET, 0, "line of the harness");
	s->path[s->n] = strdup(path);
	FUZZ_CHECK(s->path[s->n++] != NULL);
	return true;
}

static void forget(struct seen *s)
{
	while (s->n > 0)
		free(s->path[--s->n]);
}

static bool knows(const struct seen *s, struct span name)
{
	for (size_t i = 0; i < s->n; i++)
		if (span_equal_str(name, s->path[i]))
			return true;
	return false;
}

/* ---- the simpler reader ---- */

static bool begins(struct span line, const char *word, struct span *rest)
{
	if (!span_starts(line, word))
		return false;
	*rest = span_cut(line, strlen(word), line.n);
	return true;
}

/* A line in front of a hunk. */
static void check_header(const struct seen *s, struct span line)
{
	static const char *const others[] = {"diff --git a/", "old mode 100", "new mode 100",
		"deleted file mode 100", "new file mode 100", "similarity index ", "dissimilarity index ",
		"index "};
	struct span rest;

	if (begins(line, "--- ", &rest) || begins(line, "+++ ", &rest)) {
		rest = span_cut(rest, 0, span_find(rest, '\t', 0));
		FUZZ_CHECK(span_equal_str(rest, "/dev/null") || knows(s, span_cut(rest, 2, rest.n)));
		return;
	}
	if (begins(line, "rename from ", &rest) || begins(line, "rename to ", &rest) ||
		begins(line, "copy from ", &rest) || begins(line, "copy to ", &rest)) {
		FUZZ_CHECK(knows(s, rest));
		return;
	}
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (span_starts(line, others[i]))
			return;
	fuzz_fail(__FILE__, __LINE__, "somebody accounts for this line");
}

static long number(struct span line, size_t *at)
{
	long n = 0;

	for (; *at < line.n && line.p[*at] >= '0' && line.p[*at] <= '9'; (*at)++)
		n = 10 * n + line.p[*at] - '0';
	return n;
}

/* How many lines a hunk has on the side that `mark` stands for. */
static long count(struct span line, unsigned char mark)
{
	size_t at = span_find(line, mark, 2) + 1;

	(void)number(line, &at);
	if (at == line.n || line.p[at] != ',')
		return 1;
	at++;
	return number(line, &at);
}

static void check_lines(const struct seen *s, struct span text)
{
	long old = 0, new = 0;
	bool in_hunk = false;

	while (text.n > 0) {
		struct span line = fuzz_until(&text, '\n');
		unsigned char c = line.n > 0 ? line.p[0] : ' ';

		if (old > 0 || new > 0) {
			FUZZ_CHECK(c == ' ' || c == '-' || c == '+' || (c == '\\' && old * new == 0));
			old -= c == ' ' || c == '-';
			new -= c == ' ' || c == '+';
			FUZZ_CHECK(old >= 0 && new >= 0);
		} else if (span_starts(line, "@@ -")) {
			old = count(line, '-');
			new = count(line, '+');
			in_hunk = true;
		} else if (!in_hunk || !span_equal_str(line, "\\ No newline at end of file")) {
			if (line.n == 0 && text.n == 0)
				break;
			check_header(s, line);
			in_hunk = false;
		}
	}
	FUZZ_CHECK(old == 0 && new == 0);
}

/* ---- */

static bool accepts(struct span text, const struct patch_rules *rules, struct seen *s)
{
	struct span own = fuzz_copy(text);
	struct err e;
	bool ok = patch_check(own, rules, see, s, &e);

	fuzz_drop(own);
	if (!ok) {
		fuzz_check_err(&e);
		FUZZ_CHECK(span_starts(span_str(e.text), "line "));
		FUZZ_CHECK(e.kind == ERR_MISFIT || e.kind == ERR_BUDGET);
	}
	return ok;
}

static bool holds_git(struct span text)
{
	while (text.n > 0)
		if (span_starts(fuzz_until(&text, '\n'), "diff "))
			return true;
	return false;
}

/* Without rules, twice behind itself, without its last newline: it is a patch as well. */
static void check_others(struct span text)
{
	struct patch_rules none = {.ci_files = true};
	bool newline = span_ends(text, "\n") && !span_ends(text, "\n\n");
	struct seen s = {.n = 0};
	struct buf twice;

	FUZZ_CHECK(accepts(text, &none, &s));
	/* Behind a section of git's that has no hunks, "---" would be its own. */
	if (newline && span_starts(text, "diff ") == holds_git(text) && 2 * s.n < PATHS_MAX) {
		forget(&s);
		FUZZ_CHECK(accepts(span_cut(text, 0, text.n - 1), &none, &s));
		forget(&s);
		buf_init(&twice, PATCH_MAX, "twice");
		fuzz_add(&twice, text);
		fuzz_add(&twice, text);
		FUZZ_CHECK(accepts(buf_span(&twice), &none, &s));
		buf_free(&twice);
	}
	forget(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const globs[] = {"d/", "*[x-z]*"};
	struct span text = span_of(data, n);
	unsigned rule = fuzz_byte(&text);
	struct patch_rules rules = {globs, rule & 1 ? 2 : 0, (rule & 2) != 0};
	struct seen s = {.n = 0};

	if (accepts(text, &rules, &s)) {
		FUZZ_CHECK(s.n > 0);
		for (size_t i = 0; i < s.n; i++)
			FUZZ_CHECK(rules.globs_n == 0 || strncmp(s.path[i], "d/", 2) == 0 ||
				(strchr(s.path[i], '/') == NULL && strpbrk(s.path[i], "xyz") != NULL));
		check_lines(&s, text);
		check_others(text);
	}
	forget(&s);
	return 0;
}
