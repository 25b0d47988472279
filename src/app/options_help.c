#include "app/options.h"

#include <string.h>

enum { HELP_COLUMN = 30 };

static bool help_row(const struct option *opt, struct buf *out, struct err *e)
{
	const char letter[] = {'-', opt->letter, ',', ' ', '\0'};
	char gap[HELP_COLUMN + 2] = "\n";
	size_t n = strlen("      --") + strlen(opt->name);

	if (opt->value != NULL)
		n += 1 + strlen(opt->value);
	if (n > HELP_COLUMN - 2)
		memset(gap + 1, ' ', HELP_COLUMN);
	else
		memset(gap, ' ', HELP_COLUMN - n);
	return buf_add_strs(out, (const char *const[]){
		"  ", opt->letter != 0 ? letter : "    ", "--", opt->name,
		opt->value != NULL ? " " : "", opt->value != NULL ? opt->value : "", gap,
		opt->help, "\n", NULL}, e);
}

static bool help_options(enum command command, struct buf *out, struct err *e)
{
	const char *heading = NULL, *shown = NULL;

	for (int i = 0; i < OPT_COUNT; i++) {
		const struct option *opt = options_row((enum option_id)i);

		if (opt->heading != NULL)
			heading = opt->heading;
		if (!options_applies(opt, command))
			continue;
		if (shown != heading &&
		    !buf_add_strs(out, (const char *const[]){"\n", heading, ":\n", NULL}, e))
			return false;
		shown = heading;
		if (!help_row(opt, out, e))
			return false;
	}
	return true;
}

static bool help_command(const struct command_row *row, struct buf *out, struct err *e)
{
	return buf_add_strs(out, (const char *const[]){"usage: ", row->synopsis, "\n\n", row->help,
	                                               "\n", NULL}, e);
}

static bool help_commands(struct buf *out, struct err *e)
{
	const struct command_row *row;

	if (!buf_add_str(out, "octavo - ChatGPT Codex answers for trusted automation, from one "
	                      "small binary\n\nCommands:\n", e))
		return false;
	for (int i = COMMAND_NONE + 1; (row = options_command((enum command)i)) != NULL; i++)
		if (!buf_add_strs(out, (const char *const[]){"  ", row->synopsis, "\n", NULL}, e))
			return false;
	return true;
}

static const char footer[] =
	"\nThe token comes from CODEX_ACCESS_TOKEN, CODEX_ACCESS_TOKEN_FILE or a file, never\n"
	"from an argument. The backend is experimental and undocumented: it may change without\n"
	"notice. TIME is seconds, or takes ms, s, m, h.";
static const char ask_footer[] = " SIZE is bytes, or takes k, M.";

bool options_help(enum command command, struct buf *out, struct err *e)
{
	const struct command_row *row = options_command(command);

	return (row != NULL ? help_command(row, out, e) : help_commands(out, e)) &&
	       help_options(command, out, e) &&
	       (!options_is_online(command) ||
		       buf_add_strs(out, (const char *const[]){footer,
			       command == COMMAND_ASK ? ask_footer : "", "\n", NULL}, e));
}
