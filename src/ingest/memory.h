/* What a process remembers of a source between two loads, so that the second reads only what is new. Private to
 * src/ingest.
 *
 *   file as of the last load ─► the same: nothing to do ─► only grown at its end, or new beside the others: its new
 *   rows alone ─► anything else: all of its table, and of every table that makes rows of the same kind */
#pragma once

#include "ingest/map.h"
#include "ingest/read.h"

/* A file as it was just before it was read. */
typedef struct {
  char *path;
  guint64 device, inode;
  gint64 size, changed_us;
  guint64 hash;      /* of its first `size` bytes */
  gboolean is_young; /* changed so shortly before that a later change could leave the same time */
  gboolean can_grow; /* plain text of whole lines, none of them bad */
  gboolean is_lines; /* JSON, an object a line */
  ReadDialect dialect;
} MemoryFile;

typedef struct {
  gboolean is_known;
  GArray *files;      /* MemoryFile */
  GPtrArray *headers; /* char *: of the staging table */
  gint64 n_rows;
} MemoryTable;

/* What was decided for a map entry's columns over all rows so far. */
struct MemoryEntry {
  gboolean is_known;
  GArray *columns;     /* MapColumn, or NULL when its files differ */
  GPtrArray *unlisted; /* char *: sentences */
};

struct IngestMemory {
  const IngestSource *source;
  gint64 load; /* the source's last, in the database */
  MemoryTable *tables;
  MemoryEntry *entries; /* one a map entry */
  GPtrArray *unlisted_stages;
};

/* What this load reads. */
struct MemoryPlan {
  const IngestSource *source;
  MemoryMode *modes; /* one a map entry */
  MemoryTable *next; /* one a table: what will be remembered of its files */
  GPtrArray **tails; /* one a table: char *, for each of its files the new text in a file of its own, or NULL */
  gboolean *is_cut;  /* one a table: rows before its cursor are left out */
  gboolean is_partial;
};

/* `memory` NULL or without knowledge, or a ledger whose last load of the source is another: all is read. */
MemoryPlan *memory_plan(IngestMemory *memory, const IngestSource *source, gint64 last_load);
void memory_plan_free(MemoryPlan *plan);
/* The mode of a table: that of the map entries that read it. */
MemoryMode memory_table_mode(const MemoryPlan *plan, const SourceTable *table);

/* What is remembered of a map entry of which only the new rows are read; else NULL. */
const MemoryEntry *memory_entry(const Load *load, guint map);

/* After the load: what there is to know for the next one. `stages`, `entries` (MapEntry): of this load. */
void memory_keep(IngestMemory *memory, MemoryPlan *plan, ReadStage *const *stages, const GPtrArray *entries,
                 GPtrArray *unlisted_stages, gint64 last_load);
void memory_forget(IngestMemory *memory);

/* The new rows of a table that has grown. Errors: whatever is odd about them; then all of it is to be read. */
ReadStage *memory_stage(Load *load, const SourceTable *table, guint index, GError **error);
/* Decides over all rows, from what is remembered and what came. FALSE with an error when the rows of before would be
 * read in another way now. */
gboolean memory_probe(Load *load, const MemoryEntry *known, MapEntry *entry, GError **error);
