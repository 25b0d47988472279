/*
 * dial_parts - what the files of dial share: the order of things (dial.c), and what is said and
 * kept of them (dial_tell.c).
 */
#ifndef NET_DIAL_PARTS_H
#define NET_DIAL_PARTS_H

#include "net/dial.h"
#include "net/proxy.h"
#include "net/race.h"

enum { HOP_TEXT_MAX = 300 };

/* In their order; the first ones are those of enum dial_hop. */
enum phase {
	RESOLVING = DIAL_NAME,       /* the name of the first hop */
	CONNECTING = DIAL_TCP,       /* its addresses */
	PROXY_TLS = DIAL_PROXY_TLS,  /* handshake with an https proxy */
	TUNNELLING = DIAL_PROXY,     /* CONNECT */
	TARGET_TLS = DIAL_TLS,       /* handshake with the target */
	READY,
	GIVEN,       /* the conn is the caller's */
	FAILED,
};

struct dial {
	struct dial_options o;
	enum phase phase;
	struct span first_host;          /* the proxy, or the target itself */
	uint16_t first_port;
	char first[HOP_TEXT_MAX];        /* "proxy.example:3128", for messages */
	char target[HOP_TEXT_MAX];
	bool no_false_start;
	struct lookup *lookup;
	struct race race;
	size_t winner;                   /* of the race's addresses */
	struct proxy *proxy;
	struct conn *conn;               /* the top of the stack so far; once given, the caller's */
	enum io want;
	int64_t since_ms, limit_ms, deadline_ms; /* of the phase */
};

/* Whom it dials, in words. */
void dial_name_hops(struct dial *d);

/* Says in *e where it happened, and whose fault that is. */
void dial_explain(const struct dial *d, struct err *e);

/* Puts into *e what was waited for in vain. CONNECTING keeps its own deadlines, one per address. */
bool dial_is_late(const struct dial *d, struct err *e);

/* The phase in hand is over, well or not: keeps what it has shown, and tells with -v if well. */
void dial_note(const struct dial *d, bool well);

#endif
