/* Digests are SHA-256 of the key and of SHA-256 of the key and the text: without the key nobody can try names. Who has
 * the database has the key, too: a digest then confirms a name that somebody already knows, and tells none. */
#include "ingest/erased.h"

#include "store/values.h"

static const char *const kind_names[] = {"id", "email", "name", "text"};

char *ingest_erased_sql(IngestErasedKind kind, const char *secret, const char *table, const char *source,
                        const char *value) {
  g_autofree char *key = store_quote_text(secret);
  g_autofree char *head = kind == INGEST_ERASED_ID
                              ? g_strdup_printf("%s\x1f%s\x1f%s\x1f", kind_names[kind], table, source)
                              : g_strdup_printf("%s\x1f", kind_names[kind]);
  g_autofree char *quoted = store_quote_text(head);
  gboolean is_folded = kind == INGEST_ERASED_EMAIL || kind == INGEST_ERASED_NAME;
  return g_strdup_printf("sha256(%s || sha256(%s || %s || %s(CAST(%s AS VARCHAR))))", key, key, quoted,
                         is_folded ? "lower" : "", value);
}

struct IngestErased {
  char *secret;
  GHashTable *digests;
};

void ingest_erased_free(IngestErased *erased) {
  if (!erased) return;
  g_free(erased->secret);
  g_hash_table_unref(erased->digests);
  g_free(erased);
}

IngestErased *ingest_erased_read(Store *store, GError **error) {
  g_autoptr(StoreRows) keys = store_query(
      store, "SELECT secret FROM attain_erasing_key WHERE EXISTS (FROM attain_erased_mark)", NULL, 0, 1, error);
  if (!keys) return NULL;
  g_autoptr(IngestErased) erased = g_new0(IngestErased, 1);
  erased->digests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (store_rows_count(keys) == 0) return g_steal_pointer(&erased);
  erased->secret = g_strdup(store_text_at(keys, 0, 0));
  g_autoptr(StoreRows) marks = store_query(store, "SELECT digest FROM attain_erased_mark", NULL, 0, G_MAXINT32, error);
  if (!marks) return NULL;
  for (gsize row = 0; row < store_rows_count(marks); row++)
    g_hash_table_add(erased->digests, g_strdup(store_text_at(marks, row, 0)));
  return g_steal_pointer(&erased);
}

const char *ingest_erased_secret(const IngestErased *erased) {
  return erased->secret;
}

static gboolean has(const IngestErased *erased, const char *text) {
  g_autofree char *whole = g_strconcat(erased->secret, text, NULL);
  g_autofree char *inner = g_compute_checksum_for_string(G_CHECKSUM_SHA256, whole, -1);
  g_autofree char *keyed = g_strconcat(erased->secret, inner, NULL);
  g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, keyed, -1);
  return g_hash_table_contains(erased->digests, digest);
}

gboolean ingest_erased_has_id(const IngestErased *erased, const char *table, const char *source, const char *id) {
  if (!erased->secret) return FALSE;
  g_autofree char *text = g_strjoin("\x1f", kind_names[INGEST_ERASED_ID], table, source, id, NULL);
  return has(erased, text);
}

gboolean ingest_erased_has_text(const IngestErased *erased, const char *text) {
  if (!erased->secret) return FALSE;
  g_autofree char *whole = g_strjoin("\x1f", kind_names[INGEST_ERASED_TEXT], text, NULL);
  return has(erased, whole);
}
