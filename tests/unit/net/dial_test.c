/*
 * net/dial and net/race on loopback: every hop, reached, refused, silent and breaking off.
 * dial_tls_test has the handshakes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <sys/un.h>

#include "failing.h"
#include "net/dialing.h"
#include "net/resolve_helper.h"

/*
 * A server for one connection, in a child: reads up to a blank line when there is a reply, sends
 * it, then gives back what it gets, as at once with "". "!...": sends that to whatever comes. NULL:
 * closes at once.
 */
static pid_t serve(int listener, const char *reply)
{
	char in[4096];
	size_t n = 0;
	ssize_t got;
	pid_t pid;
	int fd;

	fflush(stdout);
	pid = fork();
	if (pid != 0)
		return pid;
	fd = accept(listener, NULL, NULL);
	while (reply != NULL && n < sizeof in && (got = read(fd, in + n, sizeof in - n)) > 0) {
		n += (size_t)got;
		if (*reply == '!' ||
			(*reply != '\0' && n >= 4 && memcmp(in + n - 4, "\r\n\r\n", 4) == 0)) {
			reply += *reply == '!';
			(void)!send(fd, reply, strlen(reply), MSG_NOSIGNAL);
			n = 0;
			reply = "";
		} else if (*reply == '\0') {
			(void)!send(fd, in, n, MSG_NOSIGNAL);
			n = 0;
		}
	}
	_exit(0);
}

static void reaches(const struct dial_options *o, int listener, const char *reply, const char *name)
{
	pid_t pid = serve(listener, reply);
	struct conn *c;
	struct err e;

	if (tap_good(dial(o, PATIENT_MS, &c, &e), &e, name))
		tap_is_int(ping(c, &e), IO_DONE, "... and carries bytes");
	conn_close(&c);
	end(pid);
}

static void check_direct(void)
{
	uint16_t port, port6;
	int listener = loopback_listen(AF_INET, &port),
	    listener6 = loopback_listen(AF_INET6, &port6);
	struct dial_options o = options("127.0.0.1", port);

	reaches(&o, listener, "", "an address");
	o.host = span_str("x.localhost");
	reaches(&o, listener, "", "localhost");
	if (listener6 >= 0) {
		o = options("localhost", port6);
		reaches(&o, listener6, "", "localhost, IPv6 only");
		o.host = span_str("::1");
		reaches(&o, listener6, "", "an IPv6 address");
	}
	o = options("127.0.0.1", loopback_refusing());
	fails(&o, PATIENT_MS, ERR_CONNECT, "127.0.0.1:", "refused");
	o.host = span_str("localhost");
	fails(&o, PATIENT_MS, ERR_CONNECT, "(2 addresses tried)", "refused by both families");
	o.host = span_str("no name");
	fails(&o, PATIENT_MS, ERR_NAME, "no name", "what is no name");
	close(listener);
	close(listener6);
}

static void check_unix(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	char dir[] = "/tmp/dial_test.XXXXXX";
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct dial_options o;

	if (mkdtemp(dir) == NULL)
		exit(99);
	snprintf(at.sun_path, sizeof at.sun_path, "%s/s", dir);
	if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 1) != 0)
		exit(99);
	o = options(at.sun_path, 0);
	o.unix_socket = true;
	reaches(&o, listener, "", "a unix socket");
	failing_start("poll", 1, false, EINTR);
	reaches(&o, listener, "", "... when a signal comes in between");
	tap_ok(failing_stop(), "... which it did");
	close(listener);
	fails(&o, PATIENT_MS, ERR_CONNECT, at.sun_path, "a unix socket without a listener");
	unlink(at.sun_path);
	rmdir(dir);
}

/* A resolver whose helper is the test: `answer` is there for every question asked before. */
struct named {
	struct resolver r;
	int helper;
};

static void named_start(struct named *m)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		exit(99);
	m->r = (struct resolver){.fd = pair[0]};
	m->helper = pair[1];
}

static void named_stop(struct named *m)
{
	close(m->r.fd);
	close(m->helper);
}

static void named_answer(const struct named *m, const struct resolve_answer *a)
{
	union {
		struct cmsghdr head;
		unsigned char bytes[CMSG_SPACE(sizeof(int))];
	} d;
	struct resolve_question q;
	struct iovec io = {&q, sizeof q};
	struct msghdr h = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = d.bytes,
	                   .msg_controllen = sizeof d.bytes};
	int fd;

	if (recvmsg(m->helper, &h, 0) != sizeof q)
		exit(99);
	memcpy(&fd, CMSG_DATA(&d.head), sizeof fd);
	(void)!send(fd, a, sizeof *a, 0);
	close(fd);
}

