// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl: VMOs that a command has made, and that are to stay
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kept.h"
#include "made.h"
#include "object.h"
#include "output.h"
#include "status.h"

uint32_t made_mode = KEPT_MODE;
const char *made_label;

void made_check(const char *name)
{
	kept_check_name(name);
	if (kept_exists(name))
		fail(EEXIST, "%s", name);
}

static void output_info(int fd, const char *kept)
{
	struct zvmo_info info;

	if (!output_json)
		return;
	info = object_info(fd);
	output_record_begin();
	output_number("id", info.koid);
	if (kept)
		output_string("kept", kept);
	output_string("name", info.name);
	output_size("size", info.size);
	output_size("stream-size", info.stream_size);
	output_size("committed-bytes", info.committed_bytes);
	output_record_end();
}

void made_keep(int fd, const char *name)
{
	int err = zvmo_set_name(fd, made_label ? made_label : name);

	/* Who may not name it may keep it. */
	if (err && made_label)
		fail(err, "--label");
	err = zvmo_keep(fd, name, made_mode);
	if (err)
		fail(err, "%s", name);
	output_info(fd, name);
	close(fd);
}

void made_output(int fd)
{
	output_info(fd, NULL);
}
