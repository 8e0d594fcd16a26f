/* What all forms of an answer share. Members are chosen here, once: a program that reads JSON gets the same as a reader
 * of the table. */
#include "answer/show.h"

#define SHOWN_COLUMNS 16

/* --- members --- */

static gint by_first_value(gconstpointer a, gconstpointer b, gpointer user_data) {
  const Shown *shown = user_data;
  const QueryRow *x = query_result_row(shown->result, *(const guint *)a),
                 *y = query_result_row(shown->result, *(const guint *)b);
  if (x->value.has_value != y->value.has_value) return x->value.has_value ? -1 : 1;
  gint order = (x->value.value < y->value.value) - (x->value.value > y->value.value);
  return query_result_kpi(shown->result, 0)->better == KPI_LOWER ? -order : order;
}

static void choose_members(Shown *shown, gboolean by_value, guint top) {
  guint n = query_result_n_rows(shown->result) / shown->per_member;
  shown->members = g_new(guint, n + 1);
  for (guint i = 0; i < n; i++) shown->members[i] = i * shown->per_member;
  shown->sorted = by_value || top > 0;
  if (shown->sorted) g_qsort_with_data(shown->members, (gint)n, sizeof *shown->members, by_first_value, shown);
  shown->n_members = top > 0 ? MIN(top, n) : n;
  shown->n_left_out = n - shown->n_members;
}

/* --- notes --- */

/* Built-in KPIs that the workspace defines anew, among those that a formula stands on. */
static void add_redefined(const KpiExpr *expr, GPtrArray *found) {
  if (expr->op == KPI_OP_KPI) {
    if (expr->kpi->redefines && !g_ptr_array_find(found, expr->kpi, NULL)) g_ptr_array_add(found, (gpointer)expr->kpi);
    add_redefined(expr->kpi->versions[expr->kpi->n_versions - 1].expr, found);
  }
  for (guint i = 0; i < expr->n_args; i++) add_redefined(expr->args[i], found);
}

static void note_redefined(Shown *shown) {
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  for (guint k = 0; k < query_result_n_kpis(shown->result); k++) {
    const KpiDefinition *kpi = query_result_kpi(shown->result, k);
    if (kpi->redefines && !g_ptr_array_find(found, kpi, NULL)) g_ptr_array_add(found, (gpointer)kpi);
    add_redefined(kpi->versions[kpi->n_versions - 1].expr, found);
  }
  for (guint i = 0; i < found->len; i++) {
    const KpiDefinition *kpi = g_ptr_array_index(found, i);
    g_autofree char *place = answer_place(kpi);
    g_ptr_array_add(shown->notes, g_strdup_printf("%s is redefined in %s", kpi->name, place));
  }
}

/* "rep, team, …, account, source": what a fact's records can be grouped by, of their own columns. */
static char *groupings(const LedgerTable *table) {
  GString *names = g_string_new(ledger_table_owner(table) ? "rep, team, manager, region" : "");
  guint n = 0;
  for (guint c = 0; c < table->n_columns && n < SHOWN_COLUMNS; c++) {
    const LedgerColumn *column = &table->columns[c];
    gboolean groups = column->type == LEDGER_REF || column->type == LEDGER_TEXT || column->type == LEDGER_BOOL;
    if (!groups || g_str_equal(column->name, "id") || g_str_equal(column->name, "name")) continue;
    if (column == ledger_table_owner(table) || g_str_equal(column->name, "currency")) continue;
    g_string_append_printf(names, "%s%s", names->len ? ", " : "", column->name);
    n++;
  }
  return g_string_free(names, FALSE);
}

/* Records that are counted in the total and have no member at all, not even none, do not carry the dimension. */
static void note_no_members(Shown *shown) {
  const QueryResult *result = shown->result;
  guint n_totals = query_result_n_totals(result);
  if (query_result_n_dims(result) == 0 || query_result_n_rows(result) > 0 || n_totals == 0) return;
  const QueryRow *total = query_result_total(result, n_totals - 1);
  const KpiDefinition *kpi = query_result_kpi(result, total->kpi);
  if (total->value.n == 0 || kpi->needs == NULL || kpi->needs[0] == NULL) return;
  g_autoptr(GString) by = g_string_new(NULL);
  for (guint d = 0; d < query_result_n_dims(result); d++)
    g_string_append_printf(by, "%s%s", d > 0 ? ", " : "", query_result_dim(result, d));
  const LedgerTable *table = ledger_schema_find(shown->session->schema, kpi->needs[0]);
  g_autofree char *names = table != NULL ? groupings(table) : g_strdup("");
  g_ptr_array_add(shown->notes,
                  g_strdup_printf("%s cannot be shown by %s: its records (%s) do not carry it. They can be grouped by "
                                  "%s, and by what these lead to, such as account.industry",
                                  kpi->title, by->str, kpi->needs[0], names));
}

static void note_as_of(Shown *shown) {
  const Session *session = shown->session;
  if (!session->as_of_given) return;
  g_autofree char *instant = answer_instant(session->as_of_us);
  gboolean any = shown->load.number > 0;
  g_ptr_array_add(
      shown->notes,
      any ? g_strdup_printf("as it was believed at %s: later records, changes and deletions are not in it", instant)
          : g_strdup_printf("nothing had been loaded by %s: what was believed is known from the first "
                            "`attain load` on",
                            instant));
}

/* --- an answer --- */

void shown_init(Shown *shown, const Session *session, const QueryResult *result, gboolean compared, gboolean by_value,
                guint top) {
  guint n_kpis = query_result_n_kpis(result);
  *shown = (Shown){.session = session, .result = result, .compared = compared};
  shown->per_member = n_kpis * query_result_n_periods(result);
  shown->load = query_result_last_load(result);
  if (shown->load.number < 0) query_last_load(session->store, &shown->load, NULL);
  choose_members(shown, by_value, top);
  shown->decimals = g_new(int, n_kpis);
  for (guint k = 0; k < n_kpis; k++) shown->decimals[k] = answer_decimals(session, result, k);
  shown->notes = g_ptr_array_new_with_free_func(g_free);
  for (const char *const *note = query_result_notes(result); *note != NULL; note++)
    g_ptr_array_add(shown->notes, g_strdup(*note));
  note_no_members(shown);
  note_redefined(shown);
  note_as_of(shown);
}

void shown_clear(Shown *shown) {
  g_free(shown->members);
  g_free(shown->decimals);
  g_clear_pointer(&shown->notes, g_ptr_array_unref);
}
