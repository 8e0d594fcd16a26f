/* Formulas over cells: collecting what they need, and their values.
 *
 *   collect (before the scan)   formula × window ──► uses, boundaries, frames of the plan
 *   bind    (after it)          formula × window ──► a tree whose leaves are cells, without names, versions or windows
 *   value                       tree × group     ──► number, n, interval, flags
 *
 * Collecting and binding go by the same windows, so that what is read was asked for. */
#pragma once

#include "query/plan.h"
#include "query/window.h"

enum {
  VALUE_MISSING_RATES = 1 << 0, /* amounts left out for want of an exchange rate */
  VALUE_BEFORE_DATA = 1 << 1,   /* the window lies before the first record */
  VALUE_NO_DIMENSION = 1 << 2,  /* a fact cannot be grouped so */
  VALUE_NO_DATA = 1 << 3,       /* nothing of a fact has been loaded */
  VALUE_CHANGED = 1 << 4,       /* the definition changed within the window */
  VALUE_HAS_DATA = 1 << 16,     /* something it rests on has been loaded */
};

typedef struct {
  double value;           /* money in minor units to its power */
  gint64 n;               /* records it rests on; -1 for a literal */
  gint64 n_missing;       /* amounts without a rate */
  StatsInterval interval; /* medians only */
  guint flags;
  gboolean has;
} Value;

/* The cells at one level of the grouping: all dimensions, the first few, or none. */
typedef struct EvalLevel EvalLevel;

typedef struct Evaluator Evaluator;
Evaluator *evaluator_new(QueryPlan *plan);
void evaluator_free(Evaluator *evaluator);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Evaluator, evaluator_free)

/* Registers all that `expr` needs over a window with the plan. */
void evaluator_collect(Evaluator *evaluator, const KpiExpr *expr, const Window *window);
void evaluator_collect_kpi(Evaluator *evaluator, const KpiDefinition *kpi, const Window *window);

/* One measure over one window, as a formula reads it. */
typedef struct {
  const KpiMeasure *measure;
  const KpiDefinition *kpi; /* whose formula reads it */
  const LedgerTable *entity;
  Window window;
} EvalRead;
/* From now on collecting keeps what is read. */
void evaluator_keep_reads(Evaluator *evaluator);
/* All that has been collected since, each once, in the order of the formula. Owned by the evaluator. */
const GArray *evaluator_reads(const Evaluator *evaluator);

/* After the scan: rolls up to the first `n_keep` dimensions. Levels belong to the evaluator. All must be made before
 * any is read. */
EvalLevel *evaluator_level(Evaluator *evaluator, guint n_keep);
void evaluator_finish(Evaluator *evaluator);
/* Makes the levels of a finished evaluator fit for readers in several threads: nothing of them is made when first
 * asked.
 */
void evaluator_settle(Evaluator *evaluator);
EvalLevel *evaluator_level_of(const Evaluator *evaluator, guint n_keep);
/* Looks again at the first days of a finished evaluator's facts: more may have been loaded. */
void evaluator_find_first_days(Evaluator *evaluator);
/* The first days of the tables' facts: where they differ, the same cells say something else. Owned. */
const BaseDay *evaluator_first_days(const Evaluator *evaluator, guint *n);
guint eval_level_n_groups(const EvalLevel *level);
/* The group of these members; -1 = none. */
gint32 eval_level_find(const EvalLevel *level, const gint64 *members);
const gint64 *eval_level_members(const EvalLevel *level, guint group);

/* A KPI (by the version in force) bound to a window. Owned by the evaluator. Bind all before the first value is read:
 * each() goes through its entities once for all windows bound. */
typedef struct EvalFormula EvalFormula;
const EvalFormula *evaluator_bind(Evaluator *evaluator, const KpiDefinition *kpi, const Window *window);
/* Nothing more is bound: lets go of what only binding needs. Returns the bytes of what stays. */
gsize evaluator_seal(Evaluator *evaluator);

#define EVAL_MOST 128 /* groups at once */

/* Groups of a level that are evaluated together; or inside each(), entities of groups. */
typedef struct {
  const Evaluator *evaluator;
  const EvalLevel *level;
  const guint *groups;
  guint n;                       /* at most EVAL_MOST */
  const struct EvalLanes *lanes; /* of entities; NULL = whole groups */
} EvalStretch;

/* The values of a stretch. Where the formula is a division, also what is divided, each by its own unit. */
typedef struct {
  gboolean is_quotient;
  Value value[EVAL_MOST];
  Value numerator[EVAL_MOST], denominator[EVAL_MOST];
  gboolean of_whole[EVAL_MOST]; /* it is divided by the same number for all members: total(…), or a literal */
} EvalAnswers;
void evaluator_values(const EvalStretch *stretch, const EvalFormula *formula, EvalAnswers *answers);
/* Whether a formula goes through what one group has for all windows at once: each(), the value of customers. */
gboolean evaluator_goes_by_group(const EvalFormula *formula);
/* Whether it is the value of customers, which is best asked for one group after another, and only in one thread. Others
 * may be asked in several, each() once its groups have been gone through. */
gboolean evaluator_reads_customers(const EvalFormula *formula);
/* Goes through the entities of groups, so that all each() of them can be read. The groups gone through before are
 * forgotten, but for the whole's. Once stopped, there is nothing to be read of them. */
void eval_families_fill(const Evaluator *evaluator, const EvalLevel *level, const guint *groups, guint n,
                        const BaseStop *stop);
/* The units of what a formula divides, where it is a division. */
gboolean evaluator_parts(const EvalFormula *formula, KpiUnit *numerator, KpiUnit *denominator);

/* The formula in force at a window; `changed` is set when another came into force within it. */
const KpiExpr *evaluator_formula(const KpiDefinition *kpi, const Window *window, gboolean *changed);
/* Whether what a KPI comes to over a window, or beside another (NULL: none), rests on two definitions of one KPI. */
gboolean evaluator_definitions_differ(const QueryContext *context, const KpiDefinition *kpi, const Window *window,
                                      const Window *compared);
/* The day at whose start a framed measure is read, and its period. */
PlanFrame evaluator_frame(const Window *window);
/* The slots that a window covers: for a level all slots before the instant. */
void evaluator_slots(const QueryPlan *plan, const KpiMeasure *measure, const Window *window, guint *from, guint *to);
/* 10^(digits * power): what minor units are divided by to be shown. */
double evaluator_money_divisor(const QueryContext *context, KpiUnit unit);
