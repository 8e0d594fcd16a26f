/* Records that a system tells of, one by one and often only what changed in them, as rows of one of a source's tables:
 * the source's own mapping makes ledger rows of them, as it does of the rows of its files.
 *
 *   header and text ─► columns of the map that can be made of these headers ─► the load of an increment
 *
 * Columns whose headers are not given stay as they are; a record that is new waits until all that its table requires is
 * known. Values are as systems send them: a point for decimals, ISO 8601 or Unix time, UTC where no zone is said. */
#pragma once

#include "ingest/ingest.h"

#define INGEST_TAKEN_FILE "webhook" /* what rejected rows are said to be from */

typedef struct {
  Store *store;
  const IngestSource *source;
  const LedgerSchema *schema;
  const ConfOrganisation *organisation;
  const Calendar *calendar;
  gint64 now_us;
  const char *from; /* of the source's tables */
  const char *id;   /* the header of the records' ids */
  char **headers;   /* NULL-terminated; `id` is one */
  char **cells;     /* row by row; NULL: empty */
  guint n_rows;
} IngestTake;

/* `*n_waiting`: rows that are new and not complete. Errors: NOT_FOUND for a table that the source has not; those of
 * ingest_load(). */
gboolean ingest_take(const IngestTake *take, IngestReport **report, guint *n_waiting, GError **error);
/* The facts whose records have the ids of the rows of `from`: what goes when such a row is deleted. */
GPtrArray *ingest_take_facts(const IngestSource *source, const char *from, const char *id);
/* What is wrong where the source has no table of that name; NULL: it has. Free it. */
char *ingest_take_missing(const IngestSource *source, const char *from);
/* Whether two headers are one but for case, spaces and other signs. */
gboolean ingest_take_is_same(const char *a, const char *b);

/* The headers that the mapping of `from` says anything of, by themselves or within an expression; as long as the source
 * is. */
typedef struct IngestTakeNames IngestTakeNames;
IngestTakeNames *ingest_take_names_new(const IngestSource *source, const char *from);
void ingest_take_names_free(IngestTakeNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IngestTakeNames, ingest_take_names_free)
/* A header, which is UTF-8, as the mapping writes it; of the names. NULL: it says nothing of it. */
const char *ingest_take_names_find(const IngestTakeNames *names, const char *header);
