/* Copying chunks one behind the other. */
#include "query/batch.h"

#include <string.h>

#define WORD_BITS 64

struct ScanBatch {
  StoreColumnType *types;
  guint n_columns;
  gsize n_rows, capacity;
  gpointer *data;
  guint64 **valid;             /* bits of all rows so far */
  const guint64 **valid_shown; /* NULL of columns in which all are valid */
};

ScanBatch *scan_batch_new(const StoreColumnType *types, guint n_columns) {
  ScanBatch *batch = g_new0(ScanBatch, 1);
  batch->types = g_memdup2(types, n_columns * sizeof *types);
  batch->n_columns = n_columns;
  batch->data = g_new0(gpointer, n_columns);
  batch->valid = g_new0(guint64 *, n_columns);
  batch->valid_shown = g_new0(const guint64 *, n_columns);
  return batch;
}

void scan_batch_free(ScanBatch *batch) {
  if (batch == NULL) return;
  for (guint c = 0; c < batch->n_columns; c++) {
    g_free(batch->data[c]);
    g_free(batch->valid[c]);
  }
  g_free(batch->data);
  g_free(batch->valid);
  g_free(batch->valid_shown);
  g_free(batch->types);
  g_free(batch);
}

gboolean scan_batch_takes(const ScanBatch *batch, gsize n_rows) {
  return batch->n_rows + n_rows <= BATCH_ROWS;
}

static gsize width_of(StoreColumnType type) {
  switch (type) {
    case STORE_COLUMN_BOOL:
      return sizeof(guint8);
    case STORE_COLUMN_INT32:
    case STORE_COLUMN_TEXT:
      return sizeof(gint32);
    default:
      return sizeof(gint64);
  }
}

static gsize n_words(gsize n_rows) {
  return n_rows / WORD_BITS + 2; /* a chunk's last word may lie across two */
}

static void make_room(ScanBatch *batch, gsize n_rows) {
  if (n_rows <= batch->capacity) return;
  gsize words = batch->capacity == 0 ? 0 : n_words(batch->capacity);
  batch->capacity = MIN(MAX(n_rows, 2 * batch->capacity), BATCH_ROWS);
  for (guint c = 0; c < batch->n_columns; c++) {
    batch->data[c] = g_realloc(batch->data[c], batch->capacity * width_of(batch->types[c]));
    batch->valid[c] = g_renew(guint64, batch->valid[c], n_words(batch->capacity));
    memset(batch->valid[c] + words, 0, (n_words(batch->capacity) - words) * sizeof(guint64));
  }
}

/* `to` is zero from bit `at` on; `from` NULL: all ones. */
static void add_bits(guint64 *to, gsize at, const guint64 *from, gsize n) {
  for (gsize i = 0; i < n; i += WORD_BITS) {
    guint64 word = from == NULL ? G_MAXUINT64 : from[i / WORD_BITS];
    if (n - i < WORD_BITS) word &= (G_GUINT64_CONSTANT(1) << (n - i)) - 1;
    gsize word_at = (at + i) / WORD_BITS, bit = (at + i) % WORD_BITS;
    to[word_at] |= word << bit;
    if (bit > 0) to[word_at + 1] |= word >> (WORD_BITS - bit);
  }
}

void scan_batch_add(ScanBatch *batch, const StoreChunk *chunk) {
  make_room(batch, batch->n_rows + chunk->n_rows);
  for (guint c = 0; c < batch->n_columns; c++) {
    gsize width = width_of(batch->types[c]);
    memcpy((guint8 *)batch->data[c] + batch->n_rows * width, chunk->data[c], chunk->n_rows * width);
    add_bits(batch->valid[c], batch->n_rows, chunk->valid[c], chunk->n_rows);
    if (chunk->valid[c] != NULL || batch->valid_shown[c] != NULL) batch->valid_shown[c] = batch->valid[c];
  }
  batch->n_rows += chunk->n_rows;
}

gsize scan_batch_n_rows(const ScanBatch *batch) {
  return batch->n_rows;
}

StoreChunk scan_batch_rows(const ScanBatch *batch, StoreDictionary *const *dictionaries) {
  return (StoreChunk){.n_rows = batch->n_rows,
                      .data = (const void *const *)batch->data,
                      .valid = (const guint64 *const *)batch->valid_shown,
                      .dictionaries = dictionaries};
}

void scan_batch_empty(ScanBatch *batch) {
  for (guint c = 0; c < batch->n_columns; c++) {
    if (batch->n_rows > 0) memset(batch->valid[c], 0, n_words(batch->n_rows) * sizeof(guint64));
    batch->valid_shown[c] = NULL;
  }
  batch->n_rows = 0;
}
