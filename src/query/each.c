/* each(account, x): x for every account of a group, over all windows asked, in one walk over the accounts.
 *
 *   an account's additions   |    o        o o     |      slots of time
 *   lifetime(x), 12 windows  |    ^                |      x changes where an addition comes into the windows' span …
 *   trailing(x, 3 months)    |    ^  v     ^ ^ v v |      … or goes out of it; in between it is what it was
 *
 * Most accounts have nothing in most months. For each column and slot a mask of windows tells where an addition there
 * makes x other than in the window before; x is evaluated at those windows only, and holds until the next. An account
 * costs what its records cost, not accounts x windows.
 *
 * An entity without records contributes what x is of nothing, which for counts and sums is no more than 0; so leaving
 * it out changes nothing. Where it is more (a formula that counts those who did not buy), every entity that has any
 * record is evaluated at every window. */
#include "query/evaluate_private.h"

typedef struct {
  guint n_columns;
  guint n_cells;
  guint64 **masks; /* by column: [cell][word]; NULL = nothing reads the column */
} TableMasks;

typedef struct {
  const EvalLevel *level;
  gboolean valid;
  guint group;    /* whose values these are */
  Value *values;  /* by window */
  Value *of_none; /* by window: x of nothing */
  gboolean none_counts;
} LevelValues;

struct EachFamily {
  const KpiExpr *expr;
  GArray *windows;   /* Window */
  GPtrArray *bodies; /* Bound, one for each */
  guint n_prepared;  /* windows for which the following is made */
  guint *order;      /* windows in the order of time */
  guint *position;   /* in that order, of each window */
  guint n_words;     /* of a mask */
  guint64 *mask;     /* scratch */
  TableMasks *tables;
  guint n_tables;
  GPtrArray *levels; /* LevelValues, by level */
};

static void level_values_free(gpointer data) {
  LevelValues *level = data;
  if (level == NULL) return;
  g_free(level->values);
  g_free(level->of_none);
  g_free(level);
}

EachFamily *eval_family_new(const KpiExpr *expr) {
  EachFamily *family = g_new0(EachFamily, 1);
  family->expr = expr;
  family->windows = g_array_new(FALSE, FALSE, sizeof(Window));
  family->bodies = g_ptr_array_new();
  family->levels = g_ptr_array_new_with_free_func(level_values_free);
  return family;
}

static void forget(EachFamily *family) {
  for (guint t = 0; t < family->n_tables; t++) {
    for (guint c = 0; c < family->tables[t].n_columns; c++) g_free(family->tables[t].masks[c]);
    g_free(family->tables[t].masks);
  }
  g_clear_pointer(&family->tables, g_free);
  g_clear_pointer(&family->order, g_free);
  g_clear_pointer(&family->position, g_free);
  g_clear_pointer(&family->mask, g_free);
  family->n_tables = family->n_prepared = 0;
  g_ptr_array_set_size(family->levels, 0);
}

void eval_family_free(EachFamily *family) {
  forget(family);
  g_array_unref(family->windows);
  g_ptr_array_unref(family->bodies);
  g_ptr_array_unref(family->levels);
  g_free(family);
}

gboolean eval_family_find(const EachFamily *family, const Window *window, guint *at) {
  for (guint i = 0; i < family->windows->len; i++)
    if (eval_same_window(&g_array_index(family->windows, Window, i), window)) {
      *at = i;
      return TRUE;
    }
  return FALSE;
}

guint eval_family_add(EachFamily *family, const Window *window, const Bound *body) {
  g_array_append_vals(family->windows, window, 1);
  g_ptr_array_add(family->bodies, (gpointer)body);
  return family->windows->len - 1;
}

static const Bound *body_at(const EachFamily *family, guint p) {
  return g_ptr_array_index(family->bodies, family->order[p]);
}

/* --- masks --- */

