/*
 * session - from a credential to an answer: whoami, workspace routing, workspace policy, the
 * model, and the model call, each an exchange inside the retry policy.
 *
 * Nothing here runs in parallel, yet nothing waits alone: whenever an exchange waits, the other
 * host's connection is being made and stdin is being read in the same poll(2).
 */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "app/config.h"
#include "app/input.h"
#include "app/judge.h"
#include "app/sink.h"
#include "app/transcript.h"
#include "codex/account_policy.h"
#include "codex/failure.h"

/* What a session is for: nothing is connected to that is not needed. */
enum session_purpose {
	SESSION_ASK,
	SESSION_STATUS,    /* whoami in any case, and routing; with -v policy */
	SESSION_CATALOGUE, /* the models */
};

/* What a session works with; all borrowed until session_free. */
struct session_options {
	const struct config *config;
	const struct token *token;
	const struct clock *clock;
	const struct rand *rand;
	const struct log *log;
	const struct redact *redact;
	struct resolver *resolver;       /* NULL when no name needs resolving */
	const struct trust *trust;       /* NULL when nothing needs TLS */
	struct policy *policy;           /* the machine's; the workspace's is added */
	struct judge *judge;             /* whose answer `sink` keeps; NULL = any answer will do */
	struct span proxy_authorization; /* header line or empty */
	int64_t deadline_ms;             /* of the whole run */
	enum session_purpose purpose;
};

struct session;

/* Begins to connect. ERR_USAGE, ERR_MEMORY. */
MUST bool session_start(struct session **out, const struct session_options *o, struct err *e);
void session_free(struct session **s);

/*
 * Runs everything: reads `input` to its end on the way, writes the answer to `sink`, which is
 * borrowed until session_free. The conversation that it goes on with (NULL = none) gets the message
 * and what answers it, to be saved.
 */
MUST bool session_ask(struct session *s, struct input *input, struct transcript *transcript,
	struct sink *sink, struct err *e);

/*
 * All but the model call: the request as it would be sent, with the credential, is then in *head and
 * *body; both borrowed until session_free.
 */
MUST bool session_draft(struct session *s, struct input *input, struct transcript *transcript,
	struct span *head, struct span *body, struct err *e);

/*
 * Who the credential is and where its calls go; borrowed until session_free. With -v also the
 * policy, as a survey: its refusal is what ask would end with.
 */
struct session_facts {
	const struct whoami *who;
	const struct routing *routing;
	const char *account_id; /* the workspace of the calls: the user may have named another */
	bool fedramp;
	const struct policy *policy; /* NULL = not asked for */
};

MUST bool session_status(struct session *s, struct session_facts *out, struct err *e);

/* The models document, after all that is looked up before a model call; borrowed as well. */
MUST bool session_catalogue(struct session *s, struct span *document, struct err *e);

/* What the session knows of the failure that ended it. */
void session_report(const struct session *s, const struct err *why, struct jsonl_report *out);

#endif
