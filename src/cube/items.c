/* Kept items: noted while a column is filled, sorted by group, block and cell when it is settled. */
#include "cube/items.h"

#include <string.h>

/* Which parts items of a kind have. */
typedef enum { HAS_NUMBERS = 1, HAS_IDS = 2, HAS_DAYS = 4 } Parts;

/* The parts of some items: as many as there is room for of each, one after another. */
typedef struct {
  double *numbers;
  guint32 *ids;
  BaseDay *days;
} Columns;

/* data: the columns, and behind them the cells within the block, a byte each. capacity 0: in the column's one piece. */
typedef struct {
  guint8 *data;
  guint32 n, capacity;
} Block;

typedef struct {
  guint first, n;
  Block blocks[];
} Group;

/* What was put before the column was settled. */
typedef struct {
  gsize n, capacity;
  Columns columns;
  gint32 *groups;
  guint32 *places;
} Notes;

struct CubeItems {
  Parts parts;
  gboolean settled;
  CubeBlocks *blocks;
  gint32 n_groups;
  Group **groups; /* NULL = an empty group */
  Notes notes;
  guint8 *piece; /* of all blocks that have not changed since */
  gsize bytes;   /* of groups, blocks and pieces */
};

static Parts parts_of(CubeKind kind) {
  switch (kind) {
    case CUBE_DISTINCT:
      return HAS_IDS;
    case CUBE_DURATIONS:
      return HAS_NUMBERS | HAS_IDS;
    case CUBE_PURCHASES:
      return HAS_NUMBERS | HAS_IDS | HAS_DAYS;
    default:
      return HAS_NUMBERS;
  }
}

/* --- parts --- */

static gsize item_size(Parts parts) {
  return (parts & HAS_NUMBERS ? sizeof(double) : 0) + (parts & HAS_IDS ? sizeof(guint32) : 0) +
         (parts & HAS_DAYS ? sizeof(BaseDay) : 0);
}

static gsize data_size(Parts parts, gsize capacity) {
  return (capacity * (item_size(parts) + 1) + sizeof(double) - 1) / sizeof(double) * sizeof(double);
}

static Columns columns_in(Parts parts, guint8 *data, gsize capacity) {
  Columns columns = {NULL};
  if (parts & HAS_NUMBERS) {
    columns.numbers = (double *)(gpointer)data;
    data += capacity * sizeof(double);
  }
  if (parts & HAS_IDS) {
    columns.ids = (guint32 *)(gpointer)data;
    data += capacity * sizeof(guint32);
  }
  if (parts & HAS_DAYS) columns.days = (BaseDay *)(gpointer)data;
  return columns;
}

static inline void set_item(const Columns *columns, gsize at, const CubeItem *item) {
  if (columns->numbers != NULL) columns->numbers[at] = item->number;
  if (columns->ids != NULL) columns->ids[at] = item->id;
  if (columns->days != NULL) columns->days[at] = item->day;
}

static inline CubeItem item_at(const Columns *columns, gsize at) {
  return (CubeItem){.id = columns->ids != NULL ? columns->ids[at] : 0,
                    .day = columns->days != NULL ? columns->days[at] : 0,
                    .number = columns->numbers != NULL ? columns->numbers[at] : 0};
}

static void move_items(const Columns *to, gsize at, const Columns *from, gsize first, gsize n) {
  if (to->numbers != NULL) memmove(to->numbers + at, from->numbers + first, n * sizeof(double));
  if (to->ids != NULL) memmove(to->ids + at, from->ids + first, n * sizeof(guint32));
  if (to->days != NULL) memmove(to->days + at, from->days + first, n * sizeof(BaseDay));
}

static gsize room_of(const Block *block) {
  return block->capacity > 0 ? block->capacity : block->n;
}

static Columns block_columns(const CubeItems *items, const Block *block) {
  return columns_in(items->parts, block->data, room_of(block));
}

static guint8 *block_cells(const CubeItems *items, const Block *block) {
  return block->data + room_of(block) * item_size(items->parts);
}

