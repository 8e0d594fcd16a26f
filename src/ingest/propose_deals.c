/* What is particular to deals: who won, when it was decided, and which stages there are, in order.
 *
 * A column of an export often serves two purposes: "Stage" is the stage and the outcome, "Close Date" is the day of the
 * decision for a decided deal and the expected day for an open one. The values tell: a date that open deals have too is
 * an expectation for them. */
#include "ingest/propose.h"

#define MOST_STAGES 40

/* --- outcome --- */

static gint64 rows_meaning(const Propose *propose, const ProfileColumn *column, const char *meaning) {
  gint64 rows = 0;
  for (gsize i = 0; i < column->n_values; i++)
    if (g_strcmp0(propose_meaning(propose, "outcomes", column->values[i].text), meaning) == 0)
      rows += column->values[i].count;
  return rows;
}

/* How well a column tells who won: both words are better than one, and more rows are better than fewer. */
static double tells_outcome(const Propose *propose, const ProfileColumn *column) {
  if (column->n_values == 0 || column->n_values > MOST_STAGES || profile_is_date(column)) return 0;
  gint64 won = rows_meaning(propose, column, "won"),
         lost = rows_meaning(propose, column, "lost") + rows_meaning(propose, column, "abandoned");
  double rows = (double)(won + lost) / (double)MAX(1, column->n_filled);
  return won > 0 && lost > 0 ? 2 + rows : won > 0 ? 1 + rows : lost > 0 ? rows : 0;
}

static gboolean header_says(const ProfileColumn *column, const char *const *words) {
  for (gsize i = 0; words[i]; i++)
    if (g_strv_contains((const char *const *)column->words, words[i])) return TRUE;
  return FALSE;
}

static ProfileColumn *best_outcome(const Propose *propose, const ProposeEntry *entry) {
  static const char *const stage_words[] = {"status", "stage", "outcome", "result", "state",  "phase", "stufe",
                                            "etapa",  "fase",  "étape",   "statut", "estado", NULL};
  ProfileColumn *best = NULL;
  double best_score = 0;
  const ProposeColumn *outcome = propose_entry_column(entry, "outcome"), *stage = propose_entry_column(entry, "stage");
  for (guint i = 0; i < entry->from->columns->len; i++) {
    ProfileColumn *column = entry->from->columns->pdata[i];
    double score = tells_outcome(propose, column);
    if (score == 0) continue;
    gboolean named =
        (outcome && outcome->of == column) || (stage && stage->of == column) || header_says(column, stage_words);
    if (!named && score < 2) continue;
    score += named ? 1 : 0;
    score += outcome && outcome->of == column ? 0.2 : 0;
    if (score > best_score) {
      best_score = score;
      best = column;
    }
  }
  return best;
}

static gboolean is_true(const char *value) {
  static const char *const words[] = {"true", "yes", "y",   "t", "1",    "ja",   "oui",
                                      "si",   "sí",  "sim", "x", "wahr", "vrai", NULL};
  g_autofree char *lower = g_utf8_strdown(value, -1);
  return g_strv_contains(words, lower);
}

static char *truth_sql(const ProfileColumn *column) {
  g_autoptr(GString) list = g_string_new(NULL);
  for (gsize i = 0; i < column->n_values; i++) {
    if (!is_true(column->values[i].text)) continue;
    g_autofree char *quoted = store_quote_text(column->values[i].text);
    g_string_append_printf(list, "%s%s", list->len ? ", " : "", quoted);
  }
  g_autofree char *name = store_quote_name(column->header);
  return list->len ? g_strdup_printf("%s IN (%s)", name, list->str) : g_strdup("FALSE");
}

/* "Won: yes/no": a deal that is not won is lost once it has a close date. */
static void outcome_from_flag(Propose *propose, ProposeEntry *entry, ProfileColumn *flag) {
  const ProposeColumn *closed = propose_entry_column(entry, "closed_at");
  g_autofree char *won = truth_sql(flag);
  g_autofree char *date = closed && closed->of ? store_quote_name(closed->of->header) : NULL;
  g_autofree char *name = store_quote_name(flag->header);
  g_autofree char *lost =
      date ? g_strdup_printf("coalesce(%s, '') <> ''", date) : g_strdup_printf("coalesce(%s, '') <> ''", name);
  propose_entry_set(entry, "outcome", NULL)->sql =
      g_strdup_printf("CASE WHEN %s THEN 'won' WHEN %s THEN 'lost' ELSE 'open' END", won, lost);
  propose_assumed(propose, "A deal is won where %s says yes; one that says no is lost %s.", flag->header,
                  date ? "once it has a close date" : "too");
}

