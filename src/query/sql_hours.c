/* working_hours(a, b) as SQL: the arithmetic of calendar/hours.c, so that it works on any connection and leaves the
 * engine nothing to learn. Each step takes the list of both instants, so that it is written once:
 *
 *   [b, a] in UTC ─► local microseconds w since a Monday ─► open(w) ─► the first less the second
 *
 *   open(w) = (w // week * days a week + days worked before this weekday - holidays before the day) * length
 *             + of a working day: what it has had of its hours
 *
 * Changes of the zone are named from 20 years before the clock to 5 after it; an instant outside is read with the
 * offset of the nearest. */
#include "query/sql_private.h"

#define DAY_US    (G_GINT64_CONSTANT(86400) * 1000000)
#define DAY       "86400000000"
#define YEAR_US   (G_GINT64_CONSTANT(365) * DAY_US)
#define PAST_US   (20 * YEAR_US)
#define FUTURE_US (5 * YEAR_US)
#define I64       G_GINT64_FORMAT

/* A value of the zone's intervals at the instant t, as it changes with time. */
static void append_by_interval(GString *out, const CalendarHours *hours, const gint64 *values, gint64 now_us) {
  gsize first = 0, last = 0;
  for (gsize i = 0; i < hours->n_changes; i++) {
    if (hours->starts_us[i] <= now_us - PAST_US) first = i;
    if (hours->starts_us[i] <= now_us + FUTURE_US) last = i;
  }
  gboolean changes = FALSE;
  for (gsize i = last; i > first; i--) {
    if (values[i] == values[i - 1]) continue;
    g_string_append_printf(out, "%s WHEN t >= %" I64 " THEN %" I64, changes ? "" : "CASE", hours->starts_us[i],
                           values[i]);
    changes = TRUE;
  }
  g_string_append_printf(out, changes ? " ELSE %" I64 " END" : "%" I64, values[first]);
}

static void append_list(GString *out, const gint64 *numbers, gsize n) {
  for (gsize i = 0; i < n; i++) g_string_append_printf(out, "%s%" I64, i ? ", " : "", numbers[i]);
}

/* Of the local time w. */
static void append_open(GString *out, const CalendarHours *hours) {
  gint64 length_us = hours->closes_us - hours->opens_us;
  g_string_append_printf(out, "(w // " DAY " // 7 * %d + list_extract([", hours->per_week);
  append_list(out, hours->worked_before, 7);
  g_string_append(out, "], w // " DAY " % 7 + 1)");
  if (hours->n_holidays) {
    g_string_append(out, " - len(list_filter([");
    append_list(out, hours->holidays, hours->n_holidays);
    g_string_append(out, "], lambda holiday: holiday < w // " DAY "))");
  }
  g_string_append_printf(out, ") * %" I64 " + CASE WHEN list_extract([", length_us);
  append_list(out, hours->works, 7);
  g_string_append(out, "], w // " DAY " % 7 + 1) = 1");
  if (hours->n_holidays) {
    g_string_append(out, " AND w // " DAY " NOT IN (");
    append_list(out, hours->holidays, hours->n_holidays);
    g_string_append_c(out, ')');
  }
  g_string_append_printf(out, " THEN greatest(0, least(w %% " DAY " - %" I64 ", %" I64 ")) ELSE 0 END", hours->opens_us,
                         length_us);
}

/* What clocks moved in open hours hide or repeat; nothing to add for nearly every organisation. */
static void append_mended(GString *out, const CalendarHours *hours, const char *both, gint64 now_us) {
  gboolean any = FALSE;
  for (gsize i = 0; i < hours->n_changes; i++) any |= hours->mended_us[i] != 0;
  if (!any) return;
  g_string_append_printf(out, " + list_reduce(list_transform(%s, lambda t: ", both);
  append_by_interval(out, hours, hours->mended_us, now_us);
  g_string_append(out, "), lambda x, y: x - y)");
}

void sql_working_hours(GString *out, const Calendar *calendar, const char *from, const char *until, gint64 now_us) {
  const CalendarHours *hours = calendar_hours(calendar);
  if (hours == NULL) {
    g_string_append_printf(out, "((epoch_us(%s) - epoch_us(%s)) / " DAY ".0)", until, from);
    return;
  }
  g_autofree char *both = g_strdup_printf("[epoch_us(%s), epoch_us(%s)]", until, from);
  g_string_append_printf(out, "((list_reduce(list_transform(list_transform(%s, lambda t: t + ", both);
  append_by_interval(out, hours, hours->offsets_us, now_us);
  g_string_append_printf(out, " + %" I64 "), lambda w: ", hours->first_day_us);
  append_open(out, hours);
  g_string_append(out, "), lambda x, y: x - y)");
  append_mended(out, hours, both, now_us);
  g_string_append(out, ") / " DAY ".0)");
}
