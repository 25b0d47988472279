/*
 * Unit tests of all of app together: a whole run, from arguments to the end of the output, in which
 * every allocation, every write, every read and every random number fails once.
 */
#include <errno.h>
#include <signal.h>

#include "scripted.h"

/* The token comes back from the server, and with it what must be escaped and commands of CI. */
#define TEXT "hel" TOKEN "lo\\n\\u00e4\\n::error::x"

static const struct script well = {.replies = {
	{WHOAMI_PATH, NULL, NULL, WHOAMI},
	{CODEX_PATH_ROUTING, NULL, NULL, ROUTING("NO_CONSTRAINT")},
	{CODEX_PATH_POLICY, NULL, NULL, "{\"config_toml\":{}}"},
	{MODELS_PATH, NULL, NULL, MODELS},
	{CALL_PATH, NULL, "openai-model: other\r\nx-request-id: r-1\r\nx-codex-primary-used-percent: 12\r\n",
	 EVENT("output_item.added", "\"output_index\":0,\"item\":{\"type\":\"reasoning\"}")
	 EVENT("reasoning_summary_text.delta", "\"output_index\":0,\"summary_index\":0,\"delta\":\"think\"")
	 EVENT("output_item.done", "\"output_index\":0,\"item\":{\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"think\"}]}")
	 EVENT("output_item.added", "\"output_index\":1,\"item\":{\"type\":\"message\"}")
	 EVENT("output_text.delta", "\"output_index\":1,\"delta\":\"" TEXT "\"")
	 EVENT("output_item.done", "\"output_index\":1,\"item\":{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"" TEXT "\"}]}")
	 EVENT("output_item.added", "\"output_index\":2,\"item\":{\"type\":\"message\"}")
	 EVENT("output_text.delta", "\"output_index\":2,\"delta\":\"end\"")
	 COMPLETED},
}};

static struct script script;
static int out;                /* a file that takes what the sink writes */
static struct fake_log note;
static struct jsonl lines;
static bool by_lines, hold, deltas;

static struct sink *open_sink(struct redact *redact, struct err *e)
{
	const struct sink_options o = {
		.fd = out, .redact = redact, .clock = &clock_system, .log = &note.log, .deadline_ms = CLOCK_NEVER,
		.defuse_ci = true, .defuse_controls = true, .hold = hold,
	};
	struct sink *sink = NULL;

	lines = (struct jsonl){.fd = out, .redact = redact, .clock = &clock_system, .log = &note.log, .deadline_ms = CLOCK_NEVER};
	if (by_lines)
		return sink_jsonl_open(&sink, &lines, hold, deltas, e) ? sink : NULL;
	return sink_text_open(&sink, &o, e) ? sink : NULL;
}

static bool random_fails_at(void *ctx, void *p, size_t n)
{
	long *left = ctx;

	return --*left != 0 && rand_system.fill(NULL, p, n);
}

static long random_left;
static const struct rand randomness = {random_fails_at, &random_left};

/* A run from the beginning; the token is in nothing that was said or written. */
static bool run_once(struct err *e)
{
	struct run r = {.script = &script, .rand = &randomness, .open_sink = open_sink, .port = loopback_refusing(),
		.args = {"--effort=low"}};
	char text[8192];
	ssize_t n;
	bool ok;

	if (ftruncate(out, 0) != 0 || lseek(out, 0, SEEK_SET) != 0)
		exit(99);
	r.log = (struct log){.fd = note.log.fd, .verbose = true};
	ok = run_all(&r, e);
	run_free(&r);
	failing_hold(true);
	n = pread(out, text, sizeof text - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	if (strstr(text, TOKEN) != NULL || strstr(text, "\n::error::") != NULL || holds(fake_log_read(&note), TOKEN)) {
		printf("#   the output holds what it must not: %s\n", text);
		exit(99);
	}
	if (ok && (strstr(text, "end") == NULL || (by_lines && strstr(text, "{\"type\":\"turn.completed\"") == NULL))) {
		printf("#   called a success: %s\n", text);
		ok = err_set(e, ERR_BUG, 0, "half an answer is called a success");
	}
	failing_hold(false);
	return ok;
}

/* Until none is left to fail: each failure is told as what it is. */
static bool each_fails(long *at, bool ours)
{
	struct err e = {.kind = ERR_NONE};

	for (long n = 1; n < 200; n++) {
		bool ok;

		*at = n;
		ok = run_once(&e);
		*at = 0;
		if (ok)
			return n > 2;
		if (ours ? e.kind != ERR_BUG : e.kind != ERR_CONNECT && e.kind != ERR_CUT && e.kind != ERR_PROXY_BUSY) {
			printf("#   %ld: %s\n", n, e.text);
			return false;
		}
	}
	printf("#   never well: %s\n", e.text);
	return false;
}

static void check_failures(const char *name)
{
	struct err e = {.kind = ERR_NONE};

	script = well;
	tap_good(run_once(&e), &e, name);
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, run_once), "... without memory");
	tap_ok(failing_each("write", EIO, ERR_OUTPUT, true, run_once), "... with a disk that fails");
	tap_ok(failing_each("write", EPIPE, ERR_PIPE, true, run_once), "... with a reader that goes");
	tap_ok(each_fails(&script.fail_read, false), "... each read of the network fails");
	tap_ok(each_fails(&script.fail_write, false), "... each write to the network");
	tap_ok(each_fails(&random_left, true), "... each random number");
}

int main(void)
{
	FILE *file = tmpfile();

	if (file == NULL)
		exit(99);
	signal(SIGPIPE, SIG_IGN);
	out = fileno(file);
	fake_log_init(&note);
	check_failures("text");
	hold = true;
	check_failures("text, held");
	by_lines = true;
	check_failures("lines, held");
	hold = false;
	deltas = true;
	check_failures("lines, with deltas");
	fake_log_free(&note);
	fclose(file);
	return tap_done();
}
