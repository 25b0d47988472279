#include "tap.h"

#include "certs.h"
#include "ceiling.h"
#include "failing.h"
#include "wire/der.h"
#include "wire/x509.h"

#define CERT(c) span_of(c, sizeof c)

static struct buf scratch;

static bool parse(struct span der, struct x509 *x, struct err *e)
{
	return x509_parse(der, &scratch, x, e);
}

static void test_leaf(void)
{
	struct span der = tap_guard(CERT(certs_leaf));
	struct x509 x, middle;
	struct err e;

	if (!tap_good(parse(der, &x, &e) && parse(CERT(certs_middle), &middle, &e), &e,
	              "leaf and middle"))
		return;
	tap_is_int(x.version, 3, "version");
	tap_is_int(x.not_before, CERTS_START, "not before");
	tap_is_int(x.not_after, CERTS_END, "not after");
	tap_ok(x.key.kind == X509_KEY_P256 && x.key.bits == 256 && x.key.bytes.n == 65, "key");
	tap_ok(x.sign == X509_SIGNED_ECDSA && x.sign_bits == 256 &&
	       x.signature.n > 60, "signature");
	tap_ok(x.tbs.p == der.p + 4 && x.tbs.p[0] == DER_SEQUENCE && x.whole.n == der.n, "spans");
	tap_ok(x.ext.has_basic && !x.ext.ca && !x.ext.has_path_len, "basic constraints");
	tap_ok(x.ext.has_usage && x.ext.usage == X509_DIGITAL_SIGNATURE, "key usage");
	tap_ok(x.ext.has_purposes && x.ext.server_auth, "extended key usage");
	tap_ok(x.ext.permitted.p == NULL && x.ext.excluded.p == NULL &&
	       x.ext.unknown_critical.p == NULL, "what is absent");
	tap_ok(dn_equal(&x.issuer, &middle.subject) && !dn_equal(&x.issuer, &x.subject), "issuer");
	tap_ok(middle.ext.ca && (middle.ext.usage & X509_KEY_CERT_SIGN), "the issuer is a CA");
	tap_ok(x.ext.issuer_key_id.n == 20 && span_equal(x.ext.issuer_key_id, middle.ext.subject_key_id),
	       "key identifiers");
	tap_unguard(der);
}

static void test_rich(void)
{
	struct span der = tap_guard(CERT(certs_rich)), rest;
	struct der name;
	struct x509 x;
	struct err e;
	char tags[8] = "";

	if (!tap_good(parse(der, &x, &e), &e, "rich"))
		return;
	tap_is_str(x.serial, "\xFB", "negative serial number");
	tap_is_int(x.not_after, CERTS_END, "GeneralizedTime");
	tap_ok(x.ext.ca && x.ext.has_path_len && x.ext.path_len == 3, "path length");
	tap_is_int(x.ext.usage, X509_DIGITAL_SIGNATURE | X509_KEY_CERT_SIGN, "two usages");
	tap_ok(x.ext.server_auth, "the second purpose");
	for (rest = x.ext.alt_names; rest.n > 0 && der_next(&rest, &name);)
		tags[strlen(tags)] = (char)name.tag;
	tap_ok(strcmp(tags, "\x82\x81\x87") == 0, "three alternative names");
	tap_ok(x.ext.permitted.n > 0 && x.ext.excluded.n > 0, "name constraints");
	tap_is_str(x.ext.unknown_critical, "\x2A\x03\x04", "the unknown critical extension");
	tap_unguard(der);
}

static void test_old(void)
{
	struct x509 x;
	struct err e;

	tap_good(parse(CERT(certs_v1), &x, &e), &e, "version 1");
	tap_ok(x.version == 1 && !x.ext.has_basic && !x.ext.has_usage, "no extensions");
	tap_ok(x.key.kind == X509_KEY_RSA && x.key.bits == 2048 && x.key.bytes.n == 256, "modulus");
	tap_is_span(x.key.exponent, span_of("\x01\x00\x01", 3), "exponent");
	tap_ok(x.sign == X509_SIGNED_WEAK, "SHA-1 is weak");
}

