#include "net/verify.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/fmt.h"
#include "base/limits.h"
#include "base/text.h"
#include "net/names.h"
#include "net/roots.h"
#include "net/signature.h"

/* How much a refusal says: the best one found is told. */
enum weight {
	NOTHING,
	DEAD_END,  /* no certificate for the issuer */
	UNFIT,     /* there is one, and it will not do */
};

struct verify {
	const struct verify_question *q;
	struct host host;
	int64_t now;           /* seconds since 1970 */
	struct x509 *certs;    /* those that could be read, each once; the server's own first */
	size_t n;
	struct anchor *anchors;
	const struct x509 *path[CHAIN_DEPTH_MAX];
	unsigned signatures;   /* verified so far, by what they cost */
	size_t names;          /* of CHAIN_NAMES_MAX: left */
	enum weight weight;
	struct err refusal;
	struct verify_facts facts;
	struct err unread;     /* of the first certificate that could not be read, when there is one */
};

/* ---- saying why ---- */

static void show_name(struct span raw, struct buf *out)
{
	struct err ignored;

	if (!dn_show(raw, out, &ignored) || !buf_add_byte(out, '\0', &ignored))
		buf_clear(out);
}

static const char *text_of(const struct buf *b)
{
	return b->n > 0 ? (const char *)b->p : "?";
}

/*
 * "certificate for HOST refused: 'SUBJECT' issued by 'ISSUER': REASON", unless something better
 * is known.
 */
PRINTF(4, 5)
static bool refuse(struct verify *v, enum weight weight, const struct x509 *x, const char *fmt, ...)
{
	char reason[ERR_TEXT_MAX];
	struct buf subject, issuer;
	va_list ap;

	if (weight <= v->weight)
		return false;
	v->weight = weight;
	va_start(ap, fmt);
	fmt_into_list(reason, sizeof reason, fmt, ap);
	va_end(ap);
	buf_init(&subject, ERR_TEXT_MAX, "a name");
	buf_init(&issuer, ERR_TEXT_MAX, "a name");
	show_name(x->subject.raw, &subject);
	show_name(x->issuer.raw, &issuer);
	err_set(&v->refusal, ERR_TRUST, 0,
	        "certificate for %.*s refused: '%s' issued by '%s': %s", (int)v->host.name.n,
	        (const char *)v->host.name.p, text_of(&subject), text_of(&issuer), reason);
	buf_free(&subject);
	buf_free(&issuer);
	return false;
}

int64_t verify_oldest_s(void)
{
	const char *d = roots_builtin_date;
	unsigned part[3] = {0};

	for (unsigned i = 0, k = 0; d[i] != '\0' && k < 3; i++)
		if (d[i] == '-')
			k++;
		else
			part[k] = part[k] * 10 + (unsigned)(d[i] - '0');
	return clock_days_from_civil(part[0], part[1], part[2]) * 86400;
}

static const char *clock_hint(const struct verify *v, bool future)
{
	if (v->now < verify_oldest_s())
		return ", which is wrong: this program is younger than that";
	return future ? ": is it slow?" : "";
}

/* ---- checks of one certificate ---- */

static void note_time(struct verify *v, const struct x509 *x, bool untimely)
{
	v->facts.untimely = untimely;
	v->facts.not_before_s = x->not_before;
	v->facts.not_after_s = x->not_after;
}

static bool check_time(struct verify *v, const struct x509 *x)
{
	char limit[CLOCK_TEXT_MAX], now[CLOCK_TEXT_MAX];
	bool future = v->now < x->not_before;

	if (!future && v->now <= x->not_after)
		return true;
	clock_format_utc(future ? x->not_before : x->not_after, limit);
	clock_format_utc(v->now, now);
	if (v->weight < UNFIT)
		note_time(v, x, true);
	return refuse(v, UNFIT, x, "%s %s; the clock here says %s%s",
	              future ? "not valid before" : "expired on", limit, now,
	              clock_hint(v, future));
}

