/* Unit tests of app/link: what a URL and a proxy ask for. Connections are session_test's matter. */
#include "app/link.h"

#include "fakes.h"

static void check_ways(void)
{
	static const struct {
		const char *url, *proxy, *no_proxy;
		bool names, tls;
	} table[] = {
		{"https://chatgpt.com", NULL, "", true, true},
		{"https://127.0.0.1", NULL, "", false, true},
		{"https://[::1]:8", NULL, "", false, true},
		{"https://localhost", NULL, "", false, true},
		{"http://localhost:8", NULL, "", false, false},
		{"http://127.0.0.1", "http://proxy:1", "", false, false},
		{"unix:/x", "http://proxy:1", "", false, false},
		{"https://localhost", "http://proxy:1", "", true, true},
		{"https://[::1]", "http://proxy:1", "[::1]", false, true},
		{"https://chatgpt.com", "http://10.0.0.1:1", "", false, true},
		{"https://chatgpt.com", "http://proxy:1", "", true, true},
		{"https://chatgpt.com", "https://10.0.0.1:1", "", false, true},
		{"https://chatgpt.com", "http://10.0.0.1:1", "chatgpt.com", true, true},
		{"https://127.0.0.1", "http://proxy:1", "127.0.0.1", false, true},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct url u, p;
		struct err e;
		const struct url *proxy = table[i].proxy == NULL ? NULL : &p;

		if (!url_parse(span_str(table[i].url), &u, &e) || (proxy != NULL && !url_parse_proxy(span_str(table[i].proxy), &p, &e)))
			exit(99);
		tap_ok(link_needs_names(&u, proxy, span_str(table[i].no_proxy)) == table[i].names, "%s by %s: names", table[i].url, table[i].proxy ? table[i].proxy : "itself");
		tap_ok(link_needs_tls(&u, proxy, span_str(table[i].no_proxy)) == table[i].tls, "%s by %s: TLS", table[i].url, table[i].proxy ? table[i].proxy : "itself");
	}
}

static void check_authority(void)
{
	static const struct {
		const char *url, *want;
	} table[] = {
		{"https://chatgpt.com/backend", "chatgpt.com"}, {"https://a.example:8443", "a.example:8443"}, {"https://a.example:443", "a.example"},
		{"http://localhost:80", "localhost"}, {"http://localhost:443", "localhost:443"}, {"http://[::1]:8", "[::1]:8"}, {"unix:/run/x", "localhost"},
	};
	const struct route route = {.clock = &clock_system};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct link l;
		struct err e;

		tap_good(link_init(&l, &route, span_str(table[i].url), &e), &e, table[i].url);
		tap_is_str(buf_span(&l.authority), table[i].want, "... its Host");
		link_free(&l);
		link_free(&l);
	}
}

static bool make_link(struct err *e)
{
	const struct route route = {.clock = &clock_system};
	struct link l;

	if (!link_init(&l, &route, span_str("https://[2001:db8::1]:8443"), e))
		return false;
	link_free(&l);
	return true;
}

/* A URL that is none, and an authority that finds no room. */
static void check_refusals(void)
{
	static char longest[4096];
	const struct route route = {.clock = &clock_system};
	struct link l;
	struct err e;

	memset(longest, 'a', sizeof longest);
	tap_fails(link_init(&l, &route, span_of(longest, sizeof longest), &e), &e, ERR_USAGE, "what is no URL");
	tap_fails(link_init(&l, &route, span_str("https://a b"), &e), &e, ERR_USAGE, "a host that is none");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, make_link), "a link without memory");
}

int main(void)
{
	check_refusals();
	check_ways();
	check_authority();
	return tap_done();
}
