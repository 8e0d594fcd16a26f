/* One load under way. Private to src/ingest. */
#pragma once

#include "ingest/ingest.h"
#include "ingest/source.h"

/* What is read of a source's table, and of the map entries that read it: memory.h. */
typedef enum {
  MEMORY_WHOLE, /* all files */
  MEMORY_GROWN, /* only what came since the last load */
  MEMORY_SAME,  /* nothing */
} MemoryMode;

typedef struct MemoryPlan MemoryPlan;
typedef struct MemoryEntry MemoryEntry;

typedef struct {
  Store *store;
  const IngestSource *source;
  const LedgerSchema *schema;
  const ConfOrganisation *organisation;
  const Calendar *calendar;
  const IngestOptions *options;
  GPtrArray *notes;     /* char * */
  GPtrArray *temporary; /* char *: temp tables to drop, unquoted */
  gint number;          /* of the load being written */
  MemoryPlan *plan;
} Load;

void load_note(Load *load, const char *format, ...) G_GNUC_PRINTF(2, 3);
void load_progress(const Load *load, double share, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Runs formatted SQL. Everything put in by %s is quoted by the caller. */
gboolean load_run(Load *load, gint64 *n_changed, GError **error, const char *format, ...) G_GNUC_PRINTF(4, 5);
gboolean load_run_sql(Load *load, const char *sql, gint64 *n_changed, GError **error);
StoreRows *load_query(Load *load, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The macros of sql/values.sql, for expressions over values. */
gboolean load_make_macros(Store *store, GError **error);
/* One whole number; 0 for a null or no row. */
gboolean load_count(Load *load, gint64 *count, GError **error, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* Remembers a temp table, to be dropped when the load ends. */
void load_temporary(Load *load, const char *table);
/* 1425 -> "1,425". The caller frees. */
char *load_number(gint64 number);
