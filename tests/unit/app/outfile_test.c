/* Unit tests of app/outfile: what is in the directory after each step, in a directory of its own. */
#define _XOPEN_SOURCE 700 /* mknod */

#include "app/outfile.h"

#include <dirent.h>
#include <errno.h>

#include "failing.h"
#include "fakes.h"

#include "app/process.h"

static char top[64];
static struct outfile o;

static bool there(const char *name)
{
	return access(name, F_OK) == 0;
}

/* How many names are in the directory. */
static int names(void)
{
	DIR *d = opendir(".");
	int n = -2;

	if (d == NULL)
		exit(99);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void sweep(void)
{
	DIR *d = opendir(".");
	struct dirent *entry;

	outfile_abandon(&o, false);
	memset(&o, 0, sizeof o);
	while (d != NULL && (entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.' || entry->d_name[1] == 'o')
			(void)remove(entry->d_name);
	closedir(d);
}

static bool open_it(const char *name, struct err *e)
{
	memset(&o, 0, sizeof o);
	return outfile_choose(&o, name, e) && outfile_open(&o, &fake_rand, &clock_system, CLOCK_NEVER, e);
}

/* Where the system has no files without a name, or where it has. */
static bool open_as(bool named, const char *name, struct err *e)
{
	bool ok;

	failing_start(named ? "open" : "none", 1, false, EOPNOTSUPP);
	ok = open_it(name, e);
	failing_stop();
	return ok;
}

static bool write_it(const char *text)
{
	return write(o.fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* All of it, as ask does it. */
static bool whole(const char *name, struct err *e)
{
	return open_it(name, e) && outfile_clear(&o, e) && write_it("half") && outfile_rewind(&o, e) &&
	       write_it("new\n") && outfile_sync(&o, e) && outfile_commit(&o, e);
}

static void unhold(void)
{
	process_hold_signals(false);
}

/* -------------------------------------------------------------------- choose */

static void check_refusals(void)
{
	static char long_name[PATH_MAX + 8], long_part[300];
	static const struct {
		const char *name;
		enum err_kind kind;
		const char *says;
	} rows[] = {
		{"", ERR_USAGE, "the name is empty"},
		{"-", ERR_USAGE, "./-"},
		{".", ERR_USAGE, "a directory"},
		{"/", ERR_USAGE, "a directory"},
		{"none/", ERR_USAGE, "names a directory"},
		{"socket", ERR_USAGE, "a socket"},
		{"circle", ERR_OUTPUT, "follow its links"},
		{"old/x", ERR_OUTPUT, "look at it"},
		{long_name, ERR_OUTPUT, "look at it"},
		{long_part, ERR_OUTPUT, "look at it"},
	};
	struct err e;

	memset(long_name, 'x', sizeof long_name - 1);
	memset(long_part, 'x', sizeof long_part - 1);
	put_file("old", "old\n", 0600);
	if (symlink("circle", "circle") != 0 || mknod("socket", S_IFSOCK | 0600, 0) != 0)
		exit(99);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		memset(&o, 0, sizeof o);
		tap_fails(outfile_choose(&o, rows[i].name, &e), &e, rows[i].kind, rows[i].says);
		tap_holds(span_str(e.text), rows[i].says, "... is said");
		tap_ok(o.kind == OUTFILE_NONE, "... and nothing is to be left behind");
	}
	memset(long_name, '/', PATH_MAX - 5);
	long_name[0] = '.';
	strcpy(long_name + PATH_MAX - 5, "link");
	if (symlink("longer", "link") != 0)
		exit(99);
	memset(&o, 0, sizeof o);
	tap_fails(outfile_choose(&o, long_name, &e), &e, ERR_OUTPUT, "a link's target that does not fit behind its directory");
	sweep();
}

static void check_ours(void)
{
	int kept = dup(1), fd = open("mine", O_RDWR | O_CREAT, 0600);
	struct err e;
	bool ok;

	fflush(stdout);
	dup2(fd, 1);
	memset(&o, 0, sizeof o);
	ok = outfile_choose(&o, "mine", &e);
	dup2(kept, 1);
	tap_fails(ok, &e, ERR_USAGE, "stdout goes there");
	fflush(stdout);
	close(1);
	ok = outfile_choose(&o, "mine", &e);
	dup2(kept, 1);
	tap_good(ok, &e, "stdout is closed");
	tap_ok(!o.ours && o.old, "... and it is an old file");
	close(kept);
	close(fd);
	sweep();
}

/* --------------------------------------------------------------------- files */

/* With a file that has no name and with one that has. */
static void check_files(bool named)
{
	struct err e;

	umask(027);
	tap_good(open_as(named, "new", &e), &e, named ? "a file with a name" : "a file without a name");
	tap_is_int(names(), named, "... that shows as such");
	tap_ok(outfile_clear(&o, &e) && write_it("text\n") && outfile_sync(&o, &e) && !there("new"), "... not yet by its own");
	tap_good(outfile_commit(&o, &e), &e, "... which it gets");
	unhold();
	tap_is_str(get_file("new"), "text\n", "... with its text");
	tap_is_int(mode_of("new"), 0640, "... and the umask's mode");
	tap_ok(o.fd == -1 && o.kind == OUTFILE_NONE && names() == 1, "... and all is done");
	outfile_abandon(&o, true);
	tap_ok(there("new"), "... for good");

	put_file("new", "old\n", 0666);
	tap_good(open_as(named, "./new", &e), &e, "an old file");
	tap_is_str(get_file("new"), "old\n", "... is there");
	tap_ok(outfile_clear(&o, &e) && !there("new"), "... until it is cleared");
	tap_ok(outfile_clear(&o, &e), "... which may be done twice");
	tap_ok(write_it("half") && outfile_rewind(&o, &e) && write_it("new") && outfile_commit(&o, &e), "... is replaced");
	unhold();
	tap_is_str(get_file("new"), "new", "... by the new text alone");
	tap_is_int(mode_of("new"), 0666, "... its mode kept");

	tap_ok(open_as(named, "new", &e) && write_it("half"), "another");
	outfile_abandon(&o, false);
	tap_is_str(get_file("new"), "new", "... is left alone by a usage error");
	tap_is_int(names(), 1, "... which leaves nothing else");
	tap_ok(open_as(named, "new", &e) && write_it("half"), "another");
	outfile_abandon(&o, true);
	tap_is_int(names(), 0, "... is removed by any other");

	put_file("new", "old", 0600);
	tap_ok(open_as(named, "new", &e) && outfile_clear(&o, &e) && write_it("ours"), "a name that somebody takes meanwhile");
	put_file("new", "theirs", 0600);
	tap_ok(outfile_commit(&o, &e), "... has the last one's text");
	unhold();
	tap_is_str(get_file("new"), "ours", "... which is ours");
	tap_ok(open_as(named, "new", &e) && remove("new") == 0 && outfile_clear(&o, &e), "an old file that somebody removes");
	outfile_abandon(&o, true);

	tap_ok(open_as(named, "new", &e) && mkdir("new", 0700) == 0, "a name that becomes a directory");
	tap_fails(outfile_commit(&o, &e), &e, ERR_OUTPUT, "... cannot be taken");
	outfile_abandon(&o, true);
	tap_is_int(names(), 1, "... and nothing is left but that");
	sweep();
	umask(022);
}

static void check_links(void)
{
	char away[128];
	struct err e;

	snprintf(away, sizeof away, "%s/real", top);
	if (symlink("second", "first") != 0 || symlink(away, "second") != 0)
		exit(99);
	put_file("real", "old\n", 0604);
	tap_good(whole("first", &e), &e, "through two links");
	unhold();
	tap_is_str(get_file("real"), "new\n", "... what they lead to is replaced");
	tap_is_int(mode_of("real"), 0604, "... in its mode");
	tap_is_int(names(), 3, "... and they stay");
	remove("real");
	tap_good(whole("first", &e), &e, "to a free name");
	unhold();
	tap_is_str(get_file("real"), "new\n", "... that is taken");
	sweep();
}

/* ------------------------------------------------------------------- devices */

static void check_devices(void)
{
	struct fake_clock clock;
	char name[64], got[16];
	struct err e;
	int fd;

	tap_good(whole("/dev/null", &e) || e.kind == ERR_OUTPUT, &e, "a device");
	unhold();
	tap_ok(open_it("/dev/null", &e) && o.kind == OUTFILE_DIRECT && outfile_clear(&o, &e) && write_it("x") &&
	       outfile_sync(&o, &e) && outfile_commit(&o, &e) && there("/dev/null"), "... stays");
	unhold();
	if (mkfifo("fifo", 0600) != 0)
		exit(99);
	fake_clock_init(&clock);
	clock.step_ms = 100;
	memset(&o, 0, sizeof o);
	tap_ok(outfile_choose(&o, "fifo", &e), "a FIFO");
	tap_fails(outfile_open(&o, &fake_rand, &clock.clock, 1250, &e), &e, ERR_TIME, "... is waited for until the deadline");
	fd = open("fifo", O_RDONLY | O_NONBLOCK);
	tap_ok(open_it("fifo", &e) && write_it("text") && outfile_commit(&o, &e), "... and written to, once it is read");
	unhold();
	tap_ok(read(fd, got, sizeof got) == 4 && there("fifo"), "... directly");
	tap_ok(open_it("fifo", &e), "one that is given up");
	outfile_abandon(&o, true);
	tap_ok(there("fifo"), "... stays, too");
	close(fd);

	fd = open("gone", O_RDWR | O_CREAT, 0600);
	snprintf(name, sizeof name, "/dev/fd/%d", fd);
	tap_ok(open_it(name, &e) && o.kind == OUTFILE_PLACED && o.old, "a file that a descriptor leads to, by its name");
	outfile_abandon(&o, false);
	remove("gone");
	if (write(fd, "long text", 9) != 9)
		exit(99);
	tap_ok(open_it(name, &e) && o.kind == OUTFILE_DIRECT && write_it("new") && outfile_commit(&o, &e), "one that has no name");
	unhold();
	tap_ok(pread(fd, got, sizeof got, 0) == 3, "... is written to");
	close(fd);
	put_file("plain", "", 0600);
	memset(&o, 0, sizeof o);
	tap_ok(outfile_choose(&o, "fifo", &e) && remove("fifo") == 0, "a FIFO that goes");
	tap_fails(outfile_open(&o, &fake_rand, &clock_system, CLOCK_NEVER, &e), &e, ERR_OUTPUT, "... is not made");
	sweep();
}

/* ------------------------------------------------------------------ failures */

static bool again(struct err *e)
{
	bool ok = whole("out", e), right = ok == there("out") || !ok;

	unhold();
	outfile_abandon(&o, true);
	failing_hold(true);
	right = right && names() == ok;
	sweep();
	put_file("out", "old\n", 0600);
	failing_hold(false);
	return ok && right;
}

static void check_failures(void)
{
	static const struct {
		const char *call;
		int sys;
		bool mends;
	} rows[] = {
		{"readlink", EACCES, true}, /* then stat has the last word */
		{"stat", EACCES, true},     /* ... of /proc: a file with a name it is */
		{"lstat", EACCES, false},
		{"fstat", EIO, true},
		{"open", EACCES, true},
		{"fsync", ENOSPC, false},
		{"fsync", EINTR, true},
		{"ftruncate", EIO, false},
		{"lseek", EIO, false},
		{"unlink", EACCES, false},
		{"linkat", EIO, false},
		{"linkat", EEXIST, true},
		{"close", EIO, true},
	};
	struct err e;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		put_file("out", "old\n", 0600);
		tap_ok(failing_each(rows[i].call, rows[i].sys, ERR_OUTPUT, rows[i].mends, again),
		       "%s fails: an error, or none", rows[i].call);
	}
	sweep();

	failing_start("open", 1, true, EROFS);
	tap_fails(open_it("out", &e), &e, ERR_OUTPUT, "no file of either kind");
	failing_stop();
	tap_holds(span_str(e.text), "temporary file", "... is said");
	tap_ok(o.temp[0] == '\0' && names() == 0, "... and leaves no name");

	failing_start("open", 1, false, EROFS);
	memset(&o, 0, sizeof o);
	tap_fails(outfile_choose(&o, "out", &e) && outfile_open(&o, &fake_no_rand, &clock_system, CLOCK_NEVER, &e), &e, ERR_BUG, "no randomness");
	failing_stop();

	tap_ok(open_it("out", &e), "a name that is taken again and again");
	failing_start("linkat", 1, true, EEXIST);
	tap_fails(outfile_commit(&o, &e), &e, ERR_OUTPUT, "... is given up");
	failing_stop();
	outfile_abandon(&o, true);

	tap_ok(open_as(true, "out", &e), "a file with a name");
	failing_start("rename", 1, true, EIO);
	tap_fails(outfile_commit(&o, &e), &e, ERR_OUTPUT, "... that cannot be changed");
	failing_stop();
	outfile_abandon(&o, true);
	tap_is_int(names(), 0, "... goes");
	sweep();
}

/* -------------------------------------------------------------- kept files */

static bool keep_it(bool named, const char *name, struct err *e)
{
	bool ok;

	failing_start(named ? "open" : "none", 1, false, EOPNOTSUPP);
	memset(&o, 0, sizeof o);
	o.keep = true;
	o.option = "--kept";
	ok = outfile_choose(&o, name, e) && outfile_open(&o, &fake_rand, &clock_system, CLOCK_NEVER, e);
	failing_stop();
	return ok;
}

/* An old file is there until the new one is; a new one takes no name that is taken. */
static void check_kept(bool named)
{
	struct stat st;
	struct err e;

	umask(022);
	tap_good(keep_it(named, "out", &e) && write_it("first"), &e, named ? "kept, with a name" : "kept, without a name");
	tap_ok(outfile_commit(&o, &e), "... gets its name");
	unhold();
	tap_is_str(get_file("out"), "first", "... and text");
	tap_is_int(mode_of("out"), 0600, "... for its owner alone");
	tap_is_int(names(), 1, "... and nothing else is left");

	tap_ok(keep_it(named, "out", &e) && write_it("second"), "another");
	tap_is_str(get_file("out"), "first", "... leaves the old one");
	tap_ok(outfile_commit(&o, &e), "... until the end");
	unhold();
	tap_is_str(get_file("out"), "second", "... and takes its place");
	tap_is_int(names(), 1, "... alone");

	tap_ok(keep_it(named, "out", &e) && write_it("third"), "one that is given up");
	outfile_abandon(&o, false);
	tap_is_str(get_file("out"), "second", "... leaves it");
	tap_is_int(names(), 1, "... alone");
	remove("out");

	tap_ok(keep_it(named, "out", &e) && write_it("ours"), "a new one");
	put_file("out", "theirs", 0600);
	tap_fails(outfile_commit(&o, &e), &e, ERR_OUTPUT, "... whose name somebody takes meanwhile");
	tap_holds(span_str(e.text), "--kept out: somebody has made it meanwhile", "... is told so");
	outfile_abandon(&o, false);
	tap_is_str(get_file("out"), "theirs", "... and leaves theirs");
	tap_is_int(names(), 1, "... alone");

	tap_ok(keep_it(named, "out", &e) && write_it("new"), "one that cannot be moved");
	failing_start("rename", 1, true, EIO);
	tap_fails(outfile_commit(&o, &e), &e, ERR_OUTPUT, "... fails");
	failing_stop();
	outfile_abandon(&o, false);
	tap_is_str(get_file("out"), "theirs", "... and leaves the old one");
	tap_is_int(names(), 1, "... alone");

	tap_ok(keep_it(named, "out", &e) && stat("/dev/null", &st) == 0, "one that is dressed");
	failing_start("fchown", 1, true, EPERM);
	tap_good(fstat(o.fd, &st) == 0 && outfile_dress(&o, &st, &e), &e, "... as it is already, which changes no owner");
	st.st_uid++;
	tap_fails(outfile_dress(&o, &st, &e), &e, ERR_OUTPUT, "... as another's, which may not be had");
	failing_stop();
	tap_holds(span_str(e.text), "keep its owner", "... is told so");
	st.st_uid--;
	st.st_mode = S_IFREG | 0640;
	tap_good(outfile_dress(&o, &st, &e) && fstat(o.fd, &st) == 0, &e, "... in another mode");
	tap_is_int(st.st_mode & 07777, 0640, "... which it then has");
	failing_start("fchmod", 1, true, EPERM);
	tap_fails(outfile_dress(&o, &st, &e), &e, ERR_OUTPUT, "... or may not have");
	failing_start("fstat", 1, true, EIO);
	tap_fails(outfile_dress(&o, &st, &e), &e, ERR_OUTPUT, "... or cannot be seen to have");
	failing_stop();
	outfile_abandon(&o, false);
	sweep();
}

/* Where a system or a file system cannot do what others can. */
static void check_kept_elsewhere(void)
{
	struct err e;

	tap_ok(keep_it(true, "out", &e) && write_it("new"), "a file system without links");
	failing_start("link", 1, true, EPERM);
	tap_good(outfile_commit(&o, &e), &e, "... has names that change");
	failing_stop();
	unhold();
	tap_is_str(get_file("out"), "new", "... and the file its text");
	remove("out");
	tap_ok(keep_it(true, "out", &e) && write_it("new"), "... where the name is taken meanwhile");
	put_file("out", "theirs", 0600);
	failing_start("link", 1, true, EPERM);
	tap_fails(outfile_commit(&o, &e), &e, ERR_OUTPUT, "... it stays so");
	failing_stop();
	outfile_abandon(&o, false);
	tap_is_str(get_file("out"), "theirs", "... as it is");

	tap_ok(keep_it(false, "out", &e) && write_it("new"), "a file that gets no name for a moment");
	failing_start("linkat", 1, true, EIO);
	tap_fails(outfile_commit(&o, &e), &e, ERR_OUTPUT, "... takes no other's");
	failing_stop();
	outfile_abandon(&o, false);
	tap_is_str(get_file("out"), "theirs", "... which stays");
	tap_is_int(names(), 1, "... alone");
	memset(&o, 0, sizeof o);
	o.keep = true;
	tap_ok(outfile_choose(&o, "out", &e), "no randomness");
	tap_fails(outfile_open(&o, &fake_no_rand, &clock_system, CLOCK_NEVER, &e), &e, ERR_BUG, "... for the name of that moment");
	outfile_abandon(&o, false);
	memset(&o, 0, sizeof o);
	o.keep = true;
	tap_fails(outfile_choose(&o, "-", &e), &e, ERR_USAGE, "stdout cannot be kept");
	tap_holds(span_str(e.text), "./-", "... a file can");
	sweep();
}

static void check_both(void)
{
	static struct outfile first;
	struct err e;

	put_file("kept", "old", 0600);
	tap_ok(open_it("out", &e) && write_it("one"), "two files");
	first = o;
	tap_ok(keep_it(false, "kept", &e) && write_it("two"), "... one of them kept");
	failing_start("rename", 1, true, EIO);
	tap_fails(outfile_commit_both(&first, &o, &e), &e, ERR_OUTPUT, "... that cannot take its place");
	failing_stop();
	outfile_abandon(&first, true);
	outfile_abandon(&o, false);
	tap_is_str(get_file("kept"), "old", "... stays as it was");
	tap_is_int(names(), 1, "... and the other is not there");
	tap_ok(open_it("out", &e) && write_it("one"), "two files");
	first = o;
	tap_ok(keep_it(false, "kept", &e) && write_it("two") && outfile_commit_both(&first, &o, &e), "... that both can");
	unhold();
	tap_is_str(get_file("kept"), "two", "... are there");
	tap_is_str(get_file("out"), "one", "... both");
	sweep();
}

static void check_same(void)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{"x", "x", true}, {"x", "./x", true}, {"d/../x", "x", true}, {"d/x", "d//x", true}, {"link/x", "d/x", true},
		{"x", "y", false}, {"x", "d/x", false}, {"d/x", "x", false}, {"none/x", "x", false}, {"x", "none/x", false},
		{"/dev/null", "/dev/null", false}, {"there", "to", true},
	};
	static struct outfile other;
	struct err e;

	put_file("there", "", 0600);
	if (mkdir("d", 0700) != 0 || symlink("d", "link") != 0 || symlink("there", "to") != 0)
		exit(99);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		memset(&o, 0, sizeof o);
		memset(&other, 0, sizeof other);
		tap_ok(outfile_choose(&o, rows[i].a, &e) && outfile_choose(&other, rows[i].b, &e), "%s and %s", rows[i].a, rows[i].b);
		tap_ok(outfile_same(&o, &other) == rows[i].same, "... are %s", rows[i].same ? "the same" : "two");
	}
	memset(&other, 0, sizeof other);
	tap_ok(!outfile_same(&o, &other), "none is none's same");
	sweep();
}

