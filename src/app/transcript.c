#include "app/transcript_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/fmt.h"
#include "base/output.h"

#define OPTION "--transcript"

enum { NOTICE_MS = 2000, REST_MS = 20 };

static const char *given(const struct transcript *t)
{
	return t->o.file->given;
}

static bool fails(
	const struct transcript *t, enum err_kind kind, int sys, const char *what, struct err *e)
{
	return err_set(e, kind, sys, OPTION " %s: %s", given(t), what);
}

bool transcript_choose(struct outfile *file, const char *given, struct err *e)
{
	file->option = OPTION;
	file->keep = true;
	if (!outfile_choose(file, given, e))
		return false;
	if (file->kind == OUTFILE_PLACED)
		return true;
	file->kind = OUTFILE_NONE;
	return err_set(e, ERR_USAGE, 0, OPTION " %s: it is no regular file", given);
}

/* ------------------------------------------------------------------- reading */

static void let_go(struct transcript *t)
{
	if (t->fd >= 0)
		(void)!close(t->fd);
	t->fd = -1;
}

/*
 * Opens what stands there now, if anything does: also for writing, which is what we are about to
 * do, and without which some file systems lock nothing.
 */
static bool look(struct transcript *t, struct err *e)
{
	struct stat st;

	let_go(t);
	t->fd = open(t->o.file->path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (t->fd < 0 && errno == ENOENT)
		return true;
	if (t->fd < 0 && errno == EROFS)
		return fails(t, ERR_OUTPUT, EROFS, "cannot be written", e);
	if (t->fd < 0 || fstat(t->fd, &st) != 0)
		return fails(t, ERR_USAGE, errno, "cannot open it to read and write", e);
	return S_ISREG(st.st_mode) || fails(t, ERR_USAGE, 0, "it is no regular file", e);
}

/* The same bytes as far as can be told without reading them. */
static bool same_state(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static struct stat state_of(const struct transcript *t)
{
	struct stat st = {0};

	if (t->fd >= 0 && fstat(t->fd, &st) != 0)
		st = (struct stat){0};
	return st;
}

/* An error of the text or a ceiling is one of the user's file. */
static bool blame(const struct transcript *t, struct err *e)
{
	if (e->kind == ERR_CEILING)
		e->kind = ERR_USAGE;
	return err_wrap(e, OPTION " %s", given(t));
}

static bool begin(struct transcript *t, struct err *e)
{
	int64_t now_ms = clock_wall_ms(t->o.clock);

	return rand_uuid7(t->o.rand, now_ms, t->conversation.id, e) &&
	       conversation_begin(&t->added, t->conversation.id, now_ms / 1000, e);
}

static void tell(const struct transcript *t)
{
	const struct conversation *c = &t->conversation;

	log_step(t->o.log, "conversation %s: %zu items in %s", c->id, c->items, given(t));
	if (c->kept > 0)
		log_note(t->o.log,
			"%s: line %zu is an item of a type that is kept and not sent (%zu of them)",
			given(t), c->kept_line, c->kept);
}

/* What look has found. */
static bool read_all(struct transcript *t, struct err *e)
{
	buf_clear(&t->old);
	buf_clear(&t->history);
	buf_clear(&t->added);
	t->conversation = (struct conversation){.id = ""};
	t->seen = state_of(t);
	if (t->fd >= 0 && !file_read_fd(t->fd, &t->old, NULL, CLOCK_NEVER, e))
		return blame(t, e);
	if (t->old.n == 0)
		return begin(t, e);
	return conversation_read(&t->conversation, buf_span(&t->old), &t->history, e) ||
	       blame(t, e);
}

/* ------------------------------------------------------------------- locking */

/* The file that we have open is the one that has the name. */
static bool has_name(const struct transcript *t)
{
	struct stat own = state_of(t), named;

	return stat(t->o.file->path, &named) == 0 && named.st_ino == own.st_ino &&
	       named.st_dev == own.st_dev;
}

static bool wait_for_lock(struct transcript *t, struct err *e)
{
	int64_t began_ms = clock_mono_ms(t->o.clock);
	bool told = false;

	while (!transcript_lock(t->fd)) {
		int64_t now_ms = clock_mono_ms(t->o.clock);

		if (errno != EWOULDBLOCK && errno != EINTR)
			return fails(t, ERR_OUTPUT, errno,
				"cannot be locked (a conversation wants a file system with locks)",
				e);
		if (now_ms >= t->o.deadline_ms)
			return fails(t, ERR_TIME, 0,
				"the run's time is over (--timeout): another run has it", e);
		if (!told && now_ms - began_ms >= NOTICE_MS)
			log_note(t->o.log, "waiting for another run that has %s", given(t));
		told = told || now_ms - began_ms >= NOTICE_MS;
		(void)!poll(NULL, 0, REST_MS);
	}
	return true;
}

/* Who had it before us may have put another file in its place, again and again. */
static bool lock(struct transcript *t, struct err *e)
{
	for (;;) {
		if (!look(t, e))
			return false;
		if (t->fd < 0)
			return true;
		if (!wait_for_lock(t, e))
			return false;
		if (has_name(t))
			return true;
		if (clock_mono_ms(t->o.clock) >= t->o.deadline_ms)
			return fails(t, ERR_TIME, 0,
				"the run's time is over (--timeout): others replace it", e);
		(void)!poll(NULL, 0, REST_MS);
	}
}

bool transcript_take(struct transcript *t, struct err *e)
{
	struct stat now;

	if (t->taken)
		return true;
	if (!lock(t, e))
		return false;
	now = state_of(t);
	if (!same_state(&now, &t->seen) && !read_all(t, e))
		return false;
	t->o.file->old = t->fd >= 0;
	if (t->fd >= 0 && !outfile_dress(t->o.file, &now, e))
		return false;
	t->taken = true;
	tell(t);
	return true;
}

bool transcript_taken(const struct transcript *t)
{
	return t->taken;
}

const char *transcript_id(const struct transcript *t)
{
	return t->conversation.id;
}

struct span transcript_history(const struct transcript *t)
{
	return buf_span(&t->history);
}

/* ------------------------------------------------------------------- writing */

/* The old text and the new lines. */
static bool compose(struct transcript *t, struct err *e)
{
	struct span old = buf_span(&t->old);

	return (old.n == 0 || span_ends(old, "\n") || buf_add_byte(&t->old, '\n', e)) &&
	       buf_add(&t->old, buf_span(&t->added), e);
}

/* What the next run could not read is not written. */
static bool check(struct span text, struct err *e)
{
	struct conversation c;

	return conversation_read(&c, text, NULL, e) ||
	       err_wrap(e, "what would be written is no conversation");
}

static bool unchanged(const struct transcript *t)
{
	struct stat now = state_of(t);

	return t->fd < 0 || (same_state(&now, &t->seen) && has_name(t));
}

static bool write_all(const struct transcript *t, struct span text, struct err *e)
{
	if (!unchanged(t))
		return err_set(e, ERR_OUTPUT, 0, "it was changed during the run, and is left alone");
	return output_write(t->o.file->fd, text, t->o.clock, t->o.deadline_ms, e);
}

bool transcript_save(struct transcript *t, struct err *e)
{
	struct buf text;
	bool ok;

	buf_free(&t->history); /* it has been sent */
	buf_init(&text, TRANSCRIPT_MAX, "the conversation");
	ok = compose(t, e) && transcript_clean(t->o.redact, buf_span(&t->old), &text, e) &&
	     check(buf_span(&text), e) && write_all(t, buf_span(&text), e);
	buf_free(&text);
	if (ok)
		return outfile_sync(t->o.file, e);
	if (e->kind == ERR_USAGE || e->kind == ERR_CEILING)
		e->kind = ERR_OUTPUT;
	return err_wrap(e, OPTION " %s", given(t));
}

/* ------------------------------------------------------------ beginning, end */

bool transcript_open(
	struct transcript **out, const struct transcript_options *o, struct err *e)
{
	struct transcript *t = calloc(1, sizeof *t);

	if (t == NULL)
		return err_memory(e);
	t->o = *o;
	t->fd = -1;
	buf_init(&t->old, TRANSCRIPT_MAX, "the conversation");
	buf_init(&t->history, INPUT_MAX, "all input together");
	buf_init(&t->added, TRANSCRIPT_MAX, "what is added to the conversation");
	buf_init(&t->came, TRANSCRIPT_MAX, "the items of the answer");
	buf_init(&t->text, TRANSCRIPT_MAX, "the answer");
	*out = t;
	return look(t, e) && read_all(t, e) &&
	       outfile_open(o->file, o->rand, o->clock, o->deadline_ms, e);
}

void transcript_free(struct transcript **out)
{
	struct transcript *t = *out;

	if (t == NULL)
		return;
	/* Another run must not come before the file has its name. */
	if (t->taken && t->fd >= 0) {
		t->o.file->lock = t->fd;
		t->o.file->locked = true;
	} else {
		let_go(t);
	}
	buf_free(&t->old);
	buf_free(&t->history);
	buf_free(&t->added);
	buf_free(&t->came);
	buf_free(&t->text);
	free(t);
	*out = NULL;
}
