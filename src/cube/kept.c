/* Kept sums: groups of blocks, and the totals before each. */
#include "cube/kept.h"

#include "cube/packed.h"

/* So many blocks that had to be made wider, and new ones begin wide. */
#define FEW_WIDENED 64

/* What a group has, in one piece of memory: for each block from `first` on
 *   [total before: n + 1, the last of all] [rows before: n + 1] [its cells: n] */
typedef struct {
  guint first, n;
} Group;

struct CubeKept {
  gboolean framed, has_sums, has_rows; /* without sums every value is its number of rows */
  gboolean settled, finished;
  CubePackedForm form; /* of new blocks */
  guint n_widened;
  CubeBlocks *blocks;
  guint first, until; /* blocks that some group has */
  gint32 n_groups;
  Group **groups; /* NULL = an empty group */
  CubeArena arena;
};

CubeKept *cube_kept_new(const CubeColumnSpec *spec, gboolean is_moment, CubeBlocks *blocks) {
  CubeKept *kept = g_new0(CubeKept, 1);
  kept->framed = spec->framed;
  kept->has_rows = !is_moment;
  kept->has_sums = is_moment || !spec->counts;
  kept->form = (CubePackedForm){kept->has_sums ? 4 : 0, kept->has_rows ? 1 : 0};
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

static CubePacked **places(const CubeKept *kept, const Group *group) {
  return (CubePacked **)(gpointer)(rows_before(kept, group) + (kept->has_rows ? group->n + 1 : 0));
}

static gsize group_size(const CubeKept *kept, guint n) {
  guint n_totals = (kept->has_sums != FALSE) + (kept->has_rows != FALSE);
  return sizeof(Group) + (gsize)n_totals * (n + 1) * sizeof(gint64) + n * sizeof(gpointer);
}

static gboolean has_block(const Group *group, guint block) {
  return group != NULL && block - group->first < group->n;
}

/* The totals before new blocks: nothing before the first there was, everything behind the last. */
static void move_totals(gint64 *to, guint n_to, const gint64 *from, guint n_from, guint at) {
  for (guint i = 0; i <= n_to; i++) to[i] = i < at ? 0 : from[MIN(i - at, n_from)];
}

static Group *group_new(const CubeKept *kept, CubeArena *arena, guint first, guint until) {
  Group *group = cube_arena_take_zeroed(arena, group_size(kept, until - first));
  *group = (Group){first, until - first};
  return group;
}

static Group *widened(CubeKept *kept, Group *group, guint first, guint until) {
  Group *wide = group_new(kept, &kept->arena, first, until);
  if (group == NULL) return wide;
  guint at = group->first - first;
  if (kept->has_sums) move_totals(sums_before(wide), wide->n, sums_before(group), group->n, at);
  if (kept->has_rows) move_totals(rows_before(kept, wide), wide->n, rows_before(kept, group), group->n, at);
  memcpy(places(kept, wide) + at, places(kept, group), group->n * sizeof(gpointer));
  cube_arena_give(&kept->arena, group, group_size(kept, group->n));
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
  cube_arena_clear(&kept->arena);
  cube_blocks_free(kept->blocks);
  g_free(kept->groups);
  g_free(kept);
}

static gpointer copied(CubeArena *arena, gconstpointer from, gsize size) {
  return memcpy(cube_arena_take(arena, size), from, size);
}

CubeKept *cube_kept_copy(const CubeKept *kept) {
  CubeKept *copy = g_memdup2(kept, sizeof *kept);
  cube_blocks_hold(copy->blocks);
  copy->arena = (CubeArena){NULL};
  copy->groups = g_memdup2(kept->groups, (gsize)kept->n_groups * sizeof *kept->groups);
  for (gint32 g = 0; g < kept->n_groups; g++) {
    const Group *group = kept->groups[g];
    if (group == NULL) continue;
    Group *made = copy->groups[g] = copied(&copy->arena, group, group_size(kept, group->n));
    CubePacked **blocks = places(kept, made);
    for (guint i = 0; i < made->n; i++)
      if (blocks[i] != NULL) blocks[i] = copied(&copy->arena, blocks[i], cube_packed_size(blocks[i]));
  }
  return copy;
}

void cube_kept_grow(CubeKept *kept, gint32 n_groups) {
  kept->groups = g_renew(Group *, kept->groups, n_groups);
  for (gint32 g = kept->n_groups; g < n_groups; g++) kept->groups[g] = NULL;
  kept->n_groups = n_groups;
}

/* --- adding --- */

static CubePacked **block_of(CubeKept *kept, gint32 number, guint block) {
  Group *group = group_with(kept, number, block);
  CubePacked **packed = &places(kept, group)[block - group->first];
  guint n_cells = kept->settled ? 0 : cube_block_size(kept->blocks, block);
  if (*packed == NULL) *packed = cube_packed_new(&kept->arena, &kept->form, n_cells);
  return packed;
}

/* What is nothing again takes no memory. */
static void drop_nothing(CubeKept *kept, CubePacked **packed, guint at) {
  CubeSum left = cube_packed_at(*packed, at);
  if (left.sum != 0 || left.rows != 0) return;
  CubePacked *settled = cube_packed_settle(&kept->arena, *packed);
  cube_arena_give(&kept->arena, *packed, cube_packed_size(*packed));
  *packed = settled;
}

static gboolean add_cell(CubeKept *kept, CubePacked **packed, guint at, gint64 value, gint64 rows) {
  const CubePacked *before = *packed;
  if (!cube_packed_add(&kept->arena, packed, at, value, rows)) return FALSE;
  if (*packed != before && !kept->settled && (*packed)->sum_bytes > kept->form.sum_bytes &&
      ++kept->n_widened > FEW_WIDENED)
    kept->form.sum_bytes = 8;
  if (kept->settled) drop_nothing(kept, packed, at);
  return TRUE;
}

/* A sum at one of the cells may leave 64 bits where the totals before and behind them do not. */
static gboolean runs_within(const CubeKept *kept, const Group *group, guint i, const CubePacked *packed) {
  CubeSum run = {kept->has_sums ? sums_before(group)[i] : 0, 0};
  return packed == NULL || packed->sum_bytes < 8 || cube_packed_run(packed, &run);
}

gboolean cube_kept_add(CubeKept *kept, gint32 number, guint cell, gint64 value, gint64 rows) {
  guint32 place = kept->blocks->place_of[cell];
  guint block = cube_place_block(place);
  CubePacked **packed = block_of(kept, number, block);
  gboolean ok = add_cell(kept, packed, cube_place_at(place), value, rows);
  if (!kept->finished || kept->framed) return ok;
  const Group *group = kept->groups[number];
  gint64 *sums = sums_before(group), *all_rows = rows_before(kept, group);
  for (guint i = block - group->first + 1; i <= group->n; i++) {
    if (kept->has_sums) ok &= !__builtin_add_overflow(sums[i], value, &sums[i]);
    if (kept->has_rows) all_rows[i] += rows;
  }
  return ok && runs_within(kept, group, block - group->first, *packed);
}

/* Adds to a cell's rows where they fit as the block is: FALSE elsewhere. */
static inline gboolean count_narrow(CubePacked *packed, guint at, gint rows) {
  if (packed->row_bytes != 1) return FALSE;
  gint8 *counts = cube_packed_rows(packed);
  gint count = counts[at] + rows;
  if (count != (gint8)count) return FALSE;
  counts[at] = (gint8)count;
  return TRUE;
}

static inline gboolean add_narrow(CubePacked *packed, guint at, gint64 value, gint rows) {
  gint64 *wide = cube_packed_sums(packed), sum;
  gint32 *narrow = cube_packed_sums(packed);
  if (packed->sum_bytes == 4) {
    if (__builtin_add_overflow(narrow[at], value, &sum) || sum != (gint32)sum || !count_narrow(packed, at, rows))
      return FALSE;
    narrow[at] = (gint32)sum;
    return TRUE;
  }
  if (packed->sum_bytes != 8 || __builtin_add_overflow(wide[at], value, &sum) || !count_narrow(packed, at, rows))
    return FALSE;
  wide[at] = sum;
  return TRUE;
}

/* Rows of one group mostly come together. */
gboolean cube_kept_add_many(CubeKept *kept, gsize n, const gint32 *groups, const gint32 *cells, const gint64 *values,
                            gint rows) {
  const guint32 *place_of = kept->blocks->place_of;
  const gboolean has_sums = kept->has_sums;
  gboolean ok = TRUE;
  gint32 last = -1;
  guint first = 0, n_blocks = 0;
  CubePacked *const *blocks = NULL;
  for (gsize i = 0; i < n; i++) {
    if ((groups[i] | cells[i]) < 0) continue;
    if (groups[i] != last) {
      const Group *group = kept->groups[last = groups[i]];
      first = group == NULL ? 0 : group->first;
      n_blocks = group == NULL || kept->settled ? 0 : group->n;
      blocks = group == NULL ? NULL : places(kept, group);
    }
    guint32 place = place_of[cells[i]];
    guint block = cube_place_block(place), at = cube_place_at(place);
    CubePacked *packed = block - first < n_blocks ? blocks[block - first] : NULL;
    gint64 value = values == NULL ? rows : values[i];
    if (packed != NULL && (has_sums ? add_narrow(packed, at, value, rows) : count_narrow(packed, at, rows))) continue;
    ok &= add_cell(kept, block_of(kept, groups[i], block), at, value, rows);
    last = -1;
  }
  return ok;
}

/* Blocks are wide while others are added to them. */
gboolean cube_kept_merge(CubeKept *kept, const CubeKept *from, const gint32 *map) {
  gboolean ok = TRUE;
  kept->form = (CubePackedForm){kept->has_sums ? 8 : 0, kept->has_rows ? 8 : 0};
  for (gint32 g = 0; g < from->n_groups; g++) {
    const Group *group = from->groups[g];
    for (guint i = 0; group != NULL && i < group->n; i++) {
      const CubePacked *add = places(from, group)[i];
      if (add == NULL) continue;
      CubePacked *to = *block_of(kept, map[g], group->first + i);
      ok &= cube_packed_add_to(add, kept->has_sums ? cube_packed_sums(to) : NULL,
                               kept->has_rows ? cube_packed_rows(to) : NULL);
    }
  }
  cube_kept_settle(kept);
  return ok;
}

/* --- settling --- */

static Group *settled_group(const CubeKept *kept, CubeArena *arena, const Group *group) {
  CubePacked **from = places(kept, group);
  guint first = 0, until = group->n;
  while (first < until && from[first] == NULL) first++;
  while (until > first && from[until - 1] == NULL) until--;
  Group *settled = group_new(kept, arena, group->first + first, group->first + until);
  for (guint i = first; i < until; i++)
    if (from[i] != NULL) places(kept, settled)[i - first] = cube_packed_settle(arena, from[i]);
  return settled;
}

void cube_kept_settle(CubeKept *kept) {
  if (kept->settled) return;
  CubeArena arena = {NULL};
  for (gint32 g = 0; g < kept->n_groups; g++)
    if (kept->groups[g] != NULL) kept->groups[g] = settled_group(kept, &arena, kept->groups[g]);
  cube_arena_clear(&kept->arena);
  kept->arena = arena;
  kept->settled = TRUE;
  kept->form = (CubePackedForm){kept->has_sums, kept->has_rows};
}

static gboolean find_totals(const CubeKept *kept, Group *group) {
  gboolean ok = TRUE;
  gint64 *sums = sums_before(group), *rows = rows_before(kept, group);
  CubeSum run = {0, 0};
  for (guint i = 0; i <= group->n; i++) {
    if (kept->has_sums) sums[i] = run.sum;
    if (kept->has_rows) rows[i] = run.rows;
    const CubePacked *packed = i < group->n ? places(kept, group)[i] : NULL;
    if (packed != NULL) ok &= cube_packed_run(packed, &run);
  }
  return ok;
}

gboolean cube_kept_finish(CubeKept *kept) {
  gboolean ok = TRUE;
  cube_kept_settle(kept);
  for (gint32 g = 0; !kept->finished && !kept->framed && g < kept->n_groups; g++)
    if (kept->groups[g] != NULL) ok &= find_totals(kept, kept->groups[g]);
  kept->finished = TRUE;
  return ok;
}

/* --- reading --- */

/* The sum of all cells before one. */
static inline CubeSum before(const CubeKept *kept, const Group *group, guint32 place, gboolean has_sums,
                             gboolean has_rows) {
  guint block = cube_place_block(place), at = cube_place_at(place);
  if (block < group->first) return (CubeSum){0, 0};
  guint i = MIN(block - group->first, group->n);
  CubeSum sum = {0, has_rows ? rows_before(kept, group)[i] : 0};
  sum.sum = has_sums ? sums_before(group)[i] : sum.rows;
  if (at == 0 || i == group->n) return sum;
  const CubePacked *packed = places(kept, group)[i];
  if (packed == NULL) return sum;
  CubeSum inside = cube_packed_before(packed, at);
  return (CubeSum){sum.sum + inside.sum, sum.rows + inside.rows};
}

static inline CubeSum between(const CubeKept *kept, const Group *group, guint32 from, guint32 to, gboolean has_sums,
                              gboolean has_rows) {
  CubeSum sum = before(kept, group, to, has_sums, has_rows), less = before(kept, group, from, has_sums, has_rows);
  return (CubeSum){sum.sum - less.sum, sum.rows - less.rows};
}

static CubeSum in_frame(const CubeKept *kept, const Group *group, guint32 place) {
  guint block = cube_place_block(place);
  const CubePacked *packed = has_block(group, block) ? places(kept, group)[block - group->first] : NULL;
  return packed == NULL ? (CubeSum){0, 0} : cube_packed_at(packed, cube_place_at(place));
}

void cube_kept_sums(const CubeKept *kept, const gint32 *numbers, guint n, guint from, guint to, CubeSum *sums) {
  guint32 start = kept->blocks->place_of[from], end = kept->blocks->place_of[to];
  for (guint i = 0; i < n; i++) {
    const Group *group = numbers[i] < 0 ? NULL : kept->groups[numbers[i]];
    if (group == NULL)
      sums[i] = (CubeSum){0, 0};
    else if (kept->framed)
      sums[i] = in_frame(kept, group, start);
    else if (!kept->has_sums)
      sums[i] = between(kept, group, start, end, FALSE, TRUE);
    else if (kept->has_rows)
      sums[i] = between(kept, group, start, end, TRUE, TRUE);
    else
      sums[i] = between(kept, group, start, end, TRUE, FALSE);
  }
}

gsize cube_kept_bytes(const CubeKept *kept) {
  return (gsize)kept->n_groups * sizeof(gpointer) + kept->arena.bytes;
}

gsize cube_kept_n_filled(const CubeKept *kept) {
  gsize n = 0;
  for (gint32 g = 0; g < kept->n_groups; g++) {
    const Group *group = kept->groups[g];
    for (guint i = 0; group != NULL && i < group->n; i++) {
      const CubePacked *packed = places(kept, group)[i];
      if (packed != NULL) n += cube_packed_n_filled(packed);
    }
  }
  return n;
}
