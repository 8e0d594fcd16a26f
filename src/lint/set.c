/* Rules about the set of KPIs: how many, with what targets, whose, what for. */
#include "lint/lint_private.h"
#include "lint/usage.h"

#define MAX_OF_MEMBER 9
#define MAX_OF_ROLE   12
#define MAX_OWN       30
#define MAX_NAMED     6
#define UNUSED_DAYS   91

/* --- too many --- */

static GPtrArray *kpis_of(const Lint *lint, const GPtrArray *targets) {
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < targets->len; i++) {
    const char *kpi = lint_version(lint, g_ptr_array_index(targets, i))->terms.kpi;
    if (!g_ptr_array_find_with_equal_func(names, kpi, g_str_equal, NULL)) g_ptr_array_add(names, (gpointer)kpi);
  }
  return names;
}

static void tell_many(Lint *lint, char *subject, const char *what, const GPtrArray *names, guint limit) {
  g_autofree char *list = lint_list(names, MAX_NAMED);
  LintFinding *finding =
      lint_add(lint, subject,
               g_strdup_printf("%u KPIs %s: %s. More than %u are looked at by nobody.", names->len, what, list, limit),
               "Keep the five to seven that somebody can act on: `attain choose` proposes them for a goal.");
  lint_figure(finding, "kpis", names->len);
  lint_figure(finding, "limit", limit);
}

static void count_roles(Lint *lint) {
  static const char *const roles[] = {"manager", "leader", "rep", "marketing", "finance"};
  for (guint r = 0; r < G_N_ELEMENTS(roles); r++) {
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < kpi_catalogue_n_kpis(lint->context->catalogue); i++) {
      const KpiDefinition *kpi = kpi_catalogue_kpi(lint->context->catalogue, i);
      if (g_strv_contains(kpi->roles, roles[r])) g_ptr_array_add(names, (gpointer)kpi->name);
    }
    if (names->len > MAX_OF_ROLE)
      tell_many(lint, g_strconcat("role:", roles[r], NULL), "are in the role's set", names, MAX_OF_ROLE);
  }
}

gboolean lint_too_many(Lint *lint, GError **error) {
  g_autoptr(GHashTable) by_who = lint_by_who(lint);
  g_autoptr(GPtrArray) keys = lint_keys(by_who);
  for (guint i = 0; i < keys->len; i++) {
    const char *who = g_ptr_array_index(keys, i);
    g_autoptr(GPtrArray) names = kpis_of(lint, g_hash_table_lookup(by_who, who));
    if (names->len > MAX_OF_MEMBER) tell_many(lint, g_strdup(who), "have targets", names, MAX_OF_MEMBER);
  }
  count_roles(lint);
  g_autoptr(GPtrArray) own = g_ptr_array_new();
  for (guint i = 0; i < kpi_catalogue_n_kpis(lint->context->catalogue); i++) {
    const KpiDefinition *kpi = kpi_catalogue_kpi(lint->context->catalogue, i);
    if (!kpi->built_in) g_ptr_array_add(own, (gpointer)kpi->name);
  }
  if (own->len > MAX_OWN) tell_many(lint, g_strdup("kpis/"), "are defined by the workspace itself", own, MAX_OWN);
  return TRUE;
}

/* --- chosen, and no target --- */

static void choose(const Lint *lint, GHashTable *chosen, const char *name, const char *why) {
  const KpiDefinition *kpi = kpi_catalogue_find(lint->context->catalogue, name, NULL);
  if (kpi && kpi->better != KPI_NEUTRAL && !g_hash_table_contains(chosen, kpi->name))
    g_hash_table_insert(chosen, (gpointer)kpi->name, (gpointer)why);
}

/* KPI → why it counts as chosen: its own definition, a weight in attain.yaml. */
static GHashTable *chosen_kpis(const Lint *lint) {
  GHashTable *chosen = g_hash_table_new(g_str_hash, g_str_equal);
  const ConfScorecard *scorecard = &lint->context->organisation->scorecard;
  for (gsize i = 0; i < scorecard->n_weights; i++)
    if (scorecard->weights[i].weight > 0)
      choose(lint, chosen, scorecard->weights[i].kpi, "it has a weight in scorecards");
  for (guint i = 0; i < kpi_catalogue_n_kpis(lint->context->catalogue); i++) {
    const KpiDefinition *kpi = kpi_catalogue_kpi(lint->context->catalogue, i);
    if (!kpi->built_in) choose(lint, chosen, kpi->name, "it is the workspace's own");
  }
  return chosen;
}