static bool check_any(struct verify *v, const struct x509 *x)
{
	if (!check_time(v, x))
		return false;
	if (x->ext.unknown_critical.p != NULL)
		return refuse(v, UNFIT, x, "it has a critical extension unknown to this program");
	if (x->ext.has_purposes && !x->ext.server_auth)
		return refuse(v, UNFIT, x, "it is not for TLS servers (extended key usage)");
	if (!signature_key_good(&x->key))
		return refuse(v, UNFIT, x,
		              "its key is none of RSA of %d to %d bits, P-256, P-384, P-521",
		              RSA_BITS_MIN, RSA_BITS_MAX);
	return true;
}

/*
 * An RSA key for encipherment only may sign the key exchange here as it may elsewhere: such
 * certificates are common on private networks, where RFC 5246 section 7.4.2 went unread.
 */
static unsigned leaf_usages(const struct x509 *x)
{
	unsigned more = x->key.kind == X509_KEY_RSA ? X509_KEY_ENCIPHERMENT : 0;

	return X509_DIGITAL_SIGNATURE | more;
}

static bool check_leaf(struct verify *v, const struct x509 *x)
{
	if (!names_match(x, &v->host))
		return refuse(v, UNFIT, x, "it is for other names (subject alternative names)");
	if (x->ext.has_usage && !(x->ext.usage & leaf_usages(x)))
		return refuse(v, UNFIT, x, "its key is not for signing (key usage)");
	if (!check_any(v, x))
		return false;
	if (!signature_point_good(&x->key))
		return refuse(v, UNFIT, x, "its key is no point of its curve");
	return true;
}

/* How many CAs between x and the server's certificate count against a path length: path[1..n). */
static unsigned between(const struct verify *v, size_t n)
{
	unsigned count = 0;

	for (size_t i = 1; i < n; i++)
		count += !dn_equal(&v->path[i]->subject, &v->path[i]->issuer);
	return count;
}

/* Version 1 has no way to say it, and anchors of the user are taken at their word. */
static bool may_issue(const struct x509 *x, bool anchor)
{
	if (x->ext.has_basic)
		return x->ext.ca;
	if (!anchor)
		return false;
	return x->version < 3 || (x->ext.has_usage && (x->ext.usage & X509_KEY_CERT_SIGN));
}

static bool check_constraints(struct verify *v, size_t n, const struct x509 *x)
{
	for (size_t i = 0; i < n; i++) {
		/* Self-issued CAs are passed over: RFC 5280 section 6.1.4 (b). */
		if (i > 0 && dn_equal(&v->path[i]->subject, &v->path[i]->issuer))
			continue;
		if (!names_allowed(x, v->path[i], i == 0 ? &v->host : NULL, &v->names))
			return refuse(v, UNFIT, x,
			              v->names > 0
			                      ? "its name constraints do not allow this certificate"
			                      : "the chain has too many name constraints");
	}
	return true;
}

/* May x stand above path[0..n)? Everything but the signature. */
static bool check_issuer(struct verify *v, size_t n, const struct x509 *x, bool anchor)
{
	if (!may_issue(x, anchor))
		return refuse(v, UNFIT, x, "it issued a certificate and is no CA");
	if (x->ext.has_usage && !(x->ext.usage & X509_KEY_CERT_SIGN))
		return refuse(v, UNFIT, x, "its key is not for certificates (key usage)");
	if (x->ext.has_path_len && between(v, n) > x->ext.path_len)
		return refuse(v, UNFIT, x, "its path length allows %u CAs below, not %u",
		              x->ext.path_len, between(v, n));
	return check_any(v, x) && check_constraints(v, n, x);
}

/* The larger curves are slow. */
static unsigned cost_of(const struct x509_key *k)
{
	return k->kind == X509_KEY_P384 || k->kind == X509_KEY_P521 ? 2 : 1;
}

