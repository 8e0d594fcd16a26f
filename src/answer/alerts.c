/* Rules, the book and the outbox, as tables and JSON. */
#include "answer/alerts.h"

#include "answer/members.h"

/* --- rules --- */

static gboolean is_alive(const AlertEntry *entry) {
  return entry->state.phase != ALERT_CALM;
}

static CliStyle style_of(AlertPhase phase) {
  return phase == ALERT_FIRING ? CLI_STYLE_BAD : phase == ALERT_CALM ? CLI_STYLE_GOOD : CLI_STYLE_NONE;
}

static void add_time(CliTable *table, const Session *session, gint64 at_us, CliStyle style) {
  g_autofree char *time = at_us ? answer_alert_time(session, at_us) : g_strdup("");
  cli_table_add_cell(table, time, style);
}

static char *state_words(const Session *session, const AlertBook *book, const AlertEntry *entry) {
  GString *words = g_string_new(alert_phase_name(entry->state.phase));
  gint64 until_us = MAX(entry->state.snoozed_until_us, alert_book_snoozed_until(book, entry->rule));
  if (entry->state.acked_by) g_string_append_printf(words, ", seen to by %s", entry->state.acked_by);
  if (until_us > session->now_us) {
    g_autofree char *until = answer_alert_time(session, until_us);
    g_string_append_printf(words, ", snoozed until %s", until);
  }
  return g_string_free(words, FALSE);
}

static void add_entry_row(CliTable *table, const Session *session, const AlertBook *book, const AlertRule *rule,
                          const AlertEntry *entry, gboolean is_first) {
  g_autofree char *condition = answer_alert_condition(session, rule);
  gint64 rule_until_us = alert_book_snoozed_until(book, rule->name);
  g_autofree char *calm = rule_until_us > session->now_us ? g_strdup("calm, snoozed") : g_strdup("calm");
  g_autofree char *state = entry ? state_words(session, book, entry) : g_strdup(rule->is_paused ? "paused" : calm);
  g_autofree char *who = entry ? answer_alert_who(entry->who) : g_strdup("");
  cli_table_add_row(table);
  cli_table_add_cell(table, is_first ? rule->name : "", CLI_STYLE_NONE);
  cli_table_add_cell(table, is_first ? condition : "", CLI_STYLE_NONE);
  cli_table_add_cell(table, alert_severity_name(rule->severity), CLI_STYLE_NONE);
  cli_table_add_cell(table, state, style_of(entry ? entry->state.phase : ALERT_CALM));
  cli_table_add_cell(table, who, CLI_STYLE_NONE);
  add_time(table, session, entry ? entry->state.since_us : 0, CLI_STYLE_NONE);
}

CliTable *answer_alerts_table(const Session *session, const GPtrArray *rules, const AlertBook *book) {
  CliTable *table = cli_table_new("Alerts");
  cli_table_add_column(table, "Rule", CLI_LEFT);
  cli_table_add_column(table, "Condition", CLI_LEFT);
  cli_table_add_column(table, "Severity", CLI_LEFT);
  cli_table_add_column(table, "State", CLI_LEFT);
  cli_table_add_column(table, "Who", CLI_LEFT);
  cli_table_add_column(table, "Since", CLI_LEFT);
  for (guint i = 0; i < rules->len; i++) {
    const AlertRule *rule = g_ptr_array_index(rules, i);
    guint n = 0;
    for (guint e = 0; e < alert_book_n(book); e++) {
      const AlertEntry *entry = alert_book_entry(book, e);
      if (is_alive(entry) && g_str_equal(entry->rule, rule->name))
        add_entry_row(table, session, book, rule, entry, n++ == 0);
    }
    if (n == 0) add_entry_row(table, session, book, rule, NULL, TRUE);
  }
  return table;
}

static void json_instant(CliJson *json, const char *key, gint64 at_us) {
  g_autofree char *time = at_us ? answer_instant(at_us) : NULL;
  cli_json_member_text(json, key, time);
}

static void json_who(CliJson *json, const char *who, gint64 target) {
  cli_json_member_text(json, "who", *who ? who : NULL);
  cli_json_value(json, "target", target > 0, (double)target);
}

