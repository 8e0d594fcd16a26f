/* Working days: weekdays that work, less holidays.
 *
 * The calendar keeps only holidays that fall on a working weekday, sorted; a count is whole weeks, a rest of at most
 * six days, and two binary searches. */
#include "calendar/private.h"

static gboolean works_by_weekday(const Calendar *calendar, BaseDay day) {
  return (calendar->working_weekdays >> (base_day_weekday(day) - 1)) & 1;
}

static gsize holidays_before(const Calendar *calendar, BaseDay day) {
  gsize low = 0, high = calendar->n_holidays;
  while (low < high) {
    gsize middle = low + (high - low) / 2;
    if (calendar->holidays[middle] < day)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

gboolean calendar_is_working_day(const Calendar *calendar, BaseDay day) {
  if (!works_by_weekday(calendar, day)) return FALSE;
  gsize at = holidays_before(calendar, day);
  return at == calendar->n_holidays || calendar->holidays[at] != day;
}

int calendar_working_days(const Calendar *calendar, BaseDay start, BaseDay end) {
  if (end <= start) return 0;
  gint64 days = (gint64)end - start;
  int count = (int)(days / 7) * calendar->working_per_week;
  for (BaseDay day = end - (BaseDay)(days % 7); day < end; day++) count += works_by_weekday(calendar, day);
  return count - (int)(holidays_before(calendar, end) - holidays_before(calendar, start));
}

/* The first day by whose start `count` working days have passed since `start`, at most `end`. */
static BaseDay after_working_days(const Calendar *calendar, BaseDay start, BaseDay end, int count) {
  BaseDay low = start, high = end;
  while (low < high) {
    BaseDay middle = low + (high - low) / 2;
    if (calendar_working_days(calendar, start, middle) < count)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

BaseDay calendar_like_for_like(const Calendar *calendar, const CalendarPeriod *period, BaseDay through,
                               const CalendarPeriod *other) {
  if (through <= period->start) return other->start;
  if (through >= period->end) return other->end;
  int count = calendar_working_days(calendar, period->start, through);
  int idle = through - after_working_days(calendar, period->start, through, count);
  BaseDay end = after_working_days(calendar, other->start, other->end, count);
  for (; idle > 0 && end < other->end && !calendar_is_working_day(calendar, end); idle--) end++;
  return end;
}
