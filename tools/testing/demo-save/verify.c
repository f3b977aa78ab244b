// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: is a save what it has to be?
 *
 * Works out, with plain arrays and without the server, what each key has to be
 * after so many writes of each client, and compares the file with that. So a
 * write that is missing, one that is too many, and one that was torn are found.
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "image.h"
#include "table.h"
#include "verify.h"

/*
 * struct model - What has to be there.
 * @last: For each client and key, number of the last write plus 1; 0 for a key
 *	that was not written, or that was found already.
 * @left: How many keys were not found yet.
 */
struct model {
	const struct workload *workload;
	uint64_t *last[CLIENTS];
	uint64_t left;
};

static void model_init(struct model *model, const struct workload *workload,
		       const uint64_t applied[CLIENTS])
{
	*model = (struct model){ .workload = workload };
	for (unsigned int client = 0; client < CLIENTS; client++) {
		uint64_t *last =
			check_memory(calloc(workload->keys, sizeof(*last)));

		for (uint64_t i = 0; i < applied[client]; i++)
			last[workload_key(workload, client, i)] = i + 1;
		for (uint32_t key = 0; key < workload->keys; key++)
			model->left += last[key] != 0;
		model->last[client] = last;
	}
}

static void model_free(struct model *model)
{
	for (unsigned int client = 0; client < CLIENTS; client++)
		free(model->last[client]);
}

static bool parse_key(struct string key, const struct workload *workload,
		      unsigned int *client, uint32_t *number)
{
	char text[KEY_MAX] = "", again[KEY_MAX];

	if (key.length >= KEY_MAX)
		return false;
	memcpy(text, key.bytes, key.length);
	if (sscanf(text, "user:%u:%u", client, number) != 2 ||
	    *client >= CLIENTS || *number >= workload->keys)
		return false;
	workload_key_text(again, *client, *number);
	return !strcmp(text, again);
}

static bool check_entry(void *context, struct string key, struct string value)
{
	struct model *model = context;
	char expected[VALUE_MAX];
	unsigned int client;
	uint64_t *last;
	uint32_t number;

	if (!parse_key(key, model->workload, &client, &number))
		return false;
	last = &model->last[client][number];
	if (!*last)
		return false;
	if (workload_value(model->workload, client, *last - 1, expected) !=
		    value.length ||
	    memcmp(expected, value.bytes, value.length))
		return false;
	*last = 0;
	model->left--;
	return true;
}

/**
 * verify_save() - Load a save and compare it with what it has to be.
 * @path: The file.
 * @workload: What clients write.
 * @applied: How many writes of each client the server had applied when it took
 *	the snapshot, by its own account outside the heap.
 *
 * Return: whether the save holds exactly these writes.
 */
bool verify_save(const char *path, const struct workload *workload,
		 const uint64_t applied[CLIENTS])
{
	struct model model;
	struct heap *heap;
	size_t size;
	bool good;

	heap = image_load(path, &size);
	if (!heap)
		return false;
	model_init(&model, workload, applied);
	good = !memcmp(heap->applied, applied, sizeof(heap->applied)) &&
	       table_walk(heap, check_entry, &model) && !model.left;
	model_free(&model);
	image_unload(heap, size);
	return good;
}
