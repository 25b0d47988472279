/*
 * ask - the main job: one answer, no tools.
 */
#ifndef APP_ASK_H
#define APP_ASK_H

#include "app/outset.h"

/* What a success has written to io->file and io->conversation only lacks its name. */
MUST bool ask_run(const struct config *c, const struct command_io *io, struct err *e);

#endif
