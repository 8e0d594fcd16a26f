/* Inside src/lint: a run of all rules, what they share, and making findings. */
#pragma once

#include "lint/lint.h"

typedef struct {
  const LintDesk *desk;
  const QueryContext *context;
  GPtrArray *targets;    /* Target, all there are */
  GPtrArray *current;    /* Target of `targets`: agreed, running or yet to run */
  GPtrArray *objectives; /* TargetObjective */
  GArray *standings;     /* TargetStanding of `current`, in its order */
  GPtrArray *findings;
  const LintRule *rule; /* whose turn it is */
} Lint;

typedef gboolean (*LintCheck)(Lint *lint, GError **error);

/* Takes `subject` and `evidence`. The finding belongs to the run. */
LintFinding *lint_add(Lint *lint, char *subject, char *evidence, const char *remedy_format, ...) G_GNUC_PRINTF(4, 5);
void lint_figure(LintFinding *finding, const char *name, double value);
/* Takes `about`; does nothing when there are enough. */
void lint_record(LintFinding *finding, const char *table, const char *id, char *about);

/* The version of a target that counts: in force, or the last said. */
const TargetVersion *lint_version(const Lint *lint, const Target *target);
/* The KPI of a target, or NULL: it is defined no more. */
const KpiDefinition *lint_kpi(const Lint *lint, const Target *target);
/* A KPI whose targets somebody of these has: those of one member. Caller frees the table of "who" → GPtrArray of
 * Target; keys are as target_who_write() writes them. */
GHashTable *lint_by_who(const Lint *lint);
/* The keys of such a table in their order; caller frees the array. */
GPtrArray *lint_keys(GHashTable *table);
/* "revenue, win_rate and 3 more": the names of an array of texts. Caller frees. */
char *lint_list(const GPtrArray *names, guint max);
/* SQL of this folder by its file's name, run with its values. Errors: of the database. */
StoreRows *lint_query(const Lint *lint, const char *file, const StoreValue *values, gsize n_values, GError **error);
const char *lint_text(const StoreRows *rows, gsize row, guint column); /* "" for NULL */

/* The last day of the month before that of the clock, and the first of `n_months` whole months up to it. */
void lint_whole_months(const Lint *lint, int n_months, BaseDay *start, BaseDay *end);

/* --- rules; each file has several --- */
gboolean lint_too_many(Lint *lint, GError **error);
gboolean lint_no_target(Lint *lint, GError **error);
gboolean lint_no_owner(Lint *lint, GError **error);
gboolean lint_only_lagging(Lint *lint, GError **error);
gboolean lint_no_objective(Lint *lint, GError **error);
gboolean lint_vanity(Lint *lint, GError **error);
gboolean lint_always_rises(Lint *lint, GError **error);
gboolean lint_unused(Lint *lint, GError **error);
gboolean lint_rate_alone(Lint *lint, GError **error);
gboolean lint_ratio_averaged(Lint *lint, GError **error);
gboolean lint_target_mean(Lint *lint, GError **error);
gboolean lint_no_baseline(Lint *lint, GError **error);
gboolean lint_no_date(Lint *lint, GError **error);
gboolean lint_changed(Lint *lint, GError **error);
gboolean lint_backdated(Lint *lint, GError **error);
gboolean lint_month_end(Lint *lint, GError **error);
gboolean lint_stale(Lint *lint, GError **error);
gboolean lint_padded_bursts(Lint *lint, GError **error);
gboolean lint_padded_month_end(Lint *lint, GError **error);
gboolean lint_padded_volume(Lint *lint, GError **error);

/* --- formulas, in formula.c --- */
/* Calls for each measure that a KPI's current formula stands on, through other KPIs. */
typedef gboolean (*LintMeasureFunc)(const KpiMeasure *measure, gpointer data); /* TRUE: found, stop */
gboolean lint_any_measure(const KpiExpr *expr, LintMeasureFunc is, gpointer data);
const KpiExpr *lint_formula(const KpiDefinition *kpi);
/* A quotient: it does not add up, and its mean is not the whole's. */
gboolean lint_is_rate(const KpiDefinition *kpi);
/* Both count records of one table. */
gboolean lint_share_table(const KpiDefinition *a, const KpiDefinition *b);
