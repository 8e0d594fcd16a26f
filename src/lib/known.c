/* Any order of the same words leaves the same record: a value takes the place of one that became so before it, a
 * removal undoes what is older and is undone by what is newer. */
#include "lib/known.h"

#include <string.h>

#define KNOWN_TYPE "a{s(msx)}" /* header -> text, when it became so */

typedef struct {
  char *text; /* NULL: empty */
  gint64 at_us;
} Value;

static void value_free(gpointer data) {
  Value *value = data;
  g_free(value->text);
  g_free(value);
}

LibKnown *lib_known_new(const char *from, const char *id, const char *id_column) {
  LibKnown *known = g_new(LibKnown, 1);
  GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
  *known = (LibKnown){from, id, id_column, values, LIB_NEVER_US, FALSE};
  return known;
}

void lib_known_free(gpointer data) {
  LibKnown *known = data;
  g_hash_table_unref(known->values);
  g_free(known);
}

/* The same header as it was written first: a table has no two that differ only in case. */
static const char *header_of(const LibKnown *known, const char *header) {
  GHashTableIter iter;
  gpointer name;
  if (g_hash_table_contains(known->values, header) || g_str_equal(header, known->id_column)) return header;
  g_hash_table_iter_init(&iter, known->values);
  while (g_hash_table_iter_next(&iter, &name, NULL))
    if (ingest_take_is_same(name, header)) return name;
  return header;
}

gboolean lib_known_set(LibKnown *known, const char *told, const char *text, gint64 at_us) {
  const char *header = header_of(known, told);
  const Value *before = g_hash_table_lookup(known->values, header);
  if (at_us <= known->removed_us || (before && before->at_us > at_us)) return FALSE;
  Value *value = g_new(Value, 1);
  *value = (Value){text && *text ? g_strdup(text) : NULL, at_us};
  g_hash_table_replace(known->values, g_strdup(header), value);
  return TRUE;
}

gboolean lib_known_is_newer(const LibKnown *known, gint64 at_us) {
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, known->values);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (((const Value *)value)->at_us > at_us) return TRUE;
  return FALSE;
}

/* --- as a text --- */

void lib_known_read(LibKnown *known, const IngestTakeNames *names, const char *text) {
  g_autoptr(GVariant) whole = g_variant_parse(G_VARIANT_TYPE(KNOWN_TYPE), text, NULL, NULL, NULL);
  if (!whole) return;
  GVariantIter iter;
  const char *header, *value;
  gint64 at_us;
  g_variant_iter_init(&iter, whole);
  while (g_variant_iter_next(&iter, "{&s(m&sx)}", &header, &value, &at_us)) {
    const char *named = ingest_take_names_find(names, header);
    gboolean is_id = ingest_take_is_same(header, known->id_column);
    lib_known_set(known, is_id ? known->id_column : named ? named : header, value, at_us);
  }
}

char *lib_known_write(const LibKnown *known) {
  g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE(KNOWN_TYPE));
  GHashTableIter iter;
  gpointer header, value;
  g_hash_table_iter_init(&iter, known->values);
  while (g_hash_table_iter_next(&iter, &header, &value))
    g_variant_builder_add(&builder, "{s(msx)}", (char *)header, ((Value *)value)->text, ((Value *)value)->at_us);
  g_autoptr(GVariant) whole = g_variant_ref_sink(g_variant_builder_end(&builder));
  return g_variant_print(whole, TRUE);
}

/* --- as a row --- */

static int compare_texts(gconstpointer a, gconstpointer b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

char **lib_known_headers(const LibKnown *known) {
  guint n = 0;
  char **headers = (char **)g_hash_table_get_keys_as_array(known->values, &n);
  qsort(headers, n, sizeof *headers, compare_texts);
  return headers;
}

char *lib_known_text(const LibKnown *known, const char *header) {
  const Value *value = g_hash_table_lookup(known->values, header);
  return value ? value->text : NULL;
}

/* Each text with its length before it: no two lists of texts are one. */
static void add_text(GString *shape, const char *text) {
  g_string_append_printf(shape, "%" G_GSIZE_FORMAT ":%s", strlen(text), text);
}

char *lib_known_shape(const LibKnown *known) {
  g_autofree char **headers = lib_known_headers(known);
  GString *shape = g_string_new(NULL);
  add_text(shape, known->from);
  add_text(shape, known->id_column);
  for (char **header = headers; *header; header++) add_text(shape, *header);
  return g_string_free(shape, FALSE);
}
