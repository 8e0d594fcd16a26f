/* Kept columns: running sums in blocks, and ordered items. */
#include "cube/kept.h"

/* What a group has, in one piece of memory: for each block from `first` on
 *   sums   [total before: n + 1, the last of all] [rows before: n + 1] [where the cells are: n]
 *   items  [ItemBlock: n]                                                                       */
typedef struct {
  guint first, n;
} Group;

typedef struct {
  CubeItem *items; /* ordered once finished */
  gsize n, capacity;
} ItemBlock;

/* A column's memory but for its items: it is given back all at once. */
typedef struct {
  gpointer *last; /* the piece taken from; its first word is the one before */
  guint8 *next;
  gsize left, bytes;
} Arena;

struct CubeKept {
  CubeKind kind;
  gboolean framed, has_sums, has_rows; /* without sums every value is its number of rows */
  gboolean finished;
  CubeBlocks *blocks;
  guint first, until; /* blocks that some group has */
  gint32 n_groups;
  Group **groups; /* NULL = an empty group */
  gsize n_items;  /* that there is room for */
  Arena arena;
};

/* A block's cells: sums, then rows, each if there are any. They run within the block once the column is finished. */
typedef struct {
  gint64 *sums;
  gint32 *rows;
} Cells;

/* --- memory --- */

#define LEAST_PIECE 1024
#define MOST_PIECE  (256 * 1024)

static gpointer take_zeroed(Arena *arena, gsize size) {
  size = (size + 7) / 8 * 8;
  if (size > arena->left) {
    gsize piece = MAX(CLAMP(arena->bytes, LEAST_PIECE, MOST_PIECE), size + sizeof(gpointer));
    gpointer *taken = g_malloc0(piece);
    *taken = arena->last;
    *arena = (Arena){taken, (guint8 *)(taken + 1), piece - sizeof(gpointer), arena->bytes + piece};
  }
  gpointer place = arena->next;
  arena->next += size;
  arena->left -= size;
  return place;
}

static gpointer take_copy(Arena *arena, gconstpointer from, gsize size) {
  return memcpy(take_zeroed(arena, size), from, size);
}

static void arena_clear(Arena *arena) {
  while (arena->last != NULL) {
    gpointer *piece = arena->last;
    arena->last = *piece;
    g_free(piece);
  }
}

CubeKept *cube_kept_new(const CubeColumnSpec *spec, gboolean is_moment, CubeBlocks *blocks) {
  CubeKept *kept = g_new0(CubeKept, 1);
  kept->kind = spec->kind;
  kept->framed = spec->framed;
  kept->has_rows = !is_moment;
  kept->has_sums = is_moment || !spec->counts;
  kept->blocks = cube_blocks_hold(blocks);
  return kept;
}

/* --- a group's places --- */

static gint64 *sums_before(const Group *group) {
  return (gint64 *)(gpointer)(group + 1);
}

static gint64 *rows_before(const CubeKept *kept, const Group *group) {
  return sums_before(group) + (kept->has_sums ? group->n + 1 : 0);
}

static gpointer *places(const CubeKept *kept, const Group *group) {
  return (gpointer *)(gpointer)(rows_before(kept, group) + (kept->has_rows ? group->n + 1 : 0));
}

static ItemBlock *item_blocks(const Group *group) {
  return (ItemBlock *)(gpointer)(group + 1);
}

static gsize group_size(const CubeKept *kept, guint n) {
  if (kept->kind != CUBE_SUM) return sizeof(Group) + n * sizeof(ItemBlock);
  guint n_totals = (kept->has_sums != FALSE) + (kept->has_rows != FALSE);
  return sizeof(Group) + (gsize)n_totals * (n + 1) * sizeof(gint64) + n * sizeof(gpointer);
}

static gsize cells_size(const CubeKept *kept, guint block) {
  return cube_block_size(kept->blocks, block) *
         ((kept->has_sums ? sizeof(gint64) : 0) + (kept->has_rows ? sizeof(gint32) : 0));
}

static Cells cells_at(const CubeKept *kept, guint block, gpointer place) {
  if (!kept->has_sums) return (Cells){NULL, place};
  gint64 *sums = place;
  return (Cells){sums, kept->has_rows ? (gint32 *)(sums + cube_block_size(kept->blocks, block)) : NULL};
}

static gboolean has_block(const Group *group, guint block) {
  return group != NULL && block - group->first < group->n;
}