/* --- a column --- */

CubeItems *cube_items_new(CubeKind kind, CubeBlocks *blocks) {
  CubeItems *items = g_new0(CubeItems, 1);
  items->parts = parts_of(kind);
  items->blocks = cube_blocks_hold(blocks);
  return items;
}

static void notes_clear(Notes *notes) {
  g_free(notes->columns.numbers);
  g_free(notes->columns.ids);
  g_free(notes->columns.days);
  g_free(notes->groups);
  g_free(notes->places);
  *notes = (Notes){0};
}

void cube_items_free(CubeItems *items) {
  if (items == NULL) return;
  for (gint32 g = 0; g < items->n_groups; g++) {
    Group *group = items->groups[g];
    for (guint i = 0; group != NULL && i < group->n; i++)
      if (group->blocks[i].capacity > 0) g_free(group->blocks[i].data);
    g_free(group);
  }
  notes_clear(&items->notes);
  cube_blocks_free(items->blocks);
  g_free(items->groups);
  g_free(items->piece);
  g_free(items);
}

void cube_items_grow(CubeItems *items, gint32 n_groups) {
  items->groups = g_renew(Group *, items->groups, n_groups);
  for (gint32 g = items->n_groups; g < n_groups; g++) items->groups[g] = NULL;
  items->n_groups = n_groups;
}

static gsize group_size(guint n) {
  return sizeof(Group) + n * sizeof(Block);
}

/* All blocks of the copy lie in one piece. */
CubeItems *cube_items_copy(const CubeItems *items) {
  CubeItems *copy = g_memdup2(items, sizeof *items);
  cube_blocks_hold(copy->blocks);
  copy->groups = g_memdup2(items->groups, (gsize)items->n_groups * sizeof *items->groups);
  copy->bytes = 0;
  gsize size = 0;
  for (gint32 g = 0; g < items->n_groups; g++)
    for (guint i = 0; items->groups[g] != NULL && i < items->groups[g]->n; i++)
      size += data_size(items->parts, items->groups[g]->blocks[i].n);
  guint8 *next = copy->piece = g_malloc(MAX(size, 1));
  for (gint32 g = 0; g < items->n_groups; g++) {
    if (items->groups[g] == NULL) continue;
    Group *group = copy->groups[g] = g_memdup2(items->groups[g], group_size(items->groups[g]->n));
    copy->bytes += group_size(group->n);
    for (guint i = 0; i < group->n; i++) {
      const Block *from = &items->groups[g]->blocks[i];
      Block *to = &group->blocks[i];
      *to = (Block){next, from->n, 0};
      Columns source = block_columns(items, from), target = block_columns(copy, to);
      move_items(&target, 0, &source, 0, from->n);
      memcpy(block_cells(copy, to), block_cells(items, from), from->n);
      next += data_size(items->parts, from->n);
    }
  }
  copy->bytes += size;
  return copy;
}

/* --- noting --- */

static void make_room(CubeItems *items) {
  Notes *notes = &items->notes;
  if (notes->n < notes->capacity) return;
  notes->capacity = MAX(64, notes->capacity + notes->capacity / 2);
  notes->groups = g_renew(gint32, notes->groups, notes->capacity);
  notes->places = g_renew(guint32, notes->places, notes->capacity);
  Columns *columns = &notes->columns;
  if (items->parts & HAS_NUMBERS) columns->numbers = g_renew(double, columns->numbers, notes->capacity);
  if (items->parts & HAS_IDS) columns->ids = g_renew(guint32, columns->ids, notes->capacity);
  if (items->parts & HAS_DAYS) columns->days = g_renew(BaseDay, columns->days, notes->capacity);
}

static void note(CubeItems *items, gint32 group, guint32 place, const CubeItem *item) {
  make_room(items);
  Notes *notes = &items->notes;
  notes->groups[notes->n] = group;
  notes->places[notes->n] = place;
  set_item(&notes->columns, notes->n++, item);
}

/* --- settling --- */

