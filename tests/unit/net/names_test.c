#include "tap.h"

#include "net/names.h"
#include "wire/der.h"

static unsigned char tag_of(char kind)
{
	switch (kind) {
	case 'd': return X509_NAME_DNS;
	case 'm': return X509_NAME_MAIL;
	case 'u': return X509_NAME_URI;
	case 'n': return X509_NAME_DIRECTORY;
	case 'o': return 0x88; /* registeredID, which nobody here knows */
	default: return X509_NAME_IP;
	}
}

/*
 * A list of GeneralNames, written as "d:name" (DNS), "m:mailbox", "u:URI", "i:hex" (address),
 * "n:hex" (directory) or "o:hex" (OID), blank separated; "r:hex" is no name but these bytes.
 */
static struct span general_names(const char *text, unsigned char *out, bool trees)
{
	size_t n = 0;

	while (*text != '\0') {
		size_t len = strcspn(text + 2, " "), head = n;
		unsigned char *value;

		n += text[0] == 'r' ? 0 : trees ? 4 : 2;
		value = out + n;
		if (strchr("dmu", text[0]) != NULL) {
			memcpy(value, text + 2, len);
			n += len;
		} else {
			for (size_t i = 0; i < len; i += 2) {
				char hex[3] = {text[2 + i], text[3 + i], '\0'};
				out[n++] = (unsigned char)strtoul(hex, NULL, 16);
			}
		}
		if (text[0] != 'r') {
			out[head] = trees ? DER_SEQUENCE : tag_of(text[0]);
			out[head + 1] = (unsigned char)(n - head - 2);
		}
		if (trees && text[0] != 'r') {
			out[head + 2] = tag_of(text[0]);
			out[head + 3] = (unsigned char)(n - head - 4);
		}
		text += 2 + len;
		text += *text == ' ';
	}
	return span_of(n > 0 ? out : NULL, n);
}

static const struct {
	const char *host;
	bool good;
} hosts[] = {
	{"example.com", true}, {"EXAMPLE.com", true}, {"example.com.", true}, {"localhost", true},
	{"a_b.example", true}, {"xn--bcher-kva.example", true}, {"1.2.3.4", true}, {"::1", true},
	{"2001:db8::1", true}, {"", false}, {".", false}, {".example.com", false}, {"a..b", false},
	{"example.com..", false}, {"b\xC3\xBC" "cher.example", false}, {"a b", false},
	        {"*.example.com", false},
	{"a/b", false}, {"[::1]", false}, {"a@b", false}, {"a:1", false},
	{"a123456789b123456789c123456789d123456789e123456789f123456789abc.example", true},
	{"a123456789b123456789c123456789d123456789e123456789f123456789abcd.example", false},
};

static void test_hosts(void)
{
	for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
		struct span s = tap_guard(span_str(hosts[i].host));
		struct host h;
		struct err e;

		tap_ok(host_read(s, &h, &e) == hosts[i].good, "host: %s", hosts[i].host);
		tap_unguard(s);
	}
}

static const struct {
	const char *host, *names;
	bool match;
} matches[] = {
	{"a.example", "d:a.example", true},
	{"A.example", "d:a.EXAMPLE", true},
	{"a.example.", "d:a.example", true},
	{"a.example", "d:a.example.", false},
	{"a.example", "d:b.example d:a.example", true},
	{"a.example", "", false},
	{"a.b.example", "d:*.b.example", true},
	{"b.example", "d:*.b.example", false},
	{"x.a.b.example", "d:*.b.example", false},
	{"a.example", "d:*.example", false},
	{"a.b.example", "d:*b.example", false},
	{"a.b.example", "d:a*.b.example", false},
	{"a.b.example", "d:*.*.example", false},
	{"a.b.example", "d:a.*.example", false},
	{"a.b.example", "d:*..b.example", false},
	{"example", "d:*", false},
	{"192.0.2.1", "i:c0000201", true},
	{"192.0.2.1", "d:192.0.2.1", false},
	{"192.0.2.1", "d:*.0.2.1", false},
	{"192.0.2.1", "i:c00002", false},
	{"192.0.2.1", "i:00000000000000000000ffffc0000201", false},
	{"::1", "i:00000000000000000000000000000001", true},
	{"a.example", "i:612e6578616d706c65", false},
	{"a.example", "r:8205 d:a.example", false},
};

static void test_matches(void)
{
	for (size_t i = 0; i < sizeof matches / sizeof matches[0]; i++) {
		unsigned char bytes[256];
		struct x509 x = {.ext.alt_names = general_names(matches[i].names, bytes, false)};
		struct host h;
		struct err e;

		tap_ok(host_read(span_str(matches[i].host), &h, &e) &&
		       names_match(&x, &h) == matches[i].match,
		       "match: %s and %s", matches[i].host, matches[i].names);
	}
}

