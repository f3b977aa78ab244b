// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl graph: families as a picture, drawn by Graphviz
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "family.h"
#include "filter.h"
#include "number.h"
#include "object.h"
#include "output.h"
#include "words.h"

static bool dot, svg;

static const struct option_row options[] = {
	{ 'd', "dot", OPTION_FLAG, &dot, NULL, "the language of Graphviz" },
	{ 's', "svg", OPTION_FLAG, &svg, NULL, "SVG; needs Graphviz" },
	FILTER_OPTIONS,
	{}
};

/* In a string of dot \ and " are special; names are printable first. */
static void write_name(FILE *file, const char *name)
{
	char text[4 * ZVMO_NAME_MAX + 1], *at;

	output_escape(text, sizeof(text), name);
	for (at = text; *at; at++) {
		if (*at == '\\' || *at == '"')
			fputc('\\', file);
		fputc(*at, file);
	}
}

static const char *style_of(uint32_t kind)
{
	static const char *const styles[] = { "solid", "solid", "dashed",
					      "dotted" };

	return kind < 4 ? styles[kind] : "solid";
}

static void write_vmo(FILE *file, const struct vmo *vmo)
{
	char size[NUMBER_LEN], all[NUMBER_LEN], alone[NUMBER_LEN];
	/* The more of its memory is its own the darker. */
	double share = vmo->committed_bytes ?
			       (double)vmo->private_bytes /
				       (double)vmo->committed_bytes :
			       0;

	size_format(size, vmo->size);
	size_format(all, vmo->committed_bytes);
	size_format(alone, vmo->private_bytes);
	fprintf(file, "\tv%llu [label=\"%llu%s", (unsigned long long)vmo->id,
		(unsigned long long)vmo->id, *vmo->name ? " " : "");
	write_name(file, vmo->name);
	fprintf(file,
		"\\n%s, %s\\n%s in memory, %s its own\", fillcolor=\"0.3 %.2f 1\"];\n",
		words_of(words_kinds, vmo->kind), size, all, alone,
		0.05 + 0.55 * share);
}

static void write_dot(FILE *file, const struct vmo_list *list)
{
	const struct vmo *vmo;
	size_t i;

	fputs("digraph zvmo {\n"
	      "\tnode [shape=box, style=\"filled,rounded\", fontname=\"sans-serif\", margin=\"0.25,0.1\"];\n",
	      file);
	for (i = 0; i < list->count; i++)
		write_vmo(file, &list->vmos[i]);
	for (i = 0; i < list->count; i++) {
		vmo = &list->vmos[i];
		if (vmo_list_find(list, vmo->parent))
			fprintf(file, "\tv%llu -> v%llu [style=%s];\n",
				(unsigned long long)vmo->parent,
				(unsigned long long)vmo->id,
				style_of(vmo->kind));
	}
	fputs("}\n", file);
}

static void __attribute__((noreturn)) run_graphviz(int input)
{
	if (dup2(input, STDIN_FILENO) >= 0)
		execlp("dot", "dot", "-Tsvg", NULL);
	_exit(errno == ENOENT ? STATUS_NO_COMMAND : STATUS_CANNOT_RUN);
}

/* It has the standard output to itself. */
static void write_svg(const struct vmo_list *list)
{
	int ends[2], status;
	FILE *file;
	pid_t process;

	output_end();
	if (pipe(ends))
		fail(errno, "pipe");
	process = fork();
	if (process < 0)
		fail(errno, "fork");
	if (!process) {
		close(ends[1]);
		run_graphviz(ends[0]);
	}
	close(ends[0]);
	/* Should it end early its status says why. */
	signal(SIGPIPE, SIG_IGN);
	file = fdopen(ends[1], "w");
	if (!file)
		fail(ENOMEM, "pipe");
	write_dot(file, list);
	fclose(file);
	if (waitpid(process, &status, 0) != process)
		fail(errno, "wait");
	if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_NO_COMMAND)
		fail_with(STATUS_FAILED,
			  "there is no dot: install Graphviz, or use --dot");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail_with(STATUS_OUTPUT, "dot failed");
}

static void output_vmo(const struct vmo *vmo)
{
	output_record_begin();
	vmo_output(vmo);
	output_record_end();
}

static enum status run(int count, char **arguments)
{
	struct vmo_list list;
	size_t i;

	if (dot + svg + output_json > 1)
		usage_error("one of --dot, --svg and --json");
	if (count)
		filter_family = arguments[0];
	filter_read(&list, true);
	if (svg) {
		write_svg(&list);
	} else if (output_json) {
		output_list_begin(NULL);
		for (i = 0; i < list.count; i++)
			output_vmo(&list.vmos[i]);
		output_list_end();
	} else {
		write_dot(stdout, &list);
	}
	vmo_list_free(&list);
	return STATUS_DONE;
}

const struct command command_graph = {
	.name = "graph",
	.arguments = "[ID]",
	.text = "Write families of VMOs as a picture, for Graphviz or as SVG",
	.details = "\nThe edges are the parents in JSON.",
	.examples = "  zvmoctl graph --svg golden >family.svg\n"
		    "  zvmoctl graph --dot | dot -Tpng >all.png\n",
	.options = options,
	.most = 1,
	.run = run,
};
