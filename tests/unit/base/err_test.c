/* The error record: filled, wrapped, cut, named. */
#include <errno.h>

#include "tap.h"

int main(void)
{
	struct err e;
	char longer[ERR_TEXT_MAX * 2];
	bool named = true;

	tap_ok(!err_set(&e, ERR_PROTOCOL, 0, "bad %s at %d", "thing", 7), "setting is failing");
	tap_ok(e.kind == ERR_PROTOCOL && e.sys == 0, "kind, no errno");
	tap_is_str(span_str(e.text), "bad thing at 7", "text");
	tap_ok(!err_wrap(&e, "while %s", "testing"), "wrapping is failing");
	tap_is_str(span_str(e.text), "while testing: bad thing at 7", "what for, then what");
	tap_ok(e.kind == ERR_PROTOCOL, "the kind stays");
	err_set(&e, ERR_USAGE, ENOENT, "cannot open x");
	tap_ok(e.sys == ENOENT && span_starts(span_str(e.text), "cannot open x: "),
		"errno is told");
	tap_ok(strlen(e.text) > strlen("cannot open x: "), "and put into words");
	tap_ok(!err_memory(&e) && e.kind == ERR_MEMORY, "no memory");
	tap_is_str(span_str(e.text), "out of memory", "in the standard words");

	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	err_set(&e, ERR_BUG, EIO, "%s", longer);
	tap_is_int((long long)strlen(e.text), ERR_TEXT_MAX - 1, "too long a text is cut");
	err_wrap(&e, "%s", "front");
	tap_ok(span_starts(span_str(e.text), "front: xxx") && strlen(e.text) == ERR_TEXT_MAX - 1,
		"wrapping cuts behind");
	err_wrap(&e, "%s", longer);
	tap_is_int((long long)strlen(e.text), ERR_TEXT_MAX - 1, "too long a wrap is cut");

	for (int k = 0; k < ERR_KINDS; k++) {
		const char *name = err_kind_name((enum err_kind)k);

		named &= name != NULL && *name != '\0';
		for (int other = 0; other < k && named; other++)
			named &= strcmp(name, err_kind_name((enum err_kind)other)) != 0;
		for (const char *c = name; named && *c != '\0'; c++)
			named &= (*c >= 'a' && *c <= 'z') || *c == '_';
	}
	tap_ok(named, "every kind has a name of its own");
	tap_ok(err_kind_name(ERR_KINDS) != NULL, "also what is no kind");
	err_set(&e, ERR_USAGE, 9999, "cannot");
	tap_is_str(span_str(e.text), "cannot: system error 9999", "an errno without a text");
	return tap_done();
}
