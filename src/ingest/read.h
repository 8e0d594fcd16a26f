/* Reading files into staging tables of text. Private to src/ingest.
 *
 *   files ─► plain UTF-8 text (a temporary copy only when it must be) ─► dialect ─► DuckDB's reader ─► temp table of
 * texts
 *
 * A staging table has the files' headers as columns, all VARCHAR, and `_file`, the index of the file. Its rows are in
 * the files' order. */
#pragma once

#include "ingest/load.h"
#include "ingest/source.h"

/* How a text file is written. */
typedef struct {
  char delimiter;
  char quote;     /* 0: none */
  guint skip;     /* physical lines up to and with the header */
  char **headers; /* as written */
  guint n_headers;
  gboolean short_rows; /* rows leave out trailing columns */
} ReadDialect;

/* What a file's bytes are before anything else is known. */
typedef struct {
  char *path;            /* of plain UTF-8 text that DuckDB can read */
  gboolean is_temporary; /* path is ours and goes with this */
  char *note;            /* what was done, as in "was read as windows-1252", or NULL */
} ReadText;

typedef struct {
  char *path;  /* absolute */
  char *shown; /* as messages name it */
  char *tail;  /* where its new lines stand alone, in the dialect given, or NULL */
  ReadText text;
  ReadDialect dialect;
  gint64 first_row, n_rows; /* its rows in the staging table, from 0 */
  gboolean is_lines;        /* JSON, an object a line */
  gint64 n_lost;            /* lines that are no rows: structurally broken */
  char *json_rows; /* where its records were found when that is deeper than a document's first level, or NULL */
} ReadFile;

/* A line that could not be read as a row. */
typedef struct {
  guint file;
  gint64 line;
  char *reason, *text;
} ReadBroken;

typedef struct {
  const SourceTable *table; /* NULL for rows in place */
  char *name;               /* of the staging table, to be quoted */
  GPtrArray *headers;       /* char *: columns of the staging table */
  GArray *files;            /* ReadFile */
  GArray *broken;           /* ReadBroken */
  gint64 n_rows;            /* 0 while it is a view */
  gboolean is_view;         /* not copied: the one who maps it reads the file, once */
  const guint *lines;       /* rows in place: the line of each */
  char *cursor;             /* SQL: a row's place, where the table has a cursor, else NULL */
  char *cursor_from;        /* rows below were read before; NULL: none were, or all are wanted */
  char *cursor_to;          /* how far its rows come, as it is kept, or NULL */
} ReadStage;

/* Makes the staging table of one of the source's tables. */
/* `is_once`: one map entry reads it, from beginning to end; a large text file may then stay where it is, as a view. */
ReadStage *read_stage(Load *load, const SourceTable *table, guint index, gboolean is_once, GError **error);
/* One with its files, and nothing read yet. */
ReadStage *read_stage_new(const IngestSource *source, const SourceTable *table, guint index, const GPtrArray *paths);
/* Reads its files, one after the other. */
gboolean read_stage_files(Load *load, ReadStage *stage, const SourceTable *table, GError **error);
/* Adds empty columns for the headers that are not there. */
gboolean read_stage_widen(Load *load, ReadStage *stage, char *const *headers, guint n_headers, GError **error);
/* .json, .ndjson, .jsonl, .parquet or, for all others, .csv. */
const char *read_suffix(const char *path);
/* Makes one of rows written in the YAML. */
ReadStage *read_stage_rows(Load *load, const SourceMap *map, guint index, GError **error);
void read_stage_free(ReadStage *stage);
/* Physical lines, from 1, of the given rows (ascending, counted in the staging table). `lines` has room for n. */
void read_stage_lines(const ReadStage *stage, guint file, const gint64 *rows, gsize n, gint64 *lines);

/* --- read_files.c: what `file:` means. Errors name what is in the folder. --- */
GPtrArray *read_find_files(const IngestSource *source, const SourceTable *table,
                           GError **error); /* char *, absolute, sorted */

/* --- read_text.c --- */
/* `encoding` NULL: found out. `whole`: look at every byte and mend all, after DuckDB stumbled over something. */
gboolean read_text_open(const char *path, const char *shown, const char *encoding, gboolean whole, ReadText *text,
                        GError **error);
void read_text_clear(ReadText *text);

/* --- read_dialect.c --- */
/* From the first bytes of a text. Errors: INPUT when there is nothing in it. */
gboolean read_dialect_find(const char *text, gsize length, gboolean is_all, const SourceCsv *given,
                           ReadDialect *dialect, GError **error);
void read_dialect_clear(ReadDialect *dialect);
/* Every line is one quoted text that holds a line of the real file. */
gboolean read_dialect_is_wrapped(const char *text, gsize length);
/* Steps over one record; returns where the next begins, adds the physical lines passed to *n_lines. */
const char *read_record_end(const char *at, const char *end, char quote, char delimiter, guint *n_lines);

/* --- read_json.c: fills `stage` from JSON and Parquet --- */
gboolean read_json_file(Load *load, ReadStage *stage, guint file, const SourceTable *table, GError **error);
gboolean read_parquet_file(Load *load, ReadStage *stage, guint file, GError **error);
/* Adds the columns of SELECT `sql` (its texts named by `headers`) to the staging table, making it when it is the first.
 */
gboolean read_stage_append(Load *load, ReadStage *stage, guint file, char *const *headers, guint n_headers,
                           const char *select, GError **error);

/* --- read_headers.c --- */
/* Headers made fit for column names: empty ones named, repeated ones numbered. NULL-terminated; the caller frees. */
char **read_unique_headers(char *const *headers, guint n_headers, GPtrArray *repeated);
/* The staging column that a mapping means by `name`: the same header, else the only one equal but for case, spaces and
 * underscores. NULL with an error that names the nearest headers. */
const char *read_stage_header(const ReadStage *stage, const char *name, BaseSpan span, GError **error);

/* --- read_csv.c --- */
/* Finds the dialect of `file->text`. Errors: INPUT for a file without a header that is text. */
gboolean read_sniff(ReadFile *file, const SourceTable *table, GError **error);
gboolean read_csv_file(Load *load, ReadStage *stage, guint file, const SourceTable *table, GError **error);
/* A large file that is read once stays where it is. */
gboolean read_csv_view(Load *load, ReadStage *stage, const SourceTable *table, GError **error);
/* A view becomes a table: when a row of it must be told from the others. */
gboolean read_stage_materialise(Load *load, ReadStage *stage, GError **error);
