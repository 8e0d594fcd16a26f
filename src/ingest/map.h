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
  MAP_PLAIN_TIME,   /* 2024-03-31 09:30 or 09:30:00, all of one length */
  MAP_PLAIN_UTC,    /* 2024-03-31T09:30:00Z, all of one length */
} MapForm;

/* What the values of one column are like, in one file or in several. */
typedef enum {
  /* of any column that is looked at */
  MAP_N, /* values that are not empty */
  /* of dates */
  MAP_N_ORDERED,   /* 1-2 digits, separator, 1-2 digits, separator: day and month in some order */
  MAP_N_DAY,       /* of these: only the first can be the day */
  MAP_N_MONTH,     /* only the second can */
  MAP_N_TIME,      /* have a time of day */
  MAP_N_MIDNIGHT,  /* which is midnight */
  MAP_N_EPOCH,     /* digits alone, of a length that is a time */
  MAP_N_ISO,       /* as ISO 8601 has it */
  MAP_N_FOREIGN,   /* need a format */
  MAP_N_UTC,       /* end with Z */
  MAP_N_SEPARATED, /* have seconds where a plain time has them, or are too short for it */
  MAP_LEAST,       /* shortest and longest */
  MAP_MOST,
  /* of numbers */
  MAP_N_COMMA,   /* the decimal sign is surely a comma */
  MAP_N_POINT,   /* surely a point */
  MAP_N_UNSURE,  /* 1.234 or 1,234 */
  MAP_N_PLAIN,   /* one cast reads it */
  MAP_N_ABOVE,   /* without a percent sign and above 1 */
  MAP_N_BETWEEN, /* without a percent sign, above 0 and below 1 */
  MAP_N_STATS,
} MapStat;

typedef struct {
  gint64 of[MAP_N_STATS];
} MapStats;

/* What was decided for one column over all its values. */
typedef struct {
  const SourceColumn *column;
  LedgerType type;
  MapStats stats;
  int decimal;          /* '.' or ',' */
  gboolean is_epoch;    /* digits alone are times since 1970 */
  gboolean is_all_days; /* every value is a date, or a time at midnight: dates */
  gboolean is_percent, is_month_first;
  MapForm form;
  gint64 length;      /* of each value of a plain time */
  char *formats;      /* SQL list of strptime formats, the ones seen first */
  gboolean has_names; /* a date: months are named */
} MapColumn;

/* The files of an entry that are read alike: nearly always all of them. */
typedef struct {
  const SourceMap *map;
  ReadStage *stage;
  guint first_file;
  GArray *columns;  /* MapColumn */
  char *raw_select; /* SELECT _file, _row, r0, r1 … of these files */
} MapPart;

typedef struct MapEntry MapEntry;
struct MapEntry {
  const SourceMap *map;
  ReadStage *stage;
  const MapEntry *fact; /* whose rows this one is made from, in passing; NULL: from the stage's */
  guint index;
  GPtrArray *parts;         /* MapPart */
  gboolean has_plain_texts; /* the part's texts are taken as they are where its columns are plain */
  char *name; /* temp table: _file, _row, _reason, id, currency, modified, columns (references to dimensions as text) */
  gint64 n_read, n_skipped;
  gint64 n_bad;        /* rows with a reason */
  GPtrArray *unlisted; /* char *: what it says of values that no mapping names */
};

/* SQL for the offset of a zone, in microseconds, at `us` (an expression of a BIGINT of microseconds): local time, or
 * UTC. */
char *map_zone_offset_sql(const char *zone, const char *us, gboolean is_local);

/* Makes the entry's temp table. `stages`: one for each of the source's tables (NULL: not staged), for look-ups. */
MapEntry *map_entry_run(Load *load, const SourceMap *map, ReadStage *stage, ReadStage *const *stages, guint index,
                        GError **error);
/* The same for an entry that is made from the rows of `fact`, which map_passing_fact() gave for its map. */
MapEntry *map_entry_run_passing(Load *load, const SourceMap *map, const MapEntry *fact, guint index, GError **error);
void map_entry_free(MapEntry *entry);

/* --- map_passing.c: dimensions made from the typed rows of a fact of the same file --- */
/* The map of a fact that has all that `map`, a dimension's, says; NULL: none has. */
const SourceMap *map_passing_fact(const IngestSource *source, const LedgerSchema *schema, const SourceMap *map);
/* What map_raw_select() is for others. */
char *map_passing_select(const LedgerSchema *schema, const MapEntry *entry);
/* A header, and nothing done to it. */
gboolean map_is_as_it_is(const SourceColumn *column);

/* --- map_raw.c: SELECT _file, _row, r0, r1 … FROM the staging table, its look-ups, its condition --- */
/* Made anew once it is known which columns are plain: their texts are taken as they are, spaces and all. */
char *map_raw_select(Load *load, const MapEntry *entry, ReadStage *const *stages, GError **error);
/* SELECT v: one column's texts, as they are before its `values:`. */
char *map_text_select(Load *load, const MapEntry *entry, const SourceColumn *column, ReadStage *const *stages,
                      GError **error);

/* --- map_stats.c --- */
gboolean map_is_number(LedgerType type);
const char *map_header(const MapColumn *column);
/* The column's own format, else the source's, else NULL. */
const char *map_format(const Load *load, const MapColumn *column);
/* One row of n columns for each of the stage's files, from their beginnings or, with `whole`, from all their rows. */
MapStats *map_stats(Load *load, const MapPart *part, gboolean whole, GError **error);
/* Are the stage's files too large to be looked at whole? */
gboolean map_is_sampled(const MapPart *part);
void map_stats_add(MapStats *sum, const MapStats *other);
/* SELECT of the rows that are looked at. */
char *map_sample_select(const MapPart *part);

/* --- map_split.c: the parts of an entry, by what their files' values say --- */
GPtrArray *map_split(Load *load, const MapEntry *entry, char *raw_select, GError **error);

/* --- map_probe.c: decides what must be decided over a whole column, and notes what was assumed --- */
gboolean map_probe(Load *load, MapPart *part, GError **error);

/* --- map_format.c: the column's list of formats --- */
gboolean map_formats(Load *load, const MapPart *part, guint index, gboolean is_month_first, GError **error);

/* --- map_value.c --- */
/* The typed SELECT over the parts' raw_select; of the rows that SELECT `only` gives by their _row, unless NULL. */
char *map_typed_select(Load *load, const MapEntry *entry, const char *only);
/* Do the rows have ids of their own? */
gboolean map_has_id(const MapEntry *entry);
