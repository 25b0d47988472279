#include "app/exchange.h"

#include "base/limits.h"

/* One response on its way through the handlers. */
struct reading {
	const struct exchange *x;
	struct http *http;
	struct buf error_body; /* of a response that is no success */
	bool answered;  /* the head has come */
	bool success;
	bool complete;  /* read to its end: the link has been kept or closed accordingly */
	bool transport; /* it failed below HTTP */
};

static struct span header(const void *ctx, const char *name)
{
	return h1_field(ctx, name);
}

struct failure_headers exchange_fields(const struct h1 *h)
{
	return (struct failure_headers){header, h};
}

static bool wait_open(struct loop *loop, struct link *l, struct err *e)
{
	/*
	 * A connect that failed in the background is this exchange's failure, not a reason to try
	 * again.
	 */
	if (!l->failed && !link_prepare(l, e))
		return false;
	while (!link_is_open(l, e))
		if (e->kind != ERR_NONE || !loop_wait(loop, -1, 0, CLOCK_NEVER, e))
			return false;
	return true;
}

static enum exchange_answer take_head(struct reading *r, struct failure *f, struct err *e)
{
	const struct h1 *h = http_head(r->http);
	const struct failure_headers fields = exchange_fields(h);

	r->answered = true;
	buf_clear(r->x->head);
	r->success = h->status >= 200 && h->status < 300;
	if (!r->success)
		return EXCHANGE_MORE;
	if (!failure_check_success(f, r->x->what, h->status, &fields, e))
		return EXCHANGE_FAIL;
	return r->x->on_head == NULL ? EXCHANGE_MORE : r->x->on_head(r->x->ctx, h, e);
}

static enum exchange_answer refuse(struct reading *r, const struct redact *redact,
	const struct clock *clock, struct failure *f, struct err *e)
{
	const struct h1 *h = http_head(r->http);
	const struct failure_headers fields = exchange_fields(h);

	failure_from_response(f, r->x->what, h->status, &fields, buf_span(&r->error_body),
	                      clock_wall_ms(clock) / 1000, redact, e);
	return EXCHANGE_FAIL;
}

/* Keeps as much of an error's body as will be looked at; false when that is enough. */
static bool keep_error(struct reading *r, struct span piece, struct err *e)
{
	size_t room = r->error_body.max - r->error_body.n;

	return buf_add(&r->error_body, span_cut(piece, 0, room), e) && piece.n < room;
}

static enum exchange_answer read_response(struct loop *loop, struct reading *r,
	const struct redact *redact, struct failure *f, struct err *e)
{
	enum exchange_answer answer = EXCHANGE_MORE;
	struct err body_error;
	struct span piece;

	while (answer == EXCHANGE_MORE) {
		switch (http_step(r->http, &piece, e)) {
		case HTTP_HEAD:
			answer = take_head(r, f, e);
			break;
		case HTTP_BODY:
			if (r->success)
				answer = r->x->on_body(r->x->ctx, piece, e);
			else if (!keep_error(r, piece, &body_error))
				answer = refuse(r, redact, loop->clock, f, e);
			break;
		case HTTP_DONE:
			r->complete = true;
			link_release(r->x->link, http_reusable(r->http));
			return r->success ? r->x->on_end(r->x->ctx, e)
					  : refuse(r, redact, loop->clock, f, e);
		case HTTP_MORE:
			if (!loop_wait(loop, conn_fd(r->x->link->conn), http_events(r->http),
			               http_deadline_ms(r->http), e))
				answer = EXCHANGE_FAIL;
			break;
		case HTTP_FAIL:
			/* A refusal is known from its head: the end of its page may be missing. */
			if (r->answered && !r->success)
				return refuse(r, redact, loop->clock, f, e);
			r->transport = true;
			if (e->kind == ERR_TIME)
				err_wrap(e, "%s", r->x->what);
			return EXCHANGE_FAIL;
		}
		/* A peer that never lets us wait must not keep the run from its deadline either. */
		if (answer == EXCHANGE_MORE && !loop_in_time(loop, e))
			return EXCHANGE_FAIL;
	}
	return answer;
}

static enum exchange_answer run_once(struct loop *loop, const struct exchange *x,
	const struct redact *redact, struct failure *f, bool *again, struct err *e)
{
	struct reading r = {.x = x};
	bool kept = x->link->conn != NULL && x->link->exchanges > 0;
	enum exchange_answer answer = EXCHANGE_FAIL;

	*again = false;
	if (!wait_open(loop, x->link, e))
		return EXCHANGE_FAIL;
	buf_init(&r.error_body, ERROR_BODY_MAX, "the error's body");
	if (http_start(&r.http, x->link->conn, x->method, buf_span(x->head), x->body, &x->limits,
		    loop->clock, e))
		answer = read_response(loop, &r, redact, f, e);
	if (r.transport && http_untouched(r.http))
		*again = kept || link_blames_false_start(x->link);
	http_free(&r.http);
	buf_free(&r.error_body);
	/* What is left of a response on the wire must not be taken for the next one's. */
	if (!r.complete)
		link_release(x->link, false);
	return answer;
}

bool exchange_run(struct loop *loop, const struct exchange *x, const struct redact *redact,
	struct failure *f, struct err *e)
{
	enum exchange_answer answer;
	bool again;

	loop_expect(loop, x->what, x->link);
	answer = run_once(loop, x, redact, f, &again, e);
	if (answer == EXCHANGE_FAIL && again)
		answer = run_once(loop, x, redact, f, &again, e);
	buf_clear(x->head);
	return answer == EXCHANGE_DONE;
}
