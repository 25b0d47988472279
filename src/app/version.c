#include "app/version.h"

#include "codex/constants.h"
#include "net/roots.h"

#ifndef OCTAVO_VERSION
#error "OCTAVO_VERSION comes from the Makefile"
#endif
#ifndef OCTAVO_COMMIT
#define OCTAVO_COMMIT "unknown"
#endif

#if defined(__x86_64__)
#define ARCH "x86_64"
#elif defined(__aarch64__)
#define ARCH "aarch64"
#elif defined(__arm__)
#define ARCH "arm"
#elif defined(__riscv)
#define ARCH "riscv64"
#elif defined(__s390x__)
#define ARCH "s390x"
#else
#define ARCH "unknown"
#endif

const char *version_user_agent(void)
{
	return "octavo/" OCTAVO_VERSION " (linux; " ARCH ")";
}

bool version_write(struct buf *out, bool all, struct err *e)
{
	static const char more[] =
		"commit    " OCTAVO_COMMIT "\n"
		"platform  linux " ARCH "\n"
		"protocol  codex " CODEX_CLIENT_VERSION " (experimental, undocumented)\n"
		"libraries BearSSL 0.6, jsmn 1.1.0, " OCTAVO_LIBC "\n"
		"roots     ";

	return buf_add_strs(out, (const char *const[]){"octavo " OCTAVO_VERSION "\n",
	                                               all ? more : NULL, roots_builtin_date, "\n",
	                                               NULL}, e);
}
