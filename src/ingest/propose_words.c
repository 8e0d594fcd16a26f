/* Unknown files: which column is which, by the words of its header and the look of its values?
 *
 * Each kind of table in mappings/words.yaml has columns with words and a type. Every (ledger column, file column) pair
 * gets a score from 0 to 1: the header is one of the words (1), holds one ("Amount (EUR)"), or is a compound of one
 * ("Angebotswert"); a pair whose values do not fit the type is out. The best pairs are taken one by one; a kind's score
 * is the weighted sum of its pairs, and needs at least one of each of its `need` groups. */
#include "ingest/propose_kinds.h"

#define LEAST_SCORE 0.5

typedef struct {
  guint role;
  ProfileColumn *column;
  double score;
} Pair;

const char *kinds_text(const ConfNode *map, const char *key) {
  const ConfNode *node = conf_map_get(map, key);
  return node && node->kind == CONF_SCALAR ? node->text : NULL;
}

static void kind_free(gpointer data) {
  Kind *kind = data;
  for (guint i = 0; i < kind->n_roles; i++) {
    g_ptr_array_unref(kind->roles[i].keys);
    g_ptr_array_unref(kind->roles[i].words);
  }
  g_free(kind);
}

static void add_words(KindRole *role, const ConfNode *list) {
  for (guint w = 0; list && w < list->n; w++) {
    g_ptr_array_add(role->keys, profile_key(list->items[w]->text));
    g_ptr_array_add(role->words, profile_words(list->items[w]->text));
  }
}

GPtrArray *kinds_read(const ConfNode *words) {
  GPtrArray *kinds = g_ptr_array_new_with_free_func(kind_free);
  const ConfNode *nodes = conf_map_get(words, "kinds");
  for (guint i = 0; nodes && i < nodes->n; i++) {
    Kind *kind = g_new0(Kind, 1);
    kind->name = nodes->keys[i]->text;
    kind->node = nodes->items[i];
    const ConfNode *columns = conf_map_get(kind->node, "columns");
    for (guint c = 0; columns && c < columns->n && c < KINDS_MAX_ROLES; c++) {
      KindRole *role = &kind->roles[kind->n_roles++];
      role->name = columns->keys[c]->text;
      role->type = kinds_text(columns->items[c], "type");
      const char *weight = kinds_text(columns->items[c], "weight");
      role->weight = weight ? g_ascii_strtod(weight, NULL) : 1;
      role->keys = g_ptr_array_new_with_free_func(g_free);
      role->words = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
      add_words(role, conf_map_get(columns->items[c], "words"));
      role->n_first = role->keys->len;
      add_words(role, conf_map_get(columns->items[c], "also"));
    }
    g_ptr_array_add(kinds, kind);
  }
  return kinds;
}

const Kind *kinds_find(const GPtrArray *kinds, const char *name) {
  for (guint i = 0; i < kinds->len; i++)
    if (g_str_equal(((Kind *)kinds->pdata[i])->name, name)) return kinds->pdata[i];
  return NULL;
}

/* --- one pair --- */

/* "employee_key" and "employee_sk" are an employee's id. */
static char *key_as_id(const ProfileColumn *column) {
  static const char *const ids[] = {"key", "sk", "fk", "pk", "uid", "uuid", "guid", "identifier", NULL};
  guint n = g_strv_length(column->words);
  if (n < 2 || !g_strv_contains(ids, column->words[n - 1])) return NULL;
  gsize last = strlen(column->words[n - 1]), all = strlen(column->key);
  return all > last ? g_strdup_printf("%.*sid", (int)(all - last), column->key) : NULL;
}

static double words_score(const ProfileColumn *column, const KindRole *role, guint from, guint end) {
  double best = 0;
  double letters = (double)strlen(column->key);
  guint n_header = g_strv_length(column->words);
  g_autofree char *as_id = key_as_id(column);
  for (guint i = from; i < end && letters > 0; i++) {
    const char *key = role->keys->pdata[i];
    if (as_id && g_str_equal(as_id, key)) best = MAX(best, 0.95);
    char **words = role->words->pdata[i];
    guint n = g_strv_length(words);
    double share = (double)strlen(key) / letters;
    if (g_str_equal(column->key, key)) return 1.0 - 0.002 * i;
    for (guint at = 0; n > 0 && at + n <= n_header; at++) {
      guint same = 0;
      while (same < n && g_str_equal(column->words[at + same], words[same])) same++;
      if (same == n) best = MAX(best, 0.5 + 0.4 * share);
    }
    gboolean compound = (strlen(key) >= 6 && g_str_has_prefix(column->key, key)) ||
                        (strlen(key) >= 4 && g_str_has_suffix(column->key, key));
    if (compound && n == 1) best = MAX(best, 0.35 + 0.4 * share);
  }
  return best;
}

