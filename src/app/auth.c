#include "app/auth.h"

#include <string.h>

#include "app/report.h"
#include "base/fmt.h"
#include "codex/account.h"

/* What is told, in whatever form; the texts as they came. */
struct status_facts {
	const struct token *token;
	struct session_facts session;
	const char *origin;
	char email[ACCOUNT_MASKED_MAX];
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
	return true;
}

bool auth_status_run(const struct config *c, const struct command_io *io, struct err *e)
{
	struct outset o = {.resolver = NULL};
	struct status_facts f;
	struct buf out;
	bool ok;

	buf_init(&out, REPORT_MAX, "the output");
	ok = look(&o, c, io, &f, e) &&
	     (c->json ? write_json(&out, &f, io, e) && jsonl_write(io->lines, buf_span(&out), e)
	              : write_text(&out, &f, io, e) && report_write(c, io, buf_span(&out), e));
	outset_end(&o, io, ok, e);
	buf_free(&out);
	return ok;
}
