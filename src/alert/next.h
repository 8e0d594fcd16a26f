/* When rules are to be judged again though nothing is loaded. */
#pragma once

#include "alert/book.h"

/* The first instant after `now_us` at which time alone may make something of what was judged at `now_us`: a firing,
 * recovery or reminder of an entry, the end of a snooze, a fact or source that has become too old (of `findings`,
 * AlertFinding; NULL: none), at the latest the beginning of the next day, when periods and what is due by then change.
 */
gint64 alert_next_us(const AlertBook *book, const GPtrArray *rules, const GPtrArray *findings, const AlertClock *clock,
                     gint64 now_us);
