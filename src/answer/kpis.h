/* KPIs themselves: which, what they stand on, and whether their records are there. */
#pragma once

#include "answer/answer.h"
#include "answer/counts.h"
#include "cli/cli.h"

/* Nothing is owned; NULL is not given. */
typedef struct {
  const char *const *names; /* these, NULL-terminated; NULL or empty: all that fit the rest, by category */
  const char *role, *business, *category;
} AnswerKpisWanted;

/* Caller frees the array of const KpiDefinition. Errors: NOT_FOUND. */
GPtrArray *answer_kpis_choose(KpiCatalogue *catalogue, const AnswerKpisWanted *wanted, GError **error);

/* What the current formula of a KPI stands on. */
typedef struct {
  GPtrArray *measures; /* const KpiMeasure *, named ones */
  GPtrArray *kpis;     /* const KpiDefinition * */
} AnswerKpiParts;
AnswerKpiParts answer_kpi_parts(const KpiDefinition *kpi);
void answer_kpi_parts_clear(AnswerKpiParts *parts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnswerKpiParts, answer_kpi_parts_clear)

const char *answer_kpi_better(const KpiDefinition *kpi); /* higher, lower, neutral */
const char *answer_kpi_timing(const KpiDefinition *kpi); /* leading, lagging */
/* Whether all tables that it needs have rows. */
gboolean answer_kpi_is_loaded(GHashTable *counts, const KpiDefinition *kpi);
/* `counts` of answer_row_counts(), or NULL: nothing is known of the records. */
void answer_kpis_json(const KpiCatalogue *catalogue, GHashTable *counts, const GPtrArray *chosen, gboolean has_views,
                      FILE *out);
