/* Recognising a known CRM by the headers of its exports.
 *
 * A mapping (mappings/CRM.yaml) lists objects; each knows the headers that give it away and, for every field, the
 * headers that it may have. Every file is compared with every object of every mapping; the CRM whose objects explain
 * most headers is taken, if any of its objects is met at all. Then each file's entry is made from the object's `makes`:
 * for each ledger column the first alternative all of whose fields the file has. */
#include "ingest/propose.h"

typedef struct {
  const ConfNode *system;
  const ConfNode *object;
  const char *name;
  ProfileFile *file;
  guint score;   /* among the objects of one system */
  guint headers; /* telling headers met: among systems */
} Match;

typedef struct {
  Propose *propose;
  const Match *match;
  GArray *matches; /* Match: all files of the system */
} Maker;

static const char *text_of(const ConfNode *map, const char *key) {
  const ConfNode *node = map && map->kind == CONF_MAP ? conf_map_get(map, key) : NULL;
  return node && node->kind == CONF_SCALAR ? node->text : NULL;
}

/* The key without one of the system's prefixes or suffixes ("Deal - Title" is also title). A suffix is one as it is
 * written: "party.rec_name" ends with ".rec_name" and not with "/Name". */
static char *short_key(const ConfNode *system, const ProfileColumn *column) {
  const ConfNode *prefixes = conf_map_get(system, "prefixes"), *suffixes = conf_map_get(system, "suffixes");
  const char *key = column->key;
  for (guint i = 0; prefixes && i < prefixes->n; i++) {
    g_autofree char *prefix = profile_key(prefixes->items[i]->text);
    if (g_str_has_prefix(key, prefix) && strlen(key) > strlen(prefix)) return g_strdup(key + strlen(prefix));
  }
  for (guint i = 0; suffixes && i < suffixes->n; i++) {
    g_autofree char *suffix = profile_key(suffixes->items[i]->text);
    if (g_str_has_suffix(column->header, suffixes->items[i]->text) && strlen(key) > strlen(suffix))
      return g_strndup(key, strlen(key) - strlen(suffix));
  }
  return NULL;
}

static ProfileColumn *find_header(const ConfNode *system, const ProfileFile *file, const char *header,
                                  gboolean filled) {
  g_autofree char *key = profile_key(header);
  ProfileColumn *column = profile_find(file, key);
  if (column && (!filled || column->n_filled > 0)) return column;
  if (!conf_map_get(system, "prefixes") && !conf_map_get(system, "suffixes")) return NULL;
  for (guint i = 0; i < file->columns->len; i++) {
    ProfileColumn *other = file->columns->pdata[i];
    g_autofree char *shorter = short_key(system, other);
    if (shorter && g_str_equal(shorter, key) && (!filled || other->n_filled > 0)) return other;
  }
  return NULL;
}

static guint count_headers(const ConfNode *system, const ProfileFile *file, const ConfNode *list) {
  guint n = 0;
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  for (guint i = 0; list && i < list->n; i++) {
    ProfileColumn *column = find_header(system, file, list->items[i]->text, FALSE);
    if (column && g_hash_table_add(seen, column)) n++;
  }
  return n;
}

static gboolean only_these(const ProfileFile *file, const ConfNode *list) {
  for (guint i = 0; i < file->columns->len; i++) {
    gboolean listed = FALSE;
    for (guint j = 0; j < list->n && !listed; j++) {
      g_autofree char *key = profile_key(list->items[j]->text);
      listed = g_str_equal(key, ((ProfileColumn *)file->columns->pdata[i])->key);
    }
    if (!listed) return FALSE;
  }
  return TRUE;
}

/* How many of the object's telling headers the file has; 0 when it is no such object. */
static guint score_object(const ConfNode *system, const ConfNode *object, const ProfileFile *file) {
  const ConfNode *known_by = conf_map_get(object, "known_by"), *must = conf_map_get(object, "must"),
                 *without = conf_map_get(object, "not");
  const char *least = text_of(known_by, "at_least");
  guint score = count_headers(system, file, conf_map_get(known_by, "of"));
  if (score < (least ? (guint)g_ascii_strtoull(least, NULL, 10) : 1)) return 0;
  if (must && count_headers(system, file, must) < must->n) return 0;
  for (guint i = 0; without && i < without->n; i++) {
    g_autofree char *key = profile_key(without->items[i]->text);
    if (profile_find(file, key)) return 0;
  }
  const ConfNode *only = conf_map_get(object, "only_headers");
  if (only && !only_these(file, only)) return 0;
  return text_of(object, "only_if_nothing_else") ? 1 : score * 2 + (must ? must->n * 10 : 0);
}

