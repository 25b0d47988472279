/*
 * net/resolve: names that need no asking, names that cannot be, the helper (what it keeps of us,
 * that it ends, that it answers), and a helper played by the test. No question leaves the machine:
 * the real helper is asked for localhost, and for what is no name at all.
 */

#include "net/resolve.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "failing.h"
#include "net/resolve_helper.h"
#include "tap.h"

#define CANARY "C=ANARY7c1f"

extern char **environ;

static bool look_up(struct resolver *r, const char *host, struct addresses *out, struct err *e)
{
	struct lookup *l;
	enum io io;

	if (!lookup_start(&l, r, span_str(host), 443, e))
		return false;
	while ((io = lookup_step(l, out, e)) == IO_WANT_READ) {
		struct pollfd p = {.fd = lookup_fd(l), .events = POLLIN};
		if (poll(&p, 1, 15000) != 1)
			break;
	}
	lookup_free(&l);
	lookup_free(&l);
	return io == IO_DONE;
}

static void check_known(void)
{
	static const struct {
		const char *host, *first;
		size_t n;
	} rows[] = {
		{"127.0.0.1", "127.0.0.1", 1},
		{"192.0.2.7", "192.0.2.7", 1},
		{"::1", "::1", 1},
		{"2001:db8::17", "2001:db8::17", 1},
		{"localhost", "127.0.0.1", 2},
		{"LocalHost.", "127.0.0.1", 2},
		{"a.b.localhost", "127.0.0.1", 2},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct addresses a;
		struct err e;
		char text[INET6_ADDRSTRLEN] = "";
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)&a.at[0];
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&a.at[0];

		if (!tap_good(look_up(NULL, rows[i].host, &a, &e), &e, rows[i].host))
			continue;
		if (v4->sin_family == AF_INET)
			inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
		else
			inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
		tap_is_int((long long)a.n, (long long)rows[i].n, "... addresses");
		tap_is_str(span_str(text), rows[i].first, "... the first");
		tap_is_int(ntohs(v4->sin_family == AF_INET ? v4->sin_port : v6->sin6_port), 443,
			"... port");
	}
}

#define L61 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghija"
#define L63 L61 "bc"

static void check_names(void)
{
	static const char *const bad[] = {
		"",
		".",
		"a..b",
		".a",
		"a b",
		"a\nb",
		"a/b",
		"a:b",
		"\xc3\xa4.example",
		"a@b",
		"a%41",
		"a;b",
		"a^b",
		"a{b",
		"127.1",
		"1",
		"0x7f.0x1",
		"1.2.3",
		"1.2.3.4.5",
		"300.1.1.1",
		"01.2.3.4.",
		"a.0x7f",
		"a.0X7F",
		L63 "d.example",
		L63 "." L63 "." L63 "." L63,
		L61 "a." L63 "." L63 "." L63,
		"[::1]",
		"fe80::1%eth0",
	};
	static const char *const good[] = {
		"a", "a.", "a_b.example", "3com.example", "a-b", "xn--4ca.example", "1a", "1.a",
		L63 ".example", L61 "." L63 "." L63 "." L63, L61 "." L63 "." L63 "." L63 ".",
	};
	struct addresses a;
	struct err e;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		tap_fails(look_up(NULL, bad[i], &a, &e), &e, ERR_NAME, bad[i]);
	tap_fails(look_up(NULL, "x\0y", &a, &e), &e, ERR_BUG,
		"without a helper a name is our mistake");
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		tap_fails(look_up(NULL, good[i], &a, &e), &e, ERR_BUG, good[i]);
}

static size_t count_fds(pid_t pid)
{
	char path[64];
	size_t n = 0;
	DIR *d;

	snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
	d = opendir(path);
	if (d == NULL)
		return 0;
	for (struct dirent *i; (i = readdir(d)) != NULL;)
		n += i->d_name[0] != '.';
	closedir(d);
	return n;
}

static void wait_a_little(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}

static bool process_shows(pid_t pid, const char *file, const char *needle)
{
	static char content[65536];
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, content, sizeof content);
	if (fd >= 0)
		close(fd);
	for (ssize_t i = 0; i + (ssize_t)strlen(needle) <= n; i++)
		if (memcmp(content + i, needle, strlen(needle)) == 0)
			return true;
	return false;
}

