/*
 * Unit tests of app/patch: links, where git is looked for, what a git that is a script of ours sees
 * and makes of it, a real one when there is one, and no process that is left behind.
 */
#define _DEFAULT_SOURCE

#include "app/patch.h"

#include <errno.h>
#include <time.h>

#include "fakes.h"

#include "app/process.h"

#define PLAIN(name) "--- a/" name "\n+++ b/" name "\n@@ -1 +1 @@\n-old\n+new\n"
#define NEW(name) "--- /dev/null\n+++ b/" name "\n@@ -0,0 +1 @@\n+new\n"

enum { BIG = 4 << 20, LONG_MS = 20 * 1000 };

static char top[64], path[4 * PATH_MAX];
static struct fake_log said;

/* The script that is git from now on. */
static void git(const char *script)
{
	char text[1024];

	snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
	put_file("bin/git", text, 0700);
}

static struct patch_options options(const char *path_env, int64_t ms)
{
	return (struct patch_options){.path_env = path_env, .clock = &clock_system, .log = &said.log,
		.deadline_ms = clock_after(clock_mono_ms(&clock_system), ms)};
}

static bool accept_with(const char *path_env, struct span text, struct err *e)
{
	struct patch_options o = options(path_env, LONG_MS);

	return patch_accept(&o, text, e);
}

static bool accept_it(const char *text, struct err *e)
{
	return accept_with(path, span_str(text), e);
}

/* A patch that makes a file of so many bytes; never freed. */
static struct span big_patch(void)
{
	static char text[BIG];
	char line[64];
	size_t n;

	memset(text, 'x', sizeof text);
	n = (size_t)snprintf(line, sizeof line, "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+");
	memcpy(text, line, n);
	return span_of(text, sizeof text);
}

static bool no_child(void)
{
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

/* ---------------------------------------------------------------- files */

static void check_links(void)
{
	static const struct {
		const char *text, *says; /* NULL: it may */
	} rows[] = {
		{PLAIN("x"), NULL},
		{PLAIN("d/x"), NULL},
		{NEW("d/new"), NULL},
		{NEW("none/at/all"), NULL},
		{PLAIN("x/y"), NULL}, /* nothing can be there; git would say so */
		{PLAIN("link"), "the patch touches link: link is a symbolic link"},
		{NEW("link"), "the patch touches link: link is a symbolic link"},
		{PLAIN("d/link/x"), "the patch touches d/link/x: d/link is a symbolic link"},
		{NEW("dangling"), "the patch touches dangling: dangling is a symbolic link"},
		{NEW("dangling/x"), "the patch touches dangling/x: dangling is a symbolic link"},
		{"diff --git a/x b/d/link/y\nrename from x\nrename to d/link/y\n",
		 "the patch touches d/link/y: d/link is a symbolic link"},
		{PLAIN("x") PLAIN("d/link/x"), "the patch touches d/link/x: d/link is a symbolic link"},
		{PLAIN("d"), "the patch touches d, which is a directory"},
		{PLAIN("../x"), "line 1: ../x: a path with a part of dots ('..')"},
		{"no", "line 1: text that is no part of a unified diff"},
	};
	struct err e;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].says == NULL) {
			tap_good(accept_with(NULL, span_str(rows[i].text), &e), &e, "nothing in its way");
		} else {
			tap_fails(accept_with(NULL, span_str(rows[i].text), &e), &e, ERR_MISFIT, rows[i].says);
			tap_is_str(span_str(e.text), rows[i].says, "... is said");
		}
	failing_start("lstat", 2, false, EACCES);
	tap_fails(accept_with(NULL, span_str(PLAIN("d/x")), &e), &e, ERR_MISFIT, "a directory that cannot be looked into");
	failing_stop();
	tap_holds(span_str(e.text), "the patch touches d/x: cannot look at it", "... is said");
}

/* ---------------------------------------------------------------- where git is */

