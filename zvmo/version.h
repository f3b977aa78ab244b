/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zvmo: the version of all that is released together
 *
 * Module, libraries and tools take it from here; what cannot (dkms.conf,
 * debian/changelog) is compared with it by tools/testing/install/test.
 */
#ifndef _ZVMO_VERSION_H
#define _ZVMO_VERSION_H

#define ZVMO_VERSION "0.1.0"

#endif /* _ZVMO_VERSION_H */
