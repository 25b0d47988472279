#include "wire/h1.h"

#include <string.h>

#include "base/assert.h"
#include "base/hex.h"
#include "wire/h1_field.h"

enum taken { TAKEN_PART, TAKEN_LINE, TAKEN_FAIL };

void h1_init(struct h1 *h, enum h1_request request)
{
	h->status = 0;
	h->keep_alive = false;
	h->request = request;
	h->state = H1_AT_STATUS;
	h->minor = 0;
	h->interim = 0;
	h->begun = false;
	buf_init(&h->head, H1_HEAD_MAX, "response head");
	buf_init(&h->line, H1_LINE_MAX, "response line");
	h->line_at = 0;
	h->trailer_n = 0;
	h->left = 0;
	h->n_lines = 0;
}

void h1_free(struct h1 *h)
{
	buf_free(&h->head);
	buf_free(&h->line);
	h->n_lines = 0;
}

bool h1_begun(const struct h1 *h)
{
	return h->begun;
}

static struct span take(struct span *in, size_t n)
{
	struct span front = span_cut(*in, 0, n);

	in->p += n;
	in->n -= n;
	return front;
}

/*
 * CRLF where the framing of the body hangs on it; a field line may end in LF alone (section 2.2).
 */
enum line_end { STRICT_CRLF, CRLF_OR_LF };

/*
 * Moves input up to and including the next LF to the end of `to`, where the line in progress
 * begins at `from`. On TAKEN_LINE *line is that line without its end.
 */
static enum taken take_line(struct buf *to, size_t from, size_t max, const char *what,
                            enum line_end ending, struct span *in, struct span *line, struct err *e)
{
	size_t lf = span_find(*in, '\n', 0), n = lf < in->n ? lf + 1 : in->n;
	size_t room = max - (to->n - from);
	bool whole = lf < in->n;

	if (!buf_add(to, take(in, n < room ? n : room), e))
		return TAKEN_FAIL;
	if (n > room) {
		err_set(e, ERR_CEILING, 0, "%s exceeds %zu bytes", what, max);
		return TAKEN_FAIL;
	}
	if (!whole)
		return TAKEN_PART;
	*line = span_cut(buf_span(to), from, to->n - 1);
	if (span_ends(*line, "\r")) {
		line->n--;
	} else if (ending == STRICT_CRLF) {
		h1_refuse(e, "a line ends without CR");
		return TAKEN_FAIL;
	}
	return TAKEN_LINE;
}

/* Another protocol is told from its first bytes: its line may never end. */
static bool check_version(const struct h1 *h, struct err *e)
{
	struct span seen = span_cut(buf_span(&h->head), 0, strlen("HTTP/1."));

	return span_equal(seen, span_cut(span_str("HTTP/1."), 0, seen.n)) ||
	       h1_refuse(e, "it does not begin with HTTP/1.1 or HTTP/1.0");
}

/*
 * status-line = HTTP-version SP status-code SP [ reason-phrase ] (section 4); many servers leave
 * the last SP out.
 */
static bool read_status_line(struct h1 *h, struct span line, struct err *e)
{
	uint64_t status;

	if (line.n < 8 || line.p[7] < '0' || line.p[7] > '9')
		return h1_refuse(e, "its version is not HTTP/1.1 or HTTP/1.0");
	if (line.n < 12 || line.p[8] != ' ' || !span_to_u64(span_cut(line, 9, 12), &status) ||
	    (line.n > 12 && line.p[12] != ' '))
		return h1_refuse(e, "no three-digit status");
	if (!h1_is_field_value(span_cut(line, 12, line.n)))
		return h1_refuse(e, "NUL or CR in the reason");
	if (status < 100 || status > 599)
		return h1_refuse(e, "its status is not within 100 to 599");
	if (status == 101)
		return h1_refuse(e, "it switches protocols, which was not asked for");
	h->minor = (unsigned)(line.p[7] - '0');
	h->status = (int)status;
	return true;
}

static bool is_persistent(const struct h1 *h)
{
	if (h1_field_lists(h, "connection", "close"))
		return false;
	return h->minor >= 1 || h1_field_lists(h, "connection", "keep-alive");
}

/* *chunked: is the body chunked? (section 6.1) */
static bool read_coding(const struct h1 *h, bool *chunked, struct err *e)
{
	struct span value, again;
	size_t i = 0;

	*chunked = h1_next_field(h, "transfer-encoding", &i, &value);
	if (!*chunked)
		return true;
	if (h->minor == 0)
		return h1_refuse(e, "Transfer-Encoding in HTTP/1.0");
	if (!span_equal_nocase(value, span_str("chunked")) ||
	    h1_next_field(h, "transfer-encoding", &i, &again))
		return h1_refuse(e, "transfer coding other than chunked");
	return true;
}

