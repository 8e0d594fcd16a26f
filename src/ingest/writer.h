/* The fast way of records into the ledger, for a process that keeps it open: a record put costs the size of the record.
 *
 * What it leaves behind is to the row what ingest_put() leaves: the same versions, keys, loads, derived facts and
 * statistics. It takes facts whose values are written plainly; whatever else comes (people and accounts, a value to
 * reject, one that was refused before, an id twice) it leaves to ingest_put()'s long way. */
#pragma once

#include "ingest/put.h"

/* `store`: the one that opened the database, not a further connection. Used by one thread at a time, and must be freed
 * before the store. What others write through the same Store is seen. Errors: those of the store; VERSION when the
 * database library makes other keys than this does. */
IngestWriter *ingest_writer_new(Store *store, const LedgerSchema *schema, const ConfOrganisation *organisation,
                                const Calendar *calendar, GError **error);
void ingest_writer_free(IngestWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IngestWriter, ingest_writer_free)

/* As ingest_put() and ingest_remove(). `*is_taken` FALSE: nothing was done, it is for the long way. */
gboolean ingest_writer_put(IngestWriter *writer, const IngestPut *put, const char *table, const char *json,
                           IngestPutReport **report, gboolean *is_taken, GError **error);
gboolean ingest_writer_remove(IngestWriter *writer, const IngestPut *put, const char *table, const char *const *ids,
                              IngestPutReport **report, gboolean *is_taken, GError **error);

/* A load of that number is written, and it changed no record. */
void ingest_writer_pass(IngestWriter *writer, gint64 load);

/* Memory that it takes, in bytes. */
gsize ingest_writer_bytes(const IngestWriter *writer);
