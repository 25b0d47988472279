#include "wire/x509.h"

#include <string.h>

#include "wire/der.h"
#include "wire/x509_extension.h"

/* AlgorithmIdentifier: parameters.p is NULL when there are none. */
struct algorithm {
	struct span oid, whole;
	struct der parameters;
};

static bool take_algorithm(struct span *rest, struct algorithm *a)
{
	struct der d;

	memset(a, 0, sizeof *a);
	if (!der_next(rest, &d) || d.tag != DER_SEQUENCE)
		return false;
	a->whole = d.whole;
	if (!der_take(&d.value, DER_OID, &a->oid) || !der_oid(a->oid))
		return false;
	return d.value.n == 0 || (der_next(&d.value, &a->parameters) && d.value.n == 0);
}

static bool null_or_absent(const struct algorithm *a)
{
	return a->parameters.whole.p == NULL ||
	       (a->parameters.tag == DER_NULL && a->parameters.value.n == 0);
}

#define PKCS1 "\x2A\x86\x48\x86\xF7\x0D\x01\x01"
#define ANSI_X962 "\x2A\x86\x48\xCE\x3D"

static const struct signature_algorithm {
	struct der_oid oid;
	enum x509_signed sign;
	unsigned bits;
} signature_algorithms[] = {
	{DER_OID_OF(PKCS1 "\x0B"), X509_SIGNED_RSA, 256},
	{DER_OID_OF(PKCS1 "\x0C"), X509_SIGNED_RSA, 384},
	{DER_OID_OF(PKCS1 "\x0D"), X509_SIGNED_RSA, 512},
	{DER_OID_OF(ANSI_X962 "\x04\x03\x02"), X509_SIGNED_ECDSA, 256},
	{DER_OID_OF(ANSI_X962 "\x04\x03\x03"), X509_SIGNED_ECDSA, 384},
	{DER_OID_OF(ANSI_X962 "\x04\x03\x04"), X509_SIGNED_ECDSA, 512},
	{DER_OID_OF(PKCS1 "\x02"), X509_SIGNED_WEAK, 0},
	{DER_OID_OF(PKCS1 "\x04"), X509_SIGNED_WEAK, 0},
	{DER_OID_OF(PKCS1 "\x05"), X509_SIGNED_WEAK, 0},
	{DER_OID_OF(ANSI_X962 "\x04\x01"), X509_SIGNED_WEAK, 0},
};

static void name_signature(const struct algorithm *a, struct x509 *x)
{
	for (size_t i = 0; i < sizeof signature_algorithms / sizeof signature_algorithms[0]; i++) {
		const struct signature_algorithm *s = &signature_algorithms[i];

		if (!der_oid_is(a->oid, s->oid))
			continue;
		/* RFC 5758 section 3.2: absent with ECDSA; RFC 4055 section 5: NULL with RSA. */
		if (null_or_absent(a) &&
		    (s->sign != X509_SIGNED_ECDSA || a->parameters.whole.p == NULL)) {
			x->sign = s->sign;
			x->sign_bits = s->bits;
		}
	}
}

static unsigned bit_length(struct span n)
{
	unsigned bits = (unsigned)n.n * 8;

	for (unsigned top = n.p[0]; bits > 0 && top < 0x80; top <<= 1)
		bits--;
	return bits;
}

/* RSAPublicKey (RFC 8017 appendix A.1.1). */
static bool read_rsa(struct span bits, struct x509_key *k)
{
	struct span body, n, exponent;

	if (!der_take(&bits, DER_SEQUENCE, &body) || bits.n != 0 ||
	    !der_take(&body, DER_INTEGER, &n) || !der_unsigned(n, &k->bytes) ||
	    !der_take(&body, DER_INTEGER, &exponent) || !der_unsigned(exponent, &k->exponent) ||
	    body.n != 0 || k->bytes.p[0] == 0)
		return false;
	k->bits = bit_length(k->bytes);
	k->kind = X509_KEY_RSA;
	return true;
}

static const struct curve {
	struct der_oid oid;
	enum x509_key_kind kind;
	unsigned bits;
	size_t point;
} curves[] = {
	{DER_OID_OF(ANSI_X962 "\x03\x01\x07"), X509_KEY_P256, 256, 65},
	{DER_OID_OF("\x2B\x81\x04\x00\x22"), X509_KEY_P384, 384, 97},
	{DER_OID_OF("\x2B\x81\x04\x00\x23"), X509_KEY_P521, 521, 133},
};

static void read_point(const struct der *curve, struct span point, struct x509_key *k)
{
	for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
		if (curve->tag != DER_OID || !der_oid_is(curve->value, curves[i].oid) ||
		    point.n != curves[i].point || point.p[0] != 0x04)
			continue;
		k->kind = curves[i].kind;
		k->bits = curves[i].bits;
		k->bytes = point;
	}
}

