/* What a backup says of itself: a few lines "name: value", an empty one, a line for each file as `sha256sum` writes it,
 * and a checksum of all that. Read strictly: a backup that is not ours, or not whole, is not restored. */
#include "backup/private.h"

#include <string.h>

#define TITLE      "Attain backup 1\n"
#define OWN_SUM    "manifest: "
#define HASH_CHARS 64
#define MAX_BYTES  (16 << 20)

static void free_file(gpointer data) {
  BackupFile *file = data;
  g_free(file->path);
  g_free(file->sha256);
  g_free(file);
}

void backup_manifest_clear(BackupManifest *manifest) {
  g_clear_pointer(&manifest->attain_version, g_free);
  g_clear_pointer(&manifest->made_at, g_free);
  g_clear_pointer(&manifest->files, g_ptr_array_unref);
}

static void add_own_sum(GString *text) {
  g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text->str, text->len);
  g_string_append_printf(text, OWN_SUM "%s\n", sum);
}

char *backup_manifest_write(const BackupManifest *manifest) {
  GString *text = g_string_new(TITLE);
  g_string_append_printf(text, "attain: %s\nform: %u\nload: %" G_GINT64_FORMAT "\nat: %s\n\n", manifest->attain_version,
                         manifest->form, manifest->load, manifest->made_at);
  for (guint i = 0; i < manifest->files->len; i++) {
    const BackupFile *file = manifest->files->pdata[i];
    g_string_append_printf(text, "%s  %s\n", file->sha256, file->path);
  }
  add_own_sum(text);
  return g_string_free(text, FALSE);
}

/* --- reading --- */

static gboolean is_damaged(const char *folder, const char *what, GError **error) {
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s/" BACKUP_MANIFEST " %s: the backup is damaged, take another one",
              folder, what);
  return FALSE;
}

static gboolean has_own_sum(const char *text) {
  const char *last = g_strrstr(text, "\n" OWN_SUM);
  if (!last) return FALSE;
  g_autoptr(GString) above = g_string_new_len(text, last + 1 - text);
  add_own_sum(above);
  return g_str_equal(above->str, text);
}

static gboolean is_hash(const char *text) {
  return strspn(text, "0123456789abcdef") == HASH_CHARS && text[HASH_CHARS] == ' ';
}

/* Nothing outside of the folder that is restored can be named. */
static gboolean is_inside(const char *path) {
  if (g_str_equal(path, BACKUP_DATABASE)) return TRUE;
  if (!g_str_has_prefix(path, BACKUP_FILES "/")) return FALSE;
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  for (char **part = parts; *part; part++)
    if (**part == '\0' || g_str_equal(*part, ".") || g_str_equal(*part, "..")) return FALSE;
  return TRUE;
}

static gboolean read_file_line(const char *line, GPtrArray *files) {
  if (!is_hash(line) || line[HASH_CHARS + 1] != ' ' || !is_inside(line + HASH_CHARS + 2)) return FALSE;
  BackupFile *file = g_new0(BackupFile, 1);
  file->sha256 = g_strndup(line, HASH_CHARS);
  file->path = g_strdup(line + HASH_CHARS + 2);
  g_ptr_array_add(files, file);
  return TRUE;
}

static char *value_of(const char *line, const char *name) {
  gsize length = strlen(name);
  return line && g_str_has_prefix(line, name) && strncmp(line + length, ": ", 2) == 0 ? g_strdup(line + length + 2)
                                                                                      : NULL;
}

static gboolean read_head(char **lines, BackupManifest *manifest) {
  if (g_strv_length(lines) < 6) return FALSE;
  g_autofree char *form = value_of(lines[2], "form"), *load = value_of(lines[3], "load");
  guint64 number = 0;
  gint64 commit = 0;
  manifest->attain_version = value_of(lines[1], "attain");
  manifest->made_at = value_of(lines[4], "at");
  gboolean ok = manifest->attain_version && manifest->made_at && form && load && *lines[5] == '\0' &&
                g_ascii_string_to_unsigned(form, 10, 1, G_MAXINT32, &number, NULL) &&
                g_ascii_string_to_signed(load, 10, 0, G_MAXINT64, &commit, NULL);
  manifest->form = (guint)number;
  manifest->load = commit;
  return ok;
}

static gboolean read_lines(char **lines, BackupManifest *manifest) {
  manifest->files = g_ptr_array_new_with_free_func(free_file);
  if (!read_head(lines, manifest)) return FALSE;
  for (char **line = lines + 6; *line && !g_str_has_prefix(*line, OWN_SUM); line++)
    if (!read_file_line(*line, manifest->files)) return FALSE;
  return TRUE;
}

gboolean backup_manifest_read(const char *folder, BackupManifest *manifest, GError **error) {
  g_autofree char *path = g_build_filename(folder, BACKUP_MANIFEST, NULL);
  g_autofree char *text = NULL;
  gsize length;
  if (!g_file_get_contents(path, &text, &length, NULL)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
                "%s is no backup: it has no " BACKUP_MANIFEST ", which `attain backup` writes last", folder);
    return FALSE;
  }
  if (length > MAX_BYTES || strlen(text) != length || !g_str_has_prefix(text, TITLE) || !has_own_sum(text))
    return is_damaged(folder, "is not as it was written", error);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  return read_lines(lines, manifest) || is_damaged(folder, "says what no backup says", error);
}
