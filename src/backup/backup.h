/* Backups: a workspace's database and files as of one commit, with their checksums; and workspaces made of them again.
 *
 *   workspace ─► FOLDER/manifest.txt   of which version, commit and time; the SHA-256 of each file
 *                FOLDER/files/…        attain.yaml, kpis/, sources/, alerts/, … as they were
 *                FOLDER/database       one commit of the database, written anew: nothing is waited for meanwhile
 *
 * Both ways are all or nothing: what is being made has another name until it is whole and on the disk. */
#pragma once

#include "session/session.h"

typedef struct {
  char *attain_version; /* which wrote it */
  guint form;           /* of the database */
  gint64 load;          /* its last commit; 0: none */
  char *made_at;        /* "2026-11-22T20:00:00Z" */
  GPtrArray *files;     /* BackupFile; "database" and "files/…" */
} BackupManifest;

typedef struct {
  char *path;   /* within the backup */
  char *sha256; /* lower case */
} BackupFile;

void backup_manifest_clear(BackupManifest *manifest);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BackupManifest, backup_manifest_clear)

/* Makes a backup of a session whose database is open, to read or to write, in `folder`, which is not there yet.
 * `manifest` must be zeroed. Errors: INPUT where there is something already, IO. */
gboolean backup_make(const Session *session, const char *folder, BackupManifest *manifest, GError **error);

/* Reads a backup and holds every file against its checksum; the caller clears `manifest`, which must be zeroed. Errors:
 * NOT_FOUND where there is none, INPUT where it is damaged or not whole, IO. */
gboolean backup_check(const char *folder, BackupManifest *manifest, GError **error);

/* Makes the workspace `folder` of a backup. What is there already is left alone, unless `replaces`: it then lies beside
 * as `*replaced`, which the caller frees (NULL: nothing was there). Errors: those of backup_check(), VERSION of a newer
 * database, BUSY where somebody has the one there open, INPUT where something is there. */
gboolean backup_restore(const char *backup, const char *folder, gboolean replaces, BackupManifest *manifest,
                        char **replaced, GError **error);
