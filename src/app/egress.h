/*
 * egress - `doctor --print-egress`: every host and port that a run with this configuration may
 * contact, and what for. Nothing is contacted for it, and no credential is looked at.
 *
 * It is an upper bound: what workspace routing will say is not known before it is asked.
 */
#ifndef APP_EGRESS_H
#define APP_EGRESS_H

#include "app/outset.h"

MUST bool egress_run(const struct config *c, const struct command_io *io, struct err *e);

#endif
