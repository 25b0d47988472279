#!/bin/sh
# Bring the manual up to date with a change of the source: a patch that can touch nothing but docs/.
set -eu

git diff main...HEAD -- src |
	octavo ask --patch docs.patch --patch-paths docs/ -f docs/dates.md \
		'Does the attached change make the manual wrong? Mend it. Answer with one unified diff against the top of the repository.' \
		>/dev/null
git apply docs.patch
