/* The answer's text to the file of --output, beside the sink that shows it. */

#include "app/sink.h"

#include <stdlib.h>

#include "base/assert.h"

struct sink_tee {
	struct sink sink;
	struct sink *shown; /* owned, as the next */
	struct sink *kept;  /* plain text, without what is no part of the final answer */
	struct outfile *file;
	bool message;       /* the item in hand is for `kept` */
	bool stale;         /* what the file holds is of an attempt that failed */
};

static bool after(struct sink_tee *t, bool ok)
{
	t->sink.committed = t->shown->committed;
	return ok;
}

/* What came of writing to the file. The reader of stdout is another one. */
static bool wrote(const struct sink_tee *t, bool ok, struct err *e)
{
	if (ok)
		return true;
	if (e->kind == ERR_PIPE)
		e->kind = ERR_OUTPUT;
	return err_wrap(e, "%s %s", outfile_option(t->file), t->file->given);
}

/* discard cannot fail: the file is emptied when the next attempt writes to it. */
static bool refresh(struct sink_tee *t, struct err *e)
{
	if (t->stale && !outfile_rewind(t->file, e))
		return false;
	t->stale = false;
	return true;
}

static bool tell(struct sink *s, enum sink_step step, struct span text, struct err *e)
{
	struct sink_tee *t = (struct sink_tee *)s;

	/* All input has come: no usage error is left. */
	if (step == SINK_TURN && !outfile_clear(t->file, e))
		return false;
	return after(t, sink_tell(t->shown, step, text, e));
}

static bool begin(struct sink *s, enum sink_item kind, struct err *e)
{
	struct sink_tee *t = (struct sink_tee *)s;

	t->message = kind == SINK_MESSAGE;
	if (!after(t, t->shown->ops->begin(t->shown, kind, e)))
		return false;
	return !t->message || t->kept->ops->begin(t->kept, kind, e);
}

static bool text(struct sink *s, struct span utf8, struct err *e)
{
	struct sink_tee *t = (struct sink_tee *)s;

	if (!after(t, t->shown->ops->text(t->shown, utf8, e)))
		return false;
	if (!t->message)
		return true;
	return refresh(t, e) && wrote(t, t->kept->ops->text(t->kept, utf8, e), e);
}

static bool item_end(struct sink *s, struct err *e)
{
	struct sink_tee *t = (struct sink_tee *)s;

	return after(t, t->shown->ops->item_end(t->shown, e));
}

/* Who reads a device waits for its pieces; a file is written when there is enough. */
static bool flush(struct sink *s, struct err *e)
{
	struct sink_tee *t = (struct sink_tee *)s;

	if (!after(t, t->shown->ops->flush(t->shown, e)))
		return false;
	return t->file->kind != OUTFILE_DIRECT || wrote(t, t->kept->ops->flush(t->kept, e), e);
}

static void discard(struct sink *s)
{
	struct sink_tee *t = (struct sink_tee *)s;

	t->shown->ops->discard(t->shown);
	/* Nobody has read what is in a file without a name. */
	t->stale = t->stale || t->kept->committed;
	t->kept->committed = false;
	t->kept->ops->discard(t->kept);
}

/* The file first: whoever sees the end of the answer may count on it, but for its name. */
static bool end_file(struct sink_tee *t, struct err *e)
{
	return refresh(t, e) && wrote(t, t->kept->ops->end(t->kept, SINK_COMPLETE, e), e) &&
	       outfile_sync(t->file, e);
}

static bool end(struct sink *s, enum sink_end how, struct err *e)
{
	struct sink_tee *t = (struct sink_tee *)s;
	bool complete = how == SINK_COMPLETE;

	t->shown->facts = s->facts;
	if (complete && !end_file(t, e))
		return false;
	if (!after(t, t->shown->ops->end(t->shown, how, e)))
		return false;
	return complete || t->file->kind != OUTFILE_DIRECT ||
	       wrote(t, t->kept->ops->end(t->kept, SINK_FAILED, e), e);
}

static void tee_free(struct sink *s)
{
	struct sink_tee *t = (struct sink_tee *)s;

	sink_free(&t->shown);
	sink_free(&t->kept);
	free(t);
}

static const struct sink_ops tee_ops = {
	tell, begin, text, item_end, flush, discard, end, tee_free,
};

bool sink_tee_open(
	struct sink **s, struct outfile *file, const struct sink_options *o, struct err *e)
{
	static const struct log quiet = {.fd = -1};
	struct sink_tee *t = calloc(1, sizeof *t);
	struct sink_options kept = *o;

	if (t == NULL)
		return err_memory(e);
	kept.fd = file->fd;
	kept.hold = false;
	if (file->kind == OUTFILE_DIRECT)
		kept.gate = &(*s)->committed;
	else
		kept.log = &quiet;
	if (!sink_text_open(&t->kept, &kept, e)) {
		free(t);
		return false;
	}
	t->sink.ops = &tee_ops;
	t->sink.asides = (*s)->asides;
	t->shown = *s;
	t->file = file;
	*s = &t->sink;
	return true;
}