/* O=Zoo, O=Zop, and one that is no UTF-8. */
#define ZOO "300e310c300a060355040a0c035a6f6f"
#define ZOP "300e310c300a060355040a0c035a6f70"
#define BAD "300e310c300a060355040a0c03ffffff"

static const struct {
	const char *name;
	const char *permitted, *excluded, *names, *host;
	bool allowed;
} rows[] = {
	{"none", "", "", "d:a.example", "a.example", true},
	{"permitted", "d:example", "", "d:a.example", "a.example", true},
	{"permitted itself", "d:a.example", "", "d:a.example", "a.example", true},
	{"permitted another", "d:b.example", "", "d:a.example", "a.example", false},
	{"ends alike", "d:xample", "", "d:a.example", "a.example", false},
	{"longer than the name", "d:x.a.example", "", "d:a.example", "a.example", false},
	{"a leading dot", "d:.example", "", "d:a.example", "a.example", true},
	{"a leading dot, equal", "d:.a.example", "", "d:a.example", "a.example", false},
	{"excluded", "", "d:example", "d:a.example", "a.example", false},
	{"excluded another", "", "d:b.example", "d:a.example", "a.example", true},
	{"excluded all", "", "d:", "d:a.example", "a.example", false},
	{"another name is outside", "d:example", "", "d:a.example d:b.org", "a.example", false},
	{"the host of a wildcard is excluded", "", "d:a.b.example", "d:*.b.example", "a.b.example",
	 false},
	{"its neighbour is not", "", "d:a.b.example", "d:*.b.example", "c.b.example", true},
	{"other kinds do not count", "i:c0000200ffffff00", "", "d:a.example", "a.example", true},
	{"address within", "i:c0000200ffffff00", "", "i:c0000201", "192.0.2.1", true},
	{"address outside", "i:c0000200ffffff00", "", "i:c0000301", "192.0.3.1", false},
	{"the other family", "i:c0000200ffffff00", "", "i:20010db8000000000000000000000001",
	 "2001:db8::1",
	 false},
	{"address excluded", "", "i:c0000200ffffff00", "i:c0000201", "192.0.2.1", false},
	{"an address of odd length", "i:c0000200ffffff00", "", "i:c000020101", "a.example", false},
	{"IPv6 within", "i:20010db8000000000000000000000000ffffffff000000000000000000000000", "",
	 "i:20010db8000000000000000000000001", "2001:db8::1", true},
	{"IPv6 outside", "i:20010db8000000000000000000000000ffffffff000000000000000000000000", "",
	 "i:20010db9000000000000000000000001", "2001:db9::1", false},
	{"the host's address is outside", "i:c0000200ffffff00", "", "", "192.0.3.1", false},
	{"a directory within", "n:" ZOO, "", "n:" ZOO, "a.example", true},
	{"a directory outside", "n:" ZOO, "", "n:" ZOP, "a.example", false},
	{"a directory excluded", "", "n:" ZOO, "n:" ZOO, "a.example", false},
	{"a base that is no directory", "n:0500", "", "n:" ZOO, "a.example", false},
	{"a name that is no directory", "n:" ZOO, "", "n:0500", "a.example", false},
	{"a base of malformed text", "n:" BAD, "", "n:" ZOO, "a.example", false},
	{"a name of malformed text", "n:" ZOO, "", "n:" BAD, "a.example", false},
	{"a kind that is not known here", "o:61", "", "o:61", "a.example", false},
	{"malformed permitted", "r:3005", "", "d:a.example", "a.example", false},
	{"malformed excluded", "", "r:3005", "d:a.example", "a.example", false},
	{"an empty tree", "r:3000", "", "d:a.example", "a.example", false},
	{"malformed names", "d:example", "", "r:8205", "a.example", false},
	{"a mask of odd length", "", "i:c0000200ffffff", "i:c0000201", "192.0.2.1", false},
	{"a star permitted", "d:*.example", "", "d:a.example", "a.example", false},
	{"a star excluded", "", "d:*.org", "d:a.example", "a.example", false},
	{"a name with a dot before", "d:example", "", "d:a.example d:.example", "a.example", false},
	{"mailbox permitted", "m:a@b.c", "", "m:a@B.c d:x.y", "x.y", true},
	{"another mailbox", "m:a@b.c", "", "m:A@b.c d:x.y", "x.y", false},
	{"mail of a host", "m:b.c", "", "m:a@b.c d:x.y", "x.y", true},
	{"mail of a host below", "m:b.c", "", "m:a@a.b.c d:x.y", "x.y", false},
	{"mail of hosts below", "m:.b.c", "", "m:a@a.b.c d:x.y", "x.y", true},
	{"all mail", "m:", "", "m:a@b.c d:x.y", "x.y", true},
	{"mail excluded", "", "m:b.c", "m:a@b.c d:x.y", "x.y", false},
	{"mail of two hosts", "", "m:x.c", "m:a@b@c d:x.y", "x.y", false},
	{"mail of nobody", "", "m:x.c", "m:@b.c d:x.y", "x.y", false},
	{"no mailbox", "", "m:x.c", "m:b.c d:x.y", "x.y", false},
	{"URI permitted", "u:b.c", "", "u:s://b.c d:x.y", "x.y", true},
	{"URI with all parts", "u:b.c", "", "u:s://u:p@b.c:1/q@z?r#f d:x.y", "x.y", true},
	{"URI below", "u:b.c", "", "u:s://a.b.c/ d:x.y", "x.y", false},
	{"URI below a dot", "u:.b.c", "", "u:s://a.b.c/ d:x.y", "x.y", true},
	{"URI at the dot", "u:.b.c", "", "u:s://b.c/ d:x.y", "x.y", false},
	{"URI excluded", "", "u:b.c", "u:s://b.c?b d:x.y", "x.y", false},
	{"URI excluded, a fragment", "", "u:b.c", "u:s://b.c#b d:x.y", "x.y", false},
	{"URI elsewhere", "", "u:b.c", "u:s://c.d d:x.y", "x.y", true},
	{"URI without a host", "", "u:b.c", "u:urn:b d:x.y", "x.y", false},
	{"URI with an empty host", "", "u:b.c", "u:s:/// d:x.y", "x.y", false},
	{"URI cut short", "", "u:b.c", "u:s:/ d:x.y", "x.y", false},
	{"URI with an address", "", "u:b.c", "u:s://1.2.3.4/ d:x.y", "x.y", false},
	{"URI with an IPv6 address", "", "u:b.c", "u:s://[::1]/ d:x.y", "x.y", false},
};

