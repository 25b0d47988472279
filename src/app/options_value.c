#include "app/options.h"

#include <stdint.h>

#include "base/assert.h"

/* Digits with at most three decimals -> thousandths; what follows is left in *rest. */
static bool take_milli(const char *s, uint64_t *milli, const char **rest)
{
	uint64_t v = 0;
	int digits = 0;

	for (; *s >= '0' && *s <= '9' && digits < 12; s++, digits++)
		v = v * 10 + (uint64_t)(*s - '0');
	if (digits == 0)
		return false;
	v *= 1000;
	if (*s == '.') {
		uint64_t unit = 100;

		for (s++; *s >= '0' && *s <= '9'; s++, unit /= 10)
			v += unit * (uint64_t)(*s - '0');
	}
	*milli = v;
	*rest = s;
	return true;
}

bool options_duration(enum option_id id, const char *text, int64_t *ms, struct err *e)
{
	static const struct {
		const char *suffix;
		uint64_t ms;
	} units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
	const uint64_t week_ms = UINT64_C(7) * 24 * 3600 * 1000;
	uint64_t milli;
	const char *rest;

	if (take_milli(text, &milli, &rest))
		for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
			if (!span_equal_str(span_str(rest), units[i].suffix))
				continue;
			if (milli > week_ms * 1000 || milli * units[i].ms / 1000 > week_ms)
				break;
			*ms = (int64_t)(milli * units[i].ms / 1000);
			if (*ms > 0)
				return true;
		}
	return err_set(e, ERR_USAGE, 0,
		"--%s '%s': wants a time such as 90, 1.5s, 250ms, 5m (at most a week)",
		options_row(id)->name, text);
}

bool options_size(enum option_id id, const char *text, size_t max, size_t *out, struct err *e)
{
	uint64_t milli, bytes;
	const char *rest;

	if (take_milli(text, &milli, &rest) && milli <= UINT64_C(1) << 53) {
		unsigned shift = *rest == 'k' || *rest == 'K'   ? 10
				 : *rest == 'm' || *rest == 'M' ? 20
								: 0;

		bytes = (milli << shift) / 1000;
		if (rest[shift != 0] == '\0' && bytes >= 1 && milli >> (63 - shift) == 0) {
			if (bytes <= max) {
				*out = (size_t)bytes;
				return true;
			}
			return err_set(e, ERR_USAGE, 0, "--%s '%s': at most %zu bytes",
				options_row(id)->name, text, max);
		}
	}
	return err_set(e, ERR_USAGE, 0, "--%s '%s': wants a size such as 4096, 64k, 4M",
		options_row(id)->name, text);
}

bool options_word(enum option_id id, const char *text, struct err *e)
{
	struct span list = span_str(options_row(id)->value), word = span_str(text);

	while (list.n > 0) {
		size_t n = span_find(list, '|', 0);

		if (span_equal(span_cut(list, 0, n), word))
			return true;
		list = span_cut(list, n + 1, list.n);
	}
	return err_set(e, ERR_USAGE, 0, "--%s '%s': wants one of %s", options_row(id)->name, text,
		options_row(id)->value);
}

bool options_number(enum option_id id, const char *text, int lo, int hi, int *out, struct err *e)
{
	uint64_t v;

	assert(lo >= 0);
	if (span_to_u64(span_str(text), &v) && v >= (uint64_t)lo && v <= (uint64_t)hi) {
		*out = (int)v;
		return true;
	}
	return err_set(e, ERR_USAGE, 0, "--%s '%s': wants a number from %d to %d",
		options_row(id)->name, text, lo, hi);
}
