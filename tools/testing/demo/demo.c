// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: a file, a hundred snapshots of it, and a hundred processes
 *
 *   demo FILE [SEED]
 *
 * Reads FILE into a VMO; takes 100 snapshots, of it and of each other; sends
 * each to a process of its own, which maps it and rewrites a hundredth of its
 * pages, while FILE's VMO changes too; closes one in the middle of the family;
 * and reads all 101 objects from end to end to see that each holds exactly what
 * it should. What that is, is worked out from FILE with plain arrays.
 *
 * Exit status: 0 if it does, 1 if not or if anything else went wrong.
 */
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "check.h"
#include "family.h"
#include "memory.h"
#include "peers.h"
#include "picture.h"
#include "process.h"
#include "report.h"
#include "text.h"
#include "tree.h"

#define SEED_DEFAULT 1

/*
 * struct input - FILE. The bytes are the page cache's, and no VMO's; what is
 * behind the end, to the end of the last page, reads zero, as it does in a VMO.
 */
struct input {
	int fd;
	const char *name;
	size_t size;
	size_t page_size;
	uint64_t pages;
	const void *bytes;
};

static void open_input(struct input *input, char *path)
{
	struct stat stat;

	input->fd = (int)check_errno(open(path, O_RDONLY | O_CLOEXEC), path);
	check_errno(fstat(input->fd, &stat), path);
	if (!S_ISREG(stat.st_mode) || !stat.st_size)
		errx(EXIT_FAILURE, "%s: not a file with something in it", path);
	input->name = basename(path);
	input->size = (size_t)stat.st_size;
	input->page_size = (size_t)sysconf(_SC_PAGESIZE);
	input->pages = (input->size + input->page_size - 1) / input->page_size;
	input->bytes =
		mmap(NULL, input->size, PROT_READ, MAP_PRIVATE, input->fd, 0);
	if (input->bytes == MAP_FAILED)
		err(EXIT_FAILURE, "mapping %s", path);
}

/* Say it clearly now, rather than when a VMO is wanted. */
static void check_module(void)
{
	int device = zvmo_open();

	if (device < 0)
		errx(EXIT_FAILURE, "/dev/zvmo: %s (is the module loaded?)",
		     strerror(-device));
	close(device);
}

static void print_title(const char *path, uint64_t seed)
{
	struct utsname system;

	uname(&system);
	printf("zvmo demo: a file, 100 snapshots, 100 processes\n"
	       "%s %s %s, %ld CPUs; file %s, seed %llu\n",
	       system.sysname, system.release, system.machine,
	       sysconf(_SC_NPROCESSORS_ONLN), path, (unsigned long long)seed);
}

/* Build the family and let everybody write. */
static void build(struct family *family, const struct input *input,
		  uint64_t seed, struct memory *before, struct memory *after)
{
	uint64_t start;

	family_start(family, input->name);
	memory_read(before);
	start = clock_now();
	family_load(family, input->fd);
	printf("  read FILE into a VMO: %s, %llu pages, in %s\n",
	       text_size((int64_t)input->size).s,
	       (unsigned long long)input->pages,
	       text_time(clock_now() - start).s);
	expect_init(&family->expect, input->bytes, input->pages,
		    input->page_size, seed);
	family_grow(family);
	printf("  took 100 snapshots and sent each to its process over a UNIX socket;\n"
	       "    before each, %llu page%s of FILE's VMO changed;\n"
	       "    each process mapped its snapshot and rewrote %llu pages at random\n",
	       (unsigned long long)family->few, family->few > 1 ? "s" : "",
	       (unsigned long long)family->half);
	family_write_together(family);
	printf("  then all 101 processes rewrote %llu pages more, at the same time\n",
	       (unsigned long long)family->half);
	memory_read(after);
}

/* Close the middle one, which must be verified before. Return: 1 if it was good. */
static unsigned int close_middle(struct family *family)
{
	struct member *middle = &family->members[FAMILY_MIDDLE];
	unsigned int grandparent = middle->parent;
	struct zvmo_info infos[OBJECTS];
	struct memory before, after;
	unsigned int good;

	good = family_verify(family, FAMILY_MIDDLE, FAMILY_MIDDLE);
	family_get_infos(family, infos);
	report_heading("The family");
	tree_draw(infos, 0);

	memory_read(&before);
	family_close(family, FAMILY_MIDDLE);
	memory_read(&after);
	family_get_infos(family, infos);
	printf("\nThe same around %s after it was verified and closed: its children moved to %s\n",
	       middle->name, family->members[grandparent].name);
	tree_draw(infos, grandparent);
	if (after.counted)
		printf("  %ld pages that only it held are free again\n",
		       (long)(before.pages - after.pages));
	return good;
}

static unsigned int verify(struct family *family)
{
	uint64_t start = clock_now();
	unsigned int good;

	report_heading("Verification");
	good = family_verify(family, 0, OBJECTS - 1);
	printf("  read every byte of the %u open objects, each in another process than wrote it:\n"
	       "    %s in %s, XXH64 of every page\n",
	       OBJECTS - 1, text_size((OBJECTS - 1) * (int64_t)family->size).s,
	       text_time(clock_now() - start).s);
	return good;
}

static bool holds_nothing(const struct memory *now)
{
	return !now->pages && !now->nodes && !now->vmos;
}

/*
 * Everything is closed. If nobody else uses zvmo, then nothing may be left; the
 * kernel may free some of it a little later.
 */
static void check_leaks(const struct memory *before)
{
	unsigned int tries = 0;
	struct memory now;

	memory_read(&now);
	while (!before->vmos && !holds_nothing(&now) && tries++ < 20) {
		usleep(100000);
		memory_read(&now);
	}
	if (!now.counted)
		return;
	printf("  all closed: zvmo holds %ld pages, %ld tree nodes, %ld VMOs\n",
	       (long)now.pages, (long)now.nodes, (long)now.vmos);
	if (!before->vmos && !holds_nothing(&now))
		errx(EXIT_FAILURE,
		     "all VMOs are closed, but zvmo holds memory");
}

static int run(char *path, uint64_t seed)
{
	static struct family family;
	static struct peers peers;
	struct memory before, after;
	struct input input;
	unsigned int good;

	open_input(&input, path);
	check_module();
	print_title(path, seed);
	report_heading("What happens");
	peers_measure(&peers, input.bytes, input.size);
	build(&family, &input, seed, &before, &after);
	report_times(&family, &peers);
	report_memory(&family, &before, &after);
	good = close_middle(&family);
	picture_draw(&family);
	good += verify(&family);
	family_end(&family);
	check_leaks(&before);
	printf("\ndemo: %u of %u objects verified\n", good, OBJECTS);
	return good == OBJECTS ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], PROCESS_ARGUMENT))
		return process_main();
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: demo FILE [SEED]\n");
		return EXIT_FAILURE;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	return run(argv[1],
		   argc > 2 ? strtoull(argv[2], NULL, 0) : SEED_DEFAULT);
}
