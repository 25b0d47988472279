#include "app/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/process.h"
#include "base/file.h"
#include "base/fmt.h"

enum { LINKS_MAX = 40, LINK_TRIES = 8, REST_MS = 20 };
/* An old file's are kept of these; what a new one has before the umask narrows it. */
enum { PERMISSIONS = 0777, ANYBODY = 0666, PRIVATE = 0600 };

const char *outfile_option(const struct outfile *o)
{
	return o->option == NULL ? "-o" : o->option;
}

static bool fails(const struct outfile *o, int sys, const char *what, struct err *e)
{
	return err_set(e, ERR_OUTPUT, sys, "%s %s: cannot %s", outfile_option(o), o->given, what);
}

static bool refuse(const struct outfile *o, const char *what, struct err *e)
{
	return err_set(e, ERR_USAGE, 0, "%s %s: %s", outfile_option(o), o->given, what);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

/* What stdout or stderr goes to. */
static bool is_ours(const struct stat *st)
{
	struct stat own;

	for (int fd = 1; fd <= 2; fd++)
		if (fstat(fd, &own) == 0 && same_file(&own, st))
			return true;
	return false;
}

/* Of "a/b" the length of "a/". */
static size_t directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* The last part's links are followed, also to a name that is free; the system follows the others. */
static bool resolve(struct outfile *o, struct err *e)
{
	char target[PATH_MAX];
	size_t n = strlen(o->given);

	if (n >= sizeof o->path)
		return fails(o, ENAMETOOLONG, "look at it", e);
	memcpy(o->path, o->given, n + 1);
	for (int i = 0; i < LINKS_MAX; i++) {
		ssize_t got = readlink(o->path, target, sizeof target);
		size_t keep = got > 0 && target[0] != '/' ? directory_length(o->path) : 0;

		if (got < 0)
			return true;
		if ((size_t)got >= sizeof o->path - keep)
			return fails(o, ENAMETOOLONG, "follow its links", e);
		memcpy(o->path + keep, target, (size_t)got);
		o->path[keep + (size_t)got] = '\0';
	}
	return fails(o, ELOOP, "follow its links", e);
}

/* Something is there: what is to become of it? */
static bool choose_kind(struct outfile *o, const struct stat *st, struct err *e)
{
	struct stat resolved;

	if (S_ISDIR(st->st_mode) || S_ISSOCK(st->st_mode))
		return err_set(e, ERR_USAGE, 0, "%s %s: it is %s", outfile_option(o), o->given,
			file_odd_kind(st->st_mode));
	o->ours = is_ours(st);
	if (!S_ISREG(st->st_mode)) {
		o->kind = OUTFILE_DIRECT;
		return true;
	}
	if (o->ours)
		return refuse(o, "stdout or stderr goes there already", e);
	/* A link in /proc may lead to a file that its text does not name. */
	o->old = lstat(o->path, &resolved) == 0;
	if (!o->old && errno != ENOENT)
		return fails(o, errno, "look at it", e);
	o->old = o->old && same_file(st, &resolved);
	o->kind = o->old ? OUTFILE_PLACED : OUTFILE_DIRECT;
	o->mode = st->st_mode & PERMISSIONS;
	return true;
}

bool outfile_choose(struct outfile *o, const char *given, struct err *e)
{
	struct stat st;

	o->given = given;
	o->fd = -1;
	if (given[0] == '\0')
		return refuse(o, "the name is empty", e);
	if (strcmp(given, "-") == 0)
		return refuse(o,
			o->keep ? "it must be a file (one of that name is ./-)"
				: "stdout has the answer anyway (a file of that name is ./-)",
			e);
	if (!resolve(o, e))
		return false;
	if (stat(given, &st) == 0)
		return choose_kind(o, &st, e);
	if (errno != ENOENT)
		return fails(o, errno, "look at it", e);
	if (o->path[directory_length(o->path)] == '\0')
		return refuse(o, "it names a directory", e);
	o->kind = OUTFILE_PLACED;
	o->mode = o->keep ? PRIVATE : ANYBODY;
	return true;
}

/* Of what is replaced: "" for the directory we are in is ".". */
static void directory_of(const struct outfile *o, char out[PATH_MAX])
{
	size_t n = directory_length(o->path);

	memcpy(out, n > 0 ? o->path : ".", n > 0 ? n : 1);
	out[n > 0 ? n : 1] = '\0';
}

bool outfile_same(const struct outfile *a, const struct outfile *b)
{
	char directory[PATH_MAX];
	struct stat x, y;

	if (a->kind != OUTFILE_PLACED || b->kind != OUTFILE_PLACED ||
		strcmp(a->path + directory_length(a->path),
			b->path + directory_length(b->path)) != 0)
		return false;
	directory_of(a, directory);
	if (stat(directory, &x) != 0)
		return false;
	directory_of(b, directory);
	return stat(directory, &y) == 0 && same_file(&x, &y);
}

/* A FIFO opens without blocking once somebody reads it. */
static bool open_direct(
	struct outfile *o, const struct clock *clock, int64_t deadline_ms, struct err *e)
{
	struct stat st;

	for (;;) {
		o->fd = open(o->given, O_WRONLY | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (o->fd >= 0)
			return true;
		if (errno != ENXIO || stat(o->given, &st) != 0 || !S_ISFIFO(st.st_mode))
			return fails(o, errno, "open it", e);
		if (clock_mono_ms(clock) >= deadline_ms)
			return err_set(e, ERR_TIME, 0,
				"%s %s: the run's time is over (--timeout): nobody reads it",
				outfile_option(o), o->given);
		(void)!poll(NULL, 0, REST_MS);
	}
}

/* Makes up o->temp; nothing has that name yet. */
static bool name_temp(struct outfile *o)
{
	char hex[2 * sizeof o->random + 1];
	int n = (int)directory_length(o->path);

	for (size_t i = 0; i < sizeof o->random; i++)
		fmt_into(hex + 2 * i, 3, "%02x", o->random[i]);
	if (fmt_into(o->temp, sizeof o->temp, "%.*s.octavo-%s", n, o->path, hex) < sizeof o->temp)
		return true;
	o->temp[0] = '\0';
	errno = ENAMETOOLONG;
	return false;
}

/* Where files without a name cannot be had: one that a signal handler knows to remove. */
static bool open_named(struct outfile *o, struct err *e)
{
	int sys;

	process_hold_signals(true);
	if (name_temp(o))
		o->fd = open(o->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, o->mode);
	sys = errno;
	if (o->fd < 0)
		o->temp[0] = '\0';
	process_hold_signals(false);
	return o->fd >= 0 || fails(o, sys, "open a temporary file beside it", e);
}

static bool open_temp(struct outfile *o, const struct rand *rand, struct err *e)
{
	char directory[PATH_MAX];

	directory_of(o, directory);
	o->fd = outfile_unnamed_open(directory, o->mode);
	/* What is to replace a file has a name for a moment. */
	if ((o->fd < 0 || o->keep) && !rand_fill(rand, o->random, sizeof o->random, e))
		return false;
	if (o->fd < 0 && !open_named(o, e))
		return false;
	/* Without this the umask has narrowed it: nobody sees more than before. */
	if (o->old)
		(void)!fchmod(o->fd, o->mode);
	return true;
}

bool outfile_dress(struct outfile *o, const struct stat *as, struct err *e)
{
	struct stat own;

	if (fstat(o->fd, &own) != 0)
		return fails(o, errno, "look at what is to replace it", e);
	if ((own.st_uid != as->st_uid || own.st_gid != as->st_gid) &&
		fchown(o->fd, as->st_uid, as->st_gid) != 0)
		return fails(o, errno, "keep its owner and group", e);
	return fchmod(o->fd, as->st_mode & PERMISSIONS) == 0 ||
	       fails(o, errno, "keep its mode", e);
}

bool outfile_open(struct outfile *o, const struct rand *rand, const struct clock *clock,
	int64_t deadline_ms, struct err *e)
{
	return o->kind == OUTFILE_DIRECT ? open_direct(o, clock, deadline_ms, e)
	                                 : open_temp(o, rand, e);
}

bool outfile_clear(struct outfile *o, struct err *e)
{
	bool ok = true;

	process_hold_signals(true);
	if (o->old && unlink(o->path) != 0 && errno != ENOENT)
		ok = fails(o, errno, "remove the old file", e);
	else
		o->old = false;
	process_hold_signals(false);
	return ok;
}

bool outfile_rewind(struct outfile *o, struct err *e)
{
	return (ftruncate(o->fd, 0) == 0 && lseek(o->fd, 0, SEEK_SET) == 0) ||
	       fails(o, errno, "write it", e);
}

bool outfile_sync(struct outfile *o, struct err *e)
{
	int failed;

	if (o->kind != OUTFILE_PLACED)
		return true;
	do
		failed = fsync(o->fd);
	while (failed != 0 && errno == EINTR);
	return failed == 0 || fails(o, errno, "write it", e);
}

/* What is not there yet must not be there now. */
static bool claim_name(const struct outfile *o)
{
	struct stat st;

	if (o->temp[0] == '\0')
		return outfile_unnamed_link(o->fd, o->path);
	if (link(o->temp, o->path) == 0) {
		(void)!unlink(o->temp);
		return true;
	}
	/* A file system without links. */
	return errno != EEXIST && lstat(o->path, &st) != 0 && rename(o->temp, o->path) == 0;
}

/* The old file is there until the new one is. */
static bool replace_old(struct outfile *o)
{
	if (o->temp[0] == '\0') {
		if (!name_temp(o))
			return false;
		if (!outfile_unnamed_link(o->fd, o->temp)) {
			o->temp[0] = '\0';
			return false;
		}
	}
	return rename(o->temp, o->path) == 0;
}

/* Somebody may have taken the name meanwhile: the last one has it. */
static bool take_name(struct outfile *o)
{
	if (o->keep)
		return o->old ? replace_old(o) : claim_name(o);
	if (o->temp[0] != '\0')
		return rename(o->temp, o->path) == 0;
	for (int i = 0; i < LINK_TRIES; i++) {
		if (outfile_unnamed_link(o->fd, o->path))
			return true;
		if (errno != EEXIST || (unlink(o->path) != 0 && errno != ENOENT))
			return false;
	}
	errno = EEXIST;
	return false;
}

static void forget(struct outfile *o)
{
	if (o->kind != OUTFILE_NONE && o->fd >= 0)
		(void)!close(o->fd);
	if (o->locked)
		(void)!close(o->lock);
	o->fd = -1;
	o->locked = false;
	o->temp[0] = '\0';
	o->old = false;
	o->kind = OUTFILE_NONE;
}

static bool place(struct outfile *o, struct err *e)
{
	if (o->kind != OUTFILE_PLACED || take_name(o))
		return true;
	if (o->keep && errno == EEXIST)
		return err_set(e, ERR_OUTPUT, 0,
			"%s %s: somebody has made it meanwhile, and it is left alone", outfile_option(o),
			o->given);
	return fails(o, errno, "give the file its name", e);
}

bool outfile_commit_both(struct outfile *first, struct outfile *last, struct err *e)
{
	bool ok;

	process_hold_signals(true);
	ok = place(first, e);
	if (ok && !place(last, e)) {
		if (first->kind == OUTFILE_PLACED)
			(void)!unlink(first->path);
		ok = false;
	}
	if (ok) {
		forget(first);
		forget(last);
	} else {
		process_hold_signals(false);
	}
	return ok;
}

bool outfile_commit(struct outfile *o, struct err *e)
{
	struct outfile none = {.kind = OUTFILE_NONE};

	return outfile_commit_both(o, &none, e);
}

void outfile_abandon(struct outfile *o, bool old_too)
{
	if (o->temp[0] != '\0')
		(void)!unlink(o->temp);
	if (o->old && old_too)
		(void)!unlink(o->path);
	forget(o);
}
