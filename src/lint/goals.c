/* Goals as they are read, found and answered. */
#include "lint/goals.h"

#include "goals_resources.h"

#include <gio/gio.h>
#include <string.h>

#define BUILT_IN "/attain/goals/goals.yaml"

struct LintGoals {
  GPtrArray *documents; /* ConfDocument: goals read their texts */
  GPtrArray *goals;     /* LintGoal */
};

static void free_goal(gpointer data) {
  LintGoal *goal = data;
  g_free((gpointer)goal->name);
  g_free((gpointer)goal->title);
  g_strfreev((char **)goal->words);
  g_array_unref(goal->kpis);
  g_free(goal);
}

void lint_goals_free(LintGoals *goals) {
  if (!goals) return;
  g_ptr_array_unref(goals->goals);
  g_ptr_array_unref(goals->documents);
  g_free(goals);
}

guint lint_goals_count(const LintGoals *goals) {
  return goals->goals->len;
}

const LintGoal *lint_goals_get(const LintGoals *goals, guint index) {
  return g_ptr_array_index(goals->goals, index);
}

/* --- reading --- */

typedef struct {
  char *kpi, *why, *instead;
} KpiText;

static const ConfField kpi_fields[] = {
    {"kpi", CONF_TEXT, G_STRUCT_OFFSET(KpiText, kpi), TRUE},
    {"why", CONF_TEXT, G_STRUCT_OFFSET(KpiText, why), TRUE},
    {"instead", CONF_TEXT, G_STRUCT_OFFSET(KpiText, instead)},
};

/* The name as the catalogue has it; of what is not there the error has the place. */
static const char *known_kpi(KpiCatalogue *catalogue, const ConfNode *node, const char *name, GError **error) {
  g_autoptr(GError) cause = NULL;
  const KpiDefinition *kpi = kpi_catalogue_find(catalogue, name, &cause);
  if (!kpi) base_error_at(error, BASE_ERROR_NOT_FOUND, node->span, "%s", cause->message);
  return kpi ? kpi->name : NULL;
}

static gboolean read_kpi(KpiCatalogue *catalogue, const ConfNode *node, GArray *kpis, GError **error) {
  KpiText text = {0};
  if (!conf_read_map(node, kpi_fields, G_N_ELEMENTS(kpi_fields), &text, error)) return FALSE;
  LintGoalKpi kpi = {.span = node->span, .why = g_intern_string(text.why)};
  kpi.kpi = known_kpi(catalogue, node, text.kpi, error);
  if (kpi.kpi && text.instead) kpi.instead = known_kpi(catalogue, node, text.instead, error);
  gboolean ok = kpi.kpi && (!text.instead || kpi.instead);
  conf_free_fields(kpi_fields, G_N_ELEMENTS(kpi_fields), &text);
  if (ok) g_array_append_val(kpis, kpi);
  return ok;
}

typedef struct {
  char *name, **words;
  const ConfNode *kpis;
} GoalText;

static const ConfField goal_fields[] = {
    {"name", CONF_TEXT, G_STRUCT_OFFSET(GoalText, name), TRUE},
    {"words", CONF_TEXTS, G_STRUCT_OFFSET(GoalText, words)},
    {"kpis", CONF_NODE, G_STRUCT_OFFSET(GoalText, kpis), TRUE},
};

static gboolean read_goal(KpiCatalogue *catalogue, const ConfNode *key, const ConfNode *node, LintGoals *goals,
                          gboolean built_in, GError **error) {
  GoalText text = {0};
  if (!conf_read_map(node, goal_fields, G_N_ELEMENTS(goal_fields), &text, error)) return FALSE;
  LintGoal *goal = g_new0(LintGoal, 1);
  *goal = (LintGoal){.name = g_strdup(key->text),
                     .title = g_strdup(text.name),
                     .words = (const char *const *)(text.words ? g_strdupv(text.words) : g_new0(char *, 1)),
                     .kpis = g_array_new(FALSE, TRUE, sizeof(LintGoalKpi)),
                     .built_in = built_in};
  gboolean ok = text.kpis->kind == CONF_LIST && text.kpis->n > 0;
  if (!ok)
    base_error_at(error, BASE_ERROR_INPUT, text.kpis->span,
                  "\"kpis\" must be a list such as [{kpi: revenue, why: the result itself}]");
  for (guint i = 0; ok && i < text.kpis->n; i++) ok = read_kpi(catalogue, text.kpis->items[i], goal->kpis, error);
  conf_free_fields(goal_fields, G_N_ELEMENTS(goal_fields), &text);
  for (guint i = 0; ok && i < goals->goals->len; i++)
    if (g_str_equal(lint_goals_get(goals, i)->name, goal->name)) g_ptr_array_remove_index(goals->goals, i--);
  if (ok)
    g_ptr_array_add(goals->goals, goal);
  else
    free_goal(goal);
  return ok;
}

