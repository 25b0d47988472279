/*
 * doctor_parts - what the files of doctor share: the record of hops (doctor_hops.c), what is made
 * ready (doctor.c), the way to each host (doctor_way.c), what the service is asked (doctor_ask.c),
 * the model call (doctor_live.c), the clock (doctor_clock.c), and how all that is told
 * (doctor_tell.c).
 */
#ifndef APP_DOCTOR_PARTS_H
#define APP_DOCTOR_PARTS_H

#include "app/doctor.h"
#include "app/session_state.h"

enum { DOCTOR_HOPS_MAX = 32, DOCTOR_DETAIL_MAX = 1000 };

enum hop_state { HOP_NOT_REACHED, HOP_OK, HOP_BROKEN };

struct hop {
	const char *name;         /* static, as `cure` is */
	char host[JSONL_NAME_MAX]; /* "" = of none */
	enum hop_state state;
	int64_t ms;               /* it took so long; -1 = unknown */
	enum err_kind kind;       /* of a broken one */
	struct buf detail;        /* one line without secrets, NUL-terminated */
	const char *cure;         /* where more is known than of the class; NULL = no more, none */
};

/* One link of the session, as far as it has been looked at. */
struct way {
	struct link *link; /* NULL = not looked at */
	struct hop *tls;   /* NULL = none */
	bool open;
	bool deaf;         /* it does not answer as itself: more questions would tell nothing */
};

enum { WAY_AUTH, WAY_SERVICE, WAY_CALL, WAYS };

struct doctor {
	const struct config *config;
	struct command_io io;     /* its deadline leaves time to tell */
	struct outset outset;
	struct hop hops[DOCTOR_HOPS_MAX];
	size_t n;
	struct way ways[WAYS];
	struct hop *clock;
	size_t machine_n;         /* of what the policy tells: the machine's part */
	bool aimless;             /* there is no trust at all: no way is walked */
	bool credible;            /* the credential is there, and trust as asked for: it may go */
	struct input *question;   /* of --live */
	struct sink answer;
	struct err lost;          /* what kept us from telling; ERR_NONE = nothing */
};

/* ---- the record ---- */

/* The next hop, not reached; `host` borrowed for the call, empty = none. */
struct hop *hop_add(struct doctor *d, const char *name, struct span host);

/* The same of a link. */
struct hop *hop_add_link(struct doctor *d, const char *name, const struct link *l);

/* What there is to say of it, instead of what was said before. */
void hop_say(struct doctor *d, struct hop *h, enum hop_state state, const char *fmt, ...)
	PRINTF(4, 5);

/* The policy's notes that begin at `from`, or these words when there is none. */
void hop_say_policy(struct doctor *d, struct hop *h, size_t from, const char *none);

/* It is broken, as *why says; `cure` may be NULL. */
void hop_break(struct doctor *d, struct hop *h, const struct err *why, const char *cure);

/* The cure where that is how a network answers that wants a login of its own; else NULL. */
const char *doctor_cure_portal(int status, bool page);

/* The run's time is over. */
bool doctor_is_late(const struct doctor *d);

/* ---- the steps ---- */

/* The hops from here to a connection of the link; fills *w. */
void doctor_walk_way(struct doctor *d, struct way *w, struct link *l);

/* All that ask asks on its way; the session has been started. */
void doctor_walk_service(struct doctor *d);

/* Judges the clock by every Date that was seen, and what it has to do with certificates. */
void doctor_judge_clock(struct doctor *d);

/* Lays out one tiny model call, whose answer is passed over. False: see d->lost. */
MUST bool doctor_hold_call(struct doctor *d);

/* Lines for people, or one object. `first` is the first broken hop, NULL = none is. */
MUST bool doctor_tell(const struct doctor *d, const struct command_io *io, const struct hop *first,
	struct err *e);

#endif
