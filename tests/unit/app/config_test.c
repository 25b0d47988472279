/* Unit tests of app/config: arguments and environment against every rule, and what is left of the secrets. */
#include "app/config.h"

#include <errno.h>

#include "app/env.h"
#include "base/limits.h"
#include "codex/constants.h"
#include "fakes.h"

enum { WORDS = 12 };

/* A run of config_read; the environment's strings lie in writable memory, as the kernel's do. */
struct run {
	struct config c;
	struct err e;
	bool ok;
	char *argv[WORDS + 2];
	char *block[WORDS + 1];
	struct buf bytes;
};

static void start(struct run *r, const char *const *args, const char *const *env)
{
	static char program[] = "octavo";
	int argc = 1, n = 0;

	failing_hold(true);
	*r = (struct run){.e = {.kind = ERR_NONE}};
	buf_init(&r->bytes, 1 << 20, "the environment");
	r->argv[0] = program;
	for (; args[argc - 1] != NULL; argc++)
		r->argv[argc] = (char *)(uintptr_t)args[argc - 1];
	for (; env[n] != NULL; n++)
		keep(&r->bytes, span_of(env[n], strlen(env[n]) + 1));
	for (size_t i = 0, at = 0; i < (size_t)n; at += strlen(env[i]) + 1, i++)
		r->block[i] = (char *)r->bytes.p + at;
	failing_hold(false);
	r->ok = config_read(&r->c, argc, r->argv, r->block, &r->e);
}

static void stop(struct run *r)
{
	config_free(&r->c);
	config_free(&r->c);
	buf_free(&r->bytes);
}

/* ------------------------------------------------------------------ the rules */

struct row {
	const char *name;
	const char *args[WORDS];
	const char *env[WORDS];
	const char *refused; /* what the error says; NULL = accepted */
	enum err_kind kind;  /* ERR_NONE stands for ERR_USAGE */
};

#define ASK(...) {"ask", __VA_ARGS__}

