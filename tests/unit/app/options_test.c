/* Unit tests of app/options: every way to write an option, every row of the table, every edge. */
#include "app/options.h"

#include <errno.h>

#include "failing.h"
#include "fakes.h"

enum { WORDS = 10 };

/* What the walk over the words gives, written down: "model=x file=a 'operand' !error". */
struct row {
	const char *name;
	const char *argv[WORDS]; /* behind "octavo" */
	const char *want;
};

static const struct row rows[] = {
	{"nothing", {NULL}, "none"},
	{"a command", {"ask"}, "ask"},
	{"long, value apart", {"ask", "--model", "m"}, "ask model=m"},
	{"long, value behind =", {"ask", "--model=m"}, "ask model=m"},
	{"value with = in it", {"ask", "--header-env=A=B"}, "ask header-env=A=B"},
	{"empty value behind =", {"ask", "--model="}, "ask model="},
	{"empty value apart", {"ask", "--model", ""}, "ask model="},
	{"value that looks like an option", {"ask", "--model", "--raw"}, "ask model=--raw"},
	{"value that is --", {"ask", "--model", "--", "x"}, "ask model=-- 'x'"},
	{"short, value apart", {"ask", "-m", "m"}, "ask model=m"},
	{"short, value joined", {"ask", "-mm"}, "ask model=m"},
	{"shorts joined", {"ask", "-nv"}, "ask no-stdin verbose"},
	{"shorts joined, the last with its value", {"ask", "-nvfa"}, "ask no-stdin verbose file=a"},
	{"shorts joined, the last with its value apart", {"ask", "-nvf", "a"}, "ask no-stdin verbose file=a"},
	{"a joined value keeps its =", {"ask", "-m=x"}, "ask model==x"},
	{"operands and options mix", {"ask", "a", "-n", "b"}, "ask 'a' no-stdin 'b'"},
	{"a lone dash is an operand", {"ask", "-", "-n"}, "ask '-' no-stdin"},
	{"an empty operand", {"ask", ""}, "ask ''"},
	{"-- ends options", {"ask", "-n", "--", "-n", "--model", "--"}, "ask no-stdin '-n' '--model' '--'"},
	{"-- at the end", {"ask", "--"}, "ask"},
	{"options without a command", {"--help"}, "none help"},
	{"-- without a command", {"--", "ask"}, "none 'ask'"},

	{"unknown command", {"akk"}, "!unknown command 'akk' (octavo --help lists them)"},
	{"an empty command", {""}, "!unknown command '' (octavo --help lists them)"},
	{"unknown long", {"ask", "--modle", "x"}, "ask !unknown option '--modle' (octavo ask --help lists them)"},
	{"unknown long shows no value", {"ask", "--token=at-secret"}, "ask !unknown option '--token' (octavo ask --help lists them)"},
	{"no abbreviations", {"ask", "--mod", "x"}, "ask !unknown option '--mod' (octavo ask --help lists them)"},
	{"unknown short", {"ask", "-x"}, "ask !unknown option '-x' (octavo ask --help lists them)"},
	{"unknown short among others", {"ask", "-nxv"}, "ask no-stdin !unknown option '-x' (octavo ask --help lists them)"},
	{"missing value, long", {"ask", "--model"}, "ask !--model needs an argument"},
	{"missing value, short", {"ask", "-nm"}, "ask no-stdin !-m needs an argument"},
	{"value for a flag", {"ask", "--raw=yes"}, "ask !--raw takes no argument"},
	{"empty value for a flag", {"ask", "--raw="}, "ask !--raw takes no argument"},
	{"three dashes", {"ask", "---"}, "ask !unknown option '---' (octavo ask --help lists them)"},
	{"another command's option", {"version", "--model", "x"}, "version !unknown option '--model' (octavo version --help lists them)"},
	{"--version", {"--version"}, "version"},
	{"--version and more", {"--version", "-v"}, "version verbose"},
	{"-V", {"-V"}, "version"},
	{"--version behind a command", {"ask", "--version"}, "ask !unknown option '--version' (octavo ask --help lists them)"},
	{"two words", {"auth", "status"}, "auth-status"},
	{"two words and an option", {"auth", "status", "--json", "-v"}, "auth-status json verbose"},
	{"two words and an operand", {"auth", "status", "status"}, "auth-status 'status'"},
	{"the first of two", {"auth"}, "!'auth' is no command; there is 'octavo auth status'"},
	{"the first and another", {"auth", "login"}, "!'auth login' is no command; there is 'octavo auth status'"},
	{"the first and more than the second", {"auth", "statuss"}, "!'auth statuss' is no command; there is 'octavo auth status'"},
	{"the first and the second cut", {"auth", "stat"}, "!'auth stat' is no command; there is 'octavo auth status'"},
	{"both in one", {"auth status"}, "!unknown command 'auth status' (octavo --help lists them)"},
	{"an option before the second", {"auth", "--json", "status"}, "!'auth --json' is no command; there is 'octavo auth status'"},
	{"the first and --help", {"auth", "--help"}, "auth-status help"},
	{"the first and -h", {"auth", "-h"}, "auth-status help"},
	{"unknown option of two words", {"auth", "status", "--base-url=x"}, "auth-status !unknown option '--base-url' (octavo auth status --help lists them)"},
	{"models", {"models", "--base-url", "x", "--json", "--retries=1"}, "models base-url=x json retries=1"},
	{"doctor", {"doctor", "--live", "--print-egress", "-m", "x", "--base-url=y", "--json"}, "doctor live print-egress model=x base-url=y json"},
	{"doctor takes no files", {"doctor", "-f", "x"}, "doctor !unknown option '-f' (octavo doctor --help lists them)"},
	{"models has no model", {"models", "-m", "x"}, "models !unknown option '-m' (octavo models --help lists them)"},
	{"an option of commands without one", {"--model", "x"}, "none !unknown option '--model' (octavo --help lists them)"},
};