static Match best_object(const ConfNode *system, ProfileFile *file) {
  Match best = {.system = system, .file = file};
  const ConfNode *objects = conf_map_get(system, "objects");
  for (guint i = 0; objects && i < objects->n; i++) {
    guint score = score_object(system, objects->items[i], file);
    if (score <= best.score) continue;
    best.score = score;
    best.headers = count_headers(system, file, conf_map_get(conf_map_get(objects->items[i], "known_by"), "of"));
    best.object = objects->items[i];
    best.name = objects->keys[i]->text;
  }
  return best;
}

static const Match *find_match(GArray *matches, const char *object) {
  const Match *best = NULL;
  for (guint i = 0; i < matches->len; i++) {
    const Match *match = &g_array_index(matches, Match, i);
    if (g_str_equal(match->name, object) && (!best || match->score > best->score)) best = match;
  }
  return best;
}

/* --- fields and columns --- */

static ProfileColumn *field(const Match *match, const char *name) {
  const ConfNode *headers = conf_map_get(conf_map_get(match->object, "fields"), name);
  for (int filled = 1; filled >= 0; filled--)
    for (guint i = 0; headers && i < headers->n; i++) {
      ProfileColumn *column = find_header(match->system, match->file, headers->items[i]->text, filled);
      if (column) return column;
    }
  return NULL;
}

/* "{stage} = 'x'" with the file's own headers; NULL when the file lacks one of the fields. */
static char *fill_sql(const Match *match, const char *template) {
  g_autoptr(GString) sql = g_string_new(NULL);
  for (const char *p = template; *p;) {
    const char *end = *p == '{' ? strchr(p, '}') : NULL;
    if (!end) {
      g_string_append_c(sql, *p++);
      continue;
    }
    g_autofree char *name = g_strndup(p + 1, (gsize)(end - p - 1));
    const ProfileColumn *column = field(match, name);
    if (!column) return NULL;
    g_autofree char *quoted = store_quote_name(column->header);
    g_string_append(sql, quoted);
    p = end + 1;
  }
  return g_strdup(sql->str);
}

static char *fill_where(const Match *match, const ConfNode *conditions) {
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; conditions && i < conditions->n; i++) {
    char *sql = fill_sql(match, conditions->items[i]->text);
    if (sql) g_ptr_array_add(parts, sql);
  }
  if (!parts->len) return NULL;
  g_ptr_array_add(parts, NULL);
  return g_strjoinv(" AND ", (char **)parts->pdata);
}

static gboolean system_makes(const Maker *maker, const char *table) {
  for (guint i = 0; i < maker->matches->len; i++) {
    const ConfNode *makes = conf_map_get(g_array_index(maker->matches, Match, i).object, "makes");
    for (guint m = 0; makes && m < makes->n; m++)
      if (g_strcmp0(text_of(makes->items[m], "to"), table) == 0) return TRUE;
  }
  return FALSE;
}

/* `give`: what each id means is computed now, from the other file's rows, and written down as a value map. */
static gboolean give_values(const Maker *maker, ProposeColumn *column, const Match *other, const ConfNode *spec) {
  const ProfileColumn *equals = field(other, text_of(spec, "equals"));
  g_autofree char *give = fill_sql(other, text_of(spec, "give"));
  if (!equals || !give) return FALSE;
  g_autofree char *key = profile_sql_text(equals);
  g_autofree char *sql = g_strdup_printf(
      "SELECT %s AS k, any_value(%s) AS v FROM %s GROUP BY 1 HAVING v IS NOT NULL AND k IS NOT NULL ORDER BY 1 LIMIT "
      "500",
      key, give, other->file->table);
  g_autoptr(StoreRows) rows = store_query(maker->propose->scratch, sql, NULL, 0, 0, NULL);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++)
    propose_value(column, store_rows_value(rows, i, 0).text, store_rows_value(rows, i, 1).text);
  return rows && store_rows_count(rows) > 0;
}

static gboolean add_through(const Maker *maker, ProposeColumn *column, const ConfNode *spec) {
  const Match *other = find_match(maker->matches, text_of(spec, "through"));
  if (!other) return FALSE;
  if (text_of(spec, "give")) return give_values(maker, column, other, spec);
  column->lookup = other->file;
  column->equals = field(other, text_of(spec, "equals"));
  column->take = field(other, text_of(spec, "take"));
  return column->equals && column->take;
}

