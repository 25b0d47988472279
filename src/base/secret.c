#include "base/secret.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/page.h"
#include "base/secret_open.h"

struct secret {
	size_t n;         /* bytes of the secret */
	size_t page_size; /* bytes of the whole mapping, this header included */
	unsigned char bytes[];
};

bool secret_take(struct secret **out, struct buf *from, struct err *e)
{
	struct secret *s;
	size_t size = sizeof *s + from->n;

	assert(from->wipe && from->n > 0);
	s = page_alloc(&size);
	if (s == NULL) {
		buf_free(from);
		return err_memory(e);
	}
	s->n = from->n;
	s->page_size = size;
	for (size_t i = 0; i < from->n; i++)
		s->bytes[i] = from->p[i];
	buf_free(from);
	*out = s;
	return true;
}

void secret_free(struct secret **s)
{
	if (*s == NULL)
		return;
	size_t size = (*s)->page_size;
	wipe(*s, size);
	page_free(*s, size);
	*s = NULL;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	unsigned char diff = 0;

	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		diff |= (unsigned char)(a->bytes[i] ^ b->bytes[i]);
	return diff == 0;
}

struct span secret_open(const struct secret *s)
{
	return span_of(s->bytes, s->n);
}
