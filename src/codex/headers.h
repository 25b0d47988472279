/*
 * headers - derives every request head, and every header line that holds a credential.
 *
 * The only room beside base/redact that may open a secret; heads therefore go into wiping
 * buffers. Names and values are checked against RFC 9110 sections 5.1 and 5.5 and refused
 * rather than escaped: no CR, LF or NUL from outside ever reaches the wire. What the
 * service hands out (account id, routing override) has been checked where it was read, so a
 * refusal here is the user's doing: ERR_USAGE, naming the header and never its value.
 *
 * Sent: Host, Authorization, the account's lines, who we are, and what the message needs.
 * Never sent: Accept-Encoding, Cookie, X-Forwarded-*.
 */
#ifndef CODEX_HEADERS_H
#define CODEX_HEADERS_H

#include "base/secret.h"

struct headers_identity {
	const struct secret *bearer;   /* NULL = no Authorization line (--auth none) */
	const char *account_id;        /* "" or NULL = no line */
	const char *routing_override;  /* "" or NULL = no line */
	bool fedramp;
	const char *user_agent;
	const char *client_version;
};

struct headers_extra { /* --header-env */
	const char *name;
	const struct secret *value;
};

/*
 * A look-up: GET target; `host` is the Host field's value ("chatgpt.com", "localhost:8080").
 * Appends the whole head, its blank line included. `out` is a wiping buf. ERR_USAGE,
 * ERR_CEILING, ERR_MEMORY.
 */
MUST bool headers_get(struct buf *out, const char *target, struct span host,
                      const struct headers_identity *id, const struct headers_extra *extra,
                      size_t extras, struct err *e);

/*
 * The model call: POST target with a JSON body of body_n bytes; session_id and request_id are
 * UUIDs.
 */
MUST bool headers_post(struct buf *out, const char *target, struct span host,
                       const struct headers_identity *id, const char *session_id,
                       const char *request_id, size_t body_n, const struct headers_extra *extra,
                       size_t extras, struct err *e);

/*
 * May the user add a header of this name (--header-env)? Refused: what is no name, framing,
 * host and hop-by-hop names, those written here, those never sent, and "authorization" unless
 * `without_bearer`. ERR_USAGE.
 */
MUST bool headers_check_extra(struct span name, bool without_bearer, struct err *e);

/* "Proxy-Authorization: Basic <user:password in base64>\r\n" (RFC 7617) into a wiping buf. */
MUST bool headers_proxy_authorization(struct buf *out, const struct secret *user_password,
                                      struct err *e);

#endif
