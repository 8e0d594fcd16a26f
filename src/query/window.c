/* Windows. Periods move as periods, never by a number of days. */
#include "query/window.h"

gboolean window_is_moved_by(KpiOp op) {
  switch (op) {
    case KPI_OP_PREVIOUS:
    case KPI_OP_YEAR_AGO:
    case KPI_OP_SHIFT:
    case KPI_OP_TRAILING:
    case KPI_OP_TO_DATE:
    case KPI_OP_WITHIN:
    case KPI_OP_START:
    case KPI_OP_BEFORE:
    case KPI_OP_LIFETIME:
    case KPI_OP_AVERAGE:
      return TRUE;
    default:
      return FALSE;
  }
}

Window window_of(const QueryContext *context, const CalendarPeriod *period) {
  return (Window){*period, context->today + 1, WINDOW_IN};
}

BaseDay window_end(const Window *window) {
  return MAX(MIN(window->period.end, window->clip), window->period.start);
}

BaseDay window_end_of(const Window *window, const KpiMeasure *measure) {
  const KpiExpr *until = measure->when == KPI_WHEN_SPREAD ? measure->until : NULL;
  gboolean planned =
      until != NULL && until->op == KPI_OP_COLUMN && (until->path[until->n_path - 1].column->flags & LEDGER_PLAN) != 0;
  return planned ? window->period.end : window_end(window);
}

gboolean window_is_running(const QueryContext *context, const CalendarPeriod *period) {
  return period->start <= context->today && context->today < period->end - 1;
}

static Window moved(const QueryContext *context, const Window *window, CalendarPeriod to) {
  Window result = {to, context->today + 1, window->bound};
  BaseDay end = window_end(window);
  if (end < window->period.end && end > window->period.start && to.end <= window->period.start)
    result.clip = calendar_like_for_like(context->calendar, &window->period, end, &to);
  return result;
}

static CalendarPeriod range(BaseDay start, BaseDay end) {
  CalendarPeriod period = {.grain = CALENDAR_RANGE, .start = start, .end = end};
  g_autofree char *from = base_day_format(start), *to = base_day_format(end - 1);
  g_snprintf(period.name, sizeof period.name, "%s..%s", from, to);
  return period;
}

static CalendarPeriod shifted(const QueryContext *context, const CalendarPeriod *period, CalendarGrain grain, int n) {
  if (period->grain == grain) return calendar_shift(context->calendar, period, n);
  if (grain == CALENDAR_YEAR) {
    CalendarPeriod at = *period;
    for (int i = n; i < 0; i++) at = calendar_year_ago(context->calendar, &at);
    if (n <= 0) return at;
  }
  if (period->grain == CALENDAR_YEAR || period->grain == CALENDAR_QUARTER || period->grain == CALENDAR_MONTH) {
    CalendarPeriod first = calendar_period_at(context->calendar, grain, period->start);
    CalendarPeriod last = calendar_period_at(context->calendar, grain, period->end - 1);
    if (first.start == period->start && last.end == period->end) {
      first = calendar_shift(context->calendar, &first, n);
      last = calendar_shift(context->calendar, &last, n);
      return range(first.start, last.end);
    }
  }
  return range(calendar_back(context->calendar, period->start, grain, -n),
               calendar_back(context->calendar, period->end - 1, grain, -n) + 1);
}

Window window_apply(const QueryContext *context, const Window *window, const KpiExpr *operator) {
  Window result = *window;
  switch (operator->op) {
    case KPI_OP_PREVIOUS:
      return moved(context, window, calendar_shift(context->calendar, &window->period, -1));
    case KPI_OP_YEAR_AGO:
      return moved(context, window, calendar_year_ago(context->calendar, &window->period));
    case KPI_OP_SHIFT:
      return moved(context, window, shifted(context, &window->period, operator->grain, (int)operator->number));
    case KPI_OP_TRAILING: {
      BaseDay end = window_end(window);
      /* By the last day, so that a window that ends with a month begins with one. */
      result.period = range(calendar_back(context->calendar, end - 1, operator->grain, (int)operator->number) + 1, end);
      result.clip = end;
      return result;
    }
    case KPI_OP_TO_DATE: {
      BaseDay end = window_end(window);
      result.period =
          range(calendar_start_of(context->calendar, operator->grain, MAX(end - 1, window->period.start)), end);
      result.clip = end;
      return result;
    }
    case KPI_OP_WITHIN: {
      /* At the same instant; what is due is due in the longer period. */
      BaseDay at = window->bound == WINDOW_START ? MIN(window->period.start, window->clip) : window_end(window);
      BaseDay last = MAX(window_end(window) - 1, window->period.start);
      result.period = calendar_period_at(context->calendar, operator->grain, last);
      result.clip = MIN(at, window->clip);
      result.bound = window->bound == WINDOW_START ? WINDOW_IN : window->bound;
      return result;
    }
    case KPI_OP_START:
      result.bound = WINDOW_START;
      return result;
    case KPI_OP_BEFORE:
      result.bound = WINDOW_BEFORE;
      return result;
    case KPI_OP_LIFETIME:
      result.bound = WINDOW_LIFETIME;
      return result;
    case KPI_OP_AVERAGE:
      result.bound = WINDOW_AVERAGE;
      return result;
    default:
      return result;
  }
}
