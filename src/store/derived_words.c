/* Texts, each kept once and known by a number: deals and changes say the same few names of stages, sources and
 * currencies over and over. A word's form for the database is made once as well; writing it then is a copy of 16 bytes.
 */
#include "store/derived_facts.h"

#include <string.h>

#define INLINE_MAX 12

struct DerivedWords {
  GHashTable *numbers; /* text -> number + 1 */
  GStringChunk *storage;
  GPtrArray *texts;
  GArray *strings; /* duckdb_string_t */
};

DerivedWords *store_derived_words_new(void) {
  DerivedWords *words = g_new0(DerivedWords, 1);
  words->numbers = g_hash_table_new(g_str_hash, g_str_equal);
  words->storage = g_string_chunk_new(4096);
  words->texts = g_ptr_array_new();
  words->strings = g_array_new(FALSE, TRUE, sizeof(duckdb_string_t));
  return words;
}

void store_derived_words_free(DerivedWords *words) {
  if (!words) return;
  g_hash_table_unref(words->numbers);
  g_string_chunk_free(words->storage);
  g_ptr_array_unref(words->texts);
  g_array_unref(words->strings);
  g_free(words);
}

static duckdb_string_t string_of(char *text) {
  gsize length = strlen(text);
  duckdb_string_t string = {0};
  string.value.inlined.length = (guint32)length;
  if (length <= INLINE_MAX) {
    memcpy(string.value.inlined.inlined, text, length);
  } else {
    memcpy(string.value.pointer.prefix, text, sizeof string.value.pointer.prefix);
    string.value.pointer.ptr = text;
  }
  return string;
}

DerivedWord store_derived_word(DerivedWords *words, const char *text_or_null) {
  if (!text_or_null) return -1;
  gint known = GPOINTER_TO_INT(g_hash_table_lookup(words->numbers, text_or_null));
  if (known) return known - 1;
  char *text = g_string_chunk_insert(words->storage, text_or_null);
  duckdb_string_t string = string_of(text);
  g_ptr_array_add(words->texts, text);
  g_array_append_val(words->strings, string);
  g_hash_table_insert(words->numbers, text, GINT_TO_POINTER((gint)words->texts->len));
  return (DerivedWord)words->texts->len - 1;
}

const char *store_derived_word_text(const DerivedWords *words, DerivedWord word) {
  return word < 0 ? NULL : g_ptr_array_index(words->texts, word);
}

const duckdb_string_t *store_derived_word_strings(const DerivedWords *words) {
  return (const duckdb_string_t *)(const void *)words->strings->data;
}

guint store_derived_words_count(const DerivedWords *words) {
  return words->texts->len;
}
