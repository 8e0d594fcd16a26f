/* Alerts in a process that stays open: judged from the cells in each commit, sent when the program says so.
 *
 * The book is kept in memory: nobody else writes to the database while the workspace is open. A put that makes no rule
 * act costs a few questions of kept cells and writes nothing. */
#include "answer/alerts.h"

#include "alert/run.h"
#include "lib/workspace.h"
#include "send/send.h"
#include "session/alerts.h"

gboolean lib_read_alerts(AttainWorkspace *workspace, GError **error) {
  workspace->core->alert_rules = session_need_alert_rules(workspace->core->session, error);
  return workspace->core->alert_rules != NULL;
}

void lib_forget_alerts(AttainWorkspace *workspace) {
  g_clear_pointer(&workspace->core->alert_book, alert_book_free);
  g_clear_pointer(&workspace->core->alert_rules, g_ptr_array_unref);
}

void lib_forget_alert_book(AttainWorkspace *workspace) {
  g_clear_pointer(&workspace->core->alert_book, alert_book_free);
}

/* Judges some of `rules` with all that follows, of everybody's records, whoever's change it was; the acts, or NULL.
 * `rules` NULL: there are more, which cannot be read. */
static GPtrArray *judge(AttainWorkspace *workspace, const GPtrArray *rules, const GPtrArray *judged,
                        gboolean looks_at_due, GPtrArray *unjudged, GError **error) {
  AttainWorkspace everything = {.core = workspace->core};
  Session session = lib_session(&everything);
  QueryContext context = answer_context(&session);
  AlertDesk desk = {
      .context = &context, .alerts = &session.organisation->alerts, .ask = lib_ask_cells, .asker = &everything};
  AlertRun run = {.desk = &desk,
                  .store = session.store,
                  .rules = rules,
                  .judged = judged,
                  .say = answer_alert_say,
                  .user_data = &session,
                  .unjudged = unjudged,
                  .looks_at_due = looks_at_due};
  if (!workspace->core->alert_book) workspace->core->alert_book = alert_book_read(session.store, error);
  GPtrArray *events = workspace->core->alert_book ? alert_run(&run, workspace->core->alert_book, error) : NULL;
  if (!events) g_clear_pointer(&workspace->core->alert_book, alert_book_free);
  return events;
}

void lib_judge_alerts(AttainWorkspace *workspace, const AttainChange *change) {
  if (!workspace->core->alert_rules) return;
  AlertReader reader = session_alert_reader(workspace->core->session);
  g_autoptr(GPtrArray) judged = g_ptr_array_new();
  for (guint i = 0; i < workspace->core->alert_rules->len; i++) {
    AlertRule *rule = g_ptr_array_index(workspace->core->alert_rules, i);
    if (alert_rule_depends_on(rule, &reader, change->tables, change->n_tables, change->source))
      g_ptr_array_add(judged, rule);
  }
  GPtrArray *events =
      judged->len > 0 ? judge(workspace, workspace->core->alert_rules, judged, FALSE, NULL, NULL) : NULL;
  if (events) g_ptr_array_unref(events);
}

/* --- by the clock --- */

static gboolean run_all(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                        GError **error) {
  g_autoptr(GPtrArray) wrong = NULL;
  g_autoptr(GPtrArray) rules = session_alert_rules(session, NULL, &wrong, error);
  if (!rules) return FALSE;
  g_autoptr(GPtrArray) unjudged = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) events = judge(workspace, wrong->len > 0 ? NULL : rules, rules, TRUE, unjudged, error);
  if (!events) return FALSE;
  g_ptr_array_extend_and_steal(unjudged, g_steal_pointer(&wrong));
  g_auto(AlertDelivery) delivery = {0};
  Sender sender = {
      .organisation = session->organisation, .rules = rules, .folder = session->folder, .now_us = session->now_us};
  if (!alert_outbox_send(session->store, session->now_us, send_message, &sender, &delivery, error)) return FALSE;
  CliJson *json = cli_json_new(out);
  answer_alert_run_json(json, events, unjudged, &delivery);
  cli_json_free(json);
  return TRUE;
}

char *attain_alert_run(AttainWorkspace *workspace, AttainError *error) {
  return lib_say(workspace, "alert_run", run_all, NULL, error);
}
