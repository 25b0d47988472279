/*
 * Unit tests of app/session, call, lookup, exchange, link and loop together: a run against a
 * scripted server on loopback, which sits in a thread of this program.
 */
#include <pthread.h>
#include <signal.h>

#include "app/session.h"
#include "base/limits.h"
#include "base/rand.h"
#include "fakes.h"
#include "../net/loopback.h"

/* ------------------------------------------------------------------ the server */

enum then { KEEP, CLOSE, RESET, SILENCE };

struct reply {
	const char *bytes; /* NULL ends the connection's list: it is closed */
	enum then then;
	bool early;        /* sent behind the request's head, the body is not read */
	size_t filler;     /* so many more bytes */
};

enum { CONNECTIONS = 6, REPLIES = 4 };

struct server {
	struct reply plan[CONNECTIONS][REPLIES];
	int listener;
	uint16_t port;
	pthread_t thread;
	int connections, requests;
	struct buf seen; /* the request lines */
};

/* One request, its body too unless `head_only`; false when there is none. */
static bool read_request(struct server *s, int fd, bool head_only)
{
	struct buf all;
	char *end = NULL, *length;
	size_t want = 0;
	bool ok = false;

	buf_init(&all, KEPT_MAX, "a request");
	while (!ok) {
		char piece[4096];
		ssize_t n = read(fd, piece, end == NULL ? 1 : sizeof piece);

		if (n <= 0)
			break;
		keep(&all, span_of(piece, (size_t)n));
		if (end == NULL && all.n >= 4 && memcmp(all.p + all.n - 4, "\r\n\r\n", 4) == 0) {
			keep(&all, span_of("", 1));
			all.n--;
			end = (char *)all.p + all.n;
			length = strstr((char *)all.p, "Content-Length: ");
			want = all.n + (length == NULL || head_only ? 0 : (size_t)atol(length + 16));
			keep(&s->seen, span_cut(buf_span(&all), 0, span_find(buf_span(&all), '\r', 0)));
			keep(&s->seen, span_str("|"));
			s->requests++;
		}
		ok = end != NULL && all.n >= want;
	}
	buf_free(&all);
	return ok;
}

static void send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t put = send(fd, p, n, MSG_NOSIGNAL);

		if (put <= 0)
			return;
		p += put;
		n -= (size_t)put;
	}
}

static void serve_connection(struct server *s, int fd, const struct reply *r)
{
	static const char filler[4096];
	char rest[4096];

	for (; r->bytes != NULL; r++) {
		const struct linger reset = {.l_onoff = 1};

		if (!read_request(s, fd, r->early))
			return;
		send_all(fd, r->bytes, strlen(r->bytes));
		for (size_t left = r->filler; left > 0; left -= left < sizeof filler ? left : sizeof filler)
			send_all(fd, filler, left < sizeof filler ? left : sizeof filler);
		if (r->then == RESET)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
		if (r->then == SILENCE)
			while (read(fd, rest, sizeof rest) > 0)
				;
		if (r->early) {
			/* Closed at once, the unread body would make a reset of it. */
			shutdown(fd, SHUT_WR);
			while (read(fd, rest, sizeof rest) > 0)
				;
		}
		if (r->then != KEEP)
			return;
	}
	/* A kept connection is closed when its next request comes, unseen by whoever sends it. */
	if (r > s->plan[0] && read_request(s, fd, true))
		return;
}

static void *serve(void *arg)
{
	struct server *s = arg;

	for (int i = 0; i < CONNECTIONS; i++) {
		int fd = accept(s->listener, NULL, NULL);

		if (fd < 0)
			break;
		s->connections++;
		serve_connection(s, fd, s->plan[i]);
		close(fd);
	}
	return NULL;
}

static void server_start(struct server *s)
{
	s->connections = s->requests = 0;
	buf_init(&s->seen, 4096, "request lines");
	s->listener = loopback_listen(AF_INET, &s->port);
	if (s->listener < 0 || pthread_create(&s->thread, NULL, serve, s) != 0)
		exit(99);
}


/* -------------------------------------------------------------------- the runs */

#define HEAD(status, extra) "HTTP/1.1 " status "\r\n" extra
#define OK_STREAM HEAD("200 OK", "Content-Type: text/event-stream\r\nConnection: close\r\n\r\n")
#define DELTA(t) "data: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"" t "\"}\n\n"
#define END "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[]}}\n\n"
#define ANSWER OK_STREAM DELTA("hello") END
#define MODELS HEAD("200 OK", "Content-Length: 58\r\n\r\n") \
	"{\"models\":[{\"slug\":\"m\",\"visibility\":\"list\",\"priority\":1}]}"
#define BUSY HEAD("503 Busy", "Retry-After-Ms: 1\r\nContent-Length: 0\r\n\r\n")
#define GET_MODELS "GET /v1/models?client_version=0.169.0 HTTP/1.1|"
#define POST_CALL "POST /v1/responses HTTP/1.1|"

enum { WORDS = 6 };

