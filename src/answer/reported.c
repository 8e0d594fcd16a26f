/* Reported beside now: as a table, JSON and CSV.
 *
 * Without a KPI it answers what of the reported numbers has changed: those that stand are counted, not listed. Programs
 * get all of them. */
#include "answer/reported.h"

#include "answer/members.h"
#include "answer/show.h"

#include <math.h>

char *answer_reported_instant(gint64 utc_us) {
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(utc_us / G_USEC_PER_SEC);
  g_autofree char *seconds = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%S") : g_strdup("");
  int us = (int)(utc_us % G_USEC_PER_SEC);
  return us == 0 ? g_strconcat(seconds, "Z", NULL) : g_strdup_printf("%s.%06dZ", seconds, us);
}

/* --- finding the snapshot --- */

static gboolean is_wanted(const Snapshot *snapshot, const CalendarPeriod *period, guint revision) {
  gboolean of_period = !period || (snapshot->period.start == period->start && snapshot->period.end == period->end);
  return of_period && (revision == 0 || snapshot->revision == revision);
}

/* The last that fits: of a period the newest revision, without one the period closed last. */
static Snapshot *find_snapshot(const Session *session, const AnswerRequest *request, guint revision, GError **error) {
  CalendarPeriod period;
  g_autoptr(GError) cause = NULL;
  const char *text = request->request.period;
  if (text &&
      !calendar_parse_period(session->calendar, text, session->today, BASE_DAY_NONE, BASE_DAY_NONE, &period, &cause)) {
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, cause->message);
    return NULL;
  }
  g_autoptr(GPtrArray) list = snapshot_list(session->store, error);
  if (!list) return NULL;
  for (guint i = list->len; i-- > 0;) {
    const Snapshot *snapshot = g_ptr_array_index(list, i);
    if (is_wanted(snapshot, text ? &period : NULL, revision))
      return snapshot_read(session->store, snapshot->number, error);
  }
  g_autofree char *which = revision > 0 ? g_strdup_printf(" as revision %u", revision) : g_strdup("");
  if (list->len == 0)
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
                "no period was closed yet: `attain snapshot 2026-Q3` keeps a period's numbers as they are reported");
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "%s was not closed%s: `attain snapshot` lists those that were",
                text ? period.name : "a period", which);
  return NULL;
}

/* --- numbers --- */

/* A KPI that is defined no more is written by the unit that was kept with it. */
static KpiDefinition form_of(const SnapshotKpi *kpi) {
  static const KpiUnit units[] = {{KPI_COUNT, 0, 0},    {KPI_RATIO, 0, 0},    {KPI_SCORE, 0, 0},
                                  {KPI_QUANTITY, 1, 0}, {KPI_QUANTITY, 0, 1}, {KPI_QUANTITY, 1, -1}};
  KpiDefinition form = {.display = kpi->display, .unit = {KPI_NUMBER, 0, 0}};
  for (guint i = 0; i < G_N_ELEMENTS(units); i++)
    if (g_str_equal(kpi_unit_name(units[i]), kpi->unit)) form.unit = units[i];
  return form;
}

static const SnapshotKpi *kpi_of(const AnswerReported *reported, const SnapshotPair *pair) {
  return &g_array_index(reported->snapshot->kpis, SnapshotKpi, pair->kpi);
}

static gboolean is_comparable(const AnswerReported *reported, const SnapshotPair *pair) {
  KpiDefinition form = form_of(kpi_of(reported, pair));
  return !reported->comparison->other_money || !answer_is_money(form.unit);
}

static gboolean difference_of(const AnswerReported *reported, const SnapshotPair *pair, double *difference) {
  if (!pair->reported.has_value || !pair->now.has_value || !is_comparable(reported, pair)) return FALSE;
  *difference = pair->differs ? pair->now.value - pair->reported.value : 0;
  return TRUE;
}

