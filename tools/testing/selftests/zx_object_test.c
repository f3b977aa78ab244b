// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: selftests - zx_handle_*, zx_object_*: handles, information, properties,
 * waiting
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "zx.h"

/* Every call on a VMO's handle, with arguments that are right otherwise. */

static zx_status_t call_read(zx_handle_t vmo)
{
	return zx_vmo_read(vmo, NULL, 0, 0);
}

static zx_status_t call_write(zx_handle_t vmo)
{
	return zx_vmo_write(vmo, NULL, 0, 0);
}

static zx_status_t call_get_size(zx_handle_t vmo)
{
	uint64_t size;

	return zx_vmo_get_size(vmo, &size);
}

static zx_status_t call_get_stream_size(zx_handle_t vmo)
{
	uint64_t size;

	return zx_vmo_get_stream_size(vmo, &size);
}

static zx_status_t call_set_size(zx_handle_t vmo)
{
	return zx_vmo_set_size(vmo, 0);
}

static zx_status_t call_set_stream_size(zx_handle_t vmo)
{
	return zx_vmo_set_stream_size(vmo, 0);
}

static zx_status_t call_op_range(zx_handle_t vmo)
{
	return zx_vmo_op_range(vmo, ZX_VMO_OP_ZERO, 0, 0, NULL, 0);
}

static zx_status_t call_create_child(zx_handle_t vmo)
{
	zx_handle_t child = 0;
	zx_status_t status;

	status = zx_vmo_create_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, 0, &child);
	zx_handle_close(child);
	return status;
}

static zx_status_t call_set_cache_policy(zx_handle_t vmo)
{
	return zx_vmo_set_cache_policy(vmo, 0);
}

static zx_status_t call_transfer_data(zx_handle_t vmo)
{
	return zx_vmo_transfer_data(vmo, 0, 0, 0, vmo, 0);
}

static zx_status_t call_duplicate(zx_handle_t vmo)
{
	zx_handle_t copy = 0;
	zx_status_t status;

	status = zx_handle_duplicate(vmo, ZX_RIGHT_SAME_RIGHTS, &copy);
	zx_handle_close(copy);
	return status;
}

static zx_status_t call_get_info(zx_handle_t vmo)
{
	zx_info_vmo_t info;

	return zx_object_get_info(vmo, ZX_INFO_VMO, &info, sizeof(info), NULL,
				  NULL);
}

static zx_status_t call_map(zx_handle_t vmo)
{
	zx_vaddr_t address;

	return zx_vmar_map(zx_vmar_root_self(), ZX_VM_PERM_READ, 0, vmo, 0,
			   PAGE, &address);
}

static zx_status_t (*const vmo_calls[])(zx_handle_t vmo) = {
	call_read,
	call_write,
	call_get_size,
	call_get_stream_size,
	call_set_size,
	call_set_stream_size,
	call_op_range,
	call_create_child,
	call_set_cache_policy,
	call_transfer_data,
	call_duplicate,
	call_get_info,
	call_map,
};

/* And those on handles of every type, which differ for the root region. */

static zx_status_t call_get_name(zx_handle_t handle)
{
	char name[ZX_MAX_NAME_LEN];

	return zx_object_get_property(handle, ZX_PROP_NAME, name, sizeof(name));
}

static zx_status_t call_set_name(zx_handle_t handle)
{
	return zx_object_set_property(handle, ZX_PROP_NAME, "x", 1);
}

static zx_status_t call_wait(zx_handle_t handle)
{
	return zx_object_wait_one(handle, ZX_VMO_ZERO_CHILDREN, 0, NULL);
}

static zx_status_t call_basic(zx_handle_t handle)
{
	zx_info_handle_basic_t info;

	return zx_object_get_info(handle, ZX_INFO_HANDLE_BASIC, &info,
				  sizeof(info), NULL, NULL);
}

static zx_status_t call_count(zx_handle_t handle)
{
	zx_info_handle_count_t info;

	return zx_object_get_info(handle, ZX_INFO_HANDLE_COUNT, &info,
				  sizeof(info), NULL, NULL);
}

static zx_status_t (*const any_calls[])(zx_handle_t handle) = {
	call_get_name, call_set_name, call_wait, call_basic, call_count,
};

