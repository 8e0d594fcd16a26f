/* The derived rows of a few deals before and after a change of them; private to src/store. */
#pragma once

#include "store/derived_rows.h"

/* Deals as they were before a put changed them. Touches, words and ladders are those of the facts as they are. */
typedef struct {
  DerivedFacts *facts;
  GArray *deal_of; /* gint32: for each deal as it is, the number of what it was; -1: it was not there */
} DerivedPast;

/* `facts`: as they are, gathered, of all deals of `deals`, rows of opportunity as they were; changes that `is_told`
 * were not there yet. Must not outlive `facts`. */
DerivedPast *store_derived_past_new(const DerivedFacts *facts, const StoreGiven *deals, gboolean with_stages);
void store_derived_past_free(DerivedPast *past);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DerivedPast, store_derived_past_free)

typedef struct {
  GArray *come;                   /* of the form's struct: rows to be added */
  GArray *leaving;                /* gint32: deals as they were, all of whose rows go */
  StoreSpan gone_span, come_span; /* of the rows that go and come */
} DerivedDifference;

/* `past` NULL: there are no rows yet. */
void store_derived_differ(const DerivedPast *past, const DerivedFacts *facts, const DerivedForm *form,
                          const LedgerTable *table, DerivedDifference *difference);
void store_derived_difference_clear(DerivedDifference *difference);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DerivedDifference, store_derived_difference_clear)

/* --- what ledger_stat says of rows --- */
extern const StoreSpan derived_no_rows;
void store_derived_widen(StoreSpan *span, gint64 first_day, gint64 last_day, gint64 latest_us);
/* Columns that ledger_stat goes by: instants that are no plans, and their days. */
gboolean store_derived_counts(const LedgerTable *table, const DerivedColumn *column);
