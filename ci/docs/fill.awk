# fill.awk TABLE FILE: prints FILE with its generated parts anew. See ci/docs/fill and ci/docs/table.c.

function die(what) {
	print "ci/docs/fill: " what ", " FILENAME " line " FNR >"/dev/stderr"
	failed = 1
	exit 1
}

# ---- the table ----

BEGIN { FS = "\t" }

FNR == NR && $1 == "command" {
	names[++commands] = $2
	synopsis[$2] = $3
	help[$2] = $4
}
FNR == NR && $1 == "option" {
	option = $5
	of[$2, ++count[$2]] = option
	takers[option] = takers[option] (option in heading ? ", " : "") ($2 == "" ? "no command" : $2)
	belongs[option, $2] = 1
	if (!(option in heading))
		all[++options] = option
	if (!($3 in known)) {
		known[$3] = 1
		groups[++headings] = $3
	}
	heading[option] = $3
	letter[option] = $4
	value[option] = $6
	says[option] = $7
}
FNR == NR && $1 == "status" {
	codes[++statuses] = $2
	meaning[$2] = $3
	cause[$2] = $4
	cure[$2] = $5
}
FNR == NR { next }

# What an option's argument may be, by what it is called (src/app/options.h).
function is_words(name) { return name ~ /^[a-z]/ }
function is_file(name) { return name == "FILE" }
function is_at_file(name) { return name ~ /@FILE$/ }

function spaced(words) {
	gsub(/\|/, " ", words)
	return words
}

