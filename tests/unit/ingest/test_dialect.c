/* How text files are written: delimiter, quotes, the header line and what stands above it. */
#include "ingest/read.h"
#include "unit.h"

typedef struct {
  const char *text;
  char delimiter; /* 0: of one column, whichever */
  guint skip;
  const char *headers; /* with | between */
  gboolean short_rows;
} Case;

static void assert_found(const Case *at, const SourceCsv *given) {
  ReadDialect dialect = {0};
  g_autoptr(GError) error = NULL;
  if (!read_dialect_find(at->text, strlen(at->text), TRUE, given, &dialect, &error))
    fail_msg("%s: %s", at->text, error->message);
  g_autofree char *headers = g_strjoinv("|", dialect.headers);
  if (g_strcmp0(headers, at->headers) != 0 || dialect.skip != at->skip || dialect.short_rows != at->short_rows ||
      (at->delimiter != 0 && dialect.delimiter != at->delimiter))
    fail_msg("%s: headers %s, delimiter '%c', %u lines, %s rows", at->text, headers, dialect.delimiter, dialect.skip,
             dialect.short_rows ? "short" : "whole");
  assert_int_equal(dialect.n_headers, g_strv_length(dialect.headers));
  read_dialect_clear(&dialect);
}

static void guessed(void **state) {
  static const Case cases[] = {
      {"Name,Value\nAna,1\n", ',', 1, "Name|Value"},
      {"Name,Value\r\nAna,1\r\n", ',', 1, "Name|Value"},
      {"\xef\xbb\xbfName,Value\nAna,1\n", ',', 1, "Name|Value"},
      {"Name;Value\nAna;1,5\nBen;2,5\n", ';', 1, "Name|Value"}, /* commas are decimal signs */
      {"Name\tValue\nAna, Ben\t1\n", '\t', 1, "Name|Value"},
      {"Name|Value\nAna, Ben|1\n", '|', 1, "Name|Value"},
      {" Name , Value \nAna,1\n", ',', 1, "Name|Value"},
      {"Name\nAna\nBen\n", 0, 1, "Name"},
      {"Name,Value", ',', 1, "Name|Value"}, /* and nothing below */
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) assert_found(&cases[i], NULL);
}

static void quoted(void **state) {
  static const Case cases[] = {
      {"\"Name, full\",\"Va\nlue\"\nAna,1\n", ',', 2, "Name, full|Va\nlue"}, /* a header of two lines */
      {"\"He said \"\"x\"\"\",b\n1,2\n", ',', 1, "He said \"x\"|b"},
      {"\"a;b\";\"c\"\n\"1;2\";3\n", ';', 1, "a;b|c"},
      {"5\" pipe,b\nx,y\n", ',', 1, "5\" pipe|b"}, /* a quote within is a sign like others */
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) assert_found(&cases[i], NULL);
}