static void check_search(void)
{
	static char far[2 * PATH_MAX];
	const char *preload = getenv("LD_PRELOAD");
	char list[2 * PATH_MAX + 256];
	struct err e;

	memset(far, 'x', PATH_MAX + 10);
	git("exit 1");
	(void)fake_log_read(&said);
	tap_good(accept_with(NULL, span_str(PLAIN("x")), &e), &e, "no PATH");
	tap_holds(fake_log_read(&said), "there is no git in PATH: its form, paths and links", "... is told");
	tap_good(accept_with("", span_str(PLAIN("x")), &e), &e, "an empty one");
	tap_good(accept_with("bin:./bin::", span_str(PLAIN("x")), &e), &e, "one that is not absolute");
	tap_holds(fake_log_read(&said), "there is no git in PATH", "... is told");
	snprintf(list, sizeof list, "%s/odd:%s/none:/%s", top, top, far);
	tap_good(accept_with(list, span_str(PLAIN("x")), &e), &e, "a directory, nothing, a name too long");
	tap_holds(fake_log_read(&said), "there is no git in PATH", "... is told");
	strcat(list, ":");
	strcat(list, path);
	tap_fails(accept_with(list, span_str(PLAIN("x")), &e), &e, ERR_MISFIT, "... and where it is");
	put_file("bin/git", "#!/bin/sh\nexit 1\n", 0600);
	if (access("bin/git", X_OK) != 0) {
		snprintf(list, sizeof list, "%s/bin", top);
		tap_good(accept_with(list, span_str(PLAIN("x")), &e), &e, "a file that may not be run");
		tap_holds(fake_log_read(&said), "there is no git in PATH", "... is told");
	}
	put_file("bin/git", "#!/none/at/all\n", 0700);
	if (preload != NULL && strstr(preload, "vgpreload") != NULL) {
		tap_ok(true, "one that does not run # SKIP valgrind does not live on behind that");
	} else {
		tap_good(accept_it(PLAIN("x"), &e), &e, "one that does not run");
		tap_holds(fake_log_read(&said), "git cannot be run", "... is told");
	}

	git("exit 0");
	tap_good(accept_it(PLAIN("x"), &e), &e, "in the work tree's own directory");
	tap_holds(fake_log_read(&said), "patch: git apply --check takes it", "... is told");
	git("exit 1");
	if (chdir("d") != 0)
		exit(99);
	tap_fails(accept_it(PLAIN("x"), &e), &e, ERR_MISFIT, "in one inside");
	tap_holds(fake_log_read(&said), "which is not the top of the work tree", "... is told");
	if (chdir("..") != 0 || rename(".git", "not.git") != 0)
		exit(99);
	tap_good(accept_it(PLAIN("x"), &e), &e, "in no work tree");
	tap_holds(fake_log_read(&said), "in no work tree of git", "... is told");
	if (rename("not.git", ".git") != 0 || chdir("/") != 0)
		exit(99);
	tap_good(accept_it(NEW("none-such"), &e), &e, "in the root");
	if (mkdir("gone", 0700) == 0)
		rmdir("gone");
	if (chdir(top) != 0 || mkdir("gone", 0700) != 0 || chdir("gone") != 0 || rmdir("../gone") != 0)
		exit(99);
	tap_good(accept_it(PLAIN("x"), &e), &e, "in a directory that is no more");
	tap_holds(fake_log_read(&said), "in no work tree of git", "... is told");
	if (chdir(top) != 0)
		exit(99);
}

/* ---------------------------------------------------------------- what it says */

static void check_answers(void)
{
	static const struct {
		const char *script, *says;
	} rows[] = {
		{"echo 'error: patch failed: x:1' >&2; echo 'error: x: does not apply' >&2; exit 1",
		 "git apply --check: patch failed: x:1"},
		{"echo '<stdin>:5: trailing whitespace.' >&2; echo ' ' >&2; echo 'fatal: bad' >&2; exit 128",
		 "git apply --check: bad"},
		{"printf '\\n \\n  hm \\nho' ; exit 1", "git apply --check: hm"},
		{"printf 'error: \\033[31m\\001\\r\\tx\\n' >&2; exit 1", "git apply --check: \\x1b[31m\\x01 x"},
		{"exit 3", "git apply --check: exit status 3 without a word"},
		{"echo >&2; exit 129", "git apply --check: exit status 129 without a word"},
		{"echo no; exit 127", "git apply --check: no"},
		{"kill -9 $$", "git apply --check: ended by signal 9"},
	};
	struct err e;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		git(rows[i].script);
		tap_fails(accept_it(PLAIN("x"), &e), &e, ERR_MISFIT, rows[i].says);
		tap_is_str(span_str(e.text), rows[i].says, "... is said");
		tap_ok(no_child(), "... and nothing is left behind");
	}
	git("head -c 3000 /dev/zero | tr '\\0' x >&2; exit 1");
	tap_fails(accept_it(PLAIN("x"), &e), &e, ERR_MISFIT, "a long line");
	tap_ok(strlen(e.text) < 1100, "... is cut");
}

