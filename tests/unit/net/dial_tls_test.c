/*
 * net/dial on loopback through handshakes that succeed: with the target, with an https proxy, with
 * a target behind one; and what False Start does to a peer that cannot bear it.
 */
#define _DEFAULT_SOURCE

#include <errno.h>
#include <fcntl.h>

#include "failing.h"
#include "net/dialing.h"
#include "net/files.h"
#include "net/tls_server.h"

#define OK "HTTP/1.1 200 OK\r\n\r\n"

static struct trust *trust;
static uint16_t port;
static int listener, counter[2];

/* How many connections there have been since it was last asked. */
static long long connections(void)
{
	char counted[64];
	ssize_t n = read(counter[0], counted, sizeof counted);

	return n > 0 ? n : 0;
}

static struct dial_options to_target(void)
{
	struct dial_options o = options("127.0.0.1", port);

	o.tls = true;
	o.trust = trust;
	return o;
}

static struct dial_options by_proxy(struct dial_proxy *proxy)
{
	struct dial_options o = options("api.example.com", 443);

	*proxy = (struct dial_proxy){.host = span_str("127.0.0.1"), .port = port, .tls = true};
	o.proxy = proxy;
	o.trust = trust;
	return o;
}

static void reaches(const struct dial_options *o, const struct tls_server_plan *plan,
                    long long expected, const char *name)
{
	pid_t pid = tls_serve(listener, plan, counter[1]);
	struct conn *c;
	struct err e;

	if (tap_good(dial(o, PATIENT_MS, &c, &e), &e, name))
		tap_is_int(ping(c, &e), IO_DONE, "... and carries bytes");
	conn_close(&c);
	tap_is_int(connections(), expected, "... connections");
	end(pid);
}

static void refuses(const struct dial_options *o, const struct tls_server_plan *plan,
                    enum err_kind kind, const char *text, long long expected, const char *name)
{
	pid_t pid = tls_serve(listener, plan, counter[1]);

	fails(o, PATIENT_MS, kind, text, name);
	tap_is_int(connections(), expected, "... connections");
	end(pid);
}

static void check_hops(void)
{
	static const struct tls_server_plan target = {SERVES, NULL, false}, proxy = {SERVES, OK, false},
		both = {SERVES, OK, true}, no = {SERVES, "HTTP/1.1 403 No\r\n\r\n", false},
		cut = {CUTS, OK, false}, long_chain = {DRAGS_ON, OK, false};
	struct dial_proxy to;
	struct dial_options o = to_target();

	reaches(&o, &target, 1, "a target");
	o.no_false_start = true;
	reaches(&o, &target, 1, "... without False Start");
	o = by_proxy(&to);
	reaches(&o, &proxy, 1, "an https proxy");
	refuses(&o, &no, ERR_PROXY, "proxy says 403", 1, "... that says no is asked once");
	refuses(&o, &cut, ERR_PROXY_BUSY, "(reset)", 1, "... that hangs up");
	refuses(&o, &long_chain, ERR_PROXY, "certificates", 1, "... of a chain without end");
	o.no_false_start = true;
	refuses(&o, &cut, ERR_PROXY_BUSY, "(reset)", 1, "... that hangs up on a careful client");
	o = by_proxy(&to);
	o.tls = true;
	reaches(&o, &both, 1, "a target behind an https proxy");
	refuses(&o, &proxy, ERR_TRUST, "api.example.com:443", 1, "... that speaks no TLS");
	o.host = span_str("b.example.com");
	refuses(&o, &both, ERR_TRUST, "b.example.com", 1, "... that is another");
	to.host = span_str("localhost");
	refuses(&o, &both, ERR_TRUST, "proxy localhost:", 1, "a proxy that is another");
}

/* Each hop is kept, up to the one that breaks. */
static void check_facts(void)
{
	static const struct tls_server_plan both = {SERVES, "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n", true};
	struct dial_facts f;
	struct dial_proxy to;
	struct dial_options o = by_proxy(&to);

	o.tls = true;
	o.facts = &f;
	reaches(&o, &both, 1, "facts of a whole way");
	for (int hop = 0; hop < DIAL_HOPS; hop++)
		tap_is_int(f.hops[hop].outcome, DIAL_PASSED, "... a hop is passed");
	tap_ok(f.addresses == 1 && strcmp(f.address, "127.0.0.1") == 0, "... the address");
	tap_ok(f.proxy_status == 200 && f.dated && f.date_s == 784111777, "... the proxy's reply and its date");
	tap_ok(strstr(f.tls.suite, "ECDHE") != NULL && strstr(f.proxy_tls.suite, "ECDHE") != NULL, "... the suites");
	tap_ok(f.tls.certificates.read && f.proxy_tls.certificates.read &&
	       strcmp(f.tls.certificates.issuer, "CN=Zoo middle, O=Zoo") == 0, "... the issuer");
	o.host = span_str("b.example.com");
	refuses(&o, &both, ERR_TRUST, "b.example.com", 1, "facts of a way that ends at the target's certificate");
	tap_ok(f.hops[DIAL_PROXY].outcome == DIAL_PASSED && f.hops[DIAL_TLS].outcome == DIAL_BROKE, "... where it broke");
	tap_ok(f.tls.suite[0] == '\0' && f.tls.certificates.read &&
	       f.tls.certificates.not_after_s == CERTS_END, "... what was seen of it");
}

