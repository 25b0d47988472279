#include "wire/json_scan.h"

#include <string.h>

#include "base/limits.h"

_Static_assert(JSON_DEPTH_MAX <= 64, "one bit of `objects` per level");

void json_scan_init(struct json_scan *s)
{
	*s = (struct json_scan){.state = JSON_VALUE};
}

static bool refuse(struct json_scan *s, const char *why)
{
	s->wrong = why;
	return false;
}

static bool cross(struct json_scan *s, int ceiling, const char *what)
{
	s->ceiling = ceiling;
	return refuse(s, what);
}

static bool report(const struct json_scan *s, struct err *e)
{
	if (s->ceiling > 0)
		return err_set(e, ERR_CEILING, 0, "JSON has more than %d %s", s->ceiling, s->wrong);
	return err_set(e, ERR_PROTOCOL, 0, "bad JSON at byte %zu: %s", s->at, s->wrong);
}

static bool in_object(const struct json_scan *s)
{
	return (s->objects & 1) != 0;
}

/* A token begins at the present byte. */
static bool begin(struct json_scan *s, enum json_state state)
{
	if (s->tokens == JSON_TOKENS_MAX)
		return cross(s, JSON_TOKENS_MAX, "values");
	s->tokens++;
	s->token = s->at;
	s->state = state;
	return true;
}

static bool open_level(struct json_scan *s, bool object)
{
	if (s->depth == JSON_DEPTH_MAX)
		return cross(s, JSON_DEPTH_MAX, "levels");
	s->depth++;
	s->objects = s->objects << 1 | object;
	return begin(s, object ? JSON_FIRST_NAME : JSON_FIRST_VALUE);
}

static bool close_level(struct json_scan *s)
{
	s->depth--;
	s->objects >>= 1;
	s->state = JSON_AFTER;
	return true;
}

static bool begin_literal(struct json_scan *s, const char *rest)
{
	s->literal = rest;
	return begin(s, JSON_LITERAL);
}

static bool begin_string(struct json_scan *s, bool name)
{
	s->name = name;
	return begin(s, JSON_IN_STRING);
}

static bool begin_value(struct json_scan *s, unsigned char c)
{
	switch (c) {
	case '{':
		return open_level(s, true);
	case '[':
		return open_level(s, false);
	case '"':
		return begin_string(s, false);
	case 't':
		return begin_literal(s, "rue");
	case 'f':
		return begin_literal(s, "alse");
	case 'n':
		return begin_literal(s, "ull");
	case '-':
		return begin(s, JSON_MINUS);
	case '0':
		return begin(s, JSON_ZERO);
	default:
		if (c >= '1' && c <= '9')
			return begin(s, JSON_DIGITS);
		return refuse(s, "a value is wanted");
	}
}

static bool after_value(struct json_scan *s, unsigned char c)
{
	if (s->depth == 0)
		return refuse(s, "something follows the value");
	if (c == ',') {
		s->state = in_object(s) ? JSON_NAME : JSON_VALUE;
		return true;
	}
	if (c == (in_object(s) ? '}' : ']'))
		return close_level(s);
	return refuse(s, in_object(s) ? "a comma or } is wanted" : "a comma or ] is wanted");
}

