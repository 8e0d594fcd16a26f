/* Making a calendar: its settings are checked once here, so that nothing else in this folder can fail on them. */
#include "calendar/private.h"

#define DEFAULT_WORKING_WEEKDAYS 0x1fu
#define ALL_WEEKDAYS             0x7fu

static const char *const grain_names[] = {
    [CALENDAR_DAY] = "day",         [CALENDAR_WEEK] = "week", [CALENDAR_MONTH] = "month",
    [CALENDAR_QUARTER] = "quarter", [CALENDAR_YEAR] = "year", [CALENDAR_RANGE] = "range"};

const char *calendar_grain_name(CalendarGrain grain) {
  return (gsize)grain < G_N_ELEMENTS(grain_names) ? grain_names[grain] : "range";
}

gboolean calendar_grain_parse(const char *text, CalendarGrain *grain) {
  for (gsize i = 0; text != NULL && i < G_N_ELEMENTS(grain_names); i++) {
    gsize length = strlen(grain_names[i]);
    if (g_ascii_strncasecmp(text, grain_names[i], length) != 0) continue;
    if (text[length] == '\0' || (g_ascii_tolower(text[length]) == 's' && text[length + 1] == '\0')) {
      *grain = (CalendarGrain)i;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean check(const CalendarConfig *config, GError **error) {
  const char *problem = NULL;
  if ((int)config->kind < CALENDAR_MONTHS || config->kind > CALENDAR_544)
    problem = "the kind of calendar must be months, 4-4-5, 4-5-4 or 5-4-4";
  else if (config->first_month < 0 || config->first_month > 12)
    problem = "the first month of the fiscal year must be 1 (January) to 12 (December)";
  else if (config->year_end_weekday < 0 || config->year_end_weekday > 7)
    problem = "the weekday on which the retail year ends must be 1 (Monday) to 7 (Sunday)";
  else if (config->opens_minute < 0 || config->closes_minute > 1440 ||
           (config->closes_minute > 0 && config->closes_minute <= config->opens_minute))
    problem = "the working hours must lie between 0:00 and 24:00 and end after they begin";
  else if ((config->working_weekdays & ~ALL_WEEKDAYS) != 0)
    problem = "the working weekdays must be among Monday to Sunday";
  if (problem != NULL) g_set_error_literal(error, BASE_ERROR, BASE_ERROR_INPUT, problem);
  return problem == NULL;
}

static int by_day(const void *a, const void *b) {
  const BaseDay *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

static void keep_holidays(Calendar *calendar, const BaseDay *holidays, gsize n) {
  if (n == 0) return;
  BaseDay *kept = g_memdup2(holidays, n * sizeof *holidays);
  qsort(kept, n, sizeof *kept, by_day);
  gsize n_kept = 0;
  for (gsize i = 0; i < n; i++) {
    gboolean works = (calendar->working_weekdays >> (base_day_weekday(kept[i]) - 1)) & 1;
    if (works && (n_kept == 0 || kept[n_kept - 1] != kept[i])) kept[n_kept++] = kept[i];
  }
  calendar->holidays = kept;
  calendar->n_holidays = n_kept;
}

Calendar *calendar_new(const CalendarConfig *config, GError **error) {
  if (!check(config, error)) return NULL;
  CalendarZone zone;
  if (!calendar_zone_init(&zone, config->time_zone, error)) return NULL;
  Calendar *calendar = g_new0(Calendar, 1);
  *calendar = (Calendar){
      .kind = config->kind,
      .first_month = config->first_month > 0 ? config->first_month : 1,
      .named_by_start = config->named_by_start,
      .sunday_weeks = config->sunday_weeks,
      .year_end_weekday = config->year_end_weekday > 0 ? config->year_end_weekday : 6,
      .last_weekday = config->last_weekday,
      .restate_53 = config->restate_53,
      .working_weekdays = config->working_weekdays != 0 ? config->working_weekdays : DEFAULT_WORKING_WEEKDAYS,
      .zone = zone};
  calendar->working_per_week = __builtin_popcount(calendar->working_weekdays);
  keep_holidays(calendar, config->holidays, config->n_holidays);
  calendar_hours_init(calendar, config->opens_minute, config->closes_minute);
  return calendar;
}

void calendar_free(Calendar *calendar) {
  if (calendar == NULL) return;
  calendar_zone_clear(&calendar->zone);
  g_free(calendar->holidays);
  calendar_hours_clear(calendar);
  g_free(calendar);
}
