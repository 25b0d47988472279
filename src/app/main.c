/*
 * main - which command, and what a failure means to the shell.
 */
#include <signal.h>
#include <unistd.h>

#include "app/ask.h"
#include "app/auth.h"
#include "app/doctor.h"
#include "app/models.h"
#include "app/process.h"
#include "app/status.h"
#include "app/transcript.h"
#include "app/version.h"
#include "base/output.h"

extern char **environ;

/* What a signal that ends us must not leave behind. */
static struct outfile output, conversation;

static void abandon_files(bool old_output)
{
	outfile_abandon(&output, old_output);
	outfile_abandon(&conversation, false);
}

static void end_by_signal(int n)
{
	abandon_files(true);
	process_end_by_signal(n);
}

/* FAILURE_WAIT_MS: the last lines of --json may come so long after the run's deadline. */
enum { HELP_MAX = 64 * 1024, OUTPUT_WAIT_MS = 60 * 1000, FAILURE_WAIT_MS = 500 };

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

static bool write_status(const struct config *c, struct buf *out, struct err *e)
{
	return status_explain(c->explain, out, e);
}

static bool run(struct config *c, const bool open[3], struct redact *redact,
	const struct log *log, struct jsonl *lines, struct jsonl_report *report, struct err *e)
{
	const struct command_io io = {.in = open[STDIN_FILENO] ? STDIN_FILENO : -1,
		.out = open[STDOUT_FILENO] ? STDOUT_FILENO : -1,
		.deadline_ms = log->deadline_ms,
		.lines = lines,
		.file = &output,
		.conversation = &conversation,
		.redact = redact,
		.log = log,
		.clock = &clock_system,
		.rand = &rand_system,
		.report = report};

	if (c->help)
		return print(write_help, c, e);
	if (c->explain != NULL)
		return print(write_status, c, e);
	switch (c->options.command) {
	case COMMAND_ASK:
		return config_read_files(c, &clock_system, io.deadline_ms, e) &&
		       ask_run(c, &io, e) && outfile_commit_both(&output, &conversation, e);
	case COMMAND_MODELS:
		return models_run(c, &io, e);
	case COMMAND_AUTH_STATUS:
		return auth_status_run(c, &io, e);
	case COMMAND_DOCTOR:
		return doctor_run(c, &io, e);
	case COMMAND_VERSION:
		return print(write_version, c, e);
	case COMMAND_NONE:
		break;
	}
	return err_set(e, ERR_USAGE, 0, "no command (octavo --help lists them)");
}

/* Whose run fails from here on has no file of -o. */
static bool choose_files(const struct config *c, struct err *e)
{
	if (c->help)
		return true;
	if (c->patch != NULL)
		output.option = "--patch";
	if ((c->output != NULL && !outfile_choose(&output, c->output, e)) ||
		(c->transcript != NULL && !transcript_choose(&conversation, c->transcript, e)))
		return false;
	return !outfile_same(&output, &conversation) ||
	       err_set(e, ERR_USAGE, 0, "%s and --transcript name the same file",
		       outfile_option(&output));
}

/* One line for who watches; a pipeline's log gets the failure alone, unless it asked for more. */
static void tell_cure(const struct log *log, enum err_kind kind)
{
	const struct status *row = status_find(status_of(kind));

	if (kind == ERR_USAGE || row == NULL || (!log->verbose && log->status == NULL))
		return;
	log_note(log, "exit %d: usual cause: %s; cure: %s", row->exit, row->cause, row->cure);
	if (row->exit >= status_of(ERR_NAME) && row->exit <= status_of(ERR_TIME))
		log_note(log, "octavo doctor says which hop is broken");
}

/* Whoever reads the lines of --json is told there, too, unless that is what failed. */
static void tell_lines(struct jsonl *lines, enum command command, const struct err *why,
	const struct jsonl_report *report)
{
	bool turns = command == COMMAND_ASK || command == COMMAND_NONE;
	int64_t last_ms = clock_after(clock_mono_ms(lines->clock), FAILURE_WAIT_MS);
	struct err ignored;

	if (lines->deadline_ms < last_ms)
		lines->deadline_ms = last_ms;
	if (why->kind != ERR_OUTPUT && why->kind != ERR_PIPE)
		(void)!(turns ? jsonl_failed : jsonl_error)(lines, why, report, &ignored);
}

int main(int argc, char **argv)
{
	bool deaf = false;
	struct log log = {.fd = STDERR_FILENO, .deaf = &deaf, .deadline_ms = CLOCK_NEVER};
	struct err e = {.kind = ERR_NONE}, hidden;
	struct redact *redact = NULL;
	struct jsonl lines = {.fd = STDOUT_FILENO, .clock = &clock_system, .log = &log};
	struct jsonl_report report = {.host = ""};
	struct config config;
	bool open[3], ok, status = false;

	if (!process_guard_descriptors(open))
		return 1;
	process_harden();
	process_handle_signals(end_by_signal);
	ok = config_read(&config, argc, argv, environ, &e) && choose_files(&config, &e);
	log.deadline_ms = clock_after(clock_mono_ms(&clock_system), config.run_ms);
	log.verbose = config.verbose;
	log.defuse_ci = config.in_ci;
	log.status = isatty(STDERR_FILENO) ? &status : NULL;
	if (!redact_new(&redact, &hidden) || !config_learn(&config, redact, &hidden)) {
		e = hidden;
		ok = false;
	}
	log.redact = lines.redact = redact;
	lines.deadline_ms = log.deadline_ms;
	failure_init(&report.failure);
	ok = ok && run(&config, open, redact, &log, &lines, &report, &e);
	if (!ok)
		abandon_files(e.kind != ERR_USAGE);
	if (!ok && config.json && !report.told)
		tell_lines(&lines, config.options.command, &e, &report);
	if (!ok && e.kind != ERR_PIPE) { /* a reader that left needs no telling */
		log_note(&log, "%s", e.text);
		if (!report.told)
			tell_cure(&log, e.kind);
	}
	redact_free(&redact);
	log_status_clear(&log);
	config_free(&config);
	if (!ok && e.kind == ERR_PIPE)
		process_end_by_signal(SIGPIPE);
	return ok ? 0 : status_of(e.kind);
}
