/* attain alert test: when a rule would have fired. */
#include "answer/alert_say.h"
#include "app/alerting.h"
#include "app/commands.h"
#include "app/opening.h"

/* What is worth a line: not what only began and passed. */
static gboolean is_shown(const AlertEvent *event) {
  return event->act == ALERT_ACT_FIRE || event->act == ALERT_ACT_RECOVER || event->act == ALERT_ACT_END ||
         event->act == ALERT_ACT_REMIND;
}

/* Nothing is known of what was known before the first load. */
static void print_reach(const CliContext *context, const AlertReplay *replay, BaseDay since) {
  if (replay->first == since) return;
  g_autofree char *first = replay->first == BASE_DAY_NONE ? NULL : base_day_format(replay->first);
  g_autofree char *text =
      first ? g_strdup_printf(
                  "What was known is known from the first load on, %s; --hindsight judges the days before "
                  "by the records as they are known now.",
                  first)
            : g_strdup("Nothing had been loaded by then; --hindsight judges by the records as they are known now.");
  cli_print_text(context, text, 0, 0);
}

static void print_text(const CliContext *context, const Session *session, const AlertRule *rule,
                       const AlertReplay *replay, BaseDay since, gboolean is_hindsight, gboolean md) {
  guint n_fired = answer_alert_count(replay->events, ALERT_ACT_FIRE),
        n_back = answer_alert_count(replay->events, ALERT_ACT_RECOVER);
  g_autofree char *fired = base_count_words(n_fired, "# {time|times}");
  g_autofree char *back = base_count_words(n_back, "# {time|times}");
  g_autofree char *days = base_count_words(replay->n_days, "# {day was|days were} judged");
  g_autoptr(GPtrArray) shown = g_ptr_array_new();
  for (guint i = 0; i < replay->events->len; i++)
    if (is_shown(g_ptr_array_index(replay->events, i))) g_ptr_array_add(shown, g_ptr_array_index(replay->events, i));
  if (shown->len > 0) {
    g_autofree char *title = g_strdup_printf(is_hindsight ? "%s, judged at the end of each day by what is known now"
                                                          : "%s, judged by what was known at the end of each day",
                                             rule->title);
    g_autoptr(CliTable) table = answer_alert_events_table(session, title, shown);
    cli_table_write(table, context, md);
    fputc('\n', context->out);
  }
  fprintf(context->out, "%s would have fired %s and recovered %s; %s.\n", rule->name, fired, back, days);
  print_reach(context, replay, since);
  if (replay->n_silent == 0) return;
  g_autofree char *silent =
      base_count_words(replay->n_silent, "On # {day it was silent|days it was silent}: the last time because ");
  fprintf(context->out, "%s%s.\n", silent, replay->silence ? replay->silence : "there was nobody to judge");
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  const char *format = cli_option(arguments, "format");
  g_autoptr(Session) session = app_open(context, SESSION_DATABASE | SESSION_DEFINITIONS, error);
  g_autoptr(GPtrArray) rules = session ? alerting_rules(session, context->err, error) : NULL;
  const AlertRule *rule = rules ? alert_rules_need(rules, cli_operand(arguments, 0), error) : NULL;
  BaseDay since;
  if (!rule || !answer_alert_since(session, cli_option(arguments, "since"), TRUE, &since, error)) return -1;
  QueryContext question = answer_context(session);
  AlertDesk desk = alerting_desk(session, &question);
  g_auto(AlertReplay) replay = {0};
  gboolean is_hindsight = cli_flag(arguments, "hindsight");
  if (!alert_replay(&desk, rule, since, is_hindsight, answer_alert_say, session, &replay, error)) return -1;
  if (g_strcmp0(format, "json") == 0)
    answer_alert_replay_json(context->out, rule, &replay, since, session->today);
  else
    print_text(context, session, rule, &replay, since, is_hindsight, g_strcmp0(format, "md") == 0);
  return 0;
}

static const CliOption options[] = {
    {"since", 0, CLI_VALUE, "DAY", "the first day that is judged (default: three months ago)", NULL},
    {"hindsight", 0, CLI_FLAG, NULL, "by the records as they are known now, for days before the first load too", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

const CliCommand cmd_alert_test = {
    .name = "alert test",
    .synopsis = "RULE",
    .about = "say when a rule would have fired and recovered",
    .details =
        "Judges the rule at the end of each day since then, by the records and targets as they were known on that day: "
        "what was corrected or loaded later is not there yet. Days before the first load are left out, unless "
        "--hindsight judges by what is known now. Nothing is written or sent.",
    .examples = "attain alert test win_rate_low --since 2026-01-01\tsince the first of January",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
