#!/bin/sh
# Commit what is staged with a message that says what and why; give up rather than keep anybody waiting.
set -eu

git diff --cached |
	octavo ask --timeout 45s --effort low -o "$(git rev-parse --git-dir)/message" \
		'Write the commit message for the attached change: a subject of at most 72 characters, a blank line, why.' >/dev/null
git commit -q -F "$(git rev-parse --git-dir)/message"