TEST(handles_checked)
{
	zx_handle_t vmo = zx_test_create(PAGE, ZX_VMO_RESIZABLE);
	zx_handle_t other = zx_test_other(), closed = zx_test_closed();
	unsigned int i;

	for (i = 0; i < COUNT(vmo_calls) + COUNT(any_calls); i++) {
		bool any = i >= COUNT(vmo_calls);
		zx_status_t (*call)(zx_handle_t handle) =
			any ? any_calls[i - COUNT(vmo_calls)] : vmo_calls[i];

		test_context("call %u", i);
		EXPECT_ZX(call(vmo), OK);
		EXPECT_ZX(call(ZX_HANDLE_INVALID), BAD_HANDLE);
		EXPECT_ZX(call(closed), BAD_HANDLE);
		EXPECT_ZX(call(UINT32_MAX), BAD_HANDLE);
		EXPECT_ZX(call(1U << 31), BAD_HANDLE);
		EXPECT_ZX(call(other), WRONG_TYPE);
		if (!any && call != call_duplicate)
			EXPECT_ZX(call(zx_vmar_root_self()), WRONG_TYPE);
	}
}

/* Descriptor 0 can be a VMO, but no handle. */
TEST(zero_is_no_handle)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	uint64_t size;

	ASSERT_EQ(dup2(vmo, 0), 0);
	EXPECT_ZX(zx_vmo_get_size(vmo, &size), OK);
	EXPECT_ZX(zx_vmo_get_size(0, &size), BAD_HANDLE);
	EXPECT_ZX(zx_handle_close(0), OK);
	EXPECT_GE(fcntl(0, F_GETFD), 0);
}

TEST(handles_are_above_streams)
{
	zx_handle_t vmo, child, copy, replaced;
	int out = fcntl(1, F_DUPFD_CLOEXEC, 100);

	/* The harness writes there. */
	ASSERT_GE(out, 0);
	close(0);
	close(2);
	vmo = zx_test_create(PAGE, 0);
	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	copy = zx_test_with(vmo, ZX_RIGHT_SAME_RIGHTS);
	EXPECT_ZX(zx_handle_replace(copy, ZX_RIGHT_SAME_RIGHTS, &replaced), OK);
	EXPECT_GE(vmo, 3);
	EXPECT_GE(child, 3);
	EXPECT_GE(replaced, 3);
	EXPECT_ERRNO(fcntl(0, F_GETFD), EBADF);
	EXPECT_ERRNO(fcntl(2, F_GETFD), EBADF);
	EXPECT_EQ(fcntl(vmo, F_GETFD), FD_CLOEXEC);
}

/* zx_handle_close(), zx_handle_close_many() */

TEST(close_handles)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	EXPECT_ZX(zx_handle_close(ZX_HANDLE_INVALID), OK);
	EXPECT_ZX(zx_handle_close(vmo), OK);
	EXPECT_ZX(zx_handle_close(vmo), BAD_HANDLE);
	EXPECT_ZX(zx_handle_close(UINT32_MAX), BAD_HANDLE);
	EXPECT_ZX(zx_handle_close(zx_vmar_root_self()), OK);
	EXPECT_EQ(test_stats().vmos, 0);
}

TEST(close_many)
{
	zx_handle_t handles[4] = { zx_test_create(PAGE, 0), 0,
				   zx_test_create(PAGE, 0), 0 };

	EXPECT_ZX(zx_handle_close_many(handles, 4), OK);
	EXPECT_EQ(test_stats().vmos, 0);
	EXPECT_ZX(zx_handle_close_many(NULL, 0), OK);
	EXPECT_ZX(zx_handle_close_many(NULL, 1), INVALID_ARGS);
	/* One that is bad does not keep the others from being closed. */
	handles[1] = handles[0];
	handles[0] = UINT32_MAX;
	handles[2] = zx_test_create(PAGE, 0);
	EXPECT_ZX(zx_handle_close_many(handles, 4), BAD_HANDLE);
	EXPECT_EQ(test_stats().vmos, 0);
}

TEST(close_keeps_what_is_used)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), child;
	zx_vaddr_t address;

	zx_test_fill(vmo, 0, PAGE, 1);
	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	address = zx_test_map(ZX_VM_PERM_READ, vmo, 0, PAGE);
	EXPECT_ZX(zx_handle_close(vmo), OK);
	EXPECT_EQ(*(char *)address, 1);
	EXPECT_EQ(test_stats().vmos, 2);
	EXPECT_ZX(zx_vmar_unmap(zx_vmar_root_self(), address, PAGE), OK);
	EXPECT_EQ(test_stats().vmos, 1);
	EXPECT(zx_test_holds(child, 0, PAGE, 1));
}

