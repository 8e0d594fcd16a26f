/* The silences of deals whose activities went and came, where nothing else changed: what they were tells the rest. */
#include "store/derived_few.h"

/* The columns of silence that tell of the deal, and when something was done on it. */
static const char silence_columns[] =
    "opportunity, owner, account, product, source, currency, stage, amount, planned_until, planned_until_day, since, "
    "since_day, ended_at, ended_at_day";
enum { OF, OWNER, ACCOUNT, PRODUCT, SOURCE, CURRENCY, STAGE, AMOUNT, PLANNED, SINCE = 10, ENDED = 12 };

static gint64 whole_or(StoreValue value, gint64 null) {
  return value.type == STORE_NULL ? null : value.integer;
}

static DerivedWord word_of(DerivedFacts *facts, StoreValue value) {
  return value.type == STORE_TEXT ? store_derived_word(facts->words, value.text) : -1;
}

static StoreRows *take_out_silences(Store *store, const StoreActivities *activities, StoreSpan *gone, GError **error) {
  const char *table = derived_silence_form.table;
  g_autoptr(StoreRows) rows =
      store_derived_read_rows(store, table, activities->touched, activities->is_dated, silence_columns, error);
  for (gsize r = 0; rows && r < store_rows_count(rows); r++) {
    const StoreValue *row = store_rows_row(rows, r);
    DerivedMoment since = store_derived_moment(&row[SINCE]), ended = store_derived_moment(&row[ENDED]);
    store_derived_widen(gone, since.day, since.day, since.at);
    store_derived_widen(gone, ended.day, ended.day, ended.at);
  }
  if (!rows || store_rows_count(rows) == 0) return g_steal_pointer(&rows);
  return store_derived_take_out(store, table, activities->touched, activities->is_dated, &gone->n, error)
             ? g_steal_pointer(&rows)
             : NULL;
}

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
  DerivedDeal *known = store_derived_deal_of(facts, silences->numbers, row[OF]);
  if (known) return known;
  DerivedDeal deal = {.key = (guint64)row[OF].integer,
                      .created = store_derived_moment(&row[SINCE]),
                      .end = store_derived_moment(&row[ENDED]),
                      .planned_until = store_derived_moment(&row[PLANNED]),
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
  DerivedMoment since = store_derived_moment(&row[SINCE]), ended = store_derived_moment(&row[ENDED]);
  if (since.at < deal->created.at) deal->created = since;
  if (ended.at == DERIVED_NO_INSTANT || deal->end.at == DERIVED_NO_INSTANT)
    deal->end = DERIVED_NEVER;
  else if (ended.at > deal->end.at)
    deal->end = ended;
  g_autofree char *name = moment_name(row[OF], since.at);
  if (!g_hash_table_contains(silences->lost, name)) store_derived_add_touch(silences->facts, deal, since);
}

static void add_activity(const Silences *silences, const StoreValue *row) {
  DerivedDeal *deal = store_derived_deal_of(silences->facts, silences->numbers, row[0]);
  if (!deal) return;
  DerivedMoment done = store_derived_moment(&row[1]);
  if (done.at != DERIVED_NO_INSTANT) store_derived_add_touch(silences->facts, deal, done);
  deal->planned_until = derived_later(deal->planned_until, store_derived_moment(&row[3]));
}

/* Where what was planned for the longest time went, the next one is looked for. */
static gboolean find_planned(Store *store, const Silences *silences, const StoreActivities *activities,
                             GError **error) {
  gboolean is_lost = FALSE;
  for (gsize r = 0; r < store_given_count(activities->went); r++) {
    const StoreValue *row = store_given_row(activities->went, r);
    const DerivedDeal *deal = store_derived_deal_of(silences->facts, silences->numbers, row[0]);
    DerivedMoment planned = store_derived_moment(&row[3]);
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
    DerivedDeal *deal = store_derived_deal_of(silences->facts, silences->numbers, store_rows_value(rows, r, 0));
    if (deal) deal->planned_until = store_derived_moment(store_rows_row(rows, r) + 1);
  }
  return TRUE;
}

gboolean store_refresh_silences(Store *store, const LedgerSchema *schema, const StoreActivities *activities,
                                StoreDerivedChange *change, GError **error) {
  g_auto(Silences) silences = {.facts = store_derived_few(store)->facts};
  const LedgerTable *table = ledger_schema_find(schema, "silence");
  *change = (StoreDerivedChange){.table = table, .gone = derived_no_rows, .come = derived_no_rows};
  store_derived_facts_empty(silences.facts);
  store_derived_recent_forget(store->few->recent, activities->touched, 0);
  silences.numbers = store_derived_number_deals(silences.facts);
  g_autoptr(StoreRows) rows = take_out_silences(store, activities, &change->gone, error);
  if (!rows || !find_lost(store, &silences, activities->went, error)) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) add_silence_row(&silences, store_rows_row(rows, r));
  if (!find_planned(store, &silences, activities, error)) return FALSE;
  for (gsize r = 0; r < store_given_count(activities->came); r++)
    add_activity(&silences, store_given_row(activities->came, r));
  store_derived_order_touches(silences.facts);
  g_auto(DerivedDifference) difference = {0};
  store_derived_differ(NULL, silences.facts, &derived_silence_form, table, &difference);
  change->come = difference.come_span;
  return store_derived_put_in(store, &derived_silence_form, difference.come, error);
}
