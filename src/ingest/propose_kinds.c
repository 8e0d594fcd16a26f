/* Unknown files: what is each, by the words of its headers and the look of its values?
 *
 * Each kind of table in mappings/words.yaml has columns with words and a type. Every (ledger column, file column) pair
 * gets a score from 0 to 1: the header is one of the words (1), holds one ("Amount (EUR)"), or is a compound of one
 * ("Angebotswert"); a pair whose values do not fit the type is out. The best pairs are taken one by one; a kind's score
 * is the weighted sum of its pairs, and needs at least one of each of its `need` groups. The kind with the highest
 * score is what the file is. */
#include "ingest/propose.h"

#define LEAST_SCORE 0.5
#define MAX_ROLES   40

typedef struct {
  const char *name, *type;
  double weight;
  GPtrArray *keys;  /* char *: words as keys */
  GPtrArray *words; /* char **: words as words */
} Role;

typedef struct {
  const char *name;
  const ConfNode *node;
  Role roles[MAX_ROLES];
  guint n_roles;
} Kind;

typedef struct {
  guint role;
  ProfileColumn *column;
  double score;
} Pair;

typedef struct {
  const Kind *kind;
  ProfileColumn *columns[MAX_ROLES];
  double scores[MAX_ROLES];
  double total;
} Guess;

