#include "wire/ip.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/fmt.h"

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

/*
 * Where the longest run of two or more zero groups begins and ends, the first of them; 8 when there
 * is none.
 */
static int longest_zeros(const unsigned group[8], int *end)
{
	int from = 8;

	*end = 8;
	for (int i = 0, best = 1; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && group[i + n] == 0)
			n++;
		if (n > best) {
			best = n;
			from = i;
			*end = i + n;
		}
	}
	return from;
}

void ip_write(const unsigned char *address, size_t n, char out[IP_TEXT_MAX])
{
	unsigned group[8];
	int from, to;
	size_t at = 0;

	if (n == 4) {
		fmt_into(out, IP_TEXT_MAX, "%d.%d.%d.%d", address[0], address[1], address[2],
			address[3]);
		return;
	}
	for (int i = 0; i < 8; i++)
		group[i] = (unsigned)(address[2 * i] << 8 | address[2 * i + 1]);
	from = longest_zeros(group, &to);
	for (int i = 0; i < 8; i++)
		if (i == from) {
			at += fmt_into(out + at, IP_TEXT_MAX - at, "::");
			i = to - 1;
		} else {
			at += fmt_into(out + at, IP_TEXT_MAX - at, i == 0 || i == to ? "%x" : ":%x",
				group[i]);
		}
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
