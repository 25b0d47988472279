#include "net/anchor.h"

#include <stdlib.h>

void anchors_free(struct anchor **list)
{
	while (*list != NULL) {
		struct anchor *next = (*list)->next;

		free(*list);
		*list = next;
	}
}
