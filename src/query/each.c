/* each(account, x): x for every account of a group, over all windows asked, in one walk over the accounts for all
 * formulas that go through accounts.
 *
 *   an account's additions   |    o        o o     |      slots of time
 *   lifetime(x), 12 windows  |    ^                |      x changes where an addition comes into the windows' span …
 *   trailing(x, 3 months)    |    ^  v     ^ ^ v v |      … or goes out of it; in between it is what it was
 *
 * A family is one such formula with all its windows. What an entity without records contributes is what x is of
 * nothing, which for counts and sums is no more than 0; so leaving it out changes nothing. Where it is more (a formula
 * that counts those who did not buy), every entity that has any record is evaluated.
 *
 * Groups are gone through by several threads, a large one in parts; found again beside the cells where they are kept
 * (src/cube/heads.h). */
#include "base/threads.h"
#include "query/each_private.h"

#define ITEMS_APART 4096  /* of all groups asked: fewer are not worth another thread */
#define ITEMS_SPLIT 32768 /* a group of fewer is not cut into parts */
#define PARTS       8     /* into which it is cut for a thread */

/* The values found at one level, of the groups asked last. */
typedef struct {
  guint *row_of;  /* by group: its row + 1; 0 = not among them */
  GArray *groups; /* guint, by row */
  guint n_room;
  EachFound *families;
} PassLevel;

struct EachPass {
  guint n_holders;
  GPtrArray *families; /* EachFamily, each of which differs from the others; owned by the evaluator */
  GPtrArray *levels;   /* PassLevel, by level */
  EachTable *tables;   /* events, once something is gone through */
  guint n_tables;
};

/* --- families --- */

static void leaf_free(gpointer data) {
  g_free(((EachLeaf *)data)->reads);
  g_free(data);
}

EachFamily *eval_family_new(const KpiExpr *expr) {
  EachFamily *family = g_new0(EachFamily, 1);
  family->expr = expr;
  family->windows = g_array_new(FALSE, FALSE, sizeof(Window));
  family->bodies = g_ptr_array_new();
  family->leaves = g_ptr_array_new_with_free_func(leaf_free);
  family->reads = g_ptr_array_new();
  family->leaf_of = g_array_new(FALSE, FALSE, sizeof(guint));
  return family;
}

static void pass_level_free(gpointer data) {
  PassLevel *level = data;
  if (level == NULL) return;
  g_array_unref(level->groups);
  g_free(level->row_of);
  g_free(level->families);
  g_free(level);
}

static void level_clear(const EachPass *pass, PassLevel *level) {
  for (guint f = 0; level != NULL && f < pass->families->len; f++) {
    g_free(level->families[f].values);
    g_free(level->families[f].of_none);
  }
}

static void pass_free(EachPass *pass) {
  if (pass == NULL || --pass->n_holders > 0) return;
  for (guint l = 0; l < pass->levels->len; l++) level_clear(pass, g_ptr_array_index(pass->levels, l));
  each_events_free(pass->tables, pass->n_tables);
  g_ptr_array_unref(pass->families);
  g_ptr_array_unref(pass->levels);
  g_free(pass);
}

static void forget(EachFamily *family) {
  g_clear_pointer(&family->pass, pass_free);
  g_clear_pointer(&family->order, g_free);
  g_clear_pointer(&family->position, g_free);
  g_ptr_array_set_size(family->leaves, 0);
  g_ptr_array_set_size(family->reads, 0);
  g_array_set_size(family->leaf_of, 0);
}

