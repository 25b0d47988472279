/* Each extension's contents, by hand: what is read, and what is malformed. */
#include "wire/x509_extension.h"

#include "base/limits.h"
#include "tap.h"

/* A list of `times` extensions with these contents; `last` is the last byte of the name id-ce. */
static struct span list_of(unsigned char last, const char *value, size_t n, size_t times)
{
	static unsigned char out[4096];
	size_t each = n + 9, all = each * times, at = 0;

	memcpy(out, (unsigned char[]){0x30, 0x82, (unsigned char)(all >> 8), (unsigned char)all},
		4);
	for (at = 4; times > 0; times--, at += each) {
		memcpy(out + at,
			(unsigned char[]){0x30, (unsigned char)(n + 7), 6, 3, 0x55, 0x1D, last, 4,
				(unsigned char)n},
			9);
		memcpy(out + at + 9, value, n);
	}
	/* Where there are many, each is another that nobody knows. */
	for (size_t i = 0; all > each && i < all / each; i++) {
		out[4 + i * each + 5] = 0x1E;
		out[4 + i * each + 6] = (unsigned char)i;
	}
	if (all < 0x80) {
		memmove(out + 2, out + 4, all);
		out[1] = (unsigned char)all;
		return span_of(out, all + 2);
	}
	if (all < 0x100) {
		memmove(out + 3, out + 4, all);
		out[1] = 0x81;
		out[2] = (unsigned char)all;
		return span_of(out, all + 3);
	}
	return span_of(out, all + 4);
}

enum { BASIC = 19, USAGE = 15, PURPOSES = 37, NAMES = 17, LIMITS = 30, SUBJECT = 14, ISSUER = 35 };

