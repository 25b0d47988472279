/*
 * x509_extension - the extensions of a certificate (RFC 5280 section 4.2), as facts.
 */
#ifndef WIRE_X509_EXTENSION_H
#define WIRE_X509_EXTENSION_H

#include "base/buf.h"

/* Key usage bits (section 4.2.1.3). */
enum {
	X509_DIGITAL_SIGNATURE = 0x80,
	X509_KEY_ENCIPHERMENT = 0x20,
	X509_KEY_CERT_SIGN = 0x04,
};

/* GeneralName (section 4.2.1.6): the tags as they stand. */
enum {
	X509_NAME_MAIL = 0x81,
	X509_NAME_DNS = 0x82,
	X509_NAME_URI = 0x86,
	X509_NAME_DIRECTORY = 0xA4,
	X509_NAME_IP = 0x87,
};

/* Spans borrow from the certificate; p is NULL for what is absent. */
struct x509_extensions {
	bool has_basic, ca;
	bool has_path_len;
	unsigned path_len;
	bool has_usage;
	unsigned usage;                  /* first byte of the bit string */
	bool has_purposes, server_auth;
	struct span alt_names;           /* contents of GeneralNames */
	struct span permitted, excluded; /* contents of GeneralSubtrees */
	struct span subject_key_id, issuer_key_id;
	struct span unknown_critical;    /* the OID of one */
};

/*
 * `outer`: the contents of [3]. An extension that comes twice is an error, one that is unknown
 * only matters when it is critical. ERR_TRUST.
 */
MUST bool x509_read_extensions(struct span outer, struct x509_extensions *x, struct err *e);

/* ERR_TRUST, "malformed <what>"; returns false. */
bool x509_malformed(struct err *e, const char *what);

#endif
