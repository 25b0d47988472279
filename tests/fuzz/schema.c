/*
 * wire/schema: what is sent is read again as the same; mending is needed once and suffices; and an
 * answer's fit, and what is said of it, do not depend on the white space in it.
 *
 * Input: the schema, a byte 0xff, the answer.
 */
#include "base/limits.h"
#include "fuzz.h"
#include "wire/json.h"
#include "wire/schema.h"

enum { SPACED_MAX = 1 << 20 };

/* On success the schema must be read again as what it is. */
static struct schema *read_schema(struct span text, bool fix)
{
	struct schema *s = NULL;
	struct err e;

	if (!schema_read(&s, text, fix, &e)) {
		fuzz_check_err(&e);
		FUZZ_CHECK(e.kind == ERR_USAGE && s == NULL);
		return NULL;
	}
	FUZZ_CHECK(span_find(schema_text(s), '\n', 0) == schema_text(s).n);
	return s;
}

static void check_same(const struct schema *s, bool fix)
{
	struct schema *again = read_schema(schema_text(s), fix);

	FUZZ_CHECK(again != NULL);
	FUZZ_CHECK(span_equal(schema_text(again), schema_text(s)));
	schema_free(&again);
}

/* White space where it may stand, and only there. */
static void add_spaces(struct span answer, struct buf *out)
{
	bool string = false;

	for (size_t i = 0; i < answer.n; i++) {
		bool mark = !string && memchr("{}[]:,", answer.p[i], 6) != NULL;

		if (string && answer.p[i] == '\\')
			fuzz_add(out, span_cut(answer, i, i + 1)), i++;
		else if (answer.p[i] == '"')
			string = !string;
		fuzz_add(out, mark ? span_str(" \r") : span_str(""));
		fuzz_add(out, span_cut(answer, i, i + 1));
		fuzz_add(out, mark ? span_str("\t\n") : span_str(""));
	}
}

static bool is_json(struct span text)
{
	struct json j;
	struct err e;
	bool ok;

	json_init(&j);
	ok = json_parse(&j, text, &e);
	json_free(&j);
	return ok;
}

static void check_answer(const struct schema *s, struct span answer)
{
	struct err e = {0}, spaced_e = {0};
	bool fits = schema_check(s, answer, &e);
	struct buf spaced;

	if (!fits) {
		fuzz_check_err(&e);
		FUZZ_CHECK(e.kind == ERR_MISFIT || e.kind == ERR_CEILING);
	}
	if (!is_json(answer)) {
		FUZZ_CHECK(!fits);
		return;
	}
	buf_init(&spaced, SPACED_MAX, "spaced");
	add_spaces(answer, &spaced);
	FUZZ_CHECK(schema_check(s, buf_span(&spaced), &spaced_e) == fits);
	FUZZ_CHECK(e.kind == spaced_e.kind && strcmp(e.text, spaced_e.text) == 0);
	buf_free(&spaced);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span in = span_of(data, n), text = fuzz_copy(fuzz_until(&in, 0xff)), answer = fuzz_copy(in);
	struct schema *plain = read_schema(text, false), *mended = read_schema(text, true);

	if (plain != NULL) {
		FUZZ_CHECK(mended != NULL);
		check_same(plain, false);
	}
	fuzz_drop(text);
	if (mended != NULL) {
		check_same(mended, true);
		check_same(mended, false);
		check_answer(mended, answer);
	}
	schema_free(&plain);
	schema_free(&mended);
	fuzz_drop(answer);
	return 0;
}
