/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: reading, writing and seeking
 */
#ifndef _ZVMO_IO_H
#define _ZVMO_IO_H

#include "vmo.h"

ssize_t zvmo_read_iter(struct zvmo *vmo, struct iov_iter *to, u64 offset);
ssize_t zvmo_write_iter(struct zvmo *vmo, bool may_grow, struct iov_iter *from,
			u64 offset);
int zvmo_read(struct zvmo *vmo, u64 offset, u64 length, void __user *buffer);
int zvmo_write(struct zvmo *vmo, u64 offset, u64 length,
	       const void __user *buffer);
loff_t zvmo_seek(struct zvmo *vmo, loff_t offset, bool data);

#endif /* _ZVMO_IO_H */
