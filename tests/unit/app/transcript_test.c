/* Unit tests of app/transcript: the file before and after, the lock, and what an attempt brings. */
#include "app/transcript.h"

#include <errno.h>
#include <sys/file.h>

#include "app/process.h"
#include "base/limits.h"
#include "failing.h"
#include "fakes.h"

#define ID "01999999-aaaa-7bbb-8ccc-0123456789ab"
#define HEADER "{\"type\":\"octavo.transcript\",\"version\":1,\"id\":\"" ID "\",\"created_at\":7}\n"
#define USER(text) "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"" text "\"}]}\n"
#define SAID(text) "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"" text "\"}]}\n"
#define SECRET "s3cret-s3cret-s3cret"

static char top[64];
static struct outfile file;
static struct transcript *t;
static struct fake_log fake;
static struct fake_clock moving;
static const struct clock *clock_in_use = &clock_system;
static const struct rand *rand_in_use = &fake_rand;
static struct redact *redact;
static struct transcript *second;

static bool open_with(struct transcript **out, struct outfile *f, struct err *e)
{
	const struct transcript_options o = {
		.file = f, .clock = clock_in_use, .rand = rand_in_use, .log = &fake.log, .redact = redact,
		.deadline_ms = clock_in_use == &clock_system ? clock_after(clock_mono_ms(&clock_system), 5000) : 5000,
	};

	memset(f, 0, sizeof *f);
	return transcript_choose(f, "talk", e) && transcript_open(out, &o, e);
}

static bool open_it(struct err *e)
{
	return open_with(&t, &file, e);
}

static void end(void)
{
	transcript_free(&t);
	outfile_abandon(&file, false);
}

/* A turn that goes well, as ask does it. */
static bool turn(const char *user, const char *said, struct err *e)
{
	bool ok;

	transcript_discard(t);
	ok = transcript_take(t, e) && transcript_add(t, span_str(user), e) &&
	     buf_add_str(transcript_text(t), said, e) && transcript_accept(t, 1, e) && transcript_save(t, e);
	transcript_free(&t);
	ok = ok && outfile_commit(&file, e);
	process_hold_signals(false);
	return ok;
}

/* ------------------------------------------------------------------- the file */

static void check_file(void)
{
	struct err e;
	char id[64];

	tap_good(open_it(&e), &e, "a conversation that is not there");
	snprintf(id, sizeof id, "%s", transcript_id(t));
	tap_is_int((long long)strlen(id), UUID_TEXT, "... gets an id");
	tap_ok(transcript_history(t).n == 0 && !transcript_taken(t) && access("talk", F_OK) != 0, "... and nothing else");
	tap_good(turn(USER("one"), "first", &e), &e, "a turn");
	tap_ok(holds(get_file("talk"), id) && holds(get_file("talk"), "\n" USER("one") SAID("first")), "... is kept under it");
	tap_is_int(mode_of("talk"), 0600, "... for its owner alone");

	tap_ok(open_it(&e) && transcript_take(t, &e) && transcript_taken(t), "another run");
	tap_is_str(transcript_history(t), USER("one") SAID("first"), "... has it");
	tap_is_str(span_str(transcript_id(t)), id, "... under the same id");
	tap_good(transcript_take(t, &e), &e, "... which is taken once");
	tap_good(turn(USER("two") USER("three"), "second", &e), &e, "... and goes on");
	tap_ok(holds(get_file("talk"), USER("one") SAID("first") USER("two") USER("three") SAID("second")), "... in order");

	put_file("talk", HEADER, 0640);
	if (chmod("talk", 0604) != 0)
		exit(99);
	tap_ok(open_it(&e) && transcript_take(t, &e) && transcript_add(t, span_str(USER("x")), &e), "a run that fails");
	end();
	tap_is_str(get_file("talk"), HEADER, "... leaves it");
	tap_ok(open_it(&e) && turn(USER("x"), "y", &e), "one that does not");
	tap_is_str(get_file("talk"), HEADER USER("x") SAID("y"), "... adds to it");
	tap_is_int(mode_of("talk"), 0604, "... its mode kept");

	put_file("talk", "", 0640);
	tap_ok(open_it(&e) && turn(USER("x"), "y", &e), "an empty file");
	tap_ok(span_starts(get_file("talk"), "{\"type\":\"octavo.transcript\""), "... gets a header");
	put_file("talk", "{\"type\":\"octavo.transcript\",\"version\":1,\"id\":\"" ID "\"}", 0640);
	tap_ok(open_it(&e) && turn(USER("x"), "y", &e), "a last line without an end");
	tap_is_str(get_file("talk"), "{\"type\":\"octavo.transcript\",\"version\":1,\"id\":\"" ID "\"}\n" USER("x") SAID("y"), "... gets one");
	put_file("talk", HEADER "{\"type\":\"x\"}\n", 0640);
	(void)fake_log_read(&fake);
	tap_ok(open_it(&e) && transcript_take(t, &e), "an item that is not sent");
	tap_holds(fake_log_read(&fake), "talk: line 2 is an item of a type that is kept and not sent (1 of them)", "... is told");
	end();
	remove("talk");
}

