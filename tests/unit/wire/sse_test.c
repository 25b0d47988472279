/* wire/sse: the standard's rules as rows; each whole, at every two-part cut, and byte by byte. */
#include "wire/sse.h"
#include "tap.h"

struct row {
	const char *name;
	const char *in;
	size_t in_n;
	const char *events; /* each in brackets; then ~ and what sse_end gives, when it is true */
};

#define ROW(name, in, events) {name, in, sizeof(in) - 1, events}

static const struct row rows[] = {
	ROW("nothing", "", ""),
	ROW("an event", "data: a\n\n", "[a]"),
	ROW("two events", "data: a\n\ndata: b\n\n", "[a][b]"),

	/* line ends */
	ROW("CR", "data: a\r\rdata: b\r\r", "[a][b]"),
	ROW("CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", "[a][b]"),
	ROW("LF then CR", "data: a\n\rdata: b\n\r", "[a][b]"),
	ROW("CR then LF is one end", "data: a\r\ndata: b\n\n", "[a\nb]"),
	ROW("CRLF CR", "data: a\r\n\rdata: b\r\n\r", "[a][b]"),
	ROW("CRLF LF", "data: a\r\n\ndata: b\r\n\n", "[a][b]"),
	ROW("CR CRLF", "data: a\r\r\ndata: b\r\r\n", "[a][b]"),
	ROW("LF CRLF", "data: a\n\r\ndata: b\n\r\n", "[a][b]"),
	ROW("CR CRLF LF is three ends", "data: a\r\r\n\ndata: b\n\n", "[a][b]"),
	ROW("one of each", "data: a\rdata: b\ndata: c\r\ndata: d\r\n\r\n", "[a\nb\nc\nd]"),
	ROW("blank lines in front", "\n\r\n\r\rdata: a\n\n", "[a]"),
	ROW("blank lines between", "data: a\n\n\n\r\n\rdata: b\n\n", "[a][b]"),
	ROW("LF at the beginning", "\ndata: a\n\n", "[a]"),
	ROW("CRLF at the beginning", "\r\ndata: a\n\n", "[a]"),
	ROW("vertical tab, form feed, NEL and U+2028 end nothing",
	    "data: a\v\f\xc2\x85\xe2\x80\xa8z\n\n", "[a\v\f\xc2\x85\xe2\x80\xa8z]"),
	ROW("NUL in an ignored field", "id: a\0b\ndata: a\n\n", "[a]"),

	/* values */
	ROW("no space", "data:a\n\n", "[a]"),
	ROW("one space goes", "data:  a\n\n", "[ a]"),
	ROW("a tab stays", "data:\ta\n\n", "[\ta]"),
	ROW("a space behind a tab stays", "data:\t a\n\n", "[\t a]"),
	ROW("spaces at the end stay", "data: a  \n\n", "[a  ]"),
	ROW("a colon in the value", "data: a: b\n\n", "[a: b]"),
	ROW("a colon begins the value", "data::\n\n", "[:]"),
	ROW("a value of one space and a colon", "data: :\n\n", "[:]"),
	ROW("JSON", "data: {\"a\":[1, \"x\\n\"]}\n\n", "[{\"a\":[1, \"x\\n\"]}]"),
	ROW("UTF-8", "data: \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\n\n",
	    "[\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80]"),
	ROW("bytes that are not UTF-8 stay", "data: \xff\xc3\n\n", "[\xff\xc3]"),
	ROW("BOM inside a value stays", "data: \xef\xbb\xbf\n\n", "[\xef\xbb\xbf]"),

	/* several lines */
	ROW("two lines", "data: a\ndata: b\n\n", "[a\nb]"),
	ROW("the standard's stock example", "data: YHOO\ndata: +2\ndata: 10\n\n", "[YHOO\n+2\n10]"),
	ROW("empty line first", "data:\ndata: a\n\n", "[\na]"),
	ROW("empty line last", "data: a\ndata:\n\n", "[a\n]"),
	ROW("empty line between", "data: a\ndata\ndata: b\n\n", "[a\n\nb]"),
	ROW("two empty lines", "data\ndata\n\n", "[\n]"),
	ROW("two empty lines with a colon", "data:\ndata: \n\n", "[\n]"),
	ROW("three empty lines", "data\ndata\ndata:\n\n", "[\n\n]"),
	ROW("other lines between", "data: a\nid: 7\n: c\nx\ndata: b\n\n", "[a\nb]"),

	/* empty data */
	ROW("no value", "data\n\n", ""),
	ROW("no value behind the colon", "data:\n\n", ""),
	ROW("no value but the space", "data: \n\n", ""),
	ROW("an empty event does not touch the next", "data\n\ndata: a\n\n", "[a]"),
	ROW("an empty event joins nothing", "data:\n\ndata: a\ndata: b\n\n", "[a\nb]"),
	ROW("no data line", "event: x\nid: 1\n\ndata: a\n\n", "[a]"),
	ROW("the standard's empty and comment example", "data\n\ndata\ndata\n\ndata:", "[\n]"),

	/* fields */
	ROW("event, id and retry are passed over", "event: x\nid: 1\nretry: 10\ndata: a\n\n",
	    "[a]"),
	ROW("behind the data too", "data: a\nevent: x\nid: 1\nretry: 10\n\n", "[a]"),
	ROW("unknown field", "foo: x\ndata: a\n\n", "[a]"),
	ROW("field without a colon", "foo\ndata: a\n\n", "[a]"),
	ROW("field of one letter", "d\ndata: a\n\n", "[a]"),
	ROW("cut name", "dat: x\ndata: a\n\n", "[a]"),
	ROW("longer name", "datas: x\ndata: a\n\n", "[a]"),
	ROW("longer name without a colon", "database\ndata: a\n\n", "[a]"),
	ROW("name in upper case", "DATA: x\ndata: a\n\n", "[a]"),
	ROW("name in mixed case", "Data: x\ndata: a\n\n", "[a]"),
	ROW("space before the name", " data: x\ndata: a\n\n", "[a]"),
	ROW("tab before the name", "\tdata: x\ndata: a\n\n", "[a]"),
	ROW("space behind the name", "data : x\ndata: a\n\n", "[a]"),
	ROW("quoted name", "\"data\": x\ndata: a\n\n", "[a]"),
	ROW("a name that stutters", "ddata: x\ndata: a\n\n", "[a]"),
	ROW("a line of a space is not blank", "data: a\n \ndata: b\n\n", "[a\nb]"),
	ROW("a line of a tab is not blank", "data: a\n\t\ndata: b\n\n", "[a\nb]"),
	ROW("line of JSON", "{\"data\": 1}\ndata: a\n\n", "[a]"),

	/* comments */
	ROW("comment", ": x\ndata: a\n\n", "[a]"),
	ROW("comment without text", ":\ndata: a\n\n", "[a]"),
	ROW("comment that looks like data", ":data: x\ndata: a\n\n", "[a]"),
	ROW("comment inside an event", "data: a\n:\ndata: b\n\n", "[a\nb]"),
	ROW("comment ends no event", "data: a\n:\n\n", "[a]"),
	ROW("keep-alive comments", ":\n\n:\n\n:\n\ndata: a\n\n", "[a]"),

	/* BOM */
	ROW("BOM", "\xef\xbb\xbf" "data: a\n\n", "[a]"),
	ROW("BOM and a blank line", "\xef\xbb\xbf\ndata: a\n\n", "[a]"),
	ROW("BOM and a comment", "\xef\xbb\xbf:\ndata: a\n\n", "[a]"),
	ROW("two BOMs", "\xef\xbb\xbf\xef\xbb\xbf" "data: a\ndata: b\n\n", "[b]"),
	ROW("BOM before the second line", "data: a\n\xef\xbb\xbf" "data: b\n\n", "[a]"),
	ROW("BOM before the second event", "data: a\n\n\xef\xbb\xbf" "data: b\n\n", "[a]"),
	ROW("BOM behind a blank line", "\n\xef\xbb\xbf" "data: a\n\n", ""),
	ROW("two thirds of a BOM", "\xef\xbb" "data: a\ndata: b\n\n", "[b]"),
	ROW("a third of a BOM", "\xef" "data: a\ndata: b\n\n", "[b]"),
	ROW("a third of a BOM and a line end", "\xef\ndata: a\n\n", "[a]"),
	ROW("two thirds of a BOM and a CR", "\xef\xbb\rdata: a\n\n", "[a]"),
	ROW("BOM of UTF-16", "\xff\xfe" "data: a\ndata: b\n\n", "[b]"),
	ROW("BOM and nothing", "\xef\xbb\xbf", ""),

	/* the end of the stream */
	ROW("no blank line", "data: a\n", "~a"),
	ROW("no blank line, CR", "data: a\r", "~a"),
	ROW("no blank line, CRLF", "data: a\r\n", "~a"),
	ROW("no blank line, two lines", "data: a\ndata: b\n", "~a\nb"),
	ROW("no blank line behind an event", "data: a\n\ndata: b\n", "[a]~b"),
	ROW("no blank line but other fields", "data: a\nid: 1\n:\n", "~a"),
	ROW("no blank line and a cut comment", "data: a\n: b", "~a"),
	ROW("no blank line and a cut id", "data: a\nid", "~a"),
	ROW("no line end", "data: a", ""),
	ROW("no line end behind the colon", "data: a\ndata:", ""),
	ROW("no line end behind the space", "data: a\ndata: ", ""),
	ROW("second line cut", "data: a\ndata: b", ""),
	ROW("cut behind an event", "data: a\n\ndata: b", "[a]"),
	ROW("nothing behind an event", "data: a\n\n", "[a]"),
	ROW("empty data at the end", "data\n", ""),
	ROW("comment at the end", "data: a\n\n:", "[a]"),
};

