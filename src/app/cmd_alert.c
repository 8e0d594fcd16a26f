/* attain alert: the rules and where they stand; judging them now. */
#include "app/alerting.h"
#include "app/commands.h"
#include "app/opening.h"
#include "send/send.h"

/* --- the list --- */

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session = app_open(context, SESSION_DATABASE | SESSION_DEFINITIONS, error);
  g_autoptr(GPtrArray) wrong = NULL;
  g_autoptr(GPtrArray) rules = session ? session_alert_rules(session, NULL, &wrong, error) : NULL;
  g_autoptr(AlertBook) book = rules ? alert_book_read(session->store, error) : NULL;
  if (!book) return -1;
  const char *format = cli_option(arguments, "format");
  int code = wrong->len > 0 ? 1 : 0;
  alerting_tell_wrong(wrong, context->err);
  if (g_strcmp0(format, "json") == 0) {
    answer_alerts_json(context->out, session, rules, book);
    return code;
  }
  if (rules->len == 0) {
    if (code) return code;
    fputs(
        "There is no rule yet: write one in alerts/*.yaml (docs/alerts.md), such as\n\n"
        "  rules:\n"
        "    win_rate_low: {kpi: win_rate, who: each team, period: last-30-days, below: 20%, at_least: 20, to: "
        "[managers]}\n",
        context->out);
    return 0;
  }
  g_autoptr(CliTable) table = answer_alerts_table(session, rules, book);
  cli_table_write(table, context, g_strcmp0(format, "md") == 0);
  return code;
}

/* --- judging --- */

static int run_dry(CliContext *context, const char *format, GError **error) {
  g_autoptr(Session) session = app_open(context, SESSION_DATABASE | SESSION_DEFINITIONS, error);
  g_autoptr(GPtrArray) rules = session ? alerting_rules(session, context->err, error) : NULL;
  if (!rules) return -1;
  QueryContext question = answer_context(session);
  AlertDesk desk = alerting_desk(session, &question);
  g_autoptr(GPtrArray) findings = alert_judge(&desk, rules, error);
  if (!findings) return -1;
  if (g_strcmp0(format, "json") == 0) {
    answer_alert_findings_json(context->out, session, findings);
    return 0;
  }
  g_autoptr(CliTable) table = answer_alert_findings_table(session, findings);
  cli_table_write(table, context, g_strcmp0(format, "md") == 0);
  return 0;
}

static int tell_run(const CliContext *context, const Session *session, const Alerting *alerting, const char *format) {
  int code = alerting->delivery.n_lost > 0 || alerting->wrong->len > 0 ? 1 : 0;
  if (g_strcmp0(format, "json") == 0) {
    g_autoptr(CliJson) json = cli_json_new(context->out);
    answer_alert_run_json(json, alerting->events, alerting->unjudged, &alerting->delivery);
    return code;
  }
  if (alerting->events->len > 0) {
    g_autoptr(CliTable) table = answer_alert_events_table(session, "What has changed", alerting->events);
    cli_table_write(table, context, g_strcmp0(format, "md") == 0);
  } else {
    fputs("Nothing has changed.\n", context->out);
  }
  for (guint i = 0; i < alerting->unjudged->len; i++)
    fprintf(context->out, "Note: %s.\n", (const char *)g_ptr_array_index(alerting->unjudged, i));
  g_autofree char *words = alerting_delivery_words(&alerting->delivery);
  if (words) fprintf(context->out, "%s.\n", words);
  return code;
}

static int run_run(CliContext *context, const CliArguments *arguments, GError **error) {
  const char *format = cli_option(arguments, "format");
  if (cli_flag(arguments, "dry-run")) return run_dry(context, format, error);
  g_autoptr(Session) session = app_open(context, SESSION_DATABASE | SESSION_WRITE | SESSION_DEFINITIONS, error);
  g_auto(Alerting) alerting = {0};
  if (!session || !alerting_run(session, NULL, &alerting, error)) return -1;
  alerting_tell_wrong(alerting.wrong, context->err);
  return tell_run(context, session, &alerting, format);
}

static int run_send(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session = app_open(context, SESSION_DATABASE | SESSION_WRITE | SESSION_DEFINITIONS, error);
  g_autoptr(GPtrArray) rules = session ? alerting_rules(session, context->err, error) : NULL;
  g_auto(AlertDelivery) delivery = {0};
  if (!rules || !alerting_fill(session, error) || !alerting_send(session, rules, &delivery, error)) return -1;
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0) {
    g_autoptr(CliJson) json = cli_json_new(context->out);
    cli_json_begin_object(json);
    answer_alert_delivery_json(json, &delivery);
    cli_json_end_object(json);
  } else {
    g_autofree char *words = alerting_delivery_words(&delivery);
    fprintf(context->out, "%s.\n", words ? words : "There is nothing to send");
  }
  return delivery.n_lost > 0 ? 1 : 0;
}

/* --- the table --- */

static const CliOption options[] = {
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

const CliCommand cmd_alert = {
    .name = "alert",
    .synopsis = "",
    .about = "show the alert rules and where they stand",
    .details =
        "Rules stand in the workspace's alerts/*.yaml, channels in attain.yaml (docs/alerts.md). They are judged after "
        "each load, and by the clock with `attain alert run`, which a timer may call every few minutes.",
    .examples = "attain alert\tall rules, and who fires\nattain alert --format json\tfor another program",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .run = run,
};

static const CliOption run_options[] = {
    {"dry-run", 0, CLI_FLAG, NULL, "only say what each rule finds of whom; write and send nothing", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

const CliCommand cmd_alert_run = {
    .name = "alert run",
    .synopsis = "",
    .about = "judge all rules now, and send what is due",
    .details =
        "Judges every rule at the clock: how long something holds, reminders, digests and the end of quiet hours need "
        "that, also when nothing is loaded. The exit code is 1 where a message was refused for good or a rule could "
        "not be read; the others "
        "are judged all the same.",
    .examples =
        "attain alert run\tevery few minutes, from cron or a timer\n"
        "attain alert run --dry-run\twhat each rule finds, silent ones with the reason",
    .options = run_options,
    .n_options = G_N_ELEMENTS(run_options),
    .run = run_run,
};

static const CliOption send_options[] = {
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json"},
};

const CliCommand cmd_alert_send = {
    .name = "alert send",
    .synopsis = "",
    .about = "send the messages that wait, without judging the rules",
    .examples = "attain alert send\twhat is due and was not sent yet",
    .options = send_options,
    .n_options = G_N_ELEMENTS(send_options),
    .run = run_send,
};
