/*
 * verify - is this chain of certificates good for this host, now?
 *
 * The judgement of RFC 5280 section 6 without policies and revocation. A path is looked for from
 * the server's certificate to a trust anchor over whatever the server sent: in any order, with
 * duplicates, strangers and cross-signed alternatives, within the ceilings CHAIN_*. Checked on
 * the way: signatures (SHA-256 and up, RSA from 2048 bits, P-256, P-384, P-521), validity, CA
 * flag and version, path length, key usage, purposes (extended key usage, in CAs too), name
 * constraints (critical or not), unknown critical extensions; on the server's own certificate its
 * names (net/names) and that its key may sign or, with RSA, encipher. A trust anchor is a name and
 * a key; its own signature does not matter, the rest of what it says does, except that version 1
 * anchors count as CAs. The server's certificate may itself be an anchor, byte for byte.
 */
#ifndef NET_VERIFY_H
#define NET_VERIFY_H

#include "net/trust.h"

enum { VERIFY_NAME_MAX = 256 };

/* What the certificates say, whatever the judgement. */
struct verify_facts {
	bool read;            /* the server's own could be read: the rest counts */
	char issuer[VERIFY_NAME_MAX]; /* who signed it, for people */
	bool untimely;        /* refused because one is expired or not valid yet */
	int64_t not_before_s; /* of that one; else of the server's own; seconds since 1970 */
	int64_t not_after_s;
	bool unvouched;       /* refused because nobody trusted here has issued it */
	bool public_root;     /* the path ends at a root that everybody trusts, or would seem to */
};

struct verify_question {
	const struct span *certs; /* as sent, the server's own first */
	size_t n;
	struct span host;         /* name, or address without brackets */
	const struct trust *trust;
	const struct clock *clock;
	struct verify_facts *facts; /* to be filled; NULL = not wanted */
};

/*
 * The day the built-in roots were put together, seconds since 1970: no honest clock is before it.
 */
int64_t verify_oldest_s(void);

/*
 * True: *key is the server's (borrows from certs[0]) and `issuer` has its issuer's name appended.
 * ERR_TRUST: one line with subject, issuer, reason, and the dates when time is the reason.
 * ERR_MEMORY.
 */
MUST bool verify_chain(const struct verify_question *q, struct x509_key *key, struct buf *issuer,
                       struct err *e);

#endif
