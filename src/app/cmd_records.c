/* attain records: the very records behind a number. */
#include "answer/trail.h"
#include "app/changes.h"
#include "app/commands.h"
#include "app/opening.h"
#include "app/request.h"

/* All amounts of the column to the cent, unless all are whole: their sum must be seen to be right. */
static int decimals_of(const Session *session, const QueryTrail *trail) {
  if (!answer_is_money(answer_counted_as(trail->measure).unit)) return -1;
  g_autofree double *amounts = g_new0(double, trail->records->len + 1);
  for (guint i = 0; i < trail->records->len; i++) {
    const QueryRecord *record = &g_array_index(trail->records, QueryRecord, i);
    amounts[i] = record->has_value ? record->value : 0;
  }
  amounts[trail->records->len] = trail->adds_up ? trail->total : 0;
  return cli_money_decimals(amounts, trail->records->len + 1, session->organisation->currency, TRUE);
}

static char *contribution(const Session *session, const QueryTrail *trail, int decimals, gboolean has_value,
                          double value) {
  KpiDefinition as = answer_counted_as(trail->measure);
  return has_value ? answer_number_to(session, &as, decimals, TRUE, value) : g_strdup("no rate");
}

/* What is spread over days counts with those in the period. */
static char *days_words(const QueryRecord *record) {
  return record->of_days == 0 ? g_strdup("") : g_strdup_printf("%d of %d", record->days, record->of_days);
}

typedef struct {
  gboolean stage, days; /* any record has them */
  int decimals;         /* of amounts */
} Extra;

static Extra extra_of(const Session *session, const QueryTrail *trail) {
  Extra extra = {FALSE, FALSE, decimals_of(session, trail)};
  for (guint i = 0; i < trail->records->len; i++) {
    const QueryRecord *record = &g_array_index(trail->records, QueryRecord, i);
    extra.stage |= record->stage != NULL;
    extra.days |= record->of_days > 0;
  }
  return extra;
}

static void add_record(CliTable *table, const Session *session, const QueryTrail *trail, const QueryRecord *record,
                       Extra extra) {
  g_autofree char *day = record->day == BASE_DAY_NONE ? g_strdup("") : base_day_format(record->day);
  g_autofree char *counts = contribution(session, trail, extra.decimals, record->has_value, record->value);
  g_autofree char *days = days_words(record);
  const char *cells[] = {record->id, record->name, day, record->rep, record->account};
  cli_table_add_row(table);
  for (guint c = 0; c < G_N_ELEMENTS(cells); c++)
    cli_table_add_cell(table, cells[c] != NULL ? cells[c] : "", CLI_STYLE_NONE);
  if (extra.stage) cli_table_add_cell(table, record->stage != NULL ? record->stage : "", CLI_STYLE_NONE);
  if (extra.days) cli_table_add_cell(table, days, CLI_STYLE_NONE);
  cli_table_add_cell(table, counts, record->has_value ? CLI_STYLE_NONE : CLI_STYLE_BAD);
}

/* A record that several share is listed for each of them. */
static char *sum_words(const QueryTrail *trail) {
  gint64 n_records = trail->n_used + trail->n_without_rate;
  g_autofree char *records = base_count_words(n_records, "# {record|records}");
  if (n_records == trail->records->len) return g_steal_pointer(&records);
  g_autofree char *shares = base_count_words(trail->records->len, "# {share|shares}");
  return g_strdup_printf("%s, %s", records, shares);
}

