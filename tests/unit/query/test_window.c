/* Windows by hand, on calendar years. The clock stands on Friday, 15 May 2026: eleven working days of May have begun (1
 * May, 4 to 8, 11 to 15), and of 21 in all. The eleventh of April 2026, which begins on a Wednesday, is 15 April: 1 to
 * 3, 6 to 10, 13 to 15. */
#include "query/window.h"
#include "unit.h"

typedef struct {
  Calendar *calendar;
  QueryContext context;
} Clock;

static int set_up(void **state) {
  static Clock clock;
  const CalendarConfig config = {.time_zone = "UTC"};
  clock.calendar = calendar_new(&config, NULL);
  clock.context = (QueryContext){.calendar = clock.calendar, .today = base_day_from_civil(2026, 5, 15)};
  *state = &clock;
  return clock.calendar == NULL;
}

static int tear_down(void **state) {
  calendar_free(((Clock *)*state)->calendar);
  return 0;
}

static Window window_for(const Clock *clock, const char *text) {
  CalendarPeriod period;
  assert_true(
      calendar_parse_period(clock->calendar, text, clock->context.today, BASE_DAY_NONE, BASE_DAY_NONE, &period, NULL));
  return window_of(&clock->context, &period);
}

static Window apply(const Clock *clock, const char *text, KpiOp op, double number, CalendarGrain grain) {
  Window window = window_for(clock, text);
  KpiExpr expr = {.op = op, .number = number, .grain = grain};
  return window_apply(&clock->context, &window, &expr);
}

static void assert_days(const Window *window, const char *start, const char *end) {
  g_autofree char *from = base_day_format(window->period.start), *to = base_day_format(window_end(window));
  assert_string_equal(from, start);
  assert_string_equal(to, end);
}

static void a_running_period_ends_with_the_clock(void **state) {
  Window window = window_for(*state, "2026-05");
  assert_days(&window, "2026-05-01", "2026-05-16");
  assert_true(window_is_running(&((Clock *)*state)->context, &window.period));
  window = window_for(*state, "2026-04");
  assert_days(&window, "2026-04-01", "2026-05-01");
}

static void previous_is_cut_like_for_like(void **state) {
  Window window = apply(*state, "2026-05", KPI_OP_PREVIOUS, 0, CALENDAR_DAY);
  assert_days(&window, "2026-04-01", "2026-04-16");
  window = apply(*state, "2026-04", KPI_OP_PREVIOUS, 0, CALENDAR_DAY);
  assert_days(&window, "2026-03-01", "2026-04-01");
}

static void a_year_ago(void **state) {
  Window window = apply(*state, "2026-Q1", KPI_OP_YEAR_AGO, 0, CALENDAR_DAY);
  assert_days(&window, "2025-01-01", "2025-04-01");
}

static void shifted_by_another_grain(void **state) {
  Window window = apply(*state, "2026-Q1", KPI_OP_SHIFT, -2, CALENDAR_MONTH);
  assert_days(&window, "2025-11-01", "2026-02-01");
  window = apply(*state, "2026-03", KPI_OP_SHIFT, -1, CALENDAR_YEAR);
  assert_days(&window, "2025-03-01", "2025-04-01");
}

static void trailing_ends_where_the_period_ends(void **state) {
  Window window = apply(*state, "2026-02", KPI_OP_TRAILING, 12, CALENDAR_MONTH);
  assert_days(&window, "2025-03-01", "2026-03-01");
  window = apply(*state, "2026-05", KPI_OP_TRAILING, 30, CALENDAR_DAY); /* 16 April to 15 May */
  assert_days(&window, "2026-04-16", "2026-05-16");
}

static void to_date_begins_with_the_year(void **state) {
  Window window = apply(*state, "2026-04", KPI_OP_TO_DATE, 0, CALENDAR_YEAR);
  assert_days(&window, "2026-01-01", "2026-05-01");
  window = apply(*state, "2026-05", KPI_OP_TO_DATE, 0, CALENDAR_QUARTER);
  assert_days(&window, "2026-04-01", "2026-05-16");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_running_period_ends_with_the_clock, set_up, tear_down),
      cmocka_unit_test_setup_teardown(previous_is_cut_like_for_like, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_year_ago, set_up, tear_down),
      cmocka_unit_test_setup_teardown(shifted_by_another_grain, set_up, tear_down),
      cmocka_unit_test_setup_teardown(trailing_ends_where_the_period_ends, set_up, tear_down),
      cmocka_unit_test_setup_teardown(to_date_begins_with_the_year, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
