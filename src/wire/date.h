/*
 * date - HTTP's dates (RFC 9110 section 5.6.7): IMF-fixdate, and the two obsolete forms of
 * RFC 850 and asctime.
 */
#ifndef WIRE_DATE_H
#define WIRE_DATE_H

#include "base/buf.h"

/*
 * Seconds since 1970 of the date that s is, wholly. The day's name is not compared with the date.
 * now_s places RFC 850's two-digit year: one more than 50 years ahead means the century before.
 */
bool date_parse(struct span s, int64_t now_s, int64_t *unix_s);

#endif