/* zx_handle_duplicate(), zx_handle_replace() */

TEST(duplicate_rights)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), copy = 77;
	zx_handle_t reader = zx_test_with(vmo, ZX_RIGHT_READ);

	EXPECT_ZX(zx_handle_duplicate(reader, ZX_RIGHT_SAME_RIGHTS, &copy),
		  ACCESS_DENIED);
	/* Beats rights that are not there. */
	EXPECT_ZX(zx_handle_duplicate(reader, ZX_RIGHT_WRITE, &copy),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_handle_duplicate(vmo, ZX_RIGHT_EXECUTE, &copy),
		  INVALID_ARGS);
	EXPECT_ZX(zx_handle_duplicate(vmo, ZX_RIGHT_RESIZE, &copy),
		  INVALID_ARGS);
	EXPECT_ZX(zx_handle_duplicate(vmo, ZX_RIGHT_SAME_RIGHTS | 1, &copy),
		  INVALID_ARGS);
	EXPECT_ZX(zx_handle_duplicate(vmo, ZX_RIGHT_SAME_RIGHTS, NULL),
		  INVALID_ARGS);
	EXPECT_EQ(copy, 77);
	EXPECT_ZX(zx_handle_duplicate(vmo, ZX_RIGHT_SAME_RIGHTS, &copy), OK);
	EXPECT_NE(copy, vmo);
	EXPECT_EQ(zx_test_info(copy).koid, zx_test_info(vmo).koid);
	EXPECT_EQ(zx_test_info(copy).handle_rights, ZX_DEFAULT_VMO_RIGHTS);
	EXPECT_ZX(zx_handle_duplicate(vmo, ZX_RIGHT_NONE, &copy), OK);
	EXPECT_EQ(zx_test_info(copy).handle_rights, 0);
}

TEST(replace_handles)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), next = 77;

	/* Needs no right, also not DUPLICATE. */
	vmo = zx_test_with(vmo, ZX_RIGHT_READ | ZX_RIGHT_WRITE);
	EXPECT_ZX(zx_handle_replace(vmo, ZX_RIGHT_READ, &next), OK);
	EXPECT_ZX(zx_handle_close(vmo), BAD_HANDLE);
	EXPECT_EQ(zx_test_info(next).handle_rights, ZX_RIGHT_READ);
	vmo = next;
	next = 77;
	/* Closed when it fails, too. */
	EXPECT_ZX(zx_handle_replace(vmo, ZX_RIGHT_WRITE, &next), INVALID_ARGS);
	EXPECT_ZX(zx_handle_close(vmo), BAD_HANDLE);
	EXPECT_ZX(zx_handle_replace(vmo, ZX_RIGHT_NONE, &next), BAD_HANDLE);
	EXPECT_ZX(zx_handle_replace(0, ZX_RIGHT_NONE, &next), BAD_HANDLE);
	EXPECT_EQ(next, 77);
}

TEST(root_region_handle)
{
	zx_handle_t root = zx_vmar_root_self(), copy = 0;
	zx_info_handle_basic_t basic;
	zx_info_handle_count_t count;

	EXPECT_EQ(root, zx_vmar_root_self());
	EXPECT(root >> 31);
	EXPECT_ZX(zx_handle_duplicate(root, ZX_RIGHT_SAME_RIGHTS, &copy), OK);
	EXPECT_EQ(copy, root);
	EXPECT_ZX(zx_handle_replace(root, ZX_RIGHT_SAME_RIGHTS, &copy), OK);
	EXPECT_ZX(zx_handle_duplicate(root, ZX_RIGHT_WAIT, &copy),
		  INVALID_ARGS);
	EXPECT_ZX(zx_handle_duplicate(root, ZX_RIGHT_READ, &copy),
		  NOT_SUPPORTED);
	EXPECT_ZX(zx_object_get_info(root, ZX_INFO_HANDLE_BASIC, &basic,
				     sizeof(basic), NULL, NULL),
		  OK);
	EXPECT_EQ(basic.type, ZX_OBJ_TYPE_VMAR);
	EXPECT_EQ(basic.rights, ZX_DEFAULT_VMAR_RIGHTS);
	EXPECT_ZX(zx_object_get_info(root, ZX_INFO_HANDLE_COUNT, &count,
				     sizeof(count), NULL, NULL),
		  OK);
	EXPECT_EQ(count.handle_count, 1);
	EXPECT_ZX(call_wait(root), ACCESS_DENIED);
	EXPECT_ZX(call_get_name(root), ACCESS_DENIED);
	EXPECT_ZX(call_set_name(root), ACCESS_DENIED);
}

