/* app/version: what it says, and that half of it is a failure. */
#include "app/version.h"

#include "fakes.h"

int main(void)
{
	struct buf b;
	struct err e;
	size_t bad = 0, whole;

	buf_init(&b, 4096, "version");
	tap_good(version_write(&b, false, &e), &e, "the version");
	tap_ok(span_starts(buf_span(&b), "octavo ") && span_find(buf_span(&b), '\n', 0) == b.n - 1,
	       "... is one line");
	buf_clear(&b);
	tap_good(version_write(&b, true, &e), &e, "and all of it");
	tap_ok(span_starts(span_str(version_user_agent()), "octavo/"), "%s", version_user_agent());
	whole = b.n;
	buf_free(&b);
	for (size_t max = 0; max < whole; max++) {
		buf_init(&b, max, "version");
		bad += version_write(&b, true, &e) || e.kind != ERR_CEILING;
		buf_free(&b);
	}
	tap_is_int((long long)bad, 0, "less room than it needs");
	return tap_done();
}
