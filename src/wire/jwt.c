#include "wire/jwt.h"

#include "base/assert.h"
#include "base/limits.h"
#include "wire/b64.h"

static bool refuse(struct err *e, const char *part, const char *what)
{
	return err_set(e, ERR_CREDENTIAL, 0, "not a JSON Web Token: its %s %s", part, what);
}

/* The room below says what is wrong of a document; of a token we say less, and the kind is ours. */
static bool refuse_unless_memory(struct err *e, const char *part, const char *what)
{
	return e->kind == ERR_MEMORY ? false : refuse(e, part, what);
}

static bool decode_part(struct span part, const char *name, struct buf *out, struct err *e)
{
	if (part.n == 0)
		return refuse(e, name, "is empty");
	if (span_find(part, '=', 0) < part.n)
		return refuse(e, name, "is padded");
	if (!b64_decode(part, B64_URL, out, e))
		return refuse_unless_memory(e, name, "is not base64url");
	return true;
}

static bool read_object(struct span part, const char *name, struct buf *bytes, struct json *doc,
                        struct err *e)
{
	if (!decode_part(part, name, bytes, e))
		return false;
	if (!json_parse(doc, buf_span(bytes), e))
		return refuse_unless_memory(e, name, "is not JSON");
	if (!json_is_type(doc, JSON_ROOT, JSON_OBJECT))
		return refuse(e, name, "is not a JSON object");
	if (json_has_duplicates(doc))
		return refuse(e, name, "has a name twice");
	return true;
}

static bool check_header(struct span part, struct err *e)
{
	struct buf bytes;
	struct json doc;
	bool ok;

	buf_init_wiping(&bytes, TOKEN_MAX, "token header");
	json_init(&doc);
	ok = read_object(part, "header", &bytes, &doc, e);
	json_free(&doc);
	buf_free(&bytes);
	return ok;
}

static bool check_signature(struct span part, struct err *e)
{
	struct buf bytes;
	bool ok;

	buf_init_wiping(&bytes, TOKEN_MAX, "token signature");
	ok = decode_part(part, "signature", &bytes, e);
	buf_free(&bytes);
	return ok;
}

bool jwt_claims(struct span token, struct buf *payload, struct json *claims, struct err *e)
{
	size_t first = span_find(token, '.', 0), second = span_find(token, '.', first + 1);

	assert(payload->wipe && payload->n == 0);
	if (second == token.n || span_find(token, '.', second + 1) < token.n)
		return err_set(e, ERR_CREDENTIAL, 0, "not a JSON Web Token: not three parts");
	if (token.n > TOKEN_MAX)
		return err_set(e, ERR_CREDENTIAL, 0, "not a JSON Web Token: longer than %d bytes",
		               (int)TOKEN_MAX);
	return check_header(span_cut(token, 0, first), e) &&
	       check_signature(span_cut(token, second + 1, token.n), e) &&
	       read_object(span_cut(token, first + 1, second), "payload", payload, claims, e);
}
