/* A workspace's files read anew while it answers: what is edited holds from then on, what is faulty changes nothing,
 * answers given before stay, and nobody who asks or writes meanwhile is refused. */
#include "../demo/simulated.h"
#include "attain/attain.h"
#include "command.h"

#include <glib/gstdio.h>

#define CLOCK "2026-11-21T09:00:00Z"
#define ONE                                                                                                \
  "kpis:\n  own_share:\n    name: Own share\n    question: What share was won?\n    formula: won_deals / " \
  "decided_deals\n    better: higher\n"
#define DOUBLE                                                                                                   \
  "kpis:\n  own_share:\n    name: Own share, twice\n    question: What share was won, twice?\n    formula: 2 * " \
  "won_deals / decided_deals\n    better: higher\n"
#define FAULTY                                                                                                    \
  "kpis:\n  own_share:\n    name: Own share\n    question: What?\n    formula: won_deals / no_such_measure\n    " \
  "better: higher\n"
#define N_EDITS 6

typedef struct {
  char *folder;
  AttainWorkspace *workspace;
} Place;

static void write_kpis(const Place *place, const char *text) {
  g_autofree char *folder = g_build_filename(place->folder, "kpis", NULL);
  g_autofree char *file = g_build_filename(folder, "zz-own.yaml", NULL);
  assert_int_equal(g_mkdir_with_parents(folder, 0700), 0);
  assert_true(g_file_set_contents(file, text, -1, NULL));
}

static int set_up(void **state) {
  Place *place = g_new0(Place, 1);
  DemoSummary summary;
  AttainError error = {0};
  place->folder = simulated_make(10, 1000, 5, &summary);
  write_kpis(place, ONE);
  place->workspace = attain_open(place->folder, &(AttainOptions){.now = CLOCK}, &error);
  if (!place->workspace || !attain_load(place->workspace, NULL, NULL, &error)) fail_msg("%s", error.message);
  *state = place;
  return 0;
}

static int tear_down(void **state) {
  Place *place = *state;
  attain_close(place->workspace);
  simulated_remove(place->folder);
  g_free(place);
  return 0;
}

static AttainAnswer *ask(const Place *place) {
  AttainError error = {0};
  const char *const kpis[] = {"own_share", NULL};
  AttainAnswer *answer =
      attain_ask(place->workspace, &(AttainQuestion){.kpis = kpis, .period = "2026-01..2026-09"}, &error);
  if (!answer) fail_msg("%s", error.message);
  return answer;
}

static double value(const Place *place) {
  AttainAnswer *answer = ask(place);
  double found = attain_answer_row(answer, 0)->figures.value;
  attain_answer_free(answer);
  return found;
}

static void reload(const Place *place) {
  AttainError error = {0};
  if (!attain_reload(place->workspace, &error)) fail_msg("%s", error.message);
}

static void test_an_edit_holds_from_then_on(void **state) {
  const Place *place = *state;
  double one = value(place);
  AttainAnswer *before = ask(place);
  assert_true(one > 0 && one < 1);
  write_kpis(place, DOUBLE);
  assert_true(value(place) == one);
  reload(place);
  assert_true(value(place) == 2 * one);
  assert_string_equal(attain_answer_row(before, 0)->title, "Own share");
  assert_true(attain_answer_row(before, 0)->figures.value == one);
  g_autofree char *json = attain_answer_json(before);
  assert_non_null(strstr(json, "own_share"));
  attain_answer_free(before);
  write_kpis(place, ONE);
  reload(place);
  assert_true(value(place) == one);
}

static void test_a_faulty_edit_changes_nothing(void **state) {
  const Place *place = *state;
  double one = value(place);
  AttainError error = {0};
  write_kpis(place, FAULTY);
  assert_false(attain_reload(place->workspace, &error));
  assert_int_equal(error.code, ATTAIN_ERROR_INPUT);
  assert_non_null(strstr(error.message, "zz-own.yaml:5"));
  attain_error_clear(&error);
  assert_true(value(place) == one);
  write_kpis(place, ONE);
  reload(place);
  assert_true(value(place) == one);
}

