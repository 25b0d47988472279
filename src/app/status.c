#include "app/status.h"

#include <signal.h>

#include "base/fmt.h"

enum { BY_SIGNAL = 128, EXIT_MAX = 255 };

int status_of(enum err_kind kind)
{
	switch (kind) {
	case ERR_NONE: return 0;
	case ERR_USAGE: return 2;
	case ERR_CREDENTIAL: return 10;
	case ERR_AUTH: return 11;
	case ERR_ACCESS: return 12;
	case ERR_NAME:
	case ERR_CONNECT: return 20;
	case ERR_PROXY:
	case ERR_PROXY_BUSY: return 21;
	case ERR_TRUST: return 22;
	case ERR_EDGE: return 23;
	case ERR_TIME:
	case ERR_TIME_CONNECT: return 24;
	case ERR_BUSY: return 30;
	case ERR_LIMIT: return 31;
	case ERR_REQUEST:
	case ERR_TOO_LONG: return 32;
	case ERR_PROTOCOL:
	case ERR_CEILING:
	case ERR_CUT: return 33;
	case ERR_MISFIT: return 40;
	case ERR_EMPTY: return 41;
	case ERR_REFUSED: return 42;
	case ERR_INCOMPLETE: return 43;
	case ERR_BUDGET: return 50;
	case ERR_OUTPUT: return 74;
	case ERR_PIPE: return BY_SIGNAL + SIGPIPE;
	case ERR_BUG:
	case ERR_MEMORY:
	case ERR_KINDS: break;
	}
	return 1;
}

static const struct status rows[] = {
	{0, "the answer is complete", "all went well", "none needed"},
	{1, "out of memory, or a bug in octavo", "the job's memory limit is very low",
	 "give the job 64 MB; if that is not it, report it with what -v tells"},
	{2, "usage: arguments, unreadable or oversized input",
	 "a misspelt option, an empty prompt, a file that is missing or not UTF-8",
	 "mend the word or file the message names; octavo COMMAND --help lists the options"},
	{10, "no credential, or the wrong kind",
	 "the secret is not passed to this job (a fork's job gets none), or it is an API key",
	 "set CODEX_ACCESS_TOKEN or --token-file to a Codex access token (at-...)"},
	{11, "credential rejected, expired or revoked",
	 "the token was revoked or rotated, or has come to its end",
	 "create a new access token in the workspace's settings and replace the secret"},
	{12, "not entitled: wrong workspace, workspace policy",
	 "the token's owner has no Codex seat there, or a policy forbids this use",
	 "ask the workspace's administrator; compare --account-id with the token's workspace"},
	{20, "name look-up or connection",
	 "no DNS or no direct way out of this network: a proxy is wanted",
	 "set https_proxy, or let this host reach the host and port named"},
	{21, "the proxy", "wrong user or password (407), or the proxy does not allow the host",
	 "mend https_proxy; have the proxy allow CONNECT to the host and port named"},
	{22, "TLS or certificates",
	 "a proxy that inspects TLS signs with a root unknown here, or this clock is wrong",
	 "name that root with --cacert or SSL_CERT_FILE; set the clock"},
	{23, "blocked at the edge (content delivery network)",
	 "the CDN takes this address for a robot; the token was not looked at",
	 "leave by another address, or give the cf-ray printed to your OpenAI contact"},
	{24, "out of time", "a proxy or firewall that drops packets, or a long answer",
	 "the message names what was waited for; see --connect-timeout, --idle-timeout, --timeout"},
	{30, "overloaded or rate limited: try later",
	 "many jobs share one workspace, or the service is busy",
	 "run again later or fewer at a time; --retries raises the tries"},
	{31, "usage limit or quota", "the plan's allowance for this period is used up",
	 "wait for the reset time printed, or have the administrator raise the limit"},
	{32, "the request was refused (model, size)",
	 "a model this workspace does not have, or more input than the model takes",
	 "choose another --model, or shorten the input (--stdin-tail)"},
	{33, "the peer broke the protocol, cut the stream, or crossed a ceiling",
	 "a proxy that cuts long connections or rewrites answers; else the service has changed",
	 "run again; if it stays, go round the proxy and look for a newer octavo"},
	{40, "the answer does not fit the schema or patch",
	 "the model did not keep to the form asked for",
	 "run again, say the form in the prompt, or simplify the schema"},
	{41, "the answer is empty", "the prompt asks for nothing that can be written",
	 "ask for text; raise --effort"},
	{42, "the model refused", "the prompt or the data in it looks harmful to the model",
	 "read the reason on stderr; put the task and its purpose in other words"},
	{43, "the answer is incomplete", "the model ran into its output limit or a content filter",
	 "ask for less at a time, or lower --effort"},
	{50, "a budget of yours was reached", "a limit given on the command line",
	 "raise that limit, or ask for less"},
	{74, "the output could not be written", "the disk is full, or stdout is closed",
	 "make room; check where stdout and -o go"},
	{BY_SIGNAL, "ended by a signal", "the runner cancelled the job, or its time was up",
	 "set --timeout below the runner's limit: octavo then says what it was waiting for"},
	{BY_SIGNAL + SIGINT, "ended by SIGINT", "Ctrl-C, or the runner cancelled the job",
	 "run it again"},
	{BY_SIGNAL + SIGKILL, "ended by SIGKILL", "the kernel's or the container's memory limit",
	 "give the job more memory; look for it in the host's log"},
	{BY_SIGNAL + SIGPIPE, "the reader of stdout went away",
	 "the next command of the pipe ended early (head, grep -q, a crash)",
	 "look at that command's own status"},
	{BY_SIGNAL + SIGTERM, "ended by SIGTERM", "the runner cancelled the job, or its time was up",
	 "set --timeout below the runner's limit: octavo then says what it was waiting for"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

const struct status *status_find(int exit)
{
	const struct status *found = NULL;

	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].exit == exit || (rows[i].exit == BY_SIGNAL && exit > BY_SIGNAL))
			found = &rows[i];
	return exit <= EXIT_MAX ? found : NULL;
}

static int read_code(const char *code)
{
	uint64_t number;

	if (span_to_u64(span_str(code), &number))
		return number <= EXIT_MAX ? (int)number : -1;
	for (int kind = 0; kind < ERR_KINDS; kind++)
		if (span_equal_str(span_str(code), err_kind_name((enum err_kind)kind)))
			return status_of((enum err_kind)kind);
	return -1;
}

bool status_explain(const char *code, struct buf *out, struct err *e)
{
	int exit = read_code(code);
	const struct status *row = status_find(exit);
	char head[64];

	if (row == NULL)
		return err_set(e, ERR_USAGE, 0,
		               "--explain '%s': wants an exit status of octavo's (0 1 2 10 11 12 "
		               "20-24 30-33 40-43 50 74 128+n) or a class such as proxy",
		               code);
	fmt_into(head, sizeof head, "%d  ", exit);
	return buf_add_strs(out,
		(const char *const[]){head, row->meaning, "\n  usual cause: ", row->cause,
			"\n  cure: ", row->cure, "\n", NULL},
		e);
}
