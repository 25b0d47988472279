/*
 * Unit tests of app/doctor: how the clock is judged, how hops are told, and whole runs against a
 * gateway on loopback. The way to the service itself is walked by tests/setups.
 */
#include "app/doctor_parts.h"

#include <netinet/in.h>
#include <signal.h>

#include "command.h"
#include "scripted.h"

/* ------------------------------------------------------------------ the clock */

#define DAY 86400
#define NOW INT64_C(1900000000) /* after the built-in roots were put together */

static const struct clock_row {
	const char *name;
	int64_t now_s;
	bool dated;
	int64_t ahead_s;
	bool by_proxy;             /* the date is of the proxy's reply */
	bool untimely[WAY_CALL];   /* which way ended at a certificate refused for its time ... */
	int64_t from_s, until_s;   /* ... which is these */
	enum hop_state state;
	const char *says;
	const char *cure;          /* of the way's handshake; NULL = none */
} clock_rows[] = {
	{"nobody says", NOW, false, 0, false, {false}, 0, 0, HOP_NOT_REACHED, "nobody says what time it is", NULL},
	{"right", NOW, true, 0, false, {false}, 0, 0, HOP_OK, "UTC here, in step with the Date of chatgpt.com", NULL},
	{"a minute ahead", NOW, true, 60, false, {false}, 0, 0, HOP_OK, "60 seconds ahead of the Date of chatgpt.com", NULL},
	{"a minute behind", NOW, true, -60, false, {false}, 0, 0, HOP_OK, "60 seconds behind the Date of chatgpt.com", NULL},
	{"more ahead", NOW, true, 61, false, {false}, 0, 0, HOP_OK, "chatgpt.com; that is wrong", NULL},
	{"more behind", NOW, true, -2 * DAY, false, {false}, 0, 0, HOP_OK, "2 days behind the Date of chatgpt.com; that is wrong", NULL},
	{"the proxy says", NOW, true, -2 * DAY, true, {false}, 0, 0, HOP_OK, "2 days behind the Date of the proxy 10.0.0.1; that is wrong", NULL},
	{"behind, and a certificate of later", NOW, true, -9 * DAY, false, {true, false}, NOW + DAY, NOW + 90 * DAY, HOP_BROKEN, "that is wrong", "set this machine's clock"},
	{"ahead, and a certificate of earlier", NOW, true, 9 * DAY, false, {false, true}, NOW - 90 * DAY, NOW - DAY, HOP_BROKEN, "that is wrong", "set this machine's clock"},
	{"... the proxy says", NOW, true, 9 * DAY, true, {false, true}, NOW - 90 * DAY, NOW - DAY, HOP_BROKEN, "that is wrong", "set this machine's clock"},
	{"ahead, and a certificate that has long ended", NOW, true, 9 * DAY, false, {true, false}, NOW - 90 * DAY, NOW - 10 * DAY, HOP_OK, "that is wrong", "this clock is right"},
	{"behind, and a certificate of much later", NOW, true, -9 * DAY, false, {true, false}, NOW + 10 * DAY, NOW + 90 * DAY, HOP_OK, "that is wrong", "this clock is right"},
	{"right, and an expired certificate", NOW, true, 1, false, {true, false}, NOW - 90 * DAY, NOW - DAY, HOP_OK, "it is not why", "this clock is right"},
	{"two expired certificates", NOW, false, 0, false, {true, true}, NOW - 90 * DAY, NOW - DAY, HOP_BROKEN, "likely wrong", "set this machine's clock"},
	{"one expired certificate", NOW, false, 0, false, {false, true}, NOW - 90 * DAY, NOW - DAY, HOP_NOT_REACHED, "nobody could be asked", NULL},
	{"a clock that was never set", 1000, false, 0, false, {true, false}, NOW - 90 * DAY, NOW + DAY, HOP_BROKEN, "1970-01-01 00:16 UTC here, which is wrong", "set this machine's clock"},
};

static struct redact *redact;
static struct fake_clock clock_still;
static struct link links[WAY_CALL];

static void doctor_init(struct doctor *d, const struct config *c)
{
	*d = (struct doctor){.config = c, .io = {.redact = redact, .clock = &clock_still.clock, .deadline_ms = CLOCK_NEVER}};
}

static void doctor_end(struct doctor *d)
{
	for (size_t i = 0; i < d->n; i++)
		buf_free(&d->hops[i].detail);
}