/* Neither side waits for the other; what is over the ceiling does not matter. */
static void check_streams(void)
{
	struct err e;

	git("cat >got; exit 0");
	tap_good(accept_it("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new", &e), &e, "a patch without its last newline");
	tap_is_str(get_file("got"), PLAIN("x"), "... gets it");
	tap_good(accept_it(PLAIN("x"), &e), &e, "one that has it");
	tap_is_str(get_file("got"), PLAIN("x"), "... is as it was");
	git("head -c 1000000 /dev/zero; cat >got; head -c 1000000 /dev/zero >&2; exit 0");
	tap_good(accept_with(path, big_patch(), &e), &e, "much in both directions");
	tap_ok(no_child(), "... and nothing is left behind");
	git("wc -c <got >n");
	tap_good(accept_it(PLAIN("x"), &e), &e, "it was");
	tap_is_str(span_trim(get_file("n")), "4194305", "... all of it");
	git("exit 0");
	tap_good(accept_with(path, big_patch(), &e), &e, "a git that does not read");
	git("head -c 2000000 /dev/zero | tr '\\0' '\\n'; echo error: late; exit 1");
	tap_fails(accept_it(PLAIN("x"), &e), &e, ERR_MISFIT, "a complaint over the ceiling");
	tap_holds(span_str(e.text), "without a word", "... is not heard");
}

/* ---------------------------------------------------------------- what it sees */

static void check_sight(void)
{
	static const char want[] = "LC_ALL=C\nGIT_CONFIG_NOSYSTEM=1\nGIT_CONFIG_GLOBAL=/dev/null\n"
		"GIT_ATTR_NOSYSTEM=1\nGIT_TERMINAL_PROMPT=0\nGIT_DIR=/dev/null\nPATH=";
	int fd = fcntl(1, F_DUPFD, 50);
	struct sigaction ignore = {.sa_handler = SIG_IGN}, now;
	struct span seen;
	struct err e;
	sigset_t set;

	setenv("CODEX_ACCESS_TOKEN", "do-not-hand-me-on", 1);
	setenv("GIT_INDEX_FILE", "/none", 1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGCHLD, &ignore, NULL);
	git("tr '\\0' '\\n' </proc/$$/environ >seen\nprintf '%s\\n' \"$@\" >args\n"
	    "[ ! -e /proc/$$/fd/50 ] && exit 4");
	tap_fails(accept_it(PLAIN("x"), &e), &e, ERR_MISFIT, "an exit status that nobody lost");
	tap_holds(span_str(e.text), "exit status 4", "... and no descriptor of ours");
	sigaction(SIGCHLD, NULL, &now);
	tap_ok(now.sa_handler == SIG_IGN, "children are ignored as before");
	signal(SIGCHLD, SIG_DFL);
	seen = get_file("seen");
	tap_ok(seen.n == strlen(want) + strlen(path) + 1 && span_starts(seen, want), "its environment, and no more");
	tap_is_str(get_file("args"), "apply\n--check\n-p1\n--whitespace=nowarn\n-\n", "its arguments");
	git("exec grep -E '^Sig(Blk|Ign)|^NoNewPrivs' /proc/self/status >seen");
	tap_good(accept_it(PLAIN("x"), &e), &e, "its signals");
	tap_holds(get_file("seen"), "SigBlk:\t0000000000000000\n", "... are not blocked");
	/* Of the first 28: some C libraries keep a few of the others to themselves. */
	tap_holds(get_file("seen"), "0000000\nNoNewPrivs:\t1\n", "... and not ignored, and there are no new privileges");
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	signal(SIGPIPE, SIG_DFL);
	close(fd);
}