static void test_budget(void)
{
	unsigned char a[64], b[64];
	struct x509 issuer = {.ext.excluded = general_names("d:b.example", a, true)};
	struct x509 leaf = {.ext.alt_names = general_names("d:a.example", b, false)};
	struct host h;
	struct err e;
	size_t budget = 4096, cost;

	tap_ok(host_read(span_str("a.example"), &h, &e) &&
	       names_allowed(&issuer, &leaf, &h, &budget), "constraints cost something");
	cost = 4096 - budget;
	budget = cost + 1;
	tap_ok(names_allowed(&issuer, &leaf, &h, &budget), "... which is enough");
	budget = cost;
	tap_ok(!names_allowed(&issuer, &leaf, &h, &budget), "... and less is not");
	tap_is_int((long long)budget, 0, "... and leaves nothing");
}

static void test_constraints(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		unsigned char a[256], b[256], c[256];
		struct x509 issuer = {.ext.permitted = general_names(rows[i].permitted, a, true),
		                      .ext.excluded = general_names(rows[i].excluded, b, true)};
		struct x509 leaf = {.ext.alt_names = general_names(rows[i].names, c, false)};
		size_t budget = 4096;
		struct host h;
		struct err e;

		tap_ok(host_read(span_str(rows[i].host), &h, &e) &&
		               names_allowed(&issuer, &leaf, &h, &budget) == rows[i].allowed,
		       "constraints: %s", rows[i].name);
	}
}

/* An intermediate has a subject and no host. */
static void test_subject(void)
{
	static const struct {
		const char *name, *permitted, *subject;
		bool allowed;
	} subjects[] = {
		{"within", "n:" ZOO, "r:" ZOO, true},
		{"outside", "n:" ZOO, "r:" ZOP, false},
		{"of no matter to names of hosts", "d:example", "r:" ZOO, true},
	};

	for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
		unsigned char a[256], b[256];
		struct x509 issuer = {.ext.permitted = general_names(subjects[i].permitted, a, true)};
		struct span subject = general_names(subjects[i].subject, b, false);
		struct x509 below = {.subject.raw = span_cut(subject, 2, subject.n)};
		size_t budget = 4096;

		tap_ok(names_allowed(&issuer, &below, NULL, &budget) == subjects[i].allowed, "subject: %s",
		       subjects[i].name);
	}
}

static void test_long_hosts(void)
{
	char text[256];
	struct host h;
	struct err e;

	for (size_t i = 0; i < 254; i++)
		text[i] = i % 60 == 59 ? '.' : 'h';
	tap_good(host_read(span_of(text, 253), &h, &e), &e, "a host name of 253 bytes");
	tap_fails(host_read(span_of(text, 254), &h, &e), &e, ERR_TRUST, "... of 254");
}

int main(void)
{
	test_subject();
	test_long_hosts();
	test_hosts();
	test_matches();
	test_constraints();
	test_budget();
	return tap_done();
}
