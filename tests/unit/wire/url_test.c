/* wire/url and wire/ip: what is taken, how it is read, and the many ways to be refused. */
#include "wire/url.h"
#include "tap.h"

struct good {
	const char *text;
	enum url_scheme scheme;
	const char *host;
	uint16_t port;
	const char *path, *query;
	const char *origin;
	const char *userinfo; /* NULL: none */
};

static const struct good good[] = {
	{"https://chatgpt.com", URL_HTTPS, "chatgpt.com", 443, "", "", "https://chatgpt.com", NULL},
	{"https://chatgpt.com/", URL_HTTPS, "chatgpt.com", 443, "/", "", "https://chatgpt.com",
	 NULL},
	{"https://chatgpt.com/a/b?c=d", URL_HTTPS, "chatgpt.com", 443, "/a/b", "c=d",
	 "https://chatgpt.com", NULL},
	{"https://h?c/d", URL_HTTPS, "h", 443, "", "c/d", "https://h", NULL},
	{"https://h/?", URL_HTTPS, "h", 443, "/", "", "https://h", NULL},
	{"https://h/a?b?c", URL_HTTPS, "h", 443, "/a", "b?c", "https://h", NULL},
	{"https://h/a%20b%2F", URL_HTTPS, "h", 443, "/a%20b%2F", "", "https://h", NULL},
	{"https://h/a@b:c", URL_HTTPS, "h", 443, "/a@b:c", "", "https://h", NULL},
	{"https://h/?a@b", URL_HTTPS, "h", 443, "/", "a@b", "https://h", NULL},
	{"https://h//a/../b", URL_HTTPS, "h", 443, "//a/../b", "", "https://h", NULL},
	{"http://localhost:8080/v1", URL_HTTP, "localhost", 8080, "/v1", "",
	 "http://localhost:8080", NULL},
	{"http://h:80", URL_HTTP, "h", 80, "", "", "http://h", NULL},
	{"https://h:443", URL_HTTPS, "h", 443, "", "", "https://h", NULL},
	{"https://h:80", URL_HTTPS, "h", 80, "", "", "https://h:80", NULL},
	{"https://h:1", URL_HTTPS, "h", 1, "", "", "https://h:1", NULL},
	{"https://h:65535", URL_HTTPS, "h", 65535, "", "", "https://h:65535", NULL},
	{"HTTPS://CHATGPT.COM", URL_HTTPS, "CHATGPT.COM", 443, "", "", "https://CHATGPT.COM", NULL},
	{"hTTp://h", URL_HTTP, "h", 80, "", "", "http://h", NULL},
	{"https://chatgpt.com./a", URL_HTTPS, "chatgpt.com.", 443, "/a", "", "https://chatgpt.com.",
	 NULL},
	{"https://xn--bcher-kva.example", URL_HTTPS, "xn--bcher-kva.example", 443, "", "",
	 "https://xn--bcher-kva.example", NULL},
	{"https://a_b.c-d", URL_HTTPS, "a_b.c-d", 443, "", "", "https://a_b.c-d", NULL},
	{"https://1password.com", URL_HTTPS, "1password.com", 443, "", "", "https://1password.com",
	 NULL},
	{"https://1.2.3.4.com", URL_HTTPS, "1.2.3.4.com", 443, "", "", "https://1.2.3.4.com", NULL},
	{"https://0xg", URL_HTTPS, "0xg", 443, "", "", "https://0xg", NULL},
	{"http://127.0.0.1:1/", URL_HTTP, "127.0.0.1", 1, "/", "", "http://127.0.0.1:1", NULL},
	{"http://255.255.255.255", URL_HTTP, "255.255.255.255", 80, "", "",
	 "http://255.255.255.255", NULL},
	{"http://[::1]", URL_HTTP, "::1", 80, "", "", "http://[::1]", NULL},
	{"http://[::1]:8080/a", URL_HTTP, "::1", 8080, "/a", "", "http://[::1]:8080", NULL},
	{"http://[::]", URL_HTTP, "::", 80, "", "", "http://[::]", NULL},
	{"http://[2001:DB8::a]", URL_HTTP, "2001:DB8::a", 80, "", "", "http://[2001:DB8::a]", NULL},
	{"http://[1:2:3:4:5:6:7:8]", URL_HTTP, "1:2:3:4:5:6:7:8", 80, "", "",
	 "http://[1:2:3:4:5:6:7:8]", NULL},
	{"http://[::ffff:1.2.3.4]", URL_HTTP, "::ffff:1.2.3.4", 80, "", "",
	 "http://[::ffff:1.2.3.4]", NULL},
	{"https://u:p@h:1/a", URL_HTTPS, "h", 1, "/a", "", "https://h:1", "u:p"},
	{"https://u@h", URL_HTTPS, "h", 443, "", "", "https://h", "u"},
	{"https://:p@h", URL_HTTPS, "h", 443, "", "", "https://h", ":p"},
	{"https://@h", URL_HTTPS, "h", 443, "", "", "https://h", ""},
	{"https://u:p:q%40@h", URL_HTTPS, "h", 443, "", "", "https://h", "u:p:q%40"},
	{"http://localhost@evil", URL_HTTP, "evil", 80, "", "", "http://evil", "localhost"},
	{"https://chatgpt.com:443@evil", URL_HTTPS, "evil", 443, "", "", "https://evil",
	 "chatgpt.com:443"},
	{"http://[::1]@evil", URL_HTTP, "evil", 80, "", "", "http://evil", "[::1]"},
	{"https://evil?@chatgpt.com", URL_HTTPS, "evil", 443, "", "@chatgpt.com", "https://evil",
	 NULL},
	{"https://evil/@chatgpt.com", URL_HTTPS, "evil", 443, "/@chatgpt.com", "", "https://evil",
	 NULL},
	{"https://chatgpt.com.evil.com", URL_HTTPS, "chatgpt.com.evil.com", 443, "", "",
	 "https://chatgpt.com.evil.com", NULL},
	{"unix:/run/x.sock", URL_UNIX, "/run/x.sock", 0, "", "", "unix:/run/x.sock", NULL},
	{"UNIX:/run/x.sock", URL_UNIX, "/run/x.sock", 0, "", "", "unix:/run/x.sock", NULL},
	{"unix:/run/a%20b?c#d@e", URL_UNIX, "/run/a%20b?c#d@e", 0, "", "", "unix:/run/a%20b?c#d@e",
	 NULL},
	{"unix:///run/x.sock", URL_UNIX, "///run/x.sock", 0, "", "", "unix:///run/x.sock", NULL},
};

