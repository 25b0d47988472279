/*
 * signature - what BearSSL's arithmetic says to a certificate's signature.
 */
#ifndef NET_SIGNATURE_H
#define NET_SIGNATURE_H

#include <bearssl_x509.h>

#include "wire/x509.h"

/* A key of a kind and size that is good enough: RSA of 2048 to 4096 bits, P-256, P-384, P-521. */
bool signature_key_good(const struct x509_key *k);

/* Is a good key's point on its curve? Always so with RSA. */
bool signature_point_good(const struct x509_key *k);

/* `k`, which is good, as BearSSL has it; borrows from it. */
void signature_key(const struct x509_key *k, br_x509_pkey *out);

/*
 * Is cert signed by this key? The key is good and the algorithm neither weak nor unknown, else
 * false.
 */
bool signature_valid(const struct x509 *cert, const struct x509_key *issuer);

#endif
