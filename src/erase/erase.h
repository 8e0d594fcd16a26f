/* Erasing a person: every name of theirs goes, every sum stays.
 *
 *   who ─► their records, of all sources and times ─► names, addresses ─► every text of the database, past and present
 *                                                           │
 *                                                           └─► digests, so that no load brings them back
 *
 * They are "Erased person 7" from then on: the same key, so that deals, teams and targets stay whose they were. Nothing
 * but texts changes. All of it is one transaction of the caller's. */
#pragma once

#include "ledger/schema.h"
#include "store/store.h"

typedef struct EraseNames EraseNames; /* names.h */

typedef struct {
  const char *table;       /* person, account or lead */
  const char *who;         /* a name, an e-mail address, an id, or "source/id" */
  const char *const *also; /* more that texts call them; ends with NULL; may be NULL */
  gint64 now_us;
} EraseOrder;

typedef struct {
  char *table, *column;
  gint64 n_rows;
} EraseCount;

typedef struct {
  const char *table; /* as in the order, static */
  gint64 number;     /* of the erasure, from 1 */
  char *shown;       /* "Erased person 7" */
  GPtrArray *keys;   /* char *: their records */
  GPtrArray *counts; /* EraseCount: what names were taken out of */
  GPtrArray *users;  /* char *: what they signed in with */
  gint64 n_audit;    /* entries of the audit log that named them */
  GPtrArray *notes;  /* char *: what to know or do */
  EraseNames *names;
} Erased;

void erased_free(Erased *erased);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Erased, erased_free)

/* Within a transaction of `store`, by which nobody else writes. Who signs in with what is for the caller to end.
 * Errors: NOT_FOUND, INPUT where several are meant, or the table is another, IO. */
Erased *erase_run(Store *store, const LedgerSchema *schema, const EraseOrder *order, GError **error);
/* Whether a text, such as a file, names who was erased. */
gboolean erased_is_named(const Erased *erased, const char *text);
/* The text without the names; NULL: it has none. The caller frees. */
char *erased_without(const Erased *erased, const char *text);