static void json_entry(CliJson *json, const AlertEntry *entry) {
  const AlertState *state = &entry->state;
  cli_json_begin_object(json);
  json_who(json, entry->who, entry->target);
  cli_json_member_text(json, "state", alert_phase_name(state->phase));
  json_instant(json, "since", state->since_us);
  json_instant(json, "fired_at", state->fired_us);
  json_instant(json, "told_at", state->told_us);
  cli_json_member_text(json, "acknowledged_by", state->acked_by);
  json_instant(json, "snoozed_until", state->snoozed_until_us);
  cli_json_value(json, "value", entry->last && entry->last->has_value, entry->last ? entry->last->value : 0);
  cli_json_value(json, "limit", entry->last && entry->last->has_value, entry->last ? entry->last->threshold : 0);
  cli_json_member_text(json, "words", entry->last ? entry->last->words : NULL);
  cli_json_end_object(json);
}

static void json_rule(CliJson *json, const Session *session, const AlertRule *rule, const AlertBook *book) {
  g_autofree char *condition = answer_alert_condition(session, rule), *digest = alert_digest_write(rule->digest);
  g_autofree char *sentence = answer_alert_sentence(session, rule), *whose = alert_rule_whose(rule);
  cli_json_begin_object(json);
  cli_json_member_text(json, "rule", rule->name);
  cli_json_member_text(json, "name", rule->title);
  cli_json_member_text(json, "condition", condition);
  cli_json_member_text(json, "sentence", sentence);
  cli_json_member_text(json, "about", rule->about);
  cli_json_member_text(json, "whose", whose);
  cli_json_member_text(json, "period", rule->period);
  cli_json_member_text(json, "kpi", rule->kpi);
  cli_json_member_number(json, "limit", rule->limit);
  cli_json_member_number(json, "recover", rule->recover);
  cli_json_member_text(json, "severity", alert_severity_name(rule->severity));
  cli_json_member_texts(json, "to", (const char *const *)rule->to);
  cli_json_member_text(json, "digest", digest);
  cli_json_member_bool(json, "paused", rule->is_paused);
  json_instant(json, "snoozed_until", alert_book_snoozed_until(book, rule->name));
  cli_json_member_array(json, "states");
  for (guint e = 0; e < alert_book_n(book); e++) {
    const AlertEntry *entry = alert_book_entry(book, e);
    if (is_alive(entry) && g_str_equal(entry->rule, rule->name)) json_entry(json, entry);
  }
  cli_json_end_array(json);
  cli_json_end_object(json);
}

void answer_alerts_json(FILE *out, const Session *session, const GPtrArray *rules, const AlertBook *book) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "rules");
  for (guint i = 0; i < rules->len; i++) json_rule(json, session, g_ptr_array_index(rules, i), book);
  cli_json_end_array(json);
  answer_moment_members(json, session);
  cli_json_end_object(json);
}

/* --- what rules find --- */

static const char *const verdicts[] = {"good", "between", "bad", "silent", "gone"};

static char *finding_words(const Session *session, const AlertFinding *finding) {
  return answer_alert_say(finding, ALERT_ACT_NONE, NULL, (gpointer)session);
}

static void json_finding(CliJson *json, const Session *session, const AlertFinding *finding) {
  g_autofree char *words = finding_words(session, finding);
  cli_json_begin_object(json);
  cli_json_member_text(json, "rule", finding->rule->name);
  json_who(json, finding->who, finding->target);
  cli_json_member_text(json, "verdict", verdicts[finding->verdict]);
  cli_json_value(json, "value", finding->has_value, finding->value);
  cli_json_member_number(json, "limit", finding->rule->limit);
  cli_json_member_integer(json, "n", finding->n);
  cli_json_member_text(json, "words", words);
  cli_json_end_object(json);
}

void answer_alert_findings_json(FILE *out, const Session *session, const GPtrArray *findings) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "findings");
  for (guint i = 0; i < findings->len; i++) json_finding(json, session, g_ptr_array_index(findings, i));
  cli_json_end_array(json);
  answer_moment_members(json, session);
  cli_json_end_object(json);
}

