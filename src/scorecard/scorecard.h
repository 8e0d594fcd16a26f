/* Scorecards: the KPIs of somebody, each with its value, target, attainment, pace, past and chances, and one score.
 *
 *   who, period, KPIs, by ─► one question a level, for all KPIs, members and periods ─► rows of cells
 *        targets ─► what is to be reached in the period (aims) ─► standings, forecasts ─┘ ─► points, score
 *
 *   level 0   whose scorecard it is            team North        computed from its parts, never a mean of its members'
 *   level 1   the members of the first `by`      Ana, Bo …
 *   level 2   those of the second one            (of the company: teams, then their people)
 *
 * A member's value is what they did as part of the whole above: of somebody who changed teams within the period, each
 * team's row has its own days. Their attainment is of all that they did, as their target is. */
#pragma once

#include "conf/conf.h"
#include "pace/pace.h"
#include "scorecard/rule.h"
#include "target/derive.h"

#define SCORECARD_MAX_LEVELS 2
#define SCORECARD_MAX_TREND  60

typedef struct {
  const char *dimension; /* "company", or with `member`: whose it is */
  const char *member;
  CalendarPeriod period;
  const char *const *kpis;  /* by name, NULL-terminated; those of which somebody on it has a target come behind them */
  const char *const *where; /* conditions, NULL-terminated; NULL: none. Targets are of all records, so none is then held
                               against, and nothing is scored */
  QueryCompare compare;     /* NONE: with the period before */
  const char *const *by;    /* dimensions of its rows, NULL-terminated, at most SCORECARD_MAX_LEVELS; NULL: none */
  guint n_trend;            /* periods before the one asked, up to SCORECARD_MAX_TREND; 0: as usual for their length */
  const ConfWeight *weights; /* a KPI that is not among them weighs 1 */
  gsize n_weights;
  double cap; /* points; 0: SCORECARD_USUAL_CAP */
} ScorecardRequest;

typedef struct {
  QueryValue value;
  gboolean has_compared; /* the period before; while this one runs, the same working days of it */
  QueryValue compared;
  QueryValue *trend; /* as `periods`; the last is `value` */
  gboolean has_target;
  const TargetStanding *standing; /* of what is to be reached in the period; NULL without target */
  const PaceForecast *forecast;
  const GArray *targets;        /* gint64: the numbers of the targets that it comes from */
  const TargetDerived *derived; /* of a group without a target of its own: its members' targets; else NULL */
  gboolean has_points;
  double points; /* see scorecard/rule.h */
} ScorecardCell;

typedef struct {
  guint level;
  const char *dimension;               /* "company" of the company's own */
  char *members[SCORECARD_MAX_LEVELS]; /* `level` of them; NULL: records that have none */
  ScorecardCell *cells;                /* by KPI */
  gboolean has_score;
  double score;
  guint n_scored; /* KPIs in it */
} ScorecardRow;

typedef struct Scorecard Scorecard;

/* `targets` (of Target: all there are) and what `desk` names must outlive it. Errors: NOT_FOUND for a KPI, USAGE for
 * dimensions that do not go together, INPUT for a weight of a KPI that is not there, those of query_run(). */
Scorecard *scorecard_new(const TargetDesk *desk, const GPtrArray *targets, const ScorecardRequest *request,
                         GError **error);
void scorecard_free(Scorecard *scorecard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scorecard, scorecard_free)

const char *scorecard_dimension(const Scorecard *scorecard); /* whose it is */
const char *scorecard_member(const Scorecard *scorecard);    /* NULL: the company's */
guint scorecard_n_kpis(const Scorecard *scorecard);
const KpiDefinition *scorecard_kpi(const Scorecard *scorecard, guint index);
double scorecard_weight(const Scorecard *scorecard, guint kpi);
double scorecard_cap(const Scorecard *scorecard);
/* From the earliest to the one asked. */
guint scorecard_n_periods(const Scorecard *scorecard);
const CalendarPeriod *scorecard_period(const Scorecard *scorecard, guint index);
/* What the period asked is compared with. */
const CalendarPeriod *scorecard_compared_period(const Scorecard *scorecard);
/* The dimensions of levels 1 and 2; NULL-terminated. */
const char *const *scorecard_by(const Scorecard *scorecard);
/* The first is of level 0; each is followed by the rows below it, by name, records without a member last. */
guint scorecard_n_rows(const Scorecard *scorecard);
const ScorecardRow *scorecard_row(const Scorecard *scorecard, guint index);
/* Sentences that belong under it; NULL-terminated. */
const char *const *scorecard_notes(const Scorecard *scorecard);
gint64 scorecard_now_us(const Scorecard *scorecard);
QueryLoad scorecard_load(const Scorecard *scorecard); /* number -1: not known */
