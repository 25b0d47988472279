/*
 * failure_words - what a server says about a failure, in any of its shapes, before anyone
 * judges it (observed 2026-11).
 *
 *   {"detail":"..."}  {"detail":{"code","message"}}  {"detail":[{"msg"}]}
 *   {"error":{"type","code","message","plan_type","resets_at","resets_in_seconds"}}
 *   {"error":"..."}  {"message":"..."}  "..."  and text that is no JSON
 */
#ifndef CODEX_FAILURE_WORDS_H
#define CODEX_FAILURE_WORDS_H

#include "wire/json.h"

enum { FAILURE_CODE_MAX = 64 };

struct failure_words {
	char code[FAILURE_CODE_MAX]; /* letters, digits, '_', '-', '.'; "" = none */
	char type[FAILURE_CODE_MAX];
	char plan[FAILURE_CODE_MAX];
	int64_t resets_at_s;         /* seconds since 1970, 0 = not told */
	int64_t resets_in_ms;        /* -1 = not told */
	struct buf message;          /* wiping: it may echo a secret; "" = none */
};

void failure_words_init(struct failure_words *w);
void failure_words_free(struct failure_words *w);

/* Each fills what is still missing, so that the first to tell wins. ERR_MEMORY. */
MUST bool failure_words_from_object(struct failure_words *w, const struct json *j, int object,
                                    struct err *e);
MUST bool failure_words_from_body(struct failure_words *w, struct span body, struct err *e);
MUST bool failure_words_from_base64(struct failure_words *w, struct span header, struct err *e);
void failure_words_from_code(struct failure_words *w, struct span code);

/* Text that is a page and not a message. */
bool failure_words_is_markup(struct span text);

/* The wait named in words ("try again in 1.5s", "28ms", "6m0s"), -1 when there is none. */
int64_t failure_words_wait_ms(struct span text);

#endif