static gint by_time(gconstpointer a, gconstpointer b, gpointer windows) {
  const Window *x = &g_array_index((GArray *)windows, Window, *(const guint *)a);
  const Window *y = &g_array_index((GArray *)windows, Window, *(const guint *)b);
  if (x->period.end != y->period.end) return x->period.end < y->period.end ? -1 : 1;
  if (x->period.start != y->period.start) return x->period.start < y->period.start ? -1 : 1;
  return (x->clip > y->clip) - (x->clip < y->clip);
}

static void leaves_of(const Bound *bound, GPtrArray *leaves) {
  if (bound->op == KPI_OP_MEASURE) g_ptr_array_add(leaves, (gpointer)&bound->read);
  for (guint i = 0; i < bound->n_args; i++) leaves_of(bound->args[i].bound, leaves);
}

/* Whether two bodies differ in nothing but the cells they read. */
static gboolean same_shape(const Bound *a, const Bound *b) {
  if (a->op != b->op || a->n_args != b->n_args || a->flags != b->flags) return FALSE;
  if (a->op == KPI_OP_MEASURE && a->read.use != b->read.use) return FALSE;
  if (a->op == KPI_OP_NUMBER && a->number.value != b->number.value) return FALSE;
  for (guint i = 0; i < a->n_args; i++)
    if (!same_shape(a->args[i].bound, b->args[i].bound)) return FALSE;
  return TRUE;
}

static guint64 *mask_of(EachFamily *family, guint table, guint column, guint n_cells) {
  TableMasks *masks = &family->tables[table];
  masks->n_cells = MAX(masks->n_cells, n_cells);
  if (column >= masks->n_columns) {
    masks->masks = g_renew(guint64 *, masks->masks, column + 1);
    for (guint c = masks->n_columns; c <= column; c++) masks->masks[c] = NULL;
    masks->n_columns = column + 1;
  }
  if (masks->masks[column] == NULL) masks->masks[column] = g_new0(guint64, (gsize)n_cells * family->n_words);
  return masks->masks[column];
}

/* Marks window p for the cells that are in one of two spans but not in both; `either`: for those in any. */
static void mark(guint64 *mask, guint n_words, guint p, const BoundRead *now, const BoundRead *before,
                 gboolean either) {
  guint low = MIN(now->from, before != NULL ? before->from : now->from);
  guint high = MAX(now->to, before != NULL ? before->to : now->to);
  for (guint cell = low; cell < high; cell++) {
    gboolean is_in = cell >= now->from && cell < now->to;
    gboolean was_in = before != NULL && cell >= before->from && cell < before->to;
    if (either ? is_in || was_in : is_in != was_in)
      mask[(gsize)cell * n_words + p / 64] |= G_GUINT64_CONSTANT(1) << (p % 64);
  }
}

static void mark_read(const Evaluator *evaluator, EachFamily *family, guint p, const BoundRead *now,
                      const BoundRead *before) {
  const PlanUse *use = now->use;
  const QueryPlan *plan = evaluator->plan;
  guint n_cells = use->framed ? MAX(use->frames->len, 1) : query_plan_n_slots(plan);
  /* A mean over days is of its window's days; foreign amounts are at its last day's rate. */
  gboolean averaged = now->window.bound == WINDOW_AVERAGE;
  mark(mask_of(family, use->table, use->column, n_cells), family->n_words, p, now, before, averaged);
  if (use->missing_column >= 0)
    mark(mask_of(family, use->table, (guint)use->missing_column, n_cells), family->n_words, p, now, before, FALSE);
  for (guint i = 0; use->currency_column >= 0 && i < query_org_n_currencies(plan->org); i++)
    mark(mask_of(family, use->table, (guint)use->currency_column + i, n_cells), family->n_words, p, now, before, TRUE);
}

/* The bodies differ from window to window (another version of the definition came into force): every window, whatever
 * an entity has. */
