#include "wire/date.h"

#include "base/clock.h"

struct date {
	int64_t year;
	unsigned month, day, hour, minute, second;
	bool no_century;
};

/*
 * One form a line. a: the day's short name, A: its long one, b: the month, d: two digits of
 * the day, e: the same with a blank for its first zero, Y: four digits of the year, y: two, H:
 * hh:mm:ss. Everything else stands for itself.
 */
static const char *const forms[] = {
	"a, d b Y H GMT",
	"A, d-b-y H GMT",
	"a b e H Y",
};

static bool take_number(struct span *s, size_t digits, unsigned *out)
{
	uint64_t v;

	if (s->n < digits || !span_to_u64(span_cut(*s, 0, digits), &v))
		return false;
	*out = (unsigned)v;
	*s = span_cut(*s, digits, s->n);
	return true;
}

static bool take_byte(struct span *s, unsigned char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = span_cut(*s, 1, s->n);
	return true;
}

/* The index of the name s begins with, by its first `n` bytes (0 = all of it). */
static bool take_name(struct span *s, const char *const *names, unsigned count, size_t n,
                      unsigned *out)
{
	for (unsigned i = 0; i < count; i++) {
		struct span name = span_str(names[i]);

		if (n > 0)
			name.n = n;
		if (!span_equal(span_cut(*s, 0, name.n), name))
			continue;
		*s = span_cut(*s, name.n, s->n);
		*out = i;
		return true;
	}
	return false;
}

static bool take_day_name(struct span *s, size_t n)
{
	static const char *const days[] = {
		"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
	};
	unsigned ignored;

	return take_name(s, days, 7, n, &ignored);
}

static bool take_month(struct span *s, unsigned *month)
{
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
	};

	if (!take_name(s, months, 12, 0, month))
		return false;
	++*month;
	return true;
}

static bool take_year(struct span *s, size_t digits, struct date *d)
{
	unsigned year;

	if (!take_number(s, digits, &year))
		return false;
	d->year = year;
	d->no_century = digits == 2;
	return true;
}

static bool take_time(struct span *s, struct date *d)
{
	return take_number(s, 2, &d->hour) && take_byte(s, ':') && take_number(s, 2, &d->minute) &&
	       take_byte(s, ':') && take_number(s, 2, &d->second);
}

static bool take(struct span *s, char what, struct date *d)
{
	switch (what) {
	case 'a': return take_day_name(s, 3);
	case 'A': return take_day_name(s, 0);
	case 'b': return take_month(s, &d->month);
	case 'd': return take_number(s, 2, &d->day);
	case 'e': return take_number(s, take_byte(s, ' ') ? 1 : 2, &d->day);
	case 'Y': return take_year(s, 4, d);
	case 'y': return take_year(s, 2, d);
	case 'H': return take_time(s, d);
	default: return take_byte(s, (unsigned char)what);
	}
}

static bool has_form(struct span s, const char *form, struct date *d)
{
	for (; *form != '\0'; form++)
		if (!take(&s, *form, d))
			return false;
	return s.n == 0;
}

/* A leap second is allowed; a day beyond its month runs into the next, as everywhere. */
static bool is_sane(const struct date *d)
{
	return d->day >= 1 && d->day <= 31 && d->hour < 24 && d->minute < 60 && d->second <= 60;
}

static int64_t to_unix(const struct date *d)
{
	return clock_days_from_civil(d->year, d->month, d->day) * 86400 + d->hour * 3600 +
	       d->minute * 60 + d->second;
}

/* The century that keeps a two-digit year within 50 years ahead of now. */
static void place_year(struct date *d, int64_t now_s)
{
	int64_t ahead_s = now_s + 50 * (int64_t)31556952;

	d->year += 1900;
	while (d->year < 9900) {
		d->year += 100;
		if (to_unix(d) > ahead_s) {
			d->year -= 100;
			return;
		}
	}
}

bool date_parse(struct span s, int64_t now_s, int64_t *unix_s)
{
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		struct date d = {0};

		if (!has_form(s, forms[i], &d))
			continue;
		if (!is_sane(&d))
			return false;
		if (d.no_century)
			place_year(&d, now_s);
		*unix_s = to_unix(&d);
		return true;
	}
	return false;
}