/* Takes the document. */
static gboolean read_document(KpiCatalogue *catalogue, ConfDocument *document, const char *file, LintGoals *goals,
                              gboolean built_in, GError **error) {
  if (!document) return FALSE;
  g_ptr_array_add(goals->documents, document);
  const ConfNode *root = conf_document_root(document);
  const ConfNode *map = root && root->kind == CONF_MAP ? conf_map_get(root, "goals") : NULL;
  if (!map || map->kind != CONF_MAP) {
    BaseSpan span = root ? root->span : (BaseSpan){.file = g_intern_string(file)};
    base_error_at(error, BASE_ERROR_INPUT, span, "the file must be `goals:` and below it each goal by its name");
    return FALSE;
  }
  for (guint i = 0; i < map->n; i++)
    if (!read_goal(catalogue, map->keys[i], map->items[i], goals, built_in, error)) return FALSE;
  return TRUE;
}

LintGoals *lint_goals_read(KpiCatalogue *catalogue, const char *const *files, GError **error) {
  g_autoptr(LintGoals) goals = g_new0(LintGoals, 1);
  goals->documents = g_ptr_array_new_with_free_func((GDestroyNotify)conf_document_free);
  goals->goals = g_ptr_array_new_with_free_func(free_goal);
  g_autoptr(GBytes) bytes = g_resource_lookup_data(goals_resources_get_resource(), BUILT_IN, 0, error);
  if (!bytes) return NULL;
  gsize size;
  const char *text = g_bytes_get_data(bytes, &size);
  const char *file = "catalogue/goals/goals.yaml";
  if (!read_document(catalogue, conf_document_parse(file, text, size, error), file, goals, TRUE, error)) return NULL;
  for (guint i = 0; files && files[i]; i++)
    if (!read_document(catalogue, conf_document_load(files[i], error), files[i], goals, FALSE, error)) return NULL;
  return g_steal_pointer(&goals);
}

/* --- finding --- */

/* In lower case, with blanks where there were hyphens and underscores. */
static char *plain(const char *text) {
  g_autofree char *lower = g_utf8_strdown(text, -1);
  return g_strstrip(g_strdup(g_strdelimit(lower, "-_/,.", ' ')));
}

static gboolean is_called(const LintGoal *goal, const char *text) {
  g_autofree char *name = plain(goal->name), *title = plain(goal->title);
  if (g_str_equal(name, text) || g_str_equal(title, text)) return TRUE;
  for (guint i = 0; goal->words[i]; i++) {
    g_autofree char *word = plain(goal->words[i]);
    if (g_str_equal(word, text)) return TRUE;
  }
  return FALSE;
}

/* All words of a phrase stand in the text, in any order. */
static gboolean has_words(const char *padded, const char *phrase) {
  g_auto(GStrv) words = g_strsplit(phrase, " ", -1);
  for (char **word = words; *word; word++) {
    g_autofree char *whole = g_strconcat(" ", *word, " ", NULL);
    if (**word && !strstr(padded, whole)) return FALSE;
  }
  return TRUE;
}

/* How many letters of its name and words stand as whole words in the text. */
static gsize shared_letters(const LintGoal *goal, const char *text) {
  g_autofree char *padded = g_strconcat(" ", text, " ", NULL), *name = plain(goal->name);
  gsize sum = has_words(padded, name) ? strlen(name) : 0;
  for (guint i = 0; goal->words[i]; i++) {
    g_autofree char *word = plain(goal->words[i]);
    sum += has_words(padded, word) ? strlen(word) : 0;
  }
  return sum;
}

static const LintGoal *most_words(const LintGoals *goals, const char *text) {
  const LintGoal *best = NULL;
  gsize most = 0;
  for (guint i = 0; i < goals->goals->len; i++) {
    const LintGoal *goal = lint_goals_get(goals, i);
    gsize n = shared_letters(goal, text);
    if (n <= most) continue;
    most = n;
    best = goal;
  }
  return best;
}

