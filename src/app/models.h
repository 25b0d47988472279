/*
 * models - the command: what this workspace may use, after the look-ups that ask makes before it
 * chooses one.
 */
#ifndef APP_MODELS_H
#define APP_MODELS_H

#include "app/outset.h"

MUST bool models_run(const struct config *c, const struct command_io *io, struct err *e);

#endif
