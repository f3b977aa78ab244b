// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - random operations on a family of VMOs, and their model
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "family.h"
#include "ops.h"

#define MAX_IDS (1U << 22)

/* The model */

static void page_put(struct family *family, struct family_content *content,
		     uint64_t page)
{
	uint32_t id = content->ids[page];

	memset(content->bytes + page * PAGE, 0, PAGE);
	if (!id)
		return;
	content->ids[page] = 0;
	family->nr_copies--;
	if (!--family->holders[id])
		family->nr_pages--;
}

static void page_get(struct family *family, struct family_content *content,
		     uint64_t page, uint32_t id)
{
	content->ids[page] = id;
	family->nr_copies++;
	if (!family->holders[id]++)
		family->nr_pages++;
}

/* Before a write: a page nobody else has. */
static void page_own(struct family *family, struct family_content *content,
		     uint64_t page)
{
	uint32_t id = content->ids[page];

	if (id && family->holders[id] == 1)
		return;
	if (id) {
		family->holders[id]--;
		family->nr_copies--;
	}
	ASSERT(family->nr_ids + 1 < MAX_IDS);
	page_get(family, content, page, ++family->nr_ids);
}

static struct family_content *content_alloc(uint64_t size)
{
	struct family_content *content = calloc(1, sizeof(*content));

	ASSERT(content != NULL);
	content->bytes = calloc(FAMILY_PAGES, PAGE);
	ASSERT(content->bytes != NULL);
	content->stream_size = size;
	content->size = (size + PAGE - 1) / PAGE * PAGE;
	return content;
}

static void content_put(struct family *family, struct family_content *content)
{
	uint64_t page;

	if (--content->members)
		return;
	for (page = 0; page < FAMILY_PAGES; page++)
		page_put(family, content, page);
	free(content->bytes);
	free(content);
}

static struct family_content *content_clone(struct family *family,
					    const struct family_content *parent,
					    uint64_t offset, uint64_t size)
{
	struct family_content *content = content_alloc(size);
	uint64_t page, from = offset / PAGE;

	content->is_clone = true;
	content->base = parent->base + offset;
	for (page = 0; page < content->size / PAGE; page++, from++) {
		if (from >= parent->size / PAGE)
			break;
		memcpy(content->bytes + page * PAGE,
		       parent->bytes + from * PAGE, PAGE);
		if (parent->ids[from])
			page_get(family, content, page, parent->ids[from]);
	}
	return content;
}

static void content_write(struct family *family, struct family_content *content,
			  uint64_t offset, uint8_t byte, uint64_t length)
{
	uint64_t page;

	if (!length)
		return;
	for (page = offset / PAGE; page <= (offset + length - 1) / PAGE; page++)
		page_own(family, content, page);
	memset(content->bytes + offset, byte, length);
}

static void content_zero(struct family *family, struct family_content *content,
			 uint64_t offset, uint64_t length)
{
	uint64_t end = offset + length;

	while (offset < end) {
		uint64_t page = offset / PAGE, next = (page + 1) * PAGE;

		if (next > end)
			next = end;
		if (next - offset == PAGE) {
			page_put(family, content, page);
		} else if (content->ids[page]) {
			page_own(family, content, page);
			memset(content->bytes + offset, 0, next - offset);
		}
		offset = next;
	}
}

static void content_commit(struct family *family,
			   struct family_content *content, uint64_t offset,
			   uint64_t length)
{
	uint64_t page;

	if (!length)
		return;
	for (page = offset / PAGE; page <= (offset + length - 1) / PAGE; page++)
		page_own(family, content, page);
}

static void content_resize(struct family *family,
			   struct family_content *content, uint64_t size)
{
	uint64_t page;

	content->stream_size = size;
	content->size = (size + PAGE - 1) / PAGE * PAGE;
	for (page = content->size / PAGE; page < FAMILY_PAGES; page++)
		page_put(family, content, page);
	content_zero(family, content, size, content->size - size);
}

static uint64_t *stream_size(struct family_member *member)
{
	return member->kind == ZVMO_CHILD_SLICE ? &member->stream_size :
						  &member->content->stream_size;
}

