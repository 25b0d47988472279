#include "app/models.h"

#include <string.h>

#include "app/report.h"
#include "base/fmt.h"
#include "codex/models.h"

/* Everything the command holds, so that one place gives it back. */
struct listing {
	const struct config *config;
	const struct command_io *io;
	const struct policy *policy; /* its model is the default, and it may forbid others */
	struct models models;
	struct model model; /* the one in hand */
	bool is_default, allowed;
	struct buf out;
};

static bool take(struct listing *l, size_t i, struct err *e)
{
	const char *proposed = policy_model(l->policy);

	if (!models_get(&l->models, i, &l->model, e))
		return false;
	l->is_default = proposed != NULL ? strcmp(proposed, l->model.slug) == 0
	                                 : i == l->models.chosen;
	l->allowed = policy_allows(l->policy, POLICY_MODELS, l->model.slug, e);
	return l->allowed || e->kind == ERR_ACCESS;
}

/* Calls `each` with every model that is to be told in l->model. */
static bool walk(struct listing *l, bool (*each)(struct listing *, void *, struct err *), void *ctx,
	struct err *e)
{
	for (size_t i = 0; i < l->models.n; i++) {
		if (!take(l, i, e))
			return false;
		if ((l->config->verbose || l->is_default ||
			    (l->allowed && model_is_listed(&l->model))) &&
			!each(l, ctx, e))
			return false;
	}
	return true;
}

/* ------------------------------------------------------------------------ text */

enum { SLUG, NAME, CONTEXT, EFFORTS, COLUMNS };

struct columns {
	size_t width[COLUMNS];
};

static bool add_efforts(const struct model *m, struct buf *out, const struct redact *r, struct err *e)
{
	if (m->efforts.n == 0)
		return buf_add_byte(out, '-', e);
	for (size_t i = 0; i < m->efforts.n; i++)
		if (!buf_add_str(out, i > 0 ? " " : "", e) ||
			!report_text(out, r, m->efforts.word[i], e) ||
			(strcmp(m->efforts.word[i], m->default_effort) == 0 &&
				!buf_add_byte(out, '*', e)))
			return false;
	return true;
}

static bool add_cell(const struct listing *l, int column, struct buf *out, struct err *e)
{
	const struct model *m = &l->model;
	const struct redact *r = l->io->redact;
	char context[32] = "";

	switch (column) {
	case SLUG: return report_text(out, r, m->slug, e);
	case NAME: return report_text(out, r, m->display_name, e);
	case CONTEXT:
		if (m->context_window >= 0)
			fmt_into(context, sizeof context, "%lld tokens", (long long)m->context_window);
		return report_text(out, r, context, e);
	default: return add_efforts(m, out, r, e);
	}
}

/* Characters, as far as a terminal gives each one place. */
static size_t places(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

static bool measure(struct listing *l, void *ctx, struct err *e)
{
	struct columns *c = ctx;
	size_t began = l->out.n;

	for (int column = 0; column < EFFORTS; column++) {
		size_t n;

		if (!add_cell(l, column, &l->out, e))
			return false;
		n = places(span_cut(buf_span(&l->out), began, l->out.n));
		if (n > c->width[column])
			c->width[column] = n;
		l->out.n = began;
	}
	return true;
}

static bool add_padded(struct listing *l, int column, size_t width, struct err *e)
{
	size_t began = l->out.n, n;

	if (!add_cell(l, column, &l->out, e))
		return false;
	for (n = places(span_cut(buf_span(&l->out), began, l->out.n)); n < width; n++)
		if (!buf_add_byte(&l->out, ' ', e))
			return false;
	return buf_add_str(&l->out, "  ", e);
}

static bool add_line(struct listing *l, void *ctx, struct err *e)
{
	const struct columns *c = ctx;

	if (!buf_add_str(&l->out, l->is_default ? "* " : "  ", e))
		return false;
	for (int column = 0; column < EFFORTS; column++)
		if (!add_padded(l, column, c->width[column], e))
			return false;
	return add_cell(l, EFFORTS, &l->out, e) &&
	       buf_add_strs(&l->out, (const char *const[]){
		       model_is_listed(&l->model) ? "" : "  (hidden)",
		       l->allowed ? "" : "  (forbidden by policy)", "\n", NULL}, e);
}

static bool write_text(struct listing *l, struct err *e)
{
	struct columns c = {{0}};

	if (!walk(l, measure, &c, e) || !walk(l, add_line, &c, e) ||
		!report_write(l->config, l->io, buf_span(&l->out), e))
		return false;
	if (l->out.n == 0)
		log_note(l->io->log, "this workspace lists no model%s",
			policy_limits(l->policy, POLICY_MODELS) ? " that its policy allows" : "");
	return true;
}

/* ------------------------------------------------------------------------ JSON */

/* Words of visible ASCII; what of a secret might be in them goes with the whole line. */
static void add_words(struct jsonw *w, const char *name, const struct model_words *words)
{
	jsonw_name(w, name);
	jsonw_array(w);
	for (size_t i = 0; i < words->n; i++)
		jsonw_str(w, words->word[i]);
	jsonw_array_end(w);
}

static bool add_object(struct listing *l, void *ctx, struct err *e)
{
	const struct model *m = &l->model;
	const struct redact *r = l->io->redact;
	struct jsonw *w = ctx;
	bool ok;

	jsonw_object(w);
	ok = jsonl_word(w, r, "slug", m->slug, e) &&
	     jsonl_word(w, r, "display_name", m->display_name, e) &&
	     jsonl_word(w, r, "visibility", m->visibility, e) &&
	     jsonl_word(w, r, "default_reasoning_level", m->default_effort, e);
	jsonw_name(w, "default");
	jsonw_bool(w, l->is_default);
	jsonw_name(w, "allowed");
	jsonw_bool(w, l->allowed);
	jsonl_number(w, "priority", m->priority, m->priority != INT64_MAX);
	add_words(w, "supported_reasoning_levels", &m->efforts);
	jsonl_number(w, "context_window", m->context_window, m->context_window >= 0);
	add_words(w, "input_modalities", &m->modalities);
	jsonw_object_end(w);
	return ok;
}

static bool write_json(struct listing *l, struct err *e)
{
	struct jsonw w;

	jsonw_init(&w, &l->out);
	jsonw_object(&w);
	jsonw_name(&w, "models");
	jsonw_array(&w);
	if (!walk(l, add_object, &w, e))
		return false;
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return jsonw_end(&w, e) && jsonl_write(l->io->lines, buf_span(&l->out), e);
}

static bool list(struct listing *l, struct span document, struct err *e)
{
	return (models_read(&l->models, document, e) || err_wrap(e, "models")) &&
	       (l->config->json ? write_json(l, e) : write_text(l, e));
}

bool models_run(const struct config *c, const struct command_io *io, struct err *e)
{
	struct outset o = {.resolver = NULL};
	struct listing l = {.config = c, .io = io, .policy = &o.policy};
	struct span document;
	bool ok;

	buf_init(&l.out, REPORT_MAX, "the output");
	ok = outset_begin(&o, c, io, e) && outset_load(&o, c, io, e) &&
	     outset_connect(&o, c, io, SESSION_CATALOGUE, e) &&
	     session_catalogue(o.session, &document, e) && list(&l, document, e);
	models_free(&l.models);
	outset_end(&o, io, ok, e);
	buf_free(&l.out);
	return ok;
}