static void tell_outcome(Propose *propose, const ProfileColumn *column) {
  static const char *const meanings[] = {"won", "lost", "abandoned"};
  for (gsize m = 0; m < G_N_ELEMENTS(meanings); m++) {
    g_autoptr(GString) names = g_string_new(NULL);
    for (gsize i = 0; i < column->n_values; i++)
      if (g_strcmp0(propose_meaning(propose, "outcomes", column->values[i].text), meanings[m]) == 0)
        g_string_append_printf(names, "%s%s (%" G_GINT64_FORMAT ")", names->len ? ", " : "", column->values[i].text,
                               column->values[i].count);
    if (names->len)
      propose_assumed(propose, "%s %s means %s.", column->header, names->str, meanings[m]);
    else if (m < 2)
      propose_check(propose, "No value of %s was understood as %s.", column->header, meanings[m]);
  }
  g_autoptr(GString) open = g_string_new(NULL);
  for (gsize i = 0; i < column->n_values; i++) {
    const char *meaning = propose_meaning(propose, "outcomes", column->values[i].text);
    if (!meaning || g_str_equal(meaning, "open"))
      g_string_append_printf(open, "%s%s (%" G_GINT64_FORMAT ")", open->len ? ", " : "", column->values[i].text,
                             column->values[i].count);
  }
  if (open->len) propose_assumed(propose, "Deals whose %s is %s are open.", column->header, open->str);
}

static ProfileColumn *extra_column(const ProposeEntry *entry, const char *name) {
  for (guint i = 0; i < entry->extras->len; i++)
    if (g_str_equal(((ProposeColumn *)entry->extras->pdata[i])->name, name))
      return ((ProposeColumn *)entry->extras->pdata[i])->of;
  return NULL;
}

/* A "Won Date" beside a "Lost Date": which of them a deal has says how it ended. */
static gboolean outcome_from_dates(Propose *propose, ProposeEntry *entry) {
  const ProfileColumn *won = extra_column(entry, "won_at"), *lost = extra_column(entry, "lost_at");
  if (!won || !lost) return FALSE;
  g_autofree char *a = store_quote_name(won->header);
  g_autofree char *b = store_quote_name(lost->header);
  propose_entry_set(entry, "outcome", NULL)->sql = g_strdup_printf(
      "CASE WHEN coalesce(%s, '') <> '' THEN 'lost' WHEN coalesce(%s, '') <> '' THEN 'won' ELSE 'open' END", b, a);
  propose_assumed(propose, "A deal with a %s is won, one with a %s is lost.", won->header, lost->header);
  return TRUE;
}

static void outcome_without_words(Propose *propose, ProposeEntry *entry) {
  if (outcome_from_dates(propose, entry)) return;
  const ProposeColumn *closed = propose_entry_column(entry, "closed_at");
  propose_entry_drop(entry, "outcome");
  if (!closed || !closed->of) {
    propose_check(propose, "%s: no column says which deals were won or lost; all count as open.", entry->from->pattern);
    return;
  }
  g_autofree char *name = store_quote_name(closed->of->header);
  propose_entry_set(entry, "outcome", NULL)->sql =
      g_strdup_printf("CASE WHEN coalesce(%s, '') <> '' THEN 'won' ELSE 'open' END", name);
  propose_check(propose, "%s: no column says which deals were won or lost; a deal with a %s is taken as won.",
                entry->from->pattern, closed->of->header);
}

