#include "wire/url.h"

#include <sys/un.h>

#include "base/hex.h"
#include "wire/ip.h"

/* What may stand before the colon. */
static const struct scheme {
	const char *name;
	enum url_scheme scheme;
	uint16_t port;
	bool origin, proxy; /* where it may stand */
} schemes[] = {
	{"http", URL_HTTP, 80, true, true},
	{"https", URL_HTTPS, 443, true, true},
	{"unix", URL_UNIX, 0, true, false},
	{"socks", URL_SOCKS, 1080, false, true},
	{"socks4", URL_SOCKS, 1080, false, true},
	{"socks4a", URL_SOCKS, 1080, false, true},
	{"socks5", URL_SOCKS, 1080, false, true},
	{"socks5h", URL_SOCKS, 1080, false, true},
};
enum { SCHEMES = sizeof schemes / sizeof *schemes };

static bool refuse(struct err *e, const char *what)
{
	return err_set(e, ERR_USAGE, 0, "bad URL: %s", what);
}

static const struct scheme *find_scheme(struct span name)
{
	for (size_t i = 0; i < SCHEMES; i++)
		if (span_equal_nocase(name, span_str(schemes[i].name)))
			return &schemes[i];
	return NULL;
}

static uint16_t default_port(enum url_scheme scheme)
{
	size_t i = 0;

	while (schemes[i].scheme != scheme) /* each has a row */
		i++;
	return schemes[i].port;
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static struct span without_final_dot(struct span host)
{
	return span_ends(host, ".") ? span_cut(host, 0, host.n - 1) : host;
}

static bool check_bytes(struct span text, struct err *e)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] == 0x7f)
			return refuse(e, "white space or a control byte");
		else if (text.p[i] >= 0x80)
			return refuse(e, "a byte outside ASCII");
		else if (text.p[i] == '\\')
			return refuse(e, "a backslash");
	if (text.n > URL_MAX)
		return err_set(e, ERR_USAGE, 0, "bad URL: longer than %d bytes", (int)URL_MAX);
	return true;
}

/* What a resolver that follows inet_aton(3) takes for a number: digits, or 0x and more. */
static bool is_number(struct span label)
{
	bool hex = label.n > 1 && label.p[0] == '0' && (label.p[1] | 0x20) == 'x';

	for (size_t i = hex ? 2 : 0; i < label.n; i++)
		if (hex ? hex_digit(label.p[i]) < 0 : !is_digit(label.p[i]))
			return false;
	return label.n > 0;
}

static bool is_label(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i], letter = c | 0x20;

		if (!is_digit(c) && !(letter >= 'a' && letter <= 'z') && c != '-' && c != '_')
			return false;
	}
	return s.n > 0 && s.n <= 63;
}

/* A name (RFC 1123 section 2.1, and '_', which is met in practice) or an IPv4 address. */
static bool parse_name(struct span host, struct url *u, struct err *e)
{
	struct span name = without_final_dot(host), label = name;
	unsigned char address[16];
	size_t n;

	u->host = host;
	u->ipv4 = ip_parse(host, address, &n);
	if (u->ipv4)
		return true;
	if (host.n == 0)
		return refuse(e, "no host");
	if (name.n > 253)
		return refuse(e, "host name too long");
	for (size_t at = 0, end; at <= name.n; at = end + 1) {
		end = span_find(name, '.', at);
		label = span_cut(name, at, end);
		if (!is_label(label))
			return refuse(e, "host name has an empty, overlong or foreign label");
	}
	if (is_number(label))
		return refuse(e, "host is a number but not an IPv4 address of four decimals");
	return true;
}

static bool parse_port(struct span s, struct url *u, struct err *e)
{
	uint64_t port;

	if (s.n > 5 || !span_to_u64(s, &port) || port == 0 || port > 65535)
		return refuse(e, "port is not a number from 1 to 65535");
	u->port = (uint16_t)port;
	u->has_port = true;
	return true;
}

/* host [ ":" port ], host in brackets when IPv6. */
static bool parse_host_port(struct span s, struct url *u, struct err *e)
{
	unsigned char address[16];
	size_t n, end;

	if (span_starts(s, "[")) {
		end = span_find(s, ']', 0);
		u->host = span_cut(s, 1, end);
		if (end == s.n || !ip_parse(u->host, address, &n) || n != 16)
			return refuse(e, "malformed IPv6 address");
		u->ipv6 = true;
		end++;
		if (end < s.n && s.p[end] != ':')
			return refuse(e, "something between the IPv6 address and the port");
	} else {
		end = span_find(s, ':', 0);
		if (!parse_name(span_cut(s, 0, end), u, e))
			return false;
	}
	return end == s.n || parse_port(span_cut(s, end + 1, s.n), u, e);
}

