// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: what the processes of one server tell each other
 */
#include <sys/mman.h>

#include "check.h"
#include "control.h"

/**
 * control_create() - Make the shared memory.
 *
 * Return: it; all is 0.
 */
struct control *control_create(void)
{
	struct control *control = mmap(NULL, sizeof(*control),
				       PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (control == MAP_FAILED)
		err(EXIT_FAILURE, "mapping shared memory");
	return control;
}

/**
 * control_free() - Give it up.
 * @control: It.
 */
void control_free(struct control *control)
{
	munmap(control, sizeof(*control));
}
