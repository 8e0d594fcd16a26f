/* The derived facts of a few deals, by what changed alone.
 *
 * It comes after every record that is put, so nothing is prepared, read or counted that was before: statements are kept
 * with the store, stages and texts stay in memory until store_forget_deals(), and ledger_stat follows from the days of
 * the rows that go and come, which are told to the caller. Rows that the caller has are not looked for: a deal that is
 * new and that nothing referred to is made from its row in memory, without a look at any table. */
#include "store/derived.h"
#include "store/derived_rows.h"

#include <string.h>

#define MAX_WORDS 1000000

struct DerivedFew {
  DerivedFacts *facts;   /* without deals; its words and ladders stay */
  GHashTable *emissions; /* DerivedForm -> DerivedEmission: kept statements refer to them */
};

void store_derived_few_free(DerivedFew *few) {
  if (!few) return;
  g_hash_table_unref(few->emissions);
  store_derived_facts_free(few->facts);
  g_free(few);
}

static void free_emission(gpointer data) {
  store_derived_emission_free(data);
}

static DerivedFew *few_of(Store *store) {
  if (store->few) return store->few;
  store->few = g_new0(DerivedFew, 1);
  store->few->facts = store_derived_facts_new();
  store->few->emissions = g_hash_table_new_full(NULL, NULL, NULL, free_emission);
  return store->few;
}

/* The statements that read from its emissions go with it. */
void store_forget_deals(Store *store) {
  if (!store->few) return;
  store_derived_few_free(g_steal_pointer(&store->few));
  g_clear_pointer(&store->kept, g_hash_table_unref);
}

/* --- the days of rows --- */

static void widen(StoreSpan *span, gint64 first_day, gint64 last_day, gint64 latest_us) {
  if (first_day != DERIVED_NO_DAY && (span->first_day == DERIVED_NO_DAY || first_day < span->first_day))
    span->first_day = (gint32)first_day;
  span->last_day = MAX(span->last_day, (gint32)last_day); /* nulls are the least numbers */
  span->latest_us = MAX(span->latest_us, latest_us);
}

/* Columns that ledger_stat goes by: instants that are no plans, and their days. */
static gboolean counts(const LedgerTable *table, const DerivedColumn *column) {
  if (column->type != DERIVED_INSTANT && column->type != DERIVED_DAY) return FALSE;
  g_autofree char *name = g_strdup(column->name);
  if (column->type == DERIVED_DAY) name[strlen(name) - strlen("_day")] = 0;
  const LedgerColumn *of = ledger_table_column(table, name);
  return of && !(of->flags & LEDGER_PLAN);
}

static void widen_by_column(StoreSpan *span, const DerivedFacts *facts, const DerivedForm *form, const GArray *rows,
                            const DerivedColumn *column) {
  for (guint r = 0; r < rows->len; r++) {
    const char *row = rows->data + r * form->row_size;
    gint32 deal, day;
    gint64 at;
    memcpy(&deal, row, sizeof deal);
    const char *base = column->of_deal ? facts->deals->data + (gsize)deal * sizeof(DerivedDeal) : row;
    if (column->type == DERIVED_INSTANT) {
      memcpy(&at, base + column->offset, sizeof at);
      widen(span, DERIVED_NO_DAY, DERIVED_NO_DAY, at);
    } else {
      memcpy(&day, base + column->offset, sizeof day);
      widen(span, day, day, DERIVED_NO_INSTANT);
    }
  }
}

static void measure(StoreSpan *span, const LedgerTable *table, const DerivedFacts *facts, const DerivedForm *form) {
  DerivedMaker maker = {.facts = facts,
                        .rows = g_array_new(FALSE, FALSE, (guint)form->row_size),
                        .steps = g_array_new(FALSE, FALSE, (guint)derived_step_size),
                        .stays = g_array_new(FALSE, FALSE, (guint)derived_stay_size)};
  for (guint d = 0; d < facts->deals->len; d++) form->make(&maker, (gint32)d);
  span->n = maker.rows->len;
  for (guint c = 0; c < form->n_columns; c++) {
    if (counts(table, &form->columns[c])) widen_by_column(span, facts, form, maker.rows, &form->columns[c]);
  }
  g_array_unref(maker.rows);
  g_array_unref(maker.steps);
  g_array_unref(maker.stays);
}

/* --- taking out, putting in --- */

