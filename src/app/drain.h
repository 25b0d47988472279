/*
 * drain - stdin to its end, keeping all of it, its head or its tail, in bounded memory.
 */
#ifndef APP_DRAIN_H
#define APP_DRAIN_H

#include "base/buf.h"

struct drain {
	struct buf kept;   /* for a tail: a ring until drain_end */
	size_t head, tail; /* at most one is not 0 */
	size_t ring_at;    /* where the ring's oldest byte is, once it is full */
	uint64_t seen;     /* bytes that came */
};

void drain_init(struct drain *d, size_t max, size_t head, size_t tail);
void drain_free(struct drain *d);

/* ERR_USAGE over `max` (without head or tail), naming the options that lift it. */
MUST bool drain_add(struct drain *d, struct span s, struct err *e);

/* All has come: kept is in order and cut on character boundaries; *left_out bytes are missing. */
void drain_end(struct drain *d, uint64_t *left_out);

#endif
