/* What the ledger keeps of each table beside its rows: read once a question instead of looking at the rows. */
#pragma once

#include "base/day.h"
#include "store/written.h"

typedef struct {
  gint64 n_rows;
  BaseDay first_day, last_day; /* BASE_DAY_NONE: no row has a day */
  gint64 latest_us;            /* the latest instant in it; G_MININT64: none */
  gboolean has_foreign_currency;
} QueryTableStat;

typedef struct QueryStat QueryStat;

QueryStat *query_stat_load(Store *store, GError **error);
/* What it will load once something more is written. */
QueryStat *query_stat_after(const QueryStat *before, const StoreWritten *written);
void query_stat_free(QueryStat *stat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueryStat, query_stat_free)
/* NULL when nothing is known of a table; `stat` may be NULL. */
const QueryTableStat *query_stat_of(const QueryStat *stat, const char *table);
/* Whether a table is known to have no rows. */
gboolean query_stat_is_empty(const QueryStat *stat, const char *table);
/* The first and last day of what happened; FALSE when nothing did. */
gboolean query_stat_bounds(const QueryStat *stat, BaseDay *first, BaseDay *last);
/* The account that a record of it was merged into, or the account itself. */
gint64 query_stat_account(const QueryStat *stat, gint64 key);
