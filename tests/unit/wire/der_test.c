#include "tap.h"

#include "wire/der.h"

#define B(s) s, sizeof(s) - 1

static const struct {
	const char *name;
	const char *bytes;
	size_t n;
	bool good;
	size_t value_n;
} elements[] = {
	{"an empty value", B("\x05\x00"), true, 0},
	{"one byte", B("\x04\x01x"), true, 1},
	{"bytes behind it", B("\x04\x01xyz"), true, 1},
	{"length 127", "\x04\x7F", 2 + 127, true, 127},
	{"length 128 in two bytes", "\x04\x81\x80", 3 + 128, true, 128},
	{"length 256 in three bytes", "\x04\x82\x01\x00", 4 + 256, true, 256},
	{"nothing", B(""), false, 0},
	{"a tag alone", B("\x04"), false, 0},
	{"a length beyond the end", B("\x04\x02x"), false, 0},
	{"no length bytes", B("\x04\x81"), false, 0},
	{"indefinite length", B("\x30\x80\x00\x00"), false, 0},
	{"length 127 in two bytes", "\x04\x81\x7F", 3 + 127, false, 0},
	{"length 128 with a zero before it", "\x04\x82\x00\x80", 4 + 128, false, 0},
	{"length in four bytes", B("\x04\x84\x00\x00\x00\x00"), false, 0},
	{"length in 127 bytes", "\x04\xFF", 300, false, 0},
	{"long-form tag", B("\x1F\x81\x01\x00"), false, 0},
	{"long-form context tag", B("\xBF\x20\x00"), false, 0},
};

static void test_elements(void)
{
	for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
		unsigned char text[1024] = {0};
		struct span guarded, rest;
		struct der d;
		size_t fixed = strlen(elements[i].bytes);
		bool good;

		memcpy(text, elements[i].bytes, elements[i].n < fixed ? elements[i].n : fixed);
		if (elements[i].n <= 8)
			memcpy(text, elements[i].bytes, elements[i].n);
		guarded = rest = tap_guard(span_of(text, elements[i].n));
		good = der_next(&rest, &d);
		tap_ok(good == elements[i].good && (!good || d.value.n == elements[i].value_n),
		       "element: %s", elements[i].name);
		if (good)
			tap_ok(d.whole.p == guarded.p && d.whole.n + rest.n == guarded.n &&
			               d.value.p + d.value.n == d.whole.p + d.whole.n,
			       "... and its parts");
		tap_unguard(guarded);
	}
}

/* Every prefix of an element is refused, the whole is not. */
static void test_cuts(void)
{
	static const unsigned char whole[] = {0x30, 0x82, 0x01, 0x00};
	unsigned char text[4 + 256] = {0};
	bool good = true;

	memcpy(text, whole, sizeof whole);
	for (size_t n = 0; n <= sizeof text; n++) {
		struct span guarded = tap_guard(span_of(text, n)), rest = guarded;
		struct der d;

		good = good && der_next(&rest, &d) == (n == sizeof text);
		tap_unguard(guarded);
	}
	tap_ok(good, "an element cut anywhere is refused");
}

enum kind { BOOLEAN, INTEGER, UNSIGNED, SMALL, BITS, OBJECT };

static const struct {
	const char *name;
	enum kind kind;
	const char *bytes;
	size_t n;
	bool good;
	unsigned value; /* of BOOLEAN and SMALL; length of UNSIGNED and BITS */
} values[] = {
	{"true", BOOLEAN, B("\xFF"), true, 1},
	{"false", BOOLEAN, B("\x00"), true, 0},
	{"true in BER", BOOLEAN, B("\x01"), false, 0},
	{"no boolean", BOOLEAN, B(""), false, 0},
	{"two booleans", BOOLEAN, B("\xFF\xFF"), false, 0},
	{"zero", INTEGER, B("\x00"), true, 0},
	{"minus one", INTEGER, B("\xFF"), true, 0},
	{"128", INTEGER, B("\x00\x80"), true, 0},
	{"-129", INTEGER, B("\xFF\x7F"), true, 0},
	{"a needless zero", INTEGER, B("\x00\x7F"), false, 0},
	{"a needless sign", INTEGER, B("\xFF\x80"), false, 0},
	{"no integer", INTEGER, B(""), false, 0},
	{"zero, unsigned", UNSIGNED, B("\x00"), true, 1},
	{"128, unsigned", UNSIGNED, B("\x00\x80"), true, 1},
	{"negative, unsigned", UNSIGNED, B("\x80"), false, 0},
	{"0, small", SMALL, B("\x00"), true, 0},
	{"65535, small", SMALL, B("\x00\xFF\xFF"), true, 65535},
	{"65536, small", SMALL, B("\x01\x00\x00"), false, 0},
	{"-1, small", SMALL, B("\xFF"), false, 0},
	{"no bits", BITS, B("\x00"), true, 0},
	{"seven bits", BITS, B("\x01\xFE"), true, 1},
	{"a spare bit that is set", BITS, B("\x01\xFF"), false, 0},
	{"spare bits of nothing", BITS, B("\x01"), false, 0},
	{"eight spare bits", BITS, B("\x08\x00"), false, 0},
	{"no bit string", BITS, B(""), false, 0},
	{"an object", OBJECT, B("\x55\x1D\x11"), true, 0},
	{"an object of long numbers", OBJECT, B("\x2A\x86\x48\x86\xF7\x0D"), true, 0},
	{"an unfinished object", OBJECT, B("\x55\x86"), false, 0},
	{"a padded number", OBJECT, B("\x55\x80\x01"), false, 0},
	{"no object", OBJECT, B(""), false, 0},
};