/* A stream under test: what it told, and what it showed of the event in progress. */
struct run {
	struct sse s;
	struct buf told;
	struct buf seen; /* sse_data as of the last step: the next must begin with it */
	bool grew;       /* it always did */
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void run_begin(struct run *r)
{
	memset(r, 0xa5, sizeof *r);
	sse_init(&r->s);
	buf_init(&r->told, 1 << 20, "told");
	buf_init(&r->seen, 1 << 20, "seen");
	r->grew = true;
}

static void run_end(struct run *r)
{
	sse_free(&r->s);
	sse_free(&r->s);
	buf_free(&r->told);
	buf_free(&r->seen);
}

static void look(struct run *r)
{
	struct span now = sse_data(&r->s);
	struct err e;

	r->grew = r->grew && span_equal(span_cut(now, 0, r->seen.n), buf_span(&r->seen));
	buf_clear(&r->seen);
	must(buf_add(&r->seen, now, &e));
}

static void tell(struct run *r, const char *before, const char *after)
{
	struct err e;

	must(buf_add_str(&r->told, before, &e) && buf_add(&r->told, sse_data(&r->s), &e) &&
	     buf_add_str(&r->told, after, &e));
}

static void feed(struct run *r, struct span piece)
{
	struct span guarded = tap_guard(piece), in = guarded;
	enum sse_step step;
	struct err e;

	do {
		step = sse_step(&r->s, &in, &e);
		must(step != SSE_FAIL);
		look(r);
		if (step == SSE_EVENT) {
			tell(r, "[", "]");
			buf_clear(&r->seen);
		}
	} while (step == SSE_EVENT);
	must(in.n == 0);
	tap_unguard(guarded);
}

static bool is_as_wanted(struct run *r, const struct row *row)
{
	bool ok;

	if (sse_end(&r->s))
		tell(r, "~", "");
	ok = span_equal_str(buf_span(&r->told), row->events) && r->grew;
	if (!ok)
		tap_show(r->grew ? "told" : "shrank, told", buf_span(&r->told));
	return ok;
}

static bool fits_cut(const struct row *row, struct span in, size_t cut)
{
	struct run r;
	bool ok;

	run_begin(&r);
	feed(&r, span_cut(in, 0, cut));
	feed(&r, span_cut(in, cut, in.n));
	ok = is_as_wanted(&r, row);
	run_end(&r);
	return ok;
}

static bool fits_bytes(const struct row *row, struct span in)
{
	struct run r;
	bool ok;

	run_begin(&r);
	for (size_t i = 0; i < in.n; i++)
		feed(&r, span_cut(in, i, i + 1));
	ok = is_as_wanted(&r, row);
	run_end(&r);
	return ok;
}

static void test_row(const struct row *row)
{
	struct span in = span_of(row->in, row->in_n);
	bool cuts = true;

	for (size_t i = 0; i <= in.n; i++)
		cuts = cuts && fits_cut(row, in, i);
	tap_ok(cuts, "%s: whole and at every cut", row->name);
	tap_ok(fits_bytes(row, in), "%s: byte by byte", row->name);
}

/* What is there of an event may be looked at, and only ever grows. */
static void test_live(void)
{
	static const struct { const char *in, *data; } steps[] = {
		{"da", ""}, {"ta", ""}, {":", ""}, {" ", ""}, {"{\"a\"", "{\"a\""}, {":1",
		 "{\"a\":1"},
		{"\n", "{\"a\":1"}, {"dat", "{\"a\":1"}, {"abase\n", "{\"a\":1"}, {"data",
		 "{\"a\":1"},
		{":", "{\"a\":1\n"}, {"}", "{\"a\":1\n}"}, {"\r", "{\"a\":1\n}"},
	};
	struct span in;
	struct sse s;
	struct err e;

	sse_init(&s);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		in = span_str(steps[i].in);
		tap_ok(sse_step(&s, &in, &e) == SSE_MORE, "more");
		tap_is_str(sse_data(&s), steps[i].data, "the data so far");
	}
	in = span_str("\n\rdata");
	tap_ok(sse_step(&s, &in, &e) == SSE_EVENT,
	       "an event at its CR, the LF before it belonging to the line");
	tap_is_str(sse_data(&s), "{\"a\":1\n}", "its data");
	tap_is_str(in, "data", "nothing behind the event is taken");
	tap_ok(!sse_end(&s), "an event that was given is not there again at the end");
	tap_ok(sse_step(&s, &in, &e) == SSE_MORE && sse_data(&s).n == 0, "the next step drops it");
	sse_free(&s);
}

