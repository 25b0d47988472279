#include "wire/pattern_parts.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"

bool pattern_read(struct pattern **out, struct span source, struct err *e)
{
	struct pattern *p = malloc(sizeof *p);

	if (p == NULL)
		return err_memory(e);
	buf_init(&p->states, PATTERN_STATES_MAX * sizeof(struct pattern_state), "states");
	buf_init(&p->ranges, PATTERN_STATES_MAX * sizeof(struct pattern_range), "ranges");
	if (!pattern_parse(p, source, e)) {
		pattern_free(&p);
		return false;
	}
	buf_trim(&p->states);
	buf_trim(&p->ranges);
	*out = p;
	return true;
}

void pattern_free(struct pattern **p)
{
	if (*p == NULL)
		return;
	buf_free(&(*p)->states);
	buf_free(&(*p)->ranges);
	free(*p);
	*p = NULL;
}

size_t pattern_states(const struct pattern *p)
{
	return p->states.n / sizeof(struct pattern_state);
}

/* ---- running it ---- */

/* The states at one place of the text, in the order they came. */
struct places {
	uint32_t *at;
	size_t n;
};

struct run {
	const struct pattern *p;
	struct places now, next;
	uint32_t *seen; /* per state, the place in the text (counted from 1) it was last added at */
	uint32_t place;
	bool begin, end, edge; /* what holds at this place */
	uint64_t *steps;
};

/* Puts a state in once for each place. */
static void add(struct run *r, struct places *to, size_t state)
{
	if (r->seen[state] == r->place)
		return;
	r->seen[state] = r->place;
	to->at[to->n++] = (uint32_t)state;
}

/* Spends n steps, or all there are. */
static bool spend(struct run *r, uint64_t n)
{
	bool enough = *r->steps >= n;

	*r->steps -= enough ? n : *r->steps;
	return enough;
}

/* Follows what takes no character; a state added on the way is met later in the same list. */
static bool follow(struct run *r, const struct pattern_state *s, size_t i)
{
	switch (s->op) {
	case PATTERN_FORK:
		add(r, &r->now, i + (size_t)s->a);
		add(r, &r->now, i + (size_t)s->b);
		break;
	case PATTERN_JUMP:
		add(r, &r->now, i + (size_t)s->a);
		break;
	case PATTERN_BEGIN:
		if (r->begin)
			add(r, &r->now, i + 1);
		break;
	case PATTERN_END:
		if (r->end)
			add(r, &r->now, i + 1);
		break;
	case PATTERN_EDGE:
	case PATTERN_NO_EDGE:
		if (r->edge == (s->op == PATTERN_EDGE))
			add(r, &r->now, i + 1);
		break;
	default:
		return s->op == PATTERN_FITS;
	}
	return false;
}

/* Makes `now` whole; true when it fits here. */
static bool close_over(struct run *r)
{
	for (size_t i = 0; i < r->now.n; i++)
		if (follow(r, pattern_state(r->p, r->now.at[i]), r->now.at[i]))
			return true;
	return false;
}

static bool in_ranges(const struct run *r, const struct pattern_state *s, uint32_t c)
{
	for (size_t i = (size_t)s->a; i < (size_t)s->b; i++)
		if (c >= pattern_range(r->p, i)->from && c <= pattern_range(r->p, i)->to)
			return true;
	return false;
}

static bool takes(const struct run *r, const struct pattern_state *s, uint32_t c)
{
	switch (s->op) {
	case PATTERN_CHAR:
		return c == (uint32_t)s->a;
	case PATTERN_SET:
	case PATTERN_UNSET:
		return in_ranges(r, s, c) == (s->op == PATTERN_SET);
	default:
		return false;
	}
}

/* From `now` over c to `next`, which then is `now`; false: out of steps. */
static bool advance(struct run *r, uint32_t c)
{
	struct places was = r->now;

	r->place++;
	for (size_t i = 0; i < was.n; i++) {
		const struct pattern_state *s = pattern_state(r->p, was.at[i]);
		bool set = s->op == PATTERN_SET || s->op == PATTERN_UNSET;

		if (!spend(r, 1 + (set ? (uint64_t)(s->b - s->a) : 0)))
			return false;
		if (takes(r, s, c))
			add(r, &r->next, was.at[i] + 1);
	}
	r->now = r->next;
	r->next = (struct places){was.at, 0};
	return true;
}

/* The character at the front of well-formed UTF-8. */
static uint32_t take_char(struct span *s)
{
	size_t n = 1;
	uint32_t c;

	while (n < s->n && (s->p[n] & 0xc0) == 0x80)
		n++;
	c = utf8_decode(s->p, n);
	*s = span_cut(*s, n, s->n);
	return c;
}

static bool run(struct run *r, struct span text, bool *found)
{
	bool word = false;

	for (r->begin = true;; r->begin = false) {
		struct span rest = text;
		uint32_t c = 0;

		r->end = text.n == 0;
		if (!r->end)
			c = take_char(&rest);
		r->edge = word != (!r->end && pattern_is_word(c));
		add(r, &r->now, 0);
		*found = close_over(r);
		if (*found || r->end)
			return true;
		if (!advance(r, c))
			return false;
		word = pattern_is_word(c);
		text = rest;
	}
}

bool pattern_search(const struct pattern *p, struct span text, uint64_t *steps, bool *found,
                    struct err *e)
{
	size_t n = pattern_states(p);
	uint32_t *all = calloc(3 * n, sizeof *all);
	struct run r = {.p = p, .place = 1, .steps = steps};
	bool ok;

	if (all == NULL)
		return err_memory(e);
	r.now.at = all;
	r.next.at = all + n;
	r.seen = all + 2 * n;
	ok = spend(&r, n) && run(&r, text, found);
	free(all);
	return ok || err_set(e, ERR_CEILING, 0, "a pattern takes more than the steps left");
}
