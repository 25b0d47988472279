#include "wire/x509_extension.h"

#include "base/limits.h"
#include "wire/der.h"

bool x509_malformed(struct err *e, const char *what)
{
	return err_set(e, ERR_TRUST, 0, "malformed %s", what);
}

/* ---- each reader gets the contents of the OCTET STRING ---- */

static bool read_basic(struct span v, struct x509_extensions *x)
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

static bool read_usage(struct span v, struct x509_extensions *x)
{
	struct span value, bits;

	if (!der_take(&v, DER_BIT_STRING, &value) || v.n != 0 || !der_bits(value, &bits))
		return false;
	x->has_usage = true;
	x->usage = bits.n > 0 ? bits.p[0] : 0;
	return true;
}

static const struct der_oid server_auth = DER_OID_OF("\x2B\x06\x01\x05\x05\x07\x03\x01");

static bool read_purposes(struct span v, struct x509_extensions *x)
{
	struct span body, oid;

	if (!der_take(&v, DER_SEQUENCE, &body) || v.n != 0 || body.n == 0)
		return false;
	while (body.n > 0) {
		if (!der_take(&body, DER_OID, &oid) || !der_oid(oid))
			return false;
		x->server_auth |= der_oid_is(oid, server_auth);
	}
	x->has_purposes = true;
	return true;
}

static bool read_alt_names(struct span v, struct x509_extensions *x)
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

/*
 * The maximum must be absent, the minimum 0 (section 4.2.1.10), which some write though DER says
 * not to.
 */
static bool check_subtrees(struct span trees)
{
	struct span tree, minimum;
	struct der base;

	if (trees.n == 0)
		return false;
	while (trees.n > 0)
		if (!der_take(&trees, DER_SEQUENCE, &tree) || !der_next(&tree, &base) ||
		    (base.tag & 0xC0) != DER_CONTEXT ||
		    !der_optional(&tree, DER_CONTEXT + 0, &minimum) ||
		    (minimum.p != NULL && (minimum.n != 1 || minimum.p[0] != 0)) || tree.n != 0)
			return false;
	return true;
}

static bool read_constraints(struct span v, struct x509_extensions *x)
{
	struct span body;

	return der_take(&v, DER_SEQUENCE, &body) && v.n == 0 && body.n > 0 &&
	       der_optional(&body, DER_CONTEXT_CONSTRUCTED + 0, &x->permitted) &&
	       der_optional(&body, DER_CONTEXT_CONSTRUCTED + 1, &x->excluded) && body.n == 0 &&
	       (x->permitted.p == NULL || check_subtrees(x->permitted)) &&
	       (x->excluded.p == NULL || check_subtrees(x->excluded));
}

static bool read_subject_key_id(struct span v, struct x509_extensions *x)
{
	return der_take(&v, DER_OCTET_STRING, &x->subject_key_id) && v.n == 0;
}

static bool read_issuer_key_id(struct span v, struct x509_extensions *x)
{
	struct span body;

	return der_take(&v, DER_SEQUENCE, &body) && v.n == 0 &&
	       der_optional(&body, DER_CONTEXT + 0, &x->issuer_key_id);
}

/*
 * The extensions below id-ce (2.5.29) that may be critical. Those without a reader do not change
 * the answer here: policies count only for who asks for one, and revocation lists are not fetched.
 */
static const struct extension {
	unsigned char id;
	const char *name;
	bool (*read)(struct span v, struct x509_extensions *x);
} extensions[] = {
	{14, "subjectKeyIdentifier", read_subject_key_id},
	{15, "keyUsage", read_usage},
	{17, "subjectAltName", read_alt_names},
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

static const struct extension *find_extension(struct span oid)
{
	for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
		if (oid.n == 3 && oid.p[0] == 0x55 && oid.p[1] == 0x1D &&
		    oid.p[2] == extensions[i].id)
			return &extensions[i];
	return NULL;
}

/* Known or not: RFC 5280 section 4.2. */
static bool comes_again(struct span oid, struct span rest)
{
	struct span body, other;

	while (rest.n > 0 && der_take(&rest, DER_SEQUENCE, &body))
		if (der_take(&body, DER_OID, &other) && span_equal(oid, other))
			return true;
	return false;
}

/* `rest`: the extensions behind it. */
static bool read_extension(struct span body, struct span rest, struct x509_extensions *x,
                           struct err *e)
{
	struct span oid, flag, value;
	bool critical = false;
	const struct extension *known;

	if (!der_take(&body, DER_OID, &oid) || !der_oid(oid) ||
	    !der_optional(&body, DER_BOOLEAN, &flag) ||
	    (flag.p != NULL && !der_boolean(flag, &critical)) ||
	    !der_take(&body, DER_OCTET_STRING, &value) || body.n != 0)
		return x509_malformed(e, "extension");
	known = find_extension(oid);
	if (comes_again(oid, rest))
		return err_set(e, ERR_TRUST, 0, "the same extension twice%s%s",
		               known != NULL ? ": " : "", known != NULL ? known->name : "");
	if (known == NULL) {
		if (critical)
			x->unknown_critical = oid;
		return true;
	}
	if (known->read != NULL && !known->read(value, x))
		return x509_malformed(e, known->name);
	return true;
}

bool x509_read_extensions(struct span outer, struct x509_extensions *x, struct err *e)
{
	struct span list, body;
	size_t n = 0;

	if (!der_take(&outer, DER_SEQUENCE, &list) || outer.n != 0 || list.n == 0)
		return x509_malformed(e, "extensions");
	while (list.n > 0) {
		if (!der_take(&list, DER_SEQUENCE, &body))
			return x509_malformed(e, "extension");
		if (++n > CERT_EXTENSIONS_MAX)
			return err_set(e, ERR_TRUST, 0, "more than %d extensions",
			               CERT_EXTENSIONS_MAX);
		if (!read_extension(body, list, x, e))
			return false;
	}
	return true;
}
