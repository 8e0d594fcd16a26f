/* Answers as tables: walking the document's lists, and writing what was found. */
#include "answer/tabular.h"

#include "base/json.h"
#include "cli/xlsx.h"
#include "store/store.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  char *path;   /* "compared.value" */
  char *within; /* the object or list that it stands in, or NULL */
  gboolean in_object;
  char *name; /* "compared_value"; NULL until all columns are known */
  gboolean is_text, is_number, is_flag;
} Column;

#define ALL "(all)" /* of members that a row does not name */

typedef struct {
  BaseJsonKind kind; /* NULL, TEXT, NUMBER or FLAG */
  gboolean is_told;  /* FALSE: nothing was said, not even that there is no value */
  const char *text;
  double number; /* of a FLAG 0 or 1 */
} Cell;

struct AnswerTabular {
  BaseJson *json;
  GPtrArray *columns;   /* Column */
  GHashTable *by_path;  /* path -> index + 1 */
  GHashTable *names;    /* names taken; of the columns */
  GPtrArray *rows;      /* GArray of Cell; a short row ends with empty cells */
  GStringChunk *joined; /* texts made of lists */
  gsize n_cells;
};

/* Where members stand. */
typedef struct {
  const char *path;   /* with a dot at its end, or "" */
  const char *within; /* the object's or list's name, or NULL */
  gboolean in_object;
  const char *below; /* the list within it that has the rows; NULL: none */
} Place;

static void free_column(gpointer column) {
  g_free(((Column *)column)->path);
  g_free(((Column *)column)->within);
  g_free(((Column *)column)->name);
  g_free(column);
}

/* --- columns --- */

/* Only an object's `name` is called as the object is. */
static char *name_of(const AnswerTabular *tabular, const Column *column) {
  const char *dot = strrchr(column->path, '.'), *inner = dot ? dot + 1 : column->path;
  gboolean is_its_name = column->in_object && g_str_equal(inner, "name");
  char *name = g_strdup(is_its_name ? column->within : inner);
  if (column->within && g_hash_table_contains(tabular->names, name)) {
    g_free(name);
    name = g_strdup_printf("%s_%s", column->within, inner);
  }
  for (guint n = 2; g_hash_table_contains(tabular->names, name); n++) {
    g_free(name);
    name = g_strdup_printf("%s_%u", inner, n);
  }
  return name;
}

/* What a row says of itself has the names before what objects within it say, wherever they stand. */
static void name_columns(AnswerTabular *tabular) {
  for (gboolean in_object = FALSE; in_object <= TRUE; in_object++)
    for (guint c = 0; c < tabular->columns->len; c++) {
      Column *column = tabular->columns->pdata[c];
      if (column->in_object != in_object) continue;
      column->name = name_of(tabular, column);
      g_hash_table_add(tabular->names, column->name);
    }
}

static guint column_of(AnswerTabular *tabular, const Place *place, const char *inner) {
  g_autofree char *path = g_strconcat(place->path, inner, NULL);
  guint index = GPOINTER_TO_UINT(g_hash_table_lookup(tabular->by_path, path));
  if (index) return index - 1;
  Column *column = g_new0(Column, 1);
  column->path = g_steal_pointer(&path);
  column->within = g_strdup(place->within);
  column->in_object = place->in_object;
  g_ptr_array_add(tabular->columns, column);
  g_hash_table_insert(tabular->by_path, column->path, GUINT_TO_POINTER(tabular->columns->len));
  return tabular->columns->len - 1;
}

/* --- rows --- */

static void set_cell(AnswerTabular *tabular, GArray *row, guint index, Cell cell) {
  Column *column = tabular->columns->pdata[index];
  if (row->len <= index) g_array_set_size(row, index + 1);
  cell.is_told = TRUE;
  g_array_index(row, Cell, index) = cell;
  if (cell.kind == BASE_JSON_TEXT) column->is_text = TRUE;
  if (cell.kind == BASE_JSON_NUMBER) column->is_number = TRUE;
  if (cell.kind == BASE_JSON_FLAG) column->is_flag = TRUE;
}

