#include "wire/patch_parts.h"

#include <string.h>

/* ---- extended header lines, in the order in which git writes them ---- */

enum word {
	OLD_MODE, NEW_MODE, DELETED, CREATED, SIMILARITY, DISSIMILARITY,
	COPY_FROM, COPY_TO, RENAME_FROM, RENAME_TO, INDEX, WORDS
};

static const char *const words[WORDS] = {
	[OLD_MODE] = "old mode ",
	[NEW_MODE] = "new mode ",
	[DELETED] = "deleted file mode ",
	[CREATED] = "new file mode ",
	[SIMILARITY] = "similarity index ",
	[DISSIMILARITY] = "dissimilarity index ",
	[COPY_FROM] = "copy from ",
	[COPY_TO] = "copy to ",
	[RENAME_FROM] = "rename from ",
	[RENAME_TO] = "rename to ",
	[INDEX] = "index ",
};

enum { COPIED = 1 << COPY_FROM | 1 << COPY_TO, RENAMED = 1 << RENAME_FROM | 1 << RENAME_TO,
	REMODED = 1 << OLD_MODE | 1 << NEW_MODE, MADE = 1 << CREATED, GONE = 1 << DELETED };

struct header {
	struct span line;         /* behind "diff --git " */
	size_t number;            /* of that line */
	unsigned has;             /* a bit for each word */
	struct span value[WORDS];
	struct span old, new;     /* names without "a/" and "b/" */
};

static bool check_mode(struct patch_reader *r, struct span mode)
{
	if (span_equal_str(mode, "100644") || span_equal_str(mode, "100755"))
		return true;
	if (span_equal_str(mode, "120000"))
		return patch_fail(r, "a symbolic link (mode 120000) may not be touched");
	if (span_equal_str(mode, "160000"))
		return patch_fail(r, "a submodule (mode 160000) may not be touched");
	return patch_fail(r, "a mode must be 100644 or 100755");
}

static bool check_percent(struct patch_reader *r, struct span s)
{
	uint64_t n;

	if (!span_ends(s, "%") || !span_to_u64(span_cut(s, 0, s.n - 1), &n) || n > 100)
		return patch_fail(r, "a percentage must be 0% to 100%");
	return true;
}

/* Takes the name of an object, or what was kept of it, off the front. */
static bool take_object(struct span *s)
{
	size_t n = patch_take_hex(s);

	return n >= 4 && n <= 64;
}

static bool check_index(struct patch_reader *r, struct span s)
{
	bool whole = take_object(&s) && patch_take(&s, "..") && take_object(&s);

	if (whole && s.n == 0)
		return true;
	if (whole && patch_take(&s, " "))
		return check_mode(r, s);
	return patch_fail(r, "an 'index' line must be 'index HASH..HASH MODE', or be left out");
}

static bool check_value(struct patch_reader *r, enum word w, struct span value)
{
	switch (w) {
	case OLD_MODE:
	case NEW_MODE:
	case DELETED:
	case CREATED:
		return check_mode(r, value);
	case SIMILARITY:
	case DISSIMILARITY:
		return check_percent(r, value);
	case INDEX:
		return check_index(r, value);
	default:
		return true; /* names are looked at when both are known */
	}
}

static bool read_words(struct patch_reader *r, struct header *h)
{
	for (unsigned from = 0;; patch_advance(r)) {
		unsigned w = 0;

		while (w < WORDS && !patch_starts(r, words[w]))
			w++;
		if (w == WORDS)
			return true;
		if (w < from)
			return patch_fail(r, "header lines are doubled or not in git's order");
		h->value[w] = span_cut(r->line, strlen(words[w]), r->line.n);
		if (!check_value(r, (enum word)w, h->value[w]))
			return false;
		h->has |= 1u << w;
		from = w + 1;
	}
}

/* ---- what they say together ---- */

/* Of each row all or none must be there. */
static const struct {
	unsigned all;
	const char *what;
} pairs[] = {
	{REMODED, "'old mode' and 'new mode' go together"},
	{COPIED, "'copy from' and 'copy to' go together"},
	{RENAMED, "'rename from' and 'rename to' go together"},
};

static bool several(unsigned a, unsigned b, unsigned c, unsigned d)
{
	return (a != 0) + (b != 0) + (c != 0) + (d != 0) > 1;
}

