/*
 * token - which credential, from where, of what kind.
 *
 * The wire contract as observed 2026-11: a personal access token ("at-...", opaque), or a
 * ChatGPT access JWT carrying the account id. Agent identities are recognised and refused
 * until they are supported; API keys and session tokens belong elsewhere and are refused.
 * Refusals are ERR_CREDENTIAL (an expired JWT is ERR_AUTH), come before any connection, name
 * the source, what was given and what is wanted, and show no byte of it.
 *
 * Sources, first hit wins: --token-file, --token-fd, CODEX_ACCESS_TOKEN,
 * CODEX_ACCESS_TOKEN_FILE, $CREDENTIALS_DIRECTORY/codex-access-token, and codex's own
 * auth.json when asked for. The rules for files are codex/token_file's. White space around
 * the token is trimmed; then it is characters of a bearer token only (RFC 6750 section
 * 2.1), TOKEN_MIN to TOKEN_MAX bytes.
 */
#ifndef CODEX_TOKEN_H
#define CODEX_TOKEN_H

#include "base/clock.h"
#include "base/secret.h"

enum token_kind {
	TOKEN_PERSONAL, /* "at-...": whoami tells the account */
	TOKEN_JWT,      /* the account is in the claims */
	TOKEN_CALLER,   /* --caller-secret-file: some gateway's own bearer, opaque to us */
};

/*
 * Where to look. Strings are borrowed for the call; NULL = not given, while a variable that is
 * set but empty is "".
 */
struct token_options {
	const char *file;            /* --token-file; "-" is stdin, taken whole */
	int fd;                      /* --token-fd; -1 = not given */
	char *env_token;             /* CODEX_ACCESS_TOKEN's value; token_load zeroes it */
	const char *env_file;        /* CODEX_ACCESS_TOKEN_FILE */
	const char *credentials_dir; /* CREDENTIALS_DIRECTORY */
	const char *codex_home;      /* CODEX_HOME, ~/.codex with --codex-auth; NULL = never look */
	bool codex_jwt;              /* auth.json's tokens.access_token will do (never in CI) */
	bool federation;             /* OPENAI_FEDERATION_RULE_ID or _IDENTITY_TOKEN_FILE is set */
	bool api_key;                /* CODEX_API_KEY is set: named as ignored */
	int stdin_fd;
	int64_t fifo_ms;             /* how long a FIFO may take from open to end */
};

enum { TOKEN_SOURCE_MAX = 256, ACCOUNT_ID_MAX = 128, TOKEN_NOTE_MAX = 160 };

struct token {
	struct secret *secret;           /* owned; NULL after a failure */
	enum token_kind kind;
	char source[TOKEN_SOURCE_MAX];   /* "CODEX_ACCESS_TOKEN", "--token-file /a": for people */
	char account_id[ACCOUNT_ID_MAX]; /* from a JWT's claims, else ""; fit for a header */
	bool fedramp;                    /* from a JWT's claims */
	int64_t expires_s;               /* a JWT's exp, 0 when there is none */

	/* To tell on stderr, "" = none: sources that differ, a CODEX_API_KEY that is ignored. */
	char notes[2][TOKEN_NOTE_MAX];
};

/* Fills *t, which token_free empties. An environment value is overwritten whatever happens. */
MUST bool token_load(struct token *t, const struct token_options *o, const struct clock *clock,
                     struct err *e);

/*
 * --caller-secret-file: same rules for file and characters, REDACT_SECRET_MIN bytes at least,
 * no claims.
 */
MUST bool token_load_caller(struct token *t, const char *file, int64_t fifo_ms,
                            const struct clock *clock, struct err *e);

void token_free(struct token *t); /* may be called twice */

/*
 * What `text` (trimmed, in a wiping buf) is: fills kind, account_id, fedramp, expires_s. Part
 * of token_load.
 */
MUST bool token_classify(struct token *t, struct span text, const struct clock *clock,
                         struct err *e);

#endif