static void note(struct buf *out, const char *a, const char *b, const char *c)
{
	if (out->n > 0)
		keep(out, span_str(" "));
	keep(out, span_str(a));
	keep(out, span_str(b));
	keep(out, span_str(c));
}

static const char *command_name(enum command c)
{
	static const char *const names[] = {
		[COMMAND_NONE] = "none", [COMMAND_ASK] = "ask", [COMMAND_MODELS] = "models",
		[COMMAND_AUTH_STATUS] = "auth-status", [COMMAND_DOCTOR] = "doctor", [COMMAND_VERSION] = "version",
	};

	return names[c];
}

static void walk(const char *const *words, struct buf *out)
{
	char program[] = "octavo";
	char *argv[WORDS + 2] = {program};
	struct options o;
	struct err e;
	int argc = 1;

	for (; words[argc - 1] != NULL; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	if (!options_init(&o, argc, argv, &e)) {
		note(out, "!", e.text, "");
		return;
	}
	note(out, command_name(o.command), "", "");
	for (int i = 0; i < 100; i++) {
		enum option_id id;
		const char *value;

		switch (options_next(&o, &id, &value, &e)) {
		case OPTIONS_END:
			return;
		case OPTIONS_FAIL:
			note(out, "!", e.text, e.kind == ERR_USAGE ? "" : " (not a usage error)");
			return;
		case OPTIONS_OPERAND:
			note(out, "'", value, "'");
			break;
		case OPTIONS_OPTION:
			note(out, options_row(id)->name, value == NULL ? "" : "=", value == NULL ? "" : value);
		}
	}
	note(out, "endless", "", "");
}

static void check_walks(void)
{
	struct buf out;

	buf_init(&out, 4096, "the walk");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&out);
		walk(rows[i].argv, &out);
		tap_is_str(buf_span(&out), rows[i].want, rows[i].name);
	}
	buf_free(&out);
}

