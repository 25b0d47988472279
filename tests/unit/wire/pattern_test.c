/*
 * Unit tests of wire/pattern: what each piece of the syntax fits, what is refused and where, ceilings,
 * steps, and every allocation failing.
 */
#include "wire/pattern.h"

#include "base/limits.h"
#include "failing.h"
#include "tap.h"

enum { STEPS = 1000000 };

/* Guarded copies of both; -1 when the pattern is refused. */
static int search(struct span pattern, struct span text, struct err *e)
{
	struct span own = tap_guard(pattern), in = tap_guard(text);
	struct pattern *p = NULL;
	uint64_t steps = STEPS;
	bool found = false;
	int answer = -1;

	if (pattern_read(&p, own, e)) {
		tap_unguard(own);
		own = tap_guard(span_of(NULL, 0));
		answer = pattern_search(p, in, &steps, &found, e) ? found : -1;
	}
	pattern_free(&p);
	pattern_free(&p);
	tap_unguard(own);
	tap_unguard(in);
	return answer;
}

/* Texts are separated by '|'; those before the first "!" fit, those behind do not. */
static const struct {
	const char *pattern, *fit, *unfit;
} rows[] = {
	{"", "|a", NULL},
	{"b", "b|abc|bb", "|a|B"},
	{"^b", "b|bc", "ab|\nb"},
	{"b$", "b|ab", "ba|b\n"},
	{"^$", "", "a|\n"},
	{"a|bc|", "|x", NULL},
	{"^(a|bc|)$", "a|bc|", "b|ac|x"},
	{"^(?:a|b)+$", "a|abba", "|ac"},
	{"^a*$", "|aaa", "b|aab"},
	{"^a+?$", "a|aaa", "|b"},
	{"^ab??c$", "ac|abc", "abbc"},
	{"^a{2}$", "aa", "a|aaa|"},
	{"^a{2,}$", "aa|aaaaa", "a|"},
	{"^a{1,3}?$", "a|aa|aaa", "|aaaa"},
	{"^a{0}b$", "b", "ab"},
	{"^a{0,1}b$", "b|ab", "aab"},
	{"^(ab){2}(c{0,2}){2}$", "abab|ababcccc", "ab|ababccccc"},
	{"^(a{0}){5}$", "", "a"},
	{"^(a*)*$", "|aaa", "b"},
	{"^(a*|b)*c$", "c|abac|bbc", "ab"},
	{"^(|a)+$", "|aa", "b"},
	{"^(?<year>\\d{4})-\\d\\d$", "2026-11", "2026-1|x2026-11"},
	{"^.$", "a|\xc3\xa9|\xf0\x9f\x98\x80|\xc2\x85", "|ab|\n|\r|\xe2\x80\xa8|\xe2\x80\xa9"},
	{"^\\w$", "a|Z|0|_", "-|\xc3\xa9|"},
	{"^\\W$", "-|\xc3\xa9| ", "a|_"},
	{"^\\d$", "0|9", "a|\xd9\xa0"},
	{"^\\D$", "a|\xd9\xa0", "5"},
	{"^\\s$", " |\t|\v|\xc2\xa0|\xe1\x9a\x80|\xe2\x80\x83|\xe3\x80\x80|\xef\xbb\xbf", "a|\xe2\x80\x8b|\xc2\x85"},
	{"^\\S$", "a|\xe2\x80\x8b", " |\n|\xe3\x80\x80"},
	{"^\\t\\n\\v\\f\\r$", "\t\n\v\f\r", "tnvfr"},
	{"^\\x41\\u00e9\\u{1F600}$", "A\xc3\xa9\xf0\x9f\x98\x80", "x41"},
	{"^\\ud83d\\ude00$", "\xf0\x9f\x98\x80", "\xef\xbf\xbd\xef\xbf\xbd"},
	{"^\\ud83d\\u0041$", NULL, "A|\xef\xbf\xbd" "A"},
	{"\\ud83d\\u{41}", NULL, "A"},
	{"^\\.\\*\\/\\-\\_\\[$", ".*/-_[", "a"},
	{"^[abc]$", "a|c", "d|ab|"},
	{"^[^abc]$", "d|\n|\xf0\x9f\x98\x80", "a|"},
	{"^[a-cx-z5]$", "b|x|5", "d|w|-"},
	{"^[-a]$", "-|a", "b"},
	{"^[a-]$", "-|a", "b"},
	{"^[\\d-]$", "-|4", "d"},
	{"^[^\\d\\s]$", "a", "4| "},
	{"^[\\W]$", "-", "a"},
	{"^[\\S\\s]$", "a|\n", ""},
	{"^[\\b]$", "\b", "b"},
	{"^[.$^*]$", ".|$|^|*", "a"},
	{"^[\\]\\\\]$", "]|\\", "a"},
	{"^[\xc3\xa0-\xc3\xbf]$", "\xc3\xa9", "e"},
	{"[]", NULL, "|a"},
	{"^[^]$", "a|\n", "|ab"},
	{"\\bfoo\\b", "foo|a foo.", "afoo|foob|foo_"},
	{"\\Boo", "foo", "oo| oo"},
	{"^\\b$", NULL, "|a"},
	{"^\\B$", "", "a"},
	{"a^|$b|c", "c", "ab|a"},
	{"(x+x+)+y", "xxxxy", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
};

static void check_texts(const char *pattern, const char *texts, int want)
{
	size_t from = 0, to;
	struct span all = span_str(texts);
	struct err e = {0};

	if (texts == NULL)
		return;
	do {
		to = span_find(all, '|', from);
		if (!tap_ok(search(span_str(pattern), span_cut(all, from, to), &e) == want, "%s %s", pattern,
		            want ? "fits" : "does not fit"))
			tap_show("text", span_cut(all, from, to));
		from = to + 1;
	} while (to < all.n);
}

static void test_search(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		check_texts(rows[i].pattern, rows[i].fit, 1);
		check_texts(rows[i].pattern, rows[i].unfit, 0);
	}
	struct err e;

	tap_is_int(search(span_of("a\\0b", 4), span_of("a\0b", 3), &e), 1, "a NUL");
	tap_is_int(search(span_of("a\0b", 3), span_of("ab", 2), &e), 0, "a NUL as it stands");
}

