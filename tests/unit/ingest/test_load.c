/* Loads told in data files: data/NAME.case holds files, loads and what the ledger must then have, in the order in which
 * they happen.
 *
 *   == file deals.csv [crlf] [utf-16le] [utf-16be] [windows-1252] [bom] [cut] [gz] [large]    before the next load
 *   == source                     sources/crm.yaml; the folder is the case's own
 *   == organisation               lines of attain.yaml that differ: currency, time_zone
 *   == load 2026-11-21T09:00Z     loads at this time; what follows tells what must be
 *   == counts                     "opportunity deals: read 2 new 2 rejected 0", counts not named are not looked at
 *   == rows SELECT …              its rows, columns separated by " | "; a null is "-"
 *   == rejected                   file:line reason
 *   == notes                      each line must be part of a note; "none" for no note
 *   == error                      the load must fail with an error that has each line as a part
 *
 * The expected rows are written by hand from the files above them. */
#include "ingest/ingest.h"
#include "unit.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

typedef struct {
  char *folder, *source;
  ConfOrganisation *organisation;
  LedgerSchema *schema;
  Calendar *calendar;
  Store *store;
  IngestReport *report;
  GError *error;
  const char *name;
  gboolean error_was_seen;
} Case;

static void open_case(Case *test, const char *organisation) {
  g_autofree char *path = g_build_filename(test->folder, "attain.yaml", NULL);
  g_autofree char *text = g_strconcat("name: Test\n", organisation, NULL);
  assert_true(g_file_set_contents(path, text, -1, NULL));
  GError *error = NULL;
  test->organisation = conf_organisation_load(test->folder, &error);
  if (error) fail_msg("%s: %s", test->name, error->message);
  test->schema = ledger_schema_new(test->organisation->extra, test->organisation->n_extra, NULL);
  test->calendar = calendar_new(&test->organisation->calendar, NULL);
  test->store = store_open(NULL, test->schema, STORE_CREATE, 1, &error);
  if (error) fail_msg("%s: %s", test->name, error->message);
}

static gboolean has_option(const char *options, const char *option) {
  g_auto(GStrv) words = g_strsplit(options, " ", -1);
  return g_strv_contains((const char *const *)words, option);
}

static char *convert(char *text, gsize *length, const char *charset) {
  g_autofree char *from = text;
  return g_convert(from, (gssize)*length, charset, "UTF-8", NULL, length, NULL);
}

static void write_packed(const char *path, const char *text, gsize length) {
  g_autoptr(GFile) file = g_file_new_for_path(path);
  g_autoptr(GFileOutputStream) out = g_file_replace(file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL);
  g_autoptr(GZlibCompressor) zip = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  g_autoptr(GOutputStream) packed = g_converter_output_stream_new(G_OUTPUT_STREAM(out), G_CONVERTER(zip));
  assert_true(g_output_stream_write_all(packed, text, length, NULL, NULL, NULL));
  assert_true(g_output_stream_close(packed, NULL, NULL));
}

/* Each line but the first ends with a text of 4 MiB more. */
static void lengthen(GString *lines) {
  g_autofree char *text = g_strnfill(4 << 20, 'x');
  for (gsize at = lines->len; at-- > 1;) {
    gboolean is_first = memchr(lines->str, '\n', at) == NULL;
    if (lines->str[at] == '\n' && !is_first) g_string_insert(lines, (gssize)at, text);
  }
}

static void write_file(const Case *test, const char *header, const char *body) {
  g_auto(GStrv) words = g_strsplit(header, " ", 2);
  const char *options = words[1] ? words[1] : "";
  g_autofree char *path = g_build_filename(test->folder, words[0], NULL);
  g_autoptr(GString) lines = g_string_new(body);
  if (has_option(options, "large")) lengthen(lines);
  if (has_option(options, "crlf")) g_string_replace(lines, "\n", "\r\n", 0);
  if (has_option(options, "cr")) g_string_replace(lines, "\n", "\r", 0);
  if (has_option(options, "cut")) g_string_truncate(lines, lines->len - 1);
  if (has_option(options, "bom")) g_string_prepend(lines, "\xef\xbb\xbf");
  gsize length = lines->len;
  char *text = g_string_free(g_steal_pointer(&lines), FALSE);
  if (has_option(options, "utf-16le")) text = convert(text, &length, "UTF-16LE");
  if (has_option(options, "utf-16be")) text = convert(text, &length, "UTF-16BE");
  if (has_option(options, "windows-1252")) text = convert(text, &length, "WINDOWS-1252");
  if (has_option(options, "gz")) {
    write_packed(path, text, length);
  } else {
    assert_true(g_file_set_contents(path, text, (gssize)length, NULL));
  }
  if (has_option(options, "torn")) assert_int_equal(truncate(path, (off_t)(length / 2)), 0);
  g_free(text);
}

