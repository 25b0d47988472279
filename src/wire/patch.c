#include "wire/patch_parts.h"

#include <string.h>

#include "base/limits.h"

/* ---- lines ---- */

void patch_advance(struct patch_reader *r)
{
	size_t end = span_find(r->s, '\n', r->next);

	r->over = r->next >= r->s.n;
	r->line = span_cut(r->s, r->next, end);
	r->next = end + 1;
	r->number++;
}

bool patch_starts(const struct patch_reader *r, const char *prefix)
{
	return !r->over && span_starts(r->line, prefix);
}

bool patch_fail_at(struct patch_reader *r, size_t number, const char *what)
{
	return err_set(r->e, ERR_MISFIT, 0, "line %zu: %s", number, what);
}

bool patch_fail(struct patch_reader *r, const char *what)
{
	return patch_fail_at(r, r->number, what);
}

bool patch_fail_crlf(struct patch_reader *r)
{
	return patch_fail(r, "this line ends in CR LF; in a diff only the files' own lines may");
}

bool patch_take(struct span *s, const char *word)
{
	if (!span_starts(*s, word))
		return false;
	*s = span_cut(*s, strlen(word), s->n);
	return true;
}

size_t patch_take_hex(struct span *s)
{
	size_t n = 0;

	while (n < s->n && ((s->p[n] >= '0' && s->p[n] <= '9') || (s->p[n] >= 'a' && s->p[n] <= 'f')))
		n++;
	*s = span_cut(*s, n, s->n);
	return n;
}

/* ---- what is no diff ---- */

/* What stands where a file's first line should, by how it begins; the first that fits. */
static const struct {
	const char *prefix, *what;
} strays[] = {
	{"```", "a Markdown fence; the answer must be the diff alone"},
	{"~~~", "a Markdown fence; the answer must be the diff alone"},
	{"GIT binary patch", "a binary change; only text can be changed"},
	{"Binary files ", "a binary change; only text can be changed"},
	{"Files ", "a binary change; only text can be changed"},
	{"@@", "a hunk without '--- a/PATH' and '+++ b/PATH' above it"},
	{"diff ", "a 'diff' line must be 'diff --git a/PATH b/PATH'"},
	{"+++ ", "'+++ b/PATH' without '--- a/PATH' above it"},
	{"*** ", "no unified diff ('diff -u', 'git diff')"},
	{"Only in ", "text that is no part of a unified diff"},
	{"\\", "'\\ No newline at end of file' where none may stand"},
	{"+", "a line that belongs to no hunk; if to the one above: its header counts fewer lines"},
	{"-", "a line that belongs to no hunk; if to the one above: its header counts fewer lines"},
	{" ", "a line that belongs to no hunk; if to the one above: its header counts fewer lines"},
	{"", "text that is no part of a unified diff"},
};

static bool refuse_stray(struct patch_reader *r)
{
	size_t i = 0;

	if (r->line.n == 0)
		return patch_fail(r, "an empty line outside the hunks");
	while (!patch_starts(r, strays[i].prefix))
		i++;
	return patch_fail(r, strays[i].what);
}

/* ---- all of it ---- */

/* Behind a file's hunks an answer may end in one more newline. */
static bool is_last_newline(const struct patch_reader *r)
{
	return r->line.n == 0 && r->next >= r->s.n;
}

static bool read_file(struct patch_reader *r)
{
	if (patch_starts(r, "diff --git "))
		return patch_read_git(r);
	if (patch_starts(r, "--- "))
		return patch_read_plain(r);
	return refuse_stray(r);
}

static bool refuse_nul(struct patch_reader *r)
{
	size_t at = span_find(r->s, 0, 0);

	if (at == r->s.n)
		return true;
	while (!r->over && r->next <= at)
		patch_advance(r);
	return patch_fail(r, "a NUL byte; only text can be changed");
}

bool patch_check(struct span text, const struct patch_rules *rules,
	bool (*each)(void *ctx, const char *path, struct err *e), void *ctx, struct err *e)
{
	struct patch_reader r = {.s = text, .rules = rules, .each = each, .ctx = ctx, .e = e};

	if (text.n > PATCH_MAX)
		return err_set(e, ERR_CEILING, 0, "the patch exceeds %d bytes", (int)PATCH_MAX);
	patch_advance(&r);
	if (span_trim(text).n == 0)
		return patch_fail(&r, "nothing; a unified diff is wanted");
	if (!refuse_nul(&r))
		return false;
	do
		if (!read_file(&r))
			return false;
	while (!r.over && !is_last_newline(&r));
	return true;
}
