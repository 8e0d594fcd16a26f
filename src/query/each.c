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
 * What an entity comes to is found in each_walk.c, what a group does in each_fill.c. */
#include "query/each_private.h"

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
  EachLevel *level = data;
  if (level == NULL) return;
  g_array_unref(level->groups);
  g_free(level->row_of);
  g_free(level->families);
  g_free(level);
}

static void level_clear(const EachPass *pass, EachLevel *level) {
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

void eval_families_fill(const Evaluator *evaluator, const EvalLevel *level, const guint *groups, guint n,
                        const BaseStop *stop) {
  g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
  GHashTableIter iter;
  gpointer family;
  const EvalLevel *all = evaluator_level_of(evaluator, 0);
  guint whole = 0;
  g_hash_table_iter_init(&iter, evaluator->families);
  while (g_hash_table_iter_next(&iter, NULL, &family)) {
    EachPass *pass = pass_of(evaluator, family);
    if (!g_hash_table_add(done, pass)) continue;
    if (all != NULL) each_fill(evaluator, pass, all, &whole, 1, stop);
    each_fill(evaluator, pass, level, groups, n, stop);
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
  EachLevel *found = level < pass->levels->len ? g_ptr_array_index(pass->levels, level) : NULL;
  gboolean is_there = found != NULL && found->row_of[place->group] != 0;
  if (!is_there) {
    each_fill(evaluator, pass, place->level, &place->group, 1, NULL);
    found = g_ptr_array_index(pass->levels, level);
  }
  gsize row = found->row_of[place->group] - 1;
  return found->families[family->number].values[row * family->n_windows + family->position[at]];
}