static struct resolve_answer addresses(size_t n, const char *const *ips)
{
	struct resolve_answer a = {.found = {.n = n}};

	for (size_t i = 0; i < n; i++) {
		struct sockaddr_in *v4 = (struct sockaddr_in *)&a.found.at[i];

		v4->sin_family = AF_INET;
		inet_pton(AF_INET, ips[i], &v4->sin_addr);
		a.found.len[i] = sizeof *v4;
	}
	return a;
}

/* A listener on `ip` and the given port that takes no more connections: SYNs are dropped. */
static int black_hole(const char *ip, uint16_t port, int fill[4])
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, ip, &at.sin_addr);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 0) != 0)
		exit(99);
	for (int i = 0; i < 4; i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		(void)!connect(fill[i], (struct sockaddr *)&at, sizeof at);
	}
	return fd;
}

static void check_race(void)
{
	static const char *const ips[] = {"127.0.0.2", "127.0.0.3", "127.0.0.1"};
	struct resolve_answer a = addresses(3, ips);
	struct pollfd set[DIAL_POLL_MAX];
	struct dial_options o;
	struct named m;
	struct dial *d;
	struct conn *c;
	struct err e;
	uint16_t port;
	int listener = loopback_listen(AF_INET, &port), fill[4], hole, peer;
	int64_t deadline_ms, began_ms;
	struct dial_facts facts;

	named_start(&m);
	hole = black_hole("127.0.0.3", port, fill);
	o = options("many.example", port);
	o.resolver = &m.r;
	now_ms = 1000;
	if (!dial_start(&d, &o, &e))
		exit(99);
	tap_is_int(dial_step(d, &e), IO_WANT_READ, "waits for the addresses");
	tap_ok(dial_poll(d, set, &deadline_ms) == 1 && deadline_ms == 1000 + CONNECT_MS,
		"... so long");
	named_answer(&m, &a);
	tap_is_int(dial_step(d, &e), IO_WANT_WRITE, "first refuses, second is silent");
	tap_is_int((long long)dial_poll(d, set, &deadline_ms), 1, "one connect runs");
	tap_is_int(deadline_ms, 1000 + STAGGER_MS, "the third begins after the head start");
	now_ms += STAGGER_MS - 1;
	tap_is_int(dial_step(d, &e), IO_WANT_WRITE, "not before");
	now_ms++;
	tap_is_int(drive(d, PATIENT_MS, &e), IO_DONE, "then it wins");
	tap_is_int((long long)dial_poll(d, set, &deadline_ms), 0, "... and nothing is waited for");
	c = dial_take(d);
	peer = accept(listener, NULL, NULL);
	tap_ok(peer >= 0 && conn_fd(c) >= 0, "... and is the one we have");
	tap_ok(!dial_false_start_suspect(d), "... without TLS nothing is suspected of it");
	dial_free(&d);
	conn_close(&c);
	close(peer);

	if (!dial_start(&d, &o, &e))
		exit(99);
	a = addresses(1, ips + 1);
	named_answer(&m, &a);
	tap_ok(drive(d, SOON_MS, &e) == IO_FAIL && e.kind == ERR_TIME_CONNECT &&
	       strstr(e.text, "many.example") != NULL && strstr(e.text, "within 10 s") != NULL,
	       "an address that never answers: %s", e.text);
	dial_free(&d);

	if (!dial_start(&d, &o, &e))
		exit(99);
	tap_ok(drive(d, SOON_MS, &e) == IO_FAIL && e.kind == ERR_TIME_CONNECT,
	       "a name that is never answered: %s", e.text);
	dial_free(&d);

	o.name_ms = 600;
	o.facts = &facts;
	if (!dial_start(&d, &o, &e))
		exit(99);
	began_ms = now_ms;
	tap_ok(drive(d, SOON_MS, &e) == IO_FAIL && e.kind == ERR_TIME_CONNECT && strstr(e.text, "within 600 ms") != NULL,
	       "... with less time for it: %s", e.text);
	tap_is_int(now_ms - began_ms, 600, "... which is kept to");
	tap_ok(facts.hops[DIAL_NAME].outcome == DIAL_BROKE && facts.hops[DIAL_NAME].ms == 600 &&
	       facts.hops[DIAL_TCP].outcome == DIAL_NOT_MET, "... and where it broke is kept");
	dial_free(&d);

	for (int i = 0; i < 4; i++)
		close(fill[i]);
	close(hole);
	close(listener);
	named_stop(&m);
}

