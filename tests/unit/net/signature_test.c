/*
 * net/signature and net/curves: what signs, and which keys and points are good enough. The
 * signatures are made here, by BearSSL's other half.
 */
#include "net/signature.h"

#include <bearssl_ec.h>
#include <bearssl_hash.h>
#include <bearssl_rsa.h>

#include "base/limits.h"
#include "certs.h"
#include "net/curves.h"
#include "tap.h"

#define TEXT "what a certificate says"

static const unsigned bits[] = {256, 384, 512};

static const br_hash_class *const hashes[] = {&br_sha256_vtable, &br_sha384_vtable,
                                              &br_sha512_vtable};

static const unsigned char *const oids[] = {BR_HASH_OID_SHA256, BR_HASH_OID_SHA384,
                                            BR_HASH_OID_SHA512};

static void digest(size_t which, unsigned char out[64])
{
	br_hash_compat_context c;

	hashes[which]->init(&c.vtable);
	hashes[which]->update(&c.vtable, TEXT, strlen(TEXT));
	hashes[which]->out(&c.vtable, out);
}

/* Good as it is, bad when the text, the signature, its kind, its hash or the key is another. */
static void check(const char *name, const struct x509_key *key, enum x509_signed sign, size_t which,
                  unsigned char *signature, size_t n, const struct x509_key *other)
{
	struct x509 cert = {.tbs = span_str(TEXT), .sign = sign, .sign_bits = bits[which],
	                    .signature = span_of(signature, n)};
	struct x509 changed = cert;

	tap_ok(signature_valid(&cert, key), "%s with SHA-%u", name, bits[which]);
	changed.tbs.n--;
	tap_ok(!signature_valid(&changed, key), "... another text");
	changed = cert;
	changed.sign = sign == X509_SIGNED_RSA ? X509_SIGNED_ECDSA : X509_SIGNED_RSA;
	tap_ok(!signature_valid(&changed, key), "... said to be of another kind");
	changed.sign = X509_SIGNED_OTHER;
	tap_ok(!signature_valid(&changed, key), "... of an unknown kind");
	changed = cert;
	changed.sign_bits = 160;
	tap_ok(!signature_valid(&changed, key), "... by a hash that will not do");
	changed.sign_bits = bits[(which + 1) % 3];
	tap_ok(!signature_valid(&changed, key), "... by another hash");
	tap_ok(!signature_valid(&cert, other), "... by another key");
	signature[n - 1] ^= 1;
	tap_ok(!signature_valid(&cert, key), "... changed");
	signature[n - 1] ^= 1;
	signature[n / 2] ^= 1;
	tap_ok(!signature_valid(&cert, key), "... changed in the middle");
	signature[n / 2] ^= 1;
	changed = cert;
	changed.signature = span_cut(cert.signature, 0, n - 1);
	tap_ok(!signature_valid(&changed, key), "... cut");
}

static struct x509_key ec_key(enum x509_key_kind kind, int curve, unsigned char secret[66],
                              br_ec_private_key *own, unsigned char *room)
{
	static const unsigned sizes[] = {32, 48, 66};
	size_t n = sizes[kind - X509_KEY_P256];
	br_ec_public_key pub;

	memset(secret, 0x17, n);
	secret[0] = 0;
	*own = (br_ec_private_key){curve, secret, n};
	if (br_ec_compute_pub(&curves, &pub, room, own) == 0)
		exit(99);
	return (struct x509_key){.kind = kind, .bytes = span_of(pub.q, pub.qlen)};
}

