/* What was erased and must not come back: digests, under a key of the database's own, of the ids, addresses and names
 * of people who were erased and of texts that named them, each with what stands for it now.
 *
 *   a row of a source ─► digest of each text ─► attain_erased_mark? ─► what stands for it ─► the ledger
 *
 * Where nobody was erased this costs one look at an empty table. */
#pragma once

#include "store/store.h"

/* What a text is; the digests of different kinds differ. */
typedef enum {
  INGEST_ERASED_ID,    /* of a source's record of a dimension */
  INGEST_ERASED_EMAIL, /* in whatever source */
  INGEST_ERASED_NAME,  /* of somebody, where a source names them so */
  INGEST_ERASED_TEXT,  /* a whole value */
} IngestErasedKind;

/* SQL of the digest of the text that the SQL `value` is. `secret` and, of ids, `source` are texts; of ids and names
 * `table` is the dimension's name. The caller frees. */
char *ingest_erased_sql(IngestErasedKind kind, const char *secret, const char *table, const char *source,
                        const char *value);

/* The same for a program that has the texts. */
typedef struct IngestErased IngestErased;
/* What there is now; NULL with an error. */
IngestErased *ingest_erased_read(Store *store, GError **error);
void ingest_erased_free(IngestErased *erased);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IngestErased, ingest_erased_free)
const char *ingest_erased_secret(const IngestErased *erased); /* NULL: nobody was erased */
gboolean ingest_erased_has_id(const IngestErased *erased, const char *table, const char *source, const char *id);
gboolean ingest_erased_has_text(const IngestErased *erased, const char *text);
