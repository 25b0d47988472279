/*
 * The built-in trust anchors: what is needed of each Mozilla root to end a
 * certificate path there, and nothing else. The table is derived data
 * (vendor/roots, MPL-2.0), compiled in by the Makefile; it is used when the
 * caller names no CA file.
 *
 * A root is found by name_hash, the SHA-256 of its canonical subject. Several
 * roots may share a name: a caller goes on after the first match. Names are
 * made canonical by the rule of RFC 5280 section 7.1, restricted to what needs
 * no tables, and written as bytes in this way:
 *
 *   for each RDN in order
 *     0x31, number of attributes (1 byte)
 *     for each attribute in the order of the certificate
 *       the OID, tag and length included, as in the certificate
 *       if the value is a text (PrintableString 0x13, UTF8String 0x0C,
 *       IA5String 0x16, TeletexString 0x14 read as Latin-1, BMPString 0x1E,
 *       UniversalString 0x1C):
 *         0x0C, length (2 bytes, big-endian), the text in UTF-8 with A-Z
 *         lower-cased, white space (0x09-0x0D, 0x20) trimmed at both ends and
 *         each inner run of it made one 0x20
 *       otherwise:
 *         the value's tag, length (2 bytes, big-endian), the value's bytes
 *
 * A text that is not valid in its own encoding has no canonical form: the
 * certificate matches no root.
 */
#ifndef OCTAVO_NET_ROOTS_H
#define OCTAVO_NET_ROOTS_H

#include <stddef.h>
#include <stdint.h>

enum root_kind {
	ROOT_RSA,     /* key = modulus, then exponent (ROOT_RSA_EXPONENT_LEN bytes), big-endian */
	ROOT_EC_P256, /* key = uncompressed point, 65 bytes, first byte 0x04 */
	ROOT_EC_P384, /* the same, 97 bytes */
	ROOT_EC_P521, /* the same, 133 bytes */
};

#define ROOT_RSA_EXPONENT_LEN 3

/* Position independent on purpose: no pointers, so the loader has nothing to relocate. */
struct root {
	unsigned char name_hash[32];
	int64_t not_after; /* seconds since 1970 */
	uint32_t key_off;  /* the key is at roots_builtin_keys + key_off */
	uint16_t key_len;
	uint8_t kind;      /* enum root_kind */
};

extern const struct root roots_builtin[];
extern const size_t roots_builtin_count;
extern const unsigned char roots_builtin_keys[];
extern const char roots_builtin_date[]; /* of the Mozilla bundle, "YYYY-MM-DD" */

#endif
