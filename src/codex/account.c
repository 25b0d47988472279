#include "codex/account.h"

#include <string.h>

#include "base/fmt.h"
#include "base/utf8.h"
#include "codex/constants.h"
#include "codex/document.h"
#include "wire/url.h"

static bool read_member(const struct json *j, const char *name, enum document_rule rule, char *out,
                        size_t size, struct err *e)
{
	return document_field(j, json_member(j, JSON_ROOT, name), name, rule, out, size,
	                      ERR_PROTOCOL, e);
}

static bool read_whoami(const struct json *j, struct whoami *out, struct err *e)
{
	int fedramp = document_member(j, JSON_ROOT, "chatgpt_account_is_fedramp");

	if (!read_member(j, "chatgpt_account_id", DOCUMENT_WORD, out->account_id,
	                 sizeof out->account_id, e) ||
	    !read_member(j, "chatgpt_user_id", DOCUMENT_WORD, out->user_id,
	                 sizeof out->user_id, e) ||
	    !read_member(j, "email", DOCUMENT_TEXT, out->email, sizeof out->email, e) ||
	    !read_member(j, "chatgpt_plan_type", DOCUMENT_WORD, out->plan, sizeof out->plan, e))
		return false;
	if (out->account_id[0] == '\0')
		return err_set(e, ERR_PROTOCOL, 0, "the answer names no account");
	out->fedramp = json_is_true(j, fedramp);
	if (fedramp != JSON_NONE && !out->fedramp && !json_is_type(j, fedramp, JSON_FALSE))
		return err_set(e, ERR_PROTOCOL, 0,
		               "chatgpt_account_is_fedramp is neither true nor false");
	return true;
}

bool account_read_whoami(struct span document, struct whoami *out, struct err *e)
{
	struct json j;
	bool ok;

	json_init(&j);
	ok = document_parse(&j, document, e) && read_whoami(&j, out, e);
	json_free(&j);
	return ok;
}

void account_mask_email(const char *email, char out[ACCOUNT_MASKED_MAX])
{
	const char *at = strrchr(email, '@');
	struct utf8 u = {0};
	int n = 0;

	/* One character, whole; an address without a domain shows none. */
	if (at != NULL && at > email)
		do
			(void)utf8_step(&u, (unsigned char)email[n++]);
		while (u.left > 0);
	fmt_into(out, ACCOUNT_MASKED_MAX, "%.*s%s%s", n, email, email[0] != '\0' ? "***" : "",
		at != NULL ? at : "");
}

/* Does this entry of the account list say it is `id`? The name it is filed under counts too. */
static bool is_account(const struct json *j, int name, int entry, const char *id)
{
	int nested = json_member(j, entry, "account");

	return json_is_str(j, name, id) || json_is_str(j, json_member(j, entry, "id"), id) ||
	       json_is_str(j, json_member(j, entry, "account_id"), id) ||
	       json_is_str(j, json_member(j, nested, "id"), id) ||
	       json_is_str(j, json_member(j, nested, "account_id"), id);
}

/* List form or map form; *entry is JSON_NONE when the account is not there. */
static bool find_account(const struct json *j, const char *id, int *entry, struct err *e)
{
	int accounts = json_member(j, JSON_ROOT, "accounts");
	bool filed = json_is_type(j, accounts, JSON_OBJECT);
	int name = JSON_NONE;

	if (!json_is_type(j, accounts, JSON_ARRAY) && !filed)
		return err_set(e, ERR_PROTOCOL, 0, "accounts is neither a list nor a map");
	*entry = JSON_NONE;
	for (int v = json_first(j, accounts, &name); v != JSON_NONE;
	     v = json_next(j, accounts, v, &name)) {
		if (!json_is_type(j, v, JSON_OBJECT))
			return err_set(e, ERR_PROTOCOL, 0, "an entry of accounts is not an object");
		if (!is_account(j, filed ? name : JSON_NONE, v, id))
			continue;
		if (*entry != JSON_NONE)
			return err_set(e, ERR_PROTOCOL, 0, "the workspace is listed twice");
		*entry = v;
	}
	return true;
}

