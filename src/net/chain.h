/*
 * chain - the server's certificates on their way from BearSSL's handshake to net/verify.
 *
 * A br_x509_class: it collects what the engine hands it, up to CHAIN_MAX bytes and
 * CHAIN_CERTS_MAX certificates, and judges once all are there. BearSSL's own X.509 code is not
 * used.
 */
#ifndef NET_CHAIN_H
#define NET_CHAIN_H

#include <bearssl_x509.h>

#include "base/limits.h"
#include "net/verify.h"

struct chain {
	const br_x509_class *vtable;   /* first: the engine takes &vtable for the whole */
	const struct trust *trust;
	const struct clock *clock;
	struct span host;              /* borrowed for the handshake */

	struct buf bytes;              /* the certificates, one behind the other */
	size_t ends[CHAIN_CERTS_MAX];  /* where each ends in bytes */
	size_t n;
	bool failed;
	struct err err;                /* why, when failed */

	unsigned char key[RSA_BITS_MAX / 8 + RSA_EXPONENT_MAX];
	br_x509_pkey pkey;             /* the server's, in key[] */
	struct buf issuer;             /* its issuer's name */
	struct verify_facts facts;     /* whatever the judgement */
};

void chain_init(struct chain *c, struct span host, const struct trust *trust,
                const struct clock *clock);
void chain_free(struct chain *c);

#endif
