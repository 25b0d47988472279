/*
 * config - argv and environment -> one struct of per-room option structs.
 *
 * The only place that reads the environment. Whatever is secret there (the token, proxy passwords,
 * header values) is moved into secrets and its bytes in the environment block are overwritten,
 * so that neither /proc/self/environ nor a child shows them. All checks that need no file and no
 * network happen here: ERR_USAGE.
 */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "app/input.h"
#include "app/options.h"
#include "base/redact.h"
#include "codex/headers.h"
#include "codex/request.h"
#include "codex/token.h"
#include "net/trust.h"
#include "wire/url.h"

enum { CONFIG_HEADERS = 16, CONFIG_GLOBS = 32, CONFIG_NOTES = 4, CONFIG_NOTE_MAX = 160, CONFIG_HEADER_NAME_MAX = 64 };

enum auth_mode { AUTH_DEFAULT, AUTH_BEARER, AUTH_NONE };

/* A URL of the user's and the text it borrows from. */
struct config_url {
	bool given;
	struct buf text; /* wiping: a proxy's userinfo is cut out of it */
	struct url url;
};

struct config {
	struct options options; /* the walk over argv; .command */
	bool help, verbose;
	bool live, print_egress; /* of doctor */
	const char *explain; /* an exit status to tell about; NULL = none */

	struct input_options input;
	struct buf instructions;
	const char *instructions_file; /* to be read; NULL = none */
	struct request request; /* model, effort, ...; input and keys are filled later */
	const char *output;     /* NULL = stdout alone */
	const char *transcript; /* NULL = none */
	const char *schema_file; /* of --output-schema, to be read; NULL = none */
	bool schema_fix;
	const char *patch;       /* as output, and a diff; NULL = none */
	const char *patch_globs[CONFIG_GLOBS];
	size_t patch_globs_n;    /* 0 = any path */
	bool patch_ci;
	bool repair;
	const char *path;        /* PATH, for git; NULL = unset */
	bool raw;
	bool buffer;             /* asked for, or what the answer must be implies it */
	bool json;              /* also when parsing failed before it was met */
	bool json_deltas;
	size_t max_output_bytes;  /* 0 = any */
	int max_total_tokens;     /* 0 = any */
	bool dry_run;

	struct token_options token;
	struct buf codex_home;  /* ~/.codex, when --codex-auth asks for it */
	char *env_token;        /* CODEX_ACCESS_TOKEN, in a page of its own; NULL = unset */
	size_t env_token_size;
	const char *account_id; /* NULL = whoami tells */
	bool fedramp;
	const char *require_workspace; /* NULL = any */
	const char *routing_override;
	const char *client_version;
	struct config_url auth_base;      /* CODEX_AUTHAPI_BASE_URL or the service's */
	struct config_url backend_origin; /* --backend-origin */

	struct config_url base_url;
	enum auth_mode auth;
	const char *caller_secret_file;
	struct headers_extra extra[CONFIG_HEADERS];
	struct secret *extra_secrets[CONFIG_HEADERS];          /* what .value points to, owned */
	char extra_names[CONFIG_HEADERS][CONFIG_HEADER_NAME_MAX]; /* what .name points to */
	const char *extra_variables[CONFIG_HEADERS];
	size_t extras;

	struct trust_options trust;
	struct config_url proxy;
	struct secret *proxy_credential; /* "user:password", percent-decoded; NULL = none */
	struct secret *proxy_password;   /* the password alone; NULL = none */
	const char *no_proxy;            /* NULL = unset */
	struct err proxy_refused;        /* doctor tells it; ERR_NONE = there is nothing wrong */

	int64_t run_ms, connect_ms, name_ms, lookup_ms, idle_ms; /* name_ms 0: connect_ms */
	unsigned retries;

	/* Who named them, for messages: the option or the variable. */
	const char *named_model, *named_account, *named_base, *named_proxy;

	bool in_ci; /* a CI runner parses our output for commands */
	char notes[CONFIG_NOTES][CONFIG_NOTE_MAX]; /* to be told on stderr; "" = none */
};

/* `environ_block` is the environment as main has it; its secret strings are overwritten. */
MUST bool config_read(struct config *c, int argc, char **argv, char **environ_block, struct err *e);

/* The files that options name; a FIFO has until deadline_ms (ERR_TIME). ERR_USAGE. */
MUST bool config_read_files(
	struct config *c, const struct clock *clock, int64_t deadline_ms, struct err *e);

/*
 * Makes known to the redactor every secret that config holds, whether config_read succeeded or not.
 */
MUST bool config_learn(const struct config *c, struct redact *r, struct err *e);

void config_free(struct config *c);

#endif