/* "deal_ref", "N° affaire": a word that makes a header an id, and no name. */
gboolean kinds_says_id(const ProfileColumn *column) {
  static const char *const words[] = {"id",  "ref", "no", "nr",     "n",      "num",    "number", "code",
                                      "key", "sk",  "fk", "numéro", "número", "nummer", "uuid",   NULL};
  for (gsize i = 0; words[i]; i++)
    if (g_strv_contains((const char *const *)column->words, words[i])) return TRUE;
  return FALSE;
}

gboolean kinds_mostly_numbers(const ProfileColumn *column) {
  return column->n_numbers * 5 >= column->n_filled * 4;
}

/* 0 when the values cannot be of the type, less than 1 when there are none to tell. */
static double type_score(const ProfileFile *file, const ProfileColumn *column, const char *type) {
  if (column->n_filled == 0) return g_str_equal(type, "any") ? 1 : 0.6;
  gboolean date = profile_is_date(column), number = !date && kinds_mostly_numbers(column);
  if (g_str_equal(type, "any")) return 1;
  if (g_str_equal(type, "date")) return date ? 1 : 0;
  if (g_str_equal(type, "number") || g_str_equal(type, "share") || g_str_equal(type, "count")) return number ? 1 : 0;
  if (g_str_equal(type, "duration")) return number || column->longest <= 9 ? 1 : 0;
  if (g_str_equal(type, "boolean")) return profile_is_boolean(column) ? 1 : 0;
  if (g_str_equal(type, "email")) return column->n_emails * 2 > column->n_filled ? 1 : 0;
  if (date) return 0;
  if (g_str_equal(type, "id")) {
    gboolean whole = !number || column->n_integers == column->n_filled;
    return !whole                                            ? 0
           : column->n_distinct == column->n_filled          ? 1
           : column->n_distinct * 10 >= column->n_filled * 9 ? 0.8
                                                             : 0.3;
  }
  if (column->n_emails * 2 > column->n_filled) return g_str_equal(type, "person") ? 0.9 : 0.3;
  if (g_str_equal(type, "text")) return number && column->n_integers < column->n_filled ? 0 : number ? 0.55 : 1;
  return number && column->n_integers < column->n_filled ? 0 : 1;
}

static int by_score(gconstpointer a, gconstpointer b) {
  const Pair *left = a, *right = b;
  if (left->score != right->score) return left->score > right->score ? -1 : 1;
  return left->role < right->role ? -1 : left->role > right->role;
}

/* --- one kind --- */

static double file_hint(const ProfileFile *file, const Kind *kind) {
  const ConfNode *files = conf_map_get(kind->node, "files");
  g_autofree char *stem = g_strdup(file->pattern);
  char *dot = strchr(stem, '.');
  if (dot) *dot = 0;
  const ProfileColumn name = {.header = stem, .key = profile_key(stem), .words = profile_words(stem)};
  double best = 0;
  for (guint i = 0; files && i < files->n; i++) {
    g_autofree char *key = profile_key(files->items[i]->text);
    g_auto(GStrv) words = profile_words(files->items[i]->text);
    gboolean whole = g_str_equal(name.key, key), word = FALSE;
    for (guint w = 0; name.words[w] && !word; w++)
      word = g_strv_length(words) == 1 ? g_str_equal(name.words[w], words[0]) : strstr(name.key, key) != NULL;
    best = MAX(best, whole ? 4 : word ? 2.5 : strlen(key) >= 6 && strstr(name.key, key) ? 2 : 0);
  }
  g_free(name.key);
  g_strfreev(name.words);
  return best;
}

static gboolean has_role(const Guess *guess, const char *name) {
  for (guint i = 0; i < guess->kind->n_roles; i++)
    if (guess->columns[i] && g_str_equal(guess->kind->roles[i].name, name)) return TRUE;
  return FALSE;
}

