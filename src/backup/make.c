/* Making a backup. The files are read after the database: where one is edited meanwhile, the definitions are newer than
 * the records, never the other way round. */
#include "backup/private.h"
#include "store/copy.h"

#include <glib/gstdio.h>
#include <string.h>

#define MAX_FILES 10000
#define MAX_DEPTH 8

static int compare_files(gconstpointer a, gconstpointer b) {
  const BackupFile *const *first = a, *const *second = b;
  return strcmp((*first)->path, (*second)->path);
}

static gboolean add_file(BackupManifest *manifest, const char *partial, const char *from, const char *name,
                         GError **error) {
  if (strpbrk(name, "\n\r")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a file's name has a line break in it: rename %s", from);
    return FALSE;
  }
  if (manifest->files->len == MAX_FILES) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "a backup holds at most %d files of a workspace", MAX_FILES);
    return FALSE;
  }
  g_autofree char *path = g_strconcat(BACKUP_FILES "/", name, NULL);
  g_autofree char *to = g_build_filename(partial, path, NULL);
  if (!backup_copy(from, to, error)) return FALSE;
  char *sha256 = backup_hash(to, error);
  if (!sha256) return FALSE;
  BackupFile *file = g_new0(BackupFile, 1);
  *file = (BackupFile){g_steal_pointer(&path), sha256};
  g_ptr_array_add(manifest->files, file);
  return TRUE;
}

typedef struct {
  const Session *session;
  const char *partial;
  BackupManifest *manifest;
} Making;

static gboolean is_yaml(const char *name) {
  return g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".yml");
}

/* `below` is "" or "kpis/". In the workspace's own folder: YAML files, and session_folders; records that sources read,
 * and what the program keeps in data/, are not of them. */
static gboolean add_below(const Making *making, const char *below, guint depth, GError **error) {
  g_autofree char *folder = g_build_filename(making->session->folder, below, NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *from = g_build_filename(folder, name, NULL);
    g_autofree char *path = g_strconcat(below, name, NULL);
    g_autofree char *inner = g_strconcat(path, "/", NULL);
    if (g_file_test(from, G_FILE_TEST_IS_SYMLINK) && g_file_test(from, G_FILE_TEST_IS_DIR)) continue;
    gboolean is_folder = g_file_test(from, G_FILE_TEST_IS_DIR);
    gboolean is_wanted = depth > 0 || (is_folder ? g_strv_contains(session_folders, name) : is_yaml(name));
    if (!is_wanted || *name == '.') continue;
    if (is_folder && depth < MAX_DEPTH && !add_below(making, inner, depth + 1, error)) return FALSE;
    if (g_file_test(from, G_FILE_TEST_IS_REGULAR) && !add_file(making->manifest, making->partial, from, path, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean add_database(const Making *making, GError **error) {
  g_autofree char *path = g_build_filename(making->partial, BACKUP_DATABASE, NULL);
  StoreCopied copied;
  if (!store_copy(making->session->store, path, &copied, error)) return FALSE;
  char *sha256 = backup_hash(path, error);
  if (!sha256) return FALSE;
  BackupFile *file = g_new0(BackupFile, 1);
  *file = (BackupFile){g_strdup(BACKUP_DATABASE), sha256};
  g_ptr_array_add(making->manifest->files, file);
  making->manifest->form = copied.form;
  making->manifest->load = copied.load;
  return TRUE;
}

static gboolean write_manifest(const Making *making, GError **error) {
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  making->manifest->attain_version = g_strdup(ATTAIN_VERSION);
  making->manifest->made_at = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
  g_ptr_array_sort(making->manifest->files, compare_files);
  g_autofree char *text = backup_manifest_write(making->manifest);
  g_autofree char *path = g_build_filename(making->partial, BACKUP_MANIFEST, NULL);
  g_autoptr(GError) cause = NULL;
  if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                               &cause))
    return TRUE;
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_IO, cause->message);
  return FALSE;
}

static void free_file(gpointer data) {
  BackupFile *file = data;
  g_free(file->path);
  g_free(file->sha256);
  g_free(file);
}

gboolean backup_make(const Session *session, const char *folder, BackupManifest *manifest, GError **error) {
  if (g_file_test(folder, G_FILE_TEST_EXISTS)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is there already: name a folder for the backup that is not",
                folder);
    return FALSE;
  }
  g_autofree char *partial = backup_partial(folder, error);
  if (!partial) return FALSE;
  manifest->files = g_ptr_array_new_with_free_func(free_file);
  const Making making = {session, partial, manifest};
  if (add_database(&making, error) && add_below(&making, "", 0, error) && write_manifest(&making, error) &&
      backup_name(partial, folder, error))
    return TRUE;
  backup_remove(partial);
  return FALSE;
}
