#include "app/ask.h"

#include <sys/stat.h>
#include <unistd.h>

/* Everything ask owns, so that one place gives it back. */
struct ask {
	struct outset outset;
	struct input *input;
	struct sink *sink;
};

static bool open_sink(
	struct ask *a, const struct config *c, const struct command_io *io, struct err *e)
{
	struct stat st;
	bool file = fstat(io->out, &st) == 0 && S_ISREG(st.st_mode);
	const struct sink_options o = {
		.fd = io->out,
		.redact = io->redact,
		.clock = io->clock,
		.log = io->log,
		.deadline_ms = io->deadline_ms,
		.defuse_controls = !c->raw && isatty(io->out),
		.defuse_ci = !c->raw && c->in_ci && !file,
		.hold = c->buffer,
	};

	if (c->json)
		return sink_jsonl_open(&a->sink, io->lines, c->buffer, c->json_deltas, e);
	return sink_text_open(&a->sink, &o, e);
}

static bool run(struct ask *a, const struct config *c, const struct command_io *io, struct err *e)
{
	struct err end;
	bool ok;

	/* What is wrong with the arguments comes before what is wrong with the credential. */
	if (!outset_begin(&a->outset, c, io, e) ||
		!input_start(&a->input, &c->input, io->in, io->clock, io->deadline_ms, io->log, e) ||
		!outset_load(&a->outset, c, io, e) || !open_sink(a, c, io, e))
		return false;
	ok = outset_connect(&a->outset, c, io, SESSION_ASK, e) &&
	     session_ask(a->outset.session, a->input, a->sink, e);
	if (!a->sink->ops->end(a->sink, ok, ok ? e : &end) && ok)
		return false;
	return ok;
}

bool ask_run(const struct config *c, const struct command_io *io, struct err *e)
{
	struct ask a = {.input = NULL};
	bool ok = run(&a, c, io, e);

	outset_end(&a.outset, io, ok, e);
	sink_free(&a.sink);
	input_free(&a.input);
	return ok;
}
