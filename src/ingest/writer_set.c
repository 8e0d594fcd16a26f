/* A set of 64-bit keys: whether a record is new is known without asking the database, and from which day to which it
 * has rows, so that the database need not look at those of other days.
 *
 * Open addressing, from half to seven eighths full: 9 to 18 bytes a key, and 2 to 5 for each of its days. Keys are
 * hashes already, so their upper bits are the place; 0 marks what is free, and is itself remembered apart. Days are
 * counted from 1900 in 16 bits; 0 stands for any day, and for what they do not reach (2079). */
#include "ingest/writer_private.h"

#define FIRST_BITS 10
#define BEFORE_1   (-25568) /* 1900-01-01 is the first that counts */

typedef struct {
  guint64 *keys;
  guint16 *first, *last; /* NULL: not kept; last NULL: the same as first */
} Slots;

struct WriterSet {
  Slots slots;
  WriterDays days;
  guint bits;
  gsize n;
  gboolean has_zero;
};

static Slots new_slots(WriterDays days, guint bits) {
  gsize n = (gsize)1 << bits;
  return (Slots){.keys = g_new0(guint64, n),
                 .first = days != WRITER_NO_DAYS ? g_new0(guint16, n) : NULL,
                 .last = days == WRITER_DAYS ? g_new0(guint16, n) : NULL};
}

static void free_slots(Slots *slots) {
  g_free(slots->keys);
  g_free(slots->first);
  g_free(slots->last);
}

WriterSet *writer_set_new(WriterDays days) {
  WriterSet *set = g_new0(WriterSet, 1);
  set->bits = FIRST_BITS;
  set->days = days;
  set->slots = new_slots(days, FIRST_BITS);
  return set;
}

void writer_set_free(WriterSet *set) {
  if (!set) return;
  free_slots(&set->slots);
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
  while (set->slots.keys[at] && set->slots.keys[at] != key) at = (at + 1) & mask(set);
  return at;
}

static void copy_slot(Slots *to, gsize at, const Slots *from, gsize of) {
  to->keys[at] = from->keys[of];
  if (to->first) to->first[at] = from->first[of];
  if (to->last) to->last[at] = from->last[of];
}

static void grow(WriterSet *set) {
  Slots old = set->slots;
  gsize n_old = (gsize)1 << set->bits++;
  set->slots = new_slots(set->days, set->bits);
  for (gsize i = 0; i < n_old; i++) {
    if (old.keys[i]) copy_slot(&set->slots, find(set, old.keys[i]), &old, i);
  }
  free_slots(&old);
}

static guint16 code_of(gint32 day) {
  return day > BEFORE_1 && day <= BEFORE_1 + G_MAXUINT16 ? (guint16)(day - BEFORE_1) : 0;
}

/* Once a key has a row on a day that is not known, its days say nothing any more. */
static void widen(WriterSet *set, gsize at, guint16 code, gboolean is_new) {
  Slots *slots = &set->slots;
  if (!slots->first) return;
  gboolean is_any = code == 0 || (slots->last && !is_new && slots->first[at] == 0);
  if (is_new || !slots->last || is_any || code < slots->first[at]) slots->first[at] = is_any ? 0 : code;
  if (slots->last && (is_new || is_any || code > slots->last[at])) slots->last[at] = is_any ? 0 : code;
}

void writer_set_add(WriterSet *set, guint64 key, gint32 day) {
  if (key == 0) {
    set->has_zero = TRUE;
    return;
  }
  gsize at = find(set, key);
  gboolean is_new = set->slots.keys[at] == 0;
  set->slots.keys[at] = key;
  widen(set, at, code_of(day), is_new);
  if (is_new && ++set->n > (mask(set) + 1) / 8 * 7) grow(set);
}

/* What stands behind a freed place moves up when it belongs there or before. */
void writer_set_remove(WriterSet *set, guint64 key) {
  if (key == 0) set->has_zero = FALSE;
  gsize hole = find(set, key);
  if (key == 0 || !set->slots.keys[hole]) return;
  set->n--;
  for (gsize at = (hole + 1) & mask(set); set->slots.keys[at]; at = (at + 1) & mask(set)) {
    gsize home = place(set, set->slots.keys[at]);
    if (((at - home) & mask(set)) < ((at - hole) & mask(set))) continue;
    copy_slot(&set->slots, hole, &set->slots, at);
    hole = at;
  }
  set->slots.keys[hole] = 0;
}

gboolean writer_set_has(const WriterSet *set, guint64 key) {
  return key == 0 ? set->has_zero : set->slots.keys[find(set, key)] != 0;
}

gboolean writer_set_days(const WriterSet *set, guint64 key, gint32 *first, gint32 *last) {
  gsize at = key == 0 ? 0 : find(set, key);
  if (key == 0 || !set->slots.keys[at] || !set->slots.first || set->slots.first[at] == 0) return FALSE;
  *first = BEFORE_1 + set->slots.first[at];
  *last = set->slots.last ? BEFORE_1 + set->slots.last[at] : *first;
  return TRUE;
}

gsize writer_set_bytes(const WriterSet *set) {
  if (!set) return 0;
  gsize bytes = sizeof *set->slots.keys;
  if (set->slots.first) bytes += sizeof *set->slots.first;
  if (set->slots.last) bytes += sizeof *set->slots.last;
  return (mask(set) + 1) * bytes;
}
