/* Answers that are stopped at any block of cells, rows or groups: they fail as cancelled, keep nothing half made, and
 * whoever asks the same beside them or after them has what a scan of all records says. */
#include "base/fault.h"
#include "company.h"
#include "query/live.h"

#include <gio/gio.h>

#define MOST 400 /* blocks of an answer; there are fewer */

static const char definitions[] =
    "measures:\n"
    "  deals: count(opportunity on created_at)\n"
    "  amount: sum(opportunity.amount on created_at)\n"
    "  middle: median(opportunity.amount on created_at)\n"
    "kpis:\n"
    "  repeat_accounts: {formula: 'each(account, lifetime(deals) >= 2)'}\n";

typedef struct {
  World world;
  QueryLive *live;
  QueryResult *truth; /* from the records, by nobody's cells */
} Scene;

static const char *const kpis[] = {"deals", "amount", "middle", "repeat_accounts", NULL};
static const char *const dims[] = {"rep", NULL};

static QueryRequest request_of(const char *period) {
  return (QueryRequest){.kpis = (const char *const *)kpis,
                        .by = (const char *const *)dims,
                        .period = period,
                        .has_grain = TRUE,
                        .grain = CALENDAR_MONTH,
                        .rates_of = BASE_DAY_NONE};
}

static QueryLive *cells_of(const Scene *scene) {
  g_autoptr(GError) error = NULL;
  QueryLive *live = query_live_new(&scene->world.context, (gsize)1 << 30, &error);
  if (live == NULL) fail_msg("%s", error->message);
  return live;
}

static int set_up(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  g_autoptr(GError) error = NULL;
  Company company = company_new(random, 20000);
  g_autofree char *period = company_span(&company);
  Scene *scene = g_new0(Scene, 1);
  scene->world = world_new(&company, definitions, FALSE);
  QueryRequest request = request_of(period);
  scene->truth = query_run(&scene->world.context, &request, &error);
  if (scene->truth == NULL) fail_msg("%s", error->message);
  *state = scene;
  return 0;
}

static int tear_down(void **state) {
  Scene *scene = *state;
  query_result_free(scene->truth);
  world_clear(&scene->world);
  g_free(scene);
  return 0;
}

static void assert_same(const QueryValue *wanted, const QueryValue *got) {
  assert_int_equal(wanted->has_value, got->has_value);
  assert_int_equal(wanted->n, got->n);
  if (wanted->has_value && wanted->value != got->value) fail_msg("%g, not %g", got->value, wanted->value);
}

/* NULL is no answer. */
static void check(const Scene *scene, const QueryResult *result, const GError *error) {
  if (result == NULL) fail_msg("%s", error->message);
  assert_int_equal(query_result_n_rows(scene->truth), query_result_n_rows(result));
  assert_int_equal(query_result_n_totals(scene->truth), query_result_n_totals(result));
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    assert_string_equal(query_result_row(scene->truth, r)->members[0], query_result_row(result, r)->members[0]);
    assert_same(&query_result_row(scene->truth, r)->value, &query_result_row(result, r)->value);
  }
  for (guint t = 0; t < query_result_n_totals(result); t++)
    assert_same(&query_result_total(scene->truth, t)->value, &query_result_total(result, t)->value);
}

static QueryRequest same_request(const Scene *scene, char **period) {
  const CalendarPeriod *first = query_result_period(scene->truth, 0);
  const CalendarPeriod *last = query_result_period(scene->truth, query_result_n_periods(scene->truth) - 1);
  g_autofree char *from = base_day_format(first->start), *until = base_day_format(last->start);
  from[7] = until[7] = '\0';
  *period = g_strdup_printf("%s..%s", from, until);
  return request_of(*period);
}

/* TRUE where the nth block of the answer was its last, so that it was not stopped. */
static gboolean ask_stopped(const Scene *scene, QueryLive *live, const QueryRequest *request, guint nth) {
  g_autoptr(GError) error = NULL;
  gint flag = FALSE;
  BaseStop stop = {.flags = {&flag}};
  QueryContext context = scene->world.context;
  context.stop = stop;
  base_fault_arm("stop", nth);
  g_autoptr(QueryResult) result =
      live != NULL ? query_live_ask_until(live, NULL, request, &stop, &error) : query_run(&context, request, &error);
  base_fault_disarm();
  if (result != NULL) {
    check(scene, result, NULL);
    return TRUE;
  }
  assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  assert_true(flag);
  return FALSE;
}

