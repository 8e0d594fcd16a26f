/* A catalogue: all definitions of the program and a workspace, read together and checked together.
 *
 *   sources ──kpi_yaml_read──► entries by name ──kpi_catalogue_require──► each checked once, when first named ──►
 * sorted, immutable
 *
 * A KPI is checked when something first stands on it, so order does not matter and a cycle is a KPI met again while it
 * is open. */
#include "conf/conf.h"
#include "kpi/internal.h"

/* --- life --- */

static void problem_clear(gpointer data) {
  g_free(((KpiProblem *)data)->message);
}

static KpiCatalogue *catalogue_alloc(const LedgerSchema *schema) {
  KpiCatalogue *catalogue = g_new0(KpiCatalogue, 1);
  catalogue->schema = schema;
  catalogue->arena = kpi_arena_new();
  catalogue->passing = kpi_arena_new();
  catalogue->documents = g_ptr_array_new_with_free_func((GDestroyNotify)conf_document_free);
  catalogue->parameters = g_hash_table_new(g_str_hash, g_str_equal);
  catalogue->measure_names = g_hash_table_new(g_str_hash, g_str_equal);
  catalogue->kpi_names = g_hash_table_new(g_str_hash, g_str_equal);
  catalogue->measure_kpis = g_hash_table_new(g_str_hash, g_str_equal);
  catalogue->in_place = g_hash_table_new(g_str_hash, g_str_equal);
  catalogue->views = g_hash_table_new(g_str_hash, g_str_equal);
  catalogue->view_list = g_ptr_array_new();
  catalogue->measures = g_ptr_array_new();
  catalogue->kpis = g_ptr_array_new();
  catalogue->needs = g_ptr_array_new();
  catalogue->path = g_ptr_array_new();
  catalogue->problems = g_array_new(FALSE, FALSE, sizeof(KpiProblem));
  g_array_set_clear_func(catalogue->problems, problem_clear);
  catalogue->scratch = g_string_new(NULL);
  return catalogue;
}

void kpi_catalogue_free(KpiCatalogue *catalogue) {
  if (!catalogue) return;
  g_hash_table_unref(catalogue->parameters);
  g_hash_table_unref(catalogue->measure_names);
  g_hash_table_unref(catalogue->kpi_names);
  g_hash_table_unref(catalogue->measure_kpis);
  g_hash_table_unref(catalogue->in_place);
  g_hash_table_unref(catalogue->views);
  g_ptr_array_unref(catalogue->view_list);
  g_ptr_array_unref(catalogue->measures);
  g_ptr_array_unref(catalogue->kpis);
  g_ptr_array_unref(catalogue->needs);
  g_ptr_array_unref(catalogue->path);
  g_array_unref(catalogue->problems);
  g_string_free(catalogue->scratch, TRUE);
  g_ptr_array_unref(catalogue->documents);
  kpi_arena_free(catalogue->passing);
  kpi_arena_free(catalogue->arena);
  g_free(catalogue);
}

/* --- names --- */

const KpiSyntax *kpi_catalogue_parameter(const KpiCatalogue *catalogue, const char *name) {
  const KpiParameter *parameter = g_hash_table_lookup(catalogue->parameters, name);
  return parameter ? parameter->literal : NULL;
}

const KpiMeasure *kpi_catalogue_intern_measure(KpiCatalogue *catalogue, KpiMeasure *measure) {
  KpiMeasure *known = g_hash_table_lookup(catalogue->in_place, measure->canonical);
  if (known) return known;
  measure->index = catalogue->measures->len;
  g_ptr_array_add(catalogue->measures, measure);
  g_hash_table_insert(catalogue->in_place, (gpointer)measure->canonical, measure);
  return measure;
}

KpiMeasure *kpi_catalogue_require_measure(KpiCatalogue *catalogue, const char *name) {
  KpiMeasureEntry *entry = g_hash_table_lookup(catalogue->measure_names, name);
  if (entry->state != KPI_STATE_NEW) return entry->measure;
  KpiArenaMark mark = kpi_arena_mark(catalogue->passing);
  entry->state = kpi_yaml_check_measure(catalogue, entry) ? KPI_STATE_DONE : KPI_STATE_BAD;
  kpi_arena_release(catalogue->passing, mark);
  return entry->measure;
}

static void problem_cycle(const KpiCheck *check, const KpiEntry *entry, const KpiSyntax *at) {
  GPtrArray *path = check->catalogue->path;
  guint first = 0;
  while (first < path->len && path->pdata[first] != entry) first++;
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = first; i < path->len; i++) {
    guint shown = i - first;
    if (shown >= 10 && i + 1 < path->len) continue;
    g_string_append_printf(text, "%s%s -> ", shown > 10 ? "… -> " : "", ((const KpiEntry *)path->pdata[i])->kpi.name);
  }
  kpi_problem(check, at->mark, at->mark_length, "these KPIs stand on each other in a circle: %s%s", text->str,
              entry->kpi.name);
}

