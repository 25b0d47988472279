#!/bin/sh
# The README's table of exit statuses and what --explain says are the same words, for every status.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
octavo=${OCTAVO:-$top/build/octavo}
. "$top/tests/tools/tap.sh"

# rows: the README's table as "exit|meaning|cause|cure"
rows() {
	sed -n '/^## Exit status/,/^## What/s/^| \([0-9][^|]*\) | \(.*\) | \(.*\) | \(.*\) |$/\1|\2|\3|\4/p' "$top/README.md"
}

# explained CODE: the same from the program
explained() {
	"$octavo" --explain "$1" |
		sed -n '1s/^[0-9]*  //p; 2s/^  usual cause: //p; 3s/^  cure: //p' | paste -sd'|'
}

known=$(rows | cut -d'|' -f1 | tr '\n' ' ')
ok 'the README has the table' 26 "$(rows | wc -l)"
for code in $known; do
	row=$(rows | grep "^$code|" | sed 's/^[^|]*|//')
	ok "the row of $code" "$row" "$(explained "${code%+n}")"
done
code=0
strange=
while [ $code -lt 128 ]; do
	case " $known" in
	*" $code "*) ;;
	*) "$octavo" --explain $code >/dev/null 2>&1 && strange="$strange $code" ;;
	esac
	code=$((code + 1))
done
ok 'no status below 128 that the README lacks' '' "$strange"
tap_done
