/*
 * conn - a stream of bytes that never blocks.
 *
 * A transport is a struct whose first member is `struct conn` (net/sock, net/tls, a script in a
 * test). It may stand on another conn. read and write answer at once:
 *
 *   IO_DONE        some bytes moved (*n > 0), or for read with *n == 0: the peer ended the
 *                  stream in the transport's own clean way (FIN; for TLS close_notify)
 *   IO_WANT_READ   nothing now; try again when conn_fd is readable
 *   IO_WANT_WRITE  nothing now; try again when conn_fd is writable
 *   IO_FAIL        *e is set; the conn is only good for conn_close, with one exception: after
 *                  a failed write or flush, read may still be called to hear what the peer said
 *                  before it closed (it gives what had arrived, or IO_FAIL)
 *
 * A connection that broke (reset, network gone) is IO_FAIL with ERR_CONNECT, a TLS stream that
 * ends without close_notify IO_FAIL with ERR_CUT.
 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include "base/buf.h"

enum io { IO_DONE, IO_WANT_READ, IO_WANT_WRITE, IO_FAIL };

struct conn;

struct conn_ops {
	enum io (*read)(struct conn *c, void *p, size_t max, size_t *n, struct err *e);
	enum io (*write)(struct conn *c, const void *p, size_t len, size_t *n, struct err *e);
	/* Pushes out what write took but the transport still holds; IO_DONE: nothing is left. */
	enum io (*flush)(struct conn *c, struct err *e);
	int (*fd)(const struct conn *c); /* what to poll */
	void (*close)(struct conn *c);   /* frees the transport and what it stands on */
};

struct conn {
	const struct conn_ops *ops;
};

/* max and len are at least 1; *n is 0 unless the answer is IO_DONE. */
enum io conn_read(struct conn *c, void *p, size_t max, size_t *n, struct err *e);
enum io conn_write(struct conn *c, const void *p, size_t len, size_t *n, struct err *e);
enum io conn_flush(struct conn *c, struct err *e);
int conn_fd(const struct conn *c);
void conn_close(struct conn **c); /* NULL is allowed; *c becomes NULL */

/* The poll(2) events for an answer: IO_WANT_READ -> POLLIN, IO_WANT_WRITE -> POLLOUT, else 0. */
short conn_events(enum io io);

#endif
