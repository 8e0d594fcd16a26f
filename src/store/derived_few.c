/* The derived facts of a few deals, by what changed alone.
 *
 * It comes after every record that is put, so nothing is prepared, read or counted that was before: statements are kept
 * with the store, stages and texts stay in memory until store_forget_deals(), and ledger_stat follows from the days of
 * the rows that go and come, which are told to the caller. Rows that the caller has are not looked for: a deal that is
 * new and that nothing referred to is made from its row in memory, without a look at any table. Where the caller has
 * the deal as it was, its rows that are there follow from that, and only those that become others are taken out. */
#include "store/derived_few.h"

#include <string.h>

#define MAX_WORDS 1000000

void store_derived_few_free(DerivedFew *few) {
  if (!few) return;
  g_hash_table_unref(few->emissions);
  store_given_free(few->leaving);
  store_derived_recent_free(few->recent);
  store_derived_facts_free(few->facts);
  g_free(few);
}

static void free_emission(gpointer data) {
  store_derived_emission_free(data);
}

DerivedFew *store_derived_few(Store *store) {
  if (store->few) return store->few;
  store->few = g_new0(DerivedFew, 1);
  store->few->facts = store_derived_facts_new();
  store->few->emissions = g_hash_table_new_full(NULL, NULL, NULL, free_emission);
  store->few->recent = store_derived_recent_new();
  store->few->leaving =
      store_given_new(store, (const char *const[]){"key", "deal_day"}, (const char *const[]){"UBIGINT", "DATE"}, 2);
  return store->few;
}

/* The statements that read from its emissions go with it. */
void store_forget_deals(Store *store) {
  if (store->few) store_derived_few_free(g_steal_pointer(&store->few));
  g_clear_pointer(&store->kept, g_hash_table_unref);
}

void store_derived_take_back(Store *store) {
  if (store->few) store_derived_recent_forget_all(store->few->recent);
}

/* --- taking out, putting in --- */

/* Which rows of a derived table are of the touched deals. With the day of each deal's creation the database passes over
 * the blocks of rows that are of other days: without, it looks at every row there is. */
static char *are_touched(const StoreGiven *touched, gboolean is_dated) {
  return g_strdup_printf(is_dated ? "(opportunity, deal_day) IN (SELECT key, deal_day FROM given_rows(%u))"
                                  : "opportunity IN (SELECT key FROM given_rows(%u))",
                         store_given_number(touched));
}

StoreRows *store_derived_read_rows(Store *store, const char *table, const StoreGiven *touched, gboolean is_dated,
                                   const char *columns, GError **error) {
  g_autofree char *are = are_touched(touched, is_dated);
  /* In one thread: the limit is never reached. */
  g_autofree char *sql = g_strdup_printf("SELECT %s FROM %s WHERE %s LIMIT %d", columns, table, are, G_MAXINT);
  return store_query_kept(store, sql, NULL, 0, 0, error);
}

gboolean store_derived_take_out(Store *store, const char *table, const StoreGiven *touched, gboolean is_dated,
                                gint64 *n_gone, GError **error) {
  g_autofree char *are = are_touched(touched, is_dated);
  g_autofree char *sql = g_strdup_printf("DELETE FROM %s WHERE %s", table, are);
  return store_run_kept(store, sql, NULL, 0, n_gone, error);
}

/* The days of rows that are not known: they are read before they go. Whoever deletes RETURNING what goes has each row
 * fetched by itself, of all columns, which takes three times as long. */
static gboolean take_out(Store *store, const DerivedForm *form, const LedgerTable *table, const StoreDeals *deals,
                         StoreSpan *gone, GError **error) {
  g_autoptr(GString) columns = g_string_new("0");
  for (guint c = 0; c < form->n_columns; c++) {
    if (store_derived_counts(table, &form->columns[c]))
      g_string_append_printf(columns, ", \"%s\"", form->columns[c].name);
  }
  g_autoptr(StoreRows) rows =
      store_derived_read_rows(store, form->table, deals->touched, deals->is_dated, columns->str, error);
  if (!rows) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    for (guint c = 1; c < store_rows_n_columns(rows); c++) {
      StoreValue value = store_rows_value(rows, r, c);
      if (value.type == STORE_DAY) store_derived_widen(gone, value.integer, value.integer, DERIVED_NO_INSTANT);
      if (value.type == STORE_INSTANT) store_derived_widen(gone, DERIVED_NO_DAY, DERIVED_NO_DAY, value.integer);
    }
  }
  return store_rows_count(rows) == 0 ||
         store_derived_take_out(store, form->table, deals->touched, deals->is_dated, &gone->n, error);
}