static const struct der_oid rsa_key = DER_OID_OF(PKCS1 "\x01"),
        ec_key = DER_OID_OF(ANSI_X962 "\x02\x01");

static bool read_key(struct span info, struct x509_key *k)
{
	struct algorithm a;
	struct span value, bits;

	if (!take_algorithm(&info, &a) || !der_take(&info, DER_BIT_STRING, &value) ||
	    !der_bits(value, &bits) || info.n != 0)
		return false;
	if (der_oid_is(a.oid, rsa_key))
		return value.p[0] == 0 && null_or_absent(&a) && read_rsa(bits, k);
	if (der_oid_is(a.oid, ec_key) && a.parameters.whole.p != NULL)
		read_point(&a.parameters, bits, k);
	return true;
}

static bool read_version(struct span *tbs, unsigned *version)
{
	struct span outer, value;

	*version = 1;
	if (!der_optional(tbs, DER_CONTEXT_CONSTRUCTED + 0, &outer))
		return false;
	if (outer.p == NULL)
		return true;
	if (!der_take(&outer, DER_INTEGER, &value) || outer.n != 0 || !der_small(value, version))
		return false;
	return ++*version <= 3;
}

static bool read_validity(struct span *tbs, struct x509 *x)
{
	struct span body;

	return der_take(tbs, DER_SEQUENCE, &body) && der_time(&body, &x->not_before) &&
	       der_time(&body, &x->not_after) && body.n == 0;
}

static bool read_tail(struct span tbs, struct x509 *x, struct err *e)
{
	struct span issuer_id, subject_id, outer;

	if (!der_optional(&tbs, DER_CONTEXT + 1, &issuer_id) ||
	    !der_optional(&tbs, DER_CONTEXT + 2, &subject_id) ||
	    !der_optional(&tbs, DER_CONTEXT_CONSTRUCTED + 3, &outer) || tbs.n != 0)
		return x509_malformed(e, "certificate");
	if (outer.p == NULL)
		return true;
	if (x->version != 3)
		return err_set(e, ERR_TRUST, 0, "extensions in version %u", x->version);
	return x509_read_extensions(outer, &x->ext, e);
}

static bool read_tbs(struct span tbs, struct algorithm *inner, struct buf *scratch, struct x509 *x,
                     struct err *e)
{
	struct span issuer, subject, info;

	if (!read_version(&tbs, &x->version))
		return x509_malformed(e, "version");
	if (!der_take(&tbs, DER_INTEGER, &x->serial) || !der_integer(x->serial))
		return x509_malformed(e, "serial number");
	if (!take_algorithm(&tbs, inner) || !der_take(&tbs, DER_SEQUENCE, &issuer))
		return x509_malformed(e, "certificate");
	if (!read_validity(&tbs, x))
		return x509_malformed(e, "validity");
	if (!der_take(&tbs, DER_SEQUENCE, &subject))
		return x509_malformed(e, "certificate");
	if (!der_take(&tbs, DER_SEQUENCE, &info) || !read_key(info, &x->key))
		return x509_malformed(e, "public key");
	return dn_read(issuer, scratch, &x->issuer, e) &&
	       dn_read(subject, scratch, &x->subject, e) &&
	       read_tail(tbs, x, e);
}

bool x509_parse(struct span der, struct buf *scratch, struct x509 *x, struct err *e)
{
	struct span body, value;
	struct der tbs;
	struct algorithm outer, inner;

	memset(x, 0, sizeof *x);
	x->whole = der;
	if (!der_take(&der, DER_SEQUENCE, &body) || der.n != 0 || !der_next(&body, &tbs) ||
	    tbs.tag != DER_SEQUENCE || !take_algorithm(&body, &outer) ||
	    !der_take(&body, DER_BIT_STRING, &value) || !der_bits(value, &x->signature) ||
	    value.p[0] != 0 || body.n != 0)
		return x509_malformed(e, "certificate");
	x->tbs = tbs.whole;
	if (!read_tbs(tbs.value, &inner, scratch, x, e))
		return false;
	if (span_equal(outer.whole, inner.whole))
		name_signature(&outer, x);
	return true;
}

/* Steps into an element that may end beyond what is there. */
static bool enter(struct span *s)
{
	size_t head;

	if (!der_at(*s, DER_SEQUENCE) || s->n < 2)
		return false;
	head = 2 + (s->p[1] >= 0x80 ? s->p[1] & 0x7F : 0);
	*s = span_cut(*s, head, s->n);
	return s->n > 0;
}

bool x509_peek_subject(struct span front, struct span *subject)
{
	struct span skipped;
	struct der d;

	if (!enter(&front) || !enter(&front) ||
	    !der_optional(&front, DER_CONTEXT_CONSTRUCTED + 0, &skipped))
		return false;
	/* serial, signature, issuer, validity */
	for (int i = 0; i < 4; i++)
		if (!der_next(&front, &d))
			return false;
	return der_take(&front, DER_SEQUENCE, subject);
}
