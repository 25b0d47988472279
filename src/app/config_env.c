#include "app/config_parts.h"

#include <string.h>

#include "app/env.h"
#include "base/fmt.h"
#include "base/limits.h"
#include "codex/constants.h"

static void note(struct config *c, const char *text)
{
	for (size_t i = 0; i < CONFIG_NOTES; i++)
		if (c->notes[i][0] == '\0') {
			fmt_into(c->notes[i], CONFIG_NOTE_MAX, "%s", text);
			return;
		}
}

static bool empty(const char *s)
{
	return s == NULL || s[0] == '\0';
}

/* The lower-case spelling wins; two that differ are told. */
static char *env_pair(struct config *c, char **envp, const char *lower, const char *upper)
{
	char *a = env_get(envp, lower), *b = env_get(envp, upper);
	char text[CONFIG_NOTE_MAX];

	if (empty(a))
		return empty(b) ? NULL : b;
	if (!empty(b) && strcmp(a, b) != 0) {
		fmt_into(text, sizeof text, "%s and %s differ: using %s", lower, upper, lower);
		note(c, text);
	}
	return a;
}

static bool take_unescaped(
	struct span first, struct span second, struct secret **out, struct err *e)
{
	struct buf plain;
	bool ok;

	buf_init_wiping(&plain, 2 * URL_MAX, "the proxy's credential");
	ok = url_unescape(first, &plain, e) &&
	     (second.p == NULL ||
		     (buf_add_byte(&plain, ':', e) && url_unescape(second, &plain, e)));
	ok = ok && (plain.n == 0 || secret_take(out, &plain, e));
	buf_free(&plain);
	return ok;
}

/* "user:password" goes on the wire; the password is also a secret of its own, for the redactor. */
static bool take_userinfo(struct config *c, struct url *u, struct err *e)
{
	size_t colon = span_find(u->userinfo, ':', 0);
	struct span user = span_cut(u->userinfo, 0, colon);
	struct span password = span_cut(u->userinfo, colon + 1, u->userinfo.n);
	bool ok;

	if (password.p == NULL || password.n == 0)
		password = span_str("");
	ok = take_unescaped(user, password, &c->proxy_credential, e) &&
	     take_unescaped(password, span_of(NULL, 0), &c->proxy_password, e);
	wipe((unsigned char *)u->userinfo.p, u->userinfo.n);
	u->userinfo = span_of(NULL, 0);
	return ok;
}

/*
 * Copies the URL without its userinfo, which becomes a secret; then both spellings are overwritten.
 */
static bool take_proxy(
	struct config *c, char **envp, const char *lower, const char *upper, struct err *e)
{
	const char *value = env_pair(c, envp, lower, upper);
	const char *name = value == env_get(envp, lower) ? lower : upper;
	struct url *u = &c->proxy.url;

	if (value == NULL || c->proxy.given)
		return true;
	c->named_proxy = name;
	if (!buf_add_str(&c->proxy.text, value, e) ||
		!url_parse_proxy(buf_span(&c->proxy.text), u, e)) {
		if (e->kind == ERR_USAGE)
			e->kind = ERR_PROXY;
		return err_wrap(e, "%s", name);
	}
	if (u->scheme == URL_SOCKS)
		return err_set(e, ERR_PROXY, 0,
			"%s: socks5:// proxies are not spoken, only http:// and https://", name);
	c->proxy.given = true;
	return !u->has_userinfo || take_userinfo(c, u, e) || err_wrap(e, "%s", name);
}

static bool read_proxies(struct config *c, char **envp, struct err *e)
{
	static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
	bool ok = take_proxy(c, envp, names[0], names[1], e) &&
		  take_proxy(c, envp, names[2], names[3], e);

	c->no_proxy = env_pair(c, envp, "no_proxy", "NO_PROXY");
	for (size_t i = 0; i < 4; i++) {
		char *value = env_get(envp, names[i]);

		if (value != NULL && strchr(value, '@') != NULL)
			env_erase(envp, names[i]);
	}
	/* Doctor has more to tell than that. */
	if (!ok && e->kind == ERR_PROXY && c->options.command == COMMAND_DOCTOR) {
		c->proxy_refused = *e;
		ok = true;
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

/*
 * --codex-auth names ~/.codex, which only the environment tells; a CI runner's is somebody's login.
 */
static bool find_codex_home(struct config *c, char **envp, struct err *e)
{
	const char *home = env_get(envp, "HOME");
	struct buf *path = &c->codex_home;

	if (c->token.codex_jwt && empty(c->token.codex_home) && !empty(home)) {
		if (!buf_add_strs(path, (const char *const[]){home, "/.codex", NULL}, e) ||
			!buf_add_byte(path, '\0', e))
			return false;
		c->token.codex_home = (const char *)path->p;
	}
	if (empty(c->token.codex_home))
		c->token.codex_home = NULL;
	c->token.codex_jwt = c->token.codex_home != NULL && !c->in_ci && empty(env_get(envp, "CI"));
	return true;
}

bool config_in_ci(char **envp)
{
	static const char *const runners[] = {
		"GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "TEAMCITY_VERSION"};

	for (size_t i = 0; i < sizeof runners / sizeof runners[0]; i++)
		if (!empty(env_get(envp, runners[i])))
			return true;
	return false;
}

bool config_read_environment(struct config *c, char **envp, struct err *e)
{
	const char *base = env_get(envp, "OCTAVO_BASE_URL"), *model = env_get(envp, "OCTAVO_MODEL");
	const char *auth = env_get(envp, "CODEX_AUTHAPI_BASE_URL"),
		   *account = env_get(envp, "CODEX_ACCOUNT_ID");

	if (!c->base_url.given && !empty(base)) {
		c->named_base = "OCTAVO_BASE_URL";
		if (!config_set_url(&c->base_url, base, c->named_base, e))
			return false;
	}
	if (c->request.model == NULL && !empty(model)) {
		c->request.model = model;
		c->named_model = "OCTAVO_MODEL";
	}
	if (c->account_id == NULL && !empty(account)) {
		c->account_id = account;
		c->named_account = "CODEX_ACCOUNT_ID";
	}
	if (!config_set_url(&c->auth_base, empty(auth) ? CODEX_AUTH_BASE : auth,
		    "CODEX_AUTHAPI_BASE_URL", e))
		return false;
	c->path = env_get(envp, "PATH");
	c->trust.cert_file = env_get(envp, "SSL_CERT_FILE");
	c->trust.cert_dir = env_get(envp, "SSL_CERT_DIR");
	c->trust.extra_file = env_get(envp, "CODEX_CA_CERTIFICATE");
	read_token_sources(c, envp);
	return read_proxies(c, envp, e) && find_codex_home(c, envp, e);
}
