#include "wire/glob.h"

#include "base/limits.h"

/* ---- one part, without slashes ---- */

static unsigned char at(struct span s, size_t i)
{
	return i < s.n ? s.p[i] : 0;
}

/* Length of the character at the front: a byte, and what continues it in UTF-8. */
static size_t character(struct span s)
{
	size_t n = 1;

	while (n < s.n && (s.p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Takes one member of a class, or a range, off the front. */
static void take_range(struct span *s, unsigned char *low, unsigned char *high)
{
	size_t n = at(*s, 0) == '\\' ? 2 : 1;

	*low = *high = at(*s, n - 1);
	*s = span_cut(*s, n, s->n);
	if (at(*s, 0) != '-' || at(*s, 1) == ']')
		return;
	n = at(*s, 1) == '\\' ? 3 : 2;
	*high = at(*s, n - 1);
	*s = span_cut(*s, n, s->n);
}

/* Takes a class off the front, behind its '['; is c, the first byte of a character, in it? */
static bool take_class(struct span *s, unsigned char c)
{
	bool other = at(*s, 0) == '!' || at(*s, 0) == '^', found = false, first = true;
	unsigned char low, high;

	*s = span_cut(*s, other, s->n);
	for (; s->n > 0 && (first || at(*s, 0) != ']'); first = false) {
		take_range(s, &low, &high);
		found = found || (low <= c && c <= high);
	}
	*s = span_cut(*s, 1, s->n);
	return found != other;
}

/* Takes anything but '*' off the front of the glob, and the character that it means off *s. */
static bool take_one(struct span *glob, struct span *s)
{
	unsigned char want = at(*glob, 0), c = at(*s, 0);
	size_t n = 1;
	bool fits;

	if (glob->n == 0 || s->n == 0)
		return false;
	*glob = span_cut(*glob, 1, glob->n);
	if (want == '?') {
		fits = true;
		n = character(*s);
	} else if (want == '[') {
		fits = take_class(glob, c);
		n = character(*s);
	} else {
		if (want == '\\') {
			want = at(*glob, 0);
			*glob = span_cut(*glob, 1, glob->n);
		}
		fits = want == c;
	}
	*s = span_cut(*s, n, s->n);
	return fits;
}

/* Only the last '*' met is ever tried again: what an earlier one could give, it can give too. */
static bool part_matches(struct span glob, struct span s)
{
	struct span star = span_of(NULL, 0), from = s;
	bool starred = false;

	while (s.n > 0 || glob.n > 0) {
		if (at(glob, 0) == '*') {
			glob = span_cut(glob, 1, glob.n);
			starred = true;
			star = glob;
			from = s;
		} else if (!take_one(&glob, &s)) {
			if (!starred || from.n == 0)
				return false;
			from = span_cut(from, character(from), from.n);
			s = from;
			glob = star;
		}
	}
	return true;
}

/* ---- paths ---- */

static struct span take_part(struct span *s)
{
	size_t n = span_find(*s, '/', 0);
	struct span part = span_cut(*s, 0, n);

	*s = span_cut(*s, n + 1, s->n);
	return part;
}

static bool is_wild(struct span part)
{
	for (size_t i = 0; i < part.n; i++)
		if (part.p[i] == '?' || part.p[i] == '*' || part.p[i] == '[')
			return true;
	return false;
}

static struct span last_part(struct span s)
{
	size_t begin = s.n;

	while (begin > 0 && s.p[begin - 1] != '/')
		begin--;
	return span_cut(s, begin, s.n);
}

/* Takes a "/" or "/" and "**" off the end: what is left names a directory. */
static bool take_below(struct span *glob)
{
	size_t n = glob->n;

	while (glob->n > 0) {
		if (span_ends(*glob, "/"))
			glob->n--;
		else if (span_equal_str(last_part(*glob), "**"))
			glob->n -= 2;
		else
			break;
	}
	return glob->n < n;
}

/* The same walk as above, over parts; "**" is its '*'. */
bool glob_matches(const char *text, struct span path)
{
	struct span glob = span_str(text), star = span_of(NULL, 0), from = path;
	bool below = take_below(&glob), starred = false;
	bool inside = below || !is_wild(last_part(glob));

	for (;;) {
		if (glob.n == 0 && (path.n > 0 ? inside : !below))
			return true;
		if (span_equal_str(span_cut(glob, 0, span_find(glob, '/', 0)), "**")) {
			(void)take_part(&glob);
			starred = true;
			star = glob;
			from = path;
			continue;
		}
		if (glob.n > 0 && path.n > 0 && part_matches(take_part(&glob), take_part(&path)))
			continue;
		if (!starred || from.n == 0)
			return false;
		(void)take_part(&from);
		path = from;
		glob = star;
	}
}

/* ---- what may be written ---- */

static bool refuse(const char *glob, const char *what, struct err *e)
{
	return err_set(e, ERR_USAGE, 0, "--patch-paths %s: %s", glob, what);
}

/* Behind its '['. Takes it off the front. */
static const char *class_fault(struct span *s)
{
	unsigned char low, high;
	bool first = true;

	if (at(*s, 0) == '!' || at(*s, 0) == '^')
		*s = span_cut(*s, 1, s->n);
	for (; s->n > 0 && (first || at(*s, 0) != ']'); first = false) {
		if (at(*s, 0) == '[' && at(*s, 1) == ':')
			return "names of classes, as [:alpha:], are not understood";
		take_range(s, &low, &high);
		if (low == 0 || high == 0)
			break;
		if (low >= 0x80 || high >= 0x80)
			return "only ASCII may stand between '[' and ']'";
		if (low > high)
			return "a range's end is before its beginning";
	}
	if (s->n == 0)
		return "'[' without ']' in the same part";
	*s = span_cut(*s, 1, s->n);
	return NULL;
}

static const char *part_fault(struct span part)
{
	const char *fault = NULL;

	if (part.n == 0)
		return "a part between slashes is empty";
	if (span_equal_str(part, ".") || span_equal_str(part, ".."))
		return "no path has a part '.' or '..' (it begins in the current directory)";
	if (span_equal_str(part, "**"))
		return NULL;
	while (part.n > 0 && fault == NULL) {
		unsigned char c = at(part, 0);

		if (c == '*' && at(part, 1) == '*')
			return "'**' must be all that stands between two slashes ('**/*.md')";
		if (c == '\\' && part.n == 1)
			return "nothing is behind the last '\\'";
		part = span_cut(part, c == '\\' ? 2 : 1, part.n);
		if (c == '[')
			fault = class_fault(&part);
	}
	return fault;
}

bool glob_is_valid(const char *glob, struct err *e)
{
	struct span s = span_str(glob);
	const char *fault;
	bool more;

	if (s.n == 0)
		return err_set(e, ERR_USAGE, 0, "--patch-paths: the pattern is empty");
	if (s.n > GLOB_MAX)
		return err_set(
			e, ERR_USAGE, 0, "--patch-paths: longer than %d bytes", (int)GLOB_MAX);
	if (s.p[0] == '!')
		return refuse(glob, "there is no negation (a name that begins so: '\\!')", e);
	if (s.p[0] == '/')
		return refuse(glob, "paths begin in the current directory, without '/'", e);
	if (span_ends(s, "/"))
		s.n--;
	do {
		more = span_find(s, '/', 0) < s.n;
		fault = part_fault(take_part(&s));
	} while (more && fault == NULL);
	return fault == NULL || refuse(glob, fault, e);
}
