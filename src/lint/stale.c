/* Open deals without a sign of life for longer than nine of ten won deals were open, and with no date ahead: they hold
 * up a pipeline and a coverage that nobody works on. */
#include "lint/lint_private.h"

#include <math.h>

#define MIN_WON   30
#define N_YEARS   2
#define MAX_NAMED 3

typedef struct {
  char *name;
  guint n;
} Holder;

static void free_holder(gpointer data) {
  g_free(((Holder *)data)->name);
  g_free(data);
}

static gint more_first(gconstpointer a, gconstpointer b) {
  const Holder *left = *(const Holder *const *)a, *right = *(const Holder *const *)b;
  return left->n != right->n ? (left->n < right->n) - (left->n > right->n) : strcmp(left->name, right->name);
}

static char *holders_words(const StoreRows *rows) {
  g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) holders = g_ptr_array_new_with_free_func(free_holder);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    const char *name = lint_text(rows, r, 3);
    Holder *holder = g_hash_table_lookup(by_name, name);
    if (!holder) {
      holder = g_new0(Holder, 1);
      holder->name = g_strdup(*name ? name : "nobody");
      g_ptr_array_add(holders, holder);
      g_hash_table_insert(by_name, (gpointer)name, holder);
    }
    holder->n++;
  }
  g_ptr_array_sort(holders, more_first);
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < MIN(holders->len, MAX_NAMED); i++) {
    const Holder *holder = g_ptr_array_index(holders, i);
    g_string_append_printf(text, "%s%s (%u)", i ? ", " : "", holder->name, holder->n);
  }
  return g_string_free(text, FALSE);
}

static void add_records(const Lint *lint, LintFinding *finding, const StoreRows *rows) {
  for (gsize r = 0; r < MIN(store_rows_count(rows), LINT_MAX_RECORDS); r++) {
    BaseDay last = (BaseDay)store_rows_value(rows, r, 5).integer;
    StoreValue due = store_rows_value(rows, r, 4);
    g_autofree char *last_text = base_day_format(last);
    g_autofree char *due_text = due.type == STORE_NULL ? g_strdup("no date") : base_day_format((BaseDay)due.integer);
    const char *name = lint_text(rows, r, 1);
    lint_record(finding, "opportunity", lint_text(rows, r, 0),
                g_strdup_printf("%s%ssilent since %s (%d days), due %s", name, *name ? ", " : "", last_text,
                                lint->context->today - last, due_text));
  }
}

gboolean lint_stale(Lint *lint, GError **error) {
  BaseDay today = lint->context->today;
  StoreValue span[] = {
      {.type = STORE_DAY, .integer = calendar_back(lint->context->calendar, today, CALENDAR_YEAR, N_YEARS)},
      {.type = STORE_DAY, .integer = today + 1}};
  g_autoptr(StoreRows) cycle = lint_query(lint, "cycle.sql", span, 2, error);
  if (!cycle) return FALSE;
  gint64 n_won = store_rows_value(cycle, 0, 1).integer;
  if (n_won < MIN_WON) return TRUE;
  double usual = ceil(store_rows_value(cycle, 0, 0).number);
  StoreValue values[] = {{.type = STORE_DAY, .integer = today}, {.type = STORE_INT, .integer = (gint64)usual}};
  g_autoptr(StoreRows) rows = lint_query(lint, "stale.sql", values, 2, error);
  if (!rows || store_rows_count(rows) == 0) return rows != NULL;
  gint64 n_open = store_rows_value(rows, 0, 6).integer;
  double n = (double)store_rows_count(rows);
  g_autofree char *holders = holders_words(rows);
  LintFinding *finding =
      lint_add(lint, g_strdup("company"),
               g_strdup_printf(
                   "%.0f of %" G_GINT64_FORMAT " open deals (%.0f %%) have had no activity and no change for more than "
                   "%.0f days, in which nine of ten won deals were won, and no closing date ahead. Most are with %s.",
                   n, n_open, 100 * n / (double)n_open, usual, holders),
               "Close them, or agree a next step and a date with each owner; `attain show untouched_deals --by rep` "
               "keeps an eye on "
               "it.");
  lint_figure(finding, "stale", n);
  lint_figure(finding, "open", (double)n_open);
  lint_figure(finding, "days", usual);
  lint_figure(finding, "won", (double)n_won);
  add_records(lint, finding, rows);
  return TRUE;
}
