/* Reads "key = item, item" lines once; lists stay in memory as they are. */
#include "demo/words.h"

#include "base/text.h"
#include "demo/demo-resource.h"

#include <gio/gio.h>
#include <string.h>

#define RESOURCE_FOLDER "/org/attain/demo/"

struct DemoWords {
  GHashTable *lists; /* key → char ** */
};

char *demo_words_file(const char *name, GError **error) {
  g_autofree char *path = g_strconcat(RESOURCE_FOLDER, name, NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data(demo_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (bytes == NULL) return NULL;
  return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static void read_line(GHashTable *lists, char *line) {
  char *equals = strstr(line, " = ");
  if (line[0] == '#' || equals == NULL) return;
  char **items = g_strsplit(equals + 3, ", ", -1);
  for (char **item = items; *item != NULL; item++) g_strstrip(*item);
  g_hash_table_replace(lists, g_strndup(line, (gsize)(equals - line)), items);
}

DemoWords *demo_words_new(GError **error) {
  g_autofree char *text = demo_words_file("words.txt", error);
  if (text == NULL) return NULL;
  DemoWords *words = g_new0(DemoWords, 1);
  words->lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) read_line(words->lists, *line);
  return words;
}

void demo_words_free(DemoWords *words) {
  if (words == NULL) return;
  g_hash_table_unref(words->lists);
  g_free(words);
}

DemoList demo_words_list(const DemoWords *words, const char *key) {
  char **items = g_hash_table_lookup(words->lists, key);
  g_return_val_if_fail(items != NULL, (DemoList){0});
  return (DemoList){g_strv_length(items), (const char *const *)items};
}

DemoList demo_words_list2(const DemoWords *words, const char *key, const char *more) {
  g_autofree char *both = g_strconcat(key, ".", more, NULL);
  return demo_words_list(words, both);
}