static enum sse_step feed_str(struct sse *s, const char *text, struct err *e)
{
	struct span in = span_str(text);

	return sse_step(s, &in, e);
}

/* Feeds `text`, then `n` bytes of c in pieces of at most 16 KiB. */
static enum sse_step feed_long(struct sse *s, const char *text, char c, size_t n, struct err *e)
{
	static char piece[16384];
	enum sse_step step = feed_str(s, text, e);

	memset(piece, c, sizeof piece);
	while (n > 0 && step == SSE_MORE) {
		struct span in = span_of(piece, n < sizeof piece ? n : sizeof piece);

		n -= in.n;
		step = sse_step(s, &in, e);
	}
	return step;
}

static void test_memory(void)
{
	struct sse s;
	struct err e;
	bool ok;

	sse_init(&s);
	ok = feed_long(&s, ":", 'x', 3 * EVENT_MAX, &e) == SSE_MORE;
	ok = ok && feed_long(&s, "\nevent: ", 'x', 3 * EVENT_MAX, &e) == SSE_MORE;
	ok = ok && feed_long(&s, "\n", '\n', EVENT_MAX, &e) == SSE_MORE;
	tap_ok(ok && s.data.cap == 0, "lines passed over cost no memory, however long or many");

	ok = feed_long(&s, "data:", 'x', EVENT_MAX, &e) == SSE_MORE;
	ok = ok && feed_str(&s, "\n\n", &e) == SSE_EVENT;
	tap_ok(ok && s.data.n == EVENT_MAX && s.data.cap == EVENT_MAX,
	       "EVENT_MAX bytes in no more storage");
	tap_ok(feed_str(&s, "data: a\n\n", &e) == SSE_EVENT && s.data.cap <= 64 * 1024,
	       "the storage goes back with the next event");
	tap_fails(feed_long(&s, "data:", 'x', EVENT_MAX + 1, &e) != SSE_FAIL, &e, ERR_CEILING,
	          "one byte more");
	tap_ok(strstr(e.text, "event") != NULL, "the ceiling is named");
	sse_free(&s);
}

