/* Views: KPIs that are read together, in an order, as one table.
 *
 * A view may say an identity of its KPIs, such as end = start + new - lost. It is over their values, so it may only add
 * and take away; whoever shows the view shows that it holds. */
#include "kpi/yaml.h"

typedef struct {
  KpiCatalogue *catalogue;
  KpiViewEntry *entry;
  const ConfNode *node;
} Reader;

static const ConfNode *field(const Reader *reader, const char *key) {
  const ConfNode *node = conf_map_get(reader->node, key);
  return conf_is_null(node) ? NULL : node;
}

static const char *text_field(const Reader *reader, const char *key) {
  gboolean good = TRUE;
  return kpi_yaml_text_field(reader->catalogue, reader->entry->yaml, field(reader, key), key, &good);
}

/* --- its KPIs --- */

static const KpiDefinition *find_kpi(const Reader *reader, const ConfNode *item) {
  KpiCatalogue *catalogue = reader->catalogue;
  const char *name = item->kind == CONF_SCALAR ? item->text : "";
  const KpiEntry *entry = g_hash_table_lookup(catalogue->kpi_names, name);
  if (entry) return &entry->kpi;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  kpi_add_names(catalogue->kpi_names, names);
  kpi_yaml_problem_at(catalogue, reader->entry->yaml, item, "there is no KPI '%s'%s", name,
                      kpi_suggest(catalogue, name, names));
  return NULL;
}

static void read_kpis(const Reader *reader) {
  KpiView *view = &reader->entry->view;
  const ConfNode *list = field(reader, "kpis");
  if (!list || list->kind != CONF_LIST || list->n == 0) {
    kpi_yaml_problem_at(reader->catalogue, reader->entry->yaml, list ? list : reader->node,
                        "which KPIs does this view show? Write kpis: [revenue, win_rate]");
    return;
  }
  const KpiDefinition **kpis = kpi_arena_array(reader->catalogue->arena, const KpiDefinition *, list->n);
  for (guint i = 0; i < list->n; i++) {
    const KpiDefinition *kpi = find_kpi(reader, list->items[i]);
    if (kpi) kpis[view->n_kpis++] = kpi;
  }
  view->kpis = kpis;
}

/* --- its identity --- */

static gboolean is_shown(const KpiView *view, const KpiDefinition *kpi) {
  for (guint i = 0; i < view->n_kpis; i++)
    if (view->kpis[i] == kpi) return TRUE;
  return FALSE;
}

static gboolean is_sum(const KpiView *view, const KpiExpr *expr) {
  switch (expr->op) {
    case KPI_OP_KPI:
      return is_shown(view, expr->kpi);
    case KPI_OP_ADD:
    case KPI_OP_SUB:
      return is_sum(view, expr->args[0]) && is_sum(view, expr->args[1]);
    case KPI_OP_NEG:
      return is_sum(view, expr->args[0]);
    default:
      return FALSE;
  }
}

static void read_identity(const Reader *reader) {
  KpiView *view = &reader->entry->view;
  const ConfNode *node = field(reader, "identity");
  if (!node || !text_field(reader, "identity")) return;
  KpiText text = kpi_yaml_text_at(reader->catalogue, reader->entry->yaml, node);
  KpiCheck check = {.catalogue = reader->catalogue, .text = &text};
  KpiSyntax *syntax = kpi_syntax_parse(&check);
  KpiExpr *expr = syntax ? kpi_check_expr(&check, syntax) : NULL;
  if (!expr) return;
  if (expr->op != KPI_OP_EQ || !is_sum(view, expr->args[0]) || !is_sum(view, expr->args[1])) {
    kpi_problem(&check, syntax->mark, syntax->mark_length,
                "an identity is written a = b + c - d, of KPIs that the view shows");
    return;
  }
  view->identity = expr;
  view->identity_text = node->text;
}

static void read_grain(const Reader *reader) {
  KpiView *view = &reader->entry->view;
  const ConfNode *node = field(reader, "grain");
  const char *text = text_field(reader, "grain");
  if (!text) return;
  view->has_grain = calendar_grain_parse(text, &view->grain);
  if (!view->has_grain)
    kpi_yaml_problem_at(reader->catalogue, reader->entry->yaml, node,
                        "`grain` is one of day, week, month, quarter, year");
}

static void check_name(const Reader *reader) {
  const KpiView *view = &reader->entry->view;
  KpiCatalogue *catalogue = reader->catalogue;
  if (!g_hash_table_contains(catalogue->kpi_names, view->name) &&
      !g_hash_table_contains(catalogue->measure_names, view->name))
    return;
  kpi_problem_span(catalogue, view->span, reader->entry->yaml->order, BASE_ERROR_INPUT,
                   "'%s' is also a KPI or a measure: a view has a name of its own", view->name);
}

void kpi_yaml_check_view(KpiCatalogue *catalogue, KpiViewEntry *entry) {
  static const char *const keys[] = {"name", "question", "kpis", "identity", "grain", NULL};
  Reader reader = {catalogue, entry, entry->node};
  if (reader.node->kind != CONF_MAP) {
    kpi_yaml_problem_at(catalogue, entry->yaml, reader.node, "a view is written {name: …, kpis: [revenue, win_rate]}");
    return;
  }
  kpi_yaml_check_keys(catalogue, entry->yaml, reader.node, keys, "a view");
  guint n_problems = catalogue->problems->len;
  KpiArenaMark mark = kpi_arena_mark(catalogue->passing);
  const char *title = text_field(&reader, "name"), *question = text_field(&reader, "question");
  entry->view.title = title ? title : entry->view.name;
  entry->view.question = question ? question : "";
  check_name(&reader);
  read_kpis(&reader);
  read_grain(&reader);
  if (catalogue->problems->len == n_problems) read_identity(&reader);
  kpi_arena_release(catalogue->passing, mark);
}