static void entry_check(KpiCatalogue *catalogue, KpiEntry *entry) {
  KpiArenaMark mark = kpi_arena_mark(catalogue->passing);
  entry->state = KPI_STATE_OPEN;
  g_ptr_array_add(catalogue->path, entry);
  gboolean good = kpi_yaml_check_kpi(catalogue, entry);
  g_ptr_array_set_size(catalogue->path, (gint)catalogue->path->len - 1);
  entry->state = good ? KPI_STATE_DONE : KPI_STATE_BAD;
  kpi_arena_release(catalogue->passing, mark);
}

KpiEntry *kpi_catalogue_require(const KpiCheck *check, const char *name, const KpiSyntax *at) {
  KpiEntry *entry = g_hash_table_lookup(check->catalogue->kpi_names, name);
  if (entry->state == KPI_STATE_OPEN) problem_cycle(check, entry, at);
  if (entry->state == KPI_STATE_NEW && check->catalogue->level > KPI_MAX_NESTING) {
    kpi_problem_limit(check, at->mark, at->mark_length,
                      "the KPIs that stand on each other here are nested more than %d levels deep (max_nesting)",
                      KPI_MAX_NESTING);
    return NULL;
  }
  if (entry->state == KPI_STATE_NEW) entry_check(check->catalogue, entry);
  return entry->state == KPI_STATE_DONE ? entry : NULL;
}

/* --- loading --- */

/* A measure asked for as a KPI: the formula that is its name. */
static void add_measure_kpi(KpiCatalogue *catalogue, const KpiMeasureEntry *from) {
  KpiEntry *entry = kpi_arena_new0(catalogue->arena, KpiEntry);
  KpiVersion *version = kpi_arena_new0(catalogue->arena, KpiVersion);
  KpiExpr *expr = kpi_arena_new0(catalogue->arena, KpiExpr);
  static const char *const none[] = {NULL};
  *expr = (KpiExpr){
      .op = KPI_OP_MEASURE, .unit = from->measure->unit, .span = from->measure->span, .measure = from->measure};
  *version = (KpiVersion){BASE_DAY_MIN, from->name, expr};
  kpi_summary_of(catalogue, expr, &entry->summary);
  char *title = kpi_arena_strndup(catalogue->arena, from->name, strlen(from->name));
  title[0] = g_ascii_toupper(title[0]);
  entry->state = KPI_STATE_DONE;
  entry->kpi = (KpiDefinition){.name = from->name,
                               .title = g_strdelimit(title, "_", ' '),
                               .versions = version,
                               .n_versions = 1,
                               .canonical = from->measure->canonical,
                               .unit = from->measure->unit,
                               .better = KPI_NEUTRAL,
                               .category = "other",
                               .anchor = "",
                               .traps = none,
                               .roles = none,
                               .business = none,
                               .drivers = none,
                               .see_also = none,
                               .source = "",
                               .built_in = from->built_in,
                               .span = from->span};
  entry->kpi.question = from->measure->about ? from->measure->about : "";
  entry->kpi.needs = kpi_needs(catalogue, &entry->summary);
  g_hash_table_insert(catalogue->measure_kpis, (gpointer)from->name, entry);
}

/* A KPI may have a measure's name only when it is that measure. */
static void check_shared_name(KpiCatalogue *catalogue, const KpiEntry *entry) {
  KpiMeasureEntry *measure = g_hash_table_lookup(catalogue->measure_names, entry->kpi.name);
  if (!measure || entry->state != KPI_STATE_DONE) return;
  const KpiExpr *expr = entry->kpi.versions[entry->kpi.n_versions - 1].expr;
  if (expr->op == KPI_OP_MEASURE && measure->measure && kpi_measure_equal(expr->measure, measure->measure)) return;
  gboolean own = !entry->kpi.built_in && measure->built_in;
  kpi_problem_span(catalogue, entry->kpi.span, entry->yaml->order, BASE_ERROR_INPUT,
                   "'%s' is also a measure (%s line %u) and means something else; %s", entry->kpi.name,
                   measure->span.file ? measure->span.file : "", measure->span.line,
                   own ? "redefine that one, under `measures:`, or take another name" : "name one of them anew");
}

static gint by_place(gconstpointer a, gconstpointer b) {
  const BaseSpan *x = &(*(KpiEntry *const *)a)->kpi.span, *y = &(*(KpiEntry *const *)b)->kpi.span;
  guint file_x = (*(KpiEntry *const *)a)->yaml->order, file_y = (*(KpiEntry *const *)b)->yaml->order;
  if (file_x != file_y) return file_x < file_y ? -1 : 1;
  return (x->line > y->line) - (x->line < y->line);
}

