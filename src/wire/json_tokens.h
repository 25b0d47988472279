/*
 * json_tokens - jsmn behind a wall: the tokens of a text known to be JSON.
 *
 * Only wire/json uses it. A token is an index, 0 the root, in document order: behind an object's
 * name stands its value, behind an array or object its contents.
 */
#ifndef WIRE_JSON_TOKENS_H
#define WIRE_JSON_TOKENS_H

#include "base/buf.h"

struct json_tokens;

enum json_token_kind { JSON_TOKEN_PLAIN, JSON_TOKEN_STRING, JSON_TOKEN_ARRAY, JSON_TOKEN_OBJECT };

/*
 * Reads on up to the end of `text`, where no token may be cut and where `count` tokens have begun.
 * *t is NULL before the first call. ERR_MEMORY.
 */
MUST bool json_tokens_read(struct json_tokens **t, struct span text, size_t count, struct err *e);

/* The text is complete; afterwards the questions may be asked. */
MUST bool json_tokens_end(struct json_tokens **t, struct span text, size_t count, struct err *e);

/* For the next text; storage above the ordinary is given back. */
void json_tokens_reset(struct json_tokens **t);
void json_tokens_free(struct json_tokens **t);

/* Bytes of the text read so far. */
size_t json_tokens_seen(const struct json_tokens *t);

enum json_token_kind json_token_kind(const struct json_tokens *t, int i);
struct span json_token_span(const struct json_tokens *t, int i, struct span text);
size_t json_token_size(const struct json_tokens *t, int i); /* elements or members */
int json_token_skip(const struct json_tokens *t, int i);    /* what comes behind i's contents */
int json_token_count(const struct json_tokens *t);

/* One number beside each token, for the caller's own use. */
int *json_token_note(struct json_tokens *t, int i);

#endif
