#define _DEFAULT_SOURCE

#include "files.h"
#include "net/roots.h"
#include "net/trust.h"

static struct x509 root, leaf;

/* How many anchors with the root's name the options lead to; -1 when loading fails. */
static int count(const struct trust_options *o, struct err *e)
{
	const struct dn *names[] = {&leaf.subject, &root.subject};
	struct trust *t;
	struct anchor *found;
	int n = 0;

	if (!trust_load(&t, o, e))
		return -1;
	if (!trust_find(t, names, 2, &found, e))
		n = -2;
	for (const struct anchor *a = found; a != NULL; a = a->next)
		n += dn_equal(&a->cert.subject, &root.subject) &&
		     span_equal(a->cert.whole, CERT(certs_root));
	anchors_free(&found);
	trust_free(&t);
	return n;
}

static char path[96];

static const char *in_dir(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", files_dir, name);
	return path;
}

enum block { BLOCK_END, ROOT, OTHER, CRL, NO_BASE64, NO_END, HUGE_CRL, HUGE_CERT, LAST_ROOT,
            WORDS };

static const struct {
	const char *name;
	enum block blocks[6];
	int want;
} bundles[] = {
	{"the root", {ROOT}, 1},
	{"the root behind another", {OTHER, ROOT}, 1},
	{"the root twice", {ROOT, OTHER, ROOT}, 2},
	{"another only", {OTHER}, 0},
	{"a CRL first", {CRL, ROOT}, 1},
	{"words between", {WORDS, ROOT, WORDS}, 1},
	{"a broken block first", {NO_BASE64, ROOT}, 1},
	{"a block without an end first", {NO_END, ROOT}, 1},
	{"a CRL larger than the window", {OTHER, HUGE_CRL, ROOT}, 1},
	{"a certificate larger than any", {OTHER, HUGE_CERT, ROOT}, 1},
	{"the last without a newline", {OTHER, LAST_ROOT}, 1},
	{"a CRL only", {CRL}, -1},
	{"words only", {WORDS}, -1},
	{"nothing", {BLOCK_END}, -1},
};

static void put(struct buf *text, enum block b)
{
	static unsigned char huge[200 * 1024];
	struct err e;
	bool ok = true;

	switch (b) {
	case BLOCK_END:
		break;
	case ROOT:
	case LAST_ROOT:
		files_pem(text, "CERTIFICATE", CERT(certs_root));
		text->n -= b == LAST_ROOT;
		break;
	case OTHER:
		files_pem(text, "CERTIFICATE", CERT(certs_rich));
		break;
	case CRL:
		files_pem(text, "X509 CRL", CERT(certs_root));
		break;
	case HUGE_CRL:
		files_pem(text, "X509 CRL", CERT(huge));
		break;
	case HUGE_CERT:
		files_pem(text, "CERTIFICATE", CERT(huge));
		break;
	case NO_BASE64:
		ok = buf_add_str(text,
		                 "-----BEGIN CERTIFICATE-----\n&&&\n-----END CERTIFICATE-----\n",
		        &e);
		break;
	case NO_END:
		ok = buf_add_str(text, "-----BEGIN CERTIFICATE-----\nYWJj\n", &e);
		break;
	case WORDS:
		ok = buf_add_str(text, "# some words\n", &e);
		break;
	}
	if (!ok)
		exit(99);
}

static void test_bundles(void)
{
	for (size_t i = 0; i < sizeof bundles / sizeof bundles[0]; i++) {
		struct trust_options o = {.only_file = in_dir("bundle")};
		struct buf text;
		struct err e;

		buf_init(&text, 1 << 20, "a bundle");
		for (size_t k = 0; bundles[i].blocks[k] != BLOCK_END; k++)
			put(&text, bundles[i].blocks[k]);
		files_write("bundle", buf_span(&text));
		buf_free(&text);
		tap_is_int(count(&o, &e), bundles[i].want, bundles[i].name);
	}
}

/* A window's edge anywhere in a block changes nothing. */
static void test_edges(void)
{
	struct trust_options o = {.only_file = in_dir("bundle")};
	bool good = true;
	struct err e;

	for (size_t pad = 15 * 1024; pad < 16 * 1024 + 64 && good; pad += 7) {
		struct buf text;

		buf_init(&text, 1 << 20, "a bundle");
		if (!buf_reserve(&text, pad, &e))
			exit(99);
		memset(text.p, '#', pad);
		text.n = pad;
		text.p[pad - 1] = '\n';
		put(&text, ROOT);
		files_write("bundle", buf_span(&text));
		buf_free(&text);
		good = count(&o, &e) == 1;
	}
	tap_ok(good, "a block across the window's edge");
}

