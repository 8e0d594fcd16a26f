/* What deals that were refreshed lately are derived from; private to src/store. */
#pragma once

#include "store/derived_facts.h"

DerivedRecent *store_derived_recent_new(void);
void store_derived_recent_free(DerivedRecent *recent);

/* Whether it has all deals whose rows of opportunity these are; with what was done on them at any time, or only while
 * they were open. */
gboolean store_derived_recent_has(const DerivedRecent *recent, const StoreGiven *deals, gboolean wants_touches);
/* Adds to deals that it has their changes, which are not linked yet, and touches. */
void store_derived_recall(const DerivedRecent *recent, DerivedFacts *facts);
/* Keeps of all deals what they have now. */
void store_derived_remember(DerivedRecent *recent, const DerivedFacts *facts, gboolean has_all_touches);
/* `key`: the column of the deals' keys. */
void store_derived_recent_forget(DerivedRecent *recent, const StoreGiven *deals, guint key);
void store_derived_recent_forget_all(DerivedRecent *recent);
