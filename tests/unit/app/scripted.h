/*
 * scripted - a whole run without a network: a conn that answers requests from a table, and a session
 * whose connections are such conns.
 */
#ifndef SCRIPTED_H
#define SCRIPTED_H

#include "app/session_state.h"
#include "base/rand.h"
#include "codex/constants.h"
#include "failing.h"
#include "fakes.h"
#include "../net/loopback.h"

/* ------------------------------------------------------------------- conn */

enum { REPLIES = 8, ASKED_MAX = 16 * 1024 };

/* The first row whose path begins the target answers; a request that none fits gets no answer. */
struct script {
	struct reply {
		const char *path;
		const char *status; /* NULL: "200 OK" */
		const char *fields; /* lines of the head; NULL: none */
		const char *body;
	} replies[REPLIES];
	long fail_read, fail_write; /* that call of it breaks the connection, counted from 1; 0 = none */
	long reads, writes;
	char asked[ASKED_MAX];      /* all requests */
	size_t asked_n;
	char answer[ASKED_MAX];     /* the response in hand */
};

struct scripted_conn {
	struct conn conn;
	struct script *script;
	size_t from;        /* in asked: where the request in hand begins */
	struct span answer; /* what of the reply is not read yet */
	bool asking;        /* a request has begun */
	bool replied;
};

/* The request in hand is whole, body and all. */
static bool scripted_request_came(const struct scripted_conn *c)
{
	const char *head = c->script->asked + c->from, *blank, *length;

	c->script->asked[c->script->asked_n] = '\0';
	blank = strstr(head, "\r\n\r\n");
	length = strstr(head, "Content-Length: ");
	return blank != NULL && strlen(blank + 4) >= (length == NULL ? 0 : (size_t)atol(length + 16));
}

static void scripted_reply(struct scripted_conn *c)
{
	const char *target = strchr(c->script->asked + c->from, ' ');

	for (const struct reply *r = c->script->replies; r->path != NULL; r++)
		if (target != NULL && strncmp(target + 1, r->path, strlen(r->path)) == 0) {
			snprintf(c->script->answer, sizeof c->script->answer,
				"HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n%s", r->status == NULL ? "200 OK" : r->status,
				strlen(r->body), r->fields == NULL ? "" : r->fields, r->body);
			c->answer = span_str(c->script->answer);
			c->replied = true;
			break;
		}
	c->asking = false;
}

static enum io scripted_read(struct conn *conn, void *p, size_t max, size_t *n, struct err *e)
{
	struct scripted_conn *c = (struct scripted_conn *)conn;

	if (++c->script->reads == c->script->fail_read) {
		err_set(e, ERR_CONNECT, ECONNRESET, "reading");
		return IO_FAIL;
	}
	if (c->answer.n == 0 && !c->replied)
		return IO_WANT_READ;
	*n = c->answer.n < max ? c->answer.n : max;
	if (*n > 0)
		memcpy(p, c->answer.p, *n);
	c->answer = span_cut(c->answer, *n, c->answer.n);
	return IO_DONE;
}

static enum io scripted_write(struct conn *conn, const void *p, size_t len, size_t *n, struct err *e)
{
	struct scripted_conn *c = (struct scripted_conn *)conn;
	struct script *s = c->script;

	if (++s->writes == s->fail_write) {
		c->replied = true; /* with nothing: the end */
		err_set(e, ERR_CONNECT, EPIPE, "writing");
		return IO_FAIL;
	}
	if (!c->asking)
		c->from = s->asked_n;
	c->asking = true;
	c->replied = false;
	if (s->asked_n + len >= sizeof s->asked)
		exit(99);
	memcpy(s->asked + s->asked_n, p, len);
	s->asked_n += len;
	*n = len;
	if (scripted_request_came(c))
		scripted_reply(c);
	return IO_DONE;
}

static enum io scripted_flush(struct conn *conn, struct err *e)
{
	(void)conn;
	(void)e;
	return IO_DONE;
}

static int scripted_fd(const struct conn *conn)
{
	(void)conn;
	return STDIN_FILENO;
}

static void scripted_close(struct conn *conn)
{
	(void)conn;
}

static const struct conn_ops scripted_ops = {scripted_read, scripted_write, scripted_flush, scripted_fd, scripted_close};

/* --------------------------------------------------------------- the run */

#define TOKEN "at-scripted-token-scripted-token"

struct run {
	const char *args[8];
	const char *jwt;            /* the token's own account; NULL = it is no JWT */
	struct script *script;
	const struct rand *rand;
	struct sink *(*open_sink)(struct redact *redact, struct err *e); /* NULL = none of it */
	uint16_t port;              /* takes connections and says nothing, or refuses them */

