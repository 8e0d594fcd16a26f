/* A deal's outcome and its dates, made to agree.
 *
 * Sources tell the outcome in three ways: by a column of its own, by the stage (whose outcome the stage table has), or
 * by the stage's name alone (Closed Won). And many have one date for both "expected to close" and "closed": it is the
 * second only once the deal is decided. */
#include "ingest/upsert.h"

#define WON_WORDS  "('won', 'closed won', 'closedwon', 'closed-won', 'closed_won', 'win')"
#define LOST_WORDS "('lost', 'closed lost', 'closedlost', 'closed-lost', 'closed_lost', 'loss')"

static const char told_outcome[] =
    "CASE WHEN n.outcome IN ('open', 'won', 'lost', 'abandoned') THEN n.outcome WHEN lower(n.outcome) IN " WON_WORDS
    " THEN 'won' WHEN lower(n.outcome) IN " LOST_WORDS
    " THEN 'lost' WHEN lower(n.outcome) IN ('open', 'abandoned') THEN lower(n.outcome) WHEN n.outcome IS NULL THEN "
    "'open' ELSE n.outcome END";

static gboolean is_outcome(const char *text) {
  static const char *const outcomes[] = {"open", "won", "lost", "abandoned", NULL};
  return g_strv_contains(outcomes, text);
}

/* Does the mapping itself name every outcome that can come? */
static gboolean names_outcomes(const UpsertTarget *target) {
  if (target->entries->len != 1) return FALSE;
  const SourceColumn *column = source_map_column(((const MapEntry *)target->entries->pdata[0])->map, "outcome");
  if (!column->value_from || !column->otherwise || !is_outcome(column->otherwise)) return FALSE;
  for (guint i = 0; column->value_to[i]; i++) {
    if (*column->value_to[i] && !is_outcome(column->value_to[i])) return FALSE;
  }
  return !column->empty || is_outcome(column->empty);
}

static const char stage_outcome[] =
    "coalesce(g.outcome, h.outcome, CASE WHEN regexp_matches(lower(n.stage), '\\b(closed[ _-]?)?won\\b|^closedwon') "
    "THEN 'won' "
    "WHEN regexp_matches(lower(n.stage), '\\b(closed[ _-]?)?lost\\b|^closedlost') THEN 'lost' ELSE 'open' END)";

/* A stage is known by its name or its id: one of the deal's own pipeline before one that is in none. Each join finds
 * one row at most, so that no deal comes twice. */
static char *stage_join(const Load *load, const UpsertTarget *target) {
  static const char stages[] =
      "(SELECT what, lower(pipeline) AS pipeline, arg_min(outcome, key) AS outcome FROM (SELECT lower(name) AS what, * "
      "FROM stage UNION ALL SELECT lower(id) AS what, * FROM stage) WHERE known AND from_source = %s AND outcome IS "
      "NOT "
      "NULL %s GROUP BY ALL)";
  g_autofree char *source = store_quote_text(load->source->name);
  gboolean by_pipeline = upsert_target_maps(target, "pipeline");
  GString *sql = g_string_new(" LEFT JOIN ");
  if (by_pipeline) {
    g_string_append_printf(sql, stages, source, "AND pipeline IS NOT NULL");
    g_string_append(sql, " g ON g.what = lower(n.stage) AND g.pipeline = lower(n.pipeline) LEFT JOIN ");
    g_string_append_printf(sql, stages, source, "AND pipeline IS NULL");
    g_string_append(sql, " h ON h.what = lower(n.stage)");
  } else {
    g_string_append(sql, "(SELECT what, any_value(outcome) AS outcome FROM ");
    g_string_append_printf(sql, stages, source, "");
    g_string_append(sql, " GROUP BY 1) g ON g.what = lower(n.stage) LEFT JOIN (SELECT NULL AS outcome) h ON true");
  }
  return g_string_free(sql, FALSE);
}

