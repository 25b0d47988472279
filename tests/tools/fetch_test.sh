#!/bin/sh
# vendor/fetch on a table of its own: right, missing, altered and patched archives, no network.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
count=0
failed=0

# ok NAME COMMAND...: the command succeeds
ok() {
	count=$((count + 1))
	name=$1
	shift
	if "$@"; then
		echo "ok $count - $name"
	else
		failed=$((failed + 1))
		echo "not ok $count - $name"
		sed 's/^/#   /' said
	fi
}

# fetch: run it on the directory of archives; its words go to the file `said`
fetch() {
	VENDOR_DIR=archives vendor/fetch >said 2>&1
}

fails() {
	! fetch
}

says() {
	grep -qF -- "$1" said
}

mkdir -p vendor/patches archives toy-1.0
cp "$top/vendor/fetch" vendor/
echo 'int toy;' >toy-1.0/toy.h
tar -czf archives/toy_1.0.tar.gz toy-1.0
sum=$(sha256sum archives/toy_1.0.tar.gz | cut -d ' ' -f 1)
printf '# a comment\n\ntoy 1.0 toy_1.0.tar.gz %s toy\n' "$sum" >vendor/sources

ok 'an archive with the right sum is taken' fetch
ok 'and unpacked' grep -q toy vendor/cache/toy/toy.h
mv archives/toy_1.0.tar.gz away
ok 'a second run needs nothing' fetch
rm -r vendor/cache
ok 'a missing file fails' fails
ok 'and is named' says "missing file toy_1.0.tar.gz (looked for $dir/archives/toy_1.0.tar.gz)"
echo altered >archives/toy_1.0.tar.gz
ok 'an altered file fails' fails
ok 'the file is named' says "wrong checksum of $dir/archives/toy_1.0.tar.gz"
ok 'the wanted sum is told' says "wanted $sum"
ok 'the found sum is told' says "found  $(sha256sum archives/toy_1.0.tar.gz | cut -d ' ' -f 1)"
ok 'nothing is left of it' test -z "$(ls vendor/cache)"
mv away archives/toy_1.0.tar.gz
fetch
echo altered >vendor/cache/toy_1.0.tar.gz
ok 'an altered archive in the cache is replaced' fetch
ok 'by the right one' cmp -s vendor/cache/toy_1.0.tar.gz archives/toy_1.0.tar.gz
printf -- '--- a/toy.h\n+++ b/toy.h\n@@ -1 +1 @@\n-int toy;\n+int fixed;\n' >vendor/patches/toy-fix.patch
ok 'a patch that came later is applied' fetch
ok 'to the unpacked file' grep -q fixed vendor/cache/toy/toy.h
sed -i 's/-int toy/-int other/' vendor/patches/toy-fix.patch
ok 'a patch that does not fit fails' fails
ok 'and is named' says 'patches/toy-fix.patch does not apply'
ok 'no half patched tree is left' test ! -e vendor/cache/toy
rm vendor/patches/toy-fix.patch
ok 'a patch taken away is gone' fetch
ok 'from the unpacked file' grep -q toy vendor/cache/toy/toy.h

echo "1..$count"
[ "$failed" = 0 ]