/* The blocks from a group's first to its last; until 0: it has none. */
typedef struct {
  guint first, until;
} Range;

static void widen(Range *range, guint first, guint until) {
  range->first = range->until == 0 ? first : MIN(range->first, first);
  range->until = MAX(range->until, until);
}

static void make_groups(CubeItems *items, const Range *ranges) {
  for (gint32 g = 0; g < items->n_groups; g++) {
    if (ranges[g].until == 0) continue;
    guint n = ranges[g].until - ranges[g].first;
    items->groups[g] = g_malloc0(group_size(n));
    items->groups[g]->first = ranges[g].first;
    items->groups[g]->n = n;
    items->bytes += group_size(n);
  }
}

/* Gives each block, which says how many items it will have, its part of the piece. */
static void share_out(CubeItems *items) {
  gsize size = 0;
  for (gint32 g = 0; g < items->n_groups; g++)
    for (guint b = 0; items->groups[g] != NULL && b < items->groups[g]->n; b++)
      size += data_size(items->parts, items->groups[g]->blocks[b].n);
  guint8 *next = items->piece = g_malloc(MAX(size, 1));
  for (gint32 g = 0; g < items->n_groups; g++)
    for (guint b = 0; items->groups[g] != NULL && b < items->groups[g]->n; b++) {
      items->groups[g]->blocks[b].data = next;
      next += data_size(items->parts, items->groups[g]->blocks[b].n);
    }
  items->bytes += size;
}

/* By cell; those of one cell stay as they came. `room` is for as many items. */
static void order_block(const CubeItems *items, const Block *block, guint8 *room) {
  const guint8 *cells = block_cells(items, block);
  gboolean in_order = TRUE;
  for (gsize i = 1; i < block->n && in_order; i++) in_order = cells[i - 1] <= cells[i];
  if (in_order) return;
  gsize place[CUBE_BLOCK_CELLS + 1] = {0};
  for (gsize i = 0; i < block->n; i++) place[cells[i] + 1]++;
  for (guint at = 0; at < CUBE_BLOCK_CELLS; at++) place[at + 1] += place[at];
  const Block ordered = {room, block->n, 0};
  Columns from = block_columns(items, block), to = block_columns(items, &ordered);
  guint8 *to_cells = block_cells(items, &ordered);
  for (gsize i = 0; i < block->n; i++) {
    gsize at = place[cells[i]]++;
    CubeItem item = item_at(&from, i);
    set_item(&to, at, &item);
    to_cells[at] = cells[i];
  }
  memcpy(block->data, room, block->n * (item_size(items->parts) + 1));
}

/* While blocks are filled, `capacity` says how many of their items have come. */
static void order_blocks(CubeItems *items) {
  gsize most = 0;
  for (gint32 g = 0; g < items->n_groups; g++)
    for (guint b = 0; items->groups[g] != NULL && b < items->groups[g]->n; b++)
      most = MAX(most, items->groups[g]->blocks[b].n);
  g_autofree guint8 *room = g_malloc(MAX(data_size(items->parts, most), 1));
  for (gint32 g = 0; g < items->n_groups; g++)
    for (guint b = 0; items->groups[g] != NULL && b < items->groups[g]->n; b++) {
      Block *block = &items->groups[g]->blocks[b];
      block->capacity = 0;
      if (block->n > 1) order_block(items, block, room);
    }
}

static Block *noted_block(const CubeItems *items, gsize i) {
  Group *group = items->groups[items->notes.groups[i]];
  return &group->blocks[cube_place_block(items->notes.places[i]) - group->first];
}

