// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo-stream: test of the format, with files in the place of VMOs
 *
 * Streams are written, read, damaged in every way and made up. What becomes of
 * VMOs is for the selftests.
 *
 * Prints TAP; the exit status is 0 if every case passed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xxhash.h>
#include <zvmo_stream.h>

#include "../../testing/tap.h"
#include "format.h"
#include "identity.h"

#ifdef HAVE_ZSTD
#include <zstd.h>
static const int level = 1;
#else
static const int level;
#endif

/* What is freed is soon used again, or most of the time goes into new memory. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1";
}

/* How many allocations of the library succeed before one fails; -1: all. */
static int allocations = -1;

static bool allocation_fails(void)
{
	return allocations >= 0 && allocations-- == 0;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	return allocation_fails() ? NULL : __real_malloc(size);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
	return allocation_fails() ? NULL : __real_calloc(count, size);
}

static int file_new(off_t size)
{
	int fd = need(memfd_create("file", MFD_CLOEXEC));

	need(ftruncate(fd, size));
	return fd;
}

static void put(int fd, off_t offset, const void *data, size_t size)
{
	need(pwrite(fd, data, size, offset));
}

static void fill(int fd, off_t offset, size_t size, int byte)
{
	void *data = malloc(size);

	memset(data, byte, size);
	put(fd, offset, data, size);
	free(data);
}

static off_t size_of(int fd)
{
	struct stat stat;

	need(fstat(fd, &stat));
	return stat.st_size;
}

static void *whole(int fd)
{
	off_t size = size_of(fd);
	void *data = malloc((size_t)size + 1);

	need(pread(fd, data, (size_t)size, 0));
	return data;
}

static bool same(int a, int b)
{
	void *in_a = whole(a), *in_b = whole(b);
	bool equal = size_of(a) == size_of(b) &&
		     memcmp(in_a, in_b, (size_t)size_of(a)) == 0;

	free(in_a);
	free(in_b);
	return equal;
}

static int copy(int fd)
{
	int other = file_new(size_of(fd));
	void *data = whole(fd);

	put(other, 0, data, (size_t)size_of(fd));
	free(data);
	return other;
}

/* A stream in a file, at its beginning. */
static int save_at(int fd, int base, int compression,
		   struct zvmo_stream_info *info)
{
	const struct zvmo_stream_options options = {
		.size = sizeof(options),
		.compression = compression,
	};
	int stream = file_new(0);

	EXPECT(zvmo_stream_save(fd, base, stream, &options, info), 0);
	if (info)
		CHECK(info->stream_bytes == (uint64_t)size_of(stream));
	need(lseek(stream, 0, SEEK_SET));
	return stream;
}

static int save(int fd, int base)
{
	return save_at(fd, base, 0, NULL);
}

static int verify(int stream)
{
	need(lseek(stream, 0, SEEK_SET));
	return zvmo_stream_verify(stream, NULL);
}

static int load(int file, int stream)
{
	need(lseek(stream, 0, SEEK_SET));
	return zvmo_stream_load_file(file, stream, NULL, NULL);
}

static int stream_of(const void *bytes, size_t size)
{
	int stream = file_new(0);

	put(stream, 0, bytes, size);
	return stream;
}

/* Whether a stream is refused with @error, verified and loaded. */
static void refused(const void *bytes, size_t size, int error)
{
	int stream = stream_of(bytes, size), file = file_new(0);

	EXPECT(verify(stream), -error);
	EXPECT(load(file, stream), -error);
	close(stream);
	close(file);
}

static struct zvmo_stream_id id_of(int fd)
{
	struct zvmo_stream_id id = { 0, 0 };

	EXPECT(zvmo_stream_identify(fd, &id), 0);
	return id;
}

static bool same_id(struct zvmo_stream_id a, struct zvmo_stream_id b)
{
	return identity_equal(&a, &b);
}

