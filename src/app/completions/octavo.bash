# Completion of octavo's command line for bash. In a bash without the package bash-completion:
#   . octavo.bash
# shellcheck shell=bash

# The commands; the options of command $1; what option $1's argument is called, nothing if it takes
# none.
# begin bash (make docs)
_octavo_commands() {
	printf '%s\n' 'ask' 'models' 'auth status' 'version'
}
_octavo_options() {
	case $1 in
	'') echo '-h --help -v --verbose -e --explain' ;;
	'ask') echo '-h --help -v --verbose -f --file --instructions -n --no-stdin --stdin --stdin-wait --stdin-max --stdin-head --stdin-tail --lossy -m --model --effort --verbosity --summary --service-tier -o --output --buffer --json --json-deltas --raw --token-file --token-fd --codex-auth --account-id --fedramp --require-workspace --backend-origin --routing-override --client-version --base-url --auth --caller-secret-file --header-env --cacert --timeout --connect-timeout --idle-timeout --retries' ;;
	'models') echo '-h --help -v --verbose --json --token-file --token-fd --codex-auth --account-id --fedramp --require-workspace --backend-origin --routing-override --client-version --base-url --auth --caller-secret-file --header-env --cacert --timeout --connect-timeout --retries' ;;
	'auth status') echo '-h --help -v --verbose --json --token-file --token-fd --codex-auth --account-id --fedramp --require-workspace --backend-origin --routing-override --client-version --cacert --timeout --connect-timeout --retries' ;;
	'version') echo '-h --help -v --verbose' ;;
	esac
}
_octavo_value() {
	case $1 in
	-e | --explain) echo 'CODE' ;;
	-f | --file) echo 'FILE' ;;
	--instructions) echo 'TEXT|@FILE' ;;
	--stdin-wait) echo 'TIME' ;;
	--stdin-max) echo 'SIZE' ;;
	--stdin-head) echo 'SIZE' ;;
	--stdin-tail) echo 'SIZE' ;;
	-m | --model) echo 'SLUG' ;;
	--effort) echo 'none|minimal|low|medium|high|xhigh' ;;
	--verbosity) echo 'low|medium|high' ;;
	--summary) echo 'auto|concise|detailed|none' ;;
	--service-tier) echo 'TIER' ;;
	-o | --output) echo 'FILE' ;;
	--token-file) echo 'FILE' ;;
	--token-fd) echo 'N' ;;
	--account-id) echo 'ID' ;;
	--require-workspace) echo 'ID' ;;
	--backend-origin) echo 'URL' ;;
	--routing-override) echo 'VALUE' ;;
	--client-version) echo 'VERSION' ;;
	--base-url) echo 'URL' ;;
	--auth) echo 'bearer|none' ;;
	--caller-secret-file) echo 'FILE' ;;
	--header-env) echo 'NAME=VAR' ;;
	--cacert) echo 'FILE' ;;
	--timeout) echo 'TIME' ;;
	--connect-timeout) echo 'TIME' ;;
	--idle-timeout) echo 'TIME' ;;
	--retries) echo 'N' ;;
	esac
}
# end

# The command whose word or words stand first in "$@", if any.
_octavo_command() {
	local command
	while read -r command; do
		if [[ "$* " == "$command "* ]]; then
			printf '%s\n' "$command"
		fi
	done < <(_octavo_commands)
}

# What may follow the words "$@" of a command: the next word of each that begins so.
_octavo_next_words() {
	local command
	while read -r command; do
		if [[ -z $* ]]; then
			printf '%s\n' "${command%% *}"
		elif [[ "$command" == "$* "* ]]; then
			printf '%s\n' "${command#"$* "}"
		fi
	done < <(_octavo_commands)
}

# Files that begin with $2; $1 stands in front of each.
_octavo_files() {
	mapfile -t COMPREPLY < <(compgen -P "$1" -f -- "$2")
	compopt -o filenames 2>/dev/null
}

_octavo() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} at='' command value
	local -a before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")

	# bash parts words at '=' and '@': --name = value, @ file.
	if [[ $prev == @ ]]; then
		at=1
		prev=${COMP_WORDS[COMP_CWORD - 2]}
		[[ $prev != = ]] || prev=${COMP_WORDS[COMP_CWORD - 3]}
	elif [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	COMPREPLY=()
	command=$(_octavo_command "${before[@]}")
	[[ " ${before[*]} " != *' -- '* ]] || return 0
	value=$(_octavo_value "$prev")
	case $value in
	FILE) _octavo_files '' "$cur" ;;
	*@FILE)
		if [[ $at ]]; then
			_octavo_files '' "$cur"
		elif [[ $cur == @* ]]; then
			_octavo_files @ "${cur#@}"
		fi
		;;
	[a-z]*) mapfile -t COMPREPLY < <(compgen -W "${value//|/ }" -- "$cur") ;;
	?*) ;;
	*)
		if [[ $cur == -* || $command ]]; then
			[[ $cur != -* ]] ||
				mapfile -t COMPREPLY < <(compgen -W "$(_octavo_options "$command")" -- "$cur")
		else
			mapfile -t COMPREPLY < <(compgen -W "$(_octavo_next_words "${before[@]}")" -- "$cur")
		fi
		;;
	esac
}

complete -F _octavo octavo
