/* Workbooks: which part of the package is which, and what of them a sheet's cells need.
 *
 *   _rels/.rels ─► xl/workbook.xml (sheets, 1904) ─► its .rels ─► sharedStrings, styles, worksheets/sheetN.xml
 *
 * Source: ECMA-376 part 1, 18.2 (workbook), 18.4.8 (si), 18.8.10 (cellXfs), 9.2 (relationships). Names are compared
 * without their namespaces, for the strict form has others than the transitional one. */
#include "sheet/sheet_private.h"

#include <string.h>

#define MAX_STRINGS SHEET_MAX_CELLS

typedef struct {
  char *name, *relation;
  gboolean hidden;
} BookSheet;

typedef struct {
  const SheetPackage *package;
  char *path;            /* of the workbook's part */
  GHashTable *relations; /* id -> path, of worksheets */
  char *strings_path, *styles_path;
  GArray *sheets; /* BookSheet */
  SheetReading reading;
  GHashTable *codes; /* numFmtId -> char * */
  GString *text;     /* of the shared string that is read */
  guint phonetic;
  gboolean takes, in_cell_styles;
} Book;

static void clear_sheet(gpointer data) {
  BookSheet *sheet = data;
  g_free(sheet->name);
  g_free(sheet->relation);
}

static void book_init(Book *book, const SheetPackage *package) {
  *book = (Book){.package = package, .text = g_string_new(NULL)};
  book->relations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  book->codes = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  book->sheets = g_array_new(FALSE, TRUE, sizeof(BookSheet));
  g_array_set_clear_func(book->sheets, clear_sheet);
  book->reading = (SheetReading){.strings = g_ptr_array_new(),
                                 .formats = g_array_new(FALSE, FALSE, sizeof(guint8)),
                                 .chunk = g_string_chunk_new(4096),
                                 .cells = g_array_new(FALSE, FALSE, sizeof(SheetCell))};
}

static void book_clear(Book *book) {
  g_free(book->path);
  g_free(book->strings_path);
  g_free(book->styles_path);
  g_hash_table_unref(book->relations);
  g_hash_table_unref(book->codes);
  g_array_unref(book->sheets);
  g_string_free(book->text, TRUE);
  g_ptr_array_unref(book->reading.strings);
  g_array_unref(book->reading.formats);
  g_array_unref(book->reading.cells);
  if (book->reading.chunk) g_string_chunk_free(book->reading.chunk);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Book, book_clear)

/* --- relations --- */

/* "../worksheets/sheet1.xml" of the part "xl/workbook.xml" is "worksheets/sheet1.xml". */
static char *resolve(const char *part, const char *target) {
  if (*target == '/') return g_strdup(target + 1);
  const char *slash = part ? strrchr(part, '/') : NULL;
  g_autofree char *folder = slash ? g_strndup(part, (gsize)(slash - part)) : g_strdup("");
  g_autofree char *joined = g_strconcat("/", folder, "/", target, NULL);
  g_autofree char *plain = g_canonicalize_filename(joined, "/");
  return g_strdup(plain + strspn(plain, "/"));
}

static void replace(char **path, char *found) {
  g_free(*path);
  *path = found;
}

static void on_relation(SheetParse *parse, const char *name, const char **attributes) {
  Book *book = parse->data;
  const char *id = sheet_attribute(attributes, "Id"), *type = sheet_attribute(attributes, "Type"),
             *target = sheet_attribute(attributes, "Target");
  if (!g_str_equal(name, "Relationship") || !id || !type || !target) return;
  if (!book->path && g_str_has_suffix(type, "/officeDocument"))
    book->path = resolve(NULL, target);
  else if (g_str_has_suffix(type, "/worksheet"))
    g_hash_table_replace(book->relations, g_strdup(id), resolve(book->path, target));
  else if (g_str_has_suffix(type, "/sharedStrings"))
    replace(&book->strings_path, resolve(book->path, target));
  else if (g_str_has_suffix(type, "/styles"))
    replace(&book->styles_path, resolve(book->path, target));
}

static gboolean read_relations(Book *book, GError **error) {
  static const SheetHandlers handlers = {.start = on_relation};
  if (!sheet_package_has(book->package, "_rels/.rels")) {
    gboolean open_document = sheet_package_has(book->package, "mimetype");
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "this is %s: save the sheet as .xlsx or as CSV",
                open_document ? "an OpenDocument file" : "a zip file that is no .xlsx workbook");
    return FALSE;
  }
  if (!sheet_package_parse(book->package, "_rels/.rels", &handlers, book, error)) return FALSE;
  if (!book->path) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "this is no .xlsx workbook: save the sheet as .xlsx or as CSV");
    return FALSE;
  }
  const char *slash = strrchr(book->path, '/'), *last = slash ? slash + 1 : book->path;
  g_autofree char *path = g_strdup_printf("%.*s_rels/%s.rels", (int)(last - book->path), book->path, last);
  return sheet_package_parse(book->package, path, &handlers, book, error);
}

/* --- the workbook --- */

static gboolean is_true(const char *text) {
  return text && (g_str_equal(text, "1") || g_str_equal(text, "true"));
}

