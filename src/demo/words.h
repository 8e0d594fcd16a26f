/* The word lists of demo/words.txt, embedded in the program: names of people and companies, topics of deals, notes. */
#pragma once

#include <glib.h>

typedef struct {
  guint n;
  const char *const *items;
} DemoList;

typedef struct DemoWords DemoWords;

DemoWords *demo_words_new(GError **error);
void demo_words_free(DemoWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DemoWords, demo_words_free)
/* A list by its key, or by two parts joined by a dot. Lists asked for by the program are there: a test looks them all
 * up. */
DemoList demo_words_list(const DemoWords *words, const char *key);
DemoList demo_words_list2(const DemoWords *words, const char *key, const char *more);
/* A file of demo/ as it is embedded: attain.yaml.in, … The caller frees. */
char *demo_words_file(const char *name, GError **error);
