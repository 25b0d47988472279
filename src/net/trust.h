/*
 * trust - which trust anchors count, and finding the few that matter.
 *
 * Nothing is decoded up front, and a bundle is not kept in memory: a search reads its file once
 * through a small window and decodes of each certificate no more than the name, unless that is
 * one of those looked for (0.2 ms for 140 roots). Sources: a file the user named replaces
 * everything; SSL_CERT_FILE and SSL_CERT_DIR replace the system's bundle, as with OpenSSL (but
 * every file of a directory is looked into, whatever its name); CODEX_CA_CERTIFICATE is added;
 * then the usual bundles of the distributions; else the roots built into the binary.
 *
 * Files hold PEM (wire/pem) or one certificate in DER. Blocks that cannot be read are passed over.
 */
#ifndef NET_TRUST_H
#define NET_TRUST_H

#include "base/clock.h"
#include "net/anchor.h"

struct trust_options {
	const char *only_file;  /* --cacert; NULL = not given */
	const char *cert_file;  /* SSL_CERT_FILE; NULL or "" = unset */
	const char *cert_dir;   /* SSL_CERT_DIR, colon separated; NULL or "" = unset */
	const char *extra_file; /* CODEX_CA_CERTIFICATE; NULL or "" = unset */
	const struct clock *clock; /* borrowed; NULL = a pipe is waited for without end */
	int64_t deadline_ms;
};

struct trust; /* the sources, open; shared by every connection of a run, read only */

/*
 * ERR_TRUST when a file the user named is unreadable or holds no certificate; ERR_TIME when it is a
 * pipe that gives nothing until deadline_ms. ERR_MEMORY.
 */
MUST bool trust_load(struct trust **out, const struct trust_options *o, struct err *e);
void trust_free(struct trust **t); /* NULL is allowed */

/*
 * One line for -v: where the anchors come from ("/etc/ssl/certs/ca-certificates.crt", "built-in
 * roots of 2026-...").
 */
const char *trust_describe(const struct trust *t);

/*
 * Finds the anchors whose subject is one of the n names, at most ANCHORS_MAX, in the order of the
 * sources. *out is the caller's, NULL when there is none. ERR_MEMORY; ERR_TRUST when a source
 * cannot be read.
 */
MUST bool trust_find(const struct trust *t, const struct dn *const *names, size_t n,
                     struct anchor **out, struct err *e);

/*
 * Is it a root that everybody trusts: one of those built in, whatever the sources are? key NULL:
 * any key of that name will do.
 */
bool trust_is_public(const struct dn *name, const struct x509_key *key);

#endif
