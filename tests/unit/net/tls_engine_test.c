/* net/tls_engine: what its codes are called, and how it is set up; handshakes are tls_test's. */
#include "net/tls_engine.h"

#include "tap.h"

static struct tls_engine engine;

static void check_suites(void)
{
	static const struct {
		uint16_t code;
		const char *name;
	} rows[] = {
		{0xC02B, "ECDHE-ECDSA-AES128-GCM"},
		{0xC02F, "ECDHE-RSA-AES128-GCM"},
		{0xC02C, "ECDHE-ECDSA-AES256-GCM"},
		{0xC030, "ECDHE-RSA-AES256-GCM"},
		{0xCCA9, "ECDHE-ECDSA-CHACHA20-POLY1305"},
		{0xCCA8, "ECDHE-RSA-CHACHA20-POLY1305"},
		{0, "?"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		engine.client.eng.session.cipher_suite = rows[i].code;
		tap_is_str(span_str(tls_engine_suite(&engine)), rows[i].name, rows[i].name);
	}
}

/* The alert `n`, as BearSSL tells of it. */
#define GOT(n) (BR_ERR_RECV_FATAL_ALERT + (n))

static void check_errors(void)
{
	static const struct {
		int code;
		unsigned char version; /* the first record's; TLS has 3 */
		bool open;
		enum err_kind kind;
		const char *text;
	} rows[] = {
		{BR_ERR_UNSUPPORTED_VERSION, 3, false, ERR_TRUST, "speaks no TLS 1.2, only an older"},
		{BR_ERR_UNSUPPORTED_VERSION, 'T', false, ERR_PROTOCOL, "does not speak TLS here"},
		{BR_ERR_BAD_MAC, 3, false, ERR_PROTOCOL, "tampered with or damaged"},
		{BR_ERR_BAD_SIGNATURE, 3, false, ERR_TRUST, "does not hold the key"},
		{BR_ERR_BAD_SIGNATURE, 3, true, ERR_PROTOCOL, "does not hold the key"},
		{GOT(70), 3, false, ERR_TRUST, "wants TLS 1.3"},
		{GOT(40), 3, false, ERR_TRUST, "no cipher suite or curve in common"},
		{GOT(80), 3, false, ERR_TRUST, "gave up with alert 80"},
		{GOT(80), 3, true, ERR_CUT, "gave up with alert 80"},
		{GOT(255), 3, true, ERR_CUT, "gave up with alert 255"},
		{BR_ERR_SEND_FATAL_ALERT, 3, true, ERR_PROTOCOL, "broke the protocol (error 512)"},
		{BR_ERR_UNEXPECTED, 3, false, ERR_PROTOCOL, "broke the protocol (error "},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct err e = {0};

		engine.client.eng.err = rows[i].code;
		engine.in[1] = rows[i].version;
		tap_fails(tls_engine_error(&engine, rows[i].open, &e), &e, rows[i].kind,
		          rows[i].text);
		if (!tap_ok(strstr(e.text, rows[i].text) != NULL, "... in words"))
			printf("#   %s\n", e.text);
	}
}

static void check_start(void)
{
	static const unsigned char seed[32] = {1};
	char name[301];
	const br_x509_class *judge = NULL;
	struct err e;
	size_t n = 0;

	tap_good(tls_engine_init(&engine, "a.example", &judge, seed, &e), &e, "set up");
	tap_ok(br_ssl_engine_sendrec_buf(&engine.client.eng, &n) != NULL && n > 0,
	       "... says ClientHello");
	memset(name, 'x', 300);
	name[300] = '\0';
	tap_fails(tls_engine_init(&engine, name, &judge, seed, &e), &e, ERR_BUG,
	          "a name too long for the engine");
}

int main(void)
{
	check_suites();
	check_errors();
	check_start();
	return tap_done();
}
