// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: tables of VMOs: which columns, in which order, sorted by what
 */
#include <stdlib.h>
#include <string.h>

#include "status.h"
#include "table.h"
#include "terminal.h"

/**
 * struct column - What a table can show.
 * @output: How.
 * @value: The number to sort by; NULL: the name.
 * @is_detail: It takes time to find.
 */
struct column {
	struct output_column output;
	uint64_t (*value)(const struct vmo *vmo);
	bool is_detail;
};

#define VALUE(member)                                            \
	static uint64_t value_of_##member(const struct vmo *vmo) \
	{                                                        \
		return vmo->member;                              \
	}
VALUE(id)
VALUE(kind)
VALUE(flags)
VALUE(size)
VALUE(stream_size)
VALUE(parent)
VALUE(family)
VALUE(children)
VALUE(mappings)
VALUE(share_count)
VALUE(handle_count)
VALUE(lock_count)
VALUE(cache_policy)
VALUE(owner_uid)
VALUE(owner_pid)
VALUE(committed_bytes)
VALUE(private_bytes)
VALUE(scaled_bytes)
VALUE(metadata_bytes)

/* clang-format off */
static const struct column all_columns[] = {
	{ { "id", "ID", 8 }, value_of_id, false },
	{ { "parent", "PARENT", 8 }, value_of_parent, false },
	{ { "family", "FAMILY", 8 }, value_of_family, false },
	{ { "kind", "KIND", -9 }, value_of_kind, false },
	{ { "flags", "FLAGS", -11 }, value_of_flags, false },
	{ { "size", "SIZE", 7 }, value_of_size, false },
	{ { "stream-size", "STREAM", 7 }, value_of_stream_size, false },
	{ { "committed-bytes", "MEMORY", 7 }, value_of_committed_bytes, false },
	{ { "private-bytes", "PRIVATE", 7 }, value_of_private_bytes, true },
	{ { "scaled-bytes", "SCALED", 7 }, value_of_scaled_bytes, true },
	{ { "metadata-bytes", "META", 7 }, value_of_metadata_bytes, true },
	{ { "children", "CHILD", 5 }, value_of_children, false },
	{ { "mappings", "MAPS", 5 }, value_of_mappings, false },
	{ { "share-count", "SPACES", 6 }, value_of_share_count, false },
	{ { "handle-count", "FILES", 5 }, value_of_handle_count, false },
	{ { "lock-count", "LOCKS", 5 }, value_of_lock_count, false },
	{ { "cache-policy", "CACHE", -15 }, value_of_cache_policy, false },
	{ { "owner-uid", "UID", 6 }, value_of_owner_uid, false },
	{ { "owner-pid", "PID", 7 }, value_of_owner_pid, false },
	{ { "name", "NAME", -16 }, NULL, false },
};
/* clang-format on */

#define NR_COLUMNS (sizeof(all_columns) / sizeof(*all_columns))

static const char usual[] =
	"id,parent,kind,size,committed-bytes,children,mappings,owner-uid,name";

/* On a narrow terminal. */
static const char few[] = "id,size,committed-bytes,name";
#define NARROW 64

static const struct column *find_column(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < NR_COLUMNS; i++)
		if (strlen(all_columns[i].output.key) == length &&
		    !strncmp(all_columns[i].output.key, name, length))
			return &all_columns[i];
	usage_error("there is no column %.*s", (int)length, name);
}

const struct output_column *const *table_choose(const char *names)
{
	static const struct output_column *chosen[TABLE_MAX_COLUMNS + 1];
	size_t count = 0, length;

	if (names && !strcmp(names, "all")) {
		for (; count < NR_COLUMNS; count++)
			chosen[count] = &all_columns[count].output;
		names = "";
	}
	if (!names)
		names = terminal_columns(NARROW) < NARROW ? few : usual;
	for (; *names; names += length) {
		if (count == TABLE_MAX_COLUMNS)
			usage_error("too many columns");
		length = strcspn(names, ",");
		chosen[count++] = &find_column(names, length)->output;
		if (names[length])
			length++;
	}
	if (!count)
		usage_error("no columns");
	chosen[count] = NULL;
	return chosen;
}

static const struct column *sort_column(const char *sort)
{
	sort += *sort == '-';
	return find_column(sort, strlen(sort));
}

void table_check_sort(const char *sort)
{
	sort_column(sort);
}

bool table_needs_details(const struct output_column *const *columns,
			 const char *sort)
{
	for (; *columns; columns++)
		if (find_column((*columns)->key, strlen((*columns)->key))
			    ->is_detail)
			return true;
	return sort && sort_column(sort)->is_detail;
}

/* For compare(), which qsort() tells nothing else. */
static const struct column *compared;
static int direction;

static int compare(const void *a, const void *b)
{
	const struct vmo *first = a, *second = b;
	uint64_t x, y;
	int order = 0;

	if (!compared->value) {
		order = strcmp(first->name, second->name);
	} else {
		x = compared->value(first);
		y = compared->value(second);
		order = (x > y) - (x < y);
	}
	if (order)
		return direction * order;
	return (first->id > second->id) - (first->id < second->id);
}

void table_sort(struct vmo_list *list, const char *sort)
{
	compared = sort_column(sort);
	direction = *sort == '-' ? -1 : 1;
	if (list->count)
		qsort(list->vmos, list->count, sizeof(*list->vmos), compare);
}

void table_output(const struct vmo_list *list,
		  const struct output_column *const *columns, size_t rows)
{
	size_t i;

	output_list_begin(columns);
	for (i = 0; i < list->count && i < rows; i++) {
		output_record_begin();
		vmo_output(&list->vmos[i]);
		output_record_end();
	}
	output_list_end();
}