static void mark_all(EachFamily *family) {
  for (guint t = 0; t < family->n_tables; t++) {
    TableMasks *masks = &family->tables[t];
    for (guint c = 0; c < masks->n_columns; c++)
      if (masks->masks[c] != NULL)
        memset(masks->masks[c], 0xff, (gsize)masks->n_cells * family->n_words * sizeof(guint64));
  }
}

static void mark_reads(const Evaluator *evaluator, EachFamily *family) {
  gboolean alike = TRUE;
  g_autoptr(GPtrArray) before = g_ptr_array_new();
  for (guint p = 0; p < family->n_prepared; p++) {
    alike &= p == 0 || same_shape(body_at(family, p - 1), body_at(family, p));
    g_autoptr(GPtrArray) now = g_ptr_array_new();
    leaves_of(body_at(family, p), now);
    for (guint l = 0; l < now->len; l++)
      mark_read(evaluator, family, p, g_ptr_array_index(now, l), alike && p > 0 ? g_ptr_array_index(before, l) : NULL);
    g_ptr_array_unref(before);
    before = g_steal_pointer(&now);
  }
  if (!alike) mark_all(family);
}

static void prepare(const Evaluator *evaluator, EachFamily *family) {
  guint n = family->windows->len;
  if (family->n_prepared == n) return;
  forget(family);
  family->n_prepared = n;
  family->n_words = (n + 63) / 64;
  family->n_tables = evaluator->plan->tables->len;
  family->tables = g_new0(TableMasks, family->n_tables);
  family->mask = g_new(guint64, family->n_words);
  family->order = g_new(guint, n);
  family->position = g_new(guint, n);
  for (guint i = 0; i < n; i++) family->order[i] = i;
  g_qsort_with_data(family->order, (gint)n, sizeof *family->order, by_time, family->windows);
  for (guint p = 0; p < n; p++) family->position[family->order[p]] = p;
  mark_reads(evaluator, family);
}

/* --- values --- */

static LevelValues *values_of(const Evaluator *evaluator, EachFamily *family, const EvalLevel *level) {
  if (family->levels->len <= level->index) g_ptr_array_set_size(family->levels, (gint)evaluator->levels->len);
  LevelValues *values = g_ptr_array_index(family->levels, level->index);
  if (values != NULL) return values;
  values = g_new0(LevelValues, 1);
  g_ptr_array_index(family->levels, level->index) = values;
  values->level = level;
  values->values = g_new(Value, family->n_prepared);
  values->of_none = g_new(Value, family->n_prepared);
  Place nobody = {.level = level};
  for (guint p = 0; p < family->n_prepared; p++) {
    values->of_none[p] = eval_bound(evaluator, &nobody, body_at(family, p));
    values->none_counts |= values->of_none[p].has && values->of_none[p].value != 0;
  }
  return values;
}

/* The windows at which an entity's x is to be evaluated. FALSE: none of its records are read by the family. */
static gboolean find_changes(EachFamily *family, const EvalLevel *level, const Place *place) {
  gboolean concerned = FALSE, everywhere = FALSE;
  memset(family->mask, 0, family->n_words * sizeof *family->mask);
  for (guint i = 0; i < place->n_items; i++) {
    const EntityItem *item = &place->items[i];
    const TableMasks *masks = &family->tables[item->table];
    if (masks->masks == NULL) continue;
    concerned = TRUE;
    gsize n;
    const CubeEntry *entries = cube_table_entries(level->tables[item->table].cells, item->cells, &n);
    everywhere |= entries == NULL;
    for (gsize e = 0; entries != NULL && e < n; e++) {
      guint column = entries[e].column & ~CUBE_MOMENT;
      if (column >= masks->n_columns || masks->masks[column] == NULL) continue;
      const guint64 *mask = masks->masks[column] + (gsize)entries[e].cell * family->n_words;
      for (guint w = 0; w < family->n_words; w++) family->mask[w] |= mask[w];
    }
  }
  if (everywhere) memset(family->mask, 0xff, family->n_words * sizeof *family->mask);
  return concerned;
}

