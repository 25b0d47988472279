#include "base/defuse.h"

#include <string.h>

#include "base/text.h"

static const char replacement[] = "\xef\xbf\xbd";

void defuse_init(struct defuse *d, struct defuse_options options)
{
	*d = (struct defuse){.options = options};
}

/* Does what came before in[at] end in s, in either case? */
static bool comes_after(const struct defuse *d, struct span in, size_t at, const char *s)
{
	size_t n = strlen(s), here = n < at ? n : at, before = n - here;

	if (before > d->tail_n)
		return false;
	return span_equal_nocase(span_cut(in, at - here, at), span_of(s + before, here)) &&
	       span_equal_nocase(span_of(d->tail + d->tail_n - before, before), span_of(s, before));
}

/* The first letter may be a control character: it is shown as "^S". */
static bool comes_after_section(const struct defuse *d, struct span in, size_t at)
{
	return comes_after(d, in, at, "section_start") || comes_after(d, in, at, "section_end") ||
	       comes_after(d, in, at, "\x13" "ection_start") ||
	       comes_after(d, in, at, "\x13" "ection_end");
}

/* Would in[at] complete a command? */
static bool completes_command(const struct defuse *d, struct span in, size_t at)
{
	if (in.p[at] == '[')
		return comes_after(d, in, at, "##") || comes_after(d, in, at, "##vso") ||
		       comes_after(d, in, at, "##teamcity");
	return in.p[at] == ':' && (d->line == DEFUSE_COLON || comes_after_section(d, in, at));
}

/* White space at which runners trim a line: what .NET takes for it, and the zero width ones. */
static bool is_space(uint32_t c)
{
	return c <= ' ' || c == 0x7f || c == 0x85 || c == 0xa0 || c == 0x1680 || c == 0x180e ||
	       (c >= 0x2000 && c <= 0x200f) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x2060 || c == 0x3000 || c == 0xfeff;
}

static void follow_line(struct defuse *d, uint32_t c)
{
	if (c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029)
		d->line = DEFUSE_BLANK;
	else if (d->line == DEFUSE_BLANK && c == ':')
		d->line = DEFUSE_COLON;
	else if (d->line != DEFUSE_BLANK || !is_space(c))
		d->line = DEFUSE_TEXT;
}

static bool add_broken(struct defuse *d, struct buf *out, struct err *e)
{
	struct span part = span_of(d->part, d->part_n);

	follow_line(d, 0xfffd);
	d->part_n = 0;
	return buf_add(out, d->options.controls ? span_str(replacement) : part, e);
}

/* A byte outside ASCII; *again when it broke a character off and must be looked at again. */
static bool add_part(struct defuse *d, unsigned char c, bool *again, struct buf *out, struct err *e)
{
	bool inside = d->utf8.left > 0, good = utf8_step(&d->utf8, c);
	struct span whole;
	uint32_t scalar;

	*again = inside && !good;
	if (!*again)
		d->part[d->part_n++] = c;
	if (!good)
		return add_broken(d, out, e);
	if (d->utf8.left > 0)
		return true;
	whole = span_of(d->part, d->part_n);
	scalar = utf8_decode(d->part, d->part_n);
	d->part_n = 0;
	follow_line(d, scalar);
	if (d->options.controls && text_is_control(scalar))
		whole = span_str(replacement);
	return buf_add(out, whole, e);
}

static bool add_ascii(struct defuse *d, struct span in, size_t at, struct buf *out, struct err *e)
{
	unsigned char c = in.p[at];

	if (d->options.ci && completes_command(d, in, at) && !buf_add_byte(out, ' ', e))
		return false;
	follow_line(d, c);
	if (d->options.controls && text_is_control(c) && c != '\n' && c != '\t')
		return buf_add_byte(out, '^', e) && buf_add_byte(out, c ^ 0x40, e);
	return buf_add_byte(out, c, e);
}

static void keep_tail(struct defuse *d, struct span in)
{
	size_t old = in.n >= DEFUSE_TAIL ? 0 : DEFUSE_TAIL - in.n;

	if (old > d->tail_n)
		old = d->tail_n;
	memmove(d->tail, d->tail + d->tail_n - old, old);
	d->tail_n = in.n < DEFUSE_TAIL ? in.n : DEFUSE_TAIL;
	if (in.n > 0)
		memcpy(d->tail + old, in.p + in.n - d->tail_n, d->tail_n);
	d->tail_n += old;
}

bool defuse_feed(struct defuse *d, struct span in, struct buf *out, struct err *e)
{
	size_t i = 0;

	while (i < in.n) {
		bool again = false;

		if (d->utf8.left > 0 || in.p[i] >= 0x80) {
			if (!add_part(d, in.p[i], &again, out, e))
				return false;
		} else if (!add_ascii(d, in, i, out, e)) {
			return false;
		}
		i += !again;
	}
	keep_tail(d, in);
	return true;
}

bool defuse_finish(struct defuse *d, struct buf *out, struct err *e)
{
	bool ok = d->part_n == 0 || add_broken(d, out, e);

	defuse_init(d, d->options);
	return ok;
}
