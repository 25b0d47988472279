#include "app/ask.h"

#include <sys/stat.h>
#include <unistd.h>

#include "app/report.h"
#include "base/limits.h"

/* Everything ask owns, so that one place gives it back. */
struct ask {
	struct outset outset;
	struct input *input;
	struct transcript *transcript; /* NULL = none */
	struct sink *sink;
	struct judge judge;
};

static bool open_sink(
	struct ask *a, const struct config *c, const struct command_io *io, struct err *e)
{
	struct stat st;
	bool file = fstat(io->out, &st) == 0 && S_ISREG(st.st_mode);
	struct sink_options o = {
		.fd = io->out,
		.redact = io->redact,
		.clock = io->clock,
		.log = io->log,
		.deadline_ms = io->deadline_ms,
		.defuse_controls = !c->raw && isatty(io->out),
		.defuse_ci = !c->raw && c->in_ci && !file,
		.hold = c->buffer,
	};

	if (c->json ? !sink_jsonl_open(&a->sink, io->lines, c->buffer, c->json_deltas, e)
		    : !sink_text_open(&a->sink, &o, e))
		return false;
	if (io->file->kind == OUTFILE_NONE)
		return true;
	/* A file has the answer as it is; what comes to where we print is treated as print. */
	o.defuse_controls = !c->raw && isatty(io->file->fd);
	o.defuse_ci = !c->raw && c->in_ci && io->file->ours;
	return sink_tee_open(&a->sink, io->file, &o, e);
}

static bool open_sinks(
	struct ask *a, const struct config *c, const struct command_io *io, struct err *e)
{
	if (!open_sink(a, c, io, e) ||
		(judge_is_wanted(c) && !sink_keep_open(&a->sink, io->redact, &a->judge.answer, e)))
		return false;
	a->sink->text_max = c->max_output_bytes;
	return true;
}

/* What the answer must be is known before the credential is asked for. */
static bool open_judge(
	struct ask *a, const struct config *c, const struct command_io *io, struct err *e)
{
	if (!judge_is_wanted(c))
		return true;
	a->outset.judge = &a->judge;
	return judge_open(&a->judge, c, io->clock, io->log, io->deadline_ms, e);
}

/* The file of --output is ready to be written, before anything costs a request. */
static bool open_file(const struct command_io *io, struct err *e)
{
	return io->file->kind == OUTFILE_NONE ||
	       outfile_open(io->file, io->rand, io->clock, io->deadline_ms, e);
}

static bool open_transcript(struct ask *a, const struct command_io *io, struct err *e)
{
	const struct transcript_options o = {
		.file = io->conversation,
		.clock = io->clock,
		.rand = io->rand,
		.log = io->log,
		.redact = io->redact,
		.deadline_ms = io->deadline_ms,
	};

	return io->conversation->kind == OUTFILE_NONE || transcript_open(&a->transcript, &o, e);
}

/* The old file goes at once when all input is there: what may yet be wrong is no usage error. */
static bool take_files(struct ask *a, const struct command_io *io, struct err *e)
{
	if (io->file->kind == OUTFILE_NONE && a->transcript == NULL)
		return true;
	switch (input_step(a->input, e)) {
	case INPUT_MORE: return true;
	case INPUT_READY:
		return (a->transcript == NULL || transcript_take(a->transcript, e)) &&
		       outfile_clear(io->file, e);
	case INPUT_FAIL: break;
	}
	return false;
}

static bool clean_lines(struct span head, struct buf *out, struct err *e)
{
	while (head.n > 0) {
		size_t n = span_find(head, '\n', 0);

		if (!buf_add(out, span_trim(span_cut(head, 0, n)), e) || !buf_add_byte(out, '\n', e))
			return false;
		head = span_cut(head, n + 1, head.n);
	}
	return true;
}

/*
 * The request in full; the redactor masks what is secret in it. Of a conversation it has what is
 * there now: nothing is locked, for nothing is written.
 */
static bool dry_run(struct ask *a, const struct config *c, const struct command_io *io, struct err *e)
{
	struct span head, body;
	struct buf out;
	bool ok;

	buf_init_wiping(&out, REQUEST_HEAD_MAX + REQUEST_MAX, "the request");
	ok = session_draft(a->outset.session, a->input, a->transcript, &head, &body, e) &&
	     clean_lines(head, &out, e) && buf_add(&out, body, e) && buf_add_byte(&out, '\n', e) &&
	     report_write(c, io, buf_span(&out), e);
	buf_free(&out);
	return ok;
}

static bool answer(struct ask *a, const struct config *c, const struct command_io *io, struct err *e)
{
	struct err end;
	enum sink_end how = SINK_COMPLETE;
	bool ok;

	if (!open_sinks(a, c, io, e))
		return false;
	ok = outset_connect(&a->outset, c, io, SESSION_ASK, e) && take_files(a, io, e) &&
	     session_ask(a->outset.session, a->input, a->transcript, a->sink, e) &&
	     (a->transcript == NULL || transcript_save(a->transcript, e));
	if (!ok)
		how = e->kind == ERR_MISFIT ? SINK_REJECTED : SINK_FAILED;
	if (!a->sink->ops->end(a->sink, how, ok ? e : &end) && ok)
		return false;
	return ok;
}

static bool run(struct ask *a, const struct config *c, const struct command_io *io, struct err *e)
{
	/* What is wrong with the arguments comes before what is wrong with the credential. */
	if (!outset_begin(&a->outset, c, io, e) ||
		!input_start(&a->input, &c->input, io->in, io->clock, io->deadline_ms, io->log, e) ||
		!open_judge(a, c, io, e) || !open_transcript(a, io, e) || !open_file(io, e) ||
		!outset_load(&a->outset, c, io, e))
		return false;
	return !c->dry_run ? answer(a, c, io, e)
			   : outset_connect(&a->outset, c, io, SESSION_ASK, e) &&
				     dry_run(a, c, io, e);
}

bool ask_run(const struct config *c, const struct command_io *io, struct err *e)
{
	struct ask a = {.input = NULL};
	bool ok = run(&a, c, io, e);

	outset_end(&a.outset, io, ok, e);
	sink_free(&a.sink);
	judge_free(&a.judge);
	input_free(&a.input);
	transcript_free(&a.transcript);
	if (c->dry_run)
		outfile_abandon(io->conversation, false);
	return ok;
}
