// SPDX-License-Identifier: GPL-2.0-only
/* A worker goes back to its template after each request. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zvmo.h>

#define SIZE (16UL << 20)

static int check(ssize_t result, const char *call)
{
	if (result < 0)
		errx(1, "%s: %s", call, strerror((int)-result));
	return (int)result;
}

/* What a request leaves behind: here 50 pages. */
static void serve(char *memory, int request)
{
	int i;

	for (i = 0; i < 50; i++)
		memory[i * 16384] = (char)('0' + request);
}

static int count_changed(int vmo, int template)
{
	const struct zvmo_diff_range *range;
	struct zvmo_diff_iter iter;
	uint64_t bytes = 0;

	zvmo_diff_init(&iter, vmo, template, 0, SIZE);
	while (check(zvmo_diff_next(&iter, &range), "zvmo_diff_next"))
		bytes += range->length;
	return (int)(bytes / 4096);
}

int main(void)
{
	int template = check(zvmo_create(SIZE, 0), "zvmo_create");
	int vmo, request, bad = 0;
	void *address;
	char *memory;

	check(zvmo_write(template, 0, "a runtime, warmed up", 20),
	      "zvmo_write");
	check(zvmo_commit(template, 0, SIZE), "zvmo_commit");
	vmo = check(zvmo_snapshot(template), "zvmo_snapshot");
	check(zvmo_map(vmo, 0, SIZE, PROT_READ | PROT_WRITE, 0, &address),
	      "zvmo_map");
	memory = address;
	for (request = 1; request <= 3; request++) {
		serve(memory, request);
		printf("request %d changed %d pages", request,
		       count_changed(vmo, template));
		check(zvmo_restore(vmo, template), "zvmo_restore");
		printf("; afterwards: %.20s\n", memory);
		bad |= memory[0] != 'a';
	}
	zvmo_unmap(address, SIZE);
	close(vmo);
	close(template);
	return bad;
}
