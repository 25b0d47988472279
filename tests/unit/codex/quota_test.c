/* Unit tests of codex/quota: header lines in, windows and a line for people out. */
#include "codex/quota.h"

#include "tap.h"

enum { NOW = 1795467600 }; /* 2026-11-23 21:00 UTC */

struct field {
	const char *name, *value;
};

static struct span get(const void *ctx, const char *name)
{
	for (const struct field *f = ctx; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return span_str(f->value);
	return span_of(NULL, 0);
}

#define PRIMARY "x-codex-primary-"
#define SECONDARY "x-codex-secondary-"

static const struct row {
	const char *name;
	struct field fields[7];
	struct quota want;
	const char *text; /* "" = nothing to tell */
} rows[] = {
	{"both windows",
	 {{PRIMARY "used-percent", "12.5"}, {PRIMARY "window-minutes", "300"},
	  {PRIMARY "reset-at", "1795467600"}, {SECONDARY "used-percent", "3"},
	  {SECONDARY "window-minutes", "10080"}, {SECONDARY "reset-after-seconds", "3600"}},
	 {{12500, 300, NOW}, {3000, 10080, NOW + 3600}},
	 "12.5 % of 300 minutes, resets 2026-11-23 21:00 UTC; "
	 "3 % of 10080 minutes, resets 2026-11-23 22:00 UTC"},
	{"none", {{NULL, NULL}}, {{-1, -1, 0}, {-1, -1, 0}}, ""},
	{"the long one alone", {{SECONDARY "used-percent", " 100.0 "}},
	 {{-1, -1, 0}, {100000, -1, 0}}, "100 %"},
	{"reset-at wins", {{PRIMARY "reset-at", "5"}, {PRIMARY "reset-after-seconds", "1"}},
	 {{-1, -1, 5}, {-1, -1, 0}}, ""},
	{"nonsense",
	 {{PRIMARY "used-percent", "12%"}, {PRIMARY "window-minutes", "-1"},
	  {PRIMARY "reset-at", "999999999999999999"}, {SECONDARY "used-percent", "NaN"},
	  {SECONDARY "window-minutes", "1e3"}, {SECONDARY "reset-after-seconds", "soon"}},
	 {{-1, -1, 0}, {-1, -1, 0}}, ""},
	{"the longest",
	 {{PRIMARY "used-percent", "999999999999999999.9"},
	  {PRIMARY "window-minutes", "999999999999999999"}, {PRIMARY "reset-at", "253402300799"},
	  {SECONDARY "used-percent", "999999999999999999.9"},
	  {SECONDARY "window-minutes", "999999999999999999"},
	  {SECONDARY "reset-at", "253402300799"}},
	 {{2562047786900, 999999999999999999, 253402300799},
	  {2562047786900, 999999999999999999, 253402300799}},
	 "2562047786.9 % of 999999999999999999 minutes, resets 9999-12-31 23:59 UTC; "
	 "2562047786.9 % of 999999999999999999 minutes, resets 9999-12-31 23:59 UTC"},
};

static bool same(const struct quota_window *a, const struct quota_window *b)
{
	return a->used_milli == b->used_milli && a->window_minutes == b->window_minutes &&
	       a->resets_at_s == b->resets_at_s;
}

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct failure_headers h = {get, rows[i].fields};
		char text[QUOTA_TEXT_MAX] = "";
		struct quota q;
		bool told;

		quota_init(&q);
		tap_ok(!quota_describe(&q, text), "%s: nothing at first", rows[i].name);
		quota_read(&q, &h, NOW);
		if (!tap_ok(same(&q.primary, &rows[i].want.primary), "%s: primary", rows[i].name) ||
			!tap_ok(same(&q.secondary, &rows[i].want.secondary), "%s: secondary",
				rows[i].name))
			printf("# %lld %lld %lld\n", (long long)q.primary.used_milli,
				(long long)q.primary.window_minutes, (long long)q.primary.resets_at_s);
		told = quota_describe(&q, text);
		tap_ok(told == (rows[i].text[0] != '\0'), "%s: told or not", rows[i].name);
		tap_is_str(span_str(told ? text : ""), rows[i].text, rows[i].name);
	}
	return tap_done();
}
