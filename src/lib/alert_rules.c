/* Alert rules: where they stand, what they find, what is said of them, and the messages about them. */
#include "answer/alert_say.h"
#include "lib/alert_send.h"
#include "lib/alert_sight.h"
#include "lib/formats.h"
#include "lib/reader.h"
#include "session/alerts.h"
#include "target/members.h"

/* The book as the workspace has it; NULL with `error`. It stays the workspace's. */
static AlertBook *need_book(AttainWorkspace *workspace, GError **error) {
  if (!workspace->core->alert_book)
    workspace->core->alert_book = alert_book_read(workspace->core->session->store, error);
  return workspace->core->alert_book;
}

/* --- where they stand --- */

/* The rules as they are judged, or as the files have them; the caller's reference. */
static GPtrArray *need_rules(const AttainWorkspace *workspace, const Session *session, GError **error) {
  GPtrArray *rules = workspace->core->alert_rules;
  return rules && workspace->reader ? g_ptr_array_ref(rules) : session_need_alert_rules(session, error);
}

static gboolean list_seen_rules(AttainWorkspace *workspace, const Session *session, FILE *out, GError **error) {
  g_autoptr(LibAlertSight) sight = lib_alert_sight_new(workspace, session, error);
  g_autoptr(GPtrArray) rules = sight ? need_rules(workspace, session, error) : NULL;
  g_autoptr(GPtrArray) events = rules ? alert_events_read(session->store, NULL, 0, error) : NULL;
  if (!events) return FALSE;
  g_autoptr(GPtrArray) shown = lib_alert_sight_rules(sight, rules);
  g_autoptr(GPtrArray) seen = lib_alert_sight_events(sight, shown, events, TRUE);
  g_autoptr(AlertBook) book = alert_book_of(seen);
  answer_alerts_json(out, session, shown, book);
  return TRUE;
}

static gboolean list_rules(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                           GError **error) {
  if (!lib_sees_all(workspace)) return list_seen_rules(workspace, session, out, error);
  g_autoptr(GPtrArray) rules = need_rules(workspace, session, error);
  const AlertBook *book = rules ? need_book(workspace, error) : NULL;
  if (book) answer_alerts_json(out, session, rules, book);
  return book != NULL;
}

char *attain_alerts(AttainWorkspace *workspace, AttainError *error) {
  return lib_answer(workspace, "alerts", list_rules, NULL, error);
}

static gboolean judge_rules(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                            GError **error) {
  g_autoptr(GPtrArray) rules = session_need_alert_rules(session, error);
  QueryContext context = answer_context(session);
  AlertDesk desk = {
      .context = &context, .alerts = &session->organisation->alerts, .ask = lib_ask_cells, .asker = workspace};
  g_autoptr(GPtrArray) findings = rules ? alert_judge(&desk, rules, error) : NULL;
  if (findings) answer_alert_findings_json(out, session, findings);
  return findings != NULL;
}

char *attain_alert_judge(AttainWorkspace *workspace, AttainError *error) {
  return lib_answer(workspace, "alert_judge", judge_rules, NULL, error);
}

/* A rule that is gone is known while its history is. */
static gboolean check_rule(const GPtrArray *rules, const char *rule, const GPtrArray *events, GError **error) {
  return !rule || events->len > 0 || alert_rules_need(rules, rule, error);
}

static gboolean list_seen_events(AttainWorkspace *workspace, const Session *session, const char *rule, FILE *out,
                                 GError **error) {
  g_autoptr(LibAlertSight) sight = lib_alert_sight_new(workspace, session, error);
  g_autoptr(GPtrArray) rules = sight ? need_rules(workspace, session, error) : NULL;
  g_autoptr(GPtrArray) events = rules ? alert_events_read(session->store, rule, 0, error) : NULL;
  if (!events) return FALSE;
  g_autoptr(GPtrArray) shown = lib_alert_sight_rules(sight, rules);
  g_autoptr(GPtrArray) seen = lib_alert_sight_events(sight, shown, events, FALSE);
  if (!check_rule(shown, rule, seen, error)) return FALSE;
  answer_alert_history_json(out, seen);
  return TRUE;
}

