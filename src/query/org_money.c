/* Exchange rates, shared credit and deals that changed hands.
 *
 * A rate holds from its day until the next one's. Days before the first rate have none: an amount then stays in its own
 * currency and the total says what it lacks. Rates are scaled by 10^10 so that every conversion is whole-number
 * arithmetic. */
#include "base/money.h"
#include "query/org.h"
#include "query/org_private.h"

#include <math.h>

#define RATE_SCALE 1e10

typedef struct {
  BaseDay day;
  gint64 rate_e10;
} DatedRate;

struct QueryRates {
  char *currency;
  GArray *dated; /* DatedRate, ascending */
  int from_digits;
  int to_digits;
};

static void rates_free(gpointer data) {
  QueryRates *rates = data;
  g_array_unref(rates->dated);
  g_free(rates->currency);
  g_free(rates);
}

/* Rows come ordered by currency and day. */
gboolean query_org_load_rates(QueryOrg *org, GError **error) {
  org->currencies = g_ptr_array_new_with_free_func(rates_free);
  if (query_stat_is_empty(org->context->stat, "fx_rate")) return TRUE;
  g_autoptr(StoreRows) rows =
      store_query(org->context->store,
                  "SELECT upper(currency), day_day, rate FROM fx_rate WHERE rate > 0 ORDER BY 1, 2, recorded_at, id",
                  NULL, 0, 10000000, error);
  if (rows == NULL) return FALSE;
  QueryRates *rates = NULL;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    const char *currency = store_rows_value(rows, r, 0).text;
    if (rates == NULL || !g_str_equal(rates->currency, currency)) {
      rates = g_new0(QueryRates, 1);
      rates->currency = g_strdup(currency);
      rates->dated = g_array_new(FALSE, FALSE, sizeof(DatedRate));
      rates->from_digits = base_currency_digits(currency);
      rates->to_digits = base_currency_digits(org->context->organisation->currency);
      g_ptr_array_add(org->currencies, rates);
    }
    DatedRate rate = {(BaseDay)store_rows_value(rows, r, 1).integer,
                      (gint64)llround(store_rows_value(rows, r, 2).number * RATE_SCALE)};
    g_array_append_val(rates->dated, rate);
  }
  return TRUE;
}

guint query_org_n_currencies(const QueryOrg *org) {
  return org->currencies->len;
}

const char *query_org_currency(const QueryOrg *org, guint index) {
  return query_org_rates(org, index)->currency;
}

const QueryRates *query_org_rates(const QueryOrg *org, guint index) {
  return g_ptr_array_index(org->currencies, index);
}

gboolean query_rates_convert(const QueryRates *rates, gint64 amount_minor, BaseDay day, gint64 *converted_minor) {
  guint low = 0, high = rates->dated->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (g_array_index(rates->dated, DatedRate, middle).day <= day)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0) return FALSE;
  *converted_minor = base_money_convert(amount_minor, rates->from_digits,
                                        g_array_index(rates->dated, DatedRate, low - 1).rate_e10, rates->to_digits);
  return TRUE;
}

/* --- shared credit --- */

gboolean query_org_load_splits(QueryOrg *org, GError **error) {
  org->splits = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_array_unref);
  if (query_stat_is_empty(org->context->stat, "split")) return TRUE;
  g_autoptr(StoreRows) rows = store_query(org->context->store,
                                          "SELECT opportunity, person, share, coalesce(lower(kind), 'split') = "
                                          "'overlay' FROM split ORDER BY 1, 4, share DESC, person",
                                          NULL, 0, 10000000, error);
  if (rows == NULL) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    gint64 key = store_rows_value(rows, r, 0).integer;
    GArray *credits = g_hash_table_lookup(org->splits, &key);
    if (credits == NULL) {
      credits = g_array_new(FALSE, FALSE, sizeof(QueryCredit));
      g_hash_table_insert(org->splits, g_memdup2(&key, sizeof key), credits);
    }
    QueryCredit credit = {query_org_person(org, (gint32)store_rows_value(rows, r, 1).integer),
                          (gint32)lround(store_rows_value(rows, r, 2).number * 1e6),
                          store_rows_value(rows, r, 3).integer != 0};
    g_array_append_val(credits, credit);
  }
  return TRUE;
}

