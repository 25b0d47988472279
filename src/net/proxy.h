/*
 * proxy - HTTP CONNECT (RFC 9110 section 9.3.6, RFC 9112 section 3.2.3) over a conn to the proxy.
 *
 * The proxy sees the target's name, never its address, and nothing else of ours but its own
 * credential. 407 is ERR_PROXY naming the schemes offered (and saying so when only Negotiate or NTLM are);
 * 429, 502, 503, 504 are ERR_PROXY_BUSY; anything else that is not 2xx is ERR_PROXY. Bytes
 * behind the reply's head are refused (ERR_PROXY): a TLS server never speaks first.
 */
#ifndef NET_PROXY_H
#define NET_PROXY_H

#include "net/conn.h"

struct proxy; /* one CONNECT under way */

/*
 * `authorization`: a whole "Proxy-Authorization: ...\r\n" line or empty; borrowed until the CONNECT
 * is done. `user_agent`: the value. The conn stays the caller's.
 */
MUST bool proxy_start(struct proxy **out, struct conn *to_proxy, struct span host, uint16_t port,
                      struct span authorization, struct span user_agent, struct err *e);
enum io proxy_step(struct proxy *p, struct err *e);
void proxy_free(struct proxy **p); /* wipes the head it sent */

#endif