static gboolean list_events(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                            GError **error) {
  if (!lib_sees_all(workspace)) return list_seen_events(workspace, session, what, out, error);
  g_autoptr(GPtrArray) events = alert_events_read(session->store, what, 0, error);
  if (!events) return FALSE;
  g_autoptr(GPtrArray) rules = what && events->len == 0 ? need_rules(workspace, session, error) : g_ptr_array_new();
  if (!rules || !check_rule(rules, what, events, error)) return FALSE;
  answer_alert_history_json(out, events);
  return TRUE;
}

char *attain_alert_history(AttainWorkspace *workspace, const char *rule, AttainError *error) {
  return lib_answer(workspace, "alert_history", list_events, rule, error);
}

static gboolean list_messages(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                              GError **error) {
  const bool *all = what;
  g_autoptr(GPtrArray) messages = alert_outbox_read(session->store, !*all, error);
  if (messages) answer_alert_outbox_json(out, messages);
  return messages != NULL;
}

char *attain_alert_outbox(AttainWorkspace *workspace, bool all, AttainError *error) {
  return lib_answer(workspace, "alert_outbox", list_messages, &all, error);
}

static gboolean test_rule(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                          GError **error) {
  const AttainAlertTest *test = what;
  if (!test || !test->rule) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "which rule is to be tested? `rule` is its name");
    return FALSE;
  }
  g_autoptr(GPtrArray) rules = session_need_alert_rules(session, error);
  const AlertRule *rule = rules ? alert_rules_need(rules, test->rule, error) : NULL;
  BaseDay since;
  if (!rule || !answer_alert_since(session, test->since, FALSE, &since, error)) return FALSE;
  QueryContext context = answer_context(session);
  AlertDesk desk = {.context = &context, .alerts = &session->organisation->alerts};
  g_auto(AlertReplay) replay = {0};
  if (!alert_replay(&desk, rule, since, test->in_hindsight, answer_alert_say, (gpointer)session, &replay, error))
    return FALSE;
  answer_alert_replay_json(out, rule, &replay, since, session->today);
  return TRUE;
}

char *attain_alert_test(AttainWorkspace *workspace, const AttainAlertTest *test, AttainError *error) {
  return lib_answer(workspace, "alert_test", test_rule, test, error);
}

/* --- what people say --- */

static gboolean read_act(const AttainAlertSaying *saying, AlertAct *act, GError **error) {
  static const struct {
    const char *name;
    AlertAct act;
  } acts[] = {{"snooze", ALERT_ACT_SNOOZE}, {"wake", ALERT_ACT_WAKE}, {"acknowledge", ALERT_ACT_ACK}};
  for (guint i = 0; i < G_N_ELEMENTS(acts); i++) {
    if (g_strcmp0(saying->act, acts[i].name) != 0) continue;
    *act = acts[i].act;
    return TRUE;
  }
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
              "what is said of an alert is snooze, wake or acknowledge, not \"%s\"", saying->act ? saying->act : "");
  return FALSE;
}

static gboolean check_saying(const AttainAlertSaying *saying, GError **error) {
  if (!saying->rule || !*saying->rule)
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "of which rule? `rule` is its name");
  else if (!saying->author || !*saying->author)
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "who says it? `author` is their name");
  else
    return TRUE;
  return FALSE;
}

static gboolean fires_for(const AlertBook *book, const char *rule, const char *who) {
  gboolean fires = FALSE;
  for (guint i = 0; i < alert_book_n(book) && !fires; i++) {
    const AlertEntry *entry = alert_book_entry(book, i);
    fires = g_str_equal(entry->rule, rule) && g_str_equal(entry->who, who) && alert_entry_fires(entry);
  }
  return fires;
}

/* What a handle that does not see everything may say is of somebody whom it sees; whatever it does not see is to it as
 * if it were not there. `who`: as alerts name them; the caller frees. */
