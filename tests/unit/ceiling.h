/*
 * ceiling - what appends gets room for 0, 1, 2, ... bytes until there is enough: every append
 * fails once.
 */
#ifndef CEILING_H
#define CEILING_H

#include "tap.h"

/*
 * `run` appends to out, and does not free it. False unless it fails with ERR_CEILING while there is
 * too little room, leaves a beginning of the whole then, and leaves the whole in the end.
 */
__attribute__((unused))
static bool ceiling_each(bool (*run)(struct buf *out, struct err *e))
{
	struct buf whole;
	struct err e;
	bool good;

	buf_init_wiping(&whole, 1 << 20, "whole");
	good = run(&whole, &e) && whole.n > 0;
	for (size_t max = 0; max <= whole.n && good; max++) {
		struct buf out;
		bool ok;

		buf_init_wiping(&out, max, "part");
		ok = run(&out, &e);
		good = ok == (max == whole.n) && (ok || e.kind == ERR_CEILING) &&
		       span_equal(buf_span(&out), span_cut(buf_span(&whole), 0, out.n)) &&
		       (!ok || out.n == whole.n);
		buf_free(&out);
		if (!good)
			printf("#   wrong with room for %zu of %zu bytes\n", max, whole.n);
	}
	buf_free(&whole);
	return good;
}

#endif
