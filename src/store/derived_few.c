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
/* Rows that are deleted RETURNING what they held are fetched one by one: of more deals they are read before. */
#define MANY_DEALS 16

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
  if (store->few) store_derived_few_free(g_steal_pointer(&store->few));
  g_clear_pointer(&store->kept, g_hash_table_unref);
}

/* --- the days of rows --- */

static const StoreSpan no_rows = {
    .first_day = DERIVED_NO_DAY, .last_day = DERIVED_NO_DAY, .latest_us = DERIVED_NO_INSTANT};

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

/* Which rows of a derived table are of the touched deals. With the day of each deal's creation the database passes over
 * the blocks of rows that are of other days: without, it looks at every row there is. */
static char *are_touched(const StoreGiven *touched, gboolean is_dated) {
  return g_strdup_printf(is_dated ? "(opportunity, deal_day) IN (SELECT key, deal_day FROM given_rows(%u))"
                                  : "opportunity IN (SELECT key FROM given_rows(%u))",
                         store_given_number(touched));
}

/* Takes the touched deals' rows out of a derived table and gives `columns` of them. */
static StoreRows *take_out_rows(Store *store, const char *table, const StoreGiven *touched, gboolean is_dated,
                                const char *columns, GError **error) {
  g_autofree char *are = are_touched(touched, is_dated);
  g_autofree char *out = g_strdup_printf("DELETE FROM %s WHERE %s", table, are);
  if (store_given_count(touched) < MANY_DEALS) {
    g_autofree char *sql = g_strdup_printf("%s RETURNING %s", out, columns);
    return store_query_kept(store, sql, NULL, 0, 0, error);
  }
  g_autofree char *sql = g_strdup_printf("SELECT %s FROM %s WHERE %s", columns, table, are);
  g_autoptr(StoreRows) rows = store_query_kept(store, sql, NULL, 0, 0, error);
  return rows && store_run_kept(store, out, NULL, 0, NULL, error) ? g_steal_pointer(&rows) : NULL;
}

static gboolean take_out(Store *store, const DerivedForm *form, const LedgerTable *table, const StoreDeals *deals,
                         StoreSpan *gone, GError **error) {
  g_autoptr(GString) columns = g_string_new("0");
  for (guint c = 0; c < form->n_columns; c++) {
    if (counts(table, &form->columns[c])) g_string_append_printf(columns, ", \"%s\"", form->columns[c].name);
  }
  g_autoptr(StoreRows) rows = take_out_rows(store, form->table, deals->touched, deals->is_dated, columns->str, error);
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

/* --- what silences tell of activities --- */

/* The columns of silence that tell of the deal, and when something was done on it. */
static const char silence_columns[] =
    "opportunity, owner, account, product, source, currency, stage, amount, planned_until, planned_until_day, since, "
    "since_day, ended_at, ended_at_day";
enum { OF, OWNER, ACCOUNT, PRODUCT, SOURCE, CURRENCY, STAGE, AMOUNT, PLANNED, SINCE = 10, ENDED = 12 };

static gint64 whole_or(StoreValue value, gint64 null) {
  return value.type == STORE_NULL ? null : value.integer;
}

static DerivedMoment moment_at(const StoreValue *at) {
  return (DerivedMoment){whole_or(at[0], DERIVED_NO_INSTANT), (gint32)whole_or(at[1], DERIVED_NO_DAY)};
}

static DerivedWord word_of(DerivedFacts *facts, StoreValue value) {
  return value.type == STORE_TEXT ? store_derived_word(facts->words, value.text) : -1;
}

static StoreRows *take_out_silences(Store *store, const StoreGiven *touched, gboolean is_dated, StoreSpan *gone,
                                    GError **error) {
  StoreRows *rows = take_out_rows(store, derived_silence_form.table, touched, is_dated, silence_columns, error);
  for (gsize r = 0; rows && r < store_rows_count(rows); r++) {
    const StoreValue *row = store_rows_row(rows, r);
    DerivedMoment since = moment_at(&row[SINCE]), ended = moment_at(&row[ENDED]);
    widen(gone, since.day, since.day, since.at);
    widen(gone, ended.day, ended.day, ended.at);
  }
  if (rows) gone->n = (gint64)store_rows_count(rows);
  return rows;
}

static void add_touch(DerivedFacts *facts, DerivedDeal *deal, DerivedMoment when) {
  DerivedTouch touch = {.of = deal->key, .when = when, .next = deal->touch};
  deal->touch = (gint32)facts->touches->len;
  g_array_append_val(facts->touches, touch);
}

/* Deals by key. */
static GHashTable *number_deals(const DerivedFacts *facts) {
  GHashTable *numbers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint d = 0; d < facts->deals->len; d++) {
    const DerivedDeal *deal = &g_array_index(facts->deals, DerivedDeal, d);
    g_hash_table_insert(numbers, g_memdup2(&deal->key, sizeof deal->key), GINT_TO_POINTER((gint)d + 1));
  }
  return numbers;
}