static const struct row rows[] = {
	{"a prompt", ASK("hi"), {NULL}, NULL, 0},
	{"no prompt is not config's matter", {"ask"}, {NULL}, NULL, 0},
	{"two prompts", ASK("hi", "there"), {NULL}, "unexpected argument 'there'", 0},
	{"an operand of version", {"version", "x"}, {NULL}, "unexpected argument 'x'", 0},
	{"help wins over what is wrong behind it", ASK("--help", "--nonsense"), {NULL}, NULL, 0},
	{"... but not over what is wrong before", ASK("--nonsense", "--help"), {NULL}, "--nonsense", 0},
	{"help and a broken environment", ASK("-h"), {"OCTAVO_BASE_URL=nonsense"}, NULL, 0},
	{"version and a broken environment", {"version"}, {"https_proxy=socks5://x"}, NULL, 0},

	{"head and tail", ASK("--stdin-head", "1", "--stdin-tail", "1", "x"), {NULL}, "--stdin-head and --stdin-tail", 0},
	{"-n and --stdin", ASK("-n", "--stdin", "x"), {NULL}, "-n and --stdin", 0},
	{"--stdin-max above all input", ASK("--stdin-max", "17M"), {NULL}, "--stdin-max '17M'", 0},
	{"a schema and a patch", ASK("--output-schema", "s", "--patch", "p"), {NULL}, "--output-schema and --patch contradict", 0},
	{"two files for a patch", ASK("-o", "o", "--patch", "p"), {NULL}, "give one of them", 0},
	{"--schema-fix alone", ASK("--schema-fix"), {NULL}, "--schema-fix goes with", 0},
	{"--patch-paths alone", ASK("--patch-paths", "docs/"), {NULL}, "--patch-paths goes with", 0},
	{"--patch-ci alone", ASK("--patch-ci", "--output-schema", "s"), {NULL}, "--patch-ci goes with", 0},
	{"a glob that is none", ASK("--patch", "p", "--patch-paths", ""), {NULL}, "--patch-paths ''", 0},
	{"--repair alone", ASK("--repair"), {NULL}, "--repair goes with", 0},
	{"deltas of what is held", ASK("--json-deltas", "--output-schema", "s"), {NULL}, "--json-deltas and --output-schema", 0},
	{"deltas of a patch", ASK("--json-deltas", "--patch", "p"), {NULL}, "--json-deltas and --patch", 0},
	{"a dry run and a file", ASK("--dry-run", "-o", "o"), {NULL}, "contradicts -o", 0},
	{"a dry run and a patch", ASK("--dry-run", "--patch", "p"), {NULL}, "contradicts --patch", 0},
	{"a dry run and lines", ASK("--dry-run", "--json"), {NULL}, "contradicts --json", 0},
	{"a dry run of a schema", ASK("--dry-run", "--output-schema", "s", "--repair"), {NULL}, NULL, 0},
	{"no token at all", ASK("--max-total-tokens", "0"), {NULL}, "--max-total-tokens '0'", 0},
	{"no byte at all", ASK("--max-output-bytes", "0"), {NULL}, "--max-output-bytes '0'", 0},
	{"--effort", ASK("--effort", "huge"), {NULL}, "huge", 0},
	{"--verbosity", ASK("--verbosity", "loud"), {NULL}, "loud", 0},
	{"--summary", ASK("--summary", "long"), {NULL}, "long", 0},
	{"every word that is known", ASK("--effort", "xhigh", "--verbosity", "low", "--summary", "none"), {NULL}, NULL, 0},
	{"--retries", ASK("--retries", "101"), {NULL}, "--retries '101'", 0},
	{"--timeout", ASK("--timeout", "0"), {NULL}, "--timeout '0'", 0},
	{"--token-fd", ASK("--token-fd", "-1"), {NULL}, "--token-fd '-1'", 0},
	{"an empty model", ASK("-m", ""), {NULL}, "--model", 0},
	{"a model with a space", ASK("-m", "a b"), {NULL}, "--model", 0},
	{"a model with a line end", ASK("-m", "a\nb"), {NULL}, "--model", 0},
	{"a tier that is not ASCII", ASK("--service-tier", "\xc3\xa4"), {NULL}, "--service-tier", 0},
	{"an account id with a line end", ASK("x"), {"CODEX_ACCOUNT_ID=a\r\nb"}, "CODEX_ACCOUNT_ID", 0},
	{"a client version with a space", ASK("--client-version", "1 2"), {NULL}, "--client-version", 0},
	{"empty instructions", ASK("--instructions", ""), {NULL}, "--instructions", 0},
	{"instructions that are not UTF-8", ASK("--instructions", "a\xff"), {NULL}, "UTF-8", 0},

	{"--auth without --base-url", ASK("--auth", "none"), {NULL}, "--auth goes with --base-url", 0},
	{"--auth with another word", ASK("--auth", "basic"), {NULL}, "--auth 'basic'", 0},
	{"--caller-secret-file without it", ASK("--caller-secret-file", "f"), {NULL}, "--caller-secret-file goes", 0},
	{"--header-env without it", ASK("--header-env", "A=B"), {"B=v"}, "--header-env goes", 0},
	{"--routing-override alone", ASK("--routing-override", "us"), {NULL}, "--routing-override goes", 0},

	{"loopback", ASK("--base-url", "http://127.0.0.1:8080/v1"), {NULL}, NULL, 0},
	{"loopback by name", ASK("--base-url", "http://localhost:1"), {NULL}, NULL, 0},
	{"loopback, IPv6", ASK("--base-url", "http://[::1]:1/x/"), {NULL}, NULL, 0},
	{"a socket", ASK("--base-url", "unix:/run/x.sock"), {NULL}, NULL, 0},
	{"elsewhere", ASK("--base-url", "https://gw.example/v1"), {NULL}, "--auth bearer", 0},
	{"elsewhere, with the token", ASK("--base-url", "https://gw.example/v1", "--auth", "bearer"), {NULL}, NULL, 0},
	{"elsewhere, without", ASK("--base-url", "https://gw.example/v1", "--auth", "none"), {NULL}, NULL, 0},
	{"elsewhere, with another secret", ASK("--base-url", "https://gw.example", "--caller-secret-file", "f"), {NULL}, NULL, 0},
	{"elsewhere, from the environment", ASK("x"), {"OCTAVO_BASE_URL=https://gw.example"}, "--auth bearer", 0},
	{"elsewhere, plain", ASK("--base-url", "http://gw.example", "--auth", "none"), {NULL}, "https://", 0},
	{"no bearer and another secret", ASK("--base-url", "unix:/x", "--auth", "none", "--caller-secret-file", "f"), {NULL}, "contradict", 0},
	{"the service itself", ASK("--base-url", "https://chatgpt.com/backend-api", "--auth", "bearer"), {NULL}, "--backend-origin", 0},
	{"a host of the service", ASK("--base-url", "https://api.OpenAI.com./v1", "--auth", "none"), {NULL}, "--backend-origin", 0},
	{"one that only looks so", ASK("--base-url", "https://notopenai.com/v1", "--auth", "none"), {NULL}, NULL, 0},
	{"both ways at once", ASK("--base-url", "unix:/x", "--backend-origin", "https://chatgpt.com"), {NULL}, "contradict", 0},
	{"a password in it", ASK("--base-url", "https://u:hunter22@gw.example", "--auth", "none"), {NULL}, "must not hold a user name", 0},
	{"a query in it", ASK("--base-url", "https://gw.example/?key=hunter22", "--auth", "none"), {NULL}, "query", 0},
	{"no URL", ASK("--base-url", "gw.example"), {NULL}, "--base-url", 0},
	{"another scheme", ASK("--base-url", "ftp://gw.example"), {NULL}, "--base-url", 0},
	{"an empty one in the environment is none", ASK("x"), {"OCTAVO_BASE_URL="}, NULL, 0},

	{"a broken account of the environment", ASK("x"), {"CODEX_ACCOUNT_ID=a b"}, "CODEX_ACCOUNT_ID wants", 0},
	{"a broken model of the environment", ASK("x"), {"OCTAVO_MODEL=a b"}, "OCTAVO_MODEL wants", 0},
	{"a broken account of the option", ASK("--account-id", "a b"), {"CODEX_ACCOUNT_ID=fine"}, "--account-id wants", 0},
	{"a base URL of the environment elsewhere", ASK("x"), {"OCTAVO_BASE_URL=https://gw.example"}, "OCTAVO_BASE_URL is not on this machine", 0},
	{"a base URL of the environment without TLS", ASK("x"), {"OCTAVO_BASE_URL=http://gw.example"}, "OCTAVO_BASE_URL: plain http", 0},
	{"a base URL of the environment in the service", ASK("x"), {"OCTAVO_BASE_URL=https://chatgpt.com/v1"}, "OCTAVO_BASE_URL is for gateways", 0},
	{"a base URL of the environment with a password", ASK("x"), {"OCTAVO_BASE_URL=https://u:p@gw.example"}, "OCTAVO_BASE_URL must not hold a user", 0},

	{"an origin", ASK("--backend-origin", "https://eu.chatgpt.com"), {NULL}, NULL, 0},
	{"an origin with its override", ASK("--backend-origin", "https://eu.chatgpt.com/", "--routing-override", "us"), {NULL}, NULL, 0},
	{"an origin with a path", ASK("--backend-origin", "https://eu.chatgpt.com/x"), {NULL}, "no path", 0},
	{"an origin without TLS", ASK("--backend-origin", "http://eu.chatgpt.com"), {NULL}, "https://", 0},
	{"another auth base", ASK("x"), {"CODEX_AUTHAPI_BASE_URL=https://auth.example/api"}, NULL, 0},
	{"another auth base without TLS", ASK("x"), {"CODEX_AUTHAPI_BASE_URL=http://auth.example/api"}, "CODEX_AUTHAPI_BASE_URL", 0},
	{"another auth base, broken", ASK("x"), {"CODEX_AUTHAPI_BASE_URL=auth"}, "CODEX_AUTHAPI_BASE_URL", 0},

	{"a header", ASK("--base-url", "unix:/x", "--header-env", "X-Key=KEY"), {"KEY=hunter22"}, NULL, 0},
	{"a header whose name is too long", ASK("--base-url", "unix:/x", "--header-env", "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX=KEY"), {"KEY=hunter22"}, "too long", 0},
	{"a header of no variable", ASK("--base-url", "unix:/x", "--header-env", "X-Key=KEY"), {NULL}, "not set", 0},
	{"a header of an empty one", ASK("--base-url", "unix:/x", "--header-env", "X-Key=KEY"), {"KEY="}, "empty", 0},
	{"a header without variable", ASK("--base-url", "unix:/x", "--header-env", "X-Key="), {NULL}, "NAME=VAR", 0},
	{"a header without name", ASK("--base-url", "unix:/x", "--header-env", "=KEY"), {NULL}, "NAME=VAR", 0},
	{"a header that is a word", ASK("--base-url", "unix:/x", "--header-env", "KEY"), {NULL}, "NAME=VAR", 0},
	{"a header of ours", ASK("--base-url", "unix:/x", "--header-env", "Host=KEY"), {"KEY=v"}, "host", 0},
	{"a header of framing", ASK("--base-url", "unix:/x", "--header-env", "content-length=KEY"), {"KEY=v"}, "content-length", 0},
	{"authorization beside the token", ASK("--base-url", "unix:/x", "--header-env", "Authorization=KEY"), {"KEY=v"}, "uthorization", 0},
	{"authorization instead of it", ASK("--base-url", "unix:/x", "--auth", "none", "--header-env", "Authorization=KEY"), {"KEY=v"}, NULL, 0},
	{"a header's name that is none", ASK("--base-url", "unix:/x", "--header-env", "a b=KEY"), {"KEY=v"}, "header name", 0},

	{"a socks proxy", ASK("x"), {"https_proxy=socks5://127.0.0.1:1"}, "socks5", ERR_PROXY},
	{"a broken proxy", ASK("x"), {"HTTPS_PROXY=http://u:hunter22@:99999"}, "HTTPS_PROXY", ERR_PROXY},
	{"a broken escape in its password", ASK("x"), {"https_proxy=http://u:hunter22%zz@p:1"}, "https_proxy", 0},
};

