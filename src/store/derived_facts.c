/* Reading the facts and putting each deal's own together, so that its derived rows follow from one walk over them.
 *
 *   opportunity  ──► deals    (an array, found by key)      deal ─► change ─► change ─► …
 *   stage_change ──► changes  (an array, in lists)               └► touch ─► touch ─► …
 *   activity     ──► touches  (an array, in lists)          each list in order of time */
#include "store/derived_facts.h"

#include "store/derived_recent.h"
#include "store/derived_rows.h"

#include <string.h>

/* --- rows of a scan into an array of structs --- */

typedef struct {
  const char *sql;
  StoreColumnType type;
  gsize offset;
} Field;

#define IN(of, expression, column_type, member) \
  { expression, STORE_COLUMN_##column_type, G_STRUCT_OFFSET(of, member) }

static const Field deal_fields[] = {
    IN(DerivedDeal, "base.key", UINT64, key),
    IN(DerivedDeal, "created_at", INT64, created.at),
    IN(DerivedDeal, "created_at_day", INT32, created.day),
    IN(DerivedDeal, "CASE WHEN outcome IS DISTINCT FROM 'open' THEN closed_at END", INT64, end.at),
    IN(DerivedDeal, "CASE WHEN outcome IS DISTINCT FROM 'open' THEN closed_at_day END", INT32, end.day),
    IN(DerivedDeal, "expected_close", INT64, expected_close.at),
    IN(DerivedDeal, "expected_close_day", INT32, expected_close.day),
    IN(DerivedDeal, "amount", INT64, amount),
    IN(DerivedDeal, "probability", DOUBLE, probability),
    IN(DerivedDeal, "owner", INT32, owner),
    IN(DerivedDeal, "account", INT32, account),
    IN(DerivedDeal, "product", INT32, product),
    IN(DerivedDeal, "source", TEXT, source),
    IN(DerivedDeal, "currency", TEXT, currency),
    IN(DerivedDeal, "stage", TEXT, stage),
    IN(DerivedDeal, "pipeline", TEXT, pipeline),
    IN(DerivedDeal, "forecast_category", TEXT, forecast_category),
    IN(DerivedDeal, "outcome IS NOT DISTINCT FROM 'won'", BOOL, is_won),
};

static const Field change_fields[] = {
    IN(DerivedChange, "opportunity", UINT64, of),
    IN(DerivedChange, "base.key", UINT64, key),
    IN(DerivedChange, "recorded_at", INT64, recorded_at),
    IN(DerivedChange, "\"at\"", INT64, when.at),
    IN(DerivedChange, "at_day", INT32, when.day),
    IN(DerivedChange, "expected_close", INT64, expected_close.at),
    IN(DerivedChange, "expected_close_day", INT32, expected_close.day),
    IN(DerivedChange, "amount", INT64, amount),
    IN(DerivedChange, "probability", DOUBLE, probability),
    IN(DerivedChange, "stage", TEXT, stage),
    IN(DerivedChange, "currency", TEXT, currency),
    IN(DerivedChange, "forecast_category", TEXT, forecast_category),
};

static const Field touch_fields[] = {
    IN(DerivedTouch, "opportunity", UINT64, of),
    IN(DerivedTouch, "done_at", INT64, when.at),
    IN(DerivedTouch, "done_at_day", INT32, when.day),
};

static const Field planned_fields[] = {
    IN(DerivedTouch, "opportunity", UINT64, of),
    IN(DerivedTouch, "scheduled_at", INT64, when.at),
    IN(DerivedTouch, "scheduled_at_day", INT32, when.day),
};

typedef struct {
  GArray *rows;
  const Field *fields;
  guint n_fields;
} Reading;

static gboolean is_null(const guint64 *valid, gsize row) {
  return valid && !(valid[row / 64] >> (row % 64) & 1);
}

static void copy_wide(char *to, gsize step, const guint64 *from, const guint64 *valid, gsize n, guint64 null) {
  for (gsize row = 0; row < n; row++, to += step) {
    guint64 value = is_null(valid, row) ? null : from[row];
    memcpy(to, &value, sizeof value);
  }
}

static void copy_narrow(char *to, gsize step, const gint32 *from, const guint64 *valid, gsize n, gint32 null) {
  for (gsize row = 0; row < n; row++, to += step) {
    gint32 value = is_null(valid, row) ? null : from[row];
    memcpy(to, &value, sizeof value);
  }
}

static gboolean append_chunk(const StoreChunk *chunk, gpointer user_data, GError **error G_GNUC_UNUSED) {
  Reading *reading = user_data;
  gsize step = g_array_get_element_size(reading->rows), first = reading->rows->len;
  g_array_set_size(reading->rows, (guint)(first + chunk->n_rows));
  for (guint f = 0; f < reading->n_fields; f++) {
    char *to = reading->rows->data + first * step + reading->fields[f].offset;
    const void *from = chunk->data[f];
    const guint64 *valid = chunk->valid[f];
    switch (reading->fields[f].type) {
      case STORE_COLUMN_BOOL:
        for (gsize row = 0; row < chunk->n_rows; row++) to[row * step] = (char)((const guint8 *)from)[row];
        break;
      case STORE_COLUMN_INT32:
        copy_narrow(to, step, from, valid, chunk->n_rows, DERIVED_NO_DAY);
        break;
      case STORE_COLUMN_TEXT:
        copy_narrow(to, step, from, valid, chunk->n_rows, -1);
        break;
      case STORE_COLUMN_INT64:
      case STORE_COLUMN_UINT64:
        copy_wide(to, step, from, valid, chunk->n_rows, (guint64)DERIVED_NO_INSTANT);
        break;
      case STORE_COLUMN_DOUBLE:
        copy_wide(to, step, from, valid, chunk->n_rows, DERIVED_NO_NUMBER);
        break;
    }
  }
  return TRUE;
}

/* A scan's own numbers of texts become the words that all scans share; row by row, for rows are wide and many. */
typedef struct {
  gsize offset;
  DerivedWord *word_of;
} Numbering;

static DerivedWord *words_of(const StoreDictionary *dictionary, DerivedWords *words) {
  gint32 n = store_dictionary_size(dictionary);
  DerivedWord *word_of = g_new(DerivedWord, MAX(n, 1));
  for (gint32 code = 0; code < n; code++)
    word_of[code] = store_derived_word(words, store_dictionary_text(dictionary, code));
  return word_of;
}

static void number_row(char *row, const Numbering *texts, guint n_texts) {
  for (guint t = 0; t < n_texts; t++) {
    gint32 code;
    memcpy(&code, row + texts[t].offset, sizeof code);
    if (code >= 0) memcpy(row + texts[t].offset, &texts[t].word_of[code], sizeof code);
  }
}

static void number_texts(const Reading *reading, StoreDictionary *const *dictionaries, DerivedWords *words) {
  g_autofree Numbering *texts = g_new(Numbering, reading->n_fields);
  guint n_texts = 0;
  for (guint f = 0; f < reading->n_fields; f++) {
    if (!dictionaries[f] || store_dictionary_size(dictionaries[f]) == 0) continue;
    texts[n_texts++] = (Numbering){reading->fields[f].offset, words_of(dictionaries[f], words)};
  }
  gsize step = g_array_get_element_size(reading->rows);
  char *at = reading->rows->data;
  for (guint row = 0; n_texts > 0 && row < reading->rows->len; row++, at += step) number_row(at, texts, n_texts);
  for (guint t = 0; t < n_texts; t++) g_free(texts[t].word_of);
}

static gboolean read_rows(Store *store, DerivedFacts *facts, const DerivedWanted *wanted, const Reading *reading,
                          const char *from, GError **error) {
  g_autoptr(GString) sql = g_string_new("SELECT ");
  g_autofree StoreColumnType *types = g_new(StoreColumnType, reading->n_fields);
  g_autofree StoreDictionary **dictionaries = g_new0(StoreDictionary *, reading->n_fields);
  for (guint f = 0; f < reading->n_fields; f++) {
    types[f] = reading->fields[f].type;
    g_string_append_printf(sql, "%s%s", f ? ", " : "", reading->fields[f].sql);
  }
  g_string_append_printf(sql, " FROM %s", from);
  StoreScan scan = {.sql = sql->str, .types = types, .n_columns = reading->n_fields, .is_kept = wanted->is_kept};
  if (!store_scan(store, &scan, append_chunk, (gpointer)reading, dictionaries, NULL, error)) return FALSE;
  number_texts(reading, dictionaries, facts->words);
  for (guint f = 0; f < reading->n_fields; f++) {
    if (dictionaries[f]) store_dictionary_free(dictionaries[f]);
  }
  return TRUE;
}

/* The rows of a fact that belong to the wanted deals. Where their days are known too, the database passes over the
 * blocks of rows that have others. */
static char *from_of(const DerivedWanted *wanted, const char *table, const char *key, const char *condition) {
  g_autoptr(GString) from = g_string_new(NULL);
  g_string_append_printf(from, "%s base", table);
  gboolean are_deals = g_str_equal(table, "opportunity"), are_changes = g_str_equal(table, "stage_change");
  const char *touched = wanted->touched ? wanted->touched : "derived_touched";
  if (are_changes && wanted->changes) touched = wanted->changes;
  if (wanted->only_touched)
    g_string_append_printf(from, " SEMI JOIN %s touched ON touched.key = base.%s", touched, key);
  if (are_deals && wanted->is_dated) g_string_append(from, " AND touched.deal_day = base.created_at_day");
  if (are_changes && wanted->changes) g_string_append(from, " AND touched.day = base.at_day");
  g_string_append_printf(from, " WHERE base.%s IS NOT NULL%s", key, condition);
  if (wanted->n_parts > 1) g_string_append_printf(from, " AND base.%s %% %u = %u", key, wanted->n_parts, wanted->part);
  return g_string_free(g_steal_pointer(&from), FALSE);
}

/* --- deals by key --- */

typedef struct {
  guint64 key;
  gint32 deal; /* -1: free */
} Slot;

typedef struct {
  Slot *slots;
  guint bits;
} Index;

static gsize slot_of(const Index *index, guint64 key) {
  return (gsize)(key * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15) >> (64 - index->bits));
}

