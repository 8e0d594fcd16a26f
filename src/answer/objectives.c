/* What targets are for: objectives with the targets that serve them, and making them. */
#include "answer/objectives.h"

#include "answer/members.h"

/* --- listing --- */

static gboolean counts(const Target *target) {
  TargetState state = target_state(target);
  return state == TARGET_AGREED || state == TARGET_OPEN;
}

static guint count_targets(const GPtrArray *targets, const GPtrArray *objectives, const TargetObjective *objective) {
  guint n = 0;
  for (guint i = 0; i < targets->len; i++) {
    const Target *target = g_ptr_array_index(targets, i);
    n += counts(target) && target_objective_of(target, objectives) == objective;
  }
  return n;
}

void answer_objectives_json(const Session *session, const GPtrArray *objectives, const GPtrArray *targets, FILE *out) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "objectives");
  for (guint i = 0; i < objectives->len; i++) {
    const TargetObjective *objective = g_ptr_array_index(objectives, i);
    cli_json_begin_object(json);
    cli_json_member_integer(json, "objective", objective->number);
    cli_json_member_text(json, "name", objective->name);
    cli_json_member_text(json, "about", objective->about);
    cli_json_member_texts(json, "kpis", (const char *const *)objective->kpis);
    cli_json_member_bool(json, "ended", objective->ended);
    cli_json_member_array(json, "targets");
    for (guint t = 0; t < targets->len; t++) {
      const Target *target = g_ptr_array_index(targets, t);
      if (counts(target) && target_objective_of(target, objectives) == objective)
        cli_json_integer(json, target->number);
    }
    cli_json_end_array(json);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
  cli_json_member_array(json, "targets_without_objective");
  for (guint t = 0; t < targets->len; t++) {
    const Target *target = g_ptr_array_index(targets, t);
    if (counts(target) && !target_objective_of(target, objectives)) cli_json_integer(json, target->number);
  }
  cli_json_end_array(json);
  answer_moment_members(json, session);
  cli_json_end_object(json);
}

static void add_notes(CliTable *table, const GPtrArray *objectives, const GPtrArray *targets) {
  guint without_target = 0, without_objective = 0;
  for (guint i = 0; i < objectives->len; i++) {
    const TargetObjective *objective = g_ptr_array_index(objectives, i);
    without_target += !objective->ended && count_targets(targets, objectives, objective) == 0;
  }
  for (guint t = 0; t < targets->len; t++) {
    const Target *target = g_ptr_array_index(targets, t);
    without_objective += counts(target) && !target_objective_of(target, objectives);
  }
  g_autofree char *first = base_count_words(without_target,
                                            "# {objective has|objectives have} no target: nobody can tell "
                                            "whether {it is|they are} reached.");
  g_autofree char *second = base_count_words(without_objective, "# {target serves|targets serve} no objective.");
  if (without_target > 0) cli_table_add_note(table, first);
  if (without_objective > 0) cli_table_add_note(table, second);
}

CliTable *answer_objectives_table(const GPtrArray *objectives, const GPtrArray *targets) {
  static const CliColumn heads[] = {
      {"No.", CLI_RIGHT}, {"Objective", CLI_LEFT}, {"KPIs", CLI_LEFT}, {"Targets", CLI_RIGHT}};
  CliTable *table = cli_table_new("Objectives");
  cli_table_add_columns(table, heads, G_N_ELEMENTS(heads));
  for (guint i = 0; i < objectives->len; i++) {
    const TargetObjective *objective = g_ptr_array_index(objectives, i);
    guint n = count_targets(targets, objectives, objective);
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, objective->number);
    g_autofree char *kpis = g_strjoinv(", ", objective->kpis), *count = g_strdup_printf("%u", n);
    cli_table_add_row(table);
    cli_table_add_cell(table, number, CLI_STYLE_NONE);
    cli_table_add_cell(table, objective->name, objective->ended ? CLI_STYLE_DIM : CLI_STYLE_NONE);
    cli_table_add_cell(table, kpis, CLI_STYLE_NONE);
    cli_table_add_cell(table, objective->ended ? "ended" : count,
                       n == 0 && !objective->ended ? CLI_STYLE_BAD : CLI_STYLE_NONE);
  }
  add_notes(table, objectives, targets);
  return table;
}

/* --- making and changing --- */

static char **kpis_of(const Session *session, const char *const *values, GError **error) {
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (; values && *values; values++) {
    g_auto(GStrv) parts = g_strsplit(*values, ",", -1);
    for (char **part = parts; *part; part++) {
      const KpiDefinition *kpi = kpi_catalogue_find(session->catalogue, g_strstrip(*part), error);
      if (!kpi) return NULL;
      g_ptr_array_add(names, g_strdup(kpi->name));
    }
  }
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_steal(names, NULL);
}

static TargetObjective *find_named(const GPtrArray *objectives, const char *name) {
  for (guint i = 0; i < objectives->len; i++) {
    TargetObjective *objective = g_ptr_array_index(objectives, i);
    if (g_ascii_strcasecmp(objective->name, name) == 0) return objective;
  }
  return NULL;
}

/* What was said, with what of the one of before is not said anew. */
static void fill(TargetObjective *objective, const Session *session, const AnswerObjective *said,
                 const TargetObjective *before, char **kpis) {
  *objective = (TargetObjective){.number = before ? before->number : 0,
                                 .version = before ? before->version : 0,
                                 .name = (char *)said->name,
                                 .about = said->about ? (char *)said->about
                                          : before    ? before->about
                                                      : NULL,
                                 .kpis = *kpis || !before ? kpis : before->kpis,
                                 .ended = said->ends,
                                 .author = (char *)said->author,
                                 .said_at_us = session->now_us};
}

gboolean answer_objective_set(const Session *session, const AnswerObjective *said, gint64 *number, char ***kpis,
                              GError **error) {
  g_autoptr(GPtrArray) objectives = target_read_objectives(session->store, error);
  g_auto(GStrv) given = objectives ? kpis_of(session, said->kpis, error) : NULL;
  if (!given) return FALSE;
  const TargetObjective *before = find_named(objectives, said->name);
  if (!before && !*given) {
    g_autofree char *how =
        said->is_command ? g_strdup_printf(" attain objective set \"%s\" --kpi KPI", said->name) : g_strdup("");
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "which KPIs tell whether \"%s\" is reached?%s", said->name, how);
    return FALSE;
  }
  TargetObjective objective;
  fill(&objective, session, said, before, given);
  if (!target_objective_save(session->store, &objective, error)) return FALSE;
  *number = objective.number;
  *kpis = g_strdupv(objective.kpis);
  return TRUE;
}

void answer_objective_json(const AnswerObjective *said, gint64 number, char **kpis, FILE *out) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "objective", number);
  cli_json_member_text(json, "name", said->name);
  cli_json_member_texts(json, "kpis", (const char *const *)kpis);
  cli_json_member_bool(json, "ended", said->ends);
  cli_json_end_object(json);
}
