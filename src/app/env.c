#include "app/env.h"

#include <string.h>

#include "base/buf.h"
#include "base/page.h"

static char **find(char **block, const char *name)
{
	size_t n = strlen(name);

	for (; *block != NULL; block++)
		if (strncmp(*block, name, n) == 0 && (*block)[n] == '=')
			return block;
	return NULL;
}

char *env_get(char **block, const char *name)
{
	char **at = find(block, name);

	return at == NULL ? NULL : *at + strlen(name) + 1;
}

void env_erase(char **block, const char *name)
{
	char **at;

	while ((at = find(block, name)) != NULL) {
		wipe(*at, strlen(*at));
		for (; *at != NULL; at++)
			at[0] = at[1];
	}
}

bool env_move(const char *value, char **out, size_t *size, struct err *e)
{
	*out = NULL;
	if (value == NULL)
		return true;
	*size = strlen(value) + 1;
	*out = page_alloc(size);
	if (*out == NULL)
		return err_memory(e);
	memcpy(*out, value, strlen(value) + 1);
	return true;
}

void env_drop(char **copy, size_t size)
{
	if (*copy == NULL)
		return;
	wipe(*copy, size);
	page_free(*copy, size);
	*copy = NULL;
}
