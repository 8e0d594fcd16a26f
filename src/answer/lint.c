/* Mistakes found, and KPIs chosen for a goal, as JSON. */
#include "answer/lint.h"

#include "answer/members.h"

/* --- mistakes --- */

static void json_finding(CliJson *json, const LintFinding *finding) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "rule", finding->rule);
  cli_json_member_text(json, "severity", lint_severity_name(finding->severity));
  cli_json_member_text(json, "subject", finding->subject);
  cli_json_member_text(json, "evidence", finding->evidence);
  cli_json_member_object(json, "figures");
  for (guint i = 0; i < finding->figures->len; i++) {
    const LintFigure *figure = &g_array_index(finding->figures, LintFigure, i);
    cli_json_member_number(json, figure->name, figure->value);
  }
  cli_json_end_object(json);
  cli_json_member_array(json, "records");
  for (guint i = 0; i < finding->records->len; i++) {
    const LintRecord *record = g_ptr_array_index(finding->records, i);
    cli_json_begin_object(json);
    cli_json_member_text(json, "table", record->table);
    cli_json_member_text(json, "id", record->id);
    cli_json_member_text(json, "about", record->about);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
  cli_json_member_text(json, "remedy", finding->remedy);
  g_autofree char *silence = g_strdup_printf("%s %s", finding->rule, finding->subject);
  cli_json_member_text(json, "ignore", silence);
  cli_json_end_object(json);
}

void answer_lint_json(FILE *out, const Session *session, const LintReport *report) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "rules", report->n_rules);
  cli_json_member_integer(json, "ignored", report->n_ignored);
  g_autofree char *latest = report->latest == BASE_DAY_NONE ? NULL : base_day_format(report->latest);
  cli_json_member_text(json, "latest_record", latest);
  cli_json_member_array(json, "findings");
  for (guint i = 0; i < report->findings->len; i++) json_finding(json, g_ptr_array_index(report->findings, i));
  cli_json_end_array(json);
  answer_moment_members(json, session);
  cli_json_end_object(json);
}

void answer_lint_rules_json(FILE *out) {
  guint n;
  const LintRule *rules = lint_rules(&n);
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_array(json);
  for (guint i = 0; i < n; i++) {
    cli_json_begin_object(json);
    cli_json_member_text(json, "rule", rules[i].name);
    cli_json_member_text(json, "severity", lint_severity_name(rules[i].severity));
    cli_json_member_text(json, "about", rules[i].about);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

/* --- goals --- */

GPtrArray *answer_goal_kpis(const LintGoal *goal) {
  GPtrArray *names = g_ptr_array_new();
  for (guint k = 0; k < goal->kpis->len; k++)
    g_ptr_array_add(names, (gpointer)g_array_index(goal->kpis, LintGoalKpi, k).kpi);
  g_ptr_array_add(names, NULL);
  return names;
}

void answer_goals_json(FILE *out, const LintGoals *goals) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_array(json);
  for (guint i = 0; i < lint_goals_count(goals); i++) {
    const LintGoal *goal = lint_goals_get(goals, i);
    g_autoptr(GPtrArray) names = answer_goal_kpis(goal);
    cli_json_begin_object(json);
    cli_json_member_text(json, "goal", goal->name);
    cli_json_member_text(json, "name", goal->title);
    cli_json_member_texts(json, "kpis", (const char *const *)names->pdata);
    cli_json_member_bool(json, "built_in", goal->built_in);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

/* Lines to run, of the KPIs that have their records; caller frees. */
GPtrArray *answer_choice_commands(const LintGoal *goal, const GArray *choices) {
  GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < choices->len; i++) {
    const LintChoice *choice = &g_array_index(choices, LintChoice, i);
    if (choice->missing->len == 0) g_string_append_printf(names, "%s%s", names->len ? "," : "", choice->kpi->name);
  }
  if (names->len == 0) return lines;
  g_ptr_array_add(lines, g_strdup_printf("attain objective set \"%s\" --kpi %s", goal->title, names->str));
  g_ptr_array_add(lines, g_strdup_printf("attain scorecard --kpi %s", names->str));
  for (guint i = 0; i < choices->len; i++) {
    const LintChoice *choice = &g_array_index(choices, LintChoice, i);
    if (choice->missing->len > 0 || choice->kpi->better == KPI_NEUTRAL) continue;
    g_ptr_array_add(lines,
                    g_strdup_printf("attain target set \"%s %s by 5%% within the next quarter\" --for company",
                                    choice->kpi->better == KPI_HIGHER ? "increase" : "reduce", choice->kpi->name));
  }
  return lines;
}

void answer_choice_json(FILE *out, const LintGoal *goal, const char *said, gboolean exact, const GArray *choices) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "goal", goal->name);
  cli_json_member_text(json, "name", goal->title);
  cli_json_member_text(json, "asked", said);
  cli_json_member_bool(json, "exact", exact);
  cli_json_member_array(json, "kpis");
  for (guint i = 0; i < choices->len; i++) {
    const LintChoice *choice = &g_array_index(choices, LintChoice, i);
    cli_json_begin_object(json);
    cli_json_member_text(json, "kpi", choice->kpi->name);
    cli_json_member_text(json, "name", choice->kpi->title);
    cli_json_member_text(json, "timing", choice->kpi->timing == KPI_LEADING ? "leading" : "lagging");
    cli_json_member_text(json, "why", choice->why);
    cli_json_member_text(json, "in_place_of", choice->in_place_of ? choice->in_place_of->name : NULL);
    cli_json_member_texts(json, "needs", choice->kpi->needs);
    cli_json_member_array(json, "missing");
    for (guint m = 0; m < choice->missing->len; m++) cli_json_text(json, g_ptr_array_index(choice->missing, m));
    cli_json_end_array(json);
    cli_json_member_text(json, "needs_hint", choice->kpi->needs_hint);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
  cli_json_member_array(json, "commands");
  g_autoptr(GPtrArray) lines = answer_choice_commands(goal, choices);
  for (guint i = 0; i < lines->len; i++) cli_json_text(json, g_ptr_array_index(lines, i));
  cli_json_end_array(json);
  cli_json_end_object(json);
}
