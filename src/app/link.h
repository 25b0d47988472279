/*
 * link - the one kept-alive connection to an origin, made when it is wanted, and again when the
 * peer has closed it.
 */
#ifndef APP_LINK_H
#define APP_LINK_H

#include "net/dial.h"
#include "net/http.h"
#include "wire/url.h"

/* What every link of a run shares; borrowed by the links. */
struct route {
	const struct url *proxy;         /* NULL = none configured */
	struct span proxy_authorization; /* header line or empty */
	struct span no_proxy;
	struct resolver *resolver;
	const struct trust *trust;       /* NULL when no link needs TLS */
	const struct clock *clock;
	const struct rand *rand;
	const struct log *log;
	struct span user_agent;
	int64_t connect_ms, name_ms;     /* as dial has them */
};

struct link {
	const struct route *route;
	struct buf text;            /* what url borrows from */
	struct url url;
	struct buf authority;       /* the Host field's value */
	struct dial_proxy proxy;
	bool proxied;
	bool no_false_start;        /* this peer has shown that it cannot take it */
	struct dial *dial;          /* also behind an open conn, until its first exchange is over */
	struct conn *conn;          /* NULL until connected */
	unsigned exchanges;         /* completed on this conn */
	struct dial_facts facts;    /* of the last dial */
	bool dated;                 /* a response had a Date field: */
	int64_t ahead_s;            /* our clock less the last one's */
	bool failed;                /* the last dial failed ... */
	struct err why;             /* ... like this */
};

/* `origin` is a whole URL; only scheme, host and port count. ERR_USAGE, ERR_MEMORY. */
MUST bool link_init(struct link *l, const struct route *route, struct span origin, struct err *e);
void link_free(struct link *l);

/* Through the proxy, if there is one? */
bool link_goes_by_proxy(const struct url *u, const struct url *proxy, struct span no_proxy);

/* Does reaching it take a name look-up, and TLS? Known before anything is contacted. */
bool link_needs_names(const struct url *u, const struct url *proxy, struct span no_proxy);
bool link_needs_tls(const struct url *u, const struct url *proxy, struct span no_proxy);

/* Begins to connect, in the background; nothing to do when connected or under way. */
MUST bool link_prepare(struct link *l, struct err *e);

/* Moves a connect on. A failure is kept in l->why until link_prepare or link_is_open meets it. */
void link_step(struct link *l);
bool link_is_dialling(const struct link *l);

/*
 * True when open; else false with *e set when the dial failed, untouched (kind ERR_NONE) while it
 * is under way.
 */
bool link_is_open(struct link *l, struct err *e);

/* The exchange is over: keeps the connection, or closes it. */
void link_release(struct link *l, bool keep);

/*
 * The exchange failed where False Start may be why: closes, and the next dial goes without. False:
 * it was not that.
 */
bool link_blames_false_start(struct link *l);

#endif
