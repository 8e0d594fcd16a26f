/* Between sql.c and the files that make parts of its expressions. */
#pragma once

#include "calendar/calendar.h"

/* Appends the working time between two instants, given as SQL, in days of 24 hours; elapsed time where the calendar has
 * no working hours. `now_us`: the clock. */
void sql_working_hours(GString *out, const Calendar *calendar, const char *from, const char *until, gint64 now_us);
