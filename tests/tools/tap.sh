# For scripts that print TAP: they source this, and end with tap_done.
count=0
failed=0

ok() { # ok NAME WANT GOT
	count=$((count + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $count - $1"
	else
		failed=$((failed + 1))
		echo "not ok $count - $1"
		printf 'wanted: %s\ngot:    %s\n' "$2" "$3" | sed 's/^/# /'
	fi
}

has() { # has PROGRAM: or everything about it is skipped, once
	command -v "$1" >/dev/null && return
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $1 is not installed"
	return 1
}

tap_done() { # its status is the script's
	echo "1..$count"
	[ $failed -eq 0 ]
}