static void check_rows(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		struct run r;

		start(&r, row->args, row->env);
		if (row->refused == NULL) {
			tap_good(r.ok, &r.e, row->name);
		} else {
			tap_fails(r.ok, &r.e, row->kind == ERR_NONE ? ERR_USAGE : row->kind, row->name);
			tap_holds(span_str(r.e.text), row->refused, row->name);
			if (holds(span_str(r.e.text), "hunter22") || holds(span_str(r.e.text), "\n"))
				tap_ok(false, "... shows a secret, or more than a line: %s", r.e.text);
		}
		stop(&r);
	}
}

/* ----------------------------------------------------------------- JSON lines */

static void check_json(void)
{
	static const struct {
		const char *name;
		const char *args[6]; /* behind the program */
		bool ok, json;
	} table[] = {
		{"not asked for", {"ask", "x"}, true, false},
		{"asked for", {"ask", "--json", "x"}, true, true},
		{"deltas mean lines", {"ask", "--json-deltas", "x"}, true, true},
		{"not by who fails", {"ask", "--nope"}, false, false},
		{"behind the word that fails", {"ask", "--nope", "--json"}, false, true},
		{"deltas behind it", {"ask", "--nope", "--json-deltas"}, false, true},
		{"behind an unknown command", {"akk", "--json"}, false, true},
		{"instead of a command", {"--json"}, false, true},
		{"behind --", {"ask", "--nope", "--", "--json"}, false, false},
		{"a word that only begins so", {"ask", "--nope", "--jsonl"}, false, false},
		{"of a command that has none", {"version", "--json"}, false, false},
		{"a check that fails", {"ask", "--json", "--stdin", "-n", "x"}, false, true},
		{"a value that looks so", {"ask", "-m", "--json", "x"}, true, false},
		{"of a command with one object", {"models", "--json"}, true, true},
		{"of one of two words that is misspelt", {"auth", "statsu", "--json"}, false, true},
		{"deltas of a command without", {"auth", "status", "--json-deltas"}, false, true},
		{"deltas that are held", {"ask", "--json-deltas", "--buffer", "x"}, false, true},
		{"lines that are held", {"ask", "--json", "--buffer", "x"}, true, true},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct run r;

		start(&r, table[i].args, (const char *[]){NULL});
		tap_ok(r.ok == table[i].ok && r.c.json == table[i].json, "--json %s", table[i].name);
		stop(&r);
	}
}