CliTable *answer_alert_findings_table(const Session *session, const GPtrArray *findings) {
  static const CliColumn heads[] = {{"Rule", CLI_LEFT}, {"Who", CLI_LEFT}, {"Verdict", CLI_LEFT}, {"What", CLI_LEFT}};
  CliTable *table = cli_table_new("What the rules say now; nothing is written or sent");
  cli_table_add_columns(table, heads, G_N_ELEMENTS(heads));
  for (guint i = 0; i < findings->len; i++) {
    const AlertFinding *finding = g_ptr_array_index(findings, i);
    g_autofree char *words = finding_words(session, finding), *who = answer_alert_who(finding->who);
    CliStyle style = finding->verdict == ALERT_BAD    ? CLI_STYLE_BAD
                     : finding->verdict == ALERT_GOOD ? CLI_STYLE_GOOD
                                                      : CLI_STYLE_DIM;
    cli_table_add_row(table);
    cli_table_add_cell(table, finding->rule->name, CLI_STYLE_NONE);
    cli_table_add_cell(table, who, CLI_STYLE_NONE);
    cli_table_add_cell(table, verdicts[finding->verdict], style);
    cli_table_add_cell(table, words ? words : "", CLI_STYLE_NONE);
  }
  return table;
}

/* --- the book --- */

CliTable *answer_alert_events_table(const Session *session, const char *title, const GPtrArray *events) {
  CliTable *table = cli_table_new(title);
  cli_table_add_column(table, "At", CLI_LEFT);
  cli_table_add_column(table, "Rule", CLI_LEFT);
  cli_table_add_column(table, "Act", CLI_LEFT);
  cli_table_add_column(table, "Who", CLI_LEFT);
  cli_table_add_column(table, "What", CLI_LEFT);
  for (guint i = 0; i < events->len; i++) {
    const AlertEvent *event = g_ptr_array_index(events, i);
    g_autofree char *who = answer_alert_who(event->who);
    g_autofree char *words = event->author && event->words ? g_strdup_printf("%s: %s", event->author, event->words)
                                                           : g_strdup(event->words    ? event->words
                                                                      : event->author ? event->author
                                                                                      : "");
    CliStyle style = event->act == ALERT_ACT_FIRE      ? CLI_STYLE_BAD
                     : event->act == ALERT_ACT_RECOVER ? CLI_STYLE_GOOD
                                                       : CLI_STYLE_NONE;
    cli_table_add_row(table);
    add_time(table, session, event->at_us, CLI_STYLE_NONE);
    cli_table_add_cell(table, event->rule, CLI_STYLE_NONE);
    cli_table_add_cell(table, answer_alert_act(event->act), style);
    cli_table_add_cell(table, who, CLI_STYLE_NONE);
    cli_table_add_cell(table, words, CLI_STYLE_NONE);
  }
  return table;
}

void answer_alert_event_json(CliJson *json, const AlertEvent *event) {
  cli_json_begin_object(json);
  cli_json_value(json, "event", event->event > 0, (double)event->event);
  json_instant(json, "at", event->at_us);
  cli_json_member_text(json, "rule", event->rule);
  json_who(json, event->who, event->target);
  cli_json_member_text(json, "act", alert_act_name(event->act));
  cli_json_member_text(json, "severity", alert_severity_name(event->severity));
  cli_json_value(json, "value", event->has_value, event->value);
  cli_json_value(json, "limit", event->has_value, event->threshold);
  cli_json_member_text(json, "words", event->words);
  cli_json_member_text(json, "author", event->author);
  json_instant(json, "until", event->until_us);
  json_instant(json, "due_at", event->is_told ? event->due_us : 0);
  cli_json_member_texts(json, "to", (const char *const *)event->channels);
  cli_json_end_object(json);
}

static void json_events(CliJson *json, const GPtrArray *events) {
  cli_json_member_array(json, "events");
  for (guint i = 0; i < events->len; i++) answer_alert_event_json(json, g_ptr_array_index(events, i));
  cli_json_end_array(json);
}

void answer_alert_history_json(FILE *out, const GPtrArray *events) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  json_events(json, events);
  cli_json_end_object(json);
}

guint answer_alert_count(const GPtrArray *events, AlertAct act) {
  guint n = 0;
  for (guint i = 0; i < events->len; i++) n += ((const AlertEvent *)g_ptr_array_index(events, i))->act == act;
  return n;
}

