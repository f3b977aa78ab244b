// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmo benchmark: count which instructions a guest executes, as a QEMU plugin
 *
 *   -plugin profile_plugin.so,begin=ADDRESS,end=ADDRESS,out=FILE
 *
 * Counting is on from when the guest executes the instruction at the address
 * @begin until it executes that at @end. At the end of QEMU the file has a line
 * for each instruction executed: its address in hexadecimal, how many times.
 *
 * For one processor: neither the switch nor the counts are atomic.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<qemu-plugin.h>)
#include <qemu-plugin.h>
#else
/* What this needs of QEMU's header, which Debian 12 does not package. */
typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info_t qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

#define QEMU_PLUGIN_EXPORT __attribute__((visibility("default")))
#define QEMU_PLUGIN_VERSION 1

void qemu_plugin_register_vcpu_tb_trans_cb(
	qemu_plugin_id_t id,
	void (*cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*cb)(unsigned int vcpu,
						       void *context),
					    enum qemu_plugin_cb_flags flags,
					    void *context);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
				    void (*cb)(qemu_plugin_id_t id,
					       void *context),
				    void *context);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
#endif

extern QEMU_PLUGIN_EXPORT int qemu_plugin_version;
QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
					   const qemu_info_t *info, int argc,
					   char **argv);

/* Enough for every instruction of a kernel that is ever executed. */
#define COUNTERS_MAX (1U << 21)

struct counter {
	uint64_t address;
	uint64_t count;
};

int qemu_plugin_version = QEMU_PLUGIN_VERSION;

/* Hashed by address; an unused one has address 0. */
static struct counter *counters;
static unsigned int nr_counters;
static bool counting;
static uint64_t begin_address, end_address;
static const char *out_path;

/* An instruction may be translated many times; its counter stays. */
static struct counter *counter_get(uint64_t address)
{
	uint32_t at = (uint32_t)((address * 0x9e3779b97f4a7c15) >> 43);

	while (counters[at].address && counters[at].address != address)
		at = (at + 1) % COUNTERS_MAX;
	if (!counters[at].address) {
		if (++nr_counters == COUNTERS_MAX) {
			fprintf(stderr, "profile_plugin: too much code\n");
			exit(1);
		}
		counters[at].address = address;
	}
	return &counters[at];
}

static void count(unsigned int vcpu, void *context)
{
	struct counter *counter = context;

	(void)vcpu;
	if (counting)
		counter->count++;
}

static void switch_on(unsigned int vcpu, void *context)
{
	(void)vcpu;
	(void)context;
	counting = true;
}

static void switch_off(unsigned int vcpu, void *context)
{
	(void)vcpu;
	(void)context;
	counting = false;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t address = qemu_plugin_insn_vaddr(insn);
		void (*callback)(unsigned int vcpu, void *context) = count;
		struct counter *counter = NULL;

		if (address == begin_address)
			callback = switch_on;
		else if (address == end_address)
			callback = switch_off;
		else
			counter = counter_get(address);
		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, callback, QEMU_PLUGIN_CB_NO_REGS, counter);
	}
}

static void write_counts(qemu_plugin_id_t id, void *context)
{
	FILE *out = fopen(out_path, "w");

	(void)id;
	(void)context;
	if (!out) {
		perror(out_path);
		return;
	}
	for (unsigned int i = 0; i < COUNTERS_MAX; i++)
		if (counters[i].count)
			fprintf(out, "%016" PRIx64 " %" PRIu64 "\n",
				counters[i].address, counters[i].count);
	if (fclose(out))
		perror(out_path);
}

/* The value of an argument NAME=VALUE, or NULL if it is another's. */
static const char *value_of(const char *argument, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(argument, name, length) && argument[length] == '=' ?
		       argument + length + 1 :
		       NULL;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
			char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		const char *value;

		if ((value = value_of(argv[i], "begin")))
			begin_address = strtoull(value, NULL, 16);
		else if ((value = value_of(argv[i], "end")))
			end_address = strtoull(value, NULL, 16);
		else if ((value = value_of(argv[i], "out")))
			out_path = strdup(value);
	}
	counters = calloc(COUNTERS_MAX, sizeof(*counters));
	if (!begin_address || !end_address || !out_path || !counters)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, write_counts, NULL);
	return 0;
}
