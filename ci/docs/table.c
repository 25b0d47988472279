/*
 * table - what the program says of itself, for ci/docs/fill: its tables as lines whose fields have a
 * tab behind each.
 *
 *   command NAME SYNOPSIS HELP                         in the order of --help
 *   option COMMAND HEADING LETTER NAME VALUE HELP      once for each command it belongs to
 *   status CODE MEANING CAUSE CURE                     by number; "128+n" is any other signal
 *
 * The program's own options are those of COMMAND "". LETTER and VALUE may be "".
 */
#include <stdio.h>
#include <string.h>

#include "app/options.h"
#include "app/status.h"

/* The lines of a help text are one field. */
static void field(const char *s)
{
	for (; *s != '\0'; s++)
		putchar(*s == '\n' || *s == '\t' ? ' ' : *s);
	putchar('\t');
}

static void line(const char *const *fields)
{
	for (; *fields != NULL; fields++)
		field(*fields);
	putchar('\n');
}

#define LINE(...) line((const char *const[]){__VA_ARGS__, NULL})

static void print_options(enum command command, const char *name)
{
	const char *heading = "";

	for (int i = 0; i < OPT_COUNT; i++) {
		const struct option *o = options_row((enum option_id)i);
		const char letter[] = {o->letter, '\0'};

		if (o->heading != NULL)
			heading = o->heading;
		if (options_applies(o, command))
			LINE("option", name, heading, letter, o->name,
				o->value != NULL ? o->value : "", o->help);
	}
}

static void print_commands(void)
{
	const struct command_row *row;

	print_options(COMMAND_NONE, "");
	for (int i = COMMAND_NONE + 1; (row = options_command((enum command)i)) != NULL; i++) {
		LINE("command", row->name, row->synopsis, row->help);
		print_options((enum command)i, row->name);
	}
}

static void print_statuses(void)
{
	const struct status *any = status_find(128);

	for (int i = 0; i <= 255; i++) {
		const struct status *row = status_find(i);
		char code[16];

		if (row == NULL || (row == any && i != 128))
			continue;
		snprintf(code, sizeof code, row == any ? "%d+n" : "%d", i);
		LINE("status", code, row->meaning, row->cause, row->cure);
	}
}

int main(void)
{
	print_commands();
	print_statuses();
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
