/* Bytes to plain text: what of a file DuckDB is given to read, and what is said of it. The bytes of each encoding are
 * written out by hand from its table. */
#include "ingest/read.h"
#include "unit.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

static char *folder;

static int make_folder(void **state) {
  folder = g_dir_make_tmp("attain-read-XXXXXX", NULL);
  return folder == NULL;
}

static int remove_folder(void **state) {
  g_autofree char *path = g_build_filename(folder, "deals.csv", NULL);
  g_unlink(path);
  g_rmdir(folder);
  g_free(folder);
  return 0;
}

/* The file's path, valid until the next. */
static const char *put(const char *bytes, gsize length) {
  static char path[512];
  g_snprintf(path, sizeof path, "%s/deals.csv", folder);
  assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
  return path;
}

typedef struct {
  const char *bytes;
  gsize length;
  const char *encoding; /* given, or NULL */
  const char *text;     /* as DuckDB is given it */
  const char *note;     /* or NULL */
} Case;

#define BYTES(text) text, sizeof(text) - 1

static const Case cases[] = {
    {BYTES("a,b\n1,2\n"), NULL, "a,b\n1,2\n", NULL},
    {BYTES("a,b\r\n1,2\r\n"), NULL, "a,b\r\n1,2\r\n", NULL},
    /* line ends of two kinds, and of the old Macintosh's */
    {BYTES("a,b\r\n1,2\n3,4\r\n"), NULL, "a,b\n1,2\n3,4\n", NULL},
    {BYTES("a,b\r1,2\r"), NULL, "a,b\n1,2\n", NULL},
    {BYTES("a,b\r1,2"), NULL, "a,b\n1,2", NULL},
    /* ø is F8 and € is 80 in windows-1252; 81 is nothing there, and a control character in latin-1 */
    {BYTES("B\xF8,5\x80\n"), NULL, "B\xC3\xB8,5\xE2\x82\xAC\n", "is not UTF-8; it was read as WINDOWS-1252"},
    {BYTES("B\xF8,\x81\n"), NULL, "B\xC3\xB8,\xC2\x81\n", "is not UTF-8; it was read as WINDOWS-1252"},
    /* two good letters and a broken one: UTF-8 with a row to reject */
    {BYTES("\xC3\xB8,\xC3\xB8\n\xF8,1\n"), NULL, "\xC3\xB8,\xC3\xB8\n\xF8,1\n", NULL},
    {BYTES("\xFF\xFE"
           "B\0\xF8\0,\0"
           "1\0\n\0"),
     NULL, "B\xC3\xB8,1\n", "is not UTF-8; it was read as UTF-16LE"},
    {BYTES("\xFE\xFF\0B\0\xF8\0,\0"
           "1\0\n"),
     NULL, "B\xC3\xB8,1\n", "is not UTF-8; it was read as UTF-16BE"},
    {BYTES("n\0a\0m\0e\0,\0"
           "b\0\n\0"
           "1\0,\0"
           "2\0"),
     NULL, "name,b\n1,2", "is not UTF-8; it was read as UTF-16LE"},
    /* the source says it: nothing is guessed, and nothing is to be noted. ø is 9B in code page 850 */
    {BYTES("B\x9B,1\n"), "cp850", "B\xC3\xB8,1\n", NULL},
    {BYTES("a,\xC3\xB8\n"), "UTF-8", "a,\xC3\xB8\n", NULL},
    /* each line one quoted text, with its own quotes doubled */
    {BYTES("\"a,b\"\n\"1,\"\"x, y\"\"\"\n\"2,z\"\n"), NULL, "a,b\n1,\"x, y\"\n2,z\n", NULL},
    {BYTES(""), NULL, "", NULL},
};

static void test_texts(void **state) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Case *one = &cases[i];
    ReadText text = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *read = NULL;
    if (!read_text_open(put(one->bytes, one->length), "deals.csv", one->encoding, FALSE, &text, &error))
      fail_msg("case %zu: %s", i, error->message);
    assert_true(g_file_get_contents(text.path, &read, NULL, NULL));
    const char *begin = g_str_has_prefix(read, "\xEF\xBB\xBF") ? read + 3 : read; /* DuckDB steps over the mark */
    if (!g_str_equal(begin, one->text)) fail_msg("case %zu is read as: %s", i, read);
    if (g_strcmp0(text.note, one->note) != 0) fail_msg("case %zu is noted: %s", i, text.note ? text.note : "(nothing)");
    g_autofree char *copy = g_strdup(text.path);
    gboolean is_copy = text.is_temporary;
    assert_int_equal(is_copy, !g_str_equal(one->text, one->bytes) || one->length != strlen(one->text));
    read_text_clear(&text);
    assert_int_equal(g_file_test(copy, G_FILE_TEST_EXISTS), !is_copy); /* the copy goes, the file stays */
  }
}

