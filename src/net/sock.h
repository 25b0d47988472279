/*
 * sock - the bottom of every stack: a TCP or unix-domain socket as a conn.
 */
#ifndef NET_SOCK_H
#define NET_SOCK_H

#include "net/resolve.h"

/* Begins a connect; the socket is non-blocking, close-on-exec, TCP_NODELAY. ERR_CONNECT. */
MUST bool sock_connect(struct conn **out, const struct sockaddr *to, socklen_t len, struct err *e);
MUST bool sock_connect_unix(struct conn **out, struct span path, struct err *e);

/* IO_DONE once connected, IO_WANT_WRITE while it is under way, IO_FAIL with ERR_CONNECT. */
enum io sock_connected(struct conn *c, struct err *e);

/* Connecting over several addresses with a head start of STAGGER_MS for each before the next (RFC 8305 section 5) is net/dial's work. */

#endif
