// SPDX-License-Identifier: GPL-2.0-only
/*
 * demo-save: a server that saves itself while it is written to
 *
 *   demo-save [--short]
 *
 * A key-value server has all its data in one heap. Clients write as fast as it
 * lets them; every second it saves all of it to a file, without stopping: once
 * with its heap in a VMO, from a snapshot, and once in anonymous memory, by
 * fork(), as servers do today. Every save is loaded by another process, which
 * works out what has to be in it, to the write. At last the server may take only
 * so much memory for a save: it gives the save up, and goes on.
 *
 * Exit status: 0 if every save was right, and what had to be given up was.
 */
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "check.h"
#include "text.h"
#include "trial.h"
#include "workload.h"

#define MIB (1UL << 20)
#define SIZES_MAX 4

/*
 * struct plan - How much of it.
 * @sizes: Sizes of the heap, 0 after the last.
 * @saves: How many saves of each under load.
 * @cap_size: Size of the heap of the server with a cap ...
 * @cap: ... and this.
 */
struct plan {
	uint64_t sizes[SIZES_MAX + 1];
	unsigned int saves;
	uint64_t cap_size;
	int64_t cap;
};

static const struct plan long_plan = { { 16 * MIB, 128 * MIB, 512 * MIB },
				       3,
				       64 * MIB,
				       MIB };
static const struct plan short_plan = { { 16 * MIB }, 2, 64 * MIB, MIB / 4 };

static const struct keeper *const keepers[] = { &keeper_zvmo, &keeper_fork };

#define KEEPERS (sizeof(keepers) / sizeof(*keepers))

static void print_title(void)
{
	struct utsname system;

	uname(&system);
	printf("zvmo demo-save: a key-value server saves itself every second, under full write load\n"
	       "%s %s %s, %ld CPUs; %d clients, values of %d bytes in the mean\n\n",
	       system.sysname, system.release, system.machine,
	       sysconf(_SC_NPROCESSORS_ONLN), CLIENTS, VALUE_MEAN);
}

static void print_head(void)
{
	printf("\n%-18s %-29s %-19s %10s %8s %8s %8s\n", "",
	       "server stops for a save (us)", "longest wait (us)", "memory",
	       "save", "writes", "saves");
	printf("%-9s %-8s %9s %9s %9s %9s %9s %10s %8s %8s %8s\n", "heap",
	       "saved by", "at first", "median", "longest", "saving", "idle",
	       "growth", "takes", "a second", "verified");
}

static double us(uint64_t ns)
{
	return (double)ns / 1000;
}

static void print_trial(const struct trial *trial)
{
	char verified[16];

	snprintf(verified, sizeof(verified), "%u/%u", trial->verified,
		 trial->saves + 1);
	printf("%-9s %-8s %9.0f %9.0f %9.0f %9.0f %9.0f %10s %8s %8.0f %8s\n",
	       text_size((int64_t)trial->size).s, trial->keeper->name,
	       us(trial->first_stall_ns), us(samples_median(&trial->stalls)),
	       us(samples_max(&trial->stalls)), us(trial->longest_ns),
	       us(trial->idle_ns), text_size(trial->grown).s,
	       text_time(samples_median(&trial->times)).s,
	       (double)trial->writes * 1e9 / (double)trial->ns, verified);
}

static bool run_sizes(const struct plan *plan)
{
	struct trial trials[SIZES_MAX][KEEPERS] = {};
	bool good = true;

	for (unsigned int i = 0; plan->sizes[i]; i++) {
		for (unsigned int k = 0; k < KEEPERS; k++) {
			struct trial *trial = &trials[i][k];

			trial->keeper = keepers[k];
			trial->size = plan->sizes[i];
			trial->saves = plan->saves;
			trial_run(trial);
			good &= trial->verified == trial->saves + 1;
		}
	}
	print_head();
	for (unsigned int i = 0; plan->sizes[i]; i++)
		for (unsigned int k = 0; k < KEEPERS; k++)
			print_trial(&trials[i][k]);
	printf("\nAt first all of the heap was just written. The wait is a client's, while the server saves\n"
	       "and in a second without a save; growth is by the server's memory cgroup.\n");
	return good;
}

/* Half of the saves without the cap, half with it. */
static bool run_cap(const struct plan *plan)
{
	struct trial trial = { .keeper = &keeper_zvmo,
			       .size = plan->cap_size,
			       .saves = 4,
			       .cap = plan->cap };
	bool good;

	printf("\nA cap: from the third save under load on, a save may cost the server %s\n",
	       text_size(plan->cap).s);
	trial_run(&trial);
	good = trial.verified == 3 && trial.aborted == 2;
	printf("  %u saves verified, %u given up; a second later the server has %s more than before the last,\n"
	       "    and it went on all the time: %llu writes, none waited more than %s\n",
	       trial.verified, trial.aborted, text_size(trial.left).s,
	       (unsigned long long)trial.writes, text_time(trial.longest_ns).s);
	return good;
}

int main(int argc, char **argv)
{
	const struct plan *plan = &long_plan;
	bool good;

	if (argc == 2 && !strcmp(argv[1], "--short")) {
		plan = &short_plan;
	} else if (argc != 1) {
		fprintf(stderr, "usage: demo-save [--short]\n");
		return EXIT_FAILURE;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	print_title();
	good = run_sizes(plan);
	good &= run_cap(plan);
	printf("\ndemo-save: %s\n",
	       good ? "every save held exactly the writes that came before it" :
		      "a save was wrong, or the cap did not hold");
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
