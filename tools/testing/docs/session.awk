# SPDX-License-Identifier: GPL-2.0-only
#
# Splits a document in reStructuredText into what a shell is to do and what is
# only to be read. Of each line it makes one, or none, of:
#
#   B NUMBER PREFIX   a block ".. code-block:: console" begins at this line, and
#                     its lines begin with that white space
#   C COMMAND         in it, a line "$ COMMAND"
#   M LINE            in it, "> LINE": the command goes on
#   O LINE            in it, a line of output
#   E                 it ends
#   X NAME COMMAND    a comment ".. picture: NAME COMMAND"
#   T LINE            everything else
#
# Lines of a picture are told twice, as X and as T.

function end_block() {
	if (inside == 2)
		print "E"
	inside = 0
	while (blank) {
		print "T "
		blank--
	}
}

# Waiting for the first line of the block, which says how far it is indented.
inside == 1 && /[^ \t]/ && !/^[ \t]+:[a-z]/ {
	match($0, /^[ \t]*/)
	prefix = substr($0, 1, RLENGTH)
	inside = 2
	while (blank) {
		print "T "
		blank--
	}
	print "B " NR " " prefix
}
inside && /^[ \t]*$/ {
	blank++
	next
}
inside == 2 && index($0, prefix) != 1 {
	end_block()
}
inside == 2 {
	line = substr($0, length(prefix) + 1)
	while (blank) {
		print "O "
		blank--
	}
	if (line ~ /^\$ /)
		print "C " substr(line, 3)
	else if (line ~ /^> /)
		print "M " substr(line, 3)
	else
		print "O " line
	next
}
/^\.\. picture: / {
	print "X " substr($0, 13)
}
{
	print "T " $0
}
/^[ \t]*\.\. code-block:: console$/ {
	inside = 1
}
END {
	end_block()
}