static void decide_outcome(Propose *propose, ProposeEntry *entry) {
  ProposeColumn *outcome = propose_entry_column(entry, "outcome"), *stage = propose_entry_column(entry, "stage");
  if (outcome && outcome->of && profile_is_boolean(outcome->of) && tells_outcome(propose, outcome->of) == 0) {
    outcome_from_flag(propose, entry, outcome->of);
    return;
  }
  ProfileColumn *column = best_outcome(propose, entry);
  if (!column) {
    if (outcome && outcome->of && !stage) propose_entry_set(entry, "stage", outcome->of);
    outcome_without_words(propose, entry);
    return;
  }
  ProfileColumn *other = outcome && outcome->of != column ? outcome->of : NULL;
  ProposeColumn *made = propose_entry_set(entry, "outcome", column);
  made->otherwise = g_strdup("open");
  propose_values_by_words(propose, made, "outcomes");
  if (!stage) propose_entry_set(entry, "stage", other && !profile_is_boolean(other) ? other : column);
  tell_outcome(propose, column);
}

/* --- dates --- */

/* SQL that is true for deals of an outcome (NULL: decided ones), as short as the outcome's own mapping allows. */
static char *outcome_sql(const ProposeEntry *entry, const char *wanted) {
  const ProposeColumn *outcome = propose_entry_column(entry, "outcome");
  if (!outcome) return NULL;
  if (outcome->sql)
    return wanted ? g_strdup_printf("(%s) = '%s'", outcome->sql, wanted)
                  : g_strdup_printf("(%s) <> 'open'", outcome->sql);
  if (!outcome->of || !outcome->values || outcome->lookup) return NULL;
  g_autoptr(GString) list = g_string_new(NULL);
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i + 1 < outcome->values->len; i += 2) {
    const char *meaning = outcome->values->pdata[i + 1];
    char *lower = g_utf8_strdown(outcome->values->pdata[i], -1);
    g_autofree char *quoted = store_quote_text(lower);
    gboolean is_new = g_hash_table_add(seen, lower);
    if (!is_new || (wanted ? !g_str_equal(meaning, wanted) : g_str_equal(meaning, "open"))) continue;
    g_string_append_printf(list, "%s%s", list->len ? ", " : "", quoted);
  }
  g_autofree char *name = store_quote_name(outcome->of->header);
  return list->len ? g_strdup_printf("lower(trim(%s)) IN (%s)", name, list->str) : g_strdup("FALSE");
}

static gint64 count_filled(const Propose *propose, const ProposeEntry *entry, const ProfileColumn *column,
                           const char *decided, gboolean is_decided) {
  g_autofree char *text = profile_sql_text(column);
  g_autofree char *condition =
      g_strdup_printf("%s IS NOT NULL AND coalesce(%s, FALSE) = %s", text, decided, is_decided ? "TRUE" : "FALSE");
  return propose_count(propose, entry, condition);
}

static gboolean is_used(const ProposeEntry *entry, const ProfileColumn *column) {
  for (guint i = 0; i < entry->columns->len; i++)
    if (((ProposeColumn *)entry->columns->pdata[i])->of == column) return TRUE;
  return FALSE;
}

/* An unused date that decided deals have and open ones have not. */
static ProfileColumn *date_of_decided(const Propose *propose, const ProposeEntry *entry, const char *decided) {
  for (guint i = 0; i < entry->from->columns->len; i++) {
    ProfileColumn *column = entry->from->columns->pdata[i];
    if (!profile_is_date(column) || is_used(entry, column)) continue;
    gint64 closed = count_filled(propose, entry, column, decided, TRUE),
           open = count_filled(propose, entry, column, decided, FALSE);
    if (closed > 0 && open * 20 < closed) return column;
  }
  return NULL;
}

static void decide_closed(Propose *propose, ProposeEntry *entry, const char *decided) {
  ProposeColumn *closed = propose_entry_column(entry, "closed_at"),
                *expected = propose_entry_column(entry, "expected_close");
  g_autofree char *open_sql = g_strdup_printf("NOT coalesce(%s, FALSE)", decided);
  gint64 open = propose_count(propose, entry, open_sql);
  if (!closed) {
    ProfileColumn *found = date_of_decided(propose, entry, decided);
    if (found) {
      closed = propose_entry_set(entry, "closed_at", found);
      propose_assumed(propose, "%s is when a deal was decided: only decided deals have it.", found->header);
    } else if (expected && expected->of && count_filled(propose, entry, expected->of, decided, TRUE) > 0) {
      closed = propose_entry_set(entry, "closed_at", expected->of);
      closed->only_closed = TRUE;
      propose_check(propose, "No column says when a deal was decided; for decided deals %s is taken.",
                    expected->of->header);
    } else {
      propose_check(propose, "%s: no column says when a deal was decided, so won and lost deals fall into no period.",
                    entry->from->pattern);
    }
    return;
  }
  if (closed->only_closed || !closed->of || open == 0) return;
  gint64 open_filled = count_filled(propose, entry, closed->of, decided, FALSE);
  if (open_filled * 5 < open) return;
  closed->only_closed = TRUE;
  ProfileColumn *both = closed->of;
  if (!expected) propose_entry_set(entry, "expected_close", both);
  propose_assumed(propose,
                  "%s is when a deal was decided and, for the %" G_GINT64_FORMAT
                  " open ones that have it, when it is expected to close.",
                  both->header, open_filled);
}

