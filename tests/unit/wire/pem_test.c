#include "tap.h"

#include "wire/pem.h"

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"
#define BEGIN_CRL "-----BEGIN X509 CRL-----\n"
#define END_CRL "-----END X509 CRL-----\n"

/* What a search must find: the decoded blocks in order, each followed by '|' ('!' when trusted). */
static const struct {
	const char *name;
	const char *text;
	const char *want;
	size_t broken;
} bundles[] = {
	{"nothing", "", "", 0},
	{"one", BEGIN "YWJj\n" END, "abc|", 0},
	{"two", BEGIN "YWJj\n" END BEGIN "ZGVm\n" END, "abc|def|", 0},
	{"no newline at the end", BEGIN "YWJj\n-----END CERTIFICATE-----", "abc|", 0},
	{"CRLF", "-----BEGIN CERTIFICATE-----\r\nYWJj\r\nZGVm\r\n-----END CERTIFICATE-----\r\n",
	 "abcdef|", 0},
	{"blanks behind the lines",
	 "-----BEGIN CERTIFICATE----- \nYWJj \n-----END CERTIFICATE-----\t\n",
	 "abc|", 0},
	{"words around", "Root of roots\n=====\n" BEGIN "YWJj\n" END "# done\n- a list\n-- \n",
	 "abc|", 0},
	{"the older label",
	 "-----BEGIN X509 CERTIFICATE-----\nYWJj\n-----END X509 CERTIFICATE-----\n", "abc|", 0},
	{"with trust settings",
	 "-----BEGIN TRUSTED CERTIFICATE-----\nYWJj\n-----END TRUSTED CERTIFICATE-----\n",
	 "abc!", 0},
	{"a CRL between", BEGIN "YWJj\n" END BEGIN_CRL "YWJj\n" END_CRL BEGIN "ZGVm\n" END,
	 "abc|def|", 0},
	{"a key first",
	 "-----BEGIN PRIVATE KEY-----\nYWJj\n-----END PRIVATE KEY-----\n" BEGIN "ZGVm\n" END,
	 "def|", 0},
	{"a request",
	 "-----BEGIN CERTIFICATE REQUEST-----\nYWJj\n-----END CERTIFICATE REQUEST-----\n", "", 0},
	{"no end", BEGIN "YWJj\n", "", 1},
	{"no end, then a good one", BEGIN "YWJj\n" BEGIN "ZGVm\n" END, "def|", 1},
	{"the end of another", BEGIN "YWJj\n" END_CRL BEGIN "ZGVm\n" END, "def|", 1},
	{"a cut end line", BEGIN "YWJj\n-----END CERTIFICATE", "", 1},
	{"dashes inside a line", "x" BEGIN "YWJj\n" END, "", 0},
	{"dashes behind a blank", " " BEGIN "YWJj\n" END, "", 0},
	{"six dashes", "-" BEGIN "YWJj\n" END, "", 0},
	{"dashes only", "-----\n----------\n-----BEGIN -----\n", "", 0},
	{"empty block", BEGIN END, "|", 0},
	{"a header inside", BEGIN "Proc-Type: 4\n\nYWJj\n" END, "?", 0},
};

static void found(struct pem *p, struct span body, char *out)
{
	unsigned char der[64];
	size_t n;
	bool whole;

	if (!pem_decode(body, der, sizeof der, &n, &whole) || !whole) {
		strcat(out, "?");
		return;
	}
	strncat(out, (char *)der, n);
	strcat(out, p->trusted ? "!" : "|");
}

/* As a reader with a window: first `cut` bytes, then `step` at a time. */
static size_t search(const char *text, size_t cut, size_t step, char out[64])
{
	size_t total = strlen(text), from = 0, upto = cut, at;
	struct pem p = {0};
	enum pem_step s;
	struct span body;

	out[0] = '\0';
	for (;;) {
		struct span window = tap_guard(span_of(text + from, upto - from));

		at = 0;
		while ((s = pem_next(&p, window, upto == total, &at, &body)) == PEM_CERT)
			found(&p, body, out);
		tap_unguard(window);
		if (s == PEM_END)
			return p.broken;
		from += at;
		upto = upto + step < total ? upto + step : total;
	}
}

static void test_bundles(void)
{
	char out[64];

	for (size_t i = 0; i < sizeof bundles / sizeof bundles[0]; i++) {
		size_t n = strlen(bundles[i].text);
		bool good = true;

		tap_ok(search(bundles[i].text, n, 1, out) == bundles[i].broken &&
		               strcmp(out, bundles[i].want) == 0,
		       "bundle: %s", bundles[i].name);
		for (size_t cut = 0; cut <= n && good; cut++)
			good = search(bundles[i].text, cut, n + 1, out) == bundles[i].broken &&
			       strcmp(out, bundles[i].want) == 0;
		tap_ok(good, "... cut anywhere");
		tap_ok(search(bundles[i].text, 0, 1, out) == bundles[i].broken &&
		               strcmp(out, bundles[i].want) == 0,
		       "... byte by byte");
	}
}

static const struct {
	const char *name;
	const char *text;
	const char *want; /* NULL: refused */
} blocks[] = {
	{"three bytes", "YWJj", "abc"},
	{"two", "YWI=", "ab"},
	{"one", "YQ==", "a"},
	{"none", "", ""},
	{"white space anywhere", " Y\nW\tJ\r\nj ", "abc"},
	{"white space in the padding", "YQ=\n=\n", "a"},
	{"all values", "+/+/", "\xFB\xFF\xBF"},
	{"no padding", "YWI", NULL},
	{"half the padding", "YQ=", NULL},
	{"too much padding", "YWI==", NULL},
	{"padding of nothing", "=", NULL},
	{"four pads", "====", NULL},
	{"padding where none belongs", "YWJj====", NULL},
	{"more behind the padding", "YQ==YWJj", NULL},
	{"one digit alone", "YWJjY", NULL},
	{"one digit and three pads", "Y===", NULL},
	{"stray bits, one byte", "YR==", NULL},
	{"stray bits, two bytes", "YWJ=", NULL},
	{"the alphabet of URLs", "-_-_", NULL},
	{"a colon", "YWJj:", NULL},
	{"a form feed", "YWJj\f", NULL},
	{"a byte above 127", "YWJj\xC3", NULL},
};

static void test_blocks(void)
{
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
		struct span text = tap_guard(span_str(blocks[i].text));
		unsigned char out[16];
		size_t n;
		bool whole, good = pem_decode(text, out, sizeof out, &n, &whole);

		if (blocks[i].want == NULL)
			tap_ok(!good, "block: %s", blocks[i].name);
		else if (tap_ok(good && whole, "block: %s", blocks[i].name))
			tap_is_str(span_of(out, n), blocks[i].want, "... decoded");
		tap_unguard(text);
	}
}

/* A caller that wants only the front gets it, and is told that there is more. */
static void test_front(void)
{
	static const char text[] = "YWJjZGVmZ2g="; /* abcdefgh */
	bool good = true;

	for (size_t max = 0; max <= 8; max++) {
		unsigned char out[8];
		size_t n;
		bool whole;

		good = good && pem_decode(span_str(text), out, max, &n, &whole) && n <= max &&
		       memcmp(out, "abcdefgh", n) == 0 && whole == (n == 8) && n + 3 > max;
	}
	tap_ok(good, "the front of a block");
}

int main(void)
{
	test_bundles();
	test_blocks();
	test_front();
	return tap_done();
}
