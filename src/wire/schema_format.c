#include "wire/schema_parts.h"

#include "base/hex.h"
#include "wire/ip.h"

/* ---- pieces; what fits is taken off the front of s ---- */

static bool take(struct span *s, const char *any)
{
	for (; *any != '\0'; any++)
		if (s->n > 0 && s->p[0] == (unsigned char)*any) {
			*s = span_cut(*s, 1, s->n);
			return true;
		}
	return false;
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static size_t count_digits(struct span s)
{
	size_t n = 0;

	while (n < s.n && is_digit(s.p[n]))
		n++;
	return n;
}

/* So many digits, worth `least` to `most`. */
static bool take_number(struct span *s, size_t digits, unsigned least, unsigned most, unsigned *out)
{
	uint64_t v;

	if (!span_to_u64(span_cut(*s, 0, digits), &v) || s->n < digits || v < least || v > most)
		return false;
	*out = (unsigned)v;
	*s = span_cut(*s, digits, s->n);
	return true;
}

/* ---- dates and times: RFC 3339, section 5.6 ---- */

static unsigned days_in(unsigned year, unsigned month)
{
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (month == 2)
		return leap ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static bool take_date(struct span *s)
{
	unsigned year, month, day;

	return take_number(s, 4, 0, 9999, &year) && take(s, "-") &&
	       take_number(s, 2, 1, 12, &month) && take(s, "-") &&
	       take_number(s, 2, 1, days_in(year, month), &day);
}

/* In minutes east of UTC. */
static bool take_offset(struct span *s, int *minutes)
{
	bool west = span_starts(*s, "-");
	unsigned hour, minute;

	*minutes = 0;
	if (take(s, "Zz"))
		return true;
	if (!take(s, "+-") || !take_number(s, 2, 0, 23, &hour) || !take(s, ":") ||
	    !take_number(s, 2, 0, 59, &minute))
		return false;
	*minutes = (west ? -1 : 1) * (int)(hour * 60 + minute);
	return true;
}

/* A leap second ends a day in UTC. */
static bool take_time(struct span *s)
{
	enum { DAY = 24 * 60 };
	unsigned hour, minute, second;
	int offset;

	if (!take_number(s, 2, 0, 23, &hour) || !take(s, ":") ||
	    !take_number(s, 2, 0, 59, &minute) || !take(s, ":") ||
	    !take_number(s, 2, 0, 60, &second))
		return false;
	if (take(s, ".")) {
		size_t digits = count_digits(*s);

		*s = span_cut(*s, digits, s->n);
		if (digits == 0)
			return false;
	}
	return take_offset(s, &offset) &&
	       (second < 60 || ((int)(hour * 60 + minute) - offset + DAY) % DAY == DAY - 1);
}

static bool is_date(struct span s)
{
	return take_date(&s) && s.n == 0;
}

static bool is_time(struct span s)
{
	return take_time(&s) && s.n == 0;
}

static bool is_date_time(struct span s)
{
	return take_date(&s) && take(&s, "Tt") && take_time(&s) && s.n == 0;
}

/*
 * RFC 3339, appendix A, and as ISO 8601 has it units may be left out in the middle (P1Y3D). At
 * least one of `units`, in their order.
 */
static bool take_units(struct span *s, const char *units)
{
	size_t digits = count_digits(*s), n = 0;

	for (; digits > 0; digits = count_digits(*s), n++) {
		struct span unit = span_cut(*s, digits, digits + 1);

		while (*units != '\0' && !span_starts(unit, (char[]){*units, '\0'}))
			units++;
		if (*units == '\0')
			return false;
		units++;
		*s = span_cut(*s, digits + 1, s->n);
	}
	return n > 0;
}

static bool is_duration(struct span s)
{
	if (!take(&s, "P"))
		return false;
	if (span_ends(s, "W"))
		return take_units(&s, "W") && s.n == 0;
	if (!span_starts(s, "T") && !take_units(&s, "YMD"))
		return false;
	return s.n == 0 || (take(&s, "T") && take_units(&s, "HMS") && s.n == 0);
}

/* ---- hosts and addresses ---- */

static bool is_letter_or_digit(unsigned char c)
{
	return c < 0x80 && c != '_' && (is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
}

static bool is_label(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_letter_or_digit(s.p[i]) && (s.p[i] != '-' || i == 0 || i + 1 == s.n))
			return false;
	return s.n > 0 && s.n <= 63;
}

/* RFC 1123, section 2.1 */
static bool is_hostname(struct span s)
{
	if (s.n > 253)
		return false;
	for (size_t at = 0, end; at <= s.n; at = end + 1) {
		end = span_find(s, '.', at);
		if (!is_label(span_cut(s, at, end)))
			return false;
	}
	return true;
}

static bool is_address(struct span s, size_t size)
{
	unsigned char address[IP_MAX];
	size_t n;

	return ip_parse(s, address, &n) && n == size;
}

static bool is_ipv4(struct span s)
{
	return is_address(s, 4);
}

static bool is_ipv6(struct span s)
{
	return is_address(s, 16);
}

/* RFC 5321, section 4.1.2: atext without letters and digits. */
static bool is_atom(unsigned char c)
{
	return is_letter_or_digit(c) || span_find(span_str("!#$%&'*+-/=?^_`{|}~"), c, 0) < 19;
}

static bool is_dot_string(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_atom(s.p[i]) &&
		    (s.p[i] != '.' || i == 0 || i + 1 == s.n || s.p[i + 1] == '.'))
			return false;
	return s.n > 0;
}

/* In quotes: printable ASCII, quotes and backslashes behind a backslash. */
static bool is_quoted(struct span s)
{
	for (size_t i = 1; i + 1 < s.n; i++) {
		i += s.p[i] == '\\';
		if (i + 1 >= s.n || s.p[i] < ' ' || s.p[i] > '~' ||
		    (s.p[i] == '"' && s.p[i - 1] != '\\'))
			return false;
	}
	return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"';
}

/* An address in brackets. */
static bool is_literal(struct span s)
{
	if (!span_starts(s, "[") || !span_ends(s, "]"))
		return false;
	s = span_cut(s, 1, s.n - 1);
	return span_starts(s, "IPv6:") ? is_ipv6(span_cut(s, 5, s.n)) : is_ipv4(s);
}

static bool is_email(struct span s)
{
	size_t at = s.n;
	struct span local, domain;

	while (at > 0 && s.p[at - 1] != '@')
		at--;
	if (at == 0)
		return false;
	local = span_cut(s, 0, at - 1);
	domain = span_cut(s, at, s.n);
	return local.n <= 64 && (is_dot_string(local) || is_quoted(local)) &&
	       (is_hostname(domain) || is_literal(domain));
}

/* RFC 9562, section 4 */
static bool is_uuid(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s.p[i] != '-' : hex_digit(s.p[i]) < 0)
			return false;
	return s.n == 36;
}

static const struct {
	const char *name;
	bool (*fits)(struct span text);
} formats[] = {
	[SCHEMA_NO_FORMAT] = {"", NULL},
	{"date-time", is_date_time},
	{"time", is_time},
	{"date", is_date},
	{"duration", is_duration},
	{"email", is_email},
	{"hostname", is_hostname},
	{"ipv4", is_ipv4},
	{"ipv6", is_ipv6},
	{"uuid", is_uuid},
};

unsigned schema_format_named(const struct json *j, int name)
{
	unsigned i = sizeof formats / sizeof formats[0] - 1;

	while (i > SCHEMA_NO_FORMAT && !json_is_str(j, name, formats[i].name))
		i--;
	return i;
}

bool schema_format_fits(unsigned format, struct span text)
{
	return formats[format].fits(text);
}