static void check_clock_row(const struct clock_row *row)
{
	const struct config c = {.live = false};
	struct doctor d;
	const char *told = NULL;

	doctor_init(&d, &c);
	clock_still.now_ms = row->now_s * 1000;
	for (int i = 0; i < WAY_CALL; i++) {
		struct link *l = &links[i];

		l->dated = row->dated && !row->by_proxy && i == WAY_SERVICE;
		l->ahead_s = row->ahead_s;
		l->facts = (struct dial_facts){.dated = row->dated && row->by_proxy, .date_s = row->now_s - row->ahead_s};
		l->facts.tls.certificates = (struct verify_facts){.untimely = row->untimely[i],
			.not_before_s = row->from_s, .not_after_s = row->until_s};
		l->proxy.host = span_str("10.0.0.1");
		d.ways[i] = (struct way){.link = l, .tls = hop_add_link(&d, "tls", l)};
		d.ways[i].tls->state = row->untimely[i] ? HOP_BROKEN : HOP_OK;
	}
	d.clock = hop_add(&d, "clock", span_of(NULL, 0));
	doctor_judge_clock(&d);
	tap_is_int(d.clock->state, row->state, row->name);
	tap_holds(buf_span(&d.clock->detail), row->says, "... in words");
	tap_ok(d.clock->state != HOP_BROKEN || d.clock->kind == ERR_TRUST, "... of its class");
	for (int i = 0; i < WAY_CALL; i++)
		if (d.ways[i].tls->cure != NULL)
			told = d.ways[i].tls->cure;
	tap_ok(row->cure == NULL ? told == NULL : told != NULL && strstr(told, row->cure) == told, "... the cure: %s", told == NULL ? "none" : told);
	doctor_end(&d);
}

static void check_clock(void)
{
	static const char *const origins[WAY_CALL] = {"https://auth.openai.com", "https://chatgpt.com"};
	const struct route route = {.clock = &clock_still.clock};
	struct err e;

	for (int i = 0; i < WAY_CALL; i++)
		if (!link_init(&links[i], &route, span_str(origins[i]), &e))
			exit(99);
	for (size_t i = 0; i < sizeof clock_rows / sizeof clock_rows[0]; i++)
		check_clock_row(&clock_rows[i]);
	for (int i = 0; i < WAY_CALL; i++)
		link_free(&links[i]);
}

/* ------------------------------------------------------------------ the telling */

/* Hops of every state; the token comes from outside. */
static void fill(struct doctor *d)
{
	const struct err busy = {ERR_PROXY_BUSY, 0, "proxy 10.0.0.1:1: cannot connect"},
		denied = {ERR_PROXY, 0, "no " TOKEN "\n::error::x"};
	struct hop *h;

	hop_say(d, hop_add(d, "proxy", span_of(NULL, 0)), HOP_OK, "%s", "none");
	h = hop_add(d, "clock", span_of(NULL, 0));
	h->cure = "set it";
	hop_say(d, h, HOP_OK, "wrong by %d", 7);
	hop_break(d, hop_add(d, "tcp", span_str("10.0.0.1:1")), &busy, NULL);
	h = hop_add(d, "proxy", span_str("a.example"));
	hop_break(d, h, &denied, doctor_cure_portal(302, false));
	h->ms = 12;
	hop_break(d, hop_add(d, "proxy", span_str("b.example")), &denied, doctor_cure_portal(200, false));
	(void)hop_add(d, "tls", span_str("a.example"));
}

#define PORTAL "this network wants a login of its own (captive portal): open a browser in it, or have its administrator let this host through"
#define CAUSE "      usual cause: wrong user or password (407), or the proxy does not allow the host\n" \
	"      cure: mend https_proxy; have the proxy allow CONNECT to the host and port named\n"
#define TEXT "ok    proxy        none\n" \
	"ok    clock        wrong by 7\n" \
	"      here: set it\n" \
	"FAIL  tcp          proxy 10.0.0.1:1: cannot connect\n" CAUSE \
	"FAIL  proxy        a.example: no [redacted] ::error::x\n" CAUSE \
	"      here: " PORTAL "\n" \
	"FAIL  proxy        b.example: no [redacted] ::error::x\n" \
	"-     tls          a.example: not reached\n"
#define MEND "mend https_proxy; have the proxy allow CONNECT to the host and port named"
#define JSON "{\"hops\":[" \
	"{\"name\":\"proxy\",\"host\":null,\"ok\":true,\"ms\":null,\"detail\":\"none\",\"code\":null,\"exit\":null,\"cure\":null}," \
	"{\"name\":\"clock\",\"host\":null,\"ok\":true,\"ms\":null,\"detail\":\"wrong by 7\",\"code\":null,\"exit\":null,\"cure\":\"set it\"}," \
	"{\"name\":\"tcp\",\"host\":\"10.0.0.1:1\",\"ok\":false,\"ms\":null,\"detail\":\"proxy 10.0.0.1:1: cannot connect\",\"code\":\"proxy_unavailable\",\"exit\":21,\"cure\":\"" MEND "\"}," \
	"{\"name\":\"proxy\",\"host\":\"a.example\",\"ok\":false,\"ms\":12,\"detail\":\"no [redacted] ::error::x\",\"code\":\"proxy\",\"exit\":21,\"cure\":\"" PORTAL "\"}," \
	"{\"name\":\"proxy\",\"host\":\"b.example\",\"ok\":false,\"ms\":null,\"detail\":\"no [redacted] ::error::x\",\"code\":\"proxy\",\"exit\":21,\"cure\":\"" MEND "\"}," \
	"{\"name\":\"tls\",\"host\":\"a.example\",\"ok\":null,\"ms\":null,\"detail\":\"not reached\",\"code\":null,\"exit\":null,\"cure\":null}]," \
	"\"code\":\"proxy_unavailable\",\"exit\":21}\n"

