/* One scan of one fact, private to src/query: which columns it reads and how its rows become cells. */
#pragma once

#include "query/batch.h"
#include "query/condition.h"
#include "query/plan.h"

/* Where a use finds its parts among the scan's columns; -1 = not needed. */
typedef struct {
  PlanUse *use;
  gint where; /* a condition */
  gint value, value_to, on, until, due, due_too, past;
  guint selection;              /* in the table's selections */
  gint on_at;                   /* the anchor's instant, for deals that changed hands */
  const LedgerTable *refers_to; /* DISTINCT, CLV: the table of the references; NULL of texts */
} ScanUse;

/* The rows of a chunk that one condition keeps and that have a group and a day; shared by all measures of both. */
typedef struct {
  gint where, on; /* -1: all, any */
  guint n;
  guint16 *rows;          /* of one group after another */
  gint32 *groups, *slots; /* of the rows kept */
} ScanSelection;

typedef struct {
  PlanTable *table;
  GArray *uses;           /* ScanUse */
  GArray *selections;     /* ScanSelection */
  GArray *groups_known;   /* gint32 by member + 1: the group, or -2; one dimension only */
  gint *dims;             /* by dimension: column, or -1 */
  gint entity;            /* column, or -1 */
  gboolean entity_is_key; /* UINT64 */
  gboolean by_day;        /* a row's group depends on the day of the event or on shared credit */
} ScanTable;

/* Where the rows behind one measure go, beside into cells. */
#define SCAN_TEXTS 4 /* id, name, account, stage */

typedef struct {
  BaseDay day;
  gboolean has_value;
  double value;             /* as the measure counts it, money in minor units */
  gint32 currency;          /* of a level's amount: the foreign currency in which it is added up; -1 = none */
  gint64 foreign;           /* … and what it is there */
  gint32 person;            /* who is credited; 0 = nobody, or nobody was asked about */
  gint32 days, of_days;     /* what is spread: how many of its days count here, and how many it has; else 0 */
  gint32 texts[SCAN_TEXTS]; /* codes; -1 = empty */
} ScanRecord;

typedef struct {
  guint from, to;           /* the slots, or the frame, that are read */
  BaseDay at;               /* levels: the row must hold at the start of this day */
  const KpiMeasure *inside; /* read only rows in its days [first, at); NULL: all */
  BaseDay first;
  gint columns[SCAN_TEXTS]; /* in the scan; -1 = the fact has no such text */
  GArray *records;          /* ScanRecord */
  StoreDictionary *dictionaries[SCAN_TEXTS];
  gsize max_records;            /* more are counted, not kept */
  gsize n_listed;               /* a record for each who has a share of it */
  gsize n_used, n_without_rate; /* records */
  gsize row, last_row;          /* rows met; the one listed last */
  gint32 last_person;
  gboolean last_kept;
  gboolean has_people; /* records say who is credited */
} ScanSink;

typedef struct {
  QueryPlan *plan;
  const LedgerTable *fact;
  ScanSink *sink;
  GArray *columns; /* ScanColumn */
  GArray *tables;  /* ScanTable */
  Conditions *conditions;
  gint32 **slots;       /* by column of days: the slots of a chunk's rows, -1 = no day; NULL until a chunk needs them */
  gboolean *slots_made; /* by column: for these rows */
  gsize room;           /* rows that slots and selections have room for */
  ScanBatch *batch;     /* rows put together until they are enough; or NULL */
  gint owner;           /* column of the person credited, or -1 */
  gint key;             /* column of the row's key, of a derived fact that of its deal; or -1 */
  gint currency;        /* the index of the row's currency, -2 for one without rates; empty = the organisation's */
  const LedgerTable *moved; /* whose rows changed hands: the fact's, or the deals that it is derived from */
  gboolean has_moves;
  gboolean has_splits;
  gint32 *slot_of_day; /* from first_day on */
  BaseDay first_day;
  guint n_days;
} Scan;

/* Reads the rows behind a plan of one measure into a sink. */
gboolean query_plan_list(QueryPlan *plan, ScanSink *sink, GError **error);
/* Takes a chunk's rows, and adds them to the cells once there are enough. Errors: LIMIT. */
gboolean query_scan_chunk(const StoreChunk *chunk, gpointer scan, GError **error);
/* Adds those that are left. */
gboolean query_scan_rest(Scan *scan, StoreDictionary *const *dictionaries, GError **error);
void query_scan_table_clear(ScanTable *table);

static inline gboolean scan_valid(const StoreChunk *chunk, gint column, gsize row) {
  return column >= 0 && (chunk->valid[column] == NULL || (chunk->valid[column][row / 64] >> (row % 64) & 1));
}
