#include "app/auth.h"

#include <string.h>

#include "app/report.h"
#include "base/fmt.h"
#include "base/text.h"
#include "codex/account.h"

/* What is told, in whatever form; the texts as they came. */
struct status_facts {
	const struct token *token;
	struct session_facts session;
	const char *origin;
	char email[ACCOUNT_MASKED_MAX];
	/* What ask would end with, of a policy; its kind is ERR_NONE when there is nothing. */
	struct err refusal;
	struct jsonl_report report; /* of it */
};

static bool is_jwt(const struct token *t)
{
	return t->kind == TOKEN_JWT;
}

static bool add_row(struct buf *out, const struct redact *r, const char *label,
	const char *const *pieces, struct err *e)
{
	char text[2 * REPORT_TEXT_MAX];
	size_t n = 0;

	for (text[0] = '\0'; *pieces != NULL && n < sizeof text; pieces++)
		n += fmt_into(text + n, sizeof text - n, "%s", *pieces);
	return buf_add_str(out, label, e) && report_text(out, r, text, e) &&
	       buf_add_byte(out, '\n', e);
}

/* A JWT says when it ends; of an opaque token only the service knows. */
static void describe_end(
	const struct token *t, const struct clock *clock, char out[2 * CLOCK_TEXT_MAX + 8])
{
	char when[CLOCK_TEXT_MAX], left[CLOCK_TEXT_MAX];

	if (t->expires_s == 0) {
		fmt_into(out, 2 * CLOCK_TEXT_MAX + 8, "unknown: the token does not tell");
		return;
	}
	clock_format_utc(t->expires_s, when);
	clock_format_long(t->expires_s - clock_wall_ms(clock) / 1000, left);
	fmt_into(out, 2 * CLOCK_TEXT_MAX + 8, "%s, in %s", when, left);
}

/* A line a document, whole: a key must not get lost. */
static bool add_policy_rows(struct buf *out, const struct status_facts *f, struct err *e)
{
	const struct policy *p = f->session.policy;
	struct buf lines;
	struct span rest;
	bool ok = true;

	if (p == NULL)
		return true;
	if (p->told.n == 0)
		return buf_add_strs(out, (const char *const[]){"policy      none",
			policy_has_plan(f->session.who->plan) ? "" : ": this plan has none", "\n",
			NULL}, e);
	buf_init(&lines, REPORT_MAX, "the policy");
	ok = policy_notes_describe(&p->told, &lines, e);
	for (rest = buf_span(&lines); ok && rest.n > 0;) {
		size_t n = span_find(rest, '\n', 0);

		ok = buf_add_str(out, "policy      ", e) &&
		     text_one_line(span_cut(rest, 0, n), REPORT_MAX, out, e) &&
		     buf_add_byte(out, '\n', e);
		rest = span_cut(rest, n + 1, rest.n);
	}
	buf_free(&lines);
	return ok;
}

static bool write_text(struct buf *out, const struct status_facts *f, const struct command_io *io,
	struct err *e)
{
	const struct whoami *who = f->session.who;
	const char *override = f->session.routing->routing_override;
	char end[2 * CLOCK_TEXT_MAX + 8];
	const struct {
		const char *label;
		const char *pieces[5];
	} rows[] = {
		{"credential  ", {is_jwt(f->token) ? "access JWT" : "personal access token", " from ",
					 f->token->source}},
		{"ends        ", {end}},
		{"user        ", {f->email, f->email[0] != '\0' ? " " : "", who->user_id}},
		{"workspace   ", {f->session.account_id, f->session.fedramp ? " (FedRAMP)" : ""}},
		{"plan        ", {who->plan}},
		{"routing     ", {f->origin, override[0] != '\0' ? ", override " : "", override}},
	};

	describe_end(f->token, io->clock, end);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (!add_row(out, io->redact, rows[i].label, rows[i].pieces, e))
			return false;
	return add_policy_rows(out, f, e);
}

/* From the first of a document's keys on: what came of them, in a list for each. */
static bool add_keys(struct jsonw *w, const struct redact *r, const struct buf *notes, size_t *at,
	struct err *e)
{
	static const char *const names[POLICY_NOTES] = {
		[POLICY_OBEYED] = "obeyed",
		[POLICY_PASSED] = "without_effect",
		[POLICY_REFUSED] = "refused",
	};