/* zx_object_get_info() */

TEST(info_topics)
{
	static const uint32_t unknown[] = { 0,
					    1,
					    ZX_INFO_TOPIC(2, 1),
					    ZX_INFO_TOPIC(19, 1),
					    ZX_INFO_TOPIC(23, 4),
					    ZX_INFO_TOPIC(23, 15),
					    24,
					    999,
					    /* Zircon has these. */
					    ZX_INFO_TOPIC(13, 2),
					    ZX_INFO_TOPIC(14, 3),
					    ZX_INFO_TOPIC(17, 1),
					    20,
					    33,
					    36 };
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	char buffer[512];
	unsigned int i;

	for (i = 0; i < COUNT(unknown); i++) {
		test_context("topic %#x", unknown[i]);
		EXPECT_ZX(zx_object_get_info(vmo, unknown[i], buffer,
					     sizeof(buffer), NULL, NULL),
			  NOT_SUPPORTED);
		/* Beats the handle and the buffer. */
		EXPECT_ZX(zx_object_get_info(0, unknown[i], NULL, 0, NULL,
					     NULL),
			  NOT_SUPPORTED);
	}
}

/* Each version's record is a prefix of the next. */
TEST(info_versions)
{
	static const struct {
		uint32_t topic;
		size_t length;
	} versions[] = {
		{ ZX_INFO_VMO_V1, 104 },     { ZX_INFO_VMO_V2, 120 },
		{ ZX_INFO_VMO_V3, 128 },     { ZX_INFO_VMO_V4, 176 },
		{ ZX_INFO_VMO, 176 },	     { ZX_INFO_HANDLE_BASIC, 32 },
		{ ZX_INFO_HANDLE_COUNT, 4 },
	};
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_info_vmo_t info = zx_test_info(vmo);
	unsigned int i;

	for (i = 0; i < COUNT(versions); i++) {
		size_t actual = 5, avail = 5, length = versions[i].length;
		uint8_t buffer[256];

		test_context("topic %#x", versions[i].topic);
		memset(buffer, 0xee, sizeof(buffer));
		EXPECT_ZX(zx_object_get_info(vmo, versions[i].topic, buffer,
					     length - 1, &actual, &avail),
			  BUFFER_TOO_SMALL);
		EXPECT_EQ(actual, 0);
		EXPECT_EQ(avail, 1);
		EXPECT_EQ(buffer[0], 0xee);
		EXPECT_ZX(zx_object_get_info(vmo, versions[i].topic, NULL, 0,
					     &actual, &avail),
			  BUFFER_TOO_SMALL);
		EXPECT_EQ(avail, 1);
		EXPECT_ZX(zx_object_get_info(vmo, versions[i].topic, NULL,
					     length, NULL, NULL),
			  INVALID_ARGS);
		EXPECT_ZX(zx_object_get_info(vmo, versions[i].topic, buffer,
					     sizeof(buffer), &actual, &avail),
			  OK);
		EXPECT_EQ(actual, 1);
		EXPECT_EQ(avail, 1);
		EXPECT_EQ(buffer[length], 0xee);
		if (i < 5)
			EXPECT_MEMEQ(buffer, &info, length);
		/* A handle that is not right beats a buffer that is small. */
		EXPECT_ZX(zx_object_get_info(zx_test_other(), versions[i].topic,
					     NULL, 0, NULL, NULL),
			  WRONG_TYPE);
		EXPECT_ZX(zx_object_get_info(0, versions[i].topic, NULL, 0,
					     NULL, NULL),
			  BAD_HANDLE);
	}
}

TEST(info_rights)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_handle_t bare = zx_test_with(vmo, ZX_RIGHT_NONE);

	EXPECT_ZX(call_get_info(bare), OK);
	EXPECT_EQ(zx_test_info(bare).handle_rights, 0);
	EXPECT_ZX(call_basic(bare), OK);
	EXPECT_ZX(call_count(bare), ACCESS_DENIED);
	EXPECT_ZX(call_count(zx_test_with(vmo, ZX_RIGHT_INSPECT)), OK);
}

