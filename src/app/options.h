/*
 * options - the one option table: parsing, --help and everything generated from it.
 *
 * POSIX utility syntax with GNU long options: "--name value", "--name=value", short options
 * may be joined, operands and options mix, "--" ends options. A word that is not understood is
 * ERR_USAGE and named.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "base/buf.h"

enum command {
	COMMAND_NONE,
	COMMAND_ASK,
	COMMAND_MODELS,
	COMMAND_AUTH_STATUS,
	COMMAND_DOCTOR,
	COMMAND_VERSION
};

enum option_id {
	OPT_HELP,
	OPT_VERBOSE,
	OPT_EXPLAIN,
	/* ask: input */
	OPT_FILE,
	OPT_INSTRUCTIONS,
	OPT_NO_STDIN,
	OPT_STDIN,
	OPT_STDIN_WAIT,
	OPT_STDIN_MAX,
	OPT_STDIN_HEAD,
	OPT_STDIN_TAIL,
	OPT_LOSSY,
	/* ask: the model */
	OPT_MODEL,
	OPT_EFFORT,
	OPT_VERBOSITY,
	OPT_SUMMARY,
	OPT_SERVICE_TIER,
	/* ask: output */
	OPT_OUTPUT,
	OPT_TRANSCRIPT,
	OPT_BUFFER,
	OPT_OUTPUT_SCHEMA,
	OPT_SCHEMA_FIX,
	OPT_PATCH,
	OPT_PATCH_PATHS,
	OPT_PATCH_CI,
	OPT_REPAIR,
	OPT_JSON,
	OPT_JSON_DELTAS,
	OPT_RAW,
	OPT_MAX_OUTPUT_BYTES,
	OPT_MAX_TOTAL_TOKENS,
	OPT_DRY_RUN,
	/* doctor */
	OPT_LIVE,
	OPT_PRINT_EGRESS,
	/* credential */
	OPT_TOKEN_FILE,
	OPT_TOKEN_FD,
	OPT_CODEX_AUTH,
	/* workspace */
	OPT_ACCOUNT_ID,
	OPT_FEDRAMP,
	OPT_REQUIRE_WORKSPACE,
	OPT_BACKEND_ORIGIN,
	OPT_ROUTING_OVERRIDE,
	OPT_CLIENT_VERSION,
	/* another endpoint */
	OPT_BASE_URL,
	OPT_AUTH,
	OPT_CALLER_SECRET_FILE,
	OPT_HEADER_ENV,
	/* the way there */
	OPT_CACERT,
	OPT_TIMEOUT,
	OPT_CONNECT_TIMEOUT,
	OPT_IDLE_TIMEOUT,
	OPT_RETRIES,
	OPT_COUNT
};

/*
 * A row of the table. What an argument is called tells what it may be: a name that begins with a
 * small letter is the list of all the words it may be ("low|medium|high"), FILE is a file, and
 * something in front of "@FILE" may be read from one.
 */
struct option {
	char letter;         /* 0 = none */
	const char *name;    /* without the dashes */
	const char *value;   /* what the argument is called; NULL = takes none */
	int commands;        /* see options_applies */
	const char *heading; /* begins a group in --help; NULL = goes on */
	const char *help;
};

struct command_row {
	enum command command;
	const char *name; /* as it is typed: a word, or two */
	const char *synopsis;
	const char *help; /* lines */
};

const struct option *options_row(enum option_id id);
bool options_applies(const struct option *row, enum command command);

/* NULL of COMMAND_NONE and behind the last. */
const struct command_row *options_command(enum command command);

/* Walks argv; see options_next. */
struct options {
	int argc, at;
	char **argv;
	const char *joined; /* rest of a joined short-option word */
	bool ended;         /* "--" has been seen */
	enum command command;
};

enum options_step {
	OPTIONS_OPTION,  /* *id and, when the option takes one, *value */
	OPTIONS_OPERAND, /* *value */
	OPTIONS_END,
	OPTIONS_FAIL,
};

/*
 * argv as main gets it. Reads the command's word or words if there are any. ERR_USAGE for an unknown
 * command; of one whose first word is known, .command is one that begins so.
 */
MUST bool options_init(struct options *o, int argc, char **argv, struct err *e);
enum options_step options_next(
	struct options *o, enum option_id *id, const char **value, struct err *e);

/* Does this flag stand, as a word of its own, anywhere before "--"? For when parsing has failed. */
bool options_mention(int argc, char *const *argv, enum option_id id);

/* Does it speak to the service? */
bool options_is_online(enum command command);

/* The help of a command (COMMAND_NONE: of the program). */
MUST bool options_help(enum command command, struct buf *out, struct err *e);

/*
 * "90", "1.5s", "250ms", "5m", "2h": milliseconds, more than 0 and at most a week. ERR_USAGE naming
 * the option.
 */
MUST bool options_duration(enum option_id id, const char *text, int64_t *ms, struct err *e);

/* "4096", "64k", "4M" (powers of 1024): at least 1, at most max. */
MUST bool options_size(enum option_id id, const char *text, size_t max, size_t *out, struct err *e);

/* One of the words that the table lists for this option. */
MUST bool options_word(enum option_id id, const char *text, struct err *e);

/* A whole number from lo to hi. */
MUST bool options_number(
	enum option_id id, const char *text, int lo, int hi, int *out, struct err *e);

#endif
