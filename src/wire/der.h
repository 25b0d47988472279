/*
 * der - reading DER (ITU-T X.690) and nothing laxer.
 *
 * Elements are taken one by one from the front of a span; what is taken borrows from it. False
 * means malformed: an indefinite or padded length, a length beyond the span or above 2^24, a tag
 * number above 30 (certificates have none), or another tag than the one asked for. The reader
 * never recurses: depth is that of the caller's own code.
 */
#ifndef WIRE_DER_H
#define WIRE_DER_H

#include "base/buf.h"

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTF8_STRING = 0x0C,
	DER_PRINTABLE_STRING = 0x13,
	DER_TELETEX_STRING = 0x14,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_UNIVERSAL_STRING = 0x1C,
	DER_BMP_STRING = 0x1E,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT = 0x80,              /* + number: primitive */
	DER_CONTEXT_CONSTRUCTED = 0xA0,  /* + number */
};

struct der {
	unsigned char tag;
	struct span value; /* the contents */
	struct span whole; /* tag and length as well */
};

/* The next element of *rest, which is moved past it. */
MUST bool der_next(struct span *rest, struct der *out);

/* ... which must have this tag. */
MUST bool der_take(struct span *rest, unsigned tag, struct span *value);

/*
 * ... or may be absent: then *value is { NULL, 0 } and *rest stays. A present one has value->p
 * set.
 */
MUST bool der_optional(struct span *rest, unsigned tag, struct span *value);

/* The rest begins with this tag. */
bool der_at(struct span rest, unsigned tag);

/* The contents of single elements. */
MUST bool der_boolean(struct span value, bool *out);
MUST bool der_integer(struct span value);                      /* minimal, either sign */
MUST bool der_unsigned(struct span value, struct span *bytes); /* not negative; no leading zero */
MUST bool der_small(struct span value, unsigned *out);         /* not negative, below 2^16 */
MUST bool der_bits(struct span value, struct span *bytes);     /* spare bits must be zero */
MUST bool der_oid(struct span value);

/* An OID as it is encoded. It may hold a NUL, so its length goes with it. */
struct der_oid {
	const char *p;
	size_t n;
};
#define DER_OID_OF(s) {s, sizeof(s) - 1}
bool der_oid_is(struct span value, struct der_oid oid);

/*
 * UTCTime and GeneralizedTime as RFC 5280 section 4.1.2.5 has them: seconds, "Z". Seconds since
 * 1970.
 */
MUST bool der_time(struct span *rest, int64_t *unix_s);

#endif
