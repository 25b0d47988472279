/* What an attempt brings: output items, in the order of the answer, until it has succeeded. */

#include "app/transcript_parts.h"

#include <string.h>

#include "codex/request.h"

bool transcript_add(struct transcript *t, struct span lines, struct err *e)
{
	while (lines.n > 0) {
		size_t n = span_find(lines, '\n', 0);

		if (!conversation_add(&t->added, span_cut(lines, 0, n), e))
			return false;
		lines = span_cut(lines, n + 1, lines.n);
	}
	return true;
}

static void forget_items(struct transcript *t)
{
	t->items_n = 0;
	buf_clear(&t->came);
}

void transcript_discard(struct transcript *t)
{
	forget_items(t);
	buf_clear(&t->text);
}

struct buf *transcript_text(struct transcript *t)
{
	return &t->text;
}

static struct span line_of(const struct transcript *t, const struct transcript_item *item)
{
	return span_cut(buf_span(&t->came), item->at, item->at + item->n);
}

/* Told before: by its index or, without one, right before and word for word. */
static bool is_known(
	const struct transcript *t, const struct transcript_item *new, size_t place)
{
	const struct transcript_item *before = place == 0 ? NULL : &t->items[place - 1];

	if (before == NULL)
		return false;
	return new->index >= 0 ? before->index == new->index
	                       : span_equal(line_of(t, before), line_of(t, new));
}

/* An item without an index stands behind all others. */
static size_t place_of(const struct transcript *t, int64_t index)
{
	size_t place = t->items_n;

	while (index >= 0 && place > 0 && t->items[place - 1].index > index)
		place--;
	return place;
}

static bool keep(
	struct transcript *t, const struct json *j, int value, int64_t index, struct err *e)
{
	struct transcript_item item = {.index = index, .at = t->came.n};
	size_t place = place_of(t, index);

	if (t->items_n == ITEMS_MAX)
		return err_set(e, ERR_CEILING, 0, "the answer has more than %d items", ITEMS_MAX);
	if (!conversation_add(&t->came, json_raw(j, value), e))
		return false;
	item.n = t->came.n - item.at;
	item.speaks = event_item_kind(j, value) == ITEM_MESSAGE &&
	              !event_item_is_commentary(j, value);
	if (is_known(t, &item, place)) {
		t->came.n = item.at;
		return true;
	}
	memmove(t->items + place + 1, t->items + place, (t->items_n - place) * sizeof item);
	t->items[place] = item;
	t->items_n++;
	return true;
}

/* The list may leave out items that came, or be the only one to have them. */
static bool keep_list(struct transcript *t, const struct json *j, int output, struct err *e)
{
	int64_t index = 0;

	if (!json_is_type(j, output, JSON_ARRAY) || json_count(j, output) <= t->items_n)
		return true;
	forget_items(t);
	for (int v = json_first(j, output, NULL); v != JSON_NONE; v = json_next(j, output, v, NULL))
		if (json_is_type(j, v, JSON_OBJECT) && !keep(t, j, v, index++, e))
			return false;
	return true;
}

bool transcript_event(
	struct transcript *t, const struct json *j, const struct event *ev, struct err *e)
{
	switch (ev->type) {
	case EVENT_ITEM_DONE: return keep(t, j, ev->item, ev->output_index, e);
	case EVENT_COMPLETED: return keep_list(t, j, json_member(j, ev->response, "output"), e);
	default: return true;
	}
}

bool transcript_accept(struct transcript *t, size_t messages, struct err *e)
{
	size_t speaking = 0;
	bool ok = true;

	for (size_t i = 0; i < t->items_n; i++)
		speaking += t->items[i].speaks;
	for (size_t i = 0; ok && i < t->items_n; i++)
		if (!t->items[i].speaks || speaking >= messages)
			ok = buf_add(&t->added, line_of(t, &t->items[i]), e);
	ok = ok && (speaking >= messages ||
			   request_message(&t->added, REQUEST_ASSISTANT, buf_span(&t->text), e));
	transcript_discard(t);
	return ok;
}
