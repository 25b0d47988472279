/*
 * clock - time as an argument, so that tests can hold it still.
 *
 * Milliseconds on a monotonic scale for deadlines, seconds since 1970 (UTC) for
 * certificates and tokens. "Never" is CLOCK_NEVER.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_NEVER INT64_MAX
#define CLOCK_WALL_MAX_S 253402300799 /* the end of the year 9999: beyond it nothing is meant */

struct clock {
	int64_t (*mono_ms)(void *ctx);
	int64_t (*wall_ms)(void *ctx); /* milliseconds since 1970-01-01T00:00:00Z */
	void *ctx;
};

extern const struct clock clock_system;

int64_t clock_mono_ms(const struct clock *c);
int64_t clock_wall_ms(const struct clock *c);

/* now + delay, saturating at CLOCK_NEVER. */
int64_t clock_after(int64_t now_ms, int64_t delay_ms);

/* "2026-11-23 20:54 UTC"; seconds since 1970; out holds at least CLOCK_TEXT_MAX bytes. */
enum { CLOCK_TEXT_MAX = 32 };
void clock_format_utc(int64_t unix_s, char out[CLOCK_TEXT_MAX]);

/* "10 s", "1500 ms": a length of time in messages; returns out. */
const char *clock_format_ms(int64_t ms, char out[CLOCK_TEXT_MAX]);

/* "3 days", "90 minutes": a rough length of time for people; negative counts as 0. */
void clock_format_long(int64_t s, char out[CLOCK_TEXT_MAX]);

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar; month 1-12. */
int64_t clock_days_from_civil(int64_t year, unsigned month, unsigned day);

#endif