/* These bytes are the format: no version of the library may change them. */
static void format_is_what_it_is(void)
{
	static const uint8_t header[16] = {
		0x89, 'Z', 'V', 'M', 'O', '\r', '\n', 0x1a, 1, 0, 0, 0, 0,
	};
	/* Type and encoding; offset; length; bytes stored. */
	static const uint8_t record[28] = {
		[0] = 1,
		[9] = 0x10,
		[17] = 0x10,
		[25] = 0x10,
	};
	int file = file_new(8193), stream;
	struct zvmo_stream_info info;
	uint8_t *bytes;

	fill(file, 4096, 4096, 'x');
	stream = save_at(file, -1, 0, &info);
	EXPECT(size_of(stream), 64 + 40 + 4096 + 40 + 32);
	bytes = whole(stream);
	CHECK(memcmp(bytes, header, sizeof(header)) == 0);
	CHECK(bytes[24] == 0 && bytes[25] == 0x30); /* size: 0x3000 */
	CHECK(bytes[32] == 1 && bytes[33] == 0x20); /* stream size: 0x2001 */
	CHECK(memcmp(bytes + 64, record, sizeof(record)) == 0);
	CHECK(bytes[64 + 40] == 'x');
	CHECK(bytes[64 + 40 + 4096] == RECORD_END);
	EXPECT(info.id.low, 3252672370522997592);
	EXPECT(info.id.high, 2300739859252232646);
	free(bytes);
	close(file);
	close(stream);
}

static void round_trip(void)
{
	int file = file_new(64 << 20), other = file_new(12345), stream;
	struct zvmo_stream_info saved, loaded;
	struct stat stat;

	fill(file, 5000, 3, 1);
	fill(file, 1 << 20, 3 << 20, 2);
	fill(file, (64 << 20) - 1, 1, 3);
	fill(other, 0, 12345, 9);
	stream = save_at(file, -1, 0, &saved);
	EXPECT(zvmo_stream_load_file(other, stream, NULL, &loaded), 0);
	CHECK(same(file, other));
	CHECK(memcmp(&saved, &loaded, sizeof(saved)) == 0);
	CHECK(same_id(saved.id, id_of(file)));
	CHECK(same_id(saved.id, id_of(other)));
	EXPECT(saved.data_records, 5);
	EXPECT(saved.data_bytes, (3 << 20) + 8192);
	/* Holes stay holes. */
	need(fstat(other, &stat));
	EXPECT(stat.st_blocks * 512, (3 << 20) + 8192);
	close(file);
	close(other);
	close(stream);
}

static void sizes_that_are_no_blocks(void)
{
	static const off_t sizes[] = { 0, 1, 4095, 4096, 4097, 1048577 };
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int file = file_new(sizes[i]), other = file_new(0), stream;

		if (sizes[i])
			fill(file, 0, (size_t)sizes[i], 7);
		stream = save(file, -1);
		EXPECT(load(other, stream), 0);
		CHECK(same(file, other));
		close(file);
		close(other);
		close(stream);
	}
}

/* The position of a file that is saved does not move. */
static void position_stays(void)
{
	int file = file_new(100000);

	fill(file, 0, 100000, 1);
	need(lseek(file, 77, SEEK_SET));
	close(save(file, -1));
	EXPECT(lseek(file, 0, SEEK_CUR), 77);
	close(file);
}

static void zeros_that_were_written_are_not_stored(void)
{
	int file = file_new(1 << 20), stream;
	struct zvmo_stream_info info;

	fill(file, 0, 1 << 20, 0);
	stream = save_at(file, -1, 0, &info);
	EXPECT(info.data_records, 0);
	EXPECT(size_of(stream), 64 + 40 + 32);
	CHECK(same_id(info.id, id_of(file)));
	close(file);
	close(stream);
}

/* Identity is of bytes and sizes, not of how they came to be. */
static void identity(void)
{
	int a = file_new(20000), b = file_new(20000);

	CHECK(same_id(id_of(a), id_of(b)));
	fill(a, 8192, 1, 1);
	CHECK(!same_id(id_of(a), id_of(b)));
	fill(b, 4096, 4096, 0);
	fill(b, 8192, 1, 1);
	CHECK(same_id(id_of(a), id_of(b)));
	/* The same block elsewhere, and two exchanged. */
	fill(a, 12288, 1, 2);
	fill(b, 8192, 1, 2);
	fill(b, 12288, 1, 1);
	CHECK(!same_id(id_of(a), id_of(b)));
	fill(a, 8192, 1, 2);
	fill(a, 12288, 1, 1);
	CHECK(same_id(id_of(a), id_of(b)));
	need(ftruncate(a, 20001));
	CHECK(!same_id(id_of(a), id_of(b)));
	close(a);
	close(b);
}

#define CHAIN 20
#define CHAIN_SIZE 300000

static uint64_t seed = 1;

static uint64_t random_below(uint64_t limit)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (seed >> 33) % limit;
}

