/*
 * status - what a failure means to the shell, and what people do about it.
 *
 * The statuses are a promise: none is ever reused or removed. --explain, -v, machine output and the
 * README's table all speak the words of the one table here.
 */
#ifndef APP_STATUS_H
#define APP_STATUS_H

#include "base/buf.h"

struct status {
	int exit;            /* 128: this row and those above it end by a signal */
	const char *meaning; /* one line each, as all of these */
	const char *cause;   /* the usual one */
	const char *cure;
};

/* The exit status of a class of failure; ERR_NONE is 0. */
int status_of(enum err_kind kind);

/* The row of an exit status (0 to 255), NULL when octavo never ends so. */
const struct status *status_find(int exit);

/*
 * `code` is an exit status ("21", "143") or the name of a class ("proxy", see base/err): its row in
 * lines for people. ERR_USAGE when it is neither.
 */
MUST bool status_explain(const char *code, struct buf *out, struct err *e);

#endif
