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
#include "net/roots.h"
#include "wire/der.h"
#include "wire/pem.h"

enum {
	WINDOW = 16 * 1024,                /* of a file under search */
	WINDOW_MAX = CERT_MAX * 3 / 2 + 1024, /* a certificate of CERT_MAX in PEM */
	FRONT = 512,                       /* of a certificate: enough for most subjects */
	SOURCES_MAX = 3,
};

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
	"/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Alpine, Arch, Gentoo */
	"/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL */
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* the same, newer */
	"/etc/ssl/ca-bundle.pem",                            /* openSUSE */
	"/etc/ssl/cert.pem",                                 /* Alpine, the BSDs */
	"/usr/local/share/certs/ca-root-nss.crt",            /* FreeBSD */
	"/var/lib/ca-certificates/ca-bundle.pem",            /* openSUSE, newer */
	"/etc/certs/ca-certificates.crt",
};

/* ---- searching ---- */

/* What a search carries along. */
struct search {
	const struct dn *const *names;
	size_t n;
	struct anchor **tail; /* where the next one found is hung */
	size_t found;
	bool any;             /* stop at the first certificate that can be read, looked for or not */
	size_t seen;
	struct buf scratch;   /* of dn_read */
	struct buf der;       /* one certificate */
};

static bool search_wants(const struct search *s, const struct dn *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (dn_equal(s->names[i], name))
			return true;
	return false;
}

static bool search_done(const struct search *s)
{
	return s->any ? s->seen > 0 : s->found >= ANCHORS_MAX;
}

/* Cheaper than the hash: most names differ in length. */
static bool search_may_want(struct search *s, struct span subject)
{
	struct err ignored;

	buf_clear(&s->scratch);
	if (!dn_canonical(subject, &s->scratch, &ignored))
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (s->names[i]->canonical_n == s->scratch.n)
			return true;
	return false;
}

/*
 * Trust settings behind a certificate (OpenSSL's X509_AUX): the purposes it is trusted for, and in
 * [0] those it is not.
 */
static bool settings_allow(struct span aux)
{
	static const char server_auth[] = "\x2B\x06\x01\x05\x05\x07\x03\x01", any[] = "\x55\x1D\x25\x00";
	struct span body, trusted, rejected, oid;
	bool allowed;

	if (aux.n == 0)
		return true;
	if (!der_take(&aux, DER_SEQUENCE, &body) || aux.n != 0 ||
	    !der_optional(&body, DER_SEQUENCE, &trusted) ||
	    !der_optional(&body, DER_CONTEXT_CONSTRUCTED + 0, &rejected))
		return false;
	allowed = trusted.p == NULL;
	while (trusted.n > 0) {
		if (!der_take(&trusted, DER_OID, &oid))
			return false;
		allowed |= span_equal_str(oid, server_auth) || span_equal(oid, span_of(any, 4));
	}
	while (rejected.n > 0)
		if (!der_take(&rejected, DER_OID, &oid) || span_equal_str(oid, server_auth) ||
		    span_equal(oid, span_of(any, 4)))
			return false;
	return allowed;
}

static bool add_anchor(struct search *s, struct span der, struct err *e)
{
	struct anchor *a = malloc(sizeof *a + der.n);
	struct err unread;

	if (a == NULL)
		return err_memory(e);
	a->next = NULL;
	memcpy(a->der, der.p, der.n);
	if (!x509_parse(span_of(a->der, der.n), &s->scratch, &a->cert, &unread)) {
		free(a);
		return unread.kind != ERR_MEMORY || err_memory(e);
	}
	if (!search_wants(s, &a->cert.subject)) {
		free(a);
		return true;
	}
	*s->tail = a;
	s->tail = &a->next;
	s->found++;
	return true;
}

/* A whole certificate, with trust settings behind it when `trusted`. */
static bool consider(struct search *s, struct span whole, bool trusted, struct err *e)
{
	struct span aux = whole;
	struct der d;

	if (!der_next(&aux, &d) || (trusted ? !settings_allow(aux) : aux.n > 0))
		return true;
	s->seen++;
	return s->any || add_anchor(s, d.whole, e);
}

