/*
 * Unit tests of codex/account_policy: every key of the three lists, which document decides, the
 * forms of the bundle, the machine's file, and memory failing.
 */
#include "codex/account_policy.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "failing.h"
#include "tap.h"

/* ---- plans ---- */

static void test_plans(void)
{
	static const struct plan {
		const char *name;
		bool has;
	} plans[] = {
		{"business", true}, {"enterprise", true}, {"enterprise_cbp_usage_based", true},
		{"hc", true}, {"edu", true}, {"education", true}, {"edu_plus", true},
		{"edu_pro", true}, {"", true}, {"galactic", true}, {"Team", true},
		{"team", false}, {"self_serve_business_usage_based", false}, {"free", false},
		{"go", false}, {"plus", false}, {"pro", false}, {"promax", false}, {"k12", false},
	};

	for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
		tap_ok(policy_has_plan(plans[i].name) == plans[i].has, "plan \"%s\"",
		       plans[i].name);
}

/* ---- keys of requirements ---- */

static bool require(struct policy *p, const char *text, struct err *e)
{
	struct span s = tap_guard(span_str(text));
	bool ok = policy_read_requirements(p, POLICY_WORKSPACE, "the rules", s, e);

	tap_unguard(s);
	return ok;
}

static bool allows(const struct policy *p, enum policy_subject subject, const char *value)
{
	struct err e;

	return policy_allows(p, subject, value, &e);
}

static const struct obeyed {
	const char *text;
	enum policy_subject subject;
	const char *yes, *no;
} obeyed[] = {
	{"allowed_login_methods = ['chatgpt', 'api']", POLICY_LOGIN, "chatgpt", "device"},
	{"allowed_login_methods = ['api']", POLICY_LOGIN, "api", "chatgpt"},
	{"forced_login_method = 'chatgpt'", POLICY_LOGIN, "chatgpt", "api"},
	{"allowed_chatgpt_workspaces = ['w1', 'w2']", POLICY_ACCOUNTS, "w2", "w3"},
	{"allowed_chatgpt_workspaces = 'w1'", POLICY_ACCOUNTS, "w1", "w"},
	{"forced_chatgpt_workspace_id = \"w1\"", POLICY_ACCOUNTS, "w1", "w11"},
	{"forced_chatgpt_workspace_id = [\"w1\"]", POLICY_ACCOUNTS, "w1", ""},
	{"allowed_models = ['m1', 'm2']", POLICY_MODELS, "m2", "m"},
	{"model = 'm1'", POLICY_MODELS, "m1", "m2"},
	{"[models.new_thread]\nmodel = 'm1'", POLICY_MODEL, "m1", "m2"},
	{"models = { new_thread.model = 'm1' }", POLICY_MODEL, "m1", "m2"},
	{"allowed_models = []", POLICY_MODELS, NULL, "m"},
};

static void test_obeyed(void)
{
	for (size_t i = 0; i < sizeof obeyed / sizeof obeyed[0]; i++) {
		const struct obeyed *o = &obeyed[i];
		struct policy p;
		struct err e;

		policy_init(&p);
		tap_ok(!policy_limits(&p, o->subject) && allows(&p, o->subject, o->no),
		       "nothing is demanded at first");
		tap_good(require(&p, o->text, &e), &e, o->text);
		tap_ok(policy_limits(&p, o->subject), "... demands something");
		tap_ok(o->yes == NULL || allows(&p, o->subject, o->yes), "... allows %s",
		       o->yes != NULL ? o->yes : "nothing");
		tap_fails(policy_allows(&p, o->subject, o->no, &e), &e, ERR_ACCESS, "... forbids");
		tap_ok(strstr(e.text, "of the rules") != NULL, "... by name: %s", e.text);
		policy_free(&p);
		policy_free(&p);
	}
}

