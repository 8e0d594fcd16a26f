/* Files of definitions: their parameters, measures and KPIs by name, and the checking of measures.
 *
 * Reading comes first and checking later: a formula may name what stands further down, or in another file. */
#include "kpi/yaml.h"

/* --- problems and places --- */

void kpi_yaml_problem_at(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *node, const char *format,
                         ...) {
  va_list list;
  va_start(list, format);
  g_autofree char *message = g_strdup_vprintf(format, list);
  va_end(list);
  kpi_problem_span(catalogue, node->span, yaml->order, BASE_ERROR_INPUT, "%s", message);
}

KpiText kpi_yaml_text_at(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *node) {
  KpiText text;
  kpi_text_init_yaml(&text, catalogue->passing, yaml, node->text, node->span);
  return text;
}

const char *kpi_yaml_nearest_of(KpiCatalogue *catalogue, const char *word, const char *const *words) {
  g_autoptr(GPtrArray) candidates = g_ptr_array_new();
  for (; *words; words++) g_ptr_array_add(candidates, (gpointer)*words);
  return kpi_suggest(catalogue, word, candidates);
}

gboolean kpi_yaml_check_keys(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *map,
                             const char *const *keys, const char *of) {
  gboolean good = TRUE;
  for (guint i = 0; i < map->n; i++) {
    if (kpi_yaml_is_cut_off(map, i)) continue;
    if (g_strv_contains(keys, map->keys[i]->text)) continue;
    kpi_yaml_problem_at(catalogue, yaml, map->keys[i], "%s has no '%s'%s", of, map->keys[i]->text,
                        kpi_yaml_nearest_of(catalogue, map->keys[i]->text, keys));
    good = FALSE;
  }
  return good;
}

/* --- formulas that a comma has cut --- */

static int open_brackets(const char *text) {
  int open = 0;
  for (; *text; text++) open += (*text == '(') - (*text == ')');
  return open;
}

gboolean kpi_yaml_is_cut_off(const ConfNode *map, guint i) {
  if (!conf_is_null(map->items[i])) return FALSE;
  guint last = i;
  while (last + 1 < map->n && conf_is_null(map->items[last + 1])) last++;
  gboolean closes = FALSE;
  for (; last > 0 && conf_is_null(map->items[last]); last--) closes |= open_brackets(map->keys[last]->text) < 0;
  const ConfNode *item = map->items[last];
  return closes && item->kind == CONF_SCALAR && !item->quoted && open_brackets(item->text) > 0;
}

static gboolean refuse_cut(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *map,
                           const ConfNode *item) {
  for (guint i = 0; map->kind == CONF_MAP && i + 1 < map->n; i++) {
    if (map->items[i] != item || !kpi_yaml_is_cut_off(map, i + 1)) continue;
    kpi_yaml_problem_at(
        catalogue, yaml, item,
        "between { and } a comma ends the value, so this is only a part of the formula; put the formula "
        "between double quotes, or on a line of its own");
    return TRUE;
  }
  return FALSE;
}

/* --- reading --- */

static gboolean is_name(const char *text) {
  if (!g_ascii_islower(*text)) return FALSE;
  for (const char *at = text; *at; at++)
    if (!g_ascii_islower(*at) && !g_ascii_isdigit(*at) && *at != '_') return FALSE;
  return strlen(text) <= 63 && !kpi_word_is_reserved(text);
}

static gboolean check_new_name(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *key, const char *what,
                               gboolean taken, BaseSpan before) {
  if (!is_name(key->text)) {
    kpi_yaml_problem_at(
        catalogue, yaml, key,
        "'%s' is no name for a %s: small letters, digits and _ (63 at most), a letter first, none of and or not "
        "in is true false",
        key->text, what);
    return FALSE;
  }
  if (!taken) return TRUE;
  kpi_yaml_problem_at(catalogue, yaml, key, "there is a %s '%s' already, in %s line %u", what, key->text,
                      before.file ? before.file : "", before.line);
  return FALSE;
}

static gboolean has_room(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *key, GHashTable *table) {
  if (g_hash_table_size(table) < KPI_MAX_DEFINITIONS) return TRUE;
  kpi_problem_span(catalogue, key->span, yaml->order, BASE_ERROR_LIMIT, "more than %d definitions (max_definitions)",
                   KPI_MAX_DEFINITIONS);
  return FALSE;
}