/* Every option that --help shows parses, and the other way round; no line is wider than a terminal. */
static void check_help(void)
{
	struct buf help, got;
	struct err e;

	buf_init(&help, 1 << 16, "the help");
	buf_init(&got, 4096, "the walk");
	tap_good(options_help(COMMAND_ASK, &help, &e), &e, "ask has help");
	for (int id = 0; id < OPT_COUNT; id++) {
		char word[64], line[72];
		const char *name = options_row((enum option_id)id)->name;
		const char *words[] = {"ask", word, NULL, NULL};
		bool in_ask;

		snprintf(word, sizeof word, "--%s", name);
		snprintf(line, sizeof line, "--%s ", name);
		buf_clear(&got);
		walk(words, &got);
		if (holds(buf_span(&got), "needs an argument")) {
			words[2] = "v";
			buf_clear(&got);
			walk(words, &got);
			snprintf(line, sizeof line, "ask %s=v", name);
		} else {
			snprintf(line, sizeof line, "ask %s", name);
		}
		in_ask = !holds(buf_span(&got), "unknown option");
		if (in_ask)
			tap_is_str(buf_span(&got), line, name);
		snprintf(line, sizeof line, "--%s ", name);
		tap_ok(holds(buf_span(&help), line) == in_ask, "--help %s --%s", in_ask ? "shows" : "leaves out", name);
	}
	for (size_t at = 0, wide = 0; at < help.n || (tap_is_int((long long)wide, 0, "no line is wider than 100"), 0);) {
		size_t end = span_find(buf_span(&help), '\n', at);

		wide += end - at > 100;
		at = end + 1;
	}
	tap_ok(options_is_online(COMMAND_ASK) && options_is_online(COMMAND_MODELS) && options_is_online(COMMAND_AUTH_STATUS) && options_is_online(COMMAND_DOCTOR) &&
	       !options_is_online(COMMAND_NONE) && !options_is_online(COMMAND_VERSION), "which commands speak to the service");
	buf_clear(&help);
	tap_good(options_help(COMMAND_NONE, &help, &e), &e, "the program has help");
	tap_ok(holds(buf_span(&help), "octavo ask") && holds(buf_span(&help), "octavo version"), "... which lists the commands");
	tap_ok(!holds(buf_span(&help), "--model"), "... and none of their options");
	buf_free(&got);
	buf_free(&help);
}

static void check_durations(void)
{
	static const struct {
		const char *text;
		int64_t ms; /* -1: refused */
	} table[] = {
		{"1", 1000}, {"90", 90000}, {"1.5", 1500}, {"1.5s", 1500}, {"250ms", 250}, {"0.25", 250}, {"0.001", 1},
		{"5m", 300000}, {"2h", 7200000}, {"0.5h", 1800000}, {"1ms", 1}, {"1.9999s", 1999}, {"007", 7000},
		{"168h", 604800000}, {"604800", 604800000}, {"604800000ms", 604800000},
		{"0", -1}, {"0ms", -1}, {"0.0001", -1}, {"0.9ms", -1}, {"-1", -1}, {"+1", -1}, {"", -1}, {"s", -1},
		{"1 s", -1}, {" 1", -1}, {"1d", -1}, {"1S", -1}, {"1ss", -1}, {".5", -1}, {"1e3", -1}, {"1,5", -1},
		{"168.1h", -1}, {"604800.001", -1}, {"999999999999", -1}, {"99999999999999999999", -1}, {"inf", -1},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct err e;
		int64_t ms = -1;
		bool ok = options_duration(OPT_TIMEOUT, table[i].text, &ms, &e);

		tap_ok(ok == (table[i].ms > 0) && (!ok || ms == table[i].ms), "a time of '%s' is %lld ms", table[i].text, (long long)table[i].ms);
		if (!ok && !(holds(span_str(e.text), "--timeout") && holds(span_str(e.text), table[i].text) && e.kind == ERR_USAGE))
			tap_ok(false, "... and says so: %s", e.text);
	}
}

static void check_sizes(void)
{
	static const struct {
		const char *text;
		long long bytes; /* -1: refused */
	} table[] = {
		{"1", 1}, {"4096", 4096}, {"64k", 65536}, {"64K", 65536}, {"4M", 4194304}, {"4m", 4194304}, {"1.5k", 1536},
		{"0.5M", 524288}, {"16M", 16777216}, {"16777216", 16777216}, {"16384k", 16777216},
		{"16777217", -1}, {"16.1M", -1}, {"17M", -1}, {"0", -1}, {"0.1", -1}, {"-1", -1}, {"", -1}, {"k", -1},
		{"4G", -1}, {"4Mb", -1}, {"4 M", -1}, {"0x10", -1}, {"999999999999M", -1}, {"99999999999999999999", -1},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct err e;
		size_t bytes = 0;
		bool ok = options_size(OPT_STDIN_MAX, table[i].text, 16 << 20, &bytes, &e);

		tap_ok(ok == (table[i].bytes > 0) && (!ok || bytes == (size_t)table[i].bytes), "a size of '%s' is %lld", table[i].text, table[i].bytes);
		if (!ok && !(holds(span_str(e.text), "--stdin-max") && holds(span_str(e.text), table[i].text) && e.kind == ERR_USAGE))
			tap_ok(false, "... and says so: %s", e.text);
	}
}

