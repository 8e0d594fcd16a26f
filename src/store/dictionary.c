/* Texts as small numbers: the dictionary of one TEXT column of a scan.
 *
 * A scan sees the same few hundred texts millions of times, so the cost is in finding a known one. DuckDB's string_t is
 * 16 bytes and holds up to 12 characters in place, padded with zeros; those 16 bytes are then the text, and are hashed
 * and compared as two words. For a longer text the second word is a pointer, which is replaced by a hash of the
 * characters, and equality is confirmed on them:
 *
 *   first word                      second word
 *   length (32) | 4 characters      8 characters                   up to 12 characters
 *   length (32) | 4 characters      hash of all of them            longer
 *
 * The previous row's words are remembered, which makes runs free. A longer text's pointer is trusted only within its
 * chunk. */
#include "store/private.h"

#define INLINE_MAX 12
#define MAX_TEXTS  (1 << 28)
#define FIRST_SIZE 256

typedef struct {
  guint64 head;
  guint64 tail;
  gint32 code; /* -1: free */
} Slot;

struct StoreDictionary {
  Slot *slots;
  gsize n_slots; /* a power of two, at most half of them used */
  GPtrArray *texts;
  GStringChunk *storage;
  gint n_holders; /* atomic */
};

static guint64 mix(guint64 a, guint64 b) {
  unsigned __int128 product =
      (unsigned __int128)(a ^ G_GUINT64_CONSTANT(0x9E3779B97F4A7C15)) * (b ^ G_GUINT64_CONSTANT(0xE7037ED1A0B428DB));
  return (guint64)product ^ (guint64)(product >> 64);
}

static guint64 hash_characters(const char *text, guint32 length) {
  guint64 hash = length;
  guint32 i = 0;
  for (; i + 8 <= length; i += 8) {
    guint64 word;
    memcpy(&word, text + i, 8);
    hash = mix(hash ^ word, G_GUINT64_CONSTANT(0x8BB84B93962EACC9));
  }
  guint64 rest = 0;
  memcpy(&rest, text + i, length - i);
  return mix(hash ^ rest, G_GUINT64_CONSTANT(0x2D358DCCAA6C78A5));
}

static Slot *allocate_slots(gsize n) {
  Slot *slots = g_new(Slot, n);
  for (gsize i = 0; i < n; i++) slots[i].code = -1;
  return slots;
}

StoreDictionary *store_dictionary_new(void) {
  StoreDictionary *dictionary = g_new0(StoreDictionary, 1);
  dictionary->n_holders = 1;
  dictionary->n_slots = FIRST_SIZE;
  dictionary->slots = allocate_slots(FIRST_SIZE);
  dictionary->texts = g_ptr_array_new();
  dictionary->storage = g_string_chunk_new(4096);
  return dictionary;
}

StoreDictionary *store_dictionary_hold(StoreDictionary *dictionary) {
  g_atomic_int_inc(&dictionary->n_holders);
  return dictionary;
}

void store_dictionary_free(StoreDictionary *dictionary) {
  if (!dictionary || !g_atomic_int_dec_and_test(&dictionary->n_holders)) return;
  g_free(dictionary->slots);
  g_ptr_array_unref(dictionary->texts);
  g_string_chunk_free(dictionary->storage);
  g_free(dictionary);
}

gint32 store_dictionary_size(const StoreDictionary *dictionary) {
  return (gint32)dictionary->texts->len;
}

const char *store_dictionary_text(const StoreDictionary *dictionary, gint32 code) {
  g_return_val_if_fail(code >= 0 && code < store_dictionary_size(dictionary), NULL);
  return g_ptr_array_index(dictionary->texts, code);
}

static void grow(StoreDictionary *dictionary) {
  gsize n = dictionary->n_slots * 2;
  Slot *slots = allocate_slots(n);
  for (gsize i = 0; i < dictionary->n_slots; i++) {
    const Slot *old = &dictionary->slots[i];
    if (old->code < 0) continue;
    gsize at = mix(old->head, old->tail) & (n - 1);
    while (slots[at].code >= 0) at = (at + 1) & (n - 1);
    slots[at] = *old;
  }
  g_free(dictionary->slots);
  dictionary->slots = slots;
  dictionary->n_slots = n;
}

static gint32 add(StoreDictionary *dictionary, guint64 head, guint64 tail, const char *text, guint32 length) {
  if (dictionary->texts->len >= MAX_TEXTS) return -1;
  if (2 * (dictionary->texts->len + 1) > dictionary->n_slots) grow(dictionary);
  gsize at = mix(head, tail) & (dictionary->n_slots - 1);
  while (dictionary->slots[at].code >= 0) at = (at + 1) & (dictionary->n_slots - 1);
  gint32 code = (gint32)dictionary->texts->len;
  g_ptr_array_add(dictionary->texts, g_string_chunk_insert_len(dictionary->storage, text, length));
  dictionary->slots[at] = (Slot){.head = head, .tail = tail, .code = code};
  return code;
}

/* The code of a text, new when unseen; -1 when the dictionary is full. */
static gint32 code_of(StoreDictionary *dictionary, guint64 head, guint64 tail, const char *text, guint32 length) {
  for (gsize at = mix(head, tail) & (dictionary->n_slots - 1);; at = (at + 1) & (dictionary->n_slots - 1)) {
    const Slot *slot = &dictionary->slots[at];
    if (slot->code < 0) return add(dictionary, head, tail, text, length);
    if (slot->head != head || slot->tail != tail) continue;
    if (length <= INLINE_MAX || memcmp(g_ptr_array_index(dictionary->texts, slot->code), text, length) == 0)
      return slot->code;
  }
}

gint32 store_dictionary_code(StoreDictionary *dictionary, const char *text) {
  gsize length = strlen(text);
  if (length > G_MAXUINT32) return -1;
  guint64 words[2] = {0, 0};
  guint32 short_length = (guint32)length;
  memcpy(words, &short_length, sizeof short_length);
  memcpy((char *)words + sizeof short_length, text, length <= INLINE_MAX ? length : 4);
  if (length > INLINE_MAX) words[1] = hash_characters(text, short_length);
  return code_of(dictionary, words[0], words[1], text, short_length);
}

gboolean store_dictionary_encode(StoreDictionary *dictionary, const duckdb_string_t *texts, const guint64 *valid,
                                 gsize n, gint32 *codes, GError **error) {
  guint64 last[2] = {0, 0};
  gint32 last_code = -1;
  for (gsize row = 0; row < n; row++) {
    if (valid && !(valid[row / 64] >> (row % 64) & 1)) {
      codes[row] = -1;
      continue;
    }
    guint64 words[2];
    memcpy(words, &texts[row], sizeof words);
    if (last_code < 0 || words[0] != last[0] || words[1] != last[1]) {
      guint32 length = texts[row].value.inlined.length;
      gboolean is_inline = length <= INLINE_MAX;
      const char *text = is_inline ? texts[row].value.inlined.inlined : texts[row].value.pointer.ptr;
      gint32 code = code_of(dictionary, words[0], is_inline ? words[1] : hash_characters(text, length), text, length);
      if (code < 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                    "more than %d different texts in one column (cap: texts of a scan)", MAX_TEXTS);
        return FALSE;
      }
      memcpy(last, words, sizeof last);
      last_code = code;
    }
    codes[row] = last_code;
  }
  return TRUE;
}
