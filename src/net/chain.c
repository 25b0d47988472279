#include "net/chain.h"

#include <stddef.h>
#include <string.h>

#include "base/assert.h"
#include "net/signature.h"

static struct chain *chain_of(const br_x509_class **ctx)
{
	return (struct chain *)(void *)((char *)ctx - offsetof(struct chain, vtable));
}

static void start_chain(const br_x509_class **ctx, const char *server_name)
{
	struct chain *c = chain_of(ctx);

	(void)server_name; /* what goes into SNI; the host is known better here */
	c->n = 0;
	c->failed = false;
	buf_clear(&c->bytes);
}

static void start_cert(const br_x509_class **ctx, uint32_t length)
{
	struct chain *c = chain_of(ctx);

	(void)length;
	if (!c->failed && c->n == CHAIN_CERTS_MAX)
		c->failed = !err_set(&c->err, ERR_CEILING, 0,
		                     "the server's chain exceeds %d certificates",
		                     CHAIN_CERTS_MAX);
}

static void append(const br_x509_class **ctx, const unsigned char *p, size_t n)
{
	struct chain *c = chain_of(ctx);

	if (!c->failed)
		c->failed = !buf_add(&c->bytes, span_of(p, n), &c->err);
}

static void end_cert(const br_x509_class **ctx)
{
	struct chain *c = chain_of(ctx);

	if (!c->failed)
		c->ends[c->n++] = c->bytes.n;
}

/* Keeps the key where get_pkey's caller finds it when the certificates are gone. */
static void keep_key(struct chain *c, struct x509_key *k)
{
	assert(k->bytes.n + k->exponent.n <= sizeof c->key);
	memcpy(c->key, k->bytes.p, k->bytes.n);
	k->bytes.p = c->key;
	if (k->exponent.n > 0) {
		memcpy(c->key + k->bytes.n, k->exponent.p, k->exponent.n);
		k->exponent.p = c->key + k->bytes.n;
	}
	signature_key(k, &c->pkey);
}

static bool judge(struct chain *c)
{
	struct span certs[CHAIN_CERTS_MAX];
	struct verify_question q = {certs, c->n, c->host, c->trust, c->clock, &c->facts};
	struct x509_key key;
	size_t from = 0;

	for (size_t i = 0; i < c->n; i++) {
		certs[i] = span_cut(buf_span(&c->bytes), from, c->ends[i]);
		from = c->ends[i];
	}
	if (!verify_chain(&q, &key, &c->issuer, &c->err))
		return false;
	keep_key(c, &key);
	return true;
}

static unsigned end_chain(const br_x509_class **ctx)
{
	struct chain *c = chain_of(ctx);

	c->failed = c->failed || !judge(c);
	buf_free(&c->bytes);
	return c->failed ? BR_ERR_X509_NOT_TRUSTED : 0;
}

static const br_x509_pkey *get_pkey(const br_x509_class *const *ctx, unsigned *usages)
{
	const struct chain *c = (const void *)((const char *)ctx - offsetof(struct chain, vtable));

	if (usages != NULL)
		*usages = BR_KEYTYPE_SIGN;
	return &c->pkey;
}

static const br_x509_class vtable = {
	sizeof(struct chain), start_chain, start_cert, append, end_cert, end_chain, get_pkey,
};

void chain_init(struct chain *c, struct span host, const struct trust *trust,
                const struct clock *clock)
{
	memset(c, 0, sizeof *c);
	c->vtable = &vtable;
	c->host = host;
	c->trust = trust;
	c->clock = clock;
	buf_init(&c->bytes, CHAIN_MAX, "the server's certificate chain");
	buf_init(&c->issuer, ERR_TEXT_MAX, "a name");
}

void chain_free(struct chain *c)
{
	buf_free(&c->bytes);
	buf_free(&c->issuer);
}
