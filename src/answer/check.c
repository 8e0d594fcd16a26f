/* Everything that can be said against definitions, sources and records, before a number is believed.
 *
 *   definitions ─► sources ─► alert rules ─► data: loads so far, rejected rows, records that KPIs pass over
 *
 * A section that is wrong does not keep the next from being checked. */
#include "answer/check.h"

#include "answer/answer.h"
#include "answer/members.h"
#include "session/alerts.h"
#include "session/sources.h"

void answer_check_clear(AnswerCheck *check) {
  answer_findings_clear(&check->findings);
  g_free(check->definitions);
  g_free(check->sources);
  g_free(check->alerts);
  g_clear_pointer(&check->rules, g_ptr_array_unref);
  g_free(check->data);
  g_clear_pointer(&check->counts, g_hash_table_unref);
  g_clear_pointer(&check->loads, store_rows_free);
  g_clear_pointer(&check->rejected, g_ptr_array_unref);
}

/* --- definitions --- */

static void check_definitions(AnswerCheck *check) {
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(GError) cause = NULL;
  if (!session_load_definitions(check->session, &problems, &cause)) {
    for (guint i = 0; problems && i < problems->len; i++)
      answer_findings_add(&check->findings, "definitions", ANSWER_ERROR, "%s",
                          (const char *)g_ptr_array_index(problems, i));
    if (!problems || problems->len == 0)
      answer_findings_add(&check->findings, "definitions", ANSWER_ERROR, "%s", cause->message);
    return;
  }
  const KpiCatalogue *catalogue = check->session->catalogue;
  guint n_kpis = kpi_catalogue_n_kpis(catalogue), n_own = 0;
  for (guint i = 0; i < n_kpis; i++) n_own += !kpi_catalogue_kpi(catalogue, i)->built_in;
  check->definitions =
      g_strdup_printf("%u KPIs (%u your own) and %u measures", n_kpis, n_own, kpi_catalogue_n_measures(catalogue));
}

/* --- sources --- */

static void check_sources(AnswerCheck *check) {
  g_autoptr(GPtrArray) sources = session_sources(check->session);
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < sources->len; i++) {
    const SessionSource *source = g_ptr_array_index(sources, i);
    g_string_append_printf(names, "%s%s", i ? ", " : "", source->name);
    if (!source->source) answer_findings_add(&check->findings, "sources", ANSWER_ERROR, "%s", source->error->message);
    g_autoptr(GPtrArray) problems = source->source ? ingest_source_check(source->source) : NULL;
    for (guint p = 0; problems && p < problems->len; p++)
      answer_findings_add(&check->findings, "sources", ANSWER_ERROR, "%s",
                          (const char *)g_ptr_array_index(problems, p));
  }
  check->sources = names->len ? g_strdup(names->str) : NULL;
  if (sources->len == 0)
    answer_findings_add(
        &check->findings, "sources", ANSWER_WARNING,
        "there is no source yet: write one in sources/ (docs/sources.md), or `attain new DIR --from FILES`");
}

/* --- alert rules --- */

static GPtrArray *source_names(const GPtrArray *sources) {
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < sources->len; i++)
    g_ptr_array_add(names, ((const SessionSource *)g_ptr_array_index(sources, i))->name);
  g_ptr_array_add(names, NULL);
  return names;
}

/* Rules name KPIs: without definitions there is nothing to hold them against. */
static void check_alerts(AnswerCheck *check) {
  if (!check->session->catalogue || !session_has_alert_rules(check->session)) return;
  g_autoptr(GPtrArray) sources = session_sources(check->session);
  g_autoptr(GPtrArray) names = source_names(sources), problems = NULL;
  g_autoptr(GError) cause = NULL;
  check->rules = session_alert_rules(check->session, (const char *const *)names->pdata, &problems, &cause);
  if (cause) answer_findings_add(&check->findings, "alerts", ANSWER_ERROR, "%s", cause->message);
  for (guint i = 0; problems && i < problems->len; i++)
    answer_findings_add(&check->findings, "alerts", ANSWER_ERROR, "%s", (const char *)g_ptr_array_index(problems, i));
  if (check->rules && check->rules->len > 0) check->alerts = base_count_words(check->rules->len, "# {rule|rules}");
}

