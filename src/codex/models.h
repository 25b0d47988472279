/*
 * models - the models document: which models a workspace may use, in the order in which the
 * service puts them (observed 2026-11).
 *
 * A document of the wrong shape is ERR_PROTOCOL. Among the models nothing but the name is needed: a
 * member of another type than expected, or too long, counts as unknown; an entry without a name is
 * passed over.
 */
#ifndef CODEX_MODELS_H
#define CODEX_MODELS_H

#include "wire/json.h"

enum {
	MODEL_SLUG_MAX = 128,
	MODEL_NAME_MAX = 256,
	MODEL_WORD_MAX = 32,
	MODEL_WORDS = 16,
};

struct models {
	struct json json;
	int *order;     /* values of the list, lowest priority first, equals as they came */
	size_t n;
	size_t chosen;  /* the default: first with visibility "list"; n when there is none */
};

/* Borrows `document` until models_free, which may be called twice. ERR_CEILING above MODELS_LISTED_MAX. */
MUST bool models_read(struct models *m, struct span document, struct err *e);
void models_free(struct models *m);

/* Words of the service's ("low", "text"); more than fit are left out. */
struct model_words {
	char word[MODEL_WORDS][MODEL_WORD_MAX];
	size_t n;
};

struct model {
	char slug[MODEL_SLUG_MAX];          /* fit for a request; never "" */
	char display_name[MODEL_NAME_MAX];  /* any characters but NUL; "" = unknown */
	char visibility[MODEL_WORD_MAX];    /* "list", "hide"; "" = unknown */
	char default_effort[MODEL_WORD_MAX]; /* "" = unknown */
	struct model_words efforts, modalities;
	int64_t priority;                   /* INT64_MAX = unknown */
	int64_t context_window;             /* tokens; -1 = unknown */
};

/* May it be shown to who did not ask for all? */
bool model_is_listed(const struct model *m);

/* The i-th in order. ERR_PROTOCOL when its name could not be sent. */
MUST bool models_get(const struct models *m, size_t i, struct model *out, struct err *e);

/* The name of the default; none is ERR_REQUEST. */
MUST bool models_choose(struct span document, char out[MODEL_SLUG_MAX], struct err *e);

#endif
