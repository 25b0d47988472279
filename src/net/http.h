/*
 * http - one exchange, request out and response in, over any conn.
 *
 * Drive it with http_step until HTTP_DONE or HTTP_FAIL; on HTTP_MORE poll conn_fd for http_events until
 * http_deadline_ms. The body is sent while the response is already looked for, so an early answer
 * is not missed. Deadlines: write stall, head (from the last request byte), idle (re-armed by any byte): ERR_TIME,
 * saying what was waited for.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/clock.h"
#include "net/conn.h"
#include "wire/h1.h"

struct http_limits {
	int64_t write_ms, head_ms, idle_ms;
};

enum http_step {
	HTTP_MORE, /* nothing now */
	HTTP_HEAD, /* the response's head is there: http_head */
	HTTP_BODY, /* *body is a piece of it, borrowed until the next step */
	HTTP_DONE, /* complete by its framing */
	HTTP_FAIL, /* *e is set */
};

struct http;

/*
 * head: the whole request head with its final CRLF CRLF; body: what follows. Both borrowed until the
 * exchange is freed. The conn stays the caller's.
 */
MUST bool http_start(struct http **out, struct conn *c, enum h1_request method, struct span head,
                     struct span body, const struct http_limits *limits, const struct clock *clock,
                     struct err *e);

enum http_step http_step(struct http *x, struct span *body, struct err *e);
short http_events(const struct http *x);
int64_t http_deadline_ms(const struct http *x);

const struct h1 *http_head(const struct http *x); /* from HTTP_HEAD until http_free */

/* After HTTP_DONE: the connection may carry another request. */
bool http_reusable(const struct http *x);

/* After HTTP_FAIL: no byte of a response had come and the request may be sent again on a new connection unseen (RFC 9110 section 9.2.2 permitting). */
bool http_untouched(const struct http *x);

void http_free(struct http **x);

#endif
