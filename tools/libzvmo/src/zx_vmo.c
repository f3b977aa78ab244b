// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: the zx_vmo_* calls
 *
 * Each is one ioctl; what is checked here is what Zircon checks before it looks
 * at the handle, and what the module does not have.
 */
#include <errno.h>

#include "zx.h"

zx_status_t zx_vmo_create(uint64_t size, uint32_t options, zx_handle_t *out)
{
	static const struct zvmo_zx_rule rules[] = {
		{ ENOENT, ZX_ERR_NOT_SUPPORTED }, /* no module */
		{ ENXIO, ZX_ERR_NOT_SUPPORTED },
		{ 0 },
	};

	return zvmo_zx_publish(zvmo_create(size, options), rules, out);
}

zx_status_t zx_vmo_create_child(zx_handle_t handle, uint32_t options,
				uint64_t offset, uint64_t size,
				zx_handle_t *out)
{
	const uint32_t exclusive = ZX_VMO_CHILD_RESIZABLE |
				   ZX_VMO_CHILD_NO_WRITE;
	struct zvmo_create_child args = {
		.argsz = sizeof(args),
		.options = options,
		.offset = offset,
		.size = size,
	};
	int fd;

	if (size > UINT64_MAX - (zx_system_get_page_size() - 1))
		return ZX_ERR_OUT_OF_RANGE;
	if ((options & exclusive) == exclusive)
		return ZX_ERR_INVALID_ARGS;
	fd = zvmo_zx_ioctl(handle, ZVMO_IOC_CREATE_CHILD, &args);
	return zvmo_zx_publish(fd, NULL, out);
}

/* No handle of a bus transaction initiator exists, so it is not looked at. */
zx_status_t zx_vmo_create_contiguous(zx_handle_t bti, size_t size,
				     uint32_t alignment_log2, zx_handle_t *out)
{
	(void)bti;
	if (!out || !size || !zvmo_zx_page_aligned(size))
		return ZX_ERR_INVALID_ARGS;
	if (alignment_log2 &&
	    (alignment_log2 >= 64 ||
	     1ULL << alignment_log2 < zx_system_get_page_size()))
		return ZX_ERR_INVALID_ARGS;
	if (size > ZVMO_SIZE_MAX)
		return ZX_ERR_OUT_OF_RANGE;
	return ZX_ERR_NOT_SUPPORTED;
}

/* No handle of a resource exists, so it is not looked at. */
zx_status_t zx_vmo_create_physical(zx_handle_t resource, zx_paddr_t paddr,
				   size_t size, zx_handle_t *out)
{
	(void)resource;
	if (!out || !size || !zvmo_zx_page_aligned(size) ||
	    !zvmo_zx_page_aligned(paddr) || size > UINT64_MAX - paddr)
		return ZX_ERR_INVALID_ARGS;
	if (size > ZVMO_SIZE_MAX)
		return ZX_ERR_OUT_OF_RANGE;
	return ZX_ERR_NOT_SUPPORTED;
}

static zx_status_t transfer_bytes(zx_handle_t handle, unsigned long command,
				  uint64_t offset, uint64_t length,
				  uintptr_t buffer)
{
	struct zvmo_rw args = {
		.argsz = sizeof(args),
		.offset = offset,
		.length = length,
		.buffer = buffer,
	};

	return zvmo_zx_status(zvmo_zx_ioctl(handle, command, &args), NULL);
}

zx_status_t zx_vmo_read(zx_handle_t handle, void *buffer, uint64_t offset,
			size_t buffer_size)
{
	return transfer_bytes(handle, ZVMO_IOC_READ, offset, buffer_size,
			      (uintptr_t)buffer);
}

zx_status_t zx_vmo_write(zx_handle_t handle, const void *buffer,
			 uint64_t offset, size_t buffer_size)
{
	return transfer_bytes(handle, ZVMO_IOC_WRITE, offset, buffer_size,
			      (uintptr_t)buffer);
}

static zx_status_t store(uint64_t *where, uint64_t value)
{
	if (!where)
		return ZX_ERR_INVALID_ARGS;
	*where = value;
	return ZX_OK;
}