static void check_refusals(void)
{
	static char much[1000];
	struct err e;
	int fd;

	put_file("talk", HEADER "x\n", 0640);
	tap_fails(open_it(&e), &e, ERR_USAGE, "what is no conversation");
	tap_ok(span_starts(span_str(e.text), "--transcript talk: line 2: "), "... is told by name and line");
	end();
	put_file("talk", "", 0640);
	fd = open("talk", O_WRONLY);
	if (fd < 0 || ftruncate(fd, TRANSCRIPT_MAX + 1) != 0)
		exit(99);
	close(fd);
	tap_fails(open_it(&e), &e, ERR_USAGE, "one that is too large");
	tap_holds(span_str(e.text), "the conversation exceeds", "... by the ceiling's name");
	end();
	remove("talk");
	memset(&file, 0, sizeof file);
	tap_fails(transcript_choose(&file, "/dev/null", &e), &e, ERR_USAGE, "a device");
	tap_ok(file.kind == OUTFILE_NONE, "... is left alone");
	tap_fails(transcript_choose(&file, ".", &e), &e, ERR_USAGE, "a directory");

	tap_ok(open_it(&e) && mkdir("talk", 0700) == 0, "a name that becomes a directory");
	tap_fails(transcript_take(t, &e), &e, ERR_USAGE, "... cannot be taken");
	end();
	remove("talk");
	tap_ok(open_it(&e) && mkfifo("talk", 0600) == 0, "one that becomes a FIFO");
	tap_fails(transcript_take(t, &e), &e, ERR_USAGE, "... cannot either");
	end();
	remove("talk");
	put_file("talk", HEADER, 0640);
	tap_ok(open_it(&e), "a file");
	failing_start("open", 1, true, EROFS);
	tap_fails(transcript_take(t, &e), &e, ERR_OUTPUT, "... that cannot be written");
	failing_start("open", 1, true, EACCES);
	tap_fails(transcript_take(t, &e), &e, ERR_USAGE, "... or not be opened at all");
	failing_start("flock", 1, true, ENOLCK);
	tap_fails(transcript_take(t, &e), &e, ERR_OUTPUT, "... or not locked");
	failing_stop();
	tap_holds(span_str(e.text), "wants a file system with locks", "... is told so");
	end();
	rand_in_use = &fake_no_rand;
	remove("talk");
	tap_fails(open_it(&e), &e, ERR_BUG, "no randomness for an id");
	rand_in_use = &fake_rand;
	end();
	transcript_free(&t);

	put_file("talk", HEADER, 0640);
	tap_ok(open_it(&e) && transcript_take(t, &e), "what the service sent");
	tap_ok(transcript_add(t, span_str("{\"type\":\"x\",\"type\":\"y\"}"), &e), "... would be no conversation");
	tap_fails(transcript_save(t, &e), &e, ERR_OUTPUT, "... and is not written");
	tap_holds(span_str(e.text), "--transcript talk: what would be written is no conversation: line 2: ", "... which is told");
	end();
	memset(much, ' ', sizeof much);
	tap_ok(open_it(&e) && transcript_take(t, &e), "a conversation with much in it");
	for (size_t n = sizeof much; n > 0; n /= 2)
		while (buf_add(transcript_text(t), span_of(much, n), &e))
			continue;
	tap_ok(e.kind == ERR_CEILING, "... has a ceiling");
	tap_ok(transcript_accept(t, 1, &e) == false && e.kind == ERR_CEILING, "... with what is around it");
	end();
	remove("talk");
}