static void check_no_error(Case *test) {
  if (test->error && !test->error_was_seen) fail_msg("%s: the load failed: %s", test->name, test->error->message);
}

static void load(Case *test, const char *when) {
  check_no_error(test);
  g_clear_error(&test->error);
  g_clear_pointer(&test->report, ingest_report_free);
  test->error_was_seen = FALSE;
  IngestOptions options = {0};
  assert_true(calendar_parse_instant(test->calendar, *when ? when : "2026-11-21T09:00:00Z", &options.now_us, NULL));
  g_autofree char *workspace_file = g_build_filename(test->folder, "sources", "crm.yaml", NULL);
  g_autoptr(IngestSource) source = ingest_source_parse(workspace_file, test->source, strlen(test->source), test->folder,
                                                       test->schema, test->organisation, &test->error);
  if (!source) return;
  ingest_load(test->store, source, test->schema, test->organisation, test->calendar, &options, &test->report,
              &test->error);
}

/* --- what must be --- */

static void append_value(GString *line, StoreValue value) {
  g_autoptr(GDateTime) time =
      value.type == STORE_INSTANT ? g_date_time_new_from_unix_utc(value.integer / G_USEC_PER_SEC) : NULL;
  g_autofree char *text = NULL;
  switch (value.type) {
    case STORE_NULL:
      text = g_strdup("-");
      break;
    case STORE_BOOL:
      text = g_strdup(value.integer ? "yes" : "no");
      break;
    case STORE_INT:
      text = g_strdup_printf("%" G_GINT64_FORMAT, value.integer);
      break;
    case STORE_DOUBLE:
      text = g_strdup_printf("%g", value.number);
      break;
    case STORE_TEXT:
      text = g_strdelimit(g_strdup(value.text), "\n", '/');
      break;
    case STORE_DAY:
      text = base_day_format((BaseDay)value.integer);
      break;
    case STORE_INSTANT:
      text = g_date_time_format(time, "%Y-%m-%d %H:%M:%S");
      break;
  }
  g_string_append_printf(line, "%s%s", line->len ? " | " : "", text);
}

static char *rows_text(Case *test, const char *sql) {
  GError *error = NULL;
  g_autoptr(StoreRows) rows = store_query(test->store, sql, NULL, 0, 0, &error);
  if (error) fail_msg("%s: %s\n%s", test->name, sql, error->message);
  GString *text = g_string_new(NULL);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    g_autoptr(GString) line = g_string_new(NULL);
    for (guint c = 0; c < store_rows_n_columns(rows); c++) append_value(line, store_rows_value(rows, r, c));
    g_string_append_printf(text, "%s\n", line->str);
  }
  return g_string_free(text, FALSE);
}

static void check_text(const Case *test, const char *what, const char *found, const char *expected) {
  if (!g_str_equal(found, expected)) fail_msg("%s: %s\nfound:\n%s\nexpected:\n%s", test->name, what, found, expected);
}

static void check_parts(const Case *test, const char *what, const char *found, const char *expected) {
  g_auto(GStrv) lines = g_strsplit(expected, "\n", -1);
  for (char **line = lines; *line; line++) {
    if (!strstr(found, *line)) fail_msg("%s: %s has no \"%s\":\n%s", test->name, what, *line, found);
  }
}

static void check_notes(const Case *test, const char *expected) {
  g_autofree char *notes = g_strjoinv("\n", test->report->notes);
  if (g_str_equal(expected, "none\n")) {
    check_text(test, "notes", notes, "");
  } else {
    check_parts(test, "notes", notes, expected);
  }
}

static gint64 count_named(const IngestCount *count, const char *name) {
  if (g_str_equal(name, "read")) return count->n_read;
  if (g_str_equal(name, "new")) return count->n_new;
  if (g_str_equal(name, "changed")) return count->n_changed;
  if (g_str_equal(name, "unchanged")) return count->n_unchanged;
  if (g_str_equal(name, "rejected")) return count->n_rejected;
  if (g_str_equal(name, "skipped")) return count->n_skipped;
  assert_string_equal(name, "closed");
  return count->n_closed;
}

static void check_counts(const Case *test, const char *expected) {
  g_auto(GStrv) lines = g_strsplit(expected, "\n", -1);
  for (char **line = lines; *line && **line; line++) {
    g_auto(GStrv) sides = g_strsplit(*line, ": ", 2);
    g_auto(GStrv) names = g_strsplit(sides[0], " ", 2);
    g_auto(GStrv) words = g_strsplit(sides[1], " ", -1);
    gboolean is_found = FALSE;
    for (gsize i = 0; i < test->report->n_counts; i++) {
      const IngestCount *count = &test->report->counts[i];
      if (!g_str_equal(count->table, names[0]) || !g_str_equal(count->from, names[1])) continue;
      is_found = TRUE;
      for (guint w = 0; words[w] && words[w + 1]; w += 2) {
        gint64 n = count_named(count, words[w]);
        if (n != g_ascii_strtoll(words[w + 1], NULL, 10))
          fail_msg("%s: %s: %s is %d", test->name, *line, words[w], (int)n);
      }
    }
    if (!is_found) fail_msg("%s: no counts of %s", test->name, sides[0]);
  }
}

