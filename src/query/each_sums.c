/* Sums over entities.
 *
 * Nearly all values are whole (customers, minor units of money): these are kept as differences between one window and
 * the next, in 128 bits, so that a value that holds for many windows is added twice and exactly. Others are added
 * window by window with what rounding loses kept beside the sum, so that the order in which entities come is lost in
 * the last of some hundred bits.
 * Source: Ogita, Rump & Oishi 2005, "Accurate sum and dot product", algorithm 4.4. */
#include "query/each_private.h"

#include <math.h>

#define WHOLE_BELOW 9007199254740992.0 /* 2^53: beyond, whole numbers have gaps */

typedef struct {
  __int128 whole; /* what is more than in the window before */
  gint64 n;       /* likewise */
  double high, low;
  gint64 n_missing;
  guint flags;
} Sum;

struct EachSums {
  guint n_windows;
  guint common; /* flags that all windows have */
  gboolean has_fractions;
  Sum sums[]; /* one more than windows */
};

EachSums *each_sums_new(guint n_windows) {
  EachSums *sums = g_malloc0(sizeof *sums + (n_windows + 1) * sizeof(Sum));
  sums->n_windows = n_windows;
  return sums;
}

void each_sums_free(EachSums *sums) {
  g_free(sums);
}

void each_sums_clear(EachSums *sums) {
  memset(sums->sums, 0, (sums->n_windows + 1) * sizeof(Sum));
  sums->common = 0;
  sums->has_fractions = FALSE;
}

static void add_fraction(Sum *sum, double value) {
  double high = sum->high + value, part = high - sum->high;
  double lost = (sum->high - (high - part)) + (value - part);
  sum->high = high;
  sum->low += lost;
}

static void find_common(EachSums *sums) {
  sums->common = G_MAXUINT;
  for (guint p = 0; p < sums->n_windows; p++) sums->common &= sums->sums[p].flags;
}

void each_sums_add(EachSums *sums, const Value *value, guint from, guint until) {
  if ((value->flags & ~sums->common) != 0) {
    for (guint p = from; p < until; p++) sums->sums[p].flags |= value->flags;
    find_common(sums);
  }
  for (guint p = from; p < until && value->n_missing != 0; p++) sums->sums[p].n_missing += value->n_missing;
  double number = value->value;
  if (!value->has || number == 0) return;
  sums->sums[from].n++;
  sums->sums[until].n--;
  if (fabs(number) < WHOLE_BELOW && number == (double)(gint64)number) {
    sums->sums[from].whole += (gint64)number;
    sums->sums[until].whole -= (gint64)number;
    return;
  }
  sums->has_fractions = TRUE;
  for (guint p = from; p < until; p++) add_fraction(&sums->sums[p], number);
}

void each_sums_merge(EachSums *to, const EachSums *from) {
  to->has_fractions |= from->has_fractions;
  for (guint p = 0; p <= to->n_windows; p++) {
    Sum *sum = &to->sums[p];
    const Sum *add = &from->sums[p];
    sum->whole += add->whole;
    sum->n += add->n;
    sum->n_missing += add->n_missing;
    sum->flags |= add->flags;
    add_fraction(sum, add->high);
    sum->low += add->low;
  }
  find_common(to);
}

static double number_of(__int128 whole, const Sum *sum) {
  Sum all = {.high = sum->high, .low = sum->low};
  double high = (double)whole;
  add_fraction(&all, high);
  add_fraction(&all, (double)(whole - (__int128)high));
  return all.high + all.low;
}

void each_sums_read(const EachSums *sums, const Value *of_none, Value *values) {
  __int128 whole = 0;
  gint64 n = 0;
  for (guint p = 0; p < sums->n_windows; p++) {
    const Sum *sum = &sums->sums[p];
    whole += sum->whole;
    n += sum->n;
    values[p] = (Value){.has = TRUE, .n = n, .n_missing = sum->n_missing, .flags = sum->flags | of_none[p].flags};
    values[p].value = sums->has_fractions ? number_of(whole, sum) : (double)whole;
    if (eval_lacks_data(&values[p]) || (values[p].flags & VALUE_NO_DIMENSION)) values[p].has = FALSE;
  }
}
