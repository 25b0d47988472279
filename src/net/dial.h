/*
 * dial - from a host to a conn ready for HTTP: the one file that knows the order
 * name -> socket -> (TLS to the proxy) -> CONNECT -> TLS.
 *
 * A dial is a state machine: step it, poll what dial_poll says, step it again. Deadlines are its
 * own: connect_ms counts for the look-up, per address, and for CONNECT and each handshake again.
 *
 * Errors, each naming the host and port at fault:
 *   ERR_NAME, ERR_CONNECT         the target's name, address, handshake cut (no proxy)
 *   ERR_PROXY                     the proxy's name is not found, it refuses the tunnel or speaks
 *                                 something else
 *   ERR_PROXY_BUSY                the proxy cannot be reached, breaks off, cannot reach the target
 *   ERR_TRUST                     certificates and negotiation, of the target or of an https
 *                                 proxy; a target that speaks no TLS
 *   ERR_TIME_CONNECT              a deadline, saying what was waited for
 *   ERR_USAGE                     the path of a unix socket
 *   ERR_BUG, ERR_MEMORY
 *
 * False Start (RFC 7918) saves a round trip but upsets some peers, and shows only once the first
 * data has been sent. Towards an https proxy that is CONNECT: dial then starts over without it,
 * once, by itself. Towards the target it is the first request, which is the caller's: when that
 * fails, dial_false_start_suspect tells whether to dial again with no_false_start.
 */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include <poll.h>

#include "base/log.h"
#include "net/resolve.h"
#include "net/tls.h"
#include "wire/ip.h"

/* Which way out. */
struct dial_proxy {
	struct span host;
	uint16_t port;
	bool tls;                  /* an https:// proxy */
	struct span authorization; /* "Proxy-Authorization: Basic ...\r\n", or empty */
};

/* What is passed on the way, in this order; not all of it always. */
enum dial_hop {
	DIAL_NAME,      /* of the proxy, or of the target itself */
	DIAL_TCP,
	DIAL_PROXY_TLS, /* the handshake with an https proxy */
	DIAL_PROXY,     /* CONNECT */
	DIAL_TLS,       /* the handshake with the target */
	DIAL_HOPS
};

enum dial_outcome { DIAL_NOT_MET, DIAL_PASSED, DIAL_BROKE };

struct dial_hop_facts {
	enum dial_outcome outcome;
	int64_t ms;
};

/* What the way has shown so far. */
struct dial_facts {
	struct dial_hop_facts hops[DIAL_HOPS];
	size_t addresses;           /* of the name */
	char address[IP_TEXT_MAX];  /* that was connected to; "" = none, or a path */
	int proxy_status;           /* of its reply to CONNECT; 0 = none came */
	bool dated;                 /* ... which had a Date field: */
	int64_t date_s;             /* seconds since 1970 */
	struct tls_facts proxy_tls, tls;
};

struct dial_options {
	struct span host;                /* name or address; for a unix socket its path */
	uint16_t port;
	bool tls;
	bool unix_socket;
	bool no_false_start;             /* the second try after dial_false_start_suspect */
	const struct dial_proxy *proxy;  /* NULL = direct */
	struct resolver *resolver;       /* NULL when no name needs resolving */
	const struct trust *trust;       /* NULL when neither tls nor proxy->tls */
	const struct clock *clock;
	const struct rand *rand;
	struct span user_agent;          /* for CONNECT */
	const struct log *log;           /* steps, with -v; NULL = none */
	int64_t connect_ms;
	int64_t name_ms;                 /* for the look-up alone; 0 = connect_ms */
	struct dial_facts *facts;        /* kept up to date until the conn is taken; NULL = none */
};

struct dial;

/*
 * Everything in `o` is borrowed until dial_free, and trust, clock and rand by the conn it gives.
 * The look-up is under way when it returns.
 */
MUST bool dial_start(struct dial **out, const struct dial_options *o, struct err *e);

/* IO_DONE: dial_take gives the conn. IO_WANT_*: poll. After IO_FAIL only dial_free may follow. */
enum io dial_step(struct dial *d, struct err *e);

enum { DIAL_POLL_MAX = 1 + RESOLVE_ADDRESSES };

/*
 * What to wait for after a step: fills set, returns how many; *deadline_ms (monotonic) is when to
 * step anyway.
 */
size_t dial_poll(const struct dial *d, struct pollfd set[DIAL_POLL_MAX], int64_t *deadline_ms);

struct conn *dial_take(struct dial *d); /* the caller's from now on; once, after IO_DONE */

/*
 * The conn that dial_take gave has failed, is not closed yet, and `d` not freed: might False Start
 * be why?
 */
bool dial_false_start_suspect(const struct dial *d);

void dial_free(struct dial **d); /* closes what was not taken; NULL is allowed */

#endif
