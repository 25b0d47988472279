#include "app/call.h"

#include "app/lookup.h"
#include "base/fmt.h"
#include "base/limits.h"
#include "codex/constants.h"

/* A schema tells the model itself what is wanted. */
static const char *default_instructions(const struct session *s)
{
	return s->o.config->patch != NULL ? CODEX_INSTRUCTIONS_PATCH : CODEX_INSTRUCTIONS;
}

static bool write_body(struct session *s, struct err *e)
{
	struct request r = s->o.config->request;
	struct buf input;
	bool ok;

	buf_init(&input, INPUT_MAX, "all input together");
	r.model = s->model;
	r.instructions = s->o.config->instructions.n > 0 ? buf_span(&s->o.config->instructions)
	                                                 : span_str(default_instructions(s));
	if (s->o.judge != NULL)
		r.schema = judge_schema(s->o.judge);
	r.prompt_cache_key = s->session_id;
	if (s->transcript != NULL)
		r.history = transcript_history(s->transcript);
	ok = input_take(s->loop.input, &input, e);
	r.input = buf_span(&input);
	if (ok && r.input.n > INPUT_MAX - r.history.n)
		ok = err_set(e, ERR_USAGE, 0, "%s exceeds %d bytes, the conversation so far with it",
			input.what, INPUT_MAX);
	ok = ok && request_write(&s->body, &r, &s->items, e);
	buf_free(&input);
	return ok && (s->transcript == NULL ||
			     transcript_add(s->transcript, request_items(&s->body, &s->items), e));
}

/* The model itself, or a dated snapshot of it: "m-2026-11-23" is m, "m-mini" is not. */
static bool is_model(struct span served, const char *asked)
{
	struct span rest = span_cut(served, span_str(asked).n, served.n);

	return span_starts(served, asked) &&
	       (rest.n == 0 ||
		       (rest.n > 1 && rest.p[0] == '-' && rest.p[1] >= '0' && rest.p[1] <= '9'));
}

/* What the head says of a complete answer. A name that does not fit is not cut: left out. */
static void read_facts(const struct session *s, const struct h1 *h, struct span served)
{
	const struct failure_headers fields = exchange_fields(h);
	struct jsonl_facts *f = &s->loop.sink->facts;
	char text[QUOTA_TEXT_MAX];

	*f = (struct jsonl_facts){.model = ""};
	if (served.n > 0 && served.n < sizeof f->model)
		fmt_into(f->model, sizeof f->model, "%.*s", (int)served.n, (const char *)served.p);
	quota_read(&f->quota, &fields, clock_wall_ms(s->o.clock) / 1000);
	if (quota_describe(&f->quota, text))
		log_step(s->o.log, "used of the plan: %s", text);
}

/* The service may answer with another model than asked for: that must not go unseen. */
static enum exchange_answer call_head(void *ctx, const struct h1 *h, struct err *e)
{
	struct session *s = ctx;
	struct span served = h1_field(h, "openai-model");

	(void)e;
	if (served.n > 0 && !is_model(served, s->model))
		log_note(s->o.log, "asked for model %s, the service answers with %.*s", s->model,
			(int)served.n, (const char *)served.p);
	read_facts(s, h, served);
	return EXCHANGE_MORE;
}

static enum exchange_answer from_turn(enum turn_step step)
{
	return step == TURN_MORE   ? EXCHANGE_MORE
	       : step == TURN_DONE ? EXCHANGE_DONE
				   : EXCHANGE_FAIL;
}

static enum exchange_answer call_body(void *ctx, struct span piece, struct err *e)
{
	return from_turn(turn_feed(((struct session *)ctx)->turn, piece, e));
}

static enum exchange_answer call_end(void *ctx, struct err *e)
{
	return from_turn(turn_end(((struct session *)ctx)->turn, e));
}

static bool write_head(struct session *s, struct err *e)
{
	const struct config *c = s->o.config;
	struct headers_identity id;
	char request_id[UUID_TEXT + 1], target[URL_MAX + sizeof CODEX_PATH_RESPONSES];
	struct span path = session_by_gateway(s) ? session_base_path(s) : span_str(CODEX_PATH_API);

	fmt_into(target, sizeof target, "%.*s%s", (int)path.n, (const char *)path.p,
		CODEX_PATH_RESPONSES);
	session_identify(s, &id);
	buf_clear(&s->head);
	return rand_uuid7(s->o.rand, clock_wall_ms(s->o.clock), request_id, e) &&
	       headers_post(&s->head, target, buf_span(&s->caller->authority), &id, s->session_id,
		       request_id, s->body.n, c->extra, c->extras, e);
}

bool call_draft(struct session *s, struct err *e)
{
	return write_body(s, e) && write_head(s, e);
}

static bool send_call(struct session *s, struct err *e)
{
	struct exchange x = {
		.link = s->caller,
		.what = "the model call",
		.method = H1_POST,
		.body = buf_span(&s->body),
		.limits = {.write_ms = WRITE_STALL_MS, .head_ms = HEAD_MS,
			.idle_ms = s->o.config->idle_ms},
		.body_ms = CLOCK_NEVER,
		.on_head = call_head,
		.on_body = call_body,
		.on_end = call_end,
		.head = &s->head,
		.ctx = s,
	};

	return write_head(s, e) && exchange_run(&s->loop, &x, s->o.redact, &s->failure, e);
}

