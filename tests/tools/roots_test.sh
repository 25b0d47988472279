#!/bin/sh
# The committed table of roots against openssl's reading of the same certificates.
set -eu
cd "$(dirname "$0")/../.."
table=vendor/roots/roots.txt
mozilla=/usr/share/ca-certificates/mozilla
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

version=$(sed -n 's/.*ca-certificates \(.*\)\.$/\1/p' "$table")
if [ "$(dpkg-query -W -f '${Version}' ca-certificates 2>/dev/null)" != "$version" ]; then
	echo "1..0 # SKIP the table is of ca-certificates $version, another one is installed"
	exit 0
fi

# What openssl says: notAfter and the public key, one line per root, as in the table.
for pem in "$mozilla"/*.crt; do
	openssl x509 -in "$pem" -noout -enddate -pubkey >"$dir/facts"
	end=$(sed -n 's/^notAfter=//p' "$dir/facts")
	spki=$(grep -v -e '^notAfter' -e '^---' "$dir/facts" | base64 -d | od -An -v -tx1 | tr -d ' \n')
	echo "$(date -u -d "$end" +%s) $spki"
done | sort >"$dir/openssl"

# A key in the table is the end of the encoded one: a point as it is, a modulus and its exponent.
grep -v -e '^#' -e '^date' "$table" | awk '
	$1 == "rsa" {
		e = substr($4, length($4) - 5)
		e = e == "000003" ? "020103" : "0203" e
		print $2, substr($4, 1, length($4) - 6) e
		next
	}
	{ print $2, $4 }' | sort >"$dir/table"

awk -v now="$(date +%s)" '
	NR == FNR { key[++n] = $2; end[n] = $1; next }
	{
		for (i = 1; i <= n; i++)
			if (end[i] == $1 && substr($2, length($2) - length(key[i]) + 1) == key[i]) {
				met[i]++
				next
			}
		if ($1 > now)
			lacking++
	}
	END {
		for (i = 1; i <= n; i++)
			strange += met[i] != 1
		print "1..3"
		print (n > 100 ? "" : "not ") "ok 1 - the table has " n " roots"
		print (strange ? "not " : "") "ok 2 - each is one of the package, with its key and its end"
		print (lacking ? "not " : "") "ok 3 - none that is valid is left out"
		exit n <= 100 || strange || lacking
	}' "$dir/table" "$dir/openssl"
