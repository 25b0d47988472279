/* SHA-256: the vectors of FIPS 180-4's examples, and the same in pieces. */
#include "base/digest.h"

#include "tap.h"

static const struct {
	const char *text, *hex;
} vectors[] = {
	{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static bool is_hex(const unsigned char d[DIGEST_SIZE], const char *hex)
{
	char text[2 * DIGEST_SIZE + 1];

	for (int i = 0; i < DIGEST_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", d[i]);
	return strcmp(text, hex) == 0;
}

int main(void)
{
	unsigned char got[DIGEST_SIZE], again[DIGEST_SIZE];
	struct digest d;

	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		struct span s = span_str(vectors[i].text);
		bool ok = true;

		digest_of(s, got);
		tap_ok(is_hex(got, vectors[i].hex), "%zu bytes at once", s.n);
		for (size_t cut = 0; cut <= s.n; cut++) {
			digest_init(&d);
			digest_add(&d, span_cut(s, 0, cut));
			digest_value(&d, again);
			digest_add(&d, span_cut(s, cut, s.n));
			digest_value(&d, again);
			ok &= memcmp(got, again, sizeof got) == 0;
		}
		tap_ok(ok, "%zu bytes in two pieces, asked in between", s.n);
	}
	digest_init(&d);
	for (int i = 0; i < 15625; i++)
		digest_add(&d, span_str("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
					"aaaaaa"));
	digest_value(&d, got);
	tap_ok(is_hex(got, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
		"a million times a");
	return tap_done();
}