static void test_sources(void)
{
	struct trust_options o = {0};
	struct err e = {0};
	char good[96], other[96], dir[96], dirs[200];

	files_write_pem("good.pem", CERT(certs_root));
	files_write_pem("other.pem", CERT(certs_rich));
	files_write("root.der", CERT(certs_root));
	snprintf(dir, sizeof dir, "%s/dir", files_dir);
	mkdir(dir, 0755);
	files_write_pem("dir/8d33f237.0", CERT(certs_root));
	files_write_pem("dir/another", CERT(certs_rich));
	files_write("dir/readme", span_str("no certificate"));
	snprintf(good, sizeof good, "%s", in_dir("good.pem"));
	snprintf(other, sizeof other, "%s", in_dir("other.pem"));

	o = (struct trust_options){.only_file = good};
	tap_is_int(count(&o, &e), 1, "--cacert");
	o = (struct trust_options){.only_file = in_dir("root.der")};
	tap_is_int(count(&o, &e), 1, "--cacert in DER");
	o = (struct trust_options){.only_file = other, .cert_file = good, .extra_file = good};
	tap_is_int(count(&o, &e), 0, "--cacert replaces everything");
	o = (struct trust_options){.cert_file = good};
	tap_is_int(count(&o, &e), 1, "SSL_CERT_FILE");
	o = (struct trust_options){.cert_dir = dir};
	tap_is_int(count(&o, &e), 1, "SSL_CERT_DIR");
	o = (struct trust_options){.cert_file = other, .cert_dir = dir};
	tap_is_int(count(&o, &e), 1, "SSL_CERT_FILE and SSL_CERT_DIR");
	snprintf(dirs, sizeof dirs, "/nonexistent:%s", dir);
	o = (struct trust_options){.cert_dir = dirs};
	tap_is_int(count(&o, &e), 1, "one of two directories is missing");
	snprintf(dirs, sizeof dirs, "%s:/nonexistent", dir);
	tap_is_int(count(&o, &e), 1, "... the other one");
	o = (struct trust_options){.cert_file = other, .extra_file = good};
	tap_is_int(count(&o, &e), 1, "CODEX_CA_CERTIFICATE is added");
	o = (struct trust_options){.cert_file = "", .cert_dir = "", .extra_file = good};
	tap_is_int(count(&o, &e), 1, "... to the system's; empty is unset");
}

static void test_refusals(void)
{
	static const struct {
		const char *name;
		struct trust_options o;
	} rows[] = {
		{"--cacert missing", {.only_file = "/nonexistent/ca.pem"}},
		{"SSL_CERT_FILE missing", {.cert_file = "/nonexistent/ca.pem"}},
		{"SSL_CERT_DIR missing", {.cert_dir = "/nonexistent"}},
		{"CODEX_CA_CERTIFICATE missing", {.extra_file = "/nonexistent/ca.pem"}},
		{"--cacert a directory", {.only_file = "/tmp"}},
		{"--cacert no certificates", {.only_file = "/dev/null"}},
	};
	struct trust *t;
	struct err e;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (tap_fails(trust_load(&t, &rows[i].o, &e), &e, ERR_TRUST, rows[i].name))
			tap_ok(t == NULL, "... and nothing is left: %s", e.text);
}

/* "TRUSTED CERTIFICATE": purposes behind the certificate. */
static void test_settings(void)
{
	static const struct {
		const char *name;
		const char *aux;
		size_t n;
		int want;
	} rows[] = {
#define SERVER "\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x01"
#define MAIL "\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x04"
		{"no settings", "", 0, 1},
		{"empty settings", "\x30\x00", 2, 1},
		{"trusted for servers", "\x30\x0C\x30\x0A" SERVER, 14, 1},
		{"trusted for mail", "\x30\x0C\x30\x0A" MAIL, 14, 0},
		{"trusted for mail and servers", "\x30\x16\x30\x14" MAIL SERVER, 24, 1},
		{"rejected for servers", "\x30\x0C\xA0\x0A" SERVER, 14, 0},
		{"rejected for mail", "\x30\x0C\xA0\x0A" MAIL, 14, 1},
		{"rejected for all", "\x30\x08\xA0\x06\x06\x04\x55\x1D\x25\x00", 10, 0},
		{"malformed", "\x30\x05", 2, 0},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct trust_options o = {.only_file = in_dir("trusted")};
		unsigned char der[sizeof certs_root + 32];
		struct buf text;
		struct err e;
		int got;

		memcpy(der, certs_root, sizeof certs_root);
		memcpy(der + sizeof certs_root, rows[i].aux, rows[i].n);
		buf_init(&text, 1 << 20, "a file");
		put(&text, OTHER);
		files_pem(&text, "TRUSTED CERTIFICATE",
		          span_of(der, sizeof certs_root + rows[i].n));
		files_write("trusted", buf_span(&text));
		buf_free(&text);
		got = count(&o, &e);
		tap_is_int(got, rows[i].want, rows[i].name);
	}
}

/* A pipe can be read once only, and is enough. */
static void test_pipe(void)
{
	struct trust_options o = {0};
	struct buf text;
	struct err e;
	char name[32];
	int fds[2];

	buf_init(&text, 1 << 20, "a file");
	put(&text, ROOT);
	if (pipe(fds) != 0 || write(fds[1], text.p, text.n) != (ssize_t)text.n)
		exit(99);
	close(fds[1]);
	snprintf(name, sizeof name, "/dev/fd/%d", fds[0]);
	o.only_file = name;
	tap_is_int(count(&o, &e), 1, "a pipe");
	close(fds[0]);
	buf_free(&text);
}

static void test_builtin(void)
{
	bool good = roots_builtin_count > 100;

	for (size_t i = 0; i < roots_builtin_count; i++) {
		const struct root *r = &roots_builtin[i];
		const unsigned char *key = roots_builtin_keys + r->key_off;

		/* net/trust counts on the first. */
		good = good && (r->kind == ROOT_RSA ? key[0] >= 0x80 &&
		                r->key_len > 256 : key[0] == 0x04);
	}
	tap_ok(good, "%zu built-in roots", roots_builtin_count);
}

int main(void)
{
	struct buf scratch;
	struct err e;

	buf_init(&scratch, 64 * 1024, "a name");
	files_start();
	if (!tap_good(x509_parse(CERT(certs_root), &scratch, &root, &e) &&
	              x509_parse(CERT(certs_leaf), &scratch, &leaf, &e), &e, "certificates"))
		return 99;
	test_bundles();
	test_edges();
	test_sources();
	test_refusals();
	test_settings();
	test_pipe();
	test_builtin();
	files_end();
	buf_free(&scratch);
	return tap_done();
}