static void test_values(void)
{
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		struct span s = tap_guard(span_of(values[i].bytes, values[i].n)), bytes = {0};
		unsigned got = values[i].value;
		bool good = false, truth = false;

		switch (values[i].kind) {
		case BOOLEAN:
			good = der_boolean(s, &truth);
			got = truth;
			break;
		case INTEGER:
			good = der_integer(s);
			break;
		case UNSIGNED:
			good = der_unsigned(s, &bytes);
			got = (unsigned)bytes.n;
			break;
		case SMALL:
			good = der_small(s, &got);
			break;
		case BITS:
			good = der_bits(s, &bytes);
			got = (unsigned)bytes.n;
			break;
		case OBJECT:
			good = der_oid(s);
			break;
		}
		tap_ok(good == values[i].good && (!good || got == values[i].value), "value: %s",
		       values[i].name);
		tap_unguard(s);
	}
}

static const struct {
	const char *name;
	const char *bytes;
	bool good;
	int64_t want;
} times[] = {
	{"1970", "\x17\x0D" "700101000000Z", true, 0},
	{"1950, the first of UTCTime", "\x17\x0D" "500101000000Z", true, -631152000},
	{"2049, the last", "\x17\x0D" "491231235959Z", true, 2524607999},
	{"2050", "\x18\x0F" "20500101000000Z", true, 2524608000},
	{"9999", "\x18\x0F" "99991231235959Z", true, 253402300799},
	{"GeneralizedTime before 2050", "\x18\x0F" "20000229120000Z", true, 951825600},
	{"29 February of no leap year", "\x17\x0D" "230229000000Z", false, 0},
	{"29 February 1900", "\x18\x0F" "19000229000000Z", false, 0},
	{"31 April", "\x17\x0D" "240431000000Z", false, 0},
	{"month 0", "\x17\x0D" "240001000000Z", false, 0},
	{"month 13", "\x17\x0D" "241301000000Z", false, 0},
	{"day 0", "\x17\x0D" "240100000000Z", false, 0},
	{"hour 24", "\x17\x0D" "240101240000Z", false, 0},
	{"minute 60", "\x17\x0D" "240101006000Z", false, 0},
	{"second 60", "\x17\x0D" "240101000060Z", false, 0},
	{"no seconds", "\x17\x0B" "2401010000Z", false, 0},
	{"an offset", "\x17\x11" "240101000000+0100", false, 0},
	{"no Z", "\x17\x0D" "240101000000z", false, 0},
	{"fractions", "\x18\x11" "20240101000000.5Z", false, 0},
	{"a letter", "\x17\x0D" "24o101000000Z", false, 0},
	{"a sign", "\x17\x0D" "-40101000000Z", false, 0},
	{"another type", "\x16\x0D" "240101000000Z", false, 0},
};

static void test_times(void)
{
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		struct span s = tap_guard(span_str(times[i].bytes)), rest = s;
		int64_t got = 0;
		bool good = der_time(&rest, &got);

		tap_ok(good == times[i].good && (!good || (got == times[i].want && rest.n == 0)),
		       "time: %s", times[i].name);
		tap_unguard(s);
	}
}

static void test_taking(void)
{
	struct span rest = span_of("\x01\x01\xFF\x02\x01\x07", 6), value;

	tap_ok(der_at(rest, DER_BOOLEAN) && !der_at(rest, DER_INTEGER), "which tag is next");
	tap_ok(der_optional(&rest, DER_INTEGER, &value) && value.p == NULL &&
	       rest.n == 6, "an absent element");
	tap_ok(!der_take(&rest, DER_INTEGER, &value) && rest.n == 6, "another tag is not taken");
	tap_ok(der_optional(&rest, DER_BOOLEAN, &value) && value.n == 1 &&
	       rest.n == 3, "a present element");
	tap_ok(der_take(&rest, DER_INTEGER, &value) && value.p[0] == 7 &&
	       rest.n == 0, "the last element");
	tap_ok(!der_take(&rest, DER_INTEGER, &value), "nothing left");
}

int main(void)
{
	test_elements();
	test_cuts();
	test_values();
	test_times();
	test_taking();
	return tap_done();
}
