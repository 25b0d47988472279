#include "codex/token_shape.h"

#include "base/limits.h"

static bool is_letter(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool has_byte(struct span s, unsigned char c)
{
	return span_find(s, c, 0) < s.n;
}

static bool starts_nocase(struct span s, const char *prefix)
{
	struct span p = span_str(prefix);

	return span_equal_nocase(span_cut(s, 0, p.n), p);
}

static bool is_empty(struct span s)
{
	return s.n == 0;
}

static bool has_bom(struct span s)
{
	return span_starts(s, "\xef\xbb\xbf") || span_starts(s, "\xff\xfe") ||
	       span_starts(s, "\xfe\xff");
}

static bool has_nul(struct span s)
{
	return has_byte(s, 0);
}

static bool is_pem(struct span s)
{
	return span_starts(s, "-----BEGIN");
}

static bool is_quoted(struct span s)
{
	return has_byte(span_cut(s, 0, 1), '"') || has_byte(span_cut(s, 0, 1), '\'') ||
	       has_byte(span_cut(s, 0, 1), '`');
}

static bool is_json(struct span s)
{
	return span_starts(s, "{") || span_starts(s, "[");
}

static bool is_header(struct span s)
{
	return starts_nocase(s, "bearer ") || starts_nocase(s, "authorization:");
}

static bool is_export(struct span s)
{
	return starts_nocase(s, "export ") || starts_nocase(s, "set ") ||
	       starts_nocase(s, "setenv ");
}

/* NAME=value: '=' may only end a token. */
static bool is_assignment(struct span s)
{
	size_t i = 0;

	while (i < s.n && (is_letter(s.p[i]) || is_digit(s.p[i]) || s.p[i] == '_'))
		i++;
	return i > 0 && i + 1 < s.n && s.p[i] == '=' && s.p[i + 1] != '=';
}

static bool is_reference(struct span s)
{
	return span_starts(s, "$") || span_starts(s, "op://") || span_starts(s, "vault:");
}

static bool has_lines(struct span s)
{
	return has_byte(s, '\n') || has_byte(s, '\r');
}

static bool has_blank(struct span s)
{
	return has_byte(s, ' ') || has_byte(s, '\t') || has_byte(s, '\v') || has_byte(s, '\f');
}

static bool is_not_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return true;
	return false;
}

/* Not b64token: 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=" */
static bool is_not_b64token(struct span s)
{
	while (s.n > 0 && s.p[s.n - 1] == '=')
		s.n--;
	for (size_t i = 0; i < s.n; i++)
		if (!is_letter(s.p[i]) && !is_digit(s.p[i]) &&
		    !has_byte(span_str("-._~+/"), s.p[i]))
			return true;
	return s.n == 0;
}

/* The first that fits is what is told. */
static const struct hint {
	bool (*fits)(struct span);
	const char *text;
} hints[] = {
	{is_empty, "is empty"},
	{has_bom, "begins with a byte order mark; save it as plain text without one"},
	{has_nul, "holds a NUL byte; is it UTF-16, or no text at all?"},
	{is_pem, "is a PEM file, not a token"},
	{is_quoted, "is in quotes; give it without them"},
	{is_json, "is a JSON document; give the token alone"},
	{is_header, "is a whole header; give the token alone, without \"Bearer\""},
	{is_export, "is a shell command; give the token alone, without \"export\""},
	{is_assignment, "is a NAME=value line; give the value alone"},
	{is_reference, "is a reference to a secret that nobody resolved"},
	{has_lines, "has several lines; give the token alone"},
	{has_blank, "has white space inside"},
	{is_not_ascii, "holds characters beyond ASCII"},
	{is_not_b64token, "holds a character that no token has"},
};

bool token_shape_check(struct span text, size_t min, struct err *e)
{
	for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
		if (hints[i].fits(text))
			return err_set(e, ERR_CREDENTIAL, 0, "it %s", hints[i].text);
	if (text.n < min)
		return err_set(e, ERR_CREDENTIAL, 0,
		               "it is too short for a token: %zu bytes, wanted %zu at least",
		               text.n, min);
	if (text.n > TOKEN_MAX)
		return err_set(e, ERR_CREDENTIAL, 0,
		               "it is too long for a token: %zu bytes, at most %d", text.n,
		               TOKEN_MAX);
	return true;
}

/* Names, not prefixes, are shown: a prefix is bytes of the secret. */
static const struct foreign {
	const char *prefix;
	const char *name;
} foreign[] = {
	{"sk-ant-", "an Anthropic API key"},
	{"sk-", "an OpenAI API key"},
	{"sess-", "an OpenAI session token"},
	{"ghp_", "a GitHub token"},
	{"gho_", "a GitHub token"},
	{"ghs_", "a GitHub token"},
	{"ghu_", "a GitHub token"},
	{"github_pat_", "a GitHub token"},
	{"glpat-", "a GitLab token"},
	{"glcbt-", "a GitLab job token"},
	{"xoxb-", "a Slack token"},
	{"xoxp-", "a Slack token"},
	{"hf_", "a Hugging Face token"},
	{"npm_", "an npm token"},
	{"pypi-", "a PyPI token"},
	{"AKIA", "an AWS key"},
	{"AIza", "a Google API key"},
	{"hvs.", "a Vault token"},
	{"rt_", "a refresh token, which octavo never uses"},
};

const char *token_shape_foreign(struct span text)
{
	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
		if (span_starts(text, foreign[i].prefix))
			return foreign[i].name;
	return NULL;
}

bool token_shape_is_misplaced(const char *path)
{
	struct span s = span_str(path);

	return s.n >= TOKEN_MIN && !has_byte(s, '/') &&
	       (span_starts(s, "at-") || span_starts(s, "eyJ") || token_shape_foreign(s) != NULL);
}
