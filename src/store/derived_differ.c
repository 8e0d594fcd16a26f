/* What becomes of the derived rows of a few deals: their rows are made as the deals were and as they are, and compared.
 *
 *   deals, changes, touches as they were ─► rows ─┐
 *                                                 ├─► which rows go, which come, and on which days
 *   … as they are ────────────────────────► rows ─┘
 *
 * What is there is what follows from the deals as they were, so none of it is looked at. Where rows are only added at a
 * deal's end, as they mostly are to its moves, none goes. */
#include "store/derived_differ.h"

#include <string.h>

const StoreSpan derived_no_rows = {
    .first_day = DERIVED_NO_DAY, .last_day = DERIVED_NO_DAY, .latest_us = DERIVED_NO_INSTANT};

/* --- the days of rows --- */

void store_derived_widen(StoreSpan *span, gint64 first_day, gint64 last_day, gint64 latest_us) {
  if (first_day != DERIVED_NO_DAY && (span->first_day == DERIVED_NO_DAY || first_day < span->first_day))
    span->first_day = (gint32)first_day;
  span->last_day = MAX(span->last_day, (gint32)last_day); /* nulls are the least numbers */
  span->latest_us = MAX(span->latest_us, latest_us);
}

gboolean store_derived_counts(const LedgerTable *table, const DerivedColumn *column) {
  if (column->type != DERIVED_INSTANT && column->type != DERIVED_DAY) return FALSE;
  g_autofree char *name = g_strdup(column->name);
  if (column->type == DERIVED_DAY) name[strlen(name) - strlen("_day")] = 0;
  const LedgerColumn *of = ledger_table_column(table, name);
  return of && !(of->flags & LEDGER_PLAN);
}

/* Where a row's value of a column is. */
static const char *value_at(const DerivedFacts *facts, const DerivedColumn *column, const char *row) {
  gint32 deal;
  memcpy(&deal, row, sizeof deal);
  return (column->of_deal ? facts->deals->data + (gsize)deal * sizeof(DerivedDeal) : row) + column->offset;
}

static void widen_by_column(StoreSpan *span, const DerivedFacts *facts, gsize row_size, const GArray *rows,
                            const DerivedColumn *column) {
  for (guint r = 0; r < rows->len; r++) {
    const char *value = value_at(facts, column, rows->data + r * row_size);
    gint32 day;
    gint64 at;
    if (column->type == DERIVED_INSTANT) {
      memcpy(&at, value, sizeof at);
      store_derived_widen(span, DERIVED_NO_DAY, DERIVED_NO_DAY, at);
    } else {
      memcpy(&day, value, sizeof day);
      store_derived_widen(span, day, day, DERIVED_NO_INSTANT);
    }
  }
}

static StoreSpan span_of(const LedgerTable *table, const DerivedFacts *facts, const DerivedForm *form,
                         const GArray *rows) {
  StoreSpan span = derived_no_rows;
  span.n = rows->len;
  for (guint c = 0; c < form->n_columns; c++) {
    if (store_derived_counts(table, &form->columns[c]))
      widen_by_column(&span, facts, form->row_size, rows, &form->columns[c]);
  }
  return span;
}

/* --- comparing --- */

static gsize size_of(DerivedType type) {
  switch (type) {
    case DERIVED_FLAG:
      return sizeof(guint8);
    case DERIVED_REF:
    case DERIVED_WORD:
    case DERIVED_DAY:
      return sizeof(gint32);
    case DERIVED_KEY:
    case DERIVED_WHOLE:
    case DERIVED_SHARE:
    case DERIVED_INSTANT:
      return sizeof(gint64);
  }
  g_return_val_if_reached(0);
}

typedef struct {
  DerivedMaker was, is;
  const DerivedForm *form;
} Pair;

static gboolean is_same_row(const Pair *pair, guint row) {
  const DerivedForm *form = pair->form;
  const char *was = pair->was.rows->data + row * form->row_size, *is = pair->is.rows->data + row * form->row_size;
  for (guint c = 0; c < form->n_columns; c++) {
    const DerivedColumn *column = &form->columns[c];
    if (memcmp(value_at(pair->was.facts, column, was), value_at(pair->is.facts, column, is), size_of(column->type)) !=
        0)
      return FALSE;
  }
  return TRUE;
}

/* How many rows stay as they are: all there were, or none. */
static guint n_staying(const Pair *pair) {
  guint n = pair->was.rows->len;
  if (n > pair->is.rows->len) return 0;
  for (guint row = 0; row < n; row++) {
    if (!is_same_row(pair, row)) return 0;
  }
  return n;
}

