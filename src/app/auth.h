/*
 * auth - `auth status`: which credential, from where, whose, which workspace and plan, when it
 * ends, where its calls go. Whoami and routing are asked whatever is known without them: the smoke
 * test of a new token. With -v also the policy: what of it is obeyed, without effect here, refused.
 */
#ifndef APP_AUTH_H
#define APP_AUTH_H

#include "app/outset.h"

MUST bool auth_status_run(const struct config *c, const struct command_io *io, struct err *e);

#endif