static void decide_created(Propose *propose, ProposeEntry *entry) {
  if (propose_entry_column(entry, "created_at")) return;
  for (guint i = 0; i < entry->from->columns->len; i++) {
    ProfileColumn *column = entry->from->columns->pdata[i];
    if (!profile_is_date(column) || is_used(entry, column) || column->n_filled * 2 < entry->from->n_rows) continue;
    propose_entry_set(entry, "created_at", column);
    propose_check(propose, "%s is taken as the day a deal was opened: it is the only date left.", column->header);
    return;
  }
  propose_check(
      propose,
      "%s: no column says when a deal was opened; KPIs of new deals and of the sales cycle will have no value.",
      entry->from->pattern);
}

static void fill_when(const ProposeEntry *entry, const char *decided) {
  for (guint i = 0; i < entry->columns->len; i++) {
    ProposeColumn *column = entry->columns->pdata[i];
    if (column->only_closed && !column->when) column->when = g_strdup(decided);
  }
}

/* The expected value of a deal beside what it came to: a won deal is worth the latter. */
static void decide_amount(Propose *propose, ProposeEntry *entry) {
  ProfileColumn *actual = extra_column(entry, "won_amount");
  const ProposeColumn *amount = propose_entry_column(entry, "amount");
  if (!actual || (amount && !amount->of)) return;
  if (!amount) propose_entry_set(entry, "amount", actual);
  g_autofree char *won = amount ? outcome_sql(entry, "won") : NULL;
  if (!won) return;
  const ProfileColumn *estimate = amount->of;
  gboolean scaled = actual->scale > 1 || actual->has_suffix || estimate->scale > 1 || estimate->has_suffix;
  g_autofree char *a = scaled ? profile_sql_number(actual) : store_quote_name(actual->header);
  g_autofree char *b = scaled ? profile_sql_number(estimate) : store_quote_name(estimate->header);
  g_autofree char *present = scaled ? g_strdup(a) : g_strdup_printf("nullif(trim(%s), '')", a);
  propose_assumed(propose, "%s: a won deal is worth its %s, any other its %s.", entry->from->pattern, actual->header,
                  estimate->header);
  ProposeColumn *made = propose_entry_set(entry, "amount", NULL);
  made->is_computed = scaled;
  made->sql = g_strdup_printf("CASE WHEN %s THEN coalesce(%s, %s) ELSE %s END", won, present, b, b);
}

/* --- stages --- */

/* Where a stage usually stands among others, by a word in its name: 0 first, 100 last, -1 unknown. */
static int usual_place(const char *stage) {
  static const struct {
    const char *part;
    int place;
  } places[] = {{"negot", 70},      {"verhandl", 70},    {"négoc", 70},    {"negoc", 70},       {"contract", 80},
                {"vertrag", 80},    {"contrat", 80},     {"verbal", 85},   {"commit", 85},      {"legal", 78},
                {"sign", 90},       {"clos", 92},        {"proposal", 55}, {"proposition", 55}, {"propuesta", 55},
                {"proposta", 55},   {"quote", 57},       {"offer", 57},    {"angebot", 57},     {"devis", 57},
                {"oferta", 57},     {"presupuesto", 57}, {"price", 60},    {"decision", 65},    {"entscheid", 65},
                {"perception", 50}, {"value", 40},       {"id.", 45},      {"demo", 45},        {"präsent", 45},
                {"present", 45},    {"trial", 48},       {"poc", 48},      {"pilot", 48},       {"evaluat", 48},
                {"solution", 42},   {"meeting", 35},     {"termin", 35},   {"rendez", 35},      {"rdv", 35},
                {"reuni", 35},      {"visit", 35},       {"analys", 33},   {"discovery", 28},   {"need", 30},
                {"bedarf", 30},     {"besoin", 30},      {"engag", 25},    {"contact", 15},     {"kontakt", 15},
                {"unqualif", 5},    {"qualif", 20},      {"prospect", 8},  {"lead", 6},         {"new", 4},
                {"neu", 4},         {"nouv", 4},         {"nuev", 4},      {"novo", 4},         {"open", 5},
                {"offen", 5},       {"inquiry", 3},      {"anfrage", 3},   {"idea", 1}};
  g_autofree char *lower = g_utf8_strdown(stage, -1);
  for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
    if (strstr(lower, places[i].part)) return places[i].place;
  return -1;
}

