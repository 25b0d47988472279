/*
 * jwt - the claims of a JSON Web Token in compact form (RFC 7519, RFC 7515), unverified: we
 * present the token, the service verifies it.
 */
#ifndef WIRE_JWT_H
#define WIRE_JWT_H

#include "wire/json.h"

/*
 * Three base64url parts whose first two are JSON objects without duplicate names: the payload's bytes go to
 * `payload` (a wiping buf), its document to `claims` (valid while payload is). False, kind ERR_CREDENTIAL, when it is
 * no such token; the text never shows a byte of it.
 */
MUST bool jwt_claims(struct span token, struct buf *payload, struct json *claims, struct err *e);

#endif
