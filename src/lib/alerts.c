/* Alerts in a process that stays open: judged from the cells in each commit and when time makes something of them, sent
 * when the program says so, in a thread of its own that keeps nobody from the database (lib/alert_send.c).
 *
 * The book is kept in memory: nobody else writes to the database while the workspace is open. A put that makes no rule
 * act costs a few questions of kept cells and writes nothing. */
#include "answer/alerts.h"

#include "alert/run.h"
#include "lib/alert_send.h"
#include "lib/formats.h"
#include "lib/reader.h"
#include "session/alerts.h"

gboolean lib_read_alerts(AttainWorkspace *workspace, GError **error) {
  workspace->core->alert_rules = session_need_alert_rules(workspace->core->session, error);
  return workspace->core->alert_rules != NULL;
}

void lib_forget_alerts(AttainWorkspace *workspace) {
  g_clear_pointer(&workspace->core->alert_book, alert_book_free);
  g_clear_pointer(&workspace->core->alert_rules, g_ptr_array_unref);
  workspace->core->alert_next_us = 0;
}

void lib_wake_alerts(AttainWorkspace *workspace) {
  LibCore *core = workspace->core;
  if (core->alert_callback) core->alert_callback(core->alert_user_data);
}

void attain_on_alerts(AttainWorkspace *workspace, AttainAlertCallback callback, void *user_data) {
  if (!lib_permit(workspace, "on_alerts", NULL) || !lib_begin_writing(workspace, NULL)) return;
  workspace->core->alert_callback = callback;
  workspace->core->alert_user_data = user_data;
  lib_end_writing(workspace);
}

void lib_forget_alert_book(AttainWorkspace *workspace) {
  g_clear_pointer(&workspace->core->alert_book, alert_book_free);
  lib_wake_alerts(workspace);
}

/* Judges some of `rules` with all that follows, of everybody's records, whoever's change it was; the acts, or NULL.
 * `rules` NULL: there are more, which cannot be read. */
static GPtrArray *judge(AttainWorkspace *workspace, const GPtrArray *rules, const GPtrArray *judged,
                        gboolean looks_at_due, GPtrArray *unjudged, gint64 *next_us, GError **error) {
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
                  .next_us = next_us,
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
  gint64 next_us = G_MAXINT64;
  g_autoptr(GPtrArray) events =
      judged->len > 0 ? judge(workspace, workspace->core->alert_rules, judged, FALSE, NULL, &next_us, NULL) : NULL;
  gboolean is_earlier = next_us < workspace->core->alert_next_us;
  if (is_earlier) workspace->core->alert_next_us = next_us;
  if (is_earlier || (events && events->len > 0)) lib_wake_alerts(workspace);
}

/* --- by the clock --- */

typedef struct {
  GPtrArray *events;   /* AlertEvent */
  GPtrArray *unjudged; /* texts */
  LibSending sending;
} Run;

