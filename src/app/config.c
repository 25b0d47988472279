#include "app/config.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "app/env.h"
#include "base/file.h"
#include "base/limits.h"
#include "codex/constants.h"

static void note(struct config *c, const char *text)
{
	for (size_t i = 0; i < CONFIG_NOTES; i++)
		if (c->notes[i][0] == '\0') {
			snprintf(c->notes[i], CONFIG_NOTE_MAX, "%s", text);
			return;
		}
}

static bool set_url(struct config_url *u, const char *text, const char *named, struct err *e)
{
	buf_clear(&u->text);
	u->given = buf_add_str(&u->text, text, e) && url_parse(buf_span(&u->text), &u->url, e);
	return u->given || err_wrap(e, "%s", named);
}

static bool set_file(struct config *c, const char *path, struct err *e)
{
	if (c->input.files_n == INPUT_FILES)
		return err_set(e, ERR_USAGE, 0, "-f %s: at most %d files", path, INPUT_FILES);
	c->input.files[c->input.files_n++] = path;
	return true;
}

static bool set_instructions(struct config *c, const char *text, struct err *e)
{
	bool ok;

	buf_clear(&c->instructions);
	ok = text[0] == '@' ? file_read_path(text + 1, &c->instructions, e)
	                    : buf_add_str(&c->instructions, text, e);
	if (!ok) {
		e->kind = ERR_USAGE;
		return err_wrap(e, "--instructions");
	}
	return c->instructions.n > 0 || err_set(e, ERR_USAGE, 0, "--instructions is empty");
}

static bool set_auth(struct config *c, const char *word, struct err *e)
{
	if (strcmp(word, "bearer") != 0 && strcmp(word, "none") != 0)
		return err_set(e, ERR_USAGE, 0, "--auth '%s': wants bearer or none", word);
	c->auth = word[0] == 'b' ? AUTH_BEARER : AUTH_NONE;
	return true;
}

static bool take_secret(struct secret **out, const char *value, struct err *e)
{
	struct buf copy;

	buf_init_wiping(&copy, strlen(value), "a value from the environment");
	return buf_add_str(&copy, value, e) && secret_take(out, &copy, e);
}

/* NAME=VAR: the header's value is the variable's; it is taken once and then gone from the environment. */
static bool set_header(struct config *c, const char *word, char **envp, struct err *e)
{
	const char *equals = strchr(word, '=');
	char *value;

	if (equals == NULL || equals == word || equals[1] == '\0')
		return err_set(e, ERR_USAGE, 0, "--header-env '%s': wants NAME=VAR", word);
	if (equals - word >= CONFIG_HEADER_NAME_MAX)
		return err_set(e, ERR_USAGE, 0, "--header-env '%s': the name is too long", word);
	if (c->extras == CONFIG_HEADERS)
		return err_set(e, ERR_USAGE, 0, "--header-env: at most %d headers", CONFIG_HEADERS);
	value = env_get(envp, equals + 1);
	if (value == NULL || value[0] == '\0')
		return err_set(e, ERR_USAGE, 0, "--header-env %s: the variable is %s", word,
		               value == NULL ? "not set" : "empty");
	if (!take_secret(&c->extra_secrets[c->extras], value, e))
		return false;
	snprintf(c->extra_names[c->extras], CONFIG_HEADER_NAME_MAX, "%.*s", (int)(equals - word), word);
	c->extra_variables[c->extras] = equals + 1;
	c->extra[c->extras].name = c->extra_names[c->extras];
	c->extra[c->extras].value = c->extra_secrets[c->extras];
	c->extras++;
	return true;
}

static bool set_number(unsigned *out, enum option_id id, const char *value, int hi, struct err *e)
{
	int v;

	if (!options_number(id, value, 0, hi, &v, e))
		return false;
	*out = (unsigned)v;
	return true;
}

