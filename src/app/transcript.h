/*
 * transcript - the conversation of --transcript: a file of the user's that one run reads and
 * appends to (codex/conversation says what is in it).
 *
 * It is read before anything is sent, and replaced as a whole when the run ends with 0
 * (app/outfile); any other end leaves it as it was, and one that was not there is not made. An
 * empty file is a conversation that has not begun. What is written passes the redactor, the old
 * lines too.
 *
 * Two runs never write to the same one: the file itself is locked (flock(2), which nothing
 * survives) from when the run's input is complete to the end, and who comes second waits: its turn
 * follows. That the input is complete first lets two runs stand in one pipeline. As the lock goes
 * with the file and each turn makes a new one, the name is looked at again under the lock. A file
 * that is not there yet cannot be locked: who is second to make it fails at the end (ERR_OUTPUT),
 * and leaves it alone.
 *
 * The order is choose, open, take, then for each attempt discard and what it brings, accept behind
 * the one that succeeds, add for the user's words before it; and save.
 */
#ifndef APP_TRANSCRIPT_H
#define APP_TRANSCRIPT_H

#include "app/outfile.h"
#include "base/log.h"
#include "codex/event.h"

struct transcript;

/* All borrowed until transcript_free. */
struct transcript_options {
	struct outfile *file;
	const struct clock *clock;
	const struct rand *rand;
	const struct log *log;
	const struct redact *redact;
	int64_t deadline_ms; /* of the whole run */
};

/*
 * Looks at what the name stands for, as outfile_choose, which fills `file`; what is no regular file
 * is ERR_USAGE.
 */
MUST bool transcript_choose(struct outfile *file, const char *given, struct err *e);

/*
 * Reads the conversation, if there is one, and opens what is to replace it. ERR_USAGE names the
 * line that is wrong; ERR_OUTPUT when nothing can be written beside it.
 */
MUST bool transcript_open(
	struct transcript **out, const struct transcript_options *o, struct err *e);
void transcript_free(struct transcript **t); /* NULL is allowed; the lock stays with the file */

/*
 * Locks it, and reads it again when another run has had it meanwhile. Once it has been done, it
 * does nothing. ERR_TIME when the other run does not end by the deadline; ERR_OUTPUT when the file
 * system knows no locks; as transcript_open.
 */
MUST bool transcript_take(struct transcript *t, struct err *e);
bool transcript_taken(const struct transcript *t);

/* Until the next call here: the conversation's id, settled once it is taken, and its items. */
const char *transcript_id(const struct transcript *t);
struct span transcript_history(const struct transcript *t); /* as codex/request wants it */

/* Items to be appended, a JSON object a line. ERR_MEMORY; ERR_CEILING above TRANSCRIPT_MAX. */
MUST bool transcript_add(struct transcript *t, struct span lines, struct err *e);

/* A new attempt begins: forgets what events have brought. */
void transcript_discard(struct transcript *t);

/*
 * Keeps the output items that an event brings: of item ends, or of the last list, when that has
 * more. ERR_CEILING above ITEMS_MAX of them or TRANSCRIPT_MAX bytes, ERR_MEMORY.
 */
MUST bool transcript_event(
	struct transcript *t, const struct json *j, const struct event *ev, struct err *e);

/* Where the answer's text is to be appended: it may be all there is of its messages. */
struct buf *transcript_text(struct transcript *t);

/*
 * The attempt has succeeded: its items are to be appended. Fewer than `messages` of them that hold
 * the answer give way to one message with its text.
 */
MUST bool transcript_accept(struct transcript *t, size_t messages, struct err *e);

/* Writes all of it, down to the disk; only the name is lacking (outfile_commit). ERR_OUTPUT. */
MUST bool transcript_save(struct transcript *t, struct err *e);

/* Of one system, in a file of its own: true when nobody else has locked it; else errno. */
bool transcript_lock(int fd);

#endif
