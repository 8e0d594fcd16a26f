/* Deals dated back into a month that was over when they were decided.
 *
 * Few such deals are honest corrections: the null is that at most 2 % of what somebody decides is dated back so, or as
 * many as of the others' where that is more. Deals entered within a week of their date are passed over. */
#include "lint/lint_private.h"
#include "stats/stats.h"

#include <math.h>

#define N_MONTHS     12
#define LATE_DAYS    7
#define HONEST_SHARE 0.02
#define MIN_DEALS    3

typedef struct {
  char *name;
  gint64 owner;
  double n, k; /* decided, dated back */
} Closer;

static void closer_clear(gpointer data) {
  g_free(((Closer *)data)->name);
}

static Closer *find(GArray *closers, gint64 owner) {
  for (guint i = 0; i < closers->len; i++)
    if (g_array_index(closers, Closer, i).owner == owner) return &g_array_index(closers, Closer, i);
  return NULL;
}

static gint64 owner_of(const StoreRows *rows, gsize row) {
  StoreValue owner = store_rows_value(rows, row, 0);
  return owner.type == STORE_NULL ? 0 : owner.integer;
}

/* The first is everybody. */
static GArray *read_closers(const Lint *lint, const StoreValue *span, const StoreRows *back, GError **error) {
  g_autoptr(StoreRows) rows = lint_query(lint, "closings.sql", span, 2, error);
  if (!rows) return NULL;
  GArray *closers = g_array_new(FALSE, TRUE, sizeof(Closer));
  g_array_set_clear_func(closers, closer_clear);
  Closer all = {.name = g_strdup("company"), .owner = -1, .k = (double)store_rows_count(back)};
  for (gsize r = 0; r < store_rows_count(rows); r++) all.n += (double)store_rows_value(rows, r, 2).integer;
  g_array_append_val(closers, all);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    Closer closer = {.name = g_strdup(lint_text(rows, r, 1)),
                     .owner = owner_of(rows, r),
                     .n = (double)store_rows_value(rows, r, 2).integer};
    g_array_append_val(closers, closer);
  }
  for (gsize r = 0; r < store_rows_count(back); r++) {
    Closer *closer = find(closers, owner_of(back, r));
    if (closer) closer->k++;
  }
  return closers;
}

static char *how_words(const StoreRows *back, gsize row) {
  g_autofree char *dated = base_day_format((BaseDay)store_rows_value(back, row, 4).integer);
  g_autofree char *known = base_day_format((BaseDay)store_rows_value(back, row, 5).integer);
  const char *how = lint_text(back, row, 6), *name = lint_text(back, row, 3);
  const char *words = g_str_equal(how, "told")   ? "the source's history decides it on"
                      : g_str_equal(how, "seen") ? "it was loaded as still open on"
                                                 : "its date was moved back on";
  return g_strdup_printf("%s%sdated %s, %s %s", name, *name ? ", " : "", dated, words, known);
}

static void tell(Lint *lint, const Closer *closer, const StoreRows *back, double others) {
  gboolean is_all = closer->owner == -1;
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(
      text,
      "%.0f of %.0f deals decided in the last 12 months (%.0f %%) are dated back by more than a week into a "
      "month that was over when they were decided.",
      closer->k, closer->n, 100 * closer->k / closer->n);
  if (!is_all) g_string_append_printf(text, " Of the others' it is %.1f %%.", 100 * others);
  char *subject = is_all               ? g_strdup("company")
                  : closer->owner == 0 ? g_strdup("no owner")
                                       : g_strconcat("rep:", closer->name, NULL);
  LintFinding *finding = lint_add(
      lint, subject, g_string_free(g_steal_pointer(&text), FALSE),
      "Close periods with `attain snapshot PERIOD` and pay on the numbers as reported, so that what is dated back "
      "counts where it was entered.");
  lint_figure(finding, "decided", closer->n);
  lint_figure(finding, "dated_back", closer->k);
  lint_figure(finding, "share", closer->k / closer->n);
  for (gsize r = 0; r < store_rows_count(back); r++)
    if (is_all || owner_of(back, r) == closer->owner)
      lint_record(finding, "opportunity", lint_text(back, r, 2), how_words(back, r));
}

gboolean lint_backdated(Lint *lint, GError **error) {
  BaseDay start, end;
  lint_whole_months(lint, N_MONTHS, &start, &end);
  StoreValue values[] = {{.type = STORE_DAY, .integer = start},
                         {.type = STORE_DAY, .integer = lint->context->today + 1},
                         {.type = STORE_INT, .integer = LATE_DAYS}};
  g_autoptr(StoreRows) back = lint_query(lint, "backdated.sql", values, 3, error);
  g_autoptr(GArray) closers = back ? read_closers(lint, values, back, error) : NULL;
  if (!closers) return FALSE;
  const Closer *all = &g_array_index(closers, Closer, 0);
  for (guint i = 0; i < closers->len; i++) {
    const Closer *closer = &g_array_index(closers, Closer, i);
    if (closer->k < MIN_DEALS) continue;
    double others = i > 0 && all->n > closer->n ? (all->k - closer->k) / (all->n - closer->n) : 0;
    double p = stats_binomial_upper(closer->k, closer->n, fmax(HONEST_SHARE, others));
    if (p < LINT_ALPHA / closers->len) tell(lint, closer, back, others);
  }
  return TRUE;
}
