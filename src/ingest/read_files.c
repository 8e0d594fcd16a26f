/* Which files `file:` means: a file, a folder, or a glob in its last part, relative to the source's folder. */
#include "ingest/ingest.h"
#include "ingest/read.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define MAX_FILES 10000

static const char *const suffixes[] = {".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl", ".parquet", ".gz"};

static gboolean is_data_file(const char *name) {
  g_autofree char *lower = g_ascii_strdown(name, -1);
  for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
    if (g_str_has_suffix(lower, suffixes[i])) return TRUE;
  }
  return FALSE;
}

static int compare_names(gconstpointer a, gconstpointer b) {
  return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

/* Names in a folder, sorted; NULL when it is none. */
static GPtrArray *list_folder(const char *folder) {
  GDir *dir = g_dir_open(folder, 0, NULL);
  if (!dir) return NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
    if (name[0] != '.') g_ptr_array_add(names, g_strdup(name));
  }
  g_dir_close(dir);
  g_ptr_array_sort(names, compare_names);
  return names;
}

static char *describe_folder(const char *folder) {
  g_autoptr(GPtrArray) names = list_folder(folder);
  if (!names) return g_strdup_printf("there is no folder %s", folder);
  if (names->len == 0) return g_strdup_printf("the folder %s is empty", folder);
  GString *text = g_string_new(NULL);
  g_string_printf(text, "%s has ", folder);
  for (guint i = 0; i < MIN(names->len, 12); i++)
    g_string_append_printf(text, "%s%s", i ? ", " : "", (char *)names->pdata[i]);
  if (names->len > 12) g_string_append_printf(text, " and %u more", names->len - 12);
  return g_string_free(text, FALSE);
}

/* A file that several patterns mean is read once: its rows would count twice. */
static void add_once(GPtrArray *files, char *path) {
  if (g_ptr_array_find_with_equal_func(files, path, g_str_equal, NULL))
    g_free(path);
  else
    g_ptr_array_add(files, path);
}

/* FALSE: there is none. */
static gboolean add_matching(GPtrArray *files, const char *folder, const char *pattern) {
  gboolean any = FALSE;
  g_autoptr(GPtrArray) names = list_folder(folder);
  g_autoptr(GPatternSpec) spec = pattern ? g_pattern_spec_new(pattern) : NULL;
  for (guint i = 0; names && i < names->len && files->len < MAX_FILES; i++) {
    const char *name = names->pdata[i];
    if (spec ? !g_pattern_spec_match_string(spec, name) : !is_data_file(name)) continue;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) continue;
    any = TRUE;
    add_once(files, g_steal_pointer(&path));
  }
  return any;
}

static void say_nearest(GString *text, const char *folder, const char *name) {
  g_autoptr(GPtrArray) names = list_folder(folder);
  const char *nearest = names ? base_nearest(name, (const char *const *)names->pdata, names->len) : NULL;
  if (nearest) g_string_append_printf(text, "; did you mean %s?", nearest);
}

static gboolean add_file(GPtrArray *files, const IngestSource *source, const SourceTable *table, const char *written,
                         GError **error) {
  g_autofree char *path = g_canonicalize_filename(written, source->folder);
  g_autofree char *folder = g_path_get_dirname(path);
  g_autofree char *base = g_path_get_basename(path);
  gboolean any = FALSE;
  if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
    any = add_matching(files, path, NULL);
  } else if (strpbrk(base, "*?") && !g_file_test(path, G_FILE_TEST_EXISTS)) {
    any = add_matching(files, folder, base);
  } else if (g_file_test(path, G_FILE_TEST_EXISTS)) {
    any = TRUE;
    add_once(files, g_strdup(path));
  }
  if (any) return TRUE;
  gboolean is_folder = g_file_test(path, G_FILE_TEST_IS_DIR);
  g_autofree char *there = describe_folder(is_folder ? path : folder);
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_printf(text, "%s: %s \"%s\"; %s", table->name, is_folder ? "no table of records in" : "there is no file",
                  written, there);
  if (!is_folder) say_nearest(text, folder, base);
  base_error_at(error, BASE_ERROR_NOT_FOUND, table->span, "%s", text->str);
  return FALSE;
}

GPtrArray *read_find_files(const IngestSource *source, const SourceTable *table, GError **error) {
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
  for (char **written = table->files; written && *written; written++) {
    if (!add_file(files, source, table, *written, error)) return NULL;
  }
  if (files->len >= MAX_FILES) {
    base_error_at(error, BASE_ERROR_LIMIT, table->span, "%s: more than %d files", table->name, MAX_FILES);
    return NULL;
  }
  return g_steal_pointer(&files);
}

/* Whoever waits in open() for the other end of a pipe then has it, and reads nothing. */
static void open_and_close(const char *path) {
  GStatBuf status;
  if (g_stat(path, &status) != 0 || !S_ISFIFO(status.st_mode)) return;
  int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd >= 0) close(fd);
}

void ingest_let_go(const IngestSource *source) {
  for (guint t = 0; t < source->n_tables; t++) {
    g_autoptr(GPtrArray) files = read_find_files(source, &source->tables[t], NULL);
    for (guint i = 0; files && i < files->len; i++) open_and_close(files->pdata[i]);
  }
}
