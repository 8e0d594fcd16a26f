/* Facts of a few deals from rows in memory, as the scans of derived_facts.c read them from the database: whoever writes
 * them has them, and a look costs more than all that is made of them. */
#include "store/derived_facts.h"

#include <string.h>

typedef enum { WIDE, NARROW, SHARE, WORD } Kind;

typedef struct {
  const char *column;
  Kind kind;
  gsize offset;
} Told;

#define TOLD(of, title, kind, member) \
  { title, kind, G_STRUCT_OFFSET(of, member) }

static const Told deal_columns[] = {
    TOLD(DerivedDeal, "key", WIDE, key),
    TOLD(DerivedDeal, "created_at", WIDE, created.at),
    TOLD(DerivedDeal, "created_at_day", NARROW, created.day),
    TOLD(DerivedDeal, "closed_at", WIDE, end.at),
    TOLD(DerivedDeal, "closed_at_day", NARROW, end.day),
    TOLD(DerivedDeal, "expected_close", WIDE, expected_close.at),
    TOLD(DerivedDeal, "expected_close_day", NARROW, expected_close.day),
    TOLD(DerivedDeal, "amount", WIDE, amount),
    TOLD(DerivedDeal, "probability", SHARE, probability),
    TOLD(DerivedDeal, "owner", NARROW, owner),
    TOLD(DerivedDeal, "account", NARROW, account),
    TOLD(DerivedDeal, "product", NARROW, product),
    TOLD(DerivedDeal, "source", WORD, source),
    TOLD(DerivedDeal, "currency", WORD, currency),
    TOLD(DerivedDeal, "stage", WORD, stage),
    TOLD(DerivedDeal, "pipeline", WORD, pipeline),
    TOLD(DerivedDeal, "forecast_category", WORD, forecast_category),
};

static const Told change_columns[] = {
    TOLD(DerivedChange, "opportunity", WIDE, of),
    TOLD(DerivedChange, "key", WIDE, key),
    TOLD(DerivedChange, "recorded_at", WIDE, recorded_at),
    TOLD(DerivedChange, "at", WIDE, when.at),
    TOLD(DerivedChange, "at_day", NARROW, when.day),
    TOLD(DerivedChange, "expected_close", WIDE, expected_close.at),
    TOLD(DerivedChange, "expected_close_day", NARROW, expected_close.day),
    TOLD(DerivedChange, "amount", WIDE, amount),
    TOLD(DerivedChange, "probability", SHARE, probability),
    TOLD(DerivedChange, "stage", WORD, stage),
    TOLD(DerivedChange, "currency", WORD, currency),
    TOLD(DerivedChange, "forecast_category", WORD, forecast_category),
};

static void take_value(char *to, Kind kind, StoreValue value, DerivedWords *words) {
  gboolean is_null = value.type == STORE_NULL;
  gint64 wide = is_null ? DERIVED_NO_INSTANT : value.integer;
  gint32 narrow = is_null ? DERIVED_NO_DAY : (gint32)value.integer;
  guint64 share = DERIVED_NO_NUMBER;
  DerivedWord word = kind == WORD ? store_derived_word(words, is_null ? NULL : value.text) : -1;
  switch (kind) {
    case WIDE:
      memcpy(to, &wide, sizeof wide);
      break;
    case NARROW:
      memcpy(to, &narrow, sizeof narrow);
      break;
    case SHARE:
      if (!is_null) memcpy(&share, &value.number, sizeof share);
      memcpy(to, &share, sizeof share);
      break;
    case WORD:
      memcpy(to, &word, sizeof word);
      break;
  }
}

/* Where each of `told` is in the rows. */
static guint *places_of(const StoreGiven *rows, const Told *told, gsize n_told) {
  guint *places = g_new(guint, n_told);
  for (gsize t = 0; t < n_told; t++) places[t] = store_given_column(rows, told[t].column);
  return places;
}

void store_derived_add_deals(DerivedFacts *facts, const StoreGiven *rows) {
  g_autofree guint *places = places_of(rows, deal_columns, G_N_ELEMENTS(deal_columns));
  guint outcome = store_given_column(rows, "outcome");
  for (gsize r = 0; r < store_given_count(rows); r++) {
    const StoreValue *row = store_given_row(rows, r);
    DerivedDeal deal = {.change = -1, .touch = -1, .rung = -1, .ladder = -1, .planned_until = DERIVED_NO_MOMENT};
    for (gsize t = 0; t < G_N_ELEMENTS(deal_columns); t++)
      take_value((char *)&deal + deal_columns[t].offset, deal_columns[t].kind, row[places[t]], facts->words);
    gboolean is_told = row[outcome].type == STORE_TEXT;
    if (is_told && g_str_equal(row[outcome].text, "open")) deal.end = (DerivedMoment)DERIVED_NO_MOMENT;
    deal.is_won = is_told && g_str_equal(row[outcome].text, "won");
    g_array_append_val(facts->deals, deal);
  }
}

/* Those that a scan has found already. */
static void leave_out(GArray *changes, const StoreGiven *rows, guint key) {
  g_autoptr(GHashTable) keys = g_hash_table_new(g_int64_hash, g_int64_equal);
  for (gsize r = 0; r < store_given_count(rows); r++)
    g_hash_table_add(keys, (gpointer)&store_given_row(rows, r)[key].integer);
  guint kept = 0;
  for (guint c = 0; c < changes->len; c++) {
    DerivedChange change = g_array_index(changes, DerivedChange, c);
    if (!g_hash_table_contains(keys, &change.key)) g_array_index(changes, DerivedChange, kept++) = change;
  }
  g_array_set_size(changes, kept);
}

guint store_derived_add_changes(DerivedFacts *facts, const StoreGiven *rows) {
  g_autofree guint *places = places_of(rows, change_columns, G_N_ELEMENTS(change_columns));
  if (facts->changes->len > 0) leave_out(facts->changes, rows, store_given_column(rows, "key"));
  guint first = facts->changes->len;
  for (gsize r = 0; r < store_given_count(rows); r++) {
    const StoreValue *row = store_given_row(rows, r);
    DerivedChange change = {0};
    for (gsize t = 0; t < G_N_ELEMENTS(change_columns); t++)
      take_value((char *)&change + change_columns[t].offset, change_columns[t].kind, row[places[t]], facts->words);
    g_array_append_val(facts->changes, change);
  }
  return first;
}
