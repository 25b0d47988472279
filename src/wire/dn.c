#include "wire/dn.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/utf8.h"
#include "wire/der.h"

/* One attribute of a name. */
struct attribute {
	struct der oid;
	struct der value;
};

static bool take_attribute(struct span *rdn, struct attribute *a)
{
	struct span pair;

	return der_take(rdn, DER_SEQUENCE, &pair) && der_next(&pair, &a->oid) &&
	       a->oid.tag == DER_OID && der_oid(a->oid.value) &&
	       der_next(&pair, &a->value) && pair.n == 0;
}

/* Bytes to one character of a text; 0 for what is not a text. */
static size_t unit_of(unsigned tag)
{
	switch (tag) {
	case DER_UTF8_STRING:
	case DER_PRINTABLE_STRING:
	case DER_IA5_STRING:
	case DER_TELETEX_STRING:
		return 1;
	case DER_BMP_STRING:
		return 2;
	case DER_UNIVERSAL_STRING:
		return 4;
	default:
		return 0;
	}
}

/* A text that ends within a character is malformed; other faults of encoding are forgiven. */
static bool is_half(const struct der *v)
{
	size_t unit = unit_of(v->tag);

	return unit > 1 && v->value.n % unit != 0;
}

/* Is the text valid in its own encoding? */
static bool text_valid(const struct der *v)
{
	size_t unit = unit_of(v->tag);
	uint32_t c;

	if (unit == 0 || v->value.n % unit != 0)
		return false;
	if (v->tag == DER_TELETEX_STRING)
		return true;
	if (v->tag == DER_UTF8_STRING)
		return utf8_valid(v->value) == v->value.n;
	for (size_t i = 0; i < v->value.n; i += unit) {
		c = 0;
		for (size_t k = 0; k < unit; k++)
			c = c << 8 | v->value.p[i + k];
		if (unit == 1 ? c >= 0x80 : c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
			return false;
	}
	return true;
}

/* One character of a valid text as UTF-8; UTF-8 itself goes byte by byte. */
static size_t put_char(const struct der *v, size_t unit, size_t i, unsigned char out[4])
{
	uint32_t c = v->value.p[i];

	if (v->tag == DER_UTF8_STRING || (unit == 1 && c < 0x80)) {
		out[0] = (unsigned char)c;
		return 1;
	}
	for (size_t k = 1; k < unit; k++)
		c = c << 8 | v->value.p[i + k];
	return utf8_encode(c, out);
}

static bool is_blank(unsigned char c)
{
	return c == ' ' || (c >= 0x09 && c <= 0x0D);
}

/* Writes the text in canonical form, returns its length: at most twice the value's. */
static size_t fold(const struct der *v, unsigned char *out)
{
	size_t unit = unit_of(v->tag), n = 0, len;
	unsigned char c[4];

	for (size_t i = 0; i < v->value.n; i += unit) {
		len = put_char(v, unit, i, c);
		if (is_blank(c[0])) {
			if (n > 0 && out[n - 1] != ' ')
				out[n++] = ' ';
			continue;
		}
		if (c[0] >= 'A' && c[0] <= 'Z')
			c[0] |= 0x20;
		memcpy(out + n, c, len);
		n += len;
	}
	return n > 0 && out[n - 1] == ' ' ? n - 1 : n;
}

static void put_value(const struct der *v, struct buf *out)
{
	unsigned char *head = out->p + out->n;
	bool text = text_valid(v);
	size_t n = v->value.n;

	head[0] = text ? DER_UTF8_STRING : v->tag;
	if (text)
		n = fold(v, head + 3);
	else if (n > 0)
		memcpy(head + 3, v->value.p, n);
	head[1] = (unsigned char)(n >> 8);
	head[2] = (unsigned char)n;
	out->n += 3 + n;
}

static void put_bytes(struct span s, struct buf *out)
{
	memcpy(out->p + out->n, s.p, s.n);
	out->n += s.n;
}

/* Room for the result has been made. */
static bool put_rdn(struct span rdn, struct buf *out)
{
	size_t head = out->n;
	struct attribute a;

	out->p[out->n++] = DER_SET;
	out->p[out->n++] = 0;
	while (rdn.n > 0) {
		if (!take_attribute(&rdn, &a) || out->p[head + 1] == 0xFF || is_half(&a.value))
			return false;
		out->p[head + 1]++;
		put_bytes(a.oid.whole, out);
		put_value(&a.value, out);
	}
	return out->p[head + 1] > 0;
}

bool dn_canonical(struct span raw, struct buf *out, struct err *e)
{
	struct span rdn;

	if (raw.n > DN_MAX)
		return err_set(e, ERR_TRUST, 0, "a name of %zu bytes", raw.n);
	/*
	 * An attribute is 6 bytes beside its OID and text, and 5 in canonical form: twice is
	 * enough.
	 */
	if (!buf_reserve(out, 2 * raw.n + 1, e))
		return false;
	while (raw.n > 0)
		if (!der_take(&raw, DER_SET, &rdn) || !put_rdn(rdn, out))
			return err_set(e, ERR_TRUST, 0, "malformed name");
	return true;
}

bool dn_read(struct span raw, struct buf *scratch, struct dn *out, struct err *e)
{
	buf_clear(scratch);
	if (!dn_canonical(raw, scratch, e))
		return false;
	out->raw = raw;
	out->canonical_n = scratch->n;
	digest_of(buf_span(scratch), out->hash);
	return true;
}

bool dn_equal(const struct dn *a, const struct dn *b)
{
	return a->canonical_n == b->canonical_n && memcmp(a->hash, b->hash, DIGEST_SIZE) == 0;
}

/* What dn_show looks for, best first. */
static const struct shown {
	const char *label;
	struct der_oid oid;
} shown[] = {
	{"CN", DER_OID_OF("\x55\x04\x03")},
	{"OU", DER_OID_OF("\x55\x04\x0B")},
	{"O", DER_OID_OF("\x55\x04\x0A")},
	{"emailAddress", DER_OID_OF("\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01")},
};

/* The last attribute of the kind: the most particular one. */
static bool find_attribute(struct span raw, struct der_oid oid, struct der *out)
{
	struct span rdn;
	struct attribute a;
	bool found = false;

	while (raw.n > 0 && der_take(&raw, DER_SET, &rdn))
		while (rdn.n > 0 && take_attribute(&rdn, &a))
			if (der_oid_is(a.oid.value, oid)) {
				*out = a.value;
				found = true;
			}
	return found;
}

static bool show_attribute(const char *label, const struct der *v, struct buf *out, struct err *e)
{
	struct buf utf8;
	unsigned char c[4];
	size_t unit = unit_of(v->tag);
	bool ok = false;

	buf_init(&utf8, 2 * DN_MAX, "a name");
	if (!text_valid(v)) {
		ok = buf_add(&utf8, v->value, e);
	} else {
		ok = true;
		for (size_t i = 0; i < v->value.n && ok; i += unit)
			ok = buf_add(&utf8, span_of(c, put_char(v, unit, i, c)), e);
	}
	ok = ok && buf_add_str(out, label, e) && buf_add_byte(out, '=', e) &&
	     text_one_line(buf_span(&utf8), DN_SHOWN_MAX, out, e);
	buf_free(&utf8);
	return ok;
}

bool dn_show(struct span raw, struct buf *out, struct err *e)
{
	struct der v, organization;

	for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
		if (!find_attribute(raw, shown[i].oid, &v))
			continue;
		if (!show_attribute(shown[i].label, &v, out, e))
			return false;
		if (i != 0 || !find_attribute(raw, shown[2].oid, &organization))
			return true;
		return buf_add_str(out, ", ", e) && show_attribute("O", &organization, out, e);
	}
	return buf_add_str(out, "(no name)", e);
}
