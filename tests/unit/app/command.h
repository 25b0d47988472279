/*
 * command - a command as main runs it: configuration, redactor, log and output of its own.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "app/outset.h"
#include "fakes.h"

enum { COMMAND_WORDS = 12 };

struct command_run {
	struct config config;
	struct redact *redact;
	struct fake_log log;
	int out;         /* a file that takes what is written */
	struct buf said; /* after command_said */
	struct buf bytes; /* the environment's */
	struct jsonl lines;
	struct jsonl_report report;
	struct command_io io;
};

/* False: the configuration is none. `env` is copied: secrets in it are overwritten. */
__attribute__((unused))
static bool command_start(struct command_run *r, const char *const *args, const char *const *env, struct err *e)
{
	static char program[] = "octavo";
	char *argv[COMMAND_WORDS + 2] = {program}, *block[COMMAND_WORDS + 1] = {NULL};
	FILE *file;
	int argc = 1;
	struct err end;
	bool ok;

	failing_hold(true);
	*r = (struct command_run){.report = {.host = ""}};
	file = tmpfile();
	r->out = file == NULL ? -1 : dup(fileno(file));
	if (r->out < 0)
		exit(99);
	fclose(file);
	fake_log_init(&r->log);
	r->log.log.verbose = false;
	buf_init(&r->said, 1 << 20, "the output");
	buf_init(&r->bytes, 1 << 16, "the environment");
	for (; args[argc - 1] != NULL; argc++)
		argv[argc] = (char *)(uintptr_t)args[argc - 1];
	for (size_t i = 0; env[i] != NULL; i++)
		keep(&r->bytes, span_of(env[i], strlen(env[i]) + 1));
	for (size_t i = 0, at = 0; env[i] != NULL; at += strlen(env[i]) + 1, i++)
		block[i] = (char *)r->bytes.p + at;
	failing_hold(false);
	ok = config_read(&r->config, argc, argv, block, e);
	if (!redact_new(&r->redact, ok ? e : &end) || !config_learn(&r->config, r->redact, ok ? e : &end))
		ok = false;
	r->log.log.redact = r->redact;
	r->lines = (struct jsonl){.fd = r->out, .redact = r->redact, .clock = &clock_system, .log = &r->log.log, .deadline_ms = CLOCK_NEVER};
	failure_init(&r->report.failure);
	r->io = (struct command_io){.in = -1, .out = r->out,
		.deadline_ms = clock_after(clock_mono_ms(&clock_system), r->config.run_ms), .lines = &r->lines,
		.redact = r->redact, .log = &r->log.log, .clock = &clock_system, .rand = &rand_system, .report = &r->report};
	return ok;
}

/* What was written so far; borrowed until the next call. */
__attribute__((unused))
static struct span command_said(struct command_run *r)
{
	failing_hold(true);
	read_back(r->out, &r->said);
	failing_hold(false);
	return buf_span(&r->said);
}

__attribute__((unused))
static void command_stop(struct command_run *r)
{
	redact_free(&r->redact);
	config_free(&r->config);
	fake_log_free(&r->log);
	buf_free(&r->said);
	buf_free(&r->bytes);
	close(r->out);
}

#endif