static void content_set_stream_size(struct family *family,
				    struct family_member *member, uint64_t size)
{
	uint64_t *old = stream_size(member);
	uint64_t from = size < *old ? size : *old;

	if (size == *old)
		return;
	*old = size;
	content_zero(family, member->content, member->offset + from,
		     family_size(member) - from);
}

/* The content of a page leaves it and comes to another place. */
static void page_move(struct family *family, struct family_content *to,
		      uint64_t to_page, struct family_content *from,
		      uint64_t from_page)
{
	uint32_t id = from->ids[from_page];

	if (to == from && to_page == from_page)
		return;
	page_put(family, to, to_page);
	if (!id)
		return;
	memcpy(to->bytes + to_page * PAGE, from->bytes + from_page * PAGE,
	       PAGE);
	/* Alone with it: the same page. Else a copy. */
	page_own(family, to, to_page);
	page_put(family, from, from_page);
}

static void content_transfer(struct family *family, struct family_content *to,
			     uint64_t to_page, struct family_content *from,
			     uint64_t from_page, uint64_t pages)
{
	uint64_t i;

	/* As memmove(). */
	if (to != from || to_page < from_page) {
		for (i = 0; i < pages; i++)
			page_move(family, to, to_page + i, from, from_page + i);
	} else {
		for (i = pages; i-- > 0;)
			page_move(family, to, to_page + i, from, from_page + i);
	}
}

static void content_restore(struct family *family, struct family_content *to,
			    uint64_t page, const struct family_content *from,
			    uint64_t from_page, bool covered)
{
	uint32_t id = covered ? from->ids[from_page] : 0;

	if (to->ids[page] == id)
		return;
	page_put(family, to, page);
	if (!id)
		return;
	page_get(family, to, page, id);
	memcpy(to->bytes + page * PAGE, from->bytes + from_page * PAGE, PAGE);
}

/**
 * family_bytes() - What a member contains.
 */
const uint8_t *family_bytes(const struct family_member *member)
{
	return member->content->bytes + member->offset;
}

uint64_t family_size(const struct family_member *member)
{
	return member->kind == ZVMO_CHILD_SLICE ? member->size :
						  member->content->size;
}

/**
 * family_id() - Identity of a page, 0 for a hole.
 */
uint32_t family_id(const struct family_member *member, uint64_t page)
{
	return member->content->ids[member->offset / PAGE + page];
}

/**
 * family_base() - Distance of a member's begin from the first ancestor's.
 */
uint64_t family_base(const struct family_member *member)
{
	return member->content->base + member->offset;
}

/* Choosing */

static uint64_t below(struct family *family, uint64_t limit)
{
	return test_random_below(&family->random, limit);
}

/* Mostly whole pages. */
static uint64_t some_offset(struct family *family, uint64_t limit)
{
	uint64_t offset = below(family, limit + 1);

	return below(family, 3) ? offset / PAGE * PAGE : offset;
}

static void some_range(struct family *family, uint64_t limit, uint64_t *offset,
		       uint64_t *length)
{
	uint64_t most;

	*offset = some_offset(family, limit);
	most = limit - *offset;
	if (most > 4 * PAGE)
		most = 4 * PAGE;
	*length = some_offset(family, most);
}

static struct family_member *some_member(struct family *family)
{
	struct family_member *member;

	do {
		member = &family->members[below(family, FAMILY_MEMBERS)];
	} while (member->fd < 0);
	return member;
}

static struct family_member *free_place(struct family *family)
{
	struct family_member *member = family->members;

	while (member < family->members + FAMILY_MEMBERS && member->fd >= 0)
		member++;
	return member < family->members + FAMILY_MEMBERS ? member : NULL;
}

static unsigned int nr_members(const struct family *family)
{
	unsigned int nr = 0, i;

	for (i = 0; i < FAMILY_MEMBERS; i++)
		nr += family->members[i].fd >= 0;
	return nr;
}

static unsigned int nr_children(const struct family *family,
				const struct family_member *parent)
{
	unsigned int nr = 0, i;

	for (i = 0; i < FAMILY_MEMBERS; i++)
		nr += family->members[i].fd >= 0 &&
		      family->members[i].parent == parent;
	return nr;
}