/*
 * Can we look into the helper? Not under valgrind or an emulator, which have descriptors and an
 * environment of their own, and only as root, for it cannot be traced.
 */
static bool can_look(void)
{
	return geteuid() == 0 && process_shows(getpid(), "environ", CANARY);
}

static bool is_alive(pid_t pid)
{
	return process_shows(pid, "stat", ") ") && !process_shows(pid, "stat", ") Z");
}

static void check_helper_keeps_nothing(void)
{
	struct resolver r;
	struct err e;
	int opened = open("/", O_RDONLY);

	if (!tap_good(resolve_helper_start(&r, &e), &e, "helper starts"))
		return;
	if (tap_ok(true, "a look into it%s", can_look() ? "" : " # SKIP not possible here") &&
		can_look()) {
		for (int i = 0; i < 50 && process_shows(r.pid, "environ", CANARY); i++)
			wait_a_little();
		tap_is_int((long long)count_fds(r.pid), 1, "it holds one descriptor");
		tap_ok(!process_shows(r.pid, "environ", CANARY), "nothing of our environment");
		tap_ok(process_shows(r.pid, "status", "NoNewPrivs:\t1"), "it gains no privileges");
	}
	tap_ok(is_alive(r.pid), "it runs");
	close(r.fd);
	tap_ok(waitpid(r.pid, NULL, 0) == r.pid, "it ends when its socket does");
	close(opened);
}

/* A parent is killed, its end of the socket kept open by another: the helper ends all the same. */
static void check_helper_dies_with_parent(void)
{
	struct resolver r = {0};
	struct err e;
	int pass[2];
	pid_t parent;

	if (pipe(pass) != 0)
		exit(99);
	parent = fork();
	if (parent == 0) {
		if (!resolve_helper_start(&r, &e))
			_exit(1);
		if (fork() == 0) { /* keeps r.fd open */
			close(pass[1]);
			close(STDOUT_FILENO); /* prove waits for its end */
			close(STDERR_FILENO);
			sleep(2);
			_exit(0);
		}
		(void)!write(pass[1], &r, sizeof r);
		pause();
		_exit(0);
	}
	close(pass[1]);
	if (read(pass[0], &r, sizeof r) != sizeof r)
		exit(99);
	tap_ok(is_alive(r.pid), "a helper runs");
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	for (int i = 0; i < 50 && is_alive(r.pid); i++)
		wait_a_little();
	tap_ok(!is_alive(r.pid), "... and ends when its parent is killed");
	close(pass[0]);
}

union descriptor {
	struct cmsghdr head;
	unsigned char bytes[CMSG_SPACE(sizeof(int))];
};

/* Asks the helper without resolve.c in between. */
static struct resolve_answer ask(const struct resolver *r, const char *host)
{
	struct resolve_question q = {{0}};
	struct resolve_answer a = {.failed = ERR_BUG};
	union descriptor d = {.head = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
	                               .cmsg_len = CMSG_LEN(sizeof(int))}};
	struct iovec io = {&q, sizeof q};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = d.bytes,
	                   .msg_controllen = sizeof d.bytes};
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
		exit(99);
	snprintf(q.host, sizeof q.host, "%s", host);
	memcpy(CMSG_DATA(&d.head), &pair[1], sizeof(int));
	if (sendmsg(r->fd, &m, MSG_NOSIGNAL) != sizeof q)
		exit(99);
	close(pair[1]);
	(void)!recv(pair[0], &a, sizeof a, 0);
	close(pair[0]);
	return a;
}

static void check_helper_answers(void)
{
	struct resolver *r;
	struct resolve_answer a;
	struct err e;

	if (!tap_good(resolver_start(&r, &e), &e, "resolver starts"))
		return;
	a = ask(r, "localhost");
	tap_ok(a.failed == ERR_NONE && a.found.n > 0 && a.found.n <= RESOLVE_ADDRESSES,
	       "the helper finds localhost: %zu addresses", a.found.n);
	a = ask(r, "127.0.0.1");
	tap_ok(a.failed == ERR_NONE && a.found.n == 1, "... and an address");
	a = ask(r, "not..a..name");
	tap_ok(a.failed == ERR_NAME || a.failed == ERR_CONNECT,
		"... and no sense in nonsense: code %d", a.code);
	resolver_stop(&r);
	resolver_stop(&r);
	tap_ok(waitpid(-1, NULL, WNOHANG) == -1, "no child is left");
}

