#include "codex/token.h"

#include <string.h>

#include "base/fmt.h"
#include "base/limits.h"
#include "codex/token_file.h"
#include "codex/token_shape.h"
#include "wire/json.h"

#define EMPTY "set but empty: was the secret withheld? jobs from forks get no secrets"

enum {
	BLANKS_MAX = 1024, /* white space around a token, trimmed before TOKEN_MAX counts */
	AUTH_JSON_MAX = 64 * 1024,
};

enum found { FOUND, ABSENT, FAILED };

/*
 * A look at one source: fills `label` once it is known to be given, appends the raw text to
 * `out`.
 */
typedef enum found look(const struct token_options *o, const struct token_file_rules *r,
                        char label[TOKEN_SOURCE_MAX], struct buf *out, struct err *e);

static void set_label(char label[TOKEN_SOURCE_MAX], const char *name, const char *detail)
{
	fmt_into(label, TOKEN_SOURCE_MAX, "%s%s%s", name, detail[0] != '\0' ? " " : "", detail);
}

static enum found read_named(const char *name, const char *path, const struct token_file_rules *r,
                             char label[TOKEN_SOURCE_MAX], struct buf *out, struct err *e)
{
	if (token_shape_is_misplaced(path)) {
		set_label(label, name, "");
		err_set(e, ERR_CREDENTIAL, 0,
		        "wants a path, and was given what looks like a credential itself");
		return FAILED;
	}
	set_label(label, name, path);
	return token_file_read(path, r, out, e) == TOKEN_FILE_READ ? FOUND : FAILED;
}

static enum found look_file(const struct token_options *o, const struct token_file_rules *r,
                            char label[TOKEN_SOURCE_MAX], struct buf *out, struct err *e)
{
	if (o->file == NULL)
		return ABSENT;
	if (strcmp(o->file, "-") != 0)
		return read_named("--token-file", o->file, r, label, out, e);
	set_label(label, "--token-file -", "(stdin)");
	return token_file_read_fd(o->stdin_fd, true, r, out, e) ? FOUND : FAILED;
}

static enum found look_fd(const struct token_options *o, const struct token_file_rules *r,
                          char label[TOKEN_SOURCE_MAX], struct buf *out, struct err *e)
{
	char number[16];

	if (o->fd < 0)
		return ABSENT;
	fmt_into(number, sizeof number, "%d", o->fd);
	set_label(label, "--token-fd", number);
	return token_file_read_fd(o->fd, false, r, out, e) ? FOUND : FAILED;
}

static enum found look_env(const struct token_options *o, const struct token_file_rules *r,
                           char label[TOKEN_SOURCE_MAX], struct buf *out, struct err *e)
{
	(void)r;
	if (o->env_token == NULL)
		return ABSENT;
	set_label(label, "CODEX_ACCESS_TOKEN", "");
	if (o->env_token[0] != '\0')
		return buf_add_str(out, o->env_token, e) ? FOUND : FAILED;
	err_set(e, ERR_CREDENTIAL, 0, EMPTY);
	return FAILED;
}

static enum found look_env_file(const struct token_options *o, const struct token_file_rules *r,
                                char label[TOKEN_SOURCE_MAX], struct buf *out, struct err *e)
{
	if (o->env_file == NULL)
		return ABSENT;
	if (o->env_file[0] != '\0')
		return read_named("CODEX_ACCESS_TOKEN_FILE", o->env_file, r, label, out, e);
	set_label(label, "CODEX_ACCESS_TOKEN_FILE", "");
	err_set(e, ERR_CREDENTIAL, 0, EMPTY);
	return FAILED;
}