/* Random writes, holes and sizes. */
static void change(int fd)
{
	int i;

	for (i = 0; i < 8; i++) {
		off_t at = (off_t)random_below(CHAIN_SIZE - 10000);

		if (random_below(3))
			fill(fd, at, 1 + random_below(10000),
			     1 + (int)random_below(255));
		else
			need(fallocate(
				fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				at, 1 + (off_t)random_below(50000)));
	}
	if (random_below(2))
		need(ftruncate(fd, 1 + (off_t)random_below(CHAIN_SIZE)));
}

/* states[0] is empty; streams[i] leads from states[i] to states[i + 1]. */
static void make_chain(int states[CHAIN + 1], int streams[CHAIN],
		       int compression)
{
	int i;

	states[0] = file_new(0);
	for (i = 0; i < CHAIN; i++) {
		states[i + 1] = copy(states[i]);
		change(states[i + 1]);
		streams[i] = save_at(states[i + 1], i ? states[i] : -1,
				     compression, NULL);
	}
}

static void close_chain(int states[CHAIN + 1], int streams[CHAIN])
{
	int i;

	for (i = 0; i <= CHAIN; i++)
		close(states[i]);
	for (i = 0; i < CHAIN; i++)
		close(streams[i]);
}

static void chain_at(int compression)
{
	int states[CHAIN + 1], streams[CHAIN], file = file_new(0), i;

	make_chain(states, streams, compression);
	for (i = 0; i < CHAIN; i++) {
		EXPECT(verify(streams[i]), 0);
		EXPECT(load(file, streams[i]), 0);
		CHECK(same(file, states[i + 1]));
	}
	close_chain(states, streams);
	close(file);
}

static void chain_of_increments(void)
{
	chain_at(0);
	if (level)
		chain_at(level);
}

/* To every state every increment, of which one applies. */
static void increments_out_of_order(void)
{
	int states[CHAIN + 1], streams[CHAIN], i, j;

	make_chain(states, streams, 0);
	for (i = 1; i <= CHAIN; i++)
		for (j = 1; j < CHAIN; j++) {
			int file = copy(states[i]);

			EXPECT(load(file, streams[j]), i == j ? 0 : -ESTALE);
			CHECK(same(file, states[i == j ? j + 1 : i]));
			close(file);
		}
	close_chain(states, streams);
}

static void known_identity(void)
{
	int old = file_new(50000), new = file_new(50000), stream, file;
	struct zvmo_stream_options options = { .size = sizeof(options) };
	struct zvmo_stream_id id, wrong = { 1, 2 };
	struct zvmo_stream_info info;

	fill(old, 0, 50000, 1);
	fill(new, 0, 50000, 1);
	fill(new, 4096, 1, 2);
	id = id_of(old);
	options.base = &id;
	stream = file_new(0);
	EXPECT(zvmo_stream_save(new, old, stream, &options, &info), 0);
	CHECK(same_id(info.base, id) && same_id(info.id, id_of(new)));
	need(lseek(stream, 0, SEEK_SET));
	file = copy(old);
	EXPECT(zvmo_stream_load_file(file, stream, &options, NULL), 0);
	CHECK(same(file, new));
	close(file);

	/* A wrong one does not apply; or is found out at the end. */
	need(lseek(stream, 0, SEEK_SET));
	options.base = &wrong;
	file = copy(old);
	EXPECT(zvmo_stream_load_file(file, stream, &options, NULL), -ESTALE);
	CHECK(same(file, old));
	fill(file, 4096, 1, 3);
	need(lseek(stream, 0, SEEK_SET));
	options.base = &id;
	EXPECT(zvmo_stream_load_file(file, stream, &options, NULL), -EBADMSG);
	close(file);
	close(old);
	close(new);
	close(stream);
}

/* One block of data, one of zeros, and compressed if that is there. */
static int small_increment(int *base)
{
	int new = file_new(20000), stream;

	*base = file_new(20000);
	fill(*base, 8192, 4096, 1);
	fill(new, 100, 2000, 2);
	stream = save_at(new, *base, level, NULL);
	close(new);
	return stream;
}