/* Whom they name, which only the records tell. */
static void check_alert_members(AnswerCheck *check) {
  QueryContext context = answer_context(check->session);
  AlertDesk desk = {.context = &context, .alerts = &check->session->organisation->alerts};
  for (guint i = 0; check->rules && i < check->rules->len; i++) {
    g_autoptr(GError) cause = NULL;
    if (!alert_rule_check(&desk, g_ptr_array_index(check->rules, i), &cause))
      answer_findings_add(&check->findings, "alerts", ANSWER_ERROR, "%s", cause->message);
  }
}

/* --- data --- */

/* How many KPIs lack records, and of which facts. */
static void check_needs(AnswerCheck *check) {
  const KpiCatalogue *catalogue = check->session->catalogue;
  if (!catalogue) return;
  g_autoptr(GHashTable) missing = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) order = g_ptr_array_new();
  guint n_lacking = 0, n_kpis = kpi_catalogue_n_kpis(catalogue);
  for (guint i = 0; i < n_kpis; i++) {
    gboolean lacks = FALSE;
    const char *const *needs = kpi_catalogue_kpi(catalogue, i)->needs;
    for (guint n = 0; needs && needs[n]; n++) {
      if (answer_row_count(check->counts, needs[n]) > 0) continue;
      lacks = TRUE;
      if (!g_hash_table_contains(missing, needs[n])) g_ptr_array_add(order, (gpointer)needs[n]);
      g_hash_table_insert(missing, (gpointer)needs[n],
                          GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(missing, needs[n])) + 1));
    }
    n_lacking += lacks;
  }
  if (n_lacking == 0) return;
  g_autoptr(GString) words = g_string_new(NULL);
  for (guint i = 0; i < order->len; i++) {
    const char *table = g_ptr_array_index(order, i);
    g_string_append_printf(words, "%s%s (%u)", i ? ", " : "", table,
                           GPOINTER_TO_UINT(g_hash_table_lookup(missing, table)));
  }
  answer_findings_add(&check->findings, "data", ANSWER_NOTE, "%u of %u KPIs have their records; the others need %s",
                      n_kpis - n_lacking, n_kpis, words->str);
}

static char *rows_words(const AnswerCheck *check) {
  g_autoptr(GString) words = g_string_new(NULL);
  for (guint i = 0; i < ledger_schema_n_tables(check->session->schema); i++) {
    const LedgerTable *table = ledger_schema_table(check->session->schema, i);
    gint64 n = answer_row_count(check->counts, table->name);
    if (n == 0) continue;
    g_autofree char *number = cli_format_number((double)n, CLI_NUMBER_COUNT, NULL);
    g_string_append_printf(words, "%s%s %s", words->len ? ", " : "", table->name, number);
  }
  return g_strdup(words->len ? words->str : "no rows");
}

static gboolean read_data(AnswerCheck *check, GError **error) {
  Session *session = check->session;
  if (!(check->counts = answer_row_counts(session->store, session->schema, error))) return FALSE;
  check->loads = store_query(session->store,
                             "SELECT \"load\", \"source\", \"at\", seconds, n_read, n_new, n_changed, n_unchanged, "
                             "n_rejected, n_skipped, n_closed "
                             "FROM \"load\" ORDER BY \"load\" DESC LIMIT 1000",
                             NULL, 0, 0, error);
  if (!check->loads) return FALSE;
  check->rejected = ingest_rejected(session->store, check->max_rejected, &check->n_rejected, error);
  if (!check->rejected) return FALSE;
  check->data = rows_words(check);
  return answer_check_records(session, check->counts, &check->findings, error) &&
         answer_check_hierarchies(session, &check->findings, error);
}