static GBytes *pack(const char *text) {
  g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();
  g_autoptr(GZlibCompressor) zip = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  g_autoptr(GOutputStream) out = g_converter_output_stream_new(memory, G_CONVERTER(zip));
  assert_true(g_output_stream_write_all(out, text, strlen(text), NULL, NULL, NULL));
  assert_true(g_output_stream_close(out, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory));
}

/* Unpacked, then put into UTF-8; and one that was cut. */
static void test_packed(void **state) {
  g_autoptr(GBytes) packed = pack("Name,Sum\nB\xF8,1\n");
  gsize length;
  const char *bytes = g_bytes_get_data(packed, &length);
  ReadText text = {0};
  g_autofree char *read = NULL;
  assert_true(read_text_open(put(bytes, length), "deals.csv.gz", NULL, FALSE, &text, NULL));
  assert_true(g_file_get_contents(text.path, &read, NULL, NULL));
  assert_string_equal(read, "Name,Sum\nB\xC3\xB8,1\n");
  read_text_clear(&text);
  g_autoptr(GError) error = NULL;
  assert_false(read_text_open(put(bytes, length - 9), "deals.csv.gz", NULL, FALSE, &text, &error));
  assert_string_equal(error->message, "deals.csv.gz is compressed, but not whole: copy it or export it again");
  assert_null(text.path);
}

static void assert_refused(const char *bytes, gsize length, const char *encoding, const char *words) {
  ReadText text = {0};
  g_autoptr(GError) error = NULL;
  assert_false(read_text_open(put(bytes, length), "deals.csv", encoding, FALSE, &text, &error));
  assert_has(error->message, words);
  assert_int_equal(error->code, BASE_ERROR_INPUT);
  assert_null(text.path);
}

static void test_what_is_no_text(void **state) {
  assert_refused(BYTES("PK\3\4....[Content_Types].xml"), NULL, "deals.csv is an Excel workbook: save the sheet as CSV");
  assert_refused(BYTES("PK\3\4..mimetypeapplication/vnd.oasis.opendocument"), NULL, "a LibreOffice spreadsheet");
  assert_refused(BYTES("PK\3\4..deals.csv"), NULL, "a zip archive: unpack it");
  assert_refused(BYTES("\xD0\xCF\x11\xE0 old"), NULL, "an Excel workbook");
  assert_refused(BYTES("%PDF-1.7"), NULL, "a PDF");
  assert_refused(BYTES("PAR1....PAR1"), NULL, "a Parquet file: give it a name that ends in .parquet");
  assert_refused(BYTES("a,b\n"), "utf-99", "csv: encoding: \"utf-99\" is not known");
  assert_refused(BYTES("a,\xFF\n"), "ascii", "is not text in ascii, as the source says");
  ReadText text = {0};
  g_autoptr(GError) error = NULL;
  assert_false(read_text_open("/nowhere/deals.csv", "deals.csv", NULL, FALSE, &text, &error));
  assert_has(error->message, "deals.csv: cannot be read");
}

/* What is wrong behind the first million bytes is seen only when all of it is looked at. */
static void test_late_trouble(void **state) {
  g_autoptr(GString) big = g_string_new(NULL);
  while (big->len < (1 << 20) + 100) g_string_append(big, "abcdefghi\n");
  g_string_append(big, "\xF8\n");
  ReadText sample = {0}, whole = {0};
  assert_true(read_text_open(put(big->str, big->len), "deals.csv", NULL, FALSE, &sample, NULL));
  assert_false(sample.is_temporary);
  assert_true(read_text_open(put(big->str, big->len), "deals.csv", NULL, TRUE, &whole, NULL));
  assert_true(whole.is_temporary);
  assert_string_equal(whole.note, "is not UTF-8; it was read as WINDOWS-1252");
  read_text_clear(&sample);
  read_text_clear(&whole);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_texts),
      cmocka_unit_test(test_packed),
      cmocka_unit_test(test_what_is_no_text),
      cmocka_unit_test(test_late_trouble),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
