/* From a goal to the few KPIs that serve it.
 *
 *   catalogue/goals/goals.yaml, the workspace's goals/ ─► goals ─► the one that is meant ─► KPIs with what they need */
#pragma once

#include "query/context.h"

typedef struct {
  const char *kpi;
  const char *why;
  const char *instead; /* proposed where records of `kpi` are lacking; or NULL */
  BaseSpan span;
} LintGoalKpi;

typedef struct {
  const char *name;         /* retention */
  const char *title;        /* Keeping customers */
  const char *const *words; /* by which it is found too; NULL-terminated, may be empty */
  GArray *kpis;             /* LintGoalKpi */
  gboolean built_in;
} LintGoal;

typedef struct LintGoals LintGoals;
/* The program's and those of `files` (NULL-terminated paths), of which a later one takes the place of an earlier of its
 * name. Errors: IO, INPUT with the place, NOT_FOUND for a KPI that is none. */
LintGoals *lint_goals_read(KpiCatalogue *catalogue, const char *const *files, GError **error);
void lint_goals_free(LintGoals *goals);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LintGoals, lint_goals_free)
guint lint_goals_count(const LintGoals *goals);
const LintGoal *lint_goals_get(const LintGoals *goals, guint index);
/* By its name, title or words; else the goal that shares most words with `text`; else the nearest in spelling.
 * `*exact`: it is so named. Errors: NOT_FOUND, with the goals there are. */
const LintGoal *lint_goals_find(const LintGoals *goals, const char *text, gboolean *exact, GError **error);

typedef struct {
  const KpiDefinition *kpi;
  const char *why;
  const KpiDefinition *in_place_of; /* NULL: it is the goal's own */
  GPtrArray *missing;               /* names of tables without a row, of kpi->needs */
} LintChoice;

/* What a goal proposes here, leading KPIs before lagging ones. Caller frees the array of LintChoice. Errors: of the
 * database; `store` of the context may be NULL: then everything is missing. */
GArray *lint_choose(const QueryContext *context, const LintGoal *goal, GError **error);
/* The tables of a KPI's needs that have no row. Caller frees. */
GPtrArray *lint_missing(const QueryContext *context, const KpiDefinition *kpi, GError **error);