static int decimals_of(const AnswerReported *reported, guint kpi) {
  g_autoptr(GArray) amounts = g_array_new(FALSE, FALSE, sizeof(double));
  for (guint i = 0; i < reported->comparison->pairs->len; i++) {
    const SnapshotPair *pair = &g_array_index(reported->comparison->pairs, SnapshotPair, i);
    double difference;
    if (pair->kpi != kpi) continue;
    if (pair->reported.has_value) g_array_append_val(amounts, pair->reported.value);
    if (pair->now.has_value) g_array_append_val(amounts, pair->now.value);
    if (difference_of(reported, pair, &difference)) g_array_append_val(amounts, difference);
  }
  return cli_money_decimals((const double *)(gpointer)amounts->data, amounts->len,
                            reported->session->organisation->currency, FALSE);
}

static gboolean is_shown(const AnswerReported *reported, const SnapshotPair *pair) {
  return !reported->only_changed || pair->differs;
}

/* --- the table --- */

static char *difference_words(const AnswerReported *reported, const SnapshotPair *pair, const KpiDefinition *form,
                              int decimals) {
  double difference;
  if (!difference_of(reported, pair, &difference)) return g_strdup(pair->differs ? "–" : "");
  if (difference == 0) return g_strdup("");
  gboolean points = form->unit.kind == KPI_RATIO && (!form->display || g_str_equal(form->display, "percent"));
  if (points) return g_strdup_printf(fabs(difference) < 0.0005 ? "%+.2f pt" : "%+.1f pt", difference * 100);
  g_autofree char *number = answer_number_to(reported->session, form, decimals, TRUE, fabs(difference));
  return g_strconcat(difference < 0 ? "-" : "+", number, NULL);
}

static void add_pair(CliTable *table, const AnswerReported *reported, const SnapshotPair *pair, gboolean with_kpi) {
  const SnapshotKpi *kpi = kpi_of(reported, pair);
  KpiDefinition form = form_of(kpi);
  int decimals = answer_is_money(form.unit) ? decimals_of(reported, pair->kpi) : -1;
  g_autofree char *was =
      answer_number_to(reported->session, &form, decimals, pair->reported.has_value, pair->reported.value);
  g_autofree char *is = answer_number_to(reported->session, &form, decimals, pair->now.has_value, pair->now.value);
  g_autofree char *difference = difference_words(reported, pair, &form, decimals);
  gboolean redefined = reported->comparison->changes->pdata[pair->kpi] != NULL;
  g_autofree char *before = g_strconcat(was, pair->was_immature && pair->differs ? " *" : "", NULL);
  g_autofree char *after = g_strconcat(is, redefined ? " *" : "", NULL);
  CliStyle style = pair->is_total && reported->by ? CLI_STYLE_TOTAL : CLI_STYLE_NONE;
  cli_table_add_row(table);
  if (with_kpi) cli_table_add_cell(table, kpi->title, style);
  if (reported->by) cli_table_add_cell(table, pair->is_total ? "All" : answer_member(pair->member), style);
  cli_table_add_cell(table, before, style);
  cli_table_add_cell(table, after, style);
  cli_table_add_cell(table, difference, style);
}

static guint n_differing(const AnswerReported *reported) {
  guint n = 0;
  for (guint i = 0; i < reported->comparison->pairs->len; i++)
    n += g_array_index(reported->comparison->pairs, SnapshotPair, i).differs ? 1 : 0;
  return n;
}

static char *standing_words(const AnswerReported *reported) {
  guint n = n_differing(reported), n_standing = reported->comparison->pairs->len - n;
  if (n == 0) return g_strdup("every number stands as it was reported");
  if (!reported->only_changed || n_standing == 0) return NULL;
  return base_count_words(n_standing,
                          "# {number stands as it was|numbers stand as they were} reported and {is|are} "
                          "left out: name a KPI to see it");
}

static gboolean was_immature(const AnswerReported *reported) {
  for (guint i = 0; i < reported->comparison->pairs->len; i++) {
    const SnapshotPair *pair = &g_array_index(reported->comparison->pairs, SnapshotPair, i);
    if (pair->was_immature && pair->differs) return TRUE;
  }
  return FALSE;
}