/* *has: is there a length? (section 6.2) */
static bool read_length(const struct h1 *h, bool *has, uint64_t *length, struct err *e)
{
	struct span value, first = span_of(NULL, 0);
	size_t i = 0;

	*has = false;
	while (h1_next_field(h, "content-length", &i, &value)) {
		if (*has && !span_equal(value, first))
			return h1_refuse(e, "two different Content-Length fields");
		first = value;
		while (value.n > 1 && value.p[0] == '0')
			value = span_cut(value, 1, value.n);
		if (!span_to_u64(value, length))
			return h1_refuse(e, "Content-Length is not a number");
		*has = true;
	}
	return true;
}

/* How the body is delimited: RFC 9112 section 6.3, in its order. */
static bool begin_body(struct h1 *h, struct err *e)
{
	bool chunked, has_length;

	/* The connection becomes a tunnel; framing fields count for nothing. */
	if (h->request == H1_CONNECT && h->status >= 200 && h->status <= 299) {
		h->state = H1_AT_END;
		return true;
	}
	if (!read_coding(h, &chunked, e) || !read_length(h, &has_length, &h->left, e))
		return false;
	/* Chunks win over a length, but two readers may have seen two ends: nothing may follow. */
	h->keep_alive = is_persistent(h) && !(chunked && has_length);
	if (h->status == 204 || h->status == 304) {
		h->state = H1_AT_END;
	} else if (chunked) {
		h->state = H1_AT_CHUNK_SIZE;
	} else if (has_length) {
		h->state = h->left > 0 ? H1_AT_LENGTH : H1_AT_END;
	} else {
		h->state = H1_AT_CLOSE;
		h->keep_alive = false;
	}
	return true;
}

static bool pass_interim(struct h1 *h, struct err *e)
{
	if (h->interim++ == H1_INTERIM_MAX)
		return err_set(e, ERR_CEILING, 0, "more than %d interim responses",
		               (int)H1_INTERIM_MAX);
	buf_clear(&h->head);
	h->line_at = 0;
	h->n_lines = 0;
	h->status = 0;
	h->state = H1_AT_STATUS;
	return true;
}

static enum h1_step step_head(struct h1 *h, struct span *in, struct err *e)
{
	struct span line;
	enum taken taken = take_line(&h->head, h->line_at, H1_LINE_MAX, "response head line",
	                             CRLF_OR_LF, in, &line, e);

	/* What is no HTTP is told as that, also when its first line is too long as well. */
	if (!check_version(h, e) || taken == TAKEN_FAIL)
		return H1_FAIL;
	if (taken == TAKEN_PART)
		return H1_MORE;
	h->line_at = h->head.n;
	if (h->state == H1_AT_STATUS) {
		h->state = H1_AT_FIELD;
		return read_status_line(h, line, e) ? H1_MORE : H1_FAIL;
	}
	if (line.n > 0)
		return h1_keep_field(h, line, e) ? H1_MORE : H1_FAIL;
	if (h->status < 200)
		return pass_interim(h, e) ? H1_MORE : H1_FAIL;
	return begin_body(h, e) ? H1_HEAD : H1_FAIL;
}

static enum h1_step step_data(struct h1 *h, struct span *in, struct span *body)
{
	size_t n = h->left < in->n ? (size_t)h->left : in->n;

	*body = take(in, n);
	h->left -= n;
	if (h->left == 0)
		h->state = h->state == H1_AT_LENGTH ? H1_AT_END : H1_AT_CHUNK_CR;
	return H1_BODY;
}

/* chunk-size [ chunk-ext ] (section 7.1); what an extension says is passed over. */
static bool read_chunk_size(struct h1 *h, struct span line, struct err *e)
{
	size_t i;

	h->left = 0;
	for (i = 0; i < line.n && hex_digit(line.p[i]) >= 0; i++) {
		if (h->left > UINT64_MAX >> 8)
			return h1_refuse(e, "chunk size too large");
		h->left = h->left << 4 | (uint64_t)hex_digit(line.p[i]);
	}
	if (i == 0)
		return h1_refuse(e, "chunk size is not a hexadecimal number");
	line = span_cut(line, i, line.n);
	if (!h1_is_field_value(line))
		return h1_refuse(e, "NUL or CR in a chunk extension");
	line = span_trim(line);
	if (line.n > 0 && line.p[0] != ';')
		return h1_refuse(e, "chunk size is not a hexadecimal number");
	h->state = h->left > 0 ? H1_AT_CHUNK_DATA : H1_AT_TRAILER;
	return true;
}

