#!/bin/sh
# Release notes from the log since the last tag.
set -eu

last=$(git describe --tags --abbrev=0)
git log --no-merges --reverse --format='%h %s%n%n%b' "$last..HEAD" |
	octavo ask -o notes.md \
		'Write release notes for users from the attached log: what is new, what is mended. Leave out what they cannot notice.' \
		>/dev/null
