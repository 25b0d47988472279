#!/bin/sh
# Decide the next version by what was changed since the last one.
set -eu

last=$(git describe --tags --abbrev=0)
git log --no-merges --format='%h %s%n%n%b' "$last..HEAD" |
	octavo ask --output-schema version.schema.json -o version.json \
		'Which part of the version must go up for these changes, by semantic versioning? 0.x: a break is minor.' >/dev/null
jq -r .bump version.json
