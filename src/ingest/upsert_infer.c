/* What two loads tell together.
 *
 * A CRM without stage history gets one: when a deal's stage, amount, probability, expected close or forecast category
 * is not what the last load said, a stage_change says so, marked as inferred, at the time the source changed the row or
 * else at the clock.
 *
 * A person whose team, manager or region is not what the last load said has moved: the membership until now is written
 * down with its end, and the new one with its start, so that what happened before still counts for the old team.
 *
 * So it is with a team whose manager is not who the last load said: whoever led it until now still led it then. */
#include "ingest/upsert.h"

static const char *const watched_columns[] = {"stage", "amount", "probability", "expected_close", "forecast_category"};

static char *at_sql(const Load *load, const UpsertTarget *target) {
  g_autofree char *now = g_strdup_printf("make_timestamp(%" G_GINT64_FORMAT ")", load->options->now_us);
  if (!target->has_modified) return g_steal_pointer(&now);
  return g_strdup_printf("CASE WHEN n._modified <= %s AND n._modified > t.recorded_at THEN n._modified ELSE %s END",
                         now, now);
}

/* SQL: n.x IS DISTINCT FROM t.x …; names and values of the watched columns, of the version before all, of the new one
 * those that the load says. */
typedef struct {
  GString *differs, *all_names, *before, *names, *after;
} Watched;

static void watched_clear(Watched *watched) {
  g_string_free(watched->differs, TRUE);
  g_string_free(watched->all_names, TRUE);
  g_string_free(watched->before, TRUE);
  g_string_free(watched->names, TRUE);
  g_string_free(watched->after, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Watched, watched_clear)

static void add_watched(Watched *sql, const char *column, gboolean is_mapped) {
  g_string_append_printf(sql->all_names, ", %s", column);
  g_string_append_printf(sql->before, ", t.%s", column);
  if (!is_mapped) return;
  g_string_append_printf(sql->names, ", %s", column);
  g_string_append_printf(sql->after, ", n.%s", column);
}

static void find_watched(const UpsertTarget *target, Watched *sql) {
  for (gsize i = 0; i < G_N_ELEMENTS(watched_columns); i++) {
    const char *column = watched_columns[i];
    gboolean is_mapped = upsert_target_maps(target, column);
    if (is_mapped) g_string_append_printf(sql->differs, " OR n.%s IS DISTINCT FROM t.%s", column, column);
    add_watched(sql, column, is_mapped);
    if (g_str_equal(column, "expected_close")) add_watched(sql, "expected_close_day", is_mapped);
  }
}

/* `select` gives key, id, at, currency, owner and the watched columns. */
static gboolean insert_changes(Load *load, const char *names, const char *select, gint64 *n, GError **error) {
  g_autofree char *source = store_quote_text(load->source->name);
  g_autofree char *offset = map_zone_offset_sql(load->organisation->time_zone, "epoch_us(moment)", FALSE);
  return load_run(
      load, n, error,
      "INSERT INTO stage_change (key, from_source, id, recorded_at, \"load\", opportunity, \"at\", at_day, currency, "
      "\"by\", inferred%s) "
      "SELECT hash(%s || chr(31) || new_id), %s, new_id, known_at, %d, key, moment, "
      "CAST(make_timestamp(epoch_us(moment) + %s) AS DATE), "
      "currency, owner, TRUE%s FROM (SELECT *, 'inferred:' || id || ':' || epoch_us(moment) AS new_id FROM (%s))",
      names, source, source, load->number, offset, names, select);
}

/* The first change of a deal is preceded by what it was since it was made. */
gboolean upsert_infer_stages(Load *load, const UpsertTarget *target, GError **error) {
  g_auto(Watched)
      sql = {g_string_new("FALSE"), g_string_new(NULL), g_string_new(NULL), g_string_new(NULL), g_string_new(NULL)};
  find_watched(target, &sql);
  if (sql.names->len == 0) return TRUE;
  g_autofree char *at = at_sql(load, target);
  const char *owner = upsert_target_maps(target, "owner") ? "n.owner" : "t.owner";
  const char *currency = target->has_currency ? "n.currency" : "t.currency";
  g_autofree char *changed = g_strdup_printf(
      "FROM attain_final n JOIN opportunity t ON t.key = n.key JOIN attain_changes c ON c.key = n.key AND c.what = 'c' "
      "WHERE (%s)",
      sql.differs->str);
  g_autofree char *first = g_strdup_printf(
      "SELECT t.key, t.id, t.recorded_at AS known_at, coalesce(t.created_at, t.recorded_at) AS moment, t.currency, "
      "t.owner%s %s AND "
      "NOT EXISTS (SELECT 1 FROM stage_change s WHERE s.opportunity = t.key)",
      sql.before->str, changed);
  g_autofree char *next =
      g_strdup_printf("SELECT n.key, n.id, %s AS known_at, %s AS moment, %s AS currency, %s AS owner%s %s", at, at,
                      currency, owner, sql.after->str, changed);
  gint64 n = 0;
  if (!insert_changes(load, sql.all_names->str, first, NULL, error) ||
      !insert_changes(load, sql.names->str, next, &n, error))
    return FALSE;
  if (n == 0) return TRUE;
  g_autofree char *number = load_number(n);
  load_note(load, "stage_change: %s change%s of deals seen since the last load", number, n == 1 ? "" : "s");
  return upsert_refresh_stat(load, ledger_schema_find(load->schema, "stage_change"), error);
}

/* --- moves --- */

static const char *const places[] = {"team", "manager", "region"};

static char *place_sql(const UpsertTarget *target, const char *column, gboolean is_new) {
  gboolean use_new = is_new && upsert_target_maps(target, column);
  return g_strdup_printf("%s.%s", use_new ? "n" : "t", column);
}

/* One temp row a person who moved: key, id, old and new place. */
static gboolean find_moves(Load *load, const UpsertTarget *target, gint64 *n, GError **error) {
  g_autoptr(GString) differs = g_string_new("FALSE");
  g_autoptr(GString) columns = g_string_new("n.key, n.id");
  for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
    g_autofree char *before = place_sql(target, places[i], FALSE);
    g_autofree char *after = place_sql(target, places[i], TRUE);
    g_string_append_printf(differs, " OR %s IS DISTINCT FROM %s", before, after);
    g_string_append_printf(columns, ", %s AS old_%s, %s AS new_%s", before, places[i], after, places[i]);
  }
  load_temporary(load, "attain_moves");
  return load_run(load, NULL, error,
                  "CREATE OR REPLACE TEMP TABLE attain_moves AS SELECT %s FROM attain_final n JOIN person t ON t.key = "
                  "n.key JOIN attain_changes c ON c.key = n.key AND c.what = 'c' "
                  "WHERE t.known AND (t.team IS NOT NULL OR t.manager IS NOT NULL OR t.region IS NOT NULL) AND (%s)",
                  columns->str, differs->str) &&
         load_count(load, n, error, "SELECT count(*) FROM attain_moves");
}

