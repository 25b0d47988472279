/*
 * jsonl - the lines of --json: one JSON object a line, as `codex exec --json` prints them (observed
 * 2026-11 with codex-cli 0.169.0), and more members. src/app/events.schema.json describes them all.
 *
 * Text from outside passes the redactor before it is escaped, and the finished line once more. A
 * line that is no JSON after that (a secret lay across its syntax) is not written: ERR_OUTPUT.
 */
#ifndef APP_JSONL_H
#define APP_JSONL_H

#include "base/clock.h"
#include "base/log.h"
#include "codex/event.h"
#include "codex/quota.h"
#include "wire/jsonw.h"

enum { JSONL_NAME_MAX = 256 };

/* Where lines go. */
struct jsonl {
	int fd;
	const struct redact *redact; /* borrowed, as all of these */
	const struct clock *clock;
	const struct log *log;       /* its status line goes before a line is written */
	int64_t deadline_ms;         /* a reader that takes nothing is waited for until then */
	bool broken;                 /* a write failed, maybe inside a line: nothing may follow */
};

/* What is known of a complete answer beside its text. */
struct jsonl_facts {
	struct usage usage;
	char model[JSONL_NAME_MAX]; /* that answered; "" = unknown */
	struct quota quota;
};

/* What is known of a failure beside its class. */
struct jsonl_report {
	struct failure failure;
	char host[JSONL_NAME_MAX]; /* that the failing request was for; "" = none, unknown */
	bool told;                 /* by the command's own output: main adds no object and no cure */
};

/* Writes a complete value and a line end. ERR_OUTPUT, ERR_PIPE, ERR_TIME, ERR_MEMORY. */
MUST bool jsonl_write(struct jsonl *o, struct span line, struct err *e);

/* {"type":type,name:text}; name NULL: the type alone. */
MUST bool jsonl_event(
	struct jsonl *o, const char *type, const char *name, struct span text, struct err *e);

/* turn.completed, the last line of a success. */
MUST bool jsonl_completed(struct jsonl *o, const struct jsonl_facts *f, struct err *e);

/*
 * For who writes an object of its own: name and text, redacted; NULL or "" is null. What
 * fails beside the writer: ERR_MEMORY, ERR_CEILING.
 */
MUST bool jsonl_word(
	struct jsonw *w, const struct redact *r, const char *name, const char *s, struct err *e);

/* A text without a name: an item of a list. */
MUST bool jsonl_item(struct jsonw *w, const struct redact *r, struct span text, struct err *e);

/* "error" and the object that describes a failure. */
MUST bool jsonl_failure(struct jsonw *w, const struct redact *redact, const struct err *why,
	const struct jsonl_report *r, struct err *e);

/* The same for a number; one that is not known is null. */
void jsonl_number(struct jsonw *w, const char *name, int64_t v, bool known);

/* {"error":{...}}: a failure of a command whose output is one object. */
MUST bool jsonl_error(
	struct jsonl *o, const struct err *why, const struct jsonl_report *r, struct err *e);

/* error and turn.failed, the last lines of a failure. */
MUST bool jsonl_failed(
	struct jsonl *o, const struct err *why, const struct jsonl_report *r, struct err *e);

#endif
