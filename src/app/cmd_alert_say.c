/* attain alert snooze, ack, history, outbox: what people say about alerts, and what was said to them. */
#include "answer/alert_say.h"
#include "app/alerting.h"
#include "app/commands.h"
#include "app/opening.h"
#include "app/targets.h"

#define SHOWN_EVENTS 200

static Session *open_to_write(const CliContext *context, GError **error) {
  return app_open(context, SESSION_DATABASE | SESSION_WRITE | SESSION_DEFINITIONS, error);
}

/* --- what is said --- */

static void tell(const CliContext *context, const CliArguments *arguments, const Session *session,
                 const AlertEvent *event) {
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0) {
    g_autoptr(CliJson) json = cli_json_new(context->out);
    answer_alert_event_json(json, event);
    return;
  }
  g_autofree char *whose = *event->who ? answer_alert_who(event->who) : g_strdup("all");
  g_autofree char *until = event->until_us ? answer_alert_time(session, event->until_us) : NULL;
  fprintf(context->out, "%s: %s for %s%s%s.\n", event->rule, answer_alert_act(event->act), whose,
          until ? " until " : "", until ? until : "");
}

static int say(CliContext *context, const CliArguments *arguments, AlertAct act, GError **error) {
  g_autofree char *author = targets_author(arguments);
  AnswerAlertSaying saying = {.act = act,
                              .rule = cli_operand(arguments, 0),
                              .who = cli_operand(arguments, 1),
                              .until = act == ALERT_ACT_SNOOZE ? cli_option(arguments, "until") : NULL,
                              .length = act == ALERT_ACT_SNOOZE ? cli_option(arguments, "for") : NULL,
                              .author = author,
                              .reason = cli_option(arguments, "reason"),
                              .is_command = TRUE};
  g_autoptr(Session) session = open_to_write(context, error);
  g_autoptr(GPtrArray) rules = session ? alerting_rules(session, context->err, error) : NULL;
  g_autoptr(AlertBook) book = rules ? alert_book_read(session->store, error) : NULL;
  g_autoptr(AlertEvent) event = book ? answer_alert_said(session, rules, book, &saying, error) : NULL;
  if (!event) return -1;
  tell(context, arguments, session, event);
  return 0;
}

static int run_snooze(CliContext *context, const CliArguments *arguments, GError **error) {
  return say(context, arguments, cli_flag(arguments, "wake") ? ALERT_ACT_WAKE : ALERT_ACT_SNOOZE, error);
}

static int run_ack(CliContext *context, const CliArguments *arguments, GError **error) {
  return say(context, arguments, ALERT_ACT_ACK, error);
}

/* --- what was --- */

static int run_history(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session = app_open(context, SESSION_DATABASE, error);
  const char *rule = cli_n_operands(arguments) > 0 ? cli_operand(arguments, 0) : NULL;
  const char *format = cli_option(arguments, "format");
  gboolean is_json = g_strcmp0(format, "json") == 0;
  g_autoptr(GPtrArray) events =
      session ? alert_events_read(session->store, rule, is_json ? 0 : SHOWN_EVENTS, error) : NULL;
  if (!events) return -1;
  if (is_json) {
    answer_alert_history_json(context->out, events);
  } else if (events->len == 0) {
    fputs("Nothing has fired so far.\n", context->out);
  } else {
    g_autoptr(CliTable) table =
        answer_alert_events_table(session, "What alerts did, and what was said of them", events);
    if (events->len == SHOWN_EVENTS) cli_table_add_note(table, "The last 200; `--format json` has all.");
    cli_table_write(table, context, g_strcmp0(format, "md") == 0);
  }
  return 0;
}

static int run_again(CliContext *context, const char *text, GError **error) {
  guint64 number;
  if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT32, &number, NULL)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--again takes the number of a message, not \"%s\"", text);
    return -1;
  }
  g_autoptr(Session) session = open_to_write(context, error);
  if (!session || !alert_outbox_again(session->store, (gint64)number, session->now_us, error)) return -1;
  fprintf(context->out, "Message %u waits to be sent again: `attain alert send` sends it now.\n", (guint)number);
  return 0;
}

