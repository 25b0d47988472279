/*
 * b64 - base64 and base64url (RFC 4648 sections 4 and 5). `out` is appended to and may be a wiping
 * buf; nothing is kept elsewhere.
 */
#ifndef WIRE_B64_H
#define WIRE_B64_H

#include "base/buf.h"

enum b64_alphabet { B64_STANDARD, B64_URL };

/* Standard is padded, url is not. */
MUST bool b64_encode(struct span in, enum b64_alphabet a, struct buf *out, struct err *e);

/*
 * Strict: no white space, no foreign byte, no stray bits; standard must be padded, url may be
 * and then rightly. ERR_PROTOCOL, and `out` is as before.
 */
MUST bool b64_decode(struct span in, enum b64_alphabet a, struct buf *out, struct err *e);

#endif