static enum h1_step step_chunk_size(struct h1 *h, struct span *in, struct err *e)
{
	struct span line;
	enum taken taken = take_line(&h->line, 0, H1_CHUNK_LINE_MAX, "chunk-size line",
	                             STRICT_CRLF, in, &line, e);

	if (taken != TAKEN_LINE)
		return taken == TAKEN_PART ? H1_MORE : H1_FAIL;
	buf_clear(&h->line);
	return read_chunk_size(h, line, e) ? H1_MORE : H1_FAIL;
}

static enum h1_step step_chunk_end(struct h1 *h, struct span *in, struct err *e)
{
	unsigned char want = h->state == H1_AT_CHUNK_CR ? '\r' : '\n';

	if (take(in, 1).p[0] != want) {
		h1_refuse(e, "a chunk's data is not followed by CRLF");
		return H1_FAIL;
	}
	h->state = want == '\r' ? H1_AT_CHUNK_LF : H1_AT_CHUNK_SIZE;
	return H1_MORE;
}

static bool read_fold(struct span line, struct err *e)
{
	return h1_is_field_value(line) || h1_refuse(e, "NUL or CR in a field value");
}

/* The trailer section (section 7.1.2) is checked and dropped: nothing of ours is told there. */
static enum h1_step step_trailer(struct h1 *h, struct span *in, struct err *e)
{
	struct span line, name, value;
	size_t was = in->n;
	enum taken taken = take_line(&h->line, 0, H1_LINE_MAX, "trailer line", CRLF_OR_LF, in,
	                             &line, e);

	if (taken == TAKEN_FAIL)
		return H1_FAIL;
	h->trailer_n += was - in->n;
	if (h->trailer_n > H1_TRAILER_MAX) {
		err_set(e, ERR_CEILING, 0, "trailer exceeds %d bytes", (int)H1_TRAILER_MAX);
		return H1_FAIL;
	}
	if (taken == TAKEN_PART)
		return H1_MORE;
	buf_clear(&h->line);
	/* A line before it, of a field: this one may go on with it. */
	if (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t') && h->trailer_n > line.n + 2)
		return read_fold(line, e) ? H1_MORE : H1_FAIL;
	if (line.n > 0)
		return h1_read_field(line, &name, &value, e) ? H1_MORE : H1_FAIL;
	h->state = H1_AT_END;
	return H1_MORE;
}

static enum h1_step step_state(struct h1 *h, struct span *in, struct span *body, struct err *e)
{
	switch (h->state) {
	case H1_AT_STATUS:
	case H1_AT_FIELD:
		return step_head(h, in, e);
	case H1_AT_LENGTH:
	case H1_AT_CHUNK_DATA:
		return step_data(h, in, body);
	case H1_AT_CHUNK_SIZE:
		return step_chunk_size(h, in, e);
	case H1_AT_CHUNK_CR:
	case H1_AT_CHUNK_LF:
		return step_chunk_end(h, in, e);
	case H1_AT_TRAILER:
		return step_trailer(h, in, e);
	case H1_AT_CLOSE:
		*body = take(in, in->n);
		return H1_BODY;
	case H1_AT_END:
	case H1_AT_FAILURE:
		break;
	}
	return H1_FAIL;
}

enum h1_step h1_step(struct h1 *h, struct span *in, struct span *body, struct err *e)
{
	enum h1_step s = H1_MORE;

	assert(h->state != H1_AT_FAILURE);
	if (in->n > 0 && h->state != H1_AT_END)
		h->begun = true;
	while (s == H1_MORE && h->state != H1_AT_END && in->n > 0)
		s = step_state(h, in, body, e);
	if (s == H1_FAIL)
		h->state = H1_AT_FAILURE;
	return s == H1_MORE && h->state == H1_AT_END ? H1_END : s;
}

enum h1_step h1_eof(struct h1 *h, bool clean, struct err *e)
{
	assert(h->state != H1_AT_FAILURE);
	if (h->state == H1_AT_END || (h->state == H1_AT_CLOSE && clean)) {
		h->state = H1_AT_END;
		return H1_END;
	}
	if (!h->begun)
		err_set(e, ERR_CONNECT, 0, "connection ended before a response");
	else if (h->state == H1_AT_STATUS || h->state == H1_AT_FIELD)
		err_set(e, ERR_CONNECT, 0, "connection ended inside the response's head");
	else
		err_set(e, ERR_CUT, 0, "connection ended inside the response's body");
	h->state = H1_AT_FAILURE;
	return H1_FAIL;
}
