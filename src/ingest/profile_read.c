/* Reading an export's files into a scratch store, as text: by the very reader that loads them later (read.h), so that
 * what is proposed are the headers and rows that a load will find.
 *
 * A text file too large to be copied is looked at up to MAX_ROWS rows, and said to be. */
#include "ingest/profile.h"
#include "ingest/read.h"

#define MAX_ROWS 100000

/* A load of nothing but one file, into the scratch store. */
typedef struct {
  IngestSource source;
  Load load;
} Look;

static void look_init(Look *look, Store *scratch, const char *path) {
  look->source = (IngestSource){.name = (char *)"look", .folder = g_path_get_dirname(path)};
  look->load = (Load){.store = scratch, .source = &look->source};
  look->load.notes = g_ptr_array_new_with_free_func(g_free);
  look->load.temporary = g_ptr_array_new_with_free_func(g_free);
  static const IngestOptions quiet;
  look->load.options = &quiet;
}

static void look_clear(Look *look) {
  g_free(look->source.folder);
  g_ptr_array_unref(look->load.notes);
  g_ptr_array_unref(look->load.temporary);
}

/* The staging table becomes the file's; a view of a large file becomes a table of its first rows. */
static gboolean keep_rows(Store *scratch, ProfileFile *file, const ReadStage *stage, GError **error) {
  g_autofree char *name = store_quote_name(stage->name);
  g_autofree char *limit = stage->is_view ? g_strdup_printf(" LIMIT %d", MAX_ROWS) : g_strdup("");
  g_autofree char *create =
      g_strdup_printf("CREATE TEMP TABLE %s AS SELECT * EXCLUDE (_file) FROM %s%s", file->table, name, limit);
  g_autofree char *drop = g_strdup_printf("DROP %s %s", stage->is_view ? "VIEW" : "TABLE", name);
  if (stage->headers->len == 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "it has no columns");
    return FALSE;
  }
  if (!store_run(scratch, create, NULL, 0, NULL, error)) return FALSE;
  return store_run(scratch, drop, NULL, 0, NULL, error);
}

static void take_shape(Store *scratch, ProfileFile *file, const ReadStage *stage, const Load *load) {
  const ReadFile *read = &g_array_index(stage->files, ReadFile, 0);
  file->n_lost = stage->broken->len;
  if (stage->broken->len) file->lost_why = g_strdup(g_array_index(stage->broken, ReadBroken, 0).reason);
  for (guint i = 0; i < stage->headers->len; i++)
    g_ptr_array_add(file->columns, profile_column_new(stage->headers->pdata[i]));
  for (guint i = 0; i < load->notes->len; i++) {
    g_autofree char *note = g_strconcat(load->notes->pdata[i], ".", NULL);
    g_ptr_array_add(file->notes, g_steal_pointer(&note));
  }
  file->delimiter = read->dialect.delimiter;
  file->json_rows = g_strdup(read->json_rows);
  if (!stage->is_view) return;
  g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s", file->table);
  file->sampled = profile_count(scratch, sql) >= MAX_ROWS;
}

static gboolean read_one(Store *scratch, ProfileFile *file, guint number, GError **error) {
  Look look;
  look_init(&look, scratch, file->path);
  char *files[] = {file->path, NULL};
  const SourceTable table = {.name = file->name, .files = files, .csv = {.skip = -1}};
  g_autofree char *name = g_strdup_printf("look_%u", number);
  file->table = store_quote_name(name);
  ReadStage *stage = read_stage(&look.load, &table, number, TRUE, error);
  gboolean done = stage && keep_rows(scratch, file, stage, error);
  if (done) take_shape(scratch, file, stage, &look.load);
  read_stage_free(stage);
  look_clear(&look);
  return done;
}

/* "deals.csv is empty" -> "it is empty": the file is named by whoever tells the problem. */
static char *without_name(const ProfileFile *file, const char *message) {
  g_autofree char *base = g_path_get_basename(file->path);
  const char *rest = g_str_has_prefix(message, base) ? message + strlen(base) : NULL;
  if (rest && g_str_has_prefix(rest, ": ")) return g_strdup(rest + 2);
  return rest && *rest == ' ' ? g_strconcat("it", rest, NULL) : g_strdup(message);
}

void profile_read(Store *scratch, ProfileFile *file, guint number) {
  g_autoptr(GError) error = NULL;
  if (read_one(scratch, file, number, &error)) return;
  g_clear_pointer(&file->table, g_free);
  file->problem = without_name(file, error ? error->message : "it cannot be read");
  file->problem[strcspn(file->problem, "\n")] = 0;
}
