#include "wire/x509.h"

#include <string.h>

#include "wire/der.h"

static bool malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_TRUST, 0, "malformed %s", what);
}

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

/* An OID may hold a NUL: its length goes with it. */
#define OID(s) {s, sizeof(s) - 1}

struct oid {
	const char *p;
	size_t n;
};

static bool oid_is(struct span s, struct oid o)
{
	return span_equal(s, span_of(o.p, o.n));
}

static const struct signature_algorithm {
	struct oid oid;
	enum x509_signed sign;
	unsigned bits;
} signature_algorithms[] = {
	{OID(PKCS1 "\x0B"), X509_SIGNED_RSA, 256},
	{OID(PKCS1 "\x0C"), X509_SIGNED_RSA, 384},
	{OID(PKCS1 "\x0D"), X509_SIGNED_RSA, 512},
	{OID(ANSI_X962 "\x04\x03\x02"), X509_SIGNED_ECDSA, 256},
	{OID(ANSI_X962 "\x04\x03\x03"), X509_SIGNED_ECDSA, 384},
	{OID(ANSI_X962 "\x04\x03\x04"), X509_SIGNED_ECDSA, 512},
	{OID(PKCS1 "\x02"), X509_SIGNED_WEAK, 0},
	{OID(PKCS1 "\x04"), X509_SIGNED_WEAK, 0},
	{OID(PKCS1 "\x05"), X509_SIGNED_WEAK, 0},
	{OID(ANSI_X962 "\x04\x01"), X509_SIGNED_WEAK, 0},
};