/* No cut is taken for a certificate, and bytes behind one are not passed over. */
static void test_cuts(void)
{
	unsigned char more[sizeof certs_rich + 1] = {0};
	struct x509 x;
	struct err e;
	bool good = true;

	memcpy(more, certs_rich, sizeof certs_rich);
	for (size_t n = 0; n <= sizeof more; n++) {
		struct span der = tap_guard(span_of(more, n));

		good = good && parse(der, &x, &e) == (n == sizeof certs_rich);
		tap_unguard(der);
	}
	tap_ok(good, "a certificate cut anywhere is refused");
}

/* One byte changed anywhere: a certificate or a refusal, never anything else; spans stay inside. */
static void test_changes(struct span cert, const char *name)
{
	static const unsigned char values[] = {
		0x00, 0x01, 0x04, 0x05, 0x06, 0x30, 0x7F, 0x80, 0x81, 0x82, 0xFF};
	unsigned char der[2048];
	size_t refused = 0;
	bool inside = true;

	for (size_t i = 0; i < cert.n; i++)
		for (size_t k = 0; k < sizeof values; k++) {
			struct span s, all[6];
			struct x509 x;
			struct err e;

			memcpy(der, cert.p, cert.n);
			der[i] = values[k];
			s = tap_guard(span_of(der, cert.n));
			if (parse(s, &x, &e)) {
				memcpy(all, (struct span[]){x.tbs, x.serial, x.ext.alt_names,
				                            x.ext.permitted, x.ext.excluded,
				                            x.key.bytes}, sizeof all);
				for (size_t j = 0; j < 6; j++)
					inside = inside && (all[j].n == 0 || (all[j].p >= s.p &&
					                    all[j].p + all[j].n <= s.p + s.n));
			} else {
				refused++;
			}
			tap_unguard(s);
		}
	tap_ok(inside, "whatever byte of %s is changed, spans stay inside", name);
	tap_ok(refused > cert.n / 2, "many changes are refused (%zu of %zu)", refused,
		cert.n * sizeof values);
}

/* The subject is found in any front that holds it. */
static void test_peek(void)
{
	struct x509 x;
	struct err e;
	struct span subject;
	bool good = parse(CERT(certs_leaf), &x, &e);

	for (size_t n = 0; n < sizeof certs_leaf && good; n++) {
		struct span front = tap_guard(span_of(certs_leaf, n));
		bool holds = (size_t)(x.subject.raw.p + x.subject.raw.n - certs_leaf) <= n;

		good = x509_peek_subject(front, &subject) == holds &&
		       (!holds || span_equal(subject, x.subject.raw));
		tap_unguard(front);
	}
	tap_ok(good, "peeking at the subject");
}

/* ---- names ---- */

#define RDN(tag, n, text) "\x31" "\x0C" "\x30\x0A\x06\x03\x55\x04\x03" tag n text