typedef struct {
  char *name, *outcome;
  gint64 rows;
  double probability; /* mean, 0 to 1; -1 unknown */
  gboolean one_probability;
  double place;
} Stage;

static int outcome_rank(const char *outcome) {
  return g_str_equal(outcome, "open") ? 0 : g_str_equal(outcome, "won") ? 1 : g_str_equal(outcome, "lost") ? 2 : 3;
}

static int by_place(gconstpointer a, gconstpointer b) {
  const Stage *left = a, *right = b;
  int rank = outcome_rank(left->outcome) - outcome_rank(right->outcome);
  if (rank) return rank;
  if (left->place != right->place) return left->place < right->place ? -1 : 1;
  return right->rows > left->rows ? 1 : right->rows < left->rows ? -1 : strcmp(left->name, right->name);
}

static void stage_clear(gpointer data) {
  g_free(((Stage *)data)->name);
  g_free(((Stage *)data)->outcome);
}

static GArray *query_stages(const Propose *propose, const ProposeEntry *entry, gboolean *by_probability) {
  const ProposeColumn *probability = propose_entry_column(entry, "probability");
  g_autofree char *stage = propose_sql(propose_entry_column(entry, "stage"));
  g_autofree char *outcome =
      propose_entry_column(entry, "outcome") ? propose_sql(propose_entry_column(entry, "outcome")) : g_strdup("'open'");
  g_autofree char *share = probability ? propose_sql_number(probability) : g_strdup("CAST(NULL AS DOUBLE)");
  g_autofree char *from = propose_from(entry);
  g_autofree char *sql = g_strdup_printf(
      "SELECT s, mode(o), count(*), CAST(avg(p) AS DOUBLE), count(DISTINCT p) FROM (SELECT %s AS s, %s AS o, %s AS p "
      "%s) AS t WHERE s IS NOT NULL GROUP BY 1 ORDER BY 3 DESC LIMIT %d",
      stage, outcome, share, from, MOST_STAGES + 1);
  g_autoptr(StoreRows) rows = store_query(propose->scratch, sql, NULL, 0, 0, NULL);
  GArray *stages = g_array_new(FALSE, TRUE, sizeof(Stage));
  g_array_set_clear_func(stages, stage_clear);
  gboolean percent = probability && g_strcmp0(probability->unit, "percent") == 0;
  double least = 2, most = -1;
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    StoreValue mean = store_rows_value(rows, i, 3), what = store_rows_value(rows, i, 1);
    Stage s = {.name = g_strdup(store_rows_value(rows, i, 0).text),
               .outcome = g_strdup(what.type == STORE_TEXT ? what.text : "open"),
               .rows = store_rows_value(rows, i, 2).integer};
    s.probability = mean.type == STORE_DOUBLE ? mean.number / (percent ? 100 : 1) : -1;
    s.one_probability = store_rows_value(rows, i, 4).integer == 1 && s.probability >= 0 && s.probability <= 1;
    if (g_str_equal(s.outcome, "open") && s.probability >= 0)
      least = MIN(least, s.probability), most = MAX(most, s.probability);
    g_array_append_val(stages, s);
  }
  *by_probability = most > least + 0.01;
  return stages;
}

/* Order of open stages: their probabilities when they differ; else a number at the start of every name; else usual
 * words. */
