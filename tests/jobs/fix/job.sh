#!/bin/sh
# Mend a failing test: the answer is a patch that applies, or there is none.
set -eu

octavo ask --patch fix.patch --patch-paths src/ -f src/wire/date.c -f src/wire/date.h \
	'The attached test fails. Mend the source. Answer with one unified diff against the top of the repository.' \
	<test.log >/dev/null
git apply fix.patch
