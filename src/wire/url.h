/*
 * url - the absolute URLs this program meets: http, https and unix (RFC 3986, narrowed).
 *
 * A parsed URL borrows from the text. Refused (ERR_USAGE, naming the part that is wrong, never
 * showing a byte of it, since it may be a password): other schemes; no host; white space, control
 * bytes, a backslash or non-ASCII anywhere; percent-escapes in the host (give the xn-- form);
 * empty labels; a port that is empty, 0, above 65535 or not digits; a fragment; more than
 * one '@'; a host that ends in a number without being four plain decimals ("127.1", "0x7f.1",
 * which some resolvers take for addresses); a malformed IPv6 literal or one with a zone; more
 * than URL_MAX bytes. Addresses are wire/ip's matter, no_proxy is wire/noproxy's.
 */
#ifndef WIRE_URL_H
#define WIRE_URL_H

#include "base/buf.h"
#include "base/limits.h"

enum url_scheme { URL_HTTP, URL_HTTPS, URL_UNIX, URL_SOCKS };

struct url {
	enum url_scheme scheme;
	struct span userinfo;  /* as written, percent-encoded; empty when absent */
	bool has_userinfo;
	struct span host;      /* name, or address without brackets; for unix: the absolute path */
	bool ipv4, ipv6;
	uint16_t port;         /* the scheme's default when absent */
	bool has_port;
	struct span path;      /* "" or begins with '/', without the query */
	struct span query;     /* without '?' */
};

/* http://, https:// and unix:/PATH; for unix all behind the colon is the path. */
MUST bool url_parse(struct span text, struct url *out, struct err *e);

/*
 * Proxy variables also come as "host:port" without a scheme: then http is meant. socks,
 * socks4, socks4a, socks5 and socks5h give URL_SOCKS, port 1080; unix is refused.
 */
MUST bool url_parse_proxy(struct span text, struct url *out, struct err *e);

/* 127.0.0.0/8, ::1, localhost and names under .localhost (RFC 6761 section 6.3). */
bool url_is_loopback(const struct url *u);

/*
 * Host equal to domain or below it, without case: "a.chatgpt.com" is under "chatgpt.com",
 * "evilchatgpt.com" is not. A final dot is passed over. Meant for names, not for addresses.
 */
bool url_host_under(struct span host, const char *domain);
bool url_name_under(struct span host, struct span domain);

/* Scheme, host (without case; IPv6 by value) and port the same. */
bool url_same_origin(const struct url *a, const struct url *b);

/* Appends "https://host[:port]" (brackets where needed, default port left out), or "unix:/PATH". */
MUST bool url_add_origin(const struct url *u, struct buf *out, struct err *e);

/*
 * The path without final slashes, to put another path behind: "/v1/" and "/v1" are the same base.
 */
struct span url_base_path(const struct url *u);

/* Appends s with %XX decoded; a bad escape or a decoded NUL is ERR_USAGE. */
MUST bool url_unescape(struct span s, struct buf *out, struct err *e);

#endif
