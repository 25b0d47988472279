#define _DEFAULT_SOURCE

#include <dirent.h>
#include <errno.h>

#include "failing.h"
#include "files.h"
#include "net/roots.h"
#include "base/limits.h"
#include "net/trust.h"
#include "wire/der.h"

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
            WORDS, NO_DER, LARGE_ROOT, SPOILED_ROOT, MISNAMED_ROOT, BROKEN_NAME, HALF_ROOT, SHORT_ROOT };

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
	{"what is no DER first", {NO_DER, ROOT}, 1},
	{"one that is a little too large", {LARGE_ROOT, ROOT}, 1},
	{"one that is malformed further on", {SPOILED_ROOT, ROOT}, 1},
	{"one whose name is malformed", {MISNAMED_ROOT, ROOT}, 1},
	{"one whose name is no name", {BROKEN_NAME, ROOT}, 1},
	{"one whose end is no base64", {HALF_ROOT, ROOT}, 1},
	{"one whose end is missing", {SHORT_ROOT, ROOT}, 1},
	{"only what is no DER", {NO_DER}, -1},
	{"a CRL only", {CRL}, -1},
	{"words only", {WORDS}, -1},
	{"nothing", {BLOCK_END}, -1},
};

/* Where in the certificate its own name, the second of the two, begins. */
static size_t subject_at(void)
{
	return (size_t)(root.subject.raw.p - root.whole.p);
}

/* The root, with one byte changed or many added. */
static void put_changed(struct buf *text, enum block b)
{
	static unsigned char der[CERT_MAX + 1024];
	size_t n = sizeof certs_root;

	memcpy(der, certs_root, n);
	if (b == LARGE_ROOT)
		n = sizeof der;
	else if (b == SPOILED_ROOT)
		der[subject_at() + root.subject.raw.n] = DER_OID; /* was the key's SEQUENCE */
	else if (b == MISNAMED_ROOT)
		der[subject_at() + root.subject.raw.n - 1] = 0xFF; /* no UTF-8 */
	else
		der[subject_at()] = DER_SEQUENCE; /* was a SET */
	files_pem(text, "CERTIFICATE", span_of(der, n));
}

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
	case NO_DER:
		files_pem(text, "CERTIFICATE", span_str("\x01"));
		break;
	case LARGE_ROOT:
	case SPOILED_ROOT:
	case MISNAMED_ROOT:
	case BROKEN_NAME:
		put_changed(text, b);
		break;
	case SHORT_ROOT:
		files_pem(text, "CERTIFICATE", CERT(certs_root));
		text->n -= strlen("=\n-----END CERTIFICATE-----\n") + 1;
		ok = buf_add_str(text, "\n-----END CERTIFICATE-----\n", &e);
		break;
	case HALF_ROOT:
		files_pem(text, "CERTIFICATE", CERT(certs_rich));
		text->p[text->n - 40] = '&';
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
		{"no sequence", "\x31\x00", 2, 0},
		{"more behind it", "\x30\x00\x00", 3, 0},
		{"malformed trusted", "\x30\x02\x30\x05", 4, 0},
		{"malformed rejected", "\x30\x02\xA0\x05", 4, 0},
		{"trusted for no OID", "\x30\x05\x30\x03\x02\x01\x01", 7, 0},
		{"rejected for no OID", "\x30\x05\xA0\x03\x02\x01\x01", 7, 0},
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
static bool load_pipe(struct span text, struct trust **t, struct err *e)
{
	struct trust_options o = {0};
	char name[32];
	int fds[2];
	bool ok;

	if (pipe(fds) != 0 || write(fds[1], text.p, text.n) != (ssize_t)text.n)
		exit(99);
	close(fds[1]);
	snprintf(name, sizeof name, "/dev/fd/%d", fds[0]);
	o.only_file = name;
	ok = trust_load(t, &o, e);
	close(fds[0]);
	return ok;
}

