/* The answer's plain text kept beside the sink that shows it, for who judges it. */

#include "app/sink.h"

#include <stdlib.h>

struct sink_keep {
	struct sink sink;
	struct sink *shown; /* owned */
	struct buf *kept;   /* borrowed */
	struct redact_stream redact;
	const struct redact *secrets;
	bool message;       /* the item in hand is one */
};

static bool after(struct sink_keep *k, bool ok)
{
	k->sink.committed = k->shown->committed;
	return ok;
}

static void trim(struct buf *b)
{
	while (b->n > 0 && b->p[b->n - 1] == '\n')
		b->n--;
}

static bool tell(struct sink *s, enum sink_step step, struct span text, struct err *e)
{
	struct sink_keep *k = (struct sink_keep *)s;

	return after(k, sink_tell(k->shown, step, text, e));
}

static bool begin(struct sink *s, enum sink_item kind, struct err *e)
{
	struct sink_keep *k = (struct sink_keep *)s;

	k->message = kind == SINK_MESSAGE;
	if (k->message && k->kept->n > 0) {
		trim(k->kept);
		if (!buf_add_byte(k->kept, '\n', e))
			return false;
	}
	return after(k, k->shown->ops->begin(k->shown, kind, e));
}

static bool text(struct sink *s, struct span utf8, struct err *e)
{
	struct sink_keep *k = (struct sink_keep *)s;

	return (!k->message || redact_feed(&k->redact, utf8, k->kept, e)) &&
	       after(k, k->shown->ops->text(k->shown, utf8, e));
}

static bool item_end(struct sink *s, struct err *e)
{
	struct sink_keep *k = (struct sink_keep *)s;

	return (!k->message || redact_finish(&k->redact, k->kept, e)) &&
	       after(k, k->shown->ops->item_end(k->shown, e));
}

static bool flush(struct sink *s, struct err *e)
{
	struct sink_keep *k = (struct sink_keep *)s;

	return after(k, k->shown->ops->flush(k->shown, e));
}

static void discard(struct sink *s)
{
	struct sink_keep *k = (struct sink_keep *)s;

	redact_stream_free(&k->redact);
	redact_stream_init(&k->redact, k->secrets);
	buf_clear(k->kept);
	k->shown->ops->discard(k->shown);
}

static bool end(struct sink *s, enum sink_end how, struct err *e)
{
	struct sink_keep *k = (struct sink_keep *)s;

	k->shown->facts = s->facts;
	return after(k, k->shown->ops->end(k->shown, how, e));
}

static void keep_free(struct sink *s)
{
	struct sink_keep *k = (struct sink_keep *)s;

	sink_free(&k->shown);
	redact_stream_free(&k->redact);
	free(k);
}

static const struct sink_ops keep_ops = {
	tell, begin, text, item_end, flush, discard, end, keep_free,
};

bool sink_keep_open(
	struct sink **s, const struct redact *redact, struct buf *kept, struct err *e)
{
	struct sink_keep *k = calloc(1, sizeof *k);

	if (k == NULL)
		return err_memory(e);
	k->sink.ops = &keep_ops;
	k->sink.asides = (*s)->asides;
	k->shown = *s;
	k->kept = kept;
	k->secrets = redact;
	redact_stream_init(&k->redact, redact);
	*s = &k->sink;
	return true;
}
