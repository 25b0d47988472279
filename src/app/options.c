#include "app/options.h"

#include <string.h>

enum {
	ALONE = 1 << COMMAND_NONE,
	ASK = 1 << COMMAND_ASK,
	DOCTOR = 1 << COMMAND_DOCTOR,
	API = ASK | DOCTOR | 1 << COMMAND_MODELS, /* asks what a gateway answers, too */
	ONLINE = API | 1 << COMMAND_AUTH_STATUS,
	ANY = ~0,
};

static const struct option table[OPT_COUNT] = {
	[OPT_HELP] = {'h', "help", NULL, ANY, "General", "show this and exit"},
	[OPT_VERBOSE] = {'v', "verbose", NULL, ANY, NULL,
		"tell each step on stderr; more detail on stdout"},

	[OPT_EXPLAIN] = {'e', "explain", "CODE", ALONE, NULL,
		"what an exit status means, its usual cause and cure"},

	[OPT_FILE] = {'f', "file", "FILE", ASK, "Input",
		"attach FILE as data (repeatable; '-' is stdin)"},
	[OPT_INSTRUCTIONS] = {0, "instructions", "TEXT|@FILE", ASK, NULL,
		"instructions for the model"},
	[OPT_NO_STDIN] = {'n', "no-stdin", NULL, ASK, NULL, "never read stdin"},
	[OPT_STDIN] = {0, "stdin", NULL, ASK, NULL, "wait for the end of stdin whatever it takes"},
	[OPT_STDIN_WAIT] = {0, "stdin-wait", "TIME", ASK, NULL,
		"give up on a silent stdin after TIME (60s)"},
	[OPT_STDIN_MAX] = {0, "stdin-max", "SIZE", ASK, NULL, "more from stdin is an error (4M)"},
	[OPT_STDIN_HEAD] = {0, "stdin-head", "SIZE", ASK, NULL,
		"keep only the first SIZE bytes of stdin"},
	[OPT_STDIN_TAIL] = {0, "stdin-tail", "SIZE", ASK, NULL,
		"keep only the last SIZE bytes of stdin"},
	[OPT_LOSSY] = {0, "lossy", NULL, ASK, NULL,
		"replace what is not UTF-8 instead of refusing it"},

	[OPT_MODEL] = {'m', "model", "SLUG", ASK | DOCTOR, "Model",
		"the model (default: OCTAVO_MODEL, else the workspace's first)"},
	[OPT_EFFORT] = {0, "effort", "none|minimal|low|medium|high|xhigh", ASK, NULL,
		"how long to reason (default: the model's own)"},
	[OPT_VERBOSITY] = {0, "verbosity", "low|medium|high", ASK, NULL,
		"how much to write (default: the model's own)"},
	[OPT_SUMMARY] = {0, "summary", "auto|concise|detailed|none", ASK, NULL,
		"a summary of the reasoning, told with --json (default: none)"},
	[OPT_SERVICE_TIER] = {0, "service-tier", "TIER", ASK, NULL, "ask for a service tier"},

	[OPT_OUTPUT] = {'o', "output", "FILE", ASK, "Output",
		"the answer also to FILE, which exists afterwards only if all went well"},
	[OPT_TRANSCRIPT] = {0, "transcript", "FILE", ASK, NULL,
		"go on with the conversation in FILE and, if all goes well, add to it"},
	[OPT_BUFFER] = {0, "buffer", NULL, ASK, NULL,
		"write nothing before the answer is complete"},
	[OPT_OUTPUT_SCHEMA] = {0, "output-schema", "FILE", ASK, NULL,
		"the answer is JSON that fits this strict JSON Schema, or 40"},
	[OPT_SCHEMA_FIX] = {0, "schema-fix", NULL, ASK, NULL,
		"add what a strict schema must say: all required, nothing else"},
	[OPT_PATCH] = {0, "patch", "FILE", ASK, NULL,
		"the answer is one unified diff that applies, or 40; as -o FILE"},
	[OPT_PATCH_PATHS] = {0, "patch-paths", "GLOB", ASK, NULL,
		"the diff may touch only these paths (repeatable)"},
	[OPT_PATCH_CI] = {0, "patch-ci", NULL, ASK, NULL,
		"the diff may touch the configuration of CI systems, too"},
	[OPT_REPAIR] = {0, "repair", NULL, ASK, NULL,
		"of an answer that does not fit ask for a better one, once"},
	[OPT_JSON] = {0, "json", NULL, ONLINE, NULL, "JSON: one object; of ask, lines as codex exec --json prints"},
	[OPT_JSON_DELTAS] = {0, "json-deltas", NULL, ASK, NULL,
		"the same, with each piece of text as it comes"},
	[OPT_RAW] = {0, "raw", NULL, ASK, NULL,
		"leave control sequences and CI commands in the answer alone"},
	[OPT_MAX_OUTPUT_BYTES] = {0, "max-output-bytes", "SIZE", ASK, NULL,
		"end with 50 when the answer is longer"},
	[OPT_MAX_TOTAL_TOKENS] = {0, "max-total-tokens", "N", ASK, NULL,
		"end with 50 when more were used (known only at the end)"},
	[OPT_DRY_RUN] = {0, "dry-run", NULL, ASK, NULL,
		"print the request, the credential masked, and send no prompt"},

	[OPT_LIVE] = {0, "live", NULL, DOCTOR, "What is looked at",
		"make one tiny model call as well"},
	[OPT_PRINT_EGRESS] = {0, "print-egress", NULL, DOCTOR, NULL,
		"only list what would be contacted; contacts nothing, needs no token"},

	[OPT_TOKEN_FILE] = {0, "token-file", "FILE", ONLINE, "Credential",
		"read the token from FILE ('-' is stdin)"},
	[OPT_TOKEN_FD] = {0, "token-fd", "N", ONLINE, NULL, "read the token from descriptor N"},
	[OPT_CODEX_AUTH] = {0, "codex-auth", NULL, ONLINE, NULL,
		"allow codex's own auth.json as a source"},

	[OPT_ACCOUNT_ID] = {0, "account-id", "ID", ONLINE, "Workspace", "the workspace; skips whoami"},
	[OPT_FEDRAMP] = {0, "fedramp", NULL, ONLINE, NULL, "with --account-id: a FedRAMP workspace"},
	[OPT_REQUIRE_WORKSPACE] = {0, "require-workspace", "ID", ONLINE, NULL,
		"end with 12 unless whoami says the token is of this workspace"},
	[OPT_BACKEND_ORIGIN] = {0, "backend-origin", "URL", ONLINE, NULL,
		"send the prompt to this https origin; skips routing"},
	[OPT_ROUTING_OVERRIDE] = {0, "routing-override", "VALUE", ONLINE, NULL,
		"with --backend-origin: the routing header's value"},
	[OPT_CLIENT_VERSION] = {0, "client-version", "VERSION", ONLINE, NULL,
		"protocol version to announce"},

	[OPT_BASE_URL] = {0, "base-url", "URL", API, "Another endpoint",
		"a gateway or local proxy instead of the service; unix:PATH works"},
	[OPT_AUTH] = {0, "auth", "bearer|none", API, NULL,
		"whether the token goes to --base-url (loopback: bearer)"},
	[OPT_CALLER_SECRET_FILE] = {0, "caller-secret-file", "FILE", API, NULL,
		"send this bearer to --base-url instead of the token"},
	[OPT_HEADER_ENV] = {0, "header-env", "NAME=VAR", API, NULL,
		"add a header to --base-url with VAR's value (repeatable)"},

	[OPT_CACERT] = {0, "cacert", "FILE", ONLINE, "Network", "trust only the certificates in FILE"},
	[OPT_TIMEOUT] = {0, "timeout", "TIME", ONLINE, NULL, "the whole run (30m; of doctor 10s)"},
	[OPT_CONNECT_TIMEOUT] = {0, "connect-timeout", "TIME", ONLINE, NULL, "each connect (10s)"},
	[OPT_IDLE_TIMEOUT] = {0, "idle-timeout", "TIME", ASK, NULL,
		"silence inside an answer (5m)"},
	[OPT_RETRIES] = {0, "retries", "N", ONLINE, NULL,
		"at most N retries of a request (4; of doctor 0)"},
};