/* A helper as the test wants it: takes one question and gives back the socket for its answer. */
static int take_question(int fd, struct resolve_question *q)
{
	union descriptor d;
	struct iovec io = {q, sizeof *q};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = d.bytes,
	                   .msg_controllen = sizeof d.bytes};
	int answer_fd = -1;

	if (recvmsg(fd, &m, 0) == sizeof *q && CMSG_FIRSTHDR(&m) != NULL)
		memcpy(&answer_fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int));
	return answer_fd;
}

static void check_asking(void)
{
	struct resolver r = {0};
	struct resolve_question q;
	struct resolve_answer a = {.failed = ERR_NONE};
	struct addresses got;
	struct lookup *first, *second;
	struct err e;
	int helper[2], to_first, to_second;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, helper) != 0)
		exit(99);
	r.fd = helper[0];
	tap_good(lookup_start(&first, &r, span_str("one.example."), 443, &e), &e, "one question");
	tap_good(lookup_start(&second, &r, span_str("two.example"), 8443, &e), &e, "and another");
	to_first = take_question(helper[1], &q);
	tap_is_str(span_str(q.host), "one.example.", "the helper is asked the name as it is");
	to_second = take_question(helper[1], &q);
	tap_is_str(span_str(q.host), "two.example", "... and the next");
	tap_is_int(lookup_step(first, &got, &e), IO_WANT_READ, "no answer yet");

	a.found.n = 2;
	a.found.len[0] = sizeof(struct sockaddr_in6);
	a.found.at[0].ss_family = AF_INET6;
	a.found.len[1] = sizeof(struct sockaddr_in);
	a.found.at[1].ss_family = AF_INET;
	(void)!send(to_second, &a, sizeof a, 0);
	tap_is_int(
		lookup_step(first, &got, &e), IO_WANT_READ, "an answer reaches only its question");
	tap_ok(lookup_step(second, &got, &e) == IO_DONE && got.n == 2, "... which is done");
	tap_is_int(ntohs(((struct sockaddr_in6 *)&got.at[0])->sin6_port), 8443, "port of IPv6");
	tap_is_int(ntohs(((struct sockaddr_in *)&got.at[1])->sin_port), 8443, "port of IPv4");
	close(to_first);
	tap_fails(lookup_step(first, &got, &e) != IO_FAIL, &e, ERR_CONNECT, "a look-up that died");
	lookup_free(&first);
	lookup_free(&second);
	close(to_second);

	static const struct {
		const char *name;
		struct resolve_answer answer;
		size_t n;
		enum err_kind kind;
	} rows[] = {
		{"no such name", {.failed = ERR_NAME}, sizeof a, ERR_NAME},
		{"failing for now", {.failed = ERR_CONNECT, .code = -3}, sizeof a, ERR_CONNECT},
		{"no address", {.failed = ERR_NONE}, sizeof a, ERR_CONNECT},
		{"too many addresses", {.found = {.n = RESOLVE_ADDRESSES + 1}}, sizeof a,
			ERR_CONNECT},
		{"half an answer", {.failed = ERR_NAME}, sizeof a / 2, ERR_CONNECT},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!lookup_start(&first, &r, span_str("three.example"), 1, &e))
			exit(99);
		to_first = take_question(helper[1], &q);
		(void)!send(to_first, &rows[i].answer, rows[i].n, 0);
		tap_fails(lookup_step(first, &got, &e) != IO_FAIL, &e, rows[i].kind, rows[i].name);
		tap_ok(strstr(e.text, "three.example") != NULL, "... by name: %s", e.text);
		lookup_free(&first);
		close(to_first);
	}
	if (!lookup_start(&first, &r, span_str("four.example"), 1, &e))
		exit(99);
	to_first = take_question(helper[1], &q);
	lookup_free(&first);
	tap_ok(send(to_first, &a, sizeof a, MSG_NOSIGNAL) < 0,
		"a question given up takes no answer");
	close(to_first);
	close(helper[1]);
	tap_fails(lookup_start(&first, &r, span_str("five.example"), 1, &e), &e, ERR_CONNECT,
	          "a helper that is gone");
	close(helper[0]);
}

