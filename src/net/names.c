#include "net/names.h"

#include <string.h>

#include "base/limits.h"
#include "wire/der.h"

enum { HOST_MAX = 253, LABEL_MAX = 63 };

/* Letters, digits, hyphens, underscores, in labels between single dots. */
static bool is_host_name(struct span s)
{
	size_t label = 0;

	if (s.n == 0 || s.n > HOST_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		              (c >= '0' && c <= '9') || c == '-' || c == '_';

		if (c == '.' ? label == 0 : !letter || label == LABEL_MAX)
			return false;
		label = c == '.' ? 0 : label + 1;
	}
	return label > 0;
}

bool host_read(struct span text, struct host *out, struct err *e)
{
	memset(out, 0, sizeof *out);
	if (ip_parse(text, out->address, &out->address_n)) {
		out->name = text;
		return true;
	}
	out->address_n = 0;
	out->name = span_ends(text, ".") ? span_cut(text, 0, text.n - 1) : text;
	if (!is_host_name(out->name))
		return err_set(e, ERR_TRUST, 0, "no certificate can be for this host name");
	return true;
}

/* "*.example.com" with two labels or more behind the star. */
static bool wildcard_matches(struct span pattern, struct span host)
{
	struct span parent = span_cut(pattern, 1, pattern.n);
	size_t dot = span_find(host, '.', 0);

	return span_starts(pattern, "*.") && is_host_name(span_cut(parent, 1, parent.n)) &&
	       span_find(parent, '.', 1) < parent.n &&
	       span_equal_nocase(parent, span_cut(host, dot, host.n));
}

bool names_match(const struct x509 *leaf, const struct host *h)
{
	struct span rest = leaf->ext.alt_names;
	struct der name;

	while (rest.n > 0 && der_next(&rest, &name)) {
		if (h->address_n > 0) {
			if (name.tag == X509_NAME_IP &&
			    span_equal(name.value, span_of(h->address, h->address_n)))
				return true;
		} else if (name.tag == X509_NAME_DNS) {
			if (span_equal_nocase(name.value, h->name) ||
			    wildcard_matches(name.value, h->name))
				return true;
		}
	}
	return false;
}

/* ---- constraints ---- */

enum verdict { OUTSIDE, WITHIN, UNKNOWN };

/*
 * ".example.com" holds what is below, "" everything, "example.com" itself and, in a `tree`, what
 * is below. UNKNOWN: one of them is no host name.
 */
static enum verdict host_within(struct span name, struct span base, bool tree)
{
	bool dot = span_starts(base, ".");

	if (base.n == 0)
		return WITHIN;
	if (!is_host_name(span_cut(name, span_starts(name, "*.") ? 2 : 0, name.n)) ||
	    !is_host_name(span_cut(base, dot, base.n)))
		return UNKNOWN;
	if (name.n < base.n ||
	    !span_equal_nocase(span_cut(name, name.n - base.n, name.n), base))
		return OUTSIDE;
	return name.n == base.n || dot || (tree && name.p[name.n - base.n - 1] == '.') ? WITHIN
	                                                                               : OUTSIDE;
}

/* A mailbox against one mailbox, or what hosts may have. */
static enum verdict mail_within(struct span name, struct span base)
{
	size_t at = span_find(name, '@', 0), want = span_find(base, '@', 0);

	if (at == 0 || at == name.n)
		return UNKNOWN;
	if (want == base.n)
		return host_within(span_cut(name, at + 1, name.n), base, false);
	if (!span_equal(span_cut(name, 0, at), span_cut(base, 0, want)))
		return OUTSIDE;
	return host_within(span_cut(name, at + 1, name.n), span_cut(base, want + 1, base.n), false);
}

/* The host of a URI (RFC 3986 section 3.2); one without, or with an address, has no place. */
static enum verdict uri_within(struct span name, struct span base)
{
	size_t from = span_find(name, ':', 0) + 3, to = from;
	unsigned char address[IP_MAX];
	size_t n;

	if (!span_starts(span_cut(name, from - 3, name.n), "://"))
		return UNKNOWN;
	for (; to < name.n && name.p[to] != '/' && name.p[to] != '?' && name.p[to] != '#'; to++)
		if (name.p[to] == '@')
			from = to + 1;
	name = span_cut(name, from, to);
	name = span_cut(name, 0, span_find(name, ':', 0));
	if (name.n == 0 || name.p[0] == '[' || ip_parse(name, address, &n))
		return UNKNOWN;
	return host_within(name, base, false);
}