static bool apply(struct config *c, enum option_id id, const char *value, char **envp, struct err *e)
{
	switch (id) {
	case OPT_HELP: c->help = true; return true;
	case OPT_VERBOSE: c->verbose = true; return true;
	case OPT_FILE: return set_file(c, value, e);
	case OPT_INSTRUCTIONS: return set_instructions(c, value, e);
	case OPT_NO_STDIN: c->input.never_stdin = true; return true;
	case OPT_STDIN: c->input.await_stdin = true; return true;
	case OPT_STDIN_WAIT: return options_duration(id, value, &c->input.stdin_wait_ms, e);
	case OPT_STDIN_MAX: return options_size(id, value, INPUT_MAX, &c->input.stdin_max, e);
	case OPT_STDIN_HEAD: return options_size(id, value, INPUT_MAX, &c->input.stdin_head, e);
	case OPT_STDIN_TAIL: return options_size(id, value, INPUT_MAX, &c->input.stdin_tail, e);
	case OPT_LOSSY: c->input.lossy = true; return true;
	case OPT_MODEL: c->request.model = value; return true;
	case OPT_EFFORT:
		c->request.effort = value;
		return request_check_effort(value, e) || err_wrap(e, "--effort '%s'", value);
	case OPT_VERBOSITY:
		c->request.verbosity = value;
		return request_check_verbosity(value, e) || err_wrap(e, "--verbosity '%s'", value);
	case OPT_SUMMARY:
		c->request.summary = value;
		return request_check_summary(value, e) || err_wrap(e, "--summary '%s'", value);
	case OPT_SERVICE_TIER: c->request.service_tier = value; return true;
	case OPT_RAW: c->raw = true; return true;
	case OPT_TOKEN_FILE: c->token.file = value; return true;
	case OPT_TOKEN_FD: return options_number(id, value, 0, 1 << 20, &c->token.fd, e);
	case OPT_CODEX_AUTH: c->token.codex_jwt = true; return true;
	case OPT_ACCOUNT_ID: c->account_id = value; return true;
	case OPT_FEDRAMP: c->fedramp = true; return true;
	case OPT_BACKEND_ORIGIN: return set_url(&c->backend_origin, value, "--backend-origin", e);
	case OPT_ROUTING_OVERRIDE: c->routing_override = value; return true;
	case OPT_CLIENT_VERSION: c->client_version = value; return true;
	case OPT_BASE_URL: return set_url(&c->base_url, value, "--base-url", e);
	case OPT_AUTH: return set_auth(c, value, e);
	case OPT_CALLER_SECRET_FILE: c->caller_secret_file = value; return true;
	case OPT_HEADER_ENV: return set_header(c, value, envp, e);
	case OPT_CACERT: c->trust.only_file = value; return true;
	case OPT_TIMEOUT: return options_duration(id, value, &c->run_ms, e);
	case OPT_CONNECT_TIMEOUT: return options_duration(id, value, &c->connect_ms, e);
	case OPT_IDLE_TIMEOUT: return options_duration(id, value, &c->idle_ms, e);
	case OPT_RETRIES: return set_number(&c->retries, id, value, 100, e);
	case OPT_COUNT: break;
	}
	assert(!"every option is applied");
	return false;
}

static bool read_arguments(struct config *c, int argc, char **argv, char **envp, struct err *e)
{
	if (!options_init(&c->options, argc, argv, e))
		return false;
	for (;;) {
		enum option_id id;
		const char *value;

		switch (options_next(&c->options, &id, &value, e)) {
		case OPTIONS_FAIL:
			return false;
		case OPTIONS_END:
			return true;
		case OPTIONS_OPERAND:
			if (c->options.command != COMMAND_ASK || c->input.prompt != NULL)
				return err_set(e, ERR_USAGE, 0, "unexpected argument '%s'%s", value,
				               c->options.command == COMMAND_ASK ? " (the prompt is one argument: quote it)" : "");
			c->input.prompt = value;
			break;
		case OPTIONS_OPTION:
			if (!apply(c, id, value, envp, e))
				return false;
		}
	}
}

static bool empty(const char *s)
{
	return s == NULL || s[0] == '\0';
}

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
		enum option_id id;
		const char *value;
	} words[] = {
		{OPT_MODEL, c->request.model},
		{OPT_SERVICE_TIER, c->request.service_tier},
		{OPT_ACCOUNT_ID, c->account_id},
		{OPT_ROUTING_OVERRIDE, c->routing_override},
		{OPT_CLIENT_VERSION, c->client_version},
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (words[i].value != NULL && (words[i].value[0] == '\0' || !is_header_value(words[i].value)))
			return err_set(e, ERR_USAGE, 0, "--%s wants visible ASCII characters, at least one",
			               options_name(words[i].id));
	return true;
}

