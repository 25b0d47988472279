/*
 * failure - status, headers, body or in-stream error -> one class: a table, one row a rule
 * (the wire contract as observed 2026-11).
 *
 * The text is "<what>: <the class in words> (HTTP 429): <the server's words>". The
 * server's words are one line, control bytes escaped, capped to what an error record holds
 * (SERVER_TEXT_MAX at most), and secrets are taken out by the redactor given before they are
 * cut. A page (HTML) is never shown.
 */
#ifndef CODEX_FAILURE_H
#define CODEX_FAILURE_H

#include "base/redact.h"
#include "wire/json.h"

/* What is known beside the class; used by codex/retry, stderr and machine output. */
struct failure {
	int status;             /* of HTTP; 0 = in the stream, or no response came */
	bool page;              /* a web page came, of the service's or of the network's */
	int64_t retry_after_ms; /* what the server asked for, -1 = nothing */
	int should_retry;       /* x-should-retry: 1 true, 0 false, -1 absent */
	int64_t resets_at_s;    /* seconds since 1970, 0 = unknown */
	char request_id[128];   /* x-request-id, else cf-ray; "" = unknown */
	char code[64];          /* the server's own code ("usage_limit_reached"), "" = none */
	char plan[64];          /* plan_type of a usage limit, "" = none */
	const char *rule;       /* the name of the row that matched; static, "" = none */
};

void failure_init(struct failure *f);

/*
 * Header look-up as a function so that this room needs no transport: the value, or a span with
 * p == NULL.
 */
struct failure_headers {
	struct span (*get)(const void *ctx, const char *name);
	const void *ctx;
};

/*
 * A response that is not a success: fills f and e (always returns false, like err_set). `what`
 * names the request for people ("whoami", "workspace routing", "the model call"). now_s:
 * seconds since 1970, for dates in Retry-After. `body` may be cut at ERROR_BODY_MAX. redact
 * NULL: nothing learnt yet.
 */
bool failure_from_response(struct failure *f, const char *what, int status,
                           const struct failure_headers *h, struct span body, int64_t now_s,
                           const struct redact *redact, struct err *e);

/*
 * response.failed or error inside the stream: `error` is the object that holds code, type and
 * message (JSON_NONE: nothing is known). Returns false.
 */
bool failure_from_event(struct failure *f, const struct json *j, int error, int64_t now_s,
                        const struct redact *redact, struct err *e);

/*
 * Is this response fit to be read? Refused: any status but 200, cf-mitigated, an unasked
 * content-encoding, a web page. The content type may be absent. True when fine; f then holds the
 * status and the request's id (not redacted), for what may still fail.
 */
MUST bool failure_check_success(struct failure *f, const char *what, int status,
                                const struct failure_headers *h, struct err *e);

#endif