/* A helper in which a call fails from the start; it is asked for localhost, and for it again. */
static void check_helper_failing(const char *call, bool on, int sys, enum err_kind want, int again,
                                 const char *name)
{
	struct resolver r;
	struct resolve_answer a;
	struct err e;
	bool ok;

	failing_start(call, 1, on, sys);
	ok = resolve_helper_start(&r, &e);
	failing_stop();
	if (!tap_good(ok, &e, name))
		return;
	a = ask(&r, "localhost");
	tap_is_int(a.failed, want, "... the answer");
	if (want == ERR_NONE)
		tap_ok(a.found.n > 0, "... holds addresses");
	else if (want != ERR_BUG)
		tap_is_int(a.code, sys, "... says the code");
	a = ask(&r, "localhost");
	tap_is_int(a.failed, again, "... and the next");
	close(r.fd);
	tap_ok(waitpid(r.pid, NULL, 0) == r.pid, "... and it ends");
}

static void check_helper_failures(void)
{
	static const struct {
		const char *call;
		bool on;
		int sys;
		enum err_kind want, again;
		const char *name;
	} rows[] = {
		{"recvmsg", false, EINTR, ERR_NONE, ERR_NONE, "an interrupted question"},
		{"send", false, EINTR, ERR_NONE, ERR_NONE, "an interrupted answer"},
		{"socket", true, EAFNOSUPPORT, ERR_NONE, ERR_NONE, "no IPv6 at all"},
		{"syscall", true, ENOSYS, ERR_NONE, ERR_NONE, "no close_range"},
		{"send", true, EPIPE, ERR_BUG, ERR_BUG, "an answer nobody waits for"},
		{"getaddrinfo", true, EAI_NONAME, ERR_NAME, ERR_NAME, "no such name"},
		{"getaddrinfo", true, EAI_AGAIN, ERR_CONNECT, ERR_CONNECT, "not for now"},
		{"getaddrinfo", true, EAI_SYSTEM, ERR_CONNECT, ERR_CONNECT, "the system fails"},
	};
	struct resolver *r;
	struct lookup *l;
	struct err e;
	struct resolver closed = {.fd = -1};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_helper_failing(rows[i].call, rows[i].on, rows[i].sys, rows[i].want,
		                     (int)rows[i].again, rows[i].name);
	failing_start("alloc", 1, false, ENOMEM);
	tap_fails(resolver_start(&r, &e), &e, ERR_MEMORY, "no memory for a resolver");
	failing_start("socketpair", 1, false, EMFILE);
	tap_fails(resolver_start(&r, &e), &e, ERR_BUG, "no socket for it");
	failing_start("_Fork", 1, false, EAGAIN);
	tap_fails(resolver_start(&r, &e), &e, ERR_BUG, "no process for it");
	tap_ok(failing_stop() && r == NULL && e.sys == EAGAIN, "... is told why");
	failing_start("alloc", 1, false, ENOMEM);
	tap_fails(lookup_start(&l, NULL, span_str("a.example"), 1, &e), &e, ERR_MEMORY,
	          "no memory for a look-up");
	failing_start("socketpair", 1, false, EMFILE);
	tap_fails(lookup_start(&l, &closed, span_str("a.example"), 1, &e), &e, ERR_CONNECT,
	          "no socket for its answer");
	tap_ok(failing_stop() && l == NULL && strstr(e.text, "a.example") != NULL, "... by name");
	if (!tap_good(resolver_start(&r, &e), &e, "a resolver"))
		return;
	failing_start("sendmsg", 1, false, EINTR);
	if (tap_good(lookup_start(&l, r, span_str("-"), 1, &e) && failing_stop(), &e,
	             "an interrupted question")) {
		failing_start("recv", 1, false, EINTR);
		tap_ok(lookup_step(l, &(struct addresses){0}, &e) != IO_DONE && failing_stop(),
		       "an interrupted look for its answer");
		failing_start("recv", 1, false, EIO);
		tap_fails(lookup_step(l, &(struct addresses){0}, &e) != IO_FAIL, &e, ERR_CONNECT,
		          "a look that fails");
		lookup_free(&l);
	}
	failing_start("waitpid", 1, false, EINTR);
	resolver_stop(&r);
	tap_ok(failing_stop() && waitpid(-1, NULL, WNOHANG) == -1,
	       "an interrupted wait leaves no child");
	if (!tap_good(resolver_start(&r, &e), &e, "a resolver"))
		return;
	failing_start("waitpid", 1, true, ECHILD);
	resolver_stop(&r);
	tap_ok(failing_stop() && waitpid(-1, NULL, 0) > 0, "a wait for nobody ends");
}

