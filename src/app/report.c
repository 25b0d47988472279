#include "app/report.h"

#include <sys/stat.h>

#include "base/defuse.h"
#include "base/output.h"
#include "base/text.h"

/* "[redacted]" may be longer than what it stands for, and an escape is. */
enum { GROWS = 4 };

bool report_text(struct buf *out, const struct redact *r, const char *text, struct err *e)
{
	struct span s = span_str(text);
	size_t began = out->n;
	struct buf clean;
	bool ok;

	buf_init_wiping(&clean, GROWS * s.n + 16, "a line of the output");
	ok = redact_all(r, s, &clean, e) &&
	     text_one_line(buf_span(&clean), REPORT_TEXT_MAX, out, e);
	buf_free(&clean);
	return ok && (out->n > began || buf_add_str(out, "-", e));
}

static bool defuse(struct span s, bool ci, struct buf *out, struct err *e)
{
	struct defuse d;

	defuse_init(&d, (struct defuse_options){.ci = ci, .controls = true});
	return defuse_feed(&d, s, out, e) && defuse_finish(&d, out, e);
}

bool report_write(
	const struct config *c, const struct command_io *io, struct span lines, struct err *e)
{
	struct stat st;
	bool file = fstat(io->out, &st) == 0 && S_ISREG(st.st_mode);
	struct buf clean, shown;
	bool ok;

	buf_init(&clean, GROWS * lines.n + 16, "the output");
	buf_init(&shown, GROWS * GROWS * lines.n + 64, "the output");
	ok = redact_all(io->redact, lines, &clean, e) &&
	     defuse(buf_span(&clean), c->in_ci && !file, &shown, e);
	if (ok) {
		log_status_clear(io->log);
		ok = output_write(io->out, buf_span(&shown), io->clock, io->deadline_ms, e);
	}
	buf_free(&clean);
	buf_free(&shown);
	return ok;
}
