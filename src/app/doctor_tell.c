#include "app/doctor_parts.h"

#include <string.h>

#include "app/report.h"
#include "app/status.h"
#include "base/fmt.h"

enum { MARK_WIDTH = 6, NAME_WIDTH = 13 };

static const char *detail_of(const struct hop *h)
{
	return h->detail.n > 1 ? (const char *)h->detail.p : "not reached";
}

/* ------------------------------------------------------------------------ text */

static bool add_padded(struct buf *out, const char *word, size_t width, struct err *e)
{
	if (!buf_add_str(out, word, e))
		return false;
	for (size_t n = strlen(word); n < width; n++)
		if (!buf_add_byte(out, ' ', e))
			return false;
	return true;
}

/* Many failures begin with whom they are about. */
static bool is_named(const struct hop *h, struct span detail)
{
	if (span_starts(detail, "proxy "))
		detail = span_cut(detail, strlen("proxy "), detail.n);
	return h->host[0] == '\0' || span_starts(detail, h->host);
}

static bool add_line(const struct hop *h, struct buf *out, struct err *e)
{
	static const char *const marks[] = {
		[HOP_NOT_REACHED] = "-", [HOP_OK] = "ok", [HOP_BROKEN] = "FAIL"};
	const char *detail = detail_of(h);
	bool named = is_named(h, span_str(detail));

	return add_padded(out, marks[h->state], MARK_WIDTH, e) &&
	       add_padded(out, h->name, NAME_WIDTH, e) &&
	       buf_add_strs(out,
		       (const char *const[]){
			       named ? "" : h->host, named ? "" : ": ", detail, "\n", NULL},
		       e);
}

static bool add_advice(struct buf *out, const char *what, const char *text, struct err *e)
{
	return add_padded(out, "", MARK_WIDTH, e) &&
	       buf_add_strs(out, (const char *const[]){what, text, "\n", NULL}, e);
}

/* What holds for several hops is said once, behind the first. */
static bool is_said(const struct doctor *d, const struct hop *h)
{
	for (const struct hop *o = d->hops; o < h; o++)
		if (o->state == h->state && o->cure == h->cure &&
			status_of(o->kind) == status_of(h->kind))
			return true;
	return false;
}

static bool add_cures(const struct doctor *d, const struct hop *h, struct buf *out, struct err *e)
{
	const struct status *row = status_find(status_of(h->kind));

	if (h->state == HOP_NOT_REACHED || is_said(d, h))
		return true;
	if (h->state == HOP_BROKEN && row != NULL &&
		!(add_advice(out, "usual cause: ", row->cause, e) &&
			add_advice(out, "cure: ", row->cure, e)))
		return false;
	return h->cure == NULL || add_advice(out, "here: ", h->cure, e);
}

static bool write_text(const struct doctor *d, const struct command_io *io, struct buf *out,
	struct err *e)
{
	for (size_t i = 0; i < d->n; i++)
		if (!add_line(&d->hops[i], out, e) || !add_cures(d, &d->hops[i], out, e))
			return false;
	return report_write(d->config, io, buf_span(out), e);
}

/* ------------------------------------------------------------------------ JSON */

static void add_verdict(struct jsonw *w, bool known, enum err_kind kind)
{
	jsonw_name(w, "code");
	if (known)
		jsonw_str(w, err_kind_name(kind));
	else
		jsonw_null(w);
}

static void add_ok(struct jsonw *w, enum hop_state state)
{
	jsonw_name(w, "ok");
	if (state == HOP_NOT_REACHED)
		jsonw_null(w);
	else
		jsonw_bool(w, state == HOP_OK);
}

static bool add_object(
	struct jsonw *w, const struct hop *h, const struct redact *r, struct err *e)
{
	bool broken = h->state == HOP_BROKEN, ok;
	const struct status *row = broken ? status_find(status_of(h->kind)) : NULL;
	const char *cure = h->cure != NULL || row == NULL ? h->cure : row->cure;

	jsonw_object(w);
	jsonw_name(w, "name");
	jsonw_str(w, h->name);
	ok = jsonl_word(w, r, "host", h->host, e);
	add_ok(w, h->state);
	jsonl_number(w, "ms", h->ms, h->ms >= 0);
	ok = ok && jsonl_word(w, r, "detail", detail_of(h), e);
	add_verdict(w, broken, h->kind);
	jsonl_number(w, "exit", status_of(h->kind), broken);
	ok = ok && jsonl_word(w, r, "cure", cure, e);
	jsonw_object_end(w);
	return ok;
}

static bool write_json(const struct doctor *d, const struct command_io *io,
	const struct hop *first, struct buf *out, struct err *e)
{
	enum err_kind kind = first != NULL ? first->kind : ERR_NONE;
	struct jsonw w;
	bool ok = true;

	jsonw_init(&w, out);
	jsonw_object(&w);
	jsonw_name(&w, "hops");
	jsonw_array(&w);
	for (size_t i = 0; i < d->n && ok; i++)
		ok = add_object(&w, &d->hops[i], io->redact, e);
	jsonw_array_end(&w);
	add_verdict(&w, first != NULL, kind);
	jsonl_number(&w, "exit", status_of(kind), true);
	jsonw_object_end(&w);
	return ok && jsonw_end(&w, e) && jsonl_write(io->lines, buf_span(out), e);
}

bool doctor_tell(const struct doctor *d, const struct command_io *io, const struct hop *first,
	struct err *e)
{
	struct buf out;
	bool ok;

	buf_init(&out, REPORT_MAX, "the output");
	ok = d->config->json ? write_json(d, io, first, &out, e) : write_text(d, io, &out, e);
	buf_free(&out);
	return ok;
}
