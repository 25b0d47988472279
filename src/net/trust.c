#define _DEFAULT_SOURCE

#include "net/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "net/bundle.h"
#include "net/roots.h"

enum { SOURCES_MAX = 3 };

struct source {
	int fd;          /* a regular file, or -1 */
	struct buf held; /* what could not be read twice, or lies in many files */
};

struct trust {
	struct source sources[SOURCES_MAX];
	size_t n;
	bool builtin;
	struct buf description; /* NUL-terminated */
};

static const char *const bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Alpine, Arch */
	"/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL */
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* the same, newer */
	"/etc/ssl/ca-bundle.pem",                            /* openSUSE */
	"/etc/ssl/cert.pem",                                 /* Alpine, the BSDs */
	"/usr/local/share/certs/ca-root-nss.crt",            /* FreeBSD */
	"/var/lib/ca-certificates/ca-bundle.pem",            /* openSUSE, newer */
	"/etc/certs/ca-certificates.crt",
};

/* ---- built-in roots ---- */

static void describe_root(const struct root *r, const struct dn *name, struct x509 *x)
{
	static const struct {
		enum x509_key_kind kind;
		unsigned bits;
	} kinds[] = {
		[ROOT_RSA] = {X509_KEY_RSA, 0},
		[ROOT_EC_P256] = {X509_KEY_P256, 256},
		[ROOT_EC_P384] = {X509_KEY_P384, 384},
		[ROOT_EC_P521] = {X509_KEY_P521, 521},
	};
	struct span key = span_of(roots_builtin_keys + r->key_off, r->key_len);

	memset(x, 0, sizeof *x);
	x->version = 3;
	x->ext.has_basic = x->ext.ca = true;
	x->subject = x->issuer = *name;
	x->not_before = INT64_MIN;
	x->not_after = r->not_after;
	x->key.kind = kinds[r->kind].kind;
	x->key.bits = kinds[r->kind].bits;
	x->key.bytes = key;
	if (r->kind != ROOT_RSA)
		return;
	x->key.bytes = span_cut(key, 0, key.n - ROOT_RSA_EXPONENT_LEN);
	x->key.exponent = span_cut(key, key.n - ROOT_RSA_EXPONENT_LEN, key.n);
	while (x->key.exponent.n > 1 && x->key.exponent.p[0] == 0)
		x->key.exponent = span_cut(x->key.exponent, 1, x->key.exponent.n);
	/* The table's moduli have their top bit set. */
	x->key.bits = (unsigned)x->key.bytes.n * 8;
}

static bool add_root(struct search *s, const struct root *r, const struct dn *name, struct err *e)
{
	struct anchor *a;

	if (!search_add(s, 0, &a, e))
		return false;
	describe_root(r, name, &a->cert);
	return true;
}

static bool search_roots(struct search *s, struct err *e)
{
	for (size_t k = 0; k < roots_builtin_count; k++)
		for (size_t i = 0; i < s->n && !search_done(s); i++)
			if (memcmp(roots_builtin[k].name_hash, s->names[i]->hash,
			           DIGEST_SIZE) == 0) {
				if (!add_root(s, &roots_builtin[k], s->names[i], e))
					return false;
				break;
			}
	return true;
}

bool trust_is_public(const struct dn *name, const struct x509_key *key)
{
	struct x509 root;

	for (size_t k = 0; k < roots_builtin_count; k++) {
		if (memcmp(roots_builtin[k].name_hash, name->hash, DIGEST_SIZE) != 0)
			continue;
		describe_root(&roots_builtin[k], name, &root);
		if (key == NULL || span_equal(root.key.bytes, key->bytes))
			return true;
	}
	return false;
}

/* ---- finding ---- */

static bool search_source(struct search *s, const struct source *from, struct err *e)
{
	if (from->fd >= 0)
		return search_file(s, from->fd, e);
	return search_held(s, buf_span(&from->held), e);
}

bool trust_find(const struct trust *t, const struct dn *const *names, size_t n, struct anchor **out,
                struct err *e)
{
	struct search s;
	bool ok = true;

	search_init(&s, names, n, out);
	for (size_t i = 0; i < t->n && ok && !search_done(&s); i++)
		ok = search_source(&s, &t->sources[i], e);
	if (ok && t->builtin)
		ok = search_roots(&s, e);
	search_free(&s);
	if (!ok)
		anchors_free(out);
	return ok;
}

/* ---- loading ---- */

static bool is_set(const char *s)
{
	return s != NULL && s[0] != '\0';
}

static bool describe(struct trust *t, const char *what, struct err *e)
{
	return (t->description.n == 0 || buf_add_str(&t->description, " and ", e)) &&
	       buf_add_str(&t->description, what, e);
}

static struct source *new_source(struct trust *t)
{
	struct source *s = &t->sources[t->n++];

	s->fd = -1;
	buf_init(&s->held, TRUST_HELD_MAX, "trust anchors");
	return s;
}

/* A regular file stays open; anything else (a pipe) is read now. */
static bool open_source(
	struct source *s, const char *path, const struct trust_options *o, struct err *e)
{
	struct stat st;

	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (s->fd < 0 || fstat(s->fd, &st) != 0)
		return err_set(e, ERR_TRUST, errno, "cannot read the trust anchors in %s", path);
	if (S_ISREG(st.st_mode))
		return true;
	if (!file_read_fd(s->fd, &s->held, o->clock, o->clock != NULL ? o->deadline_ms : CLOCK_NEVER,
		    e)) {
		if (e->kind != ERR_MEMORY && e->kind != ERR_TIME)
			e->kind = ERR_TRUST;
		return err_wrap(e, "%s", path);
	}
	close(s->fd);
	s->fd = -1;
	return true;
}