	for (int list = POLICY_OBEYED; list < POLICY_NOTES; list++) {
		enum policy_note note;
		const char *key;
		size_t next = *at;

		jsonw_name(w, names[list]);
		jsonw_array(w);
		for (; policy_note_next(notes, &next, &note, &key) && (int)note == list; *at = next)
			if (!jsonl_item(w, r, span_str(key), e))
				return false;
		jsonw_array_end(w);
	}
	return true;
}

static bool add_policy(struct jsonw *w, const struct redact *r, const struct policy *p,
	struct err *e)
{
	enum policy_note note;
	const char *name;
	size_t at = 0;

	jsonw_name(w, "policy");
	if (p == NULL) {
		jsonw_null(w);
		return true;
	}
	jsonw_array(w);
	while (policy_note_next(&p->told, &at, &note, &name)) {
		jsonw_object(w);
		if (!jsonl_word(w, r, "document", name, e) || !add_keys(w, r, &p->told, &at, e))
			return false;
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	return true;
}

static bool write_json(struct buf *out, const struct status_facts *f, const struct command_io *io,
	struct err *e)
{
	const struct {
		const char *name, *text;
	} words[] = {
		{"kind", is_jwt(f->token) ? "jwt" : "personal_access_token"},
		{"source", f->token->source},
		{"email", f->email},
		{"user_id", f->session.who->user_id},
		{"account_id", f->session.account_id},
		{"plan", f->session.who->plan},
		{"origin", f->origin},
		{"routing_override", f->session.routing->routing_override},
	};
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!jsonl_word(&w, io->redact, words[i].name, words[i].text, e))
			return false;
	jsonw_name(&w, "fedramp");
	jsonw_bool(&w, f->session.fedramp);
	jsonl_number(&w, "expires_at", f->token->expires_s, f->token->expires_s != 0);
	if (!add_policy(&w, io->redact, f->session.policy, e))
		return false;
	if (f->refusal.kind != ERR_NONE &&
		!jsonl_failure(&w, io->redact, &f->refusal, &f->report, e))
		return false;
	jsonw_object_end(&w);
	return jsonw_end(&w, e);
}

/* What the user named, or a JWT claims, is what calls say: worth a line where whoami differs. */
static void tell_differences(const struct status_facts *f, const struct log *log)
{
	const struct whoami *who = f->session.who;

	if (strcmp(who->account_id, f->session.account_id) != 0)
		log_note(log, "whoami names another workspace, %s", who->account_id);
	if (who->fedramp != f->session.fedramp)
		log_note(log, "whoami says this is %s FedRAMP workspace%s", who->fedramp ? "a" : "no",
			who->fedramp ? ": calls need --fedramp" : "");
}

static bool look(struct outset *o, const struct config *c, const struct command_io *io,
	struct status_facts *f, struct err *e)
{
	if (!outset_begin(o, c, io, e) || !outset_load(o, c, io, e) ||
		!outset_connect(o, c, io, SESSION_STATUS, e))
		return false;
	if (!session_status(o->session, &f->session, e)) {
		if (e->kind == ERR_AUTH || e->kind == ERR_ACCESS)
			err_wrap(e, "the token from %s", o->token.source);
		return false;
	}
	f->token = &o->token;
	f->origin = c->backend_origin.given ? (const char *)c->backend_origin.text.p
	                                    : f->session.routing->origin;
	if (c->verbose)
		fmt_into(f->email, sizeof f->email, "%s", f->session.who->email);
	else
		account_mask_email(f->session.who->email, f->email);
	tell_differences(f, io->log);
	if (f->session.policy != NULL && f->session.policy->refusal.kind != ERR_NONE) {
		f->refusal = f->session.policy->refusal;
		session_report(o->session, &f->refusal, &f->report);
	}
	return true;
}

/* All that is known is told, then the command ends as ask would. */
static bool tell(const struct config *c, const struct command_io *io, const struct status_facts *f,
	struct buf *out, struct err *e)
{
	bool ok = c->json ? write_json(out, f, io, e) && jsonl_write(io->lines, buf_span(out), e)
			  : write_text(out, f, io, e) && report_write(c, io, buf_span(out), e);

	if (!ok || f->refusal.kind == ERR_NONE)
		return ok;
	io->report->told = c->json;
	*e = f->refusal;
	return false;
}

bool auth_status_run(const struct config *c, const struct command_io *io, struct err *e)
{
	struct outset o = {.resolver = NULL};
	struct status_facts f = {.token = NULL};
	struct buf out;
	bool ok;

	buf_init(&out, REPORT_MAX, "the output");
	ok = look(&o, c, io, &f, e) && tell(c, io, &f, &out, e);
	outset_end(&o, io, ok, e);
	buf_free(&out);
	return ok;
}