/* A proxy that stumbles over False Start is tried once more without it, and only then given up. */
static void check_second_try(void)
{
	static const struct tls_server_plan stumbles = {STUMBLES, OK, false},
		never = {HANGS_UP, OK, false};
	struct dial_proxy to;
	struct dial_options o = by_proxy(&to);

	reaches(&o, &stumbles, 2, "an https proxy that stumbles over False Start");
	refuses(&o, &never, ERR_PROXY_BUSY, "127.0.0.1", 2, "... or hangs up anyway");
	o.no_false_start = true;
	reaches(&o, &stumbles, 1, "no False Start, no second try");
	refuses(&o, &never, ERR_PROXY_BUSY, "127.0.0.1", 1, "... when it hangs up");
}

/* The target's first data is the caller's: it is told whether False Start may be why it failed. */
static void check_suspect(void)
{
	static const struct {
		const char *name;
		struct tls_server_plan plan;
		bool no_false_start, suspect;
	} rows[] = {
		{"a target that stumbles over False Start", {STUMBLES, NULL, false}, false, true},
		{"... without False Start", {STUMBLES, NULL, false}, true, false},
		{"a target that bears it", {SERVES, NULL, false}, false, false},
	};
	struct dial_options o = to_target();
	struct conn *c;
	struct dial *d;
	struct err e;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		pid_t pid = tls_serve(listener, &rows[i].plan, counter[1]);

		o.no_false_start = rows[i].no_false_start;
		if (!tap_good(dial_start(&d, &o, &e), &e, rows[i].name))
			break;
		tap_ok(!dial_false_start_suspect(d), "... no suspicion before there is a conn");
		tap_is_int(drive(d, PATIENT_MS, &e), IO_DONE, "... is reached");
		c = dial_take(d);
		tap_is_int(ping(c, &e), rows[i].suspect ? IO_FAIL : IO_DONE, "... carries bytes or not");
		tap_is_int(dial_false_start_suspect(d), rows[i].suspect, "... and is suspected or not");
		conn_close(&c);
		dial_free(&d);
		end(pid);
	}
	tap_is_int(connections(), 3, "... connections");
}

static void check_verbose(void)
{
	static const struct tls_server_plan target = {SERVES, NULL, false}, both = {STUMBLES, OK, true};
	static const char *const direct[] = {"TLS 1.2 ECDHE-ECDSA-", "issuer CN=Zoo middle, O=Zoo with "
		"127.0.0.1:", NULL},
		*const hops[] = {"connected to proxy 127.0.0.1:", "O=Zoo with proxy 127.0.0.1:",
			" may not know TLS False Start: trying without", "tunnel through proxy 127.0.0.1:",
			"O=Zoo with api.example.com:443, ", NULL};
	struct dial_proxy to;
	struct dial_options o = to_target();
	pid_t pid = tls_serve(listener, &target, counter[1]);

	tells(&o, direct, "a handshake, told");
	end(pid);
	o = by_proxy(&to);
	o.tls = true;
	pid = tls_serve(listener, &both, counter[1]);
	tells(&o, hops, "handshakes with proxy and target, told");
	end(pid);
	tap_is_int(connections(), 3, "... connections");
}

static void check_failing(void)
{
	static const struct tls_server_plan both = {STUMBLES, OK, true};
	struct dial_proxy to;
	pid_t pid = tls_serve(listener, &both, counter[1]);
	size_t fds = open_fds();

	failing_options = by_proxy(&to);
	failing_options.tls = true;
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, dial_once), "each allocation fails");
	tap_is_int((long long)open_fds(), (long long)fds, "... and nothing stays open");
	end(pid);
}

int main(void)
{
	struct trust_options t = {0};
	struct err e;

	files_start();
	files_write_pem("root.pem", CERT(certs_root));
	t.only_file = files_name("root.pem");
	now_ms = CERTS_NOW * 1000;
	listener = loopback_listen(AF_INET, &port);
	if (listener < 0 || pipe(counter) != 0 || fcntl(counter[0], F_SETFL, O_NONBLOCK) != 0 ||
	    !tap_good(trust_load(&trust, &t, &e), &e, "trust anchors"))
		return 99;
	check_hops();
	check_facts();
	check_second_try();
	check_suspect();
	check_verbose();
	check_failing();
	trust_free(&trust);
	files_end();
	return tap_done();
}
