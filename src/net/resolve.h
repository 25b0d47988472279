/*
 * resolve - host names to addresses, in a helper process.
 *
 * getaddrinfo(3) can neither be interrupted nor bounded, so it runs in a child that is forked
 * before the token is read. The helper keeps nothing of ours: it closes every descriptor but its
 * socket, overwrites the environment it inherited (the token may be in there), cannot be dumped
 * or traced, gains no privileges, and ends with us.
 *
 * Each question travels with its own socket for the answer and is worked on in a child of the
 * helper. So a slow name holds up no other, an answer cannot reach the wrong question, giving up is
 * a close, and a look-up that dies is seen at once as an end without an answer. Ids over one
 * shared socket would need a queue, stale answers passed over, and one reader waking another.
 *
 * IP literals and localhost (RFC 6761 section 6.3) never reach the helper. Where there is no
 * route to the IPv6 internet only IPv4 is asked for, and a failed look-up is tried once more with
 * IPv4 alone: a network that drops AAAA questions costs musl five seconds and the whole look-up.
 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <sys/socket.h>

#include "net/conn.h"

enum { RESOLVE_ADDRESSES = 8 };

struct addresses {
	size_t n;
	struct sockaddr_storage at[RESOLVE_ADDRESSES]; /* families take turns, best first */
	socklen_t len[RESOLVE_ADDRESSES];
};

struct resolver; /* the helper and the socket to it */

/* Forks the helper. Call before any secret is in memory. ERR_BUG, ERR_MEMORY. */
MUST bool resolver_start(struct resolver **out, struct err *e);
void resolver_stop(struct resolver **r); /* ends and reaps the helper; NULL is allowed */

struct lookup; /* one question under way */

/*
 * `r` may be NULL when only literals and localhost are asked for (a name is then ERR_BUG).
 * ERR_NAME for what cannot be a host name (RFC 1123 section 2.1, underscores allowed), ERR_CONNECT
 * when the helper cannot be asked.
 */
MUST bool lookup_start(struct lookup **out, struct resolver *r, struct span host, uint16_t port,
                       struct err *e);

/*
 * IO_DONE: *out is filled, at least one address. IO_WANT_READ: poll lookup_fd. IO_FAIL: ERR_NAME
 * (no such name) or ERR_CONNECT (failing for now).
 */
enum io lookup_step(struct lookup *l, struct addresses *out, struct err *e);
int lookup_fd(const struct lookup *l); /* -1 when the answer needs no waiting */
void lookup_free(struct lookup **l);   /* gives up what is unanswered; NULL is allowed */

#endif
