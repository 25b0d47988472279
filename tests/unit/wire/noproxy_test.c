/* wire/noproxy (and the blocks of wire/ip): who goes around the proxy. */
#include "wire/noproxy.h"
#include "tap.h"

static const struct {
	const char *list, *host;
	uint16_t port;
	bool covered;
} rows[] = {
	/* names */
	{"", "example.com", 443, false},
	{"example.com", "example.com", 443, true},
	{"example.com", "a.example.com", 443, true},
	{"example.com", "a.b.example.com", 443, true},
	{"example.com", "EXAMPLE.com", 443, true},
	{"Example.COM", "example.com", 443, true},
	{"example.com", "notexample.com", 443, false},
	{"example.com", "example.com.evil", 443, false},
	{"example.com", "xample.com", 443, false},
	{"example.com", "com", 443, false},
	{"example.com", "example.co", 443, false},
	{".example.com", "example.com", 443, true},
	{".example.com", "a.example.com", 443, true},
	{".example.com", "notexample.com", 443, false},
	{"*.example.com", "a.example.com", 443, true},
	{"*.example.com", "example.com", 443, true},
	{"*.example.com", "notexample.com", 443, false},
	{"*example.com", "notexample.com", 443, false},
	{"a*.example.com", "ab.example.com", 443, false},
	{"example.*", "example.com", 443, false},
	{"com", "example.com", 443, true},
	{"example.com.", "example.com", 443, true},
	{"example.com", "example.com.", 443, true},
	{".example.com.", "a.example.com.", 443, true},
	{"a.example.com", "example.com", 443, false},
	{"localhost", "localhost", 80, true},
	{".", "example.com", 443, false},
	{"..", "example.com", 443, false},
	{"*.", "example.com", 443, false},
	{"..example.com", "a.example.com", 443, false},
	{"https://example.com", "example.com", 443, false},

	/* the star */
	{"*", "example.com", 443, true},
	{"*", "10.0.0.1", 443, true},
	{"*", "::1", 443, true},
	{"a, *", "example.com", 443, true},
	{"*:443", "example.com", 443, true},
	{"*:80", "example.com", 443, false},
	{"**", "example.com", 443, false},

	/* lists */
	{"a,b,example.com", "example.com", 443, true},
	{"a, b, example.com", "example.com", 443, true},
	{"a b\texample.com", "example.com", 443, true},
	{",,example.com,,", "example.com", 443, true},
	{" , example.com , ", "example.com", 443, true},
	{"example.com,a", "example.com", 443, true},
	{"a,b", "example.com", 443, false},
	{",", "example.com", 443, false},
	{" ", "example.com", 443, false},
	{"example.com;a", "example.com", 443, false},
	{"example,com", "example.com", 443, true},

	/* ports */
	{"example.com:443", "example.com", 443, true},
	{"example.com:443", "a.example.com", 443, true},
	{"example.com:80", "example.com", 443, false},
	{"example.com:", "example.com", 443, false},
	{"example.com:0", "example.com", 443, false},
	{"example.com:x", "example.com", 443, false},
	{"example.com:65979", "example.com", 443, false},
	{".example.com:443", "a.example.com", 443, true},
	{":443", "example.com", 443, false},
	{":", "example.com", 443, false},
	{"10.0.0.1:443", "10.0.0.1", 443, true},
	{"10.0.0.1:80", "10.0.0.1", 443, false},
	{"[::1]:443", "::1", 443, true},
	{"[::1]:80", "::1", 443, false},
	{"[::1]:", "::1", 443, false},

	/* addresses */
	{"10.0.0.1", "10.0.0.1", 443, true},
	{"10.0.0.1", "10.0.0.10", 443, false},
	{"10.0.0.1", "110.0.0.1", 443, false},
	{"0.0.1", "10.0.0.1", 443, false},
	{".0.0.1", "10.0.0.1", 443, false},
	{"1", "10.0.0.1", 443, false},
	{"010.0.0.1", "10.0.0.1", 443, false},
	{"10.0.0.1", "a.10.0.0.1.com", 443, false},
	{"10.0.0.1", "x10.0.0.1", 443, false},
	{"::1", "::1", 443, true},
	{"[::1]", "::1", 443, true},
	{"::1", "[::1]", 443, true},
	{"0:0::0:1", "::1", 443, true},
	{"2001:DB8::A", "2001:db8:0::a", 443, true},
	{"::1", "::2", 443, false},
	{"::1", "127.0.0.1", 443, false},
	{"127.0.0.1", "::1", 443, false},
	{"::ffff:10.0.0.1", "10.0.0.1", 443, false},
	{"127.0.0.1", "localhost", 443, false},
	{"[::1", "::1", 443, false},
	{"[10.0.0.1]", "10.0.0.1", 443, true},
	{"fe80::1%eth0", "fe80::1", 443, false},

	/* blocks */
	{"10.0.0.0/8", "10.255.0.1", 443, true},
	{"10.1.2.3/8", "10.255.0.1", 443, true},
	{"10.0.0.0/8", "11.0.0.1", 443, false},
	{"10.0.0.0/9", "10.127.255.255", 443, true},
	{"10.0.0.0/9", "10.128.0.0", 443, false},
	{"192.168.0.0/15", "192.169.1.1", 443, true},
	{"192.168.0.0/15", "192.170.0.0", 443, false},
	{"192.168.1.64/26", "192.168.1.127", 443, true},
	{"192.168.1.64/26", "192.168.1.128", 443, false},
	{"192.168.1.1/32", "192.168.1.1", 443, true},
	{"192.168.1.1/32", "192.168.1.2", 443, false},
	{"192.168.1.0/31", "192.168.1.1", 443, true},
	{"0.0.0.0/0", "1.2.3.4", 443, true},
	{"0.0.0.0/1", "127.0.0.1", 443, true},
	{"0.0.0.0/1", "128.0.0.1", 443, false},
	{"0.0.0.0/0", "::1", 443, false},
	{"0.0.0.0/0", "example.com", 443, false},
	{"10.0.0.0/33", "10.0.0.0", 443, false},
	{"10.0.0.0/", "10.0.0.0", 443, false},
	{"10.0.0.0/-1", "10.0.0.0", 443, false},
	{"10.0.0.0/8/8", "10.0.0.0", 443, false},
	{"10.0.0.0/a", "10.0.0.0", 443, false},
	{"10.0.0.0/255.0.0.0", "10.0.0.0", 443, false},
	{"10/8", "10.0.0.1", 443, false},
	{"/8", "10.0.0.1", 443, false},
	{"::/0", "::1", 443, true},
	{"::/0", "10.0.0.1", 443, false},
	{"fd00::/8", "fdff::1", 443, true},
	{"fd00::/8", "fe00::1", 443, false},
	{"fe80::/10", "febf::1", 443, true},
	{"fe80::/10", "fec0::1", 443, false},
	{"2001:db8::/127", "2001:db8::1", 443, true},
	{"2001:db8::/127", "2001:db8::2", 443, false},
	{"::1/128", "::1", 443, true},
	{"::1/128", "::2", 443, false},
	{"::1/129", "::1", 443, false},
	{"a,10.0.0.0/8,b", "10.9.9.9", 443, true},
	{"a\r\nb\tc", "b", 443, true},
	{"a\nb", "a", 443, true},
	{"a\rb", "a", 443, true},
};

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span list = tap_guard(span_str(rows[i].list)),
		        host = tap_guard(span_str(rows[i].host));

		tap_ok(noproxy_covers(list, host, rows[i].port) == rows[i].covered,
		       "\"%s\" %s %s:%u",
		       rows[i].list, rows[i].covered ? "covers" : "does not cover", rows[i].host,
		       (unsigned)rows[i].port);
		tap_unguard(list);
		tap_unguard(host);
	}
	return tap_done();
}
