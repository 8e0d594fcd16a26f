/* Instants from any text: an error with a message, or an instant within a day of the years 0001 to 9999. */
#include "calendar/calendar.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Calendar *calendar;
  if (calendar == NULL)
    calendar = calendar_new(&(CalendarConfig){.first_month = 1, .time_zone = "America/New_York"}, NULL);
  g_autofree char *text = fuzz_text(data, size);
  g_autoptr(GError) error = NULL;
  gint64 instant_us = G_MININT64;
  if (!calendar_parse_instant(calendar, text, &instant_us, &error)) {
    g_assert(error != NULL && instant_us == G_MININT64 && g_utf8_validate(error->message, -1, NULL));
    return 0;
  }
  BaseDay day = calendar_day_of(calendar, instant_us);
  g_assert(day >= BASE_DAY_MIN && day <= BASE_DAY_MAX);
  return 0;
}
