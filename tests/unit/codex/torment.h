/* torment - a document's reader, tried with every cut of the document and every byte of it spoilt. */
#ifndef TORMENT_H
#define TORMENT_H

#include "tap.h"

/* Every cut, and every byte replaced by something worse: another good document, or an orderly no. */
static void torment(const char *text, bool (*read)(struct span, struct err *), const char *name)
{
	size_t n = strlen(text);
	long wrong = 0, tried = 0;

	for (size_t cut = 0; cut < n; cut++, tried++) {
		struct span s = tap_guard(span_of(text, cut));
		struct err e = {.kind = ERR_NONE};

		wrong += read(s, &e) || e.kind != ERR_PROTOCOL;
		tap_unguard(s);
	}
	for (size_t at = 0; at < n; at++)
		for (int i = 0; i < 5; i++, tried++) {
			struct span s = tap_guard(span_of(text, n));
			struct err e = {.kind = ERR_NONE};

			((unsigned char *)s.p)[at] = (unsigned char)"\0\"{0\xff"[i];
			if (!read(s, &e))
				wrong += e.kind != ERR_PROTOCOL && e.kind != ERR_ACCESS &&
				         e.kind != ERR_REQUEST;
			tap_unguard(s);
		}
	tap_ok(wrong == 0, "%s: %ld cut or damaged documents", name, tried);
}

#endif
