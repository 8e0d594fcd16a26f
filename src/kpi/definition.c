/* A KPI's definition: its fields, units, versions, and what follows from its formula.
 *
 * A workspace's KPI that redefines a built-in one keeps of it what describes it (its title, direction, sets …), where
 * it does not say otherwise. What is said of a formula (question, traps, source …) is kept with that formula only:
 * beside another one it would be wrong. */
#include "kpi/yaml.h"

/* --- the fields of a KPI --- */

typedef enum {
  FIELD_NAME,
  FIELD_NUMBER,
  FIELD_QUESTION,
  FIELD_FORMULA,
  FIELD_VERSIONS,
  FIELD_BETTER,
  FIELD_TIMING,
  FIELD_CATEGORY,
  FIELD_ANCHOR,
  FIELD_UNIT,
  FIELD_PROPORTION,
  FIELD_MATURES_AFTER,
  FIELD_NEEDS,
  FIELD_TRAPS,
  FIELD_ROLES,
  FIELD_BUSINESS,
  FIELD_DRIVERS,
  FIELD_SEE_ALSO,
  FIELD_SOURCE,
  N_FIELDS,
} Field;

/* Of the built-in KPI, where one that redefines it does not say. */
typedef enum { KEPT_NOT, KEPT_ALWAYS, KEPT_WITH_FORMULA } Kept;

/* In the order of Field, which is the order in which people write them. */
static const struct {
  const char *key;
  Kept kept;
} fields[N_FIELDS] = {
    {"name", KEPT_ALWAYS},
    {"number", KEPT_ALWAYS},
    {"question", KEPT_WITH_FORMULA},
    {"formula", KEPT_NOT},
    {"versions", KEPT_NOT},
    {"better", KEPT_ALWAYS},
    {"timing", KEPT_ALWAYS},
    {"category", KEPT_ALWAYS},
    {"anchor", KEPT_WITH_FORMULA},
    {"unit", KEPT_ALWAYS},
    {"proportion", KEPT_WITH_FORMULA},
    {"matures_after", KEPT_WITH_FORMULA},
    {"needs", KEPT_WITH_FORMULA},
    {"traps", KEPT_WITH_FORMULA},
    {"roles", KEPT_ALWAYS},
    {"business", KEPT_ALWAYS},
    {"drivers", KEPT_ALWAYS},
    {"see_also", KEPT_ALWAYS},
    {"source", KEPT_WITH_FORMULA},
};

typedef struct {
  KpiCatalogue *catalogue;
  KpiEntry *entry;
  const ConfNode *nodes[N_FIELDS];
  const KpiYamlFile *yamls[N_FIELDS]; /* where each was read */
  gboolean same_formula;              /* as the built-in KPI that it redefines */
  gboolean good;
} Reader;

static const char *const better_words[] = {"higher", "lower", "neutral", NULL};
static const char *const timing_words[] = {"lagging", "leading", NULL};
static const char *const category_words[] = {"financial", "pipeline", "activity", "customer",
                                             "marketing", "service",  "people",   NULL};
static const char *const role_words[] = {"manager", "leader", "rep", "marketing", "finance", NULL};
static const char *const business_words[] = {"b2b", "saas", "retail", "agency", NULL};

static gboolean read_field(Reader *reader, const KpiYamlFile *yaml, const ConfNode *map, guint i, Field *next) {
  const char *key = map->keys[i]->text;
  for (guint tried = 0; tried < N_FIELDS; tried++) {
    Field field = (Field)((*next + tried) % N_FIELDS);
    if (!kpi_same(fields[field].key, key)) continue;
    *next = (Field)((field + 1) % N_FIELDS);
    if (reader->nodes[field] || conf_is_null(map->items[i])) return TRUE;
    gboolean inherited = yaml != reader->entry->yaml;
    if (inherited && fields[field].kept == KEPT_NOT) return TRUE;
    if (inherited && fields[field].kept == KEPT_WITH_FORMULA && !reader->same_formula) return TRUE;
    reader->nodes[field] = map->items[i];
    reader->yamls[field] = yaml;
    return TRUE;
  }
  return FALSE;
}

