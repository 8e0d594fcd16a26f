/* The span of days that a formula's part is asked for, and how previous(), trailing() and their kin move it. */
#pragma once

#include "query/context.h"

typedef enum {
  WINDOW_IN,       /* flows in the period; levels as at its end */
  WINDOW_START,    /* levels as at its start */
  WINDOW_BEFORE,   /* flows before it */
  WINDOW_LIFETIME, /* flows until its end */
  WINDOW_AVERAGE,  /* levels, averaged over its days */
} WindowBound;

typedef struct {
  CalendarPeriod period;
  BaseDay clip; /* first day not seen any more: the day after the clock, or its like-for-like counterpart */
  WindowBound bound;
} Window;

/* Whether an operator is one of those that window_apply() takes. */
gboolean window_is_moved_by(KpiOp op);
Window window_of(const QueryContext *context, const CalendarPeriod *period);
/* The window that an operator (PREVIOUS, YEAR_AGO, SHIFT, TRAILING, TO_DATE, START, BEFORE, LIFETIME, AVERAGE) makes of
 * another. While a period runs, an earlier one is cut where it had had as many working days. */
Window window_apply(const QueryContext *context, const Window *window, const KpiExpr *operator);
/* The day after the last one seen. */
BaseDay window_end(const Window *window);
/* … for a measure: a plan (a target spread over its days) is known beyond the clock, so the whole period's counts. */
BaseDay window_end_of(const Window *window, const KpiMeasure *measure);
/* TRUE while the clock stands inside the period. */
gboolean window_is_running(const QueryContext *context, const CalendarPeriod *period);
