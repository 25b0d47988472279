#include "wire/patch_parts.h"

#include <string.h>

/* Takes characters off the front as `form` has them: '0' is any digit; false when one differs. */
static bool take_form(struct span *s, const char *form)
{
	size_t n = strlen(form);

	for (size_t i = 0; i < n; i++)
		if (i >= s->n || (form[i] == '0' ? s->p[i] < '0' || s->p[i] > '9' : s->p[i] != form[i]))
			return false;
	*s = span_cut(*s, n, s->n);
	return true;
}

static void skip_digits(struct span *s)
{
	while (s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9')
		*s = span_cut(*s, 1, s->n);
}

/*
 * "2026-01-31 12:00:00.000000000 +0100", the fraction and the zone may be missing. Exactly that:
 * git looks for a time from the line's end, and what does not look like one would be a name to it.
 */
static bool is_time(struct span s)
{
	if (!take_form(&s, "0000-00-00 00:00:00"))
		return false;
	if (take_form(&s, ".0"))
		skip_digits(&s);
	if (s.n > 0 && !take_form(&s, " +0000") && !take_form(&s, " -0000") &&
		!take_form(&s, " +00:00") && !take_form(&s, " -00:00"))
		return false;
	return s.n == 0;
}

static bool read_named(struct patch_reader *r, const char *mark, const char *prefix,
	struct patch_named *out)
{
	struct span rest = span_cut(r->line, strlen(mark), r->line.n);
	size_t tab = span_find(rest, '\t', 0);

	out->name = span_cut(rest, 0, tab);
	out->number = r->number;
	out->none = span_equal_str(out->name, "/dev/null");
	if (span_ends(r->line, "\r"))
		return patch_fail_crlf(r);
	if (tab + 1 < rest.n && !is_time(span_cut(rest, tab + 1, rest.n)))
		return patch_fail(r, "behind the name's tab only a time may stand");
	if (out->none)
		return true;
	if (span_starts(out->name, "\""))
		return patch_fail(r, "a quoted name; write a name that needs no quotes");
	if (span_starts(out->name, "/"))
		return patch_fail(r, "an absolute path");
	if (!span_starts(out->name, prefix))
		return patch_fail(r, "names begin with 'a/' behind '---' and with 'b/' behind '+++'");
	/* Without it a time may be part of a name to git, and patch(1) ends a name at its first space. */
	if (tab == rest.n && span_find(out->name, ' ', 0) < out->name.n)
		return patch_fail(r, "a name with a space wants a tab behind it, as git writes it");
	out->name = span_cut(out->name, strlen(prefix), out->name.n);
	return true;
}

bool patch_read_names(struct patch_reader *r, struct patch_named *old, struct patch_named *new)
{
	if (!read_named(r, "--- ", "a/", old))
		return false;
	patch_advance(r);
	if (!patch_starts(r, "+++ "))
		return patch_fail(r, "'+++ b/PATH' must follow '--- a/PATH'");
	if (!read_named(r, "+++ ", "b/", new))
		return false;
	if (old->none && new->none)
		return patch_fail(r, "'/dev/null' on both sides");
	patch_advance(r);
	return true;
}

bool patch_read_plain(struct patch_reader *r)
{
	struct patch_named old, new;

	if (!patch_read_names(r, &old, &new))
		return false;
	if (!old.none && !new.none && !span_equal(old.name, new.name))
		return patch_fail_at(r, new.number, "the two names differ; a rename wants "
			"'diff --git', 'rename from' and 'rename to' lines");
	if (!patch_use_path(r, old.none ? new.number : old.number, old.none ? new.name : old.name))
		return false;
	return patch_read_hunks(
		r, old.none ? PATCH_CREATED : new.none ? PATCH_DELETED : PATCH_CHANGED);
}
