#include "base/fmt.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"

enum { DIGITS_MAX = 20 };

struct out {
	char *p;
	size_t room; /* for bytes, the NUL not counted */
	size_t n;    /* bytes of the whole text so far, written or not */
};

struct spec {
	bool zeros;
	unsigned width;
	size_t precision;
	bool star; /* the precision is an argument */
	unsigned longs; /* z counts as one */
};

static void put(struct out *o, const char *s, size_t n)
{
	for (; n > 0; n--, s++, o->n++)
		if (o->n < o->room)
			o->p[o->n] = *s;
}

static void pad(struct out *o, const struct spec *s, size_t used)
{
	for (; used < s->width; used++)
		put(o, s->zeros ? "0" : " ", 1);
}

static unsigned number(const char **fmt)
{
	unsigned v = 0;

	for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++)
		v = 10 * v + (unsigned)(**fmt - '0');
	return v;
}

static void put_text(struct out *o, const struct spec *s, const char *text)
{
	size_t n = strnlen(text, s->precision);

	pad(o, s, n);
	put(o, text, n);
}

static void put_number(
	struct out *o, const struct spec *s, uint64_t v, unsigned base, bool negative)
{
	char digits[DIGITS_MAX], *p = digits + sizeof digits;
	size_t n;

	do
		*--p = "0123456789abcdef"[v % base];
	while ((v /= base) != 0);
	n = (size_t)(digits + sizeof digits - p);
	if (negative && s->zeros)
		put(o, "-", 1);
	pad(o, s, n + negative);
	if (negative && !s->zeros)
		put(o, "-", 1);
	put(o, p, n);
}

/* Reads what stands between % and the letter that says the type. */
static struct spec read_spec(const char **fmt)
{
	struct spec s = {.precision = SIZE_MAX};

	s.zeros = **fmt == '0';
	s.width = number(fmt);
	if (**fmt == '.') {
		(*fmt)++;
		s.star = **fmt == '*';
		if (s.star)
			(*fmt)++;
		else
			s.precision = number(fmt);
	}
	for (; **fmt == 'l' || **fmt == 'z'; (*fmt)++)
		s.longs += **fmt == 'z' && sizeof(size_t) > sizeof(long) ? 2 : 1;
	return s;
}

size_t fmt_into_list(char *out, size_t n, const char *fmt, va_list ap)
{
	struct out o = {out, n == 0 ? 0 : n - 1, 0};

	for (; *fmt != '\0'; fmt++) {
		struct spec s;
		int64_t v;
		char c;

		if (*fmt != '%') {
			put(&o, fmt, 1);
			continue;
		}
		fmt++;
		s = read_spec(&fmt);
		if (s.star)
			s.precision = (size_t)va_arg(ap, int);
		switch (*fmt) {
		case 's':
			put_text(&o, &s, va_arg(ap, const char *));
			break;
		case 'd':
			v = s.longs > 1 ? va_arg(ap, long long)
			    : s.longs   ? va_arg(ap, long)
					: va_arg(ap, int);
			put_number(&o, &s, v < 0 ? -(uint64_t)v : (uint64_t)v, 10, v < 0);
			break;
		case 'u':
		case 'x':
			put_number(&o, &s,
			           s.longs > 1 ? va_arg(ap, unsigned long long)
			           : s.longs   ? va_arg(ap, unsigned long)
			                       : va_arg(ap, unsigned),
			           *fmt == 'x' ? 16 : 10, false);
			break;
		case 'c':
			c = (char)va_arg(ap, int);
			put(&o, &c, 1);
			break;
		default:
			assert(*fmt == '%');
			put(&o, fmt, 1);
		}
	}
	if (n > 0)
		out[o.n < o.room ? o.n : o.room] = '\0';
	return o.n;
}

size_t fmt_into(char *out, size_t n, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	len = fmt_into_list(out, n, fmt, ap);
	va_end(ap);
	return len;
}
