/* Reading kept cells: where they lie, whether a question finds all that it needs, what changed since. */
#include "query/board_private.h"

const Dim *board_dims(const Board *board, guint *n_dims) {
  *n_dims = board->n_dims;
  return board->dims;
}

gboolean board_has_all(const PlanUse *kept, const PlanUse *asked) {
  if (asked->averaged && !kept->averaged) return FALSE;
  if (!kept->framed) return TRUE;
  GHashTableIter iter;
  gpointer frame;
  g_hash_table_iter_init(&iter, asked->frame_set);
  while (g_hash_table_iter_next(&iter, &frame, NULL))
    if (!g_hash_table_contains(kept->frame_set, frame)) return FALSE;
  return TRUE;
}

const PlanUse *board_kept_use(const Board *board, guint side, const PlanUse *use, guint *table) {
  gpointer kept, number;
  if (!g_hash_table_lookup_extended(board->sides[side].uses, use, &kept, &number)) return NULL;
  if (table != NULL) *table = GPOINTER_TO_UINT(number) - 1;
  return kept;
}

/* --- where cells lie --- */

struct BoardLayout {
  guint hash;
  GArray *items; /* gint64: pointers to what lives as long as the ledger's schema and definitions, and numbers */
};

static void add_item(BoardLayout *layout, gint64 item) {
  g_array_append_val(layout->items, item);
  layout->hash = layout->hash * 31 + (guint)item + (guint)((guint64)item >> 32);
}

static void add_use(BoardLayout *layout, const PlanUse *use) {
  const gint64 items[] = {(gint64)(gsize)use->measure, (gint64)(gsize)use->entity, use->column,   use->missing_column,
                          use->ended_column,           use->currency_column,       use->averaged, use->frames->len};
  for (gsize i = 0; i < G_N_ELEMENTS(items); i++) add_item(layout, items[i]);
  for (guint f = 0; f < use->frames->len; f++) {
    const PlanFrame *frame = &g_array_index(use->frames, PlanFrame, f);
    add_item(layout, frame->at);
    add_item(layout, frame->due_start);
    add_item(layout, frame->due_end);
  }
}

void board_lay_out(Board *board, guint number) {
  Side *side = &board->sides[number];
  board_layout_free(side->layout);
  BoardLayout *layout = side->layout = g_new0(BoardLayout, 1);
  layout->items = g_array_new(FALSE, FALSE, sizeof(gint64));
  add_item(layout, g_array_index(board->days, BaseDay, 0));
  add_item(layout, board->days->len);
  for (guint d = 0; d < board->n_dims; d++) {
    add_item(layout, board->dims[d].kind);
    add_item(layout, (gint64)(gsize)board->dims[d].name);
  }
  for (guint t = 0; t < side->tables->len; t++) {
    const PlanTable *table = ((const SideTable *)g_ptr_array_index(side->tables, t))->layout;
    add_item(layout, (gint64)(gsize)table->fact);
    for (guint u = 0; u < table->uses->len; u++) add_use(layout, g_ptr_array_index(table->uses, u));
  }
}

const BoardLayout *board_layout(const Board *board, guint side) {
  return board->sides[side].layout;
}

BoardLayout *board_layout_copy(const BoardLayout *layout) {
  BoardLayout *copy = g_new(BoardLayout, 1);
  *copy = (BoardLayout){layout->hash, g_array_copy(layout->items)};
  return copy;
}

void board_layout_free(BoardLayout *layout) {
  if (layout == NULL) return;
  g_array_unref(layout->items);
  g_free(layout);
}

guint board_layout_hash(const BoardLayout *layout) {
  return layout->hash;
}

gboolean board_layouts_equal(const BoardLayout *a, const BoardLayout *b) {
  return a->hash == b->hash && a->items->len == b->items->len &&
         memcmp(a->items->data, b->items->data, a->items->len * sizeof(gint64)) == 0;
}

/* --- reading --- */

QueryPlan *board_view(const Board *board, guint side, const QueryContext *context) {
  const Side *of = &board->sides[side];
  QueryPlan *view = query_plan_view(context, of->org, board->dims, board->n_dims, board->where, of->members);
  view->rates_of = board->rates_of;
  view->boundaries = g_array_ref(board->days);
  return view;
}

QueryPlan *board_plan_of(const Board *board, guint number, const QueryContext *context) {
  const Side *side = &board->sides[number];
  QueryPlan *view = board_view(board, number, context);
  for (guint t = 0; t < side->tables->len; t++) {
    SideTable *table = g_ptr_array_index(side->tables, t);
    PlanTable *shown = g_new0(PlanTable, 1);
    shown->fact = table->layout->fact;
    shown->entity = table->layout->entity;
    shown->possible = table->layout->possible;
    shown->is_hidden = table->layout->is_hidden;
    shown->uses = g_ptr_array_new();
    shown->levels = table->levels;
    g_ptr_array_add(view->tables, shown);
  }
  return view;
}

QueryPlan board_reading(const Board *board, guint side, const QueryContext *context) {
  QueryPlan plan = *board->sides[side].base_plan;
  plan.context = context;
  plan.org = board->sides[side].org;
  plan.members = board->sides[side].members;
  return plan;
}

const Evaluator *board_levels(const Board *board, guint side) {
  return board->sides[side].base;
}

static gboolean changed_since(const CubeTable *table, const gint64 *ids, guint32 number) {
  gint32 group = cube_table_find(table, ids);
  return group >= 0 && cube_table_changed(table, group) > number;
}

gboolean board_has_changed(const Board *board, guint side, guint n_members, const gint64 *ids, guint32 number) {
  const GPtrArray *tables = board->sides[side].tables;
  for (guint t = 0; t < tables->len; t++) {
    const SideTable *table = g_ptr_array_index(tables, t);
    const CubeTable *of = table->changed[n_members] != NULL ? table->changed[n_members] : table->levels[n_members];
    if (changed_since(of, ids, number)) return TRUE;
  }
  return FALSE;
}

void board_set_building(Board *board, guint side, gint64 number) {
  board->sides[side].building = number;
}

gint64 board_building(const Board *board, guint side) {
  return board->sides[side].building;
}

guint board_naming(const Board *board, guint side) {
  guint naming = 0;
  for (guint d = 0; d < board->n_dims; d++) naming += query_members_version(board->sides[side].members[d]);
  return naming;
}

static gboolean asks_outside(const Board *board, const QueryPlan *view) {
  BaseDay first = g_array_index(board->days, BaseDay, 0), last = first + (BaseDay)board->days->len - 1;
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, view->boundary_set);
  while (g_hash_table_iter_next(&iter, &key, NULL))
    if (GPOINTER_TO_INT(key) < first || GPOINTER_TO_INT(key) > last) return TRUE;
  return FALSE;
}

gboolean board_attach(const Board *board, guint number, QueryPlan *view, gboolean *outside) {
  *outside = asks_outside(board, view);
  if (*outside) return FALSE;
  for (guint u = 0; u < view->uses->len; u++) {
    PlanUse *use = g_ptr_array_index(view->uses, u);
    const PlanUse *kept = board_kept_use(board, number, use, &use->table);
    if (kept == NULL || !board_has_all(kept, use)) return FALSE;
    use->column = kept->column;
    use->missing_column = kept->missing_column;
    use->ended_column = kept->ended_column;
    use->currency_column = kept->currency_column;
    g_array_unref(use->frames);
    use->frames = g_array_ref(kept->frames);
  }
  return TRUE;
}
