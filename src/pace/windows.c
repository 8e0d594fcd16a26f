/* Past periods and the positions in them. */
#include "pace/windows.h"

#define LONG_DAYS  100
#define MONTH_DAYS 45
#define WEEK_DAYS  10

/* --- windows --- */

/* The span as the period that it is, if it is one. */
static CalendarPeriod period_of(const Calendar *calendar, BaseDay start, BaseDay end) {
  static const CalendarGrain grains[] = {CALENDAR_YEAR, CALENDAR_QUARTER, CALENDAR_MONTH, CALENDAR_WEEK, CALENDAR_DAY};
  for (guint i = 0; i < G_N_ELEMENTS(grains); i++) {
    CalendarPeriod period = calendar_period_at(calendar, grains[i], start);
    if (period.start == start && period.end == end) return period;
  }
  return (CalendarPeriod){.grain = CALENDAR_RANGE, .start = start, .end = end};
}

static guint wanted_windows(BaseDay days) {
  return days <= WEEK_DAYS ? PACE_MAX_WINDOWS : days <= MONTH_DAYS ? 24 : 12;
}

/* The day by whose start `n` working days of the window are over. */
static BaseDay after_working_days(const Calendar *calendar, BaseDay start, BaseDay end, int n) {
  BaseDay low = start, high = end;
  while (low < high) {
    BaseDay middle = low + (high - low) / 2;
    if (calendar_working_days(calendar, start, middle) < n)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static BaseDay position_in(const Calendar *calendar, const PaceWindow *now, BaseDay start, BaseDay end) {
  if (now->position <= now->start) return start;
  if (now->position >= now->end) return end;
  int whole = calendar_working_days(calendar, now->start, now->end);
  int over = calendar_working_days(calendar, now->start, now->position);
  int there = calendar_working_days(calendar, start, end);
  if (whole == 0 || there == 0)
    return start + (BaseDay)((gint64)(end - start) * (now->position - now->start) / (now->end - now->start));
  return after_working_days(calendar, start, end, (int)((2 * (gint64)over * there + whole) / (2 * whole)));
}

void pace_windows_init(PaceWindows *windows, const Calendar *calendar, BaseDay start, BaseDay end, BaseDay today) {
  CalendarPeriod span = period_of(calendar, start, end);
  guint wanted = wanted_windows(end - start);
  gboolean overlap = end - start > LONG_DAYS;
  *windows = (PaceWindows){.now = {start, CLAMP(today + 1, start, end), end}};
  PaceWindow found[PACE_MAX_WINDOWS];
  guint n = 0;
  for (int step = 1; n < wanted && step <= (int)wanted + 400; step++) {
    CalendarPeriod past = overlap ? (CalendarPeriod){.start = calendar_back(calendar, start, CALENDAR_QUARTER, step),
                                                     .end = calendar_back(calendar, end, CALENDAR_QUARTER, step)}
                                  : calendar_shift(calendar, &span, -step);
    if (past.end > today + 1) continue;
    found[n++] = (PaceWindow){past.start, position_in(calendar, &windows->now, past.start, past.end), past.end};
  }
  for (guint i = 0; i < n; i++) windows->past[i] = found[n - 1 - i];
  windows->n_past = n;
  CalendarPeriod before = calendar_shift(calendar, &span, -1);
  windows->like = before;
  windows->like.end =
      today < start ? before.start : calendar_like_for_like(calendar, &span, windows->now.position, &before);
}

/* --- days --- */

double pace_days_weight(const Calendar *calendar, const double index[12], BaseDay start, BaseDay end) {
  double weight = 0;
  for (BaseDay day = start; day < end;) {
    BaseCivil civil = base_day_to_civil(day);
    gboolean last = civil.month == 12;
    BaseDay until = MIN(base_day_from_civil(civil.year + last, last ? 1 : civil.month + 1, 1), end);
    weight += index[civil.month - 1] * calendar_working_days(calendar, day, until);
    day = until;
  }
  return weight;
}

/* --- season --- */

void pace_season(const double *totals, guint n, int first_month, double index[12]) {
  guint years = n / 12;
  for (int m = 0; m < 12; m++) index[m] = 1;
  if (years < 2) return;
  totals += n - 12 * years;
  first_month = (first_month - 1 + (int)(n - 12 * years)) % 12; /* from 0 */
  g_autofree double *means = g_new0(double, years);
  for (guint i = 0; i < 12 * years; i++) means[i / 12] += totals[i] / 12;
  double slope = (means[years - 1] - means[0]) / (12.0 * (years - 1)), ratios[12] = {0};
  g_autofree double *all = g_new(double, 12 * years);
  for (guint i = 0; i < 12 * years; i++) {
    if (!(means[i / 12] > 0)) return;
    all[i] = (totals[i] - slope * ((double)(i % 12) - 5.5)) / means[i / 12];
    ratios[i % 12] += all[i] / years;
  }
  double between = 0, within = 0;
  for (guint i = 0; i < 12 * years; i++) within += (all[i] - ratios[i % 12]) * (all[i] - ratios[i % 12]);
  for (int m = 0; m < 12; m++) between += (ratios[m] - 1) * (ratios[m] - 1);
  between *= years / 11.0;
  within /= 11.0 * (years - 1);
  double drawn = between > within ? 1 - within / between : 0;
  for (int m = 0; m < 12; m++) index[(first_month + m) % 12] = MAX(1 + drawn * (ratios[m] - 1), 0.05);
}
