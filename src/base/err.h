/*
 * err - the one error form of the program.
 *
 * A function that can fail returns bool, must be checked (MUST) and takes a
 * `struct err *` last. On failure it fills the record once and returns false; on
 * success it leaves the record alone. The record owns no memory.
 *
 * The kind says what the *caller* can do about it; app/status maps kinds to exit
 * statuses in one switch. The text is one line, lower case, without a trailing
 * period, and never holds secret bytes: whoever writes it must not put them there,
 * and base/log redacts once more on the way out.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/attr.h"

enum { ERR_TEXT_MAX = 4096 + 512 }; /* SERVER_TEXT_MAX, and what we say around it */

enum err_kind {
	ERR_NONE,
	ERR_BUG,           /* our own mistake */
	ERR_MEMORY,        /* an allocation failed */
	ERR_USAGE,         /* arguments, unreadable input */
	ERR_CREDENTIAL,    /* no credential, or the wrong kind */
	ERR_AUTH,          /* credential rejected, expired, revoked */
	ERR_ACCESS,        /* not entitled, wrong workspace, policy */
	ERR_NAME,          /* host name not found */
	ERR_CONNECT,       /* refused, unreachable, reset before the head */
	ERR_PROXY,         /* the proxy said no */
	ERR_PROXY_BUSY,    /* the proxy cannot be reached or is overloaded */
	ERR_TRUST,         /* certificate, TLS version or suite, trust file */
	ERR_EDGE,          /* blocked by the content delivery network */
	ERR_TIME,          /* a deadline passed */
	ERR_TIME_CONNECT,  /* ... while connecting: trying again is sensible */
	ERR_BUSY,          /* overloaded or rate limited */
	ERR_LIMIT,         /* usage limit or quota */
	ERR_REQUEST,       /* the request was refused */
	ERR_TOO_LONG,      /* ... because the input exceeds the model's context */
	ERR_PROTOCOL,      /* the peer broke the protocol */
	ERR_CEILING,       /* the peer crossed one of base/limits.h */
	ERR_CUT,           /* the stream ended before its terminal event */
	ERR_MISFIT,        /* answer does not fit schema or patch */
	ERR_EMPTY,         /* answer without text */
	ERR_REFUSED,       /* the model declined */
	ERR_INCOMPLETE,    /* the answer stopped early */
	ERR_BUDGET,        /* a limit set by the user was reached */
	ERR_OUTPUT,        /* the output could not be written */
	ERR_PIPE,          /* the reader of stdout went away */
	ERR_KINDS
};

struct err {
	enum err_kind kind;
	int sys;                 /* errno at the failure, 0 when it does not apply */
	char text[ERR_TEXT_MAX]; /* NUL-terminated, cut when too long */
};

/*
 * Fills `e` and returns false, so that `return err_set(...)` reads as it behaves.
 * `sys` non-zero appends ": <what the errno means>" to the text.
 */
bool err_set(struct err *e, enum err_kind kind, int sys, const char *fmt, ...) PRINTF(4, 5);

/* ERR_MEMORY with the standard text; returns false. */
bool err_memory(struct err *e);

/* Puts "<prefix>: " in front of the text, keeping kind and errno; returns false. */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF(2, 3);

/* The class's stable name, as printed by machine-readable output ("auth", "trust", ...). */
const char *err_kind_name(enum err_kind kind);

#endif
