/* Packing the sums of a block. */
#include "cube/packed.h"

#include <string.h>

static inline gint64 get(const void *values, guint bytes, guint i) {
  switch (bytes) {
    case 0:
      return 0;
    case 1:
      return ((const gint8 *)values)[i];
    case 2:
      return ((const gint16 *)values)[i];
    case 4:
      return ((const gint32 *)values)[i];
    default:
      return ((const gint64 *)values)[i];
  }
}

static inline void put(void *values, guint bytes, guint i, gint64 value) {
  switch (bytes) {
    case 0:
      return;
    case 1:
      ((gint8 *)values)[i] = (gint8)value;
      return;
    case 2:
      ((gint16 *)values)[i] = (gint16)value;
      return;
    case 4:
      ((gint32 *)values)[i] = (gint32)value;
      return;
    default:
      ((gint64 *)values)[i] = value;
  }
}

static guint bytes_for(gint64 value) {
  if (value == (gint8)value) return 1;
  if (value == (gint16)value) return 2;
  return value == (gint32)value ? 4 : 8;
}

static gboolean fits(gint64 value, guint bytes) {
  return bytes == 0 || bytes_for(value) <= bytes;
}

static inline guint32 cells_before(guint at) {
  return at >= CUBE_BLOCK_CELLS ? G_MAXUINT32 : (1U << at) - 1;
}

/* How many values there are before a cell's. */
static inline guint values_before(const CubePacked *packed, guint at) {
  return (guint)__builtin_popcount(packed->filled & cells_before(at));
}

gsize cube_packed_size(const CubePacked *packed) {
  return sizeof *packed + (gsize)packed->n * (packed->sum_bytes + packed->row_bytes);
}

static CubePacked *take(CubeArena *arena, guint32 filled, guint sum_bytes, guint row_bytes) {
  CubePacked head = {filled, (guint8)__builtin_popcount(filled), (guint8)sum_bytes, (guint8)row_bytes};
  CubePacked *packed = cube_arena_take(arena, cube_packed_size(&head));
  *packed = head;
  return packed;
}

CubePacked *cube_packed_new(CubeArena *arena, const CubePackedForm *form, guint n_cells) {
  CubePacked *packed = take(arena, cells_before(n_cells), form->sum_bytes, form->row_bytes);
  memset(packed + 1, 0, cube_packed_size(packed) - sizeof *packed);
  return packed;
}

/* --- another form --- */

typedef struct {
  gint64 sums[CUBE_BLOCK_CELLS], rows[CUBE_BLOCK_CELLS];
} Wide;

static void unpack(const CubePacked *packed, Wide *wide) {
  guint32 left = packed->filled;
  memset(wide, 0, sizeof *wide);
  for (guint i = 0; i < packed->n; i++, left &= left - 1) {
    guint at = (guint)__builtin_ctz(left);
    wide->sums[at] = get(cube_packed_sums(packed), packed->sum_bytes, i);
    wide->rows[at] = get(cube_packed_rows(packed), packed->row_bytes, i);
  }
}

static CubePacked *pack(CubeArena *arena, const Wide *wide, guint32 filled, guint sum_bytes, guint row_bytes) {
  CubePacked *packed = take(arena, filled, sum_bytes, row_bytes);
  guint32 left = filled;
  for (guint i = 0; i < packed->n; i++, left &= left - 1) {
    guint at = (guint)__builtin_ctz(left);
    put(cube_packed_sums(packed), sum_bytes, i, wide->sums[at]);
    put(cube_packed_rows(packed), row_bytes, i, wide->rows[at]);
  }
  return packed;
}

static gboolean add_elsewhere(CubeArena *arena, CubePacked **packed, guint at, gint64 value, gint64 rows) {
  CubePacked *old = *packed;
  Wide wide;
  unpack(old, &wide);
  if (__builtin_add_overflow(wide.sums[at], old->sum_bytes > 0 ? value : 0, &wide.sums[at])) return FALSE;
  wide.rows[at] += rows;
  guint sum_bytes = old->sum_bytes == 0 ? 0 : MAX(old->sum_bytes, bytes_for(wide.sums[at])),
        row_bytes = old->row_bytes == 0 ? 0 : MAX(old->row_bytes, bytes_for(wide.rows[at]));
  *packed = pack(arena, &wide, old->filled | 1U << at, sum_bytes, row_bytes);
  cube_arena_give(arena, old, cube_packed_size(old));
  return TRUE;
}

