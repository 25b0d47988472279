#include "codex/account_policy.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/fmt.h"
#include "base/limits.h"
#include "wire/toml.h"

/*
 * Plans the service lays no policy on (observed); any other, and an unknown one, may have a
 * policy.
 */
static const char *const plans_without_policy[] = {
	"team", "self_serve_business_usage_based", "free", "go", "plus", "pro", "promax", "k12",
};

bool policy_has_plan(const char *plan)
{
	for (size_t i = 0; i < sizeof plans_without_policy / sizeof plans_without_policy[0]; i++)
		if (strcmp(plan, plans_without_policy[i]) == 0)
			return false;
	return true;
}

/* ---- the lists ---- */

struct obeyed {
	const char *key;
	enum policy_subject subject;
	bool list; /* a list of strings will do as well as one string */
};

/*
 * The first list. Names as in codex's published source (2026-11), but for model and allowed_models,
 * which it does not have yet and which leave no doubt.
 */
static const struct obeyed requirements_obeyed[] = {
	{"allowed_login_methods", POLICY_LOGIN, true},
	{"forced_login_method", POLICY_LOGIN, false},
	{"allowed_chatgpt_workspaces", POLICY_ACCOUNTS, true},
	{"forced_chatgpt_workspace_id", POLICY_ACCOUNTS, true},
	{"allowed_models", POLICY_MODELS, true},
	{"model", POLICY_MODELS, false},
	{"models.new_thread.model", POLICY_MODEL, false},
	{NULL, POLICY_SUBJECTS, false},
};

static const struct obeyed config_obeyed[] = {
	{"forced_login_method", POLICY_LOGIN, false},
	{"forced_chatgpt_workspace_id", POLICY_ACCOUNTS, true},
	{"model", POLICY_MODEL, false},
	{NULL, POLICY_SUBJECTS, false},
};

/*
 * The second list, a blank in front of and behind each: they govern tools, approval of what tools
 * do, a graphical application, files and reports that octavo does not write; or are defaults of
 * options of its own. Hooks that look at prompts are not among them.
 */
static const char irrelevant[] =
	" allow_appshots allow_browser_and_computer_use allow_login_shell"
	" allow_managed_hooks_only allow_remote_control allowed_approval_policies"
	" allowed_approvals_reviewers allowed_permission_profiles allowed_sandbox_modes"
	" allowed_web_search_modes apps auto_review browser_use check_for_update_on_startup"
	" cli_auth_credentials_store computer_use default_permissions experimental_network"
	" feature_requirements features feedback guardian_policy_config hooks.PermissionRequest"
	" hooks.PostToolUse hooks.PreToolUse hooks.managed_dir hooks.windows_managed_dir"
	" in_app_browser log_dir marketplaces mcp_servers models.new_thread.model_reasoning_effort"
	" models.new_thread.service_tier permissions plugins remote_sandbox_config rules"
	" sqlite_home windows ";

/* Tables with members in the lists; nothing else is looked into. */
static const char parents[] = " hooks models models.new_thread ";

static bool listed(const char *list, struct span key)
{
	size_t n = strlen(list);

	for (size_t at = 1; at + key.n < n; at++)
		if (list[at - 1] == ' ' && list[at + key.n] == ' ' &&
			memcmp(list + at, key.p, key.n) == 0)
			return key.n > 0;
	return false;
}

/* ---- rules ---- */

void policy_init(struct policy *p)
{
	for (size_t i = 0; i < POLICY_SUBJECTS; i++) {
		p->rules[i].rank = POLICY_NONE;
		buf_init(&p->rules[i].values, TOML_MAX, "a requirement");
	}
	buf_init(&p->told, 4 * TOML_MAX, "what a policy says");
	p->survey = false;
	p->refusal.kind = ERR_NONE;
}

void policy_free(struct policy *p)
{
	for (size_t i = 0; i < POLICY_SUBJECTS; i++)
		buf_free(&p->rules[i].values);
	buf_free(&p->told);
}

bool policy_limits(const struct policy *p, enum policy_subject subject)
{
	return p->rules[subject].rank != POLICY_NONE;
}

bool policy_allows(
	const struct policy *p, enum policy_subject subject, const char *value, struct err *e)
{
	const struct policy_rule *r = &p->rules[subject];

	if (!policy_limits(p, subject))
		return true;
	for (size_t at = 0; at < r->values.n; at += strlen((char *)r->values.p + at) + 1)
		if (strcmp((char *)r->values.p + at, value) == 0)
			return true;
	return err_set(e, ERR_ACCESS, 0, "%s is not allowed by %s", value, r->source);
}

const char *policy_model(const struct policy *p)
{
	const struct policy_rule *first = &p->rules[POLICY_MODEL], *allowed = &p->rules[POLICY_MODELS];

	if (first->values.n > 0)
		return (const char *)first->values.p;
	return allowed->values.n > 0 ? (const char *)allowed->values.p : NULL;
}

/* ---- one document ---- */

struct reading {
	struct policy *p;
	const char *name; /* of the document */
	enum policy_rank rank;
	const struct obeyed *obeyed;
	struct toml toml;
	struct buf notes[POLICY_NOTES]; /* of its keys */
	struct err *e;
};

static bool add_note(struct reading *r, enum policy_note note, struct span key)
{
	char shown[POLICY_KEY_MAX + 1];

	policy_show_key(key, shown);
	return policy_note_add(&r->notes[note], note, shown, r->e);
}

static const char not_obeyed[] = "is required, and octavo cannot obey it";

static bool refuse(struct reading *r, struct span key, const char *why)
{
	char shown[POLICY_KEY_MAX + 1];

	policy_show_key(key, shown);
	return err_set(r->e, ERR_ACCESS, 0, "%s: %s %s", r->name, shown, why);
}

