#!/bin/sh
# Rank the report of a static analyser: what to look at first, and what is noise.
set -eu

octavo ask -n --output-schema ranking.schema.json -o ranking.json -f report.sarif \
	'Rank the findings of the attached report by how likely each is a real hole.' >/dev/null
jq -r '.ranking[] | select(.verdict != "noise") | "\(.file):\(.line): \(.rule): \(.why)"' ranking.json
