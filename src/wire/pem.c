#include "wire/pem.h"

#include <string.h>

#define DASHES "-----"

enum { SPACE = 64, PAD = 65, BAD = 66 };

/* What a byte of base64 stands for: six bits, or one of the three above. */
#define R4(x) x, x, x, x
#define R8(x) R4(x), R4(x)
#define R16(x) R8(x), R8(x)
static const unsigned char sextet[256] = {
	R8(BAD), BAD, SPACE, SPACE, BAD, BAD, SPACE, BAD, BAD, R16(BAD),
	SPACE, BAD, BAD, BAD, R4(BAD), BAD, BAD, BAD, 62, BAD, BAD, BAD, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, BAD, BAD, BAD, PAD, BAD, BAD,
	BAD, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, BAD, BAD, BAD, BAD, BAD,
	BAD, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, BAD, BAD, BAD, BAD, BAD,
	R16(BAD), R16(BAD), R16(BAD), R16(BAD), R16(BAD), R16(BAD), R16(BAD), R16(BAD),
};

/*
 * The offset of the next line that starts with a dash, at or after `from`; s.n when there is
 * none.
 */
static size_t find_dashes(struct span s, size_t from)
{
	while ((from = span_find(s, '-', from)) < s.n) {
		if (from == 0 || s.p[from - 1] == '\n')
			return from;
		from++;
	}
	return s.n;
}

/* Moves *at to the start of a line; false when the text has none any more. */
static bool to_line_start(struct pem *p, struct span text, size_t *at)
{
	if (!p->inside_line)
		return true;
	*at = span_find(text, '\n', *at);
	if (*at == text.n)
		return false;
	++*at;
	p->inside_line = false;
	return true;
}

/*
 * The label of the line `what` ("BEGIN " or "END ") is the start of, empty when it is another
 * line.
 */
static struct span label_of(struct span line, const char *what)
{
	if (!span_starts(line, DASHES) || !span_ends(line, DASHES) || line.n < 10)
		return span_of(NULL, 0);
	line = span_cut(line, 5, line.n - 5);
	return span_starts(line, what) ? span_cut(line, strlen(what), line.n) : span_of(NULL, 0);
}

static bool is_certificate(struct pem *p, struct span label)
{
	p->trusted = span_equal_str(label, "TRUSTED CERTIFICATE");
	return p->trusted || span_equal_str(label, "CERTIFICATE") ||
	       span_equal_str(label, "X509 CERTIFICATE");
}

/*
 * The line at `from`, trimmed; *next is where the following one starts. False: it is not all
 * there.
 */
static bool take_line(struct span text, bool last, size_t from, struct span *line, size_t *next)
{
	size_t end = span_find(text, '\n', from);

	if (end == text.n && !last)
		return false;
	*line = span_trim(span_cut(text, from, end));
	*next = end < text.n ? end + 1 : text.n;
	return true;
}

enum pem_step pem_next(struct pem *p, struct span text, bool last, size_t *at, struct span *body)
{
	if (!to_line_start(p, text, at))
		return last ? PEM_END : PEM_MORE;
	for (;;) {
		size_t begin = find_dashes(text, *at), inside, end, next;
		struct span line, label;

		if (begin == text.n) {
			p->inside_line = text.n > *at && text.p[text.n - 1] != '\n';
			*at = text.n;
			return last ? PEM_END : PEM_MORE;
		}
		*at = begin;
		if (!take_line(text, last, begin, &line, &inside))
			return PEM_MORE;
		label = label_of(line, "BEGIN ");
		if (!is_certificate(p, label)) {
			*at = inside;
			continue;
		}
		end = find_dashes(text, inside);
		if (end == text.n || !take_line(text, last, end, &line, &next)) {
			if (!last)
				return PEM_MORE;
			p->broken++;
			*at = text.n;
			return PEM_END;
		}
		*at = end;
		if (!span_equal(label_of(line, "END "), label)) {
			p->broken++;
			continue;
		}
		*at = next;
		*body = span_cut(text, inside, end);
		return PEM_CERT;
	}
}

/* The last one to three bytes: `have` sextets in `bits`, then padding to the end. */
static bool finish(struct span body, size_t i, unsigned have, uint32_t bits, unsigned char tail[2],
                   size_t *n)
{
	unsigned pads = 0;

	for (; i < body.n; i++) {
		unsigned v = sextet[body.p[i]];

		if (v == PAD)
			pads++;
		else if (v != SPACE)
			return false;
	}
	*n = have == 3 ? 2 : have == 2 ? 1 : 0;
	if (have == 1 || (have + pads) % 4 != 0 || pads > 2)
		return false;
	bits <<= 6 * (4 - have);
	tail[0] = (unsigned char)(bits >> 16);
	tail[1] = (unsigned char)(bits >> 8);
	return have == 0 || (bits & (have == 3 ? 0xFFU : 0xFFFFU)) == 0;
}

/* Whole groups of four digits, as far as they stand together; returns how many bytes they gave. */
static size_t decode_run(struct span body, size_t *i, unsigned char *out, size_t max)
{
	const unsigned char *p = body.p + *i, *end = body.p + body.n;
	unsigned char *to = out;

	for (; end - p >= 4 && max - (size_t)(to - out) >= 3; p += 4) {
		unsigned a = sextet[p[0]], b = sextet[p[1]], c = sextet[p[2]], d = sextet[p[3]];

		if ((a | b | c | d) >= SPACE)
			break;
		*to++ = (unsigned char)(a << 2 | b >> 4);
		*to++ = (unsigned char)(b << 4 | c >> 2);
		*to++ = (unsigned char)(c << 6 | d);
	}
	*i = (size_t)(p - body.p);
	return (size_t)(to - out);
}

/* What is left of a group that white space or the end has parted. */
struct group {
	uint32_t bits;
	unsigned have; /* digits */
};

bool pem_decode(struct span body, unsigned char *out, size_t max, size_t *n, bool *whole)
{
	struct group g = {0, 0};
	size_t i = 0, rest;
	unsigned char tail[2];

	*n = 0;
	*whole = false;
	for (;;) {
		unsigned v;

		if (g.have == 0)
			*n += decode_run(body, &i, out + *n, max - *n);
		v = i < body.n ? sextet[body.p[i]] : PAD;
		if (v >= PAD)
			break;
		i++;
		if (v == SPACE)
			continue;
		g.bits = g.bits << 6 | v;
		if (++g.have < 4)
			continue;
		if (max - *n < 3)
			return true;
		out[(*n)++] = (unsigned char)(g.bits >> 16);
		out[(*n)++] = (unsigned char)(g.bits >> 8);
		out[(*n)++] = (unsigned char)g.bits;
		g = (struct group){0, 0};
	}
	if (i < body.n && sextet[body.p[i]] == BAD)
		return false;
	if (!finish(body, i, g.have, g.bits, tail, &rest))
		return false;
	if (max - *n < rest)
		return true;
	if (rest > 0)
		memcpy(out + *n, tail, rest);
	*n += rest;
	*whole = true;
	return true;
}
