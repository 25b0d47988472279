#include "app/config_parts.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "app/env.h"
#include "base/assert.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "codex/constants.h"
#include "wire/glob.h"

bool config_set_url(struct config_url *u, const char *text, const char *named, struct err *e)
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

static bool set_glob(struct config *c, const char *glob, struct err *e)
{
	if (c->patch_globs_n == CONFIG_GLOBS)
		return err_set(e, ERR_USAGE, 0, "--patch-paths %s: at most %d of them", glob,
			CONFIG_GLOBS);
	c->patch_globs[c->patch_globs_n++] = glob;
	return glob_is_valid(glob, e) || err_wrap(e, "--patch-paths '%s'", glob);
}

static bool check_instructions(const struct config *c, struct err *e)
{
	struct span s = buf_span(&c->instructions);

	if (span_trim(s).n == 0)
		return err_set(e, ERR_USAGE, 0, "--instructions is empty");
	return utf8_valid(s) == s.n || err_set(e, ERR_USAGE, 0,
		"--instructions is not UTF-8 at byte %zu", utf8_valid(s));
}

static bool set_instructions(struct config *c, const char *text, struct err *e)
{
	buf_clear(&c->instructions);
	c->instructions_file = text[0] == '@' ? text + 1 : NULL;
	if (c->instructions_file != NULL)
		return true;
	if (buf_add_str(&c->instructions, text, e))
		return check_instructions(c, e);
	if (e->kind == ERR_CEILING)
		e->kind = ERR_USAGE;
	return err_wrap(e, "--instructions");
}

bool config_read_files(
	struct config *c, const struct clock *clock, int64_t deadline_ms, struct err *e)
{
	const char *path = c->instructions_file;

	if (path == NULL || file_read_path(path, &c->instructions, clock, deadline_ms, e))
		return path == NULL || check_instructions(c, e);
	if (e->kind == ERR_CEILING)
		e->kind = ERR_USAGE;
	return err_wrap(e, "--instructions");
}

static bool set_auth(struct config *c, const char *word, struct err *e)
{
	if (!options_word(OPT_AUTH, word, e))
		return false;
	c->auth = word[0] == 'b' ? AUTH_BEARER : AUTH_NONE;
	return true;
}

static bool take_secret(struct secret **out, const char *value, struct err *e)
{
	struct buf copy;

	buf_init_wiping(&copy, strlen(value), "a value from the environment");
	return buf_add_str(&copy, value, e) && secret_take(out, &copy, e);
}

/*
 * NAME=VAR: the header's value is the variable's; it is taken once and then gone from the
 * environment.
 */
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
	fmt_into(c->extra_names[c->extras], CONFIG_HEADER_NAME_MAX, "%.*s", (int)(equals - word),
		word);
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

static bool apply(
	struct config *c, enum option_id id, const char *value, char **envp, struct err *e)
{
	switch (id) {
	case OPT_HELP: c->help = true; return true;
	case OPT_VERBOSE: c->verbose = true; return true;
	case OPT_EXPLAIN: c->explain = value; return true;
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
	case OPT_EFFORT: c->request.effort = value; return options_word(id, value, e);
	case OPT_VERBOSITY: c->request.verbosity = value; return options_word(id, value, e);
	case OPT_SUMMARY: c->request.summary = value; return options_word(id, value, e);
	case OPT_SERVICE_TIER: c->request.service_tier = value; return true;
	case OPT_OUTPUT: c->output = value; return true;
	case OPT_TRANSCRIPT: c->transcript = value; return true;
	case OPT_BUFFER: c->buffer = true; return true;
	case OPT_OUTPUT_SCHEMA: c->schema_file = value; return true;
	case OPT_SCHEMA_FIX: c->schema_fix = true; return true;
	case OPT_PATCH: c->patch = value; return true;
	case OPT_PATCH_PATHS: return set_glob(c, value, e);
	case OPT_PATCH_CI: c->patch_ci = true; return true;
	case OPT_REPAIR: c->repair = true; return true;
	case OPT_JSON: c->json = true; return true;
	case OPT_JSON_DELTAS: c->json = c->json_deltas = true; return true;
	case OPT_RAW: c->raw = true; return true;
	case OPT_MAX_OUTPUT_BYTES:
		return options_size(id, value, SIZE_MAX, &c->max_output_bytes, e);
	case OPT_MAX_TOTAL_TOKENS:
		return options_number(id, value, 1, INT_MAX, &c->max_total_tokens, e);
	case OPT_DRY_RUN: c->dry_run = true; return true;
	case OPT_LIVE: c->live = true; return true;
	case OPT_PRINT_EGRESS: c->print_egress = true; return true;
	case OPT_TOKEN_FILE: c->token.file = value; return true;
	case OPT_TOKEN_FD: return options_number(id, value, 0, 1 << 20, &c->token.fd, e);
	case OPT_CODEX_AUTH: c->token.codex_jwt = true; return true;
	case OPT_ACCOUNT_ID: c->account_id = value; return true;
	case OPT_FEDRAMP: c->fedramp = true; return true;
	case OPT_REQUIRE_WORKSPACE: c->require_workspace = value; return true;
	case OPT_BACKEND_ORIGIN:
		return config_set_url(&c->backend_origin, value, "--backend-origin", e);
	case OPT_ROUTING_OVERRIDE: c->routing_override = value; return true;
	case OPT_CLIENT_VERSION: c->client_version = value; return true;
	case OPT_BASE_URL: return config_set_url(&c->base_url, value, "--base-url", e);
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

/* Doctor has little time, and tells what it meets the first time. */
static void command_defaults(struct config *c)
{
	if (c->options.command != COMMAND_DOCTOR)
		return;
	c->run_ms = DOCTOR_MS;
	c->retries = 0;
}

static bool read_arguments(struct config *c, int argc, char **argv, char **envp, struct err *e)
{
	if (!options_init(&c->options, argc, argv, e))
		return false;
	command_defaults(c);
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
					c->options.command == COMMAND_ASK
						? " (the prompt is one argument: quote it)"
						: "");
			c->input.prompt = value;
			break;
		case OPTIONS_OPTION:
			if (!apply(c, id, value, envp, e))
				return false;
			/* Who asks for help need not get the rest right. */
			if (c->help)
				return true;
		}
	}
}