TEST(info_vmo_members)
{
	zx_handle_t vmo = zx_test_create(3 * PAGE, ZX_VMO_RESIZABLE), child;
	zx_info_vmo_t info;

	zx_test_fill(vmo, 0, 2 * PAGE, 1);
	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	zx_test_map(ZX_VM_PERM_READ, vmo, 0, PAGE);
	zx_test_map(ZX_VM_PERM_READ, vmo, PAGE, PAGE);
	info = zx_test_info(vmo);
	EXPECT_EQ(info.size_bytes, 3 * PAGE);
	EXPECT_EQ(info.num_children, 1);
	EXPECT_EQ(info.num_mappings, 2);
	EXPECT_EQ(info.share_count, 1);
	EXPECT_EQ(info.flags, ZX_INFO_VMO_TYPE_PAGED | ZX_INFO_VMO_RESIZABLE |
				      ZX_INFO_VMO_VIA_HANDLE);
	EXPECT_EQ(info.committed_bytes, 2 * PAGE);
	EXPECT_EQ(info.populated_bytes, 2 * PAGE);
	EXPECT_EQ(info.committed_private_bytes, PAGE);
	EXPECT_EQ(info.populated_private_bytes, PAGE);
	EXPECT_EQ(info.committed_scaled_bytes, PAGE + PAGE / 2);
	EXPECT_EQ(info.populated_scaled_bytes, PAGE + PAGE / 2);
	EXPECT_EQ(info.committed_fractional_scaled_bytes, 0);
	EXPECT_EQ(info.committed_change_events, 0);
	EXPECT(info.metadata_bytes);
	info = zx_test_info(child);
	EXPECT_EQ(info.flags, ZX_INFO_VMO_TYPE_PAGED |
				      ZX_INFO_VMO_IS_COW_CLONE |
				      ZX_INFO_VMO_VIA_HANDLE);
	EXPECT_EQ(info.committed_scaled_bytes, PAGE / 2);
	EXPECT_EQ(info.num_mappings, 0);
	EXPECT_EQ(info.share_count, 0);
}

/* Each of three has a third; what whole bytes leave over is in the fraction. */
TEST(info_fractions)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	uint64_t third = 1ULL << 63;
	zx_info_vmo_t info;

	zx_test_fill(vmo, 0, PAGE, 1);
	zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	info = zx_test_info(vmo);
	EXPECT_EQ(info.committed_bytes, PAGE);
	EXPECT_EQ(info.committed_private_bytes, 0);
	EXPECT_EQ(info.committed_scaled_bytes, PAGE / 3);
	EXPECT_EQ(info.committed_fractional_scaled_bytes / (third / 3),
		  PAGE % 3);
}

TEST(info_basic_and_count)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), copy;
	zx_info_handle_basic_t basic;
	zx_info_handle_count_t count;

	copy = zx_test_with(vmo, ZX_RIGHT_INSPECT);
	EXPECT_ZX(zx_object_get_info(copy, ZX_INFO_HANDLE_BASIC, &basic,
				     sizeof(basic), NULL, NULL),
		  OK);
	EXPECT_EQ(basic.koid, zx_test_info(vmo).koid);
	EXPECT_EQ(basic.rights, ZX_RIGHT_INSPECT);
	EXPECT_EQ(basic.type, ZX_OBJ_TYPE_VMO);
	EXPECT_EQ(basic.related_koid, 0);
	EXPECT_ZX(zx_object_get_info(vmo, ZX_INFO_HANDLE_COUNT, &count,
				     sizeof(count), NULL, NULL),
		  OK);
	EXPECT_EQ(count.handle_count, 2);
	EXPECT_ZX(zx_handle_close(copy), OK);
	EXPECT_ZX(zx_object_get_info(vmo, ZX_INFO_HANDLE_COUNT, &count,
				     sizeof(count), NULL, NULL),
		  OK);
	EXPECT_EQ(count.handle_count, 1);
}

/* Properties */

TEST(property_arguments)
{
	static const uint32_t unknown[] = { 0, 1, 2, 4, 16, 18, UINT32_MAX };
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	char value[64] = "";
	unsigned int i;

	for (i = 0; i < COUNT(unknown); i++) {
		test_context("property %u", unknown[i]);
		EXPECT_ZX(zx_object_get_property(vmo, unknown[i], value,
						 sizeof(value)),
			  NOT_SUPPORTED);
		EXPECT_ZX(zx_object_set_property(vmo, unknown[i], value,
						 sizeof(value)),
			  NOT_SUPPORTED);
	}
	test_context("%s", "");
	/* A null pointer beats all. */
	EXPECT_ZX(zx_object_get_property(0, 0, NULL, 0), INVALID_ARGS);
	EXPECT_ZX(zx_object_set_property(0, 0, NULL, 0), INVALID_ARGS);
	EXPECT_ZX(zx_object_get_property(vmo, ZX_PROP_NAME, NULL, 32),
		  INVALID_ARGS);
	EXPECT_ZX(zx_object_set_property(vmo, ZX_PROP_VMO_CONTENT_SIZE, NULL,
					 8),
		  INVALID_ARGS);
}

