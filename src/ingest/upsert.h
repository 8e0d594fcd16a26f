/* Mapped rows against the ledger. Private to src/ingest. */
#pragma once

#include "ingest/load.h"
#include "ingest/map.h"

/* All map entries of a source that make rows of one ledger table. */
typedef struct {
  const LedgerTable *table;
  GPtrArray *entries; /* MapEntry, not owned */
  char *rows; /* temp table or view: good rows of all entries, one for each id; references to dimensions as text */
  GHashTable *mapped; /* names of the ledger columns that any entry maps (not owned) */
  gboolean has_currency, has_modified;
  gboolean is_full;      /* rows that are not there are gone */
  gboolean is_grown;     /* only rows that came are here: all of them must be new */
  gboolean is_changed;   /* something was written */
  gboolean is_inserted;  /* a dimension's first rows: they stand in the table, whole */
  gboolean has_only_new; /* what was there stays as it is */
} UpsertTarget;

gboolean upsert_target_is_dimension(const UpsertTarget *target);
gboolean upsert_target_maps(const UpsertTarget *target, const char *column);

/* --- upsert_rows.c: reject repeated ids, then one relation of good rows a target --- */
gboolean upsert_reject_repeated(Load *load, UpsertTarget *target, GError **error);
/* Made in passing from a file of facts, or from one that other entries of its table read: ids may repeat. */
gboolean upsert_is_in_passing(const Load *load, const MapEntry *entry);
gboolean upsert_gather(Load *load, UpsertTarget *target, GError **error);

/* --- upsert_refs.c: keys for dimensions, rows for ids that are only referred to --- */
typedef struct UpsertRefs UpsertRefs;
/* New rows of the dimensions get their keys; every id and name referred to gets a key. */
UpsertRefs *upsert_refs_resolve(Load *load, GPtrArray *targets, GError **error);
/* Temp table (txt, key) for a reference of a map column. */
const char *upsert_refs_table(const UpsertRefs *refs, const UpsertTarget *target, const char *column);
void upsert_refs_free(UpsertRefs *refs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UpsertRefs, upsert_refs_free)

/* --- upsert_deal.c: an opportunity's outcome and dates, made to agree --- */
/* SQL over `relation` that replaces outcome, closed_at and expected_close; adds to `target->mapped` what it makes. */
gboolean upsert_deal_select(Load *load, UpsertTarget *target, GString *relation, GError **error);

/* --- upsert_first.c: rows that nothing is compared with --- */
/* Mapped columns and their days, quoted; the currency, where there is one, first. */
GPtrArray *upsert_physical_columns(const UpsertTarget *target);
/* SQL of the time since when a row `n` is so: as the source says, unless that is in the future or `after` forbids it.
 */
void upsert_append_modified(GString *sql, const UpsertTarget *target, gint64 now_us, const char *after);
gboolean upsert_is_empty(Load *load, const LedgerTable *table, gboolean *is_empty, GError **error);
gboolean upsert_insert_facts(Load *load, const UpsertTarget *target, const char *from, gint64 *n_new, GError **error);
/* Writes a dimension's rows when its table is empty and they refer to nothing; else does nothing. */
gboolean upsert_insert_first(Load *load, UpsertTarget *target, GError **error);
/* All of the target's rows are new. */
gboolean upsert_count_new(Load *load, UpsertTarget *target, IngestCount *counts, GError **error);

/* --- upsert.c --- */
/* Adds to `counts` (one a map entry) what became of each entry's rows; what is closed stands with the target's first.
 */
gboolean upsert_write(Load *load, UpsertTarget *target, const UpsertRefs *refs, IngestCount *counts, GError **error);
/* Row counts and days of a table, for whoever reads. */
gboolean upsert_refresh_stat(Load *load, const LedgerTable *table, GError **error);

/* --- upsert_infer.c: what two loads tell together --- */
/* All before the rows are written, from the temp tables attain_final (this load's rows) and attain_changes (key,
 * what). */
gboolean upsert_infer_stages(Load *load, const UpsertTarget *target, GError **error);
gboolean upsert_infer_moves(Load *load, const UpsertTarget *target, GError **error);
gboolean upsert_infer_leaders(Load *load, const UpsertTarget *target, GError **error);