static int count_in(const struct trust *t, struct err *e)
{
	const struct dn *names[] = {&root.subject};
	struct anchor *found;
	int n = 0;

	if (!trust_find(t, names, 1, &found, e))
		return -2;
	for (const struct anchor *a = found; a != NULL; a = a->next)
		n++;
	anchors_free(&found);
	return n;
}

static void test_pipe(void)
{
	struct trust *t;
	struct buf text;
	struct err e;

	buf_init(&text, 1 << 20, "a file");
	put(&text, ROOT);
	if (tap_good(load_pipe(buf_span(&text), &t, &e), &e, "a pipe"))
		tap_is_int(count_in(t, &e), 1, "... with the root");
	trust_free(&t);
	if (tap_good(load_pipe(CERT(certs_root), &t, &e), &e, "a pipe in DER"))
		tap_is_int(count_in(t, &e), 1, "... with the root");
	trust_free(&t);
	trust_free(&t);
	failing_start("read", 1, false, EIO);
	tap_fails(load_pipe(buf_span(&text), &t, &e), &e, ERR_TRUST, "a pipe that breaks");
	failing_stop();
	tap_fails(load_pipe(span_str("no certificate"), &t, &e), &e, ERR_TRUST, "a pipe of words");
	buf_free(&text);
}

/* A file of one certificate in DER may be longer than the window, and is one only as a whole. */
static void test_der(void)
{
	static unsigned char long_der[128 * 1024] = {0x30, 0x82, 0x50, 0x00};
	struct trust_options o = {.only_file = in_dir("der")};
	struct err e;

	files_write("der", span_of(long_der, 0x5004));
	tap_is_int(count(&o, &e), 0, "20 KiB in DER");
	files_write("der", span_of(long_der, 0x5005));
	tap_is_int(count(&o, &e), -1, "... and one byte more");
	files_write("der", CERT(long_der));
	tap_is_int(count(&o, &e), -1, "128 KiB that begin like DER");
	files_write("der", span_str("0"));
	tap_is_int(count(&o, &e), -1, "its first byte");
	files_write("der", span_str("0 words"));
	tap_is_int(count(&o, &e), -1, "words that begin with it");
}

/* What is in a directory: nothing there can keep the rest from being found. */
static void test_directory(void)
{
	char dir[96], dirs[220], sub[120];
	struct trust_options o = {.cert_dir = dir};
	struct err e;

	snprintf(dir, sizeof dir, "%s/many", files_dir);
	mkdir(dir, 0755);
	snprintf(sub, sizeof sub, "%s/sub", dir);
	mkdir(sub, 0755);
	files_write_pem("many/root", CERT(certs_root));
	tap_is_int(count(&o, &e), 1, "a directory within is passed over");
	failing_start("openat", 1, false, EACCES);
	tap_ok(count(&o, &e) >= 0 && failing_stop(), "... what cannot be opened");
	failing_start("read", 1, false, EIO);
	tap_is_int(count(&o, &e), 0, "... what cannot be read");
	tap_ok(failing_stop(), "... was tried");
	failing_start("fstat", 1, true, EIO);
	(void)count(&o, &e);
	tap_ok(failing_stop(), "... of what nobody knows what it is");
	snprintf(dirs, sizeof dirs, ":%s:", dir);
	o.cert_dir = dirs;
	tap_is_int(count(&o, &e), 1, "empty parts of the list");
	o.cert_dir = "/nonexistent:/nonexistent";
	tap_is_int(count(&o, &e), -1, "none of the directories is there");
	o.cert_dir = dir;
	for (int i = 0; i < TRUST_DIR_FILES_MAX; i++) {
		char from[140], to[140];

		snprintf(from, sizeof from, "%s/root", dir);
		snprintf(to, sizeof to, "%s/%d", dir, i);
		if (link(from, to) != 0)
			exit(99);
	}
	tap_is_int(count(&o, &e), -1, "too many files");
	tap_ok(e.kind == ERR_CEILING && strstr(e.text, "4096") != NULL, "... %s", e.text);
}

