/* Puts of many threads in few commits, and keys of calls: every record once, every caller their own report, a call that
 * comes again answered as it was. */
#include "../demo/simulated.h"
#include "attain/attain.h"
#include "command.h"

#define N_THREADS 24
#define N_EACH    20
#define NOW_1     "2026-11-21T09:00:00Z"

typedef struct {
  char *folder;
  AttainWorkspace *workspace;
} Place;

static void open_it(Place *place, const char *now) {
  AttainError error = {0};
  place->workspace = attain_open(place->folder, &(AttainOptions){.now = now}, &error);
  if (!place->workspace) fail_msg("%s", error.message);
}

static int set_up(void **state) {
  Place *place = g_new0(Place, 1);
  DemoSummary summary;
  AttainError error = {0};
  place->folder = simulated_make(10, 1000, 5, &summary);
  open_it(place, NOW_1);
  if (!attain_load(place->workspace, NULL, NULL, &error)) fail_msg("%s", error.message);
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

static char *deal(const char *id, const char *amount) {
  return g_strdup_printf(
      "{\"id\": \"%s\", \"owner\": \"new-rep\", \"created_at\": \"2026-10-01\", \"stage\": "
      "\"Proposal\", \"amount\": %s}",
      id, amount);
}

static AttainReport *put(const Place *place, const char *records, const char *key) {
  AttainError error = {0};
  AttainReport *report = NULL;
  AttainPutOptions options = {.source = "group", .key = key};
  if (!attain_put(place->workspace, "opportunity", records, &options, &report, &error)) fail_msg("%s", error.message);
  return report;
}

static char *refused(const Place *place, const char *records, const char *key) {
  AttainError error = {0};
  AttainPutOptions options = {.source = "group", .key = key};
  assert_false(attain_put(place->workspace, "opportunity", records, &options, NULL, &error));
  assert_int_equal(error.code, ATTAIN_ERROR_INPUT);
  return error.message;
}

/* --- together --- */

typedef struct {
  const Place *place;
  guint number;
  gint n_bad; /* atomic: reports that are not as they should be */
} Thread;

/* Every seventh record has an amount that is none: it alone is kept out. */
static gpointer put_some(gpointer data) {
  Thread *thread = data;
  for (guint i = 0; i < N_EACH; i++) {
    gboolean is_bad = i % 7 == 6;
    g_autofree char *id = g_strdup_printf("t%u-%u", thread->number, i);
    g_autofree char *record = deal(id, is_bad ? "\"ten\"" : "100");
    AttainReport *report = put(thread->place, record, NULL);
    gboolean is_right = is_bad ? report->n_new == 0 && report->n_rejected == 1 && report->rejected[0].record == 0 &&
                                     g_str_equal(report->rejected[0].id, id)
                               : report->n_new == 1 && report->n_rejected == 0 && report->load > 0;
    if (!is_right) g_atomic_int_inc(&thread->n_bad);
    attain_report_free(report);
  }
  return NULL;
}

static void count_change(const AttainChange *change, void *n) {
  (*(guint *)n)++;
}

static void test_many_at_once(void **state) {
  const Place *place = *state;
  guint n_commits = 0;
  guint64 subscription = attain_subscribe(place->workspace, count_change, &n_commits);
  Thread threads[N_THREADS];
  GThread *running[N_THREADS];
  for (guint t = 0; t < N_THREADS; t++) {
    threads[t] = (Thread){place, t, 0};
    running[t] = g_thread_new("put", put_some, &threads[t]);
  }
  for (guint t = 0; t < N_THREADS; t++) g_thread_join(running[t]);
  attain_unsubscribe(place->workspace, subscription);
  for (guint t = 0; t < N_THREADS; t++) assert_int_equal(threads[t].n_bad, 0);
  assert_true(n_commits <= N_THREADS * N_EACH);
  /* put again, all there is: 18 of 20 of each thread were taken */
  guint n_unchanged = 0;
  for (guint t = 0; t < N_THREADS; t++) {
    for (guint i = 0; i < N_EACH; i++) {
      if (i % 7 == 6) continue;
      g_autofree char *id = g_strdup_printf("t%u-%u", t, i);
      g_autofree char *record = deal(id, "100");
      AttainReport *report = put(place, record, NULL);
      n_unchanged += (guint)report->n_unchanged;
      attain_report_free(report);
    }
  }
  assert_int_equal(n_unchanged, N_THREADS * 18);
}

/* --- keys --- */

static void test_key_again(void **state) {
  Place *place = *state;
  g_autofree char *first = deal("k1", "100"), *second = deal("k1", "200");
  AttainReport *report = put(place, first, "key-1");
  gint64 load = report->load;
  assert_true(report->n_new == 1 && !report->is_repeated);
  attain_report_free(report);
  report = put(place, second, NULL); /* somebody else changes the record */
  assert_int_equal(report->n_changed, 1);
  attain_report_free(report);
  for (int i = 0; i < 2; i++) {
    report = put(place, first, "key-1"); /* and the first call comes again, then once more after a restart */
    assert_true(report->n_new == 1 && report->load == load && report->is_repeated);
    attain_report_free(report);
    report = put(place, second, NULL);
    assert_int_equal(report->n_unchanged, 1); /* it did not undo the second */
    attain_report_free(report);
    attain_close(place->workspace);
    open_it(place, NOW_1);
  }
  g_autofree char *message = refused(place, second, "key-1");
  assert_non_null(strstr(message, "the key was used"));
}

static void test_key_of_refused(void **state) {
  const Place *place = *state;
  g_autofree char *bad = deal("k2", "\"ten\"");
  for (int i = 0; i < 2; i++) {
    AttainReport *report = put(place, bad, "key-2");
    assert_int_equal(report->n_rejected, 1);
    assert_string_equal(report->rejected[0].id, "k2");
    assert_non_null(strstr(report->rejected[0].reason, "ten"));
    assert_int_equal(report->is_repeated, i == 1);
    attain_report_free(report);
  }
}

static void test_key_of_unchanged(void **state) {
  const Place *place = *state;
  g_autofree char *record = deal("k1", "200"), *other = deal("k1", "300");
  AttainReport *report = put(place, record, "key-3");
  assert_true(report->n_unchanged == 1 && report->load == 0);
  attain_report_free(report);
  attain_report_free(put(place, other, NULL));
  report = put(place, record, "key-3");
  assert_true(report->is_repeated && report->n_unchanged == 1);
  attain_report_free(report);
  report = put(place, other, NULL);
  assert_int_equal(report->n_unchanged, 1);
  attain_report_free(report);
}

static void test_key_of_removal(void **state) {
  const Place *place = *state;
  const char *const ids[] = {"k1", NULL};
  AttainError error = {0};
  AttainPutOptions options = {.source = "group", .key = "key-4"};
  g_autofree char *record = deal("k1", "1");
  for (int i = 0; i < 2; i++) {
    AttainReport *report = NULL;
    assert_true(attain_remove(place->workspace, "opportunity", ids, &options, &report, &error));
    assert_true(report->n_removed == 1 && report->is_repeated == (i == 1));
    attain_report_free(report);
    if (i == 0) attain_report_free(put(place, record, NULL)); /* it is there again: the retry does not remove it */
  }
  AttainReport *report = put(place, record, NULL);
  assert_int_equal(report->n_unchanged, 1);
  attain_report_free(report);
}

static void test_key_ends(void **state) {
  Place *place = *state;
  AttainError error = {0};
  g_autofree char *record = deal("k5", "1"), *other = deal("k5", "2");
  attain_report_free(put(place, record, "key-5"));
  g_free(refused(place, other, "key-5"));
  assert_true(attain_set_now(place->workspace, "2026-11-22T09:00:00Z", &error)); /* a day later */
  AttainReport *report = put(place, other, "key-5");
  assert_true(report->n_changed == 1 && !report->is_repeated);
  attain_report_free(report);
}

static void test_key_is_short(void **state) {
  const Place *place = *state;
  g_autofree char *record = deal("k6", "1"), *key = g_strnfill(501, 'k');
  g_free(refused(place, record, key));
  g_free(refused(place, record, ""));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_many_at_once),   cmocka_unit_test(test_key_again),
      cmocka_unit_test(test_key_of_refused), cmocka_unit_test(test_key_of_unchanged),
      cmocka_unit_test(test_key_of_removal), cmocka_unit_test(test_key_ends),
      cmocka_unit_test(test_key_is_short),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
