/* The watch gives a source out when its files have become something new and are whole: not while a writer is at it. */
#include "ingest/watch.h"
#include "unit.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define LONG_MS  20000 /* more than anything here needs; what is awaited ends it early */
#define SHORT_MS 200   /* in which nothing must come: a file that is held open is let alone for far longer */

static const char yaml[] =
    "tables: {deals: \"deals-*.csv\", reps: reps.csv}\n"
    "map:\n"
    "  - {to: opportunity, from: deals, columns: {id: Id}}\n"
    "  - {to: person, from: reps, columns: {id: Id}}\n";

typedef struct {
  char *folder, *deals, *more, *reps;
  LedgerSchema *schema;
  ConfOrganisation organisation;
  IngestSource *source;
} Test;

static void write_file(const char *path, const char *text, gboolean append) {
  FILE *file = g_fopen(path, append ? "a" : "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static int setup(void **state) {
  Test *test = g_new0(Test, 1);
  test->folder = g_dir_make_tmp("attain-test-XXXXXX", NULL);
  test->deals = g_build_filename(test->folder, "deals-1.csv", NULL);
  test->more = g_build_filename(test->folder, "deals-2.csv", NULL);
  test->reps = g_build_filename(test->folder, "reps.csv", NULL);
  write_file(test->deals, "Id\nD1\n", FALSE);
  write_file(test->reps, "Id\nR1\n", FALSE);
  test->schema = ledger_schema_new(NULL, 0, NULL);
  test->organisation = (ConfOrganisation){.currency = (char *)"EUR", .time_zone = (char *)"UTC"};
  test->source =
      ingest_source_parse("crm.yaml", yaml, sizeof yaml - 1, test->folder, test->schema, &test->organisation, NULL);
  assert_non_null(test->source);
  *state = test;
  return 0;
}

static int teardown(void **state) {
  Test *test = *state;
  const char *paths[] = {test->deals, test->more, test->reps};
  for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) g_unlink(paths[i]);
  g_rmdir(test->folder);
  ingest_source_free(test->source);
  ledger_schema_free(test->schema);
  g_free(test->folder);
  g_free(test->deals);
  g_free(test->more);
  g_free(test->reps);
  g_free(test);
  return 0;
}

static IngestWatch *watch_new(const Test *test, gboolean only_look) {
  IngestWatch *watch = ingest_watch_new(only_look);
  assert_int_equal(ingest_watch_add_source(watch, test->source), 0);
  assert_int_equal(ingest_watch_wait(watch, -1, LONG_MS), 0); /* what is there at the beginning */
  assert_int_equal(ingest_watch_wait(watch, -1, 0), INGEST_WATCH_TIMEOUT);
  return watch;
}

static void goes_through(const Test *test, gboolean only_look) {
  g_autoptr(IngestWatch) watch = watch_new(test, only_look);
  write_file(test->deals, "D2\n", TRUE);
  assert_int_equal(ingest_watch_wait(watch, -1, LONG_MS), 0);
  write_file(test->more, "Id\nD3\n", FALSE); /* new beside the others */
  assert_int_equal(ingest_watch_wait(watch, -1, LONG_MS), 0);
  g_autofree char *hidden = g_build_filename(test->folder, ".deals.tmp", NULL);
  write_file(hidden, "Id\nD4\n", FALSE);
  assert_int_equal(g_rename(hidden, test->deals), 0); /* replaced */
  assert_int_equal(ingest_watch_wait(watch, -1, LONG_MS), 0);
  g_unlink(test->more);
  assert_int_equal(ingest_watch_wait(watch, -1, LONG_MS), 0);
  g_autofree char *other = g_build_filename(test->folder, "other.csv", NULL);
  write_file(other, "Id\n", FALSE); /* none of its files */
  assert_int_equal(ingest_watch_wait(watch, -1, SHORT_MS), INGEST_WATCH_TIMEOUT);
  g_unlink(other);
}

static void test_told(void **state) {
  goes_through(*state, FALSE);
}

static void test_looked_at(void **state) {
  goes_through(*state, TRUE);
}

static void put(int fd, const char *text) {
  assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void test_half_written(void **state) {
  const Test *test = *state;
  g_autoptr(IngestWatch) watch = watch_new(test, FALSE);
  int fd = g_open(test->more, O_WRONLY | O_CREAT, 0600);
  put(fd, "Id\nD7\n"); /* ends with a line, but the writer is still at it */
  assert_int_equal(ingest_watch_wait(watch, -1, SHORT_MS), INGEST_WATCH_TIMEOUT);
  put(fd, "D8\n");
  close(fd);
  assert_int_equal(ingest_watch_wait(watch, -1, LONG_MS), 0);
  fd = g_open(test->more, O_WRONLY | O_APPEND, 0);
  put(fd, "D9"); /* a line that is not whole */
  assert_int_equal(ingest_watch_wait(watch, -1, SHORT_MS), INGEST_WATCH_TIMEOUT);
  put(fd, "1\n"); /* a log: still open, but whole */
  assert_int_equal(ingest_watch_wait(watch, -1, LONG_MS), 0);
  close(fd);
}

static void test_again(void **state) {
  const Test *test = *state;
  g_autoptr(IngestWatch) watch = watch_new(test, FALSE);
  ingest_watch_again(watch, 0, 1);
  assert_int_equal(ingest_watch_wait(watch, -1, LONG_MS), 0);
  ingest_watch_again(watch, 0, LONG_MS * 10);
  assert_int_equal(ingest_watch_wait(watch, -1, SHORT_MS), INGEST_WATCH_TIMEOUT);
  write_file(test->reps, "R2\n", TRUE); /* does not wait that long when its files change */
  assert_int_equal(ingest_watch_wait(watch, -1, LONG_MS), 0);
}

static void test_stop(void **state) {
  const Test *test = *state;
  g_autoptr(IngestWatch) watch = watch_new(test, FALSE);
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  put(ends[1], "x");
  assert_int_equal(ingest_watch_wait(watch, ends[0], LONG_MS), INGEST_WATCH_STOPPED);
  close(ends[0]);
  close(ends[1]);
}

static void test_folder(void **state) {
  const Test *test = *state;
  g_autoptr(IngestWatch) watch = ingest_watch_new(FALSE);
  assert_int_equal(ingest_watch_add_folder(watch, test->folder, "reps.*"), 0);
  assert_int_equal(ingest_watch_wait(watch, -1, 0), INGEST_WATCH_TIMEOUT);
  write_file(test->reps, "R3\n", TRUE);
  assert_int_equal(ingest_watch_wait(watch, -1, LONG_MS), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_told, setup, teardown),
      cmocka_unit_test_setup_teardown(test_looked_at, setup, teardown),
      cmocka_unit_test_setup_teardown(test_half_written, setup, teardown),
      cmocka_unit_test_setup_teardown(test_again, setup, teardown),
      cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
      cmocka_unit_test_setup_teardown(test_folder, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
