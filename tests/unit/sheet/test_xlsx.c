/* Workbooks of other programs as tables, and files that pretend to be some.
 *
 * data/openpyxl.xlsx was made by openpyxl 3.0.9; data/libreoffice.xlsx has the parts that LibreOffice Calc 7.4 writes,
 * with rich text, a reading aid over Japanese, values of formulas, and cells without a place of their own. */
#include "../unit.h"
#include "sheet/sheet_private.h"

#include <string.h>
#include <zip.h>

static SheetTable *read_data(const char *file, const char *sheet) {
  g_autofree char *path = g_build_filename(DATA_FOLDER, file, NULL);
  g_autoptr(GError) error = NULL;
  SheetTable *table = sheet_read_file(path, sheet, &error);
  if (!table) fail_msg("%s", error->message);
  return table;
}

static void assert_row(const SheetTable *table, gsize row, const char *expected) {
  g_autoptr(GString) found = g_string_new(NULL);
  for (gsize c = 0; c < table->n_columns; c++) {
    const char *text = sheet_text(table, row, c);
    g_string_append_printf(found, "%s%s", c ? "|" : "", text ? text : "-");
  }
  assert_string_equal(found->str, expected);
}

static void test_openpyxl(void **state) {
  g_autoptr(SheetTable) table = read_data("openpyxl.xlsx", NULL);
  assert_int_equal(table->separator, 0);
  assert_int_equal(table->n_rows, 5); /* F9 is bold and empty */
  assert_int_equal(table->n_columns, 4);
  assert_row(table, 0, "revenue by rep|2027-01|2027-02|2027");
  assert_row(table, 1, "Ana Silva|12000.5|=B2*2|true");
  assert_row(table, 2, "Bo \"Bob\" Lund, jr. & s\xC3\xB8n|0.3|2028-02-29|2027-03-31 13:30");
  assert_row(table, 3, "-|-|-|-");
  assert_row(table, 4, "\xC5\x81ukasz \xE6\x9D\xB1\xE4\xBA\xAC \xF0\x9F\x99\x82|#N/A|-1000000000|1.23456789012346e+15");
}

static void test_named_sheet(void **state) {
  g_autoptr(SheetTable) notes = read_data("openpyxl.xlsx", "NOTES"), hidden = read_data("openpyxl.xlsx", "Hidden");
  assert_row(notes, 0, "read me");
  assert_row(hidden, 0, "secret");
  g_autoptr(GError) error = NULL;
  assert_null(sheet_read_file(DATA_FOLDER "/openpyxl.xlsx", "2028", &error));
  assert_has(error->message, "no sheet \"2028\": it has Hidden, Targets 2027, Notes");
}

static void test_libreoffice(void **state) {
  g_autoptr(SheetTable) table = read_data("libreoffice.xlsx", NULL);
  assert_int_equal(table->n_rows, 4);
  assert_row(table, 0, "win_rate by rep|2027-01|2027-02-01|2027");
  assert_row(table, 1, "Ana Silva|0.31|0.41|#DIV/0!");
  assert_row(table, 2, "\xE5\xB1\xB1\xE7\x94\xB0|ab|false|in line");
  assert_row(table, 3, "two\nlines|7|-|-");
}

/* --- files made here --- */

typedef struct {
  const char *path, *text;
} Part;

#define RELATION(id, type, target) "<Relationship Id=\"" id "\" Type=\"x/" type "\" Target=\"" target "\"/>"

static const Part usual[] = {
    {"_rels/.rels", "<Relationships>" RELATION("a", "officeDocument", "/xl/workbook.xml") "</Relationships>"},
    {"xl/_rels/workbook.xml.rels", "<Relationships>" RELATION("a", "worksheet", "worksheets/sheet1.xml")
                                       RELATION("b", "styles", "../xl/styles.xml") "</Relationships>"},
    {"xl/workbook.xml",
     "<workbook><workbookPr date1904=\"1\"/><sheets><sheet name=\"S\" id=\"a\"/></sheets></workbook>"},
    {"xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"},
    {"xl/worksheets/sheet1.xml", "<worksheet><row><c><v>1</v></c></row></worksheet>"},
};