# quoted(text): one word of a shell; fish's rules are not those of the others
function quoted(text) {
	gsub(/'/, "'\\''", text)
	return "'" text "'"
}

function fish_quoted(text) {
	gsub(/\\/, "\\\\", text)
	gsub(/'/, "\\'", text)
	return "'" text "'"
}

# first(text): without its first sentence's end and what is behind it
function first(text) {
	sub(/[.:] .*/, "", text)
	sub(/\.$/, "", text)
	return text
}

# ---- the man page ----

# roff(text): of one line; options with a minus that can be copied, nothing taken for a request
function roff(text,    out, piece) {
	gsub(/\\/, "\\e", text)
	while (match(text, /(^|[ ('\/])--?[a-zA-Z]/)) {
		piece = substr(text, RSTART, RLENGTH)
		gsub(/-/, "\\-", piece)
		out = out substr(text, 1, RSTART - 1) piece
		text = substr(text, RSTART + RLENGTH)
	}
	out = out text
	return out ~ /^[.']/ ? "\\&" out : out
}

# man_text(text): as sentences, each begins a line
function man_text(text,    i, n, words, line) {
	n = split(toupper(substr(text, 1, 1)) substr(text, 2), words, " ")
	for (i = 1; i <= n; i++) {
		if (line != "" && (line ~ /\.$/ || length(line) + length(words[i]) > 70)) {
			print roff(line)
			line = ""
		}
		line = line (line == "" ? "" : " ") words[i]
	}
	print roff(line (line ~ /[.!?]$/ ? "" : "."))
}

function man_synopsis(    i, j, n, words) {
	for (i = 1; i <= commands; i++) {
		n = split(synopsis[names[i]], words, " ")
		print ".Nm"
		for (j = 2; j <= n; j++) {
			if (words[j] ~ /^\[-/)
				print ".Op Fl " substr(words[j], 3, 1)
			else if (words[j] ~ /^\[/)
				print ".Op Ar " tolower(substr(words[j], 2, index(words[j], "]") - 2)) \
					(words[j] ~ /\.\.\.$/ ? " ..." : "")
			else
				print ".Cm " words[j]
		}
	}
}

function man_commands(    i) {
	print ".Bl -tag -width Ds"
	for (i = 1; i <= commands; i++) {
		print ".It Cm " names[i]
		man_text(help[names[i]])
	}
	print ".El"
}

function man_value(name) {
	gsub(/\|/, " | ", name)
	return name == "" ? "" : is_words(name) ? " Cm " name : " Ar " name
}

# Of an option that all have who speak to the service, no commands are told.
function man_takers(option,    i) {
	for (i = 1; i <= commands; i++)
		if (belongs["timeout", names[i]] && !belongs[option, names[i]])
			return takers[option]
	return ""
}

function man_options(    i, j, o) {
	for (i = 1; i <= headings; i++) {
		print ".Ss " groups[i]
		print ".Bl -tag -width Ds"
		for (j = 1; j <= options; j++) {
			o = all[j]
			if (heading[o] != groups[i])
				continue
			print ".It " (letter[o] != "" ? "Fl " letter[o] " , " : "") "Fl -" o man_value(value[o])
			man_text(says[o])
			if (man_takers(o) != "")
				print ".Pq " man_takers(o)
		}
		print ".El"
	}
}

function man_statuses(    i, c) {
	print ".Bl -tag -width 128+n"
	for (i = 1; i <= statuses; i++) {
		c = codes[i]
		print ".It " c
		man_text(meaning[c])
		if (c > 0) {
			man_text("usual cause: " cause[c])
			man_text("cure: " cure[c])
		}
	}
	print ".El"
}

# ---- bash ----

function bash_table(    i, j, o, name, line) {
	print "_octavo_commands() {"
	printf "\tprintf '%%s\\n'"
	for (i = 1; i <= commands; i++)
		printf " %s", quoted(names[i])
	print "\n}\n_octavo_options() {\n\tcase $1 in"
	for (i = 0; i <= commands; i++) {
		name = i > 0 ? names[i] : ""
		line = ""
		for (j = 1; j <= count[name]; j++) {
			o = of[name, j]
			line = line (line == "" ? "" : " ") (letter[o] != "" ? "-" letter[o] " " : "") "--" o
		}
		print "\t" quoted(name) ") echo " quoted(line) " ;;"
	}
	print "\tesac\n}\n_octavo_value() {\n\tcase $1 in"
	for (i = 1; i <= options; i++) {
		o = all[i]
		if (value[o] != "")
			print "\t" (letter[o] != "" ? "-" letter[o] " | " : "") "--" o ") echo " \
				quoted(value[o]) " ;;"
	}
	print "\tesac\n}"
}

# ---- zsh ----

function zsh_action(name) {
	if (name == "")
		return ""
	if (is_words(name))
		return ":word:(" spaced(name) ")"
	if (is_file(name))
		return ":" name ":_files"
	return ":" name ":" (is_at_file(name) ? "_octavo_at_file" : " ")
}

# _arguments' spec of one spelling of an option
function zsh_spec(option, spelling,    text, others) {
	text = says[option]
	gsub(/[][\\]/, "\\\\&", text)
	others = says[option] ~ /\(repeatable/ ? "*" : \
		letter[option] != "" ? "(-" letter[option] " --" option ")" : ""
	return "\t\t" quoted(others spelling "[" text "]" zsh_action(value[option]))
}

function zsh_table(    i, j, o, name) {
	print "commands=("
	for (i = 1; i <= commands; i++)
		print "\t" quoted(names[i] ":" first(help[names[i]]))
	print ")\n_octavo_specs() {\n\tcase $1 in"
	for (i = 0; i <= commands; i++) {
		name = i > 0 ? names[i] : ""
		print "\t" quoted(name) ") specs=("
		for (j = 1; j <= count[name]; j++) {
			o = of[name, j]
			if (letter[o] != "")
				print zsh_spec(o, "-" letter[o] (value[o] != "" ? "+" : ""))
			print zsh_spec(o, "--" o (value[o] != "" ? "=" : ""))
		}
		print "\t) ;;"
	}
	print "\tesac\n}"
}

# ---- fish ----

function fish_action(name) {
	if (name == "")
		return ""
	if (is_words(name))
		return " -x -a " fish_quoted(spaced(name))
	if (is_file(name))
		return " -r -F"
	return " -x" (is_at_file(name) ? " -a '(__octavo_at_file)'" : "")
}

function fish_table(    i, j, o, where, words) {
	for (i = 1; i <= commands; i++) {
		split(names[i], words, " ")
		print "complete -c octavo -n '__octavo_is \"\"' -a " words[1] " -d " fish_quoted(first(help[names[i]]))
		if (words[2] != "")
			print "complete -c octavo -n '__octavo_is " words[1] "' -a " words[2] " -d " \
				fish_quoted(first(help[names[i]]))
	}
	for (i = 1; i <= options; i++) {
		o = all[i]
		where = belongs[o, ""] ? " \"\"" : ""
		for (j = 1; j <= commands; j++)
			if (belongs[o, names[j]])
				where = where " \"" names[j] "\""
		print "complete -c octavo -n '__octavo_is" where "'" (letter[o] != "" ? " -s " letter[o] : "") \
			" -l " o fish_action(value[o]) " -d " fish_quoted(says[o])
	}
}

# ---- the file ----

function part(name) {
	if (name == "synopsis")
		man_synopsis()
	else if (name == "commands")
		man_commands()
	else if (name == "options")
		man_options()
	else if (name == "statuses")
		man_statuses()
	else if (name == "bash")
		bash_table()
	else if (name == "zsh")
		zsh_table()
	else if (name == "fish")
		fish_table()
	else
		die("there is no part '" name "'")
}

/^(#|\.\\") begin / {
	if (inside)
		die("a part begins inside another")
	sub(/ \(make docs\)$/, "")
	inside = $0
	sub(/.* begin /, "", inside)
	print $0 " (make docs)"
	part(inside)
	next
}
/^(#|\.\\") end$/ {
	if (!inside)
		die("a part ends that has not begun")
	inside = ""
}
!inside { print }
END {
	if (!failed && inside)
		die("no end of '" inside "'")
	exit failed
}