void cube_items_settle(CubeItems *items) {
  if (items->settled) return;
  items->settled = TRUE;
  Notes *notes = &items->notes;
  g_autofree Range *ranges = g_new0(Range, (gsize)items->n_groups + 1);
  for (gsize i = 0; i < notes->n; i++) {
    guint block = cube_place_block(notes->places[i]);
    widen(&ranges[notes->groups[i]], block, block + 1);
  }
  make_groups(items, ranges);
  for (gsize i = 0; i < notes->n; i++) noted_block(items, i)->n++;
  share_out(items);
  for (gsize i = 0; i < notes->n; i++) {
    Block *block = noted_block(items, i);
    Columns columns = columns_in(items->parts, block->data, block->n);
    CubeItem item = item_at(&notes->columns, i);
    set_item(&columns, block->capacity, &item);
    block->data[block->n * item_size(items->parts) + block->capacity] = (guint8)cube_place_at(notes->places[i]);
    block->capacity++;
  }
  order_blocks(items);
  notes_clear(notes);
}

static void append_block(const CubeItems *items, Block *block, const CubeItems *from, const Block *more) {
  Columns to = columns_in(items->parts, block->data, block->n), source = block_columns(from, more);
  move_items(&to, block->capacity, &source, 0, more->n);
  memcpy(block->data + block->n * item_size(items->parts) + block->capacity, block_cells(from, more), more->n);
  block->capacity += more->n;
}

void cube_items_merge(CubeItems *items, const CubeItems *from, const gint32 *map) {
  g_return_if_fail(from->settled && !items->settled && items->notes.n == 0);
  items->settled = TRUE;
  g_autofree Range *ranges = g_new0(Range, (gsize)items->n_groups + 1);
  for (gint32 g = 0; g < from->n_groups; g++)
    if (from->groups[g] != NULL)
      widen(&ranges[map[g]], from->groups[g]->first, from->groups[g]->first + from->groups[g]->n);
  make_groups(items, ranges);
  for (guint pass = 0; pass < 2; pass++) {
    for (gint32 g = 0; g < from->n_groups; g++)
      for (guint b = 0; from->groups[g] != NULL && b < from->groups[g]->n; b++) {
        Group *group = items->groups[map[g]];
        Block *block = &group->blocks[from->groups[g]->first + b - group->first];
        const Block *more = &from->groups[g]->blocks[b];
        if (pass == 0)
          block->n += more->n;
        else if (more->n > 0)
          append_block(items, block, from, more);
      }
    if (pass == 0) share_out(items);
  }
  order_blocks(items);
}

/* --- changing --- */