static void test_irrelevant(void)
{
	static const char *const texts[] = {
		"allow_appshots = false", "allow_browser_and_computer_use = false",
		"allow_login_shell = false", "allow_managed_hooks_only = true",
		"allow_remote_control = false",
		"allowed_approval_policies = ['never', { granular = { rules = true } }]",
		"allowed_approvals_reviewers = ['user']",
		"[allowed_permission_profiles]\nx = true",
		"allowed_sandbox_modes = ['read-only']", "allowed_web_search_modes = []",
		"[apps.x]\nenabled = false", "[auto_review]\nrequired_on_models = ['m']",
		"[browser_use]\ndisable_auto_review = true", "check_for_update_on_startup = false",
		"cli_auth_credentials_store = 'keyring'",
		"[computer_use]\nallow_locked_computer_use = false", "default_permissions = ':x'",
		"[experimental_network]\nenabled = true\ndomains = { 'a.b' = 'allow' }",
		"[feature_requirements]\nx = true", "[features]\nmulti_agent = false",
		"[feedback]\nenabled = false", "guardian_policy_config = '''\nbe kind\n'''",
		"[hooks]\nmanaged_dir = '/x'\nwindows_managed_dir = 'y'",
		"[[hooks.PreToolUse]]\nmatcher = '.'\n[[hooks.PreToolUse.hooks]]\ntype = 'command'",
		"hooks.PostToolUse = []", "hooks.PermissionRequest = []", "[hooks]",
		"[in_app_browser]\nx = 1", "log_dir = '/x'", "[marketplaces]\nx = 1",
		"[mcp_servers.docs.identity]\ncommand = 'codex-mcp'",
		"models.new_thread.model_reasoning_effort = 'high'",
		"models.new_thread.service_tier = 'fast'", "[models]",
		"[permissions.filesystem]\ndeny_read = ['**/.env']", "plugins = {}",
		"[[remote_sandbox_config]]\nhostname_patterns = ['*']",
		"[rules]\nprefix_rules = [\n{ pattern = [{ token = 'rm' }], decision = 'forbidden' },\n]",
		"sqlite_home = '/x'", "windows = {}", "", "# words",
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct policy p;
		struct err e;
		bool limits = false;

		policy_init(&p);
		tap_good(require(&p, texts[i], &e), &e, texts[i]);
		for (int s = 0; s < POLICY_SUBJECTS; s++)
			limits = limits || policy_limits(&p, (enum policy_subject)s);
		tap_ok(!limits && policy_model(&p) == NULL, "... demands nothing");
		policy_free(&p);
	}
}

#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"

