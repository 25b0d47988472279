#include "wire/ip.h"

#include <arpa/inet.h>
#include <string.h>

bool ip_parse(struct span s, unsigned char out[IP_MAX], size_t *n)
{
	char text[INET6_ADDRSTRLEN];
	bool v6 = span_find(s, ':', 0) < s.n;

	if (s.n == 0 || s.n >= sizeof text || span_find(s, 0, 0) < s.n)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	*n = v6 ? 16 : 4;
	return inet_pton(v6 ? AF_INET6 : AF_INET, text, out) == 1;
}

bool ip_is_loopback(const unsigned char *address, size_t n)
{
	static const unsigned char one[16] = {[15] = 1};

	return n == 4 ? address[0] == 127 : memcmp(address, one, sizeof one) == 0;
}

bool ip_within(const unsigned char *address, size_t n, struct span block)
{
	size_t slash = span_find(block, '/', 0), m, whole;
	unsigned char base[IP_MAX], mask;
	uint64_t bits;

	if (!ip_parse(span_cut(block, 0, slash), base, &m) || m != n ||
	    !span_to_u64(span_cut(block, slash + 1, block.n), &bits) || bits > 8 * n)
		return false;
	whole = bits / 8;
	mask = (unsigned char)(0xff00u >> bits % 8);
	return memcmp(address, base, whole) == 0 &&
	       (whole == n || ((address[whole] ^ base[whole]) & mask) == 0);
}
