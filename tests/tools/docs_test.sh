#!/bin/sh
# The man page and the completions: what the option table tells is in them as it is now, a page
# that lacks it is seen, and each shell takes its file and completes with it.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. "$top/tests/tools/tap.sh"

# ---- generated ----

shells="$top/src/app/completions"
mkdir "$dir/docs"
cp "$top/src/app/octavo.1" "$shells"/* "$dir/docs"
copies="$dir/docs/octavo.1 $dir/docs/octavo.bash $dir/docs/_octavo $dir/docs/octavo.fish"
remade() {
	make -s -C "$top" docs DOCS="$copies" 2>&1 | grep '^wrote ' | sed 's,.*/,,'
}
ok 'they say what the option table says (else: make docs)' '' "$(remade)"
for file in $copies; do
	sed -i 's/idle-timeout/idle-timeuot/' "$file"
done
ok 'they are written anew where they do not' 'octavo.1 octavo.bash _octavo octavo.fish' \
	"$(remade | paste -sd' ')"
sed -i '/^# end$/d' "$dir/docs/octavo.bash"
ok 'a part without end is told' "ci/docs/fill: no end of 'bash'" \
	"$(make -s -C "$top" docs DOCS="$copies" 2>&1 | grep -o "ci/docs/fill: no end of '[a-z]*'")"

# ---- the man page ----

if has mandoc; then
	ok 'mandoc has nothing to say' '' "$(mandoc -T lint -W warning "$top/src/app/octavo.1" 2>&1)"
	ok 'an option is shown as it is typed' 1 "$(mandoc -T ascii "$top/src/app/octavo.1" | sed "s/.$(printf '\b')//g" |
		grep -c -- '^ *--idle-timeout TIME$')"
fi
# shellcheck disable=SC2016 # Markdown's backquotes
ok 'every variable of the README is in it' '' "$(
	sed -n '/^## Environment/,/^## Exit/s/^| `/`/p' "$top/README.md" | cut -d'|' -f1 |
		grep -o '`[A-Za-z_]*`' | tr -d '`' | while read -r name; do
		grep -q "^\.It Ev.*\<$name\>" "$top/src/app/octavo.1" || echo "$name"
	done
)"

# ---- completions: WORDS... with the one to complete last, against the words offered ----

# As bash calls it: with the word that will be replaced, which is the last of what it made of the
# line, or more than that (observed with bash 5.2: of "--x=@y", where it makes "--x", "=@" and "y", "@y").
in_bash_for() {
	# shellcheck disable=SC2016 # for the other shell
	bash -c '. "$1"; word=$2; shift 2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		_octavo octavo "$word"; printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$shells/octavo.bash" "$@" | sort | paste -sd' '
}

in_bash() {
	for word; do :; done
	in_bash_for "$word" "$@"
}

in_fish() {
	fish --no-config -c "source $shells/octavo.fish; complete -C '$*'" | cut -f1 | sort | paste -sd' '
}

in_zsh() {
	"$top/tests/tools/zsh-complete" "$shells" "$*" | sort | paste -sd' '
}

mkdir "$dir/files"
cd "$dir/files" || exit 1
touch data.txt data.log

check() { # check SHELL
	ok "$1: commands" 'ask auth doctor models version' "$("in_$1" octavo '')"
	ok "$1: a command that is begun" models "$("in_$1" octavo mo)"
	ok "$1: a command of two words" status "$("in_$1" octavo auth '')"
	ok "$1: options without a command" '--explain --help --verbose' "$("in_$1" octavo --)"
	ok "$1: options that begin so" '--stdin --stdin-head --stdin-max --stdin-tail --stdin-wait' \
		"$("in_$1" octavo ask --stdin)"
	ok "$1: options of a command of two words" '--token-fd --token-file' "$("in_$1" octavo auth status --tok)"
	ok "$1: no options of another command" '' "$("in_$1" octavo models --stdin-)"
	ok "$1: behind other arguments" '--verbose --verbosity' "$("in_$1" octavo ask -n --model gpt --verb)"
	ok "$1: words" 'high low medium' "$("in_$1" octavo ask --verbosity '')"
	ok "$1: words that begin so" 'medium minimal' "$("in_$1" octavo ask --effort m)"
	ok "$1: files" 'data.log data.txt' "$("in_$1" octavo ask -f da)"
	ok "$1: files of another option" 'data.log data.txt' "$("in_$1" octavo models --cacert da)"
	ok "$1: files behind @" '@data.log @data.txt' "$("in_$1" octavo ask --instructions @da)"
	ok "$1: no files where there are none" '' "$("in_$1" octavo ask --model da)"
}

if has bash; then
	check bash
	ok 'bash: = is a word of its own' 'auto' "$(in_bash octavo ask --summary = au)"
	ok 'bash: words behind =' 'bearer none' "$(in_bash_for '' octavo ask --auth =)"
	ok 'bash: @ is a word of its own' '@data.log @data.txt' "$(in_bash_for @da octavo ask --instructions @ da)"
	ok 'bash: @ behind =' '@data.log @data.txt' "$(in_bash_for @da octavo ask --instructions =@ da)"
	ok 'bash: nothing behind @ as yet' '@data.log @data.txt' "$(in_bash_for @ octavo ask --instructions =@)"
	ok 'bash: nothing behind --' '' "$(in_bash octavo ask -- --st)"
fi
if has shellcheck; then
	ok 'bash: shellcheck has nothing to say' '' "$(shellcheck "$shells/octavo.bash" "$top/ci/docs/fill" 2>&1)"
fi
if has zsh; then
	ok 'zsh: it parses' '' "$(zsh -n "$shells/_octavo" 2>&1)"
	check zsh
fi
if has fish; then
	check fish
	ok 'fish: words behind =' '--summary=auto' "$(in_fish octavo ask --summary=au)"
fi

# ---- installed ----

make -s -C "$top" install DESTDIR="$dir/root" PREFIX=/usr >/dev/null 2>&1
ok 'make install puts them where they are looked for' "$(
	printf '%s\n' bin/octavo share/bash-completion/completions/octavo \
		share/fish/vendor_completions.d/octavo.fish share/man/man1/octavo.1 \
		share/zsh/site-functions/_octavo
)" "$(cd "$dir/root/usr" && find . -type f | sed 's,^\./,,' | LC_ALL=C sort)"
tap_done