/* The totals before new blocks: nothing before the first there was, everything behind the last. */
static void move_totals(gint64 *to, guint n_to, const gint64 *from, guint n_from, guint at) {
  for (guint i = 0; i <= n_to; i++) to[i] = i < at ? 0 : from[MIN(i - at, n_from)];
}

static Group *widened(CubeKept *kept, const Group *group, guint first, guint until) {
  Group *wide = take_zeroed(&kept->arena, group_size(kept, until - first));
  *wide = (Group){first, until - first};
  if (group == NULL) return wide;
  guint at = group->first - first;
  if (kept->kind == CUBE_SUM) {
    if (kept->has_sums) move_totals(sums_before(wide), wide->n, sums_before(group), group->n, at);
    if (kept->has_rows) move_totals(rows_before(kept, wide), wide->n, rows_before(kept, group), group->n, at);
    memcpy(places(kept, wide) + at, places(kept, group), group->n * sizeof(gpointer));
  } else {
    memcpy(item_blocks(wide) + at, item_blocks(group), group->n * sizeof(ItemBlock));
  }
  return wide;
}

/* The group with a block among its own. Groups are of the same days mostly, so it has those of all others too. */
static Group *group_with(CubeKept *kept, gint32 number, guint block) {
  Group *group = kept->groups[number];
  if (has_block(group, block)) return group;
  gboolean is_first = kept->until == 0;
  kept->first = is_first ? block : MIN(block, kept->first);
  kept->until = MAX(block + 1, kept->until);
  return kept->groups[number] = widened(kept, group, kept->first, kept->until);
}

void cube_kept_free(CubeKept *kept) {
  if (kept == NULL) return;
  for (gint32 g = 0; g < kept->n_groups && kept->kind != CUBE_SUM; g++)
    for (guint i = 0; kept->groups[g] != NULL && i < kept->groups[g]->n; i++)
      g_free(item_blocks(kept->groups[g])[i].items);
  arena_clear(&kept->arena);
  cube_blocks_free(kept->blocks);
  g_free(kept->groups);
  g_free(kept);
}

static Group *group_copy(const CubeKept *kept, CubeKept *to, const Group *group) {
  Group *copy = take_copy(&to->arena, group, group_size(kept, group->n));
  for (guint i = 0; i < group->n; i++) {
    if (kept->kind == CUBE_SUM) {
      gpointer *place = &places(kept, copy)[i];
      if (*place != NULL) *place = take_copy(&to->arena, *place, cells_size(kept, group->first + i));
    } else {
      ItemBlock *block = &item_blocks(copy)[i];
      block->items = g_memdup2(block->items, block->n * sizeof(CubeItem));
      block->capacity = block->n;
      to->n_items += block->n;
    }
  }
  return copy;
}

CubeKept *cube_kept_copy(const CubeKept *kept) {
  CubeKept *copy = g_memdup2(kept, sizeof *kept);
  cube_blocks_hold(copy->blocks);
  copy->arena = (Arena){NULL};
  copy->n_items = 0;
  copy->groups = g_memdup2(kept->groups, (gsize)kept->n_groups * sizeof *kept->groups);
  for (gint32 g = 0; g < kept->n_groups; g++)
    if (kept->groups[g] != NULL) copy->groups[g] = group_copy(kept, copy, kept->groups[g]);
  return copy;
}

void cube_kept_grow(CubeKept *kept, gint32 n_groups) {
  kept->groups = g_renew(Group *, kept->groups, n_groups);
  for (gint32 g = kept->n_groups; g < n_groups; g++) kept->groups[g] = NULL;
  kept->n_groups = n_groups;
}

guint cube_kept_block_of(const CubeKept *kept, guint cell) {
  return kept->blocks->block_of[cell];
}

/* --- sums --- */

static Cells cells_of(CubeKept *kept, gint32 number, guint block) {
  Group *group = group_with(kept, number, block);
  gpointer *place = &places(kept, group)[block - group->first];
  if (*place == NULL) *place = take_zeroed(&kept->arena, cells_size(kept, block));
  return cells_at(kept, block, *place);
}