static void check_curves(const struct x509_key *rsa)
{
	static const struct {
		const char *name;
		enum x509_key_kind kind;
		int curve;
	} rows[] = {
		{"P-256", X509_KEY_P256, BR_EC_secp256r1},
		{"P-384", X509_KEY_P384, BR_EC_secp384r1},
		{"P-521", X509_KEY_P521, BR_EC_secp521r1},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (size_t k = 0; k < sizeof bits / sizeof bits[0]; k++) {
			unsigned char secret[66], room[BR_EC_KBUF_PUB_MAX_SIZE], hash[64],
				signature[160];
			br_ec_private_key own;
			struct x509_key key =
				ec_key(rows[i].kind, rows[i].curve, secret, &own, room);
			size_t n;

			digest(k, hash);
			n = br_ecdsa_sign_asn1_get_default()(&curves, hashes[k], hash, &own,
			                                     signature);
			check(rows[i].name, &key, X509_SIGNED_ECDSA, k, signature, n, rsa);
		}
}

static br_rsa_private_key rsa_key(void)
{
	unsigned char *at = (unsigned char *)(uintptr_t)certs_rsa_key;
	size_t n = sizeof certs_rsa_key / 5;

	return (br_rsa_private_key){2048, at, n, at + n, n, at + 2 * n, n, at + 3 * n, n,
	                            at + 4 * n, n};
}

static void check_rsa(const struct x509_key *key)
{
	br_rsa_private_key own = rsa_key();
	unsigned char hash[64], signature[256];
	struct x509_key p256 = {.kind = X509_KEY_P256, .bytes = key->bytes};

	for (size_t k = 0; k < sizeof bits / sizeof bits[0]; k++) {
		digest(k, hash);
		if (br_rsa_pkcs1_sign_get_default()(oids[k], hash, bits[k] / 8, &own,
		                                    signature) != 1)
			exit(99);
		check("RSA", key, X509_SIGNED_RSA, k, signature, sizeof signature, &p256);
	}
}

/* Which keys are looked at at all. */
static void check_keys(void)
{
	static const unsigned char odd[] = {0xC1, 0x03}, even[] = {0xC1, 0x02}, one[] = {0x01},
		three[] = {0x03}, f4[] = {1, 0, 1}, four[] = {0x80, 0, 0, 1},
		five[] = {1, 0, 0, 0, 1}, even_exponent[] = {1, 0}, ends_in_one[] = {1, 1};
	static const struct {
		const char *name;
		struct x509_key key;
		bool good;
	} rows[] = {
#define RSA(n, e, bits_) {X509_KEY_RSA, {n, sizeof n}, {e, sizeof e}, bits_}
		{"RSA, 65537", RSA(odd, f4, 2048), true},
		{"RSA, exponent 3", RSA(odd, three, 2048), true},
		{"RSA, the longest exponent", RSA(odd, four, 4096), true},
		{"RSA, exponent 257", RSA(odd, ends_in_one, 4096), true},
		{"RSA, an exponent that is too long", RSA(odd, five, 2048), false},
		{"RSA, exponent 1", RSA(odd, one, 2048), false},
		{"RSA, an even exponent", RSA(odd, even_exponent, 2048), false},
		{"RSA, an even modulus", RSA(even, f4, 2048), false},
		{"RSA, 2047 bits", RSA(odd, f4, RSA_BITS_MIN - 1), false},
		{"RSA, 4097 bits", RSA(odd, f4, RSA_BITS_MAX + 1), false},
		{"P-256", {.kind = X509_KEY_P256}, true},
		{"P-384", {.kind = X509_KEY_P384}, true},
		{"P-521", {.kind = X509_KEY_P521}, true},
		{"another kind", {.kind = X509_KEY_OTHER}, false},
#undef RSA
	};
	struct x509 cert = {.tbs = span_str(TEXT), .sign = X509_SIGNED_RSA, .sign_bits = 256};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		tap_ok(signature_key_good(&rows[i].key) == rows[i].good, "key: %s", rows[i].name);
		if (!rows[i].good)
			tap_ok(!signature_valid(&cert, &rows[i].key), "... verifies nothing");
	}
}

/* A peer's point: uncompressed and of the curve's length, or it gets no further. */
static void check_points(void)
{
	static const int which[] = {BR_EC_secp256r1, BR_EC_secp384r1, BR_EC_secp521r1};
	static const unsigned char two[] = {2};

	for (size_t i = 0; i < sizeof which / sizeof which[0]; i++) {
		unsigned char point[200], first;
		size_t n;
		const unsigned char *g = curves.generator(which[i], &n);

		memcpy(point, g, n);
		tap_ok(curves.mul(point, n, two, 1, which[i]) == 1 && memcmp(point, g, n) != 0,
		       "curve %d: a point doubles", which[i]);
		memcpy(point, g, n);
		tap_ok(curves.muladd(point, NULL, n, two, 1, two, 1, which[i]) == 1,
		       "... and adds");
		tap_ok(curves.mul(point, n - 1, two, 1, which[i]) == 0 &&
		       curves.mul(point, n + 1, two, 1, which[i]) == 0 &&
		       curves.mul(point, 0, two, 1, which[i]) == 0, "... of another length not");
		tap_ok(curves.muladd(point, NULL, n - 1, two, 1, two, 1, which[i]) == 0,
		       "... and does not add");
		first = point[0];
		point[0] = 2;
		tap_ok(curves.mul(point, n, two, 1, which[i]) == 0, "... nor compressed");
		point[0] = first;
		point[n - 1] ^= 1;
		tap_ok(curves.mul(point, n, two, 1, which[i]) == 0, "... nor off the curve");
	}
}

int main(void)
{
	struct buf scratch;
	struct x509 rsa;
	struct err e;

	buf_init(&scratch, 64 * 1024, "a name");
	if (!tap_good(x509_parse(span_of(certs_rsa, sizeof certs_rsa), &scratch, &rsa, &e), &e,
	              "a key of RSA"))
		return 99;
	check_curves(&rsa.key);
	check_rsa(&rsa.key);
	check_keys();
	check_points();
	buf_free(&scratch);
	return tap_done();
}