/* A zip of the usual parts, `other` in place of that of its name; the caller frees. */
static char *make_zip(const Part *other, gsize *length) {
  zip_error_t problem;
  zip_error_init(&problem);
  zip_source_t *whole = zip_source_buffer_create(NULL, 0, 0, &problem);
  zip_t *zip = zip_open_from_source(whole, ZIP_TRUNCATE, &problem);
  assert_non_null(zip);
  zip_source_keep(whole);
  for (gsize i = 0; i < G_N_ELEMENTS(usual); i++) {
    const char *text = g_str_equal(usual[i].path, other->path) ? other->text : usual[i].text;
    zip_source_t *part = text ? zip_source_buffer(zip, text, strlen(text), 0) : NULL;
    if (text) assert_true(zip_file_add(zip, usual[i].path, part, 0) >= 0);
  }
  assert_int_equal(zip_close(zip), 0);
  assert_int_equal(zip_source_open(whole), 0);
  zip_stat_t stat;
  assert_int_equal(zip_source_stat(whole, &stat), 0);
  char *bytes = g_malloc(stat.size);
  assert_int_equal(zip_source_read(whole, bytes, stat.size), stat.size);
  *length = stat.size;
  zip_source_close(whole);
  zip_source_free(whole);
  zip_error_fini(&problem);
  return bytes;
}

static SheetTable *read_made(const Part *other, GError **error) {
  gsize length;
  g_autofree char *bytes = make_zip(other, &length);
  return sheet_read_bytes(bytes, length, NULL, error);
}

static void assert_part_refused(const char *path, const char *text, const char *words) {
  g_autoptr(GError) error = NULL;
  g_autoptr(SheetTable) table = read_made(&(Part){path, text}, &error);
  assert_null(table);
  assert_has(error->message, words);
}

#define SHEET "xl/worksheets/sheet1.xml"

/* Day 1 of 1904's count is 1904-01-02; 2028-02-29 is 45,350 days after 1904-01-01 (124 years of 365 and 31 leap days
 * before 2028: 45,291; 31 + 28 days of January and February). */
static void test_from_1904(void **state) {
  g_autoptr(GError) error = NULL;
  g_autoptr(SheetTable) table = read_made(
      &(Part){SHEET,
              "<worksheet><row r=\"2\"><c s=\"1\"><v>1</v></c><c r=\"C2\" s=\"1\"><v>45350</v></c></row></worksheet>"},
      &error);
  assert_row(table, 0, "-|-|-");
  assert_row(table, 1, "1904-01-02|-|2028-02-29");
}

static void test_damaged(void **state) {
  assert_part_refused("_rels/.rels", NULL, "a zip file that is no .xlsx workbook");
  assert_part_refused("_rels/.rels", "<Relationships/>", "no .xlsx workbook");
  assert_part_refused("xl/workbook.xml", NULL, "xl/workbook.xml cannot be read");
  assert_part_refused("xl/workbook.xml", "<workbook><sheets/></workbook>", "no sheet that is visible");
  assert_part_refused(SHEET, NULL, "cannot be read");
  assert_part_refused(SHEET, "<worksheet><row>", "damaged (XML");
  assert_part_refused(SHEET, "<worksheet><row><c t=\"s\"><v>3</v></c></row></worksheet>", "no text 3, which cell A1");
  assert_part_refused(SHEET, "<worksheet><row><c r=\"ABCD1\"><v>3</v></c></row></worksheet>", "cell \"ABCD1\"");
  assert_part_refused(SHEET, "<worksheet><row r=\"0\"/></worksheet>", "a row \"0\"");
}

static void test_hostile(void **state) {
  assert_part_refused(SHEET,
                      "<!DOCTYPE w [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><w><row><c><v>&e;</v></c></row></w>",
                      "document type");
  assert_part_refused(SHEET, "<worksheet><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></worksheet>",
                      "cap: cells of a sheet");
  g_autoptr(GString) deep = g_string_new(NULL);
  for (int i = 0; i < 1000; i++) g_string_append(deep, "<a>");
  assert_part_refused(SHEET, deep->str, "cap: depth of a part");
  g_autoptr(GString) bomb = g_string_new("<worksheet>"); /* spaces take a thousandth in a zip */
  g_string_set_size(bomb, 257 << 20);
  memset(bomb->str + strlen("<worksheet>"), ' ', bomb->len - strlen("<worksheet>"));
  assert_part_refused(SHEET, bomb->str, "cap: bytes of a part");
}

