#include "base/err.h"

#include <stdarg.h>
#include <errno.h>
#include <string.h>

#include "base/fmt.h"

enum { PREFIX_MAX = 512 }; /* a path, mostly */

static const char *const kind_names[ERR_KINDS] = {
	[ERR_NONE] = "none",
	[ERR_BUG] = "internal",
	[ERR_MEMORY] = "memory",
	[ERR_USAGE] = "usage",
	[ERR_CREDENTIAL] = "credential",
	[ERR_AUTH] = "auth",
	[ERR_ACCESS] = "access",
	[ERR_NAME] = "name",
	[ERR_CONNECT] = "connection",
	[ERR_PROXY] = "proxy",
	[ERR_PROXY_BUSY] = "proxy_unavailable",
	[ERR_TRUST] = "trust",
	[ERR_EDGE] = "edge",
	[ERR_TIME] = "timeout",
	[ERR_TIME_CONNECT] = "connect_timeout",
	[ERR_BUSY] = "transient",
	[ERR_LIMIT] = "usage_limit",
	[ERR_REQUEST] = "request",
	[ERR_TOO_LONG] = "context_length",
	[ERR_PROTOCOL] = "protocol",
	[ERR_CEILING] = "ceiling",
	[ERR_CUT] = "cut",
	[ERR_MISFIT] = "misfit",
	[ERR_EMPTY] = "empty",
	[ERR_REFUSED] = "refused",
	[ERR_INCOMPLETE] = "incomplete",
	[ERR_BUDGET] = "budget",
	[ERR_OUTPUT] = "output",
	[ERR_PIPE] = "pipe",
};

/* What strerror(3) says of what our system calls meet; its whole list costs twice as much. */
static const struct {
	unsigned char sys;
	char text[29];
} sys_texts[] = {
	{EPERM, "Operation not permitted"},
	{ENOENT, "No such file or directory"},
	{EIO, "I/O error"},
	{ENXIO, "No such device or address"},
	{EBADF, "Bad file descriptor"},
	{EAGAIN, "Temporarily unavailable"},
	{ENOMEM, "Out of memory"},
	{EACCES, "Permission denied"},
	{EEXIST, "File exists"},
	{ENOTDIR, "Not a directory"},
	{EISDIR, "Is a directory"},
	{EINVAL, "Invalid argument"},
	{ENFILE, "Too many open files in system"},
	{EMFILE, "Too many open files"},
	{EFBIG, "File too large"},
	{ENOSPC, "No space left on device"},
	{EROFS, "Read-only file system"},
	{EPIPE, "Broken pipe"},
	{ENAMETOOLONG, "File name too long"},
	{ELOOP, "Symbolic link loop"},
	{EAFNOSUPPORT, "Address family not supported"},
	{EADDRNOTAVAIL, "Address not available"},
	{ENETDOWN, "Network is down"},
	{ENETUNREACH, "Network unreachable"},
	{ECONNABORTED, "Connection aborted"},
	{ECONNRESET, "Connection reset by peer"},
	{ETIMEDOUT, "Operation timed out"},
	{ECONNREFUSED, "Connection refused"},
	{EHOSTDOWN, "Host is down"},
	{EHOSTUNREACH, "Host is unreachable"},
	{EDQUOT, "Quota exceeded"},
	{ESTALE, "Stale file handle"},
};

static void add_sys(char *out, size_t n, int sys)
{
	for (size_t i = 0; i < sizeof sys_texts / sizeof sys_texts[0]; i++)
		if (sys_texts[i].sys == sys) {
			fmt_into(
				out, n, ": %.*s", (int)sizeof sys_texts[i].text, sys_texts[i].text);
			return;
		}
	fmt_into(out, n, ": system error %d", sys);
}

bool err_set(struct err *e, enum err_kind kind, int sys, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	e->kind = kind;
	e->sys = sys;
	va_start(ap, fmt);
	fmt_into_list(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	if (sys != 0)
		add_sys(e->text + n, sizeof e->text - n, sys);
	return false;
}

bool err_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, 0, "out of memory");
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
	char prefix[PREFIX_MAX];
	va_list ap;
	size_t n, kept = strlen(e->text);

	va_start(ap, fmt);
	n = fmt_into_list(prefix, sizeof prefix - 2, fmt, ap);
	va_end(ap);
	n = n < sizeof prefix - 3 ? n : sizeof prefix - 3;
	memcpy(prefix + n, ": ", 2);
	n += 2;
	if (kept > sizeof e->text - 1 - n)
		kept = sizeof e->text - 1 - n;
	memmove(e->text + n, e->text, kept);
	memcpy(e->text, prefix, n);
	e->text[n + kept] = '\0';
	return false;
}

const char *err_kind_name(enum err_kind kind)
{
	return kind < ERR_KINDS ? kind_names[kind] : "internal";
}