/* Decodes a block as far as it takes to tell whether it matters. */
static bool consider_block(struct search *s, struct span body, bool trusted, struct err *e)
{
	struct span subject;
	size_t n;
	bool whole;

	if (!buf_reserve(&s->der, FRONT, e))
		return false;
	if (!pem_decode(body, s->der.p, FRONT, &n, &whole))
		return true;
	if (x509_peek_subject(span_of(s->der.p, n), &subject) && !s->any && !search_may_want(s, subject))
		return true;
	if (body.n / 4 * 3 > CERT_MAX)
		return true;
	if (!buf_reserve(&s->der, body.n / 4 * 3 + FRONT, e))
		return false;
	if (!pem_decode(body, s->der.p, s->der.cap, &n, &whole) || !whole)
		return true;
	return consider(s, span_of(s->der.p, n), trusted, e);
}

/* Goes through the text from *at on; *more tells that it wants more behind the rest. */
static bool search_text(struct search *s, struct pem *pem, struct span text, bool last, size_t *at,
                        bool *more, struct err *e)
{
	struct span body;

	*more = false;
	while (!search_done(s)) {
		switch (pem_next(pem, text, last, at, &body)) {
		case PEM_CERT:
			if (!consider_block(s, body, pem->trusted, e))
				return false;
			break;
		case PEM_MORE:
			*more = true;
			return true;
		case PEM_END:
			return true;
		}
	}
	return true;
}

/* Fills the rest of the window; *last at the end of the file. */
static bool fill(int fd, off_t *from, struct buf *window, bool *last, struct err *e)
{
	*last = false;
	while (window->n < window->cap) {
		ssize_t got = pread(fd, window->p + window->n, window->cap - window->n, *from);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(e, ERR_TRUST, errno, "cannot read the trust anchors");
		if (got == 0) {
			*last = true;
			return true;
		}
		*from += got;
		window->n += (size_t)got;
	}
	return true;
}

/* A file may be one certificate in DER. */
static bool is_der(struct span text)
{
	return text.n > 1 && text.p[0] == DER_SEQUENCE && text.p[1] >= 0x80;
}

/* Makes room behind what the window holds. A block that fills all of it is given up. */
static bool widen(struct buf *window, struct pem *pem, struct err *e)
{
	if (window->n == window->max) {
		pem->broken++;
		pem->inside_line = true;
		buf_clear(window);
	}
	return window->n < window->cap || buf_reserve(window, 1, e);
}

static bool search_window(struct search *s, int fd, struct buf *window, struct err *e)
{
	struct pem pem = {0};
	off_t from = 0;
	bool last, more = true, der = false;
	size_t at;

	while (more) {
		if (!widen(window, &pem, e) || !fill(fd, &from, window, &last, e))
			return false;
		if (from == (off_t)window->n)
			der = is_der(buf_span(window));
		if (der && last)
			return consider(s, buf_span(window), false, e);
		if (der && window->n < window->max)
			continue;
		der = false;
		at = 0;
		if (!search_text(s, &pem, buf_span(window), last, &at, &more, e))
			return false;
		buf_drop(window, at);
	}
	return true;
}

static bool search_file(struct search *s, int fd, struct err *e)
{
	struct buf window;
	bool ok;

	buf_init(&window, WINDOW_MAX, "a trust anchor");
	ok = buf_reserve(&window, WINDOW, e) && search_window(s, fd, &window, e);
	buf_free(&window);
	return ok;
}

static bool search_held(struct search *s, struct span text, struct err *e)
{
	struct pem pem = {0};
	size_t at = 0;
	bool more;

	if (is_der(text))
		return consider(s, text, false, e);
	return search_text(s, &pem, text, true, &at, &more, e);
}

static bool search_source(struct search *s, const struct source *from, struct err *e)
{
	return from->fd >= 0 ? search_file(s, from->fd, e) : search_held(s, buf_span(&from->held), e);
}

