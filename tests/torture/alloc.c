/*
 * The n-th allocation fails: linked into octavo with --wrap (tests/proof.mk).
 *
 *   TORTURE_AT=n    the n-th fails, counted from 1
 *   TORTURE_ON=1    ... and every later one
 *   TORTURE_LOG=f   how many there were is appended to f when the process ends
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *p, size_t n);
void *__real_mmap(void *at, size_t n, int prot, int flags, int fd, off_t from);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t from);

static long fail_at, seen;
static bool fail_on;
static const char *log_path;

/* Before main, which takes the environment apart. */
__attribute__((constructor))
static void begin(void)
{
	const char *at = getenv("TORTURE_AT");

	fail_at = at == NULL ? 0 : strtol(at, NULL, 10);
	fail_on = getenv("TORTURE_ON") != NULL;
	log_path = getenv("TORTURE_LOG");
}

__attribute__((destructor))
static void end(void)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%ld\n", seen), fd = -1;

	if (log_path != NULL)
		fd = open(log_path, O_WRONLY | O_APPEND | O_CREAT, 0600);
	if (fd >= 0 && write(fd, text, (size_t)n) == n)
		close(fd);
}

static bool fails(void)
{
	seen++;
	if (fail_at == 0 || (fail_on ? seen < fail_at : seen != fail_at))
		return false;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t count, size_t n)
{
	return fails() ? NULL : __real_calloc(count, n);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t from)
{
	return fails() ? MAP_FAILED : __real_mmap(at, n, prot, flags, fd, from);
}
