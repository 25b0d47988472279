/* Randomness as an argument. */
#include "base/rand.h"

#include "failing.h"
#include "tap.h"

static struct err err;

/* Fills with one byte; fails when there is none. */
static bool fill_with(void *ctx, void *p, size_t n)
{
	if (ctx == NULL)
		return false;
	memset(p, *(unsigned char *)ctx, n);
	return true;
}

static void test_up_to(void)
{
	static const uint64_t bounds[] = {0, 1, 2, 9, 1000, 8000, UINT32_MAX};
	unsigned char byte = 0xff;
	struct rand high = {fill_with, &byte};
	unsigned seen[10] = {0};
	uint64_t v;
	bool ok = true;

	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
		for (int k = 0; k < 1000 && ok; k++)
			ok = rand_up_to(&rand_system, bounds[i], &v, &err) && v <= bounds[i];
		ok = ok && rand_up_to(&high, bounds[i], &v, &err) && v == bounds[i];
	}
	tap_ok(ok, "within bounds, up to the last");
	for (int k = 0; k < 10000; k++) {
		if (!rand_up_to(&rand_system, 9, &v, &err))
			exit(99);
		seen[v]++;
	}
	for (int k = 0; k < 10; k++)
		ok = ok && seen[k] > 800 && seen[k] < 1200;
	tap_ok(ok, "evenly");
}

static void test_uuid(void)
{
	unsigned char byte = 0;
	struct rand fixed = {fill_with, &byte};
	char a[UUID_TEXT + 1], b[UUID_TEXT + 1];
	bool ok = true;

	tap_good(rand_uuid7(&fixed, 0x0123456789ab, a, &err), &err, "a uuid of zeros");
	tap_is_str(span_str(a), "01234567-89ab-7000-8000-000000000000",
		"time first, version, variant");
	byte = 0xff;
	tap_good(rand_uuid7(&fixed, INT64_C(0xffffffffffff), a, &err), &err, "a uuid of ones");
	tap_is_str(span_str(a), "ffffffff-ffff-7fff-bfff-ffffffffffff", "version and variant stay");
	for (int i = 0; i < 1000 && ok; i++) {
		ok = rand_uuid7(&rand_system, 1795467240000 + i, b, &err) &&
		     strlen(b) == UUID_TEXT && b[14] == '7' && strchr("89ab", b[19]) != NULL &&
		     (i == 0 || strcmp(a, b) < 0);
		for (int k = 0; k < UUID_TEXT; k++)
			ok = ok && (k == 8 || k == 13 || k == 18 || k == 23
						   ? b[k] == '-'
						   : strchr("0123456789abcdef", b[k]) != NULL);
		memcpy(a, b, sizeof a);
	}
	tap_ok(ok, "a thousand, in order of time");
}

static bool fill_some(struct err *e)
{
	unsigned char p[16];

	return rand_fill(&rand_system, p, sizeof p, e);
}

static void too_high(void)
{
	uint64_t v;

	(void)!rand_up_to(&rand_system, UINT64_C(1) << 32, &v, &err);
}

int main(void)
{
	struct rand none = {fill_with, NULL};
	unsigned char a[64], b[64] = {0};
	char uuid[UUID_TEXT + 1];
	uint64_t v;

	tap_good(rand_fill(&rand_system, a, sizeof a, &err) &&
			 rand_fill(&rand_system, b, sizeof b, &err),
		&err, "the system's");
	tap_ok(memcmp(a, b, sizeof a) != 0, "not the same twice");
	tap_good(rand_fill(&rand_system, a, 0, &err), &err, "no bytes");
	tap_fails(rand_fill(&none, a, 1, &err), &err, ERR_BUG, "none to be had");
	tap_fails(rand_up_to(&none, 5, &v, &err), &err, ERR_BUG, "no number");
	tap_fails(rand_uuid7(&none, 0, uuid, &err), &err, ERR_BUG, "no uuid");
	test_up_to();
	test_uuid();
	tap_ok(failing_each("getrandom", EINTR, ERR_NONE, true, fill_some), "interrupted");
	tap_ok(failing_each("getrandom", ENOSYS, ERR_BUG, false, fill_some), "none in this kernel");
	tap_aborts(too_high, "a bound beyond 32 bits");
	return tap_done();
}
