#include "app/answer.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/limits.h"

/* Where messages known only from the final list are placed: behind every streamed item. */
enum { LISTED_INDEX = 1 << 30 };

/* Bytes seen in order: enough to tell later whether a whole text begins with them. */
struct trace {
	uint64_t n;
	struct digest running;
};

struct answer_item {
	int64_t index;
	bool shown;         /* its text is for the sink */
	bool aside;         /* no message, or commentary */
	enum sink_item kind;
	bool done;
	bool begun;         /* its text has reached the sink, */
	bool ended;         /* all of it */
	struct trace whole; /* all parts of the message */
	struct trace part;  /* the content part in progress */
	int64_t part_index;
	bool part_done;
	uint32_t high;      /* first half of a surrogate pair whose second is yet to come, or 0 */
	struct buf waiting; /* text held until earlier messages are done */
};

static void trace_init(struct trace *t)
{
	t->n = 0;
	digest_init(&t->running);
}

static void trace_add(struct trace *t, struct span s)
{
	t->n += s.n;
	digest_add(&t->running, s);
}

/* Does `whole` begin with what was seen? */
static bool trace_begins(const struct trace *t, struct span whole)
{
	unsigned char seen[DIGEST_SIZE], want[DIGEST_SIZE];

	if (t->n > whole.n)
		return false;
	digest_value(&t->running, seen);
	digest_of(span_cut(whole, 0, (size_t)t->n), want);
	return memcmp(seen, want, sizeof seen) == 0;
}

void answer_init(struct answer *a, struct sink *sink)
{
	*a = (struct answer){.sink = sink};
	buf_init(&a->scratch, EVENT_MAX, "a text of the answer");
	buf_init(&a->refusal, SERVER_TEXT_MAX, "the refusal");
}

void answer_free(struct answer *a)
{
	for (size_t i = 0; i < a->items_n; i++)
		buf_free(&a->items[i].waiting);
	free(a->items);
	buf_free(&a->scratch);
	buf_free(&a->refusal);
	*a = (struct answer){.sink = NULL};
}

static bool grow(struct answer *a, struct err *e)
{
	size_t cap = a->items_cap == 0 ? 4 : 2 * a->items_cap;
	struct answer_item *items;

	if (a->items_n == ITEMS_MAX)
		return err_set(e, ERR_CEILING, 0, "the answer has more than %d items", ITEMS_MAX);
	if (a->items_n < a->items_cap)
		return true;
	items = realloc(a->items, cap * sizeof *items);
	if (items == NULL)
		return err_memory(e);
	a->items = items;
	a->items_cap = cap;
	return true;
}

static const struct answer_item *latest(const struct answer *a)
{
	return a->items_n == 0 ? NULL : &a->items[a->items_n - 1];
}

/* An event without an index means the latest item, or the next when that is done. */
static int64_t presumed_index(const struct answer *a)
{
	const struct answer_item *last = latest(a);

	return last == NULL ? 0 : last->index + last->done;
}

/* The item of that index, made when it is new. */
static bool find_item(struct answer *a, int64_t index, struct answer_item **out, struct err *e)
{
	size_t at = a->items_n;

	if (index < 0)
		index = presumed_index(a);
	while (at > 0 && a->items[at - 1].index >= index)
		at--;
	if (at < a->items_n && a->items[at].index == index) {
		*out = &a->items[at];
		return true;
	}
	if (!grow(a, e))
		return false;
	memmove(a->items + at + 1, a->items + at, (a->items_n - at) * sizeof *a->items);
	a->items_n++;
	a->items[at] = (struct answer_item){.index = index, .shown = true, .part_index = -1};
	trace_init(&a->items[at].whole);
	trace_init(&a->items[at].part);
	buf_init(&a->items[at].waiting, BUFFERED_ANSWER_MAX, "text that waits for an earlier item");
	*out = &a->items[at];
	return true;
}

/* Every earlier message is done, so this one may speak. */
static bool is_front(const struct answer *a, const struct answer_item *item)
{
	for (const struct answer_item *i = a->items; i < item; i++)
		if (!i->done && i->shown)
			return false;
	return true;
}

static bool precedes_text(const struct answer *a, const struct answer_item *item)
{
	for (const struct answer_item *i = item + 1; i < a->items + a->items_n; i++)
		if (i->begun)
			return true;
	return false;
}

static bool afford(struct answer *a, size_t n, struct err *e)
{
	uint64_t max = a->sink->text_max;

	a->said += n;
	return max == 0 || a->said <= max ||
	       err_set(e, ERR_BUDGET, 0, "the answer is longer than --max-output-bytes %llu",
		       (unsigned long long)max);
}

/* The same text as a plain sink makes of it: messages are joined by one newline. */
static bool copy_text(
	struct answer *a, const struct answer_item *item, struct span s, struct err *e)
{
	if (a->copy == NULL || item->aside)
		return true;
	if (!item->begun && a->copy->n > 0 && !buf_add_byte(a->copy, '\n', e))
		return false;
	return buf_add(a->copy, s, e);
}