/* What a move ends was believed to go on until now: that version is kept. `whose`: the column of the moved. */
static gboolean end_spans(Load *load, const char *table, const char *whose, const char *now, const char *day,
                          GError **error) {
  g_autofree char *ended = g_strdup_printf("until_at IS NULL AND %s IN (SELECT key FROM attain_moves)", whose);
  return load_run(load, NULL, error,
                  "INSERT INTO %s_history BY NAME SELECT *, %s AS superseded_at, %d AS superseded_by FROM %s WHERE %s",
                  table, now, load->number, table, ended) &&
         load_run(load, NULL, error,
                  "UPDATE %s SET until_at = %s, until_at_day = %s, recorded_at = %s, \"load\" = %d WHERE %s", table,
                  now, day, now, load->number, ended);
}

gboolean upsert_infer_moves(Load *load, const UpsertTarget *target, GError **error) {
  gint64 n = 0;
  if (!find_moves(load, target, &n, error)) return FALSE;
  if (n == 0) return TRUE;
  g_autofree char *source = store_quote_text(load->source->name);
  gint64 now_us = load->options->now_us;
  g_autofree char *now = g_strdup_printf("make_timestamp(%" G_GINT64_FORMAT ")", now_us);
  g_autofree char *day = g_strdup_printf("DATE '1970-01-01' + %d", calendar_day_of(load->calendar, now_us));
  const char *bookkeeping =
      "key, from_source, id, recorded_at, \"load\", person, team, manager, region, from_at, from_at_day, until_at, "
      "until_at_day";
  if (!end_spans(load, "membership", "person", now, day, error) ||
      !load_run(load, NULL, error,
                "INSERT INTO membership (%s) SELECT hash(%s || chr(31) || new_id), %s, new_id, %s, %d, key, old_team, "
                "old_manager, old_region, NULL, NULL, %s, %s FROM (SELECT *, "
                "'inferred:' || id || ':first' AS new_id FROM attain_moves m WHERE NOT EXISTS (SELECT 1 FROM "
                "membership x WHERE x.person = m.key))",
                bookkeeping, source, source, now, load->number, now, day) ||
      !load_run(load, NULL, error,
                "INSERT INTO membership (%s) SELECT hash(%s || chr(31) || new_id), %s, new_id, %s, %d, key, new_team, "
                "new_manager, new_region, %s, %s, NULL, NULL FROM (SELECT *, "
                "'inferred:' || id || ':%" G_GINT64_FORMAT "' AS new_id FROM attain_moves)",
                bookkeeping, source, source, now, load->number, now, day, now_us)) {
    return FALSE;
  }
  g_autofree char *number = load_number(n);
  load_note(load, "membership: %s %s to another team, manager or region; what happened before stays with the old one",
            number, n == 1 ? "person moved" : "people moved");
  return upsert_refresh_stat(load, ledger_schema_find(load->schema, "membership"), error);
}