static gboolean may_say(AttainWorkspace *workspace, const Session *session, const AttainAlertSaying *saying,
                        const GPtrArray *rules, const AlertBook *book, char **who, GError **error) {
  QueryContext context = answer_context(session);
  g_autofree char *dimension = NULL, *member = NULL, *meant = NULL;
  g_autoptr(LibAlertSight) sight = lib_alert_sight_new(workspace, session, error);
  g_autoptr(GPtrArray) shown = sight ? lib_alert_sight_rules(sight, rules) : NULL;
  if (!shown || !alert_rules_need(shown, saying->rule, error)) return FALSE;
  if (!saying->who || !*saying->who) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN,
                "the rule as a whole is for those who see the whole company's numbers: say of whom, rep:NAME");
    return FALSE;
  }
  if (!target_who_read(&context, saying->who, &dimension, &member, error)) return FALSE;
  meant = target_who_write(dimension, member);
  gboolean is_told = member && lib_alert_sight_tells(sight, meant);
  if (is_told && (!g_str_equal(saying->act, "acknowledge") || fires_for(book, saying->rule, meant))) {
    *who = g_steal_pointer(&meant);
    return TRUE;
  }
  g_set_error(error, BASE_ERROR, is_told ? BASE_ERROR_INPUT : BASE_ERROR_NOT_FOUND,
              is_told ? "the rule \"%s\" does not fire for %s, so there is nothing to see to"
                      : "the rule \"%s\" says nothing of %s that you are told",
              saying->rule, saying->who);
  return FALSE;
}

static gboolean say_of_alert(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                             GError **error) {
  const AttainAlertSaying *saying = what;
  AnswerAlertSaying said = {.rule = saying->rule,
                            .who = saying->who,
                            .until = saying->until,
                            .length = saying->length,
                            .author = saying->author,
                            .reason = saying->reason};
  if (!read_act(saying, &said.act, error) || !check_saying(saying, error)) return FALSE;
  g_autoptr(GPtrArray) rules = need_rules(workspace, session, error);
  AlertBook *book = rules ? need_book(workspace, error) : NULL;
  g_autofree char *who = NULL;
  gboolean sees_all = lib_sees_all(workspace);
  if (book && !sees_all && !may_say(workspace, session, saying, rules, book, &who, error)) return FALSE;
  if (who) said.who = who;
  g_autoptr(AlertEvent) event = book ? answer_alert_said(session, rules, book, &said, error) : NULL;
  if (!event) {
    g_clear_pointer(&workspace->core->alert_book, alert_book_free); /* it may have what the database has not */
    return FALSE;
  }
  lib_wake_alerts(workspace);
  if (!sees_all) event->event = 0;
  CliJson *json = cli_json_new(out);
  answer_alert_event_json(json, event);
  cli_json_free(json);
  return TRUE;
}

char *attain_alert_say(AttainWorkspace *workspace, const AttainAlertSaying *saying, AttainError *error) {
  AttainAlertSaying said = *saying;
  said.author = lib_author(workspace, saying->author);
  return lib_say(workspace, "alert_say", say_of_alert, &said, error);
}

/* --- messages --- */

static gboolean take_waiting(AttainWorkspace *workspace, const Session *session, gpointer data, GError **error) {
  g_autoptr(GPtrArray) rules = session_need_alert_rules(session, error);
  QueryContext context = answer_context(session);
  AlertDesk desk = {.context = &context, .alerts = &session->organisation->alerts};
  if (!rules || !alert_outbox_fill(session->store, &desk, error)) return FALSE;
  if (workspace->reader) lib_note(workspace, NULL, "alert_send", NULL);
  return lib_sending_take(workspace, session, rules, data, error);
}

char *attain_alert_send(AttainWorkspace *workspace, AttainError *error) {
  g_auto(LibSending) sending = {0};
  if (!lib_permit(workspace, "alert_send", error) ||
      !lib_step(workspace, "alert_send", take_waiting, &sending, error) ||
      !lib_sending_send(workspace, &sending, NULL, error))
    return NULL;
  LibText text;
  lib_text_init(&text);
  CliJson *json = cli_json_new(text.out);
  cli_json_begin_object(json);
  answer_alert_delivery_json(json, &sending.delivery);
  cli_json_end_object(json);
  cli_json_free(json);
  size_t n_bytes;
  return lib_text_end(&text, TRUE, &n_bytes);
}

static gboolean try_again(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                          GError **error) {
  const int64_t *message = what;
  if (!alert_outbox_again(session->store, *message, session->now_us, error)) return FALSE;
  lib_wake_alerts(workspace);
  return TRUE;
}

bool attain_alert_again(AttainWorkspace *workspace, int64_t message, AttainError *error) {
  char *nothing = lib_say(workspace, "alert_again", try_again, &message, error);
  g_free(nothing);
  return nothing != NULL;
}