static void add_definition_notes(CliTable *table, const AnswerReported *reported) {
  const SnapshotComparison *comparison = reported->comparison;
  g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < comparison->pairs->len; i++) {
    const SnapshotPair *pair = &g_array_index(comparison->pairs, SnapshotPair, i);
    const char *change = comparison->changes->pdata[pair->kpi];
    if (!change || !is_shown(reported, pair) || !g_hash_table_add(told, GUINT_TO_POINTER(pair->kpi + 1))) continue;
    g_autofree char *text =
        g_strdup_printf("* %s was reported by another definition: %s", kpi_of(reported, pair)->title, change);
    cli_table_add_note(table, text);
  }
  for (guint i = 0; i < comparison->gone->len; i++) {
    g_autofree char *text =
        g_strdup_printf("%s is defined no more: it has no number now", (const char *)comparison->gone->pdata[i]);
    cli_table_add_note(table, text);
  }
  if (!comparison->other_money) return;
  g_autofree char *text = g_strdup_printf("amounts were reported in %s, and are in %s now: they are not compared",
                                          reported->snapshot->currency, reported->session->organisation->currency);
  cli_table_add_note(table, text);
}

static const char *first_changed(const AnswerReported *reported) {
  for (guint i = 0; i < reported->comparison->pairs->len; i++) {
    const SnapshotPair *pair = &g_array_index(reported->comparison->pairs, SnapshotPair, i);
    if (pair->differs) return kpi_of(reported, pair)->name;
  }
  return NULL;
}

static void add_notes(CliTable *table, const AnswerReported *reported) {
  const Snapshot *snapshot = reported->snapshot;
  g_autofree char *standing = standing_words(reported);
  if (standing) cli_table_add_note(table, standing);
  if (was_immature(reported)) cli_table_add_note(table, "* its cohort had not had its full time when it was reported");
  add_definition_notes(table, reported);
  const char *changed = first_changed(reported);
  if (!changed) return;
  g_autofree char *since = answer_reported_instant(snapshot->known_at_us);
  g_autofree char *text =
      g_strdup_printf("the records behind a difference: attain records %s --period %s --changed-since %s", changed,
                      snapshot->period.name, since);
  cli_table_add_note(table, text);
}

static char *heading(const AnswerReported *reported, gboolean with_kpi) {
  const Snapshot *snapshot = reported->snapshot;
  GArray *pairs = reported->comparison->pairs;
  g_autofree char *closed = base_day_format(calendar_day_of(reported->session->calendar, snapshot->closed_at_us));
  const char *kpi =
      with_kpi || pairs->len == 0 ? NULL : kpi_of(reported, &g_array_index(pairs, SnapshotPair, 0))->title;
  return g_strdup_printf("%s%s%s · %s as reported on %s (revision %" G_GINT64_FORMAT "), and now",
                         reported->session->organisation->name, kpi ? " · " : "", kpi ? kpi : "", snapshot->period.name,
                         closed, snapshot->revision);
}

CliTable *answer_reported_table(const AnswerReported *reported) {
  if (reported->only_changed && n_differing(reported) == 0 && reported->comparison->gone->len == 0) return NULL;
  GArray *pairs = reported->comparison->pairs;
  gboolean with_kpi =
      reported->only_changed || (pairs->len > 0 && g_array_index(pairs, SnapshotPair, 0).kpi !=
                                                       g_array_index(pairs, SnapshotPair, pairs->len - 1).kpi);
  g_autofree char *title = heading(reported, with_kpi);
  CliTable *table = cli_table_new(title);
  if (with_kpi) cli_table_add_column(table, "KPI", CLI_LEFT);
  if (reported->by) {
    g_autofree char *name = answer_dimension(reported->by);
    cli_table_add_column(table, name, CLI_LEFT);
  }
  static const char *const heads[] = {"Reported", "Now", "Difference"};
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++) cli_table_add_column(table, heads[i], CLI_RIGHT);
  for (guint i = 0; i < pairs->len; i++) {
    const SnapshotPair *pair = &g_array_index(pairs, SnapshotPair, i);
    if (is_shown(reported, pair)) add_pair(table, reported, pair, with_kpi);
  }
  add_notes(table, reported);
  return table;
}

/* --- JSON and CSV --- */

