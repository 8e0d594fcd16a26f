/* What the files of src/backup share. */
#pragma once

#include "backup/backup.h"

#define BACKUP_MANIFEST "manifest.txt"
#define BACKUP_DATABASE "database"
#define BACKUP_FILES    "files"

/* The file's SHA-256, in lower case; the caller frees. Errors: IO. */
char *backup_hash(const char *path, GError **error);
/* Copies a file, on the disk when it returns; its folder is made. Errors: IO. */
gboolean backup_copy(const char *from, const char *to, GError **error);
/* A name beside `folder` for what is not whole yet, made as an empty folder; the caller frees. Errors: IO. */
char *backup_partial(const char *folder, GError **error);
/* Gives what is whole its name, which is not there. Errors: IO. */
gboolean backup_name(const char *partial, const char *folder, GError **error);
/* Takes a folder away with all that is in it. */
void backup_remove(const char *folder);
/* IO, from errno. Always FALSE. */
gboolean backup_fail(const char *path, const char *what, GError **error);

/* What is written of a manifest, with a checksum of itself; the caller frees. */
char *backup_manifest_write(const BackupManifest *manifest);
gboolean backup_manifest_read(const char *folder, BackupManifest *manifest, GError **error);
