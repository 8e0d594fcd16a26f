/* The past periods that a span is held against, and the position in each that is like today's in the span.
 *
 * Of a span that is a month, a quarter or a week, they are the months, quarters or weeks before it; of any other span
 * those of its length just before one another; of one longer than a hundred days they overlap, a quarter apart, as
 * there would be too few else. The position is where the same share of the working days is over. */
#pragma once

#include "calendar/calendar.h"

#define PACE_MAX_WINDOWS 26

typedef struct {
  BaseDay start, position, end; /* [start, position) is what was over, [position, end) what was to come */
} PaceWindow;

typedef struct {
  PaceWindow now;
  PaceWindow past[PACE_MAX_WINDOWS]; /* the oldest first; all of them ended before today */
  guint n_past;
  CalendarPeriod like; /* of the period before, as many working days as are over now; empty before the span begins */
} PaceWindows;

void pace_windows_init(PaceWindows *windows, const Calendar *calendar, BaseDay start, BaseDay end, BaseDay today);

/* How much of the working days of a year, of which January has index[0], falls into [start, end): with all of them 1
 * their number. */
double pace_days_weight(const Calendar *calendar, const double index[12], BaseDay start, BaseDay end);

/* How much more than usual a working day of each month of the year brings, 1 being the usual.
 *
 * Of monthly totals a working day (the oldest first, the first of month 1 to 12; at least 24, the last whole years
 * count) less their trend from year to year, the mean of each month over the years' means, drawn to 1 as far as the
 * differences between months are no larger than those between the years of one month (one-way analysis of variance;
 * James & Stein 1961). Without two whole years all are 1. */
void pace_season(const double *totals, guint n, int first_month, double index[12]);
