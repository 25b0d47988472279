/* net/sock on loopback and on unix sockets. */
#include "net/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/un.h>

#include "failing.h"
#include "net/loopback.h"

static bool open_tcp(struct conn **c, uint16_t port, struct err *e)
{
	struct sockaddr_in to = loopback_address(port);

	return sock_connect(c, (struct sockaddr *)&to, sizeof to, e);
}

static enum io await(struct conn *c, struct err *e)
{
	enum io io;

	while ((io = sock_connected(c, e)) == IO_WANT_WRITE) {
		struct pollfd p = {.fd = conn_fd(c), .events = POLLOUT};
		if (poll(&p, 1, 5000) != 1)
			break;
	}
	return io;
}

static int option(int fd, int level, int name)
{
	int v = -1;
	socklen_t n = sizeof v;

	return getsockopt(fd, level, name, &v, &n) == 0 ? v : -1;
}

static void readable(const struct conn *c)
{
	struct pollfd p = {.fd = conn_fd(c), .events = POLLIN};

	poll(&p, 1, 5000);
}

static void check_options(const struct conn *c)
{
	int fd = conn_fd(c);

	tap_ok(fcntl(fd, F_GETFL) & O_NONBLOCK, "non-blocking");
	tap_ok(fcntl(fd, F_GETFD) & FD_CLOEXEC, "close-on-exec");
	tap_ok(option(fd, IPPROTO_TCP, TCP_NODELAY) > 0, "no Nagle");
	tap_ok(option(fd, SOL_SOCKET, SO_KEEPALIVE) > 0, "keep-alive");
	tap_is_int(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 60, "... from a minute on");
}

static void check_stream(struct conn *c, int peer)
{
	static char block[65536];
	struct err e;
	char in[16];
	size_t n, total = 0;
	enum io io;

	tap_is_int(conn_read(c, in, sizeof in, &n, &e), IO_WANT_READ, "nothing there: want read");
	tap_is_int(conn_write(c, "ping", 4, &n, &e), IO_DONE, "write");
	tap_is_int(read(peer, in, sizeof in), 4, "... arrives");
	tap_is_int(conn_flush(c, &e), IO_DONE, "flush has nothing to do");
	tap_is_int(write(peer, "pong", 4), 4, "the peer answers");
	readable(c);
	tap_ok(conn_read(c, in, sizeof in, &n, &e) == IO_DONE && n == 4, "... and is heard");
	tap_ok(conn_write(c, "pong", 4, &n, &e) == IO_DONE && read(peer, in, 4) == 4 &&
			option(conn_fd(c), IPPROTO_TCP, TCP_QUICKACK) == 1,
		"a reply does not put off our ACKs");
	while ((io = conn_write(c, block, sizeof block, &n, &e)) == IO_DONE && total < 1u << 28)
		total += n;
	tap_is_int(io, IO_WANT_WRITE, "a peer that does not read: want write");
	while (total > 0) {
		ssize_t got = read(peer, block, sizeof block);
		if (got <= 0)
			break;
		total -= (size_t)got;
	}
	tap_is_int((long long)total, 0, "all of it arrives");
	shutdown(peer, SHUT_WR);
	readable(c);
	tap_ok(conn_read(c, in, sizeof in, &n, &e) == IO_DONE && n == 0,
		"the end is a read of nothing");
}

static void check_tcp(void)
{
	uint16_t port;
	int listener = loopback_listen(AF_INET, &port), peer;
	struct conn *c;
	struct err e;

	tap_good(open_tcp(&c, port, &e), &e, "connect begins");
	tap_is_int(await(c, &e), IO_DONE, "... and is done");
	tap_is_int(sock_connected(c, &e), IO_DONE, "... as often as one asks");
	peer = accept(listener, NULL, NULL);
	check_options(c);
	check_stream(c, peer);
	conn_close(&c);
	close(peer);
	close(listener);
}

