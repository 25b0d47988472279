#define _DEFAULT_SOURCE

#include <errno.h>

#include "base/limits.h"
#include "failing.h"
#include "files.h"
#include "net/verify.h"

/*
 * The reasons and the bounds; tests/tls has the zoo of chains, each compared with OpenSSL's
 * verdict.
 */

static struct trust *trust;
static struct verify_facts facts; /* of the last judgement */

static int64_t held_still(void *ctx)
{
	return *(int64_t *)ctx;
}

static bool verify(const struct span *certs, size_t n, const char *host, int64_t now_s,
                   struct err *e)
{
	int64_t now_ms = now_s * 1000;
	struct clock clock = {held_still, held_still, &now_ms};
	struct verify_question q = {certs, n, span_str(host), trust, &clock, &facts};
	struct x509_key key;
	struct buf issuer;
	bool ok;

	buf_init(&issuer, ERR_TEXT_MAX, "a name");
	ok = verify_chain(&q, &key, &issuer, e) && key.kind == X509_KEY_P256 &&
	     span_equal_str(buf_span(&issuer), "CN=Zoo middle, O=Zoo");
	buf_free(&issuer);
	return ok;
}

static const struct span leaf = {certs_leaf, sizeof certs_leaf};
static const struct span middle = {certs_middle, sizeof certs_middle};
static const struct span rich = {certs_rich, sizeof certs_rich};
static const struct span old = {certs_v1, sizeof certs_v1};

#define HOST "api.example.com"

static const struct {
	const char *name;
	const struct span *certs[4];
	const char *host;
	int64_t now;
	const char *words[4]; /* of the refusal; none = accepted */
} rows[] = {
	{"leaf and intermediate", {&leaf, &middle}, HOST, CERTS_NOW, {0}},
	{"strangers first", {&leaf, &rich, &old, &middle}, HOST, CERTS_NOW, {0}},
	{"an address", {&leaf, &middle}, "127.0.0.1", CERTS_NOW, {0}},
	{"first second", {&leaf, &middle}, HOST, CERTS_START, {0}},
	{"last second", {&leaf, &middle}, HOST, CERTS_END, {0}},
	{"no certificate", {0}, HOST, CERTS_NOW, {"sent no certificate"}},
	{"missing intermediate", {&leaf}, HOST, CERTS_NOW,
	 {"certificate for api.example.com refused",
	  "'CN=leaf, O=Zoo' issued by 'CN=Zoo middle, O=Zoo'",
	  "not trusted here (", "--cacert"}},
	{"another name", {&leaf, &middle}, "b.example.com", CERTS_NOW,
	 {"for b.example.com", "other names"}},
	{"another address", {&leaf, &middle}, "127.0.0.2", CERTS_NOW, {"other names"}},
	{"expired", {&leaf, &middle}, HOST, CERTS_END + 1,
	 {"expired on 2027-12-29 06:00 UTC", "the clock here says 2027-12-29 06:00 UTC"}},
	{"not yet valid", {&leaf, &middle}, HOST, CERTS_START - 1,
	 {"not valid before 2025-10-20 06:00 UTC", "the clock here says 2025-10-20 05:59 UTC"}},
	{"our clock is wrong", {&leaf, &middle}, HOST, 0,
	 {"says 1970-01-01 00:00 UTC, which is wrong"}},
	{"the wrong one first", {&middle, &leaf}, HOST, CERTS_NOW, {"other names"}},
	{"not a host", {&leaf, &middle}, "*.example.com", CERTS_NOW, {"host name"}},
};

static void test_reasons(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct span certs[4];
		struct err e = {0};
		size_t n = 0;
		bool ok;

		for (; n < 4 && rows[i].certs[n] != NULL; n++)
			certs[n] = *rows[i].certs[n];
		ok = verify(certs, n, rows[i].host, rows[i].now, &e);
		if (rows[i].words[0] == NULL) {
			tap_good(ok, &e, rows[i].name);
			continue;
		}
		tap_fails(ok, &e, ERR_TRUST, rows[i].name);
		for (size_t k = 0; k < 4 && rows[i].words[k] != NULL; k++)
			if (!tap_ok(strstr(e.text, rows[i].words[k]) != NULL, "... says %s",
			            rows[i].words[k]))
				printf("#   %s\n", e.text);
	}
}

/*
 * No single changed bit of a chain is accepted: all that is signed and all that signs is looked
 * at.
 */
static void test_bits(void)
{
	struct span certs[2] = {leaf, middle};

	for (size_t which = 0; which < 2; which++) {
		unsigned char der[1024];
		size_t n = certs[which].n, accepted = 0;
		struct err e;

		for (size_t bit = 0; bit < n * 8; bit += 5) {
			struct span changed[2] = {leaf, middle};

			memcpy(der, certs[which].p, n);
			der[bit / 8] ^= (unsigned char)(1 << bit % 8);
			changed[which] = tap_guard(span_of(der, n));
			accepted += verify(changed, 2, HOST, CERTS_NOW, &e);
			tap_unguard(changed[which]);
		}
		tap_is_int((long long)accepted, 0,
		           which == 0 ? "bits of the leaf" : "bits of the intermediate");
	}
}