/* Is there other content, which stems from this member's if that is no clone? */
static bool has_snapshots(const struct family *family,
			  const struct family_member *member)
{
	const struct family_member *other;

	for (other = family->members; other < family->members + FAMILY_MEMBERS;
	     other++)
		if (other->fd >= 0 && other->content != member->content)
			return true;
	return false;
}

/* Number of a member, by which it is called. */
static unsigned int number(const struct family *family,
			   const struct family_member *member)
{
	return member - family->members;
}

/* What is done now, as a call; and with which bytes. */
static void __attribute__((format(printf, 2, 3)))
doing(const struct family *family, const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	test_context("%s", text);
	if (family->trace)
		test_note("\t%s;", text);
}

/* Checks */

/* Add to a number, with 63 bits of fraction, so many bytes divided by @n. */
static void add_share(uint64_t bytes, unsigned int n, uint64_t *whole,
		      uint64_t *fraction)
{
	uint64_t upper = (bytes % n) << 32, lower = (upper % n) << 31;

	*fraction += (upper / n) << 31 | lower / n;
	*whole += bytes / n + (*fraction >> 63);
	*fraction &= UINT64_MAX >> 1;
}

/* Each page of the member belongs in equal parts to all that hold it. */
static void check_cost(const struct family *family,
		       const struct family_member *member,
		       const struct zvmo_info *info)
{
	unsigned int nr[FAMILY_MEMBERS + 1] = { 0 }, n;
	uint64_t page, committed = 0, scaled = 0, fraction = 0;
	uint32_t id;

	for (page = 0; page < family_size(member) / PAGE; page++) {
		id = family_id(member, page);
		committed += id ? PAGE : 0;
		nr[id ? family->holders[id] : 0]++;
	}
	for (n = 1; n <= FAMILY_MEMBERS; n++)
		add_share(nr[n] * PAGE, n, &scaled, &fraction);
	EXPECT_EQ(info->committed_bytes, committed);
	EXPECT_EQ(info->committed_private_bytes, nr[1] * PAGE);
	EXPECT_EQ(info->committed_scaled_bytes, scaled);
	EXPECT_EQ(info->committed_fractional_scaled_bytes, fraction);
}

static void check_info(const struct family *family,
		       const struct family_member *member)
{
	struct zvmo_info info = test_info(member->fd);

	check_cost(family, member, &info);
	EXPECT_EQ(info.size, family_size(member));
	EXPECT_EQ(info.stream_size,
		  *stream_size((struct family_member *)member));
	EXPECT_EQ(info.num_children, nr_children(family, member));
	EXPECT_EQ(info.parent_koid, member->parent ? member->parent->koid : 0);
}

static void check_member(const struct family *family,
			 struct family_member *member)
{
	static uint8_t found[FAMILY_PAGES * 65536];
	uint64_t size = *stream_size(member);

	check_info(family, member);
	ASSERT_EQ(zvmo_read(member->fd, 0, found, sizeof(found)), size);
	ASSERT_MEMEQ(found, family_bytes(member), size);
	size = family_size(member);
	ASSERT_EQ(ioc_read(member->fd, 0, found, size), 0);
	ASSERT_MEMEQ(found, family_bytes(member), size);
	if (member->map)
		ASSERT_MEMEQ(member->map, family_bytes(member), size);
}

static void check_pages(const struct family *family)
{
	long pages = test_stats().pages - family->pages_before;

	ASSERT_LE(pages, family->nr_copies);
	ASSERT_EQ(pages, family->nr_pages);
}

/**
 * family_check() - Compare everything with the model.
 */
void family_check(const struct family *family)
{
	unsigned int i;

	for (i = 0; i < FAMILY_MEMBERS; i++) {
		if (family->members[i].fd >= 0)
			check_member(
				family,
				(struct family_member *)&family->members[i]);
	}
	check_pages(family);
}

/* Operations */

static void doing_range(const struct family *family, const char *what,
			const struct family_member *member, uint64_t offset,
			uint64_t length)
{
	doing(family, "%s(v%u, %#llx, %#llx)", what, number(family, member),
	      (unsigned long long)offset, (unsigned long long)length);
}