/* ------------------------------------------------------------------- defaults */

static void check_defaults(void)
{
	static const char *const args[] = {"ask", "hi", NULL}, *const env[] = {NULL};
	struct run r;
	const struct config *c = &r.c;

	start(&r, args, env);
	tap_good(r.ok, &r.e, "defaults");
	tap_ok(strcmp(c->input.prompt, "hi") == 0 && c->input.stdin_wait_ms == STDIN_WAIT_MS && c->input.stdin_max == STDIN_MAX &&
	       c->input.stdin_head == 0 && c->input.stdin_tail == 0 && !c->input.stdin_is_token && c->input.files_n == 0, "... of the input");
	tap_ok(c->request.model == NULL && c->request.effort == NULL && c->request.service_tier == NULL && c->instructions.n == 0, "... of the request");
	tap_ok(c->run_ms == RUN_MS && c->connect_ms == CONNECT_MS && c->idle_ms == IDLE_MS && c->retries == RETRIES_MAX, "... of time");
	tap_ok(!c->base_url.given && !c->proxy.given && !c->backend_origin.given && c->no_proxy == NULL && c->auth == AUTH_DEFAULT, "... of the way");
	tap_is_str(c->auth_base.url.host, "auth.openai.com", "... of whoami's host");
	tap_ok(c->token.env_token == NULL && c->token.fd == -1 && c->token.codex_home == NULL && !c->token.codex_jwt && c->account_id == NULL, "... of the credential");
	tap_ok(!c->in_ci && !c->raw && !c->verbose && c->notes[0][0] == '\0' && strcmp(c->client_version, CODEX_CLIENT_VERSION) == 0, "... of the rest");
	stop(&r);
}

/* Doctor has ten seconds in all, or what it is given, and shares them out; a proxy it cannot use it tells. */
static void check_doctor(void)
{
	static const struct {
		const char *args[4];
		int64_t run_ms, name_ms, connect_ms, lookup_ms, fifo_ms;
		unsigned retries;
	} table[] = {
		{{"doctor"}, DOCTOR_MS, 6000, 2500, 2500, 2500, 0},
		{{"doctor", "--timeout=1"}, 1000, 600, 250, 250, 250, 0},
		{{"doctor", "--timeout=60", "--retries=2"}, 60000, CONNECT_MS, CONNECT_MS, LOOKUP_HEAD_MS, LOOKUP_HEAD_MS, 2},
		{{"doctor", "--connect-timeout=1"}, DOCTOR_MS, 1000, 1000, 2500, 2500, 0},
		{{"models"}, RUN_MS, 0, CONNECT_MS, LOOKUP_HEAD_MS, LOOKUP_HEAD_MS, RETRIES_MAX},
	};
	static const char *const env[] = {NULL}, *const socks[] = {"https_proxy=socks5://u:p@127.0.0.1:1", NULL},
		*const broken[] = {"https_proxy=http://a b", NULL};
	struct run r;

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		start(&r, table[i].args, env);
		tap_good(r.ok, &r.e, "time of doctor");
		tap_ok(r.c.run_ms == table[i].run_ms && r.c.name_ms == table[i].name_ms && r.c.connect_ms == table[i].connect_ms &&
		       r.c.lookup_ms == table[i].lookup_ms && r.c.token.fifo_ms == table[i].fifo_ms && r.c.retries == table[i].retries,
		       "... is shared");
		tap_is_int(r.c.proxy_refused.kind, ERR_NONE, "... and there is nothing wrong with the proxy");
		stop(&r);
	}
	start(&r, table[0].args, socks);
	tap_good(r.ok, &r.e, "a proxy that doctor cannot use");
	tap_ok(r.c.proxy_refused.kind == ERR_PROXY && holds(span_str(r.c.proxy_refused.text), "https_proxy: socks5") && !r.c.proxy.given,
	       "... is told later");
	tap_ok(!holds(buf_span(&r.bytes), "u:p"), "... and its password is erased");
	stop(&r);
	start(&r, table[0].args, broken);
	tap_ok(r.ok && r.c.proxy_refused.kind == ERR_PROXY, "... nor one that is no URL");
	stop(&r);
}

