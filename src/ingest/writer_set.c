/* A set of 64-bit keys: whether a record is new is known without asking the database.
 *
 * Open addressing, from half to seven eighths full: 9 to 18 bytes a key. Keys are hashes already, so their upper bits
 * are the place; 0 marks what is free, and is itself remembered apart. */
#include "ingest/writer_private.h"

#define FIRST_BITS 10

struct WriterSet {
  guint64 *slots;
  guint bits;
  gsize n;
  gboolean has_zero;
};

WriterSet *writer_set_new(void) {
  WriterSet *set = g_new0(WriterSet, 1);
  set->bits = FIRST_BITS;
  set->slots = g_new0(guint64, (gsize)1 << FIRST_BITS);
  return set;
}

void writer_set_free(WriterSet *set) {
  if (!set) return;
  g_free(set->slots);
  g_free(set);
}

static gsize mask(const WriterSet *set) {
  return ((gsize)1 << set->bits) - 1;
}

static gsize place(const WriterSet *set, guint64 key) {
  return (gsize)(key * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15) >> (64 - set->bits));
}

static gsize find(const WriterSet *set, guint64 key) {
  gsize at = place(set, key);
  while (set->slots[at] && set->slots[at] != key) at = (at + 1) & mask(set);
  return at;
}

static void grow(WriterSet *set) {
  g_autofree guint64 *old = set->slots;
  gsize n_old = (gsize)1 << set->bits++;
  set->slots = g_new0(guint64, (gsize)1 << set->bits);
  for (gsize i = 0; i < n_old; i++) {
    if (old[i]) set->slots[find(set, old[i])] = old[i];
  }
}

void writer_set_add(WriterSet *set, guint64 key) {
  if (key == 0) {
    set->has_zero = TRUE;
    return;
  }
  gsize at = find(set, key);
  if (set->slots[at]) return;
  set->slots[at] = key;
  if (++set->n > (mask(set) + 1) / 8 * 7) grow(set);
}

/* What stands behind a freed place moves up when it belongs there or before. */
void writer_set_remove(WriterSet *set, guint64 key) {
  if (key == 0) set->has_zero = FALSE;
  gsize hole = find(set, key);
  if (key == 0 || !set->slots[hole]) return;
  set->n--;
  for (gsize at = (hole + 1) & mask(set); set->slots[at]; at = (at + 1) & mask(set)) {
    gsize home = place(set, set->slots[at]);
    if (((at - home) & mask(set)) < ((at - hole) & mask(set))) continue;
    set->slots[hole] = set->slots[at];
    hole = at;
  }
  set->slots[hole] = 0;
}

gboolean writer_set_has(const WriterSet *set, guint64 key) {
  return key == 0 ? set->has_zero : set->slots[find(set, key)] != 0;
}

gsize writer_set_bytes(const WriterSet *set) {
  return set ? (mask(set) + 1) * sizeof *set->slots : 0;
}
