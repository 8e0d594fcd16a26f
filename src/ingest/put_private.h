/* Between put.c, put_records.c and put_refused.c. */
#pragma once

#include "ingest/load.h"
#include "ingest/put.h"
#include "ingest/source.h"

#define PUT_FROM "records" /* what a put is from, in load_count and rejected, where a load names a sheet or table */

/* What the caller asked for. */
typedef struct {
  const IngestPut *given;
  const LedgerTable *table;
  const char *json;
} PutCall;

typedef struct {
  IngestSource *source; /* one map entry, of rows in place */
  GArray *numbers;      /* guint: which record each row is */
} PutRows;

void put_rows_clear(PutRows *rows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PutRows, put_rows_clear)

void put_reject(IngestPutReport *report, guint record, const char *id, const char *format, ...) G_GNUC_PRINTF(4, 5);
const LedgerTable *put_find_table(const LedgerSchema *schema, const char *name, GError **error);
/* Records that are none, or have other columns than the first, are told in `report`. */
gboolean put_read(const IngestPut *put, const LedgerTable *table, const char *json, PutRows *rows,
                  IngestPutReport *report, GError **error);
/* Keeps what the report says was refused, and no more what was taken now, within the caller's transaction.
 * `*is_changed`: something else is kept than before. */
gboolean put_keep_refused(Load *load, const PutCall *call, const IngestPutReport *report, gboolean *is_changed,
                          GError **error);