/* ------------------------------------------------------------------- the lock */

/* Time passes for who waits; when it is `at_ms`, the other one lets go. */
static int held = -1;
static int64_t let_go_ms;

static int64_t pass(void *ctx)
{
	int64_t now_ms = fake_now(ctx);

	if (held >= 0 && now_ms >= let_go_ms) {
		close(held);
		held = -1;
	}
	return now_ms;
}

static void hold(int64_t until_ms)
{
	held = open("talk", O_RDWR);
	if (held < 0 || flock(held, LOCK_EX) != 0)
		exit(99);
	let_go_ms = until_ms;
	fake_clock_init(&moving);
	moving.step_ms = 500;
	moving.clock.mono_ms = pass;
	clock_in_use = &moving.clock;
	(void)fake_log_read(&fake);
}

static void check_lock(void)
{
	struct outfile other;
	struct err e;
	struct span said;

	put_file("talk", HEADER, 0640);
	hold(4000);
	tap_ok(open_it(&e), "a conversation that another run has");
	tap_good(transcript_take(t, &e), &e, "... is waited for");
	said = fake_log_read(&fake);
	tap_holds(said, "waiting for another run that has talk", "... which is told");
	end();
	hold(10 * 1000);
	tap_ok(open_it(&e), "one that is not let go");
	tap_fails(transcript_take(t, &e), &e, ERR_TIME, "... until the run's time is over");
	tap_ok(!transcript_taken(t), "... is not taken");
	end();
	close(held);
	held = -1;
	clock_in_use = &clock_system;

	tap_ok(open_it(&e) && transcript_take(t, &e) && open_with(&second, &other, &e), "two runs");
	tap_ok(transcript_add(t, span_str(USER("x")), &e) && transcript_save(t, &e), "... the first of which has it");
	failing_start("poll", 1, true, EINTR);
	transcript_free(&t);
	failing_stop();
	tap_ok(file.locked && !transcript_lock(open("talk", O_RDWR)), "... until its file has its name");
	tap_good(outfile_commit(&file, &e), &e, "... which comes");
	process_hold_signals(false);
	tap_ok(!file.locked, "... and the lock goes");
	tap_good(transcript_take(second, &e), &e, "the second takes it");
	tap_is_str(transcript_history(second), USER("x"), "... with the first one's turn");
	transcript_free(&second);
	outfile_abandon(&other, false);

	remove("talk");
	tap_ok(open_it(&e), "a conversation that is not there");
	put_file("talk", HEADER USER("y"), 0640);
	tap_good(transcript_take(t, &e), &e, "... and then is");
	tap_is_str(span_str(transcript_id(t)), ID, "... is gone on with");
	tap_is_str(transcript_history(t), USER("y"), "... as it is");
	tap_ok(turn(USER("z"), "a", &e), "... to the end");
	tap_is_str(get_file("talk"), HEADER USER("y") USER("z") SAID("a"), "... in its place");
	tap_ok(open_it(&e) && remove("talk") == 0, "one that goes");
	tap_good(transcript_take(t, &e), &e, "... begins anew");
	tap_ok(strcmp(transcript_id(t), ID) != 0 && transcript_history(t).n == 0, "... as another");
	tap_ok(turn(USER("z"), "a", &e) && holds(get_file("talk"), USER("z")), "... with its own turn");

	tap_ok(open_it(&e) && transcript_take(t, &e), "a file that somebody writes to all the same");
	put_file("talk", HEADER USER("edited"), 0640);
	tap_fails(transcript_save(t, &e), &e, ERR_OUTPUT, "... is left alone");
	tap_holds(span_str(e.text), "changed during the run", "... which is told");
	end();
	tap_is_str(get_file("talk"), HEADER USER("edited"), "... as it is");
	tap_ok(open_it(&e) && transcript_take(t, &e), "or that somebody replaces");
	put_file("new", HEADER, 0640);
	if (rename("new", "talk") != 0)
		exit(99);
	tap_fails(transcript_save(t, &e), &e, ERR_OUTPUT, "... is, too");
	end();
	remove("talk");
}

