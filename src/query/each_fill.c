/* The values of groups: gone through by several threads, a large group in parts; or known from before, where cells are
 * kept (src/cube/heads.h). */
#include "base/threads.h"
#include "query/each_private.h"

#define ITEMS_APART 4096  /* of all groups asked: fewer are not worth another thread */
#define ITEMS_SPLIT 32768 /* a group of fewer is not cut into parts */
#define PARTS       8     /* into which it is cut for a thread */

static EachLevel *level_of(const Evaluator *evaluator, EachPass *pass, const EvalLevel *level) {
  if (pass->levels->len <= level->index) g_ptr_array_set_size(pass->levels, (gint)evaluator->levels->len);
  EachLevel *made = g_ptr_array_index(pass->levels, level->index);
  if (made != NULL) return made;
  made = g_new0(EachLevel, 1);
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
  EachLevel *found;
  const EvalLevel *level;
  GPtrArray *tables; /* const CubeTable * */
  GPtrArray *asked;  /* GBytes, by family */
} Memory;

static void memory_clear(Memory *memory) {
  g_ptr_array_unref(memory->tables);
  g_ptr_array_unref(memory->asked);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Memory, memory_clear)

static void memory_init(Memory *memory, const Evaluator *evaluator, const EachPass *pass, EachLevel *found,
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

/* `members` has room for all dimensions. */
static CubeHead head_of(const Memory *memory, guint row, gint64 *members) {
  CubeHead head = {.tables = (const CubeTable *const *)(gpointer)memory->tables->pdata,
                   .n_tables = memory->tables->len,
                   .members = members};
  eval_level_head(memory->level, g_array_index(memory->found->groups, guint, row), members, &head.n_members);
  return head;
}

static gboolean recall_row(const Memory *memory, guint row) {
  gint64 members[QUERY_MAX_DIMS];
  CubeHead head = head_of(memory, row, members);
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
  gint64 members[QUERY_MAX_DIMS];
  CubeHead head = head_of(memory, row, members);
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
  EachLevel *found;
  const LedgerTable *entity;
  const BaseStop *stop;
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
    piece->items = eval_level_entities(going->level, going->entity, piece->group, &piece->n);
  }
  if (!base_is_stopped(going->stop))
    each_walk_entities(going->walks[thread], piece->group, piece->items, piece->n, sums);
  if (!piece->is_part) read_sums(going, piece->row, sums);
}

static void add_parts(Going *going, Piece whole, guint n_parts) {
  whole.is_part = TRUE;
  whole.items = eval_level_entities(going->level, going->entity, whole.group, &whole.n);
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
    gsize n = eval_level_n_entities(going->level, going->entity, piece.group);
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
static void set_groups(const EachPass *pass, EachLevel *found, const guint *groups, guint n) {
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

static gboolean has_all(const EachLevel *found, const guint *groups, guint n) {
  for (guint i = 0; i < n; i++)
    if (found->row_of[groups[i]] == 0) return FALSE;
  return TRUE;
}

void each_fill(const Evaluator *evaluator, EachPass *pass, const EvalLevel *level, const guint *groups, guint n,
               const BaseStop *stop) {
  EachLevel *found = level_of(evaluator, pass, level);
  if (has_all(found, groups, n)) return;
  set_groups(pass, found, groups, n);
  const EachFamily *any = g_ptr_array_index(pass->families, 0);
  Going going = {
      .evaluator = evaluator, .pass = pass, .level = level, .found = found, .entity = any->expr->entity, .stop = stop};
  g_auto(Memory) memory;
  memory_init(&memory, evaluator, pass, found, level);
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint row = 0; row < n; row++)
    if (!recall_row(&memory, row)) g_array_append_val(rows, row);
  if (rows->len == 0) return;
  if (pass->tables == NULL) pass->tables = each_events_new(evaluator, pass->families);
  go(&going, rows);
  if (base_is_stopped(stop)) { /* what was left out is not remembered */
    set_groups(pass, found, NULL, 0);
    return;
  }
  for (guint i = 0; i < rows->len; i++) remember_row(&memory, g_array_index(rows, guint, i));
}