/* https anywhere; plain http on loopback and unix sockets only. */
static bool check_endpoint(const struct config_url *u, const char *named, bool path_allowed, struct err *e)
{
	if (!u->given)
		return true;
	if (u->url.has_userinfo)
		return err_set(e, ERR_USAGE, 0, "%s must not hold a user name or password", named);
	if (u->url.scheme == URL_HTTP && !url_is_loopback(&u->url))
		return err_set(e, ERR_USAGE, 0, "%s: plain http:// is for loopback only, use https://", named);
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
			               c->extras > 0 ? "--header-env" : c->caller_secret_file != NULL ? "--caller-secret-file" : "--auth");
		return true;
	}
	if (!check_endpoint(&c->base_url, "--base-url", true, e))
		return false;
	if (u->scheme != URL_UNIX && (url_host_under(u->host, CODEX_DOMAIN_CHATGPT) ||
	                              url_host_under(u->host, CODEX_DOMAIN_OPENAI)))
		return err_set(e, ERR_USAGE, 0, "--base-url is for gateways; for an origin of the service --backend-origin is meant");
	if (c->backend_origin.given)
		return err_set(e, ERR_USAGE, 0, "--base-url and --backend-origin contradict each other");
	if (c->auth == AUTH_NONE && c->caller_secret_file != NULL)
		return err_set(e, ERR_USAGE, 0, "--auth none and --caller-secret-file contradict each other");
	if (c->auth == AUTH_DEFAULT && c->caller_secret_file == NULL && u->scheme != URL_UNIX && !url_is_loopback(u))
		return err_set(e, ERR_USAGE, 0,
		               "--base-url is not on this machine: --auth bearer sends it your token, --auth none does not");
	for (size_t i = 0; i < c->extras; i++)
		if (!headers_check_extra(span_str(c->extra[i].name), c->auth == AUTH_NONE, e))
			return false;
	return true;
}

static bool check_combinations(struct config *c, struct err *e)
{
	if (c->input.stdin_head > 0 && c->input.stdin_tail > 0)
		return err_set(e, ERR_USAGE, 0, "--stdin-head and --stdin-tail contradict each other");
	if (c->input.never_stdin && c->input.await_stdin)
		return err_set(e, ERR_USAGE, 0, "-n and --stdin contradict each other");
	if (c->routing_override != NULL && !c->backend_origin.given)
		return err_set(e, ERR_USAGE, 0, "--routing-override goes with --backend-origin only");
	c->input.stdin_is_token = (c->token.file != NULL && strcmp(c->token.file, "-") == 0) || c->token.fd == 0;
	return check_words(c, e) && check_endpoint(&c->backend_origin, "--backend-origin", false, e) &&
	       check_endpoint(&c->auth_base, "CODEX_AUTHAPI_BASE_URL", true, e) && check_base_url(c, e);
}

/* The lower-case spelling wins; two that differ are told. */
static char *env_pair(struct config *c, char **envp, const char *lower, const char *upper)
{
	char *a = env_get(envp, lower), *b = env_get(envp, upper);
	char text[CONFIG_NOTE_MAX];

	if (empty(a))
		return empty(b) ? NULL : b;
	if (!empty(b) && strcmp(a, b) != 0) {
		snprintf(text, sizeof text, "%s and %s differ: using %s", lower, upper, lower);
		note(c, text);
	}
	return a;
}

/* Copies the URL without its userinfo, which becomes a secret; then both spellings are overwritten. */
static bool take_proxy(struct config *c, char **envp, const char *lower, const char *upper, struct err *e)
{
	const char *value = env_pair(c, envp, lower, upper);
	struct buf credential;
	struct url *u = &c->proxy.url;
	bool ok;

	if (value == NULL || c->proxy.given)
		return true;
	if (!buf_add_str(&c->proxy.text, value, e) || !url_parse_proxy(buf_span(&c->proxy.text), u, e)) {
		if (e->kind == ERR_USAGE)
			e->kind = ERR_PROXY;
		return err_wrap(e, "%s", lower);
	}
	if (u->scheme == URL_SOCKS)
		return err_set(e, ERR_PROXY, 0, "%s: socks5:// proxies are not spoken, only http:// and https://", lower);
	c->proxy.given = true;
	if (!u->has_userinfo)
		return true;
	buf_init_wiping(&credential, 2 * URL_MAX, "the proxy's credential");
	ok = url_unescape(u->userinfo, &credential, e);
	if (ok && span_find(buf_span(&credential), ':', 0) == credential.n)
		ok = buf_add_byte(&credential, ':', e);
	ok = ok && secret_take(&c->proxy_credential, &credential, e);
	buf_free(&credential);
	wipe((unsigned char *)u->userinfo.p, u->userinfo.n);
	u->userinfo = span_of(NULL, 0);
	return ok || err_wrap(e, "%s", lower);
}

static bool read_proxies(struct config *c, char **envp, struct err *e)
{
	static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
	bool ok = take_proxy(c, envp, names[0], names[1], e) && take_proxy(c, envp, names[2], names[3], e);

	c->no_proxy = env_pair(c, envp, "no_proxy", "NO_PROXY");
	for (size_t i = 0; i < 4; i++) {
		char *value = env_get(envp, names[i]);

		if (value != NULL && strchr(value, '@') != NULL)
			env_erase(envp, names[i]);
	}
	return ok;
}

