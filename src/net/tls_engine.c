#include "net/tls_engine.h"

#include "net/curves.h"

/* ---- suites ---- */

/* AES without the processor's help is four times slower than ChaCha20, with it as much faster. */
static bool has_fast_aes(void)
{
	return (br_aes_x86ni_ctr_get_vtable() != NULL) & (br_ghash_pclmul_get() != 0);
}

static void set_suites(br_ssl_engine_context *eng)
{
	static const uint16_t suites[2][6] = {
		{
			BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
			BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
			BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
			BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
			BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		},
		{
			BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
			BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
			BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
			BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
	};

	br_ssl_engine_set_suites(eng, suites[has_fast_aes()],
	                         sizeof suites[0] / sizeof suites[0][0]);
}

const char *tls_engine_suite(const struct tls_engine *t)
{
	switch (t->client.eng.session.cipher_suite) {
	case BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:
		return "ECDHE-ECDSA-AES128-GCM";
	case BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256:
		return "ECDHE-RSA-AES128-GCM";
	case BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:
		return "ECDHE-ECDSA-AES256-GCM";
	case BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:
		return "ECDHE-RSA-AES256-GCM";
	case BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256:
		return "ECDHE-ECDSA-CHACHA20-POLY1305";
	case BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256:
		return "ECDHE-RSA-CHACHA20-POLY1305";
	default:
		return "?";
	}
}

/* ---- setting up ---- */

static void set_primitives(br_ssl_engine_context *eng)
{
	br_ssl_engine_set_hash(eng, br_sha256_ID, &br_sha256_vtable);
	br_ssl_engine_set_hash(eng, br_sha384_ID, &br_sha384_vtable);
	br_ssl_engine_set_hash(eng, br_sha512_ID, &br_sha512_vtable);
	br_ssl_engine_set_prf_sha256(eng, br_tls12_sha256_prf);
	br_ssl_engine_set_prf_sha384(eng, br_tls12_sha384_prf);
	br_ssl_engine_set_ec(eng, &curves);
	br_ssl_engine_set_rsavrfy(eng, br_rsa_pkcs1_vrfy_get_default());
	br_ssl_engine_set_ecdsa(eng, br_ecdsa_vrfy_asn1_get_default());
	br_ssl_engine_set_default_aes_gcm(eng);
	br_ssl_engine_set_default_chapol(eng);
}

static void set_buffers(struct tls_engine *t)
{
	br_ssl_engine_context *eng = &t->client.eng;

	br_ssl_engine_set_buffers_bidi(eng, t->in, sizeof t->in, t->out, sizeof t->out);
	/*
	 * A small output buffer is our affair alone: without this the server is asked for small
	 * records too.
	 */
	eng->max_frag_len = 16384;
	eng->log_max_frag_len = 14;
}

bool tls_engine_init(struct tls_engine *t, const char *server_name, const br_x509_class **judge,
                     const unsigned char seed[32], struct err *e)
{
	br_ssl_engine_context *eng = &t->client.eng;

	br_ssl_client_zero(&t->client);
	br_ssl_engine_set_versions(eng, BR_TLS12, BR_TLS12);
	br_ssl_engine_set_all_flags(eng, BR_OPT_NO_RENEGOTIATION | BR_OPT_FAIL_ON_ALPN_MISMATCH);
	set_suites(eng);
	set_primitives(eng);
	t->protocols[0] = "http/1.1";
	br_ssl_engine_set_protocol_names(eng, t->protocols, 1);
	br_ssl_engine_set_x509(eng, judge);
	set_buffers(t);
	/* Keeps BearSSL's own seeder, which opens files, out of it. */
	eng->rng_os_rand_done = 1;
	br_ssl_engine_inject_entropy(eng, seed, 32);
	if (!br_ssl_client_reset(&t->client, server_name, 0))
		return err_set(e, ERR_BUG, 0, "cannot set up TLS (error %d)",
		               br_ssl_engine_last_error(eng));
	return true;
}

/* ---- errors ---- */

enum { ALERT = BR_ERR_RECV_FATAL_ALERT };

static const struct {
	int code;
	enum err_kind kind;
	const char *text;
} errors[] = {
	{BR_ERR_UNSUPPORTED_VERSION, ERR_TRUST,
	 "the peer speaks no TLS 1.2, only an older version"},
	{BR_ERR_BAD_VERSION, ERR_PROTOCOL, "the peer does not speak TLS here"},
	{BR_ERR_UNKNOWN_TYPE, ERR_PROTOCOL, "the peer does not speak TLS here"},
	{BR_ERR_BAD_LENGTH, ERR_PROTOCOL, "the peer sent a malformed TLS record"},
	{BR_ERR_TOO_LARGE, ERR_PROTOCOL, "the peer sent an oversized TLS record"},
	{BR_ERR_BAD_MAC, ERR_PROTOCOL,
	 "the peer sent a TLS record that was tampered with or damaged"},
	{BR_ERR_BAD_CIPHER_SUITE, ERR_TRUST, "the peer chose a cipher suite that was not offered"},
	{BR_ERR_BAD_SIGNATURE, ERR_TRUST, "the peer does not hold the key of its certificate"},
	{BR_ERR_INVALID_ALGORITHM, ERR_TRUST,
	 "the peer chose an algorithm or a point that will not do"},
	{BR_ERR_WRONG_KEY_USAGE, ERR_TRUST, "the server's key does not fit the cipher suite"},
	{BR_ERR_BAD_FINISHED, ERR_TRUST, "the handshake was tampered with"},
	{BR_ERR_BAD_SECRENEG, ERR_TRUST, "the peer failed the renegotiation check (RFC 5746)"},
	{ALERT + 40, ERR_TRUST, "the peer and octavo have no cipher suite or curve in common"},
	{ALERT + 70, ERR_TRUST, "the peer wants TLS 1.3, which octavo does not speak"},
	{ALERT + 71, ERR_TRUST, "the peer finds TLS 1.2 with ECDHE not secure enough"},
	{ALERT + 112, ERR_TRUST, "the peer does not know the server's name"},
	{ALERT + 116, ERR_TRUST, "the peer asks for a client certificate, which octavo has not"},
	{ALERT + 120, ERR_TRUST, "the peer does not speak http/1.1"},
};

bool tls_engine_error(const struct tls_engine *t, bool open, struct err *e)
{
	int code = br_ssl_engine_last_error(&t->client.eng);

	/*
	 * The same error for an old version of TLS and for none at all; a record's version begins
	 * with 3.
	 */
	if (code == BR_ERR_UNSUPPORTED_VERSION && t->in[1] != 3)
		code = BR_ERR_BAD_VERSION;
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
		if (errors[i].code == code)
			return err_set(e, open ? ERR_PROTOCOL : errors[i].kind, 0, "TLS: %s",
			               errors[i].text);
	if (code >= BR_ERR_RECV_FATAL_ALERT && code < BR_ERR_SEND_FATAL_ALERT)
		return err_set(e, open ? ERR_CUT : ERR_TRUST, 0,
		               "TLS: the peer gave up with alert %d",
		               code - BR_ERR_RECV_FATAL_ALERT);
	return err_set(e, ERR_PROTOCOL, 0, "TLS: the peer broke the protocol (error %d)", code);
}
