/* Unknown files: what is each? The kind of table whose words explain most of it (propose_words.c); its columns become
 * an entry, and what is particular to the kind is added (propose_finish.c). */
#include "ingest/propose_kinds.h"

#define MOST_VARYING 50 /* thousandths of the rows: a few are slips */

/* --- files that are left out --- */

static const char *reason_to_leave_out(const Propose *propose, const ProfileFile *file) {
  const ConfNode *kinds = conf_map_get(propose->words, "left_out");
  for (guint i = 0; kinds && i < kinds->n; i++) {
    const ConfNode *sets = conf_map_get(kinds->items[i], "headers"), *files = conf_map_get(kinds->items[i], "files");
    const char *most = kinds_text(kinds->items[i], "most_columns");
    if (most && file->columns->len > g_ascii_strtoull(most, NULL, 10)) continue;
    gboolean named = files == NULL;
    for (guint f = 0; files && f < files->n && !named; f++) named = strstr(file->name, files->items[f]->text) != NULL;
    for (guint s = 0; sets && s < sets->n && named; s++) {
      guint met = 0;
      for (guint h = 0; h < sets->items[s]->n; h++) {
        g_autofree char *key = profile_key(sets->items[s]->items[h]->text);
        met += profile_find(file, key) != NULL;
      }
      if (met == sets->items[s]->n) return kinds_text(kinds->items[i], "why");
    }
  }
  return NULL;
}

/* --- entries --- */