static void do_write(struct family *family, struct family_member *member)
{
	uint8_t byte = 1 + below(family, 255), data[4 * 65536];
	uint64_t offset, length, end;

	some_range(family, family_size(member), &offset, &length);
	memset(data, byte, length);
	doing_range(family, "write", member, offset, length);
	test_write(member->fd, offset, data, length);
	content_write(family, member->content, member->offset + offset, byte,
		      length);
	end = offset + length;
	if (length && end > *stream_size(member))
		*stream_size(member) = end;
}

static void do_ioc_write(struct family *family, struct family_member *member)
{
	uint8_t byte = 1 + below(family, 255), data[4 * 65536];
	uint64_t offset, length;

	some_range(family, family_size(member), &offset, &length);
	memset(data, byte, length);
	doing_range(family, "ioctl_write", member, offset, length);
	ASSERT_EQ(ioc_write(member->fd, offset, data, length), 0);
	content_write(family, member->content, member->offset + offset, byte,
		      length);
}

/* Through a mapping that stays as long as the member does. */
static void do_store(struct family *family, struct family_member *member)
{
	uint64_t offset, length, size = family_size(member);
	uint8_t byte = 1 + below(family, 255);

	if (!member->map) {
		doing(family, "m%u = mmap(v%u, MAP_SHARED)",
		      number(family, member), number(family, member));
		member->map = test_map(member->fd, 0, FAMILY_PAGES * PAGE,
				       PROT_READ | PROT_WRITE, MAP_SHARED);
	}
	some_range(family, size, &offset, &length);
	doing(family, "memset(m%u + %#llx, %#x, %#llx)", number(family, member),
	      (unsigned long long)offset, byte, (unsigned long long)length);
	memset(member->map + offset, byte, length);
	content_write(family, member->content, member->offset + offset, byte,
		      length);
}

static void do_set_stream_size(struct family *family,
			       struct family_member *member)
{
	uint64_t size = some_offset(family, family_size(member));

	doing(family, "set_stream_size(v%u, %#llx)", number(family, member),
	      (unsigned long long)size);
	ASSERT_EQ(ioc_set_stream_size(member->fd, size), 0);
	content_set_stream_size(family, member, size);
}

static void do_transfer(struct family *family, struct family_member *to)
{
	struct family_member *from = some_member(family);
	uint64_t size = family_size(to) / PAGE, length, offset, source;

	if (family_size(from) / PAGE < size)
		size = family_size(from) / PAGE;
	length = below(family, size + 1);
	offset = below(family, family_size(to) / PAGE - length + 1);
	source = below(family, family_size(from) / PAGE - length + 1);
	doing(family, "transfer(v%u, %#llx, %#llx, v%u, %#llx)",
	      number(family, to), (unsigned long long)(offset * PAGE),
	      (unsigned long long)(length * PAGE), number(family, from),
	      (unsigned long long)(source * PAGE));
	ASSERT_EQ(ioc_transfer(to->fd, offset * PAGE, length * PAGE, from->fd,
			       source * PAGE),
		  0);
	content_transfer(family, to->content, to->offset / PAGE + offset,
			 from->content, from->offset / PAGE + source, length);
}

/* Where a member's page is in another one's content, as both inherited it. */
static bool same_place(const struct family_member *member, uint64_t page,
		       const struct family_member *other, uint64_t *found)
{
	uint64_t at = family_base(member) / PAGE + page;

	if (at < family_base(other) / PAGE ||
	    at >= (family_base(other) + family_size(other)) / PAGE)
		return false;
	*found = at - other->content->base / PAGE;
	return true;
}

static void do_restore(struct family *family, struct family_member *member)
{
	struct family_member *source = some_member(family);
	uint64_t end = below(family, family_size(member) / PAGE + 1);
	uint64_t page = below(family, end + 1), from = 0;
	bool covered;

	if (below(family, 2)) {
		page = 0;
		end = family_size(member) / PAGE;
	}
	doing(family, "restore(v%u, v%u, %#llx, %#llx)", number(family, member),
	      number(family, source), (unsigned long long)(page * PAGE),
	      (unsigned long long)(end * PAGE));
	ASSERT_EQ(ioc_restore(member->fd, source->fd, page * PAGE, end * PAGE),
		  0);
	for (; page < end; page++) {
		covered = same_place(member, page, source, &from);
		content_restore(family, member->content,
				member->offset / PAGE + page, source->content,
				from, covered);
	}
}