/* Whatever bit is flipped: it is noticed, before the file changes or after. */
static void every_bit_is_guarded(void)
{
	int base, stream = small_increment(&base), file;
	size_t size = (size_t)size_of(stream), bit;
	size_t step = size > 1000 ? 7 : 1;
	uint8_t *bytes = whole(stream);

	EXPECT(verify(stream), 0);
	for (bit = 0; bit < size * 8; bit += step) {
		uint8_t mask = (uint8_t)(1 << bit % 8);

		bytes[bit / 8] ^= mask;
		put(stream, 0, bytes, size);
		EXPECT(verify(stream), -EBADMSG);
		file = copy(base);
		EXPECT(load(file, stream), -EBADMSG);
		close(file);
		bytes[bit / 8] ^= mask;
		if (failed)
			break;
	}
	free(bytes);
	close(stream);
	close(base);
}

static void every_byte_is_guarded(void)
{
	int base, stream = small_increment(&base);
	size_t size = (size_t)size_of(stream), at;
	uint8_t *bytes = whole(stream), byte;
	int value, step = size > 1000 ? 67 : 17;

	for (at = 0; at < size && !failed; at++) {
		byte = bytes[at];
		for (value = 0; value < 256; value += step) {
			if (value == byte)
				continue;
			bytes[at] = (uint8_t)value;
			put(stream, (off_t)at, bytes + at, 1);
			EXPECT(verify(stream), -EBADMSG);
		}
		bytes[at] = byte;
		put(stream, (off_t)at, bytes + at, 1);
	}
	EXPECT(verify(stream), 0);
	free(bytes);
	close(stream);
	close(base);
}

static void cut_anywhere(void)
{
	int base, stream = small_increment(&base), file;
	off_t size = size_of(stream), at;

	for (at = size - 1; at >= 0; at--) {
		need(ftruncate(stream, at));
		EXPECT(verify(stream), at ? -EBADMSG : -ENODATA);
		file = copy(base);
		EXPECT(load(file, stream), at ? -EBADMSG : -ENODATA);
		close(file);
	}
	close(stream);
	close(base);
}

/* Records exchanged, missing and doubled, of equal length. */
static void records_out_of_order(void)
{
	const size_t record = RECORD_BYTES + BLOCK_SIZE;
	int file = file_new(5 * BLOCK_SIZE), stream;
	uint8_t *bytes, *first, *second, *room = malloc(record);
	size_t size;

	fill(file, 0, 1, 1);
	fill(file, 2 * BLOCK_SIZE, 1, 1);
	stream = save(file, -1);
	size = (size_t)size_of(stream);
	bytes = whole(stream);
	first = bytes + HEADER_BYTES;
	second = first + record;
	EXPECT(size, HEADER_BYTES + 2 * record + RECORD_BYTES + END_BYTES);

	memcpy(room, first, record);
	memcpy(first, second, record);
	memcpy(second, room, record);
	refused(bytes, size, EBADMSG);
	memcpy(second, first, record);
	memcpy(first, room, record);
	/* Without the second. */
	memmove(second, second + record, RECORD_BYTES + END_BYTES);
	refused(bytes, size - record, EBADMSG);
	free(bytes);
	/* The first twice. */
	bytes = whole(stream);
	memcpy(bytes + HEADER_BYTES + record, bytes + HEADER_BYTES, record);
	refused(bytes, size, EBADMSG);
	free(bytes);
	free(room);
	close(file);
	close(stream);
}

/* A stream that is made up: well formed, but for what a case changes. */
struct forged {
	struct zvmo_stream_info info;
	struct record records[3];
	unsigned int count;
	struct zvmo_stream_id id;
	struct zvmo_stream_id digest_error;
	uint8_t bytes[65536];
	size_t size;
};

static struct forged *forge(void)
{
	struct forged *forged = calloc(1, sizeof(*forged));

	forged->info.version = ZVMO_STREAM_VERSION;
	forged->info.page_size = 4096;
	forged->info.size = 10 * BLOCK_SIZE;
	forged->info.stream_size = 10 * BLOCK_SIZE;
	forged->count = 1;
	forged->records[0] = (struct record){
		.type = RECORD_DATA,
		.offset = 2 * BLOCK_SIZE,
		.length = BLOCK_SIZE,
		.stored = BLOCK_SIZE,
	};
	return forged;
}

static void forge_record(struct forged *forged, struct record *record,
			 uint64_t number, const void *payload)
{
	uint8_t *at = forged->bytes + forged->size;

	record_encode(record, number, payload, at);
	if (record->stored)
		memcpy(at + RECORD_BYTES, payload, record->stored);
	forged->size += RECORD_BYTES + record->stored;
}