static const struct {
	const char *pattern, *what;
} bad[] = {
	{"*", "at character 0: nothing to repeat"},
	{"a|+", "at character 2: nothing to repeat"},
	{"a**", "at character 2: nothing to repeat"},
	{"^*", "at character 1: nothing to repeat"},
	{"\\b+", "at character 2: nothing to repeat"},
	{"(?)", "at character 1: no such group"},
	{"a{", "at character 2: a count is wanted"},
	{"a{,3}", "at character 2: a count is wanted"},
	{"a{x}", "at character 2: a count is wanted"},
	{"a{1", "at character 3: a count has no end"},
	{"a{1,2", "at character 5: a count has no end"},
	{"a{3,2}", "at character 6: a count's ends"},
	{"a{2}{3}", "at character 4: it stands alone"},
	{"{", "at character 0: it stands alone"},
	{"}", "at character 0: it stands alone"},
	{"a]", "at character 1: it stands alone"},
	{"(", "at character 1: a group has no end"},
	{"(a", "at character 2: a group has no end"},
	{"a)", "at character 1: a ')' without its '('"},
	{"\xc3\xa9\xf0\x9f\x98\x80)", "at character 2: a ')' without its '('"},
	{"[a", "at character 2: a class has no end"},
	{"[", "at character 1: a class has no end"},
	{"[^", "at character 2: a class has no end"},
	{"[a-", "at character 3: a class has no end"},
	{"[b-a]", "at character 4: a range ends before"},
	{"[\\d-z]", "at character 5: a range begins or ends with a set"},
	{"[a-\\w]", "at character 5: a range begins or ends with a set"},
	{"[\\B]", "at character 2: no such escape"},
	{"[\\", "at character 2: a backslash at its end"},
	{"\\", "at character 1: a backslash at its end"},
	{"\\a", "at character 1: no such escape"},
	{"\\cA", "at character 1: no such escape"},
	{"\\ ", "at character 1: no such escape"},
	{"\\\xc3\xa9", "at character 1: no such escape"},
	{"(a)\\1", "at character 4: references back"},
	{"(?<n>a)\\k<n>", "at character 8: references back"},
	{"\\p{L}", "at character 1: \\p is not understood"},
	{"\\P{L}", "at character 1: \\p is not understood"},
	{"(?=a)", "at character 1: looking ahead"},
	{"a(?!b)", "at character 2: looking ahead"},
	{"(?<=a)b", "at character 1: looking ahead"},
	{"(?<!a)b", "at character 1: looking ahead"},
	{"(?i:a)", "at character 1: no such group"},
	{"(?<>a)", "at character 4: a group's name is missing"},
	{"(?<a", "at character 4: a group's name is missing or has no end"},
	{"(?<a b>c)", "at character 5: a group's name is missing"},
	{"\\x4", "at character 3: a hexadecimal digit"},
	{"\\xg0", "at character 2: a hexadecimal digit"},
	{"\\u12", "at character 4: a hexadecimal digit"},
	{"\\ud83d\\u", "at character 8: a hexadecimal digit"},
	{"\\u{}", "at character 3: a hexadecimal digit"},
	{"\\u{110000}", "at character 9: no such character"},
	{"\\u{41", "at character 5: a hexadecimal digit"},
	{"\\01", "at character 2: a digit behind"},
	{"(a{1000}){1000}", "more than 10000 states"},
	{"(((a{100}){0}){100}b{9000}){0}c{3000}b{9000}a{9000}", "more than 10000 states"},
	{"a{99999999999999999999}", "more than 10000 states"},
};

