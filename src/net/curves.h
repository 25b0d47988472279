/*
 * curves - the elliptic curves of signatures and of the key exchange: P-256, P-384 and P-521.
 *
 * BearSSL 0.6 multiplies whatever point a peer sends: form and length are checked here before it
 * does. X25519 is left out: it costs 5 KB, and servers that offer it have so far offered P-256 too.
 */
#ifndef NET_CURVES_H
#define NET_CURVES_H

#include <bearssl_ec.h>

extern const br_ec_impl curves;

#endif