gboolean cube_kept_add(CubeKept *kept, gint32 number, guint cell, gint64 value, gint64 rows) {
  guint b = kept->blocks->block_of[cell], at = cell - kept->blocks->first[b];
  gboolean runs = kept->finished && !kept->framed, overflowed = FALSE;
  Cells cells = cells_of(kept, number, b);
  guint until = runs ? cube_block_size(kept->blocks, b) : at + 1;
  for (guint i = at; i < until; i++) {
    if (kept->has_sums) overflowed |= __builtin_add_overflow(cells.sums[i], value, &cells.sums[i]);
    if (kept->has_rows) cells.rows[i] += (gint32)rows;
  }
  if (!runs) return !overflowed;
  const Group *group = kept->groups[number];
  gint64 *sums = sums_before(group), *all_rows = rows_before(kept, group);
  for (guint i = b - group->first + 1; i <= group->n; i++) {
    if (kept->has_sums) overflowed |= __builtin_add_overflow(sums[i], value, &sums[i]);
    if (kept->has_rows) all_rows[i] += rows;
  }
  return !overflowed;
}

gboolean cube_kept_add_many(CubeKept *kept, gsize n, const gint32 *groups, const gint32 *cells, const guint8 *use,
                            const gint64 *values) {
  const CubeBlocks *blocks = kept->blocks;
  gboolean overflowed = FALSE;
  for (gsize i = 0; i < n; i++) {
    if ((use != NULL && use[i] == 0) || (groups[i] | cells[i]) < 0) continue;
    guint b = blocks->block_of[cells[i]], at = (guint)cells[i] - blocks->first[b];
    const Group *group = kept->groups[groups[i]];
    gpointer place = has_block(group, b) ? places(kept, group)[b - group->first] : NULL;
    Cells to = place == NULL ? cells_of(kept, groups[i], b) : cells_at(kept, b, place);
    if (to.sums != NULL)
      overflowed |= __builtin_add_overflow(to.sums[at], values == NULL ? 1 : values[i], &to.sums[at]);
    if (to.rows != NULL) to.rows[at]++;
  }
  return !overflowed;
}

static gboolean finish_sums(const CubeKept *kept, Group *group) {
  gboolean overflowed = FALSE;
  gint64 *sums = sums_before(group), *rows = rows_before(kept, group), sum = 0, n_rows = 0;
  for (guint i = 0; i < group->n; i++) {
    if (kept->has_sums) sums[i] = sum;
    if (kept->has_rows) rows[i] = n_rows;
    gpointer place = places(kept, group)[i];
    if (place == NULL) continue;
    guint size = cube_block_size(kept->blocks, group->first + i);
    Cells cells = cells_at(kept, group->first + i, place);
    for (guint c = 1; c < size; c++) {
      if (kept->has_sums) overflowed |= __builtin_add_overflow(cells.sums[c], cells.sums[c - 1], &cells.sums[c]);
      if (kept->has_rows) cells.rows[c] += cells.rows[c - 1];
    }
    if (kept->has_sums) overflowed |= __builtin_add_overflow(sum, cells.sums[size - 1], &sum);
    if (kept->has_rows) n_rows += cells.rows[size - 1];
  }
  if (kept->has_sums) sums[group->n] = sum;
  if (kept->has_rows) rows[group->n] = n_rows;
  return !overflowed;
}

/* A cell's block, and how many of the block's cells are before it. */
typedef struct {
  guint block, n_inside;
} Edge;

static Edge edge_at(const CubeKept *kept, guint cell) {
  guint block = kept->blocks->block_of[cell];
  return (Edge){block, cell - kept->blocks->first[block]};
}

/* The sum of all cells before one. */
static inline CubeSum before(const CubeKept *kept, const Group *group, Edge edge, gboolean has_sums,
                             gboolean has_rows) {
  if (edge.block < group->first) return (CubeSum){0, 0};
  guint i = MIN(edge.block - group->first, group->n);
  CubeSum sum = {0, has_rows ? rows_before(kept, group)[i] : 0};
  sum.sum = has_sums ? sums_before(group)[i] : sum.rows;
  if (edge.n_inside == 0 || i == group->n) return sum;
  gpointer place = places(kept, group)[i];
  if (place == NULL) return sum;
  Cells cells = cells_at(kept, edge.block, place);
  gint64 rows = has_rows ? cells.rows[edge.n_inside - 1] : 0;
  sum.rows += rows;
  sum.sum += has_sums ? cells.sums[edge.n_inside - 1] : rows;
  return sum;
}

static inline CubeSum between(const CubeKept *kept, const Group *group, Edge from, Edge to, gboolean has_sums,
                              gboolean has_rows) {
  CubeSum sum = before(kept, group, to, has_sums, has_rows), less = before(kept, group, from, has_sums, has_rows);
  return (CubeSum){sum.sum - less.sum, sum.rows - less.rows};
}

