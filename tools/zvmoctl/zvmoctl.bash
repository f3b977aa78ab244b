# SPDX-License-Identifier: GPL-2.0-only
# Completion of zvmoctl for bash: the words come from zvmoctl itself.

_zvmoctl() {
	local cur words cword candidates
	# With "=" and ":" as parts of words where bash-completion is loaded.
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n =: cur words cword
	else
		cur=${COMP_WORDS[COMP_CWORD]} cword=$COMP_CWORD
		words=("${COMP_WORDS[@]}")
	fi
	mapfile -t candidates < <("${words[0]}" --complete "${words[@]:1:cword}" 2>/dev/null)
	if [ "${candidates[*]}" = FILE ]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		compopt -o filenames 2>/dev/null
	else
		mapfile -t COMPREPLY < <(compgen -W "${candidates[*]@Q}" -- "$cur")
	fi
}

complete -F _zvmoctl zvmoctl