static void test_refused(void)
{
	static const struct refused {
		const char *text, *told;
	} rows[] = {
		{"enforce_residency = 'us'", "the rules: enforce_residency is required"},
		{"additional_developer_instructions = 'x'", "additional_developer_instructions is"},
		{"chatgpt_base_url = 'https://x'", "chatgpt_base_url is required"},
		{"model_catalog_json = '/x'", "model_catalog_json is required"},
		{"[application.network]\nenabled = true", "application is required"},
		{"[[hooks.UserPromptSubmit]]", "hooks.UserPromptSubmit is required"},
		{"[[hooks.SessionStart]]", "hooks.SessionStart is required"},
		{"models.allowed = ['x']", "models.allowed is required"},
		{"models.new_thread.effort = 'x'", "models.new_thread.effort is required"},
		{"models = 'x'", "models is required"},
		{"'hooks.PreToolUse hooks.managed_dir' = 1",
		 "hooks.PreToolUse hooks.managed_dir is required"},
		{"'log_dir x' = 1", "log_dir x is required"},
		{"'hooks.PreToolUse' = 1", "hooks.PreToolUse is required"},
		{"'models.new_thread.model' = 'x'", "models.new_thread.model is required"},
		{"\"\" = 1", ":  is required"},
		{"feature = 1", "feature is required"},
		{"log = 1", "log is required"},
		{"\"a\\nb\\u00e9\" = 1", "the rules: a?b?? is required"},
		{LONG LONG " = 1", "the rules: " LONG "012345678901234567890123456789 is"},
		{"allowed_sandbox_modes = []\nx = 1", "x is required"},
		/* obeyed ones that say nothing we understand */
		{"allowed_models = [1, 'x']", "allowed_models is of the wrong type"},
		{"allowed_models = true", "allowed_models is of the wrong type"},
		{"allowed_models = ['']", "allowed_models is of the wrong type"},
		{"allowed_models = ['a b']", "allowed_models is of the wrong type"},
		{"allowed_models = ['a\x7f']", "the rules cannot be understood: line 1: a control"},
		{"allowed_models = [\"a\\u00e9\"]", "allowed_models is of the wrong type"},
		{"model = ['a']", "model is of the wrong type"},
		{"forced_login_method = ['chatgpt']", "forced_login_method is of the wrong type"},
		{"allowed_chatgpt_workspaces = {}", "allowed_chatgpt_workspaces is of the wrong"},
		/* ill-formed */
		{"# why\nmodel = ", "the rules cannot be understood: line 2: a value"},
		{"model = 'a'\nmodel = 'b'", "line 2: a key is set twice"},
		{"since = 2026-11-25", "line 1: dates and times"},
		{"a=[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "line 1: too many levels"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct policy p;
		struct err e = {.kind = ERR_NONE};

		policy_init(&p);
		if (tap_fails(require(&p, rows[i].text, &e), &e, ERR_ACCESS, rows[i].told))
			tap_ok(strstr(e.text, rows[i].told) != NULL, "... told: %s", e.text);
		policy_free(&p);
	}
}

/* ---- the bundle ---- */

#define ENTRY(name, text) "{\"id\":\"1\",\"name\":\"" name "\",\"contents\":\"" text "\"}"
#define MANAGED(list) "{\"enterprise_managed\":[" list "]}"
#define RULES(list) "{\"requirements_toml\":" MANAGED(list) "}"
#define CONFIG(list) "{\"config_toml\":" MANAGED(list) "}"

static bool bundle(struct policy *p, const char *text, struct err *e)
{
	struct span s = tap_guard(span_str(text));
	bool ok = policy_read_bundle(p, s, e);

	tap_unguard(s);
	return ok;
}

/* As it is told to people. The buffer is the caller's to free. */
static struct span told(const struct policy *p, struct buf *out)
{
	struct err e;

	buf_init(out, 1 << 20, "what is told");
	tap_good(policy_notes_describe(&p->told, out, &e), &e, "a description");
	return buf_span(out);
}

static void test_bundle(void)
{
	static const struct row {
		const char *document;
		const char *model; /* what it proposes */
		const char *told;  /* by -v, or why it is refused */
		enum err_kind kind;
	} rows[] = {
		{"{}", NULL, "", ERR_NONE},
		{"{\"config_toml\":null,\"requirements_toml\":null}", NULL, "", ERR_NONE},
		{"{\"config_toml\":{},\"requirements_toml\":{},\"version\":7,\"x_toml\":{}}", NULL, "",
		 ERR_NONE},
		{"{\"config_toml\":\"\",\"requirements_toml\":[]}", NULL, "", ERR_NONE},
		{"{\"requirements_toml\":{\"enterprise_managed\":null,\"x\":{\"y\":[{},[]]}}}",
		 NULL, "", ERR_NONE},
		{RULES(ENTRY("base", "")), NULL,
		 "the workspace's requirements 'base': obeyed: nothing\n", ERR_NONE},
		{RULES(ENTRY("base", "model = 'm'\\nlog_dir = 'x'\\nrules = {}")), "m",
		 "the workspace's requirements 'base': obeyed: model; without effect here: "
		 "log_dir, rules\n", ERR_NONE},
		{RULES("{\"contents\":\"allowed_models = ['m', 'n']\\nmodel = 'x'\"}"), "m",
		 "the workspace's requirements: obeyed: allowed_models, model\n", ERR_NONE},
		{"{\"requirements_toml\":[{},null," ENTRY("a", "model = 'm'") "]}", "m",
		 "the workspace's requirements 'a': obeyed: model\n", ERR_NONE},
		{"{\"requirements_toml\":" ENTRY("a", "model = 'm'") "}", "m",
		 "the workspace's requirements 'a': obeyed: model\n", ERR_NONE},
		{"{\"requirements_toml\":\"model = 'm'\"}", "m",
		 "the workspace's requirements: obeyed: model\n", ERR_NONE},
		{RULES("{\"id\":\"i1\",\"contents\":\"\"}"), NULL,
		 "the workspace's requirements 'i1': obeyed: nothing\n", ERR_NONE},
		{RULES("{\"id\":\"i1\",\"name\":\"\",\"contents\":\"\"}," ENTRY("b", "rules = {}")), NULL,
		 "the workspace's requirements 'i1': obeyed: nothing\n"
		 "the workspace's requirements 'b': obeyed: nothing; without effect here: rules\n",
		 ERR_NONE},
		{CONFIG(ENTRY("c", "model = 'm'\\n'x.y' = 1\\n[hooks]\\ny = 2")), "m",
		 "the workspace's configuration 'c': obeyed: model; without effect here: x.y, hooks\n",
		 ERR_NONE},
		{"{\"config_toml\":{\"product_defaults\":[" ENTRY("p", "model = 'p'") "]}}", "p",
		 "the workspace's configuration 'p': obeyed: model\n", ERR_NONE},
		{"{\"config_toml\":{\"product_defaults\":[" ENTRY("p", "model = 'p'")
		 "],\"enterprise_managed\":[" ENTRY("e", "model = 'e'") "]}}", "e", NULL, ERR_NONE},
		/* the more important document decides */
		{CONFIG(ENTRY("c", "model = 'm'") "," ENTRY("d", "model = 'n'")), "m", NULL,
		 ERR_NONE},
		{RULES(ENTRY("c", "model = 'm'") "," ENTRY("d", "model = 'n'")), "m", NULL,
		 ERR_NONE},
		{"{\"config_toml\":" MANAGED(ENTRY("c", "model = 'c'")) ",\"requirements_toml\":"
		 MANAGED(ENTRY("r", "models.new_thread.model = 'r'")) "}", "r", NULL, ERR_NONE},
		{"{\"config_toml\":" MANAGED(ENTRY("c", "model = 'c'")) ",\"requirements_toml\":"
		 MANAGED(ENTRY("r", "allowed_models = ['r']")) "}", "c", NULL, ERR_NONE},
		/* what is not understood */
		{RULES(ENTRY("base", "x = 1")), NULL,
		 "the workspace's requirements 'base': x is required", ERR_ACCESS},
		{RULES(ENTRY("a", "") "," ENTRY("b", "\\nx")), NULL,
		 "the workspace's requirements 'b' cannot be understood: line 2", ERR_ACCESS},
		{CONFIG(ENTRY("c", "x = ")), NULL,
		 "the workspace's configuration 'c' cannot be understood: line 1", ERR_ACCESS},
		{CONFIG(ENTRY("c", "forced_login_method = 1")), NULL,
		 "the workspace's configuration 'c': forced_login_method is of the wrong type",
		 ERR_ACCESS},
		{RULES("{\"id\":\"1\",\"name\":\"n\"}"), NULL, "an entry without contents", ERR_ACCESS},
		{RULES("{\"contents\":7}"), NULL, "an entry without contents", ERR_ACCESS},
		{RULES("7"), NULL, "an entry without contents", ERR_ACCESS},
		{RULES("\"model = 'm'\""), NULL, "an entry without contents", ERR_ACCESS},
		{RULES("{\"name\":7,\"contents\":\"\"}"), NULL, "name is not a string", ERR_ACCESS},
		{RULES("{\"id\":7,\"contents\":\"\"}"), NULL, "name is not a string", ERR_ACCESS},
		{RULES("{\"name\":\"a\\nb\",\"contents\":\"\"}"), NULL, "name holds", ERR_ACCESS},
		{"{\"requirements_toml\":{\"other\":[1]}}", NULL, "requirements cannot be understood: "
		 "a list", ERR_ACCESS},
		{"{\"requirements_toml\":{\"product_defaults\":[1]}}", NULL, "a list is of", ERR_ACCESS},
		{"{\"config_toml\":{\"user\":\"x\"}}", NULL, "configuration cannot be understood: a list",
		 ERR_ACCESS},
		{"{\"requirements_toml\":{\"enterprise_managed\":{\"a\":1}}}", NULL,
		 "enterprise_managed is of an unknown form", ERR_ACCESS},
		{"{\"requirements_toml\":true}", NULL, "requirements_toml is of", ERR_ACCESS},
		{"{\"requirements_toml\":false}", NULL, "requirements_toml is of", ERR_ACCESS},
		{"{\"config_toml\":0}", NULL, "config_toml is of", ERR_ACCESS},
		{"{\"hooks_toml\":[1]}", NULL, "policy cannot be understood: a document", ERR_ACCESS},
		{"[]", NULL, "not a JSON object", ERR_PROTOCOL},
		{"{\"a\":1,\"a\":1}", NULL, "twice", ERR_PROTOCOL},
		{"{", NULL, "", ERR_PROTOCOL},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		struct policy p;
		struct err e = {.kind = ERR_NONE};
		bool ok;

		policy_init(&p);
		ok = bundle(&p, r->document, &e);
		if (r->kind != ERR_NONE) {
			if (tap_fails(ok, &e, r->kind, r->document))
				tap_ok(strstr(e.text, r->told) != NULL, "... told: %s", e.text);
		} else if (tap_good(ok, &e, r->document)) {
			tap_is_str(span_str(policy_model(&p)), r->model != NULL ? r->model : "",
			           "... the model");
			if (r->told != NULL) {
				struct buf out;

				tap_is_str(told(&p, &out), r->told, "... what is told");
				buf_free(&out);
			}
		}
		policy_free(&p);
	}
}

/* The machine's file is read first, and yields to the workspace's requirements only. */
static void test_ranks(void)
{
	struct policy p;
	struct err e;

	policy_init(&p);
	tap_good(policy_read_requirements(&p, POLICY_MACHINE, "the file",
	                                  span_str("forced_login_method = 'api'\nmodel = 'f'\n"
	                                           "models.new_thread.model = 'f'"),
	                                  &e),
	         &e, "the machine's requirements");
	tap_good(bundle(&p,
	                "{\"config_toml\":" MANAGED(ENTRY("c", "model = 'c'\\nforced_login_method = "
	                "'chatgpt'")) ",\"requirements_toml\":"
	                MANAGED(ENTRY("r", "allowed_models = ['r']")) "}",
	                &e),
	         &e, "... and the workspace's");
	tap_ok(allows(&p, POLICY_MODELS, "r") && !allows(&p, POLICY_MODELS, "f"),
	       "the workspace's requirements come first");
	tap_ok(!allows(&p, POLICY_LOGIN, "chatgpt"), "its configuration comes last");
	tap_is_str(span_str(policy_model(&p)), "f", "... for the model too");
	policy_free(&p);
}

static bool read_bundle_only(struct span s, struct err *e)
{
	struct policy p;
	bool ok;

	policy_init(&p);
	ok = policy_read_bundle(&p, s, e);
	policy_free(&p);
	return ok;
}

static const char whole[] =
	"{\"config_toml\":" MANAGED(ENTRY("c", "model = 'c'")) ",\"requirements_toml\":" MANAGED(
		ENTRY("r", "allowed_models = ['r']\\nlog_dir = ''\\n[hooks]\\nmanaged_dir = ''")) "}";

/* Every cut, and every byte replaced by something worse: another good policy, or an orderly no. */
static void test_torment(void)
{
	size_t n = strlen(whole);
	long wrong = 0, tried = 0;

	for (size_t cut = 0; cut < n; cut++, tried++) {
		struct span s = tap_guard(span_of(whole, cut));
		struct err e = {.kind = ERR_NONE};

		wrong += read_bundle_only(s, &e) || e.kind != ERR_PROTOCOL;
		tap_unguard(s);
	}
	for (size_t at = 0; at < n; at++)
		for (int i = 0; i < 7; i++, tried++) {
			struct span s = tap_guard(span_of(whole, n));
			struct err e = {.kind = ERR_NONE};

			((unsigned char *)s.p)[at] = (unsigned char)"\0\"{0\xff[="[i];
			wrong += !read_bundle_only(s, &e) && e.kind != ERR_PROTOCOL &&
			         e.kind != ERR_ACCESS;
			tap_unguard(s);
		}
	tap_ok(wrong == 0, "%ld cut or damaged bundles", tried);
}

/* ---- the machine's file ---- */

static char directory[] = "/tmp/octavo-policy-XXXXXX";
static char path[64];

static void write_file(const char *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, n) != (ssize_t)n)
		exit(99);
	close(fd);
}

