/*
 * report - the output of a command that tells its facts once: lines of text, or one JSON object.
 */
#ifndef APP_REPORT_H
#define APP_REPORT_H

#include "app/outset.h"

/* One line, of a text from outside no more than this. */
enum { REPORT_TEXT_MAX = 300, REPORT_MAX = 8 * 1024 * 1024 };

/* Appends a text from outside: without secrets, one printable line; "" or NULL as "-". */
MUST bool report_text(struct buf *out, const struct redact *r, const char *text, struct err *e);

/*
 * Whole lines to stdout, redacted once more and without commands to who reads it (base/defuse).
 * ERR_OUTPUT, ERR_PIPE, ERR_TIME, ERR_MEMORY.
 */
MUST bool report_write(
	const struct config *c, const struct command_io *io, struct span lines, struct err *e);

#endif
