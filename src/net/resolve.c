#include "net/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/resolve_helper.h"
#include "wire/ip.h"
#include "wire/url.h"

enum { LABEL_MAX = 63 };

struct lookup {
	struct addresses known; /* answered without the helper when n > 0 */
	int fd;                 /* the answer's socket, -1 when there is none */
	uint16_t port;
	char host[RESOLVE_HOST_MAX + 1];
};

bool resolver_start(struct resolver **out, struct err *e)
{
	struct resolver *r = malloc(sizeof *r);

	*out = NULL;
	if (r == NULL)
		return err_memory(e);
	if (!resolve_helper_start(r, e)) {
		free(r);
		return false;
	}
	*out = r;
	return true;
}

void resolver_stop(struct resolver **r)
{
	if (*r == NULL)
		return;
	close((*r)->fd);
	kill((*r)->pid, SIGKILL);
	while (waitpid((*r)->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	free(*r);
	*r = NULL;
}

static void set_port(struct sockaddr_storage *at, uint16_t port)
{
	if (at->ss_family == AF_INET6)
		((struct sockaddr_in6 *)at)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)at)->sin_port = htons(port);
}

static void add_ip(struct addresses *a, const unsigned char *ip, size_t n)
{
	struct sockaddr_storage *at = &a->at[a->n];

	if (n == 16) {
		struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)at;

		v6->sin6_family = AF_INET6;
		memcpy(&v6->sin6_addr, ip, n);
		a->len[a->n++] = sizeof *v6;
	} else {
		struct sockaddr_in *v4 = (struct sockaddr_in *)at;

		v4->sin_family = AF_INET;
		memcpy(&v4->sin_addr, ip, n);
		a->len[a->n++] = sizeof *v4;
	}
}

/* What needs no asking: addresses, and the names that are this machine. */
static void answer_known(struct addresses *a, struct span host)
{
	static const unsigned char loopback4[4] = {127, 0, 0, 1}, loopback6[16] = {[15] = 1};
	unsigned char ip[IP_MAX];
	size_t n;

	if (ip_parse(host, ip, &n)) {
		add_ip(a, ip, n);
	} else if (url_host_under(host, "localhost")) {
		add_ip(a, loopback4, sizeof loopback4);
		add_ip(a, loopback6, sizeof loopback6);
	}
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_byte(unsigned char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
	       c == '_';
}

static bool is_label(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_name_byte(s.p[i]))
			return false;
	return s.n > 0 && s.n <= LABEL_MAX;
}

/* A name that ends in a number would be taken for an address by inet_aton: "127.1", "1.0x7f". */
static bool is_number(struct span s)
{
	size_t i = 0;

	if (span_starts(s, "0x") || span_starts(s, "0X"))
		return true;
	while (i < s.n && is_digit(s.p[i]))
		i++;
	return i == s.n;
}

static bool is_host_name(struct span s)
{
	size_t from, to;

	if (span_ends(s, "."))
		s.n--;
	if (s.n >= RESOLVE_HOST_MAX)
		return false;
	for (from = 0;; from = to + 1) {
		to = span_find(s, '.', from);
		if (!is_label(span_cut(s, from, to)))
			return false;
		if (to == s.n)
			return !is_number(span_cut(s, from, to));
	}
}

static bool send_question(const struct resolver *r, const struct lookup *l, int answer_fd)
{
	struct resolve_question q = {{0}};
	union {
		struct cmsghdr head;
		unsigned char bytes[CMSG_SPACE(sizeof(int))];
	} d = {{0}};
	struct iovec io = {.iov_base = &q, .iov_len = sizeof q};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = d.bytes,
	                   .msg_controllen = sizeof d.bytes};
	ssize_t put;

	memcpy(q.host, l->host, sizeof q.host);
	d.head.cmsg_level = SOL_SOCKET;
	d.head.cmsg_type = SCM_RIGHTS;
	d.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&d.head), &answer_fd, sizeof answer_fd);
	do
		put = sendmsg(r->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (put < 0 && errno == EINTR);
	return put == sizeof q;
}

static bool ask_helper(struct lookup *l, const struct resolver *r, struct err *e)
{
	int pair[2], sys = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return err_set(e, ERR_CONNECT, errno, "cannot look up %s", l->host);
	l->fd = pair[0];
	if (!send_question(r, l, pair[1]))
		sys = errno;
	close(pair[1]);
	if (sys != 0)
		return err_set(e, ERR_CONNECT, sys, "cannot look up %s", l->host);
	return true;
}

static bool start(struct lookup *l, const struct resolver *r, struct span host, struct err *e)
{
	answer_known(&l->known, host);
	if (l->known.n > 0)
		return true;
	if (!is_host_name(host))
		return err_set(e, ERR_NAME, 0, "not a host name: %.*s",
		               (int)(host.n < RESOLVE_HOST_MAX ? host.n : RESOLVE_HOST_MAX),
		               host.n > 0 ? (const char *)host.p : "(empty)");
	memcpy(l->host, host.p, host.n);
	if (r == NULL)
		return err_set(e, ERR_BUG, 0, "no resolver for the name %s", l->host);
	return ask_helper(l, r, e);
}

bool lookup_start(struct lookup **out, struct resolver *r, struct span host, uint16_t port,
                  struct err *e)
{
	struct lookup *l = calloc(1, sizeof *l);

	*out = NULL;
	if (l == NULL)
		return err_memory(e);
	l->fd = -1;
	l->port = port;
	if (!start(l, r, host, e)) {
		lookup_free(&l);
		return false;
	}
	*out = l;
	return true;
}

static enum io give(const struct lookup *l, const struct addresses *from, struct addresses *out)
{
	*out = *from;
	for (size_t i = 0; i < out->n; i++)
		set_port(&out->at[i], l->port);
	return IO_DONE;
}

static void explain(const struct lookup *l, const struct resolve_answer *a, struct err *e)
{
	if (a->failed == ERR_NAME)
		err_set(e, ERR_NAME, 0, "host name not found: %s", l->host);
	else if (a->code == EAI_AGAIN)
		err_set(e, ERR_CONNECT, 0, "no name server answers for %s", l->host);
	else
		err_set(e, ERR_CONNECT, a->sys, "looking up %s fails for now (code %d)", l->host,
			a->code);
}

enum io lookup_step(struct lookup *l, struct addresses *out, struct err *e)
{
	struct resolve_answer a;
	ssize_t got;

	if (l->known.n > 0)
		return give(l, &l->known, out);
	do
		got = recv(l->fd, &a, sizeof a, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return IO_WANT_READ;
	if (got != sizeof a)
		err_set(e, ERR_CONNECT, 0, "looking up %s ended without an answer", l->host);
	else if (a.failed != ERR_NONE || a.found.n == 0 || a.found.n > RESOLVE_ADDRESSES)
		explain(l, &a, e);
	else
		return give(l, &a.found, out);
	return IO_FAIL;
}

int lookup_fd(const struct lookup *l)
{
	return l->fd;
}

void lookup_free(struct lookup **l)
{
	if (*l == NULL)
		return;
	if ((*l)->fd >= 0)
		close((*l)->fd);
	free(*l);
	*l = NULL;
}
