/*
 * env - the environment block as the kernel laid it out: read in place, and erased in place.
 *
 * Zeroing a variable's bytes also cleans /proc/self/environ; unsetting it would not.
 */
#ifndef APP_ENV_H
#define APP_ENV_H

#include "base/err.h"

#include <stddef.h>

/* The value of NAME, in place; NULL when unset. */
char *env_get(char **block, const char *name);

/* Overwrites "NAME=value" with zeros and takes it out of the block. Unset: nothing to do. */
void env_erase(char **block, const char *name);

/*
 * Copies value (NULL gives NULL) to a page that is locked, left out of core dumps and not inherited
 * by children; *size is the page's. ERR_MEMORY. env_drop wipes and frees it.
 */
MUST bool env_move(const char *value, char **out, size_t *size, struct err *e);
void env_drop(char **copy, size_t size);

#endif
