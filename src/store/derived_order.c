/* The lists of a deal in order of time.
 *
 * Exports mostly are in order of time already; then no list is sorted. Changes of one deal at the same moment, recorded
 * at the same moment, go by their ids. These are texts that nothing else needs, so they are compared in the database,
 * and only for such changes. */
#include "store/derived_facts.h"
#include "store/derived_rows.h"

/* Nulls come last. */
static int compare_instants(gint64 a, gint64 b) {
  if (a == b) return 0;
  if (a == DERIVED_NO_INSTANT) return 1;
  if (b == DERIVED_NO_INSTANT) return -1;
  return a < b ? -1 : 1;
}

static int compare_changes(gconstpointer a, gconstpointer b, gpointer facts) {
  const DerivedChange *one = &g_array_index(((DerivedFacts *)facts)->changes, DerivedChange, *(const gint32 *)a);
  const DerivedChange *other = &g_array_index(((DerivedFacts *)facts)->changes, DerivedChange, *(const gint32 *)b);
  int order = compare_instants(one->when.at, other->when.at);
  if (order == 0) order = compare_instants(one->recorded_at, other->recorded_at);
  return order ? order : (one->rank > other->rank) - (one->rank < other->rank);
}

static int compare_touches(gconstpointer a, gconstpointer b, gpointer facts) {
  const DerivedTouch *one = &g_array_index(((DerivedFacts *)facts)->touches, DerivedTouch, *(const gint32 *)a);
  const DerivedTouch *other = &g_array_index(((DerivedFacts *)facts)->touches, DerivedTouch, *(const gint32 *)b);
  int order = compare_instants(one->when.at, other->when.at);
  return order ? order : (one->when.day > other->when.day) - (one->when.day < other->when.day);
}

/* Most lists are short or in order: then g_qsort_with_data's calls and copies would cost more than the sorting. */
static void sort_numbers(gint32 *numbers, guint n, GCompareDataFunc compare, gpointer facts) {
  for (guint i = 1; i < n; i++) {
    if (i == 32) {
      g_qsort_with_data(numbers, (gint)n, sizeof *numbers, compare, facts);
      return;
    }
    gint32 number = numbers[i];
    guint to = i;
    for (; to > 0 && compare(&numbers[to - 1], &number, facts) > 0; to--) numbers[to] = numbers[to - 1];
    numbers[to] = number;
  }
}

static void order_changes(DerivedFacts *facts, DerivedDeal *deal, GArray *numbers) {
  g_array_set_size(numbers, 0);
  for (gint32 c = deal->change; c >= 0; c = g_array_index(facts->changes, DerivedChange, c).next)
    g_array_append_val(numbers, c);
  gint32 *of = (gint32 *)(void *)numbers->data;
  sort_numbers(of, numbers->len, compare_changes, facts);
  deal->change = -1;
  for (guint i = numbers->len; i-- > 0; deal->change = of[i])
    g_array_index(facts->changes, DerivedChange, of[i]).next = deal->change;
}

static void order_touches(DerivedFacts *facts, DerivedDeal *deal, GArray *numbers) {
  g_array_set_size(numbers, 0);
  for (gint32 t = deal->touch; t >= 0; t = g_array_index(facts->touches, DerivedTouch, t).next)
    g_array_append_val(numbers, t);
  gint32 *of = (gint32 *)(void *)numbers->data;
  sort_numbers(of, numbers->len, compare_touches, facts);
  deal->touch = -1;
  for (guint i = numbers->len; i-- > 0; deal->touch = of[i])
    g_array_index(facts->touches, DerivedTouch, of[i]).next = deal->touch;
}

void store_derived_order_touches(DerivedFacts *facts) {
  g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(gint32));
  for (guint d = 0; d < facts->deals->len; d++)
    order_touches(facts, &g_array_index(facts->deals, DerivedDeal, d), numbers);
}

/* Changes whose order their times do not tell; TRUE when there are any. */
static gboolean mark_tied(DerivedFacts *facts, const DerivedDeal *deal) {
  gboolean any = FALSE;
  DerivedChange *before = NULL;
  for (gint32 c = deal->change; c >= 0;) {
    DerivedChange *change = &g_array_index(facts->changes, DerivedChange, c);
    if (before && before->when.at == change->when.at && before->recorded_at == change->recorded_at) {
      before->rank = change->rank = -1;
      any = TRUE;
    }
    before = change;
    c = change->next;
  }
  return any;
}

typedef struct {
  GHashTable *ranks; /* key -> its place by id */
  gint32 n;
} Ranks;

static gboolean add_ranks(const StoreChunk *chunk, gpointer user_data, GError **error G_GNUC_UNUSED) {
  Ranks *ranks = user_data;
  const guint64 *keys = chunk->data[0];
  for (gsize row = 0; row < chunk->n_rows; row++)
    g_hash_table_insert(ranks->ranks, g_memdup2(&keys[row], sizeof *keys), GINT_TO_POINTER(++ranks->n));
  return TRUE;
}

static gboolean rank_by_id(Store *store, DerivedFacts *facts, const GArray *tied, GError **error) {
  static const StoreColumnType types[] = {STORE_COLUMN_UINT64};
  StoreScan scan = {.sql =
                        "SELECT key FROM stage_change WHERE key IN (SELECT key FROM derived_rows()) "
                        "ORDER BY id, key",
                    .types = types,
                    .n_columns = 1};
  g_autoptr(GHashTable) by_key = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  Ranks ranks = {.ranks = by_key};
  Store *owner = store_owner(store);
  owner->emission = store_derived_emission_new(facts, &derived_tied_form);
  gboolean ok = store_scan(store, &scan, add_ranks, &ranks, NULL, NULL, error);
  g_clear_pointer(&owner->emission, store_derived_emission_free);
  if (!ok) return FALSE;
  g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(gint32));
  for (guint i = 0; i < tied->len; i++) {
    DerivedDeal *deal = &g_array_index(facts->deals, DerivedDeal, g_array_index(tied, guint, i));
    for (gint32 c = deal->change; c >= 0;) {
      DerivedChange *change = &g_array_index(facts->changes, DerivedChange, c);
      if (change->rank < 0) change->rank = GPOINTER_TO_INT(g_hash_table_lookup(by_key, &change->key));
      c = change->next;
    }
    order_changes(facts, deal, numbers);
  }
  return TRUE;
}

gboolean store_derived_order(Store *store, DerivedFacts *facts, GError **error) {
  g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(gint32));
  g_autoptr(GArray) tied = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint d = 0; d < facts->deals->len; d++) {
    DerivedDeal *deal = &g_array_index(facts->deals, DerivedDeal, d);
    if (deal->touch >= 0) order_touches(facts, deal, numbers);
    if (deal->change < 0) continue;
    order_changes(facts, deal, numbers);
    if (mark_tied(facts, deal)) g_array_append_val(tied, d);
  }
  return tied->len == 0 || rank_by_id(store, facts, tied, error);
}