/* NULL: there are objects or lists in it. */
static const char *join(AnswerTabular *tabular, const BaseJsonValue *list) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = list->first; i; i = base_json_value(tabular->json, i)->next) {
    const BaseJsonValue *item = base_json_value(tabular->json, i);
    if (item->kind != BASE_JSON_TEXT && item->kind != BASE_JSON_NUMBER) return NULL;
    if (text->len > 0) g_string_append_c(text, ' ');
    if (item->kind == BASE_JSON_TEXT) g_string_append(text, item->text);
    if (item->kind == BASE_JSON_NUMBER) g_string_append_printf(text, "%.15g", item->number);
  }
  return g_string_chunk_insert_len(tabular->joined, text->str, (gssize)text->len);
}

static void add_members(AnswerTabular *tabular, GArray *row, const BaseJsonValue *object, const Place *place);

static void add_value(AnswerTabular *tabular, GArray *row, const BaseJsonValue *value, const Place *place) {
  Cell cell = {.kind = value->kind, .text = value->text, .number = value->number};
  if (value->kind == BASE_JSON_OBJECT) {
    g_autofree char *path = g_strconcat(place->path, value->name, ".", NULL);
    add_members(tabular, row, value, &(Place){.path = path, .within = value->name, .in_object = TRUE});
    return;
  }
  if (value->kind == BASE_JSON_FLAG) cell.number = value->flag;
  if (value->kind == BASE_JSON_LIST) {
    cell = (Cell){.kind = BASE_JSON_TEXT, .text = join(tabular, value)};
    if (!cell.text) return;
  }
  set_cell(tabular, row, column_of(tabular, place, value->name), cell);
}

static void add_members(AnswerTabular *tabular, GArray *row, const BaseJsonValue *object, const Place *place) {
  for (guint i = object->first; i; i = base_json_value(tabular->json, i)->next) {
    const BaseJsonValue *value = base_json_value(tabular->json, i);
    if (g_strcmp0(value->name, place->below) != 0) add_value(tabular, row, value, place);
  }
}

/* --- lists --- */

static const BaseJsonValue *find(const AnswerTabular *tabular, const BaseJsonValue *object, const char *name) {
  if (object->kind != BASE_JSON_OBJECT) return NULL;
  for (guint i = object->first; i; i = base_json_value(tabular->json, i)->next)
    if (strcmp(base_json_value(tabular->json, i)->name, name) == 0) return base_json_value(tabular->json, i);
  return NULL;
}

static gboolean keep_row(AnswerTabular *tabular, GArray *row, GError **error) {
  g_ptr_array_add(tabular->rows, row);
  tabular->n_cells += row->len;
  if (tabular->n_cells <= ANSWER_TABULAR_MAX_CELLS) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
              "the table would have more than %d cells: ask for a shorter period or fewer members",
              ANSWER_TABULAR_MAX_CELLS);
  return FALSE;
}

/* The rows of the list that `steps` leads to from `object`; `around` is what stands in each. A first step that is empty
 * is the object itself. */
static gboolean add_list(AnswerTabular *tabular, const BaseJsonValue *object, char *const *steps, const GArray *around,
                         const Place *place, GError **error) {
  const BaseJsonValue *list = **steps ? find(tabular, object, *steps) : object;
  if (!list || list->kind != BASE_JSON_LIST) return TRUE;
  for (guint i = list->first; i; i = base_json_value(tabular->json, i)->next) {
    const BaseJsonValue *item = base_json_value(tabular->json, i);
    GArray *row = g_array_new(FALSE, TRUE, sizeof(Cell));
    g_array_append_vals(row, around->data, around->len);
    const Place here = {.path = place->path, .within = place->within, .below = steps[1]};
    if (item->kind == BASE_JSON_OBJECT) add_members(tabular, row, item, &here);
    if (!steps[1]) {
      if (!keep_row(tabular, row, error)) return FALSE;
      continue;
    }
    g_autofree char *path = g_strconcat(place->path, steps[1], ".", NULL);
    gboolean ok = add_list(tabular, item, steps + 1, row, &(Place){.path = path, .within = steps[1]}, error);
    g_array_unref(row);
    if (!ok) return FALSE;
  }
  return TRUE;
}