static void check_data(AnswerCheck *check) {
  g_autoptr(GError) cause = NULL;
  gboolean is_open = check->session->store || session_open_database(check->session, SESSION_DATABASE, &cause);
  gboolean ok = is_open && read_data(check, &cause);
  if (!ok) {
    gboolean none = g_error_matches(cause, BASE_ERROR, BASE_ERROR_NOT_FOUND);
    answer_findings_add(&check->findings, "data", none ? ANSWER_NOTE : ANSWER_ERROR, "%s", cause->message);
    return;
  }
  check_needs(check);
  check_alert_members(check);
  if (check->n_rejected > 0)
    answer_findings_add(&check->findings, "data", ANSWER_WARNING,
                        check->n_rejected == 1
                            ? "%" G_GINT64_FORMAT " row was rejected and is not in any number: see below"
                            : "%" G_GINT64_FORMAT " rows were rejected and are not in any number: see below",
                        check->n_rejected);
}

void answer_check(Session *session, gsize max_rejected, AnswerCheck *check) {
  check->session = session;
  check->max_rejected = max_rejected;
  answer_findings_init(&check->findings);
  check_definitions(check);
  check_sources(check);
  check_alerts(check);
  check_data(check);
}

/* --- as JSON --- */

static void json_findings(CliJson *json, const AnswerCheck *check) {
  static const char *const words[] = {"note", "warning", "error"};
  cli_json_member_array(json, "findings");
  for (guint i = 0; i < check->findings.all->len; i++) {
    const AnswerFinding *finding = g_ptr_array_index(check->findings.all, i);
    cli_json_begin_object(json);
    cli_json_member_text(json, "section", finding->section);
    cli_json_member_text(json, "severity", words[finding->severity]);
    cli_json_member_text(json, "message", finding->text);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

static void json_loads(CliJson *json, const AnswerCheck *check) {
  static const char *const heads[] = {"read", "new", "changed", "unchanged", "rejected", "skipped", "closed"};
  cli_json_member_array(json, "loads");
  for (gsize r = 0; check->loads && r < store_rows_count(check->loads); r++) {
    g_autoptr(GDateTime) at =
        g_date_time_new_from_unix_utc(store_rows_value(check->loads, r, 2).integer / G_USEC_PER_SEC);
    g_autofree char *time = at ? g_date_time_format(at, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    cli_json_begin_object(json);
    cli_json_member_integer(json, "load", store_rows_value(check->loads, r, 0).integer);
    cli_json_member_text(json, "source", store_rows_value(check->loads, r, 1).text);
    cli_json_member_text(json, "at", time);
    for (guint i = 0; i < G_N_ELEMENTS(heads); i++) {
      StoreValue value = store_rows_value(check->loads, r, 4 + i);
      cli_json_member_integer(json, heads[i], value.type == STORE_NULL ? 0 : value.integer);
    }
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

static void json_rejected(CliJson *json, const AnswerCheck *check) {
  cli_json_member_integer(json, "n_rejected", check->n_rejected);
  cli_json_member_array(json, "rejected");
  for (guint i = 0; check->rejected && i < check->rejected->len; i++) {
    const IngestRejected *row = g_ptr_array_index(check->rejected, i);
    cli_json_begin_object(json);
    cli_json_member_text(json, "source", row->source);
    cli_json_member_text(json, "table", row->table);
    cli_json_member_text(json, "file", row->file);
    cli_json_member_integer(json, "line", row->line);
    cli_json_member_text(json, "reason", row->reason);
    cli_json_member_text(json, "row", row->row);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

void answer_check_json(const AnswerCheck *check, FILE *out) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "errors", answer_findings_count(&check->findings, NULL, ANSWER_ERROR));
  cli_json_member_integer(json, "warnings", answer_findings_count(&check->findings, NULL, ANSWER_WARNING));
  json_findings(json, check);
  json_loads(json, check);
  json_rejected(json, check);
  answer_moment_members(json, check->session);
  cli_json_end_object(json);
}
