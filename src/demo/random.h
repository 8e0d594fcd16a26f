/* Random numbers that are the same on every machine: xoshiro256** streams keyed by what they are for.
 *
 * A stream belongs to one entity (deal 17, account 4): it does not matter in which order entities are made, and one
 * more draw for one of them leaves the others as they were. exp and log are our own, of plain additions and
 * multiplications, because those of C libraries differ in the last digit. This folder is compiled without fused
 * multiply-add for the same reason. */
#pragma once

#include <glib.h>

typedef struct {
  guint64 state[4];
} DemoRandom;

typedef enum {
  DEMO_STREAM_COMPANY,
  DEMO_STREAM_PERSON,
  DEMO_STREAM_ACCOUNT,
  DEMO_STREAM_DEAL,
  DEMO_STREAM_HISTORY,
  DEMO_STREAM_ACTIVITY,
  DEMO_STREAM_LEAD,
  DEMO_STREAM_ORDER,
  DEMO_STREAM_SUBSCRIPTION,
  DEMO_STREAM_SERVICE,
  DEMO_STREAM_ENABLEMENT,
  DEMO_STREAM_MARKETING,
} DemoStream;

/* Source: Blackman & Vigna 2018 (xoshiro256**), seeded by splitmix64. */
void demo_random_init(DemoRandom *random, guint64 seed, DemoStream stream, guint64 index);
guint64 demo_random_next(DemoRandom *random);
double demo_random_unit(DemoRandom *random);                    /* [0, 1) */
guint32 demo_random_below(DemoRandom *random, guint32 n);       /* 0 … n-1; n >= 1 */
int demo_random_between(DemoRandom *random, int low, int high); /* both included */
gboolean demo_random_chance(DemoRandom *random, double probability);
double demo_random_normal(DemoRandom *random); /* mean 0, deviation 1 */
double demo_random_exponential(DemoRandom *random, double mean);
double demo_random_lognormal(DemoRandom *random, double median, double sigma);
guint demo_random_poisson(DemoRandom *random, double mean); /* mean below 30 */
/* An index drawn by weights (not negative, not all 0). */
guint demo_random_pick(DemoRandom *random, const double *weights, guint n);

double demo_exp(double x);
double demo_log(double x); /* x > 0 */
double demo_logistic(double x);