gboolean lint_no_target(Lint *lint, GError **error) {
  if (lint->current->len == 0) {
    LintFinding *finding = lint_add(
        lint, g_strdup("company"), g_strdup("No target is in force: no number here is good or bad."),
        "Set one: attain target set \"increase monthly revenue by 10%% within the next quarter\" --for company");
    lint_figure(finding, "targets", 0);
    return TRUE;
  }
  g_autoptr(GHashTable) chosen = chosen_kpis(lint);
  g_autoptr(GPtrArray) with = kpis_of(lint, lint->current), names = lint_keys(chosen);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    if (g_ptr_array_find_with_equal_func(with, name, g_str_equal, NULL)) continue;
    LintFinding *finding =
        lint_add(lint, g_strdup(name),
                 g_strdup_printf("%s was chosen (%s), and none of the %u targets in force is of it.",
                                 kpi_catalogue_find(lint->context->catalogue, name, NULL)->title,
                                 (const char *)g_hash_table_lookup(chosen, name), lint->current->len),
                 "See what is within reach with `attain target suggest %s`, and set it; or let go of the KPI.", name);
    lint_figure(finding, "targets", 0);
  }
  return TRUE;
}

/* --- nobody answers for it --- */

static gboolean is_person(const char *dimension) {
  return g_str_equal(dimension, "rep") || g_str_equal(dimension, "manager");
}

/* Somebody below has a target of the same KPI in an overlapping span. */
static gboolean is_shared_out(const Lint *lint, const Target *whole) {
  const TargetTerms *terms = &lint_version(lint, whole)->terms;
  for (guint i = 0; i < lint->current->len; i++) {
    const Target *part = g_ptr_array_index(lint->current, i);
    const TargetTerms *of = &lint_version(lint, part)->terms;
    gboolean below = part->parent == whole->number ||
                     (g_str_equal(of->kpi, terms->kpi) && of->start < terms->end && of->end > terms->start);
    if (part != whole && below && (is_person(of->dimension) || g_str_equal(of->dimension, "team"))) return TRUE;
  }
  return FALSE;
}

/* A team's manager, or NULL. `left`: the person, or the team's manager, has left. */
static gboolean read_answerable(const Lint *lint, const TargetTerms *terms, gboolean *is_somebody, gboolean *left,
                                GError **error) {
  static const char person[] =
      "SELECT left_at_day FROM person WHERE name = $1 ORDER BY left_at_day DESC NULLS FIRST LIMIT 1";
  static const char team[] =
      "SELECT p.left_at_day FROM team t JOIN person p ON p.key = t.manager WHERE t.name = $1 "
      "ORDER BY p.left_at_day DESC NULLS FIRST LIMIT 1";
  StoreValue name = {.type = STORE_TEXT, .text = terms->member};
  g_autoptr(StoreRows) rows =
      store_query(lint->context->store, is_person(terms->dimension) ? person : team, &name, 1, 0, error);
  if (!rows) return FALSE;
  *is_somebody = store_rows_count(rows) > 0;
  StoreValue day = *is_somebody ? store_rows_value(rows, 0, 0) : (StoreValue){.type = STORE_NULL};
  *left = day.type != STORE_NULL && day.integer <= lint->context->today;
  return TRUE;
}

/* `remedy` has # where the target's number goes. */
static void tell_nobody(Lint *lint, const Target *target, const char *what, const char *remedy) {
  const TargetTerms *terms = &lint_version(lint, target)->terms;
  g_autofree char *who = target_who_write(terms->dimension, terms->member);
  g_autofree char *words = base_count_words(target->number, remedy);
  LintFinding *finding = lint_add(lint, g_strdup_printf("target %" G_GINT64_FORMAT, target->number),
                                  g_strdup_printf("The target of %s for %s %s.", terms->kpi, who, what), "%s", words);
  lint_figure(finding, "target", (double)target->number);
}

