#include "codex/quota.h"

#include "base/clock.h"
#include "base/fmt.h"

static const struct quota_window unknown = {.used_milli = -1, .window_minutes = -1};

void quota_init(struct quota *q)
{
	*q = (struct quota){unknown, unknown};
}

static struct span field(const struct failure_headers *h, const char *window, const char *what)
{
	char name[64];

	fmt_into(name, sizeof name, "x-codex-%s-%s", window, what);
	return span_trim(h->get(h->ctx, name));
}

static bool read_number(
	const struct failure_headers *h, const char *window, const char *what, int64_t *out)
{
	uint64_t n;

	if (!span_to_u64(field(h, window, what), &n))
		return false;
	*out = (int64_t)n;
	return true;
}

static void read_window(struct quota_window *w, const struct failure_headers *h, const char *name,
                        int64_t now_s)
{
	struct span used = field(h, name, "used-percent");
	int64_t after_s;

	*w = unknown;
	if (!span_take_milli(&used, &w->used_milli) || used.n > 0)
		w->used_milli = -1;
	(void)read_number(h, name, "window-minutes", &w->window_minutes);
	if (!read_number(h, name, "reset-at", &w->resets_at_s) &&
	    read_number(h, name, "reset-after-seconds", &after_s))
		w->resets_at_s = now_s + after_s;
	if (w->resets_at_s > CLOCK_WALL_MAX_S)
		w->resets_at_s = 0;
}

void quota_read(struct quota *q, const struct failure_headers *h, int64_t now_s)
{
	read_window(&q->primary, h, "primary", now_s);
	read_window(&q->secondary, h, "secondary", now_s);
}

static size_t describe(const struct quota_window *w, char *out, size_t size)
{
	size_t n = fmt_into(out, size, "%lld", (long long)(w->used_milli / 1000));
	char when[CLOCK_TEXT_MAX];

	if (w->used_milli % 1000 >= 100)
		n += fmt_into(out + n, size - n, ".%d", (int)(w->used_milli % 1000 / 100));
	n += fmt_into(out + n, size - n, " %%");
	if (w->window_minutes >= 0)
		n += fmt_into(
			out + n, size - n, " of %lld minutes", (long long)w->window_minutes);
	if (w->resets_at_s > 0) {
		clock_format_utc(w->resets_at_s, when);
		n += fmt_into(out + n, size - n, ", resets %s", when);
	}
	return n;
}

bool quota_describe(const struct quota *q, char out[QUOTA_TEXT_MAX])
{
	size_t n = 0;

	if (q->primary.used_milli >= 0)
		n = describe(&q->primary, out, QUOTA_TEXT_MAX);
	if (q->secondary.used_milli >= 0) {
		if (n > 0)
			n += fmt_into(out + n, QUOTA_TEXT_MAX - n, "; ");
		n += describe(&q->secondary, out + n, QUOTA_TEXT_MAX - n);
	}
	return n > 0;
}