void eval_family_free(EachFamily *family) {
  forget(family);
  g_array_unref(family->windows);
  g_ptr_array_unref(family->bodies);
  g_ptr_array_unref(family->leaves);
  g_ptr_array_unref(family->reads);
  g_array_unref(family->leaf_of);
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

/* --- preparing --- */

static gint by_time(gconstpointer a, gconstpointer b, gpointer windows) {
  const Window *x = &g_array_index((GArray *)windows, Window, *(const guint *)a);
  const Window *y = &g_array_index((GArray *)windows, Window, *(const guint *)b);
  if (x->period.end != y->period.end) return x->period.end < y->period.end ? -1 : 1;
  if (x->period.start != y->period.start) return x->period.start < y->period.start ? -1 : 1;
  return (x->clip > y->clip) - (x->clip < y->clip);
}

static void reads_of(const Bound *bound, GPtrArray *reads) {
  if (bound->op == KPI_OP_MEASURE) g_ptr_array_add(reads, (gpointer)&bound->read);
  for (guint i = 0; i < bound->n_args; i++) reads_of(bound->args[i].bound, reads);
}

/* Whether two formulas differ in nothing but the cells they read. */
static gboolean same_shape(const Bound *a, const Bound *b) {
  if (a->op != b->op || a->n_args != b->n_args || a->flags != b->flags || a->per_count != b->per_count) return FALSE;
  if (a->op == KPI_OP_MEASURE && a->read.use != b->read.use) return FALSE;
  if (a->op == KPI_OP_NUMBER && a->number.value != b->number.value) return FALSE;
  for (guint i = 0; i < a->n_args; i++)
    if (a->args[i].beside != b->args[i].beside || !same_shape(a->args[i].bound, b->args[i].bound)) return FALSE;
  return TRUE;
}

static gboolean same_reads(const BoundRead *const *a, const BoundRead *const *b, guint n_windows) {
  for (guint p = 0; p < n_windows; p++)
    if (a[p]->use != b[p]->use || a[p]->from != b[p]->from || a[p]->to != b[p]->to ||
        !eval_same_window(&a[p]->window, &b[p]->window))
      return FALSE;
  return TRUE;
}

static gboolean adds_up(const Evaluator *evaluator, const EachLeaf *leaf, guint n_windows) {
  const EvalLevel *level = g_ptr_array_index(evaluator->levels, 0);
  gboolean plain = cube_table_is_sparse(level->tables[leaf->reads[0]->use->table].cells);
  for (guint p = 0; p < n_windows; p++) plain = plain && eval_is_plain(leaf->reads[p]);
  return plain;
}

/* What is read twice alike is one leaf. */
static void add_leaf(const Evaluator *evaluator, EachFamily *family, const BoundRead **reads) {
  guint number = 0;
  for (; number < family->leaves->len; number++) {
    const EachLeaf *leaf = g_ptr_array_index(family->leaves, number);
    if (same_reads(leaf->reads, reads, family->n_windows)) break;
  }
  g_ptr_array_add(family->reads, (gpointer)reads[0]);
  g_array_append_val(family->leaf_of, number);
  if (number < family->leaves->len) {
    g_free(reads);
    return;
  }
  EachLeaf *leaf = g_new0(EachLeaf, 1);
  leaf->reads = reads;
  leaf->adds_up = adds_up(evaluator, leaf, family->n_windows);
  g_ptr_array_add(family->leaves, leaf);
}

/* Where formulas differ, every window's reads are leaves, each of itself in all windows: they only say which tables
 * matter. */
static void find_leaves(const Evaluator *evaluator, EachFamily *family) {
  for (guint p = 0; p < family->n_windows && (p == 0 || !family->is_alike); p++) {
    g_autoptr(GPtrArray) reads = g_ptr_array_new();
    reads_of(each_body(family, p), reads);
    for (guint r = 0; r < reads->len; r++) {
      const BoundRead **windows = g_new(const BoundRead *, family->n_windows);
      for (guint q = 0; q < family->n_windows; q++) {
        g_autoptr(GPtrArray) there = g_ptr_array_new();
        if (family->is_alike) reads_of(each_body(family, q), there);
        windows[q] = g_ptr_array_index(family->is_alike ? there : reads, r);
      }
      add_leaf(evaluator, family, windows);
    }
  }
}

static void prepare(const Evaluator *evaluator, EachFamily *family) {
  guint n = family->windows->len;
  forget(family);
  family->n_windows = n;
  family->order = g_new(guint, n);
  family->position = g_new(guint, n);
  for (guint i = 0; i < n; i++) family->order[i] = i;
  g_qsort_with_data(family->order, (gint)n, sizeof *family->order, by_time, family->windows);
  for (guint p = 0; p < n; p++) family->position[family->order[p]] = p;
  family->is_alike = TRUE;
  for (guint p = 1; p < n; p++) family->is_alike &= same_shape(each_body(family, 0), each_body(family, p));
  find_leaves(evaluator, family);
}

/* The same formula written in two KPIs: a quotient's parts often are. */
static gboolean comes_to_the_same(const EachFamily *a, const EachFamily *b) {
  if (!a->is_alike || !b->is_alike || a->n_windows != b->n_windows || a->reads->len != b->reads->len) return FALSE;
  if (!same_shape(each_body(a, 0), each_body(b, 0))) return FALSE;
  for (guint r = 0; r < a->reads->len; r++) {
    const EachLeaf *x = g_ptr_array_index(a->leaves, g_array_index(a->leaf_of, guint, r));
    const EachLeaf *y = g_ptr_array_index(b->leaves, g_array_index(b->leaf_of, guint, r));
    if (!same_reads(x->reads, y->reads, a->n_windows)) return FALSE;
  }
  return TRUE;
}

static void join_pass(EachPass *pass, EachFamily *family) {
  pass->n_holders++;
  family->pass = pass;
  for (family->number = 0; family->number < pass->families->len; family->number++)
    if (comes_to_the_same(family, g_ptr_array_index(pass->families, family->number))) return;
  g_ptr_array_add(pass->families, family);
}

/* All families that go through the same entities do it together: what an entity has is fetched from memory once. */
static EachPass *pass_of(const Evaluator *evaluator, EachFamily *family) {
  if (family->pass != NULL && family->n_windows == family->windows->len) return family->pass;
  EachPass *pass = g_new0(EachPass, 1);
  pass->families = g_ptr_array_new();
  pass->levels = g_ptr_array_new_with_free_func(pass_level_free);
  pass->n_tables = evaluator->plan->tables->len;
  GHashTableIter iter;
  gpointer other;
  g_hash_table_iter_init(&iter, evaluator->families);
  while (g_hash_table_iter_next(&iter, NULL, &other)) {
    if (((EachFamily *)other)->expr->entity != family->expr->entity) continue;
    prepare(evaluator, other);
    join_pass(pass, other);
  }
  return pass;
}

static PassLevel *level_of(const Evaluator *evaluator, EachPass *pass, const EvalLevel *level) {
  if (pass->levels->len <= level->index) g_ptr_array_set_size(pass->levels, (gint)evaluator->levels->len);
  PassLevel *made = g_ptr_array_index(pass->levels, level->index);
  if (made != NULL) return made;
  made = g_new0(PassLevel, 1);
  g_ptr_array_index(pass->levels, level->index) = made;
  made->row_of = g_new0(guint, eval_level_n_groups(level) + 1);
  made->groups = g_array_new(FALSE, FALSE, sizeof(guint));
  made->families = g_new0(EachFound, pass->families->len);
  Place nobody = {.level = level};
  for (guint f = 0; f < pass->families->len; f++) {
    const EachFamily *family = g_ptr_array_index(pass->families, f);
    EachFound *found = &made->families[f];
    found->of_none = g_new(Value, family->n_windows);
    for (guint p = 0; p < family->n_windows; p++) {
      found->of_none[p] = eval_bound(evaluator, &nobody, each_body(family, p));
      found->none_counts |= found->of_none[p].has && found->of_none[p].value != 0;
    }
  }
  return made;
}

/* --- remembering --- */

/* A value as it is remembered. */
typedef struct {
  double value;
  gint64 n, n_missing;
  guint flags;
  gboolean has;
} Known;

/* What was asked: the formula, its windows, and which of its facts were never loaded. */
static GBytes *asked_of(const Evaluator *evaluator, const EachFamily *family) {
  GByteArray *asked = g_byte_array_new();
  g_byte_array_append(asked, (const guint8 *)&family->expr, sizeof family->expr);
  for (guint p = 0; p < family->n_windows; p++) {
    const Window *window = &g_array_index(family->windows, Window, family->order[p]);
    gint32 of[] = {window->period.start, window->period.end, (gint32)window->period.grain, window->clip,
                   (gint32)window->bound};
    g_byte_array_append(asked, (const guint8 *)of, sizeof of);
  }
  for (guint l = 0; l < family->leaves->len; l++) {
    const EachLeaf *leaf = g_ptr_array_index(family->leaves, l);
    guint8 lacks = evaluator->first_day[leaf->reads[0]->use->table] == BASE_DAY_NONE;
    g_byte_array_append(asked, &lacks, 1);
  }
  return g_byte_array_free_to_bytes(asked);
}

/* What all families of a pass go through at a level, and what they ask. */
typedef struct {
  const EachPass *pass;
  PassLevel *found;
  const EvalLevel *level;
  GPtrArray *tables; /* const CubeTable * */
  GPtrArray *asked;  /* GBytes, by family */
} Memory;

static void memory_clear(Memory *memory) {
  g_ptr_array_unref(memory->tables);
  g_ptr_array_unref(memory->asked);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Memory, memory_clear)

static void memory_init(Memory *memory, const Evaluator *evaluator, const EachPass *pass, PassLevel *found,
                        const EvalLevel *level) {
  *memory = (Memory){pass, found, level, g_ptr_array_new(), NULL};
  memory->asked = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  for (guint f = 0; f < pass->families->len; f++) {
    const EachFamily *family = g_ptr_array_index(pass->families, f);
    g_ptr_array_add(memory->asked, asked_of(evaluator, family));
    for (guint l = 0; l < family->leaves->len; l++) {
      const EachLeaf *leaf = g_ptr_array_index(family->leaves, l);
      gpointer cells = level->tables[leaf->reads[0]->use->table].cells;
      if (!g_ptr_array_find(memory->tables, cells, NULL)) g_ptr_array_add(memory->tables, cells);
    }
  }
}

static CubeHead head_of(const Memory *memory, guint row) {
  guint group = g_array_index(memory->found->groups, guint, row);
  return (CubeHead){.tables = (const CubeTable *const *)(gpointer)memory->tables->pdata,
                    .n_tables = memory->tables->len,
                    .members = eval_level_members(memory->level, group),
                    .n_members = memory->level->n_keep};
}

static gboolean recall_row(const Memory *memory, guint row) {
  CubeHead head = head_of(memory, row);
  for (guint f = 0; f < memory->pass->families->len; f++) {
    const EachFamily *family = g_ptr_array_index(memory->pass->families, f);
    Value *values = memory->found->families[f].values + (gsize)row * family->n_windows;
    g_autofree Known *known = g_new(Known, family->n_windows);
    if (!cube_recall_head(&head, g_ptr_array_index(memory->asked, f), known, family->n_windows * sizeof *known))
      return FALSE;
    for (guint p = 0; p < family->n_windows; p++)
      values[p] = (Value){.value = known[p].value,
                          .n = known[p].n,
                          .n_missing = known[p].n_missing,
                          .flags = known[p].flags,
                          .has = known[p].has};
  }
  return TRUE;
}

static void remember_row(const Memory *memory, guint row) {
  CubeHead head = head_of(memory, row);
  for (guint f = 0; f < memory->pass->families->len; f++) {
    const EachFamily *family = g_ptr_array_index(memory->pass->families, f);
    const Value *values = memory->found->families[f].values + (gsize)row * family->n_windows;
    g_autofree Known *known = g_new0(Known, family->n_windows);
    for (guint p = 0; p < family->n_windows; p++)
      known[p] = (Known){values[p].value, values[p].n, values[p].n_missing, values[p].flags, values[p].has};
    cube_remember_head(&head, g_ptr_array_index(memory->asked, f), known, family->n_windows * sizeof *known);
  }
}

/* --- going through groups --- */

/* A group, or a part of a large one. */
typedef struct {
  guint group, row;
  const EntityItem *items;
  gsize n;
  gboolean is_part;
  EachSums **sums; /* of a part: by family */
} Piece;

typedef struct {
  const Evaluator *evaluator;
  EachPass *pass;
  const EvalLevel *level;
  PassLevel *found;
  EntityIndex *index;
  GArray *pieces; /* Piece */
  EachWalk *walks[BASE_MAX_THREADS];
  EachSums **sums[BASE_MAX_THREADS];
} Going;

static EachSums **sums_new(const EachPass *pass) {
  EachSums **sums = g_new(EachSums *, pass->families->len);
  for (guint f = 0; f < pass->families->len; f++)
    sums[f] = each_sums_new(((const EachFamily *)g_ptr_array_index(pass->families, f))->n_windows);
  return sums;
}

static void sums_free(const EachPass *pass, EachSums **sums) {
  for (guint f = 0; sums != NULL && f < pass->families->len; f++) each_sums_free(sums[f]);
  g_free(sums);
}

static void read_sums(const Going *going, guint row, EachSums *const *sums) {
  for (guint f = 0; f < going->pass->families->len; f++) {
    const EachFamily *family = g_ptr_array_index(going->pass->families, f);
    EachFound *found = &going->found->families[f];
    each_sums_read(sums[f], found->of_none, found->values + (gsize)row * family->n_windows);
  }
}

static void go_through(gpointer data, guint number, guint thread) {
  Going *going = data;
  Piece *piece = &g_array_index(going->pieces, Piece, number);
  EachPass *pass = going->pass;
  if (going->walks[thread] == NULL) {
    going->walks[thread] =
        each_walk_new(going->evaluator, pass->families, pass->tables, going->level, going->found->families);
    going->sums[thread] = sums_new(pass);
  }
  if (piece->is_part) piece->sums = sums_new(pass);
  EachSums **sums = piece->is_part ? piece->sums : going->sums[thread];
  if (!piece->is_part) {
    for (guint f = 0; f < pass->families->len; f++) each_sums_clear(sums[f]);
    if (going->index != NULL) piece->items = entity_index_group(going->index, piece->group, &piece->n);
  }
  each_walk_entities(going->walks[thread], piece->group, piece->items, piece->n, sums);
  if (!piece->is_part) read_sums(going, piece->row, sums);
}

static void add_parts(Going *going, Piece whole, guint n_parts) {
  whole.is_part = TRUE;
  whole.items = entity_index_group(going->index, whole.group, &whole.n);
  gsize n_each = whole.n / n_parts + 1, n = whole.n;
  const EntityItem *items = whole.items;
  for (gsize first = 0, end; first < n; first = end) {
    for (end = MIN(first + n_each, n); end < n && items[end].id == items[end - 1].id; end++) continue;
    whole.items = items + first;
    whole.n = end - first;
    g_array_append_val(going->pieces, whole);
  }
}

/* The parts of a group lie one behind the other. */
static void put_together(Going *going) {
  for (guint i = 0, next; i < going->pieces->len; i = next) {
    const Piece *piece = &g_array_index(going->pieces, Piece, i);
    next = i + 1;
    if (!piece->is_part) continue;
    for (; next < going->pieces->len; next++) {
      const Piece *part = &g_array_index(going->pieces, Piece, next);
      if (!part->is_part || part->row != piece->row) break;
      for (guint f = 0; f < going->pass->families->len; f++) each_sums_merge(piece->sums[f], part->sums[f]);
      sums_free(going->pass, part->sums);
    }
    read_sums(going, piece->row, piece->sums);
    sums_free(going->pass, piece->sums);
  }
}

static void go(Going *going, const GArray *rows) {
  guint n_threads = base_threads();
  gsize n_items = 0;
  going->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
  for (guint i = 0; i < rows->len; i++) {
    Piece piece = {.row = g_array_index(rows, guint, i)};
    piece.group = g_array_index(going->found->groups, guint, piece.row);
    gsize n = going->index == NULL ? 0 : entity_index_size(going->index, piece.group);
    n_items += n;
    if (n >= ITEMS_SPLIT && n_threads > 1 && rows->len < PARTS * n_threads)
      add_parts(going, piece, PARTS * n_threads);
    else
      g_array_append_val(going->pieces, piece);
  }
  base_threads_work(n_items < ITEMS_APART ? 1 : n_threads, going->pieces->len, go_through, going);
  put_together(going);
  for (guint t = 0; t < BASE_MAX_THREADS; t++) {
    each_walk_free(going->walks[t]);
    sums_free(going->pass, going->sums[t]);
  }
  g_array_unref(going->pieces);
}

/* Makes the groups the ones that there are values of. */
static void set_groups(const EachPass *pass, PassLevel *found, const guint *groups, guint n) {
  for (guint i = 0; i < found->groups->len; i++) found->row_of[g_array_index(found->groups, guint, i)] = 0;
  g_array_set_size(found->groups, 0);
  g_array_append_vals(found->groups, groups, n);
  for (guint i = 0; i < n; i++) found->row_of[groups[i]] = i + 1;
  if (n <= found->n_room) return;
  found->n_room = n;
  for (guint f = 0; f < pass->families->len; f++) {
    const EachFamily *family = g_ptr_array_index(pass->families, f);
    found->families[f].values = g_renew(Value, found->families[f].values, (gsize)n * family->n_windows);
  }
}

static gboolean has_all(const PassLevel *found, const guint *groups, guint n) {
  for (guint i = 0; i < n; i++)
    if (found->row_of[groups[i]] == 0) return FALSE;
  return TRUE;
}

static void fill(const Evaluator *evaluator, EachPass *pass, const EvalLevel *level, const guint *groups, guint n) {
  PassLevel *found = level_of(evaluator, pass, level);
  if (has_all(found, groups, n)) return;
  set_groups(pass, found, groups, n);
  const EachFamily *any = g_ptr_array_index(pass->families, 0);
  Going going = {.evaluator = evaluator, .pass = pass, .level = level, .found = found};
  going.index = g_hash_table_lookup(level->entities, any->expr->entity);
  g_auto(Memory) memory;
  memory_init(&memory, evaluator, pass, found, level);
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint row = 0; row < n; row++)
    if (!recall_row(&memory, row)) g_array_append_val(rows, row);
  if (rows->len == 0) return;
  if (pass->tables == NULL) pass->tables = each_events_new(evaluator, pass->families);
  go(&going, rows);
  for (guint i = 0; i < rows->len; i++) remember_row(&memory, g_array_index(rows, guint, i));
}