static bool read_file(struct policy *p, struct err *e)
{
	return policy_read_file(p, path, NULL, CLOCK_NEVER, e);
}

static void test_file(void)
{
	static char large[TOML_MAX + 1];
	struct policy p;
	struct err e;
	char below[80];

	policy_init(&p);
	tap_good(read_file(&p, &e), &e, "no file");
	write_file("model = 'f'", 11);
	tap_good(read_file(&p, &e), &e, "a file");
	tap_fails(policy_allows(&p, POLICY_MODELS, "m", &e), &e, ERR_ACCESS, "... is obeyed");
	tap_ok(strstr(e.text, path) != NULL, "... and named: %s", e.text);
	snprintf(below, sizeof below, "%s/below", path);
	tap_good(policy_read_file(&p, below, NULL, CLOCK_NEVER, &e), &e, "no directory");
	write_file("x = 1", 5);
	tap_fails(read_file(&p, &e), &e, ERR_ACCESS, "a key that is not obeyed");
	tap_ok(strstr(e.text, path) != NULL, "... in the file: %s", e.text);
	write_file("x", 1);
	tap_fails(read_file(&p, &e), &e, ERR_ACCESS, "an ill-formed file");
	tap_ok(strstr(e.text, path) != NULL && strstr(e.text, "line 1") != NULL, "... told: %s",
	       e.text);
	memset(large, '#', sizeof large);
	write_file(large, sizeof large - 1);
	tap_good(read_file(&p, &e), &e, "a file as large as may be");
	write_file(large, sizeof large);
	tap_fails(read_file(&p, &e), &e, ERR_ACCESS, "a larger one");
	failing_start("open", 1, false, EACCES);
	tap_fails(read_file(&p, &e), &e, ERR_ACCESS, "a file that may not be read");
	failing_stop();
	tap_ok(strstr(e.text, path) != NULL, "... is named: %s", e.text);
	failing_start("read", 1, false, EIO);
	tap_fails(read_file(&p, &e), &e, ERR_ACCESS, "a file that cannot be read");
	failing_stop();
	unlink(path);
	if (mkdir(path, 0700) != 0)
		exit(99);
	tap_fails(read_file(&p, &e), &e, ERR_ACCESS, "a directory");
	rmdir(path);
	policy_free(&p);
}

