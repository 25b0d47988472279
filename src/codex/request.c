#include "codex/request.h"

#include <string.h>

#include "wire/jsonw.h"

static void write_input(struct jsonw *w, struct span text)
{
	jsonw_name(w, "input");
	jsonw_array(w);
	jsonw_object(w);
	jsonw_name(w, "type");
	jsonw_str(w, "message");
	jsonw_name(w, "role");
	jsonw_str(w, "user");
	jsonw_name(w, "content");
	jsonw_array(w);
	jsonw_object(w);
	jsonw_name(w, "type");
	jsonw_str(w, "input_text");
	jsonw_name(w, "text");
	jsonw_text(w, text);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_array_end(w);
}

static void write_member(struct jsonw *w, const char *name, const char *value)
{
	if (value == NULL)
		return;
	jsonw_name(w, name);
	jsonw_str(w, value);
}

static void write_reasoning(struct jsonw *w, const char *effort, const char *summary)
{
	/* "none" is ours for leaving the summary out: the service knows no such word. */
	if (summary != NULL && strcmp(summary, "none") == 0)
		summary = NULL;
	if (effort == NULL && summary == NULL)
		return;
	jsonw_name(w, "reasoning");
	jsonw_object(w);
	write_member(w, "effort", effort);
	write_member(w, "summary", summary);
	jsonw_object_end(w);
}

bool request_write(struct buf *out, const struct request *r, struct err *e)
{
	struct jsonw w;

	jsonw_init(&w, out);
	jsonw_object(&w);
	write_member(&w, "model", r->model);
	jsonw_name(&w, "instructions");
	jsonw_text(&w, r->instructions);
	write_input(&w, r->input);
	jsonw_name(&w, "stream");
	jsonw_bool(&w, true);
	jsonw_name(&w, "store");
	jsonw_bool(&w, false);
	jsonw_name(&w, "include");
	jsonw_array(&w);
	jsonw_str(&w, "reasoning.encrypted_content");
	jsonw_array_end(&w);
	write_reasoning(&w, r->effort, r->summary);
	if (r->verbosity != NULL) {
		jsonw_name(&w, "text");
		jsonw_object(&w);
		write_member(&w, "verbosity", r->verbosity);
		jsonw_object_end(&w);
	}
	write_member(&w, "service_tier", r->service_tier);
	write_member(&w, "prompt_cache_key", r->prompt_cache_key);
	jsonw_object_end(&w);
	return jsonw_end(&w, e);
}

/* `words` are separated by single spaces. */
static bool check_word(const char *s, const char *option, const char *words, struct err *e)
{
	const char *at = words;
	size_t n = strlen(s);

	while (*at != '\0') {
		size_t word = strcspn(at, " ");

		if (word == n && memcmp(at, s, n) == 0)
			return true;
		at += word + (at[word] == ' ');
	}
	return err_set(e, ERR_USAGE, 0, "%s must be one of: %s", option, words);
}

bool request_check_effort(const char *s, struct err *e)
{
	return check_word(s, "--effort", "none minimal low medium high xhigh", e);
}

bool request_check_verbosity(const char *s, struct err *e)
{
	return check_word(s, "--verbosity", "low medium high", e);
}

bool request_check_summary(const char *s, struct err *e)
{
	return check_word(s, "--summary", "auto concise detailed none", e);
}
