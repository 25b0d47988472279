#include "base/err.h"

#include <stdarg.h>
#include <string.h>

#include "base/fmt.h"

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
		fmt_into(e->text + n, sizeof e->text - n, ": %s", strerror(sys));
	return false;
}

bool err_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, 0, "out of memory");
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
	char was[ERR_TEXT_MAX];
	va_list ap;
	size_t n;

	memcpy(was, e->text, sizeof was);
	va_start(ap, fmt);
	fmt_into_list(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	fmt_into(e->text + n, sizeof e->text - n, ": %s", was);
	return false;
}

const char *err_kind_name(enum err_kind kind)
{
	return kind < ERR_KINDS ? kind_names[kind] : "internal";
}