static const char *contradiction(const struct header *h)
{
	unsigned moved = h->has & (COPIED | RENAMED);

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if ((h->has & pairs[i].all) != 0 && (h->has & pairs[i].all) != pairs[i].all)
			return pairs[i].what;
	if (several(h->has & MADE, h->has & GONE, h->has & COPIED, h->has & RENAMED) ||
		((h->has & REMODED) != 0 && (h->has & (MADE | GONE)) != 0))
		return "the header lines contradict each other";
	if ((h->has & 1 << SIMILARITY) != 0 && moved == 0)
		return "'similarity index' wants a rename or a copy";
	if ((h->has & 1 << DISSIMILARITY) != 0 && (moved | (h->has & (MADE | GONE))) != 0)
		return "'dissimilarity index' wants a file that stays in its place";
	if ((h->has & REMODED) != 0 && span_equal(h->value[OLD_MODE], h->value[NEW_MODE]))
		return "'old mode' and 'new mode' are the same";
	return NULL;
}

/* Is the first line "a/" old " b/" new? */
static bool line_names(const struct header *h)
{
	size_t middle = 2 + h->old.n, n = h->line.n;

	return n == middle + 3 + h->new.n && span_starts(h->line, "a/") &&
	       span_equal(span_cut(h->line, 2, middle), h->old) &&
	       span_equal_str(span_cut(h->line, middle, middle + 3), " b/") &&
	       span_equal(span_cut(h->line, middle + 3, n), h->new);
}

/*
 * Names are told in full by a rename; else both are the same, and that alone says where the first
 * one ends when there are spaces in it.
 */
static bool find_names(struct patch_reader *r, struct header *h)
{
	unsigned from = (h->has & RENAMED) != 0 ? RENAME_FROM : COPY_FROM;
	bool moved = (h->has & (RENAMED | COPIED)) != 0;

	h->old = span_cut(h->line, 2, h->line.n > 5 ? 2 + (h->line.n - 5) / 2 : 2);
	h->new = h->old;
	if (moved) {
		h->old = h->value[from];
		h->new = h->value[from + 1];
	}
	if (span_find(h->line, '"', 0) < h->line.n)
		return patch_fail_at(
			r, h->number, "a quoted name; write a name that needs no quotes");
	if (!line_names(h))
		return patch_fail_at(r, h->number, moved
			? "the names are not those of 'rename' or 'copy'"
			: "must be 'diff --git a/PATH b/PATH', with the same path twice unless "
			  "'rename from' and 'rename to' follow");
	if (moved && span_equal(h->old, h->new))
		return patch_fail_at(r, h->number, "a rename or copy to the same name");
	return patch_use_path(r, h->number, h->old) &&
	       (!moved || patch_use_path(r, h->number, h->new));
}

/* The same again in the '---' and '+++' lines. */
static bool check_again(struct patch_reader *r, const struct header *h)
{
	struct patch_named old, new;

	if (!patch_read_names(r, &old, &new))
		return false;
	if (old.none != ((h->has & MADE) != 0))
		return patch_fail_at(r, old.number, old.none
			? "'--- /dev/null' wants 'new file mode 100644' above"
			: "of a new file it must be '--- /dev/null'");
	if (new.none != ((h->has & GONE) != 0))
		return patch_fail_at(r, new.number, new.none
			? "'+++ /dev/null' wants 'deleted file mode 100644' above"
			: "of a deleted file it must be '+++ /dev/null'");
	if (!old.none && !span_equal(old.name, h->old))
		return patch_fail_at(r, old.number, "not the name of the 'diff --git' line");
	if (!new.none && !span_equal(new.name, h->new))
		return patch_fail_at(r, new.number, "not the name of the 'diff --git' line");
	return true;
}

bool patch_read_git(struct patch_reader *r)
{
	struct header h = {.line = span_cut(r->line, strlen("diff --git "), r->line.n),
		.number = r->number};
	const char *fault;

	if (span_ends(r->line, "\r"))
		return patch_fail_crlf(r);
	patch_advance(r);
	if (!read_words(r, &h))
		return false;
	fault = contradiction(&h);
	if (fault != NULL)
		return patch_fail_at(r, h.number, fault);
	if (!find_names(r, &h))
		return false;
	if (!patch_starts(r, "--- "))
		return (h.has & (MADE | GONE | COPIED | RENAMED | REMODED)) != 0 ||
		       patch_fail_at(r, h.number, "the file is named, but nothing of it is changed");
	return check_again(r, &h) &&
	       patch_read_hunks(r, (h.has & MADE) != 0 ? PATCH_CREATED
	                         : (h.has & GONE) != 0 ? PATCH_DELETED : PATCH_CHANGED);
}