/* Whether it is of an object `members`: of whom or what a figure is. */
static gboolean is_member(const Column *column) {
  return g_str_has_prefix(column->path, "members.") || strstr(column->path, ".members.");
}

/* Totals name no member. */
static void fill_members(AnswerTabular *tabular) {
  for (guint c = 0; c < tabular->columns->len; c++) {
    if (!is_member(tabular->columns->pdata[c])) continue;
    for (guint r = 0; r < tabular->rows->len; r++) {
      GArray *row = tabular->rows->pdata[r];
      if (c >= row->len || !g_array_index(row, Cell, c).is_told)
        set_cell(tabular, row, c, (Cell){.kind = BASE_JSON_TEXT, .text = ALL});
    }
  }
}

AnswerTabular *answer_tabular_new(const char *document, const char *lists, GError **error) {
  BaseJson *json = base_json_read(document, strlen(document), error);
  if (!json) return NULL;
  g_autoptr(AnswerTabular) tabular = g_new0(AnswerTabular, 1);
  tabular->json = json;
  tabular->columns = g_ptr_array_new_with_free_func(free_column);
  tabular->by_path = g_hash_table_new(g_str_hash, g_str_equal);
  tabular->names = g_hash_table_new(g_str_hash, g_str_equal);
  tabular->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
  tabular->joined = g_string_chunk_new(256);
  g_autoptr(GArray) nothing = g_array_new(FALSE, TRUE, sizeof(Cell));
  static char whole[] = "";
  static char *const of_whole[] = {whole, NULL};
  g_auto(GStrv) each = g_strsplit(lists, ",", -1);
  for (char *const *list = *each ? each : of_whole; *list; list++) {
    g_auto(GStrv) named = g_strsplit(*list, ".", -1);
    char *const *steps = *named ? named : of_whole;
    if (!add_list(tabular, base_json_value(json, 0), steps, nothing, &(Place){.path = ""}, error)) return NULL;
  }
  fill_members(tabular);
  if (tabular->columns->len == 0) column_of(tabular, &(Place){.path = ""}, *lists ? lists : "value");
  name_columns(tabular);
  return g_steal_pointer(&tabular);
}

void answer_tabular_free(AnswerTabular *tabular) {
  if (!tabular) return;
  base_json_free(tabular->json);
  g_hash_table_unref(tabular->by_path);
  g_hash_table_unref(tabular->names);
  g_ptr_array_unref(tabular->columns);
  g_ptr_array_unref(tabular->rows);
  g_string_chunk_free(tabular->joined);
  g_free(tabular);
}

/* --- writing --- */

static Cell cell_at(const AnswerTabular *tabular, guint row, guint column) {
  const GArray *cells = tabular->rows->pdata[row];
  return column < cells->len ? g_array_index(cells, Cell, column) : (Cell){0};
}

/* As text, where a column has texts and others, too; caller frees. NULL: empty. */
static char *words_of(Cell cell) {
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  if (cell.kind == BASE_JSON_TEXT) return g_strdup(cell.text);
  if (cell.kind == BASE_JSON_NUMBER) return g_strdup(g_ascii_formatd(digits, sizeof digits, "%.15g", cell.number));
  if (cell.kind == BASE_JSON_FLAG) return g_strdup(cell.number != 0 ? "true" : "false");
  return NULL;
}

void answer_tabular_csv(const AnswerTabular *tabular, FILE *out) {
  for (guint c = 0; c < tabular->columns->len; c++)
    cli_csv_field(out, ((Column *)tabular->columns->pdata[c])->name, c == 0);
  cli_csv_end(out);
  for (guint r = 0; r < tabular->rows->len; r++) {
    for (guint c = 0; c < tabular->columns->len; c++) {
      g_autofree char *words = words_of(cell_at(tabular, r, c));
      cli_csv_field(out, words, c == 0);
    }
    cli_csv_end(out);
  }
}