static void test_bad(void)
{
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err e = {0};
		int got = search(span_str(bad[i].pattern), span_str(""), &e);

		if (!tap_ok(got < 0 && e.kind == ERR_USAGE && strstr(e.text, bad[i].what) != NULL,
		            "%s: %s", bad[i].pattern, bad[i].what))
			printf("#   got %d: %s\n", got, e.text);
	}
}

static void test_depth(void)
{
	char text[4 * PATTERN_DEPTH_MAX] = "";
	struct err e;

	memset(text, '(', PATTERN_DEPTH_MAX);
	memset(text + PATTERN_DEPTH_MAX, ')', PATTERN_DEPTH_MAX);
	tap_is_int(search(span_str(text), span_str("x"), &e), 1, "as deep as can be");
	memset(text, '(', PATTERN_DEPTH_MAX + 1);
	memset(text + PATTERN_DEPTH_MAX + 1, ')', PATTERN_DEPTH_MAX + 1);
	tap_ok(search(span_str(text), span_str("x"), &e) < 0 &&
	               strstr(e.text, "too many groups in groups") != NULL, "one deeper");
}

static void test_states(void)
{
	struct pattern *p = NULL;
	uint64_t steps = 0;
	bool found;
	struct err e;

	tap_good(pattern_read(&p, span_str("a{9999}"), &e), &e, "as many states as can be");
	tap_is_int((long long)pattern_states(p), PATTERN_STATES_MAX, "... counted");
	tap_fails(pattern_search(p, span_str("a"), &steps, &found, &e), &e, ERR_CEILING, "no steps");
	pattern_free(&p);
	tap_fails(pattern_read(&p, span_str("a{10000}"), &e), &e, ERR_USAGE, "one state more");
}

/* Many states at every character of a long text: the steps end it, and are all taken. */
static void test_steps(void)
{
	char text[20000];
	struct pattern *p = NULL;
	uint64_t steps = STEPS;
	bool found;
	struct err e;

	memset(text, 'a', sizeof text);
	tap_good(pattern_read(&p, span_str("(a*){900}b"), &e), &e, "much to do");
	tap_fails(pattern_search(p, span_of(text, sizeof text), &steps, &found, &e), &e, ERR_CEILING,
	          "out of steps");
	tap_is_int((long long)steps, 0, "none is left");
	steps = STEPS;
	tap_ok(pattern_search(p, span_of(text, 100), &steps, &found, &e) && !found &&
	               steps > 0 && steps < STEPS, "a short text");
	pattern_free(&p);
	tap_good(pattern_read(&p, span_str("a[b-y]{2}z"), &e), &e, "little to do");
	steps = 10 * sizeof text;
	tap_ok(pattern_search(p, span_of(text, sizeof text), &steps, &found, &e) && !found,
	       "steps are linear in the text");
	pattern_free(&p);
}

static bool once(struct err *e)
{
	struct pattern *p = NULL;
	uint64_t steps = STEPS;
	bool found = false, ok;

	ok = pattern_read(&p, span_str("^([a-z\\d]+|(b{0,9}c){3,})*(?:x|y|.\\w)[^\\s\\W]{5}$"), e) &&
	     pattern_search(p, span_str("abcxyzzzzz"), &steps, &found, e);
	pattern_free(&p);
	return ok && found;
}

int main(void)
{
	test_search();
	test_bad();
	test_depth();
	test_states();
	test_steps();
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, once), "without memory");
	return tap_done();
}
