/* What the files of this folder share: the calendar's fields, its time zone's table, and periods as whole numbers.
 *
 * Every grain but CALENDAR_RANGE numbers its periods one after the other; moving by n periods is adding n. */
#pragma once

#include "calendar/calendar.h"

#define CALENDAR_DAY_US (G_GINT64_CONSTANT(86400) * 1000000)

/* From starts_us[i] until starts_us[i + 1], local time is UTC + offsets_us[i]; starts_us[0] is the beginning of time.
 */
typedef struct {
  gint64 *starts_us;
  gint64 *offsets_us;
  gsize n;
} CalendarZone;

gboolean calendar_zone_init(CalendarZone *zone, const char *name, GError **error);
void calendar_zone_clear(CalendarZone *zone);
/* The index of the interval that holds the instant. */
gsize calendar_zone_entry(const CalendarZone *zone, gint64 utc_us);
/* The first instant at which local clocks show `local_us` (microseconds since 1970-01-01 00:00 local) or, where they
 * skip it, a later time. */
gint64 calendar_zone_first_instant(const CalendarZone *zone, gint64 local_us);

struct Calendar {
  CalendarKind kind;
  int first_month;
  gboolean named_by_start;
  gboolean sunday_weeks;
  int year_end_weekday;
  gboolean last_weekday;
  gboolean restate_53;
  guint working_weekdays;
  int working_per_week;
  BaseDay *holidays; /* ascending, without repeats, only on weekdays that would work */
  gsize n_holidays;
  CalendarZone zone;
  CalendarHours hours; /* closes_us 0: none */
};

static inline gint64 calendar_floor_div(gint64 a, gint64 b) {
  return a / b - (a % b < 0);
}

/* --- retail.c: a retail year is 52 or 53 whole weeks in 12 periods of 4 or 5 weeks --- */
BaseDay calendar_retail_year_start(const Calendar *calendar, int year);
int calendar_retail_year_of(const Calendar *calendar, BaseDay day);
/* Weeks of a year before its period `period`, 0..11. */
int calendar_retail_weeks_before(const Calendar *calendar, int period);
int calendar_retail_period_of_week(const Calendar *calendar, int week);

/* --- hours.c --- */
void calendar_hours_init(Calendar *calendar, int opens_minute, int closes_minute);
void calendar_hours_clear(Calendar *calendar);

/* --- periods.c --- */
gint64 calendar_index_at(const Calendar *calendar, CalendarGrain grain, BaseDay day);
BaseDay calendar_index_start(const Calendar *calendar, CalendarGrain grain, gint64 index);
CalendarPeriod calendar_period_of_index(const Calendar *calendar, CalendarGrain grain, gint64 index);
/* The year and the number in it (1..53) of the week that starts on `start`. */
void calendar_week_number(const Calendar *calendar, BaseDay start, int *year, int *week);
/* The first day of week 1. */
BaseDay calendar_week_year_start(const Calendar *calendar, int year);
int calendar_weeks_in_year(const Calendar *calendar, int year);
/* The span as a year, quarter, month or day where it is exactly one, else a CALENDAR_RANGE. start < end. */
CalendarPeriod calendar_span(const Calendar *calendar, BaseDay start, BaseDay end);
/* How many whole months (retail: periods) the span is, or 0. */
gint64 calendar_whole_months(const Calendar *calendar, BaseDay start, BaseDay end);
