/*
 * account_policy - what administrators demand: the workspace's policy bundle and the machine's
 * requirements file.
 *
 * Keys of requirements stand in one of three lists (account_policy.c): obeyed; irrelevant to a
 * client that runs no tools and keeps nothing on disk; all others, which are refused. Of
 * configuration only what restricts the login is obeyed, and the model it proposes: the rest are
 * defaults that a user may change, passed over. As with codex (as published, 2026-11) the most
 * important document that sets a key decides alone: the workspace's requirements in their order,
 * then the machine's, then the workspace's configuration.
 *
 * A policy that cannot be understood, or says no, is ERR_ACCESS naming document and key; a bundle
 * that is no JSON object is ERR_PROTOCOL. ERR_MEMORY.
 */
#ifndef CODEX_ACCOUNT_POLICY_H
#define CODEX_ACCOUNT_POLICY_H

#include "base/buf.h"
#include "base/clock.h"
#include "codex/account_policy_told.h"

/* Whether a workspace of this plan has a policy bundle to obey; "" (unknown) and new plans have. */
bool policy_has_plan(const char *plan);

/* Whose document: those of the lower number decide. */
enum policy_rank { POLICY_WORKSPACE, POLICY_MACHINE, POLICY_CONFIG, POLICY_NONE };

enum policy_subject {
	POLICY_LOGIN,    /* methods that may be used */
	POLICY_ACCOUNTS, /* workspaces that may be used */
	POLICY_MODELS,   /* models that may be used */
	POLICY_MODEL,    /* the model where the user names none */
	POLICY_SUBJECTS
};

enum { POLICY_NAME_MAX = 160 };

struct policy_rule {
	enum policy_rank rank;        /* POLICY_NONE: nothing is demanded */
	char source[POLICY_NAME_MAX]; /* "KEY of DOCUMENT" */
	struct buf values;            /* each with a NUL behind it */
};

/* Placed by the caller. */
struct policy {
	struct policy_rule rules[POLICY_SUBJECTS];
	struct buf told; /* notes of each document and its keys: account_policy_told */
	/*
	 * To tell of a policy instead of keeping to it: a key that is refused is noted, the first
	 * one's error kept, and the reading goes on. Set after policy_init.
	 */
	bool survey;
	struct err refusal; /* ERR_NONE: none */
};

void policy_init(struct policy *p);
void policy_free(struct policy *p); /* may be called twice */

/* The service's bundle. */
MUST bool policy_read_bundle(struct policy *p, struct span document, struct err *e);

/* One requirements document; `name` is how the user knows it. */
MUST bool policy_read_requirements(struct policy *p, enum policy_rank rank, const char *name,
	struct span text, struct err *e);

/* The machine's; there need be none. A file that cannot be read is ERR_ACCESS as well. */
MUST bool policy_read_file(struct policy *p, const char *path, const struct clock *clock,
	int64_t deadline_ms, struct err *e);

/* Whether anything is demanded of it. */
bool policy_limits(const struct policy *p, enum policy_subject subject);

/* ERR_ACCESS naming the document when `value` is not among those allowed. */
MUST bool policy_allows(const struct policy *p, enum policy_subject subject, const char *value,
	struct err *e);

/* The model to take where the user names none: proposed, or the first allowed; NULL = any. */
const char *policy_model(const struct policy *p);

#endif
