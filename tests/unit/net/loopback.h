/*
 * loopback - listening sockets for tests; on 127.0.0.1 and ::1 only.
 */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "tap.h"

/* A listener on a free port of 127.0.0.1, or of ::1; -1 where the family is missing. */
__attribute__((unused))
static int loopback_listen(int family, uint16_t *port)
{
	struct sockaddr_storage at = {.ss_family = (sa_family_t)family};
	socklen_t len =
		family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (family == AF_INET6)
		((struct sockaddr_in6 *)&at)->sin6_addr.s6_addr[15] = 1;
	else
		((struct sockaddr_in *)&at)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0 || listen(fd, 8) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*port = ntohs(family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port
	                                 : ((struct sockaddr_in *)&at)->sin_port);
	return fd;
}

/* A port of 127.0.0.1 that refuses: bound, and closed again. */
__attribute__((unused))
static uint16_t loopback_refusing(void)
{
	uint16_t port = 0;

	close(loopback_listen(AF_INET, &port));
	return port;
}

__attribute__((unused))
static struct sockaddr_in loopback_address(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

#endif