static void forge_end(struct forged *forged)
{
	struct record end = { .type = RECORD_END,
			      .offset = forged->info.size,
			      .stored = END_BYTES };
	XXH128_hash_t hash = XXH3_128bits(forged->bytes, forged->size);
	struct zvmo_stream_id digest = { hash.low64, hash.high64 };
	uint8_t payload[END_BYTES];

	digest.low += forged->digest_error.low;
	digest.high += forged->digest_error.high;
	identity_add_sizes(&forged->id, forged->info.size,
			   forged->info.stream_size);
	id_encode(&forged->id, payload);
	id_encode(&digest, payload + 16);
	forge_record(forged, &end, forged->count, payload);
}

/* Ends it, and says what becomes of it. */
static void forged_is(struct forged *forged, int result)
{
	static uint8_t payload[16384];
	int stream, file = file_new(0);
	unsigned int i;

	memset(payload, 'y', sizeof(payload));
	header_encode(&forged->info, forged->bytes);
	forged->size = HEADER_BYTES;
	for (i = 0; i < forged->count; i++) {
		struct record *record = &forged->records[i];

		if (record->type == RECORD_DATA && record->length <= 16384)
			identity_add_blocks(
				&forged->id, record->offset, payload,
				record->length / BLOCK_SIZE * BLOCK_SIZE);
		forge_record(forged, record, i, payload);
	}
	forge_end(forged);
	stream = stream_of(forged->bytes, forged->size);
	EXPECT(load(file, stream), result);
	if (result != -EOVERFLOW)
		EXPECT(verify(stream), result);
	close(stream);
	close(file);
	free(forged);
}

#define FORGED(result, change)                 \
	do {                                   \
		struct forged *f = forge();    \
		struct record *r = f->records; \
		(void)r;                       \
		change;                        \
		forged_is(f, result);          \
	} while (0)

/* Checksums are right here: it is the sense that is not. */
static void nonsense_is_refused(void)
{
	FORGED(0, );
	FORGED(0, r->length = r->stored = 3 * BLOCK_SIZE);
	FORGED(-EOPNOTSUPP, f->info.version = 2);
	FORGED(-EOPNOTSUPP, f->info.version = 0);
	FORGED(-EOPNOTSUPP, f->info.flags = 4);
	FORGED(-EBADMSG, f->info.page_size = 0);
	FORGED(-EBADMSG, f->info.page_size = 2048);
	FORGED(-EBADMSG, f->info.page_size = 4097);
	FORGED(-EBADMSG, f->info.size++);
	FORGED(-EBADMSG, f->info.size = UINT64_MAX - 4095);
	FORGED(-EBADMSG, f->info.stream_size = f->info.size + 1);
	FORGED(-EBADMSG, f->info.base.high = 1);
	FORGED(-EBADMSG, r->type = 0);
	FORGED(-EBADMSG, r->type = 4);
	FORGED(-EBADMSG, r->offset = 100);
	FORGED(-EBADMSG, r->offset = 10 * BLOCK_SIZE);
	FORGED(-EBADMSG, r->offset = UINT64_MAX - 4095);
	FORGED(-EBADMSG, r->length = 0; r->stored = 0);
	FORGED(-EBADMSG, r->length = r->stored = 4095);
	FORGED(-EBADMSG, r->length = UINT64_MAX - 4095);
	FORGED(-EBADMSG, r->stored = BLOCK_SIZE - 1);
	FORGED(-EBADMSG, r->encoding = 2);
	FORGED(-EBADMSG, r->encoding = 1; r->stored = 100);
	/* Zeros are for increments; the end is the end. */
	FORGED(-EBADMSG, r->type = RECORD_ZERO; r->stored = 0);
	FORGED(-EBADMSG, r->type = RECORD_END; r->offset = f->info.size;
	       r->length = 0; r->stored = 0);
	/* Twice the same place, and backwards. */
	FORGED(-EBADMSG, f->count = 2; r[1] = r[0]);
	FORGED(-EBADMSG, f->count = 2; r[1] = r[0]; r[1].offset = 0);
	FORGED(0, f->count = 2; r[1] = r[0]; r[1].offset = 3 * BLOCK_SIZE);
	/* Another content than it says. */
	FORGED(-EBADMSG, f->id.low = 1);
	FORGED(-EBADMSG, f->id.high = 1);
	/* Other bytes than it says. */
	FORGED(-EBADMSG, f->digest_error.low = 1);
	FORGED(-EBADMSG, f->digest_error.high = 1);
}