static void do_zero(struct family *family, struct family_member *member)
{
	uint64_t offset, length;

	some_range(family, family_size(member), &offset, &length);
	doing_range(family, "zero", member, offset, length);
	ASSERT_EQ(zvmo_zero(member->fd, offset, length), 0);
	content_zero(family, member->content, member->offset + offset, length);
}

static void do_commit(struct family *family, struct family_member *member)
{
	uint64_t offset, length;

	some_range(family, family_size(member), &offset, &length);
	doing_range(family, "commit", member, offset, length);
	ASSERT_EQ(zvmo_commit(member->fd, offset, length), 0);
	content_commit(family, member->content, member->offset + offset,
		       length);
}

static void do_decommit(struct family *family, struct family_member *member)
{
	uint64_t offset, length;
	int expected = 0;

	some_range(family, family_size(member), &offset, &length);
	doing_range(family, "decommit", member, offset, length);
	if (!length)
		expected = 0;
	else if (member->content->is_clone || has_snapshots(family, member))
		expected = -EOPNOTSUPP;
	else if ((offset | length) % PAGE)
		expected = -EINVAL;
	ASSERT_EQ(zvmo_decommit(member->fd, offset, length), expected);
	if (!expected)
		content_zero(family, member->content, member->offset + offset,
			     length);
}

static void do_resize(struct family *family, struct family_member *member)
{
	uint64_t size = some_offset(family, FAMILY_PAGES * PAGE);

	if (!(test_info(member->fd).rights & ZVMO_RIGHT_RESIZE))
		return;
	doing(family, "set_size(v%u, %#llx)", number(family, member),
	      (unsigned long long)size);
	ASSERT_EQ(zvmo_set_size(member->fd, size), 0);
	content_resize(family, member->content, size);
}

static void member_begin(struct family_member *member, int fd,
			 struct family_content *content)
{
	member->fd = fd;
	member->koid = test_info(fd).koid;
	member->content = content;
	content->members++;
}

static void do_snapshot(struct family *family, struct family_member *parent,
			struct family_member *child)
{
	uint64_t offset = below(family, FAMILY_PAGES + 2) * PAGE;
	uint64_t size = some_offset(family, FAMILY_PAGES * PAGE);
	uint32_t options = ZVMO_CHILD_SNAPSHOT;

	if (below(family, 2)) {
		offset = 0;
		size = family_size(parent);
	}
	if (below(family, 2))
		options |= ZVMO_CHILD_RESIZABLE;
	doing(family, "v%u = snapshot(v%u, %s%#llx, %#llx)",
	      number(family, child), number(family, parent),
	      options & ZVMO_CHILD_RESIZABLE ? "RESIZABLE, " : "",
	      (unsigned long long)offset, (unsigned long long)size);
	child->kind = ZVMO_CHILD_SNAPSHOT;
	child->parent = parent;
	member_begin(child, test_child(parent->fd, options, offset, size),
		     content_clone(family, parent->content, offset, size));
	child->content->resizable = options & ZVMO_CHILD_RESIZABLE;
}

static void do_slice(struct family *family, struct family_member *parent,
		     struct family_member *child)
{
	uint64_t offset, size;

	some_range(family, family_size(parent), &offset, &size);
	offset = offset / PAGE * PAGE;
	size = size / PAGE * PAGE;
	doing(family, "v%u = slice(v%u, %#llx, %#llx)", number(family, child),
	      number(family, parent), (unsigned long long)offset,
	      (unsigned long long)size);
	child->kind = ZVMO_CHILD_SLICE;
	child->parent = parent;
	child->offset = parent->offset + offset;
	child->size = size;
	child->stream_size = size;
	member_begin(child,
		     test_child(parent->fd, ZVMO_CHILD_SLICE, offset, size),
		     parent->content);
}

static void do_reference(struct family *family, struct family_member *parent,
			 struct family_member *child)
{
	doing(family, "v%u = reference(v%u)", number(family, child),
	      number(family, parent));
	child->kind = ZVMO_CHILD_REFERENCE;
	child->parent = parent;
	member_begin(child, test_child(parent->fd, ZVMO_CHILD_REFERENCE, 0, 0),
		     parent->content);
}