static void name_from_parts(ProposeEntry *entry, const Guess *guess) {
  const ProfileColumn *first = guess_column(guess, "first_name"), *last = guess_column(guess, "last_name");
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

typedef struct {
  ProfileFile *file;
  Guess guess;
  KindsJoin join; /* of order lines with their orders */
} Found;

static const char *share_unit(const ProfileColumn *column) {
  return column->most > 1 || column->n_percents > 0 ? "percent" : "fraction";
}

/* "date_won" beside "date_lost": the day of the decision is whichever there is. */
static void join_dates(Propose *propose, ProposeEntry *entry, const Guess *guess) {
  const ProfileColumn *lost = g_str_equal(entry->to, "opportunity") ? guess_column(guess, "lost_at") : NULL;
  const ProposeColumn *won = propose_entry_column(entry, "closed_at");
  if (!lost || lost->n_filled == 0) return;
  g_autofree char *a = won ? store_quote_name(won->of->header) : g_strdup("NULL");
  g_autofree char *b = store_quote_name(lost->header);
  propose_assumed(propose, "%s: a deal was decided on its %s%s%s.", entry->from->pattern, won ? won->of->header : "",
                  won ? " or " : "", lost->header);
  propose_entry_set(entry, "closed_at", NULL)->sql = g_strdup_printf("coalesce(nullif(%s, ''), %s)", a, b);
  g_ptr_array_add(entry->extras, propose_column_new("lost_at", guess_column(guess, "lost_at")));
  if (won) g_ptr_array_add(entry->extras, propose_column_new("won_at", guess_column(guess, "closed_at")));
}

/* Rows in which `of` is not what it is in most rows of the same `by`, in thousandths. */
static gint64 share_varying(const Propose *propose, const ProposeEntry *entry, const ProfileColumn *by,
                            const ProfileColumn *of) {
  g_autofree char *key = profile_sql_text(by);
  g_autofree char *value = profile_sql_text(of);
  g_autofree char *sql = g_strdup_printf(
      "SELECT CAST(1000 * (sum(n) - sum(m)) / sum(n) AS BIGINT) FROM (SELECT b, sum(n) AS n, max(n) AS m FROM (SELECT "
      "%s AS b, %s AS v, count(*) AS n FROM %s GROUP BY 1, 2) AS t WHERE b IS NOT NULL AND v IS NOT NULL GROUP BY b) "
      "AS u",
      key, value, entry->from->table);
  return profile_count(propose->scratch, sql);
}

/* The region of an order is its rep's only where it is the same, nearly, in all of the rep's orders; otherwise it is
 * the order's own. So with all that a file of facts may say of people, accounts and products. */
static void keep_own_words(Propose *propose, ProposeEntry *entry) {
  static const struct {
    const char *extra, *by, *whose;
  } sides[] = {{"manager", "owner", "person"},     {"team", "owner", "person"},       {"region", "owner", "person"},
               {"industry", "account", "account"}, {"country", "account", "account"}, {"segment", "account", "account"},
               {"family", "product", "product"}};
  for (guint i = entry->extras->len; i-- > 0;) {
    const ProposeColumn *extra = entry->extras->pdata[i];
    for (gsize s = 0; s < G_N_ELEMENTS(sides); s++) {
      const ProposeColumn *by = propose_entry_column(entry, sides[s].by);
      if (!g_str_equal(extra->name, sides[s].extra) || !by || !by->of || by->lookup || !extra->of) continue;
      if (share_varying(propose, entry, by->of, extra->of) <= MOST_VARYING) continue;
      propose_check(propose,
                    "%s: %s differs from row to row of one %s, so it is not the %s's but the %s's own, and is not "
                    "loaded. To ask by it, write \"%s_%s: {of: %s}\" under dimensions: in attain.yaml and \"%s_%s: "
                    "%s\" among the columns here.",
                    entry->from->pattern, extra->of->header, by->of->header, sides[s].whose,
                    g_str_equal(entry->to, "sale") ? "order" : "deal", entry->to, extra->name, entry->to, entry->to,
                    extra->name, extra->of->header);
      g_ptr_array_remove_index(entry->extras, i);
      break;
    }
  }
}

static void make_entry(Propose *propose, const Found *found) {
  ProfileFile *file = found->file;
  const Guess *guess = &found->guess;
  ProposeEntry *entry = propose_entry_new(propose, guess->kind->name, file);
  const LedgerTable *table = ledger_schema_find(propose->schema, guess->kind->name);
  for (guint i = 0; i < guess->kind->n_roles; i++) {
    const KindRole *role = &guess->kind->roles[i];
    gboolean known = ledger_table_column(table, role->name) || g_str_equal(role->name, "id") ||
                     (table->has_money && g_str_equal(role->name, "currency")) ||
                     g_str_equal(role->name, "modified_at");
    if (!guess->columns[i] || guess->columns[i]->n_filled == 0) continue;
    gboolean own = g_ptr_array_find(file->columns, guess->columns[i], NULL);
    if (!known && own) g_ptr_array_add(entry->extras, propose_column_new(role->name, guess->columns[i]));
    if (!known) continue;
    ProposeColumn *column = propose_entry_set(entry, role->name, own ? guess->columns[i] : found->join.key);
    if (!own) {
      column->lookup = found->join.orders;
      column->equals = found->join.orders_key;
      column->take = guess->columns[i];
    }
    if (g_str_equal(role->type, "share")) column->unit = share_unit(guess->columns[i]);
  }
  name_from_parts(entry, guess);
  join_dates(propose, entry, guess);
  if (table->kind == LEDGER_DIMENSION) id_from_name(entry);
  if (table->kind == LEDGER_FACT) keep_own_words(propose, entry);
  kinds_finish(propose, entry, guess);
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
  const ProfileColumn *other = guess_column(guess, "id");
  if (!id || !id->of || !other || !g_str_equal(id->of->key, other->key)) return FALSE;
  g_autofree char *a = profile_sql_text(id->of);
  g_autofree char *b = profile_sql_text(other);
  g_autofree char *sql =
      g_strdup_printf("SELECT count(*) FROM %s WHERE %s IN (SELECT %s FROM %s)", file->table, b, a, first->from->table);
  return profile_count(propose->scratch, sql) * 20 < file->n_rows;
}

/* Lists come last: what refers to them is then known. */
static int by_total(gconstpointer a, gconstpointer b) {
  gboolean left_list = kinds_is_list(((const Found *)a)->file), right_list = kinds_is_list(((const Found *)b)->file);
  if (left_list != right_list) return left_list ? 1 : -1;
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
  make_entry(propose, found);
}

/* What a CRM's mapping did not find in a file of deals may stand there under other words: a field of the company's own.
 */
static void fill_gaps(Propose *propose, ProposeEntry *entry, const Kind *kind) {
  const LedgerTable *table = ledger_schema_find(propose->schema, entry->to);
  Guess guess = kinds_guess(entry->from, kind);
  for (guint i = 0; i < kind->n_roles; i++) {
    const KindRole *role = &kind->roles[i];
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
  keep_own_words(propose, entry);
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

/* "team_id", "Team Name": a column of teams, with another one in every row. */
static const ProfileColumn *names_teams(const ProfileFile *file, const ProfileColumn *column) {
  static const char *const words[] = {"team", "teams", "équipe", "equipo", "equipe"};
  for (gsize i = 0; column && i < G_N_ELEMENTS(words); i++)
    if (g_strv_contains((const char *const *)column->words, words[i]) && profile_is_unique(file, column)) return column;
  return NULL;
}

/* A table of teams: whatever names its rows names teams, and nothing in it is a person's. A `name` or an `id` beside
 * the team of each row would be the person's own, unless the team's id is the first thing that the row says. */
static gboolean is_team_table(const ProfileFile *file, const Guess *teams, const Guess *people) {
  static const char *const own[] = {"email",   "first_name", "last_name",     "hired_at",
                                    "left_at", "title",      "quota_carrying"};
  const ProfileColumn *id = guess_column(teams, "id"), *name = guess_column(teams, "name");
  const ProfileColumn *first = file->columns->len ? file->columns->pdata[0] : NULL;
  const ProfileColumn *named = names_teams(file, id) ? id : names_teams(file, name);
  if (!named || (named != first && !names_teams(file, first))) return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(own); i++)
    if (guess_column(people, own[i])) return FALSE;
  const ProfileColumn *person = guess_column(people, "name"), *person_id = guess_column(people, "id");
  return (!person || person == name || person == id) && (!person_id || person_id == id || person_id == name);
}

/* Its words alone do not make a file a table of teams: "name" is anything's. */
static Guess guess_teams(const ProfileFile *file, const GPtrArray *kinds) {
  const Guess none = {0};
  Guess teams = kinds_guess(file, kinds_find(kinds, "team"));
  const Guess people = kinds_guess(file, kinds_find(kinds, "person"));
  if (!is_team_table(file, &teams, &people)) return none;
  for (guint r = 0; r < teams.kind->n_roles; r++) teams.total += teams.scores[r] * teams.kind->roles[r].weight;
  teams.total = MAX(teams.total, people.total) + 1;
  return teams;
}

static Found guess_file(const Propose *propose, const GPtrArray *kinds, ProfileFile *file, GHashTable *done) {
  Found found = {.file = file};
  for (guint k = 0; k < kinds->len; k++) {
    Guess guess = kinds_guess(file, kinds->pdata[k]);
    g_debug("%s as %s: %.2f", file->pattern, ((Kind *)kinds->pdata[k])->name, guess.total);
    if (guess.total > found.guess.total) found.guess = guess;
  }
  const Guess teams = guess_teams(file, kinds);
  if (teams.total > found.guess.total) found.guess = teams;
  KindsJoin join = {0};
  Guess joined = kinds_guess_lines(propose, file, kinds_find(kinds, "sale"), done, &join);
  if (joined.total > found.guess.total + 0.3) {
    found.guess = joined;
    found.join = join;
  }
  return found;
}

static void tell_join(Propose *propose, const Found *found) {
  if (!found->join.orders) return;
  propose_assumed(propose, "%s holds the lines of %s: what is said there of an order is looked up by %s.",
                  found->file->pattern, found->join.orders->pattern, found->join.key->header);
  const ProfileColumn *status = guess_column(&found->guess, "status");
  if (!status || g_ptr_array_find(found->file->columns, status, NULL)) return;
  for (gsize i = 0; i < status->n_values; i++) {
    const char *meaning = propose_meaning(propose, "outcomes", status->values[i].text);
    if (g_strcmp0(meaning, "abandoned") == 0 || g_strcmp0(meaning, "lost") == 0)
      propose_check(propose,
                    "%s: %" G_GINT64_FORMAT
                    " orders have the %s %s; their lines are counted. Leave them out of the "
                    "files if they are no sales.",
                    found->join.orders->pattern, status->values[i].count, status->header, status->values[i].text);
  }
}

void propose_kinds(Propose *propose, GHashTable *done) {
  g_autoptr(GPtrArray) kinds = kinds_read(propose->words);
  fill_all_gaps(propose, kinds);
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Found));
  g_autoptr(GHashTable) orders = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < propose->folder->files->len; i++) {
    ProfileFile *file = propose->folder->files->pdata[i];
    if (g_hash_table_contains(done, file)) continue;
    const char *why = reason_to_leave_out(propose, file);
    if (why) {
      propose_leave_out(propose, file, why);
      propose_assumed(propose, "%s is left out: %s.", file->pattern, why);
      continue;
    }
    const Found found = guess_file(propose, kinds, file, done);
    if (found.join.orders) g_hash_table_add(orders, found.join.orders);
    g_array_append_val(all, found);
  }
  g_array_sort(all, by_total);
  for (guint i = 0; i < all->len; i++) {
    const Found *found = &g_array_index(all, Found, i);
    if (g_hash_table_contains(orders, found->file)) continue;
    if (kinds_is_list(found->file) && kinds_place_list(propose, found->file)) continue;
    if (found->guess.kind) {
      tell_join(propose, found);
      place(propose, found);
      continue;
    }
    propose_leave_out(propose, found->file, "it was not understood: map it by hand, as docs/sources.md tells");
    propose_check(propose, "%s was not understood and is left out; its columns are listed in the file.",
                  found->file->pattern);
  }
}