/* Every field found at once; keys come mostly in the order of the table, so the next one is tried first. */
static void read_fields(Reader *reader, const KpiYamlFile *yaml, const ConfNode *map) {
  Field next = FIELD_NAME;
  for (guint i = 0; map && map->kind == CONF_MAP && i < map->n; i++) {
    if (read_field(reader, yaml, map, i, &next) || kpi_yaml_is_cut_off(map, i)) continue;
    const char *keys[N_FIELDS + 1] = {NULL};
    for (int field = 0; field < N_FIELDS; field++) keys[field] = fields[field].key;
    kpi_yaml_problem_at(reader->catalogue, yaml, map->keys[i], "a KPI has no '%s'%s", map->keys[i]->text,
                        kpi_yaml_nearest_of(reader->catalogue, map->keys[i]->text, keys));
    reader->good = FALSE;
  }
}

static const char *get_text(Reader *reader, Field field) {
  return kpi_yaml_text_field(reader->catalogue, reader->yamls[field], reader->nodes[field], fields[field].key,
                             &reader->good);
}

static gboolean is_among(const char *word, const char *const *words) {
  while (*words && !kpi_same(*words, word)) words++;
  return *words != NULL;
}

static gboolean check_word(Reader *reader, const ConfNode *node, Field field, const char *const *words) {
  if (node->kind == CONF_SCALAR && is_among(node->text, words)) return TRUE;
  g_autofree char *all = g_strjoinv(", ", (char **)words);
  kpi_yaml_problem_at(reader->catalogue, reader->yamls[field], node, "`%s` is one of %s%s", fields[field].key, all,
                      node->kind == CONF_SCALAR ? kpi_yaml_nearest_of(reader->catalogue, node->text, words) : "");
  return reader->good = FALSE;
}

/* The index of the word, or `absent`. */
static int get_choice(Reader *reader, Field field, const char *const *words, int absent) {
  const ConfNode *node = reader->nodes[field];
  if (!node || !check_word(reader, node, field, words)) return absent;
  int index = 0;
  while (strcmp(words[index], node->text) != 0) index++;
  return index;
}

static const char *const *get_list(Reader *reader, Field field, const char *const *words) {
  const ConfNode *node = reader->nodes[field];
  guint n = !node ? 0 : node->kind == CONF_LIST ? node->n : 1;
  const char **list = kpi_arena_array(reader->catalogue->arena, const char *, n + 1);
  guint kept = 0;
  for (guint i = 0; i < n; i++) {
    const ConfNode *item = node->kind == CONF_LIST ? node->items[i] : node;
    if (words && !check_word(reader, item, field, words)) continue;
    const char *text =
        kpi_yaml_text_field(reader->catalogue, reader->yamls[field], item, fields[field].key, &reader->good);
    if (text) list[kept++] = text;
  }
  return list;
}

static gboolean get_bool(Reader *reader, Field field, gboolean absent) {
  static const char *const words[] = {"true", "false", "yes", "no", NULL};
  const ConfNode *node = reader->nodes[field];
  if (!node || !check_word(reader, node, field, words)) return absent;
  return *node->text == 't' || *node->text == 'y';
}

static guint get_number(Reader *reader) {
  const ConfNode *node = reader->nodes[FIELD_NUMBER];
  guint64 number = 0;
  if (!node) return 0;
  if (node->kind == CONF_SCALAR && g_ascii_string_to_unsigned(node->text, 10, 0, 100000, &number, NULL))
    return (guint)number;
  kpi_yaml_problem_at(reader->catalogue, reader->yamls[FIELD_NUMBER], node,
                      "`number` is a whole number, 100000 at most");
  reader->good = FALSE;
  return 0;
}

/* `90 days`, `2 weeks`, or a parameter's name. */
static int get_maturity(Reader *reader) {
  const ConfNode *node = reader->nodes[FIELD_MATURES_AFTER];
  if (!node) return 0;
  const KpiSyntax *literal = NULL;
  if (node->kind == CONF_SCALAR) {
    KpiText text = kpi_yaml_text_at(reader->catalogue, reader->yamls[FIELD_MATURES_AFTER], node);
    KpiCheck check = {.catalogue = reader->catalogue, .text = &text};
    literal = kpi_catalogue_parameter(reader->catalogue, node->text);
    if (!literal) literal = kpi_syntax_parse_literal(&check);
    if (!literal) {
      reader->good = FALSE;
      return 0;
    }
  }
  double days = !literal || literal->kind != KPI_SYNTAX_DURATION || literal->in_hours ? 0
                : literal->grain == CALENDAR_DAY                                      ? literal->number
                : literal->grain == CALENDAR_WEEK                                     ? literal->number * 7
                                                                                      : 0;
  if (days >= 1 && days <= 36500 && days == (int)days) return (int)days;
  kpi_yaml_problem_at(reader->catalogue, reader->yamls[FIELD_MATURES_AFTER], node,
                      "`matures_after` is a whole number of days or weeks, as in 90 days");
  reader->good = FALSE;
  return 0;
}

