# SPDX-License-Identifier: GPL-2.0-only
#
# Print what a kernel log holds of complaints: the lines where one begins, and
# some that follow. Reads the second serial port of tools/testing/vm/run.
# Exit status 0 when there is a complaint, 1 when there is none.
#
# Lines before "zvmo-vm: up" are the boot of a kernel that is not ours, some of
# which warn about the processor; they count only when the guest did not get
# further. Out-of-memory kills count, but not those of a memory cgroup, which
# tests bring about on purpose. A program that crashes is not a complaint of
# the kernel ("traps: PROGRAM[PID] general protection fault ip:").
#
# A data race (KCSAN) counts if one of the two accesses is in a function of zvmo, or
# if both are in functions that zvmo called (a tree's, a list's), so that it lacks a
# lock between them. Others are races of the kernel with itself, of which there are
# many.

function end_race()
{
	racing = 0
	if (!in_zvmo && (stacks < 2 || stacks_of_zvmo < stacks))
		return
	found++
	buffer = buffer test race
	test = ""
}

function complains(line)
{
	if (line ~ /zvmo-vm: /)
		return 0
	return line ~ /BUG[: ]|WARNING:|Oops|Internal error:|Unable to handle kernel/ ||
	       line ~ /\[#[0-9]+\]|general protection fault[,:].*(non-canonical|\[#)/ ||
	       line ~ /Kernel panic|Fixing recursive fault|double fault:|kernel stack overflow/ ||
	       line ~ /KASAN|KFENCE|KCSAN|KMSAN|UBSAN|kmemleak: unreferenced/ ||
	       line ~ /possible (circular|recursive|irq lock inversion|deadlock)/ ||
	       line ~ /inconsistent lock state|bad (lock|unlock) balance|held lock freed/ ||
	       line ~ /lock held when returning|[Ii]nvalid wait context|suspicious RCU/ ||
	       line ~ /sleeping function called|scheduling while atomic/ ||
	       line ~ /rcu.*stall|soft lockup|[Hh]ard LOCKUP|blocked for more than/ ||
	       line ~ /Bad (page|rss-counter|swap)|bad (page state|pmd|pud|p4d|pgd|pte)/ ||
	       line ~ /list_(add|del) corruption|refcount_t: |kmem_cache_destroy|Slab cache still/ ||
	       line ~ /page allocation failure|Out of memory/
}

{
	sub(/\r$/, "")
}

/zvmo-vm: up$/ && !up {
	up = 1
	found = shown = racing = 0
	buffer = ""
}

/zvmo-vm: test / {
	test = $0 "\n"
}

/BUG: KCSAN: / {
	if (racing)
		end_race()
	racing = 1
	race = $0 "\n"
	in_zvmo = /\[zvmo\]/
	stacks = stacks_of_zvmo = 0
	next
}

racing {
	race = race $0 "\n"
	frame++
	if (/ of [0-9]+ bytes by /) {
		stacks++
		frame = 0
	}
	if (/\[zvmo\]/ && stacks && frame == 2)
		stacks_of_zvmo++
	if (/=======/) {
		end_race()
		next
	}
}

complains($0) {
	found++
	buffer = buffer test
	test = ""
	# The end of most reports is not marked; registers and stack fit in this.
	if (shown < 200)
		show = 60
}

show > 0 {
	buffer = buffer $0 "\n"
	show--
	shown++
}

/---\[ end trace/ {
	show = 0
}

# The module says nothing when it goes.
/zvmo-vm: unloading$/ {
	unloading = 1
}

/zvmo-vm: unloaded$/ {
	unloading = 0
}

unloading && /zvmo: / {
	found++
	buffer = buffer "printed while unloading: " $0 "\n"
}

END {
	if (racing)
		end_race()
	printf "%s", buffer
	exit found ? 0 : 1
}
