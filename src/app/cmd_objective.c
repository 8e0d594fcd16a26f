/* attain objective: what targets are for. */
#include "app/commands.h"
#include "app/targets.h"

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

static void print_json(const CliContext *context, const GPtrArray *objectives, const GPtrArray *targets) {
  g_autoptr(CliJson) json = cli_json_new(context->out);
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

static void print_table(const CliContext *context, const GPtrArray *objectives, const GPtrArray *targets, gboolean md) {
  static const CliColumn heads[] = {
      {"No.", CLI_RIGHT}, {"Objective", CLI_LEFT}, {"KPIs", CLI_LEFT}, {"Targets", CLI_RIGHT}};
  g_autoptr(CliTable) table = cli_table_new("Objectives");
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
  cli_table_write(table, context, md);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session = session_open(context->folder, context->now, SESSION_DATABASE, error);
  g_autoptr(GPtrArray) objectives = session ? target_read_objectives(session->store, error) : NULL;
  g_autoptr(GPtrArray) targets = objectives ? target_read_all(session->store, error) : NULL;
  if (!targets) return -1;
  const char *format = cli_option(arguments, "format");
  if (g_strcmp0(format, "json") == 0)
    print_json(context, objectives, targets);
  else if (objectives->len == 0)
    fputs(
        "There is no objective yet: `attain objective set \"Grow in the North\" --kpi revenue --kpi new_customers` "
        "makes "
        "one, and targets of those KPIs serve it.\n",
        context->out);
  else
    print_table(context, objectives, targets, g_strcmp0(format, "md") == 0);
  return 0;
}

/* --- making and changing --- */

static char **kpis_of(Session *session, const CliArguments *arguments, GError **error) {
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (const char *const *value = cli_option_all(arguments, "kpi"); *value; value++) {
    g_auto(GStrv) parts = g_strsplit(*value, ",", -1);
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

static int run_set(CliContext *context, const CliArguments *arguments, GError **error) {
  const char *name = cli_operand(arguments, 0), *about = cli_option(arguments, "about");
  g_autoptr(Session) session = session_open(context->folder, context->now, SESSION_WRITE | SESSION_DEFINITIONS, error);
  g_autoptr(GPtrArray) objectives = session ? target_read_objectives(session->store, error) : NULL;
  g_auto(GStrv) kpis = objectives ? kpis_of(session, arguments, error) : NULL;
  if (!kpis) return -1;
  const TargetObjective *before = find_named(objectives, name);
  if (!before && !*kpis) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "which KPIs tell whether \"%s\" is reached? attain objective set \"%s\" --kpi KPI", name, name);
    return -1;
  }
  TargetObjective objective = {.number = before ? before->number : 0,
                               .version = before ? before->version : 0,
                               .name = (char *)name,
                               .about = about    ? (char *)about
                                        : before ? before->about
                                                 : NULL,
                               .kpis = *kpis ? kpis : before->kpis,
                               .ended = cli_flag(arguments, "end"),
                               .said_at_us = session->now_us};
  g_autofree char *author = targets_author(arguments);
  objective.author = author;
  if (!target_objective_save(session->store, &objective, error)) return -1;
  g_autofree char *list = g_strjoinv(", ", objective.kpis);
  fprintf(context->out, "Objective %" G_GINT64_FORMAT "%s: %s (%s)\n", objective.number,
          objective.ended ? ", ended" : "", name, list);
  return 0;
}

static const CliOption options[] = {
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

const CliCommand cmd_objective = {
    .name = "objective",
    .synopsis = "",
    .about = "list the objectives that targets serve, with those that have none",
    .details =
        "An objective says what for; its KPIs tell whether it is reached. A target of one of these KPIs serves it.",
    .examples = "attain objective\tall, with their targets",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};

static const CliOption set_options[] = {
    {"kpi", 0, CLI_VALUES, "KPI", "a KPI that tells whether it is reached; several with commas", NULL},
    {"about", 0, CLI_VALUE, "TEXT", "what is meant by it", NULL},
    {"end", 0, CLI_FLAG, NULL, "it is no longer an objective", NULL},
    {"as", 0, CLI_VALUE, "NAME", "who says it (default: you)", NULL},
};

const CliCommand cmd_objective_set = {
    .name = "objective set",
    .synopsis = "NAME",
    .about = "make an objective, or change one",
    .examples = "attain objective set \"Grow in the North\" --kpi revenue,new_customers\ta new one",
    .options = set_options,
    .n_options = G_N_ELEMENTS(set_options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run_set,
};
