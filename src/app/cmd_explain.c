/* attain explain: how a number came to be. */
#include "answer/trail.h"
#include "app/commands.h"
#include "app/opening.h"
#include "app/request.h"

static char *count_words(gint64 n) {
  return cli_format_number((double)n, CLI_NUMBER_COUNT, NULL);
}

static void print_trail(const QueryTrail *trail, FILE *out) {
  AnswerLeftOut left_out[ANSWER_N_LEFT_OUT];
  answer_left_out(trail, left_out);
  g_autofree char *used = count_words(trail->n_used), *all = count_words(trail->n_rows);
  fprintf(out, "  %s\n", trail->name != NULL ? trail->name : "in the formula");
  fprintf(out, "    %s\n", trail->measure->canonical);
  if (trail->entity != NULL) fprintf(out, "    for each %s by itself\n", trail->entity->name);
  fprintf(out, "    days      %s\n", trail->when);
  fprintf(out, "    records   %s used of %s in %s\n", used, all, trail->measure->table->name);
  for (guint i = 0; i < G_N_ELEMENTS(left_out); i++) {
    if (left_out[i].n == 0) continue;
    g_autofree char *n = count_words(left_out[i].n);
    fprintf(out, "              %s left out: %s\n", n, left_out[i].why);
  }
}

static void print_formula(const KpiDefinition *kpi, BaseDay day, FILE *out) {
  const KpiVersion *version = query_version_in_force(kpi, day);
  g_autofree char *formula = kpi_expr_print(version->expr);
  fprintf(out, "Formula     %s\n", formula);
  if (kpi->n_versions < 2) return;
  const KpiVersion *next = version + 1 < kpi->versions + kpi->n_versions ? version + 1 : NULL;
  g_autofree char *from = version == kpi->versions ? NULL : base_day_format(version->from),
                  *last = next != NULL ? base_day_format(next->from - 1) : NULL;
  fprintf(out, "Version     %td of %u, in force%s%s%s%s: a period goes by the one in force on its first day\n",
          version - kpi->versions + 1, kpi->n_versions, from != NULL ? " from " : "", from != NULL ? from : "",
          last != NULL ? " until " : "", last != NULL ? last : "");
}

static void print_number(const Session *session, const KpiDefinition *kpi, int decimals, const QueryValue *of,
                         FILE *out) {
  g_autofree char *value = answer_number_to(session, kpi, decimals, of->has_value, of->value);
  fprintf(out, "%s", value);
  if (of->has_parts) {
    g_autofree char *numerator = cli_format_number(of->numerator, CLI_NUMBER_PLAIN, NULL);
    g_autofree char *denominator = cli_format_number(of->denominator, CLI_NUMBER_PLAIN, NULL);
    fprintf(out, "  = %s / %s", numerator, denominator);
  }
  if (of->has_interval) {
    g_autofree char *low = answer_number_to(session, kpi, decimals, TRUE, of->low),
                    *high = answer_number_to(session, kpi, decimals, TRUE, of->high);
    fprintf(out, "  (95 %% interval %s to %s)", low, high);
  }
  fputc('\n', out);
}

/* Members, then all of them together. */
static void print_values(const Session *session, const QueryResult *result, FILE *out) {
  const KpiDefinition *kpi = query_result_kpi(result, 0);
  int decimals = answer_decimals(session, result, 0);
  const char *head = "Value       ";
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    fprintf(out, "%s%s", head, row->n_members > 0 ? answer_member(row->members[0]) : "");
    for (guint m = 1; m < row->n_members; m++) fprintf(out, " · %s", answer_member(row->members[m]));
    fprintf(out, "%s", row->n_members > 0 ? ": " : "");
    print_number(session, kpi, decimals, &row->value, out);
    head = "            ";
  }
  for (guint t = 0; t < query_result_n_totals(result); t++) {
    const QueryRow *total = query_result_total(result, t);
    if (total->n_members > 0) continue;
    fprintf(out, "%sAll: ", head);
    print_number(session, kpi, decimals, &total->value, out);
  }
}

static void print_texts(const Session *session, const CliContext *context, const QueryResult *result,
                        const GPtrArray *trails) {
  const KpiDefinition *kpi = query_result_kpi(result, 0);
  const CalendarPeriod *period = query_result_period(result, 0);
  FILE *out = context->out;
  fprintf(out, "%s · %s\n%s\n\n", kpi->title, period->name, kpi->question != NULL ? kpi->question : "");
  print_formula(kpi, period->start, out);
  if (kpi->anchor != NULL) fprintf(out, "Placed by   %s\n", kpi->anchor);
  g_autofree char *start = base_day_format(period->start), *last = base_day_format(period->end - 1);
  fprintf(out, "Days        %s to %s, %s\n", start, last, session->organisation->time_zone);
  g_autofree char *place = answer_place(kpi);
  if (kpi->redefines)
    fprintf(out, "Defined in  %s: redefined, in the place of the built-in one\n", place);
  else
    fprintf(out, "Defined in  %s\n", kpi->built_in ? "the built-in catalogue" : place);
  print_values(session, result, out);
  fprintf(out, "\nMeasures\n");
  for (guint t = 0; t < trails->len; t++) print_trail(g_ptr_array_index(trails, t), out);
  if (kpi->traps != NULL && kpi->traps[0] != NULL) fprintf(out, "\nTraps\n");
  for (const char *const *trap = kpi->traps; trap != NULL && *trap != NULL; trap++) fprintf(out, "  - %s\n", *trap);
  for (const char *const *note = query_result_notes(result); *note != NULL; note++) fprintf(out, "\nNote: %s\n", *note);
  fprintf(out, "\nScans\n");
  for (const char *const *sql = query_result_sql(result); *sql != NULL; sql++) fprintf(out, "  %s\n", *sql);
  double plan_ms, scan_ms, evaluate_ms;
  gint64 rows;
  query_result_timings(result, &plan_ms, &scan_ms, &evaluate_ms, &rows);
  g_autofree char *scanned = count_words(rows);
  fprintf(out, "\nTimings     plan %.1f ms, scan %.1f ms (%s rows), evaluation %.1f ms\n", plan_ms, scan_ms, scanned,
          evaluate_ms);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session =
      app_open_as_of(context, cli_option(arguments, "as-of"), SESSION_DATABASE | SESSION_DEFINITIONS, error);
  g_auto(AnswerRequest) request = {0};
  if (session == NULL || !request_read(session, arguments, &request, error)) return -1;
  QueryContext question = answer_context(session);
  g_autoptr(QueryResult) result = query_run(&question, &request.request, error);
  if (result == NULL) return -1;
  g_autoptr(GPtrArray) trails = query_trails(&question, &request.request, 0, error);
  if (trails == NULL) return -1;
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0)
    answer_explain_json(session, result, trails, context->out);
  else
    print_texts(session, context, result, trails);
  return 0;
}

static const CliOption options[] = {
    REQUEST_OPTIONS,
    {"format", 'f', CLI_VALUE, "FORM", "how to write it", "text|json"},
};

const CliCommand cmd_explain = {
    .name = "explain",
    .synopsis = "KPI",
    .about = "say how a number came to be",
    .details =
        "The formula with its measures, conditions and dates; how many records were used and how many were left out, "
        "and why; the SQL of the scans; what "
        "took how long. `attain records` lists the records themselves.",
    .examples = "attain explain win_rate --period 2026-Q3\twhat the quarter's win rate rests on",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
