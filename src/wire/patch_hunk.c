#include "wire/patch_parts.h"

#include "base/limits.h"

static const char no_newline[] = "\\ No newline at end of file";

/* One of the two files of a hunk, the old or the new one. */
struct side {
	uint64_t next; /* the first line that a later hunk may name */
	uint64_t left; /* lines of the hunk that have not come yet */
	bool ended;    /* its last line, without a newline, has come */
};

/* ---- "@@ -LINE,COUNT +LINE,COUNT @@" ---- */

static bool take_number(struct span *s, uint64_t *out)
{
	size_t n = 0;

	while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
		n++;
	if (!span_to_u64(span_cut(*s, 0, n), out) || *out > PATCH_LINE_MAX)
		return false;
	*s = span_cut(*s, n, s->n);
	return true;
}

/* A count that is left out is 1. */
static bool take_range(struct span *s, const char *mark, uint64_t *at, uint64_t *n)
{
	*n = 1;
	return patch_take(s, mark) && take_number(s, at) && (!patch_take(s, ",") || take_number(s, n));
}

/* A range of no lines stands behind the line that it names. */
static bool place(struct patch_reader *r, struct side *side, uint64_t at, uint64_t n)
{
	if (side->ended)
		return patch_fail(r, "a hunk behind the end of the file");
	if (n > 0 && at == 0)
		return patch_fail(r, "lines are counted from 1");
	if (n == 0)
		at++;
	if (at < side->next)
		return patch_fail(r, "hunks overlap, or are not in the order of their lines");
	side->next = at + n;
	side->left = n;
	return true;
}

static bool read_header(struct patch_reader *r, struct side *old, struct side *new)
{
	uint64_t old_at, old_n, new_at, new_n;
	struct span s = r->line;

	if (!take_range(&s, "@@ -", &old_at, &old_n) || !take_range(&s, " +", &new_at, &new_n) ||
		!patch_take(&s, " @@") || (s.n > 0 && s.p[0] != ' '))
		return patch_fail(r, "a hunk must begin with '@@ -LINE,COUNT +LINE,COUNT @@'");
	return place(r, old, old_at, old_n) && place(r, new, new_at, new_n);
}

/* ---- lines ---- */

static bool fail_counts(
	struct patch_reader *r, const struct side *old, const struct side *new, const char *what)
{
	return err_set(r->e, ERR_MISFIT, 0,
		"line %zu: %s, but the hunk's header counts %llu more old and %llu more new lines",
		r->number, what, (unsigned long long)old->left, (unsigned long long)new->left);
}

/* What git writes for a submodule. */
static bool is_subproject(struct span s)
{
	return patch_take(&s, "Subproject commit ") && patch_take_hex(&s) >= 40;
}

/* What may follow the last line of either file, or of both. */
static bool read_no_newline(struct patch_reader *r, struct side *old, struct side *new)
{
	if (!patch_starts(r, "\\"))
		return true;
	if (!span_equal_str(r->line, no_newline))
		return patch_fail(r, "must be '\\ No newline at end of file'");
	if ((old != NULL && old->left > 0) || (new != NULL && new->left > 0))
		return patch_fail(r, "'\\ No newline at end of file', but more lines follow");
	if (old != NULL)
		old->ended = true;
	if (new != NULL)
		new->ended = true;
	patch_advance(r);
	return true;
}

/* One line, of one file or of both. */
static bool read_line(struct patch_reader *r, struct side *old, struct side *new, bool *changes)
{
	unsigned char c = r->line.n > 0 ? r->line.p[0] : ' ';
	struct side *of_old = c == '+' ? NULL : old, *of_new = c == '-' ? NULL : new;

	if (r->over)
		return fail_counts(r, old, new, "the text ends");
	/* Newlines at an answer's end come and go on its way: this one must not matter. */
	if (r->line.n == 0 && r->next >= r->s.n)
		return patch_fail(r, "the last line is empty; an empty line of context is one space");
	if (c != ' ' && c != '-' && c != '+')
		return fail_counts(r, old, new, "no line of a hunk (' ', '-' or '+' in front)");
	if ((of_old != NULL && old->left == 0) || (of_new != NULL && new->left == 0))
		return fail_counts(r, old, new, c == '-' ? "a '-' line"
			: c == '+' ? "a '+' line" : "a line of context");
	if (c != ' ') {
		*changes = true;
		if (is_subproject(span_cut(r->line, 1, r->line.n)))
			return patch_fail(r, "a submodule may not be touched");
	}
	if (of_old != NULL)
		old->left--;
	if (of_new != NULL)
		new->left--;
	patch_advance(r);
	return read_no_newline(r, of_old, of_new);
}

static bool read_hunk(
	struct patch_reader *r, enum patch_fate fate, struct side *old, struct side *new)
{
	size_t number = r->number;
	bool changes = false;

	if (!read_header(r, old, new))
		return false;
	if (fate == PATCH_CREATED && old->next > 1)
		return patch_fail(r, "a new file's one hunk begins with '@@ -0,0 +1'");
	if (fate == PATCH_DELETED && new->next > 1)
		return patch_fail(r, "a deleted file's one hunk has '+0,0 @@'");
	patch_advance(r);
	while (old->left > 0 || new->left > 0)
		if (!read_line(r, old, new, &changes))
			return false;
	return changes || patch_fail_at(r, number, "a hunk that changes nothing");
}

bool patch_read_hunks(struct patch_reader *r, enum patch_fate fate)
{
	struct side old = {.next = 1}, new = {.next = 1};
	size_t n = 0;

	do {
		if (!patch_starts(r, "@@"))
			return patch_fail(r, "a hunk ('@@ -LINE,COUNT +LINE,COUNT @@') must follow");
		if (fate != PATCH_CHANGED && n > 0)
			return patch_fail(r, "a new or deleted file has one hunk");
		if (!read_hunk(r, fate, &old, &new))
			return false;
		n++;
	} while (patch_starts(r, "@@"));
	return true;
}
