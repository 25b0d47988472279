/*
 * x509_extension - the extensions of a certificate (RFC 5280 section 4.2); wire/x509's own part.
 */
#ifndef WIRE_X509_EXTENSION_H
#define WIRE_X509_EXTENSION_H

#include "wire/x509.h"

/*
 * `outer`: the contents of [3]. An extension that comes twice is an error, one that is unknown only
 * matters when it is critical. ERR_TRUST.
 */
MUST bool x509_read_extensions(struct span outer, struct x509 *x, struct err *e);

/* ERR_TRUST, "malformed <what>"; returns false. */
bool x509_malformed(struct err *e, const char *what);

#endif
