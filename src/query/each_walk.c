/* Going through entities: what one has, to its values from window to window.
 *
 *   additions of an entity ──events──► what changes at which window ──► lanes: one for each stretch of windows in which
 *                                                                       no leaf changes
 *   128 lanes of any entities ──► the formula, part by part, once for all of them ──► sums by window
 *
 * Most accounts have nothing in most months: an account costs what its records cost, not accounts x windows. */
#include "query/each_private.h"

/* Lanes that are evaluated together. */
struct EvalLanes {
  const EachFamily *family;
  Place places[EVAL_MOST];
  guint from[EVAL_MOST], until[EVAL_MOST]; /* windows */
  guint n;
  CubeSum *sums; /* [leaf][lane] */
};

typedef struct {
  const EachFamily *family;
  const EachFound *found;
  EachSums *sums;
  guint n_leaves;
  guint64 *mask;    /* windows at which the entity's value may be another */
  CubeSum *changes; /* [window][leaf]; nothing between two entities */
  CubeSum *running; /* by leaf */
  struct EvalLanes lanes;
} FamilyWalk;

struct EachWalk {
  const Evaluator *evaluator;
  const EachTable *tables;
  const EvalLevel *level;
  guint n_families;
  FamilyWalk *families;
  guint *touched; /* families in which the entity has something */
  guint n_touched;
  guint8 *is_touched;
  EvalAnswers answers;
};

static guint n_words(const EachFamily *family) {
  return (family->n_windows + 63) / 64;
}

EachWalk *each_walk_new(const Evaluator *evaluator, const GPtrArray *families, const EachTable *tables,
                        const EvalLevel *level, const EachFound *found) {
  EachWalk *walk = g_new0(EachWalk, 1);
  *walk = (EachWalk){.evaluator = evaluator, .tables = tables, .level = level, .n_families = families->len};
  walk->families = g_new0(FamilyWalk, families->len);
  walk->touched = g_new(guint, families->len);
  walk->is_touched = g_new0(guint8, families->len);
  for (guint f = 0; f < families->len; f++) {
    const EachFamily *family = g_ptr_array_index(families, f);
    FamilyWalk *of = &walk->families[f];
    of->family = of->lanes.family = family;
    of->found = &found[f];
    of->n_leaves = family->leaves->len;
    of->mask = g_new0(guint64, n_words(family));
    of->changes = g_new0(CubeSum, (gsize)family->n_windows * of->n_leaves + 1);
    of->running = g_new(CubeSum, of->n_leaves + 1);
    of->lanes.sums = g_new(CubeSum, (gsize)of->n_leaves * EVAL_MOST + 1);
  }
  return walk;
}

void each_walk_free(EachWalk *walk) {
  if (walk == NULL) return;
  for (guint f = 0; f < walk->n_families; f++) {
    g_free(walk->families[f].mask);
    g_free(walk->families[f].changes);
    g_free(walk->families[f].running);
    g_free(walk->families[f].lanes.sums);
  }
  g_free(walk->families);
  g_free(walk->touched);
  g_free(walk->is_touched);
  g_free(walk);
}

/* --- values --- */

/* The leaf that a part of the first window's formula is; all that are evaluated together are of that shape. */
static guint leaf_of(const EachFamily *family, const BoundRead *read) {
  guint i = 0;
  while (g_ptr_array_index(family->reads, i) != read) i++;
  return g_array_index(family->leaf_of, guint, i);
}

void eval_lanes_read(const EvalStretch *stretch, const BoundRead *read, Value *values) {
  const struct EvalLanes *lanes = stretch->lanes;
  guint number = leaf_of(lanes->family, read);
  const EachLeaf *leaf = g_ptr_array_index(lanes->family->leaves, number);
  if (leaf->adds_up) {
    eval_plain_values(read, lanes->sums + (gsize)number * EVAL_MOST, stretch->n, values);
    return;
  }
  for (guint i = 0; i < stretch->n; i++)
    values[i] = eval_measure(stretch->evaluator, &lanes->places[i], leaf->reads[lanes->from[i]]);
}

static void evaluate_lanes(EachWalk *walk, FamilyWalk *of) {
  struct EvalLanes *lanes = &of->lanes;
  guint groups[EVAL_MOST];
  if (lanes->n == 0) return;
  for (guint i = 0; i < lanes->n; i++) groups[i] = lanes->places[i].group;
  EvalFormula formula = {.bound = each_body(of->family, 0)};
  EvalStretch stretch = {.evaluator = walk->evaluator, .level = walk->level, .groups = groups, .n = lanes->n};
  stretch.lanes = lanes;
  evaluator_values(&stretch, &formula, &walk->answers);
  for (guint i = 0; i < lanes->n; i++)
    each_sums_add(of->sums, &walk->answers.value[i], lanes->from[i], lanes->until[i]);
  lanes->n = 0;
}

static guint next_change(const FamilyWalk *of, guint p) {
  guint words = n_words(of->family);
  for (guint w = p / 64; w < words; w++) {
    guint64 left = of->mask[w];
    if (w == p / 64) left &= ~G_GUINT64_CONSTANT(0) << (p % 64);
    if (left != 0) return MIN(w * 64 + (guint)__builtin_ctzll(left), of->family->n_windows);
  }
  return of->family->n_windows;
}

