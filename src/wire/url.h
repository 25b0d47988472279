/*
 * url - the absolute URLs this program meets: http, https and unix (RFC 3986, narrowed).
 *
 * A parsed URL borrows from the text. Refused (ERR_USAGE, naming what is wrong, never showing
 * userinfo): other schemes, no host, white space and control bytes, a backslash, percent-escapes or non-ASCII
 * in the host (give the xn-- form), port 0 or above 65535, a fragment, an IPv4 address that is not four plain decimals, a malformed IPv6 literal.
 */
#ifndef WIRE_URL_H
#define WIRE_URL_H

#include "base/buf.h"

enum url_scheme { URL_HTTP, URL_HTTPS, URL_UNIX, URL_SOCKS };

struct url {
	enum url_scheme scheme;
	struct span userinfo;  /* as written, percent-encoded; empty when absent */
	bool has_userinfo;
	struct span host;      /* name, or address without brackets; for unix: the path */
	bool ipv4, ipv6;
	uint16_t port;         /* the scheme's default when absent */
	bool has_port;
	struct span path;      /* "" or begins with '/', without the query */
	struct span query;     /* without '?' */
};

MUST bool url_parse(struct span text, struct url *out, struct err *e);

/* Proxy variables also come as "host:port" without a scheme: then http is meant. socks schemes give URL_SOCKS, port 1080. */
MUST bool url_parse_proxy(struct span text, struct url *out, struct err *e);

/* 127.0.0.0/8, ::1, localhost and names under .localhost (RFC 6761 section 6.3). */
bool url_is_loopback(const struct url *u);

/* Host equal to domain or below it, without case: "a.chatgpt.com" is under "chatgpt.com", "evilchatgpt.com" is not. A final dot is passed over. */
bool url_host_under(struct span host, const char *domain);

/* scheme, host and port the same. */
bool url_same_origin(const struct url *a, const struct url *b);

/* Appends "https://host[:port]" (brackets where needed, default port left out). */
MUST bool url_add_origin(const struct url *u, struct buf *out, struct err *e);

/* Appends s with %XX decoded; a bad escape or a decoded NUL is ERR_USAGE. */
MUST bool url_unescape(struct span s, struct buf *out, struct err *e);

/* Parses an IP address (either family, no brackets, no zone): 4 or 16 bytes into out, *n set. */
bool url_ip(struct span s, unsigned char out[16], size_t *n);

/*
 * Does `list` (the no_proxy variable: comma or blank separated; "*", "host", ".suffix" and
 * "*.suffix", "host:port", address, CIDR, [v6]:port) name this host and port? As curl does: "example.com" covers its subdomains.
 */
bool url_bypasses_proxy(struct span list, struct span host, uint16_t port);

#endif