static CubeSum in_frame(const CubeKept *kept, const Group *group, guint frame) {
  Edge edge = edge_at(kept, frame);
  gpointer place = has_block(group, edge.block) ? places(kept, group)[edge.block - group->first] : NULL;
  if (place == NULL) return (CubeSum){0, 0};
  Cells cells = cells_at(kept, edge.block, place);
  gint64 rows = cells.rows != NULL ? cells.rows[edge.n_inside] : 0;
  return (CubeSum){cells.sums != NULL ? cells.sums[edge.n_inside] : rows, rows};
}

CubeSum cube_kept_sum(const CubeKept *kept, gint32 group, guint from, guint to) {
  CubeSum sum;
  cube_kept_sums(kept, &group, 1, from, to, &sum);
  return sum;
}

void cube_kept_sums(const CubeKept *kept, const gint32 *numbers, guint n, guint from, guint to, CubeSum *sums) {
  Edge start = edge_at(kept, from), end = edge_at(kept, to);
  for (guint i = 0; i < n; i++) {
    const Group *group = numbers[i] < 0 ? NULL : kept->groups[numbers[i]];
    if (group == NULL)
      sums[i] = (CubeSum){0, 0};
    else if (kept->framed)
      sums[i] = in_frame(kept, group, from);
    else if (!kept->has_sums)
      sums[i] = between(kept, group, start, end, FALSE, TRUE);
    else if (kept->has_rows)
      sums[i] = between(kept, group, start, end, TRUE, TRUE);
    else
      sums[i] = between(kept, group, start, end, TRUE, FALSE);
  }
}

/* --- items --- */

static gboolean same_item(const CubeItem *a, const CubeItem *b) {
  return a->cell == b->cell && a->id == b->id && a->day == b->day && a->number == b->number;
}