static const LintGoal *nearest(const LintGoals *goals, const char *text) {
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free), owners = g_ptr_array_new();
  for (guint i = 0; i < goals->goals->len; i++) {
    const LintGoal *goal = lint_goals_get(goals, i);
    g_ptr_array_add(names, plain(goal->name));
    g_ptr_array_add(owners, (gpointer)goal);
    for (guint w = 0; goal->words[w]; w++) {
      g_ptr_array_add(names, plain(goal->words[w]));
      g_ptr_array_add(owners, (gpointer)goal);
    }
  }
  g_auto(GStrv) said = g_strsplit(text, " ", -1);
  const char *found = base_nearest(text, (const char *const *)names->pdata, names->len);
  for (char **word = said; !found && *word; word++)
    if (strlen(*word) > 4) found = base_nearest(*word, (const char *const *)names->pdata, names->len);
  guint at;
  return found && g_ptr_array_find(names, found, &at) ? g_ptr_array_index(owners, at) : NULL;
}

const LintGoal *lint_goals_find(const LintGoals *goals, const char *text, gboolean *exact, GError **error) {
  g_autofree char *said = plain(text);
  *exact = TRUE;
  for (guint i = goals->goals->len; i-- > 0;)
    if (is_called(lint_goals_get(goals, i), said)) return lint_goals_get(goals, i);
  *exact = FALSE;
  const LintGoal *found = most_words(goals, said);
  if (!found) found = nearest(goals, said);
  if (found) return found;
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < goals->goals->len; i++)
    g_string_append_printf(names, "%s%s", i ? ", " : "", lint_goals_get(goals, i)->name);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
              "no goal is called \"%s\", or anything like it: there are %s; a workspace's own stand in goals/*.yaml",
              text, names->str);
  return NULL;
}

/* --- answering --- */

GPtrArray *lint_missing(const QueryContext *context, const KpiDefinition *kpi, GError **error) {
  g_autoptr(GPtrArray) missing = g_ptr_array_new();
  for (guint i = 0; kpi->needs && kpi->needs[i]; i++) {
    gint64 n = 0;
    if (context->store) {
      g_autofree char *table = store_quote_name(kpi->needs[i]);
      g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM (SELECT 1 FROM %s LIMIT 1)", table);
      g_autoptr(StoreRows) rows = store_query(context->store, sql, NULL, 0, 0, error);
      if (!rows) return NULL;
      n = store_rows_value(rows, 0, 0).integer;
    }
    if (n == 0) g_ptr_array_add(missing, (gpointer)kpi->needs[i]);
  }
  return g_steal_pointer(&missing);
}

static void choice_clear(gpointer data) {
  g_clear_pointer(&((LintChoice *)data)->missing, g_ptr_array_unref);
}

static gboolean is_chosen(const GArray *choices, const KpiDefinition *kpi) {
  for (guint i = 0; i < choices->len; i++)
    if (g_array_index(choices, LintChoice, i).kpi == kpi) return TRUE;
  return FALSE;
}

static gboolean choose_one(const QueryContext *context, const LintGoalKpi *of, GArray *choices, GError **error) {
  LintChoice choice = {.kpi = kpi_catalogue_find(context->catalogue, of->kpi, NULL), .why = of->why};
  choice.missing = lint_missing(context, choice.kpi, error);
  if (!choice.missing) return FALSE;
  if (choice.missing->len > 0 && of->instead) {
    const KpiDefinition *other = kpi_catalogue_find(context->catalogue, of->instead, NULL);
    g_autoptr(GPtrArray) missing = lint_missing(context, other, error);
    if (missing && missing->len == 0) {
      g_ptr_array_unref(choice.missing);
      choice = (LintChoice){other, of->why, choice.kpi, g_steal_pointer(&missing)};
    }
  }
  if (is_chosen(choices, choice.kpi))
    choice_clear(&choice);
  else
    g_array_append_val(choices, choice);
  return TRUE;
}

GArray *lint_choose(const QueryContext *context, const LintGoal *goal, GError **error) {
  g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(LintChoice));
  g_array_set_clear_func(all, choice_clear);
  for (guint i = 0; i < goal->kpis->len; i++)
    if (!choose_one(context, &g_array_index(goal->kpis, LintGoalKpi, i), all, error)) return NULL;
  GArray *ordered = g_array_new(FALSE, TRUE, sizeof(LintChoice));
  g_array_set_clear_func(ordered, choice_clear);
  for (int leading = 1; leading >= 0; leading--)
    for (guint i = 0; i < all->len; i++) {
      LintChoice *choice = &g_array_index(all, LintChoice, i);
      if ((choice->kpi->timing == KPI_LEADING) != leading) continue;
      g_array_append_val(ordered, *choice);
      choice->missing = NULL;
    }
  return ordered;
}