static void run_clear(Run *run) {
  g_clear_pointer(&run->events, g_ptr_array_unref);
  g_clear_pointer(&run->unjudged, g_ptr_array_unref);
  lib_sending_clear(&run->sending);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static gboolean judge_all(AttainWorkspace *workspace, const Session *session, gpointer data, GError **error) {
  Run *run = data;
  g_autoptr(GPtrArray) wrong = NULL;
  g_autoptr(GPtrArray) rules = session_alert_rules(session, NULL, &wrong, error);
  if (!rules) return FALSE;
  run->unjudged = g_ptr_array_new_with_free_func(g_free);
  run->events = judge(workspace, wrong->len > 0 ? NULL : rules, rules, TRUE, run->unjudged, NULL, error);
  if (!run->events) return FALSE;
  g_ptr_array_extend_and_steal(run->unjudged, g_steal_pointer(&wrong));
  if (workspace->reader) lib_note(workspace, NULL, "alert_run", NULL);
  lib_wake_alerts(workspace);
  return lib_sending_take(workspace, session, rules, &run->sending, error);
}

char *attain_alert_run(AttainWorkspace *workspace, AttainError *error) {
  g_auto(Run) run = {0};
  if (!lib_permit(workspace, "alert_run", error) || !lib_step(workspace, "alert_run", judge_all, &run, error) ||
      !lib_sending_send(workspace, &run.sending, NULL, error))
    return NULL;
  LibText text;
  lib_text_init(&text);
  CliJson *json = cli_json_new(text.out);
  answer_alert_run_json(json, run.events, run.unjudged, &run.sending.delivery);
  cli_json_free(json);
  size_t n_bytes;
  return lib_text_end(&text, TRUE, &n_bytes);
}

/* --- in a thread that stays --- */

typedef struct {
  LibSending sending;
  gint64 looked_us; /* the clock by which it was judged, or found that nothing is to be */
  guint n_events, n_waiting;
  gint64 wait_us;
} Tending;

static void tending_clear(Tending *tending) {
  lib_sending_clear(&tending->sending);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tending, tending_clear)

static gboolean go_on(AttainWorkspace *workspace, Session *session, GError **error) {
  if (lib_now(workspace) <= session->now_us) return TRUE;
  gboolean ok = lib_begin_change(workspace, error) && lib_publish(workspace, error);
  *session = lib_session(workspace);
  return ok;
}

static gboolean judge_due(AttainWorkspace *workspace, const Session *session, Tending *tending, GError **error) {
  LibCore *core = workspace->core;
  QueryContext context = answer_context(session);
  AlertDesk desk = {.context = &context, .alerts = &session->organisation->alerts};
  if (session->now_us < core->alert_next_us) return alert_outbox_fill(session->store, &desk, error);
  gint64 next_us = 0;
  g_autoptr(GPtrArray) events = judge(workspace, core->alert_rules, core->alert_rules, TRUE, NULL, &next_us, error);
  if (!events) return FALSE;
  tending->n_events = events->len;
  core->alert_next_us = next_us;
  return TRUE;
}

static gboolean look(AttainWorkspace *workspace, const Session *given, gpointer data, GError **error) {
  Tending *tending = data;
  Session session = *given;
  if (!workspace->core->alert_rules) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "the workspace was opened without its alerts");
    return FALSE;
  }
  if (!go_on(workspace, &session, error) || !judge_due(workspace, &session, tending, error)) return FALSE;
  tending->looked_us = session.now_us;
  return lib_sending_take(workspace, &session, workspace->core->alert_rules, &tending->sending, error);
}

/* Whatever was committed since it was looked told so. */
static gboolean look_ahead(AttainWorkspace *workspace, const Session *session, gpointer data, GError **error) {
  Tending *tending = data;
  LibCore *core = workspace->core;
  AlertWaiting waiting;
  if (!core->alert_book && !(core->alert_book = alert_book_read(session->store, error))) return FALSE;
  if (!alert_outbox_next(session->store, session->now_us, &waiting, error)) return FALSE;
  AlertClock clock = {session->calendar, &session->organisation->alerts};
  gint64 next_us = alert_next_us(core->alert_book, core->alert_rules, NULL, &clock, tending->looked_us);
  core->alert_next_us = MIN(core->alert_next_us, next_us);
  gint64 due_us = MIN(core->alert_next_us, waiting.next_us);
  gboolean stands_still = __atomic_load_n(&core->clock_us, __ATOMIC_ACQUIRE) >= 0;
  tending->n_waiting = waiting.n;
  tending->wait_us = stands_still && due_us > session->now_us ? -1 : MAX(due_us - lib_now(workspace), 0);
  return TRUE;
}

bool attain_alert_tend(AttainWorkspace *workspace, const int *is_over, AttainAlertTending *tended, AttainError *error) {
  g_auto(Tending) tending = {0};
  bool ok = lib_permit(workspace, "alert_tend", error) && lib_step(workspace, "alert_tend", look, &tending, error) &&
            lib_sending_send(workspace, &tending.sending, is_over, error) &&
            lib_step(workspace, "alert_tend", look_ahead, &tending, error);
  const AlertDelivery *delivery = &tending.sending.delivery;
  if (!ok) return false;
  *tended = (AttainAlertTending){.n_events = tending.n_events,
                                 .n_sent = delivery->n_sent,
                                 .n_later = delivery->n_later,
                                 .n_refused = delivery->n_lost,
                                 .n_waiting = tending.n_waiting,
                                 .wait_us = tending.wait_us,
                                 .failure = g_strdup(delivery->failure)};
  return true;
}
