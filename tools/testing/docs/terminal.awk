# SPDX-License-Identifier: GPL-2.0-only
#
# What a program prints on a terminal, as SVG: text with the colours that it
# chose (ESC [ ... m), a character of UTF-8 a cell. In the locale C, where awk sees
# bytes.

BEGIN {
	width = 8
	height = 17
	split("222 b22 283 a60 25a 818 177 555", dark, " ")
	split("555 e77 7c8 eb5 79d c8c 7cc ddd", light, " ")
	for (i = 0; i < 8; i++) {
		ink["3" i] = "#" dark[i + 1]
		paper["4" i] = "#" light[i + 1]
	}
	lines = columns = 0
}

function escape(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	return text
}

# Without the bytes of a character after its first.
function cells(text) {
	gsub(/[\200-\277]/, "", text)
	return length(text)
}

# Draw what is pending: a run of characters with the same look.
function flush(    n, x, y) {
	n = cells(pending)
	if (!n)
		return
	x = column * width
	y = lines * height
	if (pending_back != "")
		body = body sprintf("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n",
				    x, y + 2, n * width, height - 1, pending_back)
	if (pending ~ /[^ ]/)
		body = body sprintf("<text x=\"%d\" y=\"%d\" textLength=\"%d\" fill=\"%s\">%s</text>\n",
				    x, y + 15, n * width, pending_fore, escape(pending))
	column += n
	if (column > columns)
		columns = column
	pending = ""
}

function put(text) {
	if (text == "")
		return
	if (fore != pending_fore || back != pending_back)
		flush()
	pending_fore = fore
	pending_back = back
	pending = pending text
}

function look(codes,    list, n, i) {
	n = split(codes, list, ";")
	for (i = 1; i <= n; i++) {
		if (list[i] in ink)
			fore = ink[list[i]]
		else if (list[i] in paper)
			back = paper[list[i]]
		else if (list[i] + 0 == 0) {
			fore = "#222"
			back = ""
		}
	}
}

{
	column = 0
	rest = $0
	if (NR == 1)
		look("0")
	while (match(rest, /\033\[[0-9;]*m/)) {
		put(substr(rest, 1, RSTART - 1))
		look(substr(rest, RSTART + 2, RLENGTH - 3))
		rest = substr(rest, RSTART + RLENGTH)
	}
	put(rest)
	flush()
	lines++
}

END {
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"-8 -8 %d %d\">\n",
	       columns * width + 16, lines * height + 16, columns * width + 16, lines * height + 16
	printf "<rect x=\"-8\" y=\"-8\" width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
	print "<g font-family=\"DejaVu Sans Mono, Liberation Mono, monospace\" font-size=\"13.3\" xml:space=\"preserve\">"
	printf "%s", body
	print "</g>\n</svg>"
}
