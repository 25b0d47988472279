/*
 * x509 - the facts of one certificate (RFC 5280 section 4), read strictly, judged by nobody here.
 *
 * Every span borrows from the certificate's bytes. What this reader does not know is said (an
 * unknown critical extension, X509_KEY_OTHER, X509_SIGNED_OTHER) and left to the judge, because a
 * trust anchor may have it.
 */
#ifndef WIRE_X509_H
#define WIRE_X509_H

#include "wire/dn.h"
#include "wire/x509_extension.h"

enum x509_key_kind { X509_KEY_OTHER, X509_KEY_RSA, X509_KEY_P256, X509_KEY_P384, X509_KEY_P521 };

struct x509_key {
	enum x509_key_kind kind;
	struct span bytes;    /* RSA: modulus; curves: the uncompressed point */
	struct span exponent; /* RSA only, without leading zeros */
	unsigned bits;        /* of the modulus or the curve */
};

enum x509_signed {
	X509_SIGNED_OTHER, /* unknown, or the two places that name it differ */
	X509_SIGNED_WEAK,  /* MD2, MD5, SHA-1 */
	X509_SIGNED_RSA,   /* PKCS #1 v1.5 */
	X509_SIGNED_ECDSA,
};

struct x509 {
	struct span whole, tbs;
	unsigned version; /* 1 to 3 */
	struct span serial;
	struct dn issuer, subject;
	int64_t not_before, not_after; /* seconds since 1970 */
	struct x509_key key;

	enum x509_signed sign;
	unsigned sign_bits;    /* of the hash: 256, 384 or 512 */
	struct span signature;

	struct x509_extensions ext;
};

/*
 * `scratch` is cleared and used. Trailing bytes are an error. ERR_TRUST saying what is malformed,
 * ERR_MEMORY.
 */
MUST bool x509_parse(struct span der, struct buf *scratch, struct x509 *out, struct err *e);

/*
 * The raw subject, when the front of a certificate is all there is. False: malformed or not all
 * there.
 */
MUST bool x509_peek_subject(struct span front, struct span *subject);

#endif
