/*
 * input - the user's message: prompt, attached files and stdin, gathered without blocking.
 *
 * Files and arguments are read at once; stdin is read as it comes, while connections are being made
 * (poll input_fd until input_deadline_ms). Everything must be UTF-8. Attached data stands behind
 * the prompt, each piece between two fence lines that name it and carry the SHA-256 of its content:
 * data cannot forge its own fence, and the same data gives the same bytes (prompt caches).
 */
#ifndef APP_INPUT_H
#define APP_INPUT_H

#include "base/clock.h"
#include "base/log.h"

enum { INPUT_FILES = 64 };

struct input_options {
	const char *prompt;              /* NULL = no argument; "-" = stdin */
	const char *files[INPUT_FILES];  /* "-" = stdin */
	size_t files_n;
	bool never_stdin;                /* -n */
	bool await_stdin;                /* --stdin */
	bool lossy;
	bool stdin_is_token;             /* --token-file - takes it whole */
	int64_t stdin_wait_ms;
	size_t stdin_max;
	size_t stdin_head, stdin_tail;   /* 0 = not given */
};

enum input_step { INPUT_MORE, INPUT_READY, INPUT_FAIL };

struct input;

/*
 * Checks the arguments against what stdin is (stdin_fd -1: closed) and reads the files, FIFOs too,
 * until deadline_ms (ERR_TIME). Options, clock and log are borrowed until input_free. ERR_USAGE.
 */
MUST bool input_start(struct input **out, const struct input_options *o, int stdin_fd,
                      const struct clock *clock, int64_t deadline_ms, const struct log *log,
                      struct err *e);

/* Reads what stdin has now. INPUT_READY: input_take gives the message. */
enum input_step input_step(struct input *in, struct err *e);
int input_fd(const struct input *in);              /* -1 when stdin is not being read */
int64_t input_deadline_ms(const struct input *in); /* when to step anyway */

/*
 * The whole message, prompt and fences, into `out` (empty, ceiling INPUT_MAX, named "all input
 * together").
 */
MUST bool input_take(struct input *in, struct buf *out, struct err *e);
void input_free(struct input **in);

#endif
