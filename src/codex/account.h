/*
 * account - whoami and workspace routing: documents in, facts out (the wire contract as observed
 * 2026-11). Workspace policy: account_policy.
 *
 * A document of the wrong shape is ERR_PROTOCOL; one that says no is ERR_ACCESS. null counts
 * as absent. Members we do not know are passed over; a name said twice is refused. Texts do not
 * name the document: whoever asked for it does. Fields are copied out, so nothing here borrows from
 * the document.
 */
#ifndef CODEX_ACCOUNT_H
#define CODEX_ACCOUNT_H

#include "base/buf.h"
#include "base/limits.h"

enum {
	ACCOUNT_FIELD_MAX = 128,
	ACCOUNT_ORIGIN_MAX = 256,
	ACCOUNT_MASKED_MAX = ACCOUNT_ORIGIN_MAX + 8,
};

/* Every field fits a header, except the e-mail, which is UTF-8 without control characters. */
struct whoami {
	char account_id[ACCOUNT_FIELD_MAX]; /* never "" */
	char user_id[ACCOUNT_FIELD_MAX];    /* "" when absent */
	char email[ACCOUNT_ORIGIN_MAX];     /* "" when absent */
	char plan[ACCOUNT_FIELD_MAX];       /* "" when absent: the plan is unknown */
	bool fedramp;
};

MUST bool account_read_whoami(struct span document, struct whoami *out, struct err *e);

/* "j***@example.com": who sees it knows whose it is, who finds it in a log does not. "" gives "". */
void account_mask_email(const char *email, char out[ACCOUNT_MASKED_MAX]);

struct routing {
	char origin[ACCOUNT_ORIGIN_MAX];          /* "https://host[:port]" */
	char routing_override[ACCOUNT_FIELD_MAX]; /* header value, "" = none to send */
};

/*
 * Finds account_id in the list form or the map form; not listed is ERR_ACCESS. The origin must
 * be https and under chatgpt.com or openai.com, or equal `named_origin` (what the user named,
 * NULL = nothing), and nothing but an origin: else ERR_ACCESS. Without a constraint it is
 * CODEX_ORIGIN.
 */
MUST bool account_read_routing(struct span document, const char *account_id,
                               const char *named_origin, struct routing *out, struct err *e);

#endif