static bool is_space(unsigned char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* A byte that stands between tokens or begins one. */
static bool between(struct json_scan *s, unsigned char c)
{
	if (is_space(c))
		return true;
	switch (s->state) {
	case JSON_FIRST_VALUE:
		return c == ']' ? close_level(s) : begin_value(s, c);
	case JSON_FIRST_NAME:
		if (c == '}')
			return close_level(s);
		/* fall through */
	case JSON_NAME:
		return c == '"' ? begin_string(s, true) : refuse(s, "a member's name is wanted");
	case JSON_COLON:
		if (c != ':')
			return refuse(s, "a colon is wanted");
		s->state = JSON_VALUE;
		return true;
	case JSON_AFTER:
		return after_value(s, c);
	default:
		return begin_value(s, c);
	}
}

static bool string_byte(struct json_scan *s, unsigned char c)
{
	if (s->utf8.left > 0 || c >= 0x80)
		return utf8_step(&s->utf8, c) || refuse(s, "ill-formed UTF-8");
	if (c == '"')
		s->state = s->name ? JSON_COLON : JSON_AFTER;
	else if (c == '\\')
		s->state = JSON_ESCAPE;
	else if (c < 0x20)
		return refuse(s, "a control character in a string");
	return true;
}

static bool escape_byte(struct json_scan *s, unsigned char c)
{
	if (c == '\0' || strchr("\"\\/bfnrtu", c) == NULL)
		return refuse(s, "no such escape");
	s->hex = 4;
	s->state = c == 'u' ? JSON_HEX : JSON_IN_STRING;
	return true;
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool hex_byte(struct json_scan *s, unsigned char c)
{
	if (!is_digit(c) && !(c >= 'A' && c <= 'F') && !(c >= 'a' && c <= 'f'))
		return refuse(s, "a hexadecimal digit is wanted");
	if (--s->hex == 0)
		s->state = JSON_IN_STRING;
	return true;
}

/* Can the number end where it stands? */
static bool number_is_whole(const struct json_scan *s)
{
	return s->state == JSON_ZERO || s->state == JSON_DIGITS || s->state == JSON_FRACTION ||
	       s->state == JSON_EXPONENT;
}

/* Moves on to where byte c of a number leads; false when it is not part of it. */
static bool number_goes_on(struct json_scan *s, unsigned char c)
{
	enum json_state to = s->state;

	if (is_digit(c)) {
		switch (s->state) {
		case JSON_MINUS:
			to = c == '0' ? JSON_ZERO : JSON_DIGITS;
			break;
		case JSON_ZERO:
			return false;
		case JSON_POINT:
			to = JSON_FRACTION;
			break;
		case JSON_E:
		case JSON_E_SIGN:
			to = JSON_EXPONENT;
			break;
		default:
			break;
		}
	} else if (c == '.' && (s->state == JSON_ZERO || s->state == JSON_DIGITS)) {
		to = JSON_POINT;
	} else if ((c | 0x20) == 'e' && number_is_whole(s) && s->state != JSON_EXPONENT) {
		to = JSON_E;
	} else if ((c == '+' || c == '-') && s->state == JSON_E) {
		to = JSON_E_SIGN;
	} else {
		return false;
	}
	s->state = to;
	return true;
}

static bool literal_is_whole(const struct json_scan *s)
{
	return s->state == JSON_LITERAL && *s->literal == '\0';
}

/* A literal ends, as a number does, before the byte that follows: jsmn sees it no other way. */
static bool literal_byte(struct json_scan *s, unsigned char c)
{
	if (literal_is_whole(s)) {
		s->state = JSON_AFTER;
		return between(s, c);
	}
	return c == (unsigned char)*s->literal++ || refuse(s, "no such literal");
}

static bool number_byte(struct json_scan *s, unsigned char c)
{
	if (number_goes_on(s, c))
		return true;
	if (!number_is_whole(s))
		return refuse(s, "a digit is wanted");
	if (s->state == JSON_ZERO && is_digit(c))
		return refuse(s, "a number begins with a needless zero");
	s->state = JSON_AFTER;
	return between(s, c);
}

static bool step(struct json_scan *s, unsigned char c)
{
	switch (s->state) {
	case JSON_IN_STRING:
		return string_byte(s, c);
	case JSON_ESCAPE:
		return escape_byte(s, c);
	case JSON_HEX:
		return hex_byte(s, c);
	case JSON_LITERAL:
		return literal_byte(s, c);
	default:
		return s->state >= JSON_MINUS ? number_byte(s, c) : between(s, c);
	}
}

/* Nonzero when one of the eight bytes is a quote, a backslash, a control or not ASCII. */
static uint64_t has_special(uint64_t word)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
	uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';

	return (((word - ones * 0x20) | (quote - ones) | (backslash - ones)) | word) & high;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* How many bytes at the front of s are ordinary characters of a string. */
static size_t plain_run(struct span s)
{
	size_t n = 0;
	uint64_t word;

	if (!is_plain(s.p[0]))
		return 0;
	for (; s.n - n >= sizeof word; n += sizeof word) {
		memcpy(&word, s.p + n, sizeof word);
		if (has_special(word) != 0)
			break;
	}
	while (n < s.n && is_plain(s.p[n]))
		n++;
	return n;
}

/* How many bytes at the front of s, which is not empty, leave everything as it is. */
static size_t idle_run(const struct json_scan *s, struct span in)
{
	size_t n = 0;

	if (s->state == JSON_IN_STRING)
		return s->utf8.left > 0 ? 0 : plain_run(in);
	if (s->state == JSON_DIGITS || s->state == JSON_FRACTION)
		while (n < in.n && is_digit(in.p[n]))
			n++;
	else if (s->state < JSON_IN_STRING)
		while (n < in.n && is_space(in.p[n]))
			n++;
	return n;
}

bool json_scan_feed(struct json_scan *s, struct span in, struct err *e)
{
	size_t before = s->at, i = 0;

	if (s->wrong != NULL)
		return report(s, e);
	while (i < in.n) {
		i += idle_run(s, (struct span){in.p + i, in.n - i});
		if (i == in.n)
			break;
		s->at = before + i;
		if (!step(s, in.p[i]))
			return report(s, e);
		i++;
	}
	s->at = before + in.n;
	return true;
}

bool json_scan_end(struct json_scan *s, struct err *e)
{
	if (s->wrong == NULL && (number_is_whole(s) || literal_is_whole(s)))
		s->state = JSON_AFTER;
	if (s->wrong == NULL && (s->state != JSON_AFTER || s->depth > 0))
		s->wrong = "it ends too early";
	return s->wrong == NULL || report(s, e);
}

size_t json_scan_whole(const struct json_scan *s, size_t *tokens)
{
	bool cut = s->state >= JSON_IN_STRING;

	*tokens = s->tokens - cut;
	return cut ? s->token : s->at;
}