/* What quiet hours and digests hold back becomes a message when its time has come. */
static gboolean print_nothing(CliContext *context, const Session *session, GError **error) {
  AlertWaiting waiting;
  if (!alert_outbox_next(session->store, session->now_us, &waiting, error)) return FALSE;
  g_autofree char *then = waiting.next_us < G_MAXINT64 ? answer_alert_time(session, waiting.next_us) : NULL;
  if (then)
    fprintf(context->out, "Quiet hours or a digest hold back what happened: it is sent from %s on.\n", then);
  else
    fputs("Nothing waits to be sent; --all shows what was.\n", context->out);
  return TRUE;
}

static int run_outbox(CliContext *context, const CliArguments *arguments, GError **error) {
  const char *again = cli_option(arguments, "again"), *format = cli_option(arguments, "format");
  if (again) return run_again(context, again, error);
  g_autoptr(Session) session = app_open(context, SESSION_DATABASE, error);
  gboolean only_waiting = !cli_flag(arguments, "all");
  g_autoptr(GPtrArray) messages = session ? alert_outbox_read(session->store, only_waiting, error) : NULL;
  if (!messages) return -1;
  if (g_strcmp0(format, "json") == 0) {
    answer_alert_outbox_json(context->out, messages);
  } else if (messages->len == 0 && only_waiting) {
    if (!print_nothing(context, session, error)) return -1;
  } else if (messages->len == 0) {
    fputs("No message was made yet.\n", context->out);
  } else {
    g_autoptr(CliTable) table = answer_alert_outbox_table(session, messages);
    cli_table_write(table, context, g_strcmp0(format, "md") == 0);
  }
  return 0;
}

/* --- the tables --- */

#define SAY_OPTIONS                                                                 \
  {"as", 0, CLI_VALUE, "NAME", "who says it (default: you)", NULL},                 \
      {"reason", 'r', CLI_VALUE, "TEXT", "why; it is kept in the history", NULL}, { \
    "format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json"       \
  }

static const CliOption snooze_options[] = {
    {"until", 0, CLI_VALUE, "TIME", "a day (its end) or a time", NULL},
    {"for", 0, CLI_VALUE, "LENGTH", "2 hours, 3 days, 1 week", NULL},
    {"wake", 0, CLI_FLAG, NULL, "end the snooze", NULL},
    SAY_OPTIONS,
};

const CliCommand cmd_alert_snooze = {
    .name = "alert snooze",
    .synopsis = "RULE [WHO]",
    .about = "keep a rule quiet until a time, for all or for one",
    .details =
        "What happens meanwhile is kept in the history and told to nobody. What still fires when the snooze is over is "
        "told then.",
    .examples =
        "attain alert snooze win_rate_low --until 2026-12-01\tfor all\n"
        "attain alert snooze win_rate_low team:North --for \"3 days\"\tfor one team\n"
        "attain alert snooze win_rate_low --wake\tit speaks again",
    .options = snooze_options,
    .n_options = G_N_ELEMENTS(snooze_options),
    .min_operands = 1,
    .max_operands = 2,
    .run = run_snooze,
};

static const CliOption ack_options[] = {SAY_OPTIONS};

const CliCommand cmd_alert_ack = {
    .name = "alert ack",
    .synopsis = "RULE [WHO]",
    .about = "say that you see to what fires: no reminders until it has recovered",
    .examples = "attain alert ack team_behind team:North --reason \"two deals slip into January\"\tof one team",
    .options = ack_options,
    .n_options = G_N_ELEMENTS(ack_options),
    .min_operands = 1,
    .max_operands = 2,
    .run = run_ack,
};

static const CliOption list_options[] = {
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

const CliCommand cmd_alert_history = {
    .name = "alert history",
    .synopsis = "[RULE]",
    .about = "what alerts did, and what was said of them",
    .examples = "attain alert history\tof all rules\nattain alert history win_rate_low\tof one",
    .options = list_options,
    .n_options = G_N_ELEMENTS(list_options),
    .max_operands = 1,
    .run = run_history,
};

static const CliOption outbox_options[] = {
    {"all", 0, CLI_FLAG, NULL, "those that were sent, too", NULL},
    {"again", 0, CLI_VALUE, "NUMBER", "try a message again that was refused or given up", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

const CliCommand cmd_alert_outbox = {
    .name = "alert outbox",
    .synopsis = "",
    .about = "messages that wait to be sent, and what became of them",
    .examples =
        "attain alert outbox\twhat waits\nattain alert outbox --all\teverything\nattain alert outbox --again 12\t"
        "after the receiver was mended",
    .options = outbox_options,
    .n_options = G_N_ELEMENTS(outbox_options),
    .run = run_outbox,
};
