/* The pass over the rules: judged, written, sent. */
#include "app/alerting.h"

#include "alert/run.h"
#include "send/send.h"

void alerting_clear(Alerting *alerting) {
  g_clear_pointer(&alerting->rules, g_ptr_array_unref);
  g_clear_pointer(&alerting->events, g_ptr_array_unref);
  g_clear_pointer(&alerting->wrong, g_ptr_array_unref);
  g_clear_pointer(&alerting->unjudged, g_ptr_array_unref);
  alert_delivery_clear(&alerting->delivery);
}

AlertDesk alerting_desk(const Session *session, const QueryContext *context) {
  return (AlertDesk){.context = context, .alerts = &session->organisation->alerts};
}

/* --- what changed --- */

typedef struct {
  const char *source; /* interned */
  GPtrArray *tables;  /* interned names */
} Change;

struct AlertingChanges {
  GArray *all; /* Change */
};

static void clear_change(gpointer data) {
  Change *change = data;
  g_ptr_array_unref(change->tables);
}

AlertingChanges *alerting_changes_new(void) {
  AlertingChanges *changes = g_new0(AlertingChanges, 1);
  changes->all = g_array_new(FALSE, FALSE, sizeof(Change));
  g_array_set_clear_func(changes->all, clear_change);
  return changes;
}

void alerting_changes_free(AlertingChanges *changes) {
  if (!changes) return;
  g_array_unref(changes->all);
  g_free(changes);
}

void alerting_changes_add(AlertingChanges *changes, const IngestReport *report) {
  if (!report || !report->load) return;
  Change change = {g_intern_string(report->source), g_ptr_array_new()};
  for (gsize i = 0; i < report->n_counts; i++) {
    const IngestCount *count = &report->counts[i];
    if (count->n_new + count->n_changed + count->n_closed > 0)
      g_ptr_array_add(change.tables, (gpointer)g_intern_string(count->table));
  }
  g_array_append_val(changes->all, change);
}

static gboolean is_concerned(const AlertRule *rule, const AlertReader *reader, const AlertingChanges *changes) {
  for (guint i = 0; changes && i < changes->all->len; i++) {
    const Change *change = &g_array_index(changes->all, Change, i);
    if (alert_rule_depends_on(rule, reader, (const char *const *)change->tables->pdata, change->tables->len,
                              change->source))
      return TRUE;
  }
  return changes == NULL;
}

static GPtrArray *choose(const Session *session, const GPtrArray *rules, const AlertingChanges *changes) {
  AlertReader reader = session_alert_reader(session);
  GPtrArray *chosen = g_ptr_array_new();
  for (guint i = 0; i < rules->len; i++) {
    AlertRule *rule = g_ptr_array_index(rules, i);
    if (is_concerned(rule, &reader, changes)) g_ptr_array_add(chosen, rule);
  }
  return chosen;
}

/* --- the pass --- */

gboolean alerting_fill(Session *session, GError **error) {
  QueryContext context = answer_context(session);
  AlertDesk desk = alerting_desk(session, &context);
  return alert_outbox_fill(session->store, &desk, error);
}

gboolean alerting_send(Session *session, const GPtrArray *rules, AlertDelivery *delivery, GError **error) {
  Sender sender = {
      .organisation = session->organisation, .rules = rules, .folder = session->folder, .now_us = session->now_us};
  return alert_outbox_send(session->store, session->now_us, send_message, &sender, delivery, error);
}

gboolean alerting_run(Session *session, const AlertingChanges *changes, Alerting *alerting, GError **error) {
  g_autoptr(GPtrArray) problems = NULL;
  if (!session->catalogue && !session_load_definitions(session, &problems, error)) return FALSE;
  alerting->rules = session_alert_rules(session, NULL, &alerting->wrong, error);
  if (!alerting->rules) return FALSE;
  alerting->unjudged = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) judged = choose(session, alerting->rules, changes);
  g_autoptr(AlertBook) book = alert_book_read(session->store, error);
  QueryContext context = answer_context(session);
  AlertDesk desk = alerting_desk(session, &context);
  AlertRun run = {.desk = &desk,
                  .store = session->store,
                  .rules = alerting->wrong->len == 0 ? alerting->rules : NULL,
                  .judged = judged,
                  .say = answer_alert_say,
                  .user_data = session,
                  .unjudged = alerting->unjudged,
                  .looks_at_due = TRUE};
  alerting->events = book ? alert_run(&run, book, error) : NULL;
  return alerting->events && alerting_send(session, alerting->rules, &alerting->delivery, error);
}

char *alerting_delivery_words(const AlertDelivery *delivery) {
  GString *words = g_string_new(NULL);
  g_autofree char *sent = base_count_words(delivery->n_sent, "# {message|messages} sent");
  g_autofree char *later = base_count_words(delivery->n_later, "# {is|are} tried again later");
  g_autofree char *lost = base_count_words(delivery->n_lost, "# {was|were} refused");
  if (delivery->n_sent > 0) g_string_append(words, sent);
  if (delivery->n_later > 0) g_string_append_printf(words, "%s%s", words->len ? ", " : "", later);
  if (delivery->n_lost > 0) g_string_append_printf(words, "%s%s", words->len ? ", " : "", lost);
  if (delivery->failure) g_string_append_printf(words, ": %s", delivery->failure);
  gboolean is_empty = words->len == 0;
  return g_string_free(words, is_empty);
}

void alerting_tell_wrong(const GPtrArray *wrong, FILE *err) {
  for (guint i = 0; i < wrong->len; i++) fprintf(err, "attain: %s\n", (const char *)g_ptr_array_index(wrong, i));
  if (wrong->len > 0) fputs("attain: that rule is left as it is; the others go on\n", err);
}

GPtrArray *alerting_rules(const Session *session, FILE *err, GError **error) {
  g_autoptr(GPtrArray) wrong = NULL;
  GPtrArray *rules = session_alert_rules(session, NULL, &wrong, error);
  if (rules) alerting_tell_wrong(wrong, err);
  return rules;
}

void alerting_after_load(Session *session, const AlertingChanges *changes, FILE *err) {
  if (changes->all->len == 0 || !session_has_alert_rules(session)) return;
  g_auto(Alerting) alerting = {0};
  g_autoptr(GError) failed = NULL;
  if (!alerting_run(session, changes, &alerting, &failed)) {
    fprintf(err, "attain: alerts were not judged: %s\n", failed->message);
    return;
  }
  alerting_tell_wrong(alerting.wrong, err);
  g_autofree char *words = alerting_delivery_words(&alerting.delivery);
  if (alerting.delivery.failure) fprintf(err, "attain: alerts: %s\n", words);
}