static const char *order_stages(GArray *stages, gboolean by_probability) {
  gboolean numbered = stages->len > 0;
  for (guint i = 0; i < stages->len; i++) {
    const Stage *s = &g_array_index(stages, Stage, i);
    if (g_str_equal(s->outcome, "open") && !g_ascii_isdigit(s->name[0])) numbered = FALSE;
  }
  for (guint i = 0; i < stages->len; i++) {
    Stage *s = &g_array_index(stages, Stage, i);
    int usual = usual_place(s->name);
    s->place = numbered ? g_ascii_strtod(s->name, NULL) : by_probability ? s->probability : usual < 0 ? 38 : usual;
  }
  g_array_sort(stages, by_place);
  return numbered         ? "the numbers in their names"
         : by_probability ? "their mean probability"
                          : "what their names usually mean";
}

static char *yaml_word(const char *text) {
  g_autofree char *escaped = g_strescape(text, NULL);
  g_autofree char *valid =
      g_utf8_validate(text, -1, NULL) && !strpbrk(text, "\"\\\n\t") ? g_strdup(text) : g_steal_pointer(&escaped);
  return g_strdup_printf("\"%s\"", valid);
}

static void add_stages(Propose *propose, ProposeEntry *entry) {
  if (propose_find(propose, "stage") || !propose_entry_column(entry, "stage")) return;
  gboolean by_probability = FALSE;
  g_autoptr(GArray) stages = query_stages(propose, entry, &by_probability);
  if (stages->len == 0) return;
  if (stages->len > MOST_STAGES) {
    propose_check(propose, "The deals have more than %d different stages; none are put in order.", MOST_STAGES);
    return;
  }
  const char *how = order_stages(stages, by_probability);
  ProposeEntry *made = propose_entry_new(propose, "stage", NULL);
  made->rows = g_ptr_array_new_with_free_func(g_free);
  made->comment = g_strdup_printf("the stages in order, by %s", how);
  g_autoptr(GString) open = g_string_new(NULL);
  guint n_open = 0;
  for (guint i = 0; i < stages->len; i++) {
    const Stage *s = &g_array_index(stages, Stage, i);
    g_autofree char *name = yaml_word(s->name);
    g_autoptr(GString) row = g_string_new(NULL);
    g_string_append_printf(row, "{id: %s, name: %s, position: %u, outcome: %s", name, name, i + 1, s->outcome);
    if (s->one_probability && g_str_equal(s->outcome, "open")) {
      char digits[G_ASCII_DTOSTR_BUF_SIZE];
      g_string_append_printf(row, ", probability: %s", g_ascii_formatd(digits, sizeof digits, "%.4g", s->probability));
    }
    g_string_append_c(row, '}');
    g_ptr_array_add(made->rows, g_strdup(row->str));
    if (!g_str_equal(s->outcome, "open")) continue;
    g_string_append_printf(open, "%s%s", n_open++ ? ", " : "", s->name);
  }
  if (n_open > 1) propose_check(propose, "The open stages are put in this order, by %s: %s.", how, open->str);
}

/* --- what the deals' file says of people, accounts and products --- */

typedef struct {
  const char *table, *by; /* the table, and the deal's column that refers to it */
  const char *columns[5];
} Side;

/* "Customer ID" and "Customer Name": the words without the last, when that says which of both it is. */
static char *stem_of(const ProfileColumn *column, gboolean *is_name) {
  static const char *const ids[] = {"id", "no", "nr", "number", "code", "key", "num", "sk", "nummer", "uuid", NULL};
  guint n = g_strv_length(column->words);
  *is_name = n > 1 && g_strv_contains((const char *const[]){"name", "title", NULL}, column->words[n - 1]);
  if (n < 2 || !(*is_name || g_strv_contains(ids, column->words[n - 1]))) return NULL;
  gsize last = strlen(column->words[n - 1]), all = strlen(column->key);
  return all > last ? g_strndup(column->key, all - last) : NULL;
}

static ProfileColumn *sibling_of(const ProposeEntry *entry, const ProfileColumn *column) {
  gboolean is_name = FALSE;
  g_autofree char *stem = stem_of(column, &is_name);
  for (guint i = 0; stem && i < entry->from->columns->len; i++) {
    ProfileColumn *other = entry->from->columns->pdata[i];
    gboolean other_is_name = FALSE;
    g_autofree char *other_stem = stem_of(other, &other_is_name);
    gboolean bare = !is_name && g_str_equal(other->key, stem);
    if (other == column || other->n_filled == 0) continue;
    if (bare || (other_stem && other_is_name != is_name && g_str_equal(stem, other_stem))) return other;
  }
  return NULL;
}

