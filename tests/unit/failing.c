#define _GNU_SOURCE
#include "failing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	const char *call; /* NULL: nothing fails */
	long at, seen;
	bool on, failed;
	int held;
	int sys;
} plan;

/* How often each was called, for the log. */
static struct {
	const char *call;
	long times;
} counts[60];

static const char *log_path;

void failing_start(const char *call, long n, bool on, int sys)
{
	plan.call = call;
	plan.at = n;
	plan.seen = 0;
	plan.on = on;
	plan.failed = false;
	plan.sys = sys;
}

bool failing_stop(void)
{
	plan.call = NULL;
	return plan.failed;
}

void failing_hold(bool hold)
{
	plan.held += hold ? 1 : -1;
}

bool failing_each(const char *call, int sys, enum err_kind kind, bool mends,
                  bool (*run)(struct err *e))
{
	for (long n = 1;; n++) {
		struct err e = {0};
		bool ok;

		failing_start(call, n, false, sys);
		ok = run(&e);
		if (failing_stop() ? (ok ? mends : e.kind == kind) : ok && n > 1) {
			if (!plan.failed)
				return true;
		} else {
			printf("#   %s %ld%s: %s %s\n", call, n, plan.failed ? "" : " was not",
			       ok ? "success" : "failure", e.text);
			return false;
		}
	}
}

/* Before main, which takes the environment apart. */
__attribute__((constructor))
static void begin(void)
{
	const char *at = getenv("TORTURE_AT"), *call = getenv("TORTURE_CALL"),
	           *sys = getenv("TORTURE_ERRNO");
	static char name[32] = "alloc";

	log_path = getenv("TORTURE_LOG");
	if (call != NULL)
		snprintf(name, sizeof name, "%s", call);
	if (at != NULL)
		failing_start(name, strtol(at, NULL, 10),
		              getenv("TORTURE_ON") != NULL,
		              sys == NULL ? ENOMEM : (int)strtol(sys, NULL, 10));
}

__attribute__((destructor))
static void end(void)
{
	char text[64];
	int fd = -1;

	failing_stop();
	if (log_path != NULL)
		fd = open(log_path, O_WRONLY | O_APPEND | O_CREAT, 0600);
	for (size_t i = 0; fd >= 0 && counts[i].call != NULL; i++) {
		int n = snprintf(text, sizeof text, "%s %ld\n", counts[i].call, counts[i].times);

		if (write(fd, text, (size_t)n) != n)
			abort();
	}
	if (fd >= 0)
		close(fd);
}

static void count(const char *call)
{
	size_t i = 0;

	while (counts[i].call != NULL && strcmp(counts[i].call, call) != 0)
		i++;
	counts[i].call = call;
	counts[i].times++;
}

static bool fails(const char *call)
{
	if (log_path != NULL)
		count(call);
	if (plan.call == NULL || plan.held > 0 || strcmp(plan.call, call) != 0)
		return false;
	plan.seen++;
	if (plan.on ? plan.seen < plan.at : plan.seen != plan.at)
		return false;
	plan.failed = true;
	errno = plan.sys;
	return true;
}

#define WRAP(kind, type, failed, name, params, args)                                               \
	type __real_##name params;                                                                 \
	type __wrap_##name params;                                                                 \
	type __wrap_##name params                                                                  \
	{                                                                                          \
		return fails(kind) ? failed : __real_##name args;                                  \
	}
#define CALL(type, failed, name, params, args) WRAP(#name, type, failed, name, params, args)

WRAP("alloc", void *, NULL, malloc, (size_t n), (n))
WRAP("alloc", void *, NULL, calloc, (size_t count, size_t n), (count, n))
WRAP("alloc", void *, NULL, realloc, (void *p, size_t n), (p, n))
WRAP("alloc", char *, NULL, strndup, (const char *s, size_t n), (s, n))
WRAP("alloc", void *, MAP_FAILED, mmap,
     (void *at, size_t n, int prot, int flags, int fd, off_t from), (at, n, prot, flags, fd, from))

CALL(int, -1, socket, (int family, int type, int protocol), (family, type, protocol))
CALL(int, -1, socketpair, (int family, int type, int protocol, int *pair),
     (family, type, protocol, pair))
