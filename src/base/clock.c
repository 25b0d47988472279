#include "base/clock.h"

#include <time.h>

#include "base/fmt.h"

static int64_t read_ms(clockid_t id)
{
	struct timespec t = {0};

	(void)clock_gettime(id, &t); /* fails for a clock that is not there only */
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t system_mono_ms(void *ctx)
{
	(void)ctx;
	return read_ms(CLOCK_MONOTONIC);
}

static int64_t system_wall_ms(void *ctx)
{
	(void)ctx;
	return read_ms(CLOCK_REALTIME);
}

const struct clock clock_system = {system_mono_ms, system_wall_ms, NULL};

int64_t clock_mono_ms(const struct clock *c)
{
	return c->mono_ms(c->ctx);
}

int64_t clock_wall_ms(const struct clock *c)
{
	return c->wall_ms(c->ctx);
}

int64_t clock_after(int64_t now_ms, int64_t delay_ms)
{
	return delay_ms >= CLOCK_NEVER - now_ms ? CLOCK_NEVER : now_ms + delay_ms;
}

/* The inverse of clock_days_from_civil, by eras of 400 years that begin on 1 March. */
static void civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned of_era = (unsigned)(z - era * 146097);
	unsigned y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * y + y / 4 - y / 100);
	unsigned m = (5 * of_year + 2) / 153;

	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = (int64_t)y + era * 400 + (*month <= 2);
}

int64_t clock_days_from_civil(int64_t year, unsigned month, unsigned day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	unsigned of_era = (unsigned)(y - era * 400);
	unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void clock_format_utc(int64_t unix_s, char out[CLOCK_TEXT_MAX])
{
	int64_t days = unix_s / 86400, rest = unix_s % 86400, year;
	unsigned month, day;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	civil_from_days(days, &year, &month, &day);
	if (year < 0 || year > 9999) {
		fmt_into(out, CLOCK_TEXT_MAX, "an impossible date");
		return;
	}
	fmt_into(out, CLOCK_TEXT_MAX, "%04d-%02u-%02u %02d:%02d UTC", (int)year, month, day,
	         (int)(rest / 3600), (int)(rest / 60 % 60));
}

const char *clock_format_ms(int64_t ms, char out[CLOCK_TEXT_MAX])
{
	if (ms % 1000 == 0)
		fmt_into(out, CLOCK_TEXT_MAX, "%lld s", (long long)(ms / 1000));
	else
		fmt_into(out, CLOCK_TEXT_MAX, "%lld ms", (long long)ms);
	return out;
}

void clock_format_long(int64_t s, char out[CLOCK_TEXT_MAX])
{
	static const struct {
		int64_t s;
		const char *name;
	} units[] = {{86400, "days"}, {3600, "hours"}, {60, "minutes"}, {1, "seconds"}};
	size_t i = 0;

	s = s < 0 ? 0 : s;
	while (units[i].s > 1 && s < 2 * units[i].s)
		i++;
	fmt_into(out, CLOCK_TEXT_MAX, "%lld %s", (long long)(s / units[i].s), units[i].name);
}