static void read_parameter(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *key,
                           const ConfNode *node) {
  KpiParameter *before = g_hash_table_lookup(catalogue->parameters, key->text);
  gboolean taken = before && before->built_in == yaml->built_in;
  if (!check_new_name(catalogue, yaml, key, "parameter", taken, before ? before->span : key->span)) return;
  if (!has_room(catalogue, yaml, key, catalogue->parameters)) return;
  if (node->kind != CONF_SCALAR) {
    kpi_yaml_problem_at(
        catalogue, yaml, node,
        "a parameter is a number, a percentage, a duration such as 90 days, a date, true, false or 'text'");
    return;
  }
  KpiText text = kpi_yaml_text_at(catalogue, yaml, node);
  KpiCheck check = {.catalogue = catalogue, .text = &text};
  KpiSyntax *literal;
  if (node->quoted) {
    literal = kpi_arena_new0(catalogue->arena, KpiSyntax);
    *literal = (KpiSyntax){.kind = KPI_SYNTAX_TEXT, .text = node->text, .depth = 1};
  } else {
    literal = kpi_syntax_parse_literal(&check);
  }
  if (!literal) return;
  KpiParameter *parameter = kpi_arena_new0(catalogue->arena, KpiParameter);
  *parameter = (KpiParameter){key->text, literal, yaml->built_in, key->span};
  g_hash_table_insert(catalogue->parameters, (gpointer)key->text, parameter);
}

static void read_measure(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *key, const ConfNode *node) {
  KpiMeasureEntry *before = g_hash_table_lookup(catalogue->measure_names, key->text);
  gboolean taken = before && before->built_in == yaml->built_in;
  if (!check_new_name(catalogue, yaml, key, "measure", taken, before ? before->span : key->span)) return;
  if (!has_room(catalogue, yaml, key, catalogue->measure_names)) return;
  KpiMeasureEntry *entry = kpi_arena_new0(catalogue->arena, KpiMeasureEntry);
  *entry =
      (KpiMeasureEntry){.name = key->text, .built_in = yaml->built_in, .yaml = yaml, .node = node, .span = key->span};
  g_hash_table_insert(catalogue->measure_names, (gpointer)key->text, entry);
}

static void read_kpi(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *key, const ConfNode *node) {
  KpiEntry *before = g_hash_table_lookup(catalogue->kpi_names, key->text);
  gboolean taken = before && before->kpi.built_in == yaml->built_in;
  if (!check_new_name(catalogue, yaml, key, "KPI", taken, before ? before->kpi.span : key->span)) return;
  if (!has_room(catalogue, yaml, key, catalogue->kpi_names)) return;
  KpiEntry *entry = kpi_arena_new0(catalogue->arena, KpiEntry);
  *entry =
      (KpiEntry){.kpi = {.name = key->text, .built_in = yaml->built_in, .span = key->span}, .yaml = yaml, .node = node};
  if (before) {
    entry->kpi.redefines = TRUE;
    entry->base_node = before->node;
    entry->base_yaml = before->yaml;
  }
  g_hash_table_insert(catalogue->kpi_names, (gpointer)key->text, entry);
}

static void read_view(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *key, const ConfNode *node) {
  KpiViewEntry *before = g_hash_table_lookup(catalogue->views, key->text);
  gboolean taken = before && before->view.built_in == yaml->built_in;
  if (!check_new_name(catalogue, yaml, key, "view", taken, before ? before->view.span : key->span)) return;
  if (!has_room(catalogue, yaml, key, catalogue->views)) return;
  KpiViewEntry *entry = kpi_arena_new0(catalogue->arena, KpiViewEntry);
  *entry = (KpiViewEntry){
      .view = {.name = key->text, .built_in = yaml->built_in, .span = key->span}, .yaml = yaml, .node = node};
  g_hash_table_insert(catalogue->views, (gpointer)key->text, entry);
}

typedef void (*ReadEntry)(KpiCatalogue *, const KpiYamlFile *, const ConfNode *, const ConfNode *);

static void read_section(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *root, const char *section,
                         ReadEntry read) {
  const ConfNode *map = conf_map_get(root, section);
  if (conf_is_null(map)) return;
  if (map->kind != CONF_MAP) {
    kpi_yaml_problem_at(catalogue, yaml, map, "`%s` is a map: one `name: …` a line, indented", section);
    return;
  }
  for (guint i = 0; i < map->n; i++) {
    if (kpi_yaml_is_cut_off(map, i)) continue;
    if (!refuse_cut(catalogue, yaml, map, map->items[i])) read(catalogue, yaml, map->keys[i], map->items[i]);
  }
}

