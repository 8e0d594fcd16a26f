/* A change of the ledger between change.c, which makes it, group.c, which joins several that wait into one commit, and
 * keys.c, which knows what was answered before. Private to src/lib. */
#pragma once

#include "ingest/put.h"
#include "lib/workspace.h"

/* --- what a caller is told --- */

typedef struct {
  AttainReport report; /* first: what the caller sees */
  GArray *rejected;    /* AttainRejected */
  GStringChunk *texts;
} LibReport;
LibReport *lib_report_new(void);
void lib_report_free(LibReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LibReport, lib_report_free)
void lib_report_reject(LibReport *report, size_t record, const char *id, const char *reason);
/* Hands it over, or frees it where nobody wants it. */
void lib_report_give(LibReport *report, AttainReport **wanted);
/* As a text, and read again; NULL for what is no such text. */
char *lib_report_write(const LibReport *report);
LibReport *lib_report_read(const char *text);

/* --- one call of attain_put() or attain_remove() --- */

typedef struct {
  AttainWorkspace *caller;
  const char *table;
  const char *records;    /* of a put; or */
  const char *const *ids; /* of a removal */
  const AttainPutOptions *options;
  char *source;
  char *name, *digest; /* of its key; NULL: it has none */
  IngestPeek peek;
  gboolean is_plain; /* it was peeked into: it may be joined with others */

  LibReport *report; /* when it was done; else */
  GError *cause;
  gboolean is_done, leads; /* under `queueing` */
  GCond told;
} LibCall;

/* Does a call, or several of the same table, source, references and columns and of different records; in the turn. Each
 * gets its report or its cause. */
void lib_change(AttainWorkspace *workspace, LibCall *const *calls, guint n_calls);

/* What was committed becomes the next answers. */
gboolean lib_publish_commit(AttainWorkspace *workspace, gint64 load, GError **error);
/* After a change that failed: answers go on from what the database has. Always FALSE. */
gboolean lib_settle_failed(AttainWorkspace *workspace, const char *source, GError **error);

/* --- group.c --- */
/* Does the call, at once or together with others; returns when it is done. Errors: USAGE in a callback. */
gboolean lib_group_call(AttainWorkspace *workspace, LibCall *call, AttainError *error);

/* --- keys.c: within the turn --- */
#define LIB_MAX_KEYS      1000000 /* within a day */
#define LIB_MAX_KEY_BYTES 500

/* Of a call: what it is known by, and what it is about. Free them. */
char *lib_key_name(const char *key);
char *lib_key_digest(const LibCall *call);
/* `*report` is what was answered, or NULL: the key is new. Errors: INPUT for a key of another call; LIMIT; IO. */
gboolean lib_key_find(AttainWorkspace *workspace, const LibCall *call, LibReport **report, GError **error);
/* Writes what the calls with keys are answered; in the caller's transaction, or in one of its own. */
gboolean lib_keys_keep(AttainWorkspace *workspace, LibCall *const *calls, guint n_calls, GError **error);
/* It was committed. */
void lib_keys_learn(AttainWorkspace *workspace, LibCall *const *calls, guint n_calls);
