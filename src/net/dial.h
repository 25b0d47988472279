/*
 * dial - from a host to a conn ready for HTTP: the one file that knows the order
 * name -> socket -> (TLS to the proxy) -> CONNECT -> TLS.
 *
 * A dial is a state machine: step it, poll what dial_poll says, step it again. Deadlines are its own:
 * connect_ms counts per address, and for proxy, CONNECT and each handshake again.
 */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include <poll.h>

#include "base/log.h"
#include "net/resolve.h"
#include "net/tls.h"

/* Which way out. */
struct dial_proxy {
	struct span host;
	uint16_t port;
	bool tls;                  /* an https:// proxy */
	struct span authorization; /* "Proxy-Authorization: Basic ...\r\n", or empty */
};

struct dial_options {
	struct span host;                /* name or address; for a unix socket its path */
	uint16_t port;
	bool tls;
	bool unix_socket;
	const struct dial_proxy *proxy;  /* NULL = direct */
	struct resolver *resolver;       /* NULL when no name needs resolving */
	const struct trust *trust;       /* NULL when neither tls nor proxy->tls */
	const struct clock *clock;
	const struct rand *rand;
	struct span user_agent;          /* for CONNECT */
	const struct log *log;           /* steps, with -v */
	int64_t connect_ms;
};

struct dial;

/* Everything in `o` is borrowed until dial_free, and by the conn it gives. */
MUST bool dial_start(struct dial **out, const struct dial_options *o, struct err *e);

/* IO_DONE: dial_take gives the conn. IO_WANT_*: poll. IO_FAIL: ERR_NAME, ERR_CONNECT, ERR_PROXY*, ERR_TRUST, ERR_TIME_CONNECT... */
enum io dial_step(struct dial *d, struct err *e);

enum { DIAL_POLL_MAX = 1 + RESOLVE_ADDRESSES };

/* What to wait for: fills set, returns how many; *deadline_ms (monotonic) is when to step anyway. */
size_t dial_poll(const struct dial *d, struct pollfd set[DIAL_POLL_MAX], int64_t *deadline_ms);

struct conn *dial_take(struct dial *d); /* the caller's from now on */
void dial_free(struct dial **d);        /* closes what was not taken */

#endif
