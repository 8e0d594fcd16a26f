/* Closed periods: the numbers of KPIs as they were reported, kept in the database beside the records.
 *
 * A snapshot is added and never changed: what is loaded, redefined or handed over afterwards leaves it as it was. It
 * carries its own names (of KPIs, members, units) and the definitions by which it was computed, so that it can be read
 * when none of them is there any more. */
#pragma once

#include "query/query.h"

typedef struct {
  const char *name, *title;
  const char *unit;       /* as kpi_unit_name() names it */
  const char *display;    /* NULL, or how its values are shown */
  BaseDay from;           /* of the version in force on the period's first day; BASE_DAY_NONE: the first */
  const char *formula;    /* that version, in canonical form */
  const char *definition; /* the formula and all that it stands on, a line each: "name = formula" */
} SnapshotKpi;

typedef struct {
  guint kpi;             /* index into the snapshot's KPIs */
  const char *dimension; /* NULL: of all */
  const char *member;    /* its name; NULL: of the records that have none */
  QueryValue figures;    /* without flags */
  const char *flags;     /* their names, with blanks between */
} SnapshotValue;

typedef struct {
  gint64 number; /* from 1, in the order in which they were made; 0: not saved yet */
  CalendarPeriod period;
  gint64 revision;         /* of the period, from 1 */
  gint64 closed_at_us;     /* when it was made */
  gint64 known_at_us;      /* the records were those believed at this instant: what --as-of then answers from */
  gint64 load;             /* the last load in it; 0: none */
  gboolean of_the_past;    /* computed as of an earlier instant; of a snapshot just taken */
  const char *dimensions;  /* "rep team": beside the totals, by each of them */
  const char *currency;    /* of its money */
  const char *version;     /* of Attain */
  const char *note;        /* or NULL */
  gint64 n_kpis, n_values; /* values: -1 where it is not told */
  GArray *kpis;            /* SnapshotKpi */
  GArray *values;          /* SnapshotValue: by KPI, the total first; of snapshots that are only listed: empty */
  GStringChunk *texts;
} Snapshot;

void snapshot_free(Snapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Snapshot, snapshot_free)

typedef struct {
  const char *period;
  const char *const *kpis; /* NULL-terminated names; empty: all that have data */
  const char *const *by;   /* NULL-terminated dimensions, each by itself */
  const char *note;        /* or NULL */
  gint64 as_of_us;         /* the context's store is as of then; G_MAXINT64: as it is */
} SnapshotRequest;

/* Computes a period's numbers. Errors: those of query_run(); INPUT for a period that has not ended, or of which there
 * is nothing. */
Snapshot *snapshot_take(const QueryContext *context, const SnapshotRequest *request, GError **error);
/* Adds it to the database, all or nothing, and sets `number` and `revision`. Errors: INPUT when the period is closed
 * already and not `again`; BUSY when records were loaded since it was computed (unless it is of the past). */
gboolean snapshot_save(Store *store, Snapshot *snapshot, gboolean again, GError **error);
/* All, as they were made, without their KPIs and values. The caller frees the array. */
GPtrArray *snapshot_list(Store *store, GError **error);
/* One with everything. */
Snapshot *snapshot_read(Store *store, gint64 number, GError **error);

/* The definition of a KPI in force on a day, and of all that it stands on; the caller frees. */
char *snapshot_definition(const KpiDefinition *kpi, BaseDay day);
/* What is different between two of them, in words, or NULL where nothing is; the caller frees. */
char *snapshot_definition_change(const char *then, const char *now);

/* --- beside what they are now --- */

typedef struct {
  guint kpi;                /* of the snapshot */
  gboolean is_total;        /* of all members */
  const char *member;       /* its name, NULL: of the records that have none */
  QueryValue reported, now; /* a sum or count of a member that has no records is 0, then or now */
  gboolean was_immature;    /* when it was reported */
  gboolean differs;
} SnapshotPair;

typedef struct {
  const Snapshot *snapshot;
  GArray *pairs;        /* SnapshotPair: by KPI, its members by name, then the total */
  GPtrArray *changes;   /* by KPI of the snapshot: char * in what its definition differs now, or NULL */
  GPtrArray *gone;      /* const char *: names of KPIs asked for that are defined no more */
  gboolean other_money; /* the organisation's currency is another one now */
  QueryResult *result;  /* what they are now; NULL: no KPI of it is defined any more */
} SnapshotComparison;

/* A snapshot's numbers beside what the same KPIs are now, of all and by `by` (NULL: of all only). `kpis`: empty for all
 * that it has. It must outlive the comparison. Errors: NOT_FOUND for a KPI or dimension that was not kept in it, where
 * `strict`. */
SnapshotComparison *snapshot_compare(const QueryContext *context, const Snapshot *snapshot, const char *const *kpis,
                                     const char *by, gboolean strict, GError **error);
void snapshot_comparison_free(SnapshotComparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SnapshotComparison, snapshot_comparison_free)
