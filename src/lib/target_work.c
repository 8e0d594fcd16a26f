/* Working with targets: grids out and back, handing down, what is within reach, objectives. */
#include "answer/objectives.h"
#include "answer/target_cascade.h"
#include "answer/target_grid.h"
#include "answer/target_suggest.h"
#include "lib/concern.h"
#include "lib/target_sight.h"

#include <errno.h>

static gboolean need_author(const char *author, GError **error) {
  if (author && *author) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "who says it? `author` is their name");
  return FALSE;
}

/* --- grids --- */

/* Files of the machine are its operator's; others give and get bytes. */
static gboolean check_file(const AttainWorkspace *workspace, const char *file, GError **error) {
  if (!workspace->reader || !file) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN,
              "files on the server are for its operator: send the file itself");
  return FALSE;
}

static gboolean write_csv(const AnswerGrid *grid, const char *path, GError **error) {
  FILE *out = fopen(path, "wb");
  if (out) answer_grid_csv(grid, out);
  if (out && fclose(out) == 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s cannot be written: %s", path, g_strerror(errno));
  return FALSE;
}

static gboolean write_file(const AnswerGrid *grid, const char *path, GError **error) {
  g_autofree char *lower = g_ascii_strdown(path, -1);
  if (g_str_has_suffix(lower, ".xlsx")) return answer_grid_xlsx(grid, path, NULL, error);
  if (g_str_has_suffix(lower, ".csv")) return write_csv(grid, path, error);
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "a grid is written to a file .xlsx or .csv, not to %s", path);
  return FALSE;
}

/* Of whom the handle may be told. */
static gboolean make_grid(AttainWorkspace *workspace, const Session *session, const AttainGridQuestion *question,
                          AnswerGrid *grid, GError **error) {
  AnswerGridQuestion asked = {
      .kpi = question->kpi, .by = question->by, .period = question->period, .grain = question->grain};
  grid->targets = lib_read_targets(workspace, error);
  if (!grid->targets || !answer_grid_out(session, &asked, grid, error)) return FALSE;
  if (lib_sees_all(workspace)) return TRUE;
  g_autoptr(LibTargetSight) sight = lib_target_sight_new(workspace, session, error);
  return sight && lib_target_sight_limit(sight, grid->grid, error);
}

static gboolean give_grid(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                          GError **error) {
  const AttainGridQuestion *question = what;
  g_auto(AnswerGrid) grid = {0};
  if (!check_file(workspace, question->file, error) || !make_grid(workspace, session, question, &grid, error))
    return FALSE;
  if (question->file && !write_file(&grid, question->file, error)) return FALSE;
  answer_grid_json(&grid, out);
  return TRUE;
}

/* --- grids as bytes --- */

typedef struct {
  const AttainGridQuestion *question;
  AttainFormat format;
} GridAsked;

static gboolean write_grid(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                           GError **error) {
  const GridAsked *wanted = what;
  g_auto(AnswerGrid) grid = {0};
  if (!make_grid(workspace, session, wanted->question, &grid, error)) return FALSE;
  if (wanted->format == ATTAIN_XLSX) return answer_grid_xlsx(&grid, NULL, out, error);
  (wanted->format == ATTAIN_CSV ? answer_grid_csv : answer_grid_json)(&grid, out);
  return TRUE;
}

char *attain_target_grid_write(AttainWorkspace *workspace, const AttainGridQuestion *question, AttainFormat format,
                               size_t *n_bytes, AttainError *error) {
  GridAsked asked = {question, format == ATTAIN_PARQUET ? ATTAIN_JSON : format};
  char *written = lib_answer_bytes(workspace, "target_grid", write_grid, &asked, n_bytes, error);
  if (!written || format != ATTAIN_PARQUET) return written;
  char *bytes = attain_document_write(written, "cells", format, n_bytes, error);
  g_free(written);
  return bytes;
}

char *attain_target_grid(AttainWorkspace *workspace, const AttainGridQuestion *question, AttainError *error) {
  return lib_answer(workspace, "target_grid", give_grid, question, error);
}

static gboolean take_grid(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                          GError **error) {
  const AttainGridTaking *taking = what;
  AnswerGridBack back = {.file = taking->file,
                         .bytes = taking->bytes,
                         .length = taking->n_bytes,
                         .sheet = taking->sheet,
                         .author = taking->author,
                         .reason = taking->reason,
                         .is_dry = taking->dry_run};
  g_auto(AnswerGrid) grid = {0};
  if ((back.file != NULL) == (back.bytes != NULL)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "a grid is taken from a file or from bytes: give one of the two");
    return FALSE;
  }
  if (!check_file(workspace, back.file, error) || (!back.is_dry && !need_author(back.author, error))) return FALSE;
  g_autoptr(LibTargetSight) sight = NULL;
  if (!lib_sees_all(workspace)) {
    back.asker = sight = lib_target_sight_new(workspace, session, error);
    back.may_take = lib_target_sight_may_take;
    if (!sight) return FALSE;
  }
  grid.targets = lib_read_targets(workspace, error);
  if (!grid.targets || !answer_grid_back(session, &back, &grid, error)) return FALSE;
  answer_grid_json(&grid, out);
  return TRUE;
}