static void test_good(const struct good *g)
{
	struct span text = tap_guard(span_str(g->text));
	struct buf origin;
	struct url u;
	struct err e;

	memset(&u, 0xa5, sizeof u);
	buf_init(&origin, 4096, "origin");
	if (!tap_good(url_parse(text, &u, &e), &e, g->text))
		goto out;
	tap_ok(u.scheme == g->scheme && u.port == g->port, "%s: scheme and port", g->text);
	tap_is_str(u.host, g->host, "its host");
	tap_is_str(u.path, g->path, "its path");
	tap_is_str(u.query, g->query, "its query");
	tap_ok(u.has_userinfo == (g->userinfo != NULL), "userinfo or not");
	tap_is_str(u.userinfo, g->userinfo == NULL ? "" : g->userinfo, "its userinfo");
	tap_good(url_add_origin(&u, &origin, &e), &e, "origin added");
	tap_is_str(buf_span(&origin), g->origin, "its origin");
out:
	buf_free(&origin);
	tap_unguard(text);
}

struct bad {
	const char *text;
	const char *why; /* in the message */
};

/* Whatever stands for a secret here has "s3cret" in it, which no message may show. */
static const struct bad bad[] = {
	{"", "begin"},
	{"https", "begin"},
	{":", "begin"},
	{"://h", "begin"},
	{"h", "begin"},
	{"h:80", "begin"},
	{"//h", "begin"},
	{"ftp://h", "begin"},
	{"file:///etc/passwd", "begin"},
	{"data:text/plain,x", "begin"},
	{"javascript:alert(1)", "begin"},
	{"ws://h", "begin"},
	{"httpss://h", "begin"},
	{"http+unix://h", "begin"},
	{"socks5://h", "begin"},
	{"https:h", "//"},
	{"https:/h", "//"},
	{"https:", "//"},
	{"https://", "no host"},
	{"https:///a", "no host"},
	{"https://?a", "no host"},
	{"https://:80", "no host"},
	{"https://u:s3cret@", "no host"},
	{"https://u:s3cret@/a", "no host"},
	{"https://u:s3cret@:80", "no host"},
	{" https://h", "white space"},
	{"https://h ", "white space"},
	{"https://h\n", "white space"},
	{"https://h/\r\nX: y", "white space"},
	{"https://h/a b", "white space"},
	{"https://h\t", "white space"},
	{"ht\ntps://h", "white space"},
	{"https://ev\til", "white space"},
	{"https://h/\x01", "control"},
	{"https://h/\x7f", "control"},
	{"https://u:s3cret word@h", "white space"},
	{"https://chatgpt.com\\@evil", "backslash"},
	{"https:\\\\h", "backslash"},
	{"https://h\\a", "backslash"},
	{"https://h/\\", "backslash"},
	{"https://b\xc3\xbc" "cher.example", "ASCII"},
	{"https://chatgpt\xe3\x80\x82" "com", "ASCII"},
	{"https://h/\xc3\xa4", "ASCII"},
	{"https://\xff", "ASCII"},
	{"https://chatgpt.com%2eevil", "host name"},
	{"https://chatgpt.com%00.evil", "host name"},
	{"https://%6cocalhost", "host name"},
	{"https://a..b", "host name"},
	{"https://.a", "host name"},
	{"https://.", "host name"},
	{"https://a..", "host name"},
	{"https://a,b", "host name"},
	{"https://a;b", "host name"},
	{"https://a*b", "host name"},
	{"https://(a)", "host name"},
	{"https://a|b", "host name"},
	{"https://a'b", "host name"},
	{"https://<a>", "host name"},
	{"https://a\"b", "host name"},
	{"https://a`b", "host name"},
	{"https://{a}", "host name"},
	{"https://$HOST", "host name"},
	{"https://*.h", "host name"},
	{"https://a!b", "host name"},
	{"https://a=b&c", "host name"},
	{"https://h]", "host name"},
	{"https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "host name"},
	{"https://127.1", "number"},
	{"https://127.0.1", "number"},
	{"https://2130706433", "number"},
	{"https://0", "number"},
	{"https://0x7f000001", "number"},
	{"https://0X7F.1", "number"},
	{"https://0x", "number"},
	{"https://0x7f.0.0.0x1", "number"},
	{"https://0177.0.0.1", "number"},
	{"https://127.0.0.01", "number"},
	{"https://127.0.0.1.", "number"},
	{"https://127.0.0.256", "number"},
	{"https://127.0.0.1.5", "number"},
	{"https://1.2.3.", "number"},
	{"https://a.1", "number"},
	{"https://a.0x1", "number"},
	{"https://[::1", "IPv6"},
	{"https://[]", "IPv6"},
	{"https://[", "IPv6"},
	{"https://[:]", "IPv6"},
	{"https://[:::]", "IPv6"},
	{"https://[::1::]", "IPv6"},
	{"https://[1:2:3:4:5:6:7]", "IPv6"},
	{"https://[1:2:3:4:5:6:7:8:9]", "IPv6"},
	{"https://[1:2:3:4:5:6:7:8:]", "IPv6"},
	{"https://[:1:2:3:4:5:6:7:8]", "IPv6"},
	{"https://[12345::]", "IPv6"},
	{"https://[g::]", "IPv6"},
	{"https://[::1.2.3]", "IPv6"},
	{"https://[::1.2.3.256]", "IPv6"},
	{"https://[1.2.3.4::]", "IPv6"},
	{"https://[127.0.0.1]", "IPv6"},
	{"https://[localhost]", "IPv6"},
	{"https://[fe80::1%25eth0]", "IPv6"},
	{"https://[fe80::1%eth0]", "IPv6"},
	{"https://[v1.a]", "IPv6"},
	{"https://[[::1]]", "IPv6"},
	{"https://[0000:0000:0000:0000:0000:0000:0000:0000:0000]", "IPv6"},
	{"https://[::1]a", "between"},
	{"https://[::1].evil", "between"},
	{"https://[::1]]", "between"},
	{"https://::1", "no host"},
	{"https://h:", "port"},
	{"https://h:/a", "port"},
	{"https://h:0", "port"},
	{"https://h:00", "port"},
	{"https://h:65536", "port"},
	{"https://h:99999", "port"},
	{"https://h:100000", "port"},
	{"https://h:18446744073709551617", "port"},
	{"https://h:+80", "port"},
	{"https://h:-80", "port"},
	{"https://h:8o", "port"},
	{"https://h:0x50", "port"},
	{"https://h:80:80", "port"},
	{"https://h::80", "port"},
	{"https://h:%38", "port"},
	{"https://h:80.", "port"},
	{"https://[::1]:", "port"},
	{"https://[::1]:0", "port"},
	{"https://u:s3cret/@h", "port"},
	{"https://u:s3cret?@h", "port"},
	{"https://u:s3cret#@h", "fragment"},
	{"https://h#a", "fragment"},
	{"https://h/#", "fragment"},
	{"https://h?a#b", "fragment"},
	{"https://u:s3cret@a@h", "'@'"},
	{"https://chatgpt.com@s3cret@evil", "'@'"},
	{"unix:", "absolute"},
	{"unix:relative", "absolute"},
	{"unix:./x.sock", "absolute"},
	{"unix:/run/a b", "white space"},
	{"unix:/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "107"},
};

static void test_refused(struct span text, bool parsed, const struct err *e, const char *why,
                         const char *name)
{
	bool told = !parsed && strstr(e->text, why) != NULL && strstr(e->text, "s3cret") == NULL;

	tap_fails(parsed, e, ERR_USAGE, name);
	if (!tap_ok(told, "%s: its message says \"%s\" and shows no secret", name, why))
		printf("#   %s\n", parsed ? "-" : e->text);
	tap_unguard(text);
}

static void test_bad(const struct bad *b)
{
	struct span text = tap_guard(span_str(b->text));
	struct url u;
	struct err e;

	test_refused(text, url_parse(text, &u, &e), &e, b->why, b->text);
}

static void test_long(void)
{
	char text[URL_MAX + 2] = "https://h/";
	struct url u;
	struct err e;

	memset(text + 10, 'a', sizeof text - 10);
	tap_good(url_parse(span_of(text, URL_MAX), &u, &e), &e, "URL_MAX bytes");
	tap_fails(url_parse(span_of(text, URL_MAX + 1), &u, &e), &e, ERR_USAGE, "one more");
	memset(text + 8, 'a', 63);
	text[8 + 63] = '.';
	for (int i = 1; i < 4; i++)
		memcpy(text + 8 + 64 * i, text + 8, 64);
	tap_good(url_parse(span_of(text, 8 + 253), &u, &e), &e, "name of 253 bytes");
	tap_fails(url_parse(span_of(text, 8 + 254), &u, &e), &e, ERR_USAGE, "name of 254 bytes");
	tap_fails(url_parse(span_of("https://h\0/", 11), &u, &e), &e, ERR_USAGE, "NUL");
}

static const struct {
	const char *text;
	enum url_scheme scheme;
	const char *host;
	uint16_t port;
	const char *userinfo;
} proxies[] = {
	{"proxy", URL_HTTP, "proxy", 80, ""},
	{"proxy:3128", URL_HTTP, "proxy", 3128, ""},
	{"proxy:3128/", URL_HTTP, "proxy", 3128, ""},
	{"u:p%40@proxy:3128", URL_HTTP, "proxy", 3128, "u:p%40"},
	{"http://proxy:3128", URL_HTTP, "proxy", 3128, ""},
	{"http://u:p@proxy:3128/", URL_HTTP, "proxy", 3128, "u:p"},
	{"https://proxy", URL_HTTPS, "proxy", 443, ""},
	{"HTTP://proxy", URL_HTTP, "proxy", 80, ""},
	{"10.0.0.1:3128", URL_HTTP, "10.0.0.1", 3128, ""},
	{"[::1]:3128", URL_HTTP, "::1", 3128, ""},
	{"http://[::1]", URL_HTTP, "::1", 80, ""},
	{"socks://p", URL_SOCKS, "p", 1080, ""},
	{"socks4://p", URL_SOCKS, "p", 1080, ""},
	{"socks4a://p", URL_SOCKS, "p", 1080, ""},
	{"socks5://p:9050", URL_SOCKS, "p", 9050, ""},
	{"SOCKS5H://u:p@p", URL_SOCKS, "p", 1080, "u:p"},
};

static const struct bad bad_proxies[] = {
	{"", "no host"},
	{":3128", "no host"},
	{"http://", "no host"},
	{"u:s3cret@", "no host"},
	{"ftp://proxy", "scheme"},
	{"unix:///run/x", "scheme"},
	{"unix:/run/x", "port"},
	{"u:s3cret://proxy", "port"},
	{"proxy:", "port"},
	{"proxy:0", "port"},
	{"proxy:http", "port"},
	{"http:proxy:3128", "port"},
	{"proxy:3128 ", "white space"},
	{"u:s3cret@a@proxy:3128", "'@'"},
	{"u:s3cret#a@proxy:3128", "%23"},
	{"u:s3cret\\a@proxy:3128", "backslash"},
	{"u:s3cret/a@proxy:3128", "port"},
	{"127.1:3128", "number"},
};

static void test_proxies(void)
{
	struct url u;
	struct err e;

	for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++) {
		struct span text = tap_guard(span_str(proxies[i].text));

		tap_good(url_parse_proxy(text, &u, &e), &e, proxies[i].text);
		tap_ok(u.scheme == proxies[i].scheme && u.port == proxies[i].port,
		       "its scheme and port");
		tap_is_str(u.host, proxies[i].host, "its host");
		tap_is_str(u.userinfo, proxies[i].userinfo, "its userinfo");
		tap_unguard(text);
	}
	for (size_t i = 0; i < sizeof bad_proxies / sizeof *bad_proxies; i++) {
		struct span text = tap_guard(span_str(bad_proxies[i].text));

		test_refused(text, url_parse_proxy(text, &u, &e), &e, bad_proxies[i].why,
		             bad_proxies[i].text);
	}
}

static const struct { const char *text; bool yes; } loopbacks[] = {
	{"http://127.0.0.1", true},
	{"http://127.255.255.254:9", true},
	{"http://[::1]", true},
	{"http://[0:0:0:0:0:0:0:1]", true},
	{"http://localhost", true},
	{"http://LocalHost:80", true},
	{"http://localhost.", true},
	{"http://a.localhost", true},
	{"http://a.b.localhost.", true},
	{"http://128.0.0.1", false},
	{"http://0.0.0.0", false},
	{"http://126.255.255.255", false},
	{"http://[::]", false},
	{"http://[::2]", false},
	{"http://[::ffff:127.0.0.1]", false},
	{"http://[7f00::1]", false},
	{"http://localhost.evil", false},
	{"http://localhost.localdomain", false},
	{"http://evillocalhost", false},
	{"http://localhost@evil", false},
	{"http://127.0.0.1@evil", false},
	{"http://127.0.0.1.evil", false},
	{"unix:/localhost", false},
	{"unix:/.localhost", false},
};

static const struct { const char *host, *domain; bool yes; } unders[] = {
	{"chatgpt.com", "chatgpt.com", true},
	{"a.chatgpt.com", "chatgpt.com", true},
	{"a.b.chatgpt.com", "chatgpt.com", true},
	{"CHATGPT.COM", "chatgpt.com", true},
	{"a.ChatGPT.com.", "chatgpt.com", true},
	{"chatgpt.com.", "chatgpt.com", true},
	{"evilchatgpt.com", "chatgpt.com", false},
	{"chatgpt.com.evil", "chatgpt.com", false},
	{"chatgpt.co", "chatgpt.com", false},
	{"com", "chatgpt.com", false},
	{"hatgpt.com", "chatgpt.com", false},
	{"chatgpt-com", "chatgpt.com", false},
	{"a-chatgpt.com", "chatgpt.com", false},
	{"", "chatgpt.com", false},
	{".", "chatgpt.com", false},
	{"chatgpt.com", "", false},
	{"", "", false},
	{"a.", "", false},
};

static const struct { const char *a, *b; bool same; } origins[] = {
	{"https://h", "https://h", true},
	{"https://h", "HTTPS://H:443/a?b", true},
	{"https://h", "https://u@h", true},
	{"http://[::1]", "http://[0:0::1]", true},
	{"http://[::A]", "http://[::a]:80", true},
	{"unix:/a", "unix:/a", true},
	{"https://h", "http://h", false},
	{"https://h", "http://h:443", false},
	{"https://h", "https://h:444", false},
	{"https://h", "https://h.", false},
	{"https://h", "https://g", false},
	{"https://h", "https://a.h", false},
	{"http://[::1]", "http://127.0.0.1", false},
	{"http://127.0.0.1", "http://127.0.0.2", false},
	{"unix:/a", "unix:/A", false},
};

static struct url parsed(const char *text)
{
	struct url u;
	struct err e;

	if (!url_parse(span_str(text), &u, &e))
		abort();
	return u;
}

static void test_questions(void)
{
	for (size_t i = 0; i < sizeof loopbacks / sizeof *loopbacks; i++) {
		struct url u = parsed(loopbacks[i].text);

		tap_ok(url_is_loopback(&u) == loopbacks[i].yes, "loopback: %s", loopbacks[i].text);
	}
	for (size_t i = 0; i < sizeof unders / sizeof *unders; i++)
		tap_ok(url_host_under(span_str(unders[i].host), unders[i].domain) == unders[i].yes,
		       "\"%s\" under \"%s\"", unders[i].host, unders[i].domain);
	for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
		struct url a = parsed(origins[i].a), b = parsed(origins[i].b);

		tap_ok(url_same_origin(&a, &b) == origins[i].same, "same origin: %s and %s",
		       origins[i].a, origins[i].b);
		tap_ok(url_same_origin(&b, &a) == origins[i].same, "and the other way round");
	}
}

