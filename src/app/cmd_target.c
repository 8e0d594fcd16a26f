/* attain target: where targets stand, and one of them with all that was said. */
#include "answer/target_question.h"
#include "app/commands.h"
#include "app/opening.h"
#include "app/targets.h"
#include "target/cascade.h"
#include "target/members.h"

#include <math.h>

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  const char *as_of = cli_option(arguments, "as-of"), *format = cli_option(arguments, "format");
  g_autoptr(Session) session = app_open_as_of(context, as_of, SESSION_DATABASE | SESSION_DEFINITIONS, error);
  g_autoptr(GPtrArray) targets = session ? target_read_all(session->store, error) : NULL;
  AnswerTargetsWanted wanted = {
      .who = cli_option(arguments, "for"), .kpi = cli_option(arguments, "kpi"), .all = cli_flag(arguments, "all")};
  g_autoptr(GPtrArray) chosen = targets ? answer_targets_choose(session, targets, &wanted, error) : NULL;
  g_autoptr(GPtrArray) objectives = chosen ? target_read_objectives(session->store, error) : NULL;
  if (!objectives) return -1;
  QueryContext question = answer_context(session);
  TargetDesk desk = {.context = &question};
  g_autoptr(GPtrArray) derived = answer_targets_derive(session, &desk, targets, &wanted, chosen, error);
  g_autoptr(GArray) standings = derived ? target_standings(&desk, chosen, error) : NULL;
  g_autoptr(GArray) forecasts = standings ? pace_forecasts(&desk, standings, error) : NULL;
  if (!forecasts) return -1;
  if (g_strcmp0(format, "json") == 0) {
    answer_targets_json(context->out, session, standings, forecasts, targets, derived, objectives, FALSE);
  } else if (standings->len == 0) {
    fputs(targets->len == 0
              ? "There is no target yet: `attain target set \"increase monthly revenue by 10% within the next "
                "quarter\" --for team:NAME` makes one.\n"
              : "None of the targets is of that kind: --all shows those that have ended, too.\n",
          context->out);
  } else {
    g_autoptr(CliTable) table = answer_targets_table(session, standings, forecasts, derived);
    cli_table_write(table, context, g_strcmp0(format, "md") == 0);
  }
  return 0;
}

/* --- one --- */

static void print_events(const CliContext *context, const Session *session, const Target *target) {
  TargetHearing hearing = answer_hearing(session, NULL, 0);
  cli_print_heading(context, "What was said");
  for (guint i = 0; i < target->events->len; i++) {
    const TargetEvent *event = g_ptr_array_index(target->events, i);
    const TargetVersion *version = g_ptr_array_index(target->versions, event->version - 1);
    g_autofree char *day = base_day_format(calendar_day_of(session->calendar, event->said_at_us));
    gboolean makes = event->act == TARGET_ACT_SET || event->act == TARGET_ACT_PROPOSE ||
                     event->act == TARGET_ACT_COUNTER || event->act == TARGET_ACT_ADJUST;
    g_autofree char *canonical = makes ? target_terms_say(&hearing, &version->terms) : NULL;
    g_autofree char *from = base_day_format(version->effective);
    gboolean later = makes && version->effective > version->terms.start;
    fprintf(context->out, "  %s  %s: %s, version %u%s%s%s%s%s\n", day, event->author, target_act_name(event->act),
            event->version, canonical ? ": " : "", canonical ? canonical : "", later ? " (from " : "",
            later ? from : "", later ? " on)" : "");
    if (!event->words) continue;
    fputs("              ", context->out);
    cli_print_text(context, event->words, 14, 14);
  }
}

/* What was handed down of it, and what of it is nobody's. */
static void print_parts(const CliContext *context, const Session *session, const TargetStanding *standing,
                        const GPtrArray *targets) {
  guint n;
  double assigned = target_assigned(targets, standing->target, session->today, &n);
  if (n == 0 || !standing->kpi || !standing->has_amount || !target_adds_up(standing->kpi)) return;
  double unit = pow(10, -target_digits(standing->kpi, session->organisation->currency));
  double left = standing->amount - assigned;
  if (fabs(left) < unit) left = 0;
  g_autofree char *sum = answer_number(session, standing->kpi, TRUE, assigned);
  g_autofree char *rest = answer_number(session, standing->kpi, TRUE, ABS(left));
  g_autofree char *targets_words = base_count_words(n, "# {target, which comes|targets, which come}");
  g_autofree char *text = left == 0 ? g_strdup_printf("Handed down to %s to it exactly.", targets_words)
                                    : g_strdup_printf("Handed down to %s to %s: %s %s.", targets_words, sum, rest,
                                                      left > 0 ? "of it is nobody's" : "more than it asks");
  cli_print_text(context, text, 0, 0);
}

