/* safe - the alphabet that defused text keeps to, checked without the defuser's own code. */
#ifndef SAFE_H
#define SAFE_H

#include "base/text.h"
#include "base/utf8.h"
#include "fuzz.h"

static bool safe_starts(struct span s, const char *word)
{
	return s.n >= strlen(word) && span_equal_nocase(span_cut(s, 0, strlen(word)), span_str(word));
}

/* No command to a CI runner. Lines are parted at LF and CR here, and trimmed of ASCII blanks only. */
__attribute__((unused))
static void safe_from_ci(struct span s)
{
	static const char *const commands[] = {
		"##[", "##vso[", "##teamcity[", "section_start:", "section_end:",
	};
	bool blank = true;

	for (size_t at = 0; at < s.n; at++) {
		struct span here = span_cut(s, at, s.n);

		for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
			FUZZ_CHECK(!safe_starts(here, commands[i]));
		FUZZ_CHECK(!blank || !safe_starts(here, "::"));
		blank = s.p[at] == '\n' || s.p[at] == '\r' || (blank && (s.p[at] == ' ' || s.p[at] == '\t'));
	}
}

/* UTF-8 without anything that steers a terminal. */
__attribute__((unused))
static void safe_from_controls(struct span s)
{
	struct utf8 state = {0};
	size_t from = 0;

	FUZZ_CHECK(utf8_valid(s) == s.n);
	for (size_t at = 0; at < s.n; at++) {
		FUZZ_CHECK(utf8_step(&state, s.p[at]));
		if (state.left > 0)
			continue;
		FUZZ_CHECK(s.p[at] == '\n' || s.p[at] == '\t' ||
		           !text_is_control(utf8_decode(s.p + from, at + 1 - from)));
		from = at + 1;
	}
}

#endif