static guint next_change(const EachFamily *family, guint p) {
  for (guint w = p / 64; w < family->n_words; w++) {
    guint64 left = family->mask[w];
    if (w == p / 64) left &= ~G_GUINT64_CONSTANT(0) << (p % 64);
    if (left != 0) return MIN(w * 64 + (guint)__builtin_ctzll(left), family->n_prepared);
  }
  return family->n_prepared;
}

static void add_value(Value *total, const Value *value) {
  total->flags |= value->flags;
  total->n_missing += value->n_missing;
  if (!value->has || value->value == 0) return;
  total->value += value->value;
  total->n++;
}

static void add_entity(const Evaluator *evaluator, EachFamily *family, LevelValues *level, const Place *place) {
  if (!find_changes(family, level->level, place)) return;
  if (level->none_counts) memset(family->mask, 0xff, family->n_words * sizeof *family->mask);
  for (guint p = next_change(family, 0); p < family->n_prepared;) {
    Value value = eval_bound(evaluator, place, body_at(family, p));
    guint until = next_change(family, p + 1);
    for (; p < until; p++) add_value(&level->values[p], &value);
  }
}

static void begin_group(EachFamily *family, LevelValues *level, guint group) {
  for (guint p = 0; p < family->n_prepared; p++)
    level->values[p] = (Value){.has = TRUE, .flags = level->of_none[p].flags};
  level->group = group;
  level->valid = TRUE;
}

static void end_group(EachFamily *family, LevelValues *level) {
  for (guint p = 0; p < family->n_prepared; p++) {
    Value *total = &level->values[p];
    if (eval_lacks_data(total) || (total->flags & VALUE_NO_DIMENSION)) total->has = FALSE;
  }
}

/* The families that go through the same entities do it together: what an entity has is fetched from memory once. */
static GPtrArray *families_beside(const Evaluator *evaluator, const EachFamily *family) {
  GPtrArray *beside = g_ptr_array_new();
  GHashTableIter iter;
  gpointer other;
  g_hash_table_iter_init(&iter, evaluator->families);
  while (g_hash_table_iter_next(&iter, NULL, &other))
    if (((EachFamily *)other)->expr->entity == family->expr->entity) g_ptr_array_add(beside, other);
  return beside;
}

static void add_entities(const Evaluator *evaluator, EachFamily *first, const EvalLevel *level, guint group) {
  g_autoptr(GPtrArray) families = families_beside(evaluator, first);
  g_autofree LevelValues **values = g_new(LevelValues *, families->len);
  for (guint f = 0; f < families->len; f++) {
    EachFamily *family = g_ptr_array_index(families, f);
    prepare(evaluator, family);
    values[f] = values_of(evaluator, family, level);
    begin_group(family, values[f], group);
  }
  EntityIndex *index = g_hash_table_lookup(level->entities, first->expr->entity);
  gsize n = 0;
  const EntityItem *items = index == NULL ? NULL : entity_index_group(index, group, &n);
  for (gsize i = 0, next; i < n; i = next) {
    for (next = i + 1; next < n && items[next].id == items[i].id; next++) continue;
    Place place = {level, group, items + i, (guint)(next - i)};
    for (guint f = 0; f < families->len; f++) add_entity(evaluator, g_ptr_array_index(families, f), values[f], &place);
  }
  for (guint f = 0; f < families->len; f++) end_group(g_ptr_array_index(families, f), values[f]);
}

Value eval_family(const Evaluator *evaluator, EachFamily *family, const Place *place, guint at) {
  prepare(evaluator, family);
  LevelValues *level = values_of(evaluator, family, place->level);
  if (!level->valid || level->group != place->group) add_entities(evaluator, family, place->level, place->group);
  return level->values[family->position[at]];
}
