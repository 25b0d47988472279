/*
 * trust - which trust anchors count, and finding the few that matter.
 *
 * Nothing is decoded up front: a PEM bundle stays as bytes, and a search walks it for the
 * subjects it needs (0.2 ms for 140 roots). Sources as the wire contract has them: a file the user
 * named replaces everything; SSL_CERT_FILE / SSL_CERT_DIR replace the system's bundle; CODEX_CA_CERTIFICATE is
 * added; then the distributions' usual bundles; else the roots built into the binary.
 */
#ifndef NET_TRUST_H
#define NET_TRUST_H

#include "base/clock.h"
#include "net/conn.h"

struct trust_options {
	const char *only_file; /* --cacert; NULL = not given */
	const char *cert_file; /* SSL_CERT_FILE; NULL or "" = unset */
	const char *cert_dir;  /* SSL_CERT_DIR, colon separated; NULL or "" = unset */
	const char *extra_file; /* CODEX_CA_CERTIFICATE; NULL or "" = unset */
};

struct trust; /* the loaded sources; shared by every connection of a run, read only */

/* ERR_TRUST when a file the user named is unreadable or holds no certificate. */
MUST bool trust_load(struct trust **out, const struct trust_options *o, struct err *e);
void trust_free(struct trust **t);

/* One line for -v: where the anchors come from ("/etc/ssl/certs/ca-certificates.crt", "built-in roots of 2026-..."). */
const char *trust_describe(const struct trust *t);

/* ... the search interface used by net/verify is the room engineer's ... */

#endif
