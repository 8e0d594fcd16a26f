/* The rows of a scorecard: who is on it, and their figures. Private to src/scorecard. */
#pragma once

#include "scorecard/aims.h"
#include "scorecard/scorecard.h"

struct Scorecard {
  char *dimension, *member;
  GStrv by, where;
  QueryCompare compare;
  GPtrArray *kpis; /* const KpiDefinition * */
  GArray *weights; /* double, by KPI */
  GArray *periods; /* CalendarPeriod */
  CalendarPeriod compared;
  double cap;
  GPtrArray *rows;  /* ScorecardRow */
  GPtrArray *notes; /* char *, and NULL at the end */
  ScorecardAims *aims;
  gint64 now_us;
  QueryLoad load;
};

void scorecard_free_row(gpointer row);

/* Who belongs on it whether or not there are records: people who carry targets, their teams, and of the company whoever
 * has a target. Caller frees the array of names (GStrv), one a level. Errors: of the database. */
GPtrArray *scorecard_expected(const Scorecard *scorecard, const TargetDesk *desk, GError **error);

/* Fills `scorecard->rows` with whoever is expected or has records in the period, and with their figures, by one
 * question a level. Errors: those of query_run(). */
gboolean scorecard_read_rows(Scorecard *scorecard, const TargetDesk *desk, const GPtrArray *expected, GError **error);