/* Paths so long that they cannot be told are no paths. */
static void test_description(void)
{
	static char dirs[20 * 1024];
	struct trust_options o = {.cert_dir = dirs};
	struct err e;

	snprintf(dirs, sizeof dirs, "%s", files_dir);
	memset(dirs + strlen(dirs), ':', sizeof dirs - strlen(dirs) - 1);
	tap_is_int(count(&o, &e), -1, "a list longer than can be told");
	tap_is_int(e.kind, ERR_CEILING, "... is a ceiling");
	dirs[16 * 1024] = '\0';
	tap_is_int(count(&o, &e), -1, "... by one byte");
	dirs[16 * 1024 - 1] = '\0';
	tap_ok(count(&o, &e) >= 0, "... and not by none");
}

/* No more anchors of one name are kept than are looked at. */
static void test_many(void)
{
	char many[96], one[96];
	struct trust_options o = {.cert_file = many, .extra_file = one};
	struct buf text;
	struct err e;

	snprintf(many, sizeof many, "%s/many.pem", files_dir);
	snprintf(one, sizeof one, "%s/one.pem", files_dir);
	files_write_pem("one.pem", CERT(certs_root));
	buf_init(&text, 1 << 20, "a bundle");
	for (int i = 1; i < ANCHORS_MAX; i++)
		put(&text, ROOT);
	files_write("many.pem", buf_span(&text));
	tap_is_int(count(&o, &e), ANCHORS_MAX, "as many anchors as are kept");
	put(&text, ROOT);
	files_write("many.pem", buf_span(&text));
	tap_is_int(count(&o, &e), ANCHORS_MAX, "... and one more in another file");
	put(&text, ROOT);
	files_write("many.pem", buf_span(&text));
	tap_is_int(count(&o, &e), ANCHORS_MAX, "... or in the same");
	buf_free(&text);
}

/* A pipe that nobody writes to does not hold us up beyond the deadline. */
static void test_silent_pipe(void)
{
	struct clock clock = clock_system;
	struct trust_options o = {.clock = &clock};
	struct trust *t;
	struct err e;
	char name[32];
	int fds[2];

	if (pipe(fds) != 0)
		exit(99);
	snprintf(name, sizeof name, "/dev/fd/%d", fds[0]);
	o.only_file = name;
	o.deadline_ms = clock_mono_ms(&clock) + 20;
	tap_fails(trust_load(&t, &o, &e), &e, ERR_TIME, "a silent pipe");
	tap_ok(strstr(e.text, name) != NULL, "... by name: %s", e.text);
	close(fds[0]);
	close(fds[1]);
}

/* No bundle of the system's can be used: what is built in counts. */
static void test_no_system(void)
{
	static const char *const calls[] = {"open", "fstat"};

	for (size_t i = 0; i < 2; i++) {
		struct trust_options o = {0};
		struct trust *t;
		struct err e;
		bool ok;

		failing_start(calls[i], 1, true, ENOENT);
		ok = trust_load(&t, &o, &e);
		if (!tap_good(failing_stop() && ok, &e, "no bundle of the system's"))
			continue;
		tap_ok(strncmp(trust_describe(t), "built-in roots of 20", 20) == 0, "... says %s",
		       trust_describe(t));
		tap_is_int(count_in(t, &e), 0, "... a stranger is none of them");
		tap_ok(!trust_is_public(&root.subject, NULL), "... nor trusted by everybody");
		for (size_t k = 0; k < roots_builtin_count; k++) {
			const struct root *r = &roots_builtin[k];
			struct dn name = root.subject;
			const struct dn *names[] = {&leaf.subject, &name};
			struct anchor *found = NULL;
			const struct x509_key *key;

			memcpy(name.hash, r->name_hash, sizeof name.hash);
			if (!trust_find(t, names, 2, &found, &e) || found == NULL)
				exit(99);
			while (found->cert.not_after != r->not_after && found->next != NULL) {
				struct anchor *rest = found->next;

				free(found);
				found = rest;
			}
			key = &found->cert.key;
			if (found->cert.not_after != r->not_after || !found->cert.ext.ca ||
			    (key->kind == X509_KEY_RSA) != (r->kind == ROOT_RSA) ||
			    (key->kind == X509_KEY_RSA && (key->bits < 2048 ||
			                                   key->exponent.p[0] == 0)) ||
			    key->bytes.p != roots_builtin_keys + r->key_off)
				tap_ok(false, "built-in root %zu is found as what it is", k);
			if (!trust_is_public(&name, key) || !trust_is_public(&name, NULL) ||
			    trust_is_public(&name, &leaf.key))
				tap_ok(false, "built-in root %zu is one that everybody trusts, with its own key", k);
			anchors_free(&found);
		}
		trust_free(&t);
	}
}