/* The longest names still have their temporary file, or an error. */
static void check_long_path(void)
{
	static char name[PATH_MAX];
	struct err e;

	memset(name, '/', sizeof name - 1);
	name[0] = '.';
	memcpy(name + sizeof name - 4, "out", 3);
	tap_good(open_it(name, &e), &e, "a path as long as can be, without a name");
	outfile_abandon(&o, true);
	tap_fails(open_as(true, name, &e), &e, ERR_OUTPUT, "... and there is none that is longer");
	sweep();
}

/* ------------------------------------------------------------------- signals */

static void end_by_signal(int n)
{
	outfile_abandon(&o, true);
	process_end_by_signal(n);
}

/* Where the signal comes, and what is left of it all. */
static int ended(int at, bool named)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct err e;

		signal(SIGTERM, SIG_DFL);
		process_handle_signals(end_by_signal);
		if (!open_as(named, "out", &e))
			_exit(98);
		if (at == 0)
			raise(SIGTERM);
		if (!outfile_clear(&o, &e) || !write_it("new"))
			_exit(98);
		if (at == 1)
			raise(SIGTERM);
		if (!outfile_commit(&o, &e))
			_exit(98);
		raise(SIGTERM);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		exit(99);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void check_signals(bool named)
{
	for (int at = 0; at < 2; at++) {
		put_file("out", "old", 0600);
		tap_is_int(ended(at, named), 143, at == 0 ? "a signal before the old file has gone" : "... and behind that");
		tap_is_int(names(), 0, "... leaves nothing");
	}
	put_file("out", "old", 0600);
	tap_is_int(ended(2, named), 0, "one behind the commit comes too late");
	tap_is_str(get_file("out"), "new", "... and the file is there");
	tap_is_int(names(), 1, "... alone");
	sweep();
}

int main(void)
{
	strcpy(top, "/tmp/outfile_test.XXXXXX");
	if (mkdtemp(top) == NULL || chdir(top) != 0)
		exit(99);
	outfile_abandon(&o, true);
	check_refusals();
	check_ours();
	check_files(false);
	check_files(true);
	check_links();
	check_devices();
	check_failures();
	check_kept(false);
	check_kept(true);
	check_kept_elsewhere();
	check_both();
	check_same();
	check_long_path();
	check_signals(false);
	check_signals(true);
	if (chdir("/") != 0 || rmdir(top) != 0)
		tap_ok(false, "the directory is empty");
	return tap_done();
}
