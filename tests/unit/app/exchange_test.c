/* Unit tests of app/exchange: a body that comes in drips is ended in time, however often a byte comes. */
#include "app/exchange.h"

#include <unistd.h>

#include "base/limits.h"
#include "fakes.h"

/* The head at once, and then one byte a read, with a wait between, for ever. */
struct dripping {
	struct conn conn;
	struct span head;
	bool waited;
	int fd; /* always readable */
};

static enum io drip_read(struct conn *c, void *p, size_t max, size_t *n, struct err *e)
{
	struct dripping *d = (struct dripping *)c;

	(void)e;
	d->waited = !d->waited;
	if (d->waited)
		return IO_WANT_READ;
	*n = d->head.n == 0 ? 1 : d->head.n < max ? d->head.n : max;
	memcpy(p, d->head.n == 0 ? (const void *)"x" : d->head.p, *n);
	d->head = span_cut(d->head, *n, d->head.n);
	return IO_DONE;
}

static enum io drip_write(struct conn *c, const void *p, size_t len, size_t *n, struct err *e)
{
	(void)c;
	(void)p;
	(void)e;
	*n = len;
	return IO_DONE;
}

static enum io drip_flush(struct conn *c, struct err *e)
{
	(void)c;
	(void)e;
	return IO_DONE;
}

static int drip_fd(const struct conn *c)
{
	return ((const struct dripping *)c)->fd;
}

static void drip_close(struct conn *c)
{
	(void)c;
}

static const struct conn_ops drip_ops = {drip_read, drip_write, drip_flush, drip_fd, drip_close};

static enum exchange_answer take(void *ctx, struct span piece, struct err *e)
{
	(void)e;
	*(size_t *)ctx += piece.n;
	return EXCHANGE_MORE;
}

static enum exchange_answer done(void *ctx, struct err *e)
{
	(void)ctx;
	(void)e;
	return EXCHANGE_DONE;
}

static void check(const char *head, int64_t body_ms, enum err_kind kind, const char *says, int64_t within_ms)
{
	struct fake_clock clock;
	struct fake_log log;
	struct route route = {.no_proxy = span_str("")};
	struct link link = {.route = &route};
	struct dripping conn = {.conn = {&drip_ops}, .head = span_str(head)};
	struct failure f;
	struct redact *redact = NULL;
	struct buf request;
	size_t got = 0;
	struct err e;
	int ends[2];

	fake_clock_init(&clock);
	fake_log_init(&log);
	clock.step_ms = 10;
	if (pipe(ends) != 0 || write(ends[1], "x", 1) != 1 || !redact_new(&redact, &e) ||
		!link_init(&link, &route, span_str("http://127.0.0.1:9"), &e))
		exit(99);
	conn.fd = ends[0];
	link.conn = &conn.conn;
	struct loop loop = {.clock = &clock.clock, .log = &log.log, .deadline_ms = CLOCK_NEVER, .links = {&link}};
	struct exchange x = {.link = &link, .what = "whoami", .method = H1_GET, .head = &request,
		.limits = {1000, 1000, 1000}, .body_ms = body_ms, .on_body = take, .on_end = done, .ctx = &got};

	buf_init(&request, 4096, "the head");
	if (!buf_add_str(&request, "GET / HTTP/1.1\r\n\r\n", &e))
		exit(99);
	failure_init(&f);
	tap_fails(exchange_run(&loop, &x, redact, &f, &e), &e, kind, says);
	tap_ok(holds(span_str(e.text), says), "... and says so");
	tap_ok(clock.now_ms <= 1000 + within_ms, "... in time, after %lld ms", (long long)clock.now_ms - 1000);
	tap_ok(body_ms == CLOCK_NEVER || got > 10, "... having read what came");
	link_free(&link);
	redact_free(&redact);
	buf_free(&request);
	fake_log_free(&log);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	check("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", 5000, ERR_TIME,
		"the answer is not whole 5 s after its head", 5500);
	check("HTTP/1.1 200 OK\r\n\r\n", 1000, ERR_TIME, "the answer is not whole 1 s after its head", 1500);
	check("HTTP/1.1 503 No\r\nContent-Length: 60000\r\n\r\n", CLOCK_NEVER, ERR_BUSY, "HTTP 503", ERROR_BODY_MS + 500);
	check("HTTP/1.1 401 No\r\n\r\n", CLOCK_NEVER, ERR_AUTH, "HTTP 401", ERROR_BODY_MS + 500);
	return tap_done();
}
