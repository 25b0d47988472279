#!/bin/sh
# ci/floors.sh must see each kind of violation: one planted at a time in a clean tree.
set -eu
floors=$(cd "$(dirname "$0")/../.." && pwd)/ci/floors.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
count=0
failed=0

# check NAME WANT: what floors.sh says of the tree, exit status included, has a
# line that is the pattern WANT
check() {
	count=$((count + 1))
	status=0
	said=$(sh "$floors" "$tree" 2>&1) || status=$?
	said="$said
exit $status"
	if printf '%s\n' "$said" | grep -qx -- "$2"; then
		echo "ok $count - $1"
	else
		failed=$((failed + 1))
		echo "not ok $count - $1"
		printf '%s\n' "wanted $2" "$said" | sed 's/^/#   /'
	fi
}

# clean: a tree without fault, with much that only looks like one
clean() {
	rm -rf "$tree/src"
	mkdir -p "$tree/src"
	add base/err.h '/* stderr, getenv("X"),' ' * printf("x") in a comment */' \
		'bool err_set(struct err *e, ...) __attribute__((format(printf, 2, 3)));'
	add base/err.c '#include "base/err.h"' '#include <stdio.h>' \
		'static const char *const names[] = { "stderr" };' \
		'static const struct { int a; } table[] = { { 1 } };' \
		'static int (*const hook)(void) = err_hook;' \
		'static bool err_add(struct err *e);' \
		'static bool any(const struct url *u, bool (*test)(const struct url *))' \
		"int x(void) { return fmt_into(0, 0, \"printf %c\", '\"'); } // getenv"
	add base/secret_open.h
	add wire/json.h '#include "base/err.h"'
	add net/http.h '#include "wire/json.h"'
	add codex/headers.c '#include "wire/json.h"' '#include "base/secret_open.h"'
	add app/sink.h
	add app/sink.c '#include "net/http.h"' '#include "app/sink_text.h"'
	add app/sink_text.h '#include "app/sink.h"'
	add app/config.c 'char *home = getenv("HOME");'
	add app/main.c 'static volatile sig_atomic_t stopped;'
}

# add FILE LINE...: append to a file of the tree
add() {
	mkdir -p "$tree/src/$(dirname "$1")"
	file=$tree/src/$1
	shift
	[ $# = 0 ] || printf '%s\n' "$@" >>"$file"
	[ -e "$file" ] || : >"$file"
}

# plant NAME WANT FILE LINE...: the lines in a file of a clean tree are found out
plant() {
	name=$1
	want=$2
	shift 2
	clean
	add "$@"
	check "$name" "$want"
}

clean
check 'a clean tree' 'floors: ok (9 files)'
plant 'a floor includes the one above' \
	'src/base/x.c:1: the floor base includes the floor above, wire (wire/json.h)' \
	base/x.c '#include "wire/json.h"'
plant 'a wing includes app' \
	'src/net/x.c:1: the floor net includes the floor above, app (app/sink.h)' \
	net/x.c '#include "app/sink.h"'
plant 'a wing includes a wing' \
	'src/codex/x.c:2: the wing codex includes the wing net (net/http.h)' \
	codex/x.c '' '#include "net/http.h"'
plant 'a wing includes a wing in code of one system' \
	'src/tool/linux/x.c:1: the wing tool includes the wing codex (codex/x.h)' \
	tool/linux/x.c '#  include "codex/x.h"'
plant 'an include not written from src' \
	'src/wire/x.c:1: "json.h" is not written from src, or on no floor' \
	wire/x.c '#include "json.h"'
plant 'a floor nobody planned' 'src/attic/x.c:1: src/attic is no floor' attic/x.c 'int x;'
clean
add wire/a.h '#include "wire/b.h"'
add wire/b.h '#include "wire/c.h"'
add wire/c.c '#include "wire/b.h"'
check 'rooms in a circle' 'src/wire/c.c:1: a circle of rooms: wire/b > wire/c > wire/b'
plant 'the environment read' 'src/net/x.c:1: only app/config may read the environment' \
	net/x.c 'x = getenv("PATH");'
plant 'a secret opened' \
	'src/net/x.c:1: only base/secret, base/redact and codex/headers may open a secret' \
	net/x.c '#include "base/secret_open.h"'
plant 'a write to stderr' \
	'src/app/sink.c:3: only base/log may write to stderr, and nothing uses printf' \
	app/sink.c 'fputs("x", stderr);'
plant 'printf' 'src/wire/x.c:1: only base/log may write to stderr, and nothing uses printf' \
	wire/x.c '/* y */ printf("x"); /* z */'
for state in 'static int x;' 'static int x[4] = { 0 };' 'static const char *names[] = { 0 };' \
	'static int (*hook)(void);' '	static struct err last;'; do
	plant "state: $state" \
		'src/wire/x.c:1: state at file level, or static in a function; only app/main.c may' \
		wire/x.c "$state"
done
plant 'the count' 'floors: 2 violations' net/x.c 'stderr;' 'getenv;'
check 'the exit status' 'exit 1'
clean
check 'the exit status of a clean tree' 'exit 0'

echo "1..$count"
exit "$failed"
