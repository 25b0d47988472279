#include "app/sink.h"

bool sink_tell(struct sink *s, enum sink_step step, struct span text, struct err *e)
{
	return s->ops->tell == NULL || s->ops->tell(s, step, text, e);
}

void sink_free(struct sink **s)
{
	if (*s == NULL)
		return;
	(*s)->ops->free(*s);
	*s = NULL;
}
