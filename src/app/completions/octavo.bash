# Completion of octavo's command line for bash. In a bash without the package bash-completion:
#   . octavo.bash
# shellcheck shell=bash

# The commands; the options of command $1; what option $1's argument is called, nothing if it takes
# none.
# begin bash (make docs)
_octavo_commands() {
	printf '%s\n' 'ask' 'models' 'auth status' 'doctor' 'version'
}
_octavo_options() {
	case $1 in
	'') echo '-h --help -v --verbose -e --explain' ;;
	'ask') echo '-h --help -v --verbose -f --file --instructions -n --no-stdin --stdin --stdin-wait --stdin-max --stdin-head --stdin-tail --lossy -m --model --effort --verbosity --summary --service-tier -o --output --transcript --buffer --output-schema --schema-fix --patch --patch-paths --patch-ci --repair --json --json-deltas --raw --max-output-bytes --max-total-tokens --dry-run --token-file --token-fd --codex-auth --account-id --fedramp --require-workspace --backend-origin --routing-override --client-version --base-url --auth --caller-secret-file --header-env --cacert --timeout --connect-timeout --idle-timeout --retries' ;;
	'models') echo '-h --help -v --verbose --json --token-file --token-fd --codex-auth --account-id --fedramp --require-workspace --backend-origin --routing-override --client-version --base-url --auth --caller-secret-file --header-env --cacert --timeout --connect-timeout --retries' ;;
	'auth status') echo '-h --help -v --verbose --json --token-file --token-fd --codex-auth --account-id --fedramp --require-workspace --backend-origin --routing-override --client-version --cacert --timeout --connect-timeout --retries' ;;
	'doctor') echo '-h --help -v --verbose -m --model --json --live --print-egress --token-file --token-fd --codex-auth --account-id --fedramp --require-workspace --backend-origin --routing-override --client-version --base-url --auth --caller-secret-file --header-env --cacert --timeout --connect-timeout --retries' ;;
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
	--transcript) echo 'FILE' ;;
	--output-schema) echo 'FILE' ;;
	--patch) echo 'FILE' ;;
	--patch-paths) echo 'GLOB' ;;
	--max-output-bytes) echo 'SIZE' ;;
	--max-total-tokens) echo 'N' ;;
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

# $2 is what will be replaced. bash parts the words before it at '=' and '@', too: --name =@ file.
_octavo() {
	local cur=$2 at=$((COMP_CWORD - 1)) command value
	local -a before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")

	COMPREPLY=()
	[[ " ${before[*]} " != *' -- '* ]] || return 0
	while [[ ${COMP_WORDS[at]} == [=@] || ${COMP_WORDS[at]} == '=@' ]]; do
		at=$((at - 1))
	done
	command=$(_octavo_command "${before[@]}")
	value=$(_octavo_value "${COMP_WORDS[at]}")
	case $value in
	FILE) _octavo_files '' "$cur" ;;
	*@FILE) [[ $cur != @* ]] || _octavo_files @ "${cur#@}" ;;
	[a-z]*) mapfile -t COMPREPLY < <(compgen -W "${value//|/ }" -- "$cur") ;;
	?*) ;;
	*)
		if [[ $cur == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$(_octavo_options "$command")" -- "$cur")
		elif [[ -z $command ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$(_octavo_next_words "${before[@]}")" -- "$cur")
		fi
		;;
	esac
}

complete -F _octavo octavo
