/*
 * resolve_helper - the process behind net/resolve; nobody else includes this.
 *
 * A question is one message with a descriptor of a connected SOCK_SEQPACKET socket attached
 * (SCM_RIGHTS), to which the answer goes as one message. The socket's end without a message
 * means that the look-up died. Both ends are the same program: the structs travel as they are.
 */
#ifndef NET_RESOLVE_HELPER_H
#define NET_RESOLVE_HELPER_H

#include <netdb.h>
#include <sys/types.h>

#include "net/resolve.h"

enum { RESOLVE_HOST_MAX = 254 }; /* 253 and a final dot */

struct resolve_question {
	char host[RESOLVE_HOST_MAX + 1];
};

struct resolve_answer {
	enum err_kind failed; /* ERR_NONE, ERR_NAME or ERR_CONNECT */
	int code;             /* what getaddrinfo returned */
	int sys;              /* errno when that was EAI_SYSTEM */
	struct addresses found; /* ports are 0 */
};

struct resolver {
	pid_t pid;
	int fd; /* our end of the socket questions go to */
};

/* Forks it. ERR_BUG. */
MUST bool resolve_helper_start(struct resolver *r, struct err *e);

/*
 * RFC 8305 section 4: the order the system gave, its first family and the other taking turns, while
 * there is room. The list is not empty; *out is.
 */
void resolve_interleave(const struct addrinfo *list, struct addresses *out);

#endif