static void check_precedence(void)
{
	static const char *const args[] = {"ask", "-m", "one", "-mtwo", "--account-id", "id", "--timeout", "5", "--token-fd", "0",
	                                   "--base-url", "unix:/sock", NULL};
	static const char *const env[] = {"OCTAVO_MODEL=three", "CODEX_ACCOUNT_ID=other", "OCTAVO_BASE_URL=https://gw.example", NULL};
	static const char *const bare[] = {"ask", NULL};
	static const char *const rest[] = {"OCTAVO_MODEL=three", "CODEX_ACCOUNT_ID=other", "SSL_CERT_FILE=/f", "SSL_CERT_DIR=/d",
	                                   "CODEX_CA_CERTIFICATE=/c", "TF_BUILD=True", NULL};
	struct run r;

	start(&r, args, env);
	tap_good(r.ok, &r.e, "arguments and environment");
	tap_ok(strcmp(r.c.request.model, "two") == 0 && strcmp(r.c.account_id, "id") == 0 && r.c.base_url.url.scheme == URL_UNIX,
	       "... an argument wins, the last one");
	tap_ok(r.c.run_ms == 5000 && r.c.input.stdin_is_token, "... descriptor 0 is stdin");
	stop(&r);
	start(&r, bare, rest);
	tap_good(r.ok, &r.e, "environment alone");
	tap_ok(strcmp(r.c.request.model, "three") == 0 && strcmp(r.c.account_id, "other") == 0, "... counts");
	tap_ok(strcmp(r.c.trust.cert_file, "/f") == 0 && strcmp(r.c.trust.cert_dir, "/d") == 0 && strcmp(r.c.trust.extra_file, "/c") == 0, "... for trust too");
	tap_ok(r.c.in_ci, "... and names a CI runner");
	stop(&r);
}

/* A runner is known before the first word is looked at: an error may repeat one. */
static void check_runner(void)
{
	static const char *const args[] = {"ask", "a", "##[x]", NULL}, *const env[] = {"GITHUB_ACTIONS=true", NULL};
	struct run r;

	start(&r, args, env);
	tap_ok(!r.ok && r.c.in_ci, "a usage error in CI knows where it is");
	stop(&r);
}

static void check_codex_home(void)
{
	static const struct {
		const char *name;
		const char *args[4];
		const char *env[4];
		const char *home; /* NULL: auth.json is not looked at */
		bool jwt;
	} table[] = {
		{"nothing said", {"ask"}, {"HOME=/h"}, NULL, false},
		{"--codex-auth", {"ask", "--codex-auth"}, {"HOME=/h"}, "/h/.codex", true},
		{"--codex-auth without HOME", {"ask", "--codex-auth"}, {NULL}, NULL, false},
		{"CODEX_HOME", {"ask"}, {"HOME=/h", "CODEX_HOME=/c"}, "/c", true},
		{"both", {"ask", "--codex-auth"}, {"HOME=/h", "CODEX_HOME=/c"}, "/c", true},
		{"an empty CODEX_HOME", {"ask"}, {"HOME=/h", "CODEX_HOME="}, NULL, false},
		{"in CI no login is borrowed", {"ask"}, {"CODEX_HOME=/c", "CI=true"}, "/c", false},
		{"on a runner neither", {"ask", "--codex-auth"}, {"HOME=/h", "GITLAB_CI=true"}, "/h/.codex", false},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct run r;
		const char *home;

		start(&r, table[i].args, table[i].env);
		home = r.c.token.codex_home;
		tap_ok(r.ok && (home == NULL) == (table[i].home == NULL) && (home == NULL || strcmp(home, table[i].home) == 0) &&
		       r.c.token.codex_jwt == table[i].jwt, "codex's own file: %s", table[i].name);
		stop(&r);
	}
}

/* -------------------------------------------------------------------- secrets */

#define TOKEN "at-0123456789abcdefghij"

static bool is_redacted(const struct redact *redact, const char *word)
{
	struct buf out;
	struct err e;
	bool gone;

	buf_init(&out, 1024, "text");
	gone = redact_all(redact, span_str(word), &out, &e) && holds(buf_span(&out), "[redacted]");
	buf_free(&out);
	return gone;
}

