/*
 * page - memory for secrets: whole pages, locked, kept out of core dumps and out of
 * children when the system allows it (a container without the right to lock memory still works).
 */
#ifndef BASE_PAGE_H
#define BASE_PAGE_H

#include <stddef.h>

/* *size bytes, rounded up to whole pages in *size, zeroed; NULL when there is no memory. */
void *page_alloc(size_t *size);
void page_free(void *p, size_t size);

#endif