/* ---------------------------------------------------------------- an attempt */

static bool event(const char *text, struct err *e)
{
	struct json j;
	struct event ev;
	bool ok;

	json_init(&j);
	ok = json_parse(&j, span_str(text), e);
	if (ok) {
		event_read(&j, &ev);
		ok = transcript_event(t, &j, &ev, e);
	}
	json_free(&j);
	return ok;
}

#define DONE(index, item) "{\"type\":\"response.output_item.done\",\"output_index\":" index ",\"item\":" item "}"
#define DONE_ANYWHERE(item) "{\"type\":\"response.output_item.done\",\"item\":" item "}"
#define COMPLETED(items) "{\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[" items "]}}"
#define M(n) "{\"type\":\"message\",\"role\":\"assistant\",\"n\":" n ",\"content\":[]}"
#define C(n) "{\"type\":\"message\",\"role\":\"assistant\",\"phase\":\"commentary\",\"n\":" n ",\"content\":[]}"
#define R(n) "{\"type\":\"reasoning\",\"n\":" n ",\"encrypted_content\":\"g\"}"

static const struct {
	const char *name, *events[5];
	size_t messages;
	const char *kept;
} attempts[] = {
	{"items in order", {DONE("0", R("0")), DONE("1", M("1"))}, 1, R("0") "\n" M("1") "\n"},
	{"out of order", {DONE("2", M("2")), DONE("0", R("0")), DONE("1", M("1"))}, 2, R("0") "\n" M("1") "\n" M("2") "\n"},
	{"told twice", {DONE("0", M("0")), DONE("1", M("1")), DONE("0", M("7"))}, 2, M("0") "\n" M("1") "\n"},
	{"without an index", {DONE_ANYWHERE(R("5")), DONE_ANYWHERE(M("6")), DONE_ANYWHERE(M("6"))}, 1, R("5") "\n" M("6") "\n"},
	{"listed as well", {DONE("0", M("0")), COMPLETED(M("9"))}, 1, M("0") "\n"},
	{"listed alone", {COMPLETED(R("8") "," M("9"))}, 1, R("8") "\n" M("9") "\n"},
	{"one only listed", {DONE("0", R("0")), COMPLETED(R("0") "," M("9"))}, 1, R("0") "\n" M("9") "\n"},
	{"a list of something else", {DONE("0", M("0")), COMPLETED("1,2,3")}, 1, SAID("the text")},
	{"no list at all", {DONE("0", M("0")), "{\"type\":\"response.completed\",\"response\":{}}"}, 1, M("0") "\n"},
	{"only in pieces", {DONE("0", R("0")), "{\"type\":\"response.output_text.delta\",\"delta\":\"x\"}"}, 1, R("0") "\n" SAID("the text")},
	{"one of two in pieces", {DONE("0", R("0")), DONE("1", M("1"))}, 2, R("0") "\n" SAID("the text")},
	{"commentary is none", {DONE("0", C("0"))}, 1, C("0") "\n" SAID("the text")},
	{"lines that break", {DONE("0", "{\"type\":\n\"message\",\r\n\"role\":\"assistant\",\"content\":[]}")}, 1,
	 "{\"type\": \"message\",  \"role\":\"assistant\",\"content\":[]}\n"},
	{"a call", {DONE("0", "{\"type\":\"function_call\",\"x\":[1.50]}"), DONE("1", M("1"))}, 1, "{\"type\":\"function_call\",\"x\":[1.50]}\n" M("1") "\n"},
};

