/* Versions of records that were put lately. Who comes once comes again soon: a deal that was made today is changed
 * today. Reading such a version costs as much as all that is written of it, for a row of thirty columns is put together
 * from thirty blocks.
 *
 *   keys in the order they came ─► the oldest leaves when there are too many
 *   key ─► row, its texts in the same piece of memory
 *
 * A version that another takes the place of stays until writer_recent_settle(): the put that replaced it is still told
 * of. */
#include "ingest/writer_private.h"

#include <string.h>

#define MAX_RECENT    4096
#define MAX_ROW_BYTES 8192

typedef struct {
  GList link; /* its data is this */
  guint64 key;
  gsize bytes;
  StoreValue values[]; /* texts behind them */
} Recent;

struct WriterRecent {
  guint n_fields;
  GHashTable *rows; /* key -> Recent */
  GQueue order;     /* Recent by their links, the oldest first */
  GPtrArray *retired;
  gsize bytes; /* without those that retired */
};

WriterRecent *writer_recent_new(guint n_fields) {
  WriterRecent *recent = g_new0(WriterRecent, 1);
  recent->n_fields = n_fields;
  recent->rows = g_hash_table_new(g_int64_hash, g_int64_equal);
  g_queue_init(&recent->order);
  recent->retired = g_ptr_array_new_with_free_func(g_free);
  return recent;
}

void writer_recent_free(WriterRecent *recent) {
  if (!recent) return;
  while (!g_queue_is_empty(&recent->order)) g_free(g_queue_pop_head_link(&recent->order)->data);
  g_hash_table_unref(recent->rows);
  g_ptr_array_unref(recent->retired);
  g_free(recent);
}

static void retire(WriterRecent *recent, Recent *row) {
  g_queue_unlink(&recent->order, &row->link);
  g_hash_table_remove(recent->rows, &row->key);
  recent->bytes -= row->bytes;
  g_ptr_array_add(recent->retired, row);
}

void writer_recent_settle(WriterRecent *recent) {
  g_ptr_array_set_size(recent->retired, 0);
}

const StoreValue *writer_recent_find(const WriterRecent *recent, guint64 key) {
  const Recent *row = g_hash_table_lookup(recent->rows, &key);
  return row ? row->values : NULL;
}

void writer_recent_remove(WriterRecent *recent, guint64 key) {
  Recent *row = g_hash_table_lookup(recent->rows, &key);
  if (row) retire(recent, row);
}

void writer_recent_keep(WriterRecent *recent, guint64 key, const StoreValue *values) {
  gsize bytes = sizeof(Recent) + recent->n_fields * sizeof *values;
  gsize texts = bytes;
  for (guint f = 0; f < recent->n_fields; f++) bytes += values[f].type == STORE_TEXT ? strlen(values[f].text) + 1 : 0;
  writer_recent_remove(recent, key);
  if (bytes > MAX_ROW_BYTES) return;
  Recent *row = g_malloc(bytes);
  char *text = (char *)row + texts;
  row->link = (GList){.data = row};
  row->key = key;
  row->bytes = bytes;
  memcpy(row->values, values, recent->n_fields * sizeof *values);
  for (guint f = 0; f < recent->n_fields; f++) {
    if (values[f].type != STORE_TEXT) continue;
    gsize length = strlen(values[f].text) + 1;
    row->values[f].text = memcpy(text, values[f].text, length);
    text += length;
  }
  g_hash_table_insert(recent->rows, &row->key, row);
  g_queue_push_tail_link(&recent->order, &row->link);
  recent->bytes += bytes;
  if (g_queue_get_length(&recent->order) > MAX_RECENT) retire(recent, g_queue_peek_head(&recent->order));
}

gsize writer_recent_bytes(WriterRecent *recent) {
  return recent ? sizeof *recent + recent->bytes + g_queue_get_length(&recent->order) * 3 * sizeof(gpointer) : 0;
}