static void check_secrets(void)
{
	static const char *const args[] = {"ask", "--base-url", "unix:/x", "--header-env", "X-Key=KEY", "--header-env", "X-Same=KEY", NULL};
	static const char *const env[] = {"A=1", "CODEX_ACCESS_TOKEN=" TOKEN "\n", "KEY=header-value", "https_proxy=http://us%65r:p%40ss%3Aword@proxy:8080",
	                                  "HTTPS_PROXY=http://user:otherpass@proxy:8080", "ALL_PROXY=http://x:thirdpass@y", "Z=2", NULL};
	static const char *const gone[] = {TOKEN, "header-value", "p%40ss", "otherpass", "thirdpass"};
	struct run r;
	struct redact *redact;

	start(&r, args, env);
	tap_good(r.ok, &r.e, "secrets in the environment");
	for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
		tap_ok(!holds(buf_span(&r.bytes), gone[i]), "the environment's memory holds no %s", gone[i]);
	tap_ok(env_get(r.block, "KEY") == NULL && env_get(r.block, "CODEX_ACCESS_TOKEN") == NULL && env_get(r.block, "https_proxy") == NULL &&
	       env_get(r.block, "HTTPS_PROXY") == NULL, "... and no child would get them");
	tap_ok(strcmp(env_get(r.block, "A"), "1") == 0 && strcmp(env_get(r.block, "Z"), "2") == 0, "... the rest stands");
	tap_ok(strcmp(r.c.env_token, TOKEN "\n") == 0, "... the token has been moved");
	tap_is_int((long long)r.c.extras, 2, "... two headers from one variable");
	tap_ok(strcmp(r.c.extra[0].name, "X-Key") == 0 && secret_equal(r.c.extra[0].value, r.c.extra[1].value), "... of the same value");
	tap_is_str(r.c.proxy.url.host, "proxy", "the proxy");
	tap_ok(r.c.proxy.url.userinfo.n == 0 && !holds(buf_span(&r.c.proxy.text), "p%40ss"), "... has no credential in its URL");
	tap_ok(r.c.proxy_credential != NULL && r.c.proxy_password != NULL, "... but beside it");
	tap_holds(span_str(r.c.notes[0]), "https_proxy and HTTPS_PROXY differ", "... the other spelling is told");

	if (!redact_new(&redact, &r.e))
		exit(99);
	tap_good(config_learn(&r.c, redact, &r.e), &r.e, "the redactor learns");
	tap_ok(is_redacted(redact, TOKEN), "... the token");
	tap_ok(is_redacted(redact, "header-value"), "... header values");
	tap_ok(is_redacted(redact, "p@ss:word"), "... the proxy's password, decoded");
	tap_ok(is_redacted(redact, "user:p@ss:word"), "... with its user");
	tap_ok(is_redacted(redact, "dXNlcjpwQHNzOndvcmQ="), "... as it stands in the header");
	tap_ok(!is_redacted(redact, "ordinary text"), "... nothing else");
	redact_free(&redact);
	stop(&r);
}

/* A command line that is wrong must not cost the secrecy of what is right. */
static void check_secrets_of_a_failure(void)
{
	static const char *const args[] = {"ask", "x", TOKEN, NULL};
	static const char *const env[] = {"CODEX_ACCESS_TOKEN= " TOKEN " ", NULL};
	struct run r;
	struct redact *redact;

	start(&r, args, env);
	tap_ok(!r.ok && !holds(buf_span(&r.bytes), TOKEN), "the token goes from the environment, however wrong the rest is");
	if (!redact_new(&redact, &r.e))
		exit(99);
	tap_good(config_learn(&r.c, redact, &r.e), &r.e, "... is learnt");
	tap_ok(is_redacted(redact, TOKEN), "... without the space around it");
	redact_free(&redact);
	stop(&r);
}

static void check_proxies(void)
{
	static const struct {
		const char *name;
		const char *env[5];
		const char *host; /* NULL: none */
		const char *no_proxy, *note;
	} table[] = {
		{"https_proxy", {"https_proxy=http://a:1"}, "a", NULL, NULL},
		{"upper case", {"HTTPS_PROXY=http://a:1"}, "a", NULL, NULL},
		{"the same twice", {"HTTPS_PROXY=http://a:1", "https_proxy=http://a:1"}, "a", NULL, NULL},
		{"lower case wins", {"HTTPS_PROXY=http://a:1", "https_proxy=http://b:1"}, "b", NULL, "https_proxy and HTTPS_PROXY differ: using https_proxy"},
		{"an empty one is unset", {"HTTPS_PROXY=http://a:1", "https_proxy="}, "a", NULL, NULL},
		{"all_proxy", {"all_proxy=http://c:1"}, "c", NULL, NULL},
		{"https_proxy before all_proxy", {"all_proxy=http://c:1", "HTTPS_PROXY=http://a:1"}, "a", NULL, NULL},
		{"no scheme", {"https_proxy=a:3128"}, "a", NULL, NULL},
		{"http_proxy is not ours", {"http_proxy=http://a:1"}, NULL, NULL, NULL},
		{"no_proxy", {"no_proxy=x", "NO_PROXY=y"}, NULL, "x", "no_proxy and NO_PROXY differ: using no_proxy"},
		{"NO_PROXY", {"NO_PROXY=y"}, NULL, "y", NULL},
	};
	static const char *const args[] = {"ask", "x", NULL};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct run r;

		start(&r, args, table[i].env);
		tap_good(r.ok, &r.e, table[i].name);
		tap_ok(r.c.proxy.given == (table[i].host != NULL) && (!r.c.proxy.given || span_equal_str(r.c.proxy.url.host, table[i].host)),
		       "%s: the proxy", table[i].name);
		tap_ok((r.c.no_proxy == NULL) == (table[i].no_proxy == NULL) && (r.c.no_proxy == NULL || strcmp(r.c.no_proxy, table[i].no_proxy) == 0),
		       "%s: no_proxy", table[i].name);
		tap_is_str(span_str(r.c.notes[0]), table[i].note == NULL ? "" : table[i].note, table[i].name);
		stop(&r);
	}
}

