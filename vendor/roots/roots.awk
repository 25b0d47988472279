# The table of roots as C, for src/net/roots.h. Two passes over roots.txt would
# do; the rows are short enough to keep one of the two outputs in memory.

function bytes(hex,    out, i) {
	out = ""
	for (i = 1; i < length(hex); i += 2)
		out = out "0x" substr(hex, i, 2) ","
	return out
}

BEGIN {
	print "#include \"net/roots.h\""
	print "const unsigned char roots_builtin_keys[] = {"
}
/^#/ || NF == 0 { next }
$1 == "date" { date = $2; next }
{
	print bytes($4)
	row[n++] = "{ { " bytes($3) " }, INT64_C(" $2 "), " off + 0 ", " length($4) / 2 ", ROOT_" toupper($1) " },"
	off += length($4) / 2
}
END {
	print "};\nconst struct root roots_builtin[] = {"
	for (i = 0; i < n; i++)
		print row[i]
	print "};\nconst size_t roots_builtin_count = " n ";"
	print "const char roots_builtin_date[] = \"" date "\";"
}
