// SPDX-License-Identifier: GPL-2.0-only
/*
 * zvmoctl stats: counters and rates
 */
#include <stdio.h>
#include <time.h>

#include "commands.h"
#include "counters.h"
#include "output.h"
#include "timing.h"

static double interval;
static uint64_t times;

static const struct option_row options[] = {
	{ 'i', "interval", OPTION_SECONDS, &interval, "SECONDS",
	  "again and again, with rates" },
	{ 'c', "count", OPTION_NUMBER, &times, "N",
	  "so many lines, then end (for ever)" },
	{}
};

static const struct output_column columns_data[] = {
	{ "vmos", "VMOS", 7 },
	{ "contents", "CONTENT", 7 },
	{ "pages", "PAGES", 8 },
	{ "nodes", "NODES", 7 },
	{ "reclaimable", "RECLAIM", 7 },
	{ "discarded", "DISCARD", 7 },
	{ "vmos-rate", "VMOS/S", 8 },
	{ "pages-rate", "PAGES/S", 9 },
	{ "discarded-rate", "DISC/S", 7 }
};
static const struct output_column *const columns[] = {
	&columns_data[0], &columns_data[1],
	&columns_data[2], &columns_data[3],
	&columns_data[4], &columns_data[5],
	&columns_data[6], &columns_data[7],
	&columns_data[8], NULL
};

static void output_values(const struct counter_values *now)
{
	int i;

	for (i = 0; i < NR_COUNTERS; i++)
		output_number(counters[i].name, now->value[i]);
}

/* Change per second; what there is may become less. */
static void output_rates(const struct counter_values *now,
			 const struct counter_values *before, double seconds)
{
	char key[64];
	double change;
	int i;

	for (i = 0; i < NR_COUNTERS; i++) {
		change = (double)now->value[i] - (double)before->value[i];
		snprintf(key, sizeof(key), "%s-rate", counters[i].name);
		output_real(key, seconds > 0 ? change / seconds : 0, 1);
	}
}

static void watch(void)
{
	struct counter_values before, now;
	double last, time;
	uint64_t i;

	counters_read(&before);
	last = timing_now();
	output_stream_begin(columns);
	for (i = 0; !times || i < times; i++) {
		timing_sleep(interval);
		counters_read(&now);
		time = timing_now();
		output_record_begin();
		output_values(&now);
		output_rates(&now, &before, time - last);
		output_record_end();
		before = now;
		last = time;
	}
	output_stream_end();
}

static enum status run(int count, char **arguments)
{
	struct counter_values now;

	if (times && interval == 0)
		interval = 1;
	if (interval > 0) {
		watch();
		return STATUS_DONE;
	}
	counters_read(&now);
	output_record_begin();
	output_values(&now);
	output_record_end();
	return STATUS_DONE;
}

const struct command command_stats = {
	.name = "stats",
	.arguments = "",
	.text = "Show the counters of the module, and how fast they change",
	.examples = "  zvmoctl stats\n"
		    "  zvmoctl stats --interval 1 --count 10\n"
		    "  zvmoctl stats --interval 5 --json | jq .pages\n",
	.options = options,
	.run = run,
};