static void check_proxy_credentials(void)
{
	static const struct {
		const char *name, *value;
		bool credential, password;
	} table[] = {
		{"both", "http://user:secretive@p", true, true},
		{"a user alone", "http://user@p", true, false},
		{"a user and an empty password", "http://user:@p", true, false},
		{"a password alone", "http://:secretive@p", true, true},
		{"none", "http://p", false, false},
	};
	static const char *const args[] = {"ask", "x", NULL};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		char word[64];
		const char *const env[] = {word, NULL};
		struct run r;

		snprintf(word, sizeof word, "https_proxy=%s", table[i].value);
		start(&r, args, env);
		tap_good(r.ok, &r.e, table[i].name);
		tap_ok((r.c.proxy_credential != NULL) == table[i].credential && (r.c.proxy_password != NULL) == table[i].password,
		       "the proxy's credential: %s", table[i].name);
		stop(&r);
	}
}

/*
 * Bytes that would end a header line, or be read as something else behind it, get into none: every
 * option and variable that ends in a header or a URL, with each of them in front, inside and at the
 * end.
 */
static void check_injection(void)
{
	static const char *const doors[] = {
		"--model", "--service-tier", "--account-id", "--routing-override",
		"--client-version", "--base-url", "--backend-origin", "OCTAVO_MODEL",
		"CODEX_ACCOUNT_ID", "OCTAVO_BASE_URL", "CODEX_AUTHAPI_BASE_URL", "https_proxy",
	};
	static const char *const bytes[] = {"\r", "\n", "\r\nX-Evil: 1", "\t", " ", "\x01",
		"\x7f", "\xc3\xa9", "\xff", "\xe2\x80\xa8"};

	for (size_t d = 0; d < sizeof doors / sizeof doors[0]; d++)
		for (size_t b = 0; b < 3 * (sizeof bytes / sizeof bytes[0]); b++) {
			bool option = doors[d][0] == '-', url = strstr(doors[d], "rl") != NULL ||
				strstr(doors[d], "URL") != NULL || strstr(doors[d], "origin") != NULL ||
				strstr(doors[d], "proxy") != NULL;
			const char *bad = bytes[b / 3];
			char word[128], env_word[160];
			const char *args[] = {"ask", "x", doors[d], word,
				strcmp(doors[d], "--routing-override") == 0 ? "--backend-origin" : NULL,
				"https://eu.chatgpt.com", NULL};
			const char *const env[] = {option ? NULL : env_word, NULL};
			struct run r;

			snprintf(word, sizeof word, "%s%s%s%s%s", b % 3 == 0 ? bad : "",
				url ? "http://localhost:1" : "a", b % 3 == 1 ? bad : "",
				url && strstr(doors[d], "origin") == NULL ? "/v1" : url ? "" : "b",
				b % 3 == 2 ? bad : "");
			snprintf(env_word, sizeof env_word, "%s=%s", doors[d], word);
			if (!option)
				args[2] = NULL;
			start(&r, args, env);
			tap_ok(!r.ok, "%s: byte %zu, place %zu", doors[d], b / 3, b % 3);
			tap_ok(r.ok || holds(span_str(r.e.text), doors[d]), "%s is named", doors[d]);
			stop(&r);
		}
}