struct row {
	const char *name;
	const char *args[WORDS];
	size_t prompt_n; /* 0: a short one */
	struct reply plan[CONNECTIONS][REPLIES];
	enum err_kind ends; /* ERR_NONE: an answer */
	const char *got;
	int connections;
	const char *requests;
	const char *said;   /* in the error; NULL = whatever */
	int notes;          /* lines in the log */
};

static const struct row rows[] = {
	{"one answer", {"-mm"}, 0, {{{.bytes = ANSWER}}}, 0, "hello", 1, POST_CALL, NULL, 0},
	{"a large input", {"-mm"}, 3 << 20, {{{.bytes = ANSWER}}}, 0, "hello", 1, POST_CALL, NULL, 0},
	{"models and call on one connection", {NULL}, 0, {{{.bytes = MODELS}, {.bytes = ANSWER}}}, 0, "hello", 1, GET_MODELS POST_CALL, NULL, 0},
	{"the kept connection is closed: sent again, unseen", {NULL}, 0, {{{.bytes = MODELS}}, {{.bytes = ANSWER}}}, 0, "hello", 2,
	 GET_MODELS POST_CALL POST_CALL, NULL, 0},
	{"... once only", {"--retries=0"}, 0, {{{.bytes = MODELS}}, {{.bytes = "", .then = CLOSE}}, {{.bytes = ANSWER}}}, ERR_CONNECT, "", 2,
	 GET_MODELS POST_CALL POST_CALL, NULL, 0},
	{"the peer says it will close: a new connection at once", {NULL}, 0,
	 {{{.bytes = HEAD("200 OK", "Connection: close\r\n\r\n") "{\"models\":[{\"slug\":\"m\",\"visibility\":\"list\",\"priority\":1}]}", .then = CLOSE}}, {{.bytes = ANSWER}}},
	 0, "hello", 2, GET_MODELS POST_CALL, NULL, 0},

	{"busy twice", {"-mm"}, 0, {{{.bytes = BUSY}, {.bytes = BUSY}, {.bytes = ANSWER}}}, 0, "hello", 1, POST_CALL POST_CALL POST_CALL, NULL, 2},
	{"busy for ever", {"-mm", "--retries=1"}, 0, {{{.bytes = BUSY}, {.bytes = BUSY}, {.bytes = BUSY}}}, ERR_BUSY, "", 1, POST_CALL POST_CALL, "503", 1},
	{"reset before the head", {"-mm", "--retries=0"}, 0, {{{.bytes = "", .then = RESET}}}, ERR_CONNECT, "", 1, POST_CALL, NULL, 0},
	{"closed before the head", {"-mm", "--retries=0"}, 0, {{{.bytes = "", .then = CLOSE}}}, ERR_CONNECT, "", 1, POST_CALL, NULL, 0},
	{"no HTTP", {"-mm", "--retries=0"}, 0, {{{.bytes = "SSH-2.0-x\r\n", .then = CLOSE}}}, ERR_PROTOCOL, "", 1, POST_CALL, NULL, 0},
	{"cut before text", {"-mm", "--retries=0"}, 0, {{{.bytes = OK_STREAM, .then = CLOSE}}}, ERR_CUT, "", 1, POST_CALL, NULL, 0},
	{"cut in a text that was seen: not tried again", {"-mm"}, 0, {{{.bytes = OK_STREAM DELTA("hel"), .then = CLOSE}}}, ERR_CUT, "hel", 1, POST_CALL, NULL, 0},
	{"a failure with the text it follows: tried again, alone", {"-mm"}, 0,
	 {{{.bytes = OK_STREAM "data: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"slow_down\",\"message\":\"try again in 1ms\"}}}\n\n", .then = CLOSE}},
	  {{.bytes = ANSWER}}}, 0, "hello", 2, POST_CALL POST_CALL, NULL, 1},
	{"refused", {"-mm"}, 0, {{{.bytes = HEAD("400 No", "Content-Length: 16\r\n\r\n") "{\"detail\":\"nope\"}"}}}, ERR_REQUEST, "", 1, POST_CALL, NULL, 0},
	{"refused, the page too long to read", {"-mm"}, 0,
	 {{{.bytes = HEAD("400 No", "Content-Length: 10000000\r\n\r\n"), .then = SILENCE, .filler = 2 * ERROR_BODY_MAX}}}, ERR_REQUEST, "", 1, POST_CALL, "400", 0},
	{"refused, the page cut", {"-mm"}, 0, {{{.bytes = HEAD("400 No", "Content-Length: 100\r\n\r\n") "{", .then = CLOSE}}}, ERR_REQUEST, "", 1, POST_CALL, "400", 0},
	{"refused before the body was sent", {"-mm"}, 3 << 20,
	 {{{.bytes = HEAD("413 Large", "Content-Length: 0\r\nConnection: close\r\n\r\n"), .then = CLOSE, .early = true}}}, ERR_REQUEST, "", 1, POST_CALL, "413", 0},
	{"a redirect", {"-mm"}, 0, {{{.bytes = HEAD("307 Go", "Location: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")}}}, ERR_PROTOCOL, "", 1, POST_CALL, "307", 0},
	{"the terminal event ends it, whatever the socket does", {"-mm", "--idle-timeout=5"}, 0,
	 {{{.bytes = HEAD("200 OK", "Transfer-Encoding: chunked\r\n\r\n") "a1\r\n" DELTA("hello") END "\r\n", .then = SILENCE}}}, 0, "hello", 1, POST_CALL, NULL, 0},

	{"silence before the head", {"-mm", "--timeout=300ms"}, 0, {{{.bytes = "", .then = SILENCE}}}, ERR_TIME, "", 1, POST_CALL, "waiting for the model call", 0},
	{"silence in the answer", {"-mm", "--idle-timeout=200ms"}, 0, {{{.bytes = OK_STREAM DELTA("hel"), .then = SILENCE}}}, ERR_TIME, "hel", 1, POST_CALL, NULL, 0},
	{"silence of the catalogue", {"--timeout=300ms"}, 0, {{{.bytes = "", .then = SILENCE}}}, ERR_TIME, "", 1, GET_MODELS, "waiting for models", 0},
};

