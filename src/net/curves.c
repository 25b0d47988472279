#include "net/curves.h"

#include <stdbool.h>

/* P-256 has faster code of its own. */
static const br_ec_impl *of(int curve)
{
	return curve == BR_EC_secp256r1 ? &br_ec_p256_m31 : &br_ec_prime_i31;
}

static const unsigned char *generator(int curve, size_t *len)
{
	return of(curve)->generator(curve, len);
}

static const unsigned char *order(int curve, size_t *len)
{
	return of(curve)->order(curve, len);
}

static size_t xoff(int curve, size_t *len)
{
	return of(curve)->xoff(curve, len);
}

/* Uncompressed and of full length (RFC 8422 section 5.4.1). */
static bool point_fits(const unsigned char *p, size_t len, int curve)
{
	size_t want;

	generator(curve, &want);
	return len == want && p[0] == 0x04;
}

static uint32_t mul(unsigned char *g, size_t len, const unsigned char *x, size_t xlen, int curve)
{
	return point_fits(g, len, curve) && of(curve)->mul(g, len, x, xlen, curve);
}

static size_t mulgen(unsigned char *r, const unsigned char *x, size_t xlen, int curve)
{
	return of(curve)->mulgen(r, x, xlen, curve);
}

static uint32_t muladd(unsigned char *a, const unsigned char *b, size_t len, const unsigned char *x,
                       size_t xlen, const unsigned char *y, size_t ylen, int curve)
{
	return point_fits(a, len, curve) && of(curve)->muladd(a, b, len, x, xlen, y, ylen, curve);
}

const br_ec_impl curves = {
	(uint32_t)1 << BR_EC_secp256r1 | (uint32_t)1 << BR_EC_secp384r1 |
		(uint32_t)1 << BR_EC_secp521r1,
	generator,
	order,
	xoff,
	mul,
	mulgen,
	muladd,
};
