/*
 * tap - the unit tests' harness: named checks, Test Anything Protocol on stdout.
 *
 * A test program calls tap_ok and friends and ends with `return tap_done();`. Inputs for
 * parsers come from tap_guard: a copy whose last byte stands right before an unreadable
 * page, so that one byte read too far is a crash. Nothing here is shared with the product.
 */
#ifndef TAP_H
#define TAP_H

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"

static int tap_count, tap_failed;

__attribute__((unused, format(printf, 2, 3)))
static bool tap_ok(bool ok, const char *name, ...)
{
	va_list ap;

	tap_count++;
	if (!ok)
		tap_failed++;
	printf("%s %d - ", ok ? "ok" : "not ok", tap_count);
	va_start(ap, name);
	vprintf(name, ap);
	va_end(ap);
	putchar('\n');
	return ok;
}

__attribute__((unused))
static void tap_show(const char *label, struct span s)
{
	printf("#   %s (%zu): \"", label, s.n);
	for (size_t i = 0; i < s.n && i < 400; i++)
		if (s.p[i] >= 0x20 && s.p[i] < 0x7f)
			putchar(s.p[i]);
		else
			printf("\\x%02x", s.p[i]);
	printf("\"\n");
}

__attribute__((unused))
static bool tap_is_span(struct span got, struct span want, const char *name)
{
	bool ok = tap_ok(span_equal(got, want), "%s", name);

	if (!ok) {
		tap_show("got ", got);
		tap_show("want", want);
	}
	return ok;
}

__attribute__((unused))
static bool tap_is_str(struct span got, const char *want, const char *name)
{
	return tap_is_span(got, span_str(want), name);
}

__attribute__((unused))
static bool tap_is_int(long long got, long long want, const char *name)
{
	bool ok = tap_ok(got == want, "%s", name);

	if (!ok)
		printf("#   got %lld, want %lld\n", got, want);
	return ok;
}

/* The call succeeded; shows the error when it did not. */
__attribute__((unused))
static bool tap_good(bool result, const struct err *e, const char *name)
{
	if (!tap_ok(result, "%s", name))
		printf("#   error %s: %s\n", err_kind_name(e->kind), e->text);
	return result;
}

/* The call failed, with this kind. */
__attribute__((unused))
static bool tap_fails(bool result, const struct err *e, enum err_kind kind, const char *name)
{
	bool ok = tap_ok(!result && e->kind == kind, "%s", name);

	if (!ok)
		printf("#   %s, kind %s (want %s): %s\n", result ? "succeeded" : "failed",
		       result ? "-" : err_kind_name(e->kind), err_kind_name(kind), result ? "" : e->text);
	return ok;
}

/* What the caller got wrong ends the process, and says where. */
__attribute__((unused))
static void tap_aborts(void (*act)(void), const char *name)
{
	char said[200] = "";
	int ends[2], status = 0;
	pid_t child;

	fflush(stdout);
	if (pipe(ends) != 0 || (child = fork()) < 0) {
		perror("tap_aborts");
		exit(99);
	}
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		act();
		_exit(0);
	}
	close(ends[1]);
	if (read(ends[0], said, sizeof said - 1) < 0)
		said[0] = '\0';
	close(ends[0]);
	waitpid(child, &status, 0);
	tap_ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
	       strncmp(said, "octavo: bug at ", 15) == 0, "a bug: %s", name);
}

/* A copy of s that ends at an unreadable page; free with tap_unguard(result). */
__attribute__((unused))
static struct span tap_guard(struct span s)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t body = (s.n + page - 1) / page * page;
	unsigned char *p = mmap(NULL, body + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | 0x20, -1, 0);

	if (p == MAP_FAILED || mprotect(p + body, page, PROT_NONE) != 0) {
		perror("tap_guard");
		exit(99);
	}
	if (s.n > 0)
		memcpy(p + body - s.n, s.p, s.n);
	return span_of(p + body - s.n, s.n);
}

__attribute__((unused))
static void tap_unguard(struct span s)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t body = (s.n + page - 1) / page * page;

	munmap((void *)(uintptr_t)(s.p + s.n - body), body + page);
}

__attribute__((unused))
static int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed == 0 ? 0 : 1;
}

#endif