/* A file in a directory that may serve others too: that it is not there is no failure. */
static enum found read_if_there(const char *dir, const char *name, const struct token_file_rules *r,
                                char label[TOKEN_SOURCE_MAX], struct buf *out, struct err *e)
{
	char path[TOKEN_SOURCE_MAX];

	if (dir == NULL || dir[0] == '\0')
		return ABSENT;
	if (fmt_into(path, sizeof path, "%s/%s", dir, name) >= sizeof path) {
		set_label(label, name, "");
		err_set(e, ERR_CREDENTIAL, 0, "the path of its directory is too long");
		return FAILED;
	}
	set_label(label, path, "");
	switch (token_file_read(path, r, out, e)) {
	case TOKEN_FILE_READ:
		return FOUND;
	case TOKEN_FILE_ABSENT:
		return ABSENT;
	default:
		return FAILED;
	}
}

static enum found look_credentials_dir(const struct token_options *o,
                                       const struct token_file_rules *r,
                                       char label[TOKEN_SOURCE_MAX], struct buf *out, struct err *e)
{
	return read_if_there(o->credentials_dir, "codex-access-token", r, label, out, e);
}

/* Takes the one string wanted out of codex's own file; a refresh token is never looked at. */
static bool pick_from_auth_json(const struct json *j, bool codex_jwt, struct buf *out,
                                struct err *e)
{
	int value = json_member(j, JSON_ROOT, "personal_access_token");

	if (value == JSON_NONE || json_is_type(j, value, JSON_NULL)) {
		value = json_member(j, json_member(j, JSON_ROOT, "tokens"), "access_token");
		if (value != JSON_NONE && !codex_jwt)
			return err_set(e, ERR_CREDENTIAL, 0,
			               "it holds a person's login only, which octavo does not "
			               "borrow here; set CODEX_ACCESS_TOKEN");
	}
	if (!json_is_type(j, value, JSON_STRING))
		return err_set(e, ERR_CREDENTIAL, 0, "it holds no access token");
	return json_text(j, value, out, e);
}

static bool read_auth_json(struct span text, bool codex_jwt, struct buf *out, struct err *e)
{
	struct json j;
	bool ok;

	json_init(&j);
	ok = json_parse(&j, text, e);
	if (!ok && e->kind != ERR_MEMORY)
		err_set(e, ERR_CREDENTIAL, 0, "it is not JSON");
	else if (ok && json_has_duplicates(&j))
		ok = err_set(e, ERR_CREDENTIAL, 0, "it says something twice");
	ok = ok && pick_from_auth_json(&j, codex_jwt, out, e);
	json_free(&j);
	return ok;
}

static enum found look_codex_home(const struct token_options *o, const struct token_file_rules *r,
                                  char label[TOKEN_SOURCE_MAX], struct buf *out, struct err *e)
{
	enum found found;
	struct buf text;

	buf_init_wiping(&text, AUTH_JSON_MAX, "auth.json");
	found = read_if_there(o->codex_home, "auth.json", r, label, &text, e);
	if (found == FOUND && !read_auth_json(buf_span(&text), o->codex_jwt, out, e))
		found = FAILED;
	buf_free(&text);
	return found;
}

/* First hit wins. */
static look *const looks[] = {
	look_file, look_fd, look_env, look_env_file, look_credentials_dir, look_codex_home,
};
enum { LOOKS = sizeof looks / sizeof looks[0] };

/* Leaves what span_trim leaves. */
static void trim(struct buf *text)
{
	struct span kept = span_trim(buf_span(text));
	size_t skip = kept.n > 0 ? (size_t)(kept.p - text->p) : text->n;

	text->n = skip + kept.n;
	buf_drop(text, skip);
}

/*
 * The source at `i` holds other text than the one used: worth a line. What it cannot read it
 * leaves alone.
 */
static bool differs(size_t i, const struct token_options *o, const struct token_file_rules *r,
                    const struct secret *used, char label[TOKEN_SOURCE_MAX])
{
	struct token_file_rules quiet = *r;
	struct secret *other = NULL;
	struct err ignored;
	struct buf text;
	bool differ = false;

	quiet.fifo_allowed = false;
	buf_init_wiping(&text, TOKEN_MAX + BLANKS_MAX, "token");
	if (looks[i](o, &quiet, label, &text, &ignored) == FOUND) {
		trim(&text);
		differ = text.n > 0 && secret_take(&other, &text, &ignored) &&
		         !secret_equal(used, other);
	}
	secret_free(&other);
	buf_free(&text);
	return differ;
}