static void print_table(const Session *session, const CliContext *context, const QueryTrail *trail, gboolean markdown) {
  g_autofree char *name = answer_measure_name(trail);
  g_autofree char *title = g_strdup_printf("%s · %s", name, trail->when);
  g_autoptr(CliTable) table = cli_table_new(title);
  static const char *const heads[] = {"Record", "Name", "Date", "Rep", "Account"};
  Extra extra = extra_of(session, trail);
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++) cli_table_add_column(table, heads[i], CLI_LEFT);
  if (extra.stage) cli_table_add_column(table, "Stage", CLI_LEFT);
  if (extra.days) cli_table_add_column(table, "Days", CLI_RIGHT);
  cli_table_add_column(table, "Counts as", CLI_RIGHT);
  for (guint i = 0; i < trail->records->len; i++)
    add_record(table, session, trail, &g_array_index(trail->records, QueryRecord, i), extra);
  g_autofree char *total =
      trail->adds_up ? contribution(session, trail, extra.decimals, TRUE, trail->total) : g_strdup("");
  g_autofree char *sum = sum_words(trail);
  guint n_empty = G_N_ELEMENTS(heads) - 1 + (extra.stage ? 1 : 0) + (extra.days ? 1 : 0);
  cli_table_add_row(table);
  cli_table_add_cell(table, sum, CLI_STYLE_TOTAL);
  for (guint c = 0; c < n_empty; c++) cli_table_add_cell(table, "", CLI_STYLE_TOTAL);
  cli_table_add_cell(table, total, CLI_STYLE_TOTAL);
  cli_table_write(table, context, markdown);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session =
      app_open_as_of(context, cli_option(arguments, "as-of"), SESSION_DATABASE | SESSION_DEFINITIONS, error);
  g_auto(AnswerRequest) request = {0};
  guint limit;
  if (session == NULL || !request_read(session, arguments, &request, error) ||
      !request_number(arguments, "limit", ANSWER_USUAL_RECORDS, &limit, error))
    return -1;
  const char *format = cli_option(arguments, "format"), *since = cli_option(arguments, "changed-since");
  if (since != NULL) return changes_print(context, session, &request, since, limit, format, error);
  QueryContext question = answer_context(session);
  g_autoptr(GPtrArray) trails = query_trails(&question, &request.request, limit, error);
  if (trails == NULL) return -1;
  if (g_strcmp0(format, "json") == 0) {
    answer_records_json(session, request.kpis[0], trails, context->out);
  } else if (g_strcmp0(format, "csv") == 0) {
    answer_records_csv(trails, context->out);
  } else {
    for (guint t = 0; t < trails->len; t++) {
      if (t > 0) fputc('\n', context->out);
      print_table(session, context, g_ptr_array_index(trails, t), g_strcmp0(format, "md") == 0);
    }
  }
  return 0;
}

static const CliOption options[] = {
    {"period", 'p', CLI_VALUE, "PERIOD",
     "2026-Q3, 2026-06, FY2026, last-12-months, this-month, all (default: this-quarter)", NULL},
    {"where", 'w', CLI_VALUES, "CONDITION", "only these: \"rep = 'Ana Silva'\"; several must all hold", NULL},
    {"credit", 0, CLI_VALUE, "WHEN", "owners and teams as at the event, or as they are now", "event|now"},
    {"rates-of", 0, CLI_VALUE, "DATE", "constant currency: convert all amounts at the rates of this day", NULL},
    {"as-of", 0, CLI_VALUE, "TIME", "from the records as they were believed on a date (its end) or at a time", NULL},
    {"changed-since", 0, CLI_VALUE, "TIME",
     "only the records that count otherwise than was believed then: what restated the number, and by how much", NULL},
    {"limit", 0, CLI_VALUE, "N", "list at most N records for a measure (default 1000); more is an error, never a cut",
     NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write them", "table|json|csv|md"},
};

const CliCommand cmd_records = {
    .name = "records",
    .synopsis = "KPI",
    .about = "list the records behind a number",
    .details =
        "For every measure of the KPI's formula, the records it counted, with what each counts as; their sum is the "
        "measure's value.",
    .examples =
        "attain records win_rate --period 2026-Q3 --where \"rep = 'Ana Silva'\"\tthe deals of one win rate\n"
        "attain records revenue --period 2026-06 --format csv\tfor a spreadsheet",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
