/* Unit tests of app/egress: which places are listed for which configuration. */
#include "app/egress.h"

#include <errno.h>

#include "command.h"

#define WHOAMI "auth.openai.com:443       whoami\n"
#define SERVICE "chatgpt.com:443           routing, policy, models, the model call\n"
#define BELOW "*.chatgpt.com:443         the model call, where workspace routing says so\n" \
	"*.openai.com:443          the model call, where workspace routing says so\n"
#define NAMES "/etc/resolv.conf:53       its name servers, for these names\n"

static const struct row {
	const char *name;
	const char *args[COMMAND_WORDS], *env[COMMAND_WORDS];
	const char *want;
} rows[] = {
	{"nothing is set", {"doctor"}, {NULL}, WHOAMI SERVICE BELOW NAMES},
	{"whoami elsewhere", {"doctor"}, {"CODEX_AUTHAPI_BASE_URL=https://auth.example:8443/api"},
	 "auth.example:8443         whoami\n" SERVICE BELOW NAMES},
	{"an origin of the user's", {"doctor", "--backend-origin=https://[2001:db8::1]"}, {NULL},
	 WHOAMI "chatgpt.com:443           policy, models\n[2001:db8::1]:443         the model call\n" NAMES},
	{"a proxy that is an address", {"doctor"}, {"https_proxy=http://u:secret-word@10.0.0.1:3128"},
	 "auth.openai.com:443       whoami, by the proxy\n"
	 "chatgpt.com:443           routing, policy, models, the model call, by the proxy\n"
	 "*.chatgpt.com:443         the model call, where workspace routing says so, by the proxy\n"
	 "*.openai.com:443          the model call, where workspace routing says so, by the proxy\n"
	 "10.0.0.1:3128             the proxy\n"},
	{"a proxy for all but one domain", {"doctor"}, {"all_proxy=proxy.example:3128", "no_proxy=.openai.com"},
	 WHOAMI "chatgpt.com:443           routing, policy, models, the model call, by the proxy\n"
	 "*.chatgpt.com:443         the model call, where workspace routing says so, by the proxy\n"
	 "*.openai.com:443          the model call, where workspace routing says so\n"
	 "proxy.example:3128        the proxy\n/etc/resolv.conf:53       its name servers, for the proxy's name\n"},
	{"a gateway", {"doctor", "--base-url=http://127.0.0.1:8080/v1"}, {"https_proxy=http://10.0.0.1:3128"},
	 "127.0.0.1:8080            models, the model call\n"},
	{"a gateway's socket", {"doctor"}, {"OCTAVO_BASE_URL=unix:/run/x.sock"}, "unix:/run/x.sock          models, the model call\n"},
	{"... for programs", {"doctor", "--json"}, {"OCTAVO_BASE_URL=unix:/run/x.sock"},
	 "{\"egress\":[{\"host\":\"/run/x.sock\",\"port\":null,\"for\":\"models, the model call\",\"by_proxy\":false}]}\n"},
};

static const struct row *current;

static bool list_once(struct err *e)
{
	struct command_run r;
	bool ok = command_start(&r, current->args, current->env, e) && egress_run(&r.config, &r.io, e);

	if (ok && !span_equal_str(command_said(&r), current->want))
		ok = err_set(e, ERR_BUG, 0, "another list: %.*s", (int)r.said.n, (const char *)r.said.p);
	command_stop(&r);
	return ok;
}

static void check_refusals(void)
{
	static const char *const args[] = {"doctor", NULL}, *const env[] = {"https_proxy=socks5://x", NULL};
	struct command_run r;
	struct err e;

	tap_good(command_start(&r, args, env, &e), &e, "a proxy that is not spoken");
	tap_fails(egress_run(&r.config, &r.io, &e), &e, ERR_PROXY, "... leads nowhere");
	r.io.out = -1;
	tap_fails(egress_run(&r.config, &r.io, &e), &e, ERR_OUTPUT, "no output");
	command_stop(&r);
}

int main(void)
{
	struct err e;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		current = &rows[i];
		tap_good(list_once(&e), &e, rows[i].name);
		tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, list_once), "... without memory");
	}
	tap_ok(failing_each("write", EIO, ERR_OUTPUT, true, list_once), "... with a disk that fails");
	check_refusals();
	return tap_done();
}