TEST(name_rights)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_handle_t getter = zx_test_with(vmo, ZX_RIGHT_GET_PROPERTY);
	zx_handle_t setter = zx_test_with(vmo, ZX_RIGHT_SET_PROPERTY);
	char name[32];

	EXPECT_ZX(call_get_name(setter), ACCESS_DENIED);
	EXPECT_ZX(call_set_name(getter), ACCESS_DENIED);
	EXPECT_ZX(call_get_name(getter), OK);
	EXPECT_ZX(call_set_name(setter), OK);
	/* A missing right beats the buffer. */
	EXPECT_ZX(zx_object_get_property(setter, ZX_PROP_NAME, name, 31),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_object_get_property(getter, ZX_PROP_NAME, name, 31),
		  BUFFER_TOO_SMALL);
	EXPECT_ZX(zx_object_get_property(getter, ZX_PROP_NAME, name, 0),
		  BUFFER_TOO_SMALL);
}

TEST(name_values)
{
	static const char *const longest = "0123456789012345678901234567890";
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	char name[40], zeros[32] = "";

	memset(name, 0xee, sizeof(name));
	EXPECT_ZX(zx_object_get_property(vmo, ZX_PROP_NAME, name, 40), OK);
	EXPECT_MEMEQ(name, zeros, 32);
	EXPECT_EQ((uint8_t)name[32], 0xee);
	/* Truncated to 31 bytes; never fails for its length. */
	memset(name, 'n', sizeof(name));
	EXPECT_ZX(zx_object_set_property(vmo, ZX_PROP_NAME, name, 40), OK);
	EXPECT_EQ(strlen(zx_test_info(vmo).name), 31);
	EXPECT_ZX(zx_object_set_property(vmo, ZX_PROP_NAME, longest, 31), OK);
	EXPECT_ZX(zx_object_get_property(vmo, ZX_PROP_NAME, name, 32), OK);
	EXPECT_STREQ(name, longest);
	/* Zero padded. */
	EXPECT_ZX(zx_object_set_property(vmo, ZX_PROP_NAME, "ab", 2), OK);
	EXPECT_ZX(zx_object_get_property(vmo, ZX_PROP_NAME, name, 32), OK);
	EXPECT_MEMEQ(name + 2, zeros, 30);
	/* A NUL ends it; and it can be empty. */
	EXPECT_ZX(zx_object_set_property(vmo, ZX_PROP_NAME, "xy\0z", 4), OK);
	EXPECT_STREQ(zx_test_info(vmo).name, "xy");
	EXPECT_ZX(zx_object_set_property(vmo, ZX_PROP_NAME, "xy", 0), OK);
	EXPECT_STREQ(zx_test_info(vmo).name, "");
}

TEST(content_size_order)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), other = zx_test_other();
	uint32_t property = ZX_PROP_VMO_CONTENT_SIZE;
	uint64_t size = PAGE + 1;

	/* SET_PROPERTY and WRITE; the buffer; the type; the size. */
	EXPECT_ZX(zx_object_set_property(zx_test_without(vmo,
							 ZX_RIGHT_SET_PROPERTY),
					 property, &size, 7),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_object_set_property(zx_test_without(vmo, ZX_RIGHT_WRITE),
					 property, &size, 7),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_object_set_property(vmo, property, &size, 7),
		  BUFFER_TOO_SMALL);
	EXPECT_ZX(zx_object_set_property(other, property, &size, 7),
		  BUFFER_TOO_SMALL);
	EXPECT_ZX(zx_object_set_property(other, property, &size, 8),
		  WRONG_TYPE);
	EXPECT_ZX(zx_object_set_property(vmo, property, &size, 8),
		  OUT_OF_RANGE);
	EXPECT_ZX(zx_object_get_property(zx_test_without(vmo,
							 ZX_RIGHT_GET_PROPERTY),
					 property, &size, 7),
		  ACCESS_DENIED);
	EXPECT_ZX(zx_object_get_property(vmo, property, &size, 7),
		  BUFFER_TOO_SMALL);
	EXPECT_ZX(zx_object_get_property(other, property, &size, 8),
		  WRONG_TYPE);
}

