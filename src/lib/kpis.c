/* KPIs themselves: definitions, what is wrong with them and their records, those that serve a goal. */
#include "answer/kpis.h"

#include "answer/check.h"
#include "answer/lint.h"
#include "lib/reader.h"
#include "lint/usage.h"

/* --- definitions --- */

/* How many records the company has is for who sees them all; that there are some is for everybody. */
static void hide_counts(GHashTable *counts) {
  GHashTableIter iter;
  gpointer n;
  g_hash_table_iter_init(&iter, counts);
  while (g_hash_table_iter_next(&iter, NULL, &n)) *(gint64 *)n = MIN(*(gint64 *)n, 1);
}

static gboolean list_kpis(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                          GError **error) {
  const AttainKpisWanted *wanted = what;
  AnswerKpisWanted asked = {
      .names = wanted->names, .role = wanted->role, .business = wanted->business, .category = wanted->category};
  gboolean named = wanted->names && *wanted->names;
  g_autoptr(GPtrArray) chosen = answer_kpis_choose(session->catalogue, &asked, error);
  g_autoptr(GHashTable) counts = chosen ? answer_row_counts(session->store, session->schema, error) : NULL;
  if (counts && !lib_sees_all(workspace)) hide_counts(counts);
  if (counts) answer_kpis_json(session->catalogue, counts, chosen, !named, out);
  return counts != NULL;
}

char *attain_kpis(AttainWorkspace *workspace, const AttainKpisWanted *wanted, AttainError *error) {
  static const AttainKpisWanted all = {0};
  return lib_answer(workspace, "kpis", list_kpis, wanted ? wanted : &all, error);
}

/* --- what is wrong --- */

/* The files are read anew, beside those by which the workspace answers; the database is the one that is open. */
static gboolean check_all(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                          GError **error) {
  g_autoptr(Session) scratch = session_open(session->folder, NULL, 0, error);
  if (!scratch) return FALSE;
  scratch->now_us = session->now_us;
  scratch->today = session->today;
  scratch->store = session->store;
  g_auto(AnswerCheck) check = {0};
  answer_check(scratch, ANSWER_MAX_REJECTED, &check);
  answer_check_json(&check, out);
  scratch->store = NULL;
  return TRUE;
}

char *attain_check(AttainWorkspace *workspace, AttainError *error) {
  return lib_answer(workspace, "check", check_all, NULL, error);
}

static gboolean lint_all(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                         GError **error) {
  QueryContext context = answer_context(session);
  g_autofree char *usage = lint_usage_file(session->organisation->database);
  LintDesk desk = {.context = &context, .usage_file = usage};
  g_auto(LintReport) report = {0};
  if (!lint_run(&desk, what, &report, error)) return FALSE;
  answer_lint_json(out, session, &report);
  return TRUE;
}

char *attain_lint(AttainWorkspace *workspace, const char *const *rules, AttainError *error) {
  return lib_answer(workspace, "lint", lint_all, rules, error);
}

char *attain_lint_rules(void) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  g_assert(out); /* fails only without memory, as does all of GLib */
  answer_lint_rules_json(out);
  fclose(out);
  return text;
}

/* --- goals --- */

static gboolean choose(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                       GError **error) {
  g_auto(GStrv) files = session_files(session, "goals");
  g_autoptr(LintGoals) goals = lint_goals_read(session->catalogue, (const char *const *)files, error);
  if (!goals) return FALSE;
  if (!what) {
    answer_goals_json(out, goals);
    return TRUE;
  }
  gboolean exact;
  const LintGoal *goal = lint_goals_find(goals, what, &exact, error);
  QueryContext context = answer_context(session);
  g_autoptr(GArray) choices = goal ? lint_choose(&context, goal, error) : NULL;
  if (choices) answer_choice_json(out, goal, what, exact, choices);
  return choices != NULL;
}

char *attain_choose(AttainWorkspace *workspace, const char *goal, AttainError *error) {
  return lib_answer(workspace, "choose", choose, goal, error);
}
