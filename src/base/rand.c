#include "base/rand.h"

#include "base/assert.h"

bool rand_fill(const struct rand *r, void *p, size_t n, struct err *e)
{
	if (r->fill(r->ctx, p, n))
		return true;
	return err_set(e, ERR_BUG, 0, "the system gives no random bytes");
}

bool rand_up_to(const struct rand *r, uint64_t bound, uint64_t *out, struct err *e)
{
	uint32_t v;

	assert(bound <= UINT32_MAX);
	if (!rand_fill(r, &v, sizeof v, e))
		return false;
	*out = v * (bound + 1) >> 32;
	return true;
}

bool rand_uuid7(const struct rand *r, int64_t wall_ms, char out[UUID_TEXT + 1], struct err *e)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char u[16];
	size_t at = 0;

	if (!rand_fill(r, u + 6, sizeof u - 6, e))
		return false;
	for (int i = 0; i < 6; i++)
		u[i] = (unsigned char)((uint64_t)wall_ms >> (40 - 8 * i));
	u[6] = (unsigned char)((u[6] & 0x0f) | 0x70);
	u[8] = (unsigned char)((u[8] & 0x3f) | 0x80);
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[at++] = '-';
		out[at++] = hex[u[i] >> 4];
		out[at++] = hex[u[i] & 15];
	}
	out[at] = '\0';
	return true;
}