/* The number of intermediates that bear the right name and do not fit is bounded by CHAIN_*. */
static void test_bounds(void)
{
	unsigned char fakes[CHAIN_CERTS_MAX][sizeof certs_middle];
	struct span certs[CHAIN_CERTS_MAX + 8];
	struct err e = {0};

	certs[0] = leaf;
	for (size_t i = 0; i < CHAIN_CERTS_MAX; i++) {
		memcpy(fakes[i], certs_middle, sizeof certs_middle);
		/* The serial number is byte 15: another certificate, a wrong signature. */
		fakes[i][15] = (unsigned char)(i + 2);
		certs[i + 1] = span_of(fakes[i], sizeof fakes[i]);
	}
	tap_fails(verify(certs, CHAIN_CERTS_MAX, HOST, CERTS_NOW, &e), &e, ERR_TRUST,
	          "many wrong twins");
	certs[CHAIN_CERTS_MAX - 1] = middle;
	tap_good(verify(certs, CHAIN_CERTS_MAX, HOST, CERTS_NOW, &e), &e,
	         "... and the right one last");
	certs[CHAIN_CERTS_MAX - 1] = certs[1];
	certs[CHAIN_CERTS_MAX] = middle;
	tap_fails(verify(certs, CHAIN_CERTS_MAX + 1, HOST, CERTS_NOW, &e), &e, ERR_TRUST,
	          "... but not beyond CHAIN_CERTS_MAX");
	for (size_t i = 1; i < CHAIN_CERTS_MAX; i++)
		certs[i] = leaf;
	certs[3] = middle;
	tap_good(verify(certs, CHAIN_CERTS_MAX, HOST, CERTS_NOW, &e), &e, "many duplicates");
}

/* With the certificate itself as an anchor nothing else is needed, and with another one it is. */
static void test_pinned(void)
{
	static const struct {
		struct span anchor;
		bool good;
	} anchors[] = {{{certs_leaf, sizeof certs_leaf}, true}, {{certs_middle, sizeof certs_middle}, true},
		{{certs_rich, sizeof certs_rich}, false}, {{certs_v1, sizeof certs_v1}, false}};
	struct trust_options o = {0};
	struct trust *saved = trust;
	struct span spoilt[2] = {leaf, span_of(certs_middle, 100)};
	struct err e;

	for (size_t i = 0; i < sizeof anchors / sizeof anchors[0]; i++) {
		files_write_pem("pinned.pem", anchors[i].anchor);
		o.only_file = files_name("pinned.pem");
		if (!tap_good(trust_load(&trust, &o, &e), &e, "an anchor"))
			exit(99);
		tap_is_int(verify(&leaf, 1, HOST, CERTS_NOW, &e), anchors[i].good,
		           anchors[i].good ? "... by which the leaf is good" : "... of others");
		tap_ok(!verify(&leaf, 1, HOST, CERTS_END + 1, &e), "... but not when it is expired");
		trust_free(&trust);
	}
	trust = saved;
	tap_fails(verify(spoilt, 2, HOST, CERTS_NOW, &e), &e, ERR_TRUST, "an intermediate cut short");
	tap_ok(strstr(e.text, "a certificate that was sent cannot be read: ") != NULL, "... %s", e.text);
	spoilt[0] = span_of(certs_leaf, 100);
	tap_fails(verify(spoilt, 2, HOST, CERTS_NOW, &e), &e, ERR_TRUST, "a leaf cut short");
	tap_ok(strstr(e.text, "certificate for api.example.com refused: ") != NULL, "... %s", e.text);
}

/* What the certificates say is known also when they are refused. */
static void test_facts(void)
{
	const struct span chain[] = {leaf, middle};
	struct err e;

	facts = (struct verify_facts){.read = false};
	tap_ok(verify(chain, 2, HOST, CERTS_NOW, &e) && facts.read && !facts.untimely, "facts of a good chain");
	tap_is_str(span_str(facts.issuer), "CN=Zoo middle, O=Zoo", "... the issuer");
	tap_is_int(facts.not_before_s, CERTS_START, "... from when");
	tap_is_int(facts.not_after_s, CERTS_END, "... until when it is valid");
	tap_ok(!facts.public_root, "... and nobody else knows its root");
	tap_ok(!verify(chain, 2, "b.example.com", CERTS_NOW, &e) && facts.read && !facts.untimely &&
	       strcmp(facts.issuer, "CN=Zoo middle, O=Zoo") == 0, "facts of one for other names");
	tap_ok(!verify(chain, 2, HOST, CERTS_END + 1, &e) && facts.untimely && facts.not_after_s == CERTS_END,
	       "... of an expired one");
	tap_ok(!verify(chain, 0, HOST, CERTS_NOW, &e), "... of none");
}

static bool verify_once(struct err *e)
{
	struct span certs[3] = {leaf, rich, middle};

	return verify(certs, 3, HOST, CERTS_NOW, e);
}

static bool refuse_once(struct err *e)
{
	return !verify(&leaf, 1, HOST, CERTS_NOW, e) && e->kind == ERR_TRUST;
}

/* Without memory nothing is accepted, and nothing refused as untrusted for want of a reason. */
static void test_no_memory(void)
{
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, verify_once), "each allocation");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, refuse_once),
	       "each allocation of a refusal");
}

int main(void)
{
	struct trust_options o = {0};
	struct err e;

	files_start();
	files_write_pem("root.pem", CERT(certs_root));
	o.only_file = files_name("root.pem");
	if (!tap_good(trust_load(&trust, &o, &e), &e, "trust anchors"))
		return 99;
	test_reasons();
	test_bits();
	test_bounds();
	test_pinned();
	test_facts();
	test_no_memory();
	trust_free(&trust);
	files_end();
	return tap_done();
}
