/*
 * lookup - what must be known before the model call: the workspace (whoami), where its calls go
 * (routing), what its administrators demand (policy), and the model (catalogue).
 */
#ifndef APP_LOOKUP_H
#define APP_LOOKUP_H

#include "app/session_state.h"

/*
 * All that is needed and not given by the user, in order. A look-up that fails fails the run, by
 * its own class.
 */
MUST bool lookup_all(struct session *s, struct err *e);

/* The steps of it: account, origin and policy are the workspace; then the model. */
MUST bool lookup_account(struct session *s, struct err *e);
MUST bool lookup_origin(struct session *s, struct err *e);
MUST bool lookup_policy(struct session *s, struct err *e);
MUST bool lookup_model(struct session *s, struct err *e);
MUST bool lookup_workspace(struct session *s, struct err *e);

/* The models document. */
MUST bool lookup_models(struct session *s, struct err *e);

/*
 * The policy as a survey: whether ask would keep to it is told in the policy's `refusal`, which ends
 * nothing.
 */
MUST bool lookup_survey(struct session *s, struct err *e);

/* Whoami alone; fills the session's `who`. */
MUST bool lookup_whoami(struct session *s, struct err *e);

/*
 * Asks without a credential, and passes over what is said: but for the Date field, which the link
 * keeps.
 */
void lookup_date(struct session *s, struct link *l);

#endif
