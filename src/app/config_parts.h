/*
 * config_parts - what the files of config share: arguments (config.c), environment
 * (config_env.c), and what must hold between them (config_check.c).
 */
#ifndef APP_CONFIG_PARTS_H
#define APP_CONFIG_PARTS_H

#include "app/config.h"

/* `named` is the option or variable, for the error. ERR_USAGE. */
MUST bool config_set_url(struct config_url *u, const char *text, const char *named, struct err *e);

/* Does a CI runner parse our output? Known before the first message. */
bool config_in_ci(char **block);

/*
 * What the arguments left open. `block` is the environment; proxy credentials are erased from it.
 */
MUST bool config_read_environment(struct config *c, char **block, struct err *e);

/* Every rule that needs no file and no network. ERR_USAGE. */
MUST bool config_check(struct config *c, struct err *e);

#endif