static void index_clear(Index *index) {
  g_free(index->slots);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Index, index_clear)

/* Once there is something to find in it. */
static void index_deals(Index *index, const GArray *deals) {
  if (index->slots) return;
  index->bits = 4;
  while (((gsize)1 << index->bits) < 2 * (gsize)deals->len) index->bits++;
  gsize n = (gsize)1 << index->bits;
  index->slots = g_new(Slot, n);
  for (gsize i = 0; i < n; i++) index->slots[i].deal = -1;
  for (guint d = 0; d < deals->len; d++) {
    guint64 key = g_array_index(deals, DerivedDeal, d).key;
    gsize at = slot_of(index, key);
    while (index->slots[at].deal >= 0) at = (at + 1) & (n - 1);
    index->slots[at] = (Slot){.key = key, .deal = (gint32)d};
  }
}

static DerivedDeal *find_deal(const Index *index, const GArray *deals, guint64 key) {
  gsize n = (gsize)1 << index->bits;
  for (gsize at = slot_of(index, key); index->slots[at].deal >= 0; at = (at + 1) & (n - 1)) {
    if (index->slots[at].key == key) return &g_array_index(deals, DerivedDeal, index->slots[at].deal);
  }
  return NULL;
}

void store_derived_place_stages(DerivedFacts *facts) {
  for (guint d = 0; d < facts->deals->len; d++) {
    DerivedDeal *deal = &g_array_index(facts->deals, DerivedDeal, d);
    deal->rung = store_derived_place(facts->ladders, facts->words, deal->pipeline, deal->stage);
    deal->ladder = store_derived_ladder_of(facts->ladders, facts->words, deal->pipeline, deal->rung);
    for (gint32 c = deal->change; c >= 0;) {
      DerivedChange *change = &g_array_index(facts->changes, DerivedChange, c);
      change->rung = store_derived_place(facts->ladders, facts->words, deal->pipeline, change->stage);
      c = change->next;
    }
  }
}

