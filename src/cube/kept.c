/* Kept columns: running sums in blocks, and ordered items. */
#include "cube/kept.h"

#define BLOCK_CELLS 64

/* Within a block the sums run once the column is finished. */
typedef struct {
  gint64 sum_before, rows_before; /* of all blocks before, once finished */
  gint64 *sums;                   /* NULL: nothing here, or every value is its number of rows */
  gint32 *rows;                   /* NULL: nothing here, or rows are not counted */
} SumBlock;

typedef struct {
  CubeItem *items; /* ordered once finished */
  gsize n, capacity;
} ItemBlock;

struct CubeKept {
  CubeKind kind;
  gboolean framed, has_sums, has_rows;
  gboolean finished;
  guint n_blocks;
  gint32 n_groups;
  gpointer *groups; /* SumBlock or ItemBlock arrays; NULL = an empty group */
};

CubeKept *cube_kept_new(const CubeColumnSpec *spec, gboolean is_moment) {
  CubeKept *kept = g_new0(CubeKept, 1);
  kept->kind = spec->kind;
  kept->framed = spec->framed;
  kept->has_rows = !is_moment;
  kept->has_sums = is_moment || !spec->counts;
  kept->n_blocks = (spec->n_cells + BLOCK_CELLS - 1) / BLOCK_CELLS;
  return kept;
}

static gsize block_size(const CubeKept *kept) {
  return kept->kind == CUBE_SUM ? sizeof(SumBlock) : sizeof(ItemBlock);
}

/* Sums and rows of a block are one piece of memory. */
static gsize cells_size(const CubeKept *kept) {
  return BLOCK_CELLS * ((kept->has_sums ? sizeof(gint64) : 0) + (kept->has_rows ? sizeof(gint32) : 0));
}

static gpointer cells_of(const CubeKept *kept, const SumBlock *block) {
  return kept->has_sums ? (gpointer)block->sums : block->rows;
}

static void set_cells(const CubeKept *kept, SumBlock *block, gpointer cells) {
  block->sums = kept->has_sums ? cells : NULL;
  block->rows = !kept->has_rows ? NULL : kept->has_sums ? (gint32 *)((gint64 *)cells + BLOCK_CELLS) : cells;
}

static void free_group(const CubeKept *kept, gpointer group) {
  for (guint b = 0; group != NULL && b < kept->n_blocks; b++)
    g_free(kept->kind == CUBE_SUM ? cells_of(kept, &((SumBlock *)group)[b]) : ((ItemBlock *)group)[b].items);
  g_free(group);
}

void cube_kept_free(CubeKept *kept) {
  if (kept == NULL) return;
  for (gint32 g = 0; g < kept->n_groups; g++) free_group(kept, kept->groups[g]);
  g_free(kept->groups);
  g_free(kept);
}

CubeKept *cube_kept_copy(const CubeKept *kept) {
  CubeKept *copy = g_memdup2(kept, sizeof *kept);
  copy->groups = g_memdup2(kept->groups, (gsize)kept->n_groups * sizeof *kept->groups);
  for (gint32 g = 0; g < kept->n_groups; g++) {
    if (kept->groups[g] == NULL) continue;
    copy->groups[g] = g_memdup2(kept->groups[g], kept->n_blocks * block_size(kept));
    for (guint b = 0; b < kept->n_blocks; b++) {
      if (kept->kind == CUBE_SUM) {
        SumBlock *block = &((SumBlock *)copy->groups[g])[b];
        gpointer cells = cells_of(kept, block);
        if (cells != NULL) set_cells(kept, block, g_memdup2(cells, cells_size(kept)));
      } else {
        ItemBlock *block = &((ItemBlock *)copy->groups[g])[b];
        block->items = g_memdup2(block->items, block->n * sizeof(CubeItem));
        block->capacity = block->n;
      }
    }
  }
  return copy;
}

void cube_kept_grow(CubeKept *kept, gint32 n_groups) {
  kept->groups = g_renew(gpointer, kept->groups, n_groups);
  for (gint32 g = kept->n_groups; g < n_groups; g++) kept->groups[g] = NULL;
  kept->n_groups = n_groups;
}

static gpointer blocks_of(CubeKept *kept, gint32 group) {
  if (kept->groups[group] == NULL) kept->groups[group] = g_malloc0(kept->n_blocks * block_size(kept));
  return kept->groups[group];
}

/* --- sums --- */

static SumBlock *sum_block(CubeKept *kept, gint32 group, guint cell) {
  SumBlock *block = (SumBlock *)blocks_of(kept, group) + cell / BLOCK_CELLS;
  if (cells_of(kept, block) == NULL) set_cells(kept, block, g_malloc0(cells_size(kept)));
  return block;
}

