/*
 * request - the body of the model call: an allow-list, written by wire/jsonw (the wire
 * contract as observed 2026-11).
 *
 * stream is true and store false, always. tools, tool_choice and parallel_tool_calls are
 * not sent: they belong together, and there are no tools. What the backend is known to
 * reject (max_output_tokens, temperature, a system role, ...) cannot be written at all.
 */
#ifndef CODEX_REQUEST_H
#define CODEX_REQUEST_H

#include "base/buf.h"

struct request {
	const char *model;
	struct span instructions;      /* UTF-8, not empty */
	struct span input;             /* the user's message: UTF-8, not empty */
	const char *effort;            /* NULL = not sent */
	const char *summary;           /* NULL or "none" = not sent */
	const char *verbosity;         /* NULL = not sent */
	const char *service_tier;      /* NULL = not sent */
	const char *prompt_cache_key;  /* the conversation's UUID */
};

/* Appends the JSON text. ERR_CEILING when it exceeds out's ceiling, ERR_MEMORY. */
MUST bool request_write(struct buf *out, const struct request *r, struct err *e);

/*
 * Is s one of the words we know the service takes? ERR_USAGE lists them: "--effort must be one
 * of: ...".
 */
MUST bool request_check_effort(const char *s, struct err *e);
MUST bool request_check_verbosity(const char *s, struct err *e);
MUST bool request_check_summary(const char *s, struct err *e);

#endif
