// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl monitor: events as they happen
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "genl.h"
#include "output.h"
#include "vmo.h"
#include "words.h"

static uint64_t times;
static const char *wanted;

static const struct option_row options[] = {
	{ 'c', "count", OPTION_NUMBER, &times, "N",
	  "so many events, then end (for ever)" },
	{ 'e', "events", OPTION_TEXT, &wanted, "EVENT,...",
	  "only these (help names them all)" },
	{}
};

static const struct output_column columns_data[] = {
	{ "time", "TIME", -26 },   { "event", "EVENT", -13 },
	{ "id", "ID", 8 },	   { "parent", "PARENT", 8 },
	{ "source", "SOURCE", 8 }, { "kind", "KIND", -9 },
	{ "size", "SIZE", 7 },	   { "pages", "PAGES", 7 },
	{ "owner-uid", "UID", 6 }, { "owner-pid", "PID", 7 },
	{ "name", "NAME", -16 },
};
static const struct output_column *const columns[] = {
	&columns_data[0], &columns_data[1], &columns_data[2],  &columns_data[3],
	&columns_data[4], &columns_data[5], &columns_data[6],  &columns_data[7],
	&columns_data[8], &columns_data[9], &columns_data[10], NULL
};

static const struct {
	uint8_t command;
	const char *word;
} events[] = {
	{ ZVMO_CMD_CREATE_NTF, "create" },
	{ ZVMO_CMD_CLONE_NTF, "clone" },
	{ ZVMO_CMD_DESTROY_NTF, "destroy" },
	{ ZVMO_CMD_RESTORE_NTF, "restore" },
	{ ZVMO_CMD_DISCARD_NTF, "discard" },
	{ ZVMO_CMD_OUT_OF_MEMORY_NTF, "out-of-memory" },
	{ ZVMO_CMD_LIMIT_HIT_NTF, "limit-hit" },
};

#define NR_EVENTS (sizeof(events) / sizeof(*events))

static const char *word_of(uint8_t command)
{
	size_t i;

	for (i = 0; i < NR_EVENTS; i++)
		if (events[i].command == command)
			return events[i].word;
	return "unknown";
}

/* Whether a word is in a list with commas. */
static bool is_in(const char *list, const char *word, size_t length)
{
	const char *end;

	for (; *list; list = *end ? end + 1 : end) {
		end = strchrnul(list, ',');
		if ((size_t)(end - list) == length &&
		    !strncmp(list, word, length))
			return true;
	}
	return false;
}

static void check_wanted(void)
{
	const char *at, *end;
	size_t i;

	for (at = wanted; at && *at; at = *end ? end + 1 : end) {
		end = strchrnul(at, ',');
		for (i = 0; i < NR_EVENTS; i++)
			if (is_in(events[i].word, at, (size_t)(end - at)))
				break;
		if (i == NR_EVENTS)
			usage_error("--events: there is no %.*s",
				    (int)(end - at), at);
	}
}

/* Local time, to the microsecond. */
static void output_time(void)
{
	char text[64], seconds[32];
	struct timespec now;
	struct tm local;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &local);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &local);
	snprintf(text, sizeof(text), "%s.%06ld", seconds, now.tv_nsec / 1000);
	output_string("time", text);
}

/* Each event has its own attributes. */
static void output_attrs(struct nlattr *const *attrs)
{
	struct vmo vmo;

	vmo_from_attrs(&vmo, attrs);
	if (attrs[ZVMO_A_VMO_ID])
		output_number("id", vmo.id);
	if (attrs[ZVMO_A_VMO_NAME])
		output_string("name", vmo.name);
	if (attrs[ZVMO_A_VMO_KIND])
		output_string("kind", words_of(words_kinds, vmo.kind));
	if (attrs[ZVMO_A_VMO_FLAGS])
		output_flags("flags", vmo.flags, words_flags);
	if (attrs[ZVMO_A_VMO_SIZE])
		output_size("size", vmo.size);
	if (attrs[ZVMO_A_VMO_PARENT])
		output_number("parent", vmo.parent);
	if (attrs[ZVMO_A_VMO_FAMILY])
		output_number("family", vmo.family);
	if (attrs[ZVMO_A_VMO_SOURCE])
		output_number("source", genl_u64(attrs[ZVMO_A_VMO_SOURCE]));
	if (attrs[ZVMO_A_VMO_PAGES])
		output_number("pages", genl_u64(attrs[ZVMO_A_VMO_PAGES]));
	if (attrs[ZVMO_A_VMO_LIMIT])
		output_string("limit",
			      words_of(words_limits,
				       genl_u32(attrs[ZVMO_A_VMO_LIMIT])));
	if (attrs[ZVMO_A_VMO_OWNER_UID])
		output_number("owner-uid", vmo.owner_uid);
	if (attrs[ZVMO_A_VMO_OWNER_PID])
		output_number("owner-pid", vmo.owner_pid);
}

static bool output_event(uint8_t command, struct nlattr *const *attrs,
			 void *data)
{
	const char *word = word_of(command);
	uint64_t *seen = data;

	if (wanted && !is_in(wanted, word, strlen(word)))
		return true;
	output_record_begin();
	output_time();
	output_string("event", word);
	output_attrs(attrs);
	output_record_end();
	return ++*seen != times;
}

static void begin(void)
{
	output_stream_begin(columns);
}

static void output_lost(void)
{
	output_record_begin();
	output_time();
	output_string("event", "lost");
	output_record_end();
}

static enum status run(int count, char **arguments)
{
	uint64_t seen = 0;

	check_wanted();
	genl_listen(begin, output_event, output_lost, &seen);
	output_stream_end();
	return STATUS_DONE;
}

const struct command command_monitor = {
	.name = "monitor",
	.arguments = "",
	.text = "Print events as they happen, as root",
	.details =
		"\n"
		"Events: create, clone, destroy, restore, discard, out-of-memory, limit-hit.\n"
		"JSON is an object a line. The event \"lost\" says that there were more than\n"
		"could be read.",
	.examples = "  zvmoctl monitor\n"
		    "  zvmoctl monitor --events discard,out-of-memory --json\n",
	.options = options,
	.run = run,
};
