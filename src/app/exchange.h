/*
 * exchange - one request and its response over a link: connects when need be, and resends once,
 * unseen, when a kept connection turns out to have been closed by the peer.
 */
#ifndef APP_EXCHANGE_H
#define APP_EXCHANGE_H

#include "app/loop.h"
#include "codex/failure.h"

enum exchange_answer { EXCHANGE_MORE, EXCHANGE_DONE, EXCHANGE_FAIL };

struct exchange {
	struct link *link;
	const char *what; /* for people: "whoami", "the model call" */
	enum h1_request method;
	struct buf *head; /* wiping; cleared as soon as it need not be sent again */
	struct span body;
	struct http_limits limits;
	int64_t body_ms; /* for all of a 2xx response's body, from its head; CLOCK_NEVER = any time */

	/*
	 * What becomes of a 2xx response. on_head may be NULL. on_end: the body is complete; not
	 * called after DONE.
	 */
	enum exchange_answer (*on_head)(void *ctx, const struct h1 *h, struct err *e);
	enum exchange_answer (*on_body)(void *ctx, struct span piece, struct err *e);
	enum exchange_answer (*on_end)(void *ctx, struct err *e);
	void *ctx;
};

/* The head's fields as codex reads them; borrows h. */
struct failure_headers exchange_fields(const struct h1 *h);

/* Waits until the link is open; its failure to connect is told. */
MUST bool exchange_connect(struct loop *loop, struct link *l, struct err *e);

/* Anything but a 2xx becomes a failure by codex/failure, `f` filled. */
MUST bool exchange_run(struct loop *loop, const struct exchange *x, const struct redact *redact,
                       struct failure *f, struct err *e);

#endif