/* ---------------------------------------------------------------- time */

static void check_time(void)
{
	static const char *const scripts[] = {
		"exec sleep 100",
		"exec sleep 100 <&- >&- 2>&-",
		"trap '' TERM INT HUP; exec sleep 100",
	};
	struct patch_options o;
	struct fake_clock clock;
	int64_t began;
	struct err e;

	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		git(scripts[i]);
		fake_clock_init(&clock);
		clock.step_ms = 100;
		o = options(path, 0);
		o.clock = &clock.clock;
		o.deadline_ms = 3000;
		tap_fails(patch_accept(&o, span_str(PLAIN("x")), &e), &e, ERR_TIME, scripts[i]);
		tap_ok(no_child(), "... is ended at the deadline");
	}
	o.deadline_ms = 0;
	tap_fails(patch_accept(&o, big_patch(), &e), &e, ERR_TIME, "a deadline that has passed");
	tap_ok(no_child(), "... leaves nothing behind");
	git("sleep 2 & exit 0");
	began = clock_mono_ms(&clock_system);
	tap_good(accept_it(PLAIN("x"), &e), &e, "one that leaves another behind");
	tap_ok(clock_mono_ms(&clock_system) - began < 1900, "... is not waited for longer than it runs");
}

static void end_by_signal(int n)
{
	process_end_by_signal(n);
}

static bool is_alive(pid_t pid)
{
	char name[32];
	struct span stat;

	snprintf(name, sizeof name, "/proc/%d/stat", (int)pid);
	stat = get_file(name);
	return stat.n > 0 && !holds(stat, ") Z");
}

/* We are ended by signal n while git runs: it ends with us. */
static void check_end(int n, const char *name)
{
	struct err e;
	int status;
	pid_t us, its = 0;

	(void)remove("pid");
	git("echo $$ >pid.new; mv pid.new pid; exec sleep 100");
	fflush(stdout);
	us = fork();
	if (us == 0) {
		process_handle_signals(end_by_signal);
		(void)!accept_it(PLAIN("x"), &e);
		_exit(0);
	}
	for (int i = 0; i < 2000 && its == 0; i++) {
		uint64_t pid;

		if (span_to_u64(span_trim(get_file("pid")), &pid))
			its = (pid_t)pid;
		nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
	}
	kill(us, n);
	tap_ok(its > 0 && waitpid(us, &status, 0) == us && WIFSIGNALED(status) && WTERMSIG(status) == n, "ended by %s", name);
	for (int i = 0; i < 2000 && is_alive(its); i++)
		nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
	tap_ok(its > 0 && !is_alive(its), "... it ends, too");
}

/* ---------------------------------------------------------------- failures */

static bool once(struct err *e)
{
	static const struct log silent = {.fd = -1};
	struct patch_options o = options(path, LONG_MS);
	bool ok;

	o.log = &silent;
	ok = patch_accept(&o, span_str(PLAIN("x")), e);
	failing_hold(true);
	if (!no_child())
		ok = err_set(e, ERR_OUTPUT, 0, "a child is left behind");
	failing_hold(false);
	return ok;
}

static bool complaining(struct err *e)
{
	return once(e) || (e->kind == ERR_MISFIT && strstr(e->text, "what is wrong") != NULL);
}