static bool check_signature(struct verify *v, const struct x509 *x, const struct x509 *issuer)
{
	if (x->sign == X509_SIGNED_WEAK)
		return refuse(v, UNFIT, x, "it is signed with MD5 or SHA-1");
	if (x->sign == X509_SIGNED_OTHER)
		return refuse(v, UNFIT, x, "it is signed in a way this program does not know");
	if (v->signatures >= CHAIN_SIGNATURES_MAX)
		return refuse(v, UNFIT, x, "no path found within %d signatures",
		              CHAIN_SIGNATURES_MAX);
	v->signatures += cost_of(&issuer->key);
	if (!signature_valid(x, &issuer->key))
		return refuse(v, UNFIT, x, "its signature is wrong");
	return true;
}

/* ---- the path ---- */

static bool step_good(struct verify *v, size_t n, const struct x509 *x, bool anchor)
{
	return check_issuer(v, n, x, anchor) && check_signature(v, v->path[n - 1], x);
}

/* Key identifiers only order the tries: they may be absent or wrong. */
static bool likely(const struct x509 *child, const struct x509 *parent)
{
	return child->ext.issuer_key_id.n == 0 || parent->ext.subject_key_id.n == 0 ||
	       span_equal(child->ext.issuer_key_id, parent->ext.subject_key_id);
}

static bool in_path(const struct verify *v, size_t n, const struct x509 *x)
{
	for (size_t i = 0; i < n; i++)
		/* The same name and key again would only make a circle. */
		if (v->path[i] == x || (dn_equal(&v->path[i]->subject, &x->subject) &&
		                        span_equal(v->path[i]->key.bytes, x->key.bytes)))
			return true;
	return false;
}

static bool ends_here(struct verify *v, size_t n, bool hinted, bool *known)
{
	const struct x509 *child = v->path[n - 1];

	for (const struct anchor *a = v->anchors; a != NULL; a = a->next) {
		if (!dn_equal(&child->issuer, &a->cert.subject))
			continue;
		*known = true;
		if (likely(child, &a->cert) != hinted || !step_good(v, n, &a->cert, true))
			continue;
		v->facts.public_root = trust_is_public(&a->cert.subject, &a->cert.key);
		return true;
	}
	return false;
}

static bool climb(struct verify *v, size_t n);

static bool goes_on(struct verify *v, size_t n, bool hinted, bool *known)
{
	const struct x509 *child = v->path[n - 1];

	for (size_t i = 1; i < v->n; i++) {
		const struct x509 *x = &v->certs[i];

		if (!dn_equal(&child->issuer, &x->subject) || in_path(v, n, x))
			continue;
		*known = true;
		if (likely(child, x) != hinted || !step_good(v, n, x, false))
			continue;
		v->path[n] = x;
		if (climb(v, n + 1))
			return true;
	}
	return false;
}

/* Does a path lead from path[n - 1] to an anchor? */
static bool climb(struct verify *v, size_t n)
{
	const struct x509 *child = v->path[n - 1];
	bool known = false, own;

	if (ends_here(v, n, true, &known) || ends_here(v, n, false, &known))
		return true;
	if (n == CHAIN_DEPTH_MAX)
		return refuse(v, UNFIT, child, "the chain is longer than %d certificates",
		              CHAIN_DEPTH_MAX);
	if (goes_on(v, n, true, &known) || goes_on(v, n, false, &known))
		return true;
	if (known)
		return false;
	own = dn_equal(&child->subject, &child->issuer);
	return refuse(v, DEAD_END, child,
	              "%s is not trusted here (%s); %s%s",
	              own ? "a self-signed certificate" : "the issuer",
	              trust_describe(v->q->trust),
	              v->unread.kind != ERR_NONE ? "a certificate that was sent cannot be read: "
	                                         : "if your network inspects TLS, "
	                                           "name its root with --cacert or SSL_CERT_FILE",
	              v->unread.text);
}

static bool is_pinned(const struct verify *v)
{
	for (const struct anchor *a = v->anchors; a != NULL; a = a->next)
		if (span_equal(a->cert.whole, v->certs[0].whole))
			return true;
	return false;
}