/* More than a record may have; the room for it is not to overflow. */
static void too_long_a_record(void)
{
	FORGED(-EBADMSG, f->info.size = f->info.stream_size = 1 << 30;
	       r->length = RECORD_MAX + BLOCK_SIZE);
#ifdef HAVE_ZSTD
	/* It expands to less, or to more, than it says. */
	FORGED(-EBADMSG, f->info.flags = ZVMO_STREAM_ZSTD; r->encoding = 1;
	       r->stored = 100);
#else
	FORGED(-EOPNOTSUPP, f->info.flags = ZVMO_STREAM_ZSTD);
#endif
}

static void what_a_file_cannot_hold(void)
{
	FORGED(-EOVERFLOW, f->info.stream_size = 2 * BLOCK_SIZE);
	FORGED(-EOVERFLOW, f->info.stream_size = 2 * BLOCK_SIZE + 5);
	FORGED(0, f->info.stream_size = 3 * BLOCK_SIZE);
}

static void compression(void)
{
	int file = file_new(4 << 20), other = file_new(0), noise = file_new(0);
	struct zvmo_stream_info info;
	uint8_t random[8192];
	size_t i;
	int stream;

	if (!level) {
		struct zvmo_stream_options options = { .size = sizeof(options),
						       .compression = 1 };

		EXPECT(zvmo_stream_save(file, -1, other, &options, NULL),
		       -EOPNOTSUPP);
		goto out;
	}
	fill(file, 0, 3 << 20, 5);
	stream = save_at(file, -1, 19, &info);
	CHECK(size_of(stream) < 4096);
	EXPECT(info.data_bytes, 3 << 20);
	EXPECT(zvmo_stream_load_file(other, stream, NULL, NULL), 0);
	CHECK(same(file, other));
	close(stream);

	/* What does not become shorter is stored as it is. */
	for (i = 0; i < sizeof(random); i++)
		random[i] = (uint8_t)random_below(256);
	put(noise, 0, random, sizeof(random));
	stream = save_at(noise, -1, 1, &info);
	EXPECT(info.stored_bytes, info.data_bytes);
	EXPECT(load(other, stream), 0);
	CHECK(same(noise, other));
	close(stream);
out:
	close(file);
	close(other);
	close(noise);
}

/* One byte at a time, and two streams in one pipe. */
static void through_a_pipe(void)
{
	int old = file_new(30000), new = file_new(30000), other = file_new(0);
	int full, increment, ends[2], status;
	pid_t child;

	fill(old, 0, 5000, 1);
	fill(new, 0, 5000, 1);
	fill(new, 12288, 1, 2);
	full = save_at(old, -1, level, NULL);
	increment = save_at(new, old, level, NULL);
	need(pipe(ends));
	child = (pid_t)need(fork());
	if (!child) {
		char byte;

		while (read(full, &byte, 1) == 1)
			need(write(ends[1], &byte, 1));
		while (read(increment, &byte, 1) == 1)
			need(write(ends[1], &byte, 1));
		_exit(0);
	}
	close(ends[1]);
	EXPECT(zvmo_stream_load_file(other, ends[0], NULL, NULL), 0);
	CHECK(same(other, old));
	EXPECT(zvmo_stream_load_file(other, ends[0], NULL, NULL), 0);
	CHECK(same(other, new));
	EXPECT(zvmo_stream_load_file(other, ends[0], NULL, NULL), -ENODATA);
	CHECK(same(other, new));
	need(waitpid(child, &status, 0));
	EXPECT(status, 0);
	close(ends[0]);
	close(old);
	close(new);
	close(other);
	close(full);
	close(increment);
}

/* More than a pipe holds, so that writes are short. */
static void into_a_pipe(void)
{
	int file = file_new(3 << 20), other = file_new(0), ends[2], status;
	pid_t child;

	fill(file, 0, 3 << 20, 1);
	need(pipe(ends));
	child = (pid_t)need(fork());
	if (!child) {
		close(ends[0]);
		_exit(zvmo_stream_save(file, -1, ends[1], NULL, NULL) != 0);
	}
	close(ends[1]);
	EXPECT(zvmo_stream_load_file(other, ends[0], NULL, NULL), 0);
	CHECK(same(file, other));
	need(waitpid(child, &status, 0));
	EXPECT(status, 0);
	close(ends[0]);
	close(file);
	close(other);
}

