#!/bin/sh
# Hold the source to its floor plan:  base < wire < { codex, net, tool } < app
#
#   ci/floors.sh [TREE]     TREE holds src/; this checkout is the default
#
# A floor may include the floors below it and its own; the three wings never see
# one another; files form no circle, but for those of one family: app/sink.c and
# app/sink_text.c may know each other. Further: who may read the environment,
# open a secret, write to stderr or keep state.
# One line per violation, as file:line: what.
set -eu
cd "${1:-$(dirname "$0")/..}"

# shellcheck disable=SC2016 # awk's dollars
find src -name '*.[ch]' | LC_ALL=C sort | xargs awk '
function bad(what) {
	print FILENAME ":" FNR ": " what
	faults++
}

# code(line): without comments, and with empty strings
function code(line,    at, from) {
	gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
	gsub(/\047([^\047\\]|\\.)+\047/, "0", line)
	if (in_comment) {
		at = index(line, "*/")
		if (!at)
			return ""
		in_comment = 0
		line = substr(line, at + 2)
	}
	sub(/\/\/.*/, "", line)
	while (from = index(line, "/*")) {
		at = index(substr(line, from + 2), "*/")
		if (!at) {
			in_comment = 1
			return substr(line, 1, from - 1)
		}
		line = substr(line, 1, from - 1) " " substr(line, from + at + 3)
	}
	return line
}

function uses(line, words) {
	return line ~ ("(^|[^A-Za-z0-9_])(" words ")([^A-Za-z0-9_]|$)")
}

function room_of(path) {
	sub(/\.[ch]$/, "", path)
	sub(/\/.*\//, "/", path) # what only one system has is in a directory of its own
	return path
}

function family(room) {
	sub(/_.*/, "", room)
	return room
}

function include(header,    other, to) {
	other = header
	sub(/\/.*/, "", other)
	if (!(other in rank) || header !~ /\//)
		return bad("\"" header "\" is not written from src, or on no floor")
	if (other != floor && rank[other] == rank[floor])
		bad("the wing " floor " includes the wing " other " (" header ")")
	else if (rank[other] > rank[floor])
		bad("the floor " floor " includes the floor above, " other " (" header ")")
	if (header == "base/secret_open.h" && FILENAME !~ may_open)
		bad("only base/secret, base/redact and codex/headers may open a secret")
	to = room_of(header)
	if (family(to) != family(room) && !((room, to) in edge)) {
		edge[room, to] = FILENAME ":" FNR
		next_of[room] = next_of[room] " " to
	}
}

# walk(room, path): depth first; a room met again on its own path closes a circle
function walk(at, path,    list, n, i) {
	state[at] = 1
	n = split(next_of[at], list, " ")
	for (i = 1; i <= n; i++) {
		if (state[list[i]] == 1) {
			path = path " > " at " > " list[i]
			sub("^.* > " list[i] " > ", list[i] " > ", path)
			print edge[at, list[i]] ": a circle of rooms: " path
			faults++
		} else if (!state[list[i]]) {
			walk(list[i], path " > " at)
		}
	}
	state[at] = 2
}

# mutable(line): it declares a static object that can change
function mutable(line,    head) {
	if (line !~ /^[ \t]*(static|_Thread_local)[ \t]/)
		return 0
	head = line
	gsub(/__attribute__[ \t]*\(\(.*\)\)/, "", head)
	if (match(head, /^[^(]*\(\*[^)]*\)/))
		return substr(head, RSTART, RLENGTH) !~ /\*const/
	if (!match(head, /[=;[(]/) || substr(head, RSTART, 1) == "(")
		return 0
	head = substr(head, 1, RSTART - 1)
	sub(/^.*\*/, "", head)
	return !uses(head, "const")
}

BEGIN {
	rank["base"] = 1
	rank["wire"] = 2
	rank["codex"] = rank["net"] = rank["tool"] = 3
	rank["app"] = 4
	may_read = "^src/app/config(_[a-z0-9_]+)?\\.c$"
	may_print = "^src/base/(linux/)?(log|assert)\\.[ch]$" # assert: the log may be what is broken
	may_open = "^src/(base/secret|base/redact|codex/headers)\\.c$"
}

FNR == 1 {
	files++
	in_comment = 0
	room = room_of(substr(FILENAME, 5))
	rooms[files] = room
	floor = room
	sub(/\/.*/, "", floor)
	if (!(floor in rank))
		bad("src/" floor " is no floor")
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	include(quoted[2])
	next
}
{
	line = code($0)
	gsub(/format\(printf,/, "", line) # an attribute
	if (FILENAME == "src/app/main.c")
		gsub(/environ|STDERR_FILENO/, "", line) # hands them on, to config and to log
	if (FILENAME == "src/net/linux/resolve_helper.c")
		gsub(/environ/, "", line) # a process of its own, it wipes its copy
	if (uses(line, "getenv|secure_getenv|environ") && FILENAME !~ may_read)
		bad("only app/config may read the environment")
	if (uses(line, "stderr|STDERR_FILENO|perror|psignal|printf|fprintf|dprintf|vprintf|vfprintf|vdprintf|snprintf|vsnprintf|puts|putchar") &&
		FILENAME !~ may_print)
		bad("only base/log may write to stderr, and nothing uses printf")
	if (FILENAME != "src/app/main.c" && mutable(line))
		bad("state at file level, or static in a function; only app/main.c may")
}
END {
	for (i = 1; i <= files; i++)
		if (!state[rooms[i]])
			walk(rooms[i], "")
	if (faults) {
		print "floors: " faults " violations"
		exit 1
	}
	print "floors: ok (" files " files)"
}
' || exit 1