gboolean cube_kept_add(CubeKept *kept, gint32 group, guint cell, gint64 value, gint64 rows) {
  SumBlock *block = sum_block(kept, group, cell);
  guint at = cell % BLOCK_CELLS, until = kept->finished && !kept->framed ? BLOCK_CELLS : at + 1;
  gboolean overflowed = FALSE;
  for (guint i = at; i < until; i++) {
    if (kept->has_sums) overflowed |= __builtin_add_overflow(block->sums[i], value, &block->sums[i]);
    if (kept->has_rows) block->rows[i] += (gint32)rows;
  }
  if (!kept->finished || kept->framed) return !overflowed;
  SumBlock *all = kept->groups[group];
  for (guint b = cell / BLOCK_CELLS + 1; b < kept->n_blocks; b++) {
    overflowed |= __builtin_add_overflow(all[b].sum_before, value, &all[b].sum_before);
    all[b].rows_before += rows;
  }
  return !overflowed;
}

gboolean cube_kept_add_many(CubeKept *kept, gsize n, const gint32 *groups, const gint32 *cells, const guint8 *use,
                            const gint64 *values) {
  gboolean overflowed = FALSE;
  for (gsize i = 0; i < n; i++) {
    if ((use != NULL && use[i] == 0) || (groups[i] | cells[i]) < 0) continue;
    guint cell = (guint)cells[i], at = cell % BLOCK_CELLS;
    SumBlock *blocks = kept->groups[groups[i]];
    SumBlock *block = blocks == NULL || cells_of(kept, &blocks[cell / BLOCK_CELLS]) == NULL
                          ? sum_block(kept, groups[i], cell)
                          : &blocks[cell / BLOCK_CELLS];
    if (block->sums != NULL)
      overflowed |= __builtin_add_overflow(block->sums[at], values == NULL ? 1 : values[i], &block->sums[at]);
    if (block->rows != NULL) block->rows[at]++;
  }
  return !overflowed;
}

static gboolean finish_sums(const CubeKept *kept, SumBlock *blocks) {
  gboolean overflowed = FALSE;
  for (guint b = 0; b < kept->n_blocks; b++) {
    SumBlock *block = &blocks[b];
    for (guint i = 1; cells_of(kept, block) != NULL && i < BLOCK_CELLS; i++) {
      if (kept->has_sums) overflowed |= __builtin_add_overflow(block->sums[i], block->sums[i - 1], &block->sums[i]);
      if (kept->has_rows) block->rows[i] += block->rows[i - 1];
    }
    if (b + 1 == kept->n_blocks) break;
    gint64 rows = block->rows != NULL ? block->rows[BLOCK_CELLS - 1] : 0;
    gint64 sum = block->sums != NULL ? block->sums[BLOCK_CELLS - 1] : kept->has_sums ? 0 : rows;
    blocks[b + 1].rows_before = block->rows_before + rows;
    overflowed |= __builtin_add_overflow(block->sum_before, sum, &blocks[b + 1].sum_before);
  }
  return !overflowed;
}

static CubeSum running(const CubeKept *kept, const SumBlock *blocks, guint cell) {
  const SumBlock *block = &blocks[cell / BLOCK_CELLS];
  gint64 rows = block->rows != NULL ? block->rows[cell % BLOCK_CELLS] : 0;
  gint64 sum = block->sums != NULL ? block->sums[cell % BLOCK_CELLS] : kept->has_sums ? 0 : rows;
  return (CubeSum){block->sum_before + sum, block->rows_before + rows};
}