static void output_fails(void)
{
	int full = need(open("/dev/full", O_WRONLY | O_CLOEXEC));
	int file = file_new(100000), ends[2];

	fill(file, 0, 100000, 1);
	EXPECT(zvmo_stream_save(file, -1, full, NULL, NULL), -ENOSPC);
	close(full);
	EXPECT(zvmo_stream_save(file, -1, full, NULL, NULL), -EBADF);
	need(pipe(ends));
	EXPECT(zvmo_stream_save(file, -1, ends[0], NULL, NULL), -EBADF);
	EXPECT(zvmo_stream_verify(ends[1], NULL), -EBADF);
	EXPECT(zvmo_stream_save(ends[0], -1, ends[1], NULL, NULL), -ENOTTY);
	close(ends[0]);
	close(ends[1]);
	close(file);
}

/* Each allocation fails once; nothing leaks (the sanitizer looks). */
static void no_memory(void)
{
	const struct zvmo_stream_options options = { .size = sizeof(options),
						     .compression = level };
	int old = file_new(20000), new = file_new(20000), n, stream = -1, file;
	int result = -ENOMEM;

	fill(old, 0, 20000, 1);
	fill(new, 0, 10000, 2);
	for (n = 0; result; n++) {
		stream = file_new(0);
		allocations = n;
		result = zvmo_stream_save(new, old, stream, &options, NULL);
		allocations = -1;
		if (result) {
			EXPECT(result, -ENOMEM);
			EXPECT(size_of(stream), 0);
			close(stream);
		}
	}
	EXPECT(n, level ? 5 : 4);
	result = -ENOMEM;
	for (n = 0; result; n++) {
		file = copy(old);
		allocations = n;
		result = load(file, stream);
		allocations = -1;
		EXPECT(result, n < (level ? 3 : 2) ? -ENOMEM : 0);
		CHECK(same(file, result ? old : new));
		close(file);
	}
	close(stream);
	close(old);
	close(new);
}

static void options_are_checked(void)
{
	int file = file_new(5000), stream = file_new(0);
	struct zvmo_stream_options good = { .size = sizeof(good) }, bad;

	bad = good;
	bad.size--;
	EXPECT(zvmo_stream_save(file, -1, stream, &bad, NULL), -EINVAL);
	EXPECT(zvmo_stream_load_file(file, stream, &bad, NULL), -EINVAL);
	bad = good;
	bad.reserved = 1;
	EXPECT(zvmo_stream_save(file, -1, stream, &bad, NULL), -EINVAL);
	EXPECT(zvmo_stream_load_file(file, stream, &bad, NULL), -EINVAL);
	bad = good;
	bad.create_options = 2;
	EXPECT(zvmo_stream_save(file, -1, stream, &bad, NULL), -EINVAL);
	EXPECT(zvmo_stream_load_file(file, stream, &bad, NULL), -EINVAL);
	bad = good;
	bad.compression = 20;
	EXPECT(zvmo_stream_save(file, -1, stream, &bad, NULL),
	       level ? -EINVAL : -EOPNOTSUPP);
	EXPECT(zvmo_stream_load_file(file, stream, &bad, NULL), -EINVAL);
	EXPECT(size_of(stream), 0);
	close(file);
	close(stream);
}

static const struct tap_case cases[] = {
	CASE(format_is_what_it_is),
	CASE(round_trip),
	CASE(sizes_that_are_no_blocks),
	CASE(position_stays),
	CASE(zeros_that_were_written_are_not_stored),
	CASE(identity),
	CASE(chain_of_increments),
	CASE(increments_out_of_order),
	CASE(known_identity),
	CASE(every_bit_is_guarded),
	CASE(every_byte_is_guarded),
	CASE(cut_anywhere),
	CASE(records_out_of_order),
	CASE(nonsense_is_refused),
	CASE(too_long_a_record),
	CASE(what_a_file_cannot_hold),
	CASE(compression),
	CASE(through_a_pipe),
	CASE(into_a_pipe),
	CASE(output_fails),
	CASE(no_memory),
	CASE(options_are_checked),
};

int main(void)
{
	return tap_run(cases, sizeof(cases) / sizeof(cases[0]),
		       level ? "zvmo-stream zstd" : "zvmo-stream plain", NULL);
}