static void check_others(const Scene *scene, QueryLive *live, const QueryRequest *request) {
  g_autoptr(GError) error = NULL;
  g_autoptr(QueryResult) result = query_live_ask(live, NULL, request, &error);
  check(scene, result, error);
  assert_true(query_result_is_from_cells(result));
}

/* Stopped while cells are counted, while they are read, and while the records themselves are asked. */
static void whatever_is_stopped_is_made_anew(void **state) {
  const Scene *scene = *state;
  g_autofree char *period = NULL;
  QueryRequest request = same_request(scene, &period);
  guint n_counted = 0, n_read = 0, n_scanned = 0;
  gboolean is_over = FALSE;
  for (guint nth = 1; nth < MOST && !is_over; nth++, n_counted++) {
    g_autoptr(QueryLive) live = cells_of(scene);
    is_over = ask_stopped(scene, live, &request, nth);
    check_others(scene, live, &request);
  }
  assert_true(is_over);
  g_autoptr(QueryLive) live = cells_of(scene);
  check_others(scene, live, &request);
  for (is_over = FALSE; n_read < MOST && !is_over; n_read++) {
    query_live_forget_answers(live);
    is_over = ask_stopped(scene, live, &request, n_read + 1);
    query_live_forget_answers(live);
    check_others(scene, live, &request);
  }
  assert_true(is_over);
  for (is_over = FALSE; n_scanned < MOST && !is_over; n_scanned++)
    is_over = ask_stopped(scene, NULL, &request, n_scanned + 1);
  assert_true(is_over);
  print_message("stopped at %u blocks of counting and reading, %u of reading, %u of asking the records\n",
                n_counted - 1, n_read - 1, n_scanned - 1);
  assert_true(n_read > 10 && n_counted > n_read && n_scanned > 10);
}

typedef struct {
  const Scene *scene;
  QueryLive *live;
  QueryRequest request;
} Beside;

static gpointer ask_beside(gpointer data) {
  const Beside *beside = data;
  GError *error = NULL;
  QueryResult *result = query_live_ask(beside->live, NULL, &beside->request, &error);
  if (result == NULL) g_error("%s", error->message);
  return result;
}

/* Who waits for the same cells, or asks for them while they are made, has the answer whoever is stopped. */
static void others_who_wait_have_their_answer(void **state) {
  const Scene *scene = *state;
  g_autofree char *period = NULL;
  QueryRequest request = same_request(scene, &period);
  for (guint nth = 1; nth < 40; nth++) {
    g_autoptr(QueryLive) live = cells_of(scene);
    Beside beside = {scene, live, request};
    GThread *other = g_thread_new("beside", ask_beside, &beside);
    ask_stopped(scene, live, &request, nth);
    g_autoptr(QueryResult) result = g_thread_join(other);
    check(scene, result, NULL);
    check_others(scene, live, &request);
  }
}

/* A flag that is set already ends it at once, and a statement is only interrupted for whom it is run. */
static void nothing_is_begun_for_nobody(void **state) {
  const Scene *scene = *state;
  g_autofree char *period = NULL;
  QueryRequest request = same_request(scene, &period);
  g_autoptr(QueryLive) live = cells_of(scene);
  g_autoptr(GError) error = NULL;
  gint flag = TRUE;
  BaseStop stop = {.flags = {NULL, &flag}};
  assert_null(query_live_ask_until(live, NULL, &request, &stop, &error));
  assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  assert_int_equal(0, query_live_state(live).n_builds);
  assert_false(query_live_interrupt(live, &flag));
  check_others(scene, live, &request);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_is_stopped_is_made_anew),
                                     cmocka_unit_test(others_who_wait_have_their_answer),
                                     cmocka_unit_test(nothing_is_begun_for_nobody)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
