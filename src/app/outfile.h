/*
 * outfile - a file of the user's that a run writes: the one of --output, which exists after the run
 * if and only if that ended with 0, and with `keep` the one of --transcript, which is as it was
 * unless the run ended with 0.
 *
 * A regular file, or a name that is free, gets the answer by a temporary file in its directory that
 * takes the name when all is done; it is one without a name where the system has such (then not
 * even SIGKILL leaves anything), else `.octavo-` and 16 hex digits. Symbolic links are followed and
 * stay. An old file goes as soon as it is certain that the run will not end with a usage error;
 * with `keep` it stays until the new one takes its place, in one step, and one that came meanwhile
 * is left alone. Devices, FIFOs and what only a descriptor leads to are written to and never
 * removed.
 *
 * The order is choose, open, clear, write to fd, sync, commit; abandon at any time.
 */
#ifndef APP_OUTFILE_H
#define APP_OUTFILE_H

#include <limits.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/rand.h"

enum outfile_kind {
	OUTFILE_NONE,   /* not wanted */
	OUTFILE_PLACED, /* a file takes the name at the end */
	OUTFILE_DIRECT, /* what is there is written to */
};

/* All zeros at first; a signal handler may call outfile_abandon with it at any time. */
struct outfile {
	enum outfile_kind kind;
	const char *option;  /* what names it, for messages; NULL = -o */
	bool keep;           /* this and the one above are set before outfile_choose */
	const char *given;   /* borrowed */
	char path[PATH_MAX]; /* what is replaced: `given` with its links resolved */
	char temp[PATH_MAX]; /* the temporary file's name; "" = it has none */
	unsigned char random[8]; /* of that name */
	bool old;            /* a regular file stands at path */
	mode_t mode;         /* its permissions, or what a new one gets: with `keep` its owner's alone */
	bool ours;           /* it is what our stdout or stderr is, too */
	int fd;              /* once open; -1 */
	bool locked;
	int lock;            /* when `locked`: closed behind the last step */
};

/*
 * Looks at what the name stands for. ERR_USAGE: a directory, a socket, "-", "", the regular file
 * that stdout or stderr goes to; ERR_OUTPUT when it cannot be looked at.
 */
MUST bool outfile_choose(struct outfile *o, const char *given, struct err *e);

/*
 * Opens what is written to: o->fd. A FIFO that nobody reads is waited for until deadline_ms
 * (ERR_TIME). ERR_OUTPUT.
 */
MUST bool outfile_open(struct outfile *o, const struct rand *rand, const struct clock *clock,
	int64_t deadline_ms, struct err *e);

/* How the user has named it, for messages: "-o". */
const char *outfile_option(const struct outfile *o);

/* Both would be the same file in the end. */
bool outfile_same(const struct outfile *a, const struct outfile *b);

/* What is written gets owner, group and permissions of `as`. ERR_OUTPUT. */
MUST bool outfile_dress(struct outfile *o, const struct stat *as, struct err *e);

/* Removes the old file, when there is one. ERR_OUTPUT. */
MUST bool outfile_clear(struct outfile *o, struct err *e);

/* Forgets what has been written, which a device cannot. ERR_OUTPUT. */
MUST bool outfile_rewind(struct outfile *o, struct err *e);

/* What has been written is on the disk. ERR_OUTPUT. */
MUST bool outfile_sync(struct outfile *o, struct err *e);

/*
 * The file takes its name. After a success the run is one: the signals that would end it are held
 * back from then on. ERR_OUTPUT.
 */
MUST bool outfile_commit(struct outfile *o, struct err *e);

/* Two of them do, or none: the first is removed again when the last one cannot. */
MUST bool outfile_commit_both(struct outfile *first, struct outfile *last, struct err *e);

/*
 * Leaves nothing: the temporary file goes, and the old one if it is still there and `old_too`. May
 * be called in a signal handler, and twice.
 */
void outfile_abandon(struct outfile *o, bool old_too);

/* Of one system, in a file of its own: a file without a name. -1: there are none here. */
int outfile_unnamed_open(const char *directory, mode_t mode);
/* Gives it one; false, with errno, when that is taken. */
bool outfile_unnamed_link(int fd, const char *path);

#endif
