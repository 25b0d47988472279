/*
 * decimal - JSON's numbers (RFC 8259, section 6) as what they say: decimals of any length, never
 * rounded. 1.0 is 1, -0 is 0, 0.1 is not what a double makes of it.
 */
#ifndef WIRE_DECIMAL_H
#define WIRE_DECIMAL_H

#include "base/buf.h"

/* The value is 0.DIGITS * 10^exponent. Borrows from the text it was read from. */
struct decimal {
	bool negative;      /* never of zero */
	struct span digits; /* neither begin nor end with a zero; none: zero. May hold the point */
	int64_t exponent;   /* 0 of zero */
};

/*
 * `number` must be a number as JSON has it. False when its size cannot be told: the exponent has a
 * magnitude beyond DECIMAL_EXPONENT_MAX.
 */
bool decimal_read(struct span number, struct decimal *out);

/* < 0, 0 or > 0. */
int decimal_compare(const struct decimal *a, const struct decimal *b);

bool decimal_is_whole(const struct decimal *d);

/* May it stand as the divisor below: above zero, at most DECIMAL_DIVISOR_MAX digits. */
bool decimal_is_divisor(const struct decimal *d);

/* Is d a whole multiple? Takes time linear in d's digits, whatever the exponents. */
bool decimal_is_multiple(const struct decimal *d, const struct decimal *divisor);

#endif