static const char *default_title(KpiCatalogue *catalogue, const char *name) {
  char *title = kpi_arena_strndup(catalogue->arena, name, strlen(name));
  title[0] = g_ascii_toupper(title[0]);
  return g_strdelimit(title, "_", ' ');
}

/* --- units --- */

static gboolean unit_fits(const char *word, KpiUnit unit) {
  gboolean plain = unit.kind <= KPI_SCORE;
  if (strcmp(word, "percent") == 0) return unit.kind == KPI_RATIO || unit.kind == KPI_NUMBER;
  if (strcmp(word, "hours") == 0) return kpi_unit_equal(unit, KPI_DAYS);
  if (strcmp(word, "per_day") == 0) return plain || (unit.kind == KPI_QUANTITY && unit.days_power == -1);
  if (strcmp(word, "count") == 0) return unit.kind == KPI_COUNT || unit.kind == KPI_NUMBER;
  static const char *const of_plain[] = {"points", "times", "months", "score", NULL};
  return g_strv_contains(of_plain, word) ? plain : strcmp(word, kpi_unit_name(unit)) == 0;
}

static void read_unit(Reader *reader) {
  static const char *const displays[] = {"percent", "points", "months", "times", "score", "hours", "per_day", NULL};
  static const char *const checks[] = {"percent", "points", "months", "times", "score",  "hours",     "per_day",
                                       "money",   "count",  "ratio",  "days",  "number", "money/day", NULL};
  const ConfNode *node = reader->nodes[FIELD_UNIT];
  KpiDefinition *kpi = &reader->entry->kpi;
  if (!node) return;
  if (node->kind == CONF_SCALAR && unit_fits(node->text, kpi->unit)) {
    if (g_strv_contains(displays, node->text)) kpi->display = node->text;
    return;
  }
  if (reader->yamls[FIELD_UNIT] != reader->entry->yaml) return;
  if (!check_word(reader, node, FIELD_UNIT, checks)) return;
  kpi_yaml_problem_at(reader->catalogue, reader->yamls[FIELD_UNIT], node, "the formula gives %s, not %s",
                      kpi_unit_name(kpi->unit), node->text);
  reader->good = FALSE;
}

/* --- versions --- */

static gboolean check_version(Reader *reader, const ConfNode *node, KpiVersion *version, KpiSummary *summary) {
  KpiText text = kpi_yaml_text_at(reader->catalogue, reader->entry->yaml, node);
  KpiCheck check = {.catalogue = reader->catalogue, .text = &text};
  KpiSyntax *syntax = kpi_syntax_parse(&check);
  version->formula = node->text;
  version->expr = syntax ? kpi_check_whole(&check, syntax, summary) : NULL;
  return version->expr != NULL;
}

static gboolean read_from(Reader *reader, const ConfNode *item, KpiVersion *version) {
  static const char *const keys[] = {"from", "formula", NULL};
  if (item->kind != CONF_MAP) {
    kpi_yaml_problem_at(reader->catalogue, reader->yamls[FIELD_VERSIONS], item,
                        "a version is written {from: 2026-07-01, formula: …}");
    return FALSE;
  }
  gboolean good = kpi_yaml_check_keys(reader->catalogue, reader->yamls[FIELD_VERSIONS], item, keys, "a version");
  const ConfNode *from = conf_map_get(item, "from");
  if (from && from->kind == CONF_SCALAR && base_day_parse_iso(from->text, &version->from)) return good;
  kpi_yaml_problem_at(reader->catalogue, reader->yamls[FIELD_VERSIONS], from ? from : item,
                      "from which day does this version apply? Write from: 2026-07-01");
  return FALSE;
}

static gint by_from(gconstpointer a, gconstpointer b) {
  const KpiVersion *x = a, *y = b;
  return (x->from > y->from) - (x->from < y->from);
}

