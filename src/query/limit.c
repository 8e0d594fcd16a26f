/* Levels chosen from a board's: each of their groups knows which of the board's it is. */
#include "query/limit.h"

#include "query/evaluate_private.h"

guint limit_level(const BoardLimit *limit, guint n_keep) {
  guint level = limit->n;
  for (guint d = 0; d < n_keep; d++) level += limit->at[d] >= limit->n;
  return level;
}

void limit_members(const BoardLimit *limit, guint n_keep, const gint64 *members, gint64 *of) {
  for (guint i = 0; i < limit->n; i++) of[i] = limit->members[i];
  for (guint d = 0; d < n_keep; d++) of[limit->at[d]] = members[d];
}

static void add_group(EvalLevel *level, const BoardLimit *limit, gint32 chosen) {
  gint64 head[BOARD_MAX_DIMS] = {0};
  for (guint d = 0; d < level->n_keep && chosen >= 0; d++)
    head[d] = eval_level_members(level->of, (guint)chosen)[limit->at[d]];
  cube_table_group(level->groups, head);
  g_array_append_val(level->chosen, chosen);
}

/* The total is there even where the member has nothing. */
static void choose_groups(EvalLevel *level, const BoardLimit *limit) {
  const EvalLevel *of = level->of;
  if (of->n_keep == limit->n) {
    gint32 group = eval_level_find(of, limit->members);
    if (group >= 0 || level->n_keep == 0) add_group(level, limit, group);
    return;
  }
  for (guint g = 0; g < eval_level_n_groups(of); g++)
    if (memcmp(eval_level_members(of, g), limit->members, limit->n * sizeof *limit->members) == 0)
      add_group(level, limit, (gint32)g);
}

static void choose_tables(EvalLevel *level, guint n_tables) {
  level->tables = g_new0(LevelTable, n_tables + 1);
  for (guint t = 0; t < n_tables; t++) {
    const LevelTable *from = &level->of->tables[t];
    LevelTable *table = &level->tables[t];
    *table = (LevelTable){.cells = from->cells, .possible = from->possible};
    if (from->group_of == NULL) continue;
    table->group_of = g_new(gint32, level->chosen->len + 1);
    for (guint g = 0; g < level->chosen->len; g++) {
      gint32 chosen = g_array_index(level->chosen, gint32, g);
      table->group_of[g] = chosen < 0 ? -1 : from->group_of[chosen];
    }
  }
}

GPtrArray *limit_levels(const BoardLimit *limit, const Evaluator *board) {
  GPtrArray *levels = eval_levels_new();
  for (guint keep = 0; keep <= limit->n_dims; keep++) {
    EvalLevel *level = eval_level_add(levels, keep);
    level->of = evaluator_level_of(board, limit_level(limit, keep));
    level->limit = limit;
    level->chosen = g_array_new(FALSE, FALSE, sizeof(gint32));
    choose_groups(level, limit);
    choose_tables(level, board->plan->tables->len);
  }
  return levels;
}