static void tell_usage(const struct session *s, const struct usage *u)
{
	if (u->known)
		log_step(s->o.log, "tokens: %lld in (%lld cached), %lld out (%lld reasoning)",
			(long long)u->input, (long long)u->cached, (long long)u->output,
			(long long)u->reasoning);
}

/* One attempt. A failure inside the stream has been classified by the turn. */
static bool try_call(struct session *s, void *ctx, struct err *e)
{
	struct sink *sink = ctx;
	struct turn turn;
	bool ok;

	sink->ops->discard(sink);
	if (s->transcript != NULL)
		transcript_discard(s->transcript);
	turn_init(&turn, sink, s->o.log, s->o.redact, s->o.clock);
	turn_keep(&turn, s->transcript);
	s->turn = &turn;
	ok = send_call(s, e) &&
	     (s->transcript == NULL ||
		     transcript_accept(s->transcript, answer_messages(&turn.answer), e));
	if (!ok && turn.failed_in_stream) {
		fmt_into(turn.failure.request_id, sizeof turn.failure.request_id, "%s",
			s->failure.request_id);
		s->failure = turn.failure;
	}
	tell_usage(s, &turn.usage);
	usage_add(&s->used, &turn.usage);
	sink->facts.usage = s->used;
	s->turn = NULL;
	turn_free(&turn);
	return ok;
}

/*
 * 401 from the model call: one whoami tells a rejected token from one that is fine but has no
 * access.
 */
static bool explain_rejection(struct session *s, struct err *e)
{
	struct err asked;
	struct failure kept = s->failure;
	bool accepted;

	if (session_by_gateway(s) || s->o.token->kind != TOKEN_PERSONAL || e->kind != ERR_AUTH ||
		kept.status != 401)
		return false;
	if (!session_open_auth(s, &asked))
		return false;
	s->retries = 0;
	accepted = lookup_whoami(s, &asked);
	s->failure = kept;
	if (accepted)
		return err_wrap(e, "whoami accepts the token, but it is denied access here");
	if (asked.kind == ERR_AUTH)
		return err_wrap(e, "whoami rejects the token as well");
	return false;
}

/* Known only when the answer is there: it saves nothing, but the run is told from one within. */
static bool check_tokens(const struct session *s, struct err *e)
{
	int max = s->o.config->max_total_tokens;

	if (max > 0 && !s->used.known)
		log_note(s->o.log, "--max-total-tokens: the service did not tell what was used");
	return max == 0 || usage_total(&s->used) <= max ||
	       err_set(e, ERR_BUDGET, 0, "%lld tokens were used, --max-total-tokens allows %d",
		       (long long)usage_total(&s->used), max);
}

/* One answer, of whatever form. */
static bool ask_once(struct session *s, struct sink *sink, struct err *e)
{
	int64_t began_ms = clock_mono_ms(s->o.clock);

	if (!session_persist(s, try_call, sink, sink, e))
		return explain_rejection(s, e);
	log_step(
		s->o.log, "answered in %lld ms", (long long)(clock_mono_ms(s->o.clock) - began_ms));
	return check_tokens(s, e);
}

/*
 * What was wrong with the answer goes behind it into the conversation. A transcript has the answer
 * already, as it came.
 */
static bool write_complaint(struct session *s, const struct err *why, struct err *e)
{
	struct buf items, text;
	size_t answer_n;
	bool ok;

	buf_init(&items, REQUEST_MAX, "the request");
	buf_init(&text, ERR_TEXT_MAX + 256, "the complaint");
	ok = request_message(&items, REQUEST_ASSISTANT, buf_span(&s->o.judge->answer), e);
	answer_n = items.n;
	ok = ok && judge_complain(s->o.judge, why, &text, e) &&
	     request_message(&items, REQUEST_USER, buf_span(&text), e) &&
	     request_continue(&s->body, &s->items, buf_span(&items), e) &&
	     (s->transcript == NULL ||
		     transcript_add(s->transcript, span_cut(buf_span(&items), answer_n, items.n), e));
	buf_free(&text);
	buf_free(&items);
	return ok;
}

/* A second answer in place of the first one, which nobody has seen. */
static bool repair(struct session *s, struct sink *sink, struct err *e)
{
	struct err why = *e;

	log_note(s->o.log, "%s; asking once for a better one (--repair)", why.text);
	return sink_tell(sink, SINK_ERROR, span_str(why.text), e) &&
	       write_complaint(s, &why, e) && ask_once(s, sink, e) &&
	       judge_answer(s->o.judge, e);
}

bool call_model(struct session *s, struct sink *sink, struct err *e)
{
	if ((s->transcript != NULL && !transcript_take(s->transcript, e)) ||
		!session_tell_thread(s, e) || !write_body(s, e) ||
		!sink_tell(sink, SINK_TURN, span_str(""), e) || !ask_once(s, sink, e))
		return false;
	if (s->o.judge == NULL || judge_answer(s->o.judge, e))
		return true;
	return s->o.config->repair && e->kind == ERR_MISFIT && repair(s, sink, e);
}
