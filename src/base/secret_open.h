/*
 * secret_open - the door to a secret's bytes.
 *
 * Only codex/headers and base/redact may include this file; ci/floors.sh sees to it.
 */
#ifndef BASE_SECRET_OPEN_H
#define BASE_SECRET_OPEN_H

#include "base/secret.h"

/* Borrowed until secret_free. Copy into wiping buffers only. */
struct span secret_open(const struct secret *s);

#endif
