/* Mapping: from a staging table of texts to a temp table of typed ledger rows, each with a reason when it cannot be
 * one. Private to src/ingest. */
#pragma once

#include "ingest/load.h"
#include "ingest/read.h"
#include "ingest/source.h"

/* The plain forms, which one cast reads. A column whose sample has nothing else is read so, and again in full if a
 * later value differs. */
typedef enum {
  MAP_ANY,
  MAP_PLAIN_NUMBER, /* 1234.50 */
  MAP_PLAIN_DAY,    /* 2024-03-31 */
  MAP_PLAIN_TIME,   /* 2024-03-31 09:30:00, all of one length */
  MAP_PLAIN_UTC,    /* 2024-03-31T09:30:00Z, all of one length */
} MapForm;

/* What was decided for one column over all its values. */
typedef struct {
  const SourceColumn *column;
  LedgerType type;
  char *raw;   /* SQL over the staging table: the text */
  int decimal; /* '.' or ',' */
  gboolean is_day_first;
  gboolean is_epoch;    /* digits alone are times since 1970 */
  gboolean is_all_days; /* every value is a date, or a time at midnight: dates */
  gboolean is_percent;
  MapForm form;
  gint64 length; /* of each value of a plain time */
  char *formats; /* SQL list of strptime formats, the ones seen first */
} MapColumn;

typedef struct {
  const SourceMap *map;
  ReadStage *stage;
  guint index;
  GArray *columns;  /* MapColumn */
  char *raw_select; /* SELECT _file, _row, r0, r1 … FROM the staging table, its look-ups, its condition */
  char *name; /* temp table: _file, _row, _reason, id, currency, modified, columns (references to dimensions as text) */
  gint64 n_read, n_skipped;
} MapEntry;

typedef struct MapZone MapZone;
/* SQL for the offset of a zone, in microseconds, at `us` (an expression of a BIGINT of microseconds): local time, or
 * UTC. */
char *map_zone_offset_sql(const char *zone, const char *us, gboolean is_local);

/* Makes the entry's temp table. `stages`: one for each of the source's tables (NULL: not staged), for look-ups. */
MapEntry *map_entry_run(Load *load, const SourceMap *map, ReadStage *stage, ReadStage *const *stages, guint index,
                        GError **error);
void map_entry_free(MapEntry *entry);

/* --- map_raw.c --- */
gboolean map_raw_select(Load *load, MapEntry *entry, ReadStage *const *stages, GError **error);
/* --- map_probe.c: fills what must be decided over a whole column, and notes what was assumed --- */
gboolean map_probe(Load *load, MapEntry *entry, GError **error);
/* --- map_value.c: the typed SELECT over raw_select --- */
char *map_typed_select(Load *load, const MapEntry *entry);