static const struct {
	const char *name;
	const char *a, *b;
	size_t an, bn;
	bool same;
} pairs[] = {
#define P(a, b) a, b, sizeof(a) - 1, sizeof(b) - 1
	{"the same", P(RDN("\x0C", "\x03", "abc"), RDN("\x0C", "\x03", "abc")), true},
	{"another letter", P(RDN("\x0C", "\x03", "abc"), RDN("\x0C", "\x03", "abd")), false},
	{"case", P(RDN("\x0C", "\x03", "aBc"), RDN("\x0C", "\x03", "AbC")), true},
	{"PrintableString", P(RDN("\x0C", "\x03", "abc"), RDN("\x13", "\x03", "ABC")), true},
	{"white space at the ends", P(RDN("\x0C", "\x03", " a "), RDN("\x0C", "\x03", "  a")),
		true},
	{"white space inside", P(RDN("\x0C", "\x03", "a\tb"), RDN("\x0C", "\x03", "a b")), true},
	{"white space and none", P(RDN("\x0C", "\x03", "a b"), RDN("\x0C", "\x03", "ab ")), false},
	{"Latin-1 is no UTF-8",
		P(RDN("\x0C", "\x03", "\xC3\xA9x"), RDN("\x14", "\x03", "\xC3\xA9x")), false},
	{"ill-formed stays with its tag",
		P(RDN("\x0C", "\x03", "ab\xFF"), RDN("\x13", "\x03", "ab\xFF")), false},
	{"ill-formed equals itself",
		P(RDN("\x0C", "\x03", "ab\xFF"), RDN("\x0C", "\x03", "ab\xFF")), true},
	{"another type", P(RDN("\x04", "\x03", "abc"), RDN("\x0C", "\x03", "abc")), false},
	{"no case but in text", P(RDN("\x04", "\x03", "abc"), RDN("\x04", "\x03", "Abc")), false},
	{"blanks and nothing", P(RDN("\x0C", "\x03", "   "), RDN("\x0C", "\x03", "\t\n\r")), true},
	{"ASCII that is none", P(RDN("\x16", "\x03", "ab\xE9"), RDN("\x0C", "\x03", "ab\xE9")),
		false},
	{"one part more",
		P(RDN("\x0C", "\x03", "abc"),
			RDN("\x0C", "\x03", "abc") RDN("\x0C", "\x03", "abc")),
		false},
#undef P
};

static void test_names(void)
{
	static const char latin[] = "\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x14\x01\xE9";
	static const char utf8[] = "\x31\x0B\x30\x09\x06\x03\x55\x04\x03\x0C\x02\xC3\xA9";
	static const char wide[] = "\x31\x0B\x30\x09\x06\x03\x55\x04\x03\x1E\x02\x00\xE9";
	struct dn a, b, c;
	struct err e;

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		tap_ok(dn_read(span_of(pairs[i].a, pairs[i].an), &scratch, &a, &e) &&
		               dn_read(span_of(pairs[i].b, pairs[i].bn), &scratch, &b, &e) &&
		               dn_equal(&a, &b) == pairs[i].same,
		       "names: %s", pairs[i].name);
	tap_ok(dn_read(span_of(latin, sizeof latin - 1), &scratch, &a, &e) &&
	               dn_read(span_of(utf8, sizeof utf8 - 1), &scratch, &b, &e) &&
	               dn_read(span_of(wide, sizeof wide - 1), &scratch, &c, &e) &&
	        dn_equal(&a, &b) &&
	               dn_equal(&b, &c),
	       "names: Latin-1, UTF-8 and BMP");
	tap_ok(dn_read(span_of(NULL, 0), &scratch, &a, &e), "names: empty");
	tap_fails(dn_read(span_of("\x31\x00", 2), &scratch, &a, &e), &e, ERR_TRUST,
	          "names: an empty part");
	tap_fails(dn_read(span_of(latin, sizeof latin - 2), &scratch, &a, &e), &e, ERR_TRUST,
	          "names: cut");
}

static void test_shown(void)
{
	static const char hostile[] = "\x31\x11\x30\x0F\x06\x03\x55\x04\x03\x0C\x08\x1B[31mx\ny";
	struct x509 x;
	struct err e;
	struct buf out;

	buf_init(&out, 1024, "text");
	tap_good(parse(CERT(certs_root), &x, &e) &&
	         dn_show(x.subject.raw, &out, &e), &e, "showing a name");
	tap_is_str(buf_span(&out), "CN=Zoo root, O=Zoo", "a common name and an organisation");
	buf_clear(&out);
	tap_good(dn_show(span_of(hostile, sizeof hostile - 1), &out, &e), &e,
	         "showing a hostile name");
	tap_ok(span_find(buf_span(&out), 0x1B, 0) == out.n &&
	       span_find(buf_span(&out), '\n', 0) == out.n,
	       "no control bytes");
	buf_clear(&out);
	tap_good(dn_show(span_of(NULL, 0), &out, &e), &e, "showing nothing");
	tap_is_str(buf_span(&out), "(no name)", "no name");
	buf_free(&out);
}