static gboolean meets_needs(const Guess *guess) {
  const ConfNode *need = conf_map_get(guess->kind->node, "need"), *without = conf_map_get(guess->kind->node, "not");
  for (guint i = 0; need && i < need->n; i++) {
    gboolean met = FALSE;
    for (guint j = 0; j < need->items[i]->n && !met; j++) met = has_role(guess, need->items[i]->items[j]->text);
    if (!met) return FALSE;
  }
  for (guint i = 0; without && i < without->n; i++)
    if (has_role(guess, without->items[i]->text)) return FALSE;
  return TRUE;
}

static gboolean names_things(const Kind *kind) {
  return g_str_equal(kind->name, "person") || g_str_equal(kind->name, "account") || g_str_equal(kind->name, "product");
}

/* A history names its deals again and again; a file that names each once is one of deals. */
static gboolean names_each_once(const ProfileFile *file, const Guess *guess) {
  const ProfileColumn *deal =
      g_str_equal(guess->kind->name, "stage_change") ? guess_column(guess, "opportunity") : NULL;
  return deal && file->n_rows > 1 && profile_is_unique(file, deal);
}

/* Pairs of the columns not yet taken with the roles not yet filled: by their words, then (`also`) by their second ones.
 */
static GArray *find_pairs(const ProfileFile *file, const Guess *guess, GHashTable *used, gboolean also) {
  GArray *pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
  for (guint r = 0; r < guess->kind->n_roles; r++) {
    const KindRole *role = &guess->kind->roles[r];
    for (guint c = 0; c < file->columns->len && !guess->columns[r]; c++) {
      ProfileColumn *column = file->columns->pdata[c];
      if (g_hash_table_contains(used, column)) continue;
      double score = words_score(column, role, also ? role->n_first : 0, also ? role->keys->len : role->n_first);
      if (kinds_says_id(column) && score < 1 && g_str_equal(role->type, "id")) score = MIN(0.99, score + 0.2);
      if (g_str_equal(role->name, "name") && score < 0.95) score *= kinds_says_id(column) ? 0.6 : 0.8;
      if (score >= LEAST_SCORE) score *= type_score(file, column, role->type);
      const Pair pair = {.role = r, .column = column, .score = score};
      if (score >= LEAST_SCORE) g_array_append_val(pairs, pair);
    }
  }
  g_array_sort(pairs, by_score);
  return pairs;
}

static void take_pairs(Guess *guess, const GArray *pairs, GHashTable *used) {
  for (guint i = 0; i < pairs->len; i++) {
    const Pair *pair = &g_array_index(pairs, Pair, i);
    if (guess->columns[pair->role] || g_hash_table_contains(used, pair->column)) continue;
    guess->columns[pair->role] = pair->column;
    guess->scores[pair->role] = pair->score;
    guess->total += pair->score * guess->kind->roles[pair->role].weight * (pair->column->n_filled ? 1 : 0.3);
    g_hash_table_add(used, pair->column);
  }
}

Guess kinds_guess(const ProfileFile *file, const Kind *kind) {
  Guess guess = {.kind = kind};
  g_autoptr(GHashTable) used = g_hash_table_new(NULL, NULL);
  for (int also = 0; also <= 1; also++) {
    g_autoptr(GArray) pairs = find_pairs(file, &guess, used, also);
    take_pairs(&guess, pairs, used);
  }
  if (!meets_needs(&guess)) {
    guess.total = 0;
    return guess;
  }
  gboolean distinct = FALSE;
  for (guint r = 0; r < kind->n_roles; r++) {
    const ProfileColumn *column = guess.columns[r];
    gboolean key = g_str_equal(kind->roles[r].name, "id") || g_str_equal(kind->roles[r].name, "name") ||
                   g_str_equal(kind->roles[r].name, "email");
    if (column && key && column->n_distinct * 20 >= file->n_rows * 19) distinct = TRUE;
  }
  if ((names_things(kind) && !distinct) || names_each_once(file, &guess)) guess.total *= 0.4;
  guess.total += file_hint(file, kind);
  return guess;
}

ProfileColumn *guess_column(const Guess *guess, const char *name) {
  for (guint i = 0; i < guess->kind->n_roles; i++)
    if (g_str_equal(guess->kind->roles[i].name, name)) return guess->columns[i];
  return NULL;
}

double guess_score(const Guess *guess, const char *name) {
  for (guint i = 0; i < guess->kind->n_roles; i++)
    if (g_str_equal(guess->kind->roles[i].name, name)) return guess->scores[i];
  return 0;
}