gboolean store_derived_put_in(Store *store, const DerivedForm *form, const GArray *rows, GError **error) {
  DerivedFew *few = store->few;
  DerivedEmission *emission = g_hash_table_lookup(few->emissions, form);
  if (rows->len == 0) return TRUE;
  if (!emission) {
    emission = store_derived_emission_new(few->facts, form);
    g_hash_table_insert(few->emissions, (gpointer)form, emission);
  }
  g_autofree char *sql = store_derived_insert_sql(form);
  store_derived_emission_restart(emission, rows);
  store->emission = emission;
  gboolean ok = store_run_kept(store, sql, NULL, 0, NULL, error);
  store->emission = NULL;
  if (!ok) g_prefix_error(error, "%s: ", form->table);
  return ok;
}

/* The rows of deals that become others. Where there are not as many of them as there were of the deals, the table is
 * to be counted. */
static gboolean take_out_leaving(Store *store, const DerivedForm *form, const DerivedPast *past,
                                 const DerivedDifference *difference, gboolean is_dated, StoreSpan *gone,
                                 GError **error) {
  StoreGiven *leaving = store->few->leaving;
  *gone = difference->gone_span;
  if (difference->leaving->len == 0) return TRUE;
  store_given_clear(leaving);
  for (guint i = 0; i < difference->leaving->len; i++) {
    const DerivedDeal *deal =
        &g_array_index(past->facts->deals, DerivedDeal, g_array_index(difference->leaving, gint32, i));
    store_given_add(leaving, (const StoreValue[]){{.type = STORE_INT, .integer = (gint64)deal->key},
                                                  {.type = STORE_DAY, .integer = deal->created.day}});
  }
  gint64 n_gone = 0;
  if (!store_derived_take_out(store, form->table, leaving, is_dated, &n_gone, error)) return FALSE;
  if (n_gone != gone->n)
    *gone = (StoreSpan){.n = n_gone, .first_day = DERIVED_NO_DAY + 1, .last_day = G_MAXINT32, .latest_us = G_MAXINT64};
  return TRUE;
}

/* --- what silences tell of activities --- */

static gint64 whole_or(StoreValue value, gint64 null) {
  return value.type == STORE_NULL ? null : value.integer;
}

DerivedMoment store_derived_moment(const StoreValue *at) {
  return (DerivedMoment){whole_or(at[0], DERIVED_NO_INSTANT), (gint32)whole_or(at[1], DERIVED_NO_DAY)};
}

void store_derived_add_touch(DerivedFacts *facts, DerivedDeal *deal, DerivedMoment when) {
  DerivedTouch touch = {.of = deal->key, .when = when, .next = deal->touch};
  deal->touch = (gint32)facts->touches->len;
  g_array_append_val(facts->touches, touch);
}

GHashTable *store_derived_number_deals(const DerivedFacts *facts) {
  GHashTable *numbers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint d = 0; d < facts->deals->len; d++) {
    const DerivedDeal *deal = &g_array_index(facts->deals, DerivedDeal, d);
    g_hash_table_insert(numbers, g_memdup2(&deal->key, sizeof deal->key), GINT_TO_POINTER((gint)d + 1));
  }
  return numbers;
}

DerivedDeal *store_derived_deal_of(const DerivedFacts *facts, GHashTable *numbers, StoreValue key) {
  gint known = key.type == STORE_NULL ? 0 : GPOINTER_TO_INT(g_hash_table_lookup(numbers, &key.integer));
  return known ? &g_array_index(facts->deals, DerivedDeal, known - 1) : NULL;
}

/* Deals that were read, and that their silences tell the activities of. */
static gboolean learn_activities(Store *store, const StoreDeals *deals, GError **error) {
  DerivedFacts *facts = store->few->facts;
  g_autoptr(StoreRows) rows =
      store_derived_read_rows(store, derived_silence_form.table, deals->touched, deals->is_dated,
                              "opportunity, planned_until, planned_until_day, since, since_day", error);
  if (!rows) return FALSE;
  g_autoptr(GHashTable) numbers = store_derived_number_deals(facts);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    const StoreValue *row = store_rows_row(rows, r);
    DerivedDeal *deal = store_derived_deal_of(facts, numbers, row[0]);
    if (!deal) continue;
    deal->planned_until = store_derived_moment(&row[1]);
    store_derived_add_touch(facts, deal, store_derived_moment(&row[3]));
  }
  store_derived_order_touches(facts);
  return TRUE;
}

/* --- deals --- */

