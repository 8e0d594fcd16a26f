/* Working hours: how long an organisation was open between two instants.
 *
 * A day is open from `opens` to `closes` by its own clocks, if it is a working day. Counted by clocks alone,
 *
 *   open_wall(local) = working days before its day x (closes - opens) + what its own day has had of its hours
 *
 * is exact but where clocks are moved while it is open: an hour that spring skips would count, one that autumn repeats
 * would count once. How much the count jumps at each change of the zone is known beforehand; `mended_us` takes it back.
 */
#include "calendar/private.h"

#define BASE_DAY_WEEKS (7 * 5218) /* whole weeks, so that no day since 1870 is negative */

/* Days from the Monday before 1870-01-01 by this count; 1970-01-01 was a Thursday. */
static gint64 day_number(BaseDay day) {
  return (gint64)day + 3 + BASE_DAY_WEEKS;
}

static gint64 open_wall(const Calendar *calendar, gint64 local_us) {
  const CalendarHours *hours = &calendar->hours;
  BaseDay day = (BaseDay)calendar_floor_div(local_us, CALENDAR_DAY_US);
  gint64 length = hours->closes_us - hours->opens_us;
  gint64 whole = (gint64)calendar_working_days(calendar, -BASE_DAY_WEEKS - 3, day) * length;
  if (!calendar_is_working_day(calendar, day)) return whole;
  return whole + CLAMP(local_us - (gint64)day * CALENDAR_DAY_US - hours->opens_us, 0, length);
}

gint64 calendar_open_between(const Calendar *calendar, gint64 from_us, gint64 until_us) {
  const CalendarHours *hours = calendar_hours(calendar);
  if (hours == NULL) return until_us - from_us;
  gsize a = calendar_zone_entry(&calendar->zone, from_us), b = calendar_zone_entry(&calendar->zone, until_us);
  return open_wall(calendar, until_us + hours->offsets_us[b]) + hours->mended_us[b] -
         open_wall(calendar, from_us + hours->offsets_us[a]) - hours->mended_us[a];
}

const CalendarHours *calendar_hours(const Calendar *calendar) {
  return calendar->hours.closes_us > 0 ? &calendar->hours : NULL;
}

void calendar_hours_init(Calendar *calendar, int opens_minute, int closes_minute) {
  if (closes_minute <= opens_minute) return;
  CalendarHours *hours = &calendar->hours;
  hours->opens_us = opens_minute * G_GINT64_CONSTANT(60000000);
  hours->closes_us = closes_minute * G_GINT64_CONSTANT(60000000);
  hours->n_changes = calendar->zone.n;
  hours->starts_us = calendar->zone.starts_us;
  hours->offsets_us = calendar->zone.offsets_us;
  hours->first_day_us = day_number(0) * CALENDAR_DAY_US;
  for (int weekday = 0, before = 0; weekday < 7; weekday++) {
    hours->works[weekday] = (calendar->working_weekdays >> weekday) & 1;
    hours->worked_before[weekday] = before;
    before += hours->works[weekday];
  }
  hours->per_week = calendar->working_per_week;
  hours->n_holidays = calendar->n_holidays;
  hours->holidays = g_new0(gint64, calendar->n_holidays + 1);
  for (gsize i = 0; i < calendar->n_holidays; i++) hours->holidays[i] = day_number(calendar->holidays[i]);
  hours->mended_us = g_new0(gint64, calendar->zone.n + 1);
  for (gsize i = 1; i < calendar->zone.n; i++) {
    gint64 at_us = calendar->zone.starts_us[i];
    hours->mended_us[i] = hours->mended_us[i - 1] + open_wall(calendar, at_us + calendar->zone.offsets_us[i - 1]) -
                          open_wall(calendar, at_us + calendar->zone.offsets_us[i]);
  }
}

void calendar_hours_clear(Calendar *calendar) {
  g_free(calendar->hours.holidays);
  g_free(calendar->hours.mended_us);
}
