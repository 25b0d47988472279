/*
 * pem - certificates in a bundle of PEM text (RFC 7468), found fast.
 *
 * The text may come in pieces. Blocks of the types CERTIFICATE, X509 CERTIFICATE and TRUSTED
 * CERTIFICATE (OpenSSL: a certificate with trust settings behind it) are found; others and whatever
 * stands between blocks are passed over. Nothing is decoded by the search, so that a caller looking
 * for one certificate among many decodes no more of each than it needs.
 */
#ifndef WIRE_PEM_H
#define WIRE_PEM_H

#include "base/buf.h"

enum pem_step {
	PEM_CERT, /* *body is the base64 text of a certificate, borrowed from the text */
	PEM_MORE, /* the text up to *at is done with; come back with more behind the rest */
	PEM_END,  /* nothing left */
};

/* Zero is the state before the first byte. */
struct pem {
	bool trusted;     /* the block found is a TRUSTED CERTIFICATE */
	size_t broken;    /* blocks without an end, so far */
	bool inside_line; /* *at stands inside a line */
};

/*
 * Looks in text from *at on. `last`: no more text will follow. Dashes count
 * at the start of a line only.
 */
enum pem_step pem_next(struct pem *p, struct span text, bool last, size_t *at, struct span *body);

/*
 * Decodes the front of a block: up to `max` bytes into out, *n of them. White space is passed
 * over. *whole tells that the block ended in good form within them. False: a byte that has no
 * place there.
 */
MUST bool pem_decode(struct span body, unsigned char *out, size_t max, size_t *n, bool *whole);

#endif
