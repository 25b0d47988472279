/* Whole small files in, everything out. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/output.h"
#include "failing.h"
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
	tap_good(file_read_fd(fd, &b, NULL, CLOCK_NEVER, &err), &err, "read");
	tap_is_str(buf_span(&b), "12345", "what was written");
	close(fd);
	fd = pipe_holding("67890");
	tap_good(file_read_fd(fd, &b, NULL, CLOCK_NEVER, &err), &err, "up to the ceiling");
	tap_is_str(buf_span(&b), "1234567890", "behind what was there");
	close(fd);
	fd = pipe_holding("x");
	tap_fails(file_read_fd(fd, &b, NULL, CLOCK_NEVER, &err), &err, ERR_CEILING, "one byte over the ceiling");
	close(fd);
	fd = pipe_holding("");
	tap_good(file_read_fd(fd, &b, NULL, CLOCK_NEVER, &err), &err, "an empty file into a full buffer");
	close(fd);
	buf_clear(&b);
	fd = pipe_holding("12345678901");
	tap_fails(file_read_fd(fd, &b, NULL, CLOCK_NEVER, &err), &err, ERR_CEILING, "eleven of ten bytes");
	tap_is_str(span_str(err.text), "small file exceeds 10 bytes", "by its name");
	close(fd);
	buf_clear(&b);
	tap_fails(file_read_fd(-1, &b, NULL, CLOCK_NEVER, &err), &err, ERR_USAGE, "no descriptor");
	tap_is_int(err.sys, EBADF, "its errno");
	tap_fails(file_read_path("/dev/null/none", &b, NULL, CLOCK_NEVER, &err), &err, ERR_USAGE, "no such file");
	tap_ok(err.sys == ENOTDIR && strstr(err.text, "/dev/null/none") != NULL, "named");
	buf_free(&b);
}

static void test_proc(void)
{
	struct buf b;

	buf_init(&b, 1 << 20, "a file");
	tap_good(file_read_path("/proc/self/status", &b, NULL, CLOCK_NEVER, &err), &err,
		"a file that says it is empty");
	tap_ok(b.n > 0 && span_starts(buf_span(&b), "Name:"), "and is not");
	buf_free(&b);
}

static void test_kinds(void)
{
	static const struct {
		const char *path, *text;
	} rows[] = {
		{"/", "/: it is a directory"},
		{"/dev/null", "/dev/null: it is a device"},
		{"/dev/zero", "/dev/zero: it is a device"},
		{"socket", "socket: it is a socket"},
	};
	struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "socket"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct buf b;

	buf_init(&b, 10, "a file");
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
		exit(99);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		tap_fails(file_read_path(rows[i].path, &b, NULL, CLOCK_NEVER, &err), &err,
			ERR_USAGE, rows[i].path);
		tap_is_str(span_str(err.text), rows[i].text, "... says why");
	}
	close(fd);
	unlink("socket");
	buf_free(&b);
}

static void test_fifo(void)
{
	struct buf b;
	int64_t began_ms = clock_mono_ms(&clock_system), took_ms;
	int fd, status;
	pid_t child;

	buf_init(&b, 10, "a file");
	unlink("fifo");
	if (mkfifo("fifo", 0600) != 0)
		exit(99);
	alarm(20);
	tap_fails(file_read_path("fifo", &b, &clock_system, began_ms + 200, &err), &err, ERR_TIME,
		"a FIFO nobody writes to");
	tap_is_str(span_str(err.text), "fifo: a file did not come in time", "... named");
	took_ms = clock_mono_ms(&clock_system) - began_ms;
	tap_ok(took_ms >= 200 && took_ms < 2000, "... in time: %lld", (long long)took_ms);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		fd = open("fifo", O_WRONLY);
		poll(NULL, 0, 100);
		_exit(write(fd, "abc", 3) == 3 ? 0 : 1);
	}
	tap_good(file_read_path("fifo", &b, &clock_system, CLOCK_NEVER, &err), &err,
		"a FIFO whose writer comes late");
	tap_is_str(buf_span(&b), "abc", "... to its end");
	waitpid(child, &status, 0);
	fd = open("fifo", O_RDWR);
	tap_ok(fd >= 0 && write(fd, "de", 2) == 2, "a writer that never ends");
	tap_fails(file_read_path("fifo", &b, &clock_system,
		clock_mono_ms(&clock_system) + 100, &err), &err, ERR_TIME, "... is given up");
	alarm(0);
	close(fd);
	unlink("fifo");
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
	tap_good(file_read_fd(ends[0], &back, NULL, CLOCK_NEVER, &err), &err, "a million bytes through a pipe");
	tap_ok(span_equal(buf_span(&b), buf_span(&back)), "all of them");
	tap_ok(waitpid(child, &status, 0) == child && status == 0, "written to the end");
	close(ends[0]);
	buf_free(&b);
	buf_free(&back);
}

static bool read_some(struct err *e)
{
	struct buf b;
	bool ok;

	buf_init(&b, 1 << 20, "file");
	ok = file_read_path("/proc/self/cmdline", &b, &clock_system, CLOCK_NEVER, e);
	buf_free(&b);
	return ok;
}

int main(void)
{
	test_reading();
	test_proc();
	test_kinds();
	test_fifo();
	test_slowly();
	tap_ok(failing_each("read", EINTR, ERR_NONE, true, read_some), "interrupted");
	tap_ok(failing_each("read", EAGAIN, ERR_NONE, true, read_some), "woken for nothing");
	tap_ok(failing_each("poll", EINTR, ERR_NONE, true, read_some), "interrupted while it waits");
	tap_ok(failing_each("poll", ENOMEM, ERR_NONE, true, read_some), "no waiting");
	tap_ok(failing_each("read", EIO, ERR_USAGE, false, read_some), "a read fails");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, read_some), "without memory");
	tap_ok(failing_each("open", EMFILE, ERR_USAGE, false, read_some), "no descriptor left");
	tap_ok(failing_each("fstat", EIO, ERR_USAGE, false, read_some), "it cannot be looked at");
	tap_is_str(span_str(file_odd_kind(S_IFBLK)), "a device", "a block device");
	tap_is_str(span_str(file_odd_kind(S_IFLNK)), "no file or pipe", "something else");
	tap_ok(file_odd_kind(S_IFREG) == NULL && file_odd_kind(S_IFIFO) == NULL, "files and pipes");
	return tap_done();
}
