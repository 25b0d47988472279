#include "net/signature.h"

#include <bearssl_ec.h>
#include <bearssl_hash.h>
#include <bearssl_rsa.h>
#include <string.h>

#include "base/limits.h"
#include "net/curves.h"
#include "wire/der.h"

/* An odd modulus of good size; an odd exponent from 3 up, bounded as the work grows with it. */
static bool rsa_good(const struct x509_key *k)
{
	struct span n = k->bytes, exponent = k->exponent;

	if (k->bits < RSA_BITS_MIN || k->bits > RSA_BITS_MAX || exponent.n > RSA_EXPONENT_MAX)
		return false;
	return (n.p[n.n - 1] & 1) != 0 && (exponent.p[exponent.n - 1] & 1) != 0 &&
	       (exponent.n > 1 || exponent.p[0] > 1);
}

bool signature_key_good(const struct x509_key *k)
{
	return k->kind == X509_KEY_RSA ? rsa_good(k) : k->kind != X509_KEY_OTHER;
}

/* BearSSL's structures are not const, though it only reads them. */
static unsigned char *unconst(struct span s)
{
	union {
		const unsigned char *in;
		unsigned char *out;
	} u = {.in = s.p};

	return u.out;
}

void signature_key(const struct x509_key *k, br_x509_pkey *out)
{
	memset(out, 0, sizeof *out);
	if (k->kind == X509_KEY_RSA) {
		out->key_type = BR_KEYTYPE_RSA;
		out->key.rsa.n = unconst(k->bytes);
		out->key.rsa.nlen = k->bytes.n;
		out->key.rsa.e = unconst(k->exponent);
		out->key.rsa.elen = k->exponent.n;
		return;
	}
	out->key_type = BR_KEYTYPE_EC;
	out->key.ec.curve = k->kind == X509_KEY_P256   ? BR_EC_secp256r1
	                    : k->kind == X509_KEY_P384 ? BR_EC_secp384r1
	                                               : BR_EC_secp521r1;
	out->key.ec.q = unconst(k->bytes);
	out->key.ec.qlen = k->bytes.n;
}

bool signature_point_good(const struct x509_key *k)
{
	static const unsigned char one = 1;
	unsigned char point[133];
	br_x509_pkey key;

	if (k->kind == X509_KEY_RSA)
		return true;
	signature_key(k, &key);
	memcpy(point, k->bytes.p, k->bytes.n);
	return curves.mul(point, k->bytes.n, &one, 1, key.key.ec.curve) == 1;
}

static size_t hash(const struct x509 *cert, unsigned char out[64])
{
	br_sha512_context wide;
	br_sha256_context narrow;

	switch (cert->sign_bits) {
	case 256:
		br_sha256_init(&narrow);
		br_sha256_update(&narrow, cert->tbs.p, cert->tbs.n);
		br_sha256_out(&narrow, out);
		return 32;
	case 384:
		br_sha384_init(&wide);
		br_sha384_update(&wide, cert->tbs.p, cert->tbs.n);
		br_sha384_out(&wide, out);
		return 48;
	case 512:
		br_sha512_init(&wide);
		br_sha512_update(&wide, cert->tbs.p, cert->tbs.n);
		br_sha512_out(&wide, out);
		return 64;
	default:
		return 0;
	}
}

static const unsigned char *hash_oid(size_t n)
{
	return n == 32 ? (const unsigned char *)BR_HASH_OID_SHA256
	       : n == 48 ? (const unsigned char *)BR_HASH_OID_SHA384
	                 : (const unsigned char *)BR_HASH_OID_SHA512;
}

/* EMSA-PKCS1-v1_5 (RFC 8017 section 9.2) in the length of a modulus of RSA_BITS_MIN at least. */
static void encode(const unsigned char *want, size_t n, unsigned char *out, size_t len)
{
	const unsigned char *oid = hash_oid(n); /* its length is its first byte */
	size_t oid_n = oid[0], info_n = 10 + oid_n + n;
	unsigned char *p = out + len - info_n;

	memset(out, 0xFF, len);
	out[0] = 0x00;
	out[1] = 0x01;
	p[-1] = 0x00;
	p[0] = 0x30;
	p[1] = (unsigned char)(info_n - 2);
	p[2] = 0x30;
	p[3] = (unsigned char)(oid_n + 4);
	p[4] = 0x06;
	memcpy(p + 5, oid, oid_n + 1);
	p += 6 + oid_n;
	p[0] = 0x05;
	p[1] = 0x00;
	p[2] = 0x04;
	p[3] = (unsigned char)n;
	memcpy(p + 4, want, n);
}

/* What the signature should hold is compared whole: section 8.2.2. */
static bool rsa_valid(struct span s, const br_rsa_public_key *key, const unsigned char *want,
                      size_t n)
{
	unsigned char got[RSA_BITS_MAX / 8], full[RSA_BITS_MAX / 8];

	if (s.n != key->nlen)
		return false;
	memcpy(got, s.p, s.n);
	encode(want, n, full, s.n);
	return br_rsa_public_get_default()(got, s.n, key) && memcmp(got, full, s.n) == 0;
}

/* BearSSL reads laxer forms as well, which would be other signatures of the same certificate. */
static bool is_der_pair(struct span s)
{
	struct span body, number, bytes;

	return der_take(&s, DER_SEQUENCE, &body) && s.n == 0 &&
	       der_take(&body, DER_INTEGER, &number) && der_unsigned(number, &bytes) &&
	       der_take(&body, DER_INTEGER, &number) && der_unsigned(number, &bytes) &&
	       body.n == 0;
}

static bool ecdsa_valid(struct span s, const br_ec_public_key *key, const unsigned char *want,
                        size_t n)
{
	br_ecdsa_vrfy vrfy = br_ecdsa_vrfy_asn1_get_default();

	return is_der_pair(s) && vrfy(&curves, want, n, key, s.p, s.n) == 1;
}

bool signature_valid(const struct x509 *cert, const struct x509_key *issuer)
{
	struct span s = cert->signature;
	unsigned char want[64];
	size_t n = hash(cert, want);
	br_x509_pkey key;

	if (n == 0 || !signature_key_good(issuer))
		return false;
	signature_key(issuer, &key);
	if (cert->sign == X509_SIGNED_RSA && key.key_type == BR_KEYTYPE_RSA)
		return rsa_valid(s, &key.key.rsa, want, n);
	if (cert->sign == X509_SIGNED_ECDSA && key.key_type == BR_KEYTYPE_EC)
		return ecdsa_valid(s, &key.key.ec, want, n);
	return false;
}
