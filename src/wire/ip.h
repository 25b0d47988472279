/*
 * ip - IP addresses as text: IPv4 as four plain decimals (no leading zeros), IPv6 as in RFC 4291
 * section 2.2, without brackets or a zone. As bytes: 4 or 16, network order.
 */
#ifndef WIRE_IP_H
#define WIRE_IP_H

#include "base/buf.h"

enum { IP_MAX = 16, IP_TEXT_MAX = 40 };

/* Either family; *n is 4 or 16. False when s is no address: out and *n then say nothing. */
bool ip_parse(struct span s, unsigned char out[IP_MAX], size_t *n);

/* The address as RFC 5952 section 4 writes it. */
void ip_write(const unsigned char *address, size_t n, char out[IP_TEXT_MAX]);

/* 127.0.0.0/8 or ::1. */
bool ip_is_loopback(const unsigned char *address, size_t n);

/*
 * Is the address within a block in CIDR form ("10.0.0.0/8", "fd00::/8")? False also when the block
 * is of the other family, or none.
 */
bool ip_within(const unsigned char *address, size_t n, struct span block);

#endif