static const struct { const char *in, *out; } escapes[] = {
	{"", ""}, {"abc", "abc"}, {"%41", "A"}, {"%2f%2F", "//"}, {"a%20b", "a b"}, {"%25", "%"},
	{"%2541", "%41"}, {"+", "+"}, {"%ff%0a", "\xff\n"},
	{"%", NULL}, {"%4", NULL}, {"%4g", NULL}, {"%g4", NULL}, {"a%", NULL}, {"%%41", NULL},
	{"% 41", NULL}, {"%00", NULL}, {"a%00b", NULL}, {"%+1", NULL}, {"%0x", NULL},
};

static void test_unescape(void)
{
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
		struct span in = tap_guard(span_str(escapes[i].in));
		struct buf out;
		struct err e;
		bool ok;

		buf_init(&out, 100, "text");
		ok = url_unescape(in, &out, &e);
		if (escapes[i].out == NULL)
			tap_fails(ok, &e, ERR_USAGE, escapes[i].in);
		else if (tap_good(ok, &e, escapes[i].in))
			tap_is_str(buf_span(&out), escapes[i].out, "unescaped");
		buf_free(&out);
		tap_unguard(in);
	}
}

/* Whatever the ceiling, an append that does not fit says so. */
static void test_room(void)
{
	struct url u = parsed("http://[::1]:8080");
	struct buf out;
	struct err e;
	size_t max = 0;
	bool ok = true;

	for (; ok && max < strlen("http://[::1]:8080"); max++) {
		buf_init(&out, max, "origin");
		ok = !url_add_origin(&u, &out, &e) && e.kind == ERR_CEILING;
		buf_free(&out);
	}
	tap_ok(ok, "an origin that does not fit");
	buf_init(&out, 1, "text");
	tap_fails(url_unescape(span_str("a%20"), &out, &e), &e, ERR_CEILING,
	          "a text that does not fit");
	buf_free(&out);
}

static void test_base_path(void)
{
	static const struct {
		const char *url, *want;
	} rows[] = {
		{"http://localhost", ""}, {"http://localhost/", ""}, {"http://localhost/v1", "/v1"},
		{"http://localhost/v1//", "/v1"}, {"http://localhost/a/b/", "/a/b"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct url u;
		struct err e;

		if (tap_good(url_parse(span_str(rows[i].url), &u, &e), &e, rows[i].url))
			tap_is_str(url_base_path(&u), rows[i].want, "its base path");
	}
}

int main(void)
{
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		test_good(&good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		test_bad(&bad[i]);
	test_long();
	test_proxies();
	test_questions();
	test_unescape();
	test_room();
	test_base_path();
	return tap_done();
}
