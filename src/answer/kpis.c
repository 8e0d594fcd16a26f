/* The catalogue as programs read it: KPIs chosen, their formulas taken apart, and whether their records are there. */
#include "answer/kpis.h"

/* --- words --- */

const char *answer_kpi_better(const KpiDefinition *kpi) {
  static const char *const names[] = {"higher", "lower", "neutral"};
  return names[kpi->better];
}

const char *answer_kpi_timing(const KpiDefinition *kpi) {
  return kpi->timing == KPI_LEADING ? "leading" : "lagging";
}

gboolean answer_kpi_is_loaded(GHashTable *counts, const KpiDefinition *kpi) {
  for (guint i = 0; kpi->needs && kpi->needs[i]; i++)
    if (answer_row_count(counts, kpi->needs[i]) == 0) return FALSE;
  return TRUE;
}

/* --- choosing --- */

static gboolean has_text(const char *const *texts, const char *text) {
  return texts && g_strv_contains(texts, text);
}

static gboolean is_wanted(const KpiDefinition *kpi, const AnswerKpisWanted *wanted) {
  const char *role = wanted->role, *business = wanted->business, *category = wanted->category;
  if (role && !has_text(kpi->roles, role)) return FALSE;
  if (business && kpi->business && kpi->business[0] && !has_text(kpi->business, business)) return FALSE;
  return !category || g_strcmp0(kpi->category, category) == 0;
}

static const char *const categories[] = {"financial", "pipeline", "activity", "customer",
                                         "marketing", "service",  "people"};

static guint category_rank(const KpiDefinition *kpi) {
  for (guint i = 0; i < G_N_ELEMENTS(categories); i++)
    if (g_strcmp0(kpi->category, categories[i]) == 0) return i;
  return G_N_ELEMENTS(categories);
}

/* By category, and in the catalogue's own order within it. */
static GPtrArray *choose(const KpiCatalogue *catalogue, const AnswerKpisWanted *wanted) {
  GPtrArray *chosen = g_ptr_array_new();
  for (guint rank = 0; rank <= G_N_ELEMENTS(categories); rank++)
    for (guint i = 0; i < kpi_catalogue_n_kpis(catalogue); i++) {
      const KpiDefinition *kpi = kpi_catalogue_kpi(catalogue, i);
      if (category_rank(kpi) == rank && is_wanted(kpi, wanted)) g_ptr_array_add(chosen, (gpointer)kpi);
    }
  return chosen;
}

GPtrArray *answer_kpis_choose(KpiCatalogue *catalogue, const AnswerKpisWanted *wanted, GError **error) {
  if (!wanted->names || !*wanted->names) return choose(catalogue, wanted);
  g_autoptr(GPtrArray) chosen = g_ptr_array_new();
  for (const char *const *name = wanted->names; *name; name++) {
    const KpiDefinition *kpi = kpi_catalogue_find(catalogue, *name, error);
    if (!kpi) return NULL;
    g_ptr_array_add(chosen, (gpointer)kpi);
  }
  return g_steal_pointer(&chosen);
}

/* --- the measures of a formula --- */

static void collect(const KpiExpr *expr, AnswerKpiParts *parts) {
  if (expr->op == KPI_OP_MEASURE && expr->measure->name && !g_ptr_array_find(parts->measures, expr->measure, NULL))
    g_ptr_array_add(parts->measures, (gpointer)expr->measure);
  if (expr->op == KPI_OP_KPI && !g_ptr_array_find(parts->kpis, expr->kpi, NULL)) {
    g_ptr_array_add(parts->kpis, (gpointer)expr->kpi);
    collect(expr->kpi->versions[expr->kpi->n_versions - 1].expr, parts);
  }
  for (guint i = 0; i < expr->n_args; i++) collect(expr->args[i], parts);
}

AnswerKpiParts answer_kpi_parts(const KpiDefinition *kpi) {
  AnswerKpiParts parts = {.measures = g_ptr_array_new(), .kpis = g_ptr_array_new()};
  collect(kpi->versions[kpi->n_versions - 1].expr, &parts);
  return parts;
}

void answer_kpi_parts_clear(AnswerKpiParts *parts) {
  g_ptr_array_unref(parts->measures);
  g_ptr_array_unref(parts->kpis);
}

/* --- JSON --- */

static void json_part(CliJson *json, const char *name, const char *formula) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "name", name);
  cli_json_member_text(json, "formula", formula);
  cli_json_end_object(json);
}