static const struct {
	const char *name;
	unsigned char id;
	const char *value;
	size_t n;
	bool good;
} rows[] = {
#define V(v) v, sizeof(v) - 1
	{"basic: nothing said", BASIC, V("\x30\x00"), true},
	{"basic: a CA", BASIC, V("\x30\x03\x01\x01\xFF"), true},
	{"basic: a length", BASIC, V("\x30\x06\x01\x01\xFF\x02\x01\x03"), true},
	{"basic: a long length", BASIC, V("\x30\x08\x01\x01\xFF\x02\x03\x01\x00\x00"), true},
	{"basic: a length below zero", BASIC, V("\x30\x06\x01\x01\xFF\x02\x01\x80"), false},
	{"basic: a length of no bytes", BASIC, V("\x30\x05\x01\x01\xFF\x02\x00"), false},
	{"basic: no such truth", BASIC, V("\x30\x03\x01\x01\x01"), false},
	{"basic: a boolean cut", BASIC, V("\x30\x03\x01\x02\xFF"), false},
	{"basic: an integer cut", BASIC, V("\x30\x03\x02\x02\x01"), false},
	{"basic: something behind", BASIC, V("\x30\x02\x05\x00"), false},
	{"basic: no sequence", BASIC, V("\x31\x00"), false},
	{"basic: something behind it", BASIC, V("\x30\x00\x05\x00"), false},
	{"usage: none", USAGE, V("\x03\x01\x00"), true},
	{"usage: a bit", USAGE, V("\x03\x02\x07\x80"), true},
	{"usage: no bit string", USAGE, V("\x04\x02\x07\x80"), false},
	{"usage: something behind", USAGE, V("\x03\x02\x07\x80\x05\x00"), false},
	{"usage: bits unused that are none", USAGE, V("\x03\x02\x08\x80"), false},
	{"purposes: one", PURPOSES, V("\x30\x04\x06\x02\x2A\x03"), true},
	{"purposes: none", PURPOSES, V("\x30\x00"), false},
	{"purposes: something behind", PURPOSES, V("\x30\x04\x06\x02\x2A\x03\x05\x00"), false},
	{"purposes: no sequence", PURPOSES, V("\x06\x02\x2A\x03"), false},
	{"purposes: no object identifier", PURPOSES, V("\x30\x02\x05\x00"), false},
	{"purposes: a broken one", PURPOSES, V("\x30\x04\x06\x02\x2A\x83"), false},
	{"names: one", NAMES,
		V("\x30\x03\x82\x01"
		  "a"),
		true},
	{"names: none", NAMES, V("\x30\x00"), false},
	{"names: something behind", NAMES,
		V("\x30\x03\x82\x01"
		  "a\x05\x00"),
		false},
	{"names: no sequence", NAMES,
		V("\x82\x01"
		  "a"),
		false},
	{"names: one cut", NAMES,
		V("\x30\x03\x82\x02"
		  "a"),
		false},
	{"names: no general name", NAMES,
		V("\x30\x03\x0C\x01"
		  "a"),
		false},
#define PERMIT(n2, n1, n, rest)                                                                    \
	"\x30" n2 "\xA0" n1 "\x30" n "\x82\x01"                                                    \
	"a" rest
	{"constraints: one", LIMITS, V(PERMIT("\x07", "\x05", "\x03", "")), true},
	{"constraints: a minimum of zero", LIMITS,
		V(PERMIT("\x0A", "\x08", "\x06", "\x80\x01\x00")), true},
	{"constraints: a minimum of one", LIMITS, V(PERMIT("\x0A", "\x08", "\x06", "\x80\x01\x01")),
		false},
	{"constraints: a minimum of two bytes", LIMITS,
		V(PERMIT("\x0B", "\x09", "\x07", "\x80\x02\x00\x00")), false},
	{"constraints: a minimum cut", LIMITS, V(PERMIT("\x0A", "\x08", "\x06", "\x80\x02\x00")),
		false},
	{"constraints: a maximum", LIMITS, V(PERMIT("\x0A", "\x08", "\x06", "\x81\x01\x00")),
		false},
	{"constraints: excluded", LIMITS,
		V("\x30\x07\xA1\x05\x30\x03\x82\x01"
		  "a"),
		true},
	{"constraints: none", LIMITS, V("\x30\x00"), false},
	{"constraints: no subtree permitted", LIMITS, V("\x30\x02\xA0\x00"), false},
	{"constraints: no subtree excluded", LIMITS, V("\x30\x02\xA1\x00"), false},
	{"constraints: permitted cut", LIMITS, V("\x30\x02\xA0\x01"), false},
	{"constraints: excluded cut", LIMITS, V("\x30\x02\xA1\x01"), false},
	{"constraints: something else", LIMITS, V("\x30\x02\x05\x00"), false},
	{"constraints: something behind", LIMITS, V("\x30\x02\xA1\x00\x05\x00"), false},
	{"constraints: no sequence", LIMITS, V("\xA0\x00"), false},
	{"constraints: no subtree but", LIMITS, V("\x30\x04\xA0\x02\x05\x00"), false},
	{"constraints: an empty subtree", LIMITS, V("\x30\x04\xA0\x02\x30\x00"), false},
	{"constraints: of no name", LIMITS, V("\x30\x06\xA0\x04\x30\x02\x05\x00"), false},
	{"subject's key: one", SUBJECT, V("\x04\x01k"), true},
	{"subject's key: none", SUBJECT, V("\x05\x00"), false},
	{"subject's key: something behind", SUBJECT, V("\x04\x01k\x05\x00"), false},
	{"issuer's key: one", ISSUER, V("\x30\x03\x80\x01k"), true},
	{"issuer's key: none", ISSUER, V("\x30\x00"), true},
	{"issuer's key: cut", ISSUER, V("\x30\x03\x80\x02k"), false},
	{"issuer's key: no sequence", ISSUER, V("\x04\x00"), false},
	{"issuer's key: something behind", ISSUER, V("\x30\x00\x05\x00"), false},
	{"policies are not read", 32, V("\xFF"), true},
	{"nor is what nobody knows", 99, V("\xFF"), true},
#undef V
};