/* What is no question ends the helper, and so does a parent that ended first. */
static void check_helper_ends(void)
{
	static const struct {
		const char *call, *name;
	} rows[] = {{"recvmsg", "a helper that cannot read"}, {"getppid", "a helper without a parent"}};
	struct resolve_question q = {"localhost"};
	struct resolver r;
	struct err e;

	if (!tap_good(resolve_helper_start(&r, &e), &e, "a helper that gets no socket"))
		return;
	tap_ok(send(r.fd, &q, sizeof q, 0) == sizeof q && waitpid(r.pid, NULL, 0) == r.pid,
	       "... ends");
	close(r.fd);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		failing_start(rows[i].call, 1, true, EIO);
		if (!tap_good(resolve_helper_start(&r, &e), &e, rows[i].name))
			return;
		failing_stop();
		tap_ok(waitpid(r.pid, NULL, 0) == r.pid, "... ends");
		close(r.fd);
	}
}

/* Lists of families, '4' and '6', as the system may give them, and what comes of them. */
static void check_interleave(void)
{
	static const struct {
		const char *given, *taken;
	} rows[] = {
		{"4", "4"},
		{"6", "6"},
		{"46", "46"},
		{"444666", "464646"},
		{"664", "646"},
		{"6464", "6464"},
		{"644444444", "64444444"},
		{"444444444", "44444444"},
		{"44444444466666", "46464646"},
		{"446", "464"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct sockaddr_storage at[16] = {{0}};
		struct addrinfo list[16] = {{0}};
		struct addresses out = {0};
		char taken[RESOLVE_ADDRESSES + 1] = "";
		int last[2] = {0};
		bool ordered = true;

		for (size_t k = 0; rows[i].given[k] != '\0'; k++) {
			bool v6 = rows[i].given[k] == '6';

			at[k].ss_family = v6 ? AF_INET6 : AF_INET;
			((struct sockaddr_in *)&at[k])->sin_port = (in_port_t)(k + 1);
			list[k].ai_family = at[k].ss_family;
			list[k].ai_addr = (struct sockaddr *)&at[k];
			list[k].ai_addrlen = v6 ? sizeof(struct sockaddr_in6)
			                        : sizeof(struct sockaddr_in);
			list[k].ai_next = rows[i].given[k + 1] != '\0' ? &list[k + 1] : NULL;
		}
		resolve_interleave(list, &out);
		for (size_t k = 0; k < out.n; k++) {
			bool v6 = out.at[k].ss_family == AF_INET6;
			int number = ((struct sockaddr_in *)&out.at[k])->sin_port;

			taken[k] = v6 ? '6' : '4';
			ordered = ordered && number > last[v6] && out.len[k] ==
				(v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
			last[v6] = number;
		}
		tap_is_str(span_str(taken), rows[i].taken, rows[i].given);
		tap_ok(ordered, "... each family in its order");
	}
}

/* Puts the canary over a variable, in the block the program was started with. */
static bool plant_canary(void)
{
	size_t n = strlen(CANARY);

	for (char **v = environ; *v != NULL; v++)
		if (strlen(*v) > n) {
			memcpy(*v, CANARY, n + 1);
			return true;
		}
	return false;
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0); /* helpers are forked in between */
	check_known();
	check_names();
	if (tap_ok(plant_canary(), "a canary in the environment"))
		check_helper_keeps_nothing();
	check_helper_dies_with_parent();
	check_helper_answers();
	check_asking();
	check_helper_failures();
	check_helper_ends();
	check_interleave();
	return tap_done();
}
