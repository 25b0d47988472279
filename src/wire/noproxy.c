#include "wire/noproxy.h"

#include "wire/ip.h"
#include "wire/url.h"

/* What the list is asked about. */
struct target {
	struct span name;
	uint16_t port;
	unsigned char address[IP_MAX];
	size_t address_n; /* 0: a name */
};

static struct span without_brackets(struct span s)
{
	return span_starts(s, "[") && span_ends(s, "]") ? span_cut(s, 1, s.n - 1) : s;
}

static void aim(struct target *t, struct span host, uint16_t port)
{
	t->name = without_brackets(host);
	t->port = port;
	if (!ip_parse(t->name, t->address, &t->address_n))
		t->address_n = 0;
}

/* Takes ":port" off an entry's end; false when it is another port than the target's, or none. */
static bool take_port(struct span *entry, const struct target *t)
{
	size_t from = span_starts(*entry, "[") ? span_find(*entry, ']', 0) : 0;
	size_t colon = span_find(*entry, ':', from);
	uint64_t port;

	/* More than one colon and no brackets: an IPv6 address, which has no port. */
	if (colon == entry->n || span_find(*entry, ':', colon + 1) < entry->n)
		return true;
	if (!span_to_u64(span_cut(*entry, colon + 1, entry->n), &port) || port != t->port)
		return false;
	*entry = span_cut(*entry, 0, colon);
	return true;
}

static bool covers_address(struct span entry, const struct target *t)
{
	unsigned char address[IP_MAX];
	size_t n;

	if (!ip_parse(without_brackets(entry), address, &n))
		return ip_within(t->address, t->address_n, entry);
	return span_equal(span_of(address, n), span_of(t->address, t->address_n));
}

static bool covers_name(struct span entry, const struct target *t)
{
	if (span_starts(entry, "*."))
		entry = span_cut(entry, 2, entry.n);
	else if (span_starts(entry, "."))
		entry = span_cut(entry, 1, entry.n);
	return url_name_under(t->name, entry);
}

static bool covers(struct span entry, const struct target *t)
{
	if (!take_port(&entry, t))
		return false;
	if (span_equal_str(entry, "*"))
		return true;
	return t->address_n > 0 ? covers_address(entry, t) : covers_name(entry, t);
}

static bool is_separator(unsigned char c)
{
	return c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool noproxy_covers(struct span list, struct span host, uint16_t port)
{
	struct target t;
	size_t at = 0, end;

	aim(&t, host, port);
	for (; at < list.n; at = end + 1) {
		for (end = at; end < list.n && !is_separator(list.p[end]);)
			end++;
		if (end > at && covers(span_cut(list, at, end), &t))
			return true;
	}
	return false;
}
