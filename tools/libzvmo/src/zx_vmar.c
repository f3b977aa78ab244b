// SPDX-License-Identifier: GPL-2.0-only
/*
 * libzvmo: the zx_vmar_* calls
 *
 * There is one address region, the root, and it is the address space: mapping is
 * mmap(), and zx_mapping.c remembers what was mapped. What a mapping may ever be
 * used for was settled when it was made, by the rights of the handle.
 */
#include <errno.h>
#include <sys/mman.h>

#include "zx_mapping.h"
#include "zx_place.h"

#define PERMS (ZX_VM_PERM_READ | ZX_VM_PERM_WRITE | ZX_VM_PERM_EXECUTE)
#define FIXED (ZX_VM_SPECIFIC | ZX_VM_SPECIFIC_OVERWRITE)
#define MAP_OPTIONS                                                         \
	(PERMS | FIXED | ZX_VM_COMPACT | ZX_VM_MAP_RANGE |                  \
	 ZX_VM_REQUIRE_NON_RESIZABLE | ZX_VM_ALLOW_FAULTS |                 \
	 ZX_VM_OFFSET_IS_UPPER_LIMIT | ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED | \
	 ZX_VM_FAULT_BEYOND_STREAM_SIZE | ALIGN_MASK)
#define ALIGN_MASK ((zx_vm_option_t)0xff << ZX_VM_ALIGN_BASE)
#define ALIGN_MIN 10
#define ALIGN_MAX 32

/**
 * struct request - What zx_vmar_map() was asked for.
 * @options: ZX_VM_*.
 * @at: Address, upper limit, or 0.
 * @fd: Descriptor of the VMO.
 * @info: The VMO.
 * @offset: Where in it.
 * @length: How much, whole pages.
 */
struct request {
	zx_vm_option_t options;
	uint64_t at;
	int fd;
	struct zvmo_info info;
	uint64_t offset;
	uint64_t length;
};

zx_handle_t zx_vmar_root_self(void)
{
	return ZX_ROOT_VMAR;
}

static zx_status_t check_root(zx_handle_t handle)
{
	return handle == ZX_ROOT_VMAR ? ZX_OK : zvmo_zx_mismatch(handle);
}

/* Rounds up to pages. Returns whether that is possible. */
static bool round_up(uint64_t *length)
{
	uint64_t mask = zx_system_get_page_size() - 1;

	if (__builtin_add_overflow(*length, mask, length))
		return false;
	*length &= ~mask;
	return true;
}

static bool inside_root(uint64_t address, uint64_t length)
{
	return address >= ZVMO_ZX_ROOT_START && address <= ZVMO_ZX_ROOT_END &&
	       length <= ZVMO_ZX_ROOT_END - address;
}

/* Linux has no memory that can be executed but not read. */
static zx_vm_option_t add_read(zx_vm_option_t options)
{
	if (options & ZX_VM_PERM_EXECUTE &&
	    options & ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED)
		options |= ZX_VM_PERM_READ;
	return options;
}

static bool perms_make_sense(zx_vm_option_t options)
{
	return options & ZX_VM_PERM_READ ||
	       !(options & (ZX_VM_PERM_WRITE | ZX_VM_PERM_EXECUTE));
}

/* The rights that permissions need. */
static zx_rights_t perm_rights(zx_vm_option_t options)
{
	return (options & ZX_VM_PERM_READ ? ZX_RIGHT_READ : 0) |
	       (options & ZX_VM_PERM_WRITE ? ZX_RIGHT_WRITE : 0) |
	       (options & ZX_VM_PERM_EXECUTE ? ZX_RIGHT_EXECUTE : 0);
}

static int perm_prot(zx_vm_option_t options)
{
	return (options & ZX_VM_PERM_READ ? PROT_READ : 0) |
	       (options & ZX_VM_PERM_WRITE ? PROT_WRITE : 0) |
	       (options & ZX_VM_PERM_EXECUTE ? PROT_EXEC : 0);
}

static unsigned int alignment_log2(zx_vm_option_t options)
{
	return options >> ZX_VM_ALIGN_BASE;
}

/* Mapping */

static zx_status_t check_map_rights(const struct request *request)
{
	zx_rights_t needed = ZX_RIGHT_MAP | perm_rights(request->options);

	return needed & ~request->info.rights ? ZX_ERR_ACCESS_DENIED : ZX_OK;
}

