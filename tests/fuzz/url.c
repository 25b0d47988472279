/* wire/url, ip, noproxy, b64: what is written is read back; addresses as the C library reads them. */
#include <arpa/inet.h>

#include "fuzz.h"
#include "wire/b64.h"
#include "wire/date.h"
#include "wire/ip.h"
#include "wire/noproxy.h"
#include "wire/url.h"

static void inside(struct span part, struct span all)
{
	FUZZ_CHECK(part.n == 0 || (part.p >= all.p && part.p + part.n <= all.p + all.n));
}

static void check_host(const struct url *u)
{
	FUZZ_CHECK(u->host.n > 0 && u->port > 0);
	for (size_t i = 0; i < u->host.n; i++)
		FUZZ_CHECK(u->host.p[i] > ' ' && u->host.p[i] < 0x7f &&
		           strchr("/\\@?#%[]\"<>", u->host.p[i]) == NULL);
	FUZZ_CHECK(u->ipv6 || span_find(u->host, ':', 0) == u->host.n);
}

static void check_parsed(const struct url *u, struct span text, bool proxy)
{
	struct buf origin;
	struct url again;
	struct err e;

	inside(u->host, text);
	inside(u->path, text);
	inside(u->query, text);
	inside(u->userinfo, text);
	FUZZ_CHECK(proxy ? u->scheme != URL_UNIX : u->scheme != URL_SOCKS);
	if (u->scheme != URL_UNIX)
		check_host(u);
	(void)url_is_loopback(u);
	(void)url_host_under(u->host, "chatgpt.com");
	if (u->scheme == URL_SOCKS)
		return;
	buf_init(&origin, 2 * URL_MAX, "an origin");
	FUZZ_CHECK(url_add_origin(u, &origin, &e) && url_parse(buf_span(&origin), &again, &e));
	FUZZ_CHECK(url_same_origin(u, &again) && !again.has_userinfo && again.query.n == 0);
	buf_free(&origin);
}

static void check_url(struct span s)
{
	struct url u;
	struct err e;

	if (url_parse(s, &u, &e))
		check_parsed(&u, s, false);
	else
		fuzz_check_err(&e);
	if (url_parse_proxy(s, &u, &e))
		check_parsed(&u, s, true);
	else
		fuzz_check_err(&e);
}

static void check_ip(struct span s)
{
	unsigned char ours[IP_MAX], again[IP_MAX], libc[IP_MAX];
	char text[256] = "", written[IP_TEXT_MAX];
	size_t n = 0, n_again;
	bool ok = ip_parse(s, ours, &n), libc_ok;
	int family;

	if (s.n >= sizeof text || span_find(s, 0, 0) < s.n)
		return;
	if (s.n > 0)
		memcpy(text, s.p, s.n);
	family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	libc_ok = inet_pton(family, text, libc) == 1;
	FUZZ_CHECK(ok == libc_ok);
	if (!ok)
		return;
	FUZZ_CHECK(n == (family == AF_INET ? 4 : 16) && memcmp(ours, libc, n) == 0);
	ip_write(ours, n, written);
	FUZZ_CHECK(ip_parse(span_str(written), again, &n_again) && n == n_again);
	FUZZ_CHECK(memcmp(ours, again, n) == 0);
	FUZZ_CHECK(noproxy_covers(span_str(written), s, 443));
}

static void check_b64(struct span s, enum b64_alphabet a)
{
	struct buf plain, coded;
	struct err e;
	size_t n = s.n;

	buf_init(&plain, 1 << 20, "plain");
	buf_init(&coded, 1 << 21, "coded");
	if (b64_decode(s, a, &plain, &e)) {
		FUZZ_CHECK(b64_encode(buf_span(&plain), a, &coded, &e));
		while (a == B64_URL && n > 0 && s.p[n - 1] == '=')
			n--;
		FUZZ_CHECK(span_equal(buf_span(&coded), span_cut(s, 0, n)));
	}
	buf_clear(&plain);
	buf_clear(&coded);
	FUZZ_CHECK(b64_encode(s, a, &coded, &e) && b64_decode(buf_span(&coded), a, &plain, &e));
	FUZZ_CHECK(span_equal(buf_span(&plain), s));
	buf_free(&plain);
	buf_free(&coded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = fuzz_copy(span_of(data, n)), rest = s, list;
	struct buf plain;
	struct err e;
	int64_t when;

	check_url(s);
	check_ip(s);
	check_b64(s, B64_STANDARD);
	check_b64(s, B64_URL);
	list = fuzz_until(&rest, '\n');
	(void)noproxy_covers(list, rest, 443);
	if (date_parse(s, 1795500000, &when))
		FUZZ_CHECK(when > -INT64_C(70000000000) && when < INT64_C(260000000000));
	buf_init(&plain, 1 << 20, "plain");
	if (url_unescape(s, &plain, &e))
		FUZZ_CHECK(plain.n <= n);
	buf_free(&plain);
	fuzz_drop(s);
	return 0;
}