static void what_stands_above(void **state) {
  static const Case cases[] = {
      {"Report of deals\n\nName,Value\nAna,1\nBen,2\n", ',', 3, "Name|Value"},
      {"Deals, all\nName,Value,Owner\nx,1,Ana\ny,2,Ben\n", ',', 2, "Name|Value|Owner"},
      {"sep=;\nName;Value\na;1\n", ';', 2, "Name|Value"}, /* two columns, as the line for Excel seems to have */
      {"sep=,\nA,B,C\n1,2,3\n", ',', 2, "A|B|C"},
      {"SEP=|\nA|B\n1|2\n", '|', 2, "A|B"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) assert_found(&cases[i], NULL);
}

static void rows_of_other_widths(void **state) {
  static const Case cases[] = {
      /* a delimiter at the end of each row, none in the header */
      {"Name,Value\nAna,1,\nBen,2,\nCem,3,\n", ',', 1, "Name|Value|"},
      {"Title\nName,Value\nAna,1,\nBen,2,\nCem,3,\n", ',', 2, "Name|Value|"},
      /* trailing columns left out where they are empty */
      {"A,B,C\n1,2\n1,2\n1,2\n1,2,3\n", ',', 1, "A|B|C", TRUE},
      {"A,B,C\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2\n", ',', 1, "A|B|C", FALSE}, /* one in five is a mistake */
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) assert_found(&cases[i], NULL);
}

static void given(void **state) {
  char semicolon[] = ";", apostrophe[] = "'";
  assert_found(&(const Case){"a,b;c\n1,2;3\n", ';', 1, "a,b|c"},
               &(const SourceCsv){.delimiter = semicolon, .skip = -1});
  assert_found(&(const Case){"'a,b',c\n1,2\n", ',', 1, "a,b|c"}, &(const SourceCsv){.quote = apostrophe, .skip = -1});
  assert_found(&(const Case){"x,y\nw,z\na,b\n", ',', 3, "a|b"}, &(const SourceCsv){.skip = 2});
  ReadDialect dialect = {0};
  g_autoptr(GError) error = NULL;
  assert_false(read_dialect_find("a,b\n", 4, TRUE, &(const SourceCsv){.skip = 5}, &dialect, &error));
  assert_non_null(strstr(error->message, "no header line after the first 5 lines"));
  g_clear_error(&error);
  assert_false(read_dialect_find(" \n\n", 3, TRUE, NULL, &dialect, &error));
  assert_string_equal(error->message, "is empty");
}

static void records_end_where_no_quote_is_open(void **state) {
  static const struct {
    const char *text;
    gsize length; /* of the first record */
    guint n_lines;
  } cases[] = {{"a,b\nc", 4, 1},         {"\"a\nb\",c\nd", 8, 2}, {"\"a\"\"\nb\"\nc", 8, 2},
               {"a\"b\nc\"\n", 4, 1},    {"a,\"b\nc\"\nd", 8, 2}, {"\"never closed\nb\n", 16, 3},
               {"no end of line", 14, 1}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    guint n_lines = 0;
    const char *text = cases[i].text;
    const char *next = read_record_end(text, text + strlen(text), '"', ',', &n_lines);
    if ((gsize)(next - text) != cases[i].length || n_lines != cases[i].n_lines)
      fail_msg("%s: %d bytes and %u lines", text, (int)(next - text), n_lines);
  }
}

static void lines_wrapped_in_quotes(void **state) {
  static const struct {
    const char *text;
    gboolean is_wrapped;
  } cases[] = {
      {"a,b\n\"1,\"\"x\"\"\"\n\"2,y\"\n", TRUE},    {"\"a,b\"\n\"1,2\"\n", TRUE}, {"a,b\n\"1\",\"2\"\n", FALSE},
      {"name\n\"Ana\"\n\"Ben\"\n", FALSE},          {"a,b\n1,2\n", FALSE},        {"\"a,b\"\n", FALSE},
      {"a,b\n\"1,2\"\n3,4\n\"5,6\"\n7,8\n", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    if (read_dialect_is_wrapped(cases[i].text, strlen(cases[i].text)) != cases[i].is_wrapped)
      fail_msg("%s", cases[i].text);
}

static void headers_become_names(void **state) {
  g_auto(GStrv) headers = g_strsplit("Name||name|NAME|name_2|Value|", "|", -1);
  g_autoptr(GPtrArray) repeated = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) unique = read_unique_headers(headers, g_strv_length(headers), repeated);
  g_autofree char *joined = g_strjoinv("|", unique);
  assert_string_equal(joined, "Name|column_2|name_2|NAME_3|name_2_2|Value|column_7");
  assert_int_equal(repeated->len, 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(guessed),
      cmocka_unit_test(quoted),
      cmocka_unit_test(what_stands_above),
      cmocka_unit_test(rows_of_other_widths),
      cmocka_unit_test(given),
      cmocka_unit_test(records_end_where_no_quote_is_open),
      cmocka_unit_test(lines_wrapped_in_quotes),
      cmocka_unit_test(headers_become_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
