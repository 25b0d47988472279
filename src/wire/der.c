#include "wire/der.h"

#include "base/clock.h"

/* The length octets of an element; `from` is moved past them. */
static bool take_length(struct span s, size_t *from, size_t *out)
{
	size_t n = s.p[(*from)++];
	size_t octets = n & 0x7F;

	if (n < 0x80) {
		*out = n;
		return true;
	}
	if (octets == 0 || octets > 3 || s.n - *from < octets)
		return false;
	n = 0;
	for (size_t i = 0; i < octets; i++)
		n = n << 8 | s.p[(*from)++];
	*out = n;
	return n >= 0x80 && n >> (8 * (octets - 1)) != 0;
}

bool der_next(struct span *rest, struct der *out)
{
	size_t at = 1, n;

	if (rest->n < 2 || (rest->p[0] & 0x1F) == 0x1F)
		return false;
	if (!take_length(*rest, &at, &n) || n > rest->n - at)
		return false;
	out->tag = rest->p[0];
	out->value = span_of(rest->p + at, n);
	out->whole = span_of(rest->p, at + n);
	*rest = span_of(rest->p + at + n, rest->n - at - n);
	return true;
}

bool der_at(struct span rest, unsigned tag)
{
	return rest.n > 0 && rest.p[0] == tag;
}

bool der_take(struct span *rest, unsigned tag, struct span *value)
{
	struct der d;

	if (!der_at(*rest, tag) || !der_next(rest, &d))
		return false;
	*value = d.value;
	return true;
}

bool der_optional(struct span *rest, unsigned tag, struct span *value)
{
	*value = span_of(NULL, 0);
	return !der_at(*rest, tag) || der_take(rest, tag, value);
}

bool der_boolean(struct span value, bool *out)
{
	if (value.n != 1 || (value.p[0] != 0x00 && value.p[0] != 0xFF))
		return false;
	*out = value.p[0] != 0;
	return true;
}

bool der_integer(struct span value)
{
	if (value.n == 0)
		return false;
	/* Nine leading bits alike would be one byte too many. */
	return value.n == 1 || !((value.p[0] == 0x00 && value.p[1] < 0x80) ||
	                         (value.p[0] == 0xFF && value.p[1] >= 0x80));
}

bool der_unsigned(struct span value, struct span *bytes)
{
	if (!der_integer(value) || value.p[0] >= 0x80)
		return false;
	*bytes = span_cut(value, value.p[0] == 0 && value.n > 1, value.n);
	return true;
}

bool der_small(struct span value, unsigned *out)
{
	struct span bytes;

	if (!der_unsigned(value, &bytes) || bytes.n > 2)
		return false;
	*out = bytes.p[0];
	if (bytes.n == 2)
		*out = *out << 8 | bytes.p[1];
	return true;
}

bool der_bits(struct span value, struct span *bytes)
{
	unsigned spare;

	if (value.n == 0 || value.p[0] > 7)
		return false;
	spare = value.p[0];
	*bytes = span_cut(value, 1, value.n);
	if (bytes->n == 0)
		return spare == 0;
	return (bytes->p[bytes->n - 1] & ((1U << spare) - 1)) == 0;
}

bool der_oid(struct span value)
{
	bool first = true;

	if (value.n == 0 || value.p[value.n - 1] >= 0x80)
		return false;
	for (size_t i = 0; i < value.n; i++) {
		if (first && value.p[i] == 0x80)
			return false;
		first = value.p[i] < 0x80;
	}
	return true;
}

bool der_oid_is(struct span value, struct der_oid oid)
{
	return span_equal(value, span_of(oid.p, oid.n));
}

static bool two_digits(const unsigned char *p, unsigned lo, unsigned hi, unsigned *out)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*out = (p[0] - '0') * 10U + (p[1] - '0');
	return *out >= lo && *out <= hi;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

bool der_time(struct span *rest, int64_t *unix_s)
{
	unsigned century, yy, month, day, hour, minute, second;
	struct der d;
	const unsigned char *p;

	if (!der_next(rest, &d))
		return false;
	p = d.value.p;
	if (d.tag == DER_UTC_TIME && d.value.n == 13) {
		if (!two_digits(p, 0, 99, &yy))
			return false;
		century = yy < 50 ? 20 : 19;
	} else if (d.tag == DER_GENERALIZED_TIME && d.value.n == 15) {
		if (!two_digits(p, 0, 99, &century) || !two_digits(p + 2, 0, 99, &yy))
			return false;
		p += 2;
	} else {
		return false;
	}
	if (!two_digits(p + 2, 1, 12, &month) || !two_digits(p + 4, 1, 31, &day) ||
	    !two_digits(p + 6, 0, 23, &hour) || !two_digits(p + 8, 0, 59, &minute) ||
	    !two_digits(p + 10, 0, 59, &second) || p[12] != 'Z' ||
	    day > days_in_month(century * 100 + yy, month))
		return false;
	*unix_s = clock_days_from_civil(century * 100 + yy, month, day) * 86400 +
	          (int64_t)(hour * 3600 + minute * 60 + second);
	return true;
}