gboolean answer_tabular_xlsx(const AnswerTabular *tabular, const char *title, FILE *out, GError **error) {
  g_autoptr(CliXlsx) book = cli_xlsx_new(title, g_get_real_time());
  CliXlsxSheet *sheet = cli_xlsx_add_sheet(book, title);
  for (guint c = 0; c < tabular->columns->len; c++)
    cli_xlsx_text(sheet, 0, c, ((Column *)tabular->columns->pdata[c])->name, &cli_xlsx_head);
  for (guint r = 0; r < tabular->rows->len; r++)
    for (guint c = 0; c < tabular->columns->len; c++) {
      Cell cell = cell_at(tabular, r, c);
      if (cell.kind == BASE_JSON_TEXT) cli_xlsx_text(sheet, r + 1, c, cell.text, NULL);
      if (cell.kind == BASE_JSON_NUMBER) cli_xlsx_number(sheet, r + 1, c, cell.number, NULL);
      if (cell.kind == BASE_JSON_FLAG) cli_xlsx_bool(sheet, r + 1, c, cell.number != 0, NULL);
    }
  cli_xlsx_freeze(sheet, 1, 0);
  return cli_xlsx_write(book, out, error);
}

/* --- Parquet --- */

static const char *sql_type(const Column *column) {
  if (column->is_text || (column->is_number && column->is_flag)) return "VARCHAR";
  if (column->is_number) return "DOUBLE";
  return column->is_flag ? "BOOLEAN" : "VARCHAR";
}

static StoreGiven *give_rows(const AnswerTabular *tabular, Store *store, GStringChunk *texts) {
  guint n_columns = tabular->columns->len;
  g_autofree const char **names = g_new(const char *, n_columns), **types = g_new(const char *, n_columns);
  for (guint c = 0; c < n_columns; c++) {
    names[c] = ((Column *)tabular->columns->pdata[c])->name;
    types[c] = sql_type(tabular->columns->pdata[c]);
  }
  StoreGiven *given = store_given_new(store, names, types, n_columns);
  g_autofree StoreValue *row = g_new(StoreValue, n_columns);
  for (guint r = 0; r < tabular->rows->len; r++) {
    for (guint c = 0; c < n_columns; c++) {
      Cell cell = cell_at(tabular, r, c);
      row[c] = (StoreValue){.type = STORE_NULL};
      if (cell.kind == BASE_JSON_NULL) continue;
      if (g_str_equal(types[c], "DOUBLE")) row[c] = (StoreValue){.type = STORE_DOUBLE, .number = cell.number};
      if (g_str_equal(types[c], "BOOLEAN")) row[c] = (StoreValue){.type = STORE_BOOL, .integer = cell.number != 0};
      if (!g_str_equal(types[c], "VARCHAR")) continue;
      g_autofree char *words = words_of(cell);
      row[c] = (StoreValue){.type = STORE_TEXT, .text = g_string_chunk_insert(texts, words)};
    }
    store_given_add(given, row);
  }
  return given;
}

static gboolean copy_to(const AnswerTabular *tabular, const char *path, GError **error) {
  g_autoptr(Store) store = store_open(NULL, NULL, STORE_CREATE, 1, error);
  if (!store) return FALSE;
  g_autoptr(GStringChunk) texts = g_string_chunk_new(4096);
  g_autoptr(StoreGiven) given = give_rows(tabular, store, texts);
  g_autofree char *file = store_quote_text(path);
  g_autofree char *sql =
      g_strdup_printf("COPY (SELECT * FROM given_rows(%u)) TO %s (FORMAT parquet)", store_given_number(given), file);
  return store_run(store, sql, NULL, 0, NULL, error);
}

gboolean answer_tabular_parquet(const AnswerTabular *tabular, char **bytes, gsize *n_bytes, GError **error) {
  g_autofree char *folder = g_dir_make_tmp("attain-XXXXXX", error);
  if (!folder) return FALSE;
  g_autofree char *path = g_build_filename(folder, "table.parquet", NULL);
  gboolean ok = copy_to(tabular, path, error) && g_file_get_contents(path, bytes, n_bytes, error);
  g_unlink(path);
  g_rmdir(folder);
  return ok;
}
