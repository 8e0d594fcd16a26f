/* Questions and answers: KPIs × members × periods, with totals, comparisons, intervals, flags and notes.
 *
 *   request ─► plan (measures, boundaries) ─► one scan per fact ─► cells ─► roll-ups ─► values */
#pragma once

#include "query/context.h"

typedef enum { QUERY_COMPARE_NONE, QUERY_COMPARE_PREVIOUS, QUERY_COMPARE_YEAR_AGO } QueryCompare;

typedef struct {
  const char *const *kpis; /* NULL-terminated names */
  const char *const *by;   /* NULL-terminated dimensions, outermost first; NULL or empty: none. At most 6 */
  const char *period;      /* as calendar_parse_period() takes it; NULL: the current quarter */
  gboolean has_grain;
  CalendarGrain grain;         /* the period cut into these */
  const CalendarPeriod *spans; /* in place of period and grain: these, in their order; they may overlap */
  guint n_spans;               /* 0: none */
  const char *const *where;    /* NULL-terminated conditions; NULL: none */
  QueryCompare compare;
  gboolean credit_now; /* owners and teams as they are now, whatever the workspace says */
  BaseDay rates_of;    /* constant currency: the rates of this day; BASE_DAY_NONE = each amount's own day */
} QueryRequest;

typedef struct {
  gboolean has_value;
  double value;       /* in the KPI's unit; money in major units */
  gint64 n;           /* records it rests on */
  gboolean has_base;  /* a quotient that divides by something of the member's own: then 0 is an answer */
  gboolean has_parts; /* a quotient: */
  double numerator;
  double denominator;
  gboolean has_interval; /* 95 % */
  double low;
  double high;
  guint flags;      /* QueryFlag */
  gint64 n_missing; /* amounts left out for want of a rate */
} QueryValue;

typedef enum {
  QUERY_FLAG_MISSING_RATES = 1 << 0,
  QUERY_FLAG_BEFORE_DATA = 1 << 1,
  QUERY_FLAG_NO_DIMENSION = 1 << 2,
  QUERY_FLAG_NO_DATA = 1 << 3,
  QUERY_FLAG_CHANGED = 1 << 4,
  QUERY_FLAG_RUNNING = 1 << 5,  /* the period has not ended */
  QUERY_FLAG_IMMATURE = 1 << 6, /* its cohort has not had its full time */
  QUERY_FLAG_CUT = 1 << 7,      /* only a part of the named period was asked */
} QueryFlag;
/* "running", "immature", … by bit; NULL past the last. */
const char *query_flag_name(guint bit);
/* A sentence about a flag for people. */
const char *query_flag_about(guint bit);

typedef struct {
  guint kpi;              /* index into QueryResult.kpis */
  guint period;           /* index into QueryResult.periods */
  guint n_members;        /* 0 = total of all; fewer than the dimensions = a subtotal */
  const char *members[6]; /* names; NULL = none (the deal has no owner, say) */
  QueryValue value;
  gboolean has_compared;
  CalendarPeriod compared_period; /* the like-for-like part, while the period runs */
  QueryValue compared;
  gboolean has_compared_whole; /* the whole earlier period, beside it */
  QueryValue compared_whole;
} QueryRow;

typedef struct QueryResult QueryResult;

/* The version of a definition that holds for a period beginning on a day. */
const KpiVersion *query_version_in_force(const KpiDefinition *kpi, BaseDay day);

/* The period a request is for. */
gboolean query_request_period(const QueryContext *context, const QueryRequest *request, CalendarPeriod *period,
                              GError **error);

/* Errors: NOT_FOUND for a name, INPUT for a period or condition, LIMIT. */
QueryResult *query_run(const QueryContext *context, const QueryRequest *request, GError **error);
void query_result_free(QueryResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueryResult, query_result_free)

typedef struct {
  gint64 number; /* 0: nothing was ever loaded */
  gint64 at_us;
} QueryLoad;
/* The last load in a store. */
gboolean query_last_load(Store *store, QueryLoad *load, GError **error);
/* Of query_live_ask(): the number of the last load whose records are in it (else -1), and whether it was read from kept
 * cells. */
gint64 query_result_load(const QueryResult *result);
gboolean query_result_is_from_cells(const QueryResult *result);
/* The last load whose records are in it; its number is -1 in an answer of query_run(). */
QueryLoad query_result_last_load(const QueryResult *result);
/* The clock by which it was answered. */
gint64 query_result_now_us(const QueryResult *result);
guint query_result_n_kpis(const QueryResult *result);
const KpiDefinition *query_result_kpi(const QueryResult *result, guint index);
guint query_result_n_dims(const QueryResult *result);
const char *query_result_dim(const QueryResult *result, guint index);
guint query_result_n_periods(const QueryResult *result);
const CalendarPeriod *query_result_period(const QueryResult *result, guint index);
/* The members' rows: by member, then KPI, then period. Without dimensions: the totals. */
guint query_result_n_rows(const QueryResult *result);
const QueryRow *query_result_row(const QueryResult *result, guint index);
/* Totals and subtotals, each computed again from its parts; with no dimension there are none beside the rows. */
guint query_result_n_totals(const QueryResult *result);
const QueryRow *query_result_total(const QueryResult *result, guint index);
/* Sentences that belong under the answer. NULL-terminated. */
const char *const *query_result_notes(const QueryResult *result);
/* People who could have records and have none in the answer (by rep only). NULL-terminated. */
const char *const *query_result_without_records(const QueryResult *result);
/* The SQL of the scans, NULL-terminated, and what took how long. Under a sight no rows are told. */
const char *const *query_result_sql(const QueryResult *result);
void query_result_timings(const QueryResult *result, double *plan_ms, double *scan_ms, double *evaluate_ms,
                          gint64 *rows_scanned);
