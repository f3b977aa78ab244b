// SPDX-License-Identifier: GPL-2.0-only
/* Put a file, here this program, into a VMO; then a snapshot is a copy of it. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zvmo.h>

static int check(ssize_t result, const char *call)
{
	if (result < 0)
		errx(1, "%s: %s", call, strerror((int)-result));
	return (int)result;
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/proc/self/exe";
	int file = open(path, O_RDONLY | O_CLOEXEC);
	int vmo, copy;

	if (file < 0)
		err(1, "%s", path);
	vmo = check(zvmo_create_from_file(file, 0), "zvmo_create_from_file");
	copy = check(zvmo_snapshot(vmo), "zvmo_snapshot");
	printf("%s: %jd bytes\n", path, (intmax_t)lseek(copy, 0, SEEK_END));

	close(copy);
	close(vmo);
	close(file);
	return 0;
}
