/* Questions, and answers as rows of plain C. */
#include "answer/show.h"
#include "lib/formats.h"
#include "lib/reader.h"

#include <stdio.h>
#include <stdlib.h>

struct AttainAnswer {
  LibMeaning *meaning; /* by which it was answered */
  Session session;     /* whose answer it is; it owns nothing but what follows */
  QuerySight *sight;
  QueryResult *result;
  Shown shown;
  AttainPeriod *periods; /* as the result's */
  AttainRow *rows;       /* the rows, then the totals */
  gsize n_rows, n_totals;
  GPtrArray *dimensions, *notes; /* const char *, NULL at the end */
  GStringChunk *texts;
  const char *currency, *loaded_at, *as_of;
};

/* --- the question --- */

static gboolean read_question(const Session *session, const AttainQuestion *question, AnswerRequest *request,
                              const KpiView **view, GError **error) {
  if (!lib_read_question(session, question, request, error)) return FALSE;
  if (!request->kpis[0]) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "a question names a KPI, a view or a role");
    return FALSE;
  }
  answer_request_expand(session, request, view);
  return TRUE;
}

/* --- the answer --- */

static const char *keep(AttainAnswer *answer, char *text) {
  const char *kept = text ? g_string_chunk_insert_const(answer->texts, text) : NULL;
  g_free(text);
  return kept;
}

static AttainPeriod period_of(AttainAnswer *answer, const CalendarPeriod *period) {
  return (AttainPeriod){.name = keep(answer, g_strdup(period->name)),
                        .start = keep(answer, base_day_format(period->start)),
                        .end = keep(answer, base_day_format(period->end))};
}

static AttainFigures figures_of(const QueryValue *value) {
  return (AttainFigures){.has_value = value->has_value,
                         .value = value->value,
                         .n = value->n,
                         .has_parts = value->has_parts,
                         .numerator = value->numerator,
                         .denominator = value->denominator,
                         .has_interval = value->has_interval,
                         .low = value->low,
                         .high = value->high,
                         .flags = value->flags,
                         .n_missing_rates = value->n_missing};
}

static AttainRow row_of(AttainAnswer *answer, const QueryRow *row) {
  const KpiDefinition *kpi = query_result_kpi(answer->result, row->kpi);
  AttainRow made = {.kpi = kpi->name,
                    .title = kpi->title,
                    .unit = answer_unit(kpi),
                    .n_members = row->n_members,
                    .members = row->members,
                    .period = answer->periods[row->period],
                    .figures = figures_of(&row->value)};
  if (!row->has_compared) return made;
  made.has_compared = true;
  made.compared_period = period_of(answer, &row->compared_period);
  made.compared = figures_of(&row->compared);
  made.has_whole_period = row->has_compared_whole && row->compared_whole.has_value;
  made.whole_period_value = made.has_whole_period ? row->compared_whole.value : 0;
  return made;
}

static void make_rows(AttainAnswer *answer) {
  const QueryResult *result = answer->result;
  const Shown *shown = &answer->shown;
  answer->n_rows = (gsize)shown->n_members * shown->per_member;
  answer->n_totals = query_result_n_totals(result);
  answer->periods = g_new(AttainPeriod, query_result_n_periods(result) + 1);
  answer->rows = g_new(AttainRow, answer->n_rows + answer->n_totals + 1);
  for (guint p = 0; p < query_result_n_periods(result); p++)
    answer->periods[p] = period_of(answer, query_result_period(result, p));
  for (guint r = 0; r < answer->n_rows; r++) {
    guint row = shown->members[r / shown->per_member] + r % shown->per_member;
    answer->rows[r] = row_of(answer, query_result_row(result, row));
  }
  for (guint t = 0; t < answer->n_totals; t++)
    answer->rows[answer->n_rows + t] = row_of(answer, query_result_total(result, t));
}

static AttainAnswer *make_answer(LibMeaning *meaning, const Session *session, const AttainQuestion *question,
                                 QueryResult *result, gboolean compared, const KpiView *view) {
  AttainAnswer *answer = g_new0(AttainAnswer, 1);
  answer->meaning = lib_meaning_hold(meaning);
  answer->session = *session;
  answer->session.sight = answer->sight = query_sight_hold(session->sight);
  answer->session.stop = (BaseStop){0};
  answer->result = result;
  answer->texts = g_string_chunk_new(256);
  shown_init(&answer->shown, &answer->session, result, compared, question->by_value, question->top);
  shown_set_view(&answer->shown, view);
  make_rows(answer);
  answer->dimensions = g_ptr_array_new();
  for (guint d = 0; d < query_result_n_dims(result); d++)
    g_ptr_array_add(answer->dimensions, (gpointer)query_result_dim(result, d));
  g_ptr_array_add(answer->dimensions, NULL);
  answer->notes = g_ptr_array_new();
  g_ptr_array_extend(answer->notes, answer->shown.notes, NULL, NULL);
  g_ptr_array_add(answer->notes, NULL);
  answer->currency = session->organisation->currency;
  answer->as_of = keep(answer, answer_instant(query_result_now_us(result)));
  if (answer->shown.load.number > 0) answer->loaded_at = keep(answer, answer_instant(answer->shown.load.at_us));
  return answer;
}

/* Of the records as they were believed then: there are no cells of the past. */
static AttainAnswer *answer_then(LibMeaning *meaning, const Session *past, const AttainQuestion *question,
                                 GError **error) {
  g_auto(AnswerRequest) request = {0};
  const KpiView *view = NULL;
  if (!read_question(past, question, &request, &view, error)) return NULL;
  QueryContext context = answer_context(past);
  QueryResult *result = query_run(&context, &request.request, error);
  return result ? make_answer(meaning, past, question, result, request.request.compare != QUERY_COMPARE_NONE, view)
                : NULL;
}