static bool speak(struct answer *a, struct answer_item *item, struct span s, struct err *e)
{
	if (s.n == 0)
		return true;
	if ((!item->aside && !afford(a, s.n, e)) || !copy_text(a, item, s, e))
		return false;
	if (!item->begun) {
		if (precedes_text(a, item))
			return err_set(e, ERR_PROTOCOL, 0, "the answer's items came out of order");
		if (!a->sink->ops->begin(a->sink, item->kind, e))
			return false;
		item->begun = true;
	}
	a->spoken = a->spoken || (!item->aside && span_trim(s).n > 0);
	return a->sink->ops->text(a->sink, s, e);
}

static bool add_text(struct answer *a, struct answer_item *item, struct span s, struct err *e)
{
	trace_add(&item->whole, s);
	trace_add(&item->part, s);
	/* An aside that comes too late must not cost the answer. */
	if (item->aside && !item->begun && precedes_text(a, item))
		item->shown = false;
	if (!item->shown)
		return true;
	if (is_front(a, item))
		return speak(a, item, s, e);
	if (s.n > BUFFERED_ANSWER_MAX - a->pending)
		return err_set(e, ERR_CEILING, 0, "%s exceeds %d bytes", item->waiting.what,
			BUFFERED_ANSWER_MAX);
	a->pending += s.n;
	return buf_add(&item->waiting, s, e);
}

/* Lets out what waited of an item that may speak; `over`: nothing more of it will come. */
static bool release_item(struct answer *a, struct answer_item *item, bool over, struct err *e)
{
	if (item->waiting.n > 0) {
		if (!speak(a, item, buf_span(&item->waiting), e))
			return false;
		a->pending -= item->waiting.n;
		buf_free(&item->waiting);
	}
	if (!over || !item->begun || item->ended)
		return true;
	item->ended = true;
	return a->sink->ops->item_end(a->sink, e);
}

/* Lets out what waited behind items that are done now. */
static bool release(struct answer *a, bool all, struct err *e)
{
	for (size_t i = 0; i < a->items_n; i++) {
		struct answer_item *item = &a->items[i];

		if (!item->shown && !item->begun)
			continue;
		if (!release_item(a, item, all || item->done, e))
			return false;
		if (!all && !item->done)
			return true;
	}
	return true;
}

/*
 * The authoritative text of the whole message (or of its part in progress): the rest of it, or a
 * contradiction.
 */
static bool reconcile(struct answer *a, struct answer_item *item, const struct trace *seen,
	struct span text, struct err *e)
{
	if (!trace_begins(seen, text))
		return err_set(e, ERR_PROTOCOL, 0, "the final text differs from what was streamed");
	item->high = 0;
	return add_text(a, item, span_cut(text, (size_t)seen->n, text.n), e);
}

/* The second half of a pair never came. */
static bool add_half(struct answer *a, struct answer_item *item, struct err *e)
{
	bool half = item->high != 0;

	item->high = 0;
	return !half || add_text(a, item, span_str("\xef\xbf\xbd"), e);
}

/*
 * Text for this part: the one in progress, or a new one. Without an index a new one begins behind
 * an end.
 */
static bool begin_part(
	struct answer *a, struct answer_item *item, int64_t index, struct err *e)
{
	if (index >= 0 && index < item->part_index)
		return err_set(e, ERR_PROTOCOL, 0, "the parts of a message came out of order");
	if (index < 0 ? item->part_done : index > item->part_index) {
		if (!add_half(a, item, e))
			return false;
		trace_init(&item->part);
		item->part_done = false;
	}
	if (index >= 0)
		item->part_index = index;
	return true;
}

static bool part_delta(
	struct answer *a, const struct json *j, const struct event *ev, struct err *e)
{
	struct answer_item *item;

	if (!find_item(a, ev->output_index, &item, e))
		return false;
	if (item->done)
		return err_set(e, ERR_PROTOCOL, 0, "text came for an item that was done");
	if (item->part_done && ev->content_index >= 0 && ev->content_index == item->part_index)
		return err_set(e, ERR_PROTOCOL, 0, "text came for a part that was done");
	return begin_part(a, item, ev->content_index, e) &&
	       json_text_piece(j, ev->text, &item->high, &a->scratch, e) &&
	       add_text(a, item, buf_span(&a->scratch), e);
}

static bool part_done(struct answer *a, const struct event *ev, struct err *e)
{
	struct answer_item *item;

	if (!find_item(a, ev->output_index, &item, e))
		return false;
	/* The end of an earlier part is told again by the item's. */
	if (item->done)
		return true;
	if (ev->content_index < 0 ? item->part_done : ev->content_index < item->part_index)
		return true;
	if (!begin_part(a, item, ev->content_index, e))
		return false;
	item->part_done = true;
	return reconcile(a, item, &item->part, buf_span(&a->scratch), e);
}

static bool keep_refusal(struct answer *a, struct span s, struct err *e)
{
	a->refused = true;
	return buf_add(&a->refusal, span_cut(s, 0, a->refusal.max - a->refusal.n), e);
}