/* The first item that is not before a cell. */
static gsize place_of(const ItemBlock *block, guint cell) {
  gsize low = 0, high = block->n;
  while (low < high) {
    gsize middle = (low + high) / 2;
    if (block->items[middle].cell < cell)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* By cell; those of one cell stay as they came. */
static void order_items(CubeKept *kept, ItemBlock *block, guint first_cell, guint n_cells) {
  gboolean in_order = TRUE;
  for (gsize i = 1; i < block->n && in_order; i++) in_order = block->items[i - 1].cell <= block->items[i].cell;
  if (in_order) return;
  g_autofree gsize *first = g_new0(gsize, n_cells + 1);
  for (gsize i = 0; i < block->n; i++) first[block->items[i].cell - first_cell + 1]++;
  for (guint c = 0; c < n_cells; c++) first[c + 1] += first[c];
  CubeItem *ordered = g_new(CubeItem, block->n);
  for (gsize i = 0; i < block->n; i++) ordered[first[block->items[i].cell - first_cell]++] = block->items[i];
  g_free(block->items);
  block->items = ordered;
  kept->n_items -= block->capacity - block->n;
  block->capacity = block->n;
}

static ItemBlock *item_block(CubeKept *kept, gint32 number, guint cell) {
  guint block = kept->blocks->block_of[cell];
  const Group *group = group_with(kept, number, block);
  return &item_blocks(group)[block - group->first];
}

void cube_kept_put(CubeKept *kept, gint32 group, const CubeItem *item) {
  ItemBlock *block = item_block(kept, group, item->cell);
  if (block->n == block->capacity) {
    kept->n_items -= block->capacity;
    block->capacity = MAX(4, block->capacity + block->capacity / 2);
    kept->n_items += block->capacity;
    block->items = g_renew(CubeItem, block->items, block->capacity);
  }
  gsize at = kept->finished ? place_of(block, item->cell + 1) : block->n;
  if (at < block->n) memmove(block->items + at + 1, block->items + at, (block->n - at) * sizeof *item);
  block->items[at] = *item;
  block->n++;
}

gboolean cube_kept_take(CubeKept *kept, gint32 group, const CubeItem *item) {
  ItemBlock *block = item_block(kept, group, item->cell);
  gsize at = place_of(block, item->cell);
  while (at < block->n && block->items[at].cell == item->cell && !same_item(&block->items[at], item)) at++;
  if (at == block->n || block->items[at].cell != item->cell) return FALSE;
  block->n--;
  memmove(block->items + at, block->items + at + 1, (block->n - at) * sizeof *item);
  return TRUE;
}

const CubeItem *cube_kept_items(const CubeKept *kept, gint32 number, guint block, guint from, guint to, gsize *n) {
  *n = 0;
  const Group *group = kept->groups[number];
  if (!has_block(group, block)) return NULL;
  const ItemBlock *found = &item_blocks(group)[block - group->first];
  gsize first = 0, last = found->n;
  if (from > kept->blocks->first[block]) first = place_of(found, from);
  if (to < kept->blocks->first[block + 1]) last = place_of(found, to);
  *n = last - first;
  return found->items + first;
}

/* --- all of a column --- */

static void merge_items(CubeKept *kept, gint32 number, const Group *from) {
  for (guint i = 0; i < from->n; i++) {
    const ItemBlock *block = &item_blocks(from)[i];
    for (gsize item = 0; item < block->n; item++) cube_kept_put(kept, number, &block->items[item]);
  }
}

/* Overflow is where both have the sign that the sum has not; in this form it is done for many at once. */
static gboolean add_all(gint64 *to, const gint64 *from, guint n) {
  guint64 overflowed = 0;
  for (guint i = 0; i < n; i++) {
    guint64 a = (guint64)to[i], b = (guint64)from[i], sum = a + b;
    overflowed |= (a ^ sum) & (b ^ sum);
    to[i] = (gint64)sum;
  }
  return overflowed >> 63 != 0;
}

gboolean cube_kept_merge(CubeKept *kept, gint32 number, const CubeKept *from, gint32 from_number) {
  const Group *group = from->groups[from_number];
  if (group == NULL) return TRUE;
  if (kept->kind != CUBE_SUM) {
    merge_items(kept, number, group);
    return TRUE;
  }
  gboolean overflowed = FALSE;
  for (guint i = 0; i < group->n; i++) {
    gpointer place = places(from, group)[i];
    if (place == NULL) continue;
    guint b = group->first + i, size = cube_block_size(kept->blocks, b);
    Cells to = cells_of(kept, number, b), add = cells_at(from, b, place);
    if (kept->has_sums) overflowed |= add_all(to.sums, add.sums, size);
    for (guint c = 0; c < size && kept->has_rows; c++) to.rows[c] += add.rows[c];
  }
  return !overflowed;
}

gboolean cube_kept_finish(CubeKept *kept) {
  gboolean ok = TRUE;
  for (gint32 g = 0; !kept->finished && g < kept->n_groups; g++) {
    Group *group = kept->groups[g];
    if (group == NULL) continue;
    if (kept->kind == CUBE_SUM) {
      if (!kept->framed) ok &= finish_sums(kept, group);
      continue;
    }
    for (guint i = 0; i < group->n; i++)
      order_items(kept, &item_blocks(group)[i], kept->blocks->first[group->first + i],
                  cube_block_size(kept->blocks, group->first + i));
  }
  kept->finished = TRUE;
  return ok;
}

gsize cube_kept_bytes(const CubeKept *kept) {
  return (gsize)kept->n_groups * sizeof(gpointer) + kept->arena.bytes + kept->n_items * sizeof(CubeItem);
}

/* Sums run within a block: a cell is filled where they move on. */
static gsize n_filled_sums(const CubeKept *kept, guint block, gpointer place) {
  gsize n = 0;
  if (place == NULL) return 0;
  Cells cells = cells_at(kept, block, place);
  for (guint i = 0; i < cube_block_size(kept->blocks, block); i++) {
    gboolean runs = i > 0 && !kept->framed;
    n += (cells.sums != NULL && cells.sums[i] != (runs ? cells.sums[i - 1] : 0)) ||
         (cells.rows != NULL && cells.rows[i] != (runs ? cells.rows[i - 1] : 0));
  }
  return n;
}

static gsize n_filled_items(const ItemBlock *block) {
  gsize n = 0;
  for (gsize i = 0; i < block->n; i++) n += i == 0 || block->items[i].cell != block->items[i - 1].cell;
  return n;
}

gsize cube_kept_n_filled(const CubeKept *kept) {
  gsize n = 0;
  for (gint32 g = 0; g < kept->n_groups; g++) {
    const Group *group = kept->groups[g];
    for (guint i = 0; group != NULL && i < group->n; i++)
      n += kept->kind == CUBE_SUM ? n_filled_sums(kept, group->first + i, places(kept, group)[i])
                                  : n_filled_items(&item_blocks(group)[i]);
  }
  return n;
}
