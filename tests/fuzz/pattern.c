/*
 * wire/pattern: what is accepted finds exactly what a second reading of it finds. That one makes no
 * program: it goes through the pattern's own text with the set of places that can be reached, one bit
 * each, for short texts.
 *
 * Input: the pattern, a byte 0xff, the text.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "wire/pattern.h"

/* It reads a group twice or more, and what is in it each time: groups in groups end it. */
enum { TEXT_MAX = 30, STEPS = 100 * 1000 * 1000, READS_MAX = 50 * 1000 };

struct naive {
	struct span s;
	size_t at;
	uint32_t text[TEXT_MAX];
	unsigned n;
	unsigned long reads; /* above READS_MAX it has given up */
};

typedef uint32_t places;

static uint32_t next_char(struct span s, size_t *at)
{
	size_t from = (*at)++;

	while (*at < s.n && (s.p[*at] & 0xc0) == 0x80)
		++*at;
	return utf8_decode(s.p + from, *at - from);
}

static uint32_t next(struct naive *m)
{
	return next_char(m->s, &m->at);
}

static bool comes(const struct naive *m, const char *what)
{
	return span_starts(span_cut(m->s, m->at, m->s.n), what);
}

static bool take(struct naive *m, const char *what)
{
	bool there = comes(m, what);

	m->at += there ? strlen(what) : 0;
	return there;
}

static unsigned read_number(struct naive *m, unsigned base, size_t digits)
{
	char text[16] = "";

	for (size_t i = 0; i < digits && m->at < m->s.n && i < 15; i++)
		text[i] = (char)m->s.p[m->at++];
	return (unsigned)strtoul(text, NULL, (int)base);
}

/* ---- characters ---- */

static bool is_word(uint32_t c)
{
	return c < 0x80 && c != 0 &&
	       strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", (int)c) != NULL;
}

static bool is_space(uint32_t c)
{
	static const uint32_t spaces[] = {9, 10, 11, 12, 13, 32, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f,
	                                  0x205f, 0x3000, 0xfeff};

	for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++)
		if (c == spaces[i])
			return true;
	return c >= 0x2000 && c <= 0x200a;
}

/* Is c in the set that this letter names? */
static bool in_set(uint32_t letter, uint32_t c)
{
	switch (letter) {
	case 'd': return c >= '0' && c <= '9';
	case 'D': return !(c >= '0' && c <= '9');
	case 'w': return is_word(c);
	case 'W': return !is_word(c);
	case 's': return is_space(c);
	default: return !is_space(c);
	}
}

static bool comes_set(const struct naive *m)
{
	return m->at < m->s.n && m->s.p[m->at] != 0 && strchr("dDwWsS", m->s.p[m->at]) != NULL;
}

/* Behind u. */
static uint32_t read_unicode(struct naive *m)
{
	uint32_t high, low;
	size_t back;

	if (take(m, "{")) {
		size_t end = span_find(m->s, '}', m->at), zeros = 0;

		while (m->s.p[m->at + zeros] == '0' && m->at + zeros + 1 < end)
			zeros++;
		m->at += zeros;
		high = read_number(m, 16, end - m->at);
		m->at++;
		return high;
	}
	high = read_number(m, 16, 4);
	back = m->at;
	if (high < 0xd800 || high > 0xdbff || !take(m, "\\u") || comes(m, "{")) {
		m->at = back;
		return high;
	}
	low = read_number(m, 16, 4);
	if (low < 0xdc00 || low > 0xdfff) {
		m->at = back;
		return high;
	}
	return 0x10000 + (high - 0xd800) * 0x400 + low - 0xdc00;
}

/* Behind a backslash, no set. */
static uint32_t read_escape(struct naive *m)
{
	uint32_t c = next(m);

	switch (c) {
	case 't': return '\t';
	case 'n': return '\n';
	case 'v': return '\v';
	case 'f': return '\f';
	case 'r': return '\r';
	case 'b': return '\b'; /* in a class */
	case '0': return 0;
	case 'x': return read_number(m, 16, 2);
	case 'u': return read_unicode(m);
	default: return c;
	}
}

/* Behind '['; is c in the class? */
static bool in_class(struct naive *m, uint32_t c)
{
	bool others = take(m, "^"), in = false;

	while (!take(m, "]")) {
		uint32_t from, to;

		if (take(m, "\\")) {
			if (comes_set(m)) {
				in |= in_set(next(m), c);
				continue;
			}
			from = read_escape(m);
		} else {
			from = next(m);
		}
		to = from;
		if (comes(m, "-") && !comes(m, "-]")) {
			m->at++;
			to = take(m, "\\") ? read_escape(m) : next(m);
		}
		in |= c >= from && c <= to;
	}
	return in != others;
}

/* ---- structure ---- */

static places read_choice(struct naive *m, places from);

static bool is_edge(const struct naive *m, unsigned i)
{
	return (i > 0 && is_word(m->text[i - 1])) != (i < m->n && is_word(m->text[i]));
}

