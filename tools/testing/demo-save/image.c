// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: a heap as a file
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "checksum.h"
#include "image.h"

/* What is written between two questions whether to go on. */
#define PIECE_PAGES 64

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static void write_all(int file, const void *bytes, size_t size, size_t offset)
{
	ssize_t written = pwrite(file, bytes, size, (off_t)offset);

	if (written != (ssize_t)size)
		err(EXIT_FAILURE, "writing a save");
}

static bool write_pages(int file, const struct heap *heap, struct image *image,
			image_proceed *proceed, void *context)
{
	const char *bytes = (const char *)heap;
	size_t size = page_size();

	for (uint64_t page = 0; page < image->pages; page += PIECE_PAGES) {
		uint64_t end = page + PIECE_PAGES;

		if (!proceed(context))
			return false;
		if (end > image->pages)
			end = image->pages;
		for (uint64_t i = page; i < end; i++)
			image->checksum +=
				checksum_page(bytes + i * size, size, i);
		write_all(file, bytes + page * size, (end - page) * size,
			  (page + 1) * size);
	}
	return true;
}

/**
 * image_write() - Write a heap to a file.
 * @path: The file, which is made or made anew.
 * @heap: The heap, which does not change meanwhile.
 * @proceed: Asked now and then.
 * @context: Handed to it.
 *
 * Return: whether it is on the disk; false if @proceed said no, and then there
 * is no file.
 */
bool image_write(const char *path, const struct heap *heap,
		 image_proceed *proceed, void *context)
{
	int file = (int)check_errno(
		open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600),
		path);
	struct image image = {
		.magic = IMAGE_MAGIC,
		.pages = (heap->top + page_size() - 1) / page_size(),
	};
	bool written = write_pages(file, heap, &image, proceed, context);

	if (written) {
		check_errno(fdatasync(file), path);
		write_all(file, &image, sizeof(image), 0);
		check_errno(fdatasync(file), path);
	} else {
		unlink(path);
	}
	close(file);
	return written;
}

static bool is_whole(const struct image *image, size_t size)
{
	const void *pages = (const char *)image + page_size();
	const struct heap *heap = pages;
	uint64_t count = size / page_size();

	return count > 1 && image->magic == IMAGE_MAGIC &&
	       image->pages == count - 1 && heap->magic == HEAP_MAGIC &&
	       heap->top <= image->pages * page_size() &&
	       checksum_object(pages, page_size(), image->pages) ==
		       image->checksum;
}

/**
 * image_load() - Load a heap from a file.
 * @path: The file.
 * @size: Filled, for image_unload().
 *
 * Return: the heap, or NULL if the file is not all that was written.
 */
struct heap *image_load(const char *path, size_t *size)
{
	int file = (int)check_errno(open(path, O_RDONLY | O_CLOEXEC), path);
	struct image *image;
	struct stat stat;

	check_errno(fstat(file, &stat), path);
	*size = (size_t)stat.st_size;
	image = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, file, 0);
	if (image == MAP_FAILED)
		err(EXIT_FAILURE, "mapping %s", path);
	close(file);
	if (is_whole(image, *size))
		return (struct heap *)((char *)image + page_size());
	munmap(image, *size);
	return NULL;
}

/**
 * image_unload() - Give up what image_load() returned.
 * @heap: It.
 * @size: As filled then.
 */
void image_unload(struct heap *heap, size_t size)
{
	munmap((char *)heap - page_size(), size);
}