static const struct command_row commands[] = {
	{COMMAND_ASK, "ask", "octavo ask [OPTION]... [PROMPT]",
		"One answer, streamed to stdout. PROMPT is the argument, or stdin when there is "
		"none or it\n"
		"is '-'. With a PROMPT argument, what is piped in is attached as data."},
	{COMMAND_MODELS, "models", "octavo models [OPTION]...",
		"What this workspace may use, the service's first choice first: name, title, "
		"context window and\n"
		"reasoning efforts. '*' marks the default model and its default effort; -v shows "
		"hidden models too."},
	{COMMAND_AUTH_STATUS, "auth status", "octavo auth status [OPTION]...",
		"Which credential, from where, whose, which workspace and plan, when it ends, and "
		"where calls go:\n"
		"asks the service, and exits as ask would. -v shows the e-mail address whole, and what each key\n"
		"of the workspace's policy does here."},
	{COMMAND_DOCTOR, "doctor", "octavo doctor [OPTION]...",
		"Why does nothing work? Walks the way to the service hop by hop, says which are "
		"broken and what\n"
		"cures them, and exits as ask would: with the status of the first. -v tells each "
		"step."},
	{COMMAND_VERSION, "version", "octavo version [-v]",
		"Version; with -v also commit, libraries and the date of the built-in roots. Also: "
		"octavo\n"
		"--version, octavo -V."},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

const struct command_row *options_command(enum command command)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].command == command)
			return &commands[i];
	return NULL;
}

/* The first row whose name is `word`, or begins with it as a word of its own. */
static const struct command_row *command_by_word(struct span word)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		struct span name = span_str(commands[i].name);

		if (word.n > 0 && span_equal(span_cut(name, 0, span_find(name, ' ', 0)), word))
			return &commands[i];
	}
	return NULL;
}