/* An address against an address and a mask of the same length. */
static bool address_within(struct span address, struct span base)
{
	if (base.n != 2 * address.n)
		return false;
	for (size_t i = 0; i < address.n; i++)
		if ((address.p[i] ^ base.p[i]) & base.p[address.n + i])
			return false;
	return true;
}

/* UNKNOWN also when there is no memory to tell. */
static enum verdict directory_within(struct span name, struct span base)
{
	struct buf a, b;
	struct err ignored;
	enum verdict v = UNKNOWN;

	buf_init(&a, 2 * DN_MAX + 1, "a name");
	buf_init(&b, 2 * DN_MAX + 1, "a name");
	if (dn_canonical(name, &a, &ignored) && dn_canonical(base, &b, &ignored))
		v = span_equal(span_cut(buf_span(&a), 0, b.n), buf_span(&b)) ? WITHIN : OUTSIDE;
	buf_free(&a);
	buf_free(&b);
	return v;
}

/* Two names of one kind; `name` of a directory is the contents of its SEQUENCE. */
static enum verdict compare(unsigned tag, struct span name, struct span base)
{
	switch (tag) {
	case X509_NAME_DNS:
		return host_within(name, base, true);
	case X509_NAME_MAIL:
		return mail_within(name, base);
	case X509_NAME_URI:
		return uri_within(name, base);
	case X509_NAME_IP:
		if ((base.n != 8 && base.n != 32) || (name.n != 4 && name.n != 16))
			return UNKNOWN;
		return address_within(name, base) ? WITHIN : OUTSIDE;
	case X509_NAME_DIRECTORY:
		if (!der_take(&base, DER_SEQUENCE, &base)) /* [4] is an explicit tag */
			return UNKNOWN;
		return directory_within(name, base);
	default:
		return UNKNOWN;
	}
}

/* What a comparison costs beside the bytes of the names. */
enum { STEP_COST = 16 };

static bool pay(size_t *budget, size_t cost)
{
	*budget = *budget > cost ? *budget - cost : 0;
	return *budget > 0;
}

/*
 * May a name be, by one list? Excluded: within none. Permitted: within one, when any is of its
 * kind.
 */
static bool list_allows(struct span list, bool permitted, unsigned tag, struct span name,
                        size_t *budget)
{
	bool of_kind = false, within = false;
	struct span tree;
	struct der base;

	while (list.n > 0) {
		if (!der_take(&list, DER_SEQUENCE, &tree) || !der_next(&tree, &base) ||
		    !pay(budget, STEP_COST))
			return false;
		if (base.tag != tag)
			continue;
		of_kind = true;
		if (!pay(budget, name.n + base.value.n))
			return false;
		switch (compare(tag, name, base.value)) {
		case UNKNOWN:
			return false;
		case WITHIN:
			within = true;
			break;
		default: /* OUTSIDE */
			break;
		}
	}
	return permitted ? within || !of_kind : !within;
}

static bool allowed(const struct x509 *issuer, unsigned tag, struct span name, size_t *budget)
{
	return list_allows(issuer->ext.permitted, true, tag, name, budget) &&
	       list_allows(issuer->ext.excluded, false, tag, name, budget);
}

bool names_allowed(const struct x509 *issuer, const struct x509 *below, const struct host *h,
                   size_t *budget)
{
	struct span rest = below->ext.alt_names, subject = below->subject.raw;
	struct der name;

	if (issuer->ext.permitted.p == NULL && issuer->ext.excluded.p == NULL)
		return true;
	if (subject.n > 0 && !allowed(issuer, X509_NAME_DIRECTORY, subject, budget))
		return false;
	while (rest.n > 0) {
		if (!der_next(&rest, &name))
			return false;
		if (name.tag == X509_NAME_DIRECTORY &&
		    !der_take(&name.value, DER_SEQUENCE, &name.value))
			return false;
		if (!allowed(issuer, name.tag, name.value, budget))
			return false;
	}
	if (h == NULL)
		return true;
	return h->address_n > 0
	               ? allowed(issuer, X509_NAME_IP, span_of(h->address, h->address_n), budget)
	               : allowed(issuer, X509_NAME_DNS, h->name, budget);
}