/* Slices are rare: no snapshot is taken of them. */
static void do_create_child(struct family *family, struct family_member *parent)
{
	struct family_member *child = free_place(family);
	unsigned int choice = below(family, 8);

	if (!child)
		return;
	*child = (struct family_member){ .fd = -1 };
	if (choice == 0 && !parent->content->resizable)
		do_slice(family, parent, child);
	else if (parent->kind == ZVMO_CHILD_SLICE)
		return;
	else if (choice == 1)
		do_reference(family, parent, child);
	else
		do_snapshot(family, parent, child);
}

static void do_close(struct family *family, struct family_member *member)
{
	unsigned int i;

	doing(family, "close(v%u)", number(family, member));
	if (member->map)
		test_unmap(member->map, FAMILY_PAGES * PAGE);
	test_close(member->fd);
	member->fd = -1;
	for (i = 0; i < FAMILY_MEMBERS; i++) {
		if (family->members[i].parent == member)
			family->members[i].parent = member->parent;
	}
	content_put(family, member->content);
}

/**
 * family_begin() - Create the first ancestor, member 0.
 */
void family_begin(struct family *family, uint64_t seed)
{
	struct family_member *first = &family->members[0];
	unsigned int i;

	memset(family, 0, sizeof(*family));
	family->random = seed;
	family->pages_before = test_stats().pages;
	family->holders = calloc(MAX_IDS, sizeof(*family->holders));
	ASSERT(family->holders != NULL);
	for (i = 0; i < FAMILY_MEMBERS; i++)
		family->members[i].fd = -1;
	member_begin(first,
		     test_create(FAMILY_PAGES / 2 * PAGE, ZVMO_RESIZABLE),
		     content_alloc(FAMILY_PAGES / 2 * PAGE));
	first->content->resizable = true;
}

static void do_also(struct family *family, struct family_member *member,
		    unsigned int choice)
{
	if (choice < 4)
		do_ioc_write(family, member);
	else if (choice < 8 && family->also & FAMILY_STREAM_SIZE)
		do_set_stream_size(family, member);
	else if (choice < 12 && family->also & FAMILY_TRANSFER)
		do_transfer(family, member);
	else if (choice < 16 && family->also & FAMILY_RESTORE)
		do_restore(family, member);
	else if (choice >= 16)
		do_store(family, member);
}

/**
 * family_step() - One random operation, and a look at a random member.
 */
void family_step(struct family *family)
{
	struct family_member *member = some_member(family);
	unsigned int choice = below(family, 100);

	if (family->also && !below(family, 3))
		choice = 100 +
			 below(family, family->also & FAMILY_MAP ? 22 : 16);

	if (choice < 36)
		do_write(family, member);
	else if (choice < 48)
		do_zero(family, member);
	else if (choice < 54)
		do_commit(family, member);
	else if (choice < 58)
		do_decommit(family, member);
	else if (choice < 64)
		do_resize(family, member);
	else if (choice < 84)
		do_create_child(family, member);
	else if (choice < 100 && nr_members(family) > 1)
		do_close(family, member);
	else if (choice >= 100)
		do_also(family, member, choice - 100);
	check_pages(family);
	check_member(family, some_member(family));
}

/**
 * family_end() - Close all, in random order.
 */
void family_end(struct family *family)
{
	while (nr_members(family)) {
		do_close(family, some_member(family));
		check_pages(family);
		if (nr_members(family))
			check_member(family, some_member(family));
	}
	free(family->holders);
}

/**
 * family_run() - A random family of its own, which is as the model at the end.
 */
void family_run(uint64_t seed, unsigned int also, unsigned int steps)
{
	static struct family family;
	unsigned int i;

	family_begin(&family, seed);
	family.also = also;
	for (i = 0; i < steps; i++)
		family_step(&family);
	test_context("after %u steps of seed %llu", steps,
		     (unsigned long long)seed);
	family_check(&family);
	family_end(&family);
}

/**
 * family_run_many() - One after the other, each with another seed.
 */
void family_run_many(unsigned int also, unsigned int steps)
{
	unsigned int i, nr = test_rounds(40);

	for (i = 0; i < nr; i++)
		family_run(test_seed + i, also, steps);
}
