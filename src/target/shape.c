/* The spread of a version's amount over its days: even, by hand, or in the shape of last year.
 *
 * Last year's shape is that of the same span a year ago, by months (by weeks, where the span is no longer than two
 * months), laid over this year's periods in their order. What was below 0 in it counts as nothing. */
#include "target/asking.h"

#define SHORT_DAYS 62

static gboolean init_last_year(const TargetDesk *desk, const TargetTerms *terms, TargetSpread *spread,
                               gboolean *fell_back, GError **error) {
  const Calendar *calendar = desk->context->calendar;
  CalendarPeriod span = {.grain = CALENDAR_RANGE, .start = terms->start, .end = terms->end};
  CalendarGrain grain = terms->end - terms->start <= SHORT_DAYS ? CALENDAR_WEEK : CALENDAR_MONTH;
  CalendarPeriod before = calendar_year_ago(calendar, &span);
  g_autoptr(GArray) periods = calendar_split(calendar, &span, grain, error);
  g_autoptr(GArray) shape = periods ? target_ask_shape(desk, terms, &before, grain, error) : NULL;
  if (!shape) return FALSE;
  g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(TargetPart));
  double sum = 0;
  for (guint i = 0; i < periods->len; i++) {
    const CalendarPeriod *period = &g_array_index(periods, CalendarPeriod, i);
    double weight = g_array_index(shape, TargetPart, MIN(i, shape->len - 1)).weight;
    TargetPart part = {.start = period->start, .end = period->end, .weight = MAX(weight, 0)};
    g_array_append_val(parts, part);
    sum += part.weight;
  }
  *fell_back = !(sum > 0);
  if (*fell_back) {
    target_spread_init_even(spread, terms->start, terms->end, FALSE);
    return TRUE;
  }
  return target_spread_init_parts(spread, terms->start, terms->end, (const TargetPart *)(gpointer)parts->data,
                                  parts->len, error);
}

gboolean target_version_spread(const TargetDesk *desk, const TargetVersion *version, TargetSpread *spread,
                               gboolean *fell_back, GError **error) {
  const TargetTerms *terms = &version->terms;
  *fell_back = FALSE;
  switch (version->spread) {
    case TARGET_SPREAD_LAST_YEAR:
      return init_last_year(desk, terms, spread, fell_back, error);
    case TARGET_SPREAD_BY_HAND:
      return target_spread_init_parts(spread, terms->start, terms->end,
                                      (const TargetPart *)(gpointer)version->parts->data, version->parts->len, error);
    case TARGET_SPREAD_WORKING_DAYS:
    case TARGET_SPREAD_DAYS:
      break;
  }
  target_spread_init_even(spread, terms->start, terms->end, version->spread == TARGET_SPREAD_DAYS);
  return TRUE;
}
