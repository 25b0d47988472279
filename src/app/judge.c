#include "app/judge.h"

#include "base/file.h"
#include "base/limits.h"

bool judge_is_wanted(const struct config *c)
{
	return c->schema_file != NULL || c->patch != NULL;
}

static bool read_schema(struct judge *j, const struct config *c, const struct clock *clock,
	int64_t deadline_ms, struct err *e)
{
	struct buf text;
	bool ok;

	buf_init(&text, SCHEMA_MAX, "the schema");
	ok = file_read_path(c->schema_file, &text, clock, deadline_ms, e) &&
	     schema_read(&j->schema, buf_span(&text), c->schema_fix, e);
	buf_free(&text);
	if (!ok && e->kind == ERR_CEILING)
		e->kind = ERR_USAGE;
	return ok || err_wrap(e, "--output-schema %s", c->schema_file);
}

bool judge_open(struct judge *j, const struct config *c, const struct clock *clock,
	const struct log *log, int64_t deadline_ms, struct err *e)
{
	*j = (struct judge){
		.patch = c->patch != NULL,
		.rules = {.rules = {c->patch_globs, c->patch_globs_n, c->patch_ci},
			.path_env = c->path,
			.deadline_ms = deadline_ms,
			.clock = clock,
			.log = log},
		.log = log,
	};
	buf_init(&j->answer, BUFFERED_ANSWER_MAX, "the answer held to be judged");
	return c->schema_file == NULL || read_schema(j, c, clock, deadline_ms, e);
}

void judge_free(struct judge *j)
{
	schema_free(&j->schema);
	buf_free(&j->answer);
}

struct span judge_schema(const struct judge *j)
{
	return j->schema == NULL ? span_of(NULL, 0) : schema_text(j->schema);
}

/* As a file of the answer ends: in one newline. */
static bool end_line(struct buf *b, struct err *e)
{
	while (b->n > 0 && b->p[b->n - 1] == '\n')
		b->n--;
	return buf_add_byte(b, '\n', e);
}

bool judge_answer(struct judge *j, struct err *e)
{
	if (!end_line(&j->answer, e))
		return false;
	if (j->schema != NULL && !schema_check(j->schema, buf_span(&j->answer), e))
		return err_wrap(e, "the answer does not fit the schema");
	if (j->patch && !patch_accept(&j->rules, buf_span(&j->answer), e))
		return err_wrap(e, "the answer is no patch to apply");
	log_step(j->log, "the answer %s", j->schema != NULL ? "fits the schema" : "is a patch");
	return true;
}

bool judge_complain(
	const struct judge *j, const struct err *why, struct buf *out, struct err *e)
{
	return buf_add_strs(out, (const char *const[]){
		"Your answer was checked by a program and rejected: ", why->text,
		".\nAnswer again with the whole corrected ",
		j->schema != NULL ? "JSON text" : "unified diff",
		" and nothing else: no explanation, no code fence.", NULL}, e);
}