/* One character at the cursor: does c fit? Moves behind it. */
static bool fits(struct naive *m, uint32_t c)
{
	if (take(m, "["))
		return in_class(m, c);
	if (take(m, "."))
		return c != '\n' && c != '\r' && c != 0x2028 && c != 0x2029;
	if (take(m, "\\"))
		return comes_set(m) ? in_set(next(m), c) : read_escape(m) == c;
	return next(m) == c;
}

static places read_atom(struct naive *m, places from)
{
	size_t begin = m->at;
	places to = 0;

	if (++m->reads > READS_MAX) {
		m->at = m->s.n;
		return 0;
	}
	if (take(m, "(")) {
		if (take(m, "?<"))
			m->at = span_find(m->s, '>', m->at) + 1;
		else
			(void)take(m, "?:");
		to = read_choice(m, from);
		m->at++;
		return to;
	}
	for (unsigned i = 0; i < m->n; i++) {
		m->at = begin;
		if (fits(m, m->text[i]) && (from >> i & 1) != 0)
			to |= (places)1 << (i + 1);
	}
	if (m->n == 0)
		(void)fits(m, 0);
	return to;
}

static bool read_assertion(struct naive *m, places from, places *to)
{
	bool begin = take(m, "^"), end = !begin && take(m, "$"), edge = !begin && !end && take(m, "\\b");

	*to = 0;
	if (!begin && !end && !edge && !take(m, "\\B"))
		return false;
	for (unsigned i = 0; i <= m->n; i++)
		if (begin ? i == 0 : end ? i == m->n : is_edge(m, i) == edge)
			*to |= from & (places)1 << i;
	return true;
}

static unsigned read_count(struct naive *m)
{
	unsigned v = 0;

	for (; m->s.p[m->at] >= '0' && m->s.p[m->at] <= '9'; m->at++)
		v = v > 100000 ? v : v * 10 + m->s.p[m->at] - '0';
	return v;
}

static void read_counts(struct naive *m, unsigned *least, unsigned *most)
{
	*least = *most = 1;
	if (take(m, "*")) {
		*least = 0;
		*most = UINT32_MAX;
	} else if (take(m, "+")) {
		*most = UINT32_MAX;
	} else if (take(m, "?")) {
		*least = 0;
	} else if (take(m, "{")) {
		*least = *most = read_count(m);
		if (take(m, ","))
			*most = comes(m, "}") ? UINT32_MAX : read_count(m);
		m->at++;
	} else {
		return;
	}
	(void)take(m, "?");
}

static places again(struct naive *m, size_t atom, places from)
{
	m->at = atom;
	return read_atom(m, from);
}

static places read_term(struct naive *m, places from)
{
	size_t atom = m->at, end;
	unsigned least, most;
	places now = from, all;

	if (read_assertion(m, from, &all))
		return all;
	(void)read_atom(m, 0);
	read_counts(m, &least, &most);
	end = m->at;
	for (unsigned i = 0; i < least; i++) {
		places was = now;

		now = again(m, atom, was);
		if (now == was)
			break;
	}
	all = now;
	for (unsigned i = least; i < most && now != 0; i++) {
		now = again(m, atom, now) & ~all;
		all |= now;
	}
	m->at = end;
	return all;
}

static places read_choice(struct naive *m, places from)
{
	places to = 0, now;

	do {
		now = from;
		while (m->at < m->s.n && !comes(m, "|") && !comes(m, ")"))
			now = read_term(m, now);
		to |= now;
	} while (take(m, "|"));
	return to;
}

/* As our own reading found, or what this one finds. */
static bool agrees(bool found, struct span pattern, struct span text)
{
	struct naive m = {.s = pattern};
	bool finds;

	for (size_t at = 0; at < text.n;)
		m.text[m.n++] = next_char(text, &at);
	finds = read_choice(&m, (places)(((uint64_t)1 << (m.n + 1)) - 1)) != 0;
	return m.reads > READS_MAX || finds == found;
}

/* The first characters, as many as there are places for. */
static struct span shorten(struct span text)
{
	size_t at = 0;

	for (int n = 0; n < TEXT_MAX && at < text.n; n++)
		(void)next_char(text, &at);
	return span_cut(text, 0, at);
}

static void check(struct span pattern, struct span text)
{
	struct pattern *p = NULL;
	uint64_t steps = STEPS;
	bool found;
	struct err e;

	if (!pattern_read(&p, pattern, &e)) {
		fuzz_check_err(&e);
		FUZZ_CHECK(e.kind == ERR_USAGE && span_starts(span_str(e.text), "bad pattern"));
		return;
	}
	FUZZ_CHECK(pattern_states(p) > 0 && pattern_states(p) <= PATTERN_STATES_MAX);
	FUZZ_CHECK(pattern_search(p, text, &steps, &found, &e));
	FUZZ_CHECK(agrees(found, pattern, text));
	pattern_free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span in = span_of(data, n), pattern = fuzz_until(&in, 0xff), text;

	if (utf8_valid(pattern) != pattern.n || utf8_valid(in) != in.n)
		return 0;
	pattern = fuzz_copy(pattern);
	text = fuzz_copy(shorten(in));
	check(pattern, text);
	fuzz_drop(pattern);
	fuzz_drop(text);
	return 0;
}
