#include "app/patch.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/patch_git.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/limits.h"
#include "base/text.h"

enum { COMPLAINT_MAX = 1024 };

/* ---- files ---- */

static bool refuse(const char *path, int sys, const char *what, struct err *e)
{
	return err_set(e, ERR_MISFIT, sys, "the patch touches %s: %s", path, what);
}

/* The first `n` bytes of a path: there may be nothing, but no link, and no odd file at its end. */
static bool look_at(const char *path, size_t n, bool *there, struct err *e)
{
	char part[PATCH_PATH_MAX + 1];
	const char *odd;
	struct stat st;

	memcpy(part, path, n);
	part[n] = '\0';
	*there = lstat(part, &st) == 0;
	if (!*there)
		return errno == ENOENT || errno == ENOTDIR ||
		       refuse(path, errno, "cannot look at it", e);
	if (S_ISLNK(st.st_mode))
		return err_set(e, ERR_MISFIT, 0,
			"the patch touches %s: %s is a symbolic link", path, part);
	odd = path[n] == '\0' ? file_odd_kind(st.st_mode) : NULL;
	return odd == NULL ||
	       err_set(e, ERR_MISFIT, 0, "the patch touches %s, which is %s", path, odd);
}

static bool check_file(void *ctx, const char *path, struct err *e)
{
	bool there = true;

	(void)ctx;
	for (size_t n = 1; there; n++)
		if (path[n] == '/' || path[n] == '\0') {
			if (!look_at(path, n, &there, e))
				return false;
			if (path[n] == '\0')
				return true;
		}
	return true;
}

/* ---- is there a git, and something for it to look at ---- */

/* Only in absolute directories: what lies in a checkout is not what the user calls git. */
static bool find_git(const char *path_env, char out[PATH_MAX])
{
	struct span left = span_str(path_env);
	struct stat st;

	while (left.n > 0) {
		size_t n = span_find(left, ':', 0);

		if (left.p[0] == '/' && fmt_into(out, PATH_MAX, "%.*s/git", (int)n,
				(const char *)left.p) < PATH_MAX &&
			stat(out, &st) == 0 && S_ISREG(st.st_mode) && access(out, X_OK) == 0)
			return true;
		left = span_cut(left, n + 1, left.n);
	}
	return false;
}

/* *top: the current directory is the work tree's own, not one inside. */
static bool in_work_tree(bool *top)
{
	char name[PATH_MAX + sizeof "/.git"];
	struct stat st;
	size_t n;

	*top = true;
	if (getcwd(name, PATH_MAX) == NULL)
		return false;
	for (n = strlen(name);; *top = false) {
		memcpy(name + n, "/.git", sizeof "/.git");
		if (lstat(name, &st) == 0)
			return true;
		do
			if (n-- == 0)
				return false;
		while (name[n] != '/');
	}
}

/* ---- what it says ---- */

static bool is_complaint(struct span line)
{
	return span_starts(line, "error: ") || span_starts(line, "fatal: ");
}

/* The first line that calls itself one, without that; else the first that says anything. */
static struct span complaint(struct span said)
{
	struct span first = span_of(NULL, 0);

	for (size_t at = 0, end; at < said.n; at = end + 1) {
		struct span line;

		end = span_find(said, '\n', at);
		line = span_trim(span_cut(said, at, end));
		if (is_complaint(line))
			return span_cut(line, strlen("error: "), line.n);
		if (first.n == 0)
			first = line;
	}
	return first;
}

static bool complain(int status, struct span said, struct err *e)
{
	struct buf line;
	bool ok;

	if (WIFSIGNALED(status))
		return err_set(
			e, ERR_MISFIT, 0, "git apply --check: ended by signal %d", WTERMSIG(status));
	said = complaint(said);
	if (said.n == 0)
		return err_set(e, ERR_MISFIT, 0, "git apply --check: exit status %d without a word",
			WEXITSTATUS(status));
	buf_init(&line, COMPLAINT_MAX, "what git says");
	ok = text_one_line(said, COMPLAINT_MAX, &line, e);
	if (ok)
		err_set(e, ERR_MISFIT, 0, "git apply --check: %.*s", (int)line.n,
			(const char *)line.p);
	buf_free(&line);
	return false;
}

static bool stands_alone(const struct patch_options *o, const char *why)
{
	log_step(o->log, "patch: %s: its form, paths and links have been checked, not that it applies",
		why);
	return true;
}

static bool ask_git(const struct patch_options *o, const char *program, struct span answer,
	struct err *e)
{
	struct buf said;
	int status = 0;
	bool ok;

	buf_init(&said, PATCH_SAID_MAX, "what git says");
	ok = patch_git_run(program, o, answer, &said, &status, e);
	if (ok && WIFEXITED(status) && WEXITSTATUS(status) == PATCH_GIT_NOT_RUN && said.n == 0)
		ok = stands_alone(o, "git cannot be run");
	else if (ok && status != 0)
		ok = complain(status, buf_span(&said), e);
	else if (ok)
		log_step(o->log, "patch: git apply --check takes it");
	buf_free(&said);
	return ok;
}

bool patch_accept(const struct patch_options *o, struct span answer, struct err *e)
{
	char program[PATH_MAX];
	bool top;

	if (!patch_check(answer, &o->rules, check_file, NULL, e))
		return false;
	if (o->path_env == NULL || !find_git(o->path_env, program))
		return stands_alone(o, "there is no git in PATH");
	if (!in_work_tree(&top))
		return stands_alone(o, "the current directory is in no work tree of git");
	if (!top)
		log_step(o->log, "patch: its names are taken from the current directory, which is not "
			"the top of the work tree");
	return ask_git(o, program, answer, e);
}