static DerivedDeal *deal_of(const DerivedFacts *facts, GHashTable *numbers, StoreValue key) {
  gint known = key.type == STORE_NULL ? 0 : GPOINTER_TO_INT(g_hash_table_lookup(numbers, &key.integer));
  return known ? &g_array_index(facts->deals, DerivedDeal, known - 1) : NULL;
}

/* Deals that were read, and that their silences tell the activities of. */
static void learn_activities(DerivedFacts *facts, const StoreRows *silences) {
  g_autoptr(GHashTable) numbers = number_deals(facts);
  for (gsize r = 0; r < store_rows_count(silences); r++) {
    const StoreValue *row = store_rows_row(silences, r);
    DerivedDeal *deal = deal_of(facts, numbers, row[OF]);
    if (!deal) continue;
    deal->planned_until = moment_at(&row[PLANNED]);
    add_touch(facts, deal, moment_at(&row[SINCE]));
  }
  store_derived_order_touches(facts);
}

/* --- deals --- */

static gboolean refresh(Store *store, const DerivedForm *form, const StoreDeals *deals, StoreDerivedChange *change,
                        GError **error) {
  const LedgerTable *table = change->table;
  gboolean is_out = !deals->has_rows || (deals->has_silences && form == &derived_silence_form);
  measure(&change->come, table, store->few->facts, form);
  return (is_out || take_out(store, form, table, deals, &change->gone, error)) &&
         (change->come.n == 0 || put_in(store, form, error));
}

static gboolean gather(Store *store, const StoreDeals *deals, const DerivedWanted *needed, GError **error) {
  g_autofree char *touched = g_strdup_printf("given_rows(%u)", store_given_number(deals->touched));
  g_autofree char *known = deals->known ? g_strdup_printf("given_rows(%u)", store_given_number(deals->known)) : NULL;
  g_autofree char *changes =
      deals->changes ? g_strdup_printf("given_rows(%u)", store_given_number(deals->changes)) : NULL;
  DerivedWanted wanted = {.only_touched = TRUE,
                          .is_kept = TRUE,
                          .touched = touched,
                          .deals = known,
                          .changes = changes,
                          .is_dated = deals->is_dated,
                          .n_parts = 1,
                          .wants_changes = needed->wants_changes && deals->has_changes,
                          .wants_activities = needed->wants_activities && deals->has_activities && !deals->has_silences,
                          .wants_stages = needed->wants_stages};
  return store_derived_gather_into(store, few_of(store)->facts, &wanted, error);
}

