/*
 * tls_server - a TLS 1.2 server on BearSSL, in a child process, with the certificates of certs.h.
 */
#ifndef TLS_SERVER_H
#define TLS_SERVER_H

#include <bearssl_ssl.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "certs.h"
#include "tap.h"

enum tls_server_way {
	SERVES,
	STUMBLES, /* hangs up on data that comes before its Finished: False Start */
	HANGS_UP, /* before its Finished, whatever comes */
	CUTS,     /* hangs up after the first data, without close_notify */
	DRAGS_ON, /* with a chain of more certificates than are looked at */
};

struct tls_server {
	br_ssl_server_context server;
	br_sslio_context io;
	br_x509_certificate chain[CHAIN_CERTS_MAX + 2];
	br_ec_private_key key;
	unsigned char buf[BR_SSL_BUFSIZE_BIDI];
	int fd;
	enum tls_server_way way;
};

static int tls_server_low_read(void *ctx, unsigned char *p, size_t n)
{
	int got = (int)read(((struct tls_server *)ctx)->fd, p, n);

	return got > 0 ? got : -1;
}

static int tls_server_low_write(void *ctx, const unsigned char *p, size_t n)
{
	const struct tls_server *s = ctx;
	unsigned char first;

	/* A record of ChangeCipherSpec goes out; the one that waits is application data. */
	if (p[0] == 20 && (s->way == HANGS_UP || (s->way == STUMBLES &&
		recv(s->fd, &first, 1, MSG_PEEK | MSG_DONTWAIT) == 1 && first == 23)))
		return -1;
	return (int)send(s->fd, p, n, MSG_NOSIGNAL);
}

static int tls_server_inner_read(void *ctx, unsigned char *p, size_t n)
{
	return br_sslio_read(ctx, p, n);
}

static int tls_server_inner_write(void *ctx, const unsigned char *p, size_t n)
{
	return br_sslio_write_all(ctx, p, n) == 0 && br_sslio_flush(ctx) == 0 ? (int)n : -1;
}

/* Over the stream of another one, or over its fd when that is NULL. */
static void tls_server_begin(struct tls_server *s, br_sslio_context *below)
{
	s->chain[0] = (br_x509_certificate){(unsigned char *)certs_leaf, sizeof certs_leaf};
	for (size_t i = 1; i < sizeof s->chain / sizeof s->chain[0]; i++)
		s->chain[i] = (br_x509_certificate){(unsigned char *)certs_middle,
		                                    sizeof certs_middle};
	s->key = (br_ec_private_key){BR_EC_secp256r1, (unsigned char *)certs_leaf_key,
	                             sizeof certs_leaf_key};
	br_ssl_server_init_full_ec(&s->server, s->chain,
	                           s->way == DRAGS_ON ? CHAIN_CERTS_MAX + 2 : 2, BR_KEYTYPE_EC, &s->key);
	br_ssl_engine_set_buffer(&s->server.eng, s->buf, sizeof s->buf, 1);
	br_ssl_server_reset(&s->server);
	if (below != NULL)
		br_sslio_init(&s->io, &s->server.eng, tls_server_inner_read, below,
		              tls_server_inner_write, below);
	else
		br_sslio_init(&s->io, &s->server.eng, tls_server_low_read, s,
		              tls_server_low_write, s);
}

/* Gives back what it gets. */
static void tls_server_echo(br_sslio_context *io)
{
	char in[256];
	int n;

	while ((n = br_sslio_read(io, in, sizeof in)) > 0)
		if (br_sslio_write_all(io, in, (size_t)n) != 0 || br_sslio_flush(io) != 0)
			break;
}

/* Reads the head of a CONNECT, says `reply`; false when there was none. */
static bool tls_server_tunnel(struct tls_server *s, const char *reply)
{
	char in[1024];
	size_t got = 0;
	int n;

	while (got < 4 || memcmp(in + got - 4, "\r\n\r\n", 4) != 0) {
		n = got < sizeof in ? br_sslio_read(&s->io, in + got, sizeof in - got) : -1;
		if (n <= 0 || s->way == CUTS)
			return false;
		got += (size_t)n;
	}
	return br_sslio_write_all(&s->io, reply, strlen(reply)) == 0 && br_sslio_flush(&s->io) == 0;
}

/* With a reply it is a proxy, whose tunnels lead to a TLS server (`inner`) or to an echo. */
struct tls_server_plan {
	enum tls_server_way way;
	const char *reply;
	bool inner;
};

/* Takes connection after connection, and writes a byte to `counter` for each. */
static pid_t tls_serve(int listener, const struct tls_server_plan *plan, int counter)
{
	static struct tls_server outer, inner;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid != 0)
		return pid;
	for (;;) {
		outer.fd = accept(listener, NULL, NULL);
		outer.way = plan->way;
		if (write(counter, ".", 1) != 1)
			_exit(1);
		tls_server_begin(&outer, NULL);
		if (plan->reply == NULL || tls_server_tunnel(&outer, plan->reply)) {
			if (plan->inner)
				tls_server_begin(&inner, &outer.io);
			tls_server_echo(plan->inner ? &inner.io : &outer.io);
		}
		close(outer.fd);
	}
}

#endif
