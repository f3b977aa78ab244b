# SPDX-License-Identifier: GPL-2.0-only
#
# What a session prints, without what is another each time: times of day, and
# numbers of processes, of inodes, mounts and control groups. How wide columns are, which may
# follow from these, does not count either.

/^[ \t]*\$ / {
	column = 0
}
column && $column ~ /^[0-9]+$/ {
	$column = "N"
}
{
	for (i = 1; i <= NF; i++)
		if ($i == "PID")
			column = i
	gsub(/[0-9][0-9]:[0-9][0-9]:[0-9][0-9](\.[0-9]+)?/, "TIME")
	gsub(/[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]/, "DATE")
	sub(/owner[ -]pid"?:[ \t]*[0-9]+/, "owner pid: N")
	sub(/cgroup"?:[ \t]*[0-9]+/, "cgroup: N")
	sub(/"pid":[ \t]*[0-9]+/, "\"pid\": N")
	sub(/ino=[0-9]+/, "ino=N")
	sub(/(ino|mnt_id):[ \t]*[0-9]+/, "ino: N")
	gsub(/[ \t]+/, " ")
	sub(/ $/, "")
	print
}
