/* Guesses: what kind of table a file is, and which of its columns is which, by words (mappings/words.yaml). Private to
 * src/ingest. */
#pragma once

#include "ingest/propose.h"

#define KINDS_MAX_ROLES 60

/* A column that a kind of table may have. */
typedef struct {
  const char *name, *type;
  double weight;
  GPtrArray *keys;  /* char *: words as keys */
  GPtrArray *words; /* char **: words as words */
  guint n_first;    /* the words after these (`also:`) are for columns that nothing else took */
} KindRole;

typedef struct {
  const char *name;
  const ConfNode *node;
  KindRole roles[KINDS_MAX_ROLES];
  guint n_roles;
} Kind;

typedef struct {
  const Kind *kind;
  ProfileColumn *columns[KINDS_MAX_ROLES]; /* by role; NULL where none fits */
  double scores[KINDS_MAX_ROLES];
  double total; /* 0: it is no such table */
} Guess;

GPtrArray *kinds_read(const ConfNode *words); /* Kind */
const Kind *kinds_find(const GPtrArray *kinds, const char *name);
Guess kinds_guess(const ProfileFile *file, const Kind *kind);
ProfileColumn *guess_column(const Guess *guess, const char *role); /* NULL when no column fits */
double guess_score(const Guess *guess, const char *role);
const char *kinds_text(const ConfNode *map, const char *key); /* a scalar of a map, or NULL */
gboolean kinds_says_id(const ProfileColumn *column);          /* "deal_ref", "N° affaire": an id, and no name */
gboolean kinds_mostly_numbers(const ProfileColumn *column);

/* What is particular to a kind of table, once its entry has its columns. */
void kinds_finish(Propose *propose, ProposeEntry *entry, const Guess *guess);
/* Order lines whose orders stand in another file: both files' columns are guessed together. */
typedef struct {
  ProfileFile *orders;
  ProfileColumn *key, *orders_key; /* of the lines, and of the orders */
} KindsJoin;

/* total 0 when no file has the orders of `lines`. */
Guess kinds_guess_lines(const Propose *propose, ProfileFile *lines, const Kind *sale, GHashTable *done,
                        KindsJoin *join);

/* A file of ids and names: what the other files refer to, so it comes after them. */
gboolean kinds_is_list(const ProfileFile *file);
/* FALSE when no file refers to it; nothing has changed then. */
gboolean kinds_place_list(Propose *propose, ProfileFile *file);
