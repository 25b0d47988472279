/*
 * The certificate path: wire/der, dn, x509 and pem on arbitrary bytes, and net/verify on chains that
 * are edits of a good one. What is accepted carries the good certificate's signed part, byte for byte.
 */
#define _DEFAULT_SOURCE
#include "certs.h"
#include "fuzz.h"
#include "net/names.h"
#include "net/verify.h"
#include "wire/b64.h"
#include "wire/pem.h"

#include <unistd.h>

static int64_t held_still(void *ctx)
{
	(void)ctx;
	return CERTS_NOW * 1000;
}

static const struct clock clock_held = {held_still, held_still, NULL};

static const struct trust *good_trust(void)
{
	static struct trust *t;
	char path[] = "/tmp/octavo-fuzz-XXXXXX";
	struct trust_options o = {.only_file = path};
	struct err e;
	int fd;

	if (t != NULL)
		return t;
	fd = mkstemp(path);
	FUZZ_CHECK(fd >= 0 && write(fd, certs_root, sizeof certs_root) == sizeof certs_root);
	FUZZ_CHECK(trust_load(&t, &o, &e));
	close(fd);
	unlink(path);
	return t;
}

static void inside(struct span part, struct span all)
{
	FUZZ_CHECK(part.n == 0 || (part.p >= all.p && part.p + part.n <= all.p + all.n));
}

static void check_certificate(struct span der)
{
	struct buf scratch, shown;
	struct span subject;
	struct x509 x;
	struct err e;

	buf_init(&scratch, 1 << 20, "scratch");
	buf_init(&shown, 1 << 20, "a name");
	if (x509_parse(der, &scratch, &x, &e)) {
		inside(x.tbs, der);
		inside(x.serial, der);
		inside(x.key.bytes, der);
		inside(x.signature, der);
		inside(x.ext.alt_names, der);
		inside(x.ext.permitted, der);
		inside(x.ext.excluded, der);
		FUZZ_CHECK(span_equal(x.whole, der) && x.version >= 1 && x.version <= 3);
		FUZZ_CHECK(x509_peek_subject(der, &subject) && span_equal(subject, x.subject.raw));
		if (dn_show(x.subject.raw, &shown, &e))
			for (size_t i = 0; i < shown.n; i++)
				FUZZ_CHECK(shown.p[i] >= 0x20 && shown.p[i] != 0x7f);
	} else {
		fuzz_check_err(&e);
	}
	buf_free(&scratch);
	buf_free(&shown);
}

static void verify(const struct span *certs, size_t n, struct span host)
{
	struct verify_question q = {certs, n, host, good_trust(), &clock_held};
	struct x509_key key;
	struct buf issuer, scratch;
	struct x509 accepted, leaf;
	struct err e;

	buf_init(&issuer, ERR_TEXT_MAX, "a name");
	buf_init(&scratch, 1 << 20, "scratch");
	if (verify_chain(&q, &key, &issuer, &e)) {
		FUZZ_CHECK(n > 0 && x509_parse(certs[0], &scratch, &accepted, &e));
		FUZZ_CHECK(x509_parse(span_of(certs_leaf, sizeof certs_leaf), &scratch, &leaf, &e));
		FUZZ_CHECK(span_equal(accepted.tbs, leaf.tbs));
	} else {
		fuzz_check_err(&e);
	}
	buf_free(&issuer);
	buf_free(&scratch);
}

/* Edits of a good certificate: place (two bytes), how many bytes go, how many come, those. */
static struct span edited(struct span cert, struct span *edits)
{
	struct buf b, next;
	unsigned count = fuzz_byte(edits) % 4;

	buf_init(&b, 1 << 16, "a certificate");
	buf_init(&next, 1 << 16, "a certificate");
	fuzz_add(&b, cert);
	while (count-- > 0 && edits->n > 0) {
		size_t at = (fuzz_byte(edits) * 256 + fuzz_byte(edits)) % (b.n + 1);
		size_t gone = fuzz_byte(edits) % 8, come = fuzz_byte(edits) % 8;
		struct span s = buf_span(&b);

		buf_clear(&next);
		fuzz_add(&next, span_cut(s, 0, at));
		fuzz_add(&next, span_cut(*edits, 0, come));
		fuzz_add(&next, span_cut(s, at + gone, s.n));
		*edits = span_cut(*edits, come, edits->n);
		buf_clear(&b);
		fuzz_add(&b, buf_span(&next));
	}
	cert = fuzz_copy(buf_span(&b));
	buf_free(&b);
	buf_free(&next);
	return cert;
}

static void check_chain(struct span in)
{
	static const struct span good[] = {
		{certs_leaf, sizeof certs_leaf}, {certs_middle, sizeof certs_middle},
		{certs_root, sizeof certs_root}, {certs_rich, sizeof certs_rich},
		{certs_v1, sizeof certs_v1},
	};
	static const char *const hosts[] = {"api.example.com", "127.0.0.1", "evil.example.net", "::1"};
	const char *host = hosts[fuzz_byte(&in) % 4];
	unsigned n = fuzz_byte(&in) % 5;
	struct span certs[4];

	for (unsigned i = 0; i < n; i++)
		certs[i] = edited(good[fuzz_byte(&in) % 5], &in);
	verify(certs, n, span_str(host));
	for (unsigned i = 0; i < n; i++) {
		check_certificate(certs[i]);
		fuzz_drop(certs[i]);
	}
}

/* A bundle: the same certificates whole and in pieces of any size. */
static void scan(struct span text, size_t window, struct buf *out)
{
	struct pem p = {0};
	struct span body;
	size_t at = 0, end = window < text.n ? window : text.n;
	unsigned char der[64];
	enum pem_step step;
	size_t n;
	bool whole;

	while ((step = pem_next(&p, span_cut(text, 0, end), end == text.n, &at, &body)) != PEM_END) {
		FUZZ_CHECK(at <= end);
		if (step == PEM_CERT) {
			fuzz_add(out, span_str(p.trusted ? "<" : "["));
			fuzz_add(out, body);
			if (pem_decode(body, der, sizeof der, &n, &whole))
				fuzz_add(out, span_of(der, n));
		} else {
			FUZZ_CHECK(end < text.n);
			end = end + window < text.n ? end + window : text.n;
		}
	}
	FUZZ_CHECK(buf_add_u64(out, p.broken, &(struct err){0}));
}

static void check_bundle(struct span in)
{
	size_t window = 1 + fuzz_byte(&in) % 90;
	struct span own = fuzz_copy(in);
	struct buf whole, other;

	buf_init(&whole, 1 << 22, "whole");
	buf_init(&other, 1 << 22, "other");
	scan(own, own.n, &whole);
	scan(own, window, &other);
	FUZZ_CHECK(span_equal(buf_span(&whole), buf_span(&other)));
	buf_free(&whole);
	buf_free(&other);
	fuzz_drop(own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span in = span_of(data, n), own;

	switch (fuzz_byte(&in) % 3) {
	case 0:
		own = fuzz_copy(in);
		check_certificate(own);
		fuzz_drop(own);
		break;
	case 1: check_chain(in); break;
	default: check_bundle(in);
	}
	return 0;
}
