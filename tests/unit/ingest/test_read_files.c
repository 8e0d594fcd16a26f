/* Which files `file:` means, in a folder made here:
 *
 *   deals-2026.csv  deals-2027.CSV  deals-old.csv.gz  notes.pdf  .hidden.csv  sub/deals-2028.csv */
#include "ingest/read.h"
#include "unit.h"

#include <glib/gstdio.h>

static const char *const names[] = {"deals-2026.csv", "deals-2027.CSV", "deals-old.csv.gz",
                                    "notes.pdf",      ".hidden.csv",    "sub/deals-2028.csv"};
static char *folder;

static int make_folder(void **state) {
  folder = g_dir_make_tmp("attain-files-XXXXXX", NULL);
  g_autofree char *sub = g_build_filename(folder, "sub", NULL);
  g_mkdir(sub, 0700);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_build_filename(folder, names[i], NULL);
    if (!g_file_set_contents(path, "a\n", -1, NULL)) return 1;
  }
  return 0;
}

static int remove_folder(void **state) {
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_build_filename(folder, names[i], NULL);
    g_unlink(path);
  }
  g_autofree char *sub = g_build_filename(folder, "sub", NULL);
  g_rmdir(sub);
  g_rmdir(folder);
  g_free(folder);
  return 0;
}

static GPtrArray *find(const char *written, GError **error) {
  g_auto(GStrv) files = g_strsplit(written, " ", -1);
  IngestSource source = {.folder = folder};
  SourceTable table = {.name = (char *)"deals", .files = files};
  return read_find_files(&source, &table, error);
}

/* The files found, in their order, without the folder. */
static void assert_finds(const char *written, const char *expected) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) files = find(written, &error);
  if (!files) fail_msg("%s", error->message);
  g_autoptr(GString) found = g_string_new(NULL);
  for (guint i = 0; i < files->len; i++) {
    const char *path = g_ptr_array_index(files, i);
    assert_true(g_str_has_prefix(path, folder));
    g_string_append_printf(found, "%s%s", i ? " " : "", path + strlen(folder) + 1);
  }
  assert_string_equal(found->str, expected);
}

static void files_globs_and_folders(void **state) {
  assert_finds("deals-2026.csv", "deals-2026.csv");
  assert_finds("./sub/../deals-2026.csv", "deals-2026.csv");
  assert_finds("sub/deals-2028.csv deals-2026.csv", "sub/deals-2028.csv deals-2026.csv"); /* as written */
  assert_finds("deals-*", "deals-2026.csv deals-2027.CSV deals-old.csv.gz");              /* by name */
  assert_finds("deals-202?.csv", "deals-2026.csv");
  assert_finds("*.csv", "deals-2026.csv"); /* not what is hidden, nor what lies deeper */
  assert_finds("sub", "sub/deals-2028.csv");
  assert_finds(".", "deals-2026.csv deals-2027.CSV deals-old.csv.gz"); /* of a folder what holds records */
  assert_finds("notes.pdf", "notes.pdf");                              /* what is named is taken at its word */
}

/* A file that two patterns mean is read once: its rows would count twice. */
static void named_twice_read_once(void **state) {
  assert_finds("deals-2026.csv *.csv", "deals-2026.csv");
  assert_finds("deals-202* deals-2026.csv sub sub/*.csv", "deals-2026.csv deals-2027.CSV sub/deals-2028.csv");
}

static void assert_lost(const char *written, const char *words) {
  g_autoptr(GError) error = NULL;
  assert_null(find(written, &error));
  assert_int_equal(error->code, BASE_ERROR_NOT_FOUND);
  assert_has(error->message, words);
}

static void what_is_not_there(void **state) {
  assert_lost("deals-2062.csv", "did you mean deals-2026.csv?");
  assert_lost("deals-2026.csv leads*", "deals: there is no file \"leads*\"");
  assert_lost("leads.csv", "has deals-2026.csv, deals-2027.CSV, deals-old.csv.gz, notes.pdf, sub");
  assert_lost("nowhere/deals.csv", "there is no folder");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(files_globs_and_folders),
      cmocka_unit_test(named_twice_read_once),
      cmocka_unit_test(what_is_not_there),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
