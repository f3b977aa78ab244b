// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo demo: the family
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "checksum.h"
#include "family.h"

/*
 * Whose snapshot number @object is. Ten by ten: most are ten of FILE; two times
 * there is a tree of three generations, and at the end a chain of ten.
 */
static unsigned int plan_parent(unsigned int object)
{
	static const unsigned int tree[10] = { 0, 1, 2, 2, 1, 5, 6, 6, 6, 6 };
	unsigned int ten = (object - 1) / 10;
	unsigned int nth = (object - 1) % 10;

	if (!nth)
		return 0;
	if (ten == 3 || ten == 6)
		return ten * 10 + tree[nth];
	if (ten == 9)
		return object - 1;
	return 0;
}

/**
 * family_start() - Name the objects to be, and start all processes.
 * @family: Filled.
 * @name: Name of object 0.
 */
void family_start(struct family *family, const char *name)
{
	unsigned int i;

	snprintf(family->members[0].name, ZVMO_NAME_LEN, "%s", name);
	for (i = 0; i < OBJECTS; i++)
		family->members[i].vmo = -1;
	for (i = 1; i < OBJECTS; i++) {
		struct member *member = &family->members[i];

		snprintf(member->name, ZVMO_NAME_LEN, "snap-%03u", i);
		member->parent = plan_parent(i);
		process_start(&member->process, member->name);
	}
}

/**
 * family_load() - Make object 0 of a file.
 * @family: The family.
 * @file: Descriptor of the file.
 */
void family_load(struct family *family, int file)
{
	struct member *member = &family->members[0];
	struct zvmo_info info;
	uint64_t pages;

	member->vmo = check(zvmo_create_from_file(file, 0),
			    "reading FILE into a VMO");
	check(zvmo_set_name(member->vmo, member->name), "zvmo_set_name");
	check(zvmo_get_info(member->vmo, &info, sizeof(info)), "zvmo_get_info");
	family->size = info.size;
	check(zvmo_map(member->vmo, 0, info.size, PROT_READ | PROT_WRITE, 0,
		       &family->file_mapping),
	      "zvmo_map");
	pages = family->size / (uint64_t)sysconf(_SC_PAGESIZE);
	family->few = (pages + 4999) / 5000;
	family->half = (pages + 199) / 200;
}

static void write_file_object(struct family *family, uint64_t count)
{
	wave_write(expect_wave(&family->expect, 0, count), family->file_mapping,
		   family->expect.page_size);
}

static void take_snapshot(struct family *family, unsigned int object)
{
	struct member *member = &family->members[object];
	int parent = family->members[member->parent].vmo;
	uint64_t start = clock_now();

	member->vmo = check(zvmo_snapshot(parent), "zvmo_snapshot");
	samples_add(&family->snapshots, clock_now() - start);
	expect_snapshot(&family->expect, member->parent, object);
	check(zvmo_set_name(member->vmo, member->name), "zvmo_set_name");
}

/**
 * family_grow() - Take all snapshots; object 0 changes before each.
 * @family: The family.
 *
 * Each is sent to its process, which rewrites one half of a hundredth of it:
 * that is what a snapshot of the snapshot inherits.
 */
void family_grow(struct family *family)
{
	unsigned int i;

	for (i = 1; i < OBJECTS; i++) {
		struct member *member = &family->members[i];

		write_file_object(family, family->few);
		take_snapshot(family, i);
		process_own(&member->process, member->vmo,
			    expect_wave(&family->expect, i, family->half));
		process_wait(&member->process);
	}
}

/**
 * family_write_together() - Let all write at the same time.
 * @family: The family.
 *
 * This is the other half of each process's hundredth: no snapshot of what they
 * write may get to see it.
 */
void family_write_together(struct family *family)
{
	unsigned int i;

	for (i = 1; i < OBJECTS; i++)
		process_write(&family->members[i].process,
			      expect_wave(&family->expect, i, family->half));
	write_file_object(family, family->half);
	for (i = 1; i < OBJECTS; i++)
		process_wait(&family->members[i].process);
}

/**
 * family_close() - Close one snapshot; its children get a new parent.
 * @family: The family.
 * @object: The snapshot.
 */
