/* What the refreshes of a few deals' derived facts share; private to src/store. */
#pragma once

#include "store/derived.h"
#include "store/derived_differ.h"
#include "store/derived_recent.h"

struct DerivedFew {
  DerivedFacts *facts;   /* of the last deals; its words and ladders stay */
  GHashTable *emissions; /* DerivedForm -> DerivedEmission: kept statements refer to them */
  DerivedRecent *recent; /* deals that were refreshed lately */
  StoreGiven *leaving;   /* key, deal_day: deals all of whose rows of a table go */
};

DerivedFew *store_derived_few(Store *store);

/* `columns` of the touched deals' rows in a derived table. */
StoreRows *store_derived_read_rows(Store *store, const char *table, const StoreGiven *touched, gboolean is_dated,
                                   const char *columns, GError **error);
/* Deletes them. */
gboolean store_derived_take_out(Store *store, const char *table, const StoreGiven *touched, gboolean is_dated,
                                gint64 *n_gone, GError **error);
/* Inserts rows of the form's struct, which are of the facts of `few`. */
gboolean store_derived_put_in(Store *store, const DerivedForm *form, const GArray *rows, GError **error);

/* An instant and its day beside it. */
DerivedMoment store_derived_moment(const StoreValue *at);
void store_derived_add_touch(DerivedFacts *facts, DerivedDeal *deal, DerivedMoment when);
/* Key -> number + 1, and a deal by it, or NULL. */
GHashTable *store_derived_number_deals(const DerivedFacts *facts);
DerivedDeal *store_derived_deal_of(const DerivedFacts *facts, GHashTable *numbers, StoreValue key);