static AttainAnswer *ask_then(AttainWorkspace *workspace, const AttainQuestion *question, AttainError *error) {
  GError *cause = NULL;
  if (!lib_take_turn(workspace, error)) return NULL;
  if (workspace->core->turns == 0) lib_doing(workspace, "ask");
  Session session = lib_session(workspace), past;
  session.stop = lib_stop(workspace);
  AttainAnswer *answer = lib_go_back(&session, question->as_of, &past, &cause)
                             ? answer_then(workspace->core->meaning, &past, question, &cause)
                             : NULL;
  lib_leave_past(&session, &past);
  if (!answer) lib_own_up(workspace, &cause);
  lib_give_turn(workspace);
  if (!answer) lib_fail(error, cause);
  return answer;
}

/* By one meaning from the question to the answer. */
static AttainAnswer *ask_now(AttainWorkspace *workspace, const AttainQuestion *question, GError **error) {
  g_auto(AnswerRequest) request = {0};
  const KpiView *view = NULL;
  Session session = lib_session(workspace);
  if (!read_question(&session, question, &request, &view, error)) return NULL;
  QueryResult *result = lib_ask_cells(workspace, &request.request, error);
  if (!result) return NULL;
  lib_note_reader(workspace, question->reader, (const char *const *)request.kpis);
  return make_answer(workspace->core->meaning, &session, question, result,
                     request.request.compare != QUERY_COMPARE_NONE, view);
}

static AttainAnswer *enter_and_ask(AttainWorkspace *workspace, const AttainQuestion *question, GError **error) {
  lib_enter(workspace);
  AttainAnswer *answer = ask_now(workspace, question, error);
  lib_leave(workspace);
  return answer;
}

AttainAnswer *attain_ask(AttainWorkspace *workspace, const AttainQuestion *question, AttainError *error) {
  GError *cause = NULL;
  if (!lib_permit(workspace, "ask", error)) return NULL;
  if (!lib_check_goes_on(workspace, &cause)) {
    lib_fail(error, cause);
    return NULL;
  }
  if (question->as_of) return ask_then(workspace, question, error);
  lib_follow_clock(workspace);
  AttainAnswer *answer = enter_and_ask(workspace, question, &cause);
  if (answer) return answer;
  if (g_error_matches(cause, BASE_ERROR, BASE_ERROR_IO) && lib_begin_writing(workspace, NULL)) {
    gboolean is_mended = lib_mend(workspace);
    lib_end_writing(workspace);
    if (is_mended) g_clear_error(&cause);
    if (is_mended) answer = enter_and_ask(workspace, question, &cause);
  }
  if (!answer) lib_fail(error, cause);
  return answer;
}

void attain_answer_free(AttainAnswer *answer) {
  if (!answer) return;
  shown_clear(&answer->shown);
  query_result_free(answer->result);
  query_sight_free(answer->sight);
  g_ptr_array_unref(answer->dimensions);
  g_ptr_array_unref(answer->notes);
  g_string_chunk_free(answer->texts);
  g_free(answer->periods);
  g_free(answer->rows);
  lib_meaning_release(answer->meaning);
  g_free(answer);
}

/* --- reading it --- */

size_t attain_answer_n_rows(const AttainAnswer *answer) {
  return answer->n_rows;
}
const AttainRow *attain_answer_row(const AttainAnswer *answer, size_t index) {
  return index < answer->n_rows ? &answer->rows[index] : NULL;
}
size_t attain_answer_n_totals(const AttainAnswer *answer) {
  return answer->n_totals;
}
const AttainRow *attain_answer_total(const AttainAnswer *answer, size_t index) {
  return index < answer->n_totals ? &answer->rows[answer->n_rows + index] : NULL;
}
const char *const *attain_answer_dimensions(const AttainAnswer *answer) {
  return (const char *const *)answer->dimensions->pdata;
}
const char *const *attain_answer_notes(const AttainAnswer *answer) {
  return (const char *const *)answer->notes->pdata;
}
const char *const *attain_answer_without_records(const AttainAnswer *answer) {
  return query_result_without_records(answer->result);
}
const char *attain_answer_currency(const AttainAnswer *answer) {
  return answer->currency;
}
int64_t attain_answer_load(const AttainAnswer *answer) {
  return answer->shown.load.number;
}
const char *attain_answer_loaded_at(const AttainAnswer *answer) {
  return answer->loaded_at;
}
const char *attain_answer_as_of(const AttainAnswer *answer) {
  return answer->as_of;
}

const char *attain_flag_name(AttainFlag flag) {
  for (guint bit = 0; query_flag_name(bit); bit++)
    if ((guint)flag == 1u << bit) return query_flag_name(bit);
  return NULL;
}

char *attain_answer_json(const AttainAnswer *answer) {
  size_t length;
  return attain_answer_write(answer, ATTAIN_JSON, &length, NULL);
}

char *attain_answer_write(const AttainAnswer *answer, AttainFormat format, size_t *n_bytes, AttainError *error) {
  LibText text;
  lib_text_init(&text);
  (format == ATTAIN_CSV ? show_csv : show_json)(&answer->shown, text.out);
  char *written = lib_text_end(&text, TRUE, n_bytes);
  if (format == ATTAIN_JSON || format == ATTAIN_CSV) return written;
  char *bytes = attain_document_write(written, "rows,totals", format, n_bytes, error);
  g_free(written);
  return bytes;
}
