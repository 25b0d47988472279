/*
 * quota - how much of the plan is used, as the response headers of a model call tell it.
 *
 * x-codex-primary-* is the short window (hours), x-codex-secondary-* the long one (days); each
 * with -used-percent, -window-minutes and -reset-at (seconds since 1970) or
 * -reset-after-seconds (observed 2026-11). Any of them may be absent; what makes no sense counts
 * as absent.
 */
#ifndef CODEX_QUOTA_H
#define CODEX_QUOTA_H

#include "codex/failure.h"

struct quota_window {
	int64_t used_milli;     /* thousandths of a percent, -1 = not told */
	int64_t window_minutes; /* -1 = not told */
	int64_t resets_at_s;    /* seconds since 1970, 0 = not told */
};

struct quota {
	struct quota_window primary, secondary;
};

void quota_init(struct quota *q); /* nothing is known */
void quota_read(struct quota *q, const struct failure_headers *h, int64_t now_s);

enum { QUOTA_TEXT_MAX = 192 };

/*
 * "12.5 % of 300 minutes, resets 2026-11-23 20:54 UTC; 3 % of 10080 minutes"; false when nothing
 * is known.
 */
bool quota_describe(const struct quota *q, char out[QUOTA_TEXT_MAX]);

#endif