static void defaults(struct config *c)
{
	*c = (struct config){
		.input = {.stdin_wait_ms = STDIN_WAIT_MS, .stdin_max = STDIN_MAX},
		.token = {.fd = -1, .fifo_ms = LOOKUP_HEAD_MS},
		.client_version = CODEX_CLIENT_VERSION,
		.named_model = "--model",
		.named_account = "--account-id",
		.named_base = "--base-url",
		.run_ms = RUN_MS,
		.connect_ms = CONNECT_MS,
		.lookup_ms = LOOKUP_HEAD_MS,
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

/* Who parses our lines wants to be told of a usage error in one, too. */
static bool wants_json(const struct config *c, int argc, char **argv)
{
	return c->options.command != COMMAND_VERSION &&
	       (options_mention(argc, argv, OPT_JSON) ||
		       options_mention(argc, argv, OPT_JSON_DELTAS));
}

bool config_read(struct config *c, int argc, char **argv, char **environ_block, struct err *e)
{
	char *token = env_get(environ_block, "CODEX_ACCESS_TOKEN");
	bool ok;

	defaults(c);
	ok = env_move(token, &c->env_token, &c->env_token_size, e);
	env_erase(environ_block, "CODEX_ACCESS_TOKEN");
	c->token.env_token = c->env_token;
	c->in_ci = config_in_ci(environ_block);
	ok = ok && read_arguments(c, argc, argv, environ_block, e);
	if (ok && options_is_online(c->options.command) && !c->help)
		ok = config_read_environment(c, environ_block, e) && config_check(c, e);
	if (!ok)
		c->json = c->json || wants_json(c, argc, argv);
	for (size_t i = 0; i < c->extras; i++)
		env_erase(environ_block, c->extra_variables[i]);
	return ok;
}

/* As codex/token will read it: an error before that may already show it. */
static bool learn_token(const struct config *c, struct redact *r, struct err *e)
{
	struct span token = span_trim(span_str(c->env_token));
	struct buf copy;
	struct secret *s = NULL;
	bool ok;

	if (token.n < TOKEN_MIN || token.n > TOKEN_MAX)
		return true;
	buf_init_wiping(&copy, c->env_token_size, "CODEX_ACCESS_TOKEN");
	ok = buf_add(&copy, token, e) && secret_take(&s, &copy, e) && redact_learn(r, s, e);
	secret_free(&s);
	buf_free(&copy);
	return ok;
}

bool config_learn(const struct config *c, struct redact *r, struct err *e)
{
	const struct secret *proxy[] = {c->proxy_credential, c->proxy_password};

	for (size_t i = 0; i < sizeof proxy / sizeof proxy[0]; i++)
		if (proxy[i] != NULL && !redact_learn(r, proxy[i], e))
			return false;
	for (size_t i = 0; i < c->extras; i++)
		if (!redact_learn(r, c->extra_secrets[i], e))
			return false;
	return learn_token(c, r, e);
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
	secret_free(&c->proxy_password);
	env_drop(&c->env_token, c->env_token_size);
}