/* ---- a survey ---- */

static void test_survey(void)
{
	static const struct row {
		const char *document;
		const char *told, *refusal; /* NULL = none */
		enum err_kind kind;
	} rows[] = {
		{RULES(ENTRY("a", "model = 'm'\\nrules = {}")),
		 "the workspace's requirements 'a': obeyed: model; without effect here: rules\n", NULL,
		 ERR_NONE},
		{RULES(ENTRY("a", "x = 1\\nmodel = 'm'\\ny = 2") "," ENTRY("b", "z = 1")),
		 "the workspace's requirements 'a': obeyed: model; refused: x, y\n"
		 "the workspace's requirements 'b': obeyed: nothing; refused: z\n",
		 "the workspace's requirements 'a': x is required", ERR_NONE},
		{RULES(ENTRY("a", "model = 7\\n[hooks]\\nx = 1\\nPreToolUse = 1\\n['\xc3\xa4.b']")),
		 "the workspace's requirements 'a': obeyed: nothing; without effect here: "
		 "hooks.PreToolUse; refused: model, hooks.x, ??.b\n",
		 "the workspace's requirements 'a': model is of the wrong type", ERR_NONE},
		{CONFIG(ENTRY("c", "forced_login_method = ''\\nmodel = 'm'")),
		 "the workspace's configuration 'c': obeyed: model; refused: forced_login_method\n",
		 "forced_login_method is of the wrong type", ERR_NONE},
		{RULES(ENTRY("a", "x")), NULL, NULL, ERR_ACCESS},
		{"{\"hooks_toml\":[1]}", NULL, NULL, ERR_ACCESS},
		{"{", NULL, NULL, ERR_PROTOCOL},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		struct err e = {.kind = ERR_NONE};
		struct policy p;
		struct buf out;

		policy_init(&p);
		p.survey = true;
		if (r->kind != ERR_NONE) {
			tap_fails(bundle(&p, r->document, &e), &e, r->kind, r->document);
		} else if (tap_good(bundle(&p, r->document, &e), &e, r->document)) {
			tap_is_str(told(&p, &out), r->told, "... what is told");
			buf_free(&out);
		}
		tap_ok(p.refusal.kind == (r->refusal != NULL ? ERR_ACCESS : ERR_NONE) &&
			       (r->refusal == NULL || strstr(p.refusal.text, r->refusal) != NULL),
		       "... what is refused first");
		policy_free(&p);
	}
}