typedef struct {
  const DerivedForm *forms[STORE_MAX_DERIVED];
  guint n;
  DerivedWanted needs;
} Wanted;

static Wanted find_wanted(const LedgerSchema *schema, const StoreDeals *deals, StoreDerivedChange *changes) {
  static const DerivedForm *const forms[STORE_MAX_DERIVED] = {&derived_stay_form, &derived_silence_form,
                                                              &derived_belief_form, &derived_move_form};
  Wanted wanted = {0};
  for (guint f = 0; f < STORE_MAX_DERIVED; f++) {
    const LedgerTable *table = ledger_schema_find(schema, forms[f]->table);
    gboolean is_wanted = FALSE;
    for (guint i = 0; deals->changed_tables[i]; i++) is_wanted |= store_derived_needs(table, deals->changed_tables[i]);
    if (!is_wanted) continue;
    changes[wanted.n] = (StoreDerivedChange){.table = table, .gone = derived_no_rows, .come = derived_no_rows};
    wanted.forms[wanted.n++] = forms[f];
    wanted.needs.wants_changes |= store_derived_needs(table, "stage_change");
    wanted.needs.wants_activities |= store_derived_needs(table, "activity");
    wanted.needs.wants_stages |= store_derived_needs(table, "stage");
  }
  return wanted;
}

/* What deals are derived from is remembered, or looked for and remembered. Of deals of which it is not told what they
 * are (changes were put, or they went) it is looked for and forgotten. */
static gboolean gather(Store *store, const StoreDeals *deals, const DerivedWanted *needs, GError **error) {
  if (store->few && store_derived_words_count(store->few->facts->words) > MAX_WORDS) store_forget_deals(store);
  DerivedFew *few = store_derived_few(store);
  g_autofree char *touched = g_strdup_printf("given_rows(%u)", store_given_number(deals->touched));
  g_autofree char *changes =
      deals->changes ? g_strdup_printf("given_rows(%u)", store_given_number(deals->changes)) : NULL;
  gboolean is_whole = deals->known && needs->wants_changes && needs->wants_activities;
  gboolean tell_activities = needs->wants_activities && deals->has_activities;
  gboolean wants_all = tell_activities && !deals->has_silences;
  gboolean is_recent = is_whole && store_derived_recent_has(few->recent, deals->known, wants_all);
  DerivedWanted wanted = {.only_touched = TRUE,
                          .is_kept = TRUE,
                          .touched = touched,
                          .deals = deals->known,
                          .told = needs->wants_changes ? deals->told : NULL,
                          .recent = is_recent ? few->recent : NULL,
                          .changes = changes,
                          .is_dated = deals->is_dated,
                          .n_parts = 1,
                          .wants_changes = needs->wants_changes && deals->has_changes && !is_recent,
                          .wants_activities = wants_all && !is_recent,
                          .wants_stages = needs->wants_stages};
  if (!store_derived_gather_into(store, few->facts, &wanted, error)) return FALSE;
  if (tell_activities && deals->has_silences && !is_recent && !learn_activities(store, deals, error)) return FALSE;
  store_derived_recent_forget(few->recent, deals->touched, 0);
  if (is_whole) store_derived_remember(few->recent, few->facts, wants_all || !deals->has_activities);
  return TRUE;
}

static gboolean refresh(Store *store, const DerivedForm *form, const StoreDeals *deals, const DerivedPast *past,
                        StoreDerivedChange *change, GError **error) {
  g_auto(DerivedDifference) difference = {0};
  store_derived_differ(past, store->few->facts, form, change->table, &difference);
  change->come = difference.come_span;
  gboolean ok = !deals->has_rows ||
                (past ? take_out_leaving(store, form, past, &difference, deals->is_dated, &change->gone, error)
                      : take_out(store, form, change->table, deals, &change->gone, error));
  return ok && store_derived_put_in(store, form, difference.come, error);
}

gboolean store_refresh_deals(Store *store, const LedgerSchema *schema, const StoreDeals *deals,
                             StoreDerivedChange *changes, guint *n_changes, GError **error) {
  Wanted wanted = find_wanted(schema, deals, changes);
  *n_changes = wanted.n;
  if (wanted.n == 0) return TRUE;
  if (!gather(store, deals, &wanted.needs, error)) return FALSE;
  g_autoptr(DerivedPast) past =
      deals->before ? store_derived_past_new(store->few->facts, deals->before, wanted.needs.wants_stages) : NULL;
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < wanted.n; i++) ok = refresh(store, wanted.forms[i], deals, past, &changes[i], error);
  return ok;
}