static gboolean gather_all(Store *store, const StoreDeals *deals, const DerivedWanted *needed,
                           StoreDerivedChange *changes, guint n, GError **error) {
  if (store->few && store_derived_words_count(store->few->facts->words) > MAX_WORDS) store_forget_deals(store);
  if (!gather(store, deals, needed, error)) return FALSE;
  for (guint i = 0; deals->has_silences && i < n; i++) {
    if (!g_str_equal(changes[i].table->name, derived_silence_form.table)) continue;
    g_autoptr(StoreRows) silences = take_out_silences(store, deals->touched, deals->is_dated, &changes[i].gone, error);
    if (!silences) return FALSE;
    learn_activities(store->few->facts, silences);
  }
  return TRUE;
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
    changes[n] = (StoreDerivedChange){.table = table, .gone = no_rows, .come = no_rows};
    wanted[n++] = forms[f];
    needed.wants_changes |= store_derived_needs(table, "stage_change");
    needed.wants_activities |= store_derived_needs(table, "activity");
    needed.wants_stages |= store_derived_needs(table, "stage");
  }
  *n_changes = n;
  if (n == 0) return TRUE;
  gboolean ok = gather_all(store, deals, &needed, changes, n, error);
  for (guint i = 0; ok && i < n; i++) ok = refresh(store, wanted[i], deals, &changes[i], error);
  return ok;
}

/* --- activities --- */

typedef struct {
  DerivedFacts *facts;
  GHashTable *numbers; /* deals by key */
  GHashTable *lost;    /* "deal moment" when nothing is done any more */
} Silences;

