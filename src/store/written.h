/* What one commit wrote, told by who wrote it to who keeps something of the ledger in the same process: neither asks
 * the database for what the process has in memory. */
#pragma once

#include "store/store.h"

/* Records of a fact that came, went or became another version: their rows as they were, and as they are. */
typedef struct {
  const LedgerTable *table;
  const StoreGiven *gone, *come; /* the table's columns by their names, and maybe more; NULL: none */
  guint key;                     /* the column of a row's key */
  gint deal;                     /* that of the deal it is of, or -1 */
} StoreWrittenRows;

/* A member of a dimension that is only referred to so far, and by nothing but these rows. */
typedef struct {
  const LedgerTable *table;
  gint32 key;
} StoreWrittenMember;

/* What ledger_stat says of a table from here on. */
typedef struct {
  const LedgerTable *table;
  StoreSpan span;
  gboolean has_foreign_currency;
} StoreWrittenStat;

#define STORE_MAX_WRITTEN 2

typedef struct {
  gint64 load, at_us;
  StoreWrittenRows rows[STORE_MAX_WRITTEN];
  guint n_rows;
  GPtrArray *referrers; /* LedgerTable: facts of which other rows refer to those of rows[0] */
  GArray *members;      /* StoreWrittenMember */
  GArray *stats;        /* StoreWrittenStat: of every table that it says something else of */
  GArray *people;       /* gint32: keys of people credited with rows[0], now or before; NULL: it is not known */
  gboolean has_moved;   /* some records changed hands, or have come back after they went */
} StoreWritten;
