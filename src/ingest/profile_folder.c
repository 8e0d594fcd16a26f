/* Which files an export has: those of a folder, by name, and which of them are parts of one table
 * (deals_2023.csv, deals_2024.csv). */
#include "ingest/load.h"
#include "ingest/profile.h"

#include <gio/gio.h>

static void file_free(gpointer data) {
  ProfileFile *file = data;
  g_free(file->path);
  g_free(file->pattern);
  g_free(file->name);
  g_free(file->table);
  g_free(file->problem);
  g_free(file->lost_why);
  g_free(file->json_rows);
  if (file->notes) g_ptr_array_unref(file->notes);
  g_ptr_array_unref(file->columns);
  g_free(file);
}

void profile_folder_free(ProfileFolder *folder) {
  if (!folder) return;
  g_free(folder->folder);
  g_ptr_array_unref(folder->files);
  g_ptr_array_unref(folder->ignored);
  g_free(folder);
}

static gboolean is_table_name(const char *name) {
  static const char *const endings[] = {".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl", ".parquet", NULL};
  g_autofree char *lower = g_ascii_strdown(name, -1);
  if (g_str_has_suffix(lower, ".gz")) lower[strlen(lower) - 3] = 0;
  for (gsize i = 0; endings[i]; i++)
    if (g_str_has_suffix(lower, endings[i])) return TRUE;
  return FALSE;
}

static char *short_name(const char *base) {
  g_autofree char *stem = g_ascii_strdown(base, -1);
  char *dot = strchr(stem, '.');
  if (dot && dot > stem) *dot = 0;
  GString *name = g_string_new(NULL);
  for (const char *p = stem; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (c < 128 && g_ascii_isalnum((char)c))
      g_string_append_c(name, (char)c);
    else if (name->len && name->str[name->len - 1] != '_')
      g_string_append_c(name, '_');
  }
  while (name->len && name->str[name->len - 1] == '_') g_string_truncate(name, name->len - 1);
  if (!name->len || g_ascii_isdigit(name->str[0])) g_string_prepend(name, "file_");
  return g_string_free(name, FALSE);
}

static int by_name(gconstpointer a, gconstpointer b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *list_files(const char *folder, GPtrArray *ignored, GError **error) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
  if (!dir) return NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (name[0] == '.' || g_file_test(path, G_FILE_TEST_IS_DIR)) continue;
    g_ptr_array_add(is_table_name(name) ? names : ignored, g_strdup(name));
  }
  g_ptr_array_sort(names, by_name);
  g_ptr_array_sort(ignored, by_name);
  return names;
}

static char *unique_name(const ProfileFolder *folder, const char *base) {
  char *name = short_name(base);
  for (guint n = 2, i = 0; i < folder->files->len; i++) {
    const ProfileFile *other = folder->files->pdata[i];
    if (!g_str_equal(other->name, name)) continue;
    g_free(name);
    g_autofree char *plain = short_name(base);
    name = g_strdup_printf("%s_%u", plain, n++);
    i = (guint)-1;
  }
  return name;
}

static ProfileFile *add_file(Store *scratch, ProfileFolder *folder, const char *base) {
  ProfileFile *file = g_new0(ProfileFile, 1);
  file->columns = g_ptr_array_new_with_free_func((GDestroyNotify)profile_column_free);
  file->path = g_build_filename(folder->folder, base, NULL);
  file->pattern = g_strdup(base);
  file->name = unique_name(folder, base);
  file->n_files = 1;
  file->notes = g_ptr_array_new_with_free_func(g_free);
  profile_read(scratch, file, folder->n_read++);
  g_ptr_array_add(folder->files, file);
  return file;
}

/* Parts of one table: same headers, and names that differ in their digits only (deals_2023.csv, deals_2024.csv). */
static gboolean same_shape(const ProfileFile *a, const ProfileFile *b) {
  if (!a->table || !b->table || a->columns->len != b->columns->len) return FALSE;
  for (guint i = 0; i < a->columns->len; i++)
    if (!g_str_equal(((ProfileColumn *)a->columns->pdata[i])->key, ((ProfileColumn *)b->columns->pdata[i])->key))
      return FALSE;
  g_autoptr(GRegex) digits = g_regex_new("[0-9]+", 0, 0, NULL);
  g_autofree char *left = g_regex_replace_literal(digits, a->pattern, -1, 0, "#", 0, NULL);
  g_autofree char *right = g_regex_replace_literal(digits, b->pattern, -1, 0, "#", 0, NULL);
  return !g_str_equal(a->pattern, b->pattern) && g_str_equal(left, right);
}

static void join_parts(Store *scratch, ProfileFolder *folder) {
  for (guint i = 0; i < folder->files->len; i++) {
    ProfileFile *file = folder->files->pdata[i];
    for (guint j = folder->files->len; j-- > i + 1;) {
      ProfileFile *part = folder->files->pdata[j];
      g_autofree char *base = g_path_get_basename(file->path);
      if (!part->table || !file->table) continue;
      g_autofree char *kept = g_steal_pointer(&file->pattern);
      file->pattern = g_steal_pointer(&base);
      gboolean same = same_shape(file, part);
      g_free(g_steal_pointer(&file->pattern));
      file->pattern = g_steal_pointer(&kept);
      if (!same) continue;
      g_autofree char *sql = g_strdup_printf("INSERT INTO %s BY NAME SELECT * FROM %s", file->table, part->table);
      if (!store_run(scratch, sql, NULL, 0, NULL, NULL)) continue;
      g_autoptr(GRegex) digits = g_regex_new("[0-9]+", 0, 0, NULL);
      g_free(file->pattern);
      file->pattern = g_regex_replace_literal(digits, part->pattern, -1, 0, "*", 0, NULL);
      file->n_files++;
      file->n_lost += part->n_lost;
      file->sampled |= part->sampled;
      g_ptr_array_remove_index(folder->files, j);
    }
  }
}

ProfileFolder *profile_folder(Store *scratch, const char *path, GError **error) {
  if (!load_make_macros(scratch, error)) return NULL;
  g_autoptr(ProfileFolder) folder = g_new0(ProfileFolder, 1);
  folder->files = g_ptr_array_new_with_free_func(file_free);
  folder->ignored = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *absolute = g_canonicalize_filename(path, NULL);
  if (!g_file_test(absolute, G_FILE_TEST_EXISTS)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "%s: there is no such file or folder", path);
    return NULL;
  }
  if (g_file_test(absolute, G_FILE_TEST_IS_DIR)) {
    folder->folder = g_strdup(absolute);
    g_autoptr(GPtrArray) names = list_files(absolute, folder->ignored, error);
    if (!names) return NULL;
    for (guint i = 0; i < names->len; i++) add_file(scratch, folder, names->pdata[i]);
    join_parts(scratch, folder);
  } else {
    folder->folder = g_path_get_dirname(absolute);
    g_autofree char *base = g_path_get_basename(absolute);
    add_file(scratch, folder, base);
  }
  if (folder->files->len == 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "%s holds no table: put .csv, .tsv, .txt, .json, .ndjson or .parquet files into it (a spreadsheet must "
                "be saved as CSV)",
                path);
    return NULL;
  }
  for (guint i = 0; i < folder->files->len; i++) {
    ProfileFile *file = folder->files->pdata[i];
    if (file->table) profile_measure(scratch, file);
  }
  return g_steal_pointer(&folder);
}
