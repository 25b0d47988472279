/*
 * Unit tests of app/lookup and call inside a whole session, over scripted connections: what is asked
 * in which order, and what each answer does.
 */
#include <signal.h>

#include "scripted.h"

static struct fake_sink recorded;
static int silent_fd; /* a listener nobody accepts from */
static uint16_t silent_port;

static struct sink *record(struct redact *redact, struct err *e)
{
	(void)redact;
	(void)e;
	fake_sink_init(&recorded);
	return &recorded.sink;
}

enum { ROUTING_AT = 1, POLICY_AT, MODELS_AT, CALL_AT };

/* All is well; rows change a document or two. */
static const struct script well = {.replies = {
	{WHOAMI_PATH, NULL, NULL, WHOAMI},
	{CODEX_PATH_ROUTING, NULL, NULL, ROUTING("NO_CONSTRAINT")},
	{CODEX_PATH_POLICY, NULL, NULL, "{}"},
	{MODELS_PATH, NULL, NULL, MODELS},
	{CALL_PATH, NULL, "openai-model: m-1\r\nx-codex-primary-used-percent: 12\r\nx-codex-primary-window-minutes: 300\r\n",
	 DELTA("hel") DELTA("lo") COMPLETED},
}};

#define W "GET " WHOAMI_PATH "|"
#define R "GET " CODEX_PATH_ROUTING "|"
#define P "GET " CODEX_PATH_POLICY "|"
#define M "GET " MODELS_PATH "?client_version=0.169.0|"
#define C "POST " CALL_PATH "|"
#define LONG_100 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct row {
	const char *name;
	const char *jwt;      /* the token's own account; NULL = no JWT but opaque */
	const char *args[8];
	struct {
		int at;
		struct reply reply;
	} other[2];           /* what answers differently */
	enum err_kind ends;   /* ERR_NONE: "hello." is written */
	const char *asks;     /* the request lines */
	const char *says;     /* in the error or the log; NULL = whatever */
	const char *head;     /* in a request; NULL = whatever */
} rows[] = {
	{"all that must be known is asked for", NULL, {NULL}, {{0}}, 0, W R P M C, "12 % of 300 minutes", "chatgpt-account-id: acc-1\r\n"},
	{"the workspace's routing goes with the call", NULL, {NULL}, {{0}}, 0, W R P M C, NULL, "x-openai-account-routing-override: us\r\n"},
	{"a model of the user's is not looked up", NULL, {"-mm-1"}, {{0}}, 0, W R P C, "answered in", "\"model\":\"m-1\""},
	{"an account of the user's", NULL, {"--account-id=acc-1", "--fedramp"}, {{0}}, 0, R P M C, NULL, "x-openai-fedramp: true\r\n"},
	{"a JWT's", "acc-1", {NULL}, {{0}}, 0, R P M C, NULL, "chatgpt-account-id: acc-1\r\n"},
	{"... the same as the user's", "acc-1", {"--account-id=acc-1"}, {{0}}, 0, R P M C, NULL, NULL},
	{"... another than the user's", "acc-2", {"--account-id=acc-1"}, {{0}}, ERR_ACCESS, "", "--account-id", NULL},
	{"an origin of the user's", NULL, {"--backend-origin=https://chatgpt.com", "--routing-override=us_cr"}, {{0}}, 0, W P M C, NULL, "x-openai-account-routing-override: us_cr\r\n"},
	{"... without an override", NULL, {"--backend-origin=https://chatgpt.com"}, {{0}}, 0, W P M C, NULL, NULL},
	{"... elsewhere: the call does not go to the service", NULL, {"--backend-origin=https://eu.chatgpt.com", "-mm", "--timeout=300ms"}, {{0}}, ERR_TIME, W P, "waiting for the model call", NULL},
	{"whoami without an account", NULL, {NULL}, {{0, {WHOAMI_PATH, NULL, NULL, "{}"}}}, ERR_PROTOCOL, W, "whoami: ", NULL},
	{"whoami refuses", NULL, {NULL}, {{0, {WHOAMI_PATH, "401 No", NULL, "{\"detail\":\"nope\"}"}}}, ERR_AUTH, W, "whoami: ", NULL},
	{"routing does not list it", NULL, {NULL}, {{ROUTING_AT, {CODEX_PATH_ROUTING, NULL, NULL, "{\"accounts\":[]}"}}}, ERR_ACCESS, W R, "workspace routing: ", NULL},
	{"routing is no JSON", NULL, {NULL}, {{ROUTING_AT, {CODEX_PATH_ROUTING, NULL, NULL, "no"}}}, ERR_PROTOCOL, W R, "workspace routing: ", NULL},
	{"routing to a port that is none", NULL, {NULL}, {{ROUTING_AT, {CODEX_PATH_ROUTING, NULL, NULL, ROUTING("https://chatgpt.com:99999")}}}, ERR_ACCESS, W R, "workspace routing: ", NULL},
	{"routing fails", NULL, {NULL}, {{ROUTING_AT, {CODEX_PATH_ROUTING, "503 Busy", NULL, ""}}}, ERR_BUSY, W R, "workspace routing: ", NULL},
	{"routing to an origin of the workspace's: the call goes there", NULL, {"-mm", "--timeout=300ms"}, {{ROUTING_AT, {CODEX_PATH_ROUTING, NULL, NULL, ROUTING("https://eu.chatgpt.com")}}}, ERR_TIME, W R P, "waiting for the model call", NULL},
	{"a policy with a requirement", NULL, {NULL}, {{POLICY_AT, {CODEX_PATH_POLICY, NULL, NULL, "{\"requirements_toml\":{\"enterprise_managed\":[{\"id\":\"1\",\"name\":\"n\",\"contents\":\"a = 1\"}]}}"}}}, ERR_ACCESS, W R P, "workspace policy: ", NULL},
	{"a policy that cannot be had", NULL, {NULL}, {{POLICY_AT, {CODEX_PATH_POLICY, "500 No", NULL, ""}}}, ERR_BUSY, W R P, "workspace policy: ", NULL},
	{"a plan without a policy", NULL, {NULL}, {{0, {WHOAMI_PATH, NULL, NULL, "{\"chatgpt_account_id\":\"acc-1\",\"chatgpt_plan_type\":\"plus\"}"}}}, 0, W R M C, "plan plus has none", NULL},
	{"a catalogue that lists nothing", NULL, {NULL}, {{MODELS_AT, {MODELS_PATH, NULL, NULL, "{\"models\":[]}"}}}, ERR_REQUEST, W R P M, "models: ", NULL},
	{"a model's name beyond all measure", NULL, {"-m" LONG_100 LONG_100}, {{0}}, ERR_USAGE, W R P, "--model is longer", NULL},
	{"a version beyond all measure", NULL, {"--client-version=" LONG_100}, {{0}}, ERR_USAGE, W R P, "--client-version is longer", NULL},

	{"a dated snapshot of the model", NULL, {"-mm"}, {{CALL_AT, {CALL_PATH, NULL, "openai-model: m-2026-11-23\r\n", DELTA("hello") COMPLETED}}}, 0, W R P C, NULL, NULL},
	{"another model", NULL, {"-mm"}, {{CALL_AT, {CALL_PATH, NULL, "openai-model: gpt\r\n", DELTA("hello") COMPLETED}}}, 0, W R P C, "the service answers with gpt", NULL},
	{"... whose name begins alike", NULL, {"-mm"}, {{CALL_AT, {CALL_PATH, NULL, "openai-model: m-mini\r\n", DELTA("hello") COMPLETED}}}, 0, W R P C, "the service answers with m-mini", NULL},
	{"... with nothing behind the hyphen", NULL, {"-mm"}, {{CALL_AT, {CALL_PATH, NULL, "openai-model: m-\r\n", DELTA("hello") COMPLETED}}}, 0, W R P C, "the service answers with m-", NULL},
	{"... with no hyphen", NULL, {"-mm"}, {{CALL_AT, {CALL_PATH, NULL, "openai-model: m2\r\n", DELTA("hello") COMPLETED}}}, 0, W R P C, "the service answers with m2", NULL},
	{"... with what sorts before a digit", NULL, {"-mm"}, {{CALL_AT, {CALL_PATH, NULL, "openai-model: m-+1\r\n", DELTA("hello") COMPLETED}}}, 0, W R P C, "the service answers with m-+1", NULL},
	{"the call is rejected, whoami accepts", NULL, {"--account-id=acc-1"}, {{CALL_AT, {CALL_PATH, "401 No", NULL, "{\"detail\":\"nope\"}"}}}, ERR_AUTH, R P M C W, "whoami accepts the token, but it is denied access here", NULL},
	{"... and whoami does too", NULL, {"--account-id=acc-1"}, {{CALL_AT, {CALL_PATH, "401 No", NULL, "{\"detail\":\"nope\"}"}}, {0, {WHOAMI_PATH, "401 No", NULL, "{\"detail\":\"nope\"}"}}}, ERR_AUTH, R P M C W, "whoami rejects the token as well", NULL},
	{"... and whoami cannot say", NULL, {"--account-id=acc-1"}, {{CALL_AT, {CALL_PATH, "401 No", NULL, "{\"detail\":\"nope\"}"}}, {0, {WHOAMI_PATH, "503 Busy", NULL, ""}}}, ERR_AUTH, R P M C W, "401", NULL},
	{"... of a JWT: nobody else is asked", "acc-1", {NULL}, {{CALL_AT, {CALL_PATH, "401 No", NULL, "{\"detail\":\"nope\"}"}}}, ERR_AUTH, R P M C, "401", NULL},
	{"no access", NULL, {NULL}, {{CALL_AT, {CALL_PATH, "403 No", "Content-Type: application/json\r\n", "{\"detail\":\"nope\"}"}}}, ERR_ACCESS, W R P M C, "403", NULL},
	{"the stream says that the token has ended", NULL, {NULL}, {{CALL_AT, {CALL_PATH, NULL, NULL, EVENT("failed", "\"response\":{\"error\":{\"code\":\"token_expired\",\"message\":\"x\"}}")}}}, ERR_AUTH, W R P M C, NULL, NULL},
};

