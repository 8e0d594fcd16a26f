/* What is particular to one kind of table: the amount of an order line, the kind of an activity, the scale of a survey.
 */
#include "ingest/propose_kinds.h"

/* A share of the price as a fraction; NULL when the column says an amount of money. */
static char *discount_sql(const ProfileColumn *discount) {
  g_autofree char *number = profile_sql_number(discount);
  if (discount->least < 0 || discount->most > 100) return NULL;
  gboolean percent = discount->n_percents > 0 || strchr(discount->header, '%') || strstr(discount->key, "percent") ||
                     strstr(discount->key, "pct");
  if (discount->most > 1 && !percent) return NULL;
  return g_strdup_printf(discount->most > 1 ? "coalesce(%s, 0) / 100" : "coalesce(%s, 0)", number);
}

static ProfileColumn *own_column(const ProposeEntry *entry, ProfileColumn *column) {
  return column && g_ptr_array_find(entry->from->columns, column, NULL) ? column : NULL;
}

/* A shop has no reps: its regions stand for them, so that sales can be told by region. */
static void region_as_owner(Propose *propose, ProposeEntry *entry) {
  for (guint i = 0; i < entry->extras->len && !propose_entry_column(entry, "owner"); i++) {
    const ProposeColumn *extra = entry->extras->pdata[i];
    if (!g_str_equal(extra->name, "region") || !extra->of) continue;
    propose_entry_set(entry, "owner", extra->of);
    propose_assumed(propose, "%s names no rep: each %s stands for one, so that sales can be told by region.",
                    entry->from->pattern, extra->of->header);
  }
}