static void check_words(void)
{
	static const struct {
		enum option_id id;
		const char *text;
		bool ok;
	} table[] = {
		{OPT_EFFORT, "none", true}, {OPT_EFFORT, "minimal", true}, {OPT_EFFORT, "low", true},
		{OPT_EFFORT, "medium", true}, {OPT_EFFORT, "high", true}, {OPT_EFFORT, "xhigh", true},
		{OPT_EFFORT, "", false}, {OPT_EFFORT, "High", false}, {OPT_EFFORT, "hig", false},
		{OPT_EFFORT, "low|medium", false}, {OPT_EFFORT, "max", false}, {OPT_EFFORT, " low", false},
		{OPT_VERBOSITY, "low", true}, {OPT_VERBOSITY, "high", true}, {OPT_VERBOSITY, "none", false},
		{OPT_SUMMARY, "auto", true}, {OPT_SUMMARY, "concise", true}, {OPT_SUMMARY, "detailed", true},
		{OPT_SUMMARY, "none", true}, {OPT_SUMMARY, "brief", false},
		{OPT_AUTH, "bearer", true}, {OPT_AUTH, "none", true}, {OPT_AUTH, "basic", false},
	};
	struct err e;

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		bool ok = options_word(table[i].id, table[i].text, &e);

		tap_ok(ok == table[i].ok && (ok || e.kind == ERR_USAGE), "--%s '%s'",
		       options_row(table[i].id)->name, table[i].text);
	}
	tap_fails(options_word(OPT_SUMMARY, "brief", &e), &e, ERR_USAGE, "a word that is not in the list");
	tap_is_str(span_str(e.text), "--summary 'brief': wants one of auto|concise|detailed|none", "... which is told");
}

static void check_numbers(void)
{
	static const struct {
		const char *text;
		int v; /* -1: refused */
	} table[] = {
		{"2", 2}, {"5", 5}, {"10", 10}, {"010", 10}, {"1", -1}, {"11", -1}, {"", -1}, {"-3", -1}, {"3x", -1}, {"3.0", -1},
		{"4294967299", -1}, {"18446744073709551619", -1},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct err e;
		int v = -1;
		bool ok = options_number(OPT_RETRIES, table[i].text, 2, 10, &v, &e);

		tap_ok(ok == (table[i].v >= 0) && v == table[i].v, "a number from 2 to 10: '%s'", table[i].text);
	}
}

static enum command helped;

static bool help_whole(struct err *e)
{
	struct buf help;
	bool ok;

	buf_init(&help, 64 * 1024, "help");
	ok = options_help(helped, &help, e);
	buf_free(&help);
	return ok;
}

/* Help that meets a ceiling anywhere, or no memory, fails: half of it is none. */
static void check_help_failing(void)
{
	static const enum command commands[] = {COMMAND_NONE, COMMAND_ASK, COMMAND_MODELS, COMMAND_AUTH_STATUS, COMMAND_DOCTOR, COMMAND_VERSION};

	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		struct buf help;
		struct err e;
		size_t whole, bad = 0;

		helped = commands[i];
		tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, help_whole),
		       "help without memory");
		buf_init(&help, 64 * 1024, "help");
		if (!options_help(helped, &help, &e))
			exit(99);
		whole = help.n;
		buf_free(&help);
		for (size_t max = 0; max < whole; max++) {
			buf_init(&help, max, "help");
			bad += options_help(helped, &help, &e) || e.kind != ERR_CEILING;
			buf_free(&help);
		}
		tap_is_int((long long)bad, 0, "help with less room than it needs");
	}
}

int main(void)
{
	check_help_failing();
	check_walks();
	check_help();
	check_durations();
	check_sizes();
	check_words();
	check_numbers();
	return tap_done();
}