/* "GET /x HTTP/1.1" of each request, parted by '|'. */
static void request_lines(const struct script *s, char *out, size_t max)
{
	size_t n = 0;

	out[0] = '\0';
	for (const char *at = s->asked; (at = strstr(at, " HTTP/1.1\r\n")) != NULL; at++) {
		const char *begin = at;

		while (begin > s->asked && begin[-1] != '\n' && begin[-1] != '}')
			begin--;
		n += (size_t)snprintf(out + n, max - n, "%.*s|", (int)(at - begin), begin);
	}
}

static struct run a_run(struct script *script)
{
	return (struct run){.script = script, .rand = &rand_system, .open_sink = record, .port = silent_port, .log = {.fd = -1}};
}

static void check_row(const struct row *row)
{
	static struct script script;
	struct run r = a_run(&script);
	struct err e = {.kind = ERR_NONE};
	struct fake_log log;
	char lines[1024];
	struct span said;
	bool ok;

	script = well;
	for (size_t i = 0; i < 2; i++)
		if (row->other[i].reply.path != NULL)
			script.replies[row->other[i].at] = row->other[i].reply;
	memcpy(r.args, row->args, sizeof r.args);
	r.jwt = row->jwt;
	fake_log_init(&log);
	r.log = log.log;
	ok = run_all(&r, &e);
	if (row->ends == ERR_NONE)
		tap_good(ok, &e, row->name);
	else
		tap_fails(ok, &e, row->ends, row->name);
	tap_is_str(buf_span(&recorded.got), ok ? "hello." : "!", "... the text");
	request_lines(&script, lines, sizeof lines);
	tap_is_str(span_str(lines), row->asks, "... the requests");
	said = fake_log_read(&log);
	if (row->says != NULL && !tap_ok(holds(said, row->says) || holds(span_str(e.text), row->says), "... says '%s'", row->says))
		printf("#   %s\n", e.text);
	if (row->head != NULL)
		tap_holds(span_of(script.asked, script.asked_n), row->head, "... sends it");
	tap_ok(!holds(said, TOKEN) && !holds(span_str(e.text), TOKEN), "... and the token is in no message");
	run_free(&r);
	fake_log_free(&log);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	silent_fd = loopback_listen(AF_INET, &silent_port);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_row(&rows[i]);
	close(silent_fd);
	return tap_done();
}