gboolean cube_packed_add(CubeArena *arena, CubePacked **packed, guint at, gint64 value, gint64 rows) {
  CubePacked *old = *packed;
  if (!(old->filled >> at & 1)) return add_elsewhere(arena, packed, at, value, rows);
  guint i = values_before(old, at);
  gint64 sum = 0, count = get(cube_packed_rows(old), old->row_bytes, i) + rows;
  if (old->sum_bytes > 0 && __builtin_add_overflow(get(cube_packed_sums(old), old->sum_bytes, i), value, &sum))
    return FALSE;
  if (!fits(sum, old->sum_bytes) || !fits(count, old->row_bytes)) return add_elsewhere(arena, packed, at, value, rows);
  put(cube_packed_sums(old), old->sum_bytes, i, sum);
  put(cube_packed_rows(old), old->row_bytes, i, count);
  return TRUE;
}

/* --- settling --- */

/* Bit i: byte i is not nothing. */
static inline guint32 filled_bytes(guint64 bytes) {
  const guint64 low = G_GUINT64_CONSTANT(0x7F7F7F7F7F7F7F7F);
  guint64 tops = (((bytes & low) + low) | bytes) & ~low;
  return (guint32)(((tops >> 7) * G_GUINT64_CONSTANT(0x0102040810204080)) >> 56);
}

/* Words of eight, the last of which may begin within the one before. */
static guint32 filled_narrow(const guint8 *values, guint n) {
  guint32 filled = 0;
  if (n < 8) {
    for (guint i = 0; i < n; i++) filled |= (guint32)(values[i] != 0) << i;
    return filled;
  }
  for (guint i = 0; i < n; i += 8) {
    guint at = MIN(i, n - 8);
    guint64 bytes;
    memcpy(&bytes, values + at, sizeof bytes);
    filled |= filled_bytes(bytes) << at;
  }
  return filled;
}

static guint32 filled_of(const void *values, guint bytes, guint n) {
  guint32 filled = 0;
  switch (bytes) {
    case 0:
      return 0;
    case 1:
      return filled_narrow(values, n);
    case 4:
      for (guint i = 0; i < n; i++) filled |= (guint32)(((const gint32 *)values)[i] != 0) << i;
      return filled;
    default:
      for (guint i = 0; i < n; i++) filled |= (guint32)(get(values, bytes, i) != 0) << i;
      return filled;
  }
}

static guint least_bytes(const void *values, guint bytes, guint32 which) {
  guint least = bytes == 0 ? 0 : 1;
  for (; which != 0 && least < bytes; which &= which - 1)
    least = MAX(least, bytes_for(get(values, bytes, (guint)__builtin_ctz(which))));
  return least;
}

/* Of all values, those of the bits of `which`, in order. */
static void gather(void *to, guint to_bytes, const void *from, guint bytes, guint32 which) {
  if (bytes == 1)
    for (guint8 *next = to; which != 0; which &= which - 1) *next++ = ((const guint8 *)from)[__builtin_ctz(which)];
  else if (bytes == 4 && to_bytes == 4)
    for (gint32 *next = to; which != 0; which &= which - 1) *next++ = ((const gint32 *)from)[__builtin_ctz(which)];
  else
    for (guint i = 0; which != 0; which &= which - 1, i++)
      put(to, to_bytes, i, get(from, bytes, (guint)__builtin_ctz(which)));
}

/* The cells of some of the values: of every bit of `which`, the bit of `filled` that is as many bits from its first. */
static guint32 spread(guint32 which, guint32 filled) {
  guint32 cells = 0;
  for (; which != 0; which >>= 1, filled &= filled - 1)
    if (which & 1) cells |= filled & -filled;
  return cells;
}

