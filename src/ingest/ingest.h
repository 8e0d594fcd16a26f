/* Ingest: records of a source become versions in the ledger.
 *
 *   files ─► staging (text, with file and line) ─► mapping (typed, or a reason to reject) ─► compare with the current
 * version ─► new · changed (old one to history) · unchanged · vanished (closed)                    all in one
 * transaction a load */
#pragma once

#include "conf/conf.h"
#include "ledger/schema.h"
#include "store/store.h"

typedef struct IngestSource IngestSource; /* a source's YAML, read and checked against the schema */

IngestSource *ingest_source_load(const char *path, const LedgerSchema *schema, const ConfOrganisation *organisation,
                                 GError **error);
IngestSource *ingest_source_parse(const char *file, const char *text, gsize length, const char *workspace,
                                  const LedgerSchema *schema, const ConfOrganisation *organisation, GError **error);
const char *ingest_source_name(const IngestSource *source);
void ingest_source_free(IngestSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IngestSource, ingest_source_free)

typedef struct {
  const char *table; /* ledger table */
  const char *from;  /* the source's table */
  gint64 n_read, n_new, n_changed, n_unchanged, n_rejected, n_skipped, n_closed;
} IngestCount;
void ingest_count_add(IngestCount *sum, const IngestCount *count); /* its numbers */

typedef struct {
  char *source;
  gint64 load; /* number of the load, 0 when nothing was written */
  IngestCount *counts;
  gsize n_counts;
  char **notes; /* what was guessed or looks odd, a sentence each: "product: 1,480 rows say GTXPro, which products does
                   not have" */
  double seconds;
} IngestReport;
void ingest_report_free(IngestReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IngestReport, ingest_report_free)

/* The source against its files as they are now: files that are missing or cannot be read, columns that are gone (with
 * the place in the mapping and the nearest header), expressions that fit no more. Reads no more than the files'
 * beginnings. char *, a sentence each; the caller frees with g_ptr_array_unref. */
GPtrArray *ingest_source_check(const IngestSource *source);

/* Called now and then from the loading thread: `share` 0..1 of the step named by `what`, or -1. */
typedef void (*IngestProgress)(const char *what, double share, gpointer user_data);

/* What one process knows of a source's files since it loaded them last, so that it need only read what is new. */
typedef struct IngestMemory IngestMemory;
IngestMemory *ingest_memory_new(void);
void ingest_memory_free(IngestMemory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IngestMemory, ingest_memory_free)

typedef struct {
  gint64 now_us;           /* the clock: what recorded_at is, unless the source tells when it changed a row */
  IngestProgress progress; /* or NULL */
  gpointer user_data;
  gboolean full;        /* read rows before the tables' cursors, too */
  IngestMemory *memory; /* of this very IngestSource, or NULL: all of its files are read */
} IngestOptions;

/* One load in one transaction. On error nothing is changed. Errors: INPUT for an unreadable file, a missing column
 * (with the nearest headers), too many bad rows (with the commonest reasons, and up to 5 of the rows). */
gboolean ingest_load(Store *store, const IngestSource *source, const LedgerSchema *schema,
                     const ConfOrganisation *organisation, const Calendar *calendar, const IngestOptions *options,
                     IngestReport **report, GError **error);

/* Lets a load of `source` that waits for a named pipe find it at its end: interrupting a statement does not. Any
 * thread, while the source is there. */
void ingest_let_go(const IngestSource *source);

/* Rejected rows kept from the loads in force, newest first: for `attain check`. */
typedef struct {
  char *source, *table, *file, *reason, *row; /* row: the record as JSON text */
  gint64 line;
} IngestRejected;
/* Caller frees with g_ptr_array_unref (elements are freed with it). `n_total` may be NULL. */
GPtrArray *ingest_rejected(Store *store, gsize max_rows, gint64 *n_total, GError **error);

/* What the loads in force found in the files that the mapping does not name, a sentence each: for `attain check`.
 * Caller frees with g_ptr_array_unref. */
GPtrArray *ingest_unlisted(Store *store, GError **error);

/* Whether somebody who may load, and no more, may have written the source: its files are in its folder, by their names
 * and not in others', and it has no SQL but that of `proposed` (NULL: none). Errors: INPUT with what is not so. */
gboolean ingest_source_check_foreign(const IngestSource *source, const IngestSource *proposed, GError **error);
const char *ingest_source_folder(const IngestSource *source); /* absolute */

/* --- recognition: `attain new --from` --- */
#define INGEST_MAX_SAMPLES 5

typedef struct {
  char *header;
  const char *kind; /* date, number, yes or no, mail address, text; empty: it has no value. Static */
  gint64 n_filled, n_distinct;
  char **samples; /* its commonest values, at most INGEST_MAX_SAMPLES */
} IngestSeenColumn;

typedef struct {
  char *file;    /* what a source would call it */
  char *problem; /* why it could not be read, or NULL */
  gint64 n_rows;
  GPtrArray *columns; /* IngestSeenColumn */
} IngestSeenFile;

typedef struct {
  char *name;       /* of the source: salesforce, hubspot, … or the folder's or file's own */
  char *system;     /* display name of the recognised CRM, or NULL */
  char *yaml;       /* the proposed sources/NAME.yaml, commented */
  char *currency;   /* the organisation's currency as far as the files tell, or NULL */
  char **assumed;   /* sentences: what was assumed */
  char **to_check;  /* sentences: what to check */
  GPtrArray *files; /* IngestSeenFile: what was looked at */
} IngestProposal;
void ingest_proposal_free(IngestProposal *proposal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IngestProposal, ingest_proposal_free)
/* Looks at a file or a folder of files. `scratch` is a store in memory. */
IngestProposal *ingest_propose(Store *scratch, const char *path, const LedgerSchema *schema, GError **error);
/* Its YAML with its files in `folder`, as a workspace would name that. The caller frees. */
char *ingest_proposal_in(const IngestProposal *proposal, const char *folder);