void kpi_yaml_read(KpiCatalogue *catalogue, const KpiYamlFile *yaml) {
  g_autoptr(GError) error = NULL;
  ConfDocument *document = yaml->packed ? conf_document_unpack(yaml->file, yaml->packed, yaml->packed_length)
                                        : conf_document_parse(yaml->file, yaml->text, yaml->length, &error);
  if (!document) {
    kpi_problem_span(catalogue, (BaseSpan){0}, yaml->order, error->code, "%s", error->message);
    return;
  }
  g_ptr_array_add(catalogue->documents, document);
  const ConfNode *root = conf_document_root(document);
  if (conf_is_null(root)) return;
  if (root->kind != CONF_MAP) {
    kpi_yaml_problem_at(catalogue, yaml, root,
                        "a file of definitions has `parameters:`, `measures:`, `kpis:` and `views:`");
    return;
  }
  static const char *const sections[] = {"parameters", "measures", "kpis", "views", NULL};
  kpi_yaml_check_keys(catalogue, yaml, root, sections, "a file of definitions");
  read_section(catalogue, yaml, root, "parameters", read_parameter);
  read_section(catalogue, yaml, root, "measures", read_measure);
  read_section(catalogue, yaml, root, "kpis", read_kpi);
  read_section(catalogue, yaml, root, "views", read_view);
}

/* --- measures --- */

const ConfNode *kpi_yaml_formula_node(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *node,
                                      const char *what, BaseSpan name) {
  const ConfNode *formula = node->kind == CONF_MAP ? conf_map_get(node, "formula") : node;
  if (conf_is_null(formula)) {
    kpi_problem_span(catalogue, name, yaml->order, BASE_ERROR_INPUT, "this %s has no formula", what);
    return NULL;
  }
  if (refuse_cut(catalogue, yaml, node, formula)) return NULL;
  if (formula->kind == CONF_SCALAR) return formula;
  kpi_yaml_problem_at(catalogue, yaml, formula, "the formula of a %s is one text", what);
  return NULL;
}

const char *kpi_yaml_text_field(KpiCatalogue *catalogue, const KpiYamlFile *yaml, const ConfNode *node, const char *key,
                                gboolean *good) {
  if (conf_is_null(node)) return NULL;
  if (node->kind == CONF_SCALAR) return node->text;
  kpi_yaml_problem_at(catalogue, yaml, node, "`%s` is one text", key);
  *good = FALSE;
  return NULL;
}

gboolean kpi_yaml_check_measure(KpiCatalogue *catalogue, KpiMeasureEntry *entry) {
  static const char *const keys[] = {"formula", "about", NULL};
  const ConfNode *node = entry->node;
  gboolean good = node->kind != CONF_MAP || kpi_yaml_check_keys(catalogue, entry->yaml, node, keys, "a measure");
  const ConfNode *formula = kpi_yaml_formula_node(catalogue, entry->yaml, node, "measure", entry->span);
  if (!formula) return FALSE;
  KpiText text = kpi_yaml_text_at(catalogue, entry->yaml, formula);
  KpiCheck check = {.catalogue = catalogue, .text = &text};
  KpiSyntax *syntax = kpi_syntax_parse(&check);
  if (!syntax) return FALSE;
  const KpiFunction *function = syntax->kind == KPI_SYNTAX_CALL ? kpi_function_find(syntax->text) : NULL;
  gboolean is_call = syntax->kind == KPI_SYNTAX_CALL;
  if (!(function && (function->use & KPI_AGGREGATE)) && !(is_call && !function)) {
    kpi_problem(&check, syntax->mark, syntax->mark_length,
                "a measure is one aggregate over a fact: count, sum, mean, distinct, min, max, median …; a formula of "
                "several is a KPI");
    return FALSE;
  }
  KpiMeasure *measure = function ? kpi_check_measure(&check, syntax) : NULL;
  if (!function) kpi_check_expr(&check, syntax);
  if (!measure) return FALSE;
  measure->name = entry->name;
  measure->about = node->kind == CONF_MAP
                       ? kpi_yaml_text_field(catalogue, entry->yaml, conf_map_get(node, "about"), "about", &good)
                       : NULL;
  measure->index = catalogue->measures->len;
  g_ptr_array_add(catalogue->measures, measure);
  entry->measure = measure;
  return good;
}
