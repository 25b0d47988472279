#include "codex/headers.h"

#include <string.h>

#include "base/assert.h"
#include "base/secret_open.h"
#include "codex/constants.h"
#include "wire/b64.h"

/*
 * What --header-env may not set; a final '*' stands for any rest. "authorization" is decided
 * apart.
 */
static const char *const reserved[] = {
	/* framing and hop by hop (RFC 9110 section 7.6.1) */
	"host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer",
	"upgrade", "expect", "proxy-*",
	/* written here */
	"accept", "content-type", "originator", "user-agent", "version", "session-id",
	"x-client-request-id", "chatgpt-account-id", "x-openai-account-routing-override",
	"x-openai-fedramp",
	/* never sent */
	"accept-encoding", "content-encoding", "cookie", "x-forwarded-*",
};

/* RFC 9110 section 5.6.2. */
static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f ||
		    strchr("\"(),/:;<=>?@[\\]{}", s.p[i]) != NULL)
			return false;
	return s.n > 0;
}

/* RFC 9110 section 5.5: visible characters and obs-text, blanks between but not around them. */
static bool is_value(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
			return false;
	return s.n > 0 && span_trim(s).n == s.n;
}

/* What stands between two blanks of the request line, or in Host. */
static bool is_visible(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return false;
	return s.n > 0;
}

/* "<name>: <prefix><value>" and the line's end. */
static bool add_prefixed(struct buf *out, const char *name, const char *prefix, struct span value,
                         struct err *e)
{
	if (!is_name(span_str(name)))
		return err_set(e, ERR_USAGE, 0,
		               "a header's name holds a character that cannot be sent");
	if (!is_value(value))
		return err_set(e, ERR_USAGE, 0,
		               "the value of the header %s is empty or holds a character that "
		               "cannot be sent",
		               name);
	return buf_add_str(out, name, e) && buf_add_str(out, ": ", e) &&
	       buf_add_str(out, prefix, e) && buf_add(out, value, e) && buf_add_str(out, "\r\n", e);
}

static bool add(struct buf *out, const char *name, const char *value, struct err *e)
{
	return add_prefixed(out, name, "", span_str(value), e);
}

/* No line for what is not there. */
static bool add_given(struct buf *out, const char *name, const char *value, struct err *e)
{
	return value == NULL || value[0] == '\0' || add(out, name, value, e);
}

static bool add_start(struct buf *out, const char *method, const char *target, struct span host,
                      struct err *e)
{
	assert(out->wipe);
	if (target[0] != '/' || !is_visible(span_str(target)))
		return err_set(e, ERR_USAGE, 0,
		               "the URL's path holds a character that cannot be sent");
	if (!is_visible(host))
		return err_set(e, ERR_USAGE, 0,
		               "the URL's host holds a character that cannot be sent");
	return buf_add_str(out, method, e) && buf_add_byte(out, ' ', e) &&
	       buf_add_str(out, target, e) && buf_add_str(out, " HTTP/1.1\r\n", e) &&
	       add_prefixed(out, "Host", "", host, e);
}

static bool add_identity(struct buf *out, const struct headers_identity *id, struct err *e)
{
	if (id->bearer != NULL &&
	    !add_prefixed(out, "Authorization", "Bearer ", secret_open(id->bearer), e))
		return false;
	return add_given(out, "chatgpt-account-id", id->account_id, e) &&
	       add_given(out, "x-openai-account-routing-override", id->routing_override, e) &&
	       (!id->fedramp || add(out, "x-openai-fedramp", "true", e)) &&
	       add(out, "originator", CODEX_ORIGINATOR, e) &&
	       add(out, "User-Agent", id->user_agent, e) &&
	       add(out, "version", id->client_version, e);
}

static bool add_extras(struct buf *out, const struct headers_extra *extra, size_t extras,
                       struct err *e)
{
	for (size_t i = 0; i < extras; i++)
		if (!add_prefixed(out, extra[i].name, "", secret_open(extra[i].value), e))
			return false;
	return true;
}

bool headers_get(struct buf *out, const char *target, struct span host,
                 const struct headers_identity *id, const struct headers_extra *extra,
                 size_t extras, struct err *e)
{
	return add_start(out, "GET", target, host, e) && add_identity(out, id, e) &&
	       add(out, "Accept", "application/json", e) && add_extras(out, extra, extras, e) &&
	       buf_add_str(out, "\r\n", e);
}

bool headers_post(struct buf *out, const char *target, struct span host,
                  const struct headers_identity *id, const char *session_id, const char *request_id,
                  size_t body_n, const struct headers_extra *extra, size_t extras, struct err *e)
{
	return add_start(out, "POST", target, host, e) && add_identity(out, id, e) &&
	       add(out, "session-id", session_id, e) &&
	       add(out, "x-client-request-id", request_id, e) &&
	       add(out, "Accept", "text/event-stream", e) &&
	       add(out, "Content-Type", "application/json", e) &&
	       buf_add_str(out, "Content-Length: ", e) && buf_add_u64(out, body_n, e) &&
	       buf_add_str(out, "\r\n", e) && add_extras(out, extra, extras, e) &&
	       buf_add_str(out, "\r\n", e);
}

static bool matches(struct span name, const char *pattern)
{
	struct span p = span_str(pattern);

	if (!span_ends(p, "*"))
		return span_equal_nocase(name, p);
	p.n--;
	return span_equal_nocase(span_cut(name, 0, p.n), p);
}

bool headers_check_extra(struct span name, bool without_bearer, struct err *e)
{
	if (!is_name(name))
		return err_set(e, ERR_USAGE, 0, "--header-env: not a header name");
	if (!without_bearer && matches(name, "authorization"))
		return err_set(e, ERR_USAGE, 0, "--header-env: authorization needs --auth none");
	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
		if (matches(name, reserved[i]))
			return err_set(e, ERR_USAGE, 0, "--header-env: %s is not yours to set",
			               reserved[i]);
	return true;
}

bool headers_proxy_authorization(struct buf *out, const struct secret *user_password, struct err *e)
{
	assert(out->wipe);
	return buf_add_str(out, "Proxy-Authorization: Basic ", e) &&
	       b64_encode(secret_open(user_password), B64_STANDARD, out, e) &&
	       buf_add_str(out, "\r\n", e);
}
