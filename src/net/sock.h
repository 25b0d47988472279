/*
 * sock - the bottom of every stack: a TCP or unix-domain socket as a conn.
 *
 * Every socket is non-blocking and close-on-exec; TCP ones have Nagle's algorithm off (our
 * writes are whole messages) and keep-alive probes on, so that a quiet stream neither falls out
 * of the tables of a NAT nor waits for a peer that is gone. SIGPIPE is never raised.
 *
 * Several addresses, each with a head start before the next, are net/dial's work.
 */
#ifndef NET_SOCK_H
#define NET_SOCK_H

#include <sys/socket.h>

#include "net/conn.h"

/* Begins a connect. ERR_CONNECT, ERR_MEMORY. */
MUST bool sock_connect(struct conn **out, const struct sockaddr *to, socklen_t len, struct err *e);

/* The same to a file system path; one too long for the system or with a NUL is ERR_USAGE. */
MUST bool sock_connect_unix(struct conn **out, struct span path, struct err *e);

/*
 * Of a conn that sock_connect made: IO_DONE once connected, IO_WANT_WRITE while it is under way,
 * IO_FAIL with ERR_CONNECT. To be asked until it is done, before the first read or write.
 */
enum io sock_connected(struct conn *c, struct err *e);

/* The system's own part of sock, best effort: keep-alive probes from a minute of silence on. */
void sock_keep_alive(int fd);

/* ... and after a write: what arrives next is acknowledged when it is read, not later. */
void sock_ack_at_once(int fd);

#endif