static gint measure_by_place(gconstpointer a, gconstpointer b) {
  const KpiMeasureEntry *x = *(KpiMeasureEntry *const *)a, *y = *(KpiMeasureEntry *const *)b;
  if (x->yaml->order != y->yaml->order) return x->yaml->order < y->yaml->order ? -1 : 1;
  return (x->span.line > y->span.line) - (x->span.line < y->span.line);
}

static gint by_number(gconstpointer a, gconstpointer b) {
  const KpiDefinition *x = *(const KpiDefinition *const *)a, *y = *(const KpiDefinition *const *)b;
  guint number_x = x->number ? x->number : G_MAXUINT, number_y = y->number ? y->number : G_MAXUINT;
  if (number_x != number_y) return number_x < number_y ? -1 : 1;
  return strcmp(x->name, y->name);
}

static gint view_by_name(gconstpointer a, gconstpointer b) {
  const KpiView *x = *(const KpiView *const *)a, *y = *(const KpiView *const *)b;
  return strcmp(x->name, y->name);
}

static GPtrArray *values_of(GHashTable *table, GCompareFunc order) {
  GPtrArray *values = g_ptr_array_new();
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, table);
  while (g_hash_table_iter_next(&iter, NULL, &value)) g_ptr_array_add(values, value);
  g_ptr_array_sort(values, order);
  return values;
}

/* In the order of the files, so that indexes and problems do not depend on how names hash. */
static void check_all(KpiCatalogue *catalogue) {
  g_autoptr(GPtrArray) measures = values_of(catalogue->measure_names, measure_by_place);
  for (guint i = 0; i < measures->len; i++)
    kpi_catalogue_require_measure(catalogue, ((KpiMeasureEntry *)measures->pdata[i])->name);
  g_autoptr(GPtrArray) kpis = values_of(catalogue->kpi_names, by_place);
  for (guint i = 0; i < kpis->len; i++) {
    KpiEntry *entry = kpis->pdata[i];
    if (entry->state == KPI_STATE_NEW) entry_check(catalogue, entry);
    check_shared_name(catalogue, entry);
    g_ptr_array_add(catalogue->kpis, entry);
  }
  g_ptr_array_sort(catalogue->kpis, by_number);
  g_ptr_array_unref(catalogue->view_list);
  catalogue->view_list = values_of(catalogue->views, view_by_name);
  for (guint i = 0; i < catalogue->view_list->len; i++) kpi_yaml_check_view(catalogue, catalogue->view_list->pdata[i]);
  if (catalogue->problems->len) return;
  for (guint i = 0; i < measures->len; i++) {
    const KpiMeasureEntry *measure = measures->pdata[i];
    if (!g_hash_table_contains(catalogue->kpi_names, measure->name)) add_measure_kpi(catalogue, measure);
  }
}

/* --- problems --- */

static gint problem_by_place(gconstpointer a, gconstpointer b) {
  const KpiProblem *x = a, *y = b;
  if (x->file_order != y->file_order) return x->file_order < y->file_order ? -1 : 1;
  if (x->span.line != y->span.line) return x->span.line < y->span.line ? -1 : 1;
  return (x->span.column > y->span.column) - (x->span.column < y->span.column);
}

static void set_error(const KpiProblem *problem, GError **error) {
  base_error_at(error, (BaseErrorCode)problem->code, problem->span, "%s", problem->message);
}

/* All problems as texts. The first goes to `error`. */
static GPtrArray *take_problems(KpiCatalogue *catalogue, GError **error) {
  GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
  g_array_sort(catalogue->problems, problem_by_place);
  for (guint i = 0; i < catalogue->problems->len; i++) {
    GError *each = NULL;
    set_error(&g_array_index(catalogue->problems, KpiProblem, i), &each);
    g_ptr_array_add(texts, g_strdup(each->message));
    if (i == 0)
      g_propagate_error(error, each);
    else
      g_error_free(each);
  }
  if (texts->len >= KPI_MAX_PROBLEMS)
    g_ptr_array_add(texts, g_strdup_printf("there may be more: only the first %d problems are told", KPI_MAX_PROBLEMS));
  return texts;
}

KpiCatalogue *kpi_catalogue_new(const LedgerSchema *schema, const KpiSource *sources, gsize n_sources,
                                GPtrArray **problems, GError **error) {
  g_autoptr(KpiCatalogue) catalogue = catalogue_alloc(schema);
  for (int built_in = 1; built_in >= 0; built_in--) {
    for (gsize i = 0; i < n_sources; i++) {
      if (!sources[i].built_in != !built_in) continue;
      KpiYamlFile *yaml = kpi_arena_new0(catalogue->arena, KpiYamlFile);
      kpi_yaml_file_init(yaml, catalogue->arena, sources[i].file, sources[i].text, sources[i].length);
      yaml->order = (guint)i;
      yaml->built_in = built_in;
      yaml->packed = sources[i].packed;
      yaml->packed_length = sources[i].packed_length;
      kpi_yaml_read(catalogue, yaml);
    }
  }
  check_all(catalogue);
  if (catalogue->problems->len == 0) {
    if (problems) *problems = g_ptr_array_new_with_free_func(g_free);
    return g_steal_pointer(&catalogue);
  }
  GPtrArray *texts = take_problems(catalogue, error);
  if (problems)
    *problems = texts;
  else
    g_ptr_array_unref(texts);
  return NULL;
}