CALL(int, -1, connect, (int fd, const struct sockaddr *to, socklen_t n), (fd, to, n))
CALL(ssize_t, -1, send, (int fd, const void *p, size_t n, int flags), (fd, p, n, flags))
CALL(ssize_t, -1, recv, (int fd, void *p, size_t n, int flags), (fd, p, n, flags))
CALL(ssize_t, -1, sendmsg, (int fd, const struct msghdr *m, int flags), (fd, m, flags))
CALL(ssize_t, -1, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags))
CALL(int, -1, getsockopt, (int fd, int level, int name, void *p, socklen_t *n),
     (fd, level, name, p, n))
CALL(int, -1, setsockopt, (int fd, int level, int name, const void *p, socklen_t n),
     (fd, level, name, p, n))
CALL(int, -1, poll, (struct pollfd *set, nfds_t n, int ms), (set, n, ms))
CALL(ssize_t, -1, read, (int fd, void *p, size_t n), (fd, p, n))
CALL(ssize_t, -1, pread, (int fd, void *p, size_t n, off_t from), (fd, p, n, from))
CALL(ssize_t, -1, write, (int fd, const void *p, size_t n), (fd, p, n))
CALL(int, -1, fstat, (int fd, struct stat *st), (fd, st))
CALL(int, -1, fstatvfs, (int fd, struct statvfs *st), (fd, st))
CALL(int, -1, stat, (const char *path, struct stat *st), (path, st))
CALL(int, -1, lstat, (const char *path, struct stat *st), (path, st))
CALL(ssize_t, -1, readlink, (const char *path, char *to, size_t n), (path, to, n))
CALL(int, -1, unlink, (const char *path), (path))
CALL(int, -1, rename, (const char *from, const char *to), (from, to))
CALL(int, -1, link, (const char *from, const char *to), (from, to))
CALL(int, -1, linkat, (int dir, const char *path, int to_dir, const char *to, int flags),
     (dir, path, to_dir, to, flags))
CALL(int, -1, fsync, (int fd), (fd))
CALL(int, -1, flock, (int fd, int how), (fd, how))
CALL(int, -1, fchmod, (int fd, mode_t mode), (fd, mode))
CALL(int, -1, fchown, (int fd, uid_t user, gid_t group), (fd, user, group))
CALL(int, -1, ftruncate, (int fd, off_t n), (fd, n))
CALL(off_t, -1, lseek, (int fd, off_t at, int from), (fd, at, from))
CALL(int, -1, dup2, (int from, int to), (from, to))
CALL(int, -1, mlock, (const void *p, size_t n), (p, n))
CALL(int, -1, sigaction, (int n, const struct sigaction *new, struct sigaction *old), (n, new, old))
CALL(pid_t, -1, waitpid, (pid_t pid, int *status, int flags), (pid, status, flags))
CALL(pid_t, -1, _Fork, (void), ())
CALL(pid_t, 1, getppid, (void), ())
CALL(ssize_t, -1, getrandom, (void *p, size_t n, unsigned flags), (p, n, flags))
CALL(DIR *, NULL, opendir, (const char *path), (path))
CALL(struct dirent *, NULL, readdir, (DIR *d), (d))
CALL(int, plan.sys, getaddrinfo, (const char *host, const char *service,
     const struct addrinfo *want, struct addrinfo **list), (host, service, want, list))

/* Those of any number of arguments take one more than they need. */

long __real_syscall(long n, long a, long b, long c);
long __wrap_syscall(long n, long a, long b, long c);
long __wrap_syscall(long n, long a, long b, long c)
{
	return fails("syscall") ? -1 : __real_syscall(n, a, b, c);
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
	int done = __real_close(fd);

	return fails("close") ? -1 : done;
}

static bool takes_mode(int flags)
{
	return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode;
	va_list ap;

	va_start(ap, flags);
	mode = takes_mode(flags) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return fails("open") ? -1 : __real_open(path, flags, mode);
}

int __real_openat(int dir, const char *path, int flags, ...);
int __wrap_openat(int dir, const char *path, int flags, ...);
int __wrap_openat(int dir, const char *path, int flags, ...)
{
	mode_t mode;
	va_list ap;

	va_start(ap, flags);
	mode = takes_mode(flags) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return fails("openat") ? -1 : __real_openat(dir, path, flags, mode);
}

int __real_fcntl(int fd, int what, ...);
int __wrap_fcntl(int fd, int what, ...);
int __wrap_fcntl(int fd, int what, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, what);
	arg = va_arg(ap, void *);
	va_end(ap);
	return fails("fcntl") ? -1 : __real_fcntl(fd, what, arg);
}
