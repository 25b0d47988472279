/*
 * tls_engine - BearSSL's client engine, set up the way this program wants it.
 */
#ifndef NET_TLS_ENGINE_H
#define NET_TLS_ENGINE_H

#include <bearssl_ssl.h>

#include "base/err.h"

enum { TLS_OUT_SIZE = 4096 + 84 }; /* smaller records out than in: RFC 5246 lets a sender choose */

struct tls_engine {
	br_ssl_client_context client;
	const char *protocols[1];
	unsigned char in[BR_SSL_BUFSIZE_INPUT];
	unsigned char out[TLS_OUT_SIZE];
};

/*
 * Ready to say ClientHello. `server_name` is for SNI, NULL for none; `judge` takes the
 * certificates; `seed` is all the randomness there will be. ERR_BUG.
 */
MUST bool tls_engine_init(struct tls_engine *t, const char *server_name,
                          const br_x509_class **judge,
                          const unsigned char seed[32], struct err *e);

/* "ECDHE-ECDSA-AES128-GCM"; valid once the server has chosen. */
const char *tls_engine_suite(const struct tls_engine *t);

/*
 * What BearSSL's error says, with the kind of error it is. `open`: the handshake had been done.
 * Returns false.
 */
bool tls_engine_error(const struct tls_engine *t, bool open, struct err *e);

#endif