gboolean lint_no_owner(Lint *lint, GError **error) {
  for (guint i = 0; i < lint->current->len; i++) {
    const Target *target = g_ptr_array_index(lint->current, i);
    const TargetTerms *terms = &lint_version(lint, target)->terms;
    gboolean somebody = FALSE, left = FALSE;
    if ((is_person(terms->dimension) || g_str_equal(terms->dimension, "team")) && terms->member) {
      if (!read_answerable(lint, terms, &somebody, &left, error)) return FALSE;
      if (left)
        tell_nobody(lint, target, "is somebody's who has left",
                    "Give it to who has the work now: attain target withdraw #, and set it for them.");
      else if (!somebody)
        tell_nobody(lint, target, "is a team's that has no manager",
                    "Name the team's manager in the records, or share target # out to people.");
    } else if (!is_shared_out(lint, target)) {
      tell_nobody(lint, target, "is shared out to no team and nobody",
                  "Hand it down to those who can move it: attain target cascade # --to team");
    }
  }
  return TRUE;
}

/* --- what for --- */

gboolean lint_no_objective(Lint *lint, GError **error) {
  g_autoptr(GPtrArray) without = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < lint->current->len; i++) {
    const Target *target = g_ptr_array_index(lint->current, i);
    if (!target_objective_of(target, lint->objectives))
      g_ptr_array_add(
          without, g_strdup_printf("%" G_GINT64_FORMAT " (%s)", target->number, lint_version(lint, target)->terms.kpi));
  }
  g_autofree char *list = lint_list(without, MAX_NAMED);
  if (without->len > 0) {
    g_autofree char *start = base_count_words(without->len, "# {target serves|targets serve} no objective");
    LintFinding *finding =
        lint_add(lint, g_strdup("company"), g_strdup_printf("%s of %u in force: %s.", start, lint->current->len, list),
                 "Say what they are for: attain objective set \"Grow with our customers\" --kpi KPI,KPI");
    lint_figure(finding, "targets", lint->current->len);
    lint_figure(finding, "without_objective", without->len);
  }
  for (guint i = 0; i < lint->objectives->len; i++) {
    const TargetObjective *objective = g_ptr_array_index(lint->objectives, i);
    guint n = 0;
    for (guint t = 0; t < lint->current->len; t++)
      n += target_objective_of(g_ptr_array_index(lint->current, t), lint->objectives) == objective;
    if (objective->ended || n > 0) continue;
    LintFinding *finding =
        lint_add(lint, g_strdup_printf("objective %s", objective->name),
                 g_strdup_printf("No target in force serves the objective \"%s\".", objective->name),
                 "Set a target of one of its KPIs, or end it: attain objective set \"%s\" --end", objective->name);
    lint_figure(finding, "targets", 0);
  }
  return TRUE;
}

/* --- nobody looks --- */

gboolean lint_unused(Lint *lint, GError **error) {
  g_autoptr(LintUsage) usage = lint->desk->usage_file ? lint_usage_read(lint->desk->usage_file) : NULL;
  BaseDay today = lint->context->today;
  BaseDay since = usage ? lint_usage_since(usage) : BASE_DAY_NONE;
  if (since == BASE_DAY_NONE || today - since < UNUSED_DAYS) return TRUE;
  g_autoptr(GHashTable) chosen = chosen_kpis(lint);
  g_autoptr(GPtrArray) with = kpis_of(lint, lint->current);
  for (guint i = 0; i < with->len; i++)
    g_hash_table_insert(chosen, g_ptr_array_index(with, i), (gpointer) "it has targets");
  g_autoptr(GPtrArray) names = lint_keys(chosen);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    g_autofree char *who = NULL;
    BaseDay last = lint_usage_last(usage, name, &who);
    if (last != BASE_DAY_NONE && today - last < UNUSED_DAYS) continue;
    g_autofree char *day = base_day_format(last == BASE_DAY_NONE ? since : last);
    LintFinding *finding =
        lint_add(lint, g_strdup(name),
                 last == BASE_DAY_NONE
                     ? g_strdup_printf("%s (%s) was not looked at once since %s, from when on this is known.", name,
                                       (const char *)g_hash_table_lookup(chosen, name), day)
                     : g_strdup_printf("%s (%s) was last looked at on %s, by %s: %d days ago.", name,
                                       (const char *)g_hash_table_lookup(chosen, name), day, who, today - last),
                 "Put it on a scorecard that is gone through each week, or let go of it and of its targets.");
    lint_figure(finding, "days", today - (last == BASE_DAY_NONE ? since : last));
  }
  return TRUE;
}
