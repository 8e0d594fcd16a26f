/* Restoring. Every file is held against its checksum where it lies and again where it was copied to; the database is
 * opened before the workspace is given its name. */
#include "backup/private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static gboolean check_file(const char *folder, const BackupFile *file, GError **error) {
  g_autofree char *path = g_build_filename(folder, file->path, NULL);
  g_autofree char *sha256 = backup_hash(path, error);
  if (!sha256) return FALSE;
  if (g_str_equal(sha256, file->sha256)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "%s is not as it was written: the backup is damaged, take another one", path);
  return FALSE;
}

static gboolean has(const BackupManifest *manifest, const char *path) {
  for (guint i = 0; i < manifest->files->len; i++)
    if (g_str_equal(((const BackupFile *)manifest->files->pdata[i])->path, path)) return TRUE;
  return FALSE;
}

gboolean backup_check(const char *folder, BackupManifest *manifest, GError **error) {
  if (!backup_manifest_read(folder, manifest, error)) return FALSE;
  if (!has(manifest, BACKUP_DATABASE) || !has(manifest, BACKUP_FILES "/attain.yaml")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s has no database or no attain.yaml: take another backup",
                folder);
    return FALSE;
  }
  for (guint i = 0; i < manifest->files->len; i++)
    if (!check_file(folder, manifest->files->pdata[i], error)) return FALSE;
  return TRUE;
}

/* Where attain.yaml says that the database lies; what it says of a place outside of the workspace is not followed. */
static char *database_in(const char *folder, GError **error) {
  g_autoptr(ConfOrganisation) organisation = conf_organisation_load(folder, error);
  if (!organisation) return NULL;
  g_autofree char *base = g_canonicalize_filename(folder, NULL);
  g_autofree char *inside = g_strconcat(base, "/", NULL);
  g_autofree char *path = g_canonicalize_filename(organisation->database, base);
  if (g_str_has_prefix(path, inside)) return g_steal_pointer(&path);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "attain.yaml of the backup keeps the database outside of the workspace, at %s: restore its files by hand",
              path);
  return NULL;
}

static gboolean copy_one(const char *backup, const BackupFile *file, const char *to, GError **error) {
  g_autofree char *from = g_build_filename(backup, file->path, NULL);
  if (!backup_copy(from, to, error)) return FALSE;
  g_autofree char *sha256 = backup_hash(to, error);
  if (!sha256) return FALSE;
  if (g_str_equal(sha256, file->sha256)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s was not written as it is in the backup: is the disk sound?", to);
  return FALSE;
}

static gboolean copy_files(const char *backup, const BackupManifest *manifest, const char *partial, GError **error) {
  gsize prefix = strlen(BACKUP_FILES "/");
  for (guint i = 0; i < manifest->files->len; i++) {
    const BackupFile *file = manifest->files->pdata[i];
    if (g_str_equal(file->path, BACKUP_DATABASE)) continue;
    g_autofree char *to = g_build_filename(partial, file->path + prefix, NULL);
    if (!copy_one(backup, file, to, error)) return FALSE;
  }
  return TRUE;
}

/* Opened to write, so that a database of an earlier version is brought to this one's. */
static gboolean copy_database(const char *backup, const char *partial, GError **error) {
  g_autofree char *path = database_in(partial, error);
  if (!path) return FALSE;
  g_autofree char *from = g_build_filename(backup, BACKUP_DATABASE, NULL);
  if (!backup_copy(from, path, error)) return FALSE;
  g_autoptr(Session) session = session_open(partial, NULL, SESSION_WRITE, error);
  if (session) return TRUE;
  g_prefix_error(error, "the database of the backup cannot be opened: ");
  return FALSE;
}

/* Whether another process has the database of a workspace open. Nobody in this one has. */
static gboolean is_free(const char *folder, GError **error) {
  g_autofree char *path = database_in(folder, NULL);
  int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (fd < 0) return TRUE;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  gboolean is_held = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close(fd);
  if (is_held)
    g_set_error(error, BASE_ERROR, BASE_ERROR_BUSY, "%s is in use by process %d: stop it first", path, (int)lock.l_pid);
  return !is_held;
}

static gboolean is_empty(const char *folder) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  return dir && !g_dir_read_name(dir);
}

static gboolean may_take(const char *folder, gboolean replaces, GError **error) {
  if (!g_file_test(folder, G_FILE_TEST_EXISTS) || is_empty(folder)) return TRUE;
  if (replaces) return is_free(folder, error);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "%s is there already, and is left as it is: name another folder, or put it aside with --replace", folder);
  return FALSE;
}

/* What is there is given another name, not taken away. */
static gboolean put_aside(const char *folder, char **replaced, GError **error) {
  if (!g_file_test(folder, G_FILE_TEST_EXISTS)) return TRUE;
  if (is_empty(folder)) return g_rmdir(folder) == 0 || backup_fail(folder, "replaced", error);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *when = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
  g_autofree char *aside = g_strconcat(folder, ".replaced-", when, NULL);
  if (g_file_test(aside, G_FILE_TEST_EXISTS) || g_rename(folder, aside) != 0)
    return backup_fail(folder, "put aside", error);
  *replaced = g_steal_pointer(&aside);
  return TRUE;
}

gboolean backup_restore(const char *backup, const char *folder, gboolean replaces, BackupManifest *manifest,
                        char **replaced, GError **error) {
  g_autofree char *whole = g_canonicalize_filename(folder, NULL);
  *replaced = NULL;
  if (!backup_check(backup, manifest, error) || !may_take(whole, replaces, error)) return FALSE;
  g_autofree char *partial = backup_partial(whole, error);
  if (!partial) return FALSE;
  g_autofree char *aside = NULL;
  gboolean ok = copy_files(backup, manifest, partial, error) && copy_database(backup, partial, error) &&
                put_aside(whole, &aside, error);
  if (ok && !backup_name(partial, whole, error)) {
    ok = FALSE;
    if (aside) g_rename(aside, whole);
  }
  if (ok)
    *replaced = g_steal_pointer(&aside);
  else
    backup_remove(partial);
  return ok;
}
