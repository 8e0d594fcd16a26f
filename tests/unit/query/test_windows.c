/* Windows of calendar years, months and quarters as windows/windows.py works them out: a line of windows/calendar.txt
 * is a clock, a period, an operator, and the days that a formula then looks at. */
#include "query/window.h"
#include "unit.h"

static const char *cases_file;

static CalendarGrain grain_of(const char *name) {
  CalendarGrain grain;
  if (!calendar_grain_parse(name, &grain)) fail_msg("no grain: %s", name);
  return grain;
}

/* "previous", "shift -5 month", "to_date year" … */
static Window moved(const QueryContext *context, const Window *window, char **words) {
  static const struct {
    const char *name;
    KpiOp op;
  } ops[] = {{"previous", KPI_OP_PREVIOUS},
             {"year_ago", KPI_OP_YEAR_AGO},
             {"shift", KPI_OP_SHIFT},
             {"trailing", KPI_OP_TRAILING},
             {"to_date", KPI_OP_TO_DATE}};
  if (g_str_equal(words[0], "itself")) return *window;
  KpiExpr expr = {0};
  guint n = g_strv_length(words), i = 0;
  while (i < G_N_ELEMENTS(ops) && !g_str_equal(ops[i].name, words[0])) i++;
  if (i == G_N_ELEMENTS(ops)) fail_msg("no operator: %s", words[0]);
  expr.op = ops[i].op;
  expr.grain = n > 1 ? grain_of(words[n - 1]) : CALENDAR_DAY;
  expr.number = n > 2 ? (double)g_ascii_strtoll(words[1], NULL, 10) : 0;
  return window_apply(context, window, &expr);
}

static gboolean check_line(const Calendar *calendar, const char *line) {
  g_auto(GStrv) sides = g_strsplit(line, " => ", 2), words = g_strsplit(sides[0], " ", -1);
  QueryContext context = {.calendar = calendar};
  CalendarPeriod period;
  assert_true(base_day_parse_iso(words[0], &context.today));
  assert_true(calendar_parse_period(calendar, words[1], context.today, BASE_DAY_NONE, BASE_DAY_NONE, &period, NULL));
  Window window = window_of(&context, &period);
  window = moved(&context, &window, words + 2);
  g_autofree char *start = base_day_format(window.period.start), *end = base_day_format(window_end(&window));
  g_autofree char *found = g_strdup_printf("%s %s", start, end);
  if (g_str_equal(found, sides[1])) return TRUE;
  print_error("%s\n  found %s\n", line, found);
  return FALSE;
}

static void windows_of_the_calendar(void **state) {
  const CalendarConfig config = {.time_zone = "UTC"};
  Calendar *calendar = calendar_new(&config, NULL);
  g_autofree char *text = NULL;
  assert_true(g_file_get_contents(cases_file, &text, NULL, NULL));
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  guint n = 0, n_failed = 0;
  for (char **line = lines; *line; line++) {
    if (**line == '#' || **line == '\0') continue;
    n_failed += !check_line(calendar, *line);
    n++;
  }
  print_message("%u windows\n", n);
  assert_true(n > 100);
  assert_int_equal(0, n_failed);
  calendar_free(calendar);
}

int main(int argc, char **argv) {
  assert_true(argc == 2);
  cases_file = argv[1];
  const struct CMUnitTest tests[] = {cmocka_unit_test(windows_of_the_calendar)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
