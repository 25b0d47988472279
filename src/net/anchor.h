/*
 * anchor - trust anchors found for one chain.
 */
#ifndef NET_ANCHOR_H
#define NET_ANCHOR_H

#include "wire/x509.h"

/*
 * A trust anchor: a certificate, or of a built-in root its name, key and last day (cert.whole is
 * empty then, and the rest says what a root's certificate would).
 */
struct anchor {
	struct anchor *next;
	struct x509 cert; /* borrows from der, or from the built-in table */
	unsigned char der[];
};

void anchors_free(struct anchor **list); /* empties; NULL in *list is allowed */

#endif