void answer_snapshot_json(CliJson *json, const Snapshot *snapshot) {
  g_autofree char *start = base_day_format(snapshot->period.start), *end = base_day_format(snapshot->period.end);
  g_autofree char *closed = answer_instant(snapshot->closed_at_us),
                  *known = answer_reported_instant(snapshot->known_at_us);
  g_auto(GStrv) dimensions = *snapshot->dimensions ? g_strsplit(snapshot->dimensions, " ", -1) : g_new0(char *, 1);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "snapshot", snapshot->number);
  cli_json_member_object(json, "period");
  cli_json_member_text(json, "name", snapshot->period.name);
  cli_json_member_text(json, "start", start);
  cli_json_member_text(json, "end", end);
  cli_json_end_object(json);
  cli_json_member_integer(json, "revision", snapshot->revision);
  cli_json_member_text(json, "closed_at", closed);
  cli_json_member_text(json, "known_at", known);
  cli_json_value(json, "load", snapshot->load > 0, (double)snapshot->load);
  cli_json_member_texts(json, "by", (const char *const *)dimensions);
  cli_json_member_text(json, "currency", snapshot->currency);
  cli_json_member_text(json, "attain_version", snapshot->version);
  cli_json_member_text(json, "note", snapshot->note);
  cli_json_member_integer(json, "kpis", snapshot->n_kpis);
  cli_json_value(json, "values", snapshot->n_values >= 0, (double)snapshot->n_values);
  cli_json_end_object(json);
}

static void json_figures(CliJson *json, const char *key, const QueryValue *figures) {
  cli_json_member_object(json, key);
  show_json_figures(json, figures);
  cli_json_end_object(json);
}

static void json_pair(CliJson *json, const AnswerReported *reported, const SnapshotPair *pair) {
  const SnapshotKpi *kpi = kpi_of(reported, pair);
  double difference = 0;
  gboolean has = difference_of(reported, pair, &difference);
  cli_json_begin_object(json);
  cli_json_member_text(json, "kpi", kpi->name);
  cli_json_member_object(json, "members");
  if (!pair->is_total) cli_json_member_text(json, reported->by, pair->member);
  cli_json_end_object(json);
  json_figures(json, "reported", &pair->reported);
  json_figures(json, "now", &pair->now);
  cli_json_value(json, "difference", has, difference);
  cli_json_member_bool(json, "changed", pair->differs);
  cli_json_member_bool(json, "was_immature", pair->was_immature);
  cli_json_member_text(json, "unit", kpi->display && !g_str_equal(kpi->unit, "money") ? kpi->display : kpi->unit);
  cli_json_end_object(json);
}