/* Who a URL speaks to must be what it seems to say. */
static void check_endpoints(void)
{
	static const struct {
		const char *url;
		bool loopback; /* accepted without TLS, and gets the token unasked */
	} table[] = {
		{"http://127.0.0.1:1", true}, {"http://localhost", true}, {"http://LocalHost:80", true},
		{"http://[::1]:1", true}, {"http://127.255.255.254", true}, {"http://x.localhost", true},
		{"http://gw.example", false}, {"http://localhost@evil.example", false},
		{"http://localhost:1@evil.example", false}, {"http://u:p@localhost", false},
		{"http://localhost.evil.example", false}, {"http://evil.example#@localhost", false},
		{"http://evil.example?@localhost", false}, {"http://evil.example\\@localhost", false},
		{"http:\\\\localhost", false}, {"http://local%68ost", false},
		{"http://localhost%00.evil.example", false}, {"http://localhost%2eevil.example", false},
		{"http://127.1", false}, {"http://0x7f.1", false}, {"http://0x7f000001", false},
		{"http://2130706433", false}, {"http://0177.0.0.1", false}, {"http://127.0.0.1.", false},
		{"http://127.0.0.256", false}, {"http://0.0.0.0", false}, {"http://[::]", false},
		{"http://[::ffff:10.0.0.1]", false}, {"http://[fe80::1%25eth0]", false},
		{"http://[::1%25lo]", false}, {"http://[::1", false}, {"http://::1", false},
		{"http://localhost:0", false}, {"http://localhost:65536", false},
		{"http://localhost:-1", false}, {"http://localhost:+1", false},
		{"http://localhost:1x", false}, {"http://localhost:1:2", false},
		{"http://l\xc3\xb6" "calhost", false}, {"http://\xef\xbd\x8c" "ocalhost", false},
		{"http://xn--lcalhost-n4a", false}, {"http://localhost/#x", false},
		{"http://localhost/?x", false}, {"http:///localhost", false}, {"http://", false},
		{"http:localhost", false}, {"//localhost", false}, {"localhost:80", false},
		{"https://[fe80::1%25eth0]", false}, {"file:///etc/passwd", false},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const char *const args[] = {"ask", "x", "--base-url", table[i].url, NULL};
		static const char *const env[] = {NULL};
		struct run r;

		start(&r, args, env);
		tap_ok(r.ok == table[i].loopback, "--base-url of row %zu: %s", i,
			r.ok ? "accepted" : r.e.text);
		stop(&r);
	}
}

static void check_instructions_file(void)
{
	static const char *const nowhere[] = {"ask", "x", "--instructions", "@/no/such/file", NULL};
	static const char *const device[] = {"ask", "x", "--instructions", "@/dev/zero", NULL};
	static const char *const replaced[] = {
		"ask", "x", "--instructions", "@/dev/zero", "--instructions", "be kind", NULL};
	static const char *const env[] = {NULL};
	struct run r;

	start(&r, nowhere, env);
	tap_good(r.ok, &r.e, "a file is not read with the options");
	tap_fails(config_read_files(&r.c, &clock_system, CLOCK_NEVER, &r.e), &r.e, ERR_USAGE,
		"instructions from nowhere");
	tap_holds(span_str(r.e.text), "--instructions: /no/such/file", "... named");
	stop(&r);
	start(&r, device, env);
	tap_fails(config_read_files(&r.c, &clock_system, CLOCK_NEVER, &r.e), &r.e, ERR_USAGE,
		"instructions from a device");
	stop(&r);
	start(&r, replaced, env);
	tap_good(config_read_files(&r.c, &clock_system, CLOCK_NEVER, &r.e), &r.e, "the last counts");
	tap_is_str(buf_span(&r.c.instructions), "be kind", "... whole");
	stop(&r);
}

static void check_counts(void)
{
	struct run r;
	char *argv[2 * INPUT_FILES + 6];
	static char words[][8] = {"octavo", "ask", "-f", "x"};
	char *block[] = {NULL};

	argv[0] = words[0];
	argv[1] = words[1];
	for (int i = 0; i <= INPUT_FILES; i++) {
		argv[2 + 2 * i] = words[2];
		argv[3 + 2 * i] = words[3];
	}
	tap_good(config_read(&r.c, 2 + 2 * INPUT_FILES, argv, block, &r.e), &r.e, "as many files as are allowed");
	config_free(&r.c);
	tap_fails(config_read(&r.c, 4 + 2 * INPUT_FILES, argv, block, &r.e), &r.e, ERR_USAGE, "one more");
	config_free(&r.c);
}

/* As main does it: what was read is learnt, and what the files hold is read. */
static bool take_all(struct err *e)
{
	static const char *const args[] = {"ask", "--base-url=https://gw.example/v1", "--auth=bearer", "--header-env=x-a=A", "--instructions=i", "--codex-auth", "--effort=low", "x", NULL};
	static const char *const env[] = {"A=a-value-of-a-header", "HOME=/nonexistent", "https_proxy=http://us%65r:p%61ssword-of-length@proxy:1",
		"CODEX_ACCESS_TOKEN=at-0123456789abcdefghijklmnopqrstuvwxyz", NULL};
	struct redact *redact = NULL;
	struct run r;
	bool ok;

	start(&r, args, env);
	*e = r.e;
	ok = r.ok && redact_new(&redact, e) && config_learn(&r.c, redact, e);
	redact_free(&redact);
	stop(&r);
	return ok;
}

int main(void)
{
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, take_all), "a configuration without memory");
	check_rows();
	check_json();
	check_defaults();
	check_doctor();
	check_precedence();
	check_runner();
	check_codex_home();
	check_secrets();
	check_secrets_of_a_failure();
	check_proxies();
	check_proxy_credentials();
	check_injection();
	check_endpoints();
	check_instructions_file();
	check_counts();
	return tap_done();
}