gboolean query_org_has_splits(const QueryOrg *org, const LedgerTable *fact) {
  gboolean of_deals = g_str_equal(fact->name, "opportunity") || g_str_equal(fact->name, "forecast_state");
  return of_deals && g_hash_table_size(org->splits) > 0;
}

const QueryCredit *query_org_credits(const QueryOrg *org, guint64 opportunity, guint *n) {
  const GArray *credits = g_hash_table_lookup(org->splits, &opportunity);
  if (credits == NULL) return NULL;
  *n = credits->len;
  return &g_array_index(credits, QueryCredit, 0);
}

/* --- deals that changed hands --- */

static GHashTable *load_moves(QueryOrg *org, const LedgerTable *table) {
  GHashTable *moves = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_array_unref);
  const LedgerColumn *owner = ledger_table_owner(table);
  if (table->kind != LEDGER_FACT || owner == NULL) return moves;
  g_autofree char *history = g_strconcat(table->name, "_history", NULL);
  g_autofree char *history_name = store_quote_name(history);
  g_autofree char *table_name = store_quote_name(table->name);
  g_autofree char *column = store_quote_name(owner->name);
  g_autofree char *sql = g_strdup_printf(
      "SELECT h.key, h.superseded_at, coalesce(h.%s, 0) FROM %s h WHERE h.key IN (SELECT x.key FROM %s x JOIN %s c ON "
      "c.key = x.key "
      "WHERE x.%s IS DISTINCT FROM c.%s) ORDER BY h.key, h.superseded_at, h.superseded_by",
      column, history_name, history_name, table_name, column, column);
  g_autoptr(StoreRows) rows = store_query(org->context->store, sql, NULL, 0, 50000000, NULL);
  for (gsize r = 0; rows != NULL && r < store_rows_count(rows); r++) {
    gint64 key = store_rows_value(rows, r, 0).integer;
    GArray *list = g_hash_table_lookup(moves, &key);
    if (list == NULL) {
      list = g_array_new(FALSE, FALSE, sizeof(OrgMove));
      g_hash_table_insert(moves, g_memdup2(&key, sizeof key), list);
    }
    OrgMove move = {.until_us = store_rows_value(rows, r, 1).integer,
                    .owner = (gint32)store_rows_value(rows, r, 2).integer};
    move.until = calendar_day_of(org->context->calendar, move.until_us);
    g_array_append_val(list, move);
  }
  return moves;
}

static GHashTable *moves_of(QueryOrg *org, const LedgerTable *table) {
  GHashTable *moves = g_hash_table_lookup(org->moves, table->name);
  if (moves == NULL) {
    moves = load_moves(org, table);
    g_hash_table_insert(org->moves, (gpointer)table->name, moves);
  }
  return moves;
}

gboolean query_org_table_has_moves(QueryOrg *org, const LedgerTable *table) {
  if (org->context->organisation->owner_credit == CONF_CREDIT_NOW) return FALSE;
  return g_hash_table_size(moves_of(org, table)) > 0;
}

static const GArray *moves_of_row(const QueryOrg *org, const LedgerTable *table, guint64 key) {
  GHashTable *moves = g_hash_table_lookup(org->moves, table->name);
  return moves == NULL ? NULL : g_hash_table_lookup(moves, &key);
}

gint32 query_org_owner_at(const QueryOrg *org, const LedgerTable *table, guint64 key, gint64 at_us, gint32 owner_now) {
  const GArray *list = moves_of_row(org, table, key);
  for (guint i = 0; list != NULL && i < list->len; i++) {
    const OrgMove *move = &g_array_index(list, OrgMove, i);
    if (at_us < move->until_us) return move->owner;
  }
  return owner_now;
}

/* Moves are in order. An owner's days last over moves that only changed something else. */
gint32 query_org_owner_on(const QueryOrg *org, const LedgerTable *table, guint64 key, gint32 owner_now, BaseDay day,
                          BaseDay *until) {
  const GArray *list = moves_of_row(org, table, key);
  const OrgMove *first = NULL;
  *until = BASE_DAY_MAX;
  for (guint i = 0; list != NULL && i < list->len; i++) {
    const OrgMove *move = &g_array_index(list, OrgMove, i);
    if (move->until <= day) continue;
    if (first != NULL && move->owner != first->owner) return first->owner;
    first = first != NULL ? first : move;
    *until = move->until;
  }
  if (first == NULL || first->owner != owner_now) return first == NULL ? owner_now : first->owner;
  *until = BASE_DAY_MAX;
  return owner_now;
}
