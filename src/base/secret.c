#include "base/secret.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/page.h"
#include "base/secret_open.h"

struct secret {
	size_t n;         /* bytes of the secret */
	size_t page_size; /* bytes of the whole mapping, this header included */
	unsigned holders;
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
	s->holders = 1;
	for (size_t i = 0; i < from->n; i++)
		s->bytes[i] = from->p[i];
	buf_free(from);
	*out = s;
	return true;
}

struct secret *secret_hold(const struct secret *s)
{
	struct secret *held = (struct secret *)s;

	held->holders++;
	return held;
}

void secret_free(struct secret **s)
{
	struct secret *gone = *s;
	size_t size;

	*s = NULL;
	if (gone == NULL || --gone->holders > 0)
		return;
	size = gone->page_size;
	wipe(gone, size);
	page_free(gone, size);
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
