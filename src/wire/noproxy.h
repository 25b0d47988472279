/*
 * noproxy - the no_proxy variable: which hosts are reached directly. There is no standard; this is
 * what curl does, and what is common beyond it (ports, "*" among others).
 */
#ifndef WIRE_NOPROXY_H
#define WIRE_NOPROXY_H

#include "base/buf.h"

/*
 * Does `list` (separated by commas or blanks) name this host (a name, or an address with or without
 * brackets) and port? Entries: "*"; "example.com", ".example.com" or "*.example.com", each of
 * which covers the name and all below it; an address, compared by value; a CIDR block. All but
 * the block also with ":port", an IPv6 address then in brackets. Case and a name's final dot do not
 * matter. A name's entry never covers an address. An entry that is none of these covers nothing.
 */
bool noproxy_covers(struct span list, struct span host, uint16_t port);

#endif
