# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # cache is of common.sh
#
# Read by the scripts that take something from Debian packages, after common.sh.
# Packages are unpacked and never installed. They may be of another suite or
# architecture than the machine's, so the lists of what there is are kept apart
# from its own, in the cache; only the mirror is the one that it uses.
#
#   suite   bookworm, bookworm-backports, ... (default: this machine's)
#   arch    amd64, arm64, ... as Debian names it (default: this machine's)

machine_suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release 2>/dev/null)
suite=$machine_suite
arch=$(machine_arch)

# mirror_of SUITE: where apt would get its lists from.
mirror_of() {
	apt-get update --print-uris 2>/dev/null |
		sed -n "s#^'\(.*\)/dists/$1/InRelease'.*#\1#p" | head -n 1
}

# The sources of apt for a suite: of backports only as much as is asked for.
print_sources() {
	local base=${suite%-backports} signed=/usr/share/keyrings/debian-archive-keyring.gpg
	local mirror security deb=deb
	mirror=$(mirror_of "$machine_suite")
	security=$(mirror_of "$machine_suite-security")
	[ -n "$mirror" ] || { say "apt's sources name no mirror of Debian $machine_suite"; return 1; }
	[ ! -e "$signed" ] || deb="deb [signed-by=$signed]"
	echo "$deb $mirror $base main"
	[ -z "$security" ] || echo "$deb $security $base-security main"
	[ "$suite" = "$base" ] || echo "$deb $mirror $suite main"
}

# This machine's way to the network, and else nothing of its configuration.
print_configuration() {
	local dir=$1 native
	native=$(machine_arch)
	apt-config dump Acquire | grep -v '^Acquire::IndexTargets'
	cat <<-END
	APT::Architecture "$native";
	APT::Architectures { "$native"; $([ "$arch" = "$native" ] || echo "\"$arch\";") };
	$([ "$suite" = "${suite%-backports}" ] || echo "APT::Default-Release \"$suite\";")
	APT::Install-Recommends "0";
	APT::Sandbox::User "root";
	Acquire::Languages "none";
	Dir::State "$dir";
	Dir::State::status "$dir/status";
	Dir::Cache "$dir/cache";
	Dir::Etc "$dir";
	Dir::Etc::netrc "/etc/apt/auth.conf";
	Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
	Dir::Etc::trustedparts "/etc/apt/trusted.gpg.d";
	END
}

# with_lists COMMAND...: run an apt command on the lists of suite and arch. Without
# that configuration apt would take the machine's.
with_lists() {
	local conf=$cache/apt/$suite-$arch/conf
	[ -e "$conf" ] && APT_CONFIG=$conf "$@"
}

# As this machine's sources and configuration are now. One at a time; who had to wait
# for another has what that one read. Files are whole or absent, for others may read
# them.
refresh_lists() (
	dir=$cache/apt/$suite-$arch
	mkdir -p "$dir"/{lists/partial,cache/archives/partial,preferences.d,apt.conf.d} || exit
	before=$(stat -c %y "$dir/complete" 2>/dev/null)
	exec 8>"$dir/lock" && flock 8 || exit
	[ "$(stat -c %y "$dir/complete" 2>/dev/null)" = "$before" ] || exit 0
	say "reading the package lists of Debian $suite ($arch)"
	: >>"$dir/status" && print_sources >"$dir/new" && mv "$dir/new" "$dir/sources.list" &&
		print_configuration "$dir" >"$dir/new" && mv "$dir/new" "$dir/conf" &&
		with_lists apt-get -qq update >&2 8>&- && touch "$dir/complete"
)

# with_fresh_lists COMMAND...: run it; if it fails, the lists may be missing or
# name packages that are gone, so refresh them and run it again. (Also if not all
# lists could be had: it may need none of those.)
with_fresh_lists() {
	[ -e "$cache/apt/$suite-$arch/complete" ] && "$@" && return
	refresh_lists || say "the package lists are not complete: see above"
	"$@"
}

# needed_for PACKAGE...: what apt would install for them on an empty machine,
# these included.
needed_for() {
	with_lists apt-get -qq -s install "$@" | sed -n 's/^Inst \([^ ]*\).*/\1/p'
}

# unpack_packages DIR PACKAGE[:ARCH]...: download and unpack them below DIR.
unpack_packages() {
	local dir=$1 debs status=0
	shift
	debs=$(mktemp -d) || return
	say "downloading $*"
	(cd "$debs" && with_lists apt-get -qq download "$@") >&2 || status=1
	for deb in "$debs"/*.deb; do
		[ $status -ne 0 ] || dpkg-deb -x "$deb" "$dir" || status=1
	done
	rm -rf "$debs"
	return $status
}

# unpack_kernel_source DIR: Debian's of Linux 6.1, into a directory that is made for it.
unpack_kernel_source() (
	package=linux-source-6.1 suite=bookworm
	unpacked=$(mktemp -d "$(dirname "$1")/unpacking.XXXXXX") || exit
	trap 'rm -rf "$unpacked"' EXIT
	with_fresh_lists unpack_packages "$unpacked" "$package" || exit
	announce "unpacking $package" >&2
	mkdir "$1" && tar -xf "$unpacked/usr/src/$package.tar.xz" -C "$1" --strip-components=1
)