void answer_alert_replay_json(FILE *out, const AlertRule *rule, const AlertReplay *replay, BaseDay since,
                              BaseDay until) {
  g_autofree char *first = base_day_format(since), *last = base_day_format(until);
  g_autofree char *judged = replay->first == BASE_DAY_NONE ? NULL : base_day_format(replay->first);
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "rule", rule->name);
  cli_json_member_text(json, "since", first);
  cli_json_member_text(json, "until", last);
  cli_json_member_text(json, "judged_from", judged);
  cli_json_member_integer(json, "days", replay->n_days);
  cli_json_member_integer(json, "silent_days", replay->n_silent);
  cli_json_member_integer(json, "fired", answer_alert_count(replay->events, ALERT_ACT_FIRE));
  cli_json_member_integer(json, "recovered", answer_alert_count(replay->events, ALERT_ACT_RECOVER));
  json_events(json, replay->events);
  cli_json_end_object(json);
}

void answer_alert_delivery_json(CliJson *json, const AlertDelivery *delivery) {
  cli_json_member_integer(json, "sent", delivery->n_sent);
  cli_json_member_integer(json, "later", delivery->n_later);
  cli_json_member_integer(json, "refused", delivery->n_lost);
  cli_json_member_text(json, "failure", delivery->failure);
}

void answer_alert_run_json(CliJson *json, const GPtrArray *events, const GPtrArray *unjudged,
                           const AlertDelivery *delivery) {
  cli_json_begin_object(json);
  json_events(json, events);
  cli_json_member_array(json, "unjudged");
  for (guint i = 0; i < unjudged->len; i++) cli_json_text(json, g_ptr_array_index(unjudged, i));
  cli_json_end_array(json);
  answer_alert_delivery_json(json, delivery);
  cli_json_end_object(json);
}

/* --- the outbox --- */

CliTable *answer_alert_outbox_table(const Session *session, const GPtrArray *messages) {
  static const char *const heads[] = {"Channel", "To", "Made", "State", "Next", "Said"};
  CliTable *table = cli_table_new("Messages");
  cli_table_add_column(table, "No.", CLI_RIGHT);
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++) cli_table_add_column(table, heads[i], CLI_LEFT);
  for (guint i = 0; i < messages->len; i++) {
    const AlertMessage *message = g_ptr_array_index(messages, i);
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, message->number);
    g_autofree char *tries = base_count_words(message->n_attempts, "# {try|tries}");
    g_autofree char *state = message->n_attempts > 0 && message->outcome != ALERT_SENT
                                 ? g_strdup_printf("%s, %s%s", alert_outcome_name(message->outcome), tries,
                                                   message->is_unsure ? ", perhaps sent" : "")
                                 : g_strdup(alert_outcome_name(message->outcome));
    cli_table_add_row(table);
    cli_table_add_cell(table, number, CLI_STYLE_NONE);
    cli_table_add_cell(table, message->channel, CLI_STYLE_NONE);
    cli_table_add_cell(table, message->recipient, CLI_STYLE_NONE);
    add_time(table, session, message->made_us, CLI_STYLE_NONE);
    cli_table_add_cell(table, state, message->outcome >= ALERT_REFUSED ? CLI_STYLE_BAD : CLI_STYLE_NONE);
    add_time(table, session, message->outcome == ALERT_WAITING ? message->next_us : 0, CLI_STYLE_NONE);
    cli_table_add_cell(table, message->words ? message->words : "", CLI_STYLE_NONE);
  }
  return table;
}

static void json_message(CliJson *json, const AlertMessage *message) {
  cli_json_begin_object(json);
  cli_json_member_integer(json, "message", message->number);
  cli_json_member_text(json, "id", message->id);
  cli_json_member_text(json, "channel", message->channel);
  cli_json_member_text(json, "recipient", *message->recipient ? message->recipient : NULL);
  json_instant(json, "made_at", message->made_us);
  cli_json_member_text(json, "state", alert_outcome_name(message->outcome));
  cli_json_member_bool(json, "unsure", message->is_unsure);
  cli_json_member_integer(json, "attempts", message->n_attempts);
  json_instant(json, "tried_at", message->tried_us);
  json_instant(json, "next_at", message->outcome == ALERT_WAITING ? message->next_us : 0);
  cli_json_member_text(json, "words", message->words);
  json_events(json, message->events);
  cli_json_end_object(json);
}

void answer_alert_outbox_json(FILE *out, const GPtrArray *messages) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "messages");
  for (guint i = 0; i < messages->len; i++) json_message(json, g_ptr_array_index(messages, i));
  cli_json_end_array(json);
  cli_json_end_object(json);
}