/* ---- nothing works for ever ---- */

static struct trust_options failing_options;

static bool load_and_find(struct err *e)
{
	const struct dn *names[] = {&leaf.subject, &root.subject};
	struct anchor *found = NULL;
	struct trust *t;
	bool ok = trust_load(&t, &failing_options, e) && trust_find(t, names, 2, &found, e);

	anchors_free(&found);
	trust_free(&t);
	return ok;
}

static bool load_from_pipe(struct err *e)
{
	struct trust *t;
	bool ok = load_pipe(CERT(certs_root), &t, e);

	trust_free(&t);
	return ok;
}

/* What is built in only. */
static bool find_builtin(struct err *e)
{
	static struct trust *t;
	struct trust_options o = {0};
	struct dn name = root.subject;
	const struct dn *names[] = {&name};
	struct anchor *found;
	bool ok;

	if (t == NULL) {
		failing_start("open", 1, true, ENOENT);
		if (!trust_load(&t, &o, e))
			exit(99);
		failing_start("alloc", 1, false, ENOMEM);
	}
	memcpy(name.hash, roots_builtin[0].name_hash, sizeof name.hash);
	ok = trust_find(t, names, 1, &found, e);
	anchors_free(&found);
	if (ok)
		trust_free(&t);
	return ok;
}

static void test_failures(void)
{
	char file[96], dir[96];
	struct buf text;

	snprintf(file, sizeof file, "%s/good.pem", files_dir);
	snprintf(dir, sizeof dir, "%s/dir", files_dir);
	failing_options = (struct trust_options){.cert_file = file, .cert_dir = dir,
	                                         .extra_file = file};
	/* To give memory back may fail: buf_trim. */
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, load_and_find), "each allocation");
	tap_ok(failing_each("pread", EIO, ERR_TRUST, false, load_and_find), "each read of a file");
	snprintf(dir, sizeof dir, "%s/root.der", files_dir);
	files_write("root.der", CERT(certs_root));
	failing_options = (struct trust_options){.only_file = dir};
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, load_and_find),
	       "each allocation with a file in DER");
	buf_init(&text, 1 << 20, "a bundle");
	put(&text, HUGE_CERT);
	put(&text, ROOT);
	files_write("good.pem", buf_span(&text));
	buf_free(&text);
	failing_options = (struct trust_options){.only_file = file};
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, load_and_find),
	       "each allocation with a block larger than the window");
	tap_ok(failing_each("pread", EINTR, ERR_NONE, true, load_and_find), "... interrupted");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, load_from_pipe),
	       "each allocation with a pipe");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, find_builtin),
	       "each allocation with what is built in");
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
	test_der();
	test_directory();
	test_description();
	test_many();
	test_silent_pipe();
	test_no_system();
	test_failures();
	test_builtin();
	files_end();
	buf_free(&scratch);
	return tap_done();
}