static void print_one(const CliContext *context, const Session *session, const TargetStanding *standing,
                      const PaceForecast *forecast, const GPtrArray *targets) {
  TargetHearing hearing = answer_hearing(session, NULL, 0);
  g_autofree char *canonical = target_terms_say(&hearing, &standing->version->terms);
  g_autofree char *words = answer_target_words(session, standing, forecast);
  g_autofree char *title = g_strdup_printf("Target %" G_GINT64_FORMAT " (%s): %s", standing->target->number,
                                           target_state_name(target_state(standing->target)), canonical);
  cli_print_heading(context, title);
  cli_print_text(context, words, 0, 0);
  print_parts(context, session, standing, targets);
  fputc('\n', context->out);
  print_events(context, session, standing->target);
}

static int run_show(CliContext *context, const CliArguments *arguments, GError **error) {
  gint64 number;
  if (!targets_number(arguments, 0, &number, error)) return -1;
  const char *as_of = cli_option(arguments, "as-of");
  g_autoptr(Session) session = app_open_as_of(context, as_of, SESSION_DATABASE | SESSION_DEFINITIONS, error);
  g_autoptr(GPtrArray) targets = session ? target_read_all(session->store, error) : NULL;
  Target *target = targets ? target_find(targets, number, error) : NULL;
  g_autoptr(GPtrArray) objectives = target ? target_read_objectives(session->store, error) : NULL;
  if (!objectives) return -1;
  g_autoptr(GPtrArray) one = g_ptr_array_new();
  g_ptr_array_add(one, target);
  QueryContext question = answer_context(session);
  TargetDesk desk = {.context = &question};
  g_autoptr(GArray) standings = target_standings(&desk, one, error);
  g_autoptr(GArray) forecasts = standings ? pace_forecasts(&desk, standings, error) : NULL;
  if (!forecasts) return -1;
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0)
    answer_targets_json(context->out, session, standings, forecasts, targets, NULL, objectives, TRUE);
  else
    print_one(context, session, &g_array_index(standings, TargetStanding, 0),
              &g_array_index(forecasts, PaceForecast, 0), targets);
  return 0;
}

static const CliOption options[] = {
    {"for", 0, CLI_VALUE, "WHO", "only of company, team:North, \"rep:Ana Silva\"; \"rep:\" of all reps", NULL},
    {"kpi", 0, CLI_VALUE, "KPI", "only of this KPI", NULL},
    {"all", 'a', CLI_FLAG, NULL, "those that have ended, were declined or withdrawn, too", NULL},
    {"as-of", 0, CLI_VALUE, "TIME", "targets and records as they were known on a date (its end) or at a time", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

const CliCommand cmd_target = {
    .name = "target",
    .synopsis = "",
    .about = "show where targets stand; set, propose, agree and adjust them",
    .details =
        "Attained is the actual over the target, both of the whole team or person, never a mean of percentages; of "
        "what "
        "should be less it is 2 - actual / target. It has no cap. Due by now is what the target's spread puts before "
        "the "
        "end of today.",
    .examples =
        "attain target\tall that run or are to come\n"
        "attain target --for team:North --format json\tof a team, for another program\n"
        "attain target --as-of 2026-10-01\tas they stood then",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};

static const CliOption show_options[] = {
    {"as-of", 0, CLI_VALUE, "TIME", "as it was known on a date (its end) or at a time", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json"},
};

const CliCommand cmd_target_show = {
    .name = "target show",
    .synopsis = "NUMBER",
    .about = "one target: where it stands, its versions and what was said of it",
    .examples = "attain target show 3\ttarget 3",
    .options = show_options,
    .n_options = G_N_ELEMENTS(show_options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};
