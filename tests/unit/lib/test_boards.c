/* Boards while others write and ask: the simulated company. What is on them is told in tests/e2e/board.sh and
 * boards.py; here is who waits for whom. */
#include "base/fault.h"
#include "command.h"

#define N_READERS 8

static char *folder;
static AttainWorkspace *workspace;

static const char policy[] =
    "shared:\n  boards:\n"
    "    teams: {kpis: revenue, by: team, periods: 2, to: [rep, leader]}\n"
    "    regions: {kpis: won_deals, by: region, periods: 2, to: [rep, leader]}\n"
    "    totals: {kpis: revenue, periods: 2, to: rep}\n";

static int set_up(void **state) {
  DemoSummary summary;
  AttainError error = {0};
  folder = simulated_make(30, 1000, 3, &summary);
  g_autofree char *path = g_build_filename(folder, "policy.yaml", NULL);
  if (!g_file_set_contents(path, policy, -1, NULL)) return 1;
  workspace = attain_open(folder, &(AttainOptions){.now = NOW}, &error);
  if (!workspace || !attain_load(workspace, NULL, NULL, &error)) fail_msg("%s", error.message);
  if (!attain_set_now(workspace, "2026-11-05T12:00", &error)) fail_msg("%s", error.message);
  attain_free(attain_boards(workspace, &error)); /* the policy is read */
  return 0;
}

static int tear_down(void **state) {
  attain_close(workspace);
  simulated_remove(folder);
  return 0;
}

typedef struct {
  const char *board;
  char *document;
  AttainError error;
  GAsyncQueue *done;
} Reading;

static gpointer read_board(gpointer data) {
  Reading *reading = data;
  size_t length;
  reading->document = attain_board(workspace, reading->board, ATTAIN_JSON, &length, &reading->error);
  if (reading->done) g_async_queue_push(reading->done, reading);
  return NULL;
}

static void clear(Reading *reading) {
  attain_free(reading->document);
  attain_error_clear(&reading->error);
}

/* A minute is for a machine that has much else to do; who waits for the writer would never come. */
static void read_beside(const char *board) {
  Reading reading = {.board = board, .done = g_async_queue_new()};
  GThread *thread = g_thread_new("board", read_board, &reading);
  if (!g_async_queue_timeout_pop(reading.done, 60 * G_USEC_PER_SEC)) fail_msg("a board waits for the writer");
  g_thread_join(thread);
  if (!reading.document) fail_msg("%s", reading.error.message);
  assert_has(reading.document, "\"as_of\"");
  clear(&reading);
  g_async_queue_unref(reading.done);
}

static void read_within(const AttainChange *change, void *user_data) {
  read_beside("regions");
  ++*(guint *)user_data;
}

static void test_boards_are_made_beside_the_writer(void **state) {
  AttainError error = {0};
  AttainReport *report = NULL;
  guint n_told = 0;
  assert_true(attain_hold(workspace, &error));
  read_beside("teams");
  attain_release(workspace);
  uint64_t subscription = attain_subscribe(workspace, read_within, &n_told);
  if (!attain_put(workspace, "account", "[{\"id\": \"new1\", \"name\": \"New\"}]", &(AttainPutOptions){.source = "crm"},
                  &report, &error))
    fail_msg("%s", error.message);
  attain_unsubscribe(workspace, subscription);
  attain_report_free(report);
  assert_int_equal(n_told, 1);
}

/* The second time that it is made fails: nobody gets there. */
static void test_asked_at_once_made_once(void **state) {
  Reading readings[N_READERS] = {0};
  GThread *threads[N_READERS];
  base_fault_arm("board.make", 2);
  for (guint i = 0; i < N_READERS; i++) {
    readings[i].board = "totals";
    threads[i] = g_thread_new("board", read_board, &readings[i]);
  }
  for (guint i = 0; i < N_READERS; i++) g_thread_join(threads[i]);
  base_fault_disarm();
  for (guint i = 0; i < N_READERS; i++) {
    if (!readings[i].document) fail_msg("%s", readings[i].error.message);
    assert_string_equal(readings[i].document, readings[0].document);
  }
  for (guint i = 0; i < N_READERS; i++) clear(&readings[i]);
}

/* Its failure is of who made it; who asks afterwards, or waited, tries. */
static void test_failure_is_not_kept(void **state) {
  AttainError error = {0};
  AttainReport *report = NULL;
  size_t length;
  if (!attain_put(workspace, "person", "[{\"id\": \"new1\", \"name\": \"Nia New\"}]",
                  &(AttainPutOptions){.source = "hr"}, &report, &error))
    fail_msg("%s", error.message);
  attain_report_free(report);
  base_fault_arm("board.make", 1);
  assert_null(attain_board(workspace, "totals", ATTAIN_JSON, &length, &error));
  assert_has(error.message, "board totals of policy.yaml");
  attain_error_clear(&error);
  base_fault_disarm();
  char *document = attain_board(workspace, "totals", ATTAIN_JSON, &length, &error);
  if (!document) fail_msg("%s", error.message);
  attain_free(document);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_boards_are_made_beside_the_writer),
      cmocka_unit_test(test_asked_at_once_made_once),
      cmocka_unit_test(test_failure_is_not_kept),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
