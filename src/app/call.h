/*
 * call - the model call: the body once, then attempts inside the retry policy.
 */
#ifndef APP_CALL_H
#define APP_CALL_H

#include "app/session_state.h"

/* After lookup_all, and with the input complete. */
MUST bool call_model(struct session *s, struct sink *sink, struct err *e);

/* The same without the call: its head and body are left in the session. */
MUST bool call_draft(struct session *s, struct err *e);

#endif
