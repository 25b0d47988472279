#include "app/exchange.h"

#include "base/limits.h"
#include "wire/date.h"

/* One response on its way through the handlers. */
struct reading {
	const struct exchange *x;
	struct http *http;
	struct buf error_body; /* of a response that is no success */
	bool answered;  /* the head has come */
	bool success;
	bool complete;  /* read to its end: the link has been kept or closed accordingly */
	bool transport; /* it failed below HTTP */
	int64_t until_ms; /* its body has so long, however often a byte comes */
};

static struct span header(const void *ctx, const char *name)
{
	return h1_field(ctx, name);
}

struct failure_headers exchange_fields(const struct h1 *h)
{
	return (struct failure_headers){header, h};
}

bool exchange_connect(struct loop *loop, struct link *l, struct err *e)
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

/* By whole seconds, as the field has it. */
static void note_date(struct link *l, const struct h1 *h, const struct clock *clock)
{
	int64_t now_s = clock_wall_ms(clock) / 1000, date_s;

	if (!date_parse(h1_field(h, "date"), now_s, &date_s))
		return;
	l->dated = true;
	l->ahead_s = now_s - date_s;
}

static enum exchange_answer take_head(
	struct reading *r, const struct clock *clock, struct failure *f, struct err *e)
{
	const struct h1 *h = http_head(r->http);
	const struct failure_headers fields = exchange_fields(h);

	r->answered = true;
	note_date(r->x->link, h, clock);
	buf_clear(r->x->head);
	r->success = h->status >= 200 && h->status < 300;
	r->until_ms = clock_after(
		clock_mono_ms(clock), r->success ? r->x->body_ms : ERROR_BODY_MS);
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

/* Waits for more, or ends a body that comes in drips: what an error says is known from its head. */
static enum exchange_answer wait_more(struct loop *loop, struct reading *r,
	const struct redact *redact, struct failure *f, struct err *e)
{
	int64_t until_ms = http_deadline_ms(r->http);
	char t[CLOCK_TEXT_MAX];

	if (r->until_ms < until_ms)
		until_ms = r->until_ms;
	if (!loop_wait(loop, conn_fd(r->x->link->conn), http_events(r->http), until_ms, e))
		return EXCHANGE_FAIL;
	if (clock_mono_ms(loop->clock) < r->until_ms)
		return EXCHANGE_MORE;
	if (!r->success)
		return refuse(r, redact, loop->clock, f, e);
	err_set(e, ERR_TIME, 0, "%s: the answer is not whole %s after its head", r->x->what,
		clock_format_ms(r->x->body_ms, t));
	return EXCHANGE_FAIL;
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
			answer = take_head(r, loop->clock, f, e);
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
			answer = wait_more(loop, r, redact, f, e);
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
	struct reading r = {.x = x, .until_ms = CLOCK_NEVER};
	bool kept = x->link->conn != NULL && x->link->exchanges > 0;
	enum exchange_answer answer = EXCHANGE_FAIL;

	*again = false;
	if (!exchange_connect(loop, x->link, e))
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
