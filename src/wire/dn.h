/*
 * dn - distinguished names (X.501): compared without regard to how they are written.
 *
 * Two names are the same when their canonical forms are (net/roots.h has the rule, after RFC 5280
 * section 7.1): a PrintableString equals a UTF8String, case and runs of white space do not
 * count. A text that is not valid in its own encoding is left as it is, with its tag; one that ends
 * within a character is malformed.
 */
#ifndef WIRE_DN_H
#define WIRE_DN_H

#include "base/digest.h"

struct dn {
	struct span raw;                  /* the contents of the outer SEQUENCE; borrowed */
	size_t canonical_n;               /* length of the canonical form */
	unsigned char hash[DIGEST_SIZE];  /* and its SHA-256 */
};

/* Checks the structure and fills `out`. `scratch` is cleared and used. ERR_TRUST, ERR_MEMORY. */
MUST bool dn_read(struct span raw, struct buf *scratch, struct dn *out, struct err *e);

/* Appends the canonical form. A name that begins with another's is below it in the tree. */
MUST bool dn_canonical(struct span raw, struct buf *out, struct err *e);

bool dn_equal(const struct dn *a, const struct dn *b);

/*
 * Appends what a person knows the name by, made printable: "CN=..., O=...", or whichever of CN,
 * OU, O and the e-mail address there is.
 */
MUST bool dn_show(struct span raw, struct buf *out, struct err *e);

#endif