/* --- reading a catalogue --- */

guint kpi_catalogue_n_kpis(const KpiCatalogue *catalogue) {
  return catalogue->kpis->len;
}

const KpiDefinition *kpi_catalogue_kpi(const KpiCatalogue *catalogue, guint index) {
  return index < catalogue->kpis->len ? catalogue->kpis->pdata[index] : NULL;
}

guint kpi_catalogue_n_views(const KpiCatalogue *catalogue) {
  return catalogue->view_list->len;
}

const KpiView *kpi_catalogue_view(const KpiCatalogue *catalogue, guint index) {
  return index < catalogue->view_list->len ? catalogue->view_list->pdata[index] : NULL;
}

const KpiView *kpi_catalogue_find_view(const KpiCatalogue *catalogue, const char *name) {
  return g_hash_table_lookup(catalogue->views, name);
}

guint kpi_catalogue_n_measures(const KpiCatalogue *catalogue) {
  return catalogue->measures->len;
}

const KpiMeasure *kpi_catalogue_measure(const KpiCatalogue *catalogue, guint index) {
  return index < catalogue->measures->len ? catalogue->measures->pdata[index] : NULL;
}

const KpiDefinition *kpi_catalogue_find(KpiCatalogue *catalogue, const char *name, GError **error) {
  const KpiEntry *entry = g_hash_table_lookup(catalogue->kpi_names, name);
  if (!entry) entry = g_hash_table_lookup(catalogue->measure_kpis, name);
  if (entry) return &entry->kpi;
  const KpiView *view = kpi_catalogue_find_view(catalogue, name);
  if (view) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
                "'%s' is a view of several KPIs: `attain show %s` shows them together; name one of them, such as %s",
                name, name, view->kpis[0]->name);
    return NULL;
  }
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  kpi_add_names(catalogue->kpi_names, names);
  kpi_add_names(catalogue->measure_kpis, names);
  kpi_add_names(catalogue->views, names);
  const char *nearest = base_nearest(name, (const char *const *)names->pdata, names->len);
  if (nearest)
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no KPI '%s'; did you mean '%s'?", name, nearest);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no KPI '%s'; `attain kpis` lists them", name);
  return NULL;
}

/* --- texts on their own --- */

/* `expr` when nothing was wrong, else NULL and the first problem; what only the check needed is given back. */
static KpiExpr *finish(KpiCatalogue *catalogue, KpiArenaMark mark, KpiExpr *expr, GError **error) {
  kpi_arena_release(catalogue->passing, mark);
  if (catalogue->problems->len == 0) return expr;
  g_array_sort(catalogue->problems, problem_by_place);
  set_error(&g_array_index(catalogue->problems, KpiProblem, 0), error);
  g_array_set_size(catalogue->problems, 0);
  return NULL;
}

KpiExpr *kpi_parse_condition(KpiCatalogue *catalogue, const LedgerTable *table, const char *condition, GError **error) {
  KpiArenaMark mark = kpi_arena_mark(catalogue->passing);
  KpiText text;
  kpi_text_init(&text, catalogue->passing, "where", condition);
  KpiCheck check = {.catalogue = catalogue, .text = &text, .table = table, .condition = TRUE};
  KpiSyntax *syntax = kpi_syntax_parse(&check);
  KpiExpr *expr = syntax ? kpi_check_expr(&check, syntax) : NULL;
  if (expr && expr->unit.kind != KPI_BOOL)
    kpi_problem(&check, syntax->mark, syntax->mark_length, "a condition such as amount > 10000 expected; this is %s",
                kpi_unit_phrase(expr->unit));
  return finish(catalogue, mark, expr, error);
}

KpiExpr *kpi_parse_formula(KpiCatalogue *catalogue, const char *file, const char *formula, GError **error) {
  KpiArenaMark mark = kpi_arena_mark(catalogue->passing);
  KpiText text;
  kpi_text_init(&text, catalogue->passing, file, formula);
  KpiCheck check = {.catalogue = catalogue, .text = &text};
  KpiSyntax *syntax = kpi_syntax_parse(&check);
  KpiSummary summary;
  return finish(catalogue, mark, syntax ? kpi_check_whole(&check, syntax, &summary) : NULL, error);
}
