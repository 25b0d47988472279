#!/bin/sh
# The bugs that fuzzers are proved with still fit the source: each patch applies, and is one fuzzer's.
set -u
cd "$(dirname "$0")/../.." || exit 1
count=0
failed=0

# ok NAME COMMAND...
ok() {
	count=$((count + 1))
	what=$1
	shift
	if said=$("$@" 2>&1); then
		echo "ok $count - $what"
	else
		failed=$((failed + 1))
		echo "not ok $count - $what"
		printf '%s\n' "$said" | sed 's/^/# /'
	fi
}

for patch in tests/fuzz/planted/*.patch; do
	name=$(basename "$patch" .patch)
	ok "the bug planted for $name applies" patch -p1 --dry-run -s -i "$patch"
	ok "... and $name is a fuzzer" test -f "tests/fuzz/$name.c"
done
for fuzzer in tests/fuzz/*.c; do
	name=$(basename "$fuzzer" .c)
	[ "$name" = replay ] || ok "$name has a planted bug" test -f "tests/fuzz/planted/$name.patch"
done
echo "1..$count"
[ $failed -eq 0 ]
