/*
 * bundle - looking for trust anchors in one file of certificates, or in bytes held in memory.
 *
 * A search goes through any number of bundles, one after the other, and gathers what it finds.
 */
#ifndef NET_BUNDLE_H
#define NET_BUNDLE_H

#include "net/anchor.h"

struct search {
	const struct dn *const *names; /* the subjects looked for; borrowed */
	size_t n;
	bool any;                      /* instead: stop at the first certificate, and keep none */
	size_t seen;                   /* certificates of those names; with `any`, of any */
	struct anchor **tail;          /* where the next one found is hung */
	size_t found;
	struct buf scratch;            /* for names */
	struct buf der;                /* one certificate */
};

/* *out is the list to be filled, the caller's; it is made empty. */
void search_init(struct search *s, const struct dn *const *names, size_t n, struct anchor **out);
void search_free(struct search *s);

/* Enough was found: there is no use in going on. */
bool search_done(const struct search *s);

/* PEM or one certificate in DER. What cannot be read as either is passed over. ERR_MEMORY. */
MUST bool search_held(struct search *s, struct span text, struct err *e);

/*
 * The same in a regular file, from its start; its offset is left alone. ERR_TRUST: it cannot be
 * read.
 */
MUST bool search_file(struct search *s, int fd, struct err *e);

/*
 * Adds an anchor that is put together elsewhere: *out is its certificate, to be filled.
 * ERR_MEMORY.
 */
MUST bool search_add(struct search *s, size_t der_n, struct anchor **out, struct err *e);

#endif
