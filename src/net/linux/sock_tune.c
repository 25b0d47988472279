#include "net/sock.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

/*
 * Linux begins to probe after two hours; the tables of NATs and load balancers on the way forget
 * a quiet connection after four to six minutes.
 */
enum { PROBE_AFTER_S = 60, PROBE_EVERY_S = 15, PROBES = 4 };

static void set(int fd, int level, int name, int value)
{
	(void)setsockopt(fd, level, name, &value, sizeof value);
}

void sock_keep_alive(int fd)
{
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, PROBE_AFTER_S);
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, PROBE_EVERY_S);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, PROBES);
}

/*
 * A write puts the socket into the state where ACKs wait for our next data, up to 40 ms. A proxy
 * with Nagle's algorithm on (tinyproxy) holds the second piece of what it forwards until then: in
 * a handshake, and for every piece of a stream of small events.
 */
void sock_ack_at_once(int fd)
{
	set(fd, IPPROTO_TCP, TCP_QUICKACK, 1);
}
