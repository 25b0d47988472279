/* Time as an argument, and dates: every day of 800 years there and back. */
#include "base/clock.h"

#include "tap.h"

static int64_t seven(void *ctx)
{
	return *(int64_t *)ctx;
}

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static void test_days(void)
{
	static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t day = clock_days_from_civil(1600, 1, 1);
	bool ok = day == -135140, text_ok = true;
	char text[CLOCK_TEXT_MAX], want[CLOCK_TEXT_MAX];

	for (int year = 1600; year < 2400; year++)
		for (unsigned m = 1; m <= 12; m++)
			for (unsigned d = 1; d <= lengths[m - 1] + (m == 2 && is_leap(year));
				d++, day++) {
				ok = ok && clock_days_from_civil(year, m, d) == day;
				clock_format_utc(day * 86400 + 86399, text);
				snprintf(want, sizeof want, "%04d-%02u-%02u 23:59 UTC", year,
					m % 100, d % 100);
				text_ok = text_ok && strcmp(text, want) == 0;
			}
	tap_ok(ok, "every day of 800 years has its number");
	tap_ok(text_ok, "and its name");
}

static const struct {
	int64_t unix_s;
	const char *text;
} dates[] = {
	{0, "1970-01-01 00:00 UTC"},
	{59, "1970-01-01 00:00 UTC"},
	{60, "1970-01-01 00:01 UTC"},
	{-1, "1969-12-31 23:59 UTC"},
	{951782400, "2000-02-29 00:00 UTC"},
	{1795467240, "2026-11-23 20:54 UTC"},
	{2147483648, "2038-01-19 03:14 UTC"},
	{4107542400, "2100-03-01 00:00 UTC"},
	{253402300799, "9999-12-31 23:59 UTC"},
	{253402300800, "an impossible date"},
	{-62167219200, "0000-01-01 00:00 UTC"},
	{-62167219201, "an impossible date"},
	{INT64_MAX, "an impossible date"},
	{INT64_MIN, "an impossible date"},
};

static const struct {
	int64_t s;
	const char *text;
} lengths[] = {
	{INT64_MIN, "0 seconds"}, {-1, "0 seconds"}, {0, "0 seconds"}, {1, "1 seconds"}, {119, "119 seconds"},
	{120, "2 minutes"}, {3600, "60 minutes"}, {7199, "119 minutes"}, {7200, "2 hours"}, {86400, "24 hours"},
	{172799, "47 hours"}, {172800, "2 days"}, {253402300799, "2932896 days"},
};

int main(void)
{
	int64_t now = 7;
	struct clock c = {seven, seven, &now};

	test_days();
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		char text[CLOCK_TEXT_MAX];

		clock_format_utc(dates[i].unix_s, text);
		tap_is_str(span_str(text), dates[i].text, dates[i].text);
	}
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		char text[CLOCK_TEXT_MAX];

		clock_format_long(lengths[i].s, text);
		tap_is_str(span_str(text), lengths[i].text, lengths[i].text);
	}
	tap_ok(clock_mono_ms(&c) == 7 && clock_wall_ms(&c) == 7, "a clock of our own");
	tap_ok(clock_after(1000, 500) == 1500, "after");
	tap_ok(clock_after(1000, CLOCK_NEVER) == CLOCK_NEVER, "after never");
	tap_ok(clock_after(CLOCK_NEVER, 0) == CLOCK_NEVER &&
			clock_after(CLOCK_NEVER, 5) == CLOCK_NEVER,
		"never, and then some");
	tap_ok(clock_after(CLOCK_NEVER - 5, 4) == CLOCK_NEVER - 1, "just before never");
	tap_ok(clock_mono_ms(&clock_system) > 0 &&
			clock_mono_ms(&clock_system) <= clock_mono_ms(&clock_system),
		"the system's clock goes on");
	tap_ok(clock_wall_ms(&clock_system) > INT64_C(1700000000000), "and knows the year");
	tap_is_int(clock_days_from_civil(0, 3, 1), -719468, "the calendar's own beginning");
	tap_is_int(clock_days_from_civil(0, 1, 1), -719528, "a January before it");
	tap_is_int(clock_days_from_civil(-400, 3, 1), -719468 - 146097, "an era before it");
	return tap_done();
}