static void check_attempts(void)
{
	char many[256];
	struct err e;
	bool ok = true;

	put_file("talk", HEADER, 0640);
	for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
		tap_ok(open_it(&e) && transcript_take(t, &e) && event(DONE("0", "{\"type\":\"lost\"}"), &e) &&
		       buf_add_str(transcript_text(t), "lost", &e), "%s", attempts[i].name);
		transcript_discard(t);
		ok = buf_add_str(transcript_text(t), "the text", &e);
		for (size_t k = 0; k < 5 && attempts[i].events[k] != NULL; k++)
			ok = ok && event(attempts[i].events[k], &e);
		tap_good(ok && transcript_accept(t, attempts[i].messages, &e) && transcript_save(t, &e), &e, "... is kept");
		transcript_free(&t);
		tap_ok(outfile_commit(&file, &e), "... in the file");
		process_hold_signals(false);
		tap_is_str(span_cut(get_file("talk"), strlen(HEADER), SIZE_MAX), attempts[i].kept, "... so");
		put_file("talk", HEADER, 0640);
	}
	tap_ok(open_it(&e), "many items");
	for (int i = 0; ok && i < ITEMS_MAX; i++) {
		snprintf(many, sizeof many, DONE("%d", "{\"type\":\"x\"}"), i);
		ok = event(many, &e);
	}
	tap_good(ok, &e, "... as many as an answer has");
	tap_fails(event(DONE("999", "{\"type\":\"x\"}"), &e), &e, ERR_CEILING, "... and one more");
	end();
	remove("talk");
}

/* ------------------------------------------------------------------- secrets */

static const struct {
	const char *name, *line, *kept;
} lines[] = {
	{"as it is", USER("a " SECRET " b"), USER("a [redacted] b")},
	{"in an escape", USER("s3c\\u0072et-s3cret-s3cret"), USER("[redacted]")},
	{"in an escape that is escaped", USER("\\\\u0073\\\\u0033cret-s3cret-s3cret \\n"), USER("[redacted] \\n")},
	{"as a name", "{\"type\":\"x\",\"" SECRET "\":1}\n", "{\"type\":\"x\",\"[redacted]\":1}\n"},
	{"none, and every escape stays", USER("\\u00e9\\/\\\"\\\\ \\ud83d\\ude00 \\ud83d"), USER("\\u00e9\\/\\\"\\\\ \\ud83d\\ude00 \\ud83d")},
	{"quotes and backslashes at the end", USER("\\\"\\\\") "{\"type\":\"\\\\\"}\n", USER("\\\"\\\\") "{\"type\":\"\\\\\"}\n"},
};