/* A command of two words: the second must be there, unless it is help that is wanted. */
static bool second_word(struct options *o, const struct command_row *row, struct err *e)
{
	struct span name = span_str(row->name);
	size_t gap = span_find(name, ' ', 0);
	const char *given = o->at < o->argc ? o->argv[o->at] : "";

	if (gap == name.n || strcmp(given, "--help") == 0 || strcmp(given, "-h") == 0)
		return true;
	if (!span_equal(span_cut(name, gap + 1, name.n), span_str(given)))
		return err_set(e, ERR_USAGE, 0, "'%s%s%s' is no command; there is 'octavo %s'",
			o->argv[1], given[0] != '\0' ? " " : "", given, row->name);
	o->at++;
	return true;
}

bool options_init(struct options *o, int argc, char **argv, struct err *e)
{
	const struct command_row *row;
	struct span word;

	*o = (struct options){.argc = argc, .at = 1, .argv = argv, .command = COMMAND_NONE};
	if (argc < 2)
		return true;
	word = span_str(argv[1]);
	if (span_equal_str(word, "--version") || span_equal_str(word, "-V"))
		word = span_str("version");
	if (span_starts(word, "-"))
		return true;
	row = command_by_word(word);
	if (row == NULL)
		return err_set(e, ERR_USAGE, 0, "unknown command '%s' (octavo --help lists them)",
			argv[1]);
	o->command = row->command;
	o->at = 2;
	return second_word(o, row, e);
}

bool options_is_online(enum command command)
{
	return (ONLINE & 1 << command) != 0;
}

bool options_mention(int argc, char *const *argv, enum option_id id)
{
	for (int i = 1; i < argc && !span_equal_str(span_str(argv[i]), "--"); i++)
		if (span_starts(span_str(argv[i]), "--") &&
			span_equal_str(span_str(argv[i] + 2), table[id].name))
			return true;
	return false;
}

const struct option *options_row(enum option_id id)
{
	return &table[id];
}

bool options_applies(const struct option *opt, enum command command)
{
	return (opt->commands & 1 << command) != 0;
}

static enum options_step take_value(struct options *o, const char *word, const char **value,
                                    struct err *e)
{
	if (o->at >= o->argc) {
		err_set(e, ERR_USAGE, 0, "%s needs an argument", word);
		return OPTIONS_FAIL;
	}
	*value = o->argv[o->at++];
	return OPTIONS_OPTION;
}

/* Without what stands behind '=': it may be a token that was meant for an option we do not have. */
static enum options_step unknown(const struct options *o, struct span word, struct err *e)
{
	const struct command_row *row = options_command(o->command);
	const char *command = row != NULL ? row->name : "", *gap = row != NULL ? " " : "";

	err_set(e, ERR_USAGE, 0, "unknown option '%.*s' (octavo %s%s--help lists them)",
		(int)word.n, (const char *)word.p, command, gap);
	return OPTIONS_FAIL;
}

static enum options_step long_option(struct options *o, char *word, enum option_id *id,
                                     const char **value, struct err *e)
{
	struct span name = span_str(word + 2);
	size_t equals = span_find(name, '=', 0);
	const char *given = equals < name.n ? word + 2 + equals + 1 : NULL;

	name = span_cut(name, 0, equals);
	for (int i = 0; i < OPT_COUNT; i++) {
		if (!options_applies(&table[i], o->command) || !span_equal_str(name, table[i].name))
			continue;
		*id = (enum option_id)i;
		*value = given;
		if (table[i].value == NULL && given != NULL) {
			err_set(e, ERR_USAGE, 0, "--%s takes no argument", table[i].name);
			return OPTIONS_FAIL;
		}
		return table[i].value == NULL || given != NULL ? OPTIONS_OPTION
		                                               : take_value(o, word, value, e);
	}
	return unknown(o, span_of(word, name.n + 2), e);
}

static enum options_step short_option(struct options *o, enum option_id *id, const char **value,
                                      struct err *e)
{
	char letter = *o->joined++;
	const char word[] = {'-', letter, '\0'};

	for (int i = 0; i < OPT_COUNT; i++) {
		if (!options_applies(&table[i], o->command) || table[i].letter != letter)
			continue;
		*id = (enum option_id)i;
		*value = NULL;
		if (table[i].value == NULL)
			return OPTIONS_OPTION;
		if (*o->joined == '\0')
			return take_value(o, word, value, e);
		*value = o->joined;
		o->joined = "";
		return OPTIONS_OPTION;
	}
	return unknown(o, span_of(word, 2), e);
}

enum options_step options_next(struct options *o, enum option_id *id, const char **value,
                               struct err *e)
{
	char *word;

	if (o->joined != NULL && *o->joined != '\0')
		return short_option(o, id, value, e);
	if (o->at >= o->argc)
		return OPTIONS_END;
	word = o->argv[o->at++];
	if (o->ended || word[0] != '-' || word[1] == '\0') {
		*value = word;
		return OPTIONS_OPERAND;
	}
	if (word[1] == '-' && word[2] == '\0') {
		o->ended = true;
		return options_next(o, id, value, e);
	}
	if (word[1] == '-')
		return long_option(o, word, id, value, e);
	o->joined = word + 1;
	return short_option(o, id, value, e);
}
