/* Between put.c and put_records.c. */
#pragma once

#include "ingest/put.h"
#include "ingest/source.h"

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
