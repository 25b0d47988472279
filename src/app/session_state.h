/*
 * session_state - what session, lookup and call share.
 */
#ifndef APP_SESSION_STATE_H
#define APP_SESSION_STATE_H

#include "app/exchange.h"
#include "app/session.h"
#include "app/turn.h"
#include "codex/account.h"
#include "codex/models.h"

struct session {
	struct session_options o;
	struct route route;
	struct loop loop;
	struct link auth;    /* whoami */
	struct link service; /* routing, policy, models, mostly the model call; or the base URL */
	struct link call;    /* the model call's own origin */
	struct link *caller; /* where the model call goes */
	struct buf head;     /* wiping: the request head in hand */
	struct buf document; /* the look-up's answer in hand */
	struct buf body;     /* of the model call ... */
	struct request_input items; /* ... and where its items stand */
	struct failure failure;

	struct whoami who; /* "" and false while it has not been asked */
	char account_id[ACCOUNT_FIELD_MAX];
	bool fedramp;
	struct routing routing;
	char model[MODEL_SLUG_MAX];
	struct transcript *transcript; /* borrowed; NULL = none */
	char session_id[UUID_TEXT + 1]; /* the conversation's, told once it is settled */
	bool told_thread;
	unsigned retries;    /* at most, of each request */
	struct turn *turn;   /* the attempt in hand */
	struct usage used;   /* by all attempts that told */
};

/* The model call goes to --base-url; the service's look-ups are then not made. */
bool session_by_gateway(const struct session *s);

/* What stands in front of /responses and /models at --base-url, without a final slash. */
struct span session_base_path(const struct session *s);

/*
 * The account is known from neither the user nor the token's own claims, or the user's word for it
 * is not enough, or it is what is to be told.
 */
bool session_needs_whoami(const struct session *s);

/* Makes the link to the auth host, if it is not there yet, and begins to connect. */
MUST bool session_open_auth(struct session *s, struct err *e);

/* Makes the link the model call takes instead of the service's, and begins to connect. */
MUST bool session_open_call(struct session *s, struct span origin, struct err *e);

/* Tells the output which conversation it is, once. */
MUST bool session_tell_thread(struct session *s, struct err *e);

/* What every head of this run says of us. */
void session_identify(const struct session *s, struct headers_identity *id);

/*
 * The retry policy around one request: `attempt` is made until it succeeds or the policy says stop.
 * `sink` is what a success writes to (NULL = nothing): once it has been written to, nothing is
 * tried again.
 */
MUST bool session_persist(struct session *s,
	bool (*attempt)(struct session *, void *, struct err *), void *ctx, const struct sink *sink,
	struct err *e);

#endif