/* The LF that joins another data line counts, as soon as it is known to be one. */
static void test_joint_at_ceiling(void)
{
	struct sse s;
	struct err e;

	sse_init(&s);
	tap_ok(feed_long(&s, "data:", 'x', EVENT_MAX, &e) == SSE_MORE, "EVENT_MAX bytes");
	tap_ok(feed_str(&s, "\nid\ndata", &e) == SSE_MORE, "and the name of another line");
	tap_fails(feed_str(&s, "\n", &e) != SSE_FAIL, &e, ERR_CEILING, "and its end");
	sse_free(&s);
}

static void test_small_events(void)
{
	struct sse s;
	struct err e;
	bool ok = true;

	sse_init(&s);
	for (int i = 0; i < 100; i++)
		ok = ok && feed_str(&s, "data: 0123456789\n\n", &e) == SSE_EVENT;
	tap_ok(ok && s.data.cap <= 64, "small events share small storage");
	sse_free(&s);
}

/* Line ends on both sides of every boundary a search in bulk could have. */
static void test_long_lines(void)
{
	static const char *const ends[] = {"\n\n", "\r\r", "\r\n\r\n"};
	static char text[4200];
	struct err e;
	bool ok = true;

	for (size_t end = 0; end < 3; end++)
		for (size_t n = 1000; n + 20 < sizeof text; n = n % 1024 == 4 ? n + 1010 : n + 1) {
			struct sse s;
			struct span in;

			memcpy(text, "data:", 5);
			memset(text + 5, 'v', n);
			strcpy(text + 5 + n, ends[end]);
			strcat(text, "data");
			in = span_str(text);
			sse_init(&s);
			ok = ok && sse_step(&s, &in, &e) == SSE_EVENT;
			ok = ok && span_equal(sse_data(&s), span_of(text + 5, n));
			ok = ok && in.n == strlen("data") + (end == 2);
			sse_free(&s);
		}
	tap_ok(ok, "long lines");
}

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		test_row(&rows[i]);
	printf("# %zu rows\n", sizeof rows / sizeof *rows);
	test_live();
	test_memory();
	test_joint_at_ceiling();
	test_small_events();
	test_long_lines();
	return tap_done();
}
