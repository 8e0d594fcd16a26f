/* Scorecards, from the cells of one commit. */
#include "answer/scorecard.h"

#include "answer/scorecard_question.h"
#include "lib/concern.h"

static void note_reader(AttainWorkspace *workspace, const char *reader, const Scorecard *scorecard) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < scorecard_n_kpis(scorecard); i++)
    g_ptr_array_add(names, (gpointer)scorecard_kpi(scorecard, i)->name);
  g_ptr_array_add(names, NULL);
  lib_note_reader(workspace, reader, (const char *const *)names->pdata);
}

typedef struct {
  const AttainScorecardQuestion *question;
  AttainFormat format; /* JSON, CSV or XLSX */
} Asked;

static gboolean write_as(const ShownScorecard *shown, AttainFormat format, FILE *out, GError **error) {
  if (format == ATTAIN_XLSX) return scorecard_xlsx(shown, out, error);
  (format == ATTAIN_CSV ? scorecard_csv : scorecard_json)(shown, out);
  return TRUE;
}

static gboolean answer(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                       GError **error) {
  const AttainScorecardQuestion *question = ((const Asked *)what)->question;
  QueryContext context = answer_context(session);
  TargetDesk desk = {.context = &context, .ask = lib_ask_cells, .asker = workspace};
  ScorecardQuestion asked = {.who = question->who,
                             .role = question->role,
                             .kpis = question->kpis,
                             .by = question->by,
                             .where = question->where,
                             .compare = question->compare,
                             .weights = question->weights,
                             .period = question->period,
                             .n_trend = question->n_trend};
  const char *role = NULL;
  g_autoptr(GPtrArray) targets = lib_read_targets(workspace, error);
  g_autoptr(Scorecard) scorecard = targets ? scorecard_ask(session, &desk, targets, &asked, &role, error) : NULL;
  if (!scorecard) return FALSE;
  note_reader(workspace, question->reader, scorecard);
  g_auto(ShownScorecard) shown = {0};
  shown_scorecard_init(&shown, session, scorecard, role);
  return write_as(&shown, ((const Asked *)what)->format, out, error);
}

char *attain_scorecard_write(AttainWorkspace *workspace, const AttainScorecardQuestion *question, AttainFormat format,
                             size_t *n_bytes, AttainError *error) {
  static const AttainScorecardQuestion usual = {0};
  Asked asked = {question ? question : &usual, format == ATTAIN_PARQUET ? ATTAIN_JSON : format};
  char *written = lib_answer_bytes(workspace, "scorecard", answer, &asked, n_bytes, error);
  if (!written || format != ATTAIN_PARQUET) return written;
  char *bytes = attain_document_write(written, "rows.cells", format, n_bytes, error);
  g_free(written);
  return bytes;
}

char *attain_scorecard(AttainWorkspace *workspace, const AttainScorecardQuestion *question, AttainError *error) {
  size_t length;
  return attain_scorecard_write(workspace, question, ATTAIN_JSON, &length, error);
}
