#!/bin/sh
# Judge eight answers at a time with one token; the status is that of a judge who failed, if any did.
set -eu

mkdir -p verdicts
judges=
for answer in answers/*.md; do
	name=$(basename "$answer" .md)
	octavo ask --output-schema verdict.schema.json -o "verdicts/$name.json" \
		'Does the message of the attached commit say what is changed, and why? Judge it from 1 to 5.' \
		<"$answer" >/dev/null &
	judges="$judges $!"
done
status=0
for judge in $judges; do
	wait "$judge" || status=$?
done
[ "$status" -eq 0 ] || exit "$status"
jq -s 'map(.score) | add / length' verdicts/*.json