CubePacked *cube_packed_settle(CubeArena *arena, const CubePacked *packed) {
  const void *sums = cube_packed_sums(packed), *rows = cube_packed_rows(packed);
  guint32 which = filled_of(rows, packed->row_bytes, packed->n) | filled_of(sums, packed->sum_bytes, packed->n);
  if (which == 0) return NULL;
  guint sum_bytes = least_bytes(sums, packed->sum_bytes, which),
        row_bytes = least_bytes(rows, packed->row_bytes, which);
  guint32 filled = packed->filled == cells_before(packed->n) ? which : spread(which, packed->filled);
  CubePacked *settled = take(arena, filled, sum_bytes, row_bytes);
  gather(cube_packed_sums(settled), sum_bytes, sums, packed->sum_bytes, which);
  gather(cube_packed_rows(settled), row_bytes, rows, packed->row_bytes, which);
  return settled;
}

gboolean cube_packed_add_to(const CubePacked *packed, gint64 *sums, gint64 *rows) {
  gboolean overflowed = FALSE;
  guint32 left = packed->filled;
  for (guint i = 0; i < packed->n; i++, left &= left - 1) {
    guint at = (guint)__builtin_ctz(left);
    if (sums != NULL)
      overflowed |= __builtin_add_overflow(sums[at], get(cube_packed_sums(packed), packed->sum_bytes, i), &sums[at]);
    if (rows != NULL) rows[at] += get(cube_packed_rows(packed), packed->row_bytes, i);
  }
  return !overflowed;
}

/* --- reading --- */

#define TOTAL(type, values, n)                                          \
  do {                                                                  \
    for (guint i = 0; i < (n); i++) sum += ((const type *)(values))[i]; \
  } while (0)

static inline gint64 total(const void *values, guint bytes, guint n) {
  gint64 sum = 0;
  switch (bytes) {
    case 0:
      break;
    case 1:
      TOTAL(gint8, values, n);
      break;
    case 2:
      TOTAL(gint16, values, n);
      break;
    case 4:
      TOTAL(gint32, values, n);
      break;
    default:
      TOTAL(gint64, values, n);
  }
  return sum;
}

static CubeSum first_values(const CubePacked *packed, guint n) {
  CubeSum sum = {0, total(cube_packed_rows(packed), packed->row_bytes, n)};
  sum.sum = packed->sum_bytes > 0 ? total(cube_packed_sums(packed), packed->sum_bytes, n) : sum.rows;
  return sum;
}

CubeSum cube_packed_before(const CubePacked *packed, guint at) {
  return first_values(packed, values_before(packed, at));
}

/* Where sums are far from the end of 64 bits, 32 of four bytes cannot reach it. */
gboolean cube_packed_run(const CubePacked *packed, CubeSum *run) {
  const gint64 far = G_GINT64_CONSTANT(1) << 62;
  if (packed->sum_bytes < 8 && run->sum < far && run->sum > -far) {
    CubeSum all = first_values(packed, packed->n);
    *run = (CubeSum){run->sum + all.sum, run->rows + all.rows};
    return TRUE;
  }
  gboolean overflowed = FALSE;
  for (guint i = 0; i < packed->n; i++) {
    gint64 rows = get(cube_packed_rows(packed), packed->row_bytes, i);
    gint64 value = packed->sum_bytes > 0 ? get(cube_packed_sums(packed), packed->sum_bytes, i) : rows;
    overflowed |= __builtin_add_overflow(run->sum, value, &run->sum);
    run->rows += rows;
  }
  return !overflowed;
}

CubeSum cube_packed_at(const CubePacked *packed, guint at) {
  if (!(packed->filled >> at & 1)) return (CubeSum){0, 0};
  guint i = values_before(packed, at);
  gint64 rows = get(cube_packed_rows(packed), packed->row_bytes, i);
  return (CubeSum){packed->sum_bytes > 0 ? get(cube_packed_sums(packed), packed->sum_bytes, i) : rows, rows};
}

guint cube_packed_n_filled(const CubePacked *packed) {
  return (guint)__builtin_popcount(filled_of(cube_packed_sums(packed), packed->sum_bytes, packed->n) |
                                   filled_of(cube_packed_rows(packed), packed->row_bytes, packed->n));
}