/* What a run is made of. */
struct fixture {
	struct config c;
	struct fake_log log;
	struct fake_sink sink;
	struct token token;
	struct policy policy;
	struct input *input;
	struct session *session;
};

static bool fixture_run(struct fixture *f, const struct row *r, uint16_t port, char *prompt, struct err *e)
{
	static char words[][24] = {"octavo", "ask", "--auth=none"};
	char base[64], *argv[16] = {words[0], words[1], words[2], base, prompt}, *block[] = {NULL};
	int argc = 5;

	snprintf(base, sizeof base, "--base-url=http://127.0.0.1:%u/v1", port);
	for (int i = 0; i < WORDS && r->args[i] != NULL; i++)
		argv[argc++] = (char *)(uintptr_t)r->args[i];
	fake_log_init(&f->log);
	f->log.log.verbose = false;
	fake_sink_init(&f->sink);
	policy_init(&f->policy);
	if (!config_read(&f->c, argc, argv, block, e))
		return false;
	const struct session_options o = {
		.config = &f->c, .token = &f->token, .clock = &clock_system, .rand = &rand_system, .log = &f->log.log,
		.policy = &f->policy, .deadline_ms = clock_after(clock_mono_ms(&clock_system), f->c.run_ms),
	};
	return input_start(&f->input, &f->c.input, -1, &clock_system, CLOCK_NEVER, &f->log.log, e) &&
	       session_start(&f->session, &o, e) && session_ask(f->session, f->input, NULL, &f->sink.sink, e);
}

static void fixture_free(struct fixture *f)
{
	session_free(&f->session);
	session_free(&f->session);
	input_free(&f->input);
	policy_free(&f->policy);
	config_free(&f->c);
	fake_sink_free(&f->sink.sink);
	fake_log_free(&f->log);
}

static char *make_prompt(size_t n)
{
	char *p = malloc(n == 0 ? 2 : n + 1);

	if (p == NULL)
		exit(99);
	memset(p, 'x', n == 0 ? 1 : n);
	p[n == 0 ? 1 : n] = '\0';
	return p;
}

static int count_lines(struct span s)
{
	int n = 0;

	for (size_t at = 0; (at = span_find(s, '\n', at)) < s.n; at++)
		n++;
	return n;
}

static void check_row(const struct row *r)
{
	struct server server = {.listener = -1};
	struct fixture f = {.input = NULL};
	struct err e = {.kind = ERR_NONE};
	char *prompt = make_prompt(r->prompt_n);
	struct span said;
	int64_t began_ms = clock_mono_ms(&clock_system);
	bool ok;

	memcpy(server.plan, r->plan, sizeof server.plan);
	server_start(&server);
	ok = fixture_run(&f, r, server.port, prompt, &e);
	if (r->ends == ERR_NONE)
		tap_good(ok, &e, r->name);
	else
		tap_fails(ok, &e, r->ends, r->name);
	if (!ok && r->said != NULL)
		tap_holds(span_str(e.text), r->said, "... says why");
	tap_is_str(buf_span(&f.sink.got), r->got, "... the text");
	said = fake_log_read(&f.log);
	if (!tap_is_int(count_lines(said), r->notes, "... the lines on stderr"))
		tap_show("said", said);
	fixture_free(&f);
	/* The server's own counts, when it has seen us go. */
	shutdown(server.listener, SHUT_RDWR);
	pthread_join(server.thread, NULL);
	tap_is_int(server.connections, r->connections, "... the connections");
	tap_is_str(buf_span(&server.seen), r->requests, "... the requests");
	close(server.listener);
	buf_free(&server.seen);
	if (clock_mono_ms(&clock_system) - began_ms > 20000)
		tap_ok(false, "... takes too long");
	free(prompt);
}

static void check_refused_port(void)
{
	static const struct row row = {.args = {"-mm", "--retries=0"}};
	struct fixture f = {.input = NULL};
	struct err e;
	char prompt[] = "x";

	tap_fails(fixture_run(&f, &row, loopback_refusing(), prompt, &e), &e, ERR_CONNECT, "nobody listens");
	fixture_free(&f);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_row(&rows[i]);
	check_refused_port();
	return tap_done();
}