static bool holds_certificate(const struct source *from, bool *yes, struct err *e)
{
	struct anchor *none = NULL;
	struct search s;
	bool ok;

	search_init(&s, NULL, 0, &none);
	s.any = true;
	ok = search_source(&s, from, e);
	*yes = s.seen > 0;
	search_free(&s);
	return ok;
}

/* A file the user named: it must be good. */
static bool add_file(
	struct trust *t, const char *path, const struct trust_options *o, struct err *e)
{
	struct source *s = new_source(t);
	bool any;

	if (!open_source(s, path, o, e) || !holds_certificate(s, &any, e))
		return false;
	if (!any)
		return err_set(e, ERR_TRUST, 0, "no certificate in %s", path);
	return describe(t, path, e);
}

/*
 * Appends what is PEM; DER files of a directory are not looked for. What cannot be read is passed
 * over.
 */
static bool add_dir_file(struct buf *held, int dir, const char *name, struct err *e)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t before = held->n;
	struct err unread;
	struct stat st;
	bool ok = true;

	if (fd < 0)
		return true;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		if (!file_read_fd(fd, held, NULL, CLOCK_NEVER, &unread)) {
			held->n = before;
			ok = unread.kind == ERR_USAGE || (*e = unread, false);
		} else {
			ok = buf_add_byte(held, '\n', e);
		}
	}
	close(fd);
	return ok;
}

static bool add_dir(struct buf *held, const char *path, struct err *e)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	size_t files = 0;
	bool ok = true;

	if (d == NULL && errno == ENOMEM)
		return err_memory(e);
	if (d == NULL)
		return err_set(e, ERR_TRUST, errno, "cannot read the trust anchors in %s", path);
	while (ok && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		ok = files++ < TRUST_DIR_FILES_MAX
		             ? add_dir_file(held, dirfd(d), entry->d_name, e)
		             : err_set(e, ERR_CEILING, 0, "more than %d files in %s",
		                       TRUST_DIR_FILES_MAX, path);
	}
	closedir(d);
	return ok;
}

/* SSL_CERT_DIR: directories, colon separated. Of several one may be missing. */
static bool add_dirs(struct trust *t, const char *list, struct err *e)
{
	struct source *s = new_source(t);
	const char *all = list;
	size_t read = 0;
	bool ok = true;

	while (ok && *list != '\0') {
		size_t n = strcspn(list, ":");
		char *path = strndup(list, n);

		if (path == NULL)
			return err_memory(e);
		if (n > 0 && (ok = add_dir(&s->held, path, e)))
			read++;
		free(path);
		list += n + (list[n] == ':');
		ok = ok || (e->kind == ERR_TRUST && (*list != '\0' || read > 0));
	}
	buf_trim(&s->held);
	return ok && describe(t, all, e);
}

static bool add_system(struct trust *t, const struct trust_options *o, struct err *e)
{
	for (size_t i = 0; i < sizeof bundles / sizeof bundles[0]; i++) {
		struct source *s = new_source(t);
		struct err unread;
		bool any = false;

		if (open_source(s, bundles[i], o, &unread) &&
		    holds_certificate(s, &any, &unread) && any)
			return describe(t, bundles[i], e);
		if (s->fd >= 0)
			close(s->fd);
		buf_free(&s->held);
		t->n--;
	}
	t->builtin = true;
	return describe(t, "built-in roots of ", e) &&
	       buf_add_str(&t->description, roots_builtin_date, e);
}

static bool add_all(struct trust *t, const struct trust_options *o, struct err *e)
{
	if (is_set(o->only_file))
		return add_file(t, o->only_file, o, e);
	if (is_set(o->cert_file) && !add_file(t, o->cert_file, o, e))
		return false;
	if (is_set(o->cert_dir) && !add_dirs(t, o->cert_dir, e))
		return false;
	if (!is_set(o->cert_file) && !is_set(o->cert_dir) && !add_system(t, o, e))
		return false;
	return !is_set(o->extra_file) || add_file(t, o->extra_file, o, e);
}

bool trust_load(struct trust **out, const struct trust_options *o, struct err *e)
{
	struct trust *t = calloc(1, sizeof *t);

	*out = NULL;
	if (t == NULL)
		return err_memory(e);
	buf_init(&t->description, 16 * 1024, "trust file names");
	if (!add_all(t, o, e) || !buf_add_byte(&t->description, '\0', e)) {
		trust_free(&t);
		return false;
	}
	*out = t;
	return true;
}

void trust_free(struct trust **t)
{
	if (*t == NULL)
		return;
	for (size_t i = 0; i < (*t)->n; i++) {
		if ((*t)->sources[i].fd >= 0)
			close((*t)->sources[i].fd);
		buf_free(&(*t)->sources[i].held);
	}
	buf_free(&(*t)->description);
	free(*t);
	*t = NULL;
}

const char *trust_describe(const struct trust *t)
{
	return (const char *)t->description.p;
}
