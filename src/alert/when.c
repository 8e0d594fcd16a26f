/* Working time is counted day by day, within the hours that attain.yaml calls working hours; quiet time is left from
 * one interval after the other, since a night may be followed by a holiday. */
#include "alert/when.h"

#define MINUTE_US       (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)
#define HOUR_US         (60 * MINUTE_US)
#define DAY_US          (24 * HOUR_US)
#define MAX_QUIET_STEPS 1000
#define MAX_DAYS        100000

/* --- durations --- */

static const struct {
  const char *one, *many;
  AlertUnit unit;
} units[] = {
    {"minute", "minutes", ALERT_MINUTES},
    {"hour", "hours", ALERT_HOURS},
    {"day", "days", ALERT_DAYS},
    {"week", "weeks", ALERT_WEEKS},
    {"working hour", "working hours", ALERT_WORKING_HOURS},
    {"working day", "working days", ALERT_WORKING_DAYS},
};

gboolean alert_duration_parse(const char *text, AlertDuration *duration) {
  gsize digits = strspn(text, "0123456789");
  if (digits < 1 || digits > 5) return FALSE;
  int n = (int)g_ascii_strtoull(text, NULL, 10);
  g_autofree char *rest = g_strstrip(g_ascii_strdown(text + digits, -1));
  for (guint i = 0; i < G_N_ELEMENTS(units) && n >= 1 && n <= ALERT_MAX_DURATION; i++) {
    if (!g_str_equal(rest, units[i].one) && !g_str_equal(rest, units[i].many)) continue;
    *duration = (AlertDuration){n, units[i].unit};
    return TRUE;
  }
  return FALSE;
}

char *alert_duration_write(AlertDuration duration) {
  return g_strdup_printf("%d %s", duration.n, duration.n == 1 ? units[duration.unit].one : units[duration.unit].many);
}

gint64 alert_instant(const Calendar *calendar, BaseDay day, int minutes) {
  g_autofree char *date = base_day_format(day + minutes / (24 * 60));
  g_autofree char *text = g_strdup_printf("%sT%02d:%02d", date, minutes / 60 % 24, minutes % 60);
  gint64 instant_us = calendar_start_of_day(calendar, day);
  calendar_parse_instant(calendar, text, &instant_us, NULL);
  return instant_us;
}

static gint64 working_us(const AlertClock *clock, gint64 from_us, gint64 to_us) {
  gint64 sum = 0;
  BaseDay last = calendar_day_of(clock->calendar, to_us), day = calendar_day_of(clock->calendar, from_us);
  for (day = MAX(day, last - MAX_DAYS); day <= last; day++) {
    if (!calendar_is_working_day(clock->calendar, day)) continue;
    gint64 start = MAX(from_us, alert_instant(clock->calendar, day, clock->alerts->work_from));
    gint64 end = MIN(to_us, alert_instant(clock->calendar, day, clock->alerts->work_to));
    sum += MAX(end - start, 0);
  }
  return sum;
}

static gint64 unit_us(const AlertClock *clock, AlertUnit unit) {
  switch (unit) {
    case ALERT_MINUTES:
      return MINUTE_US;
    case ALERT_HOURS:
    case ALERT_WORKING_HOURS:
      return HOUR_US;
    case ALERT_DAYS:
      return DAY_US;
    case ALERT_WEEKS:
      return 7 * DAY_US;
    case ALERT_WORKING_DAYS:
      return (clock->alerts->work_to - clock->alerts->work_from) * MINUTE_US;
  }
  g_assert_not_reached();
}

static gint64 passed_us(const AlertClock *clock, AlertUnit unit, gint64 from_us, gint64 to_us) {
  gboolean works = unit == ALERT_WORKING_HOURS || unit == ALERT_WORKING_DAYS;
  return works ? working_us(clock, from_us, to_us) : to_us - from_us;
}

gboolean alert_duration_is_over(const AlertClock *clock, AlertDuration duration, gint64 from_us, gint64 to_us) {
  if (duration.n == 0) return TRUE;
  return passed_us(clock, duration.unit, from_us, to_us) >= duration.n * unit_us(clock, duration.unit);
}

double alert_elapsed(const AlertClock *clock, AlertUnit unit, gint64 from_us, gint64 to_us) {
  return (double)passed_us(clock, unit, from_us, to_us) / (double)unit_us(clock, unit);
}

/* --- quiet time --- */

/* The end of the quiet hours that begin on a day, where `at_us` lies in them; else `at_us`. */
static gint64 after_quiet_hours(const AlertClock *clock, BaseDay day, gint64 at_us) {
  const ConfAlerts *alerts = clock->alerts;
  gint64 start = alert_instant(clock->calendar, day, alerts->quiet_from);
  BaseDay last = alerts->quiet_to > alerts->quiet_from ? day : day + 1;
  gint64 end = alert_instant(clock->calendar, last, alerts->quiet_to);
  return at_us >= start && at_us < end ? end : at_us;
}

gint64 alert_loud_from(const AlertClock *clock, gint64 at_us) {
  for (int step = 0; step < MAX_QUIET_STEPS; step++) {
    gint64 before = at_us;
    BaseDay day = calendar_day_of(clock->calendar, at_us);
    if (clock->alerts->quiet_from != clock->alerts->quiet_to) {
      at_us = after_quiet_hours(clock, day - 1, at_us);
      at_us = after_quiet_hours(clock, calendar_day_of(clock->calendar, at_us), at_us);
    }
    day = calendar_day_of(clock->calendar, at_us);
    if (clock->alerts->quiet_days_off && !calendar_is_working_day(clock->calendar, day))
      at_us = calendar_start_of_day(clock->calendar, day + 1);
    if (at_us == before) break;
  }
  return at_us;
}

/* --- digests --- */

gboolean alert_digest_parse(const char *text, AlertDigest *digest) {
  static const char *const daily[] = {"daily at ", "daily "};
  g_autofree char *lower = g_strstrip(g_ascii_strdown(text, -1));
  if (g_str_equal(lower, "none") || g_str_equal(lower, "hourly")) {
    *digest = (AlertDigest){*lower == 'n' ? ALERT_DIGEST_NONE : ALERT_DIGEST_HOURLY, 0};
    return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS(daily); i++) {
    int minutes;
    if (!g_str_has_prefix(lower, daily[i]) || !conf_time_of_day(lower + strlen(daily[i]), &minutes)) continue;
    if (minutes >= 24 * 60) return FALSE;
    *digest = (AlertDigest){ALERT_DIGEST_DAILY, minutes};
    return TRUE;
  }
  return FALSE;
}

char *alert_digest_write(AlertDigest digest) {
  if (digest.kind != ALERT_DIGEST_DAILY) return g_strdup(digest.kind == ALERT_DIGEST_NONE ? "none" : "hourly");
  return g_strdup_printf("daily at %02d:%02d", digest.minutes / 60, digest.minutes % 60);
}

gint64 alert_digest_due(const Calendar *calendar, AlertDigest digest, gint64 at_us) {
  BaseDay day = calendar_day_of(calendar, at_us);
  if (digest.kind == ALERT_DIGEST_HOURLY) {
    gint64 start = calendar_start_of_day(calendar, day);
    return start + (at_us - start + HOUR_US - 1) / HOUR_US * HOUR_US;
  }
  if (digest.kind == ALERT_DIGEST_NONE) return at_us;
  gint64 today = alert_instant(calendar, day, digest.minutes);
  return today >= at_us ? today : alert_instant(calendar, day + 1, digest.minutes);
}
