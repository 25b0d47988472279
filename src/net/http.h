/*
 * http - one exchange, request out and response in, over any conn.
 *
 * Drive it with http_step until HTTP_DONE or HTTP_FAIL; on HTTP_MORE poll conn_fd for http_events
 * until http_deadline_ms. Every read is handed up as it comes.
 *
 * The body is sent while the response is already looked for. A final response that comes early
 * ends the sending: it is reported like any other, and the connection carries nothing after it
 * (RFC 9112 section 9.5). A request that cannot be sent does not hide the answer either: what the
 * peer said before it closed on us is read first.
 *
 * Errors:
 *   ERR_TIME      a deadline: the request not taken (write_ms, re-armed by every byte taken), no
 *                 response head (head_ms from the last request byte), no further byte of the body
 *                 (idle_ms, re-armed by any byte)
 *   ERR_CONNECT   the connection ended or broke before the response's head was whole
 *   ERR_CUT       ... inside the body; where the body ends with the connection, an unclean end
 *   ERR_PROTOCOL, ERR_CEILING   from wire/h1
 *   others        from the transport (ERR_TRUST from TLS, ...)
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/clock.h"
#include "net/conn.h"
#include "wire/h1.h"

/* Milliseconds; CLOCK_NEVER = without limit. */
struct http_limits {
	int64_t write_ms, head_ms, idle_ms;
};

enum http_step {
	HTTP_MORE, /* nothing now */
	HTTP_HEAD, /* the response's head is there: http_head */
	HTTP_BODY, /* *body is a piece of it, never empty, borrowed until the next step */
	HTTP_DONE, /* complete by its framing */
	HTTP_FAIL, /* *e is set */
};

struct http;

/*
 * head: the whole request head with its final CRLF CRLF; body: what follows. The head is copied and
 * may be wiped at once, the body is borrowed until the exchange is freed; head and a small body
 * leave in one write, from a buffer that is wiped.
 * The conn stays the caller's. ERR_MEMORY.
 */
MUST bool http_start(struct http **out, struct conn *c, enum h1_request method, struct span head,
                     struct span body, const struct http_limits *limits, const struct clock *clock,
                     struct err *e);

/* After HTTP_DONE or HTTP_FAIL only the questions below and http_free may follow. */
enum http_step http_step(struct http *x, struct span *body, struct err *e);
short http_events(const struct http *x); /* POLLIN, POLLOUT or both */
/* Monotonic; CLOCK_NEVER when nothing is waited for. */
int64_t http_deadline_ms(const struct http *x);

const struct h1 *http_head(const struct http *x); /* from HTTP_HEAD until http_free */

/* After HTTP_DONE: the connection may carry another request. */
bool http_reusable(const struct http *x);

/*
 * After HTTP_FAIL: the connection was lost (its end, a reset, a failure of TLS; not a deadline)
 * before any byte of a response. On a connection kept from an earlier exchange that is the
 * ordinary race with the peer's own idle limit, on a new one it may be False Start, and the request
 * may be sent again on another one (RFC 9110 section 9.2.2 permitting).
 */
bool http_untouched(const struct http *x);

void http_free(struct http **x); /* NULL is allowed */

#endif