/* The mapping's values that the column has, or all of them. */
static void add_met(ProposeColumn *column, const ConfNode *values, gboolean only_met) {
  for (guint i = 0; values && i < values->n; i++) {
    const char *from = values->keys[i]->text;
    gboolean met = !only_met || column->of->n_values == 0;
    for (gsize v = 0; v < column->of->n_values && !met; v++) met = g_str_equal(column->of->values[v].text, from);
    if (met && g_strcmp0(column->otherwise, values->items[i]->text) != 0)
      propose_value(column, from, values->items[i]->text);
  }
}

static void add_values(const Maker *maker, ProposeColumn *column, const ConfNode *spec) {
  static const struct {
    const char *word, *list;
  } lists[] = {{"outcome", "outcomes"}, {"type", "kinds_of_deal"}, {"kind", "kinds_of_activity"}};
  const ConfNode *values = conf_map_get(spec, "values");
  add_met(column, values, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
    if (g_strcmp0(text_of(spec, "words"), lists[i].word) == 0)
      propose_values_by_words(maker->propose, column, lists[i].list);
  /* a later file may bring an outcome that this one has not */
  if (g_str_equal(column->name, "outcome")) add_met(column, values, FALSE);
}

/* A unit of a share: in per cent when any value is above 1. */
static const char *unit_of(const ProposeColumn *column, const char *unit) {
  static const char *const units[] = {"percent", "fraction", "minor", "major", "ms",
                                      "seconds", "minutes",  "hours", "days",  NULL};
  if (unit && g_str_equal(unit, "guess"))
    unit = column->of->most > 1 || column->of->n_percents > 0 ? "percent" : "fraction";
  for (gsize i = 0; unit && units[i]; i++)
    if (g_str_equal(unit, units[i])) return units[i];
  return NULL;
}

static const char *kind_of_file(const ProfileFile *file) {
  static const struct {
    const char *part, *kind;
  } kinds[] = {{"call", "call"}, {"email", "email"}, {"mail", "email"}, {"meeting", "meeting"}, {"task", "task"}};
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (strstr(file->name, kinds[i].part)) return kinds[i].kind;
  return "task";
}

/* One alternative; FALSE when the file cannot serve it. */
static gboolean fill_column(const Maker *maker, ProposeColumn *column, const ConfNode *spec) {
  const Match *match = maker->match;
  if (spec->kind == CONF_SCALAR) return (column->of = field(match, spec->text)) != NULL;
  if (text_of(spec, "file")) {
    column->constant = g_strdup(kind_of_file(match->file));
    return TRUE;
  }
  if (text_of(spec, "constant")) {
    column->constant = g_strdup(text_of(spec, "constant"));
    return TRUE;
  }
  if (text_of(spec, "exists") && !system_makes(maker, text_of(spec, "exists"))) return FALSE;
  column->is_computed = text_of(spec, "computed") != NULL;
  if (text_of(spec, "sql")) return (column->sql = fill_sql(match, text_of(spec, "sql"))) != NULL;
  column->of = text_of(spec, "of") ? field(match, text_of(spec, "of")) : NULL;
  if (!column->of) return FALSE;
  column->otherwise = g_strdup(text_of(spec, "else"));
  column->only_closed = text_of(spec, "only") != NULL;
  column->unit = unit_of(column, text_of(spec, "unit"));
  if (text_of(spec, "match")) column->match = g_intern_string(text_of(spec, "match"));
  if (text_of(spec, "through") && !add_through(maker, column, spec)) return FALSE;
  add_values(maker, column, spec);
  return TRUE;
}

static gboolean is_empty(const ProposeColumn *column) {
  return column->of && column->of->n_filled == 0;
}

static void make_column(const Maker *maker, ProposeEntry *entry, const char *name, const ConfNode *spec) {
  guint n = spec->kind == CONF_LIST ? spec->n : 1;
  for (guint i = 0; i < n; i++) {
    ProposeColumn *column = propose_entry_set(entry, name, NULL);
    if (fill_column(maker, column, spec->kind == CONF_LIST ? spec->items[i] : spec) && (!is_empty(column) || n == 1))
      return;
    propose_entry_drop(entry, name);
  }
}

static void make_entries(const Maker *maker) {
  const ConfNode *makes = conf_map_get(maker->match->object, "makes");
  for (guint i = 0; makes && i < makes->n; i++) {
    ProposeEntry *entry = propose_entry_new(maker->propose, text_of(makes->items[i], "to"), maker->match->file);
    const ConfNode *columns = conf_map_get(makes->items[i], "columns");
    for (guint c = 0; columns && c < columns->n; c++)
      make_column(maker, entry, columns->keys[c]->text, columns->items[c]);
    entry->where = fill_where(maker->match, conf_map_get(makes->items[i], "where"));
    if (text_of(makes->items[i], "says")) propose_check(maker->propose, "%s", text_of(makes->items[i], "says"));
  }
}

/* --- choosing the system --- */

static GArray *match_system(const Propose *propose, const ConfNode *system, GHashTable *done, guint *total,
                            gboolean *has_deals) {
  GArray *matches = g_array_new(FALSE, FALSE, sizeof(Match));
  *total = 0;
  *has_deals = FALSE;
  for (guint i = 0; i < propose->folder->files->len; i++) {
    ProfileFile *file = propose->folder->files->pdata[i];
    if (g_hash_table_contains(done, file)) continue;
    Match match = best_object(system, file);
    if (!match.object) continue;
    g_array_append_val(matches, match);
    *total += match.headers;
    *has_deals |= g_str_equal(match.name, "opportunity");
  }
  return matches;
}

/* How many different objects of the ledger are met: one table of leads may come from anywhere. */
static guint n_objects(GArray *matches) {
  guint n = 0;
  for (guint i = 0; i < matches->len; i++) {
    const Match *match = &g_array_index(matches, Match, i);
    n += conf_map_get(match->object, "makes") && match->headers >= 4;
  }
  return n;
}

/* Exports of a list or a report have labels ("Close Date") and the user's local times; those of the API have names and
 * UTC. */
static gboolean are_labels(GArray *matches) {
  guint labels = 0, all = 0;
  for (guint i = 0; i < matches->len; i++) {
    const ProfileFile *file = g_array_index(matches, Match, i).file;
    for (guint c = 0; c < file->columns->len; c++, all++)
      labels += strchr(((ProfileColumn *)file->columns->pdata[c])->header, ' ') != NULL;
  }
  return labels * 3 > all;
}

/* Several files may look like one object (deals and a copy of them): the best is taken, unless each has rows of its
 * own. */
static gboolean is_second(GArray *matches, guint index) {
  const Match *match = &g_array_index(matches, Match, index);
  if (!conf_map_get(match->object, "makes") || g_str_equal(match->name, "engagement_detail") ||
      g_str_equal(match->name, "activity"))
    return FALSE;
  return find_match(matches, match->name) != match;
}

static void make_all(Propose *propose, GArray *matches, GHashTable *done) {
  for (guint i = 0; i < matches->len; i++) {
    const Match *match = &g_array_index(matches, Match, i);
    const char *why = text_of(match->object, "leave_out"), *unless = text_of(match->object, "unless");
    g_hash_table_add(done, match->file);
    if (why) {
      propose_leave_out(propose, match->file, why);
    } else if (unless && find_match(matches, unless)) {
      propose_leave_out(propose, match->file, "another file tells the same");
    } else if (is_second(matches, i)) {
      propose_leave_out(propose, match->file, "it looks like another file that fits better");
      propose_check(propose, "%s looks like %s as well; only one of them is loaded.", match->file->pattern,
                    find_match(matches, match->name)->file->pattern);
    } else {
      const Maker maker = {.propose = propose, .match = match, .matches = matches};
      make_entries(&maker);
    }
  }
}

gboolean recognise_system(Propose *propose, GHashTable *done, GError **error) {
  g_autoptr(GArray) best = NULL;
  const ConfNode *chosen = NULL;
  guint best_total = 0;
  for (const char *const *name = builtin_systems(); *name; name++) {
    ConfDocument *document = builtin_mapping(*name, error);
    if (!document) return FALSE;
    g_ptr_array_add(propose->documents, document);
    guint total = 0;
    gboolean has_deals = FALSE;
    g_autoptr(GArray) matches = match_system(propose, conf_document_root(document), done, &total, &has_deals);
    gboolean alone = text_of(conf_document_root(document), "alone") && total > 0;
    if (total + (has_deals ? 5 : 0) <= best_total || !(has_deals || alone || n_objects(matches) >= 3)) continue;
    best_total = total + (has_deals ? 5 : 0);
    g_clear_pointer(&best, g_array_unref);
    best = g_steal_pointer(&matches);
    chosen = conf_document_root(document);
  }
  if (!best) return TRUE;
  propose->system = g_strdup(text_of(chosen, "system"));
  propose->name = g_strdup(text_of(chosen, "source"));
  propose->time_zone = g_strdup(text_of(chosen, "time_zone"));
  propose_assumed(propose, "The files are an export of %s.", propose->system);
  if (are_labels(best)) g_clear_pointer(&propose->time_zone, g_free);
  if (propose->time_zone)
    propose_assumed(propose, "Times without an offset are %s, as %s exports them.", propose->time_zone,
                    propose->system);
  make_all(propose, best, done);
  return TRUE;
}
