#include "app/doctor_parts.h"

#include <stdarg.h>

#include "base/assert.h"
#include "base/fmt.h"
#include "base/text.h"
#include "codex/account_policy_told.h"

/* "[redacted]" may be longer than what it stands for, and an escape is. */
enum { GROWS = 4 };

struct hop *hop_add(struct doctor *d, const char *name, struct span host)
{
	struct hop *h = &d->hops[d->n++];

	assert(d->n <= DOCTOR_HOPS_MAX);
	*h = (struct hop){.name = name, .ms = -1};
	if (host.n > 0)
		fmt_into(h->host, sizeof h->host, "%.*s", (int)host.n, (const char *)host.p);
	buf_init(&h->detail, DOCTOR_DETAIL_MAX + 1, "what is told of a hop");
	return h;
}

struct hop *hop_add_link(struct doctor *d, const char *name, const struct link *l)
{
	return hop_add(d, name,
		l->url.scheme == URL_UNIX ? buf_span(&l->text) : buf_span(&l->authority));
}

/* Secrets go before anything is cut. */
static void keep(struct doctor *d, struct hop *h, const char *text)
{
	struct span s = span_str(text);
	struct buf clean;

	buf_clear(&h->detail);
	buf_init_wiping(&clean, GROWS * s.n + 16, "what is told of a hop");
	if (!redact_all(d->io.redact, s, &clean, &d->lost) ||
		!text_one_line(buf_span(&clean), DOCTOR_DETAIL_MAX, &h->detail, &d->lost) ||
		!buf_add_byte(&h->detail, '\0', &d->lost))
		buf_clear(&h->detail);
	buf_free(&clean);
}

void hop_say(struct doctor *d, struct hop *h, enum hop_state state, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	fmt_into_list(text, sizeof text, fmt, ap);
	va_end(ap);
	h->state = state;
	keep(d, h, text);
}

void hop_say_policy(struct doctor *d, struct hop *h, size_t from, const char *none)
{
	struct buf notes = d->outset.policy.told, lines; /* notes: a view, never freed */

	if (from == notes.n) {
		hop_say(d, h, HOP_OK, "%s", none);
		return;
	}
	notes.p += from;
	notes.n -= from;
	buf_init(&lines, 4 * notes.max, "what a policy says");
	if (policy_notes_describe(&notes, &lines, &d->lost) && buf_add_byte(&lines, '\0', &d->lost))
		hop_say(d, h, HOP_OK, "%s", (const char *)lines.p);
	buf_free(&lines);
}

void hop_break(struct doctor *d, struct hop *h, const struct err *why, const char *cure)
{
	h->state = HOP_BROKEN;
	h->kind = why->kind;
	h->cure = cure;
	keep(d, h, why->text);
}

const char *doctor_cure_portal(int status, bool page)
{
	if (!page && status != 511 && (status < 300 || status >= 400))
		return NULL;
	return "this network wants a login of its own (captive portal): open a browser in it, or "
	       "have its administrator let this host through";
}

bool doctor_is_late(const struct doctor *d)
{
	return clock_mono_ms(d->io.clock) >= d->io.deadline_ms;
}
