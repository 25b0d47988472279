#include "wire/decimal.h"

#include "base/assert.h"
#include "base/limits.h"

/* 2^60 is beyond any divisor: more factors of two or five than this it does not have. */
enum { FACTORS_MAX = 60 };

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* The digits of an exponent, "+" or "-" before them; stops growing beyond the ceiling. */
static int64_t read_exponent(struct span s)
{
	bool negative = span_starts(s, "-");
	int64_t v = 0;

	for (size_t i = 0; i < s.n; i++)
		if (is_digit(s.p[i]) && v <= DECIMAL_EXPONENT_MAX)
			v = v * 10 + (s.p[i] - '0');
	return negative ? -v : v;
}

static size_t find_e(struct span s)
{
	size_t i = 0;

	while (i < s.n && (s.p[i] | 0x20) != 'e')
		i++;
	return i;
}

static bool is_nothing(unsigned char c)
{
	return c == '0' || c == '.';
}

bool decimal_read(struct span number, struct decimal *out)
{
	bool negative = span_starts(number, "-");
	size_t e = find_e(number);
	struct span all = span_cut(number, negative, e), s = all;
	size_t point = span_find(all, '.', 0), first;
	int64_t exponent = read_exponent(span_cut(number, e + 1, number.n));

	if (exponent > DECIMAL_EXPONENT_MAX || exponent < -DECIMAL_EXPONENT_MAX)
		return false;
	while (s.n > 0 && is_nothing(s.p[s.n - 1]))
		s.n--;
	while (s.n > 0 && is_nothing(s.p[0]))
		s = span_cut(s, 1, s.n);
	*out = (struct decimal){0};
	if (s.n == 0)
		return true;
	first = (size_t)(s.p - all.p);
	out->negative = negative;
	out->digits = s;
	out->exponent = exponent + (int64_t)point - (int64_t)first + (first > point);
	return true;
}

/* The next digit; -1 when there is none. */
static int next_digit(struct span s, size_t *at)
{
	if (*at < s.n && s.p[*at] == '.')
		++*at;
	return *at < s.n ? s.p[(*at)++] - '0' : -1;
}

/* Of two numbers with the same sign. */
static int compare_size(const struct decimal *a, const struct decimal *b)
{
	size_t i = 0, j = 0;
	int x, y;

	if (a->digits.n == 0 || b->digits.n == 0)
		return (a->digits.n > 0) - (b->digits.n > 0);
	if (a->exponent != b->exponent)
		return a->exponent < b->exponent ? -1 : 1;
	do {
		x = next_digit(a->digits, &i);
		y = next_digit(b->digits, &j);
	} while (x == y && x >= 0);
	return x - y;
}

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	return a->negative ? compare_size(b, a) : compare_size(a, b);
}

static int64_t count_digits(const struct decimal *d)
{
	return (int64_t)d->digits.n - (span_find(d->digits, '.', 0) < d->digits.n);
}

/* The power of ten that the last digit counts. */
static int64_t last_place(const struct decimal *d)
{
	return d->exponent - count_digits(d);
}

bool decimal_is_whole(const struct decimal *d)
{
	return last_place(d) >= 0;
}

bool decimal_is_divisor(const struct decimal *d)
{
	return !d->negative && d->digits.n > 0 && count_digits(d) <= DECIMAL_DIVISOR_MAX;
}

static uint64_t to_u64(struct span digits)
{
	uint64_t v = 0;
	size_t at = 0;

	for (int c; (c = next_digit(digits, &at)) >= 0;)
		v = v * 10 + (unsigned)c;
	return v;
}

/*
 * With both as whole numbers of the smaller of the two last places: the number's last digit is no
 * zero, so that it is no multiple of ten times anything; and tens that the number has more than
 * the divisor matter as often as the divisor has factors to lose to them.
 */
bool decimal_is_multiple(const struct decimal *d, const struct decimal *divisor)
{
	int64_t tens = last_place(d) - last_place(divisor);
	uint64_t by, rest = 0;
	size_t at = 0;

	assert(decimal_is_divisor(divisor));
	if (d->digits.n == 0)
		return true;
	if (tens < 0)
		return false;
	by = to_u64(divisor->digits);
	for (int c; (c = next_digit(d->digits, &at)) >= 0;)
		rest = (rest * 10 + (unsigned)c) % by;
	for (int64_t i = 0; i < tens && i < FACTORS_MAX && rest != 0; i++)
		rest = rest * 10 % by;
	return rest == 0;
}