static gboolean take_out(Store *store, const DerivedForm *form, const LedgerTable *table, const StoreDeals *deals,
                         StoreSpan *gone, GError **error) {
  g_autoptr(GString) sql = g_string_new(NULL);
  g_string_append_printf(sql, "DELETE FROM %s WHERE opportunity IN (SELECT key FROM given_rows(%u)) RETURNING 0",
                         form->table, store_given_number(deals->touched));
  for (guint c = 0; c < form->n_columns; c++) {
    if (counts(table, &form->columns[c])) g_string_append_printf(sql, ", \"%s\"", form->columns[c].name);
  }
  g_autoptr(StoreRows) rows = store_query_kept(store, sql->str, NULL, 0, 0, error);
  if (!rows) return FALSE;
  gone->n = (gint64)store_rows_count(rows);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    for (guint c = 1; c < store_rows_n_columns(rows); c++) {
      StoreValue value = store_rows_value(rows, r, c);
      if (value.type == STORE_DAY) widen(gone, value.integer, value.integer, DERIVED_NO_INSTANT);
      if (value.type == STORE_INSTANT) widen(gone, DERIVED_NO_DAY, DERIVED_NO_DAY, value.integer);
    }
  }
  return TRUE;
}

static gboolean put_in(Store *store, const DerivedForm *form, GError **error) {
  DerivedFew *few = store->few;
  DerivedEmission *emission = g_hash_table_lookup(few->emissions, form);
  if (!emission) {
    emission = store_derived_emission_new(few->facts, form);
    g_hash_table_insert(few->emissions, (gpointer)form, emission);
  }
  g_autofree char *sql = store_derived_insert_sql(form);
  store_derived_emission_restart(emission);
  store->emission = emission;
  gboolean ok = store_run_kept(store, sql, NULL, 0, NULL, error);
  store->emission = NULL;
  if (!ok) g_prefix_error(error, "%s: ", form->table);
  return ok;
}

static gboolean refresh(Store *store, const DerivedForm *form, const LedgerSchema *schema, const StoreDeals *deals,
                        StoreDerivedChange *change, GError **error) {
  const LedgerTable *table = ledger_schema_find(schema, form->table);
  const StoreSpan nothing = {.first_day = DERIVED_NO_DAY, .last_day = DERIVED_NO_DAY, .latest_us = DERIVED_NO_INSTANT};
  *change = (StoreDerivedChange){.table = table, .gone = nothing, .come = nothing};
  measure(&change->come, table, store->few->facts, form);
  return (!deals->has_rows || take_out(store, form, table, deals, &change->gone, error)) &&
         (change->come.n == 0 || put_in(store, form, error));
}

static gboolean gather(Store *store, const StoreDeals *deals, const DerivedWanted *needed, GError **error) {
  g_autofree char *touched = g_strdup_printf("given_rows(%u)", store_given_number(deals->touched));
  g_autofree char *known = deals->known ? g_strdup_printf("given_rows(%u)", store_given_number(deals->known)) : NULL;
  DerivedWanted wanted = {.only_touched = TRUE,
                          .is_kept = TRUE,
                          .touched = touched,
                          .deals = known,
                          .n_parts = 1,
                          .wants_changes = needed->wants_changes && deals->has_changes,
                          .wants_activities = needed->wants_activities && deals->has_activities,
                          .wants_stages = needed->wants_stages};
  return store_derived_gather_into(store, few_of(store)->facts, &wanted, error);
}

gboolean store_refresh_deals(Store *store, const LedgerSchema *schema, const StoreDeals *deals,
                             StoreDerivedChange *changes, guint *n_changes, GError **error) {
  static const DerivedForm *const forms[STORE_MAX_DERIVED] = {&derived_stay_form, &derived_silence_form,
                                                              &derived_belief_form, &derived_move_form};
  const DerivedForm *wanted[STORE_MAX_DERIVED];
  DerivedWanted needed = {0};
  guint n = 0;
  for (guint f = 0; f < STORE_MAX_DERIVED; f++) {
    const LedgerTable *table = ledger_schema_find(schema, forms[f]->table);
    gboolean is_wanted = FALSE;
    for (guint i = 0; deals->changed_tables[i]; i++) is_wanted |= store_derived_needs(table, deals->changed_tables[i]);
    if (!is_wanted) continue;
    wanted[n++] = forms[f];
    needed.wants_changes |= store_derived_needs(table, "stage_change");
    needed.wants_activities |= store_derived_needs(table, "activity");
    needed.wants_stages |= store_derived_needs(table, "stage");
  }
  *n_changes = n;
  if (n == 0) return TRUE;
  if (store->few && store_derived_words_count(store->few->facts->words) > MAX_WORDS) store_forget_deals(store);
  gboolean ok = gather(store, deals, &needed, error);
  for (guint i = 0; ok && i < n; i++) ok = refresh(store, wanted[i], schema, deals, &changes[i], error);
  return ok;
}