static zx_status_t check_map_options(const struct request *request)
{
	unsigned int log2 = alignment_log2(request->options);
	zx_vm_option_t options = request->options;

	if (!perms_make_sense(options) || options & ~MAP_OPTIONS)
		return ZX_ERR_INVALID_ARGS;
	if (options & ZX_VM_SPECIFIC_OVERWRITE && options & ZX_VM_MAP_RANGE)
		return ZX_ERR_INVALID_ARGS;
	if (options & FIXED && options & ZX_VM_OFFSET_IS_UPPER_LIMIT)
		return ZX_ERR_INVALID_ARGS;
	if (log2 && (log2 < ALIGN_MIN || log2 > ALIGN_MAX))
		return ZX_ERR_INVALID_ARGS;
	return ZX_OK;
}

static zx_status_t check_map_range(struct request *request)
{
	unsigned int log2 = alignment_log2(request->options);
	uint64_t end;

	if (request->options & (FIXED | ZX_VM_OFFSET_IS_UPPER_LIMIT)) {
		if (!zvmo_zx_page_aligned(request->at))
			return ZX_ERR_INVALID_ARGS;
	} else if (request->at) {
		return ZX_ERR_INVALID_ARGS;
	}
	if (request->options & FIXED && request->at & ((1ULL << log2) - 1))
		return ZX_ERR_INVALID_ARGS;
	if (!request->length || !zvmo_zx_page_aligned(request->offset))
		return ZX_ERR_INVALID_ARGS;
	if (!round_up(&request->length) ||
	    __builtin_add_overflow(request->offset, request->length, &end) ||
	    end > ZVMO_SIZE_MAX)
		return ZX_ERR_OUT_OF_RANGE;
	if (!inside_root(request->options & FIXED ? request->at :
						    ZVMO_ZX_ROOT_START,
			 request->length))
		return ZX_ERR_OUT_OF_RANGE;
	return ZX_OK;
}

static zx_status_t check_map_kind(const struct request *request)
{
	zx_vm_option_t options = request->options;
	uint32_t flags = request->info.flags;

	if (options & ZX_VM_REQUIRE_NON_RESIZABLE &&
	    flags & ZX_INFO_VMO_RESIZABLE)
		return ZX_ERR_NOT_SUPPORTED;
	if (flags & ZX_INFO_VMO_DISCARDABLE && !(options & ZX_VM_ALLOW_FAULTS))
		return ZX_ERR_NOT_SUPPORTED;
	if (!(options & ZX_VM_FAULT_BEYOND_STREAM_SIZE))
		return ZX_OK;
	/* A mapping of Linux knows no end but the VMO's. */
	return options & ZX_VM_ALLOW_FAULTS ? ZX_ERR_NOT_SUPPORTED :
					      ZX_ERR_INVALID_ARGS;
}

/* mmap() that returns -errno, and -ENOSPC if there is no room. */
static int map_at(const struct request *request, zx_vaddr_t *address, int flags)
{
	void *mapped = mmap((void *)*address, request->length,
			    perm_prot(request->options), MAP_SHARED | flags,
			    request->fd, (off_t)request->offset);

	if (mapped == MAP_FAILED)
		return errno == ENOMEM ? -ENOSPC : -errno;
	*address = (zx_vaddr_t)mapped;
	return 0;
}

static int map_somewhere(const struct request *request, zx_vaddr_t *address)
{
	size_t alignment = 1ULL << alignment_log2(request->options);
	uint64_t limit = ZVMO_ZX_ROOT_END;
	int error;

	*address = 0;
	if (alignment < zx_system_get_page_size())
		alignment = zx_system_get_page_size();
	if (request->options & ZX_VM_OFFSET_IS_UPPER_LIMIT) {
		if (request->at < limit)
			limit = request->at;
	} else if (alignment == zx_system_get_page_size()) {
		return map_at(request, address, 0);
	}
	error = zvmo_zx_place(request->length, alignment, limit, address);
	if (error)
		return error;
	error = map_at(request, address, MAP_FIXED);
	if (error)
		munmap((void *)*address, request->length);
	return error;
}

static int map(const struct request *request, zx_vaddr_t *address)
{
	if (!(request->options & FIXED))
		return map_somewhere(request, address);
	*address = request->at;
	if (request->options & ZX_VM_SPECIFIC_OVERWRITE)
		return map_at(request, address, MAP_FIXED);
	return map_at(request, address, MAP_FIXED_NOREPLACE);
}

/* Map, and remember it; the registry is locked. */
static int map_locked(const struct request *request, zx_vaddr_t *address)
{
	struct zvmo_zx_mapping mapping = { .offset = request->offset };
	int error;

	error = zvmo_zx_mappings_reserve();
	if (!error)
		error = zvmo_zx_source_get(request->fd, &request->info,
					   &mapping.source);
	if (error)
		return error;
	error = map(request, address);
	if (error) {
		zvmo_zx_source_put(mapping.source);
		return error;
	}
	mapping.start = *address;
	mapping.end = *address + request->length;
	/* What was there was overwritten, here or by other means than ours. */
	zvmo_zx_mappings_remove(mapping.start, mapping.end);
	zvmo_zx_mappings_add(&mapping);
	return 0;
}

