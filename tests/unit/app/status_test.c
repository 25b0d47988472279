/* Unit tests of app/status: every class has an exit status, every status its words. */
#include "app/status.h"

#include <signal.h>

#include "ceiling.h"
#include "fakes.h"

/* What is promised: none of these may ever change. */
static const struct {
	enum err_kind kind;
	int exit;
} promised[] = {
	{ERR_NONE, 0}, {ERR_BUG, 1}, {ERR_MEMORY, 1}, {ERR_USAGE, 2}, {ERR_CREDENTIAL, 10},
	{ERR_AUTH, 11}, {ERR_ACCESS, 12}, {ERR_NAME, 20}, {ERR_CONNECT, 20}, {ERR_PROXY, 21},
	{ERR_PROXY_BUSY, 21}, {ERR_TRUST, 22}, {ERR_EDGE, 23}, {ERR_TIME, 24},
	{ERR_TIME_CONNECT, 24}, {ERR_BUSY, 30}, {ERR_LIMIT, 31}, {ERR_REQUEST, 32},
	{ERR_TOO_LONG, 32}, {ERR_PROTOCOL, 33}, {ERR_CEILING, 33}, {ERR_CUT, 33},
	{ERR_MISFIT, 40}, {ERR_EMPTY, 41}, {ERR_REFUSED, 42}, {ERR_INCOMPLETE, 43},
	{ERR_BUDGET, 50}, {ERR_OUTPUT, 74}, {ERR_PIPE, 141},
};

static bool is_line(const char *s)
{
	struct span all = span_str(s);

	return all.n > 0 && span_find(all, '\n', 0) == all.n && span_find(all, '|', 0) == all.n;
}

static void check_promise(void)
{
	for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++) {
		const char *name = err_kind_name(promised[i].kind);
		const struct status *row = status_find(promised[i].exit);

		tap_ok(status_of(promised[i].kind) == promised[i].exit, "%s ends with %d", name,
		       promised[i].exit);
		tap_ok(row != NULL && row->exit == promised[i].exit && is_line(row->meaning) &&
		               is_line(row->cause) && is_line(row->cure),
		       "%s has a row of its own, a line each", name);
	}
	tap_ok(sizeof promised / sizeof promised[0] == ERR_KINDS, "no class is left out");
}

static void check_find(void)
{
	tap_ok(status_find(3) == NULL, "3 is no status of octavo's");
	tap_ok(status_find(-1) == NULL && status_find(256) == NULL, "nor is -1 or 256");
	tap_ok(status_find(130) != status_find(143), "two signals with words of their own");
	tap_ok(status_find(128 + SIGSEGV)->exit == 128, "any other signal has the common row");
}

static void explains(const char *code, const char *begins)
{
	struct buf out;
	struct err e;

	buf_init(&out, 4096, "the row");
	tap_good(status_explain(code, &out, &e), &e, code);
	tap_ok(span_starts(buf_span(&out), begins), "... begins with '%s'", begins);
	tap_holds(buf_span(&out), "\n  usual cause: ", "... has a cause");
	tap_holds(buf_span(&out), "\n  cure: ", "... and a cure");
	tap_ok(out.p[out.n - 1] == '\n', "... and ends its line");
	buf_free(&out);
}

static void explains_not(const char *code)
{
	struct buf out;
	struct err e;

	buf_init(&out, 4096, "the row");
	tap_fails(status_explain(code, &out, &e), &e, ERR_USAGE, code);
	tap_holds(span_str(e.text), code, "... is named");
	tap_ok(out.n == 0, "... and nothing said");
	buf_free(&out);
}

static bool explain_one(struct buf *out, struct err *e)
{
	return status_explain("21", out, e);
}

int main(void)
{
	tap_ok(ceiling_each(explain_one), "a row without room for it");
	tap_ok(status_of(ERR_KINDS) == 1 && status_of((enum err_kind)(ERR_KINDS + 1)) == 1, "what is no class ends with 1");
	check_promise();
	check_find();
	explains("0", "0  the answer is complete\n");
	explains("21", "21  the proxy\n");
	explains("proxy_unavailable", "21  the proxy\n");
	explains("143", "143  ended by SIGTERM\n");
	explains("139", "139  ended by a signal\n");
	explains_not("3");
	explains_not("256");
	explains_not("18446744073709551617");
	explains_not("-1");
	explains_not("");
	explains_not("nonsense");
	return tap_done();
}
