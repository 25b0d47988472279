/*
 * Unit tests of codex/models: which model is the default, and what is told of each, whatever the
 * document holds.
 */
#include "codex/models.h"

#include "base/limits.h"
#include "failing.h"
#include "tap.h"
#include "torment.h"

#define A_32 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define FIELD_127 A_32 A_32 A_32 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* ---- the default ---- */

static const struct models_row {
	const char *document;
	enum err_kind kind;
	const char *slug;
} catalogues[] = {
	{"{\"models\":[{\"slug\":\"a\",\"visibility\":\"list\",\"priority\":2},"
	 "{\"slug\":\"b\",\"visibility\":\"list\",\"priority\":1}]}", ERR_NONE, "b"},
	{"{\"models\":[{\"slug\":\"a\",\"visibility\":\"list\",\"priority\":1},"
	 "{\"slug\":\"b\",\"visibility\":\"list\",\"priority\":1}]}", ERR_NONE, "a"},
	{"{\"models\":[{\"slug\":\"a\",\"visibility\":\"hide\",\"priority\":0},"
	 "{\"slug\":\"b\",\"visibility\":\"list\",\"priority\":-1},{\"slug\":\"c\",\"visibility\":\"list\"}]}", ERR_NONE,
	 "b"},
	{"{\"models\":[{\"slug\":\"a\",\"visibility\":\"list\"},"
	 "{\"slug\":\"b\",\"visibility\":\"list\",\"priority\":9}]}", ERR_NONE, "b"},
	{"{\"models\":[{\"slug\":\"a\",\"visibility\":\"list\",\"priority\":\"1\"}]}", ERR_NONE,
	 "a"},
	{"{\"models\":[null,1,\"x\",[],{},{\"slug\":7,\"visibility\":\"list\"},{\"visibility\":\"list\"},"
	 "{\"slug\":\"a\",\"visibility\":\"list\"}]}", ERR_NONE, "a"},
	{"{\"models\":[{\"slug\":\"" FIELD_127 "\",\"visibility\":\"list\"}]}", ERR_NONE,
	 FIELD_127},
	{"{\"models\":[{\"slug\":\"" FIELD_127 "a\",\"visibility\":\"list\"}]}", ERR_PROTOCOL,
	 NULL},
	{"{\"models\":[{\"slug\":\"a\\nb\",\"visibility\":\"list\"}]}", ERR_PROTOCOL, NULL},
	{"{\"models\":[{\"slug\":\"\",\"visibility\":\"list\"}]}", ERR_PROTOCOL, NULL},
	{"{\"models\":[]}", ERR_REQUEST, NULL},
	{"{\"models\":[{\"slug\":\"a\",\"visibility\":\"none\"}]}", ERR_REQUEST, NULL},
	{"{\"models\":[{\"slug\":\"a\"}]}", ERR_REQUEST, NULL},
	{"{\"models\":{}}", ERR_PROTOCOL, NULL},
	{"{\"models\":null}", ERR_PROTOCOL, NULL},
	{"{}", ERR_PROTOCOL, NULL},
};

static void test_models(void)
{
	for (size_t i = 0; i < sizeof catalogues / sizeof catalogues[0]; i++) {
		const struct models_row *r = &catalogues[i];
		struct span s = tap_guard(span_str(r->document));
		char slug[MODEL_SLUG_MAX];
		struct err e = {.kind = ERR_NONE};
		bool ok = models_choose(s, slug, &e);

		if (r->kind != ERR_NONE)
			tap_fails(ok, &e, r->kind, r->document);
		else if (tap_good(ok, &e, r->document))
			tap_is_str(span_str(slug), r->slug, "... slug");
		tap_unguard(s);
	}
}

static bool read_models(struct span s, struct err *e)
{
	char slug[MODEL_SLUG_MAX];

	return models_choose(s, slug, e);
}

static bool models_once(struct err *e)
{
	return read_models(span_str("{\"models\":[{\"slug\":\"gpt-5\",\"visibility\":\"list\","
				    "\"supported_in_api\":true,"
				    "\"priority\":1}]}"),
		e);
}

/* ---- all of them ---- */

/* "slug/name/visibility/priority/context/default:efforts;modalities" of each, '|' behind it. */
static bool write_all(struct span document, struct buf *out, struct err *e)
{
	struct models m;
	struct model one;
	char text[1024];
	bool ok = models_read(&m, document, e);

	for (size_t i = 0; ok && i < m.n; i++) {
		ok = models_get(&m, i, &one, e);
		if (!ok)
			break;
		snprintf(text, sizeof text, "%s%s/%s/%s%s/%lld/%lld/%s:", i == m.chosen ? "*" : "", one.slug, one.display_name,
		         one.visibility, model_is_listed(&one) ? "!" : "", one.priority == INT64_MAX ? -99LL : (long long)one.priority,
		         (long long)one.context_window, one.default_effort);
		ok = buf_add_str(out, text, e);
		for (size_t k = 0; ok && k < one.efforts.n; k++)
			ok = buf_add_strs(out, (const char *const[]){one.efforts.word[k], ",", NULL}, e);
		ok = ok && buf_add_str(out, ";", e);
		for (size_t k = 0; ok && k < one.modalities.n; k++)
			ok = buf_add_strs(out, (const char *const[]){one.modalities.word[k], ",", NULL}, e);
		ok = ok && buf_add_str(out, "|", e);
	}
	models_free(&m);
	models_free(&m);
	return ok;
}