static void search_init(struct search *s, const struct dn *const *names, size_t n, struct anchor **out)
{
	memset(s, 0, sizeof *s);
	s->names = names;
	s->n = n;
	s->tail = out;
	buf_init(&s->scratch, 2 * DN_MAX + 1, "a name");
	buf_init(&s->der, CERT_MAX + FRONT, "a certificate");
}

static void search_free(struct search *s)
{
	buf_free(&s->scratch);
	buf_free(&s->der);
}

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
	x->has_basic = x->ca = true;
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
	struct anchor *a = malloc(sizeof *a);

	if (a == NULL)
		return err_memory(e);
	a->next = NULL;
	describe_root(r, name, &a->cert);
	*s->tail = a;
	s->tail = &a->next;
	s->found++;
	return true;
}

static bool search_roots(struct search *s, struct err *e)
{
	for (size_t k = 0; k < roots_builtin_count; k++)
		for (size_t i = 0; i < s->n && !search_done(s); i++)
			if (memcmp(roots_builtin[k].name_hash, s->names[i]->hash, DIGEST_SIZE) == 0) {
				if (!add_root(s, &roots_builtin[k], s->names[i], e))
					return false;
				break;
			}
	return true;
}

bool trust_find(const struct trust *t, const struct dn *const *names, size_t n, struct anchor **out,
                struct err *e)
{
	struct search s;
	bool ok = true;

	*out = NULL;
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

void anchors_free(struct anchor **a)
{
	while (*a != NULL) {
		struct anchor *next = (*a)->next;

		free(*a);
		*a = next;
	}
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
static bool open_source(struct source *s, const char *path, struct err *e)
{
	struct stat st;

	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (s->fd < 0 || fstat(s->fd, &st) != 0)
		return err_set(e, ERR_TRUST, errno, "cannot read the trust anchors in %s", path);
	if (S_ISREG(st.st_mode))
		return true;
	if (!file_read_fd(s->fd, &s->held, e)) {
		if (e->kind != ERR_MEMORY)
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
static bool add_file(struct trust *t, const char *path, struct err *e)
{
	struct source *s = new_source(t);
	bool any;

	if (!open_source(s, path, e) || !holds_certificate(s, &any, e))
		return false;
	if (!any)
		return err_set(e, ERR_TRUST, 0, "no certificate in %s", path);
	return describe(t, path, e);
}

/* Appends what is PEM; DER files of a directory are not looked for. What cannot be read is passed over. */
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
		if (!file_read_fd(fd, held, &unread)) {
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

	if (d == NULL)
		return err_set(e, ERR_TRUST, errno, "cannot read the trust anchors in %s", path);
	while (ok && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		ok = files++ < TRUST_DIR_FILES_MAX
		             ? add_dir_file(held, dirfd(d), entry->d_name, e)
		             : err_set(e, ERR_CEILING, 0, "more than %d files in %s", TRUST_DIR_FILES_MAX, path);
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

static bool add_system(struct trust *t, struct err *e)
{
	for (size_t i = 0; i < sizeof bundles / sizeof bundles[0]; i++) {
		struct source *s = new_source(t);
		struct err unread;
		bool any = false;

		if (open_source(s, bundles[i], &unread) && holds_certificate(s, &any, &unread) && any)
			return describe(t, bundles[i], e);
		if (s->fd >= 0)
			close(s->fd);
		buf_free(&s->held);
		t->n--;
	}
	t->builtin = true;
	return describe(t, "built-in roots of ", e) && buf_add_str(&t->description, roots_builtin_date, e);
}

static bool add_all(struct trust *t, const struct trust_options *o, struct err *e)
{
	if (is_set(o->only_file))
		return add_file(t, o->only_file, e);
	if (is_set(o->cert_file) && !add_file(t, o->cert_file, e))
		return false;
	if (is_set(o->cert_dir) && !add_dirs(t, o->cert_dir, e))
		return false;
	if (!is_set(o->cert_file) && !is_set(o->cert_dir) && !add_system(t, e))
		return false;
	return !is_set(o->extra_file) || add_file(t, o->extra_file, e);
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