zx_status_t zx_vmo_get_size(zx_handle_t handle, uint64_t *size)
{
	struct zvmo_info info;
	zx_status_t status = zvmo_zx_info(handle, &info);

	return status == ZX_OK ? store(size, info.size) : status;
}

zx_status_t zx_vmo_get_stream_size(zx_handle_t handle, uint64_t *size)
{
	struct zvmo_info info;
	zx_status_t status = zvmo_zx_info(handle, &info);

	return status == ZX_OK ? store(size, info.stream_size) : status;
}

static zx_status_t set_size(zx_handle_t handle, unsigned long command,
			    uint64_t size)
{
	struct zvmo_set_size args = {
		.argsz = sizeof(args),
		.size = size,
	};

	return zvmo_zx_status(zvmo_zx_ioctl(handle, command, &args), NULL);
}

zx_status_t zx_vmo_set_size(zx_handle_t handle, uint64_t size)
{
	return set_size(handle, ZVMO_IOC_SET_SIZE, size);
}

zx_status_t zx_vmo_set_stream_size(zx_handle_t handle, uint64_t size)
{
	return set_size(handle, ZVMO_IOC_SET_STREAM_SIZE, size);
}

zx_status_t zx_vmo_op_range(zx_handle_t handle, uint32_t op, uint64_t offset,
			    uint64_t size, void *buffer, size_t buffer_size)
{
	static const struct zvmo_zx_rule rules[] = {
		{ EFAULT, ZX_ERR_INVALID_ARGS }, /* LOCK: @buffer */
		{ 0 },
	};
	struct zvmo_op_range args = {
		.argsz = sizeof(args),
		.op = op,
		.offset = offset,
		.length = size,
		.buffer = (uintptr_t)buffer,
		.buffer_size = buffer_size,
	};

	return zvmo_zx_status(zvmo_zx_ioctl(handle, ZVMO_IOC_OP_RANGE, &args),
			      rules);
}

zx_status_t zx_vmo_set_cache_policy(zx_handle_t handle, uint32_t cache_policy)
{
	struct zvmo_set_cache_policy args = {
		.argsz = sizeof(args),
		.policy = cache_policy,
	};
	int error = zvmo_zx_ioctl(handle, ZVMO_IOC_SET_CACHE_POLICY, &args);

	return zvmo_zx_status(error, NULL);
}

static zx_status_t make_executable(zx_handle_t handle, zx_handle_t *out)
{
	static const struct zvmo_zx_rule rules[] = {
		{ ENOTTY, ZX_ERR_BAD_HANDLE }, /* as Zircon */
		{ 0 },
	};
	struct zvmo_duplicate args = {
		.argsz = sizeof(args),
		.flags = ZVMO_DUPLICATE_EXECUTABLE,
		/* And EXECUTE. */
		.rights = ZX_RIGHT_SAME_RIGHTS,
	};

	return zvmo_zx_publish(zvmo_zx_ioctl(handle, ZVMO_IOC_DUPLICATE, &args),
			       rules, out);
}

zx_status_t zx_vmo_replace_as_executable(zx_handle_t handle, zx_handle_t vmex,
					 zx_handle_t *out)
{
	zx_status_t status;

	if (vmex == ZX_HANDLE_INVALID)
		status = make_executable(handle, out);
	else
		status = zvmo_zx_mismatch(vmex);
	zx_handle_close(handle);
	return status;
}

zx_status_t zx_vmo_transfer_data(zx_handle_t dst_vmo, uint32_t options,
				 uint64_t offset, uint64_t length,
				 zx_handle_t src_vmo, uint64_t src_offset)
{
	struct zvmo_transfer args = {
		.argsz = sizeof(args),
		.options = options,
		.offset = offset,
		.length = length,
		.source = zvmo_zx_fd(src_vmo),
		.source_offset = src_offset,
	};

	if (options || !zvmo_zx_page_aligned(offset | length | src_offset))
		return ZX_ERR_INVALID_ARGS;
	if (src_vmo == ZX_ROOT_VMAR)
		return ZX_ERR_WRONG_TYPE;
	return zvmo_zx_status(zvmo_zx_ioctl(dst_vmo, ZVMO_IOC_TRANSFER, &args),
			      NULL);
}