#define OK "HTTP/1.1 200 OK\r\n\r\n"

static void proxy_fails(const struct dial_options *o, int listener, const char *reply, int quiet_ms,
                        enum err_kind kind, const char *text, const char *name)
{
	pid_t pid = serve(listener, reply);

	fails(o, quiet_ms, kind, text, name);
	end(pid);
}

static void check_proxy(void)
{
	uint16_t port;
	int listener = loopback_listen(AF_INET, &port);
	struct dial_proxy proxy = {.host = span_str("127.0.0.1"), .port = port};
	struct dial_options o = options("target.example", 443);
	char hop[64];

	snprintf(hop, sizeof hop, "127.0.0.1:%u", port);
	o.proxy = &proxy;
	reaches(&o, listener, OK, "through a proxy; the target's name is not looked up");
	proxy_fails(&o, listener, "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\n\r\n", PATIENT_MS,
		ERR_PROXY, "authentication required (offers NTLM; octavo supports Basic)", "407");
	proxy_fails(
		&o, listener, "HTTP/1.1 503 No\r\n\r\n", PATIENT_MS, ERR_PROXY_BUSY, hop, "503");
	proxy_fails(
		&o, listener, NULL, PATIENT_MS, ERR_PROXY_BUSY, hop, "a proxy that closes at once");
	proxy_fails(&o, listener, "HTTP/1.1 200 OK\r\n", SOON_MS, ERR_TIME_CONNECT,
	            "no answer to CONNECT from proxy 127.0.0.1:", "a proxy that stops half-way");
	proxy.port = loopback_refusing();
	fails(&o, PATIENT_MS, ERR_PROXY_BUSY, "proxy 127.0.0.1:", "a proxy that refuses");
	close(listener);
}

static void check_proxy_name(void)
{
	struct resolve_answer none = {.failed = ERR_NAME}, later = {.failed = ERR_CONNECT};
	struct dial_proxy proxy = {.host = span_str("proxy.example"), .port = 3128};
	struct dial_options o = options("target.example", 443);
	struct named m;
	struct dial *d;
	struct err e;

	named_start(&m);
	o.proxy = &proxy;
	o.resolver = &m.r;
	if (!dial_start(&d, &o, &e))
		exit(99);
	named_answer(&m, &none);
	tap_fails(drive(d, PATIENT_MS, &e) != IO_FAIL, &e, ERR_PROXY, "no such proxy");
	dial_free(&d);
	if (!dial_start(&d, &o, &e))
		exit(99);
	named_answer(&m, &later);
	tap_fails(
		drive(d, PATIENT_MS, &e) != IO_FAIL, &e, ERR_PROXY_BUSY, "its name fails for now");
	dial_free(&d);
	proxy.host = span_str("not a proxy");
	tap_fails(dial_start(&d, &o, &e), &e, ERR_PROXY, "what is no name");
	o.proxy = NULL;
	if (!dial_start(&d, &o, &e))
		exit(99);
	named_answer(&m, &none);
	tap_fails(drive(d, PATIENT_MS, &e) != IO_FAIL, &e, ERR_NAME,
		"no such target, without a proxy");
	dial_free(&d);
	named_stop(&m);
}

/* What goes wrong in handshakes; what goes right is shown with real servers elsewhere. */
static void check_tls(void)
{
	uint16_t port;
	int listener = loopback_listen(AF_INET, &port);
	struct dial_proxy proxy = {.host = span_str("127.0.0.1"), .port = port};
	struct dial_options o = options("127.0.0.1", port);
	struct trust_options defaults = {0};
	struct trust *trust;
	struct err e;

	if (!tap_good(trust_load(&trust, &defaults, &e), &e, "trust anchors"))
		return;
	o.trust = trust;
	o.tls = true;
	proxy_fails(&o, listener, NULL, PATIENT_MS, ERR_CONNECT,
		"TLS handshake with 127.0.0.1:", "a cut handshake");
	proxy_fails(&o, listener, "x", SOON_MS, ERR_TIME_CONNECT,
		"no end of the TLS handshake with 127", "a silent server");
	o.host = span_str("target.example");
	o.proxy = &proxy;
	proxy_fails(&o, listener, OK, PATIENT_MS, ERR_TRUST, "target.example:",
	            "a tunnel that leads to no TLS");
	proxy.tls = true;
	proxy_fails(&o, listener, NULL, PATIENT_MS, ERR_PROXY_BUSY, "proxy 127.0.0.1:",
	            "a cut handshake with the proxy");
	proxy_fails(&o, listener, "!" OK, PATIENT_MS, ERR_PROXY, "proxy 127.0.0.1:",
	            "an https proxy that speaks no TLS");
	proxy_fails(&o, listener, "x", SOON_MS, ERR_TIME_CONNECT,
		"no end of the TLS handshake with proxy 127", "a silent https proxy");
	trust_free(&trust);
	close(listener);
}

