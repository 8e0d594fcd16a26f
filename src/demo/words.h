/* The word lists of demo/words.txt, embedded in the program: names of people and companies, topics of deals, notes. */
#pragma once

#include "demo/truth.h"

typedef struct {
  guint n;
  const char *const *items;
} DemoList;

typedef enum {
  DEMO_CALL,
  DEMO_EMAIL,
  DEMO_MEETING,
  DEMO_DEMO,
  DEMO_PROPOSAL_SENT,
  DEMO_INTERNAL,
  DEMO_ADMIN,
  DEMO_KINDS
} DemoKind;

/* Of one group of countries. */
typedef struct {
  DemoList first, last, city, form, word[DEMO_INDUSTRIES];
} DemoNames;

typedef struct {
  GHashTable *lists; /* key → char **: what the lists point to */
  DemoNames names[DEMO_GROUPS];
  DemoList topics[DEMO_DEAL_PRODUCTS], renewal_topics, expansion_topics;
  DemoList campaigns[DEMO_LEAD_SOURCES];
  DemoList subjects[DEMO_KINDS];
  DemoList lost_reasons, competitors, next_steps, actions, case_subjects, praise, blame, tags;
} DemoWords;

/* Errors: INPUT for a list that words.txt lacks. */
DemoWords *demo_words_new(GError **error);
void demo_words_free(DemoWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DemoWords, demo_words_free)
/* A file of demo/ as it is embedded: attain.yaml, … The caller frees. */
char *demo_words_file(const char *name, GError **error);