/* --- gathering --- */

static void put_before(gint32 *first, gint32 *next, guint number) {
  *next = *first;
  *first = (gint32)number;
}

static gboolean read_deals(Store *store, DerivedFacts *facts, const DerivedWanted *wanted, GError **error) {
  if (wanted->deals) {
    store_derived_add_deals(facts, wanted->deals);
    return TRUE;
  }
  g_autofree char *from = from_of(wanted, "opportunity", "key", "");
  Reading reading = {facts->deals, deal_fields, G_N_ELEMENTS(deal_fields)};
  if (!read_rows(store, facts, wanted, &reading, from, error)) return FALSE;
  for (guint d = 0; d < facts->deals->len; d++) {
    DerivedDeal *deal = &g_array_index(facts->deals, DerivedDeal, d);
    deal->change = deal->touch = deal->rung = deal->ladder = -1;
    deal->planned_until = (DerivedMoment)DERIVED_NO_MOMENT;
  }
  return TRUE;
}

static gboolean read_changes(Store *store, DerivedFacts *facts, Index *index, const DerivedWanted *wanted,
                             GError **error) {
  g_autofree char *from = from_of(wanted, "stage_change", "opportunity", "");
  Reading reading = {facts->changes, change_fields, G_N_ELEMENTS(change_fields)};
  if (wanted->wants_changes && !read_rows(store, facts, wanted, &reading, from, error)) return FALSE;
  guint first_told = wanted->told ? store_derived_add_changes(facts, wanted->told) : facts->changes->len;
  if (facts->changes->len > 0) index_deals(index, facts->deals);
  for (guint c = facts->changes->len; c-- > 0;) {
    DerivedChange *change = &g_array_index(facts->changes, DerivedChange, c);
    DerivedDeal *deal = find_deal(index, facts->deals, change->of);
    change->rank = 0;
    change->rung = -1;
    change->is_told = c >= first_told;
    if (deal) put_before(&deal->change, &change->next, c);
  }
  return TRUE;
}

