/* net/conn: what the stream interface promises whatever the transport. */
#include "net/conn.h"

#include <poll.h>

#include "net/script_conn.h"

static void check_forwarding(void)
{
	static const struct script_row rows[] = {{S_BYTES, "hello", 0}, {S_END, NULL, 0}};
	struct script s;
	struct conn *c = &s.conn;
	struct err e;
	char in[8];
	size_t n = 99;

	script_init(&s, rows);
	tap_is_int(conn_read(c, in, 3, &n, &e), IO_DONE, "read is done");
	tap_is_span(span_of(in, n), span_str("hel"), "... and gives no more than asked for");
	tap_is_int(conn_write(c, "abc", 3, &n, &e), IO_DONE, "write is done");
	tap_is_str(buf_span(&s.sent), "abc", "... with these bytes");
	tap_is_int(conn_flush(c, &e), IO_DONE, "flush is done");
	tap_is_int(conn_fd(c), -1, "fd is the transport's");
	s.fail_at = s.ops + 1;
	n = 99;
	tap_fails(
		conn_read(c, in, 3, &n, &e) != IO_FAIL, &e, ERR_CONNECT, "a failure comes through");
	tap_is_int((long long)n, 0, "... and moved nothing");
	conn_close(&c);
	tap_ok(c == NULL && s.closed, "close closes and forgets");
	conn_close(&c);
	tap_ok(c == NULL, "... and may be called again");
	script_free(&s);
}

static void move_nothing(bool read)
{
	static const struct script_row rows[] = {{S_STOP, NULL, 0}};
	struct script s;
	struct err e;
	size_t n;

	script_init(&s, rows);
	if (read)
		(void)conn_read(&s.conn, &e, 0, &n, &e);
	else
		(void)conn_write(&s.conn, "", 0, &n, &e);
}

static void read_nothing(void)
{
	move_nothing(true);
}

static void write_nothing(void)
{
	move_nothing(false);
}

int main(void)
{
	tap_aborts(read_nothing, "a read without room");
	tap_aborts(write_nothing, "a write without bytes");
	check_forwarding();
	tap_is_int(conn_events(IO_WANT_READ), POLLIN, "want read: POLLIN");
	tap_is_int(conn_events(IO_WANT_WRITE), POLLOUT, "want write: POLLOUT");
	tap_is_int(conn_events(IO_DONE), 0, "done: nothing");
	tap_is_int(conn_events(IO_FAIL), 0, "fail: nothing");
	return tap_done();
}