/* Makes the entity's lanes. */
static void add_lanes(EachWalk *walk, FamilyWalk *of, const Place *place) {
  struct EvalLanes *lanes = &of->lanes;
  guint n_leaves = of->n_leaves, n_windows = of->family->n_windows;
  if (of->found->none_counts) of->mask[0] |= 1;
  for (guint l = 0; l < n_leaves; l++) of->running[l] = (CubeSum){0, 0};
  for (guint p = next_change(of, 0); p < n_windows; p = lanes->until[lanes->n++]) {
    if (lanes->n == EVAL_MOST) evaluate_lanes(walk, of);
    CubeSum *changes = of->changes + (gsize)p * n_leaves;
    for (guint l = 0; l < n_leaves; l++) {
      of->running[l].sum += changes[l].sum;
      of->running[l].rows += changes[l].rows;
      changes[l] = (CubeSum){0, 0};
      lanes->sums[(gsize)l * EVAL_MOST + lanes->n] = of->running[l];
    }
    lanes->places[lanes->n] = *place;
    lanes->from[lanes->n] = p;
    lanes->until[lanes->n] = next_change(of, p + 1);
  }
}

/* The definition changed between the windows: each is evaluated by its own formula. */
static void add_each_window(EachWalk *walk, FamilyWalk *of, const Place *place) {
  memset(of->changes, 0, (gsize)of->family->n_windows * of->n_leaves * sizeof *of->changes);
  for (guint p = 0; p < of->family->n_windows; p++) {
    Value value = eval_bound(walk->evaluator, place, each_body(of->family, p));
    each_sums_add(of->sums, &value, p, p + 1);
  }
}

/* --- what an entity has --- */

static void touch(EachWalk *walk, guint f) {
  if (walk->is_touched[f]) return;
  walk->is_touched[f] = TRUE;
  walk->touched[walk->n_touched++] = f;
}

static void note_event(EachWalk *walk, const EachEvent *event, const CubeEntry *entry) {
  FamilyWalk *of = &walk->families[event->family];
  touch(walk, event->family);
  if (event->window == EACH_ALL_WINDOWS) {
    memset(of->mask, 0xff, n_words(of->family) * sizeof *of->mask);
    return;
  }
  of->mask[event->window / 64] |= G_GUINT64_CONSTANT(1) << (event->window % 64);
  if (event->sign == 0 || (entry->column & CUBE_MOMENT)) return;
  CubeSum *change = &of->changes[(gsize)event->window * of->n_leaves + event->leaf];
  change->sum += event->sign * entry->value;
  change->rows += event->sign * entry->rows;
}

static void note_entries(EachWalk *walk, const EachTable *table, const CubeEntry *entries, gsize n) {
  for (gsize e = 0; e < n; e++) {
    guint number = entries[e].column & ~CUBE_MOMENT;
    if (number >= table->n_columns) continue;
    const EachColumn *column = &table->columns[number];
    if (column->first == NULL || entries[e].cell >= column->n_cells) continue;
    guint until = column->first[entries[e].cell + 1];
    for (guint i = column->first[entries[e].cell]; i < until; i++) note_event(walk, &column->events[i], &entries[e]);
  }
}

static void note_item(EachWalk *walk, const EntityItem *item) {
  const EachTable *table = &walk->tables[item->table];
  if (table->is_read_by == NULL) return;
  for (guint f = 0; f < walk->n_families; f++) {
    FamilyWalk *of = &walk->families[f];
    if (!table->is_read_by[f] || (table->is_sparse && of->family->is_alike && !of->found->none_counts)) continue;
    touch(walk, f);
    if (!table->is_sparse) memset(of->mask, 0xff, n_words(of->family) * sizeof *of->mask);
  }
  gsize n = 0;
  const CubeEntry *entries = cube_table_entries(walk->level->tables[item->table].cells, item->cells, &n);
  if (entries != NULL) note_entries(walk, table, entries, n);
}

void each_walk_entities(EachWalk *walk, guint group, const EntityItem *items, gsize n, EachSums *const *sums) {
  for (guint f = 0; f < walk->n_families; f++) walk->families[f].sums = sums[f];
  for (gsize i = 0, next; i < n; i = next) {
    for (next = i; next < n && items[next].id == items[i].id; next++) note_item(walk, &items[next]);
    Place place = {walk->level, group, items + i, (guint)(next - i)};
    for (guint t = 0; t < walk->n_touched; t++) {
      FamilyWalk *of = &walk->families[walk->touched[t]];
      (of->family->is_alike ? add_lanes : add_each_window)(walk, of, &place);
      memset(of->mask, 0, n_words(of->family) * sizeof *of->mask);
      walk->is_touched[walk->touched[t]] = FALSE;
    }
    walk->n_touched = 0;
  }
  for (guint f = 0; f < walk->n_families; f++) evaluate_lanes(walk, &walk->families[f]);
}
