/*
 * judge - the verifier and the TLS client as a program, for the tests.
 *
 *   judge verify TIME HOST ANCHORS CHAIN
 *           CHAIN is PEM, the server's certificate first; TIME is in seconds since 1970
 *   judge connect PORT HOST ANCHORS [eager]
 *           a handshake with 127.0.0.1, then one request; eager: with False Start
 *   judge scan ANCHORS TIMES
 *           how long a search takes
 *
 * Prints one line, "ok ..." or "<error kind>: <text>", and exits with 0 or 1.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/limits.h"
#include "net/sock.h"
#include "net/tls.h"
#include "net/verify.h"
#include "wire/pem.h"

static int64_t held_still(void *ctx)
{
	return *(int64_t *)ctx;
}

static int say(bool ok, const struct err *e, const char *text)
{
	if (ok)
		printf("ok %s\n", text);
	else
		printf("%s: %s\n", err_kind_name(e->kind), e->text);
	return ok ? 0 : 1;
}

static bool read_chain(const char *path, struct buf *der, struct span *certs, size_t *n,
                       struct err *e)
{
	struct buf text;
	struct pem pem = {0};
	struct span body;
	size_t at = 0, len;
	bool whole, ok;

	buf_init(&text, 4 << 20, "the chain");
	ok = file_read_path(path, &text, NULL, CLOCK_NEVER, e) && buf_reserve(der, text.n + 1, e);
	while (ok && pem_next(&pem, buf_span(&text), true, &at, &body) == PEM_CERT && *n < 64) {
		if (!pem_decode(body, der->p + der->n, der->cap - der->n, &len, &whole) || !whole)
			continue;
		certs[(*n)++] = span_of(der->p + der->n, len);
		der->n += len;
	}
	buf_free(&text);
	return ok;
}

static int verify(const char *time_s, const char *host, const char *anchors, const char *chain)
{
	int64_t now_ms = strtoll(time_s, NULL, 10) * 1000;
	struct clock clock = {held_still, held_still, &now_ms};
	struct trust_options o = {.only_file = anchors};
	struct span certs[64];
	struct verify_question q = {.certs = certs, .host = span_str(host), .clock = &clock};
	struct trust *trust = NULL;
	struct buf der, issuer;
	struct x509_key key;
	struct err e = {0};
	bool ok;

	buf_init(&der, 4 << 20, "the chain");
	buf_init(&issuer, ERR_TEXT_MAX, "a name");
	ok = trust_load(&trust, &o, &e) && read_chain(chain, &der, certs, &q.n, &e);
	q.trust = trust;
	ok = ok && verify_chain(&q, &key, &issuer, &e) && buf_add_byte(&issuer, '\0', &e);
	say(ok, &e, (const char *)issuer.p);
	trust_free(&trust);
	buf_free(&der);
	buf_free(&issuer);
	return ok ? 0 : 1;
}

static bool wait_for(struct conn *c, enum io io)
{
	struct pollfd p = {conn_fd(c), conn_events(io), 0};

	return poll(&p, 1, 10000) == 1;
}

static bool exchange(struct conn *c, struct err *e)
{
	static const char request[] = "GET / HTTP/1.0\r\n\r\n";
	char reply[4096];
	size_t n = 0, total = 0;
	enum io io;

	while ((io = tls_handshake(c, e)) != IO_DONE)
		if (io == IO_FAIL || !wait_for(c, io))
			return false;
	while ((io = conn_write(c, request, sizeof request - 1, &n, e)) != IO_DONE)
		if (io == IO_FAIL || !wait_for(c, io))
			return false;
	while ((io = conn_flush(c, e)) != IO_DONE)
		if (io == IO_FAIL || !wait_for(c, io))
			return false;
	do {
		while ((io = conn_read(c, reply, sizeof reply, &n, e)) != IO_DONE)
			if (io == IO_FAIL || !wait_for(c, io))
				return false;
		total += n;
	} while (n > 0);
	return total > 0 || err_set(e, ERR_PROTOCOL, 0, "no reply");
}

static bool dial(const char *port, struct conn **out, struct err *e)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
	enum io io;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!sock_connect(out, (const struct sockaddr *)&to, sizeof to, e))
		return false;
	while ((io = sock_connected(*out, e)) != IO_DONE)
		if (io == IO_FAIL || !wait_for(*out, io))
			return false;
	return true;
}

static int connect_to(const char *port, const char *host, const char *anchors, bool eager)
{
	struct trust_options to = {.only_file = anchors};
	struct tls_options o = {.host = span_str(host), .clock = &clock_system,
	                        .rand = &rand_system};
	struct trust *trust = NULL;
	struct conn *below = NULL, *c = NULL;
	struct err e = {0};
	bool ok;

	o.false_start = eager;
	ok = trust_load(&trust, &to, &e) && dial(port, &below, &e);
	o.trust = trust;
	if (ok) {
		ok = tls_open(&c, below, &o, &e);
		below = NULL;
	}
	ok = ok && exchange(c, &e);
	say(ok, &e, c != NULL ? tls_describe(c) : "");
	conn_close(&c);
	conn_close(&below);
	trust_free(&trust);
	return ok ? 0 : 1;
}

static int scan(const char *anchors, int times)
{
	struct trust_options o = {.only_file = anchors};
	struct dn name = {.canonical_n = 60};
	const struct dn *names[] = {&name};
	struct trust *trust = NULL;
	struct anchor *found = NULL;
	struct timespec a, b;
	struct err e = {0};
	char text[32];
	bool ok = trust_load(&trust, &o, &e);

	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 0; i < times && ok; i++) {
		ok = trust_find(trust, names, 1, &found, &e);
		anchors_free(&found);
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	snprintf(text, sizeof text, "%lld us",
	         ((b.tv_sec - a.tv_sec) * 1000000LL + (b.tv_nsec - a.tv_nsec) / 1000) / times);
	trust_free(&trust);
	return say(ok, &e, text);
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "verify") == 0)
		return verify(argv[2], argv[3], argv[4], argv[5]);
	if ((argc == 5 || argc == 6) && strcmp(argv[1], "connect") == 0)
		return connect_to(argv[2], argv[3], argv[4], argc == 6);
	if (argc == 4 && strcmp(argv[1], "scan") == 0)
		return scan(argv[2], atoi(argv[3]));
	fprintf(stderr, "usage: judge verify TIME HOST ANCHORS CHAIN | "
	                "connect PORT HOST ANCHORS [eager] | scan ANCHORS TIMES\n");
	return 2;
}