static int enter_pages(int fd, zx_vaddr_t address, uint64_t length)
{
	struct zvmo_map_range args = {
		.argsz = sizeof(args),
		.address = address,
		.length = length,
	};

	return zvmo_ioctl(fd, ZVMO_IOC_MAP_RANGE, &args);
}

static zx_status_t map_checked(const struct request *request,
			       zx_vaddr_t *mapped)
{
	static const struct zvmo_zx_rule rules[] = {
		{ EEXIST, ZX_ERR_ALREADY_EXISTS },
		{ ENOSPC, ZX_ERR_NO_RESOURCES },
		{ EAGAIN, ZX_ERR_NO_RESOURCES }, /* locked memory */
		{ EOVERFLOW, ZX_ERR_OUT_OF_RANGE },
		{ EPERM, ZX_ERR_ACCESS_DENIED }, /* vm.mmap_min_addr, seals */
		{ 0 },
	};
	zx_vaddr_t address;
	int error;

	zvmo_zx_mappings_lock();
	error = map_locked(request, &address);
	zvmo_zx_mappings_unlock();
	if (error)
		return zvmo_zx_status(error, rules);
	/* That makes them cheaper to use, and no more: it may fail. */
	if (request->options & ZX_VM_MAP_RANGE)
		enter_pages(request->fd, address, request->length);
	*mapped = address;
	return ZX_OK;
}

zx_status_t zx_vmar_map(zx_handle_t handle, zx_vm_option_t options,
			uint64_t vmar_offset, zx_handle_t vmo,
			uint64_t vmo_offset, uint64_t len,
			zx_vaddr_t *mapped_addr)
{
	struct request request = {
		.options = add_read(options),
		.at = vmar_offset,
		.fd = zvmo_zx_fd(vmo),
		.offset = vmo_offset,
		.length = len,
	};
	zx_status_t status = check_root(handle);

	if (status == ZX_OK)
		status = zvmo_zx_info(vmo, &request.info);
	if (status == ZX_OK)
		status = check_map_rights(&request);
	if (status == ZX_OK)
		status = check_map_options(&request);
	if (status == ZX_OK)
		status = check_map_range(&request);
	if (status == ZX_OK)
		status = check_map_kind(&request);
	if (status != ZX_OK)
		return status;
	if (!mapped_addr)
		return ZX_ERR_INVALID_ARGS;
	return map_checked(&request, mapped_addr);
}

/* Changing and removing mappings */

zx_status_t zx_vmar_unmap(zx_handle_t handle, zx_vaddr_t addr, uint64_t len)
{
	zx_status_t status = check_root(handle);
	int error;

	if (status != ZX_OK)
		return status;
	if (!zvmo_zx_page_aligned(addr) || !len || !round_up(&len) ||
	    !inside_root(addr, len))
		return ZX_ERR_INVALID_ARGS;
	zvmo_zx_mappings_lock();
	error = zvmo_zx_mappings_reserve();
	if (!error && munmap((void *)addr, len))
		error = -errno;
	if (!error)
		zvmo_zx_mappings_remove(addr, addr + len);
	zvmo_zx_mappings_unlock();
	return zvmo_zx_status(error, NULL);
}

/* Whether all of the range is mapped, and with these rights. */
static zx_status_t check_mapped(zx_vaddr_t start, zx_vaddr_t end,
				zx_rights_t rights)
{
	zx_status_t status = ZX_OK;

	while (start < end) {
		const struct zvmo_zx_mapping *mapping;

		mapping = zvmo_zx_mappings_find(start);
		if (!mapping)
			return ZX_ERR_NOT_FOUND;
		if (rights & ~mapping->source->rights)
			status = ZX_ERR_ACCESS_DENIED;
		start = mapping->end;
	}
	return status;
}

zx_status_t zx_vmar_protect(zx_handle_t handle, zx_vm_option_t options,
			    zx_vaddr_t addr, uint64_t len)
{
	zx_status_t status = check_root(handle);

	if (status != ZX_OK)
		return status;
	options = add_read(options);
	if (!zvmo_zx_page_aligned(addr) || !len || !round_up(&len) ||
	    options & ~(PERMS | ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED) ||
	    !perms_make_sense(options))
		return ZX_ERR_INVALID_ARGS;
	if (!inside_root(addr, len))
		return ZX_ERR_NOT_FOUND;
	zvmo_zx_mappings_lock();
	status = check_mapped(addr, addr + len, perm_rights(options));
	if (status == ZX_OK && mprotect((void *)addr, len, perm_prot(options)))
		status = zvmo_zx_status(-errno, NULL);
	zvmo_zx_mappings_unlock();
	return status;
}

