#include "net/conn.h"

#include <poll.h>

#include "base/assert.h"

enum io conn_read(struct conn *c, void *p, size_t max, size_t *n, struct err *e)
{
	assert(max > 0);
	*n = 0;
	return c->ops->read(c, p, max, n, e);
}

enum io conn_write(struct conn *c, const void *p, size_t len, size_t *n, struct err *e)
{
	assert(len > 0);
	*n = 0;
	return c->ops->write(c, p, len, n, e);
}

enum io conn_flush(struct conn *c, struct err *e)
{
	return c->ops->flush(c, e);
}

int conn_fd(const struct conn *c)
{
	return c->ops->fd(c);
}

void conn_close(struct conn **c)
{
	if (*c != NULL)
		(*c)->ops->close(*c);
	*c = NULL;
}

short conn_events(enum io io)
{
	if (io == IO_WANT_READ)
		return POLLIN;
	return io == IO_WANT_WRITE ? POLLOUT : 0;
}
