/* What is to be reached in a period: the targets that bear on it, brought to its days. Private to src/scorecard.
 *
 *   a target of these very days      itself
 *   a longer one                     of what adds up the share that its spread puts in the period, else the same amount
 *   shorter ones                     of what adds up their sum, else the last that has begun
 *
 * Of targets that lie within one another the narrowest around the period counts, or the widest within it, so nothing
 * counts twice. Where targets cover only a part of the period, attainment is of those days: figures of days without a
 * target are held against nothing. */
#pragma once

#include "pace/pace.h"
#include "target/derive.h"

typedef struct {
  const TargetStanding *standing;
  const PaceForecast *forecast;
  const GArray *numbers;        /* gint64: the targets that it comes from */
  const TargetDerived *derived; /* a group's that has none of its own: its members' targets; else NULL */
} ScorecardAim;

typedef struct ScorecardAims ScorecardAims;

/* `targets` (Target) and `desk` must outlive it; `groups` are dimensions, NULL-terminated, whose members are held
 * against the sum of their members' targets where they have none. Errors: those of target_standings(). */
ScorecardAims *scorecard_aims_new(const TargetDesk *desk, const GPtrArray *targets, const CalendarPeriod *period,
                                  const char *const *groups, GError **error);
void scorecard_aims_free(ScorecardAims *aims);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScorecardAims, scorecard_aims_free)

/* The KPIs of which some of the members (char *; of the company one NULL) of a dimension have targets then, by number
 * of their target. They are added to `kpis` (const char *) where they are not yet among them. */
void scorecard_aims_kpis(const ScorecardAims *aims, const char *dimension, const GPtrArray *members, GPtrArray *kpis);
/* Adds the members of a dimension that have targets then, each once, to `members` (const char *). */
void scorecard_aims_members(const ScorecardAims *aims, const char *dimension, GPtrArray *members);

/* What is wanted to be resolved; `*index` is -1 where there is no target. Errors: those of the question for last year's
 * shape. */
gboolean scorecard_aims_want(ScorecardAims *aims, const char *kpi, const char *dimension, const char *member,
                             int *index, GError **error);
/* Where all that was wanted stands, and what will become of it. Errors: those of the questions. */
gboolean scorecard_aims_resolve(ScorecardAims *aims, GError **error);
/* After it. */
ScorecardAim scorecard_aims_get(const ScorecardAims *aims, int index);
