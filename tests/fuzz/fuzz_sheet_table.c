/* Sheets of any bytes: a table within its caps whose texts are UTF-8, or an error that says something. What begins with
 * "<" is taken for a sheet's part, so that inputs reach the cells without a zip around them. */
#include "fuzz.h"
#include "sheet/sheet_private.h"

static SheetTable *read_part(const uint8_t *data, size_t size, GError **error) {
  static char first[] = "revenue by rep", second[] = "Ana";
  static const guint8 formats[] = {SHEET_PLAIN, SHEET_DAY, SHEET_MONTH, SHEET_YEAR};
  g_autoptr(GPtrArray) strings = g_ptr_array_new();
  g_autoptr(GArray) styles = g_array_new(FALSE, FALSE, sizeof(guint8)),
                    found = g_array_new(FALSE, FALSE, sizeof(SheetCell));
  g_ptr_array_add(strings, first);
  g_ptr_array_add(strings, second);
  g_array_append_vals(styles, formats, G_N_ELEMENTS(formats));
  SheetReading reading = {.strings = strings,
                          .formats = styles,
                          .from_1904 = size % 2 == 0,
                          .chunk = g_string_chunk_new(256),
                          .cells = found};
  g_auto(SheetCells) cells;
  sheet_cells_init(&cells, &reading);
  if (sheet_parse_xml((const char *)data, size, &sheet_cell_handlers, &cells, error))
    return sheet_table_new(found, reading.chunk, error);
  g_string_chunk_free(reading.chunk);
  return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(GError) error = NULL;
  gboolean is_part = size > 0 && data[0] == '<';
  g_autoptr(SheetTable) table =
      is_part ? read_part(data, size, &error) : sheet_read_bytes((const char *)data, size, NULL, &error);
  g_assert((table == NULL) == (error != NULL));
  g_assert(!error || *error->message);
  if (!table) return 0;
  g_assert(table->n_rows * table->n_columns <= SHEET_MAX_CELLS);
  for (gsize r = 0; r < MIN(table->n_rows, 100); r++)
    for (gsize c = 0; c < MIN(table->n_columns, 100); c++) {
      const char *text = sheet_text(table, r, c);
      g_assert(!text || (*text && g_utf8_validate(text, -1, NULL)));
    }
  return 0;
}
