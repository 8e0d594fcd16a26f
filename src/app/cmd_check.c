/* attain check: everything that can be said against definitions, sources and records, before a number is believed.
 *
 *   definitions ─► sources ─► alert rules ─► data: loads so far, rejected rows, records that KPIs pass over
 *
 * A section that is wrong does not keep the next from being checked. Errors decide the exit code; warnings do not. */
#include "app/alerting.h"
#include "app/commands.h"
#include "app/counts.h"
#include "app/findings.h"
#include "session/sources.h"

#define SHOWN_REJECTED 20
#define JSON_REJECTED  10000
#define SHOWN_LOADS    10

typedef struct {
  Session *session;
  Findings findings;
  char *definitions, *sources, *alerts, *data; /* what each section holds, in a line */
  GHashTable *counts;
  GPtrArray *rules; /* AlertRule */
  StoreRows *loads;
  GPtrArray *rejected; /* IngestRejected *, at most max_rejected of n_rejected */
  gsize max_rejected;
  gint64 n_rejected;
} Check;

static void check_clear(Check *check) {
  findings_clear(&check->findings);
  g_free(check->definitions);
  g_free(check->sources);
  g_free(check->alerts);
  g_clear_pointer(&check->rules, g_ptr_array_unref);
  g_free(check->data);
  g_clear_pointer(&check->counts, g_hash_table_unref);
  g_clear_pointer(&check->loads, store_rows_free);
  g_clear_pointer(&check->rejected, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Check, check_clear)

/* --- definitions --- */

static void check_definitions(Check *check) {
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(GError) cause = NULL;
  if (!session_load_definitions(check->session, &problems, &cause)) {
    for (guint i = 0; problems && i < problems->len; i++)
      findings_add(&check->findings, "definitions", FINDING_ERROR, "%s", (const char *)g_ptr_array_index(problems, i));
    if (!problems || problems->len == 0)
      findings_add(&check->findings, "definitions", FINDING_ERROR, "%s", cause->message);
    return;
  }
  const KpiCatalogue *catalogue = check->session->catalogue;
  guint n_kpis = kpi_catalogue_n_kpis(catalogue), n_own = 0;
  for (guint i = 0; i < n_kpis; i++) n_own += !kpi_catalogue_kpi(catalogue, i)->built_in;
  check->definitions =
      g_strdup_printf("%u KPIs (%u your own) and %u measures", n_kpis, n_own, kpi_catalogue_n_measures(catalogue));
}

/* --- sources --- */

static void check_sources(Check *check) {
  g_autoptr(GPtrArray) sources = session_sources(check->session);
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < sources->len; i++) {
    const SessionSource *source = g_ptr_array_index(sources, i);
    g_string_append_printf(names, "%s%s", i ? ", " : "", source->name);
    if (!source->source) findings_add(&check->findings, "sources", FINDING_ERROR, "%s", source->error->message);
    g_autoptr(GPtrArray) problems = source->source ? ingest_source_check(source->source) : NULL;
    for (guint p = 0; problems && p < problems->len; p++)
      findings_add(&check->findings, "sources", FINDING_ERROR, "%s", (const char *)g_ptr_array_index(problems, p));
  }
  check->sources = names->len ? g_strdup(names->str) : NULL;
  if (sources->len == 0)
    findings_add(&check->findings, "sources", FINDING_WARNING,
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
static void check_alerts(Check *check) {
  if (!check->session->catalogue || !session_has_alert_rules(check->session)) return;
  g_autoptr(GPtrArray) sources = session_sources(check->session);
  g_autoptr(GPtrArray) names = source_names(sources), problems = NULL;
  g_autoptr(GError) cause = NULL;
  check->rules = session_alert_rules(check->session, (const char *const *)names->pdata, &problems, &cause);
  if (cause) findings_add(&check->findings, "alerts", FINDING_ERROR, "%s", cause->message);
  for (guint i = 0; problems && i < problems->len; i++)
    findings_add(&check->findings, "alerts", FINDING_ERROR, "%s", (const char *)g_ptr_array_index(problems, i));
  if (check->rules && check->rules->len > 0) check->alerts = base_count_words(check->rules->len, "# {rule|rules}");
}

/* Whom they name, which only the records tell. */
static void check_alert_members(Check *check) {
  QueryContext context = answer_context(check->session);
  AlertDesk desk = alerting_desk(check->session, &context);
  for (guint i = 0; check->rules && i < check->rules->len; i++) {
    g_autoptr(GError) cause = NULL;
    if (!alert_rule_check(&desk, g_ptr_array_index(check->rules, i), &cause))
      findings_add(&check->findings, "alerts", FINDING_ERROR, "%s", cause->message);
  }
}

/* --- data --- */

/* How many KPIs lack records, and of which facts. */
static void check_needs(Check *check) {
  const KpiCatalogue *catalogue = check->session->catalogue;
  if (!catalogue) return;
  g_autoptr(GHashTable) missing = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) order = g_ptr_array_new();
  guint n_lacking = 0, n_kpis = kpi_catalogue_n_kpis(catalogue);
  for (guint i = 0; i < n_kpis; i++) {
    gboolean lacks = FALSE;
    const char *const *needs = kpi_catalogue_kpi(catalogue, i)->needs;
    for (guint n = 0; needs && needs[n]; n++) {
      if (app_row_count(check->counts, needs[n]) > 0) continue;
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
  findings_add(&check->findings, "data", FINDING_NOTE, "%u of %u KPIs have their records; the others need %s",
               n_kpis - n_lacking, n_kpis, words->str);
}

static char *rows_words(const Check *check) {
  g_autoptr(GString) words = g_string_new(NULL);
  for (guint i = 0; i < ledger_schema_n_tables(check->session->schema); i++) {
    const LedgerTable *table = ledger_schema_table(check->session->schema, i);
    gint64 n = app_row_count(check->counts, table->name);
    if (n == 0) continue;
    g_autofree char *number = cli_format_number((double)n, CLI_NUMBER_COUNT, NULL);
    g_string_append_printf(words, "%s%s %s", words->len ? ", " : "", table->name, number);
  }
  return g_strdup(words->len ? words->str : "no rows");
}

static gboolean read_data(Check *check, GError **error) {
  Session *session = check->session;
  if (!(check->counts = app_row_counts(session->store, session->schema, error))) return FALSE;
  check->loads = store_query(session->store,
                             "SELECT \"load\", \"source\", \"at\", seconds, n_read, n_new, n_changed, n_unchanged, "
                             "n_rejected, n_skipped, n_closed "
                             "FROM \"load\" ORDER BY \"load\" DESC LIMIT 1000",
                             NULL, 0, 0, error);
  if (!check->loads) return FALSE;
  check->rejected = ingest_rejected(session->store, check->max_rejected, &check->n_rejected, error);
  if (!check->rejected) return FALSE;
  check->data = rows_words(check);
  return check_records(session, check->counts, &check->findings, error) &&
         check_hierarchies(session, &check->findings, error);
}

static void check_data(Check *check) {
  g_autoptr(GError) cause = NULL;
  gboolean ok = session_open_database(check->session, SESSION_DATABASE, &cause) && read_data(check, &cause);
  if (!ok) {
    gboolean none = g_error_matches(cause, BASE_ERROR, BASE_ERROR_NOT_FOUND);
    findings_add(&check->findings, "data", none ? FINDING_NOTE : FINDING_ERROR, "%s", cause->message);
    return;
  }
  check_needs(check);
  check_alert_members(check);
  if (check->n_rejected > 0)
    findings_add(&check->findings, "data", FINDING_WARNING,
                 check->n_rejected == 1 ? "%" G_GINT64_FORMAT " row was rejected and is not in any number: see below"
                                        : "%" G_GINT64_FORMAT
                                          " rows were rejected and are not in any number: see below",
                 check->n_rejected);
}

/* --- as text --- */

static void print_finding(const CliContext *context, const Finding *finding) {
  static const char *const words[] = {"note", "warning", "error"};
  static const char *const colours[] = {"\033[2m", "\033[33m", "\033[31m"};
  fprintf(context->out, "  %s%-8s%s ", context->colour ? colours[finding->severity] : "", words[finding->severity],
          context->colour ? "\033[0m" : "");
  cli_print_text(context, finding->text, 11, 11);
}

static void print_verdict(const CliContext *context, const char *title, const char *colour, const char *verdict) {
  const char *bold = context->colour ? "\033[1m" : "", *plain = context->colour ? "\033[0m" : "";
  fprintf(context->out, "%s%s%s: %s%s%s\n", bold, title, plain, context->colour ? colour : "", verdict, plain);
}

/* `summary` NULL: there is nothing of it yet. */
static void print_section(const CliContext *context, const Check *check, const char *section, const char *title,
                          const char *summary) {
  guint n_errors = findings_count(&check->findings, section, FINDING_ERROR);
  guint n_warnings = findings_count(&check->findings, section, FINDING_WARNING);
  g_autofree char *errors = g_strdup_printf("%u %s", n_errors, n_errors == 1 ? "error" : "errors");
  g_autofree char *warnings = g_strdup_printf("%u %s", n_warnings, n_warnings == 1 ? "warning" : "warnings");
  if (n_errors > 0)
    print_verdict(context, title, "\033[31m", errors);
  else if (n_warnings > 0)
    print_verdict(context, title, "\033[33m", warnings);
  else
    print_verdict(context, title, "\033[32m", summary ? "sound" : "none yet");
  if (summary) {
    fputs("  ", context->out);
    cli_print_text(context, summary, 2, 2);
  }
  for (int severity = FINDING_ERROR; severity >= FINDING_NOTE; severity--)
    for (guint i = 0; i < check->findings.all->len; i++) {
      const Finding *finding = g_ptr_array_index(check->findings.all, i);
      if ((int)finding->severity == severity && strcmp(finding->section, section) == 0) print_finding(context, finding);
    }
  fputc('\n', context->out);
}

/* A moment of the database (UTC) in the organisation's own time. */
static char *local_time(const Session *session, gint64 utc_us) {
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(session->organisation->time_zone);
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(utc_us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = utc && zone ? g_date_time_to_timezone(utc, zone) : NULL;
  return local ? g_date_time_format(local, "%Y-%m-%d %H:%M") : g_strdup("");
}

static void print_loads(const CliContext *context, const Check *check) {
  static const char *const heads[] = {"read", "new", "changed", "unchanged", "rejected", "skipped", "closed"};
  gsize n = check->loads ? store_rows_count(check->loads) : 0;
  if (n == 0) return;
  g_autoptr(CliTable) table = cli_table_new("Loads, newest first");
  static const CliColumn first[] = {{"load", CLI_RIGHT}, {"source", CLI_LEFT}, {"at", CLI_LEFT}};
  cli_table_add_columns(table, first, G_N_ELEMENTS(first));
  for (gsize i = 0; i < G_N_ELEMENTS(heads); i++) cli_table_add_column(table, heads[i], CLI_RIGHT);
  for (gsize r = 0; r < MIN(n, SHOWN_LOADS); r++) {
    g_autofree char *load = g_strdup_printf("%" G_GINT64_FORMAT, store_rows_value(check->loads, r, 0).integer);
    g_autofree char *at = local_time(check->session, store_rows_value(check->loads, r, 2).integer);
    cli_table_add_row(table);
    cli_table_add_cell(table, load, CLI_STYLE_NONE);
    cli_table_add_cell(table, store_rows_value(check->loads, r, 1).text, CLI_STYLE_NONE);
    cli_table_add_cell(table, at, CLI_STYLE_NONE);
    for (guint i = 0; i < G_N_ELEMENTS(heads); i++) {
      StoreValue value = store_rows_value(check->loads, r, 4 + i);
      gint64 count = value.type == STORE_NULL ? 0 : value.integer;
      g_autofree char *text = cli_format_number((double)count, CLI_NUMBER_COUNT, NULL);
      cli_table_add_cell(table, count ? text : "-", count && i == 4 ? CLI_STYLE_BAD : CLI_STYLE_NONE);
    }
  }
  g_autofree char *more =
      n > SHOWN_LOADS ? g_strdup_printf("%zu earlier loads are not shown.", (size_t)n - SHOWN_LOADS) : NULL;
  if (more) cli_table_add_note(table, more);
  cli_table_print(table, context);
  fputc('\n', context->out);
}

static void print_rejected(const CliContext *context, const Check *check) {
  if (!check->rejected || check->rejected->len == 0) return;
  g_autoptr(CliTable) table = cli_table_new("Rejected rows, newest first");
  static const CliColumn heads[] = {{"table", CLI_LEFT}, {"file", CLI_LEFT}, {"line", CLI_RIGHT}, {"reason", CLI_LEFT}};
  cli_table_add_columns(table, heads, G_N_ELEMENTS(heads));
  for (guint i = 0; i < check->rejected->len; i++) {
    const IngestRejected *row = g_ptr_array_index(check->rejected, i);
    g_autofree char *file = row->file ? g_path_get_basename(row->file) : g_strdup("");
    g_autofree char *line = row->line > 0 ? g_strdup_printf("%" G_GINT64_FORMAT, row->line) : g_strdup("");
    cli_table_add_row(table);
    cli_table_add_cell(table, row->table, CLI_STYLE_NONE);
    cli_table_add_cell(table, file, CLI_STYLE_NONE);
    cli_table_add_cell(table, line, CLI_STYLE_NONE);
    cli_table_add_cell(table, row->reason, CLI_STYLE_NONE);
  }
  g_autofree char *number = cli_format_number((double)check->n_rejected, CLI_NUMBER_COUNT, NULL);
  g_autofree char *note =
      check->n_rejected > (gint64)check->rejected->len
          ? g_strdup_printf("The first %u of %s; `attain check --format json` has the rows themselves.",
                            check->rejected->len, number)
          : NULL;
  if (note) cli_table_add_note(table, note);
  cli_table_print(table, context);
  fputc('\n', context->out);
}

static void print_text(const CliContext *context, const Check *check) {
  print_section(context, check, "definitions", "Definitions", check->definitions);
  print_section(context, check, "sources", "Sources", check->sources);
  if (check->alerts || findings_count(&check->findings, "alerts", FINDING_ERROR) > 0)
    print_section(context, check, "alerts", "Alerts", check->alerts);
  print_section(context, check, "data", "Data", check->data);
  print_loads(context, check);
  print_rejected(context, check);
  guint n_errors = findings_count(&check->findings, NULL, FINDING_ERROR);
  guint n_warnings = findings_count(&check->findings, NULL, FINDING_WARNING);
  gboolean is_loaded = check->loads && store_rows_count(check->loads) > 0;
  if (n_errors + n_warnings == 0)
    fputs(is_loaded ? "All is sound.\n" : "Nothing is wrong so far, but nothing was loaded yet: run `attain load`.\n",
          context->out);
  else
    fprintf(context->out, "%u %s, %u %s.\n", n_errors, n_errors == 1 ? "error" : "errors", n_warnings,
            n_warnings == 1 ? "warning" : "warnings");
}

/* --- as JSON --- */

static void json_findings(CliJson *json, const Check *check) {
  static const char *const words[] = {"note", "warning", "error"};
  cli_json_member_array(json, "findings");
  for (guint i = 0; i < check->findings.all->len; i++) {
    const Finding *finding = g_ptr_array_index(check->findings.all, i);
    cli_json_begin_object(json);
    cli_json_member_text(json, "section", finding->section);
    cli_json_member_text(json, "severity", words[finding->severity]);
    cli_json_member_text(json, "message", finding->text);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

static void json_loads(CliJson *json, const Check *check) {
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

static void json_rejected(CliJson *json, const Check *check) {
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

static void print_json(const CliContext *context, const Check *check) {
  g_autoptr(CliJson) json = cli_json_new(context->out);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "errors", findings_count(&check->findings, NULL, FINDING_ERROR));
  cli_json_member_integer(json, "warnings", findings_count(&check->findings, NULL, FINDING_WARNING));
  json_findings(json, check);
  json_loads(json, check);
  json_rejected(json, check);
  cli_json_end_object(json);
}

/* --- the command --- */

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session = session_open(context->folder, context->now, 0, error);
  if (!session) return -1;
  gboolean as_json = g_strcmp0(cli_option(arguments, "format"), "json") == 0;
  g_auto(Check) check = {.session = session, .max_rejected = as_json ? JSON_REJECTED : SHOWN_REJECTED};
  findings_init(&check.findings);
  check_definitions(&check);
  check_sources(&check);
  check_alerts(&check);
  check_data(&check);
  if (as_json)
    print_json(context, &check);
  else
    print_text(context, &check);
  return findings_count(&check.findings, NULL, FINDING_ERROR) > 0 ? 1 : 0;
}

static const CliOption options[] = {
    {"format", 0, CLI_VALUE, "FORMAT", "how to print what was found", "table|json"},
};

const CliCommand cmd_check = {
    .name = "check",
    .synopsis = "",
    .about = "check definitions, sources and the records loaded",
    .details =
        "Says what is wrong in the definitions and sources, with file, line and column, and what is odd in the "
        "records: rejected "
        "rows and why, deals without owner or dates, currencies without a rate, names written in two ways, circles of "
        "managers.\n"
        "Errors are to be corrected, and the exit code is then 1. Warnings tell which records KPIs pass over.",
    .examples =
        "attain check\teverything\n"
        "attain check --format json\tfor a script; holds the rejected rows themselves",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .run = run,
};
