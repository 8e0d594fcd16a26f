/* Text files as tables: encodings, separators, quotes, and what is refused. */
#include "../unit.h"
#include "sheet/sheet.h"

#include <string.h>

static SheetTable *read_text(const char *text, gsize length) {
  g_autoptr(GError) error = NULL;
  SheetTable *table = sheet_read_bytes(text, length, NULL, &error);
  if (!table) fail_msg("%s", error->message);
  return table;
}

/* The table as one line: fields by "|", rows by "/", "-" where there is nothing. */
static void assert_reads(const char *text, gsize length, const char *expected) {
  g_autoptr(SheetTable) table = read_text(text, length);
  g_autoptr(GString) found = g_string_new(NULL);
  for (gsize r = 0; r < table->n_rows; r++)
    for (gsize c = 0; c < table->n_columns; c++) {
      const char *field = sheet_text(table, r, c);
      g_string_append_printf(found, "%s%s", c ? "|" : r ? "/" : "", field ? field : "-");
    }
  assert_string_equal(found->str, expected);
}

#define assert_text_reads(text, expected) assert_reads(text, strlen(text), expected)

static void assert_refused(const char *bytes, gsize length, const char *words) {
  g_autoptr(GError) error = NULL;
  g_autoptr(SheetTable) table = sheet_read_bytes(bytes, length, NULL, &error);
  assert_null(table);
  assert_has(error->message, words);
}

static void test_separators(void **state) {
  assert_text_reads("a,b\n1,2\n", "a|b/1|2");
  assert_text_reads("a;b\r\n1,5;2\r\n", "a|b/1,5|2");
  assert_text_reads("a\tb\n1,5\t2", "a|b/1,5|2");
  assert_text_reads("a|b\r1|2\r", "a|b/1|2");
  /* What is in quotes does not count: two commas in a name, one semicolon between fields. */
  assert_text_reads("\"x, y, z\";b\n1;2", "x, y, z|b/1|2");
  assert_text_reads("sep=;\r\na,b;c\n", "a,b|c");
  assert_text_reads("one\ntwo\n", "one/two");
}

static void test_quotes(void **state) {
  assert_text_reads("\"Lund, Bo \"\"Bobby\"\"\",2\n", "Lund, Bo \"Bobby\"|2");
  assert_text_reads("\"two\nlines\",2\n3,4", "two\nlines|2/3|4");
  assert_text_reads("O\"Neil,5\n", "O\"Neil|5"); /* a quotation mark in the middle is a letter like others */
  assert_text_reads("\"\",1\n", "-|1");
  assert_refused("a,b\n1,\"2\n3,4\n", 13, "B2: a quotation mark begins here");
}

static void test_spaces_and_gaps(void **state) {
  assert_text_reads(
      "a,b,c\n 1 ,\xC2\xA0"
      "2\xC2\xA0\n\n,,3\n",
      "a|b|c/1|2|-/-|-|-/-|-|3");
  g_autoptr(SheetTable) table = read_text("a,b\n1", 5);
  assert_null(sheet_text(table, 1, 1));
  assert_null(sheet_text(table, 2, 0));
  assert_null(sheet_text(table, 0, 2));
}

static void test_encodings(void **state) {
  assert_text_reads("\xEF\xBB\xBFrevenue by rep,B\xC3\xB8\n", "revenue by rep|B\xC3\xB8");
  /* "Bø;1" and a line's end in UTF-16, both ways round, with the mark and without. */
  static const char little[] =
      "\xFF\xFE"
      "B\0\xF8\0;\0"
      "1\0\n\0",
                    big[] =
                        "\xFE\xFF\0B\0\xF8\0;\0"
                        "1\0\n";
  assert_reads(little, sizeof little - 1, "B\xC3\xB8|1");
  assert_reads(big, sizeof big - 1, "B\xC3\xB8|1");
  assert_reads(little + 2, sizeof little - 3, "B\xC3\xB8|1");
  assert_reads(big + 2, sizeof big - 3, "B\xC3\xB8|1");
  assert_reads("B\xF8,\x80\n", 5, "B\xC3\xB8|\xE2\x82\xAC"); /* Windows-1252: ø, € */
}

static void test_refused(void **state) {
  assert_refused("a,b\0,c", 6, "no text");
  assert_refused("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1old", 11, "old .xls form");
  assert_refused("%PDF-1.7", 8, "PDF");
  g_autoptr(GError) error = NULL;
  assert_null(sheet_read_file("/nowhere/x.csv", NULL, &error));
  assert_string_equal(error->message, "there is no file /nowhere/x.csv");
  g_clear_error(&error);
  assert_null(sheet_read_file("/", NULL, &error));
  assert_string_equal(error->message, "/ is a folder: name the file in it");
  g_clear_error(&error);
  assert_null(sheet_read_bytes("a,b", 3, "Targets", &error));
  assert_has(error->message, "a text file has no sheets");
}

static void test_empty(void **state) {
  g_autoptr(SheetTable) table = read_text("", 0);
  assert_int_equal(table->n_rows, 0);
  assert_null(sheet_text(table, 0, 0));
}

/* A first line of 2,000 fields and 1,001 rows are 2,002,000 cells. */
static void test_cap(void **state) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (int c = 0; c < 2000; c++) g_string_append(text, c ? ",x" : "x");
  for (int r = 0; r < 1000; r++) g_string_append(text, "\nx");
  assert_refused(text->str, text->len, "cap: cells of a sheet");
}

static void test_cell_names(void **state) {
  static const struct {
    gsize row, column;
    const char *name;
  } cases[] = {{0, 0, "A1"},
               {2, 1, "B3"},
               {0, 25, "Z1"},
               {0, 26, "AA1"},
               {9, 701, "ZZ10"},
               {9, 702, "AAA10"},
               {1048575, 16383, "XFD1048576"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *name = sheet_cell_name(cases[i].row, cases[i].column);
    assert_string_equal(name, cases[i].name);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_separators), cmocka_unit_test(test_quotes),     cmocka_unit_test(test_spaces_and_gaps),
      cmocka_unit_test(test_encodings),  cmocka_unit_test(test_refused),    cmocka_unit_test(test_empty),
      cmocka_unit_test(test_cap),        cmocka_unit_test(test_cell_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
