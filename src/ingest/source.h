/* A source as its YAML says it, checked against the ledger's schema. Private to src/ingest. */
#pragma once

#include "base/money.h"
#include "base/text.h"
#include "conf/conf.h"
#include "ingest/ingest.h"
#include "ledger/schema.h"

typedef enum { SOURCE_FULL, SOURCE_INCREMENT } SourceExtract;
typedef enum { SOURCE_MATCH_ID, SOURCE_MATCH_NAME, SOURCE_MATCH_EMAIL } SourceMatch;
typedef enum {
  SOURCE_UNIT_NONE,
  SOURCE_UNIT_PERCENT,
  SOURCE_UNIT_FRACTION,
  SOURCE_UNIT_MINOR,
  SOURCE_UNIT_MAJOR,
  SOURCE_UNIT_MS,
  SOURCE_UNIT_SECONDS,
  SOURCE_UNIT_MINUTES,
  SOURCE_UNIT_HOURS,
  SOURCE_UNIT_DAYS,
} SourceUnit;

/* What the CSV sniffer must not guess; NULL and -1 stand for "guess". */
typedef struct {
  char *delimiter, *quote, *encoding;
  int skip;
} SourceCsv;

/* Rows written in place, or given: row-major texts, NULL for empty. */
typedef struct SourceRows {
  char **columns;
  guint n_columns, n_rows;
  char **cells;
  guint *lines;
} SourceRows;

/* One of `tables:`, the files under a name. */
typedef struct {
  const char *name;
  BaseSpan span;
  char **files;    /* as written: files, folders, globs */
  int extract;     /* SourceExtract */
  char *json_rows; /* path to the array of records, or NULL */
  char *currency;  /* of amounts that carry none, or NULL */
  char *cursor;    /* header of the column that tells how far it was read, or NULL */
  SourceCsv csv;
  const struct SourceRows *rows; /* given in place of its files (take.h), or NULL */
  const char *given_id;          /* of these: the header of their ids */
} SourceTable;

/* One ledger column of one map entry. */
typedef struct {
  const char *target;         /* column of the ledger, or id, currency, modified_at */
  const LedgerColumn *column; /* NULL for these three when the table has no such column */
  BaseSpan span;
  char *of; /* header */
  char *sql, *constant, *when;
  char *otherwise, *empty; /* else, default */
  char *format, *time_zone;
  int unit;     /* SourceUnit */
  int decimal;  /* 0 = guess, '.' or ',' */
  int match;    /* SourceMatch */
  char *source; /* REF: the source whose ids these are */
  char *lookup, *equals, *take;
  char **value_from, **value_to; /* value map, NULL-terminated; an entry of value_to is "" for empty */
} SourceColumn;

typedef struct {
  const LedgerTable *table;
  SourceTable *from; /* NULL for rows in place */
  SourceRows *rows;
  char *where;
  BaseSpan span;
  SourceColumn *columns;
  guint n_columns;
} SourceMap;

struct IngestSource {
  ConfDocument *document;
  char *name, *folder, *time_zone, *date_format, *currency;
  char *file;            /* of the YAML itself, for messages */
  int decimal;           /* 0, '.' or ',' */
  double max_rejected;   /* share */
  gboolean max_is_given; /* written in the source itself */
  SourceTable *tables;
  guint n_tables;
  SourceMap *maps;
  guint n_maps;
};

const SourceColumn *source_map_column(const SourceMap *map, const char *target);

/* --- between source.c and source_columns.c --- */
SourceTable *source_find_table(const IngestSource *source, const char *name); /* NULL when there is none */
gboolean source_read_decimal(const char *text, BaseSpan span, int *decimal, GError **error);
gboolean source_check_zone(const char *zone, BaseSpan span, GError **error);
gboolean source_check_format(const char *format, BaseSpan span, GError **error); /* ymd, dmy, mdy, epoch or a pattern */
/* `columns:` and `rows:` of a map entry whose ledger table is known. */
gboolean source_read_columns(const IngestSource *source, SourceMap *map, const ConfNode *node, GError **error);
gboolean source_read_rows(const IngestSource *source, SourceMap *map, const ConfNode *node, GError **error);
void source_column_clear(SourceColumn *column);
void source_rows_free(SourceRows *rows);
