/* Periods from any text, in a plain, a fiscal and a retail calendar: an error with a message, or a period that is not
 * empty and whose name reads back as the same period. */
#include "calendar/calendar.h"
#include "fuzz.h"

static const CalendarConfig configs[] = {
    {.kind = CALENDAR_MONTHS, .first_month = 1},
    {.kind = CALENDAR_MONTHS, .first_month = 4, .sunday_weeks = TRUE, .restate_53 = TRUE},
    {.kind = CALENDAR_454, .first_month = 2, .named_by_start = TRUE, .year_end_weekday = 6, .restate_53 = TRUE},
    {.kind = CALENDAR_445, .first_month = 10, .year_end_weekday = 7, .last_weekday = TRUE},
};

static void check(const Calendar *calendar, const char *text) {
  BaseDay today = base_day_from_civil(2026, 6, 15);
  CalendarPeriod period, again;
  g_autoptr(GError) error = NULL;
  if (!calendar_parse_period(calendar, text, today, today - 700, today, &period, &error)) {
    g_assert(error != NULL && g_utf8_validate(error->message, -1, NULL));
    return;
  }
  g_assert(error == NULL && period.start < period.end);
  g_assert(calendar_parse_period(calendar, period.name, today, today, today, &again, NULL));
  g_assert(again.start == period.start && again.end == period.end && again.grain == period.grain);
  g_assert(strcmp(again.name, period.name) == 0);
  CalendarPeriod before = calendar_shift(calendar, &period, -1);
  gboolean has_room = period.start - (period.end - period.start) > BASE_DAY_MIN + 366;
  g_assert(!has_room || before.end == period.start);
  CalendarPeriod year_ago = calendar_year_ago(calendar, &period);
  g_assert(year_ago.start < year_ago.end && year_ago.start < period.start);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Calendar *calendars[G_N_ELEMENTS(configs)];
  g_autofree char *text = fuzz_text(data, size);
  for (gsize i = 0; i < G_N_ELEMENTS(configs); i++) {
    if (calendars[i] == NULL) calendars[i] = calendar_new(&configs[i], NULL);
    check(calendars[i], text);
  }
  return 0;
}