/* The peer closes with our bytes unread, which makes a reset of it. */
static void check_reset(void)
{
	struct linger hard = {.l_onoff = 1};
	uint16_t port;
	int listener = loopback_listen(AF_INET, &port), peer;
	struct conn *c;
	struct err e;
	char in[4];
	size_t n;
	enum io io;

	if (!open_tcp(&c, port, &e) || await(c, &e) != IO_DONE)
		exit(99);
	peer = accept(listener, NULL, NULL);
	setsockopt(peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	close(peer);
	readable(c);
	io = conn_read(c, in, sizeof in, &n, &e);
	tap_ok(io == IO_FAIL && e.kind == ERR_CONNECT && e.sys == ECONNRESET,
		"reset while reading: %s", e.text);
	io = conn_write(c, "x", 1, &n, &e);
	tap_ok(io == IO_FAIL && e.kind == ERR_CONNECT && e.sys == EPIPE,
		"... and writing, no SIGPIPE: %s", e.text);
	conn_close(&c);
	close(listener);
}

/* A peer answers and closes without reading us: what it said can be read, then it is a reset. */
static void check_last_words(void)
{
	uint16_t port;
	int listener = loopback_listen(AF_INET, &port), peer;
	struct conn *c;
	struct err e;
	char in[8];
	size_t n;
	enum io io;

	if (!open_tcp(&c, port, &e) || await(c, &e) != IO_DONE)
		exit(99);
	peer = accept(listener, NULL, NULL);
	if (conn_write(c, "unread", 6, &n, &e) != IO_DONE || write(peer, "bye", 3) != 3)
		exit(99);
	readable(c);
	close(peer);
	tap_fails(conn_write(c, "more", 4, &n, &e) != IO_FAIL, &e, ERR_CONNECT, "the write fails");
	tap_ok(conn_read(c, in, sizeof in, &n, &e) == IO_DONE && n == 3,
		"the last words are heard");
	io = conn_read(c, in, sizeof in, &n, &e);
	tap_ok(io == IO_FAIL && e.kind == ERR_CONNECT && e.sys == ECONNRESET,
		"no clean end follows them");
	conn_close(&c);
	close(listener);
}

static void check_refused(void)
{
	struct conn *c = NULL;
	struct err e;
	bool begun = open_tcp(&c, loopback_refusing(), &e);

	tap_ok((!begun || await(c, &e) == IO_FAIL) && e.kind == ERR_CONNECT &&
			e.sys == ECONNREFUSED,
		"refused: %s", e.text);
	conn_close(&c);
}

static void check_unix(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char dir[] = "/tmp/sock_test.XXXXXX", path[64], longest[sizeof at.sun_path];
	struct conn *c;
	struct err e;
	size_t n;

	if (mkdtemp(dir) == NULL)
		exit(99);
	snprintf(path, sizeof path, "%s/s", dir);
	memcpy(at.sun_path, path, strlen(path));
	if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 1) != 0)
		exit(99);
	if (tap_good(sock_connect_unix(&c, span_str(path), &e), &e, "unix socket")) {
		tap_is_int(await(c, &e), IO_DONE, "... connected");
		tap_is_int(conn_write(c, "x", 1, &n, &e), IO_DONE, "... writes");
		conn_close(&c);
	}
	close(listener);
	tap_fails(sock_connect_unix(&c, span_str(path), &e), &e, ERR_CONNECT, "nobody listens");
	unlink(path);
	tap_fails(sock_connect_unix(&c, span_str(path), &e), &e, ERR_CONNECT, "no such path");
	rmdir(dir);
	tap_fails(sock_connect_unix(&c, span_str(""), &e), &e, ERR_USAGE, "no path");
	tap_fails(sock_connect_unix(&c, span_of("/a\0b", 4), &e), &e, ERR_USAGE, "NUL in a path");
	memset(longest, 'x', sizeof longest);
	tap_fails(sock_connect_unix(&c, span_of(longest, sizeof longest), &e), &e, ERR_USAGE,
		"too long");
	tap_fails(sock_connect_unix(&c, span_of(longest, sizeof longest - 1), &e), &e, ERR_CONNECT,
	          "as long as may be");
}

/* What the system may answer to each call. */
static void check_failures(void)
{
	struct conn *c;
	struct err e;
	char in[8];
	size_t n;
	uint16_t port;
	int listener = loopback_listen(AF_INET, &port), peer;

	failing_start("alloc", 1, false, ENOMEM);
	tap_fails(open_tcp(&c, port, &e), &e, ERR_MEMORY, "no memory");
	failing_start("socket", 1, false, EMFILE);
	tap_fails(open_tcp(&c, port, &e), &e, ERR_CONNECT, "no descriptor");
	tap_ok(failing_stop() && e.sys == EMFILE && c == NULL, "... is told why");
	if (!open_tcp(&c, port, &e))
		exit(99);
	failing_start("poll", 1, false, EINTR);
	tap_is_int(sock_connected(c, &e), IO_WANT_WRITE, "an interrupted poll");
	if (poll(&(struct pollfd){.fd = conn_fd(c), .events = POLLOUT}, 1, 5000) != 1)
		exit(99);
	failing_start("getsockopt", 1, false, ENOTSOCK);
	tap_fails(sock_connected(c, &e) != IO_FAIL, &e, ERR_CONNECT, "how connecting went is unknown");
	tap_ok(failing_stop() && e.sys == ENOTSOCK, "... is told why");
	tap_is_int(await(c, &e), IO_DONE, "... but it went well");
	peer = accept(listener, NULL, NULL);
	failing_start("send", 1, false, EINTR);
	tap_ok(conn_write(c, "ping", 4, &n, &e) == IO_DONE && n == 4 && failing_stop(),
	       "an interrupted write");
	if (write(peer, "pong", 4) != 4)
		exit(99);
	readable(c);
	failing_start("recv", 1, false, EINTR);
	tap_ok(conn_read(c, in, sizeof in, &n, &e) == IO_DONE && n == 4 && failing_stop(),
	       "an interrupted read");
	failing_start("recv", 1, false, EIO);
	tap_fails(conn_read(c, in, sizeof in, &n, &e) != IO_FAIL, &e, ERR_CONNECT, "a failed read");
	tap_ok(failing_stop() && e.sys == EIO && strstr(e.text, "lost") != NULL, "... %s", e.text);
	failing_start("send", 1, false, EPIPE);
	tap_fails(conn_write(c, "x", 1, &n, &e) != IO_FAIL, &e, ERR_CONNECT, "a broken pipe");
	tap_ok(failing_stop() && strstr(e.text, "reset") != NULL, "... %s", e.text);
	conn_close(&c);
	failing_start("connect", 1, false, EINTR);
	tap_good(open_tcp(&c, port, &e) && failing_stop(), &e, "an interrupted connect goes on");
	conn_close(&c);
	close(peer);
	close(listener);
}

static const struct conn_ops other_ops;

static void ask_another(void)
{
	struct conn other = {&other_ops};
	struct err e;

	(void)sock_connected(&other, &e);
}

int main(void)
{
	tap_aborts(ask_another, "a conn that is no socket asked whether it is connected");
	check_failures();
	check_tcp();
	check_reset();
	check_last_words();
	check_refused();
	check_unix();
	return tap_done();
}