static const struct {
	const char *name, *list;
	size_t n;
	const char *text; /* that is told; NULL: fine */
} lists[] = {
#define L(v) v, sizeof(v) - 1
	{"nothing", L("\x30\x00"), "malformed"},
	{"no sequence", L("\x31\x00"), "malformed"},
	{"something behind", L("\x30\x0B\x30\x09\x06\x03\x55\x1D\x63\x04\x02\x05\x00\x05\x00"),
		"malformed"},
	{"no extension", L("\x30\x02\x05\x00"), "malformed"},
	{"no name", L("\x30\x04\x30\x02\x05\x00"), "malformed"},
	{"a broken name", L("\x30\x06\x30\x04\x06\x02\x2A\x83"), "malformed"},
	{"no contents", L("\x30\x07\x30\x05\x06\x03\x55\x1D\x63"), "malformed"},
	{"a flag cut", L("\x30\x0A\x30\x08\x06\x03\x55\x1D\x63\x01\x02\xFF"), "malformed"},
	{"a flag that is none", L("\x30\x0C\x30\x0A\x06\x03\x55\x1D\x63\x01\x01\x01\x04\x00"),
		"malformed"},
	{"more behind", L("\x30\x0B\x30\x09\x06\x03\x55\x1D\x63\x04\x00\x05\x00"), "malformed"},
	{"the first arc is another", L("\x30\x09\x30\x07\x06\x03\x2A\x1D\x13\x04\x00"), NULL},
	{"the second arc is another", L("\x30\x09\x30\x07\x06\x03\x55\x04\x13\x04\x00"), NULL},
	{"a name of four bytes", L("\x30\x0A\x30\x08\x06\x04\x55\x1D\x13\x01\x04\x00"), NULL},
	{"one known, twice",
		L("\x30\x12\x30\x07\x06\x03\x55\x1D\x20\x04\x00"
		  "\x30\x07\x06\x03\x55\x1D\x20\x04\x00"),
		"twice: certificatePolicies"},
	{"one unknown, twice",
		L("\x30\x12\x30\x07\x06\x03\x55\x1D\x63\x04\x00"
		  "\x30\x07\x06\x03\x55\x1D\x63\x04\x00"),
		"the same extension twice"},
	{"broken behind a good one", L("\x30\x0B\x30\x07\x06\x03\x55\x1D\x63\x04\x00\x05\x00"),
		"malformed"},
	{"a nameless one behind",
		L("\x30\x0D\x30\x07\x06\x03\x55\x1D\x63\x04\x00"
		  "\x30\x02\x05\x00"),
		"malformed"},
#undef L
};

int main(void)
{
	struct x509_extensions x;
	struct err e;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span s = tap_guard(list_of(rows[i].id, rows[i].value, rows[i].n, 1));
		bool ok;

		memset(&x, 0, sizeof x);
		ok = x509_read_extensions(s, &x, &e);
		tap_ok(ok == rows[i].good && (ok || e.kind == ERR_TRUST), "%s", rows[i].name);
		tap_unguard(s);
	}
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct span s = tap_guard(span_of(lists[i].list, lists[i].n));
		bool ok;

		memset(&x, 0, sizeof x);
		e.text[0] = '\0';
		ok = x509_read_extensions(s, &x, &e);
		tap_ok(ok == (lists[i].text == NULL) &&
				(ok || strstr(e.text, lists[i].text) != NULL),
			"a list: %s (%s)", lists[i].name, ok ? "" : e.text);
		tap_unguard(s);
	}
	tap_good(x509_read_extensions(list_of(60, "\x05", 1, 60), &x, &e), &e, "very many");
	tap_ok(x.unknown_critical.p == NULL, "... none of them critical");
	tap_fails(x509_read_extensions(list_of(100, "\x05", 1, CERT_EXTENSIONS_MAX + 1), &x, &e),
		&e, ERR_TRUST, "too many");
	tap_ok(strstr(e.text, "extensions") != NULL, "... says so: %s", e.text);
	return tap_done();
}
