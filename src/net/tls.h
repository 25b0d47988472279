/*
 * tls - TLS 1.2 (RFC 5246) client over any conn, by BearSSL: ECDHE with AES-GCM or
 * ChaCha20-Poly1305 only, SNI (not for addresses), ALPN http/1.1, no renegotiation, seeded by the
 * caller, False Start (RFC 7918).
 *
 * The handshake runs inside read, write and flush. The server's certificates are judged by
 * net/verify, not by BearSSL's own engine. What write takes goes out with flush, or when a good
 * deal has come together: each flight of the handshake, and the request right behind it, leaves
 * in one write below. TLS may stand on TLS (a proxy spoken to in https).
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/rand.h"
#include "net/conn.h"
#include "net/verify.h"

struct tls_options {
	struct span host;          /* name or address; borrowed during tls_open only */
	const struct trust *trust; /* borrowed for the conn's life */
	const struct clock *clock; /* borrowed */
	const struct rand *rand;   /* borrowed during tls_open only */
	bool false_start;          /* send early data right behind our Finished */
};

/*
 * Takes `below` (closed even on failure). *out is the TLS conn. ERR_MEMORY, ERR_BUG; ERR_TRUST:
 * no name for TLS.
 */
MUST bool tls_open(struct conn **out, struct conn *below, const struct tls_options *o,
                   struct err *e);

/*
 * Drives the handshake: IO_DONE once application data may be written (with False Start: before
 * the server's Finished has come, and before our own has left: flush). ERR_TRUST for certificate
 * and negotiation failures, ERR_CONNECT for a cut handshake, ERR_PROTOCOL for what is no TLS,
 * ERR_CEILING for a chain that is too long.
 */
enum io tls_handshake(struct conn *tls, struct err *e);

/* "TLS 1.2 ECDHE-ECDSA-AES128-GCM, issuer ..." for -v; owned by the conn. */
const char *tls_describe(const struct conn *tls);

/* What the handshake has shown, also of one that failed. */
struct tls_facts {
	char suite[32]; /* "ECDHE-ECDSA-AES128-GCM"; "" while none is agreed upon */
	struct verify_facts certificates;
};

void tls_tell(const struct conn *tls, struct tls_facts *out);

/* True when a failure came in the window where False Start may have upset the peer. */
bool tls_false_start_suspect(const struct conn *tls);

#endif