static void json_parts(CliJson *json, const KpiDefinition *kpi) {
  g_auto(AnswerKpiParts) parts = answer_kpi_parts(kpi);
  cli_json_member_array(json, "measures");
  for (guint i = 0; i < parts.measures->len; i++) {
    const KpiMeasure *measure = g_ptr_array_index(parts.measures, i);
    json_part(json, measure->name, measure->canonical);
  }
  cli_json_end_array(json);
  cli_json_member_array(json, "kpis");
  for (guint i = 0; i < parts.kpis->len; i++) {
    const KpiDefinition *part = g_ptr_array_index(parts.kpis, i);
    json_part(json, part->name, part->canonical);
  }
  cli_json_end_array(json);
}

static void json_versions(CliJson *json, const KpiDefinition *kpi) {
  cli_json_member_array(json, "versions");
  for (guint i = 0; i < kpi->n_versions; i++) {
    gboolean first = kpi->versions[i].from == BASE_DAY_MIN;
    g_autofree char *from = first ? NULL : base_day_format(kpi->versions[i].from);
    cli_json_begin_object(json);
    cli_json_member_text(json, "from", from);
    cli_json_member_text(json, "formula", kpi->versions[i].formula);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

static void json_needs(CliJson *json, GHashTable *counts, const KpiDefinition *kpi) {
  cli_json_member_texts(json, "needs", kpi->needs);
  cli_json_member_text(json, "needs_hint", kpi->needs_hint);
  cli_json_member_object(json, "rows");
  for (guint i = 0; counts && kpi->needs && kpi->needs[i]; i++)
    cli_json_member_integer(json, kpi->needs[i], answer_row_count(counts, kpi->needs[i]));
  cli_json_end_object(json);
  cli_json_key(json, "has_data");
  if (counts)
    cli_json_bool(json, answer_kpi_is_loaded(counts, kpi));
  else
    cli_json_null(json);
}

static void json_kpi(CliJson *json, GHashTable *counts, const KpiDefinition *kpi) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "name", kpi->name);
  cli_json_member_text(json, "title", kpi->title);
  cli_json_member_text(json, "question", kpi->question);
  cli_json_member_text(json, "formula", kpi->canonical);
  json_parts(json, kpi);
  cli_json_member_text(json, "unit", kpi_unit_name(kpi->unit));
  cli_json_member_text(json, "display", kpi->display);
  cli_json_member_text(json, "better", answer_kpi_better(kpi));
  cli_json_member_text(json, "timing", answer_kpi_timing(kpi));
  cli_json_member_text(json, "category", kpi->category);
  cli_json_member_text(json, "anchor", kpi->anchor);
  cli_json_member_bool(json, "proportion", kpi->proportion);
  cli_json_member_integer(json, "matures_after_days", kpi->matures_after_days);
  json_needs(json, counts, kpi);
  cli_json_member_texts(json, "roles", kpi->roles);
  cli_json_member_texts(json, "business", kpi->business);
  cli_json_member_texts(json, "traps", kpi->traps);
  cli_json_member_texts(json, "drivers", kpi->drivers);
  cli_json_member_texts(json, "see_also", kpi->see_also);
  cli_json_member_text(json, "source", kpi->source);
  json_versions(json, kpi);
  cli_json_member_bool(json, "built_in", kpi->built_in);
  g_autofree char *place = kpi->built_in ? NULL : answer_place(kpi);
  cli_json_member_text(json, "defined_in", place);
  cli_json_member_bool(json, "redefines", kpi->redefines);
  cli_json_end_object(json);
}

static void json_views(CliJson *json, const KpiCatalogue *catalogue) {
  cli_json_begin_array(json);
  for (guint i = 0; i < kpi_catalogue_n_views(catalogue); i++) {
    const KpiView *view = kpi_catalogue_view(catalogue, i);
    const char *const texts[][2] = {{"name", view->name},
                                    {"title", view->title},
                                    {"question", view->question},
                                    {"identity", view->identity_text},
                                    {"grain", view->has_grain ? calendar_grain_name(view->grain) : NULL}};
    cli_json_begin_object(json);
    for (guint t = 0; t < G_N_ELEMENTS(texts); t++) cli_json_member_text(json, texts[t][0], texts[t][1]);
    cli_json_member_array(json, "kpis");
    for (guint k = 0; k < view->n_kpis; k++) cli_json_text(json, view->kpis[k]->name);
    cli_json_end_array(json);
    cli_json_member_bool(json, "built_in", view->built_in);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

void answer_kpis_json(const KpiCatalogue *catalogue, GHashTable *counts, const GPtrArray *chosen, gboolean has_views,
                      FILE *out) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "kpis");
  for (guint i = 0; i < chosen->len; i++) json_kpi(json, counts, g_ptr_array_index(chosen, i));
  cli_json_end_array(json);
  if (has_views) {
    cli_json_key(json, "views");
    json_views(json, catalogue);
  }
  cli_json_end_object(json);
}