/* Of a survey: the refusal of a key is noted, and the next one is looked at. */
static bool survey_on(struct reading *r, struct span key)
{
	struct policy *p = r->p;

	if (!p->survey || r->e->kind != ERR_ACCESS)
		return false;
	if (p->refusal.kind == ERR_NONE)
		p->refusal = *r->e;
	return add_note(r, POLICY_REFUSED, key);
}

/* Values end up in headers, bodies and messages: visible ASCII. */
static bool is_word(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] > 0x7e)
			return false;
	return s.n > 0;
}

static bool add_value(struct reading *r, struct span key, int value, struct buf *out)
{
	struct span s = toml_string(&r->toml, value);

	if (!is_word(s))
		return refuse(r, key, "is of the wrong type");
	return buf_add(out, s, r->e) && buf_add_byte(out, '\0', r->e);
}

/* Checked also where a more important document has spoken: it is still part of the policy. */
static bool obey(struct reading *r, const struct obeyed *o, int value)
{
	struct policy_rule *rule = &r->p->rules[o->subject];
	struct span key = span_str(o->key);
	struct buf values;
	bool ok = true;

	buf_init(&values, TOML_MAX, "a requirement");
	if (o->list && toml_is_type(&r->toml, value, TOML_ARRAY))
		for (int v = toml_first(&r->toml, value); v != TOML_NONE && ok;
		     v = toml_next(&r->toml, v))
			ok = add_value(r, key, v, &values);
	else
		ok = add_value(r, key, value, &values);
	if (ok && r->rank < rule->rank) {
		buf_free(&rule->values);
		rule->values = values;
		rule->rank = r->rank;
		fmt_into(rule->source, sizeof rule->source, "%s of %s", o->key, r->name);
	} else {
		buf_free(&values);
	}
	return ok && add_note(r, POLICY_OBEYED, key);
}

static bool read_table(struct reading *r, int table, struct span path);

/* `key` is the whole way to it. */
static bool read_key(struct reading *r, struct span key, int value)
{
	for (const struct obeyed *o = r->obeyed; o->key != NULL; o++)
		if (span_equal_str(key, o->key))
			return obey(r, o, value);
	if (r->rank == POLICY_CONFIG || listed(irrelevant, key))
		return add_note(r, POLICY_PASSED, key);
	if (listed(parents, key) && toml_is_type(&r->toml, value, TOML_TABLE))
		return read_table(r, value, key);
	return refuse(r, key, not_obeyed);
}

/* A quoted key may look like a way of several, or like several keys: it is none of ours. */
static bool is_odd(struct span key)
{
	return span_find(key, '.', 0) < key.n || span_find(key, ' ', 0) < key.n;
}

static bool read_table(struct reading *r, int table, struct span path)
{
	struct buf key;
	bool ok = true;

	buf_init(&key, 2 * TOML_MAX, "a key");
	for (int v = toml_first(&r->toml, table); v != TOML_NONE && ok; v = toml_next(&r->toml, v)) {
		struct span name = toml_key(&r->toml, v);

		buf_clear(&key);
		ok = buf_add(&key, path, r->e) && buf_add_str(&key, path.n > 0 ? "." : "", r->e) &&
		     buf_add(&key, name, r->e) &&
		     ((is_odd(name) && r->rank != POLICY_CONFIG
				      ? refuse(r, name, not_obeyed)
				      : read_key(r, buf_span(&key), v)) ||
			     survey_on(r, buf_span(&key)));
	}
	buf_free(&key);
	return ok;
}

static bool tell(struct reading *r)
{
	struct buf *told = &r->p->told;
	bool ok = policy_note_add(told, POLICY_DOCUMENT, r->name, r->e);

	for (size_t i = 0; i < POLICY_NOTES && ok; i++)
		ok = buf_add(told, buf_span(&r->notes[i]), r->e);
	return ok;
}

static bool read_toml(struct reading *r, struct span text)
{
	if (toml_parse(&r->toml, text, r->e))
		return read_table(r, TOML_ROOT, span_of(NULL, 0)) && tell(r);
	if (r->e->kind != ERR_MEMORY)
		r->e->kind = ERR_ACCESS;
	return err_wrap(r->e, "%s cannot be understood", r->name);
}

bool policy_read_requirements(struct policy *p, enum policy_rank rank, const char *name,
	struct span text, struct err *e)
{
	struct reading r = {.p = p, .name = name, .rank = rank, .e = e,
		.obeyed = rank == POLICY_CONFIG ? config_obeyed : requirements_obeyed};
	bool ok;

	toml_init(&r.toml);
	for (size_t i = 0; i < POLICY_NOTES; i++)
		buf_init(&r.notes[i], 2 * TOML_MAX, "keys");
	ok = read_toml(&r, text);
	toml_free(&r.toml);
	for (size_t i = 0; i < POLICY_NOTES; i++)
		buf_free(&r.notes[i]);
	return ok;
}

bool policy_read_file(struct policy *p, const char *path, const struct clock *clock,
	int64_t deadline_ms, struct err *e)
{
	struct buf text;
	bool ok;

	buf_init(&text, TOML_MAX, "the file");
	ok = file_read_path(path, &text, clock, deadline_ms, e);
	if (ok)
		ok = policy_read_requirements(p, POLICY_MACHINE, path, buf_span(&text), e);
	else if (e->kind == ERR_USAGE && (e->sys == ENOENT || e->sys == ENOTDIR))
		ok = true;
	else if (e->kind != ERR_MEMORY)
		e->kind = ERR_ACCESS;
	buf_free(&text);
	return ok;
}