static void check_rejected(Case *test, const char *expected) {
  g_autoptr(GString) text = g_string_new(NULL);
  gint64 n = 0;
  g_autoptr(GPtrArray) rows = ingest_rejected(test->store, 100, &n, NULL);
  for (guint i = 0; i < rows->len; i++) {
    const IngestRejected *row = rows->pdata[i];
    g_string_append_printf(text, "%s:%d %s\n", row->file, (int)row->line, row->reason);
  }
  check_text(test, "rejected", text->str, g_str_equal(expected, "none\n") ? "" : expected);
}

static void check_error(Case *test, const char *expected) {
  if (!test->error) fail_msg("%s: the load did not fail", test->name);
  check_parts(test, "the error", test->error->message, expected);
  test->error_was_seen = TRUE;
}

/* --- a case --- */

static void run_section(Case *test, const char *header, const char *body) {
  if (g_str_has_prefix(header, "file ")) {
    write_file(test, header + 5, body);
  } else if (g_str_has_prefix(header, "remove ")) {
    g_autofree char *path = g_build_filename(test->folder, header + 7, NULL);
    g_unlink(path);
  } else if (g_str_equal(header, "source")) {
    g_free(test->source);
    test->source = g_strdup(body);
  } else if (g_str_equal(header, "organisation")) {
    open_case(test, body);
  } else if (g_str_has_prefix(header, "load")) {
    if (!test->store) open_case(test, "currency: EUR\ntime_zone: Europe/Berlin\n");
    load(test, header[4] ? header + 5 : "");
  } else if (g_str_equal(header, "error")) {
    check_error(test, body);
  } else {
    check_no_error(test);
    if (g_str_equal(header, "counts")) {
      check_counts(test, body);
    } else if (g_str_equal(header, "notes")) {
      check_notes(test, body);
    } else if (g_str_equal(header, "rejected")) {
      check_rejected(test, body);
    } else if (g_str_has_prefix(header, "rows ")) {
      g_autofree char *found = rows_text(test, header + 5);
      check_text(test, header, found, body);
    } else {
      fail_msg("%s: no such section: %s", test->name, header);
    }
  }
}

static void remove_folder(const char *folder) {
  GDir *dir = g_dir_open(folder, 0, NULL);
  for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_unlink(path);
  }
  g_dir_close(dir);
  g_rmdir(folder);
}

static void run_case(const char *path) {
  g_autofree char *text = NULL;
  assert_true(g_file_get_contents(path, &text, NULL, NULL));
  Case test = {.name = path, .folder = g_dir_make_tmp("attain-test-XXXXXX", NULL)};
  g_autofree char *marked = g_strconcat("\n", text, NULL);
  g_auto(GStrv) sections = g_strsplit(marked, "\n== ", -1);
  for (char **section = sections + 1; *section; section++) {
    char *body = strchr(*section, '\n');
    g_autofree char *header = body ? g_strndup(*section, (gsize)(body - *section)) : g_strdup(*section);
    g_autofree char *lines =
        g_strconcat(body ? body + 1 : "", body && body[1] && !g_str_has_suffix(body, "\n") ? "\n" : "", NULL);
    run_section(&test, header, lines);
  }
  check_no_error(&test);
  remove_folder(test.folder);
  g_clear_error(&test.error);
  g_clear_pointer(&test.report, ingest_report_free);
  store_close(test.store);
  calendar_free(test.calendar);
  ledger_schema_free(test.schema);
  conf_organisation_free(test.organisation);
  g_free(test.folder);
  g_free(test.source);
}

static void test_case(void **state) {
  run_case(*state);
}

int main(int argc, char **argv) {
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  GDir *dir = g_dir_open(argc > 1 ? argv[1] : ".", 0, NULL);
  for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
    if (g_str_has_suffix(name, ".case") && (argc < 3 || strstr(name, argv[2])))
      g_ptr_array_add(paths, g_build_filename(argv[1], name, NULL));
  }
  if (dir) g_dir_close(dir);
  g_autofree struct CMUnitTest *tests = g_new0(struct CMUnitTest, paths->len + 1);
  for (guint i = 0; i < paths->len; i++)
    tests[i] = (struct CMUnitTest){.name = paths->pdata[i], .test_func = test_case, .initial_state = paths->pdata[i]};
  if (paths->len == 0) return 1;
  return _cmocka_run_group_tests("load", tests, paths->len, NULL, NULL);
}
