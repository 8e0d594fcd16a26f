/* What a number rests on, and numbers as they were reported: read from the records, not from cells. */
#include "answer/trail.h"

#include "answer/reported.h"
#include "lib/workspace.h"

/* --- the question --- */

gboolean lib_read_question(const Session *session, const AttainQuestion *question, AnswerRequest *request,
                           GError **error) {
  AnswerQuestion asked = {.kpis = question->kpis,
                          .by = question->by,
                          .where = question->where,
                          .period = question->period,
                          .grain = question->grain,
                          .compare = question->compare,
                          .rates_of = question->rates_of,
                          .credit_now = question->credit_now};
  if (!answer_request_read(session, &asked, request, error)) return FALSE;
  return !question->role || answer_request_add_role(session, question->role, request, error);
}

static gboolean read_one(const Session *session, const AttainQuestion *question, AnswerRequest *request,
                         GError **error) {
  if (question->grain || question->compare) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "what a number rests on is asked of one period: without a grain, and compared with none");
    return FALSE;
  }
  if (!lib_read_question(session, question, request, error)) return FALSE;
  if (request->kpis[0] && !request->kpis[1]) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "what a number rests on is asked of one KPI at a time");
  return FALSE;
}

/* --- trails --- */

static gboolean explain(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                        GError **error) {
  g_auto(AnswerRequest) request = {0};
  if (!read_one(session, what, &request, error)) return FALSE;
  QueryContext context = answer_context(session);
  g_autoptr(QueryResult) result = query_run(&context, &request.request, error);
  g_autoptr(GPtrArray) trails = result ? query_trails(&context, &request.request, 0, error) : NULL;
  if (trails) answer_explain_json(session, result, trails, out);
  return trails != NULL;
}

char *attain_explain(AttainWorkspace *workspace, const AttainQuestion *question, AttainError *error) {
  return lib_answer(workspace, "explain", explain, question, error);
}

typedef struct {
  const AttainQuestion *question;
  guint number; /* a limit, a revision */
} Numbered;

static gboolean list_records(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                             GError **error) {
  const Numbered *asked = what;
  g_auto(AnswerRequest) request = {0};
  if (!read_one(session, asked->question, &request, error)) return FALSE;
  QueryContext context = answer_context(session);
  guint limit = asked->number > 0 ? asked->number : ANSWER_USUAL_RECORDS;
  g_autoptr(GPtrArray) trails = query_trails(&context, &request.request, limit, error);
  if (trails) answer_records_json(session, request.kpis[0], trails, out);
  return trails != NULL;
}

char *attain_records(AttainWorkspace *workspace, const AttainQuestion *question, unsigned limit, AttainError *error) {
  return lib_answer(workspace, "records", list_records, &(Numbered){question, limit}, error);
}

/* --- closed periods --- */

static gboolean compare_reported(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                                 GError **error) {
  const Numbered *asked = what;
  const AttainQuestion *question = asked->question;
  g_auto(AnswerRequest) request = {0};
  g_auto(AnswerReported) reported = {0};
  if (question->where || question->grain || question->compare || question->rates_of || question->credit_now) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "what was reported is there as it was kept: of the question only kpis, role, by and period count");
    return FALSE;
  }
  if (!lib_read_question(session, question, &request, error) ||
      !answer_reported_ask(session, &request, asked->number, question->role == NULL, FALSE, &reported, error))
    return FALSE;
  answer_reported_json(&reported, out);
  return TRUE;
}

char *attain_reported(AttainWorkspace *workspace, const AttainQuestion *question, unsigned revision,
                      AttainError *error) {
  return lib_answer(workspace, "reported", compare_reported, &(Numbered){question, revision}, error);
}

static gboolean list_closed(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                            GError **error) {
  g_autoptr(GPtrArray) snapshots = snapshot_list(session->store, error);
  if (snapshots) answer_snapshots_json(snapshots, out);
  return snapshots != NULL;
}

char *attain_closed_periods(AttainWorkspace *workspace, AttainError *error) {
  return lib_answer(workspace, "closed_periods", list_closed, NULL, error);
}

static gboolean close_period(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                             GError **error) {
  const AttainClosing *closing = what;
  if (!closing->period) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "which period is to be closed? `period` is 2026-Q3, 2026-06 …");
    return FALSE;
  }
  AnswerClosing asked = {.period = closing->period, .kpis = closing->kpis, .by = closing->by, .note = closing->note};
  g_autoptr(Snapshot) snapshot = answer_snapshot_take(session, &asked, error);
  if (!snapshot || !snapshot_save(session->store, snapshot, closing->again, error)) return FALSE;
  CliJson *json = cli_json_new(out);
  answer_snapshot_json(json, snapshot);
  cli_json_free(json);
  return TRUE;
}

char *attain_close_period(AttainWorkspace *workspace, const AttainClosing *closing, AttainError *error) {
  return lib_say(workspace, "close_period", close_period, closing, error);
}