/* What kind of item it is; once it is no message it stays none. */
static void set_kind(const struct answer *a, const struct json *j, int item, struct answer_item *to)
{
	enum item_kind kind = event_item_kind(j, item);

	if (kind == ITEM_MESSAGE && !event_item_is_commentary(j, item))
		return;
	to->aside = true;
	to->kind = kind == ITEM_REASONING ? SINK_REASONING : SINK_COMMENTARY;
	to->shown = a->sink->asides && (kind == ITEM_REASONING || kind == ITEM_MESSAGE);
}

/* Without an index only the text tells the last item, told again, from a new one. */
static bool repeats_last(const struct answer *a)
{
	const struct answer_item *last = latest(a);

	return last != NULL && last->done && last->whole.n == a->scratch.n &&
	       trace_begins(&last->whole, buf_span(&a->scratch));
}

/* All the item says, into the scratch; *parts is 0 when that is not told here. */
static bool whole_text(
	struct answer *a, const struct json *j, int item, size_t *parts, struct err *e)
{
	buf_clear(&a->scratch);
	if (event_item_kind(j, item) != ITEM_REASONING)
		return event_item_text(j, item, false, &a->scratch, parts, e);
	*parts = 1;
	return !a->sink->asides || event_reasoning_text(j, item, &a->scratch, e);
}

static bool item_done(
	struct answer *a, const struct json *j, int value, int64_t index, struct err *e)
{
	struct answer_item *item;
	size_t parts;

	if (!whole_text(a, j, value, &parts, e))
		return false;
	if (index < 0 && repeats_last(a))
		return true;
	if (!find_item(a, index, &item, e))
		return false;
	if (item->done)
		return true;
	set_kind(a, j, value, item);
	if (parts > 0 && item->shown &&
		!reconcile(a, item, &item->whole, buf_span(&a->scratch), e))
		return false;
	if (!add_half(a, item, e))
		return false;
	buf_clear(&a->scratch);
	if (!event_item_text(j, value, true, &a->scratch, &parts, e))
		return false;
	if (parts > 0 && !a->refused && !keep_refusal(a, buf_span(&a->scratch), e))
		return false;
	item->done = true;
	return release(a, false, e);
}

bool answer_event(struct answer *a, const struct json *j, const struct event *ev, struct err *e)
{
	struct answer_item *item;

	if (ev->output_index >= LISTED_INDEX)
		return err_set(e, ERR_PROTOCOL, 0, "an output index is beyond all reason");
	buf_clear(&a->scratch);
	if (ev->type == EVENT_TEXT_DELTA)
		return part_delta(a, j, ev, e);
	if (ev->text != JSON_NONE && !json_text(j, ev->text, &a->scratch, e))
		return false;
	switch (ev->type) {
	case EVENT_ITEM_ADDED:
		if (!find_item(a, ev->output_index, &item, e))
			return false;
		set_kind(a, j, ev->item, item);
		return true;
	case EVENT_TEXT_DONE:
		return part_done(a, ev, e);
	case EVENT_REFUSAL_DELTA:
		return keep_refusal(a, buf_span(&a->scratch), e);
	case EVENT_REFUSAL_DONE:
		return a->refused || keep_refusal(a, buf_span(&a->scratch), e);
	case EVENT_ITEM_DONE:
		return item_done(a, j, ev->item, ev->output_index, e);
	default:
		return true;
	}
}

static bool speaks(const struct json *j, int item)
{
	return event_item_kind(j, item) == ITEM_MESSAGE && !event_item_is_commentary(j, item);
}

/* The n-th item that speaks (JSON_NONE: there are fewer); *count says how many there are. */
static int nth_message(const struct json *j, int output, size_t n, size_t *count)
{
	int found = JSON_NONE;

	*count = 0;
	for (int v = json_first(j, output, NULL); v != JSON_NONE;
		v = json_next(j, output, v, NULL)) {
		if (!speaks(j, v))
			continue;
		if ((*count)++ == n)
			found = v;
	}
	return found;
}

size_t answer_messages(const struct answer *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->items_n; i++)
		n += !a->items[i].aside;
	return n;
}

/*
 * The list may leave out items, or all of them, so its places are no output indexes: messages are
 * paired by their order when there are as many as were streamed, or more.
 */
bool answer_complete(struct answer *a, const struct json *j, int response, struct err *e)
{
	int output = json_member(j, response, "output");
	size_t streamed = answer_messages(a), listed, nth = 0;

	(void)nth_message(j, output, 0, &listed);
	for (size_t i = 0; streamed <= listed && nth < streamed; i++) {
		size_t ignored;
		struct answer_item *item = &a->items[i];

		if (!item->aside &&
		    !item_done(a, j, nth_message(j, output, nth++, &ignored), item->index, e))
			return false;
	}
	for (; streamed <= listed && nth < listed; nth++) {
		size_t ignored;

		if (!item_done(a, j, nth_message(j, output, nth, &ignored),
			    (int64_t)(LISTED_INDEX + nth), e))
			return false;
	}
	for (size_t i = 0; i < a->items_n; i++)
		if (!add_half(a, &a->items[i], e))
			return false;
	return release(a, true, e);
}
