/*
 * names - does a certificate speak for a host, and may its issuers let it?
 *
 * Host names are matched against subjectAltName only, never the common name (RFC 9525 section 6):
 * ASCII, without case, a final dot of the host passed over; a wildcard is the whole left-most
 * label, stands for exactly one label, and has two labels or more behind it. Addresses are
 * matched against iPAddress entries only.
 */
#ifndef NET_NAMES_H
#define NET_NAMES_H

#include "wire/ip.h"
#include "wire/x509.h"

/* Whom we dial. */
struct host {
	struct span name;              /* borrowed; without the final dot */
	unsigned char address[IP_MAX];
	size_t address_n;              /* 0 for a name */
};

/* ERR_TRUST: not a name a certificate can be for. */
MUST bool host_read(struct span text, struct host *out, struct err *e);

bool names_match(const struct x509 *leaf, const struct host *h);

/*
 * Do the name constraints of `issuer` (RFC 5280 section 4.2.1.10) let `below` be? Host names,
 * addresses, directory names, mailboxes of subjectAltName and URIs are compared; of other kinds
 * any constraint refuses any name, and so does one that is malformed. `h`: when `below` is the
 * leaf, the host itself must fit too, whatever wildcard stands for it; else NULL. What is compared
 * is taken off `budget`, in bytes; false when that is used up, it is 0 then.
 */
bool names_allowed(const struct x509 *issuer, const struct x509 *below, const struct host *h,
                   size_t *budget);

#endif
