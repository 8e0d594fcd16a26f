/* What a number rests on: for every measure read, the records used, those left out and why, and the records themselves.
 */
#pragma once

#include "query/query.h"

typedef struct {
  const char *id;   /* in its source */
  const char *name; /* NULL when records of the fact have none */
  const char *rep;  /* NULL = nobody */
  const char *account;
  const char *stage;    /* NULL when records of the fact are in none */
  BaseDay day;          /* that places it in the period; BASE_DAY_NONE = none */
  gboolean has_value;   /* FALSE: an amount without a rate, listed but not in the sum */
  double value;         /* what it contributes, in the measure's unit, money in major units */
  gint32 days, of_days; /* of what is spread over days: how many of them count here, and how many it has; else 0 */
} QueryRecord;

/* One measure over one span of days. */
typedef struct {
  const KpiMeasure *measure;
  const char *name;          /* of the measure, or of the KPI whose formula it is */
  const LedgerTable *entity; /* read for each of these; or NULL */
  char *when;                /* "decided … in 2026-07-01..2026-09-30", in words */
  gint64 n_rows;             /* of the fact; to who sees only some, those that are used: of others it is not told why */
  gint64 n_other;            /* left out: the measure's or the question's conditions do not hold */
  gint64 n_undated;          /* left out: no date to place them by */
  gint64 n_outside;          /* left out: outside the span */
  gint64 n_empty;            /* left out: no value */
  gint64 n_without_rate;     /* left out: no exchange rate */
  gint64 n_used;
  gboolean adds_up; /* sum of the records' values = the measure's value */
  double total;
  GArray *records;  /* QueryRecord, by day; empty unless asked for */
  GPtrArray *texts; /* owns the records' texts */
} QueryTrail;

/* Trails of a KPI over the request's period (the first KPI; no grain). `max_records`: 0 = counts only; more records
 * than that is an error (LIMIT), never a cut. Free with g_ptr_array_unref. */
GPtrArray *query_trails(const QueryContext *context, const QueryRequest *request, gsize max_records, GError **error);