static void check_failures(void)
{
	static const struct {
		const char *call;
		int sys;
		enum err_kind kind;
		bool mends;
	} rows[] = {
		{"alloc", ENOMEM, ERR_MEMORY, false},
		{"socketpair", EMFILE, ERR_BUG, false},
		{"_Fork", EAGAIN, ERR_BUG, false},
		{"waitpid", ECHILD, ERR_BUG, false},
		{"waitpid", EINTR, ERR_BUG, true},
		{"poll", EINTR, ERR_BUG, true},
		{"send", EAGAIN, ERR_BUG, true},
		{"send", EPIPE, ERR_BUG, true},
		{"recv", EINTR, ERR_BUG, true},
		{"recv", ECONNRESET, ERR_BUG, true},
		{"sigaction", EINVAL, ERR_BUG, true},
	};
	struct err e;

	git("exec cat >got");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		tap_ok(failing_each(rows[i].call, rows[i].sys, rows[i].kind, rows[i].mends, once),
			"%s fails: an error, or none", rows[i].call);
	git("cat >got; echo error: what is wrong; exit 1");
	tap_ok(failing_each("alloc", ENOMEM, ERR_MEMORY, false, complaining), "no memory for a complaint");

	git("exit 0");
	fflush(stdout); /* valgrind, as it ends, writes out what is buffered, and this child has our stdout */
	failing_start("dup2", 1, false, EBUSY);
	tap_good(accept_it(PLAIN("x"), &e), &e, "a child without its descriptors");
	failing_stop();
	tap_holds(fake_log_read(&said), "git cannot be run", "... is told");
	failing_start("getppid", 1, false, 0);
	tap_fails(accept_it(PLAIN("x"), &e), &e, ERR_MISFIT, "a child that has lost its parent");
	failing_stop();
	failing_start("syscall", 1, false, ENOSYS);
	git("[ ! -e /proc/$$/fd/50 ]");
	tap_ok(fcntl(1, F_DUPFD, 50) == 50 && accept_it(PLAIN("x"), &e), "an old kernel: descriptors are closed one by one");
	failing_stop();
	close(50);
}

/* ---------------------------------------------------------------- the real one */

static void check_real(const char *real)
{
	static const struct {
		const char *text, *says; /* NULL: it applies */
	} rows[] = {
		{PLAIN("x"), NULL},
		{"diff --git a/x b/x\nindex 1111111..2222222 100644\n" PLAIN("x"), NULL},
		{"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new", NULL},
		{NEW("new"), NULL},
		{"diff --git a/x b/y\nrename from x\nrename to y\n", NULL},
		{"diff --git a/x b/x\nold mode 100644\nnew mode 100755\n", NULL},
		{"--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n", NULL},
		{PLAIN("none"), "git apply --check: none: No such file or directory"},
		{"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-other\n+new\n", "git apply --check: patch failed: x:1"},
		{NEW("x"), "git apply --check: x: already exists in working directory"},
	};
	struct err e;

	if (access("/bin/sh", X_OK) != 0 || system("rm -rf .git && git init -q . 2>/dev/null && "
		"git config filter.evil.clean 'touch evil; cat' && "
		"printf '* filter=evil\\n' >.gitattributes") != 0) {
		tap_ok(true, "a real git # SKIP there is none");
		return;
	}
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].says == NULL) {
			tap_good(accept_with(real, span_str(rows[i].text), &e), &e, "it applies");
			tap_holds(fake_log_read(&said), "git apply --check takes it", "... says git");
		} else {
			tap_fails(accept_with(real, span_str(rows[i].text), &e), &e, ERR_MISFIT, rows[i].says);
			tap_is_str(span_str(e.text), rows[i].says, "... is said");
		}
	tap_ok(access("evil", F_OK) != 0, "and what the repository would have run is not run");
	tap_is_str(get_file("x"), "old\n", "... nor is anything changed");
}

int main(void)
{
	const char *real = getenv("PATH");

	fake_log_init(&said);
	strcpy(top, "/tmp/patch_test.XXXXXX");
	if (mkdtemp(top) == NULL || chdir(top) != 0 || mkdir("bin", 0700) != 0 || mkdir(".git", 0700) != 0 ||
		mkdir("d", 0700) != 0 || mkdir("odd", 0700) != 0 || mkdir("odd/git", 0700) != 0 ||
		symlink("x", "link") != 0 || symlink("../d", "d/link") != 0 || symlink("none", "dangling") != 0)
		exit(99);
	put_file("x", "old\n", 0644);
	put_file("d/x", "old\n", 0644);
	snprintf(path, sizeof path, "%s/bin:%s", top, real == NULL ? "/usr/bin:/bin" : real);
	check_links();
	check_search();
	check_answers();
	check_streams();
	check_sight();
	check_failures();
	check_end(SIGTERM, "SIGTERM");
	check_end(SIGKILL, "SIGKILL");
	check_time();
	if (real != NULL)
		check_real(real);
	fake_log_free(&said);
	if (chdir("/") != 0 || system((snprintf(path, sizeof path, "rm -rf %s", top), path)) != 0)
		tap_ok(false, "the directory is removed");
	return tap_done();
}