static const char *text_of(const ConfNode *map, const char *key) {
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

static GPtrArray *read_kinds(const ConfNode *words) {
  GPtrArray *kinds = g_ptr_array_new_with_free_func(kind_free);
  const ConfNode *nodes = conf_map_get(words, "kinds");
  for (guint i = 0; nodes && i < nodes->n; i++) {
    Kind *kind = g_new0(Kind, 1);
    kind->name = nodes->keys[i]->text;
    kind->node = nodes->items[i];
    const ConfNode *columns = conf_map_get(kind->node, "columns");
    for (guint c = 0; columns && c < columns->n && c < MAX_ROLES; c++) {
      Role *role = &kind->roles[kind->n_roles++];
      role->name = columns->keys[c]->text;
      role->type = text_of(columns->items[c], "type");
      const char *weight = text_of(columns->items[c], "weight");
      role->weight = weight ? g_ascii_strtod(weight, NULL) : 1;
      role->keys = g_ptr_array_new_with_free_func(g_free);
      role->words = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
      const ConfNode *list = conf_map_get(columns->items[c], "words");
      for (guint w = 0; list && w < list->n; w++) {
        g_ptr_array_add(role->keys, profile_key(list->items[w]->text));
        g_ptr_array_add(role->words, profile_words(list->items[w]->text));
      }
    }
    g_ptr_array_add(kinds, kind);
  }
  return kinds;
}

/* --- one pair --- */

static double words_score(const ProfileColumn *column, const Role *role) {
  double best = 0;
  double letters = (double)strlen(column->key);
  guint n_header = g_strv_length(column->words);
  for (guint i = 0; i < role->keys->len && letters > 0; i++) {
    const char *key = role->keys->pdata[i];
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
static gboolean says_id(const ProfileColumn *column) {
  static const char *const words[] = {"id",   "ref", "no",     "nr",     "n",      "num",  "number",
                                      "code", "key", "numéro", "número", "nummer", "uuid", NULL};
  for (gsize i = 0; words[i]; i++)
    if (g_strv_contains((const char *const *)column->words, words[i])) return TRUE;
  return FALSE;
}

static gboolean mostly_numbers(const ProfileColumn *column) {
  return column->n_numbers * 5 >= column->n_filled * 4;
}

/* 0 when the values cannot be of the type, less than 1 when there are none to tell. */
static double type_score(const ProfileFile *file, const ProfileColumn *column, const char *type) {
  if (column->n_filled == 0) return g_str_equal(type, "any") ? 1 : 0.6;
  gboolean date = profile_is_date(column), number = !date && mostly_numbers(column);
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

static Guess guess_kind(const ProfileFile *file, const Kind *kind) {
  Guess guess = {.kind = kind};
  g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
  for (guint r = 0; r < kind->n_roles; r++)
    for (guint c = 0; c < file->columns->len; c++) {
      ProfileColumn *column = file->columns->pdata[c];
      double score = words_score(column, &kind->roles[r]);
      if (says_id(column) && score < 1 && g_str_equal(kind->roles[r].type, "id")) score = MIN(0.99, score + 0.2);
      if (g_str_equal(kind->roles[r].name, "name") && score < 0.95) score *= says_id(column) ? 0.6 : 0.8;
      if (score >= LEAST_SCORE) score *= type_score(file, column, kind->roles[r].type);
      const Pair pair = {.role = r, .column = column, .score = score};
      if (score >= LEAST_SCORE) g_array_append_val(pairs, pair);
    }
  g_array_sort(pairs, by_score);
  g_autoptr(GHashTable) used = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < pairs->len; i++) {
    const Pair *pair = &g_array_index(pairs, Pair, i);
    if (guess.columns[pair->role] || g_hash_table_contains(used, pair->column)) continue;
    guess.columns[pair->role] = pair->column;
    guess.scores[pair->role] = pair->score;
    guess.total += pair->score * kind->roles[pair->role].weight * (pair->column->n_filled ? 1 : 0.3);
    g_hash_table_add(used, pair->column);
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
  if (names_things(kind) && !distinct) guess.total *= 0.4;
  guess.total += file_hint(file, kind);
  return guess;
}

/* --- files that are left out --- */

static const char *reason_to_leave_out(const Propose *propose, const ProfileFile *file) {
  const ConfNode *kinds = conf_map_get(propose->words, "left_out");
  for (guint i = 0; kinds && i < kinds->n; i++) {
    const ConfNode *sets = conf_map_get(kinds->items[i], "headers"), *files = conf_map_get(kinds->items[i], "files");
    const char *most = text_of(kinds->items[i], "most_columns");
    if (most && file->columns->len > g_ascii_strtoull(most, NULL, 10)) continue;
    gboolean named = files == NULL;
    for (guint f = 0; files && f < files->n && !named; f++) named = strstr(file->name, files->items[f]->text) != NULL;
    for (guint s = 0; sets && s < sets->n && named; s++) {
      guint met = 0;
      for (guint h = 0; h < sets->items[s]->n; h++) {
        g_autofree char *key = profile_key(sets->items[s]->items[h]->text);
        met += profile_find(file, key) != NULL;
      }
      if (met == sets->items[s]->n) return text_of(kinds->items[i], "why");
    }
  }
  return NULL;
}

/* --- entries --- */

static ProfileColumn *take_role(const Guess *guess, const char *name) {
  for (guint i = 0; i < guess->kind->n_roles; i++)
    if (g_str_equal(guess->kind->roles[i].name, name)) return guess->columns[i];
  return NULL;
}

static double score_of(const Guess *guess, const char *name) {
  for (guint i = 0; i < guess->kind->n_roles; i++)
    if (g_str_equal(guess->kind->roles[i].name, name)) return guess->scores[i];
  return 0;
}

static void name_from_parts(ProposeEntry *entry, const Guess *guess) {
  const ProfileColumn *first = take_role(guess, "first_name"), *last = take_role(guess, "last_name");
  if (!first || !last || propose_entry_column(entry, "name")) return;
  g_autofree char *a = store_quote_name(first->header);
  g_autofree char *b = store_quote_name(last->header);
  propose_entry_set(entry, "name", NULL)->sql =
      g_strdup_printf("trim(coalesce(%s, '') || ' ' || coalesce(%s, ''))", a, b);
}

/* A person, account, product… without an id goes by its name. */
static void id_from_name(ProposeEntry *entry) {
  ProposeColumn *id = propose_entry_column(entry, "id"), *name = propose_entry_column(entry, "name"),
                *email = propose_entry_column(entry, "email");
  if (!id && name && name->of)
    propose_entry_set(entry, "id", name->of);
  else if (!id && name && name->sql)
    propose_entry_set(entry, "id", NULL)->sql = g_strdup(name->sql);
  else if (!id && email)
    propose_entry_set(entry, "id", email->of);
  if (id && !name && id->of && !g_str_equal(entry->to, "opportunity")) propose_entry_set(entry, "name", id->of);
}

static char *number_sql(const ProfileColumn *column) {
  g_autofree char *sql = profile_sql_number(column);
  return g_strdup(sql);
}

static void finish_sale(Propose *propose, ProposeEntry *entry, const Guess *guess) {
  ProfileColumn *quantity = take_role(guess, "quantity"), *price = take_role(guess, "unit_price"),
                *gross = take_role(guess, "total_amount");
  ProfileColumn *status = take_role(guess, "status");
  const ProposeColumn *net = propose_entry_column(entry, "net_amount");
  if (!quantity && price && (!net || score_of(guess, "unit_price") > score_of(guess, "net_amount")))
    propose_entry_set(entry, "net_amount", price);
  if (!propose_entry_column(entry, "net_amount") && quantity && price) {
    g_autofree char *a = number_sql(quantity);
    g_autofree char *b = number_sql(price);
    propose_entry_set(entry, "net_amount", NULL)->sql = g_strdup_printf("round(%s * %s, 4)", a, b);
    propose_assumed(propose, "%s: the amount of a line is %s times %s.", entry->from->pattern, quantity->header,
                    price->header);
  } else if (!propose_entry_column(entry, "net_amount") && gross) {
    propose_entry_set(entry, "net_amount", gross);
    propose_check(propose, "%s: amounts are taken from %s, which may include tax.", entry->from->pattern,
                  gross->header);
  }
  g_autoptr(GString) cancelled = g_string_new(NULL);
  for (gsize i = 0; status && i < status->n_values; i++) {
    const char *meaning = propose_meaning(propose, "outcomes", status->values[i].text);
    g_autofree char *quoted = store_quote_text(status->values[i].text);
    if (g_strcmp0(meaning, "abandoned") == 0 || g_strcmp0(meaning, "lost") == 0)
      g_string_append_printf(cancelled, "%s%s", cancelled->len ? ", " : "", quoted);
  }
  if (!cancelled->len) return;
  g_autofree char *name = store_quote_name(status->header);
  entry->where = g_strdup_printf("coalesce(%s, '') NOT IN (%s)", name, cancelled->str);
  propose_assumed(propose, "%s: rows whose %s is %s are left out.", entry->from->pattern, status->header,
                  cancelled->str);
}

static void finish_activity(Propose *propose, ProposeEntry *entry) {
  static const struct {
    const char *part, *kind;
  } parts[] = {{"call", "call"},     {"anruf", "call"},     {"mail", "email"}, {"meeting", "meeting"},
               {"visit", "meeting"}, {"besuch", "meeting"}, {"demo", "demo"},  {"task", "task"}};
  ProposeColumn *kind = propose_entry_column(entry, "kind");
  if (kind && kind->of) {
    kind->otherwise = g_strdup("task");
    propose_values_by_words(propose, kind, "kinds_of_activity");
  }
  for (gsize i = 0; !kind && i < G_N_ELEMENTS(parts); i++) {
    if (!strstr(entry->from->name, parts[i].part)) continue;
    kind = propose_entry_set(entry, "kind", NULL);
    kind->constant = g_strdup(parts[i].kind);
  }
  ProposeColumn *duration = propose_entry_column(entry, "duration");
  if (duration && duration->of && mostly_numbers(duration->of)) {
    const char *key = duration->of->key;
    duration->unit = strstr(key, "sec") || strstr(key, "sek")      ? "seconds"
                     : strstr(key, "hour") || strstr(key, "stund") ? "hours"
                                                                   : "minutes";
    if (!strstr(key, "min") && g_str_equal(duration->unit, "minutes"))
      propose_check(propose, "%s: %s is taken to be in minutes.", entry->from->pattern, duration->of->header);
  }
  ProposeColumn *scheduled = propose_entry_column(entry, "scheduled_at"),
                *done = propose_entry_column(entry, "done_at"), *created = propose_entry_column(entry, "created_at");
  if (!done && (scheduled || created)) {
    propose_entry_set(entry, "done_at", (scheduled ? scheduled : created)->of);
    propose_assumed(propose, "%s: an activity is taken to be done on its %s.", entry->from->pattern,
                    (scheduled ? scheduled : created)->of->header);
  }
}

static void finish_survey(ProposeEntry *entry) {
  static const char *const kinds[] = {"nps", "csat", "ces", "engagement"};
  ProposeColumn *score = propose_entry_column(entry, "score"), *kind = propose_entry_column(entry, "kind");
  for (gsize i = 0; kind && kind->of && i < kind->of->n_values; i++) {
    g_autofree char *key = profile_key(kind->of->values[i].text);
    for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++)
      if (strstr(key, kinds[k]) && !g_str_equal(kind->of->values[i].text, kinds[k]))
        propose_value(kind, kind->of->values[i].text, kinds[k]);
  }
  if (!score || !score->of) return;
  const char *guess = score->of->most > 5 && score->of->most <= 10 ? "nps" : "csat";
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (strstr(score->of->key, kinds[i]) || strstr(entry->from->name, kinds[i])) guess = kinds[i];
  if (!kind) propose_entry_set(entry, "kind", NULL)->constant = g_strdup(guess);
  if (!propose_entry_column(entry, "scale"))
    propose_entry_set(entry, "scale", NULL)->constant = g_strdup(score->of->most <= 5    ? "5"
                                                                 : score->of->most <= 7  ? "7"
                                                                 : score->of->most <= 10 ? "10"
                                                                                         : "100");
}

static void finish_subscription(Propose *propose, ProposeEntry *entry) {
  static const struct {
    const char *word, *kind;
  } words[] = {{"new", "new"},
               {"neu", "new"},
               {"nuevo", "new"},
               {"nouveau", "new"},
               {"upgrade", "expansion"},
               {"expansion", "expansion"},
               {"upsell", "expansion"},
               {"erweiterung", "expansion"},
               {"downgrade", "contraction"},
               {"contraction", "contraction"},
               {"reduktion", "contraction"},
               {"churn", "churn"},
               {"cancel", "churn"},
               {"kündigung", "churn"},
               {"react", "reactivation"},
               {"winback", "reactivation"}};
  ProposeColumn *kind = propose_entry_column(entry, "kind");
  for (gsize i = 0; kind && kind->of && i < kind->of->n_values; i++) {
    g_autofree char *lower = g_utf8_strdown(kind->of->values[i].text, -1);
    const char *meaning = NULL;
    for (gsize w = 0; w < G_N_ELEMENTS(words); w++)
      if (strstr(lower, words[w].word)) meaning = words[w].kind;
    if (meaning && !g_str_equal(meaning, kind->of->values[i].text))
      propose_value(kind, kind->of->values[i].text, meaning);
  }
  ProposeColumn *change = propose_entry_column(entry, "mrr_change");
  if (change && change->of && change->of->least >= 0 && kind)
    propose_check(propose, "%s: no change of recurring revenue is negative; losses should be written with a minus.",
                  entry->from->pattern);
}

static void finish_quota(Propose *propose, ProposeEntry *entry) {
  ProposeColumn *start = propose_entry_column(entry, "starts_at");
  if (!start || !start->of || propose_entry_column(entry, "ends_at")) return;
  g_autofree char *date = profile_sql_date(start->of);
  propose_entry_set(entry, "ends_at", NULL)->sql =
      g_strdup_printf("CAST(CAST(%s AS DATE) + INTERVAL 1 MONTH AS DATE)", date);
  propose_check(propose, "%s: each target is taken to be for one month from %s.", entry->from->pattern,
                start->of->header);
}

static const char *share_unit(const ProfileColumn *column) {
  return column->most > 1 || column->n_percents > 0 ? "percent" : "fraction";
}

/* "date_won" beside "date_lost": the day of the decision is whichever there is. */
static void join_dates(Propose *propose, ProposeEntry *entry, const Guess *guess) {
  const ProfileColumn *lost = g_str_equal(entry->to, "opportunity") ? take_role(guess, "lost_at") : NULL;
  const ProposeColumn *won = propose_entry_column(entry, "closed_at");
  if (!lost || lost->n_filled == 0) return;
  g_autofree char *a = won ? store_quote_name(won->of->header) : g_strdup("NULL");
  g_autofree char *b = store_quote_name(lost->header);
  propose_assumed(propose, "%s: a deal was decided on its %s%s%s.", entry->from->pattern, won ? won->of->header : "",
                  won ? " or " : "", lost->header);
  propose_entry_set(entry, "closed_at", NULL)->sql = g_strdup_printf("coalesce(nullif(%s, ''), %s)", a, b);
}

static void make_entry(Propose *propose, ProfileFile *file, const Guess *guess) {
  ProposeEntry *entry = propose_entry_new(propose, guess->kind->name, file);
  const LedgerTable *table = ledger_schema_find(propose->schema, guess->kind->name);
  for (guint i = 0; i < guess->kind->n_roles; i++) {
    const Role *role = &guess->kind->roles[i];
    gboolean known = ledger_table_column(table, role->name) || g_str_equal(role->name, "id") ||
                     (table->has_money && g_str_equal(role->name, "currency")) ||
                     g_str_equal(role->name, "modified_at");
    if (!guess->columns[i] || guess->columns[i]->n_filled == 0) continue;
    if (!known) g_ptr_array_add(entry->extras, propose_column_new(role->name, guess->columns[i]));
    if (!known) continue;
    ProposeColumn *column = propose_entry_set(entry, role->name, guess->columns[i]);
    if (g_str_equal(role->type, "share")) column->unit = share_unit(guess->columns[i]);
  }
  name_from_parts(entry, guess);
  join_dates(propose, entry, guess);
  if (table->kind == LEDGER_DIMENSION) id_from_name(entry);
  if (g_str_equal(entry->to, "sale")) finish_sale(propose, entry, guess);
  if (g_str_equal(entry->to, "activity")) finish_activity(propose, entry);
  if (g_str_equal(entry->to, "survey")) finish_survey(entry);
  if (g_str_equal(entry->to, "subscription_change")) finish_subscription(propose, entry);
  if (g_str_equal(entry->to, "quota")) finish_quota(propose, entry);
  ProposeColumn *type = propose_entry_column(entry, "type");
  if (type && type->of && g_str_equal(entry->to, "opportunity") &&
      propose_values_by_words(propose, type, "kinds_of_deal") == 0)
    propose_entry_drop(entry, "type");
  propose_assumed(propose, "%s holds %s.", file->pattern, table->about);
}

/* Deals in two files are two parts when they share no ids; otherwise one of them is a copy or an excerpt. */
static gboolean has_own_rows(const Propose *propose, const ProposeEntry *first, const ProfileFile *file,
                             const Guess *guess) {
  const ProposeColumn *id = propose_entry_column(first, "id");
  const ProfileColumn *other = take_role(guess, "id");
  if (!id || !id->of || !other || !g_str_equal(id->of->key, other->key)) return FALSE;
  g_autofree char *a = profile_sql_text(id->of);
  g_autofree char *b = profile_sql_text(other);
  g_autofree char *sql =
      g_strdup_printf("SELECT count(*) FROM %s WHERE %s IN (SELECT %s FROM %s)", file->table, b, a, first->from->table);
  return profile_count(propose->scratch, sql) * 20 < file->n_rows;
}

typedef struct {
  ProfileFile *file;
  Guess guess;
} Found;

static int by_total(gconstpointer a, gconstpointer b) {
  double left = ((const Found *)a)->guess.total, right = ((const Found *)b)->guess.total;
  return left > right ? -1 : left < right;
}

static void place(Propose *propose, const Found *found) {
  ProposeEntry *first = propose_find(propose, found->guess.kind->name);
  if (first && g_str_equal(found->guess.kind->name, "opportunity") &&
      !has_own_rows(propose, first, found->file, &found->guess)) {
    g_autofree char *why = g_strdup_printf("it looks like deals, as %s does, which fits better", first->from->pattern);
    propose_leave_out(propose, found->file, why);
    propose_check(propose, "%s and %s both look like deals; only %s is loaded.", first->from->pattern,
                  found->file->pattern, first->from->pattern);
    return;
  }
  make_entry(propose, found->file, &found->guess);
}

/* What a CRM's mapping did not find in a file of deals may stand there under other words: a field of the company's own.
 */
static void fill_gaps(Propose *propose, ProposeEntry *entry, const Kind *kind) {
  const LedgerTable *table = ledger_schema_find(propose->schema, entry->to);
  Guess guess = guess_kind(entry->from, kind);
  for (guint i = 0; i < kind->n_roles; i++) {
    const Role *role = &kind->roles[i];
    gboolean decided = g_str_equal(role->name, "id") || g_str_equal(role->name, "outcome") ||
                       g_str_equal(role->name, "stage") || g_str_equal(role->name, "modified_at");
    gboolean used = !guess.columns[i] || guess.scores[i] < 0.75 || guess.columns[i]->n_filled == 0 || decided ||
                    propose_entry_column(entry, role->name);
    for (guint c = 0; c < entry->columns->len && !used; c++) {
      const ProposeColumn *column = entry->columns->pdata[c];
      used = column->of == guess.columns[i] || (column->sql && strstr(column->sql, guess.columns[i]->header));
    }
    if (used) continue;
    if (!ledger_table_column(table, role->name) && !g_str_equal(role->name, "currency")) {
      g_ptr_array_add(entry->extras, propose_column_new(role->name, guess.columns[i]));
      continue;
    }
    ProposeColumn *column = propose_entry_set(entry, role->name, guess.columns[i]);
    if (g_str_equal(role->type, "share")) column->unit = share_unit(guess.columns[i]);
    propose_assumed(propose, "%s: %s is taken from %s.", entry->from->pattern, role->name, guess.columns[i]->header);
  }
}

static void fill_all_gaps(Propose *propose, const GPtrArray *kinds) {
  for (guint i = 0; i < propose->entries->len; i++) {
    ProposeEntry *entry = propose->entries->pdata[i];
    for (guint k = 0; k < kinds->len; k++) {
      const Kind *kind = kinds->pdata[k];
      if (g_str_equal(entry->to, "opportunity") && g_str_equal(kind->name, entry->to)) fill_gaps(propose, entry, kind);
    }
  }
}

void propose_kinds(Propose *propose, GHashTable *done) {
  g_autoptr(GPtrArray) kinds = read_kinds(propose->words);
  fill_all_gaps(propose, kinds);
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Found));
  for (guint i = 0; i < propose->folder->files->len; i++) {
    ProfileFile *file = propose->folder->files->pdata[i];
    if (g_hash_table_contains(done, file)) continue;
    const char *why = reason_to_leave_out(propose, file);
    Found found = {.file = file};
    for (guint k = 0; k < kinds->len && !why; k++) {
      Guess guess = guess_kind(file, kinds->pdata[k]);
      g_debug("%s as %s: %.2f", file->pattern, ((Kind *)kinds->pdata[k])->name, guess.total);
      if (guess.total > found.guess.total) found.guess = guess;
    }
    if (why) {
      propose_leave_out(propose, file, why);
      propose_assumed(propose, "%s is left out: %s.", file->pattern, why);
    } else if (!found.guess.kind) {
      propose_leave_out(propose, file, "it was not understood: map it by hand, as docs/sources.md tells");
      propose_check(propose, "%s was not understood and is left out; its columns are listed in the file.",
                    file->pattern);
    } else {
      g_array_append_val(all, found);
    }
  }
  g_array_sort(all, by_total);
  for (guint i = 0; i < all->len; i++) place(propose, &g_array_index(all, Found, i));
}