static void append_dates(GString *sql, const UpsertTarget *target) {
  gboolean has_expected = upsert_target_maps(target, "expected_close");
  const char *verb = has_expected ? "" : ", ";
  if (has_expected) {
    g_string_append_printf(sql,
                           "* REPLACE (CASE WHEN outcome = 'open' THEN NULL ELSE closed_at END AS closed_at, CASE WHEN "
                           "outcome = 'open' THEN NULL ELSE closed_at_day END AS closed_at_day, "
                           "CASE WHEN outcome = 'open' THEN coalesce(expected_close, closed_at) ELSE expected_close "
                           "END AS expected_close, "
                           "CASE WHEN outcome = 'open' THEN coalesce(expected_close_day, closed_at_day) ELSE "
                           "expected_close_day END AS expected_close_day)");
    return;
  }
  g_string_append_printf(sql,
                         "* REPLACE (CASE WHEN outcome = 'open' THEN NULL ELSE closed_at END AS closed_at, CASE WHEN "
                         "outcome = 'open' THEN NULL ELSE closed_at_day END AS closed_at_day)%s"
                         "CASE WHEN outcome = 'open' THEN closed_at END AS expected_close, CASE WHEN outcome = 'open' "
                         "THEN closed_at_day END AS expected_close_day",
                         verb);
}

/* --- what is odd about deals --- */

typedef enum { ODD_MOVED, ODD_OUTCOMES, ODD_UNDATED, ODD_BACKWARDS, ODD_AHEAD, N_ODD } Odd;

/* Counted in one look; only what there is, is looked for. `told`: deals with their outcome, dates as the source has
 * them.
 */
static gboolean count_odd(Load *load, const UpsertTarget *target, const char *told, gint64 *n, GError **error) {
  gboolean has_closed = upsert_target_maps(target, "closed_at"), has_created = upsert_target_maps(target, "created_at");
  g_autofree char *ahead = g_strdup_printf("outcome <> 'open' AND closed_at > make_timestamp(%" G_GINT64_FORMAT ")",
                                           load->options->now_us + G_TIME_SPAN_DAY);
  const char *decided = "outcome IN ('won', 'lost', 'abandoned')";
  g_autofree char *undated = g_strdup_printf("%s%s", decided, has_closed ? " AND closed_at IS NULL" : "");
  const char *conditions[N_ODD] = {
      [ODD_MOVED] = has_closed ? "outcome = 'open' AND closed_at IS NOT NULL" : "FALSE",
      [ODD_OUTCOMES] = "outcome NOT IN ('open', 'won', 'lost', 'abandoned')",
      [ODD_UNDATED] = undated,
      [ODD_BACKWARDS] = has_closed && has_created ? "outcome <> 'open' AND closed_at_day < created_at_day" : "FALSE",
      [ODD_AHEAD] = has_closed ? ahead : "FALSE"};
  g_autoptr(GString) sql = g_string_new("SELECT ");
  for (guint i = 0; i < N_ODD; i++) g_string_append_printf(sql, "%scount(*) FILTER (%s)", i ? ", " : "", conditions[i]);
  g_autoptr(StoreRows) rows = load_query(load, error, "%s FROM %s", sql->str, told);
  for (guint i = 0; rows && i < N_ODD; i++) n[i] = store_rows_value(rows, 0, i).integer;
  return rows != NULL;
}