static DerivedMaker maker_of(const DerivedFacts *facts, const DerivedForm *form) {
  return (DerivedMaker){.facts = facts,
                        .rows = g_array_new(FALSE, FALSE, (guint)form->row_size),
                        .steps = g_array_new(FALSE, FALSE, (guint)derived_step_size),
                        .stays = g_array_new(FALSE, FALSE, (guint)derived_stay_size)};
}

static void maker_clear(DerivedMaker *maker) {
  g_array_unref(maker->rows);
  g_array_unref(maker->steps);
  g_array_unref(maker->stays);
}

static void append(GArray *to, const GArray *rows, guint first, gsize row_size) {
  if (rows->len > first) g_array_append_vals(to, rows->data + first * row_size, rows->len - first);
}

void store_derived_differ(const DerivedPast *past, const DerivedFacts *facts, const DerivedForm *form,
                          const LedgerTable *table, DerivedDifference *difference) {
  Pair pair = {.form = form, .is = maker_of(facts, form), .was = maker_of(past ? past->facts : facts, form)};
  g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, (guint)form->row_size);
  difference->come = g_array_new(FALSE, FALSE, (guint)form->row_size);
  difference->leaving = g_array_new(FALSE, FALSE, sizeof(gint32));
  for (guint d = 0; d < facts->deals->len; d++) {
    gint32 before = past ? g_array_index(past->deal_of, gint32, d) : -1;
    g_array_set_size(pair.is.rows, 0);
    g_array_set_size(pair.was.rows, 0);
    form->make(&pair.is, (gint32)d);
    if (before >= 0) form->make(&pair.was, before);
    guint n_same = n_staying(&pair);
    append(difference->come, pair.is.rows, n_same, form->row_size);
    if (n_same == pair.was.rows->len) continue;
    append(gone, pair.was.rows, 0, form->row_size);
    g_array_append_val(difference->leaving, before);
  }
  difference->come_span = span_of(table, facts, form, difference->come);
  difference->gone_span = span_of(table, pair.was.facts, form, gone);
  maker_clear(&pair.is);
  maker_clear(&pair.was);
}

void store_derived_difference_clear(DerivedDifference *difference) {
  g_clear_pointer(&difference->come, g_array_unref);
  g_clear_pointer(&difference->leaving, g_array_unref);
}

/* --- as they were --- */

/* The changes that there were, in their order. */
static void link_past(DerivedFacts *was, const DerivedFacts *is, DerivedDeal *deal, const DerivedDeal *now) {
  gint32 last = -1;
  for (gint32 c = now->change; c >= 0; c = g_array_index(is->changes, DerivedChange, c).next) {
    DerivedChange change = g_array_index(is->changes, DerivedChange, c);
    if (change.is_told) continue;
    gint32 number = (gint32)was->changes->len;
    change.next = -1;
    g_array_append_val(was->changes, change);
    if (last < 0)
      deal->change = number;
    else
      g_array_index(was->changes, DerivedChange, last).next = number;
    last = number;
  }
  deal->touch = now->touch;
  deal->planned_until = now->planned_until;
}

DerivedPast *store_derived_past_new(const DerivedFacts *facts, const StoreGiven *deals, gboolean with_stages) {
  DerivedPast *past = g_new0(DerivedPast, 1);
  past->facts = g_memdup2(facts, sizeof *facts);
  past->facts->deals = g_array_new(FALSE, FALSE, sizeof(DerivedDeal));
  past->facts->changes = g_array_new(FALSE, FALSE, sizeof(DerivedChange));
  past->deal_of = g_array_new(FALSE, FALSE, sizeof(gint32));
  store_derived_add_deals(past->facts, deals);
  g_autoptr(GHashTable) numbers = g_hash_table_new(g_int64_hash, g_int64_equal);
  for (guint d = 0; d < past->facts->deals->len; d++)
    g_hash_table_insert(numbers, &g_array_index(past->facts->deals, DerivedDeal, d).key, GINT_TO_POINTER((gint)d + 1));
  for (guint d = 0; d < facts->deals->len; d++) {
    const DerivedDeal *now = &g_array_index(facts->deals, DerivedDeal, d);
    gint32 before = GPOINTER_TO_INT(g_hash_table_lookup(numbers, &now->key)) - 1;
    g_array_append_val(past->deal_of, before);
    if (before >= 0) link_past(past->facts, facts, &g_array_index(past->facts->deals, DerivedDeal, before), now);
  }
  if (with_stages) store_derived_place_stages(past->facts);
  return past;
}

void store_derived_past_free(DerivedPast *past) {
  if (!past) return;
  g_array_unref(past->facts->deals);
  g_array_unref(past->facts->changes);
  g_array_unref(past->deal_of);
  g_free(past->facts);
  g_free(past);
}