static void check_verbose(void)
{
	static const char *const by_address[] = {"127.0.0.1:", " has 1 address, ", "connected to 127.",
		" at 127.0.0.1, ", NULL},
		*const by_name[] = {"localhost:", " has 2 addresses, ", NULL},
		*const by_ipv6[] = {"connected to [::1]:", " at ::1, ", NULL},
		*const by_proxy[] = {"connected to proxy 127.", "tunnel through proxy 127.",
			" to target.example:443, ", NULL};
	uint16_t port, port6;
	int listener = loopback_listen(AF_INET, &port),
	    listener6 = loopback_listen(AF_INET6, &port6);
	struct dial_proxy proxy = {.host = span_str("127.0.0.1"), .port = port};
	struct dial_options o = options("127.0.0.1", port);
	pid_t pid;

	tells(&o, by_address, "an address, told");
	o = options("localhost", port);
	tells(&o, by_name, "localhost, told");
	if (listener6 >= 0) {
		o = options("::1", port6);
		tells(&o, by_ipv6, "an IPv6 address, told");
	}
	close(accept(listener, NULL, NULL));
	close(accept(listener, NULL, NULL));
	o = options("target.example", 443);
	o.proxy = &proxy;
	pid = serve(listener, OK);
	tells(&o, by_proxy, "a proxy, told");
	end(pid);
	close(listener);
	close(listener6);
}

/* A dial without memory, or without descriptors, fails and leaves nothing open. */
static void check_failing(void)
{
	char long_host[400];
	uint16_t port;
	int listener = loopback_listen(AF_INET, &port);
	size_t fds = open_fds();

	failing_options = options("127.0.0.1", port);
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, dial_once), "each allocation fails");
	tap_ok(failing_each("socket", EMFILE, ERR_CONNECT, true, dial_once), "each socket");
	tap_is_int((long long)open_fds(), (long long)fds, "... and nothing stays open");
	close(listener);
	failing_options.unix_socket = true;
	failing_options.host = span_str("");
	fails(&failing_options, PATIENT_MS, ERR_USAGE, "not a path", "an empty path");
	memset(long_host, 'h', sizeof long_host);
	failing_options = options("", port);
	failing_options.host = span_of(long_host, sizeof long_host);
	fails(&failing_options, PATIENT_MS, ERR_NAME, "not a host name", "a name that is too long");
}

enum misuse { STEP_GIVEN, STEP_FAILED, TAKE_EARLY };

/* A dial used as it must not be. */
static void misuse(enum misuse what)
{
	uint16_t port = loopback_refusing();
	int listener = what == STEP_GIVEN ? loopback_listen(AF_INET, &port) : -1;
	struct dial_options o = options("127.0.0.1", port);
	struct dial *d;
	struct err e;

	if (!dial_start(&d, &o, &e))
		exit(99);
	if (what != TAKE_EARLY && drive(d, PATIENT_MS, &e) != (what == STEP_GIVEN ? IO_DONE : IO_FAIL))
		exit(99);
	if (what != STEP_FAILED)
		(void)dial_take(d);
	(void)dial_step(d, &e);
	close(listener);
}

static void step_given(void)
{
	misuse(STEP_GIVEN);
}

static void step_failed(void)
{
	misuse(STEP_FAILED);
}

static void take_early(void)
{
	misuse(TAKE_EARLY);
}

static void start_unix_by_proxy(void)
{
	struct dial_proxy proxy = {.host = span_str("127.0.0.1"), .port = 1};
	struct dial_options o = options("/nowhere", 0);
	struct dial *d;
	struct err e;

	o.unix_socket = true;
	o.proxy = &proxy;
	(void)!dial_start(&d, &o, &e);
}

int main(void)
{
	tap_aborts(step_given, "a step when the conn is given away");
	tap_aborts(step_failed, "a step after a failure");
	tap_aborts(take_early, "a conn taken before there is one");
	tap_aborts(start_unix_by_proxy, "a unix socket through a proxy");
	size_t fds = open_fds();

	check_direct();
	check_unix();
	check_race();
	check_proxy();
	check_proxy_name();
	check_tls();
	check_verbose();
	check_failing();
	tap_is_int((long long)open_fds(), (long long)fds, "every descriptor is closed again");
	return tap_done();
}
