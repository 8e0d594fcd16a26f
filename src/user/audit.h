/* The audit log: who did what, when and from where. Entries are added, go only from the beginning, and each carries a
 * hash over itself and the one before it, so that a change in the middle shows; that the end was cut off shows to who
 * has noted the last hash elsewhere. Somebody who is erased is erased here too: their name goes, the entry stays, and
 * the hashes still hold.
 *
 * All take a store in the writer's turn. */
#pragma once

#include "store/store.h"

typedef struct {
  gint64 entry; /* from 1, without gaps; given by user_audit_add() */
  gint64 at_us;
  const char *who;     /* a user, or "operator:NAME" */
  const char *address; /* NULL: the machine itself */
  const char *what;
  const char *about; /* or NULL */
  const char *chain; /* SHA-256 in hex, given by user_audit_add() */
} UserAuditEntry;

/* Texts are kept to 300 characters, control characters as spaces. Errors: IO. */
gboolean user_audit_add(Store *store, const UserAuditEntry *entry, GError **error);
typedef void (*UserAuditTell)(const UserAuditEntry *entry, gpointer data);
/* The entries after `after`, in order, at most `limit`. Errors: IO. */
gboolean user_audit_read(Store *store, gint64 after, guint limit, UserAuditTell tell, gpointer data, GError **error);

/* What users themselves, or who tried to be one of them, did of signing in: `who`'s, the latest first. Errors: IO. */
gboolean user_audit_of_sign_in(Store *store, const char *who, guint limit, UserAuditTell tell, gpointer data,
                               GError **error);

typedef struct {
  gint64 n_gone;   /* entries that went from the beginning, by user_audit_tidy() */
  gint64 n;        /* entries there are */
  gint64 n_erased; /* of these: from which a name was erased; erasures' own entries say how many they were */
  gint64 wrong;    /* the first that does not follow from the one before it; 0: all do */
  char last[65];   /* hash of the last; "" when there is none */
} UserAuditProof;
gboolean user_audit_verify(Store *store, UserAuditProof *proof, GError **error);

/* The text without a name, or NULL: it has none. The caller frees. */
typedef char *(*UserAuditErase)(const char *text, gpointer data);
/* Takes a name out of all entries, in the caller's transaction; `*n_erased`: entries that had it. Errors: INPUT where
 * the log was changed, IO. */
gboolean user_audit_erase(Store *store, gint64 now_us, UserAuditErase erase, gpointer data, gint64 *n_erased,
                          GError **error);

/* `*last`: the entry up to which all are older than `before_us`, 0: none; `*n`: how many of these there are. Errors:
 * IO. */
gboolean user_audit_older(Store *store, gint64 before_us, gint64 *last, gint64 *n, GError **error);
/* Takes out the entries up to `last`, in the caller's transaction, and adds one that says so with the hash of the last
 * one gone: what is left is verified from it. Errors: INPUT where the log was changed, IO. */
gboolean user_audit_tidy(Store *store, gint64 last, const char *who, gint64 now_us, GError **error);
