/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: the file descriptor of a VMO
 */
#ifndef _ZVMO_VMO_FILE_H
#define _ZVMO_VMO_FILE_H

#include "handle.h"

struct zvmo_handle *zvmo_file_handle(struct file *file);
int zvmo_file_install(struct zvmo *vmo, u32 rights);

#endif /* _ZVMO_VMO_FILE_H */