static void check_versions_agree(Reader *reader, const ConfNode *list, const KpiVersion *versions, guint n) {
  for (guint i = 1; i < n; i++) {
    g_autofree char *day = base_day_format(versions[i].from);
    if (versions[i].from == versions[i - 1].from)
      kpi_yaml_problem_at(reader->catalogue, reader->yamls[FIELD_VERSIONS], list, "two versions apply from %s", day);
    else if (!kpi_unit_equal(versions[i].expr->unit, versions[i - 1].expr->unit))
      kpi_yaml_problem_at(reader->catalogue, reader->yamls[FIELD_VERSIONS], list,
                          "the version from %s gives %s, the one before it %s; a KPI keeps its unit", day,
                          kpi_unit_name(versions[i].expr->unit), kpi_unit_name(versions[i - 1].expr->unit));
    else
      continue;
    reader->good = FALSE;
  }
}

static void read_versions(Reader *reader, const ConfNode *formula) {
  KpiEntry *entry = reader->entry;
  const ConfNode *list = reader->nodes[FIELD_VERSIONS];
  if (list && list->kind != CONF_LIST) {
    kpi_yaml_problem_at(reader->catalogue, reader->yamls[FIELD_VERSIONS], list,
                        "`versions` is a list: - {from: 2026-07-01, formula: …}");
    list = NULL;
    reader->good = FALSE;
  }
  guint n = 1 + (list ? list->n : 0);
  KpiVersion *versions = kpi_arena_array(reader->catalogue->arena, KpiVersion, n);
  g_autofree KpiSummary *summaries = g_new0(KpiSummary, n);
  versions[0].from = BASE_DAY_MIN;
  gboolean good = check_version(reader, formula, &versions[0], &summaries[0]);
  guint current = 0;
  for (guint i = 1; i < n; i++) {
    const ConfNode *item = list->items[i - 1];
    gboolean dated = read_from(reader, item, &versions[i]);
    const ConfNode *text =
        dated ? kpi_yaml_formula_node(reader->catalogue, reader->yamls[FIELD_VERSIONS], item, "version", item->span)
              : NULL;
    good &= text && check_version(reader, text, &versions[i], &summaries[i]);
    if (versions[i].from > versions[current].from) current = i;
  }
  reader->good &= good;
  if (!good) return;
  entry->summary = summaries[current];
  qsort(versions, n, sizeof *versions, by_from);
  if (list) check_versions_agree(reader, list, versions, n);
  entry->kpi.versions = versions;
  entry->kpi.n_versions = n;
  entry->kpi.unit = versions[n - 1].expr->unit;
}

/* --- whole KPIs --- */

/* Where the author does not say: the columns that place the rows in time. */
static const char *default_anchor(KpiCatalogue *catalogue, const KpiSummary *summary) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < summary->n_measures; i++) {
    const KpiMeasure *measure = summary->measures[i];
    if (!measure->on) continue;
    g_autofree char *date = kpi_expr_print(measure->on);
    if (strstr(text->str, date)) continue;
    g_string_append_printf(text, "%s%s", text->len ? ", " : "", date);
  }
  return kpi_arena_strndup(catalogue->arena, text->str, text->len);
}

static void read_description(Reader *reader) {
  KpiDefinition *kpi = &reader->entry->kpi;
  const char *title = get_text(reader, FIELD_NAME), *question = get_text(reader, FIELD_QUESTION);
  const char *source = get_text(reader, FIELD_SOURCE);
  kpi->title = title ? title : default_title(reader->catalogue, kpi->name);
  kpi->question = question ? question : "";
  kpi->source = source ? source : "";
  kpi->number = get_number(reader);
  kpi->better = (KpiBetter)get_choice(reader, FIELD_BETTER, better_words, KPI_NEUTRAL);
  kpi->timing = (KpiTiming)get_choice(reader, FIELD_TIMING, timing_words, KPI_LAGGING);
  int category = get_choice(reader, FIELD_CATEGORY, category_words, -1);
  kpi->category = category < 0 ? "other" : category_words[category];
  kpi->needs_hint = get_text(reader, FIELD_NEEDS);
  kpi->traps = get_list(reader, FIELD_TRAPS, NULL);
  kpi->roles = get_list(reader, FIELD_ROLES, role_words);
  kpi->business = get_list(reader, FIELD_BUSINESS, business_words);
  kpi->drivers = get_list(reader, FIELD_DRIVERS, NULL);
  kpi->see_also = get_list(reader, FIELD_SEE_ALSO, NULL);
  kpi->matures_after_days = get_maturity(reader);
}

