/* Questions for scorecards, as texts. */
#pragma once

#include "answer/answer.h"
#include "scorecard/scorecard.h"

/* Lists end with NULL; NULL is an empty one, or not given. */
typedef struct {
  const char *who;         /* company, team:North, "rep:Ana Silva", or a bare name; NULL: company */
  const char *role;        /* whose set of KPIs; NULL: that of whoever is in the rows, unless `kpis` names some */
  const char *const *kpis; /* several in one text, with commas between, are taken apart; so are `by` and `weights` */
  const char *const *by;
  const char *const *where;   /* conditions: targets are then left out */
  const char *compare;        /* previous (NULL, too), year-ago */
  const char *const *weights; /* "revenue=3", before those of attain.yaml */
  const char *period;
  guint n_trend;
  gboolean is_book;    /* without `by`: down to people, by teams where there are any */
  gboolean is_command; /* messages write options with their dashes */
} ScorecardQuestion;

/* `*role` is set to the set that it has, or NULL; it lives as long as the question. `targets` (all there are), session
 * and what `desk` names must outlive the scorecard. Errors: USAGE, and those of scorecard_new(). */
Scorecard *scorecard_ask(const Session *session, const TargetDesk *desk, const GPtrArray *targets,
                         const ScorecardQuestion *question, const char **role, GError **error);