static bool survey_once(struct err *e)
{
	struct policy p;
	struct buf out;
	bool ok;

	policy_init(&p);
	p.survey = true;
	buf_init(&out, 4096, "what is told");
	ok = policy_read_bundle(&p, span_str(RULES(ENTRY("a", "x = 1\\nmodel = 'm'\\nrules = {}"))), e) &&
	     policy_notes_describe(&p.told, &out, e);
	buf_free(&out);
	policy_free(&p);
	return ok;
}

/* ---- memory ---- */

static bool bundle_once(struct err *e)
{
	return read_bundle_only(span_str(whole), e);
}

/* Keys of many lengths: whichever text grows does so at each of its parts once. */
static bool long_once(struct err *e)
{
	bool ok = true;

	for (int n = 1; n < 70 && ok; n += 4) {
		char text[2048];
		size_t at = (size_t)sprintf(text, "{\"config_toml\":[");

		for (int i = 0; i < 4; i++)
			at += (size_t)sprintf(text + at,
			                      "%s{\"contents\":\"model = '%.*s'\\n%.*sk = 1\\nl%.*s = 2\"}",
			                      i > 0 ? "," : "", n, LONG, n, LONG, n, LONG);
		sprintf(text + at, "]}");
		ok = read_bundle_only(span_str(text), e);
	}
	return ok;
}

static bool file_once(struct err *e)
{
	struct policy p;
	bool ok;

	policy_init(&p);
	ok = read_file(&p, e);
	policy_free(&p);
	return ok;
}

int main(void)
{
	if (mkdtemp(directory) == NULL)
		return 99;
	snprintf(path, sizeof path, "%s/requirements.toml", directory);
	test_plans();
	test_obeyed();
	test_irrelevant();
	test_refused();
	test_bundle();
	test_ranks();
	test_torment();
	test_survey();
	test_file();
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, survey_once),
	       "a survey without memory");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, bundle_once),
	       "a bundle without memory");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, long_once), "... longer ones");
	write_file("model = 'f'\nlog_dir = 'x'\n", 26);
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, file_once), "a file without memory");
	unlink(path);
	rmdir(directory);
	return tap_done();
}
