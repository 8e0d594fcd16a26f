/* Reads "key = item, item" lines once and resolves every list that the program uses, so that a missing one is known at
 * the start. */
#include "demo/words.h"

#include "base/text.h"
#include "demo/demo-resource.h"

#include <gio/gio.h>
#include <string.h>

#define RESOURCE_FOLDER "/org/attain/demo/"

static const char *const group_keys[DEMO_GROUPS] = {"de", "nordic", "en", "nl", "fr", "es", "it", "pl"};
static const char *const kind_keys[DEMO_KINDS] = {"call", "email", "meeting", "demo", "proposal", "internal", "admin"};

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

/* Looks up parts joined as they are; the first missing list is kept in `error`. */
static DemoList list(const DemoWords *words, GError **error, const char *key, const char *more) {
  g_autofree char *both = g_strconcat(key, more, NULL);
  char **items = g_hash_table_lookup(words->lists, both);
  if (items != NULL) return (DemoList){g_strv_length(items), (const char *const *)items};
  if (*error == NULL) g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "words.txt has no list %s", both);
  return (DemoList){0};
}

static void resolve_names(DemoWords *words, GError **error) {
  for (guint g = 0; g < DEMO_GROUPS; g++) {
    DemoNames *names = &words->names[g];
    names->first = list(words, error, group_keys[g], ".first");
    names->last = list(words, error, group_keys[g], ".last");
    names->city = list(words, error, group_keys[g], ".city");
    names->form = list(words, error, group_keys[g], ".form");
    g_autofree char *word = g_strconcat(group_keys[g], ".word.", NULL);
    for (guint i = 0; i < DEMO_INDUSTRIES; i++) names->word[i] = list(words, error, word, demo_industries[i]);
  }
}

static void resolve(DemoWords *words, GError **error) {
  resolve_names(words, error);
  for (guint p = 0; p < DEMO_DEAL_PRODUCTS; p++) words->topics[p] = list(words, error, "topic.", demo_products[p].name);
  for (guint s = 0; s < DEMO_LEAD_SOURCES; s++)
    words->campaigns[s] = list(words, error, "campaign.", demo_sources[s].name);
  for (guint k = 0; k < DEMO_KINDS; k++) words->subjects[k] = list(words, error, kind_keys[k], ".subject");
  words->renewal_topics = list(words, error, "topic.", "renewal");
  words->expansion_topics = list(words, error, "topic.", "expansion");
  words->lost_reasons = list(words, error, "lost.", "reason");
  words->competitors = list(words, error, "lost.", "competitor");
  words->next_steps = list(words, error, "next.", "step");
  words->actions = list(words, error, "action.", "text");
  words->case_subjects = list(words, error, "case.", "subject");
  words->praise = list(words, error, "feedback.", "good");
  words->blame = list(words, error, "feedback.", "bad");
  words->tags = list(words, error, "feedback.", "tag");
}

DemoWords *demo_words_new(GError **error) {
  g_autofree char *text = demo_words_file("words.txt", error);
  if (text == NULL) return NULL;
  g_autoptr(DemoWords) words = g_new0(DemoWords, 1);
  words->lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) read_line(words->lists, *line);
  GError *missing = NULL;
  resolve(words, &missing);
  if (missing == NULL) return g_steal_pointer(&words);
  g_propagate_error(error, missing);
  return NULL;
}

void demo_words_free(DemoWords *words) {
  if (words == NULL) return;
  g_hash_table_unref(words->lists);
  g_free(words);
}
