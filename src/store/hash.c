/* The database's hash() of a text, without asking it: the keys of facts are such hashes.
 *
 * It must be the same to the bit, so a store that is opened for it compares the two on texts of every kind of length
 * first (up to 12 characters the database keeps a text in place, longer ones apart). Source: DuckDB, hash.cpp; the
 * finish is that of Wellons' search for integer hashes. */
#include "store/private.h"

#include <string.h>

#define FACTOR G_GUINT64_CONSTANT(0xd6e8feb86659fd93)

guint64 store_text_hash(const char *text, gsize length) {
  guint64 hash = 0xe17a1465U ^ (length * G_GUINT64_CONSTANT(0xc6a4a7935bd1e995));
  for (gsize at = 0; at < length; at += 8) {
    guint64 word = 0;
    memcpy(&word, text + at, MIN(length - at, 8));
    hash = (hash ^ word) * FACTOR;
  }
  hash = (hash ^ hash >> 32) * FACTOR;
  hash = (hash ^ hash >> 32) * FACTOR;
  return hash ^ hash >> 32;
}

gboolean store_check_text_hash(Store *store, GError **error) {
  static const char sample[] =
      "Straße 12, crm\x1f"
      "deal 0123456789";
  for (gsize length = 0; length < sizeof sample; length += 3) {
    g_autofree char *text = g_utf8_make_valid(sample, (gssize)length);
    StoreValue value = {.type = STORE_TEXT, .text = text};
    g_autoptr(StoreRows) rows = store_query_kept(store, "SELECT hash(?::VARCHAR)", &value, 1, 1, error);
    if (!rows) return FALSE;
    if ((guint64)store_rows_value(rows, 0, 0).integer == store_text_hash(text, strlen(text))) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_VERSION, "this database library hashes texts in another way than 1.5");
    return FALSE;
  }
  return TRUE;
}
