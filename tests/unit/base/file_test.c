/* Whole small files in, everything out. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include "base/output.h"
#include "tap.h"

static struct err err;

static int pipe_holding(const char *text)
{
	int ends[2];

	if (pipe(ends) != 0 || write(ends[1], text, strlen(text)) != (ssize_t)strlen(text))
		exit(99);
	close(ends[1]);
	return ends[0];
}

static void test_reading(void)
{
	struct buf b;
	int fd;

	buf_init(&b, 10, "small file");
	fd = pipe_holding("12345");
	tap_good(file_read_fd(fd, &b, &err), &err, "read");
	tap_is_str(buf_span(&b), "12345", "what was written");
	close(fd);
	fd = pipe_holding("67890");
	tap_good(file_read_fd(fd, &b, &err), &err, "up to the ceiling");
	tap_is_str(buf_span(&b), "1234567890", "behind what was there");
	close(fd);
	fd = pipe_holding("x");
	tap_fails(file_read_fd(fd, &b, &err), &err, ERR_CEILING, "one byte over the ceiling");
	close(fd);
	fd = pipe_holding("");
	tap_good(file_read_fd(fd, &b, &err), &err, "an empty file into a full buffer");
	close(fd);
	buf_clear(&b);
	fd = pipe_holding("12345678901");
	tap_fails(file_read_fd(fd, &b, &err), &err, ERR_CEILING, "eleven of ten bytes");
	tap_is_str(span_str(err.text), "small file exceeds 10 bytes", "by its name");
	close(fd);
	buf_clear(&b);
	tap_fails(file_read_fd(-1, &b, &err), &err, ERR_USAGE, "no descriptor");
	tap_is_int(err.sys, EBADF, "its errno");
	tap_fails(file_read_path("/dev/null/none", &b, &err), &err, ERR_USAGE, "no such file");
	tap_ok(err.sys == ENOTDIR && strstr(err.text, "/dev/null/none") != NULL, "named");
	tap_fails(file_read_path("/", &b, &err), &err, ERR_USAGE, "a directory");
	tap_ok(err.sys == EISDIR && span_starts(span_str(err.text), "/: "), "named too");
	tap_good(file_read_path("/dev/null", &b, &err), &err, "an empty file");
	tap_fails(file_read_path("/dev/zero", &b, &err), &err, ERR_CEILING, "an endless file");
	buf_free(&b);
}

/* Much more than a pipe holds, through descriptors that do not block. */
static void test_slowly(void)
{
	enum { MUCH = 1000000 };
	struct buf b, back;
	int ends[2], status;
	pid_t child;

	buf_init(&b, MUCH, "much");
	buf_init(&back, MUCH, "much");
	if (!buf_reserve(&b, MUCH, &err) || pipe(ends) != 0)
		exit(99);
	for (b.n = 0; b.n < MUCH; b.n++)
		b.p[b.n] = (unsigned char)(b.n * 7 >> 3);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		_exit(output_write(ends[1], buf_span(&b), &clock_system, CLOCK_NEVER, &err) ? 0 : 1);
	}
	close(ends[1]);
	tap_good(file_read_fd(ends[0], &back, &err), &err, "a million bytes through a pipe");
	tap_ok(span_equal(buf_span(&b), buf_span(&back)), "all of them");
	tap_ok(waitpid(child, &status, 0) == child && status == 0, "written to the end");
	close(ends[0]);
	buf_free(&b);
	buf_free(&back);
}

int main(void)
{
	test_reading();
	test_slowly();
	return tap_done();
}
