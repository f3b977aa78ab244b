// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl config: the configuration of the module
 */
#include <string.h>

#include "commands.h"
#include "genl.h"
#include "number.h"
#include "output.h"

/**
 * struct setting - Something that can be configured.
 * @name: Its name in the specification.
 * @attr: Its attribute.
 * @is_bool: Yes or no; else a number.
 */
struct setting {
	const char *name;
	int attr;
	bool is_bool;
};

static const struct setting settings[] = {
	{ "discard-age", ZVMO_A_CONFIG_DISCARD_AGE, false },
	{ "fault-around", ZVMO_A_CONFIG_FAULT_AROUND, false },
	{ "ambient-mark-vmo-exec", ZVMO_A_CONFIG_AMBIENT_MARK_VMO_EXEC, true },
	{ "cache-invalidate", ZVMO_A_CONFIG_CACHE_INVALIDATE, true },
	{ "kept-max", ZVMO_A_CONFIG_KEPT_MAX, false },
};

#define NR_SETTINGS (sizeof(settings) / sizeof(*settings))

static const struct setting *find_setting(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < NR_SETTINGS; i++)
		if (strlen(settings[i].name) == length &&
		    !strncmp(settings[i].name, name, length))
			return &settings[i];
	usage_error("there is no setting %.*s", (int)length, name);
}

struct wish {
	int count;
	char **names;
};

static bool is_wanted(const struct setting *setting, const struct wish *wish)
{
	int i;

	for (i = 0; i < wish->count; i++)
		if (!strcmp(setting->name, wish->names[i]))
			return true;
	return !wish->count;
}

static void output_settings(struct nlattr *const *attrs,
			    struct nlmsghdr *header, void *data)
{
	uint32_t value;
	size_t i;

	output_record_begin();
	for (i = 0; i < NR_SETTINGS; i++) {
		if (!is_wanted(&settings[i], data) || !attrs[settings[i].attr])
			continue;
		value = genl_u32(attrs[settings[i].attr]);
		if (settings[i].is_bool)
			output_bool(settings[i].name, value);
		else
			output_number(settings[i].name, value);
	}
	output_record_end();
}

static enum status get(int count, char **names)
{
	struct wish wish = { count, names };
	int i;

	for (i = 0; i < count; i++)
		find_setting(names[i], strlen(names[i]));
	genl_request(genl_new(ZVMO_CMD_CONFIG_GET, 0), "settings",
		     output_settings, &wish);
	return STATUS_DONE;
}

static void parse(const char *text, const struct setting **setting,
		  uint64_t *value)
{
	const char *equals = strchr(text, '=');
	const char *word = equals ? equals + 1 : NULL;

	if (!equals)
		usage_error("%s: not SETTING=VALUE", text);
	*setting = find_setting(text, (size_t)(equals - text));
	if ((*setting)->is_bool &&
	    (!strcmp(word, "yes") || !strcmp(word, "no")))
		*value = !strcmp(word, "yes");
	else if (!number_parse(word, (*setting)->is_bool ? 1 : UINT32_MAX,
			       value))
		usage_error("%s: not %s", text,
			    (*setting)->is_bool ? "yes or no" : "a number");
}

/* All in one request: all or nothing. */
static enum status set(int count, char **words)
{
	const struct setting *setting;
	struct nl_msg *msg = NULL;
	uint64_t value;
	int i;

	if (!count)
		usage_error("set what? SETTING=VALUE...");
	for (i = 0; i < count; i++)
		parse(words[i], &setting, &value);
	msg = genl_new(ZVMO_CMD_CONFIG_SET, 0);
	for (i = 0; i < count; i++) {
		parse(words[i], &setting, &value);
		if (setting->is_bool)
			genl_put_u8(msg, setting->attr, (uint8_t)value);
		else
			genl_put_u32(msg, setting->attr, (uint32_t)value);
	}
	genl_request(msg, "settings", NULL, NULL);
	return output_json ? get(0, NULL) : STATUS_DONE;
}

static enum status run(int count, char **arguments)
{
	if (!count)
		return get(0, NULL);
	if (!strcmp(arguments[0], "get"))
		return get(count - 1, arguments + 1);
	if (!strcmp(arguments[0], "set"))
		return set(count - 1, arguments + 1);
	usage_error("get or set? not %s", arguments[0]);
}

const struct command command_config = {
	.name = "config",
	.arguments = "[get [SETTING]... | set SETTING=VALUE...]",
	.text = "Show or change the configuration of the module",
	.details =
		"\n"
		"Settings: discard-age (milliseconds), fault-around (pages),\n"
		"ambient-mark-vmo-exec and cache-invalidate (yes or no), kept-max (VMOs that\n"
		"a user can keep). To change them needs CAP_SYS_ADMIN; either all change or\n"
		"none.",
	.examples = "  zvmoctl config\n"
		    "  zvmoctl config get fault-around\n"
		    "  zvmoctl config set discard-age=5000 fault-around=8\n",
	.most = -1,
	.run = run,
};