static void check_secrets(void)
{
	struct err e;

	learn(&redact, SECRET);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		static char text[4096];

		put_file("talk", HEADER, 0640);
		tap_ok(open_it(&e) && turn(lines[i].line, "x", &e), "a secret: %s", lines[i].name);
		snprintf(text, sizeof text, "%s%s%s", HEADER, lines[i].kept, SAID("x"));
		tap_is_str(get_file("talk"), text, "... in what is added");
		snprintf(text, sizeof text, "%s%s", HEADER, lines[i].line);
		put_file("talk", text, 0640);
		tap_ok(open_it(&e) && turn(USER("y"), "x", &e), "... or in what is there");
		snprintf(text, sizeof text, "%s%s%s%s", HEADER, lines[i].kept, USER("y"), SAID("x"));
		tap_is_str(get_file("talk"), text, "... is not written");
	}
	put_file("talk", HEADER, 0640);
	tap_ok(open_it(&e) && transcript_take(t, &e) &&
	       transcript_add(t, span_str("{\"type\":\"x\",\"a\":[\"s3\",\"cret\"]}"), &e), "a secret across syntax");
	redact_free(&redact);
	learn(&redact, "3\",\"cret\"]");
	transcript_free(&t);
	outfile_abandon(&file, false);
	tap_ok(open_it(&e) && transcript_take(t, &e) &&
	       transcript_add(t, span_str("{\"type\":\"x\",\"a\":[\"s3\",\"cret\"]}"), &e), "... that is one");
	tap_fails(transcript_save(t, &e), &e, ERR_OUTPUT, "... leaves no conversation to write");
	end();
	redact_free(&redact);
	remove("talk");
}

/* ------------------------------------------------------------------ failures */

static const char *before;

/* All of it; the file is as it was, or has all. */
static bool whole(struct err *e)
{
	bool ok = open_it(e) && transcript_take(t, e) && event(DONE("0", R("0")), e) && event(DONE("1", M("1")), e) &&
		transcript_add(t, span_str(USER("a\\nb")), e) && transcript_accept(t, 1, e) && transcript_save(t, e);
	bool right;

	transcript_free(&t);
	ok = ok && outfile_commit(&file, e);
	process_hold_signals(false);
	outfile_abandon(&file, false);
	failing_hold(true);
	right = ok ? holds(get_file("talk"), USER("a\\nb") R("0") "\n" M("1") "\n") : span_equal_str(get_file("talk"), before);
	remove("talk");
	if (before[0] != '\0')
		put_file("talk", before, 0640);
	failing_hold(false);
	if (!right)
		exit(98);
	if (!ok && e->kind == ERR_USAGE)
		e->kind = ERR_OUTPUT; /* what cannot be read */
	return ok;
}

static void check_failures(void)
{
	static const struct {
		const char *call;
		int sys;
		bool mends, old_only;
	} rows[] = {
		{"open", EIO, true, false}, {"fstat", EIO, true, true}, {"stat", EACCES, true, false},
		{"readlink", EACCES, true, false}, {"write", ENOSPC, false, false}, {"fsync", EIO, false, false},
		{"linkat", EIO, false, false}, {"close", EIO, true, false}, {"lstat", EACCES, true, true},
		{"read", EIO, false, true}, {"poll", EINTR, true, true}, {"flock", EINTR, true, true},
		{"flock", ENOSYS, false, true}, {"fchmod", EPERM, true, true}, {"rename", EIO, false, true},
	};

	fake.log.verbose = false;
	for (int old = 0; old < 2; old++) {
		before = old ? HEADER USER("x") : "";
		remove("talk");
		if (old)
			put_file("talk", before, 0640);
		for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
			tap_ok((rows[i].old_only && !old) || failing_each(rows[i].call, rows[i].sys, ERR_OUTPUT, rows[i].mends, whole),
			       "%s fails, %s: as it was, or all", rows[i].call, old ? "old" : "new");
		tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, whole), "no memory, %s", old ? "old" : "new");
	}
	remove("talk");
}

int main(void)
{
	strcpy(top, "/tmp/transcript_test.XXXXXX");
	if (mkdtemp(top) == NULL || chdir(top) != 0)
		exit(99);
	fake_log_init(&fake);
	umask(022);
	transcript_free(&t);
	check_file();
	check_refusals();
	check_lock();
	check_attempts();
	check_secrets();
	check_failures();
	fake_log_free(&fake);
	if (chdir("/") != 0 || rmdir(top) != 0)
		tap_ok(false, "the directory is empty");
	return tap_done();
}
