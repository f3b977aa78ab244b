/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: /dev/zvmo
 */
#ifndef _ZVMO_DEV_H
#define _ZVMO_DEV_H

int zvmo_dev_init(void);
void zvmo_dev_exit(void);
const char *zvmo_dev_ioctl_name(unsigned int nr);

#endif /* _ZVMO_DEV_H */
