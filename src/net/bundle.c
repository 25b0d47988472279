#include "net/bundle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "wire/der.h"
#include "wire/pem.h"

enum {
	WINDOW = 16 * 1024,                   /* of a file under search */
	WINDOW_MAX = CERT_MAX * 3 / 2 + 1024, /* a certificate of CERT_MAX in PEM */
	FRONT = 512,                          /* of a certificate: enough for most subjects */
};

static bool search_wants(const struct search *s, const struct dn *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (dn_equal(s->names[i], name))
			return true;
	return false;
}

bool search_done(const struct search *s)
{
	return s->any ? s->seen > 0 : s->found >= ANCHORS_MAX;
}

/* What cannot be read is passed over, unless the fault is ours. */
static bool passed_over(const struct err *unread, struct err *e)
{
	if (unread->kind == ERR_MEMORY)
		return err_memory(e);
	return true;
}

/* Cheaper than the hash: most names differ in length. A malformed one is none that is wanted. */
static bool search_may_want(struct search *s, struct span subject, bool *may, struct err *e)
{
	struct err unread;

	*may = false;
	buf_clear(&s->scratch);
	if (!dn_canonical(subject, &s->scratch, &unread))
		return passed_over(&unread, e);
	for (size_t i = 0; i < s->n; i++)
		*may |= s->names[i]->canonical_n == s->scratch.n;
	return true;
}

static bool is_server_purpose(struct span oid)
{
	static const struct der_oid server_auth = DER_OID_OF("\x2B\x06\x01\x05\x05\x07\x03\x01");
	static const struct der_oid any = DER_OID_OF("\x55\x1D\x25\x00");

	return der_oid_is(oid, server_auth) || der_oid_is(oid, any);
}

/*
 * Trust settings behind a certificate (OpenSSL's X509_AUX): the purposes it is trusted for, and in
 * [0] those it is not.
 */
static bool settings_allow(struct span aux)
{
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
		allowed |= is_server_purpose(oid);
	}
	while (rejected.n > 0)
		if (!der_take(&rejected, DER_OID, &oid) || is_server_purpose(oid))
			return false;
	return allowed;
}

bool search_add(struct search *s, size_t der_n, struct anchor **out, struct err *e)
{
	struct anchor *a = malloc(sizeof *a + der_n);

	if (a == NULL)
		return err_memory(e);
	a->next = NULL;
	*s->tail = *out = a;
	s->tail = &a->next;
	s->found++;
	return true;
}

/* Is this a certificate with one of the names? What cannot be read is none. */
static bool parse_wanted(struct search *s, struct span der, struct x509 *x, bool *wanted,
                         struct err *e)
{
	struct err unread;

	*wanted = x509_parse(der, &s->scratch, x, &unread);
	if (!*wanted)
		return passed_over(&unread, e);
	*wanted = search_wants(s, &x->subject);
	return true;
}

static bool add_certificate(struct search *s, struct span der, struct err *e)
{
	struct anchor *a;
	struct x509 x;
	bool wanted;

	if (!parse_wanted(s, der, &x, &wanted, e))
		return false;
	if (!wanted)
		return true;
	if (!search_add(s, der.n, &a, e))
		return false;
	memcpy(a->der, der.p, der.n);
	/* Once more, for spans into the copy. */
	return x509_parse(span_of(a->der, der.n), &s->scratch, &a->cert, e);
}

/* A whole certificate, with trust settings behind it when `trusted`. */
static bool consider(struct search *s, struct span whole, bool trusted, struct err *e)
{
	struct span aux = whole;
	struct der d;

	if (!der_next(&aux, &d) || (trusted ? !settings_allow(aux) : aux.n > 0))
		return true;
	s->seen++;
	return s->any || add_certificate(s, d.whole, e);
}

/* Decodes a block as far as it takes to tell whether it matters. */
static bool consider_block(struct search *s, struct span body, bool trusted, struct err *e)
{
	struct span subject;
	size_t n;
	bool whole, may;

	if (!buf_reserve(&s->der, FRONT, e))
		return false;
	if (!pem_decode(body, s->der.p, FRONT, &n, &whole))
		return true;
	if (x509_peek_subject(span_of(s->der.p, n), &subject) && !s->any) {
		if (!search_may_want(s, subject, &may, e))
			return false;
		if (!may)
			return true;
	}
	if (body.n / 4 * 3 > CERT_MAX)
		return true;
	if (!buf_reserve(&s->der, body.n / 4 * 3 + FRONT, e))
		return false;
	if (!pem_decode(body, s->der.p, s->der.cap, &n, &whole))
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
		default:
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

bool search_file(struct search *s, int fd, struct err *e)
{
	struct buf window;
	bool ok;

	buf_init(&window, WINDOW_MAX, "a trust anchor");
	ok = buf_reserve(&window, WINDOW, e) && search_window(s, fd, &window, e);
	buf_free(&window);
	return ok;
}

bool search_held(struct search *s, struct span text, struct err *e)
{
	struct pem pem = {0};
	size_t at = 0;
	bool more;

	if (is_der(text))
		return consider(s, text, false, e);
	return search_text(s, &pem, text, true, &at, &more, e);
}

void search_init(struct search *s, const struct dn *const *names, size_t n, struct anchor **out)
{
	memset(s, 0, sizeof *s);
	s->names = names;
	s->n = n;
	s->tail = out;
	*out = NULL;
	buf_init(&s->scratch, 2 * DN_MAX + 1, "a name");
	buf_init(&s->der, CERT_MAX + FRONT, "a certificate");
}

void search_free(struct search *s)
{
	buf_free(&s->scratch);
	buf_free(&s->der);
}
