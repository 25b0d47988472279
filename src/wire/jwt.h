/*
 * jwt - the claims of a JSON Web Token in compact form (RFC 7519; RFC 7515 section 7.1). The
 * signature is not checked: we present the token, the service verifies it.
 */
#ifndef WIRE_JWT_H
#define WIRE_JWT_H

#include "wire/json.h"

/*
 * Three parts in unpadded base64url, none empty, TOKEN_MAX bytes at most; the first two are JSON
 * objects without duplicate names at any depth. The payload's bytes go to `payload` (a wiping
 * buf, empty), its document to `claims` (initialised; valid as long as `payload` stays). Both are
 * the caller's to free, also on failure. False with ERR_CREDENTIAL when it is no such token, or
 * ERR_MEMORY; the text never shows a byte of it.
 */
MUST bool jwt_claims(struct span token, struct buf *payload, struct json *claims, struct err *e);

#endif
