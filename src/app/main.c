/*
 * main - which command, and what a failure means to the shell.
 */
#include <signal.h>
#include <unistd.h>

#include "app/ask.h"
#include "app/output.h"
#include "app/process.h"
#include "app/version.h"

extern char **environ;

enum { HELP_MAX = 64 * 1024, OUTPUT_WAIT_MS = 60 * 1000 };

/* The exit statuses are a promise: none is ever reused or removed. */
static int exit_status(enum err_kind kind)
{
	switch (kind) {
	case ERR_NONE: return 0;
	case ERR_USAGE: return 2;
	case ERR_CREDENTIAL: return 10;
	case ERR_AUTH: return 11;
	case ERR_ACCESS: return 12;
	case ERR_NAME:
	case ERR_CONNECT: return 20;
	case ERR_PROXY:
	case ERR_PROXY_BUSY: return 21;
	case ERR_TRUST: return 22;
	case ERR_EDGE: return 23;
	case ERR_TIME:
	case ERR_TIME_CONNECT: return 24;
	case ERR_BUSY: return 30;
	case ERR_LIMIT: return 31;
	case ERR_REQUEST:
	case ERR_TOO_LONG: return 32;
	case ERR_PROTOCOL:
	case ERR_CEILING:
	case ERR_CUT: return 33;
	case ERR_MISFIT: return 40;
	case ERR_EMPTY: return 41;
	case ERR_REFUSED: return 42;
	case ERR_INCOMPLETE: return 43;
	case ERR_BUDGET: return 50;
	case ERR_OUTPUT: return 74;
	case ERR_PIPE: return 128 + SIGPIPE;
	case ERR_BUG:
	case ERR_MEMORY:
	case ERR_KINDS: break;
	}
	return 1;
}

static bool print(bool (*write)(const struct config *, struct buf *, struct err *),
	const struct config *c, struct err *e)
{
	struct buf text;
	bool ok;

	buf_init(&text, HELP_MAX, "the help");
	ok = write(c, &text, e) &&
	     output_write(STDOUT_FILENO, buf_span(&text), &clock_system,
	                  clock_after(clock_mono_ms(&clock_system), OUTPUT_WAIT_MS), e);
	buf_free(&text);
	return ok;
}

static bool write_help(const struct config *c, struct buf *out, struct err *e)
{
	return options_help(c->options.command, out, e);
}

static bool write_version(const struct config *c, struct buf *out, struct err *e)
{
	return version_write(out, c->verbose, e);
}

static bool run(const struct config *c, const bool open[3], struct redact *redact,
	const struct log *log, struct err *e)
{
	const struct ask_io io = {.in = open[STDIN_FILENO] ? STDIN_FILENO : -1,
		.out = open[STDOUT_FILENO] ? STDOUT_FILENO : -1};

	if (c->help)
		return print(write_help, c, e);
	switch (c->options.command) {
	case COMMAND_ASK:
		return ask_run(c, &io, redact, log, &clock_system, &rand_system, e);
	case COMMAND_VERSION:
		return print(write_version, c, e);
	case COMMAND_NONE:
		break;
	}
	return err_set(e, ERR_USAGE, 0, "no command (octavo --help lists them)");
}

int main(int argc, char **argv)
{
	struct log log = {.fd = STDERR_FILENO};
	struct err e = {.kind = ERR_NONE}, hidden;
	struct redact *redact = NULL;
	struct config config;
	bool open[3], ok, status = false;

	if (!process_guard_descriptors(open))
		return 1;
	process_harden();
	process_handle_signals();
	ok = config_read(&config, argc, argv, environ, &e);
	log.verbose = config.verbose;
	log.defuse_ci = config.in_ci;
	log.status = isatty(STDERR_FILENO) ? &status : NULL;
	if (!redact_new(&redact, &hidden) || !config_learn(&config, redact, &hidden)) {
		e = hidden;
		ok = false;
	}
	log.redact = redact;
	ok = ok && run(&config, open, redact, &log, &e);
	if (!ok && e.kind != ERR_PIPE) /* a reader that left needs no telling */
		log_note(&log, "%s", e.text);
	redact_free(&redact);
	log_status_clear(&log);
	config_free(&config);
	if (!ok && e.kind == ERR_PIPE)
		process_end_by_signal(SIGPIPE);
	return ok ? 0 : exit_status(e.kind);
}