static bool as_json;

static bool tell_once(struct err *e)
{
	static const char *const text[] = {"doctor", NULL}, *const json[] = {"doctor", "--json", NULL},
		*const env[] = {"CODEX_ACCESS_TOKEN=" TOKEN, NULL};
	struct command_run r;
	struct doctor d;
	bool ok = command_start(&r, as_json ? json : text, env, e);

	doctor_init(&d, &r.config);
	d.io = r.io;
	if (ok) {
		fill(&d);
		if (d.lost.kind != ERR_NONE)
			*e = d.lost;
		ok = d.lost.kind == ERR_NONE && doctor_tell(&d, &r.io, &d.hops[2], e);
	}
	if (ok && !span_equal_str(command_said(&r), as_json ? JSON : TEXT))
		ok = err_set(e, ERR_BUG, 0, "other words: %.*s", (int)r.said.n, (const char *)r.said.p);
	doctor_end(&d);
	command_stop(&r);
	return ok;
}

static void check_telling(void)
{
	struct err e;

	for (int i = 0; i < 2; i++, as_json = true) {
		tap_good(tell_once(&e), &e, as_json ? "an object" : "lines");
		tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, tell_once), "... without memory");
		tap_ok(failing_each("write", EIO, ERR_OUTPUT, true, tell_once), "... on a disk that fails");
	}
	tap_ok(doctor_cure_portal(511, false) != NULL && doctor_cure_portal(399, false) != NULL && doctor_cure_portal(200, true) != NULL,
		"how a login page shows");
	tap_ok(doctor_cure_portal(400, false) == NULL && doctor_cure_portal(299, false) == NULL && doctor_cure_portal(0, false) == NULL,
		"... and what is none");
}

/* ------------------------------------------------------------------ whole runs */

static char base[64];
static const char *expected; /* at the end of the output */

#define MODELS_REPLY "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s"
#define EVENTS DELTA("fine") COMPLETED

/* One request a connection: the catalogue, or an answer. */
static void serve(int listener)
{
	for (;;) {
		char in[64 * 1024], out[4096];
		int fd = accept(listener, NULL, NULL), n = 0;
		size_t got = 0;
		ssize_t put;

		while (got < sizeof in - 1 && (put = recv(fd, in + got, sizeof in - 1 - got, 0)) > 0) {
			const char *blank, *length;

			got += (size_t)put;
			in[got] = '\0';
			blank = strstr(in, "\r\n\r\n");
			length = strstr(in, "Content-Length: ");
			if (blank != NULL && strlen(blank + 4) >= (length == NULL ? 0 : (size_t)atol(length + 16)))
				break;
		}
		if (got > 0)
			n = in[0] == 'G' ? snprintf(out, sizeof out, MODELS_REPLY, strlen(MODELS), MODELS)
			                 : snprintf(out, sizeof out, MODELS_REPLY, strlen(EVENTS), EVENTS);
		(void)!send(fd, out, (size_t)n, MSG_NOSIGNAL);
		close(fd);
	}
}

static bool walk_once(struct err *e)
{
	static const char *const args[] = {"doctor", "--live", "--base-url", base, NULL};
	static const char *const env[] = {"CODEX_ACCESS_TOKEN=" TOKEN, NULL};
	struct command_run r;
	bool ok = command_start(&r, args, env, e) && doctor_run(&r.config, &r.io, e);
	struct span said = command_said(&r);

	if (holds(said, TOKEN))
		exit(99);
	if ((ok || r.report.told) && !holds(said, expected) && e->kind != ERR_MEMORY)
		ok = err_set(e, ERR_BUG, 0, "other words: %.*s", (int)r.said.n, (const char *)r.said.p);
	else if (r.report.told && e->kind == ERR_CONNECT)
		ok = true;
	command_stop(&r);
	return ok;
}

static void check_runs(void)
{
	uint16_t port;
	int listener = loopback_listen(AF_INET, &port);
	pid_t server;
	struct err e = {.kind = ERR_NONE};

	fflush(stdout);
	server = fork();
	if (server == 0)
		serve(listener);
	snprintf(base, sizeof base, "http://127.0.0.1:%u/v1", port);
	expected = "ok    live         127.0.0.1";
	tap_good(walk_once(&e), &e, "a gateway that answers");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, walk_once), "... without memory");
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	close(listener);
	snprintf(base, sizeof base, "http://127.0.0.1:%u/v1", loopback_refusing());
	expected = "FAIL  tcp          127.0.0.1";
	e.kind = ERR_NONE;
	tap_good(walk_once(&e), &e, "a gateway that is not there");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, true, walk_once), "... without memory");
}

int main(void)
{
	struct err e;

	signal(SIGPIPE, SIG_IGN);
	if (!redact_new(&redact, &e))
		exit(99);
	fake_clock_init(&clock_still);
	check_clock();
	check_telling();
	check_runs();
	redact_free(&redact);
	return tap_done();
}