/* A list of names of KPIs. */
static void check_names(Reader *reader, Field field) {
  KpiCatalogue *catalogue = reader->catalogue;
  const ConfNode *node = reader->nodes[field];
  for (guint i = 0; node && node->kind == CONF_LIST && i < node->n; i++) {
    const char *name = node->items[i]->kind == CONF_SCALAR ? node->items[i]->text : NULL;
    if (!name || g_hash_table_contains(catalogue->kpi_names, name) ||
        g_hash_table_contains(catalogue->measure_names, name))
      continue;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    kpi_add_names(catalogue->kpi_names, names);
    kpi_yaml_problem_at(catalogue, reader->yamls[field], node->items[i], "there is no KPI '%s'%s", name,
                        kpi_suggest(catalogue, name, names));
    reader->good = FALSE;
  }
}

/* Everything that follows from the formula. */
static void derive(Reader *reader) {
  KpiCatalogue *catalogue = reader->catalogue;
  KpiDefinition *kpi = &reader->entry->kpi;
  const KpiExpr *expr = kpi->versions[kpi->n_versions - 1].expr;
  g_string_truncate(catalogue->scratch, 0);
  kpi_expr_print_to(catalogue->scratch, expr);
  kpi->canonical = kpi_arena_strndup(catalogue->arena, catalogue->scratch->str, catalogue->scratch->len);
  kpi->needs = kpi_needs(catalogue, &reader->entry->summary);
  const char *anchor = get_text(reader, FIELD_ANCHOR);
  kpi->anchor = anchor ? anchor : default_anchor(catalogue, &reader->entry->summary);
  kpi->proportion = get_bool(reader, FIELD_PROPORTION, kpi_expr_is_proportion(expr));
  const ConfNode *node = reader->nodes[FIELD_PROPORTION];
  if (node && kpi->proportion && (expr->op != KPI_OP_DIV || expr->unit.kind != KPI_RATIO)) {
    kpi_yaml_problem_at(catalogue, reader->yamls[FIELD_PROPORTION], node,
                        "a proportion is one count divided by another; this formula is not");
    reader->good = FALSE;
  }
  read_unit(reader);
}

/* --- a built-in KPI defined anew --- */

/* A definition's only formula; NULL: it has several, or none. */
static const ConfNode *only_formula(const ConfNode *node) {
  if (!node || node->kind != CONF_MAP) return node;
  return conf_is_null(conf_map_get(node, "versions")) ? conf_map_get(node, "formula") : NULL;
}

static gboolean same_token(const KpiToken *a, const KpiToken *b) {
  if (a->kind != b->kind || a->sign != b->sign || a->number != b->number || a->day != b->day) return FALSE;
  return g_strcmp0(a->string, b->string) == 0;
}

/* The same but for blanks and comments. */
static gboolean same_text(KpiCatalogue *catalogue, const char *a, const char *b) {
  KpiText texts[2];
  kpi_text_init(&texts[0], catalogue->passing, NULL, a);
  kpi_text_init(&texts[1], catalogue->passing, NULL, b);
  KpiLexer first = {&texts[0], catalogue->passing, 0}, second = {&texts[1], catalogue->passing, 0};
  KpiToken token, other;
  do {
    gsize offset, length;
    const char *message;
    if (!kpi_lex(&first, &token, &offset, &length, &message) || !kpi_lex(&second, &other, &offset, &length, &message))
      return FALSE;
    if (!same_token(&token, &other)) return FALSE;
  } while (token.kind != KPI_TOKEN_END);
  return TRUE;
}

static gboolean keeps_formula(const KpiEntry *entry, KpiCatalogue *catalogue) {
  const ConfNode *own = only_formula(entry->node), *base = only_formula(entry->base_node);
  if (!own || !base || own->kind != CONF_SCALAR || base->kind != CONF_SCALAR) return FALSE;
  return same_text(catalogue, own->text, base->text);
}

gboolean kpi_yaml_check_kpi(KpiCatalogue *catalogue, KpiEntry *entry) {
  Reader reader = {.catalogue = catalogue, .entry = entry, .good = TRUE};
  const ConfNode *node = entry->node;
  reader.same_formula = entry->base_node && keeps_formula(entry, catalogue);
  read_fields(&reader, entry->yaml, node);
  read_fields(&reader, entry->base_yaml, entry->base_node);
  read_description(&reader);
  check_names(&reader, FIELD_DRIVERS);
  check_names(&reader, FIELD_SEE_ALSO);
  const ConfNode *formula = kpi_yaml_formula_node(catalogue, entry->yaml, node, "KPI", entry->kpi.span);
  if (!formula) return FALSE;
  read_versions(&reader, formula);
  if (entry->kpi.n_versions) derive(&reader);
  return reader.good;
}