/* A workbook cut anywhere is refused or, where only its end's comment is missing, read; never more. */
static void test_truncated(void **state) {
  g_autofree char *bytes = NULL;
  gsize length;
  assert_true(g_file_get_contents(DATA_FOLDER "/libreoffice.xlsx", &bytes, &length, NULL));
  for (gsize n = 2; n < length; n += 37) {
    g_autoptr(GError) error = NULL;
    g_autofree char *cut = g_memdup2(bytes, n);
    g_autoptr(SheetTable) table = sheet_read_bytes(cut, n, NULL, &error);
    assert_null(table);
    assert_has(error->message, "damaged or cut short");
  }
}

/* --- formats --- */

static void test_formats(void **state) {
  static const struct {
    const char *code;
    SheetFormat format;
  } cases[] = {{"General", SHEET_PLAIN},
               {"#,##0.00", SHEET_PLAIN},
               {"0.0%", SHEET_PLAIN},
               {"yyyy-mm-dd", SHEET_DAY},
               {"[$-409]d\\-mmm\\-yy;@", SHEET_DAY},
               {"mmm\\-yy", SHEET_MONTH},
               {"MMMM YYYY", SHEET_MONTH},
               {"mmmm", SHEET_MONTH},
               {"yyyy", SHEET_YEAR},
               {"h:mm AM/PM", SHEET_PLAIN},
               {"[h]:mm:ss", SHEET_PLAIN},
               {"0 \"days\"", SHEET_PLAIN},
               {"#,##0\\ \\d", SHEET_PLAIN},
               {"[Red]0;[Blue]-0", SHEET_PLAIN},
               {"0;yyyy", SHEET_PLAIN},
               {"[$USD] #,##0", SHEET_PLAIN},
               {"\"yyyy", SHEET_PLAIN},
               {"0_d", SHEET_PLAIN}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    if (sheet_format_of(164, cases[i].code) != cases[i].format) fail_msg("%s", cases[i].code);
  assert_int_equal(sheet_format_of(14, NULL), SHEET_DAY);
  assert_int_equal(sheet_format_of(17, NULL), SHEET_MONTH);
  assert_int_equal(sheet_format_of(20, NULL), SHEET_PLAIN);
  assert_int_equal(sheet_format_of(10, NULL), SHEET_PLAIN);
}

/* ECMA-376 18.17.4.1: 1 is 1900-01-01, 60 the 29 February 1900 that never was, 2,958,465 is 9999-12-31. */
static void test_serials(void **state) {
  static const struct {
    double serial;
    SheetFormat format;
    const char *text;
  } cases[] = {{1, SHEET_DAY, "1900-01-01"},
               {59, SHEET_DAY, "1900-02-28"},
               {60, SHEET_DAY, "60"},
               {61, SHEET_DAY, "1900-03-01"},
               {2958465, SHEET_DAY, "9999-12-31"},
               {2958466, SHEET_DAY, "2958466"},
               {-3, SHEET_DAY, "-3"},
               {46388, SHEET_MONTH, "2027-01"},
               {46388, SHEET_YEAR, "2027"},
               {46388.5, SHEET_DAY, "2027-01-01 12:00"},
               {12000, SHEET_PLAIN, "12000"},
               {0.1 + 0.2, SHEET_PLAIN, "0.3"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = sheet_number_text(cases[i].serial, cases[i].format, FALSE);
    assert_string_equal(text, cases[i].text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_openpyxl),  cmocka_unit_test(test_named_sheet), cmocka_unit_test(test_libreoffice),
      cmocka_unit_test(test_from_1904), cmocka_unit_test(test_damaged),     cmocka_unit_test(test_hostile),
      cmocka_unit_test(test_truncated), cmocka_unit_test(test_formats),     cmocka_unit_test(test_serials),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
