/*
 * transcript_parts - what the files of transcript share: the file (transcript.c), what an attempt
 * brings (transcript_items.c), and what must not be written (transcript_clean.c).
 */
#ifndef APP_TRANSCRIPT_PARTS_H
#define APP_TRANSCRIPT_PARTS_H

#include "app/transcript.h"
#include "base/limits.h"
#include "codex/conversation.h"

/* An output item of the attempt in hand. */
struct transcript_item {
	int64_t index; /* its place in the answer */
	size_t at, n;  /* in `came`: its line */
	bool speaks;   /* a message of the answer */
};

struct transcript {
	struct transcript_options o;
	int fd;              /* the file as it was found; -1 = it is not there */
	struct stat seen;    /* what has been read; all zero when it is not there */
	bool taken;
	struct buf old;      /* the file */
	struct conversation conversation;
	struct buf history;  /* what of it is sent */
	struct buf added;    /* lines that are to be appended */

	struct transcript_item items[ITEMS_MAX];
	size_t items_n;
	struct buf came;     /* the lines of these */
	struct buf text;     /* of the answer */
};

/* Appends lines that are known to be JSON, without secrets. ERR_CEILING, ERR_MEMORY. */
MUST bool transcript_clean(
	const struct redact *r, struct span text, struct buf *out, struct err *e);

#endif