TEST(content_size_is_stream_size)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	uint32_t property = ZX_PROP_VMO_CONTENT_SIZE;
	uint64_t size = 0;

	zx_test_fill(vmo, 0, PAGE, 1);
	EXPECT_ZX(zx_object_get_property(vmo, property, &size, 8), OK);
	EXPECT_EQ(size, PAGE);
	size = 100;
	EXPECT_ZX(zx_object_set_property(vmo, property, &size, 8), OK);
	EXPECT_ZX(zx_vmo_get_stream_size(vmo, &size), OK);
	EXPECT_EQ(size, 100);
	EXPECT(zx_test_holds(vmo, 0, 100, 1));
	EXPECT(zx_test_holds(vmo, 100, PAGE - 100, 0));
}

/* Waiting */

TEST(wait_rights)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);

	EXPECT_ZX(call_wait(zx_test_without(vmo, ZX_RIGHT_WAIT)),
		  ACCESS_DENIED);
	EXPECT_ZX(call_wait(zx_test_with(vmo, ZX_RIGHT_WAIT)), OK);
}

TEST(wait_looks)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), child;
	zx_signals_t observed = 99;

	EXPECT_ZX(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN, 0, &observed),
		  OK);
	EXPECT_EQ(observed, ZX_VMO_ZERO_CHILDREN);
	EXPECT_ZX(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN,
				     ZX_TIME_INFINITE, &observed),
		  OK);
	EXPECT_ZX(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN,
				     ZX_TIME_INFINITE_PAST, NULL),
		  OK);
	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	EXPECT_ZX(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN, 0, &observed),
		  TIMED_OUT);
	EXPECT_EQ(observed, 0);
	EXPECT_ZX(zx_object_wait_one(child, ZX_VMO_ZERO_CHILDREN, 0, NULL), OK);
	/* Of an error it tells nothing. */
	observed = 99;
	EXPECT_ZX(zx_object_wait_one(0, ZX_VMO_ZERO_CHILDREN, 0, &observed),
		  BAD_HANDLE);
	EXPECT_EQ(observed, 99);
}

/* Signals that a VMO does not have never come. */
TEST(wait_for_other_signals)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_time_t deadline = zx_deadline_after(ZX_MSEC(20));
	zx_signals_t observed = 0;

	EXPECT_ZX(zx_object_wait_one(vmo, 1, deadline, &observed), TIMED_OUT);
	EXPECT_GE(zx_clock_get_monotonic(), deadline);
	EXPECT_EQ(observed, ZX_VMO_ZERO_CHILDREN);
	EXPECT_ZX(zx_object_wait_one(vmo, 0, 0, NULL), TIMED_OUT);
	EXPECT_ZX(zx_object_wait_one(vmo, 1 | ZX_VMO_ZERO_CHILDREN, 0, NULL),
		  OK);
}

TEST(wait_until_children_die)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), child;
	zx_time_t start = zx_clock_get_monotonic();
	pid_t process;

	child = zx_test_child(vmo, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	process = test_fork();
	if (!process) {
		usleep(50000);
		_exit(0);
	}
	EXPECT_ZX(zx_handle_close(child), OK);
	EXPECT_ZX(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN,
				     zx_deadline_after(ZX_SEC(20)), NULL),
		  OK);
	EXPECT_GE(zx_clock_get_monotonic() - start, ZX_MSEC(40));
	test_wait_for(process);
}

static void ignore(int signal)
{
	(void)signal;
}

/* Signals of Linux do not end a wait. */
TEST(wait_is_not_interrupted)
{
	struct sigaction action = { .sa_handler = ignore };
	struct itimerval timer = { { 0, 5000 }, { 0, 5000 } };
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_time_t deadline = zx_deadline_after(ZX_MSEC(50));

	sigaction(SIGALRM, &action, NULL);
	ASSERT_EQ(setitimer(ITIMER_REAL, &timer, NULL), 0);
	EXPECT_ZX(zx_object_wait_one(vmo, 0, deadline, NULL), TIMED_OUT);
	EXPECT_GE(zx_clock_get_monotonic(), deadline);
}