static void silences_clear(Silences *silences) {
  g_clear_pointer(&silences->numbers, g_hash_table_unref);
  g_clear_pointer(&silences->lost, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Silences, silences_clear)

static char *moment_name(StoreValue deal, gint64 at) {
  return g_strdup_printf("%" G_GINT64_MODIFIER "x %" G_GINT64_MODIFIER "x", (guint64)deal.integer, (guint64)at);
}

/* Moments at which activities that went were done, but for those at which another one was. */
static gboolean find_lost(Store *store, Silences *silences, const StoreGiven *went, GError **error) {
  silences->lost = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (gsize r = 0; r < store_given_count(went); r++) {
    const StoreValue *row = store_given_row(went, r);
    if (row[1].type != STORE_NULL) g_hash_table_add(silences->lost, moment_name(row[0], row[1].integer));
  }
  if (g_hash_table_size(silences->lost) == 0) return TRUE;
  g_autofree char *sql = g_strdup_printf(
      "SELECT opportunity, done_at FROM activity WHERE (opportunity, done_at_day) IN (SELECT "
      "opportunity, done_at_day FROM given_rows(%u))",
      store_given_number(went));
  g_autoptr(StoreRows) there = store_query_kept(store, sql, NULL, 0, 0, error);
  for (gsize r = 0; there && r < store_rows_count(there); r++) {
    g_autofree char *name = moment_name(store_rows_value(there, r, 0), store_rows_value(there, r, 1).integer);
    g_hash_table_remove(silences->lost, name);
  }
  return there != NULL;
}

/* The row's deal, which is new when this is its first row. */
static DerivedDeal *deal_of_silence(Silences *silences, const StoreValue *row) {
  DerivedFacts *facts = silences->facts;
  DerivedDeal *known = deal_of(facts, silences->numbers, row[OF]);
  if (known) return known;
  DerivedDeal deal = {.key = (guint64)row[OF].integer,
                      .created = moment_at(&row[SINCE]),
                      .end = moment_at(&row[ENDED]),
                      .planned_until = moment_at(&row[PLANNED]),
                      .amount = whole_or(row[AMOUNT], DERIVED_NO_INSTANT),
                      .owner = (gint32)whole_or(row[OWNER], DERIVED_NO_DAY),
                      .account = (gint32)whole_or(row[ACCOUNT], DERIVED_NO_DAY),
                      .product = (gint32)whole_or(row[PRODUCT], DERIVED_NO_DAY),
                      .source = word_of(facts, row[SOURCE]),
                      .currency = word_of(facts, row[CURRENCY]),
                      .stage = word_of(facts, row[STAGE]),
                      .change = -1,
                      .touch = -1};
  g_array_append_val(facts->deals, deal);
  g_hash_table_insert(silences->numbers, g_memdup2(&deal.key, sizeof deal.key),
                      GINT_TO_POINTER((gint)facts->deals->len));
  return &g_array_index(facts->deals, DerivedDeal, facts->deals->len - 1);
}

/* The first begins with the creation, each other one with an activity, and the last ends with the close, if at all. */
static void add_silence_row(Silences *silences, const StoreValue *row) {
  DerivedDeal *deal = deal_of_silence(silences, row);
  DerivedMoment since = moment_at(&row[SINCE]), ended = moment_at(&row[ENDED]);
  if (since.at < deal->created.at) deal->created = since;
  if (ended.at == DERIVED_NO_INSTANT || deal->end.at == DERIVED_NO_INSTANT)
    deal->end = DERIVED_NEVER;
  else if (ended.at > deal->end.at)
    deal->end = ended;
  g_autofree char *name = moment_name(row[OF], since.at);
  if (!g_hash_table_contains(silences->lost, name)) add_touch(silences->facts, deal, since);
}

static void add_activity(const Silences *silences, const StoreValue *row) {
  DerivedDeal *deal = deal_of(silences->facts, silences->numbers, row[0]);
  if (!deal) return;
  DerivedMoment done = moment_at(&row[1]);
  if (done.at != DERIVED_NO_INSTANT) add_touch(silences->facts, deal, done);
  deal->planned_until = derived_later(deal->planned_until, moment_at(&row[3]));
}

/* Where what was planned for the longest time went, the next one is looked for. */
static gboolean find_planned(Store *store, const Silences *silences, const StoreActivities *activities,
                             GError **error) {
  gboolean is_lost = FALSE;
  for (gsize r = 0; r < store_given_count(activities->went); r++) {
    const StoreValue *row = store_given_row(activities->went, r);
    const DerivedDeal *deal = deal_of(silences->facts, silences->numbers, row[0]);
    DerivedMoment planned = moment_at(&row[3]);
    is_lost |= deal && planned.at != DERIVED_NO_INSTANT && planned.at >= deal->planned_until.at;
  }
  if (!is_lost) return TRUE;
  g_autofree char *sql = g_strdup_printf(
      "SELECT opportunity, max(scheduled_at), max(scheduled_at_day) FROM activity WHERE opportunity IN (SELECT key "
      "FROM given_rows(%u)) AND done_at IS NULL AND outcome IS DISTINCT FROM 'cancelled' AND outcome IS DISTINCT FROM "
      "'no_show' GROUP BY opportunity",
      store_given_number(activities->touched));
  g_autoptr(StoreRows) rows = store_query_kept(store, sql, NULL, 0, 0, error);
  if (!rows) return FALSE;
  for (guint d = 0; d < silences->facts->deals->len; d++)
    g_array_index(silences->facts->deals, DerivedDeal, d).planned_until = DERIVED_NEVER;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    DerivedDeal *deal = deal_of(silences->facts, silences->numbers, store_rows_value(rows, r, 0));
    if (deal) deal->planned_until = moment_at(store_rows_row(rows, r) + 1);
  }
  return TRUE;
}

gboolean store_refresh_silences(Store *store, const LedgerSchema *schema, const StoreActivities *activities,
                                StoreDerivedChange *change, GError **error) {
  g_auto(Silences) silences = {.facts = few_of(store)->facts};
  const LedgerTable *table = ledger_schema_find(schema, "silence");
  *change = (StoreDerivedChange){.table = table, .gone = no_rows, .come = no_rows};
  store_derived_facts_empty(silences.facts);
  silences.numbers = number_deals(silences.facts);
  g_autoptr(StoreRows) rows = take_out_silences(store, activities->touched, activities->is_dated, &change->gone, error);
  if (!rows || !find_lost(store, &silences, activities->went, error)) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) add_silence_row(&silences, store_rows_row(rows, r));
  if (!find_planned(store, &silences, activities, error)) return FALSE;
  for (gsize r = 0; r < store_given_count(activities->came); r++)
    add_activity(&silences, store_given_row(activities->came, r));
  store_derived_order_touches(silences.facts);
  measure(&change->come, table, silences.facts, &derived_silence_form);
  return change->come.n == 0 || put_in(store, &derived_silence_form, error);
}