static void finish_sale(Propose *propose, ProposeEntry *entry, const Guess *guess) {
  ProfileColumn *quantity = guess_column(guess, "quantity"), *price = guess_column(guess, "unit_price"),
                *gross = guess_column(guess, "total_amount");
  ProfileColumn *status = own_column(entry, guess_column(guess, "status"));
  region_as_owner(propose, entry);
  const ProposeColumn *net = propose_entry_column(entry, "net_amount");
  if (!quantity && price && (!net || guess_score(guess, "unit_price") > guess_score(guess, "net_amount")))
    propose_entry_set(entry, "net_amount", price);
  if (!propose_entry_column(entry, "net_amount") && quantity && price) {
    g_autofree char *a = profile_sql_number(quantity);
    g_autofree char *b = profile_sql_number(price);
    const ProfileColumn *discount = own_column(entry, guess_column(guess, "discount"));
    g_autofree char *off = discount ? discount_sql(discount) : NULL;
    ProposeColumn *made = propose_entry_set(entry, "net_amount", NULL);
    made->is_computed = TRUE;
    made->sql =
        off ? g_strdup_printf("round(%s * %s * (1 - %s), 4)", a, b, off) : g_strdup_printf("round(%s * %s, 4)", a, b);
    ProposeColumn *list = off ? propose_entry_set(entry, "list_amount", NULL) : NULL;
    if (list) list->is_computed = TRUE;
    if (list) list->sql = g_strdup_printf("round(%s * %s, 4)", a, b);
    propose_assumed(propose, "%s: the amount of a line is %s times %s%s%s.", entry->from->pattern, quantity->header,
                    price->header, off ? ", less " : "", off ? discount->header : "");
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
  entry->where = g_strdup_printf("coalesce(trim(%s), '') NOT IN (%s)", name, cancelled->str);
  propose_assumed(propose, "%s: rows whose %s is %s are left out.", entry->from->pattern, status->header,
                  cancelled->str);
}

/* 12:34 is read as hours and minutes. It is minutes and seconds where the header says so, and of calls that would
 * otherwise take half a day. */
static void minutes_and_seconds(Propose *propose, ProposeEntry *entry, ProposeColumn *duration) {
  static const char *const said[] = {"mm:ss", "m:ss", "min:sec", "min:sek", "min:s"};
  const ProposeColumn *kind = propose_entry_column(entry, "kind");
  g_autofree char *text = profile_sql_text(duration->of);
  g_autofree char *from = propose_from(entry);
  g_autofree char *select = g_strdup_printf("FROM (SELECT %s AS v %s) AS t WHERE v IS NOT NULL", text, from);
  g_autofree char *other =
      g_strdup_printf("SELECT count(*) %s AND NOT regexp_matches(v, '^[0-9]+:[0-5]?[0-9]$')", select);
  g_autofree char *long_ones =
      g_strdup_printf("SELECT count(*) %s AND try_cast(split_part(v, ':', 1) AS INTEGER) >= 12", select);
  if (profile_count(propose->scratch, other) != 0) return;
  g_autofree char *header = g_utf8_strdown(duration->of->header, -1);
  gboolean is_said = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(said); i++) is_said |= strstr(header, said[i]) != NULL;
  gboolean calls = kind && g_strcmp0(kind->constant, "call") == 0;
  if (!is_said && !(calls && profile_count(propose->scratch, long_ones) > 0)) return;
  g_autofree char *name = store_quote_name(duration->of->header);
  g_autofree char *sql = g_strdup_printf("'0:' || nullif(trim(%s), '')", name);
  propose_assumed(propose, "%s: %s is in minutes and seconds.", entry->from->pattern, duration->of->header);
  propose_entry_set(entry, "duration", NULL)->sql = g_steal_pointer(&sql);
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
  if (duration && duration->of && kinds_mostly_numbers(duration->of)) {
    const char *key = duration->of->key;
    duration->unit = strstr(key, "sec") || strstr(key, "sek")      ? "seconds"
                     : strstr(key, "hour") || strstr(key, "stund") ? "hours"
                                                                   : "minutes";
    if (!strstr(key, "min") && g_str_equal(duration->unit, "minutes"))
      propose_check(propose, "%s: %s is taken to be in minutes.", entry->from->pattern, duration->of->header);
  } else if (duration && duration->of) {
    minutes_and_seconds(propose, entry, duration);
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

/* A trial pays nothing yet, and what was never begun ended without having counted. */
static char *paying_condition(const ProfileColumn *status) {
  static const char *const words[] = {"trial", "incomplete", "pending", "draft", "essai", "test"};
  g_autoptr(GString) list = g_string_new(NULL);
  for (gsize i = 0; status && i < status->n_values; i++) {
    g_autofree char *lower = g_utf8_strdown(status->values[i].text, -1);
    g_autofree char *quoted = store_quote_text(status->values[i].text);
    gboolean out = FALSE;
    for (gsize w = 0; w < G_N_ELEMENTS(words); w++) out |= strstr(lower, words[w]) != NULL;
    if (out) g_string_append_printf(list, "%s%s", list->len ? ", " : "", quoted);
  }
  if (!list->len) return NULL;
  g_autofree char *name = store_quote_name(status->header);
  return g_strdup_printf("coalesce(trim(%s), '') NOT IN (%s)", name, list->str);
}

static void copy_column(ProposeEntry *to, const ProposeEntry *from, const char *name) {
  const ProposeColumn *column = propose_entry_column(from, name);
  if (column && column->of) propose_entry_set(to, name, column->of);
}

/* A list of subscriptions, a row each with its beginning and its end, is two changes: what was won and what was lost
 * again. */
static void add_endings(Propose *propose, ProposeEntry *entry, const Guess *guess) {
  ProfileColumn *ends = own_column(entry, guess_column(guess, "ends_at")),
                *status = own_column(entry, guess_column(guess, "status"));
  ProposeColumn *id = propose_entry_column(entry, "id"), *change = propose_entry_column(entry, "mrr_change"),
                *at = propose_entry_column(entry, "at");
  if (!ends || !change || !change->of || change->of->least < 0 || !at || propose_entry_column(entry, "kind")) return;
  g_autofree char *paying = paying_condition(status);
  g_autofree char *end = store_quote_name(ends->header);
  propose_entry_set(entry, "kind", NULL)->constant = g_strdup("new");
  ProposeEntry *ended = propose_entry_new(propose, entry->to, entry->from);
  ended->where = g_strdup_printf("coalesce(trim(%s), '') <> ''%s%s", end, paying ? " AND " : "", paying ? paying : "");
  ended->comment = g_strdup("the same subscriptions, once they have ended");
  static const char *const same[] = {"account", "owner", "product", "currency"};
  for (gsize i = 0; i < G_N_ELEMENTS(same); i++) copy_column(ended, entry, same[i]);
  propose_entry_set(ended, "at", ends);
  propose_entry_set(ended, "kind", NULL)->constant = g_strdup("churn");
  g_autofree char *amount = profile_sql_amount(change->of);
  propose_entry_set(ended, "mrr_change", NULL)->sql = g_strdup_printf("'-' || trim(%s)", amount);
  if (id && id->of) {
    g_autofree char *name = store_quote_name(id->of->header);
    propose_entry_set(ended, "id", NULL)->sql = g_strdup_printf("trim(%s) || '-end'", name);
  }
  propose_assumed(propose,
                  "%s lists subscriptions: each adds its %s on its %s and takes it away on its %s. What lies ahead "
                  "counts from its day.",
                  entry->from->pattern, change->of->header, at->of ? at->of->header : "beginning", ends->header);
  if (!paying) return;
  entry->where = g_steal_pointer(&paying);
  propose_assumed(propose, "%s: rows are left out until they pay (%s).", entry->from->pattern, entry->where);
}

static void finish_subscription(Propose *propose, ProposeEntry *entry, const Guess *guess) {
  add_endings(propose, entry, guess);
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
  if (change && change->of && change->of->least >= 0 && kind && kind->of)
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

void kinds_finish(Propose *propose, ProposeEntry *entry, const Guess *guess) {
  if (g_str_equal(entry->to, "sale")) finish_sale(propose, entry, guess);
  if (g_str_equal(entry->to, "activity")) finish_activity(propose, entry);
  if (g_str_equal(entry->to, "survey")) finish_survey(entry);
  if (g_str_equal(entry->to, "subscription_change")) finish_subscription(propose, entry, guess);
  if (g_str_equal(entry->to, "quota")) finish_quota(propose, entry);
}

/* Amounts that carry a currency of their own are loaded in it; several of them are said. */
static void tell_currencies(Propose *propose, const ProposeEntry *entry, const ProfileColumn *column) {
  if (propose_entry_column(entry, "currency")) return;
  g_autofree char *text = profile_sql_text(column);
  g_autofree char *dollar = store_quote_text(g_strcmp0(propose->currency, "CAD") == 0 ? "CAD" : "USD");
  g_autofree char *sql = g_strdup_printf(
      "SELECT c, count(*) FROM (SELECT attain_currency_of(%s, %s) AS c FROM %s) WHERE c IS NOT NULL GROUP BY 1 ORDER "
      "BY 2 DESC, 1 LIMIT 8",
      text, dollar, entry->from->table);
  g_autoptr(StoreRows) rows = store_query(propose->scratch, sql, NULL, 0, 0, NULL);
  if (!rows || store_rows_count(rows) < 2) return;
  g_autoptr(GString) names = g_string_new(NULL);
  for (gsize i = 0; i < store_rows_count(rows); i++)
    g_string_append_printf(names, "%s%s %" G_GINT64_FORMAT, i ? ", " : "", store_rows_value(rows, i, 0).text,
                           store_rows_value(rows, i, 1).integer);
  propose_check(
      propose,
      "%s: the amounts of %s are in several currencies (%s): each is kept in its own. Load exchange rates, so "
      "that totals can be given in one.",
      entry->from->pattern, column->header, names->str);
}

void propose_scales(Propose *propose) {
  for (guint e = 0; e < propose->entries->len; e++) {
    ProposeEntry *entry = propose->entries->pdata[e];
    const LedgerTable *table = ledger_schema_find(propose->schema, entry->to);
    for (guint c = 0; entry->from && c < entry->columns->len; c++) {
      ProposeColumn *column = entry->columns->pdata[c];
      const LedgerColumn *ledger = ledger_table_column(table, column->name);
      if (!ledger || ledger->type != LEDGER_MONEY || !column->of || column->lookup) continue;
      const ProfileColumn *of = column->of;
      tell_currencies(propose, entry, of);
      if (of->scale <= 1 && !of->has_suffix) continue;
      g_autofree char *number = profile_sql_number(of);
      column->sql = of->has_suffix ? profile_sql_amount(of) : g_strdup_printf("round(%s, 4)", number);
      column->is_computed = !of->has_suffix;
      column->of = NULL;
      if (of->has_suffix)
        propose_assumed(propose, "%s: k and M behind a number of %s stand for thousands and millions.",
                        entry->from->pattern, of->header);
      else
        propose_check(propose, "%s: numbers of %s are multiplied by %.0f, as its header says.", entry->from->pattern,
                      of->header, of->scale);
    }
  }
}