CubeSum cube_kept_sum(const CubeKept *kept, gint32 group, guint from, guint to) {
  const SumBlock *blocks = kept->groups[group];
  if (blocks == NULL) return (CubeSum){0, 0};
  if (kept->framed) return running(kept, blocks, from);
  CubeSum sum = running(kept, blocks, to - 1);
  if (from == 0) return sum;
  CubeSum before = running(kept, blocks, from - 1);
  return (CubeSum){sum.sum - before.sum, sum.rows - before.rows};
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
static void order_items(ItemBlock *block) {
  gboolean in_order = TRUE;
  for (gsize i = 1; i < block->n && in_order; i++) in_order = block->items[i - 1].cell <= block->items[i].cell;
  if (in_order) return;
  gsize first[BLOCK_CELLS + 1] = {0};
  for (gsize i = 0; i < block->n; i++) first[block->items[i].cell % BLOCK_CELLS + 1]++;
  for (guint c = 0; c < BLOCK_CELLS; c++) first[c + 1] += first[c];
  CubeItem *ordered = g_new(CubeItem, block->n);
  for (gsize i = 0; i < block->n; i++) ordered[first[block->items[i].cell % BLOCK_CELLS]++] = block->items[i];
  g_free(block->items);
  block->items = ordered;
  block->capacity = block->n;
}

void cube_kept_put(CubeKept *kept, gint32 group, const CubeItem *item) {
  ItemBlock *block = (ItemBlock *)blocks_of(kept, group) + item->cell / BLOCK_CELLS;
  if (block->n == block->capacity) {
    block->capacity = MAX(4, block->capacity + block->capacity / 2);
    block->items = g_renew(CubeItem, block->items, block->capacity);
  }
  gsize at = kept->finished ? place_of(block, item->cell + 1) : block->n;
  if (at < block->n) memmove(block->items + at + 1, block->items + at, (block->n - at) * sizeof *item);
  block->items[at] = *item;
  block->n++;
}

gboolean cube_kept_take(CubeKept *kept, gint32 group, const CubeItem *item) {
  ItemBlock *block = (ItemBlock *)blocks_of(kept, group) + item->cell / BLOCK_CELLS;
  gsize at = place_of(block, item->cell);
  while (at < block->n && block->items[at].cell == item->cell && !same_item(&block->items[at], item)) at++;
  if (at == block->n || block->items[at].cell != item->cell) return FALSE;
  block->n--;
  memmove(block->items + at, block->items + at + 1, (block->n - at) * sizeof *item);
  return TRUE;
}

const CubeItem *cube_kept_items(const CubeKept *kept, gint32 group, guint block, guint from, guint to, gsize *n) {
  *n = 0;
  if (kept->groups[group] == NULL) return NULL;
  const ItemBlock *found = (const ItemBlock *)kept->groups[group] + block;
  gsize first = 0, last = found->n;
  if (from > block * BLOCK_CELLS) first = place_of(found, from);
  if (to < (block + 1) * BLOCK_CELLS) last = place_of(found, to);
  *n = last - first;
  return found->items + first;
}

/* --- all of a column --- */

static void merge_items(CubeKept *kept, gint32 group, const ItemBlock *from) {
  for (guint b = 0; b < kept->n_blocks; b++)
    for (gsize i = 0; i < from[b].n; i++) cube_kept_put(kept, group, &from[b].items[i]);
}

gboolean cube_kept_merge(CubeKept *kept, gint32 group, const CubeKept *from, gint32 from_group) {
  const SumBlock *blocks = from->groups[from_group];
  if (blocks == NULL) return TRUE;
  if (kept->kind != CUBE_SUM) {
    merge_items(kept, group, (const ItemBlock *)from->groups[from_group]);
    return TRUE;
  }
  gboolean overflowed = FALSE;
  for (guint b = 0; b < kept->n_blocks; b++) {
    if (cells_of(from, &blocks[b]) == NULL) continue;
    SumBlock *to = sum_block(kept, group, b * BLOCK_CELLS);
    for (guint i = 0; i < BLOCK_CELLS; i++) {
      if (kept->has_sums) overflowed |= __builtin_add_overflow(to->sums[i], blocks[b].sums[i], &to->sums[i]);
      if (kept->has_rows) to->rows[i] += blocks[b].rows[i];
    }
  }
  return !overflowed;
}

gboolean cube_kept_finish(CubeKept *kept) {
  gboolean ok = TRUE;
  for (gint32 g = 0; !kept->finished && g < kept->n_groups; g++) {
    if (kept->groups[g] == NULL) continue;
    if (kept->kind == CUBE_SUM) {
      if (!kept->framed) ok &= finish_sums(kept, kept->groups[g]);
      continue;
    }
    ItemBlock *blocks = kept->groups[g];
    for (guint b = 0; b < kept->n_blocks; b++) order_items(&blocks[b]);
  }
  kept->finished = TRUE;
  return ok;
}

gsize cube_kept_bytes(const CubeKept *kept) {
  gsize bytes = (gsize)kept->n_groups * sizeof(gpointer);
  for (gint32 g = 0; g < kept->n_groups; g++) {
    if (kept->groups[g] == NULL) continue;
    bytes += kept->n_blocks * block_size(kept);
    for (guint b = 0; b < kept->n_blocks; b++) {
      if (kept->kind != CUBE_SUM)
        bytes += ((const ItemBlock *)kept->groups[g])[b].capacity * sizeof(CubeItem);
      else if (cells_of(kept, &((const SumBlock *)kept->groups[g])[b]) != NULL)
        bytes += cells_size(kept);
    }
  }
  return bytes;
}

/* Sums run within a block: a cell is filled where they move on. */
static gsize n_filled_sums(const CubeKept *kept, const SumBlock *block) {
  gsize n = 0;
  for (guint i = 0; i < BLOCK_CELLS; i++) {
    gboolean runs = i > 0 && !kept->framed;
    n += (block->sums != NULL && block->sums[i] != (runs ? block->sums[i - 1] : 0)) ||
         (block->rows != NULL && block->rows[i] != (runs ? block->rows[i - 1] : 0));
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
  for (gint32 g = 0; g < kept->n_groups; g++)
    for (guint b = 0; kept->groups[g] != NULL && b < kept->n_blocks; b++)
      n += kept->kind == CUBE_SUM ? n_filled_sums(kept, (const SumBlock *)kept->groups[g] + b)
                                  : n_filled_items((const ItemBlock *)kept->groups[g] + b);
  return n;
}