/* A constraint stands in the entry or one level down; "" when there is none. */
static bool read_constraint(const struct json *j, int entry, const char *name, char *out,
                            size_t size, struct err *e)
{
	int value = document_member(j, entry, name);

	if (value == JSON_NONE)
		value = document_member(j, json_member(j, entry, "account"), name);
	if (!document_field(j, value, name, DOCUMENT_WORD, out, size, ERR_PROTOCOL, e))
		return false;
	if (value != JSON_NONE && out[0] == '\0')
		return err_set(e, ERR_PROTOCOL, 0, "%s is empty", name);
	if (strcmp(out, CODEX_NO_CONSTRAINT) == 0)
		out[0] = '\0';
	return true;
}

static bool is_origin(const struct url *u)
{
	return (u->scheme == URL_HTTPS || u->scheme == URL_HTTP) && !u->has_userinfo &&
	       u->query.n == 0 && (u->path.n == 0 || span_equal_str(u->path, "/"));
}

static bool is_followed(const struct url *u, const char *named_origin)
{
	struct err ignored;
	struct url named;

	if (named_origin != NULL && url_parse(span_str(named_origin), &named, &ignored) &&
	    url_same_origin(u, &named))
		return true;
	return u->scheme == URL_HTTPS && (url_host_under(u->host, CODEX_DOMAIN_CHATGPT) ||
	                                  url_host_under(u->host, CODEX_DOMAIN_OPENAI));
}

static bool check_origin(char origin[ACCOUNT_ORIGIN_MAX], const char *named_origin, struct err *e)
{
	struct url u;
	struct buf text;
	bool ok;

	if (origin[0] == '\0') {
		strcpy(origin, CODEX_ORIGIN);
		return true;
	}
	if (!url_parse(span_str(origin), &u, e)) {
		e->kind = ERR_ACCESS;
		return err_wrap(e, "the workspace's backend origin");
	}
	if (!is_origin(&u))
		return err_set(e, ERR_ACCESS, 0,
		               "the workspace's backend origin is more than an origin");
	if (!is_followed(&u, named_origin))
		return err_set(e, ERR_ACCESS, 0,
		               "the workspace's backend origin %.200s is neither https under %s or "
		               "%s, nor the one you named; not followed",
		               origin, CODEX_DOMAIN_CHATGPT, CODEX_DOMAIN_OPENAI);
	buf_init(&text, ACCOUNT_ORIGIN_MAX - 1, "the workspace's backend origin");
	ok = url_add_origin(&u, &text, e);
	if (ok) {
		memcpy(origin, text.p, text.n);
		origin[text.n] = '\0';
	}
	buf_free(&text);
	return ok;
}

/* The value becomes a header's: letters, digits, '-', '_' and '.' are all that was ever seen. */
static bool check_override(const char *s, struct err *e)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

	if (s[strspn(s, allowed)] == '\0')
		return true;
	return err_set(e, ERR_PROTOCOL, 0,
	               "account_routing_override holds a character that does not belong there");
}

static bool read_routing(const struct json *j, const char *account_id, const char *named_origin,
                         struct routing *out, struct err *e)
{
	int entry;

	if (!find_account(j, account_id, &entry, e))
		return false;
	if (entry == JSON_NONE)
		return err_set(e, ERR_ACCESS, 0,
		               "the workspace %.100s is not among those of this credential",
		               account_id);
	return read_constraint(j, entry, "workspace_backend_origin", out->origin,
	                       sizeof out->origin, e) &&
	       read_constraint(j, entry, "account_routing_override", out->routing_override,
	                       sizeof out->routing_override, e) &&
	       check_origin(out->origin, named_origin, e) &&
	       check_override(out->routing_override, e);
}

bool account_read_routing(struct span document, const char *account_id, const char *named_origin,
                          struct routing *out, struct err *e)
{
	struct json j;
	bool ok;

	json_init(&j);
	ok = document_parse(&j, document, e) &&
	     read_routing(&j, account_id, named_origin, out, e);
	json_free(&j);
	return ok;
}
