#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, MADV_DONTDUMP */

#include "base/page.h"

#include <sys/auxv.h>
#include <sys/mman.h>

void *page_alloc(size_t *size)
{
	size_t page = getauxval(AT_PAGESZ);
	void *p;

	*size = (*size + page - 1) / page * page;
	p = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	/* All are best effort: limits and old kernels may refuse. */
	(void)!mlock(p, *size);
	(void)!madvise(p, *size, MADV_DONTDUMP);
	(void)!madvise(p, *size, MADV_DONTFORK);
	return p;
}

void page_free(void *p, size_t size)
{
	munmap(p, size);
}