static void read_token_sources(struct config *c, char **envp)
{
	c->token.env_file = env_get(envp, "CODEX_ACCESS_TOKEN_FILE");
	c->token.credentials_dir = env_get(envp, "CREDENTIALS_DIRECTORY");
	c->token.codex_home = env_get(envp, "CODEX_HOME");
	c->token.federation = !empty(env_get(envp, "OPENAI_FEDERATION_RULE_ID")) ||
	                      !empty(env_get(envp, "OPENAI_IDENTITY_TOKEN_FILE"));
	c->token.api_key = !empty(env_get(envp, "CODEX_API_KEY"));
}

static bool read_environment(struct config *c, char **envp, struct err *e)
{
	static const char *const runners[] = {"GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "TEAMCITY_VERSION"};
	const char *base = env_get(envp, "OCTAVO_BASE_URL"), *model = env_get(envp, "OCTAVO_MODEL");
	const char *auth = env_get(envp, "CODEX_AUTHAPI_BASE_URL"), *account = env_get(envp, "CODEX_ACCOUNT_ID");

	if (!c->base_url.given && !empty(base) && !set_url(&c->base_url, base, "OCTAVO_BASE_URL", e))
		return false;
	if (c->request.model == NULL && !empty(model))
		c->request.model = model;
	if (c->account_id == NULL && !empty(account))
		c->account_id = account;
	if (!set_url(&c->auth_base, empty(auth) ? CODEX_AUTH_BASE : auth, "CODEX_AUTHAPI_BASE_URL", e))
		return false;
	c->trust.cert_file = env_get(envp, "SSL_CERT_FILE");
	c->trust.cert_dir = env_get(envp, "SSL_CERT_DIR");
	c->trust.extra_file = env_get(envp, "CODEX_CA_CERTIFICATE");
	for (size_t i = 0; i < sizeof runners / sizeof runners[0]; i++)
		c->in_ci = c->in_ci || !empty(env_get(envp, runners[i]));
	read_token_sources(c, envp);
	return read_proxies(c, envp, e);
}

/* --codex-auth names ~/.codex, which only the environment tells; a CI runner's is somebody's login. */
static bool find_codex_home(struct config *c, char **envp, struct err *e)
{
	const char *home = env_get(envp, "HOME");
	struct buf *path = &c->codex_home;

	if (c->token.codex_jwt && empty(c->token.codex_home) && !empty(home)) {
		if (!buf_add_str(path, home, e) || !buf_add_str(path, "/.codex", e) || !buf_add_byte(path, '\0', e))
			return false;
		c->token.codex_home = (const char *)path->p;
	}
	if (empty(c->token.codex_home))
		c->token.codex_home = NULL;
	c->token.codex_jwt = c->token.codex_home != NULL && !c->in_ci && empty(env_get(envp, "CI"));
	return true;
}

static void defaults(struct config *c)
{
	*c = (struct config){
		.input = {.stdin_wait_ms = STDIN_WAIT_MS, .stdin_max = STDIN_MAX},
		.token = {.fd = -1, .fifo_ms = LOOKUP_HEAD_MS},
		.client_version = CODEX_CLIENT_VERSION,
		.run_ms = RUN_MS,
		.connect_ms = CONNECT_MS,
		.idle_ms = IDLE_MS,
		.retries = RETRIES_MAX,
	};
	buf_init(&c->instructions, INPUT_MAX, "the instructions");
	buf_init(&c->codex_home, URL_MAX, "HOME");
	buf_init(&c->auth_base.text, URL_MAX, "the URL");
	buf_init(&c->backend_origin.text, URL_MAX, "the URL");
	buf_init(&c->base_url.text, URL_MAX, "the URL");
	buf_init_wiping(&c->proxy.text, URL_MAX, "the URL");
}

bool config_read(struct config *c, int argc, char **argv, char **environ_block, struct err *e)
{
	char *token = env_get(environ_block, "CODEX_ACCESS_TOKEN");
	bool ok;

	defaults(c);
	ok = env_move(token, &c->env_token, &c->env_token_size, e);
	env_erase(environ_block, "CODEX_ACCESS_TOKEN");
	c->token.env_token = c->env_token;
	ok = ok && read_arguments(c, argc, argv, environ_block, e);
	if (ok && c->options.command == COMMAND_ASK && !c->help)
		ok = read_environment(c, environ_block, e) && find_codex_home(c, environ_block, e) &&
		     check_combinations(c, e);
	for (size_t i = 0; i < c->extras; i++)
		env_erase(environ_block, c->extra_variables[i]);
	return ok;
}

void config_free(struct config *c)
{
	buf_free(&c->instructions);
	buf_free(&c->codex_home);
	buf_free(&c->auth_base.text);
	buf_free(&c->backend_origin.text);
	buf_free(&c->base_url.text);
	buf_free(&c->proxy.text);
	for (size_t i = 0; i < c->extras; i++)
		secret_free(&c->extra_secrets[i]);
	secret_free(&c->proxy_credential);
	env_drop(&c->env_token, c->env_token_size);
}