/* ---- setting up ---- */

static bool is_duplicate(const struct verify *v, struct span der)
{
	for (size_t i = 0; i < v->n; i++)
		if (span_equal(v->certs[i].whole, der))
			return true;
	return false;
}

/* Reads the chain. What cannot be read cannot help; only the first must be good. */
static bool read_chain(struct verify *v, struct err *e)
{
	struct buf scratch;
	struct err unread;
	bool ok = true;

	buf_init(&scratch, 2 * DN_MAX + 1, "a name");
	for (size_t i = 0; i < v->q->n && i < CHAIN_CERTS_MAX && ok; i++) {
		if (is_duplicate(v, v->q->certs[i]))
			continue;
		if (x509_parse(v->q->certs[i], &scratch, &v->certs[v->n], &unread))
			v->n++;
		else if (unread.kind == ERR_MEMORY)
			ok = err_memory(e);
		else if (i == 0)
			ok = err_set(e, ERR_TRUST, 0, "certificate for %.*s refused: %s",
			             (int)v->host.name.n, (const char *)v->host.name.p,
			             unread.text);
		else if (v->unread.kind == ERR_NONE)
			v->unread = unread;
	}
	buf_free(&scratch);
	return ok;
}

/* The anchors that any certificate of the chain may be issued by, or be. */
static bool find_anchors(struct verify *v, struct err *e)
{
	const struct dn *names[CHAIN_CERTS_MAX + 1];
	size_t n = 0;

	names[n++] = &v->certs[0].subject;
	for (size_t i = 0; i < v->n; i++)
		names[n++] = &v->certs[i].issuer;
	return trust_find(v->q->trust, names, n, &v->anchors, e);
}

static bool note_chain(struct verify *v, struct err *e)
{
	struct verify_facts *f = &v->facts;
	struct buf issuer;
	bool ok;

	f->read = true;
	note_time(v, &v->certs[0], false);
	for (size_t i = 0; i < v->n; i++)
		f->public_root = f->public_root || trust_is_public(&v->certs[i].issuer, NULL);
	buf_init(&issuer, ERR_TEXT_MAX + 1, "a name");
	ok = dn_show(v->certs[0].issuer.raw, &issuer, e);
	ok = ok && buf_add_byte(&issuer, '\0', e);
	fmt_into(f->issuer, sizeof f->issuer, "%s", ok ? (const char *)issuer.p : "");
	buf_free(&issuer);
	return ok;
}

static bool judge(struct verify *v, struct err *e)
{
	if (!read_chain(v, e) || !find_anchors(v, e) || !note_chain(v, e))
		return false;
	v->path[0] = &v->certs[0];
	if (check_leaf(v, v->path[0]) && (is_pinned(v) || climb(v, 1)))
		return true;
	*e = v->refusal;
	return false;
}

bool verify_chain(const struct verify_question *q, struct x509_key *key, struct buf *issuer,
                  struct err *e)
{
	struct verify v = {
		.q = q,
		.now = clock_wall_ms(q->clock) / 1000,
		.names = CHAIN_NAMES_MAX,
	};
	bool ok;

	if (q->n == 0)
		return err_set(e, ERR_TRUST, 0, "the server sent no certificate");
	if (!host_read(q->host, &v.host, e))
		return false;
	v.certs = malloc(CHAIN_CERTS_MAX * sizeof *v.certs);
	if (v.certs == NULL)
		return err_memory(e);
	ok = judge(&v, e) && dn_show(v.certs[0].issuer.raw, issuer, e);
	if (ok) {
		*key = v.certs[0].key;
		/* A path that was given up may have left its own. */
		note_time(&v, &v.certs[0], false);
	}
	v.facts.unvouched = !ok && v.weight == DEAD_END;
	if (q->facts != NULL)
		*q->facts = v.facts;
	anchors_free(&v.anchors);
	free(v.certs);
	return ok;
}