char *attain_target_grid_take(AttainWorkspace *workspace, const AttainGridTaking *taking, AttainError *error) {
  AttainGridTaking said = *taking;
  said.author = lib_author(workspace, taking->author);
  return taking->dry_run ? lib_answer(workspace, "target_grid_take", take_grid, &said, error)
                         : lib_say(workspace, "target_grid_take", take_grid, &said, error);
}

/* --- handing down --- */

static gboolean hand_down(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                          GError **error) {
  const AttainHanding *handing = what;
  AnswerHanding asked = {.target = handing->target,
                         .to = handing->to,
                         .by = handing->by,
                         .shares = handing->shares,
                         .over = handing->over,
                         .proposes = handing->propose,
                         .is_dry = handing->dry_run,
                         .author = handing->author,
                         .reason = handing->reason};
  if (!asked.is_dry && !need_author(asked.author, error)) return FALSE;
  QueryContext context = answer_context(session);
  TargetDesk desk = {.context = &context, .ask = lib_ask_cells, .asker = workspace};
  g_auto(AnswerHanded) handed = {.targets = lib_read_targets(workspace, error)};
  g_autoptr(LibTargetSight) sight = NULL;
  if (handed.targets && !lib_sees_all(workspace)) {
    asked.asker = sight = lib_target_sight_new(workspace, session, error);
    asked.may_hand = asked.proposes ? lib_target_sight_may_propose_parts : lib_target_sight_may_set_parts;
    if (!sight) return FALSE;
  }
  if (!handed.targets || !answer_hand_down(session, &desk, &asked, &handed, error)) return FALSE;
  answer_handed_json(&handed, out);
  return TRUE;
}

char *attain_target_cascade(AttainWorkspace *workspace, const AttainHanding *handing, AttainError *error) {
  AttainHanding said = *handing;
  said.author = lib_author(workspace, handing->author);
  return handing->dry_run ? lib_answer(workspace, "target_cascade", hand_down, &said, error)
                          : lib_say(workspace, "target_cascade", hand_down, &said, error);
}

/* --- what is within reach --- */

typedef struct {
  const char *kpi, *who, *period;
} Suggesting;

static gboolean suggest(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                        GError **error) {
  const Suggesting *asked = what;
  QueryContext context = answer_context(session);
  TargetDesk desk = {.context = &context, .ask = lib_ask_cells, .asker = workspace};
  g_auto(AnswerSuggested) suggested = {0};
  if (!asked->kpi) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "of which KPI is something to be suggested?");
    return FALSE;
  }
  if (!answer_suggest(session, &desk, asked->kpi, asked->who, asked->period, &suggested, error)) return FALSE;
  answer_suggested_json(&suggested, out);
  return TRUE;
}

char *attain_target_suggest(AttainWorkspace *workspace, const char *kpi, const char *who, const char *period,
                            AttainError *error) {
  return lib_answer(workspace, "target_suggest", suggest, &(Suggesting){kpi, who, period}, error);
}

/* --- objectives --- */

/* Who does not see everything is told of those that targets serve which they see. */
static gboolean list_objectives(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                                GError **error) {
  g_autoptr(GPtrArray) objectives = target_read_objectives(session->store, error);
  g_autoptr(GPtrArray) targets = objectives ? lib_read_targets(workspace, error) : NULL;
  g_autoptr(GPtrArray) told = g_ptr_array_new();
  for (guint i = 0; targets && i < objectives->len; i++) {
    gpointer objective = g_ptr_array_index(objectives, i);
    if (lib_sees_all(workspace) || lib_is_served(objective, objectives, targets)) g_ptr_array_add(told, objective);
  }
  if (targets) answer_objectives_json(session, told, targets, out);
  return targets != NULL;
}

char *attain_objectives(AttainWorkspace *workspace, AttainError *error) {
  return lib_answer(workspace, "objectives", list_objectives, NULL, error);
}

static gboolean set_objective(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                              GError **error) {
  const AttainObjective *objective = what;
  AnswerObjective said = {.name = objective->name,
                          .about = objective->about,
                          .kpis = objective->kpis,
                          .author = objective->author,
                          .ends = objective->end};
  gint64 number;
  g_auto(GStrv) kpis = NULL;
  if (!said.name || !*said.name) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "an objective has a name, such as Grow in the North");
    return FALSE;
  }
  if (!need_author(said.author, error) || !answer_objective_set(session, &said, &number, &kpis, error)) return FALSE;
  answer_objective_json(&said, number, kpis, out);
  return TRUE;
}

char *attain_objective_set(AttainWorkspace *workspace, const AttainObjective *objective, AttainError *error) {
  AttainObjective said = *objective;
  said.author = lib_author(workspace, objective->author);
  return lib_say(workspace, "objective_set", set_objective, &said, error);
}