void eval_families_fill(const Evaluator *evaluator, const EvalLevel *level, const guint *groups, guint n) {
  g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
  GHashTableIter iter;
  gpointer family;
  const EvalLevel *all = evaluator_level_of(evaluator, 0);
  guint whole = 0;
  g_hash_table_iter_init(&iter, evaluator->families);
  while (g_hash_table_iter_next(&iter, NULL, &family)) {
    EachPass *pass = pass_of(evaluator, family);
    if (!g_hash_table_add(done, pass)) continue;
    if (all != NULL) fill(evaluator, pass, all, &whole, 1);
    fill(evaluator, pass, level, groups, n);
  }
}

static gboolean reads_customers(const Bound *bound) {
  if (bound->op == KPI_OP_MEASURE && bound->read.use->measure->agg == KPI_AGG_CLV) return TRUE;
  for (guint i = 0; i < bound->n_args; i++)
    if (reads_customers(bound->args[i].bound)) return TRUE;
  return FALSE;
}

gboolean evaluator_reads_customers(const EvalFormula *formula) {
  return formula->by_group && reads_customers(formula->bound);
}

Value eval_family(const Evaluator *evaluator, EachFamily *family, const Place *place, guint at) {
  EachPass *pass = pass_of(evaluator, family);
  guint level = place->level->index;
  PassLevel *found = level < pass->levels->len ? g_ptr_array_index(pass->levels, level) : NULL;
  gboolean is_there = found != NULL && found->row_of[place->group] != 0;
  if (!is_there) {
    fill(evaluator, pass, place->level, &place->group, 1);
    found = g_ptr_array_index(pass->levels, level);
  }
  gsize row = found->row_of[place->group] - 1;
  return found->families[family->number].values[row * family->n_windows + family->position[at]];
}
