/* Workbooks as they are written: what is in them, read back by src/sheet, which knows nothing of the writer. */
#include "../unit.h"
#include "cli/xlsx.h"
#include "sheet/sheet.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static char *folder;

static int make_folder(void **state) {
  folder = g_dir_make_tmp("attain-xlsx-XXXXXX", NULL);
  return folder == NULL;
}

static int remove_folder(void **state) {
  g_autofree char *path = g_build_filename(folder, "book.xlsx", NULL);
  g_unlink(path);
  g_rmdir(folder);
  g_free(folder);
  return 0;
}

static SheetTable *read_back(CliXlsx *book, const char *sheet) {
  g_autofree char *path = g_build_filename(folder, "book.xlsx", NULL);
  g_autoptr(GError) error = NULL;
  if (!cli_xlsx_save(book, path, &error)) fail_msg("%s", error->message);
  SheetTable *table = sheet_read_file(path, sheet, &error);
  if (!table) fail_msg("%s", error->message);
  return table;
}

static void test_cells(void **state) {
  g_autoptr(CliXlsx) book = cli_xlsx_new("A & B <c>", 0);
  CliXlsxSheet *sheet = cli_xlsx_add_sheet(book, "All");
  cli_xlsx_text(sheet, 0, 0, "=1+1", &cli_xlsx_head);
  cli_xlsx_text(sheet, 0, 1, "<Bo> & \"S\xC3\xB8n\"\n2", NULL);
  cli_xlsx_number(sheet, 1, 0, -1234567.25,
                  &(CliXlsxStyle){.number = cli_xlsx_format(CLI_NUMBER_MONEY, "EUR", 2), .bold = TRUE});
  cli_xlsx_number(sheet, 1, 1, 0.315, &(CliXlsxStyle){.number = cli_xlsx_format(CLI_NUMBER_PERCENT, NULL, 1)});
  cli_xlsx_number(sheet, 1, 2, NAN, NULL);
  cli_xlsx_value(sheet, 1, 3, FALSE, 7, NULL);
  cli_xlsx_day(sheet, 2, 0, base_day_from_civil(2028, 2, 29), NULL);
  cli_xlsx_day(sheet, 2, 1, base_day_from_civil(1899, 5, 1), NULL);
  cli_xlsx_day(sheet, 2, 2, BASE_DAY_NONE, NULL);
  cli_xlsx_bool(sheet, 2, 3, TRUE, NULL);
  cli_xlsx_formula(sheet, 3, 0, "=SUM(A2:A2)", -1234567.25, &cli_xlsx_total);
  cli_xlsx_text(sheet, 3, 1, "bad \xFF \xEF\xBF\xBF.", NULL);
  g_autoptr(SheetTable) table = read_back(book, NULL);
  static const char *const expected[] = {"=1+1",        "<Bo> & \"S\xC3\xB8n\"\n2",
                                         NULL,          NULL,
                                         "-1234567.25", "0.315",
                                         NULL,          NULL,
                                         "2028-02-29",  "1899-05-01",
                                         NULL,          "true",
                                         "-1234567.25", "bad \xEF\xBF\xBD ???.",
                                         NULL,          NULL};
  assert_int_equal(table->n_rows, 4);
  assert_int_equal(table->n_columns, 4);
  for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
    const char *found = sheet_text(table, i / 4, i % 4);
    if (g_strcmp0(found, expected[i]) != 0) fail_msg("cell %zu: %s", i, found ? found : "(none)");
  }
}

static void test_sheet_names(void **state) {
  static const struct {
    const char *given, *name;
  } cases[] = {{"North/South: [all]", "North-South- -all-"},
               {"north/south: [ALL]", "north-south- -ALL- (2)"},
               {"'quoted'", "-quoted-"},
               {"", "Sheet"},
               {"a name that is longer than a tab may be", "a name that is longer than a ta"},
               {"a name that is longer than a tab can be", "a name that is longer than (2)"},
               {"\xF0\x9F\x99\x82 team", "\xF0\x9F\x99\x82 team"}};
  g_autoptr(CliXlsx) book = cli_xlsx_new("names", 0);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    assert_string_equal(cli_xlsx_sheet_name(cli_xlsx_add_sheet(book, cases[i].given)), cases[i].name);
  g_autoptr(SheetTable) table = read_back(book, "\xF0\x9F\x99\x82 team");
  assert_int_equal(table->n_rows, 0);
}

static void test_formats(void **state) {
  assert_string_equal(cli_xlsx_format(CLI_NUMBER_COUNT, NULL, 0), "#,##0");
  assert_string_equal(cli_xlsx_format(CLI_NUMBER_PERCENT, NULL, 1), "0.0%");
  assert_string_equal(cli_xlsx_format(CLI_NUMBER_MONEY, "EUR", 2), "[$EUR] #,##0.00");
  assert_string_equal(cli_xlsx_format(CLI_NUMBER_DAYS, NULL, 1), "#,##0.0");
}

static void assert_not_saved(CliXlsx *book, const char *path, int code, const char *words) {
  g_autoptr(GError) error = NULL;
  assert_false(cli_xlsx_save(book, path, &error));
  assert_int_equal(error->code, code);
  assert_has(error->message, words);
}

static void test_limits(void **state) {
  g_autofree char *path = g_build_filename(folder, "limits.xlsx", NULL), *long_text = g_strnfill(32768, 'x');
  g_autoptr(CliXlsx) rows = cli_xlsx_new("rows", 0), texts = cli_xlsx_new("texts", 0);
  cli_xlsx_number(cli_xlsx_add_sheet(rows, "All"), CLI_XLSX_MAX_ROWS, 0, 1, NULL);
  assert_not_saved(rows, path, BASE_ERROR_LIMIT, "more than 1048576 rows");
  cli_xlsx_text(cli_xlsx_add_sheet(texts, "All"), 4, 0, long_text, NULL);
  assert_not_saved(texts, path, BASE_ERROR_LIMIT, "a text in row 5 of the sheet \"All\"");
  assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_places_that_cannot_be_written(void **state) {
  g_autoptr(CliXlsx) nowhere = cli_xlsx_new("x", 0), full = cli_xlsx_new("x", 0);
  assert_not_saved(nowhere, "/nowhere/book.xlsx", BASE_ERROR_IO, "/nowhere/book.xlsx cannot be written");
  assert_not_saved(full, "/dev/full", BASE_ERROR_IO, "cannot be written: No space left on device");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cells),
      cmocka_unit_test(test_sheet_names),
      cmocka_unit_test(test_formats),
      cmocka_unit_test(test_limits),
      cmocka_unit_test(test_places_that_cannot_be_written),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
