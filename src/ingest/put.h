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
typedef struct IngestPutReport IngestPutReport;

/* Called in the transaction of what is put, as its last statement: what it writes is kept exactly when the records are.
 * Not called where nothing is written. `report` has its numbers. */
typedef gboolean (*IngestBeside)(Store *store, const IngestPutReport *report, gpointer data, GError **error);

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
  IngestBeside beside;    /* or NULL */
  gpointer beside_data;
} IngestPut;

typedef struct {
  guint record; /* from 0, as given */
  char *id;     /* NULL where it has none */
  char *reason;
} IngestPutRejected;

/* What became of a record. */
typedef enum { INGEST_UNCHANGED, INGEST_NEW, INGEST_CHANGED } IngestBecame;

struct IngestPutReport {
  gint64 load; /* its number, 0 when nothing was changed */
  gint64 n_new, n_changed, n_unchanged, n_removed;
  GArray *rejected; /* IngestPutRejected, by record */
  char **notes;
  guint8 *became;              /* IngestBecame of each record; NULL: only the numbers are known */
  const StoreWritten *written; /* until the next put by the same writer; NULL: whoever wants to know asks the ledger */
};
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

/* What can be told of a put before it is done: for joining several into one. */
typedef struct {
  guint n_records;
  char *columns; /* their names, in the first record's order: puts of the same ones may become one */
  char **ids;    /* one a record, ends with NULL */
} IngestPeek;
void ingest_peek_clear(IngestPeek *peek);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IngestPeek, ingest_peek_clear)

/* FALSE: more than `max_records`, or records that are not written plainly, each with an id as text or number. */
gboolean ingest_put_peek(const char *json, guint max_records, IngestPeek *peek);
/* The records of several calls (ends with NULL), each of which was peeked into, as those of one. Free it. */
char *ingest_put_join(const char *const *calls);
