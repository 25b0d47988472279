/*
 * constants - what is known of the service's wire, on one page.
 *
 * The ChatGPT backend is experimental and undocumented: every value here was observed (codex-cli
 * 0.169.0 against loopback, 2026-11) or decided by us, and any of them may change there
 * without notice. Nothing else in the tree spells them out.
 */
#ifndef CODEX_CONSTANTS_H
#define CODEX_CONSTANTS_H

/* Who we say we are; never another client's name. */
#define CODEX_ORIGINATOR "octavo"

/* The protocol version that model slugs are gated by (observed); not Octavo's own. */
#define CODEX_CLIENT_VERSION "0.169.0"

/* Look-ups go here whatever origin the model call is sent to (observed). */
#define CODEX_AUTH_BASE "https://auth.openai.com/api/accounts"
#define CODEX_ORIGIN "https://chatgpt.com"

#define CODEX_PATH_WHOAMI "/v1/user-auth-credential/whoami" /* behind the auth base */
#define CODEX_PATH_ROUTING "/backend-api/wham/accounts/check"
#define CODEX_REQUIREMENTS "/etc/codex/requirements.toml"
#define CODEX_PATH_POLICY "/backend-api/wham/config/bundle"
#define CODEX_PATH_API "/backend-api/codex" /* behind an origin; then RESPONSES or MODELS */
#define CODEX_PATH_RESPONSES "/responses"
#define CODEX_PATH_MODELS "/models"

/* Model calls follow routing only to origins under these, or to one the user named. */
#define CODEX_DOMAIN_CHATGPT "chatgpt.com"
#define CODEX_DOMAIN_OPENAI "openai.com"

/* Claims of a ChatGPT access JWT and of an agent identity (observed). */
#define CODEX_CLAIM_AUTH "https://api.openai.com/auth"
#define CODEX_CLAIM_ACCOUNT "chatgpt_account_id"
#define CODEX_CLAIM_FEDRAMP "chatgpt_account_is_fedramp"
#define CODEX_ISSUER_AGENT "https://chatgpt.com/codex-backend/agent-identity"

#define CODEX_NO_CONSTRAINT "NO_CONSTRAINT"

/* Sent when the user gives no instructions: the field must not be empty (observed). */
#define CODEX_INSTRUCTIONS "Answer the user's request directly and concisely."
#define CODEX_INSTRUCTIONS_PATCH \
	"Answer with one unified diff in git's format (a/ and b/ in front of the names) that `git apply` " \
	"takes at the top of the repository, and with nothing else: no explanation, no code fence."

#endif