void family_close(struct family *family, unsigned int object)
{
	struct member *closed = &family->members[object];
	unsigned int i;

	process_drop(&closed->process);
	process_wait(&closed->process);
	close(closed->vmo);
	closed->vmo = -1;
	expect_close(&family->expect, object);
	for (i = 1; i < OBJECTS; i++)
		if (family->members[i].parent == object)
			family->members[i].parent = closed->parent;
}

/**
 * family_get_infos() - What the kernel says about each object.
 * @family: The family.
 * @infos: Filled; all zero for an object that is closed.
 *
 * Ends the program if it is not what it should be.
 */
void family_get_infos(const struct family *family,
		      struct zvmo_info infos[OBJECTS])
{
	unsigned int children[OBJECTS] = { 0 };
	unsigned int i;

	memset(infos, 0, OBJECTS * sizeof(*infos));
	for (i = 0; i < OBJECTS; i++) {
		const struct member *member = &family->members[i];

		if (member->vmo < 0)
			continue;
		check(zvmo_get_info(member->vmo, &infos[i], sizeof(*infos)),
		      "zvmo_get_info");
		if (i && infos[i].parent_koid != infos[member->parent].koid)
			errx(EXIT_FAILURE,
			     "%s: its parent is koid %llu, not %s",
			     member->name, infos[i].parent_koid,
			     family->members[member->parent].name);
		if (i)
			children[member->parent]++;
	}
	for (i = 0; i < OBJECTS; i++)
		if (infos[i].num_children != children[i])
			errx(EXIT_FAILURE, "%s: %llu children, not %u",
			     family->members[i].name, infos[i].num_children,
			     children[i]);
}

/* Say what is wrong with an object whose checksum was. */
static void report_mismatch(const struct family *family, unsigned int object)
{
	const struct expect *expect = &family->expect;
	uint64_t wrong = 0, first = 0, page;
	unsigned int wave;
	char *bytes;

	check(zvmo_map(family->members[object].vmo, 0, family->size, PROT_READ,
		       0, (void **)&bytes),
	      "zvmo_map");
	for (page = expect->pages; page--;)
		if (checksum_page(bytes + page * expect->page_size,
				  expect->page_size,
				  page) != expect_page(expect, object, page)) {
			first = page;
			wrong++;
		}
	zvmo_unmap(bytes, family->size);
	if (!wrong) {
		warnx("%s: its checksum was wrong, though now its pages are right",
		      family->members[object].name);
		return;
	}
	wave = expect->written[object][first];
	warnx("%s: %llu of %llu pages are wrong; the first is page %llu, which should hold %s%s",
	      family->members[object].name, (unsigned long long)wrong,
	      (unsigned long long)expect->pages, (unsigned long long)first,
	      wave ? "what was written to " : "FILE's bytes",
	      wave ? family->members[expect->writer[wave]].name : "");
}

/* Every object is read by the process of the next one, not by its own. */
static struct process *reader(struct family *family, unsigned int object)
{
	return &family->members[object % (OBJECTS - 1) + 1].process;
}

/**
 * family_verify() - Read objects from end to end, and compare.
 * @family: The family.
 * @first: The first object.
 * @last: The last one; those that are closed are passed over.
 *
 * Return: how many hold what they should. The others were reported.
 */
unsigned int family_verify(struct family *family, unsigned int first,
			   unsigned int last)
{
	unsigned int good = 0;
	unsigned int i;

	for (i = first; i <= last; i++)
		if (family->members[i].vmo >= 0)
			process_read(reader(family, i), family->members[i].vmo);
	for (i = first; i <= last; i++) {
		if (family->members[i].vmo < 0)
			continue;
		if (process_wait(reader(family, i)) ==
		    expect_object(&family->expect, i))
			good++;
		else
			report_mismatch(family, i);
	}
	return good;
}

/**
 * family_end() - Close everything, and see all processes end.
 * @family: The family.
 */
void family_end(struct family *family)
{
	unsigned int i;

	for (i = 1; i < OBJECTS; i++)
		process_end(&family->members[i].process);
	check(zvmo_unmap(family->file_mapping, family->size), "zvmo_unmap");
	for (i = 0; i < OBJECTS; i++) {
		if (family->members[i].vmo >= 0)
			close(family->members[i].vmo);
		expect_close(&family->expect, i);
	}
}
