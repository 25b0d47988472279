/*
 * resolve - host names to addresses, in a helper process.
 *
 * getaddrinfo(3) can neither be interrupted nor bounded, so it runs in a child that is forked
 * before the token is read and holds nothing of ours. A question goes down a socket pair, addresses come
 * back; a deadline kills the child. IP literals and localhost (RFC 6761 section 6.3) never reach it. Where there
 * is no IPv6 route only IPv4 is asked for, and a failed look-up is tried once more with IPv4 alone.
 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <sys/socket.h>

#include "net/conn.h"

enum { RESOLVE_ADDRESSES = 8 };

struct addresses {
	size_t n;
	struct sockaddr_storage at[RESOLVE_ADDRESSES]; /* families interleaved, best first; port set */
	socklen_t len[RESOLVE_ADDRESSES];
};

struct resolver; /* the helper and the pipe to it */

/* Forks the helper. Call before any secret is in memory. ERR_BUG, ERR_MEMORY. */
MUST bool resolver_start(struct resolver **out, struct err *e);
void resolver_stop(struct resolver **r); /* ends and reaps the helper; NULL is allowed */

struct lookup; /* one question under way */

/* `r` may be NULL when only literals and localhost are asked for (a name is then ERR_BUG). */
MUST bool lookup_start(struct lookup **out, struct resolver *r, struct span host, uint16_t port, struct err *e);
/* IO_DONE: *out is filled. IO_WANT_READ: poll lookup_fd. IO_FAIL: ERR_NAME (no such name) or ERR_CONNECT (failing for now). */
enum io lookup_step(struct lookup *l, struct addresses *out, struct err *e);
int lookup_fd(const struct lookup *l);
void lookup_free(struct lookup **l); /* an unanswered one is given up: its answer will be passed over */

#endif