static gboolean read_touches(Store *store, DerivedFacts *facts, Index *index, const DerivedWanted *wanted,
                             GError **error) {
  g_autofree char *done = from_of(wanted, "activity", "opportunity", " AND done_at IS NOT NULL");
  Reading reading = {facts->touches, touch_fields, G_N_ELEMENTS(touch_fields)};
  if (!read_rows(store, facts, wanted, &reading, done, error)) return FALSE;
  if (facts->touches->len > 0) index_deals(index, facts->deals);
  for (guint t = facts->touches->len; t-- > 0;) {
    DerivedTouch *touch = &g_array_index(facts->touches, DerivedTouch, t);
    DerivedDeal *deal = find_deal(index, facts->deals, touch->of);
    if (deal) put_before(&deal->touch, &touch->next, t);
  }
  return TRUE;
}

static gboolean read_planned(Store *store, DerivedFacts *facts, Index *index, const DerivedWanted *wanted,
                             GError **error) {
  g_autofree char *planned = from_of(wanted, "activity", "opportunity",
                                     " AND done_at IS NULL AND outcome IS DISTINCT FROM 'cancelled' AND outcome IS "
                                     "DISTINCT FROM 'no_show'");
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(DerivedTouch));
  Reading reading = {rows, planned_fields, G_N_ELEMENTS(planned_fields)};
  if (!read_rows(store, facts, wanted, &reading, planned, error)) return FALSE;
  if (rows->len > 0) index_deals(index, facts->deals);
  for (guint i = 0; i < rows->len; i++) {
    const DerivedTouch *row = &g_array_index(rows, DerivedTouch, i);
    DerivedDeal *deal = find_deal(index, facts->deals, row->of);
    if (!deal) continue;
    deal->planned_until.at = MAX(deal->planned_until.at, row->when.at);
    deal->planned_until.day = MAX(deal->planned_until.day, row->when.day);
  }
  return TRUE;
}

DerivedFacts *store_derived_facts_new(void) {
  DerivedFacts *facts = g_new0(DerivedFacts, 1);
  facts->deals = g_array_new(FALSE, FALSE, sizeof(DerivedDeal));
  facts->changes = g_array_new(FALSE, FALSE, sizeof(DerivedChange));
  facts->touches = g_array_new(FALSE, FALSE, sizeof(DerivedTouch));
  facts->words = store_derived_words_new();
  facts->pushed = store_derived_word(facts->words, "pushed");
  facts->pulled_in = store_derived_word(facts->words, "pulled_in");
  return facts;
}

void store_derived_facts_free(DerivedFacts *facts) {
  if (!facts) return;
  g_array_unref(facts->deals);
  g_array_unref(facts->changes);
  g_array_unref(facts->touches);
  store_derived_ladders_free(facts->ladders);
  store_derived_words_free(facts->words);
  g_free(facts);
}

void store_derived_facts_empty(DerivedFacts *facts) {
  g_array_set_size(facts->deals, 0);
  g_array_set_size(facts->changes, 0);
  g_array_set_size(facts->touches, 0);
}

gboolean store_derived_gather_into(Store *store, DerivedFacts *facts, const DerivedWanted *wanted, GError **error) {
  store_derived_facts_empty(facts);
  if (!read_deals(store, facts, wanted, error)) return FALSE;
  g_auto(Index) index = {0};
  if (wanted->recent) store_derived_recall(wanted->recent, facts);
  if ((wanted->wants_changes || wanted->told || wanted->recent) && !read_changes(store, facts, &index, wanted, error))
    return FALSE;
  if (wanted->wants_activities &&
      (!read_touches(store, facts, &index, wanted, error) || !read_planned(store, facts, &index, wanted, error)))
    return FALSE;
  if (!store_derived_order(store, facts, error)) return FALSE;
  if (!wanted->wants_stages) return TRUE;
  if (!facts->ladders) facts->ladders = store_derived_ladders_read(store, facts->words, error);
  if (facts->ladders) store_derived_place_stages(facts);
  return facts->ladders != NULL;
}

DerivedFacts *store_derived_gather(Store *store, const DerivedWanted *wanted, GError **error) {
  g_autoptr(DerivedFacts) facts = store_derived_facts_new();
  return store_derived_gather_into(store, facts, wanted, error) ? g_steal_pointer(&facts) : NULL;
}