/* The first item of a block that is not before a cell of it. */
static gsize place_in(const CubeItems *items, const Block *block, guint at) {
  const guint8 *cells = block_cells(items, block);
  gsize low = 0, high = block->n;
  while (low < high) {
    gsize middle = (low + high) / 2;
    if (cells[middle] < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static gboolean has_block(const Group *group, guint block) {
  return group != NULL && block - group->first < group->n;
}

static Group *group_with(CubeItems *items, gint32 number, guint block) {
  Group *group = items->groups[number];
  if (has_block(group, block)) return group;
  guint first = group == NULL ? block : MIN(block, group->first),
        until = group == NULL ? block + 1 : MAX(block + 1, group->first + group->n);
  Group *wide = g_malloc0(group_size(until - first));
  wide->first = first;
  wide->n = until - first;
  items->bytes += group_size(wide->n);
  if (group != NULL) {
    memcpy(wide->blocks + (group->first - first), group->blocks, group->n * sizeof(Block));
    items->bytes -= group_size(group->n);
    g_free(group);
  }
  return items->groups[number] = wide;
}

/* The block in a piece of its own with room for more. */
static void resize(CubeItems *items, Block *block, guint32 capacity) {
  Block larger = {g_malloc(data_size(items->parts, capacity)), block->n, capacity};
  if (block->n > 0) {
    Columns from = block_columns(items, block), to = block_columns(items, &larger);
    move_items(&to, 0, &from, 0, block->n);
    memcpy(block_cells(items, &larger), block_cells(items, block), block->n);
  }
  items->bytes += data_size(items->parts, capacity);
  if (block->capacity > 0) {
    items->bytes -= data_size(items->parts, block->capacity);
    g_free(block->data);
  }
  *block = larger;
}

static void insert(CubeItems *items, gint32 number, guint32 place, const CubeItem *item) {
  Group *group = group_with(items, number, cube_place_block(place));
  Block *block = &group->blocks[cube_place_block(place) - group->first];
  if (block->n == room_of(block) || block->capacity == 0) resize(items, block, MAX(4, block->n + block->n / 4 + 1));
  gsize at = place_in(items, block, cube_place_at(place) + 1);
  Columns columns = block_columns(items, block);
  guint8 *cells = block_cells(items, block);
  move_items(&columns, at + 1, &columns, at, block->n - at);
  memmove(cells + at + 1, cells + at, block->n - at);
  set_item(&columns, at, item);
  cells[at] = (guint8)cube_place_at(place);
  block->n++;
}

void cube_items_put(CubeItems *items, gint32 group, const CubeItem *item) {
  guint32 place = items->blocks->place_of[item->cell];
  if (items->settled)
    insert(items, group, place, item);
  else
    note(items, group, place, item);
}

static gboolean same_item(const CubeItem *a, const CubeItem *b, Parts parts) {
  return (!(parts & HAS_IDS) || a->id == b->id) && (!(parts & HAS_DAYS) || a->day == b->day) &&
         (!(parts & HAS_NUMBERS) || a->number == b->number);
}

gboolean cube_items_take(CubeItems *items, gint32 number, const CubeItem *item) {
  guint32 place = items->blocks->place_of[item->cell];
  Group *group = items->groups[number];
  if (!has_block(group, cube_place_block(place))) return FALSE;
  Block *block = &group->blocks[cube_place_block(place) - group->first];
  if (block->n == 0) return FALSE;
  gsize at = place_in(items, block, cube_place_at(place)), until = place_in(items, block, cube_place_at(place) + 1);
  Columns columns = block_columns(items, block);
  for (; at < until; at++) {
    CubeItem found = item_at(&columns, at);
    if (same_item(&found, item, items->parts)) break;
  }
  if (at == until) return FALSE;
  if (block->capacity == 0) {
    resize(items, block, block->n);
    columns = block_columns(items, block);
  }
  guint8 *cells = block_cells(items, block);
  block->n--;
  move_items(&columns, at, &columns, at + 1, block->n - at);
  memmove(cells + at, cells + at + 1, block->n - at);
  return TRUE;
}

/* --- reading --- */

guint cube_items_block_of(const CubeItems *items, guint cell) {
  return cube_place_block(items->blocks->place_of[cell]);
}

CubeItemRun cube_items_run(const CubeItems *items, gint32 number, guint block, guint from, guint to) {
  CubeItemRun run = {0};
  const Group *group = items->groups[number];
  if (!has_block(group, block) || group->blocks[block - group->first].n == 0) return run;
  const Block *found = &group->blocks[block - group->first];
  const guint *first = items->blocks->first;
  gsize start = from > first[block] ? place_in(items, found, from - first[block]) : 0,
        end = to < first[block + 1] ? place_in(items, found, to - first[block]) : found->n;
  Columns columns = block_columns(items, found);
  run.n = end - start;
  if (columns.numbers != NULL) run.numbers = columns.numbers + start;
  if (columns.ids != NULL) run.ids = columns.ids + start;
  if (columns.days != NULL) run.days = columns.days + start;
  return run;
}

gsize cube_items_bytes(const CubeItems *items) {
  const Notes *notes = &items->notes;
  return (gsize)items->n_groups * sizeof(gpointer) + items->bytes +
         notes->capacity * (item_size(items->parts) + sizeof(gint32) + sizeof(guint32));
}

gsize cube_items_n_filled(const CubeItems *items) {
  gsize n = 0;
  for (gint32 g = 0; g < items->n_groups; g++) {
    const Group *group = items->groups[g];
    for (guint b = 0; group != NULL && b < group->n; b++) {
      const Block *block = &group->blocks[b];
      const guint8 *cells = block->n > 0 ? block_cells(items, block) : NULL;
      for (gsize i = 0; i < block->n; i++) n += i == 0 || cells[i] != cells[i - 1];
    }
  }
  return n;
}
