/*
 * proxy - HTTP CONNECT (RFC 9110 section 9.3.6, RFC 9112 section 3.2.3) over a conn to the proxy.
 *
 * The proxy sees the target's name, never its address, and nothing else of ours but the agent's
 * name and its own credential. What it answers decides:
 *
 *   2xx                  the conn is the tunnel now
 *   407                  ERR_PROXY, naming the schemes offered (RFC 9110 section 11.7.1)
 *   429, 502, 503, 504   ERR_PROXY_BUSY, as is an end of the connection before the reply
 *   anything else        ERR_PROXY, also a reply that is not HTTP or has bytes behind its head:
 *                        in a tunnel for TLS or HTTP the server never speaks first
 *
 * Texts say "proxy ..." without its name: net/dial puts that in front.
 */
#ifndef NET_PROXY_H
#define NET_PROXY_H

#include "net/conn.h"
#include "wire/h1.h"

struct proxy; /* one CONNECT under way */

/*
 * `host`: name or address, without brackets. `authorization`: a whole line with its CRLF
 * ("Proxy-Authorization: ...") or empty. `user_agent`: the value. All are copied before it returns.
 * The conn stays the caller's. ERR_MEMORY, ERR_CEILING.
 */
MUST bool proxy_start(struct proxy **out, struct conn *to_proxy, struct span host, uint16_t port,
                      struct span authorization, struct span user_agent, struct err *e);

/* IO_DONE: the tunnel is open. IO_WANT_*: poll the conn. ERR_TRUST from TLS to the proxy stays. */
enum io proxy_step(struct proxy *p, struct err *e);

/* Its reply, whatever it says; its status is 0 before it has come. Until proxy_free. */
const struct h1 *proxy_reply(const struct proxy *p);

void proxy_free(struct proxy **p); /* wipes the head it sent; NULL is allowed */

#endif