/* authority path-abempty [ "?" query ] (RFC 3986 section 3) */
static bool parse_rest(struct span s, struct url *u, struct err *e)
{
	size_t slash = span_find(s, '/', 0), mark = span_find(s, '?', 0);
	size_t end = slash < mark ? slash : mark, at = span_find(s, '@', 0);

	if (span_find(s, '#', 0) < s.n)
		return refuse(e, "a fragment (write '#' in a password as %23)");
	u->path = span_cut(s, end, mark);
	u->query = span_cut(s, mark + 1, s.n);
	s = span_cut(s, 0, end);
	if (at < s.n) {
		u->has_userinfo = true;
		u->userinfo = span_cut(s, 0, at);
		s = span_cut(s, at + 1, s.n);
	}
	if (span_find(s, '@', 0) < s.n)
		return refuse(e, "more than one '@' (write it in a password as %40)");
	return parse_host_port(s, u, e);
}

static bool parse_unix(struct span path, struct url *u, struct err *e)
{
	struct sockaddr_un fit;

	if (!span_starts(path, "/"))
		return refuse(e, "the path of a unix socket must be absolute");
	if (path.n >= sizeof fit.sun_path)
		return err_set(e, ERR_USAGE, 0, "bad URL: unix socket path exceeds %zu bytes",
		               sizeof fit.sun_path - 1);
	u->host = path;
	return true;
}

bool url_parse(struct span text, struct url *out, struct err *e)
{
	size_t colon = span_find(text, ':', 0);
	const struct scheme *scheme = find_scheme(span_cut(text, 0, colon));

	if (!check_bytes(text, e))
		return false;
	if (colon == text.n || scheme == NULL || !scheme->origin)
		return refuse(e, "it does not begin with https://, http:// or unix:/");
	*out = (struct url){.scheme = scheme->scheme, .port = scheme->port};
	text = span_cut(text, colon + 1, text.n);
	if (scheme->scheme == URL_UNIX)
		return parse_unix(text, out, e);
	if (!span_starts(text, "//"))
		return refuse(e, "no // behind the scheme");
	return parse_rest(span_cut(text, 2, text.n), out, e);
}

bool url_parse_proxy(struct span text, struct url *out, struct err *e)
{
	size_t colon = span_find(text, ':', 0);
	const struct scheme *scheme = &schemes[0];

	if (!check_bytes(text, e))
		return false;
	if (span_starts(span_cut(text, colon, text.n), "://")) {
		scheme = find_scheme(span_cut(text, 0, colon));
		if (scheme == NULL || !scheme->proxy)
			return refuse(e, "a proxy's scheme must be http or https");
		text = span_cut(text, colon + 3, text.n);
	}
	*out = (struct url){.scheme = scheme->scheme, .port = scheme->port};
	return parse_rest(text, out, e);
}

bool url_name_under(struct span host, struct span domain)
{
	host = without_final_dot(host);
	domain = without_final_dot(domain);
	if (host.n > domain.n && host.p[host.n - domain.n - 1] == '.')
		host = span_cut(host, host.n - domain.n, host.n);
	return domain.n > 0 && span_equal_nocase(host, domain);
}

bool url_host_under(struct span host, const char *domain)
{
	return url_name_under(host, span_str(domain));
}

bool url_is_loopback(const struct url *u)
{
	unsigned char address[16];
	size_t n;

	if (u->ipv4 || u->ipv6)
		return ip_parse(u->host, address, &n) && ip_is_loopback(address, n);
	return u->scheme != URL_UNIX && url_host_under(u->host, "localhost");
}

static bool same_host(const struct url *a, const struct url *b)
{
	unsigned char left[16], right[16];
	size_t n, m;

	if (ip_parse(a->host, left, &n) && ip_parse(b->host, right, &m))
		return span_equal(span_of(left, n), span_of(right, m));
	if (a->scheme == URL_UNIX)
		return span_equal(a->host, b->host);
	return span_equal_nocase(a->host, b->host);
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return a->scheme == b->scheme && a->port == b->port && same_host(a, b);
}

bool url_add_origin(const struct url *u, struct buf *out, struct err *e)
{
	static const char *const names[] = {
		[URL_HTTP] = "http://", [URL_HTTPS] = "https://",
		[URL_UNIX] = "unix:", [URL_SOCKS] = "socks://",
	};

	if (!buf_add_str(out, names[u->scheme], e) || (u->ipv6 && !buf_add_byte(out, '[', e)) ||
	    !buf_add(out, u->host, e) || (u->ipv6 && !buf_add_byte(out, ']', e)))
		return false;
	if (u->port == default_port(u->scheme))
		return true;
	return buf_add_byte(out, ':', e) && buf_add_u64(out, u->port, e);
}

bool url_unescape(struct span s, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < s.n; i++) {
		int c = s.p[i];

		if (c == '%') {
			int high = i + 1 < s.n ? hex_digit(s.p[i + 1]) : -1;
			int low = i + 2 < s.n ? hex_digit(s.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return refuse(e, "'%' without two hex digits ('%' itself is %25)");
			c = high << 4 | low;
			if (c == 0)
				return refuse(e, "an escaped NUL");
			i += 2;
		}
		if (!buf_add_byte(out, (unsigned char)c, e))
			return false;
	}
	return true;
}

struct span url_base_path(const struct url *u)
{
	struct span path = u->path;

	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}
