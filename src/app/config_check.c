#include "app/config_parts.h"

#include <string.h>

#include "codex/constants.h"

static bool is_header_value(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s < 0x21 || *s > 0x7e)
			return false;
	return true;
}

/* Words that go into header lines: visible ASCII, not empty. */
static bool check_words(const struct config *c, struct err *e)
{
	const struct {
		const char *named;
		const char *value;
	} words[] = {
		{c->named_model, c->request.model},
		{"--service-tier", c->request.service_tier},
		{c->named_account, c->account_id},
		{"--require-workspace", c->require_workspace},
		{"--routing-override", c->routing_override},
		{"--client-version", c->client_version},
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (words[i].value != NULL &&
			(words[i].value[0] == '\0' || !is_header_value(words[i].value)))
			return err_set(e, ERR_USAGE, 0,
				"%s wants visible ASCII characters, at least one",
				words[i].named);
	return true;
}

/* https anywhere; plain http on loopback and unix sockets only. */
static bool check_endpoint(
	const struct config_url *u, const char *named, bool path_allowed, struct err *e)
{
	if (!u->given)
		return true;
	if (u->url.has_userinfo)
		return err_set(e, ERR_USAGE, 0, "%s must not hold a user name or password", named);
	if (u->url.scheme == URL_HTTP && !url_is_loopback(&u->url))
		return err_set(e, ERR_USAGE, 0,
			"%s: plain http:// is for loopback only, use https://", named);
	if (u->url.query.n > 0)
		return err_set(e, ERR_USAGE, 0, "%s must not hold a query", named);
	if (!path_allowed && u->url.path.n > 1)
		return err_set(e, ERR_USAGE, 0, "%s is an origin: no path", named);
	return true;
}

static bool check_base_url(const struct config *c, struct err *e)
{
	const struct url *u = &c->base_url.url;

	if (!c->base_url.given) {
		if (c->auth != AUTH_DEFAULT || c->caller_secret_file != NULL || c->extras > 0)
			return err_set(e, ERR_USAGE, 0, "%s goes with --base-url only",
				c->extras > 0                   ? "--header-env"
				: c->caller_secret_file != NULL ? "--caller-secret-file"
								: "--auth");
		return true;
	}
	if (c->options.command == COMMAND_AUTH_STATUS)
		return err_set(e, ERR_USAGE, 0,
			"%s is set, and no gateway can tell whose a token is: unset it to ask the "
			"service",
			c->named_base);
	if (!check_endpoint(&c->base_url, c->named_base, true, e))
		return false;
	if (u->scheme != URL_UNIX && (url_host_under(u->host, CODEX_DOMAIN_CHATGPT) ||
	                              url_host_under(u->host, CODEX_DOMAIN_OPENAI)))
		return err_set(e, ERR_USAGE, 0,
			"%s is for gateways; for an origin of the service --backend-origin is meant",
			c->named_base);
	if (c->backend_origin.given)
		return err_set(
			e, ERR_USAGE, 0, "%s and --backend-origin contradict each other",
			c->named_base);
	if (c->require_workspace != NULL)
		return err_set(e, ERR_USAGE, 0,
			"%s has no whoami: --require-workspace cannot be checked there",
			c->named_base);
	if (c->auth == AUTH_NONE && c->caller_secret_file != NULL)
		return err_set(e, ERR_USAGE, 0,
			"--auth none and --caller-secret-file contradict each other");
	if (c->auth == AUTH_DEFAULT && c->caller_secret_file == NULL && u->scheme != URL_UNIX &&
		!url_is_loopback(u))
		return err_set(e, ERR_USAGE, 0,
			"%s is not on this machine: --auth bearer sends it your token, --auth none "
			"does not",
			c->named_base);
	for (size_t i = 0; i < c->extras; i++)
		if (!headers_check_extra(span_str(c->extra[i].name), c->auth == AUTH_NONE, e))
			return false;
	return true;
}

/* What the answer must be: it can only be told of a whole one, so nothing is written before. */
static bool check_form(struct config *c, struct err *e)
{
	bool schema = c->schema_file != NULL, patch = c->patch != NULL;
	const struct {
		bool bad;
		const char *what;
	} rules[] = {
		{schema && patch, "--output-schema and --patch contradict each other"},
		{patch && c->output != NULL, "--patch FILE is -o FILE, too: give one of them"},
		{c->schema_fix && !schema, "--schema-fix goes with --output-schema only"},
		{c->patch_globs_n > 0 && !patch, "--patch-paths goes with --patch only"},
		{c->patch_ci && !patch, "--patch-ci goes with --patch only"},
		{c->repair && !schema && !patch, "--repair goes with --output-schema or --patch"},
		{c->json_deltas && schema, "--json-deltas and --output-schema contradict each other"},
		{c->json_deltas && patch, "--json-deltas and --patch contradict each other"},
	};

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		if (rules[i].bad)
			return err_set(e, ERR_USAGE, 0, "%s", rules[i].what);
	c->buffer = c->buffer || schema || patch;
	if (patch)
		c->output = c->patch;
	return true;
}

static bool check_dry_run(const struct config *c, struct err *e)
{
	const char *other = c->patch != NULL    ? "--patch"
			    : c->output != NULL ? "-o"
			    : c->json           ? "--json"
						: NULL;

	return !c->dry_run || other == NULL ||
	       err_set(e, ERR_USAGE, 0, "--dry-run gets no answer: it contradicts %s", other);
}

static void lower(int64_t *ms, int64_t to_ms)
{
	if (*ms > to_ms)
		*ms = to_ms;
}

/*
 * All hops must be told, also when one of them is silent. Names get more: the C library waits five
 * seconds for a name server, and what it says then is another failure than our own impatience.
 */
static void share_time(struct config *c)
{
	if (c->options.command != COMMAND_DOCTOR)
		return;
	c->name_ms = c->connect_ms;
	lower(&c->name_ms, c->run_ms / 10 * 6);
	lower(&c->connect_ms, c->run_ms / 4);
	lower(&c->lookup_ms, c->run_ms / 4);
	lower(&c->token.fifo_ms, c->run_ms / 4);
}

bool config_check(struct config *c, struct err *e)
{
	share_time(c);
	if (c->input.stdin_head > 0 && c->input.stdin_tail > 0)
		return err_set(
			e, ERR_USAGE, 0, "--stdin-head and --stdin-tail contradict each other");
	if (c->input.never_stdin && c->input.await_stdin)
		return err_set(e, ERR_USAGE, 0, "-n and --stdin contradict each other");
	if (c->json_deltas && c->buffer)
		return err_set(e, ERR_USAGE, 0, "--json-deltas and --buffer contradict each other");
	if (c->routing_override != NULL && !c->backend_origin.given)
		return err_set(
			e, ERR_USAGE, 0, "--routing-override goes with --backend-origin only");
	c->input.stdin_is_token =
		(c->token.file != NULL && strcmp(c->token.file, "-") == 0) || c->token.fd == 0;
	return check_words(c, e) && check_form(c, e) && check_dry_run(c, e) &&
	       check_endpoint(&c->backend_origin, "--backend-origin", false, e) &&
	       check_endpoint(&c->auth_base, "CODEX_AUTHAPI_BASE_URL", true, e) &&
	       check_base_url(c, e);
}