#define WORDS_17 "\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\",\"q\""
#define FULL "{\"slug\":\"m\",\"display_name\":\"M\",\"visibility\":\"list\",\"priority\":2,\"context_window\":1000," \
	"\"default_reasoning_level\":\"low\",\"supported_reasoning_levels\":[{\"effort\":\"low\"},{\"effort\":\"high\"}]," \
	"\"input_modalities\":[\"text\",\"image\"]}"

static const struct {
	const char *list, *want; /* want NULL: ERR_PROTOCOL */
} lists[] = {
	{"", ""},
	{FULL, "*m/M/list!/2/1000/low:low,high,;text,image,|"},
	{"{\"slug\":\"c\",\"priority\":3}," FULL ",{\"slug\":\"a\",\"priority\":-1},{\"slug\":\"x\"},{\"slug\":\"d\",\"priority\":3},{\"slug\":\"y\"}",
	 "a///-1/-1/:;|*m/M/list!/2/1000/low:low,high,;text,image,|c///3/-1/:;|d///3/-1/:;|x///-99/-1/:;|y///-99/-1/:;|"},
	{"{\"slug\":\"a\",\"visibility\":\"hide\"}", "a//hide/-99/-1/:;|"},
	{"{\"slug\":\"a\",\"display_name\":\"\\u001b\\n\\u007f\\u00e9\"}", "a/\x1b\n\x7f\xc3\xa9//-99/-1/:;|"},
	{"{\"slug\":\"a\",\"display_name\":\"x\\u0000y\",\"visibility\":7,\"priority\":1.5,\"context_window\":-1,\"default_reasoning_level\":{}}", "a///-99/-1/:;|"},
	{"{\"slug\":\"a\",\"display_name\":\"" FIELD_127 FIELD_127 "aa\",\"visibility\":\"" A_32 "\",\"default_reasoning_level\":\"a b\"}", "a///-99/-1/:;|"},
	{"{\"slug\":\"a\",\"supported_reasoning_levels\":[\"low\",{},{\"effort\":1},null,[],\"\",\"a b\",\"" A_32 "\",{\"effort\":\"x\"}],\"input_modalities\":\"text\"}",
	 "a///-99/-1/:low,x,;|"},
	{"{\"slug\":\"a\",\"supported_reasoning_levels\":{\"effort\":{\"effort\":\"low\"}},\"input_modalities\":[" WORDS_17 "]}",
	 "a///-99/-1/:low,;a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,|"},
	{"{\"slug\":\"\"}", NULL},
	{"{\"slug\":\"a b\"}", NULL},
	{"{\"slug\":\"" FIELD_127 "a\"}", NULL},
};

static void test_lists(void)
{
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		struct buf text, out;
		struct err e = {.kind = ERR_NONE};
		bool ok;

		buf_init(&text, 1 << 16, "a document");
		buf_init(&out, 1 << 16, "what is told");
		if (!buf_add_strs(&text, (const char *const[]){"{\"models\":[", lists[i].list, "]}", NULL}, &e))
			exit(99);
		ok = write_all(buf_span(&text), &out, &e);
		if (lists[i].want == NULL)
			tap_fails(ok, &e, ERR_PROTOCOL, lists[i].list);
		else if (tap_good(ok, &e, lists[i].list))
			tap_is_str(buf_span(&out), lists[i].want, "... what is told");
		buf_free(&text);
		buf_free(&out);
	}
}

/* So many are read, and not one more; in the worst order. */
static void test_ceiling(void)
{
	for (int n = MODELS_LISTED_MAX; n <= MODELS_LISTED_MAX + 1; n++) {
		struct buf text;
		struct models m;
		struct model one;
		struct err e;
		char item[64];
		bool ok;

		buf_init(&text, 1 << 20, "a document");
		ok = buf_add_str(&text, "{\"models\":[", &e);
		for (int i = n; i > 0 && ok; i--) {
			snprintf(item, sizeof item, "%s{\"slug\":\"m%d\",\"priority\":%d}", i < n ? "," : "", i, i);
			ok = buf_add_str(&text, item, &e);
		}
		if (!ok || !buf_add_str(&text, "]}", &e))
			exit(99);
		ok = models_read(&m, buf_span(&text), &e);
		if (n > MODELS_LISTED_MAX)
			tap_fails(ok, &e, ERR_CEILING, "too many models");
		else if (tap_good(ok, &e, "as many models as may be")) {
			tap_ok(m.n == MODELS_LISTED_MAX && m.chosen == m.n, "... all there, none chosen");
			tap_ok(models_get(&m, 0, &one, &e) && one.priority == 1, "... the lowest first");
		}
		models_free(&m);
		buf_free(&text);
	}
}

static bool all_once(struct err *e)
{
	struct buf out;
	bool ok;

	buf_init(&out, 4096, "what is told");
	ok = write_all(span_str("{\"models\":[" FULL "]}"), &out, e);
	buf_free(&out);
	return ok;
}

int main(void)
{
	static const char *const no_objects[] = {"", "[]", "null", "\"x\"", "{", "{}x", "<html>"};
	struct err e;

	test_models();
	for (size_t i = 0; i < sizeof no_objects / sizeof no_objects[0]; i++)
		tap_fails(read_models(span_str(no_objects[i]), &e), &e, ERR_PROTOCOL, no_objects[i]);
	torment("{\"models\":[{\"slug\":\"a\",\"visibility\":\"list\",\"priority\":3}]}", read_models, "models");
	test_lists();
	test_ceiling();
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, models_once), "the default without memory");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, all_once), "all without memory");
	return tap_done();
}
