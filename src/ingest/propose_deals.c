/* What is particular to deals: who won, when it was decided, and what it is worth.
 *
 * A column of an export often serves two purposes: "Stage" is the stage and the outcome, "Close Date" is the day of the
 * decision for a decided deal and the expected day for an open one. The values tell: a date that open deals have too is
 * an expectation for them. */
#include "ingest/propose.h"

#define MOST_VALUES 40 /* of a column that tells the outcome */

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
  if (column->n_values == 0 || column->n_values > MOST_VALUES || profile_is_date(column)) return 0;
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

/* "Closed" and "Done" end something, but do not say how. */
static void tell_closed_looking(Propose *propose, const ProfileColumn *column) {
  for (gsize i = 0; i < column->n_values; i++) {
    const ProfileValue *value = &column->values[i];
    if (propose_meaning(propose, "outcomes", value->text) || !propose_meaning(propose, "closed_looking", value->text))
      continue;
    propose_check(propose,
                  "%s %s (%" G_GINT64_FORMAT
                  ") sounds as if deals end there, but not how; they count as open. Write won or lost for it under "
                  "outcome:, and take it out of when: under closed_at:, if they are decided.",
                  column->header, value->text, value->count);
  }
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
  tell_closed_looking(propose, column);
}

/* What a value map leaves to `else:` is written down, so that a load can tell what it has never seen; and the words by
 * which the outcome may go in a later file, which this one happens not to have. */
static void complete_outcome(Propose *propose, ProposeColumn *outcome) {
  const ConfNode *later = conf_map_get(propose->words, "outcomes_of_later_files");
  if (!outcome->of || !outcome->otherwise || outcome->lookup || outcome->of->n_values == 0) return;
  propose_values_rest(outcome);
  if (profile_is_number(outcome->of)) return;
  for (guint m = 0; later && m < later->n; m++)
    for (guint i = 0; i < later->items[m]->n; i++)
      propose_value(outcome, later->items[m]->items[i]->text, later->keys[m]->text);
  propose_assumed(propose,
                  "Other words for won and lost that a later file may have in %s (Closed Lost, Verloren, Perdu…) are "
                  "understood as well; any other new value counts as %s, and a load names it.",
                  outcome->of->header, outcome->otherwise);
}

