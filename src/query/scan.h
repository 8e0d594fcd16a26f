/* One scan of one fact, private to src/query: which columns it reads and how its rows become cells. */
#pragma once

#include "query/plan.h"

typedef struct {
  char *sql;
  StoreColumnType type;
} ScanColumn;

/* Where a use finds its parts among the scan's columns; -1 = not needed. */
typedef struct {
  PlanUse *use;
  gint where, value, value_to, on, until, due, due_too, past;
  gint on_at;            /* the anchor's instant, for deals that changed hands */
  GHashTable *ids;       /* DISTINCT of fact keys: key -> small id */
} ScanUse;

typedef struct {
  PlanTable *table;
  GArray *uses;          /* ScanUse */
  gint *dims;            /* by dimension: column, or -1 */
  gint entity;           /* column, or -1 */
  gboolean entity_is_key; /* UINT64 */
  gboolean by_day;       /* a row's group depends on the day of the event or on shared credit */
} ScanTable;

typedef struct {
  QueryPlan *plan;
  const LedgerTable *fact;
  GArray *columns;       /* ScanColumn */
  GArray *tables;        /* ScanTable */
  gint owner;            /* column of the person credited, or -1 */
  gint key;              /* column of the row's key, or -1 */
  gint currency;         /* index into `rates`, -2 for a currency without any; empty = the organisation's */
  GPtrArray *rates;      /* const QueryRates * */
  gboolean has_moves;
  gboolean has_splits;
  GHashTable *survivors; /* account key -> survivor */
  gint32 *slot_of_day;   /* from first_day on */
  BaseDay first_day;
  guint n_days;
} Scan;

/* Adds one chunk's rows to the cells. Errors: LIMIT. */
gboolean query_scan_chunk(const StoreChunk *chunk, gpointer scan, GError **error);

static inline gboolean scan_valid(const StoreChunk *chunk, gint column, gsize row) {
  return column >= 0 && (chunk->valid[column] == NULL || (chunk->valid[column][row / 64] >> (row % 64) & 1));
}