static void note_differing(struct token *t, size_t used, const struct token_options *o,
                           const struct token_file_rules *r)
{
	char other[TOKEN_SOURCE_MAX];

	for (size_t i = used + 1; i < LOOKS; i++) {
		if (looks[i] != look_env && looks[i] != look_env_file)
			continue;
		if (!differs(i, o, r, t->secret, other))
			continue;
		fmt_into(t->notes[0], sizeof t->notes[0],
		         "%.70s differs from %.50s; the first is used", t->source, other);
		return;
	}
}

static bool find(struct token *t, const struct token_options *o, const struct token_file_rules *r,
                 struct buf *text, size_t *used, struct err *e)
{
	for (size_t i = 0; i < LOOKS; i++) {
		switch (looks[i](o, r, t->source, text, e)) {
		case FOUND:
			*used = i;
			return true;
		case FAILED:
			return err_wrap(e, "%s", t->source);
		case ABSENT:
			break;
		}
	}
	t->source[0] = '\0';
	return err_set(e, ERR_CREDENTIAL, 0,
	               "no credential: set CODEX_ACCESS_TOKEN or CODEX_ACCESS_TOKEN_FILE, or give "
	               "--token-file%s",
	               o->api_key ? " (CODEX_API_KEY is ignored)" : "");
}

static bool load(struct token *t, const struct token_options *o, const struct token_file_rules *r,
                 struct err *e)
{
	struct buf text;
	size_t used;
	bool ok;

	if (o->federation)
		return err_set(e, ERR_CREDENTIAL, 0,
		               "OPENAI_FEDERATION_RULE_ID or OPENAI_IDENTITY_TOKEN_FILE is set: "
		               "workload identity is not supported yet; unset both to use an "
		               "access token");
	buf_init_wiping(&text, TOKEN_MAX + BLANKS_MAX, "token");
	ok = find(t, o, r, &text, &used, e);
	if (ok) {
		trim(&text);
		ok = token_classify(t, buf_span(&text), r->clock, e) &&
		     secret_take(&t->secret, &text, e);
		if (!ok)
			err_wrap(e, "%s", t->source);
	}
	buf_free(&text);
	if (!ok)
		return false;
	note_differing(t, used, o, r);
	if (o->api_key)
		fmt_into(t->notes[1], sizeof t->notes[1],
		         "CODEX_API_KEY is set and ignored: %.90s is used", t->source);
	return true;
}

bool token_load(struct token *t, const struct token_options *o, const struct clock *clock,
                struct err *e)
{
	struct token_file_rules rules = {o->credentials_dir, o->fifo_ms, true, clock};
	bool ok;

	*t = (struct token){.secret = NULL};
	ok = load(t, o, &rules, e);
	if (o->env_token != NULL)
		wipe(o->env_token, strlen(o->env_token));
	return ok;
}

bool token_load_caller(struct token *t, const char *file, int64_t fifo_ms,
                       const struct clock *clock, struct err *e)
{
	struct token_file_rules rules = {NULL, fifo_ms, true, clock};
	struct buf text;
	bool ok;

	*t = (struct token){.kind = TOKEN_CALLER};
	buf_init_wiping(&text, TOKEN_MAX + BLANKS_MAX, "secret");
	ok = read_named("--caller-secret-file", file, &rules, t->source, &text, e) == FOUND;
	if (ok) {
		trim(&text);
		ok = token_shape_check(buf_span(&text), REDACT_SECRET_MIN, e) &&
		     secret_take(&t->secret, &text, e);
	}
	buf_free(&text);
	if (!ok)
		return err_wrap(e, "%s", t->source);
	return true;
}

void token_free(struct token *t)
{
	secret_free(&t->secret);
}
