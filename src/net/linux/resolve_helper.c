#define _GNU_SOURCE /* EAI_NODATA, environ, _Fork: we have no threads to tell */

#include "net/resolve_helper.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/child.h"

enum { FD_QUESTIONS = 0 };

union descriptor {
	struct cmsghdr align;
	unsigned char bytes[CMSG_SPACE(sizeof(int))];
};

/* The token is in here when it came by environment; the parent clears only its own copy. */
static void forget_environment(void)
{
	for (char **v = environ; *v != NULL; v++)
		wipe(*v, strlen(*v));
	environ[0] = NULL;
}

/* A UDP connect only asks the routing table; 2000:: is the bottom of the global range, nobody's. */
static bool has_ipv6_route(void)
{
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(53)};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok;

	if (fd < 0)
		return false;
	to.sin6_addr.s6_addr[0] = 0x20;
	ok = connect(fd, (const struct sockaddr *)&to, sizeof to) == 0;
	close(fd);
	return ok;
}

static void add(struct addresses *a, const struct addrinfo *i)
{
	memcpy(&a->at[a->n], i->ai_addr, i->ai_addrlen);
	a->len[a->n++] = i->ai_addrlen;
}

static const struct addrinfo *next_of(const struct addrinfo *i, bool of_family, int family)
{
	while (i != NULL && (i->ai_family == family) != of_family)
		i = i->ai_next;
	return i;
}

void resolve_interleave(const struct addrinfo *list, struct addresses *out)
{
	int family = list->ai_family;
	const struct addrinfo *next[2] = {list, next_of(list, false, family)};

	for (int turn = 0; next[0] != NULL || next[1] != NULL; turn ^= 1)
		if (next[turn] != NULL && out->n < RESOLVE_ADDRESSES) {
			add(out, next[turn]);
			next[turn] = next_of(next[turn]->ai_next, turn == 0, family);
		} else {
			next[turn] = NULL;
		}
}

static enum err_kind kind_of(int code)
{
	switch (code) {
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY: /* the name has addresses, but of no family we asked for */
		return ERR_NAME;
	default:
		return ERR_CONNECT;
	}
}

static void ask_system(const char *host, int family, struct resolve_answer *out)
{
	struct addrinfo want = {.ai_family = family, .ai_socktype = SOCK_STREAM}, *list = NULL;

	*out = (struct resolve_answer){0};
	out->code = getaddrinfo(host, NULL, &want, &list);
	out->sys = out->code == EAI_SYSTEM ? errno : 0;
	if (out->code != 0) {
		out->failed = kind_of(out->code);
		return;
	}
	resolve_interleave(list, &out->found);
	freeaddrinfo(list);
}

static _Noreturn void answer(const char *host, int fd)
{
	struct resolve_answer a;
	int family = has_ipv6_route() ? AF_UNSPEC : AF_INET;
	ssize_t put;

	ask_system(host, family, &a);
	if (a.failed != ERR_NONE && family != AF_INET)
		ask_system(host, AF_INET, &a);
	do
		put = send(fd, &a, sizeof a, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	_exit(0);
}

/* One question and the socket for its answer; false at the end of questions. */
static bool next_question(struct resolve_question *q, int *fd)
{
	union descriptor d;
	struct iovec io = {.iov_base = q, .iov_len = sizeof *q};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = d.bytes,
	                   .msg_controllen = sizeof d.bytes};
	struct cmsghdr *c;
	ssize_t got;

	do
		got = recvmsg(FD_QUESTIONS, &m, 0);
	while (got < 0 && errno == EINTR);
	c = CMSG_FIRSTHDR(&m);
	if (got != sizeof *q || c == NULL)
		return false;
	memcpy(fd, CMSG_DATA(c), sizeof *fd);
	return true;
}

static _Noreturn void serve(int fd, pid_t parent)
{
	struct resolve_question q;
	pid_t self = getpid();
	int answer_fd;

	(void)dup2(fd, FD_QUESTIONS);
	child_settle(parent, FD_QUESTIONS + 1);
	(void)signal(SIGCHLD, SIG_IGN); /* ignored children leave no zombies */
	(void)prctl(PR_SET_DUMPABLE, 0);
	forget_environment();
	while (next_question(&q, &answer_fd)) {
		if (_Fork() == 0) {
			close(FD_QUESTIONS);
			child_end_with(self);
			answer(q.host, answer_fd);
		}
		close(answer_fd);
	}
	_exit(0);
}

bool resolve_helper_start(struct resolver *r, struct err *e)
{
	pid_t self = getpid();
	int pair[2], sys;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return err_set(e, ERR_BUG, errno, "no socket for the name helper");
	r->pid = _Fork();
	sys = errno;
	if (r->pid == 0)
		serve(pair[1], self);
	close(pair[1]);
	if (r->pid < 0) {
		close(pair[0]);
		return err_set(e, ERR_BUG, sys, "cannot start the name helper");
	}
	r->fd = pair[0];
	return true;
}