static void json_definitions(CliJson *json, const AnswerReported *reported) {
  const SnapshotComparison *comparison = reported->comparison;
  guint last = G_MAXUINT;
  cli_json_member_array(json, "definitions");
  for (guint i = 0; i < comparison->pairs->len; i++) {
    const SnapshotPair *pair = &g_array_index(comparison->pairs, SnapshotPair, i);
    if (pair->kpi == last) continue;
    last = pair->kpi;
    const SnapshotKpi *kpi = kpi_of(reported, pair);
    g_autofree char *from = kpi->from == BASE_DAY_NONE ? NULL : base_day_format(kpi->from);
    cli_json_begin_object(json);
    cli_json_member_text(json, "kpi", kpi->name);
    cli_json_member_text(json, "formula", kpi->formula);
    cli_json_member_text(json, "formula_from", from);
    cli_json_member_text(json, "definition", kpi->definition);
    cli_json_member_text(json, "change", comparison->changes->pdata[pair->kpi]);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

void answer_reported_json(const AnswerReported *reported, FILE *out) {
  g_autoptr(CliJson) json = cli_json_new(out);
  GArray *pairs = reported->comparison->pairs;
  cli_json_begin_object(json);
  cli_json_key(json, "snapshot");
  answer_snapshot_json(json, reported->snapshot);
  cli_json_member_array(json, "rows");
  for (guint i = 0; i < pairs->len; i++) json_pair(json, reported, &g_array_index(pairs, SnapshotPair, i));
  cli_json_end_array(json);
  json_definitions(json, reported);
  cli_json_member_text(json, "currency", reported->session->organisation->currency);
  answer_moment_members(json, reported->session);
  cli_json_end_object(json);
}

void answer_reported_csv(const AnswerReported *reported, FILE *out) {
  static const char *const heads[] = {"period", "revision", "reported", "now", "difference", "unit"};
  GArray *pairs = reported->comparison->pairs;
  cli_csv_field(out, "kpi", TRUE);
  if (reported->by) cli_csv_field(out, reported->by, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++) cli_csv_field(out, heads[i], FALSE);
  cli_csv_end(out);
  g_autofree char *revision = g_strdup_printf("%" G_GINT64_FORMAT, reported->snapshot->revision);
  for (guint i = 0; i < pairs->len; i++) {
    const SnapshotPair *pair = &g_array_index(pairs, SnapshotPair, i);
    double difference = 0;
    gboolean has = difference_of(reported, pair, &difference);
    cli_csv_field(out, kpi_of(reported, pair)->name, TRUE);
    if (reported->by) cli_csv_field(out, pair->is_total ? "(all)" : pair->member, FALSE);
    cli_csv_field(out, reported->snapshot->period.name, FALSE);
    cli_csv_field(out, revision, FALSE);
    cli_csv_number(out, pair->reported.has_value, pair->reported.value);
    cli_csv_number(out, pair->now.has_value, pair->now.value);
    cli_csv_number(out, has, difference);
    cli_csv_field(out, kpi_of(reported, pair)->unit, FALSE);
    cli_csv_end(out);
  }
}

/* --- asking --- */

void answer_reported_clear(AnswerReported *reported) {
  g_clear_pointer(&reported->comparison, snapshot_comparison_free);
  g_clear_pointer(&reported->snapshot, snapshot_free);
}

char *answer_reported_heading(const AnswerReported *reported) {
  return heading(reported, TRUE);
}

gboolean answer_reported_ask(const Session *session, const AnswerRequest *request, guint revision, gboolean strict,
                             gboolean is_command, AnswerReported *reported, GError **error) {
  reported->session = session;
  reported->snapshot = find_snapshot(session, request, revision, error);
  if (!reported->snapshot) return FALSE;
  if (request->by[0] && request->by[1]) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s one dimension at a time",
                is_command ? "--reported takes" : "what was reported is asked by");
    return FALSE;
  }
  QueryContext question = answer_context(session);
  reported->by = request->by[0];
  reported->only_changed = request->kpis[0] == NULL;
  reported->comparison =
      snapshot_compare(&question, reported->snapshot, (const char *const *)request->kpis, reported->by, strict, error);
  return reported->comparison != NULL;
}

void answer_snapshots_json(const GPtrArray *snapshots, FILE *out) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "snapshots");
  for (guint i = 0; i < snapshots->len; i++) answer_snapshot_json(json, g_ptr_array_index(snapshots, i));
  cli_json_end_array(json);
  cli_json_end_object(json);
}

/* --- closing --- */

static void add_names(GPtrArray *names, const char *const *values) {
  for (; values && *values; values++) {
    g_auto(GStrv) parts = g_strsplit(*values, ",", -1);
    for (char **part = parts; *part; part++)
      if (*g_strstrip(*part) && !g_ptr_array_find_with_equal_func(names, *part, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(*part));
  }
}

Snapshot *answer_snapshot_take(const Session *session, const AnswerClosing *closing, GError **error) {
  g_autoptr(GPtrArray) by = g_ptr_array_new_with_free_func(g_free), kpis = g_ptr_array_new_with_free_func(g_free);
  static const char *const usual[] = {"rep", "team", NULL};
  add_names(by, closing->by);
  if (by->len == 0) add_names(by, usual);
  add_names(kpis, closing->kpis);
  g_ptr_array_add(by, NULL);
  g_ptr_array_add(kpis, NULL);
  SnapshotRequest request = {.period = closing->period,
                             .kpis = (const char *const *)kpis->pdata,
                             .by = (const char *const *)by->pdata,
                             .note = closing->note,
                             .as_of_us = session->as_of_given ? session->as_of_us : G_MAXINT64};
  QueryContext question = answer_context(session);
  return snapshot_take(&question, &request, error);
}