/* --- leaders --- */

/* One temp row a team with another leader. A record that named nobody said nothing: who is named first led the team
 * before, too. */
static gboolean find_leaders(Load *load, gint64 *n, GError **error) {
  load_temporary(load, "attain_moves");
  return load_run(load, NULL, error,
                  "CREATE OR REPLACE TEMP TABLE attain_moves AS SELECT n.key, n.id, t.manager AS old_leader, n.manager "
                  "AS new_leader FROM attain_final n JOIN team t ON t.key = n.key JOIN attain_changes c ON c.key = "
                  "n.key AND c.what = 'c' WHERE t.known AND n.manager IS DISTINCT FROM t.manager AND (t.manager IS NOT "
                  "NULL OR EXISTS (SELECT 1 FROM leadership l WHERE l.team = t.key))") &&
         load_count(load, n, error, "SELECT count(*) FROM attain_moves");
}

gboolean upsert_infer_leaders(Load *load, const UpsertTarget *target, GError **error) {
  gint64 n = 0;
  if (!upsert_target_maps(target, "manager")) return TRUE;
  if (!find_leaders(load, &n, error)) return FALSE;
  if (n == 0) return TRUE;
  g_autofree char *source = store_quote_text(load->source->name);
  gint64 now_us = load->options->now_us;
  g_autofree char *now = g_strdup_printf("make_timestamp(%" G_GINT64_FORMAT ")", now_us);
  g_autofree char *day = g_strdup_printf("DATE '1970-01-01' + %d", calendar_day_of(load->calendar, now_us));
  const char *names =
      "key, from_source, id, recorded_at, \"load\", team, person, from_at, from_at_day, until_at, until_at_day";
  if (!end_spans(load, "leadership", "team", now, day, error) ||
      !load_run(
          load, NULL, error,
          "INSERT INTO leadership (%s) SELECT hash(%s || chr(31) || new_id), %s, new_id, %s, %d, key, old_leader, "
          "NULL, NULL, %s, %s FROM (SELECT *, 'inferred:' || id || ':first' AS new_id FROM attain_moves m WHERE "
          "NOT EXISTS (SELECT 1 FROM leadership x WHERE x.team = m.key))",
          names, source, source, now, load->number, now, day) ||
      !load_run(
          load, NULL, error,
          "INSERT INTO leadership (%s) SELECT hash(%s || chr(31) || new_id), %s, new_id, %s, %d, key, new_leader, "
          "%s, %s, NULL, NULL FROM (SELECT *, 'inferred:' || id || ':%" G_GINT64_FORMAT
          "' AS new_id FROM attain_moves)",
          names, source, source, now, load->number, now, day, now_us))
    return FALSE;
  g_autofree char *number = load_number(n);
  load_note(load, "leadership: %s %s another leader; what happened before stays with the old one", number,
            n == 1 ? "team has" : "teams have");
  return upsert_refresh_stat(load, ledger_schema_find(load->schema, "leadership"), error);
}
