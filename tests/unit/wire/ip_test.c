/* Addresses as text and back. */
#include "wire/ip.h"
#include "tap.h"

static const struct {
	const char *in, *out; /* out NULL: as in */
} rows[] = {
	{"127.0.0.1", NULL},
	{"255.255.255.255", NULL},
	{"::", NULL},
	{"::1", NULL},
	{"1::", NULL},
	{"fe80::1:2", NULL},
	{"2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"},
	{"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
	{"1:0:0:2:3:0:0:4", "1::2:3:0:0:4"},
	{"1:0:2:3:4:5:6:7", NULL},
	{"0:1:2:3:4:5:6:7", NULL},
	{"1:2:3:4:5:6:7:0", NULL},
	{"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
};

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		unsigned char address[IP_MAX];
		char out[IP_TEXT_MAX] = "not parsed";
		size_t n;

		if (ip_parse(span_str(rows[i].in), address, &n))
			ip_write(address, n, out);
		tap_is_str(span_str(out), rows[i].out != NULL ? rows[i].out : rows[i].in, rows[i].in);
	}
	return tap_done();
}