static void name_signature(const struct algorithm *a, struct x509 *x)
{
	for (size_t i = 0; i < sizeof signature_algorithms / sizeof signature_algorithms[0]; i++) {
		const struct signature_algorithm *s = &signature_algorithms[i];

		if (!oid_is(a->oid, s->oid))
			continue;
		/* RFC 4055 section 5: NULL; RFC 5758 section 3.2: absent. */
		if (s->sign == X509_SIGNED_ECDSA ? a->parameters.whole.p == NULL : null_or_absent(a)) {
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
	struct oid oid;
	enum x509_key_kind kind;
	unsigned bits;
	size_t point;
} curves[] = {
	{OID(ANSI_X962 "\x03\x01\x07"), X509_KEY_P256, 256, 65},
	{OID("\x2B\x81\x04\x00\x22"), X509_KEY_P384, 384, 97},
	{OID("\x2B\x81\x04\x00\x23"), X509_KEY_P521, 521, 133},
};

static void read_point(const struct der *curve, struct span point, struct x509_key *k)
{
	for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
		if (curve->tag != DER_OID || !oid_is(curve->value, curves[i].oid) ||
		    point.n != curves[i].point || point.p[0] != 0x04)
			continue;
		k->kind = curves[i].kind;
		k->bits = curves[i].bits;
		k->bytes = point;
	}
}

static const struct oid rsa_key = OID(PKCS1 "\x01"), ec_key = OID(ANSI_X962 "\x02\x01");

static bool read_key(struct span info, struct x509_key *k)
{
	struct algorithm a;
	struct span value, bits;

	if (!take_algorithm(&info, &a) || !der_take(&info, DER_BIT_STRING, &value) ||
	    !der_bits(value, &bits) || info.n != 0)
		return false;
	if (oid_is(a.oid, rsa_key))
		return value.p[0] == 0 && null_or_absent(&a) && read_rsa(bits, k);
	if (oid_is(a.oid, ec_key) && a.parameters.whole.p != NULL)
		read_point(&a.parameters, bits, k);
	return true;
}

/* ---- extensions: each reader gets the contents of the OCTET STRING ---- */

static bool read_basic(struct span v, struct x509 *x)
{
	struct span body, ca, len;

	if (!der_take(&v, DER_SEQUENCE, &body) || v.n != 0 ||
	    !der_optional(&body, DER_BOOLEAN, &ca) || !der_optional(&body, DER_INTEGER, &len) ||
	    body.n != 0 || (ca.p != NULL && !der_boolean(ca, &x->ca)))
		return false;
	if (len.p != NULL) {
		/* A length beyond 2^16 limits nothing. */
		if (!der_integer(len) || len.p[0] >= 0x80)
			return false;
		x->has_path_len = der_small(len, &x->path_len);
	}
	x->has_basic = true;
	return true;
}

static bool read_usage(struct span v, struct x509 *x)
{
	struct span value, bits;

	if (!der_take(&v, DER_BIT_STRING, &value) || v.n != 0 || !der_bits(value, &bits))
		return false;
	x->has_usage = true;
	x->usage = bits.n > 0 ? bits.p[0] : 0;
	return true;
}

static const struct oid server_auth = OID("\x2B\x06\x01\x05\x05\x07\x03\x01");

static bool read_purposes(struct span v, struct x509 *x)
{
	struct span body, oid;

	if (!der_take(&v, DER_SEQUENCE, &body) || v.n != 0 || body.n == 0)
		return false;
	while (body.n > 0) {
		if (!der_take(&body, DER_OID, &oid) || !der_oid(oid))
			return false;
		x->server_auth |= oid_is(oid, server_auth);
	}
	x->has_purposes = true;
	return true;
}

static bool read_alt_names(struct span v, struct x509 *x)
{
	struct span body, rest;
	struct der name;

	if (!der_take(&v, DER_SEQUENCE, &body) || v.n != 0 || body.n == 0)
		return false;
	for (rest = body; rest.n > 0;)
		if (!der_next(&rest, &name) || (name.tag & 0xC0) != DER_CONTEXT)
			return false;
	x->alt_names = body;
	return true;
}

static bool check_subtrees(struct span trees)
{
	struct span tree;
	struct der base;

	if (trees.n == 0)
		return false;
	while (trees.n > 0)
		if (!der_take(&trees, DER_SEQUENCE, &tree) || !der_next(&tree, &base) ||
		    (base.tag & 0xC0) != DER_CONTEXT || tree.n != 0)
			return false; /* minimum and maximum must stay at their defaults: RFC 5280 section 4.2.1.10 */
	return true;
}

static bool read_constraints(struct span v, struct x509 *x)
{
	struct span body;

	return der_take(&v, DER_SEQUENCE, &body) && v.n == 0 && body.n > 0 &&
	       der_optional(&body, DER_CONTEXT_CONSTRUCTED + 0, &x->permitted) &&
	       der_optional(&body, DER_CONTEXT_CONSTRUCTED + 1, &x->excluded) && body.n == 0 &&
	       (x->permitted.p == NULL || check_subtrees(x->permitted)) &&
	       (x->excluded.p == NULL || check_subtrees(x->excluded));
}

static bool read_subject_key_id(struct span v, struct x509 *x)
{
	return der_take(&v, DER_OCTET_STRING, &x->subject_key_id) && v.n == 0;
}

static bool read_issuer_key_id(struct span v, struct x509 *x)
{
	struct span body;

	return der_take(&v, DER_SEQUENCE, &body) && v.n == 0 &&
	       der_optional(&body, DER_CONTEXT + 0, &x->issuer_key_id);
}

/*
 * The extensions below id-ce (2.5.29). Those without a reader do not change the answer here:
 * policies count only for who asks for one, and revocation lists are not fetched.
 */
static const struct extension {
	unsigned char id;
	const char *name;
	bool (*read)(struct span v, struct x509 *x);
} extensions[] = {
	{14, "subjectKeyIdentifier", read_subject_key_id},
	{15, "keyUsage", read_usage},
	{17, "subjectAltName", read_alt_names},
	{18, "issuerAltName", NULL},
	{19, "basicConstraints", read_basic},
	{30, "nameConstraints", read_constraints},
	{31, "cRLDistributionPoints", NULL},
	{32, "certificatePolicies", NULL},
	{33, "policyMappings", NULL},
	{35, "authorityKeyIdentifier", read_issuer_key_id},
	{36, "policyConstraints", NULL},
	{37, "extKeyUsage", read_purposes},
	{54, "inhibitAnyPolicy", NULL},
};

static const struct extension *find_extension(struct span oid, uint32_t *bit)
{
	for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
		if (oid.n == 3 && oid.p[0] == 0x55 && oid.p[1] == 0x1D && oid.p[2] == extensions[i].id) {
			*bit = (uint32_t)1 << i;
			return &extensions[i];
		}
	return NULL;
}

static bool read_extension(struct span body, struct x509 *x, uint32_t *seen, struct err *e)
{
	struct span oid, flag, value;
	bool critical = false;
	const struct extension *known;
	uint32_t bit;

	if (!der_take(&body, DER_OID, &oid) || !der_oid(oid) || !der_optional(&body, DER_BOOLEAN, &flag) ||
	    (flag.p != NULL && !der_boolean(flag, &critical)) ||
	    !der_take(&body, DER_OCTET_STRING, &value) || body.n != 0)
		return malformed(e, "extension");
	known = find_extension(oid, &bit);
	if (known == NULL) {
		if (critical)
			x->unknown_critical = oid;
		return true;
	}
	if (*seen & bit)
		return err_set(e, ERR_TRUST, 0, "two extensions %s", known->name);
	*seen |= bit;
	if (known->read != NULL && !known->read(value, x))
		return malformed(e, known->name);
	return true;
}

static bool read_extensions(struct span outer, struct x509 *x, struct err *e)
{
	struct span list, body;
	uint32_t seen = 0;

	if (!der_take(&outer, DER_SEQUENCE, &list) || outer.n != 0 || list.n == 0)
		return malformed(e, "extensions");
	while (list.n > 0) {
		if (!der_take(&list, DER_SEQUENCE, &body))
			return malformed(e, "extension");
		if (!read_extension(body, x, &seen, e))
			return false;
	}
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
		return malformed(e, "certificate");
	if (outer.p == NULL)
		return true;
	if (x->version != 3)
		return err_set(e, ERR_TRUST, 0, "extensions in version %u", x->version);
	return read_extensions(outer, x, e);
}

static bool read_tbs(struct span tbs, struct algorithm *inner, struct buf *scratch, struct x509 *x,
                     struct err *e)
{
	struct span issuer, subject, info;

	if (!read_version(&tbs, &x->version))
		return malformed(e, "version");
	if (!der_take(&tbs, DER_INTEGER, &x->serial) || !der_integer(x->serial))
		return malformed(e, "serial number");
	if (!take_algorithm(&tbs, inner) || !der_take(&tbs, DER_SEQUENCE, &issuer))
		return malformed(e, "certificate");
	if (!read_validity(&tbs, x))
		return malformed(e, "validity");
	if (!der_take(&tbs, DER_SEQUENCE, &subject))
		return malformed(e, "certificate");
	if (!der_take(&tbs, DER_SEQUENCE, &info) || !read_key(info, &x->key))
		return malformed(e, "public key");
	return dn_read(issuer, scratch, &x->issuer, e) && dn_read(subject, scratch, &x->subject, e) &&
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
		return malformed(e, "certificate");
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
