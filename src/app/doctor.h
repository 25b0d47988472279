/*
 * doctor - why does nothing work? Walks the way that ask takes, hop by hop, and says which are
 * broken and what cures them.
 *
 * A hop that does not depend on a broken one is looked at all the same. The hops are told in the
 * order in which ask meets them, so that the first that is broken ends ask, and doctor, with its
 * class.
 */
#ifndef APP_DOCTOR_H
#define APP_DOCTOR_H

#include "app/outset.h"

/*
 * False once a hop is broken: *e has the first one's class, and io->report says that it was told.
 */
MUST bool doctor_run(const struct config *c, const struct command_io *io, struct err *e);

#endif