/* Decided deals without a date, with the first of them by name, so that they can be found. */
static gboolean note_undated(Load *load, const UpsertTarget *target, const char *told, gint64 n, GError **error) {
  const char *undated = upsert_target_maps(target, "closed_at") ? "closed_at IS NULL" : "TRUE";
  g_autoptr(StoreRows) rows = load_query(load, error,
                                         "SELECT id FROM %s WHERE outcome IN ('won', 'lost', 'abandoned') AND %s "
                                         "ORDER BY id LIMIT 5",
                                         told, undated);
  if (!rows) return FALSE;
  gsize shown = store_rows_count(rows);
  g_autoptr(GString) ids = g_string_new(NULL);
  for (gsize i = 0; i < shown; i++)
    g_string_append_printf(ids, "%s%s", i ? ", " : "", store_rows_value(rows, i, 0).text);
  g_autofree char *number = load_number(n);
  load_note(load, "opportunity: %s %s decided but %s no close date, and so %s in no period: %s%s", number,
            n == 1 ? "deal is" : "deals are", n == 1 ? "has" : "have", n == 1 ? "counts" : "count", ids->str,
            n > (gint64)shown ? " …" : "");
  return TRUE;
}

static gboolean note_outcomes(Load *load, const char *told, GError **error) {
  g_autoptr(StoreRows) odd = load_query(load, error,
                                        "SELECT outcome, count(*) FROM %s WHERE outcome NOT IN ('open', 'won', 'lost', "
                                        "'abandoned') GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5",
                                        told);
  if (!odd) return FALSE;
  for (gsize i = 0; i < store_rows_count(odd); i++) {
    g_autofree char *n = load_number(store_rows_value(odd, i, 1).integer);
    load_note(load,
              "outcome: %s deals say \"%s\", which is none of open, won, lost and abandoned. Map it by values:", n,
              store_rows_value(odd, i, 0).text);
  }
  return TRUE;
}

static void note_number(Load *load, gint64 n, const char *before, const char *after) {
  g_autofree char *number = load_number(n);
  if (n > 0) load_note(load, "%s%s%s", before, number, after);
}

static gboolean note_odd(Load *load, const UpsertTarget *target, const char *told, GError **error) {
  gint64 n[N_ODD] = {0};
  if (!count_odd(load, target, told, n, error)) return FALSE;
  note_number(load, n[ODD_MOVED],
              "closed_at: ", " open deals carry one; it was taken as the day they are expected to close");
  if (n[ODD_OUTCOMES] > 0 && !note_outcomes(load, told, error)) return FALSE;
  if (n[ODD_UNDATED] > 0 && !note_undated(load, target, told, n[ODD_UNDATED], error)) return FALSE;
  note_number(load, n[ODD_BACKWARDS], "opportunity: ", " deals are closed before they were created");
  note_number(load, n[ODD_AHEAD], "opportunity: ", " decided deals are closed in the future");
  return TRUE;
}

gboolean upsert_deal_select(Load *load, UpsertTarget *target, GString *relation, GError **error) {
  g_autofree char *rows = store_quote_name(target->rows);
  gboolean has_outcome = upsert_target_maps(target, "outcome"), has_stage = upsert_target_maps(target, "stage");
  g_autoptr(GString) told = g_string_new(NULL);
  if (has_outcome) {
    g_string_append_printf(told, "(SELECT n.* REPLACE (%s AS outcome) FROM %s n)",
                           names_outcomes(target) ? "coalesce(n.outcome, 'open')" : told_outcome, rows);
  } else if (has_stage) {
    g_autofree char *join = stage_join(load, target);
    g_string_append_printf(told, "(SELECT n.*, %s AS outcome FROM %s n%s)", stage_outcome, rows, join);
    load_note(load, "outcome: taken from the stage, as no column gives it");
  } else {
    g_string_append_printf(told, "%s", rows);
  }
  if (has_outcome || has_stage) {
    g_hash_table_add(target->mapped, (gpointer) "outcome");
    if (!note_odd(load, target, told->str, error)) return FALSE;
  }
  if (!(has_outcome || has_stage) || !upsert_target_maps(target, "closed_at")) {
    g_string_assign(relation, told->str);
    return TRUE;
  }
  g_string_append(relation, "(SELECT ");
  append_dates(relation, target);
  g_string_append_printf(relation, " FROM %s)", told->str);
  g_hash_table_add(target->mapped, (gpointer) "expected_close");
  return TRUE;
}
