/*
 * failure_table - the classes of failure, one row a rule (the wire contract as observed
 * 2026-11).
 *
 * The first row that matches is the class. A row matches when the status lies in
 * first..last (an error inside the stream has status 0), when the server's code or type is
 * `code`, and when all of `facts` hold.
 */
#ifndef CODEX_FAILURE_TABLE_H
#define CODEX_FAILURE_TABLE_H

#include "codex/failure_words.h"

enum {
	FAILURE_MITIGATED = 1,   /* the response says cf-mitigated */
	FAILURE_PAGE = 2,        /* the body is HTML */
	FAILURE_ABOUT_MODEL = 4, /* the server's words name the model */
};

struct failure_rule {
	const char *name;   /* what tests and -v call it */
	short first, last;
	const char *code;   /* NULL: any; a leading '*': any that ends so */
	unsigned facts;
	enum err_kind kind;
	const char *words;  /* the class, for people */
};

/* There is always one: the last row takes all. */
const struct failure_rule *failure_table_find(int status, const struct failure_words *w,
                                              unsigned facts);

/* The rows by name, in order; NULL behind the last. For tests, which cover every one. */
const char *failure_table_name(size_t i);

#endif
