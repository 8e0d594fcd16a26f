/* attain alert snooze, ack, history, outbox: what people say about alerts, and what was said to them. */
#include "app/alerting.h"
#include "app/commands.h"
#include "app/targets.h"

#define SHOWN_EVENTS 200

/* --- of whom --- */

static gboolean is_same(const char *a, const char *b) {
  g_autofree char *one = g_utf8_casefold(a, -1), *other = g_utf8_casefold(b, -1);
  return g_str_equal(one, other);
}

/* Who is meant must have a state: "" is all of the rule. */
static const AlertEntry *find_entry(const AlertBook *book, const char *rule, const char *who, GError **error) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < alert_book_n(book); i++) {
    const AlertEntry *entry = alert_book_entry(book, i);
    if (!g_str_equal(entry->rule, rule)) continue;
    if (is_same(entry->who, who)) return entry;
    if (entry->state.phase != ALERT_CALM) g_string_append_printf(names, "%s%s", names->len ? ", " : "", entry->who);
  }
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "the rule \"%s\" has nothing to say of \"%s\": %s%s", rule, who,
              names->len ? "now it says something of " : "it says nothing of anybody now", names->str);
  return NULL;
}

static int say(CliContext *context, const CliArguments *arguments, const Session *session, AlertAct act,
               gint64 until_us, GError **error) {
  const char *rule = cli_operand(arguments, 0), *who = cli_n_operands(arguments) > 1 ? cli_operand(arguments, 1) : "";
  g_autoptr(GPtrArray) rules = session_need_alert_rules(session, error);
  g_autoptr(AlertBook) book =
      rules && alert_rules_need(rules, rule, error) ? alert_book_read(session->store, error) : NULL;
  const AlertEntry *entry = book && *who ? find_entry(book, rule, who, error) : NULL;
  if (!book || (*who && !entry)) return -1;
  if (act == ALERT_ACT_ACK && entry && entry->state.phase != ALERT_FIRING) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "the rule \"%s\" does not fire for \"%s\": there is nothing to "
                "see to",
                rule, entry->who);
    return -1;
  }
  g_autofree char *author = targets_author(arguments);
  g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func((GDestroyNotify)alert_event_free);
  g_ptr_array_add(events, alert_book_say(book, rule, entry ? entry->who : "", entry ? entry->target : 0, act,
                                         session->now_us, until_us, author, cli_option(arguments, "reason")));
  if (!alert_events_write(session->store, events, error)) return -1;
  g_autofree char *whose = entry ? answer_alert_who(entry->who) : g_strdup("all");
  g_autofree char *until = until_us ? answer_alert_time(session, until_us) : NULL;
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0) {
    g_autoptr(CliJson) json = cli_json_new(context->out);
    answer_alert_event_json(json, g_ptr_array_index(events, 0));
    return 0;
  }
  fprintf(context->out, "%s: %s for %s%s%s.\n", rule, answer_alert_act(act), whose, until ? " until " : "",
          until ? until : "");
  return 0;
}

static Session *open_to_write(const CliContext *context, GError **error) {
  return session_open(context->folder, context->now, SESSION_DATABASE | SESSION_WRITE | SESSION_DEFINITIONS, error);
}

/* --- snoozing --- */

static gint64 length_us(AlertDuration length) {
  static const gint64 minutes[] = {1, 60, 24 * 60, 7 * 24 * 60};
  return length.n * minutes[length.unit] * 60 * G_USEC_PER_SEC;
}

static gboolean read_until(const Session *session, const CliArguments *arguments, gint64 *until_us, GError **error) {
  const char *until = cli_option(arguments, "until"), *length = cli_option(arguments, "for");
  AlertDuration duration;
  if ((until != NULL) == (length != NULL)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "say until when: --until 2026-12-01, --until \"2026-12-01 09:00\", or --for \"3 days\"");
    return FALSE;
  }
  if (length) {
    if (alert_duration_parse(length, &duration) && duration.unit <= ALERT_WEEKS) {
      *until_us = session->now_us + length_us(duration);
      return TRUE;
    }
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--for takes 2 hours, 3 days or 1 week, not \"%s\"", length);
    return FALSE;
  }
  g_autoptr(GError) cause = NULL;
  if (!calendar_parse_instant(session->calendar, until, until_us, &cause)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--until: %s", cause->message);
    return FALSE;
  }
  if (*until_us > session->now_us) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--until %s is over already", until);
  return FALSE;
}

static int run_snooze(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session = open_to_write(context, error);
  gint64 until_us = 0;
  if (!session) return -1;
  if (cli_flag(arguments, "wake")) return say(context, arguments, session, ALERT_ACT_WAKE, 0, error);
  if (!read_until(session, arguments, &until_us, error)) return -1;
  return say(context, arguments, session, ALERT_ACT_SNOOZE, until_us, error);
}

static int run_ack(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session = open_to_write(context, error);
  return session ? say(context, arguments, session, ALERT_ACT_ACK, 0, error) : -1;
}

/* --- what was --- */

static int run_history(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session = session_open(context->folder, context->now, SESSION_DATABASE, error);
  const char *rule = cli_n_operands(arguments) > 0 ? cli_operand(arguments, 0) : NULL;
  const char *format = cli_option(arguments, "format");
  gboolean is_json = g_strcmp0(format, "json") == 0;
  g_autoptr(GPtrArray) events =
      session ? alert_events_read(session->store, rule, is_json ? 0 : SHOWN_EVENTS, error) : NULL;
  if (!events) return -1;
  if (is_json) {
    g_autoptr(CliJson) json = cli_json_new(context->out);
    cli_json_begin_object(json);
    cli_json_member_array(json, "events");
    for (guint i = 0; i < events->len; i++) answer_alert_event_json(json, g_ptr_array_index(events, i));
    cli_json_end_array(json);
    cli_json_end_object(json);
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

static int run_outbox(CliContext *context, const CliArguments *arguments, GError **error) {
  const char *again = cli_option(arguments, "again"), *format = cli_option(arguments, "format");
  if (again) return run_again(context, again, error);
  g_autoptr(Session) session = session_open(context->folder, context->now, SESSION_DATABASE, error);
  gboolean only_waiting = !cli_flag(arguments, "all");
  g_autoptr(GPtrArray) messages = session ? alert_outbox_read(session->store, only_waiting, error) : NULL;
  if (!messages) return -1;
  if (g_strcmp0(format, "json") == 0) {
    g_autoptr(CliJson) json = cli_json_new(context->out);
    cli_json_begin_object(json);
    cli_json_member_array(json, "messages");
    for (guint i = 0; i < messages->len; i++) answer_alert_message_json(json, g_ptr_array_index(messages, i));
    cli_json_end_array(json);
    cli_json_end_object(json);
  } else if (messages->len == 0) {
    fputs(only_waiting ? "Nothing waits to be sent; --all shows what was.\n" : "No message was made yet.\n",
          context->out);
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