	struct config c;
	struct redact *redact;
	struct token token;
	struct policy policy;
	struct input *input;
	struct sink *sink;
	struct session *session;
	struct scripted_conn conns[2];
	struct log log;
};

static bool run_take_token(struct run *r, struct err *e)
{
	struct buf copy;
	bool ok;

	r->token = (struct token){.kind = r->jwt == NULL ? TOKEN_PERSONAL : TOKEN_JWT, .source = "a test"};
	snprintf(r->token.account_id, sizeof r->token.account_id, "%s", r->jwt == NULL ? "" : r->jwt);
	buf_init_wiping(&copy, 100, "a token");
	ok = buf_add_str(&copy, TOKEN, e) && secret_take(&r->token.secret, &copy, e) &&
	     redact_learn(r->redact, r->token.secret, e);
	buf_free(&copy);
	return ok;
}

/* The connections under way go; those of the script take their place. */
static bool run_script(struct run *r, struct err *e)
{
	struct session *s = r->session;

	if (s->loop.links[1] == NULL && !link_init(&s->auth, &s->route, buf_span(&r->c.auth_base.text), e))
		return false;
	s->loop.links[1] = &s->auth;
	for (int i = 0; i < 2; i++) {
		link_release(s->loop.links[i], false);
		r->conns[i] = (struct scripted_conn){.conn = {&scripted_ops}, .script = r->script};
		s->loop.links[i]->conn = &r->conns[i].conn;
	}
	return true;
}

__attribute__((unused))
static bool run_all(struct run *r, struct err *e)
{
	char words[3][64] = {"octavo", "ask", "--retries=0"}, base[64], proxy[64], token[] = "CODEX_ACCESS_TOKEN=" TOKEN, prompt[] = "hello";
	char *argv[16] = {words[0], words[1], words[2], prompt}, *block[] = {base, proxy, token, NULL};
	int argc = 4;
	struct err end;
	bool ok;

	snprintf(base, sizeof base, "CODEX_AUTHAPI_BASE_URL=http://127.0.0.1:%u/api", r->port);
	snprintf(proxy, sizeof proxy, "https_proxy=http://us%%65r:p%%61ssword@127.0.0.1:%u", r->port);
	for (; r->args[argc - 4] != NULL; argc++)
		argv[argc] = (char *)(uintptr_t)r->args[argc - 4];
	policy_init(&r->policy);
	r->script->reads = r->script->writes = 0;
	r->script->asked_n = 0;
	ok = config_read(&r->c, argc, argv, block, e);
	if (!redact_new(&r->redact, ok ? e : &end) || !config_learn(&r->c, r->redact, ok ? e : &end) || !ok)
		return false;
	r->log.redact = r->redact;
	if (!run_take_token(r, e) || !input_start(&r->input, &r->c.input, -1, &clock_system, CLOCK_NEVER, &r->log, e))
		return false;
	r->sink = r->open_sink(r->redact, e);
	if (r->sink == NULL)
		return false;
	const struct session_options o = {
		.config = &r->c, .token = &r->token, .clock = &clock_system, .rand = r->rand, .log = &r->log, .redact = r->redact,
		.policy = &r->policy, .deadline_ms = clock_after(clock_mono_ms(&clock_system), r->c.run_ms),
	};
	ok = session_start(&r->session, &o, e) && run_script(r, e) && session_ask(r->session, r->input, NULL, r->sink, e);
	return r->sink->ops->end(r->sink, ok, ok ? e : &end) && ok;
}

__attribute__((unused))
static void run_free(struct run *r)
{
	session_free(&r->session);
	sink_free(&r->sink);
	input_free(&r->input);
	token_free(&r->token);
	policy_free(&r->policy);
	redact_free(&r->redact);
	config_free(&r->c);
}

/* -------------------------------------------------------------- documents */

#define WHOAMI_PATH "/api" CODEX_PATH_WHOAMI
#define MODELS_PATH CODEX_PATH_API CODEX_PATH_MODELS
#define CALL_PATH CODEX_PATH_API CODEX_PATH_RESPONSES
#define WHOAMI "{\"chatgpt_account_id\":\"acc-1\",\"chatgpt_plan_type\":\"business\"}"
#define ROUTING(origin) "{\"accounts\":[{\"id\":\"acc-1\",\"workspace_backend_origin\":\"" origin "\",\"account_routing_override\":\"us\"}]}"
#define MODELS "{\"models\":[{\"slug\":\"m-1\",\"visibility\":\"list\",\"priority\":1}]}"
#define EVENT(type, more) "data: {\"type\":\"response." type "\"," more "}\n\n"
#define DELTA(text) EVENT("output_text.delta", "\"output_index\":0,\"delta\":\"" text "\"")
#define COMPLETED EVENT("completed", "\"response\":{\"status\":\"completed\",\"output\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}")

#endif
