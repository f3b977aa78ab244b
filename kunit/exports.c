// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo: KUnit - what the tests call
 *
 * Part of zvmo.ko, if there is to be a zvmo_kunit.ko: nothing else than tests
 * may call these functions from outside.
 */
#include <linux/export.h>

#include "attribution.h"
#include "cow.h"
#include "diff.h"
#include "discard.h"
#include "fs.h"
#include "io.h"
#include "kept.h"
#include "page.h"
#include "page_tree.h"
#include "restore.h"
#include "share.h"
#include "splice.h"
#include "transfer.h"
#include "vmo.h"
#include "vmo_file.h"

#define EXPORT(symbol) EXPORT_SYMBOL_NS_GPL(symbol, ZVMO_KUNIT)

/* page */
EXPORT(zvmo_page_alloc);
EXPORT(zvmo_page_clear_identity);
EXPORT(zvmo_page_count_all);
EXPORT(zvmo_page_put);
EXPORT(zvmo_page_set_identity);

/* page_tree */
EXPORT(zvmo_cursor_init);
EXPORT(zvmo_cursor_next);
EXPORT(zvmo_tree_check);
EXPORT(zvmo_tree_clone);
EXPORT(zvmo_tree_conceal);
EXPORT(zvmo_tree_bytes);
EXPORT(zvmo_tree_count);
EXPORT(zvmo_tree_count_nodes);
EXPORT(zvmo_tree_destroy);
EXPORT(zvmo_tree_diff);
EXPORT(zvmo_tree_erase);
EXPORT(zvmo_tree_expose);
EXPORT(zvmo_tree_find);
EXPORT(zvmo_tree_gather);
EXPORT(zvmo_tree_lookup);
EXPORT(zvmo_tree_next_hole);
EXPORT(zvmo_tree_next_page);
EXPORT(zvmo_tree_store);
EXPORT(zvmo_tree_store_zero);

/* splice */
EXPORT(zvmo_splice_destroy);
EXPORT(zvmo_splice_put);
EXPORT(zvmo_splice_take);

/* cow */
EXPORT(zvmo_cow_clone);
EXPORT(zvmo_cow_commit);
EXPORT(zvmo_cow_count_all);
EXPORT(zvmo_cow_create);
EXPORT(zvmo_cow_decommit);
EXPORT(zvmo_cow_expose);
EXPORT(zvmo_cow_get);
EXPORT(zvmo_cow_grow);
EXPORT(zvmo_cow_own_page);
EXPORT(zvmo_cow_put);
EXPORT(zvmo_cow_resize);
EXPORT(zvmo_cow_share);
EXPORT(zvmo_cow_ungrow);
EXPORT(zvmo_cow_unmap);
EXPORT(zvmo_cow_zero);

/* vmo */
EXPORT(zvmo_count_all);
EXPORT(zvmo_create);
EXPORT(zvmo_create_child);
EXPORT(zvmo_file_install);
EXPORT(zvmo_fs_pin);
EXPORT(zvmo_fs_unpin);
EXPORT(zvmo_get_info);
EXPORT(zvmo_get_name);
EXPORT(zvmo_has_children);
EXPORT(zvmo_put);
EXPORT(zvmo_set_name);
EXPORT(zvmo_set_size);

/* attribution */
EXPORT(zvmo_attribute_pages);
EXPORT(zvmo_attribute_range);
EXPORT(zvmo_attribute_vmo);

/* discard */
EXPORT(zvmo_discard_age);
EXPORT(zvmo_discard_count_events);
EXPORT(zvmo_discard_count_reclaimable);
EXPORT(zvmo_discard_events);
EXPORT(zvmo_discard_lock);
EXPORT(zvmo_discard_lock_count);
EXPORT(zvmo_discard_now);
EXPORT(zvmo_discard_reclaim);
EXPORT(zvmo_discard_try_lock);
EXPORT(zvmo_discard_unlock);

/* kept */
EXPORT(zvmo_kept_add);
EXPORT(zvmo_kept_count_all);
EXPORT(zvmo_kept_drop);
EXPORT(zvmo_kept_max);
EXPORT(zvmo_kept_next);
EXPORT(zvmo_kept_open);

/* io, diff, restore, transfer */
EXPORT(zvmo_diff);
EXPORT(zvmo_read_iter);
EXPORT(zvmo_restore);
EXPORT(zvmo_seek);
EXPORT(zvmo_transfer);
EXPORT(zvmo_write_iter);
