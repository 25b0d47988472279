/* Unit tests of wire/date: the three forms, their limits, and every cut of each. */
#include "wire/date.h"

#include "base/clock.h"
#include "tap.h"

enum { NOW = 1795467600 }; /* 2026-11-23 21:00 UTC */

#define NO_DATE INT64_MIN

static const struct row {
	const char *text;
	int64_t want; /* NO_DATE: it is none */
} rows[] = {
	{"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
	{"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
	{"Sun Nov  6 08:49:37 1994", 784111777},
	{"Sun Nov 16 08:49:37 1994", 784975777},
	{"Thu, 01 Jan 1970 00:00:00 GMT", 0},
	{"Thu, 29 Feb 2024 23:59:60 GMT", 1709251200},
	{"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
	{"Monday, 23-Nov-26 21:00:00 GMT", NOW},
	{"Sunday, 23-Nov-75 21:00:00 GMT", 3341768400},
	{"Saturday, 23-Nov-77 21:00:00 GMT", 249166800},
	{"Sunday, 23-Nov-00 21:00:00 GMT", 975013200},
	{"Sat, 06 Nov 0094 08:49:37 GMT", -59174032223},
	{"sun, 06 Nov 1994 08:49:37 GMT", NO_DATE},
	{"Sun, 06 nov 1994 08:49:37 GMT", NO_DATE},
	{"Sun, 6 Nov 1994 08:49:37 GMT", NO_DATE},
	{"Sun, 06 Nov 94 08:49:37 GMT", NO_DATE},
	{"Sun, 06 Nov 1994 08:49:37 UTC", NO_DATE},
	{"Sun, 06 Nov 1994 08:49:37 +0000", NO_DATE},
	{"Sun, 06 Nov 1994 24:00:00 GMT", NO_DATE},
	{"Sun, 06 Nov 1994 08:60:00 GMT", NO_DATE},
	{"Sun, 06 Nov 1994 08:00:61 GMT", NO_DATE},
	{"Sun, 00 Nov 1994 08:49:37 GMT", NO_DATE},
	{"Sun, 32 Nov 1994 08:49:37 GMT", NO_DATE},
	{"Sun, 06 Nov 1994 08:49:37 GMT ", NO_DATE},
	{" Sun, 06 Nov 1994 08:49:37 GMT", NO_DATE},
	{"Sun,  06 Nov 1994 08:49:37 GMT", NO_DATE},
	{"Sun, -6 Nov 1994 08:49:37 GMT", NO_DATE},
	{"Sun Nov 6 08:49:37 1994", NO_DATE},
	{"Xyz, 06 Nov 1994 08:49:37 GMT", NO_DATE},
	{"1994-11-06T08:49:37Z", NO_DATE},
	{"784111777", NO_DATE},
	{"", NO_DATE},
};

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = strlen(rows[i].text);
		int64_t got = -1;
		struct span s = tap_guard(span_str(rows[i].text));
		bool ok = date_parse(s, NOW, &got);
		int cut_dates = 0;

		tap_ok(ok == (rows[i].want != NO_DATE), "%s", rows[i].text);
		if (ok)
			tap_is_int(got, rows[i].want, "... seconds");
		tap_unguard(s);
		for (size_t cut = 0; cut < n; cut++) {
			s = tap_guard(span_of(rows[i].text, cut));
			cut_dates += date_parse(s, NOW, &got);
			tap_unguard(s);
		}
		/* One of the refused is a date with a blank behind it. */
		tap_is_int(cut_dates, n > 0 && rows[i].text[n - 1] == ' ',
		           "... no cut of it is a date");
	}
	{
		int64_t got = -1;

		tap_ok(date_parse(
			       span_str("Sunday, 06-Nov-94 08:49:37 GMT"), CLOCK_WALL_MAX_S, &got),
			"two digits at the end of time");
		tap_is_int(got, INT64_C(253239727777), "... are 9994");
	}
	return tap_done();
}