static void on_workbook(SheetParse *parse, const char *name, const char **attributes) {
  Book *book = parse->data;
  if (g_str_equal(name, "workbookPr")) book->reading.from_1904 = is_true(sheet_attribute(attributes, "date1904"));
  const char *title = sheet_attribute(attributes, "name"), *relation = sheet_attribute(attributes, "id");
  if (!g_str_equal(name, "sheet") || !title || !relation) return;
  const char *state = sheet_attribute(attributes, "state");
  BookSheet sheet = {g_strdup(title), g_strdup(relation), state && !g_str_equal(state, "visible")};
  g_array_append_val(book->sheets, sheet);
}

/* The names of the sheets, for a message. */
static char *sheet_names(const Book *book) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < book->sheets->len && i < 20; i++)
    g_ptr_array_add(names, g_array_index(book->sheets, BookSheet, i).name);
  g_ptr_array_add(names, NULL);
  return g_strjoinv(", ", (char **)names->pdata);
}

static const char *find_sheet(const Book *book, const char *wanted, GError **error) {
  g_autofree char *folded = wanted ? g_utf8_casefold(wanted, -1) : NULL;
  for (guint i = 0; i < book->sheets->len; i++) {
    const BookSheet *sheet = &g_array_index(book->sheets, BookSheet, i);
    const char *path = g_hash_table_lookup(book->relations, sheet->relation);
    g_autofree char *name = g_utf8_casefold(sheet->name, -1);
    if (path && (folded ? g_str_equal(name, folded) : !sheet->hidden)) return path;
  }
  g_autofree char *names = sheet_names(book);
  if (wanted)
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "the workbook has no sheet \"%s\": it has %s", wanted, names);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the workbook has no sheet that is visible");
  return NULL;
}

/* --- shared strings --- */

static void on_string_start(SheetParse *parse, const char *name, const char **attributes) {
  Book *book = parse->data;
  if (g_str_equal(name, "si"))
    g_string_truncate(book->text, 0);
  else if (g_str_equal(name, "rPh"))
    book->phonetic++;
  book->takes = g_str_equal(name, "t") && book->phonetic == 0;
}

static void on_string_end(SheetParse *parse, const char *name) {
  Book *book = parse->data;
  book->takes = FALSE;
  if (g_str_equal(name, "rPh") && book->phonetic > 0) book->phonetic--;
  if (!g_str_equal(name, "si")) return;
  sheet_unescape(book->text);
  g_ptr_array_add(book->reading.strings, g_string_chunk_insert(book->reading.chunk, book->text->str));
  if (book->reading.strings->len > MAX_STRINGS)
    sheet_parse_fail(parse, BASE_ERROR_LIMIT, "the workbook has more than %d texts (cap: texts of a workbook)",
                     MAX_STRINGS);
}

static void on_string_text(SheetParse *parse, const char *text, gsize length) {
  Book *book = parse->data;
  if (book->takes) sheet_append_text(parse, book->text, text, length);
}

/* --- styles --- */

static void on_style(SheetParse *parse, const char *name, const char **attributes) {
  Book *book = parse->data;
  const char *number = sheet_attribute(attributes, "numFmtId");
  guint id = number ? (guint)MIN(g_ascii_strtoull(number, NULL, 10), G_MAXUINT) : 0;
  if (g_str_equal(name, "cellXfs")) {
    book->in_cell_styles = TRUE;
  } else if (g_str_equal(name, "numFmt")) {
    const char *code = sheet_attribute(attributes, "formatCode");
    if (code) g_hash_table_replace(book->codes, GUINT_TO_POINTER(id), g_strdup(code));
  } else if (book->in_cell_styles && g_str_equal(name, "xf") && book->reading.formats->len < G_MAXUINT16) {
    guint8 format = (guint8)sheet_format_of(id, g_hash_table_lookup(book->codes, GUINT_TO_POINTER(id)));
    g_array_append_val(book->reading.formats, format);
  }
}

static void on_style_end(SheetParse *parse, const char *name) {
  if (g_str_equal(name, "cellXfs")) ((Book *)parse->data)->in_cell_styles = FALSE;
}

/* --- all --- */

static gboolean read_parts(Book *book, const char *wanted, GError **error) {
  static const SheetHandlers workbook = {.start = on_workbook};
  static const SheetHandlers strings = {on_string_start, on_string_end, on_string_text};
  static const SheetHandlers styles = {.start = on_style, .end = on_style_end};
  if (!read_relations(book, error) || !sheet_package_parse(book->package, book->path, &workbook, book, error))
    return FALSE;
  const char *path = find_sheet(book, wanted, error);
  if (!path || (book->strings_path && !sheet_package_parse(book->package, book->strings_path, &strings, book, error)) ||
      (book->styles_path && !sheet_package_parse(book->package, book->styles_path, &styles, book, error)))
    return FALSE;
  g_auto(SheetCells) cells;
  sheet_cells_init(&cells, &book->reading);
  return sheet_package_parse(book->package, path, &sheet_cell_handlers, &cells, error);
}

SheetTable *sheet_xlsx_read(const char *bytes, gsize length, const char *sheet, GError **error) {
  g_autoptr(SheetPackage) package = sheet_package_open(bytes, length, error);
  if (!package) return NULL;
  g_auto(Book) book;
  book_init(&book, package);
  if (!read_parts(&book, sheet, error)) return NULL;
  return sheet_table_new(book.reading.cells, g_steal_pointer(&book.reading.chunk), error);
}