/* Unchanged files: the cells stay, so none are counted again. */
static void test_what_is_the_same_keeps_its_cells(void **state) {
  const Place *place = *state;
  AttainMemory before, after;
  AttainError error = {0};
  value(place);
  assert_true(attain_memory(place->workspace, &before, &error));
  assert_true(before.n_cells > 0);
  reload(place);
  assert_true(attain_memory(place->workspace, &after, &error));
  assert_int_equal(after.n_cells, before.n_cells);
  write_kpis(place, DOUBLE);
  reload(place);
  assert_true(attain_memory(place->workspace, &after, &error));
  assert_int_equal(after.n_cells, 0);
  write_kpis(place, ONE);
  reload(place);
}

static void on_change(const AttainChange *change, void *count) {
  g_atomic_int_inc((gint *)count);
}

static void put_deal(const Place *place, guint number) {
  AttainError error = {0};
  g_autofree char *deal = g_strdup_printf(
      "{\"id\": \"R%u\", \"owner\": \"x\", \"created_at\": \"2026-10-01\", \"stage\": \"Proposal\"}", number);
  if (!attain_put(place->workspace, "opportunity", deal, &(AttainPutOptions){.source = "reload"}, NULL, &error))
    fail_msg("%s", error.message);
}

#define FACT                                                                                                      \
  "\nfacts:\n  visit:\n    about: a visit\n    columns:\n      at: {type: time, required: true}\n      minutes: " \
  "{type: duration}\n"
#define VISIT "{\"id\": \"V1\", \"at\": \"2026-10-01\", \"minutes\": 60}"

/* A fact of attain.yaml's own is in the database at once; subscriptions go on. */
static void test_a_fact_is_added_and_subscribers_stay(void **state) {
  const Place *place = *state;
  gint n_told = 0;
  guint64 subscription = attain_subscribe(place->workspace, on_change, &n_told);
  g_autofree char *file = g_build_filename(place->folder, "attain.yaml", NULL), *text = NULL;
  assert_true(g_file_get_contents(file, &text, NULL, NULL));
  g_autofree char *longer = g_strconcat(text, FACT, NULL);
  put_deal(place, 1);
  assert_true(g_file_set_contents(file, longer, -1, NULL));
  reload(place);
  AttainError error = {0};
  if (!attain_put(place->workspace, "visit", VISIT, &(AttainPutOptions){.source = "reload"}, NULL, &error))
    fail_msg("%s", error.message);
  assert_int_equal(n_told, 2);
  attain_unsubscribe(place->workspace, subscription);
  assert_true(g_file_set_contents(file, text, -1, NULL));
  reload(place);
}

typedef struct {
  const Place *place;
  double one;
  guint number;
  gint *is_over; /* atomic */
  guint n_asked;
} Reader;

static gpointer read_on(gpointer data) {
  Reader *reader = data;
  while (!g_atomic_int_get(reader->is_over)) {
    double found = value(reader->place);
    if (found != reader->one && found != 2 * reader->one) return reader;
    reader->n_asked++;
  }
  return NULL;
}

static gpointer write_on(gpointer data) {
  Reader *writer = data;
  for (guint i = 0; !g_atomic_int_get(writer->is_over); i++) put_deal(writer->place, 1000 + i % 50);
  return NULL;
}

/* Each answer is of one definition or the other, and none is refused. */
static void test_edits_while_others_ask_and_write(void **state) {
  const Place *place = *state;
  gint is_over = 0;
  double one = value(place);
  Reader readers[3];
  GThread *threads[4];
  for (guint i = 0; i < G_N_ELEMENTS(readers); i++) {
    readers[i] = (Reader){place, one, i, &is_over, 0};
    threads[i] = g_thread_new("reader", read_on, &readers[i]);
  }
  Reader writer = {place, one, 9, &is_over, 0};
  threads[3] = g_thread_new("writer", write_on, &writer);
  for (guint i = 0; i < N_EDITS; i++) {
    write_kpis(place, i % 2 ? ONE : DOUBLE);
    reload(place);
    assert_true(value(place) == (i % 2 ? one : 2 * one));
  }
  g_atomic_int_set(&is_over, 1);
  for (guint i = 0; i < G_N_ELEMENTS(threads); i++) assert_null(g_thread_join(threads[i]));
  assert_true(readers[0].n_asked > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_an_edit_holds_from_then_on),
      cmocka_unit_test(test_a_faulty_edit_changes_nothing),
      cmocka_unit_test(test_what_is_the_same_keeps_its_cells),
      cmocka_unit_test(test_a_fact_is_added_and_subscribers_stay),
      cmocka_unit_test(test_edits_while_others_ask_and_write),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
