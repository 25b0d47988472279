/*
 * tls - TLS 1.2 (RFC 5246) client over any conn, by BearSSL: ECDHE with AES-GCM or ChaCha20-Poly1305
 * only, SNI (not for addresses), ALPN http/1.1, no renegotiation, seeded by getrandom, False Start (RFC 7918).
 *
 * The handshake runs inside read, write and flush. The server's certificates are judged by net/verify,
 * not by BearSSL's own engine.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/rand.h"
#include "net/trust.h"

struct tls_options {
	struct span host;          /* name or address the certificate must be for; borrowed during tls_open only */
	const struct trust *trust; /* borrowed for the conn's life */
	const struct clock *clock; /* borrowed */
	const struct rand *rand;   /* borrowed */
	bool false_start;          /* send early data right behind our Finished */
};

/* Takes `below` (closed even on failure). *out is the TLS conn. ERR_MEMORY, ERR_BUG. */
MUST bool tls_open(struct conn **out, struct conn *below, const struct tls_options *o, struct err *e);

/*
 * Drives the handshake: IO_DONE once application data may be written (with False Start: before the
 * server's Finished has come). ERR_TRUST for certificate and negotiation failures, ERR_CONNECT for a cut handshake.
 */
enum io tls_handshake(struct conn *tls, struct err *e);

/* "TLS 1.2 ECDHE-ECDSA-AES128-GCM, issuer ..." for -v; static or owned by the conn. */
const char *tls_describe(const struct conn *tls);

/* True when a failure came in the window where False Start may have upset the peer. */
bool tls_false_start_suspect(const struct conn *tls);

#endif