/* A mapping keeps a child alive, in the other process too. */
TEST(wait_for_mappings)
{
	zx_handle_t vmo = zx_test_create(PAGE, 0), child;
	zx_vaddr_t address;

	child = zx_test_child(vmo, ZX_VMO_CHILD_SLICE, 0, PAGE);
	address = zx_test_map(ZX_VM_PERM_READ, child, 0, PAGE);
	EXPECT_ZX(zx_handle_close(child), OK);
	EXPECT_ZX(call_wait(vmo), TIMED_OUT);
	EXPECT_ZX(zx_vmar_unmap(zx_vmar_root_self(), address, PAGE), OK);
	EXPECT_ZX(zx_object_wait_one(vmo, ZX_VMO_ZERO_CHILDREN,
				     zx_deadline_after(ZX_SEC(20)), NULL),
		  OK);
}

TEST(wait_many)
{
	zx_wait_item_t items[3] = {
		{ zx_test_create(PAGE, 0), ZX_VMO_ZERO_CHILDREN, 99 },
		{ zx_test_create(PAGE, 0), ZX_VMO_ZERO_CHILDREN, 99 },
		{ zx_test_create(PAGE, 0), 0, 99 },
	};
	zx_handle_t children[2];

	children[0] =
		zx_test_child(items[0].handle, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	EXPECT_ZX(zx_object_wait_many(items, 3, ZX_TIME_INFINITE), OK);
	EXPECT_EQ(items[0].pending, 0);
	EXPECT_EQ(items[1].pending, ZX_VMO_ZERO_CHILDREN);
	EXPECT_EQ(items[2].pending, ZX_VMO_ZERO_CHILDREN);
	children[1] =
		zx_test_child(items[1].handle, ZX_VMO_CHILD_SNAPSHOT, 0, PAGE);
	EXPECT_ZX(zx_object_wait_many(items, 3, zx_deadline_after(ZX_MSEC(5))),
		  TIMED_OUT);
	EXPECT_EQ(items[1].pending, 0);
	EXPECT_EQ(items[2].pending, ZX_VMO_ZERO_CHILDREN);
	EXPECT_ZX(zx_handle_close_many(children, 2), OK);
	EXPECT_ZX(zx_object_wait_many(items, 2, ZX_TIME_INFINITE), OK);
}

TEST(wait_many_arguments)
{
	zx_wait_item_t items[ZX_WAIT_MANY_MAX_ITEMS + 1] = { 0 };
	zx_handle_t vmo = zx_test_create(PAGE, 0);
	zx_time_t deadline = zx_deadline_after(ZX_MSEC(10));
	unsigned int i;

	for (i = 0; i < COUNT(items); i++)
		items[i] = (zx_wait_item_t){ vmo, ZX_VMO_ZERO_CHILDREN, 0 };
	EXPECT_ZX(zx_object_wait_many(items, 64, 0), OK);
	EXPECT_EQ(items[63].pending, ZX_VMO_ZERO_CHILDREN);
	EXPECT_ZX(zx_object_wait_many(items, 65, 0), OUT_OF_RANGE);
	EXPECT_ZX(zx_object_wait_many(NULL, 1, 0), INVALID_ARGS);
	items[1].handle = 0;
	EXPECT_ZX(zx_object_wait_many(items, 2, 0), BAD_HANDLE);
	items[1].handle = zx_test_without(vmo, ZX_RIGHT_WAIT);
	EXPECT_ZX(zx_object_wait_many(items, 2, 0), ACCESS_DENIED);
	/* Nothing to wait for: a nap. */
	EXPECT_ZX(zx_object_wait_many(NULL, 0, deadline), TIMED_OUT);
	EXPECT_GE(zx_clock_get_monotonic(), deadline);
}

/* The system */

TEST(clock)
{
	zx_time_t now = zx_clock_get_monotonic();

	EXPECT_GE(zx_deadline_after(ZX_SEC(1)), now + ZX_SEC(1));
	EXPECT_LE(zx_deadline_after(-ZX_SEC(1)), zx_clock_get_monotonic());
	EXPECT_EQ(zx_deadline_after(ZX_TIME_INFINITE), ZX_TIME_INFINITE);
	EXPECT_LE(zx_deadline_after(ZX_TIME_INFINITE_PAST), 0);
}

TEST(names_and_pages)
{
	EXPECT_EQ(zx_system_get_page_size(), PAGE);
	EXPECT_STREQ(zx_status_get_string(ZX_OK), "ZX_OK");
	EXPECT_STREQ(zx_status_get_string(ZX_ERR_BAD_STATE),
		     "ZX_ERR_BAD_STATE");
	EXPECT_STREQ(zx_status_get_string(-999), "(UNKNOWN)");
}