/* A "Won Date" beside a "Lost Date": which of them a deal has says how it ended. */
static gboolean outcome_from_dates(Propose *propose, ProposeEntry *entry) {
  const ProfileColumn *won = propose_extra(entry, "won_at"), *lost = propose_extra(entry, "lost_at");
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

/* All values that the column has stand in the map, so that those that are not open can be told by the open ones. */
static gboolean lists_open(const ProposeColumn *outcome) {
  return g_strcmp0(outcome->otherwise, "open") == 0 && outcome->of->n_values > 0 &&
         outcome->of->n_values < PROFILE_MAX_VALUES;
}

/* SQL that is true for deals of an outcome (NULL: decided ones), as short as the outcome's own mapping allows. What is
 * decided is told by what is open: a later file may have new words for won and lost. */
static char *outcome_sql(const ProposeEntry *entry, const char *wanted) {
  const ProposeColumn *outcome = propose_entry_column(entry, "outcome");
  if (!outcome) return NULL;
  if (outcome->sql)
    return wanted ? g_strdup_printf("(%s) = '%s'", outcome->sql, wanted)
                  : g_strdup_printf("(%s) <> 'open'", outcome->sql);
  if (!outcome->of || !outcome->values || outcome->lookup) return NULL;
  gboolean by_open = !wanted && lists_open(outcome);
  g_autoptr(GString) list = g_string_new(NULL);
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i + 1 < outcome->values->len; i += 2) {
    const char *meaning = outcome->values->pdata[i + 1];
    char *lower = g_utf8_strdown(outcome->values->pdata[i], -1);
    g_autofree char *quoted = store_quote_text(lower);
    gboolean is_new = g_hash_table_add(seen, lower), is_open = g_str_equal(meaning, "open");
    if (!is_new || (wanted ? !g_str_equal(meaning, wanted) : is_open != by_open)) continue;
    g_string_append_printf(list, "%s%s", list->len ? ", " : "", quoted);
  }
  g_autofree char *name = store_quote_name(outcome->of->header);
  if (!list->len) return by_open ? g_strdup_printf("coalesce(%s, '') <> ''", name) : g_strdup("FALSE");
  return g_strdup_printf("lower(trim(%s)) %s (%s)", name, by_open ? "NOT IN" : "IN", list->str);
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

/* The unused date that most decided deals have, and open ones have not. */
static ProfileColumn *date_of_decided(const Propose *propose, const ProposeEntry *entry, const char *decided) {
  ProfileColumn *best = NULL;
  gint64 most = 0;
  for (guint i = 0; i < entry->from->columns->len; i++) {
    ProfileColumn *column = entry->from->columns->pdata[i];
    if (!profile_is_date(column) || is_used(entry, column)) continue;
    gint64 closed = count_filled(propose, entry, column, decided, TRUE),
           open = count_filled(propose, entry, column, decided, FALSE);
    if (closed <= most || open * 20 >= closed) continue;
    best = column;
    most = closed;
  }
  return best;
}

/* A "Lost Date" alone is not when a deal was decided: the won ones have theirs elsewhere. */
static void find_won_date(Propose *propose, ProposeEntry *entry) {
  ProfileColumn *lost = propose_extra(entry, "lost_at");
  const ProposeColumn *closed = propose_entry_column(entry, "closed_at");
  if (!lost || propose_extra(entry, "won_at") || !closed || !closed->sql) return;
  g_autofree char *won = outcome_sql(entry, "won");
  propose_entry_set(entry, "closed_at", lost);
  ProfileColumn *found = won ? date_of_decided(propose, entry, won) : NULL;
  if (!found) return;
  g_autofree char *a = store_quote_name(found->header);
  g_autofree char *b = store_quote_name(lost->header);
  propose_entry_set(entry, "closed_at", NULL)->sql = g_strdup_printf("coalesce(nullif(%s, ''), %s)", a, b);
  propose_assumed(propose, "%s is when a deal was won: only won deals have it.", found->header);
}

/* The one date left that nearly all decided deals have, whoever else has it; NULL when there are several. */
static ProfileColumn *only_date_left(const Propose *propose, const ProposeEntry *entry, const char *decided) {
  ProfileColumn *left = NULL;
  gint64 n_decided = propose_count(propose, entry, decided);
  for (guint i = 0; i < entry->from->columns->len; i++) {
    ProfileColumn *column = entry->from->columns->pdata[i];
    if (!profile_is_date(column) || is_used(entry, column)) continue;
    if (count_filled(propose, entry, column, decided, TRUE) * 10 < n_decided * 9) continue;
    if (left) return NULL;
    left = column;
  }
  return n_decided > 0 ? left : NULL;
}

/* Won deals and lost ones may have each a date of their own. TRUE when they are the day of the decision now. */
static gboolean join_decided(Propose *propose, ProposeEntry *entry, const ProfileColumn *found) {
  g_autofree char *won = outcome_sql(entry, "won"), *lost = outcome_sql(entry, "lost");
  const ProfileColumn *a = won ? date_of_decided(propose, entry, won) : NULL,
                      *b = lost ? date_of_decided(propose, entry, lost) : NULL;
  if (!a || !b || (found != a && found != b)) return FALSE;
  g_autofree char *of_won = store_quote_name(a->header), *of_lost = store_quote_name(b->header);
  propose_entry_set(entry, "closed_at", NULL)->sql = g_strdup_printf("coalesce(nullif(%s, ''), %s)", of_won, of_lost);
  propose_assumed(propose, "%s: a deal was decided on its %s or %s.", entry->from->pattern, a->header, b->header);
  return TRUE;
}

/* No word says which date is that of the decision: the values may. */
static void find_closed(Propose *propose, ProposeEntry *entry, const char *decided) {
  const ProposeColumn *expected = propose_entry_column(entry, "expected_close");
  ProfileColumn *found = date_of_decided(propose, entry, decided);
  if (found && join_decided(propose, entry, found)) return;
  if (found) {
    propose_entry_set(entry, "closed_at", found);
    propose_assumed(propose, "%s is when a deal was decided: only decided deals have it.", found->header);
    return;
  }
  ProfileColumn *planned = expected ? expected->of : only_date_left(propose, entry, decided);
  if (!planned || count_filled(propose, entry, planned, decided, TRUE) == 0) {
    propose_check(propose, "%s: no column says when a deal was decided, so won and lost deals fall into no period.",
                  entry->from->pattern);
    return;
  }
  propose_entry_set(entry, "closed_at", planned)->only_closed = TRUE;
  if (expected) {
    propose_check(propose, "No column says when a deal was decided; for decided deals %s is taken.", planned->header);
    return;
  }
  propose_entry_set(entry, "expected_close", planned);
  propose_check(propose, "%s is taken as the day a deal was decided, or is expected to be: it is the only date left.",
                planned->header);
}

static void decide_closed(Propose *propose, ProposeEntry *entry, const char *decided) {
  ProposeColumn *closed = propose_entry_column(entry, "closed_at"),
                *expected = propose_entry_column(entry, "expected_close");
  g_autofree char *open_sql = g_strdup_printf("NOT coalesce(%s, FALSE)", decided);
  gint64 open = propose_count(propose, entry, open_sql);
  if (!closed) {
    find_closed(propose, entry, decided);
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
  ProfileColumn *actual = propose_extra(entry, "won_amount");
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

static void propose_deal(Propose *propose, ProposeEntry *entry) {
  ProposeColumn *outcome = propose_entry_column(entry, "outcome");
  gboolean settled = outcome && (outcome->sql || outcome->values || outcome->otherwise);
  if (!settled)
    decide_outcome(propose, entry);
  else if (outcome->of && !outcome->lookup && outcome->of->n_values && tells_outcome(propose, outcome->of) > 0)
    tell_outcome(propose, outcome->of);
  outcome = propose_entry_column(entry, "outcome");
  if (outcome) complete_outcome(propose, outcome);
  gboolean of_system = settled && propose->system;
  if (!of_system) find_won_date(propose, entry);
  g_autofree char *decided = outcome_sql(entry, NULL);
  if (decided && !(of_system && propose_entry_column(entry, "closed_at"))) decide_closed(propose, entry, decided);
  if (!of_system) decide_created(propose, entry);
  fill_when(entry, decided);
  decide_amount(propose, entry);
  propose_stage_name(propose, entry);
  propose_entered(propose, entry);
  propose_stages(propose, entry);
  propose_sides(propose, entry);
}

void propose_deals(Propose *propose) {
  for (guint i = 0; i < propose->entries->len; i++) {
    ProposeEntry *entry = propose->entries->pdata[i];
    if (entry->from && g_str_equal(entry->to, "sale")) propose_sides(propose, entry);
    if (entry->from && g_str_equal(entry->to, "opportunity")) propose_deal(propose, entry);
  }
}