/* Wide texts as they may come; what is well-formed equals its UTF-8, what is not only itself. */
static const struct {
	const char *name;
	unsigned char tag;
	const char *value;
	size_t n;
	const char *utf8; /* NULL: ill-formed */
} wides[] = {
	{"BMP", 0x1E,
		"\x20\xAC\x00"
		"A",
		4,
		"\xE2\x82\xAC"
		"a"},
	{"BMP below the surrogates", 0x1E, "\xD7\xFF", 2, "\xED\x9F\xBF"},
	{"BMP above the surrogates", 0x1E, "\xE0\x00", 2, "\xEE\x80\x80"},
	{"a surrogate", 0x1E, "\xD8\x3D\xDE\x00", 4, NULL},
	{"Universal", 0x1C, "\x00\x01\xF6\x00", 4, "\xF0\x9F\x98\x80"},
	{"Universal at its end", 0x1C, "\x00\x10\xFF\xFF", 4, "\xF4\x8F\xBF\xBF"},
	{"Universal beyond", 0x1C, "\x00\x11\x00\x00", 4, NULL},
	{"a Universal surrogate", 0x1C, "\x00\x00\xDF\xFF", 4, NULL},
};

static struct span common_name(unsigned char *to, unsigned char tag, const char *value, size_t n)
{
	const unsigned char head[] = {0x31, (unsigned char)(n + 9), 0x30, (unsigned char)(n + 7),
		0x06, 3, 0x55, 4, 3, tag, (unsigned char)n};

	memcpy(to, head, sizeof head);
	memcpy(to + sizeof head, value, n);
	return span_of(to, sizeof head + n);
}

static void test_wide(void)
{
	unsigned char wide[64], narrow[64];
	struct dn a, b;
	struct err e;

	for (size_t i = 0; i < sizeof wides / sizeof wides[0]; i++) {
		const char *want = wides[i].utf8 != NULL ? wides[i].utf8 : "?";
		struct span s = common_name(wide, wides[i].tag, wides[i].value, wides[i].n);
		struct span t = common_name(narrow, 0x0C, want, strlen(want));

		tap_ok(dn_read(s, &scratch, &a, &e) && dn_read(t, &scratch, &b, &e) &&
				dn_equal(&a, &b) == (wides[i].utf8 != NULL) && dn_equal(&a, &a),
			"names: %s", wides[i].name);
	}
	tap_fails(dn_read(common_name(wide, 0x1E, "\0a\0", 3), &scratch, &a, &e), &e, ERR_TRUST,
		"names: half a character");
}

static bool read_once(struct err *e)
{
	struct buf place, shown;
	struct x509 x;
	bool ok;

	buf_init(&place, 64 * 1024, "a name");
	buf_init(&shown, 1024, "text");
	ok = x509_parse(CERT(certs_root), &place, &x, e) && dn_show(x.subject.raw, &shown, e) &&
	     span_equal_str(buf_span(&shown), "CN=Zoo root, O=Zoo");
	buf_free(&place);
	buf_free(&shown);
	return ok;
}

static bool show_some(struct buf *out, struct err *e)
{
	struct x509 x;

	return parse(CERT(certs_root), &x, e) && dn_show(x.subject.raw, out, e);
}

static void test_failures(void)
{
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, read_once), "without memory");
	tap_ok(ceiling_each(show_some), "any byte of a name shown may be one too many");
}

int main(void)
{
	buf_init(&scratch, 64 * 1024, "a name");
	test_leaf();
	test_rich();
	test_old();
	test_cuts();
	test_changes(CERT(certs_rich), "many extensions");
	test_changes(CERT(certs_v1), "version 1 with RSA");
	test_changes(CERT(certs_leaf), "a leaf");
	test_changes(CERT(certs_root), "a root");
	test_failures();
	test_peek();
	test_names();
	test_shown();
	test_wide();
	buf_free(&scratch);
	return tap_done();
}