/* Operations on what is mapped */

/**
 * struct operation - What zx_vmar_op_range() does with a mapping.
 * @rights: What it must have been mapped with.
 * @vmo_op: ZX_VMO_OP_* for the VMO; 0 is none.
 * @enter: Enter pages into the page tables then.
 */
struct operation {
	zx_rights_t rights;
	uint32_t vmo_op;
	bool enter;
};

static const struct operation operations[] = {
	[ZX_VMAR_OP_COMMIT] = { ZX_RIGHT_WRITE, ZX_VMO_OP_COMMIT, true },
	[ZX_VMAR_OP_DECOMMIT] = { ZX_RIGHT_WRITE, ZX_VMO_OP_DECOMMIT, false },
	[ZX_VMAR_OP_MAP_RANGE] = { 0, 0, true },
	[ZX_VMAR_OP_ZERO] = { ZX_RIGHT_WRITE, ZX_VMO_OP_ZERO, false },
	[ZX_VMAR_OP_DONT_NEED] = { 0, ZX_VMO_OP_DONT_NEED, false },
	[ZX_VMAR_OP_ALWAYS_NEED] = { 0, ZX_VMO_OP_ALWAYS_NEED, true },
	[ZX_VMAR_OP_PREFETCH] = { ZX_RIGHT_READ, ZX_VMO_OP_PREFETCH, true },
};

static const struct operation *find_operation(uint32_t op)
{
	const struct operation *operation = operations + op;

	if (op >= sizeof(operations) / sizeof(*operations) ||
	    (!operation->vmo_op && !operation->enter))
		return NULL;
	return operation;
}

/* The mapping at the address, cut to what is asked for; with a use. */
static zx_status_t take_part(zx_vaddr_t start, zx_vaddr_t end,
			     struct zvmo_zx_mapping *part)
{
	const struct zvmo_zx_mapping *mapping;

	zvmo_zx_mappings_lock();
	mapping = zvmo_zx_mappings_find(start);
	if (mapping) {
		*part = *mapping;
		part->offset += start - part->start;
		part->start = start;
		if (part->end > end)
			part->end = end;
		part->source->uses++;
	}
	zvmo_zx_mappings_unlock();
	return mapping ? ZX_OK : ZX_ERR_BAD_STATE;
}

static void drop_part(const struct zvmo_zx_mapping *part)
{
	zvmo_zx_mappings_lock();
	zvmo_zx_source_put(part->source);
	zvmo_zx_mappings_unlock();
}

static zx_status_t operate(const struct operation *operation,
			   const struct zvmo_zx_mapping *part)
{
	static const struct zvmo_zx_rule rules[] = {
		{ EFAULT, ZX_ERR_BAD_STATE }, /* it changed meanwhile */
		{ 0 },
	};
	uint64_t length = part->end - part->start;
	zx_status_t status = ZX_OK;

	if (operation->rights & ~part->source->rights)
		return ZX_ERR_ACCESS_DENIED;
	if (operation->vmo_op)
		status = zx_vmo_op_range((zx_handle_t)part->source->fd,
					 operation->vmo_op, part->offset,
					 length, NULL, 0);
	if (status == ZX_OK && operation->enter)
		status = zvmo_zx_status(enter_pages(part->source->fd,
						    part->start, length),
					rules);
	return status;
}

zx_status_t zx_vmar_op_range(zx_handle_t handle, uint32_t op,
			     zx_vaddr_t address, size_t size, void *buffer,
			     size_t buffer_size)
{
	const struct operation *operation = find_operation(op);
	zx_status_t status = check_root(handle);
	uint64_t length = size;
	zx_vaddr_t end;

	if (status != ZX_OK)
		return status;
	if (!operation || buffer || buffer_size || !size ||
	    !zvmo_zx_page_aligned(address))
		return ZX_ERR_INVALID_ARGS;
	if (!round_up(&length) || !inside_root(address, length))
		return ZX_ERR_OUT_OF_RANGE;
	end = address + length;
	while (address < end && status == ZX_OK) {
		struct zvmo_zx_mapping part;

		status = take_part(address, end, &part);
		if (status != ZX_OK)
			break;
		status = operate(operation, &part);
		drop_part(&part);
		address = part.end;
	}
	return status;
}
