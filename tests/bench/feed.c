/*
 * feed FILE CHUNK - runs an event stream through wire/sse, wire/json and codex/event in reads of
 * CHUNK bytes, the way a turn does, and prints how many events were read and of what last type.
 * What callgrind counts in it is the cost of the parsers alone.
 */
#include <stdio.h>
#include <stdlib.h>

#include "codex/event.h"
#include "wire/json.h"
#include "wire/sse.h"

struct feed {
	struct sse sse;
	struct json json;
	unsigned events;
	int last;
};

static bool feed_bytes(struct feed *f, struct span in, struct err *e)
{
	struct event ev;

	for (;;) {
		switch (sse_step(&f->sse, &in, e)) {
		case SSE_MORE:
			return json_advance(&f->json, sse_data(&f->sse), e);
		case SSE_FAIL:
			return false;
		case SSE_EVENT:
			if (!json_end(&f->json, sse_data(&f->sse), e))
				return false;
			event_read(&f->json, &ev);
			f->events++;
			f->last = ev.type;
			json_reset(&f->json);
		}
	}
}

int main(int argc, char **argv)
{
	struct feed f = {.events = 0};
	struct err e = {.kind = ERR_NONE};
	bool ok = true;
	unsigned char *all;
	size_t chunk, n, at;
	FILE *file;

	if (argc != 3 || (file = fopen(argv[1], "rb")) == NULL)
		return 2;
	chunk = strtoul(argv[2], NULL, 10);
	all = malloc(16 << 20);
	if (all == NULL || chunk == 0)
		return 2;
	n = fread(all, 1, 16 << 20, file);
	fclose(file);
	sse_init(&f.sse);
	json_init(&f.json);
	for (at = 0; ok && at < n; at += chunk)
		ok = feed_bytes(&f, span_of(all + at, n - at < chunk ? n - at : chunk), &e);
	printf("%s: %u events, last type %d\n", ok ? "ok" : e.text, f.events, f.last);
	json_free(&f.json);
	sse_free(&f.sse);
	free(all);
	return ok ? 0 : 1;
}
