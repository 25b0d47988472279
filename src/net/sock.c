#include "net/sock.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/assert.h"

struct sock {
	struct conn conn;
	int fd;
	bool tcp;
	bool broken; /* a write found the connection reset */
};

static int fd_of(const struct conn *c)
{
	return ((const struct sock *)c)->fd;
}

/* What a failed send or recv means: later, or the end of the connection. */
static enum io failed(int sys, enum io later, struct err *e)
{
	if (sys == EAGAIN)
		return later;
	if (sys == ECONNRESET || sys == EPIPE)
		err_set(e, ERR_CONNECT, 0, "connection reset");
	else
		err_set(e, ERR_CONNECT, sys, "connection lost");
	e->sys = sys;
	return IO_FAIL;
}

static enum io sock_read(struct conn *c, void *p, size_t max, size_t *n, struct err *e)
{
	ssize_t got;

	do
		got = recv(fd_of(c), p, max, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return failed(errno, IO_WANT_READ, e);
	/* The write took the error with it: what looks like FIN now is the reset. */
	if (got == 0 && ((const struct sock *)c)->broken)
		return failed(ECONNRESET, IO_WANT_READ, e);
	*n = (size_t)got;
	return IO_DONE;
}

static enum io sock_write(struct conn *c, const void *p, size_t len, size_t *n, struct err *e)
{
	struct sock *s = (struct sock *)c;
	ssize_t put;

	do
		put = send(s->fd, p, len, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	if (put < 0) {
		enum io io = failed(errno, IO_WANT_WRITE, e);

		s->broken = io == IO_FAIL;
		return io;
	}
	if (s->tcp)
		sock_ack_at_once(s->fd);
	*n = (size_t)put;
	return IO_DONE;
}

static enum io sock_flush(struct conn *c, struct err *e)
{
	(void)c;
	(void)e;
	return IO_DONE;
}

static void sock_close(struct conn *c)
{
	close(fd_of(c));
	free(c);
}

static const struct conn_ops sock_ops = {sock_read, sock_write, sock_flush, fd_of, sock_close};

static void tune(const struct sock *s)
{
	int on = 1;

	if (!s->tcp)
		return;
	(void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	sock_keep_alive(s->fd);
}

bool sock_connect(struct conn **out, const struct sockaddr *to, socklen_t len, struct err *e)
{
	struct sock *s = malloc(sizeof *s);
	int sys;

	*out = NULL;
	if (s == NULL)
		return err_memory(e);
	s->conn.ops = &sock_ops;
	s->tcp = to->sa_family != AF_UNIX;
	s->broken = false;
	s->fd = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0) {
		sys = errno;
		free(s);
		return err_set(e, ERR_CONNECT, sys, "no socket");
	}
	tune(s);
	/* A connect that a signal interrupts goes on by itself (POSIX connect(2), EINTR). */
	if (connect(s->fd, to, len) != 0 && errno != EINPROGRESS && errno != EINTR) {
		sys = errno;
		sock_close(&s->conn);
		return err_set(e, ERR_CONNECT, sys, "cannot connect");
	}
	*out = &s->conn;
	return true;
}

bool sock_connect_unix(struct conn **out, struct span path, struct err *e)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	*out = NULL;
	if (path.n == 0 || span_find(path, '\0', 0) != path.n)
		return err_set(e, ERR_USAGE, 0, "not a path of a unix socket");
	if (path.n >= sizeof to.sun_path)
		return err_set(e, ERR_USAGE, 0,
			"the path of a unix socket has at most %zu bytes, not %zu",
			sizeof to.sun_path - 1, path.n);
	memcpy(to.sun_path, path.p, path.n);
	return sock_connect(out, (const struct sockaddr *)&to, sizeof to, e);
}

enum io sock_connected(struct conn *c, struct err *e)
{
	struct pollfd p = {.events = POLLOUT};
	socklen_t len = sizeof(int);
	int sys = 0;

	assert(c->ops == &sock_ops);
	p.fd = fd_of(c);
	if (poll(&p, 1, 0) <= 0)
		return IO_WANT_WRITE;
	if (getsockopt(p.fd, SOL_SOCKET, SO_ERROR, &sys, &len) != 0)
		sys = errno;
	if (sys == 0)
		return IO_DONE;
	err_set(e, ERR_CONNECT, sys, "cannot connect");
	return IO_FAIL;
}