/* An id beside a name is the id, when each id has one name; else the name is. Returns the name's column, or NULL. */
static ProfileColumn *settle_pair(Propose *propose, ProposeEntry *entry, ProposeColumn *by) {
  ProfileColumn *other = sibling_of(entry, by->of);
  if (!other) return NULL;
  gboolean is_name = FALSE;
  g_free(stem_of(by->of, &is_name));
  ProfileColumn *id = is_name ? other : by->of, *name = is_name ? by->of : other;
  g_autofree char *a = profile_sql_text(id);
  g_autofree char *b = profile_sql_text(name);
  g_autofree char *sql = g_strdup_printf(
      "SELECT count(DISTINCT (i, n)) - count(DISTINCT i) + count(*) FILTER (i IS NULL AND n IS NOT NULL) FROM (SELECT "
      "%s "
      "AS i, %s AS n FROM %s) AS t WHERE n IS NOT NULL",
      a, b, entry->from->table);
  gint64 odd = profile_count(propose->scratch, sql);
  by->of = odd == 0 ? id : name;
  if (odd > 0)
    propose_check(propose, "%s: %s is not used, as some of its values have several %s.", entry->from->pattern,
                  id->header, name->header);
  return odd == 0 ? name : NULL;
}

static void add_side(Propose *propose, ProposeEntry *entry, const Side *side) {
  ProposeColumn *by = propose_entry_column(entry, side->by);
  if (!by || !by->of || by->lookup || by->values || propose_find(propose, side->table)) return;
  ProfileColumn *name = propose->system ? NULL : settle_pair(propose, entry, by);
  ProposeEntry *made = name ? propose_entry_new(propose, side->table, entry->from) : NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(side->columns) && side->columns[i]; i++) {
    ProfileColumn *extra = extra_column(entry, side->columns[i]);
    if (!extra) continue;
    if (!made) made = propose_entry_new(propose, side->table, entry->from);
    propose_entry_set(made, side->columns[i], extra);
  }
  if (!made) return;
  propose_entry_set(made, "id", by->of);
  propose_entry_set(made, "name", name ? name : by->of);
  g_autofree char *header = store_quote_name(by->of->header);
  made->where = g_strdup_printf("coalesce(%s, '') <> ''", header);
  made->comment = g_strdup_printf("one row for each %s", by->of->header);
  propose_assumed(propose, "%s also says what there is to know of its %s.", entry->from->pattern,
                  g_str_equal(side->table, "person") ? "people" : side->table);
}

static void add_sides(Propose *propose, ProposeEntry *entry) {
  static const Side sides[] = {{"person", "owner", {"manager", "team", "region", NULL}},
                               {"account", "account", {"industry", "country", "segment", NULL}},
                               {"product", "product", {"family", NULL}}};
  for (gsize i = 0; i < G_N_ELEMENTS(sides); i++) add_side(propose, entry, &sides[i]);
}

void propose_deals(Propose *propose) {
  for (guint i = 0; i < propose->entries->len; i++) {
    ProposeEntry *entry = propose->entries->pdata[i];
    if (entry->from && g_str_equal(entry->to, "sale")) add_sides(propose, entry);
    if (!entry->from || !g_str_equal(entry->to, "opportunity")) continue;
    ProposeColumn *outcome = propose_entry_column(entry, "outcome");
    gboolean settled = outcome && (outcome->sql || outcome->values || outcome->otherwise);
    if (!settled)
      decide_outcome(propose, entry);
    else if (outcome->of && !outcome->lookup && outcome->of->n_values && tells_outcome(propose, outcome->of) > 0)
      tell_outcome(propose, outcome->of);
    g_autofree char *decided = outcome_sql(entry, NULL);
    if (decided && !settled) decide_closed(propose, entry, decided);
    if (!settled) decide_created(propose, entry);
    fill_when(entry, decided);
    decide_amount(propose, entry);
    add_stages(propose, entry);
    add_sides(propose, entry);
  }
}
