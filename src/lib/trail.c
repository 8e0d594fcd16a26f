/* What a number rests on, and numbers as they were reported: read from the records, not from cells. */
#include "answer/trail.h"

#include "answer/changes.h"
#include "answer/decompose.h"
#include "lib/reader.h"
#include "lib/reported_sight.h"
#include "lib/workspace.h"
#include "query/sight.h"

/* --- the question --- */

gboolean lib_go_back(const Session *session, const char *as_of, Session *past, GError **error) {
  if (as_of) return session_go_back(session, "as_of", as_of, past, error);
  *past = *session;
  return TRUE;
}

void lib_leave_past(const Session *session, Session *past) {
  if (past->store != session->store) session_leave_past(past);
}

/* Zeros for who sees nobody's records would be taken for the truth. Owners and teams as they are now would bring a
 * leader what was others' then: what is theirs goes by the day. */
static gboolean may_ask(const Session *session, const AttainQuestion *question, GError **error) {
  const ConfOrganisation *organisation = session->organisation;
  gboolean is_usual = organisation->owner_credit == CONF_CREDIT_NOW && organisation->team_credit == CONF_CREDIT_NOW;
  const char *why =
      query_sight_is_empty(session->sight)
          ? "there are no records for you to see: you are nobody of the records' people, or your token lacks see_all"
      : session->sight && question->credit_now && !is_usual
          ? "records credited to who has them now are for those who see the whole company: ask without credit=now"
          : NULL;
  if (why) g_set_error_literal(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, why);
  return !why;
}

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
  if (!may_ask(session, question, error)) return FALSE;
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

static gboolean explain_then(const Session *session, const AttainQuestion *question, FILE *out, GError **error) {
  g_auto(AnswerRequest) request = {0};
  if (!read_one(session, question, &request, error)) return FALSE;
  QueryContext context = answer_context(session);
  g_autoptr(QueryResult) result = query_run(&context, &request.request, error);
  g_autoptr(GPtrArray) trails = result ? query_trails(&context, &request.request, 0, error) : NULL;
  if (trails) answer_explain_json(session, result, trails, out);
  return trails != NULL;
}

static gboolean explain(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                        GError **error) {
  const AttainQuestion *question = what;
  Session past;
  gboolean ok = lib_go_back(session, question->as_of, &past, error) && explain_then(&past, question, out, error);
  lib_leave_past(session, &past);
  return ok;
}

char *attain_explain(AttainWorkspace *workspace, const AttainQuestion *question, AttainError *error) {
  return lib_answer(workspace, "explain", explain, question, error);
}

/* Of the past there are no cells. */
static QueryResult *ask_for(AttainWorkspace *workspace, const Session *session, const AttainQuestion *question,
                            const QueryRequest *request, GError **error) {
  if (!question->as_of) return lib_ask_cells(workspace, request, error);
  QueryContext context = answer_context(session);
  return query_run(&context, request, error);
}

static gboolean decompose_then(AttainWorkspace *workspace, const Session *session, const AttainQuestion *question,
                               FILE *out, GError **error) {
  g_auto(AnswerRequest) request = {0};
  if (!lib_read_question(session, question, &request, error) || !answer_decompose_check(session, &request, error))
    return FALSE;
  g_autoptr(QueryResult) result = ask_for(workspace, session, question, &request.request, error);
  g_autoptr(AnswerDecomposition) split = result ? answer_decompose(session, result, error) : NULL;
  if (split) lib_note_reader(workspace, question->reader, (const char *const *)request.kpis);
  if (split) answer_decompose_json(split, out);
  return split != NULL;
}

static gboolean decompose(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                          GError **error) {
  const AttainQuestion *question = what;
  Session past;
  gboolean ok =
      lib_go_back(session, question->as_of, &past, error) && decompose_then(workspace, &past, question, out, error);
  lib_leave_past(session, &past);
  return ok;
}

char *attain_decompose(AttainWorkspace *workspace, const AttainQuestion *question, AttainError *error) {
  return lib_answer(workspace, "decompose", decompose, question, error);
}

typedef struct {
  const AttainQuestion *question;
  guint number; /* a limit, a revision */
} Numbered;

typedef struct {
  const AttainQuestion *question;
  const AnswerPage *page; /* NULL: all, or none where they are more than `limit` */
  guint limit;
} Listed;

static gboolean list_then(const Session *session, const Listed *asked, FILE *out, GError **error) {
  g_auto(AnswerRequest) request = {0};
  if (!read_one(session, asked->question, &request, error)) return FALSE;
  QueryContext context = answer_context(session);
  g_autoptr(GPtrArray) trails = query_trails(&context, &request.request, asked->limit, error);
  if (!trails) return FALSE;
  if (asked->page) return answer_records_page_json(session, request.kpis[0], trails, asked->page, out, error);
  answer_records_json(session, request.kpis[0], trails, out);
  return TRUE;
}

static gboolean list_records(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                             GError **error) {
  const Listed *asked = what;
  Session past;
  gboolean ok = lib_go_back(session, asked->question->as_of, &past, error) && list_then(&past, asked, out, error);
  lib_leave_past(session, &past);
  return ok;
}

char *attain_records(AttainWorkspace *workspace, const AttainQuestion *question, unsigned limit, AttainError *error) {
  Listed asked = {question, NULL, limit > 0 ? limit : ANSWER_USUAL_RECORDS};
  return lib_answer(workspace, "records", list_records, &asked, error);
}

char *attain_records_page(AttainWorkspace *workspace, const AttainQuestion *question, const AttainPage *page,
                          AttainError *error) {
  AnswerPage part = {.cursor = page ? page->cursor : NULL, .limit = page ? page->limit : 0};
  Listed asked = {question, &part, MAX(part.limit, ANSWER_MOST_RECORDS)};
  return lib_answer(workspace, "records_page", list_records, &asked, error);
}

/* --- what restated a number --- */

typedef struct {
  const AttainQuestion *question;
  const char *since;
} Since;

static gboolean check_since(const Since *asked, GError **error) {
  const AttainQuestion *question = asked->question;
  const char *wrong = !asked->since       ? "since when? `since` is a day or an instant"
                      : question->as_of   ? "numbers are held against those of now: without `as_of`"
                      : question->by      ? "records are listed for all together: `where` narrows them, not `by`"
                      : question->grain   ? "records are listed of one period: without a grain"
                      : question->compare ? "records are listed of one period: compared with none"
                                          : NULL;
  if (!wrong) return TRUE;
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, wrong);
  return FALSE;
}

static gboolean list_changes(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                             GError **error) {
  const Since *asked = what;
  g_auto(AnswerRequest) request = {0};
  if (!check_since(asked, error) || !lib_read_question(session, asked->question, &request, error)) return FALSE;
  const KpiView *view;
  answer_request_expand(session, &request, &view);
  g_autoptr(AnswerChanges) changes = answer_changes_ask(session, &request, "since", asked->since, 0, error);
  if (changes) answer_changes_json(changes, out);
  return changes != NULL;
}

char *attain_changes(AttainWorkspace *workspace, const AttainQuestion *question, const char *since,
                     AttainError *error) {
  return lib_answer(workspace, "changes", list_changes, &(Since){question, since}, error);
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
  if (!lib_sees_all(workspace) && !lib_limit_reported(session, &reported, error)) return FALSE;
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
  for (guint i = 0; snapshots && !lib_sees_all(workspace) && i < snapshots->len; i++)
    lib_limit_closing(g_ptr_array_index(snapshots, i));
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
