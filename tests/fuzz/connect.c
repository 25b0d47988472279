/* net/proxy: a tunnel is open after a 2xx head with nothing behind it, whatever the cuts. */
#include "canary.h"
#include "net/proxy.h"
#include "safe.h"

struct script {
	struct conn conn;
	struct span all;
	size_t at;
	unsigned cut;
};

static enum io read_script(struct conn *c, void *p, size_t max, size_t *n, struct err *e)
{
	struct script *s = (struct script *)c;

	(void)e;
	*n = fuzz_piece(s->cut, s->at, s->all.n);
	if (*n > max)
		*n = max;
	if (*n > 0)
		memcpy(p, s->all.p + s->at, *n);
	s->at += *n;
	return IO_DONE;
}

static enum io write_script(struct conn *c, const void *p, size_t len, size_t *n, struct err *e)
{
	(void)c;
	(void)p;
	(void)e;
	*n = len;
	return IO_DONE;
}

static enum io flush_script(struct conn *c, struct err *e)
{
	(void)c;
	(void)e;
	return IO_DONE;
}

static int fd_of_script(const struct conn *c)
{
	(void)c;
	return -1;
}

static void close_script(struct conn *c)
{
	(void)c;
}

static const struct conn_ops ops = {
	read_script, write_script, flush_script, fd_of_script, close_script,
};

/* The reply was read up to here. */
static size_t run(struct span all, unsigned cut, enum io *io, struct err *e)
{
	struct script s = {{&ops}, all, 0, cut};
	struct proxy *p;

	FUZZ_CHECK(proxy_start(&p, &s.conn, span_str("chatgpt.com"), 443,
	                       span_str("Proxy-Authorization: Basic eDp5\r\n"), span_str("octavo"), e));
	while ((*io = proxy_step(p, e)) == IO_WANT_READ || *io == IO_WANT_WRITE)
		;
	proxy_free(&p);
	if (*io == IO_FAIL) {
		fuzz_check_err(e);
		safe_from_controls(span_str(e->text));
		FUZZ_CHECK(e->kind == ERR_PROXY || e->kind == ERR_PROXY_BUSY);
	}
	return s.at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span all = fuzz_copy(span_of(data, n));
	struct err first, e;
	enum io whole, other;

	if (run(all, FUZZ_WHOLE, &whole, &first) == all.n && whole == IO_DONE)
		FUZZ_CHECK(span_starts(all, "HTTP/1.") && all.p[all.n - 1] == '\n');
	for (unsigned cut = FUZZ_BYTES; cut < FUZZ_CUTS; cut++)
		if (run(all, cut, &other, &e) == all.n)
			FUZZ_CHECK(whole == other && (whole == IO_DONE || first.kind == e.kind));
	fuzz_drop(all);
	return 0;
}
