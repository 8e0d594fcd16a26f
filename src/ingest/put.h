/* Records put one by one or a few at a time, by a program that has them: no file, no mapping. What becomes of them in
 * the ledger is the same as of rows that a source loads.
 *
 *   JSON text ─► rows of texts ─► mapping (typed, or a reason to keep one out) ─► compare, version, write: one
 * transaction */
#pragma once

#include "ingest/ingest.h"
#include "store/written.h"

#define INGEST_PUT_MAX_RECORDS 10000
#define INGEST_PUT_MAX_BYTES   (16 << 20)

typedef struct IngestWriter IngestWriter; /* writer.h: the fast way */

typedef struct {
  Store *store;
  const LedgerSchema *schema;
  const ConfOrganisation *organisation;
  const Calendar *calendar;
  gint64 now_us;
  const char *source;     /* whose ids these are */
  const char *references; /* whose ids they refer to; NULL: the same source's */
  gboolean is_whole;      /* when one record is kept out, all are */
  IngestWriter *writer;   /* of the store, or NULL */
} IngestPut;

typedef struct {
  guint record; /* from 0, as given */
  char *id;     /* NULL where it has none */
  char *reason;
} IngestPutRejected;

typedef struct {
  gint64 load; /* its number, 0 when nothing was changed */
  gint64 n_new, n_changed, n_unchanged, n_removed;
  GArray *rejected; /* IngestPutRejected, by record */
  char **notes;
  const StoreWritten *written; /* until the next put by the same writer; NULL: whoever wants to know asks the ledger */
} IngestPutReport;
void ingest_put_report_free(IngestPutReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IngestPutReport, ingest_put_report_free)

/* `json`: an object, or an array of objects, of the table's columns by their names in docs/ledger.md, and `id`; every
 * record with the same columns. Columns that are not named stay as they are in records that are there already; null
 * empties one. Amounts are in major units of `currency`, shares from 0 to 1, durations in seconds, days YYYY-MM-DD,
 * instants as ISO 8601; references are ids. Errors: INPUT for what is no such JSON, a table or column that is not there
 * or required and not given; LIMIT beyond the caps above; those of the store. On error nothing is changed. */
gboolean ingest_put(const IngestPut *put, const char *table, const char *json, IngestPutReport **report,
                    GError **error);
/* Takes records of a fact out of the ledger, as a full extract does that has them no more; their versions stay in the
 * history. Ids that are not there are kept out with that reason. Errors: INPUT for a table that is no fact; LIMIT. */
gboolean ingest_remove(const IngestPut *put, const char *table, const char *const *ids, IngestPutReport **report,
                       GError **error);
