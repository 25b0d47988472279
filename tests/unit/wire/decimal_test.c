/*
 * Unit tests of wire/decimal: order, whole numbers and multiples, exactly, and against whole-number
 * arithmetic for every small decimal.
 */
#include "wire/decimal.h"

#include "base/limits.h"
#include "tap.h"

static struct decimal decimal_of(const char *text)
{
	struct span own = tap_guard(span_str(text));
	struct decimal d;

	if (!decimal_read(own, &d))
		abort();
	d = (struct decimal){0};
	tap_unguard(own);
	if (!decimal_read(span_str(text), &d))
		abort();
	return d;
}

static void test_compare(void)
{
	static const struct {
		const char *a, *b;
		int want;
	} rows[] = {
		{"0", "0", 0}, {"-0", "0", 0}, {"0.000", "-0e7", 0}, {"0e999999999", "0", 0},
		{"1", "1.0", 0}, {"1", "1.000e0", 0}, {"100", "1e2", 0}, {"1E+2", "100.0", 0},
		{"0.01", "1e-2", 0}, {"0.0100", "10e-3", 0}, {"12.50", "125e-1", 0}, {"1200", "0.12e4", 0},
		{"0.1", "0.10000000000000000000000000000001", -1},
		{"9007199254740993", "9007199254740992", 1}, {"9007199254740993.0", "9007199254740993", 0},
		{"1e400", "1e401", -1}, {"1e400", "9e399", 1}, {"-1e400", "-1e401", 1},
		{"-1", "1", -1}, {"1", "-1", 1}, {"-2", "-1", -1}, {"-1", "0", -1}, {"0", "1e-400", -1},
		{"0", "-1e-400", 1}, {"10", "9", 1}, {"99", "100", -1}, {"1.5", "1.25", 1},
		{"1.25", "1.2", 1}, {"1.2", "1.25", -1}, {"123.456", "123.45", 1}, {"0.5", "0.05", 1},
		{"1e1000000000", "1e999999999", 1}, {"1e-1000000000", "0", 1},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct decimal a = decimal_of(rows[i].a), b = decimal_of(rows[i].b);
		int got = decimal_compare(&a, &b), back = decimal_compare(&b, &a);

		tap_ok((got > 0) - (got < 0) == rows[i].want && (back > 0) - (back < 0) == -rows[i].want,
		       "%s with %s", rows[i].a, rows[i].b);
	}
}

static void test_beyond(void)
{
	static const char *const rows[] = {
		"1e1000000001", "1e-1000000001", "0e99999999999999999999999999", "-1E+18446744073709551617",
	};
	struct decimal d;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		tap_ok(!decimal_read(span_str(rows[i]), &d), "%s is beyond", rows[i]);
}

static void test_whole(void)
{
	static const struct {
		const char *text;
		bool whole;
	} rows[] = {
		{"0", true}, {"-0.0", true}, {"1.0", true}, {"1e3", true}, {"1.5e1", true}, {"-7", true},
		{"1.50e1", true}, {"1e400", true}, {"0.1", false}, {"1e-1", false}, {"10e-1", true},
		{"1.5", false}, {"1.55e1", false}, {"100e-2", true}, {"100e-3", false},
		{"9007199254740993.5", false},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct decimal d = decimal_of(rows[i].text);

		tap_ok(decimal_is_whole(&d) == rows[i].whole, "is %s whole", rows[i].text);
	}
}

static void test_multiples(void)
{
	static const struct {
		const char *number, *divisor;
		bool want;
	} rows[] = {
		{"0", "0.01", true}, {"-0.0", "7", true}, {"0.07", "0.01", true}, {"1.1", "0.1", true},
		{"0.3", "0.1", true}, {"0.35", "0.1", false}, {"-0.3", "0.1", true}, {"19.99", "0.01", true},
		{"4.35", "0.01", true}, {"4.355", "0.01", false}, {"1e400", "7", false},
		{"1e400", "0.5", true}, {"7e400", "7", true}, {"7e-400", "7", false},
		{"7e-400", "1e-400", true}, {"1e-400", "1e-399", false}, {"1e-399", "1e-400", true},
		{"9", "3", true}, {"10", "3", false}, {"10", "2.5", true}, {"10", "4", false},
		{"100", "4", true}, {"1e18", "262144", true}, {"1e17", "262144", false},
		{"1e1000000000", "1e-1000000000", true}, {"3e1000000000", "2", true},
		{"123456789012345678901234567890", "123456789012345678", false},
		{"123456789012345678000000000000", "123456789012345678", true},
		{"999999999999999999e3", "999999999999999999", true}, {"1", "999999999999999999", false},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct decimal d = decimal_of(rows[i].number), by = decimal_of(rows[i].divisor);

		tap_ok(decimal_is_divisor(&by) && decimal_is_multiple(&d, &by) == rows[i].want,
		       "is %s a multiple of %s", rows[i].number, rows[i].divisor);
	}
}

static void test_divisors(void)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{"1", true}, {"0.01", true}, {"1e-300", true}, {"100000000000000000000", true},
		{"999999999999999999", true}, {"1.23456789012345678", true}, {"0", false}, {"-1", false},
		{"0.0", false}, {"1234567890123456789", false}, {"1.234567890123456789", false},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct decimal d = decimal_of(rows[i].text);

		tap_ok(decimal_is_divisor(&d) == rows[i].good, "may %s divide", rows[i].text);
	}
}

static void undividable(void)
{
	struct decimal d = decimal_of("1"), by = decimal_of("0");

	(void)decimal_is_multiple(&d, &by);
}

/* n * 10^-places, with zeros that mean nothing. */
static void write_number(char *out, int n, int places)
{
	int size = n < 0 ? -n : n, power = places == 0 ? 1 : places == 1 ? 10 : 100;

	if (places == 0)
		sprintf(out, "%s%d%s", n < 0 ? "-" : "", size, size % 3 == 0 ? ".00" : "e0");
	else
		sprintf(out, "%s%d.%0*d", n < 0 ? "-" : "", size / power, places, size % power);
}

/* In hundredths, every number from -130 to 130 with every other, in each way to write it. */
static void test_all(void)
{
	static const int powers[] = {100, 10, 1};
	int wrong = 0;
	char a[32], b[32];

	for (int x = -130; x <= 130; x++)
		for (int y = -130; y <= 130; y++) {
			int p = (x + y + 260) % 3, q = (x - y + 260) % 3;
			int left = x * powers[p], right = y * powers[q], order;
			struct decimal d, e;

			write_number(a, x, p);
			write_number(b, y, q);
			if (!decimal_read(span_str(a), &d) || !decimal_read(span_str(b), &e))
				abort();
			order = decimal_compare(&d, &e);
			wrong += (order > 0) - (order < 0) != (left > right) - (left < right);
			wrong += decimal_is_whole(&d) != (left % 100 == 0);
			wrong += right > 0 && decimal_is_multiple(&d, &e) != (left % right == 0);
		}
	tap_is_int(wrong, 0, "every pair of small decimals");
}

int main(void)
{
	test_compare();
	test_beyond();
	test_whole();
	test_multiples();
	test_divisors();
	test_all();
	tap_aborts(undividable, "a division by zero");
	return tap_done();
}
