/* attain kpis: the catalogue as a table, and one KPI as a card.
 *
 * It works without a workspace (the built-in catalogue) and without a database (then nothing is said about data), since
 * it is where a stranger starts to read. */
#include "answer/kpis.h"
#include "app/commands.h"
#include "app/opening.h"
#include "app/views.h"

#define LABEL_WIDTH 12

typedef struct {
  CliContext *context;
  Session *session;
  GHashTable *counts; /* NULL: no database, nothing is known of its rows */
} Kpis;

/* --- words --- */

/* How its values are shown: "percent", "money", "times", "money/day". */
static const char *unit_words(const KpiDefinition *kpi) {
  if (kpi->unit.kind == KPI_QUANTITY || !kpi->display)
    return kpi->unit.kind == KPI_RATIO ? "percent" : kpi_unit_name(kpi->unit);
  return strcmp(kpi->display, "x") == 0 ? "times" : kpi->display;
}

static const char *better_words(const KpiDefinition *kpi, gboolean unicode) {
  static const char *const words[] = {"higher", "lower", "-"};
  static const char *const arrows[] = {"↑ higher", "↓ lower", "–"};
  return (unicode ? arrows : words)[kpi->better];
}

static char *join(const char *const *texts) {
  return texts ? g_strjoinv(", ", (char **)texts) : g_strdup("");
}

/* "yes", "needs sale, lead", or "" when there is no database. */
static char *data_words(const Kpis *kpis, const KpiDefinition *kpi) {
  if (!kpis->counts) return join(kpi->needs);
  if (answer_kpi_is_loaded(kpis->counts, kpi)) return g_strdup("yes");
  g_autoptr(GPtrArray) missing = g_ptr_array_new();
  for (guint i = 0; kpi->needs[i]; i++)
    if (answer_row_count(kpis->counts, kpi->needs[i]) == 0) g_ptr_array_add(missing, (gpointer)kpi->needs[i]);
  g_ptr_array_add(missing, NULL);
  g_autofree char *names = join((const char *const *)missing->pdata);
  return g_strconcat("needs ", names, NULL);
}

/* --- the table --- */

static CliTable *make_table(const Kpis *kpis, const GPtrArray *chosen, gboolean grouped) {
  const char *const names[] = {"KPI", "name", "unit", "better", kpis->counts ? "data" : "needs", "timing"};
  CliTable *table = cli_table_new(NULL);
  if (!grouped) cli_table_add_column(table, "category", CLI_LEFT);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) cli_table_add_column(table, names[i], CLI_LEFT);
  const char *category = NULL;
  for (guint i = 0; i < chosen->len; i++) {
    const KpiDefinition *kpi = g_ptr_array_index(chosen, i);
    if (grouped && g_strcmp0(kpi->category, category) != 0) {
      if (category) cli_table_add_row(table);
      cli_table_add_row(table);
      cli_table_add_cell(table, kpi->category, CLI_STYLE_HEAD);
      category = kpi->category;
    }
    g_autofree char *data = data_words(kpis, kpi);
    g_autofree char *name = g_strconcat(grouped ? "  " : "", kpi->name, NULL);
    cli_table_add_row(table);
    if (!grouped) cli_table_add_cell(table, kpi->category, CLI_STYLE_NONE);
    cli_table_add_cell(table, name, CLI_STYLE_NONE);
    cli_table_add_cell(table, kpi->title, CLI_STYLE_NONE);
    cli_table_add_cell(table, unit_words(kpi), CLI_STYLE_NONE);
    cli_table_add_cell(table, better_words(kpi, kpis->context->unicode), CLI_STYLE_NONE);
    gboolean loaded = kpis->counts && answer_kpi_is_loaded(kpis->counts, kpi);
    cli_table_add_cell(table, data, loaded ? CLI_STYLE_GOOD : CLI_STYLE_DIM);
    cli_table_add_cell(table, answer_kpi_timing(kpi), CLI_STYLE_NONE);
  }
  return table;
}

static void print_table(const Kpis *kpis, const GPtrArray *chosen) {
  guint n_loaded = 0;
  for (guint i = 0; kpis->counts && i < chosen->len; i++)
    n_loaded += answer_kpi_is_loaded(kpis->counts, g_ptr_array_index(chosen, i));
  if (chosen->len == 0) {
    fputs("No KPI is in all of these sets. `attain kpis` lists them all.\n", kpis->context->out);
    return;
  }
  g_autofree char *all = base_count_words(chosen->len, "# {KPI|KPIs}");
  g_autofree char *loaded = kpis->counts ? g_strdup_printf(", %u of them with data", n_loaded) : g_strdup("");
  g_autofree char *note = g_strconcat(all, loaded, ". `attain kpis NAME` tells all of one.", NULL);
  g_autoptr(CliTable) table = make_table(kpis, chosen, TRUE);
  cli_table_add_note(table, note);
  cli_table_print(table, kpis->context);
}

/* --- the card --- */

static void print_label(const CliContext *context, const char *label) {
  const char *dim = context->colour ? "\033[2m" : "", *plain = context->colour ? "\033[0m" : "";
  fprintf(context->out, "%s%-*s%s", dim, LABEL_WIDTH, label, plain);
}

static void print_field(const CliContext *context, const char *label, const char *text) {
  if (!text || !*text) return;
  print_label(context, label);
  cli_print_text(context, text, LABEL_WIDTH, LABEL_WIDTH);
}

static void print_list(const CliContext *context, const char *label, const char *const *texts) {
  for (guint i = 0; texts && texts[i]; i++) {
    print_label(context, i == 0 ? label : "");
    fputs("- ", context->out);
    cli_print_text(context, texts[i], LABEL_WIDTH + 2, LABEL_WIDTH + 2);
  }
}

static void print_parts(const CliContext *context, const KpiDefinition *kpi) {
  g_auto(AnswerKpiParts) parts = answer_kpi_parts(kpi);
  for (guint i = 0; i < parts.kpis->len; i++) {
    const KpiDefinition *part = g_ptr_array_index(parts.kpis, i);
    g_autofree char *text = g_strdup_printf("%s = %s", part->name, part->canonical);
    print_label(context, i == 0 ? "KPIs in it" : "");
    cli_print_text(context, text, LABEL_WIDTH + 4, LABEL_WIDTH);
  }
  for (guint i = 0; i < parts.measures->len; i++) {
    const KpiMeasure *measure = g_ptr_array_index(parts.measures, i);
    g_autofree char *text = g_strdup_printf("%s = %s", measure->name, measure->canonical);
    print_label(context, i == 0 ? "Measures" : "");
    cli_print_text(context, text, LABEL_WIDTH + 4, LABEL_WIDTH);
  }
}

static void print_needs(const Kpis *kpis, const KpiDefinition *kpi) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; kpi->needs && kpi->needs[i]; i++) {
    gint64 count = answer_row_count(kpis->counts, kpi->needs[i]);
    g_autofree char *loaded = base_count_words(count, " (# {row|rows} loaded)");
    g_string_append_printf(text, "%s%s", i ? ", " : "", kpi->needs[i]);
    if (kpis->counts && count > 0) g_string_append(text, loaded);
    if (kpis->counts && count == 0) g_string_append(text, " (nothing loaded)");
  }
  print_field(kpis->context, "Needs", text->str);
  print_field(kpis->context, "", kpi->needs_hint);
}

static void print_sets(const CliContext *context, const KpiDefinition *kpi) {
  g_autofree char *roles = join(kpi->roles);
  g_autofree char *business = join(kpi->business);
  print_field(context, "For", roles);
  print_field(context, "Business", *business ? business : "any");
}

static void print_versions(const CliContext *context, const KpiDefinition *kpi) {
  if (kpi->n_versions < 2) return;
  for (guint i = 0; i < kpi->n_versions; i++) {
    g_autofree char *from =
        kpi->versions[i].from == BASE_DAY_MIN ? g_strdup("at first") : base_day_format(kpi->versions[i].from);
    g_autofree char *text = g_strdup_printf("%s: %s", from, kpi->versions[i].formula);
    print_field(context, i == 0 ? "Versions" : "", text);
  }
}

static void print_card(const Kpis *kpis, const KpiDefinition *kpi) {
  const CliContext *context = kpis->context;
  g_autofree char *head = g_strdup_printf("%s (%s)", kpi->title, kpi->name);
  cli_print_heading(context, head);
  if (kpi->question) cli_print_text(context, kpi->question, 0, 0);
  fputc('\n', context->out);
  print_field(context, "Formula", kpi->canonical);
  print_parts(context, kpi);
  fputc('\n', context->out);
  print_field(context, "Unit", unit_words(kpi));
  print_field(context, "Better", better_words(kpi, context->unicode));
  print_field(context, "Timing",
              kpi->timing == KPI_LEADING ? "leading: it moves before results do" : "lagging: it tells of results");
  print_field(context, "Category", kpi->category);
  print_field(context, "Dated by", kpi->anchor);
  if (kpi->proportion) print_field(context, "Certainty", "a share of cases: shown with its 95 % interval (Wilson)");
  if (kpi->matures_after_days > 0) {
    g_autofree char *text =
        base_count_words(kpi->matures_after_days, "a period is immature until # {day|days} after its end");
    print_field(context, "Maturity", text);
  }
  print_needs(kpis, kpi);
  print_sets(context, kpi);
  print_list(context, "Traps", kpi->traps);
  g_autofree char *drivers = g_strjoinv(" × ", (char **)(gpointer)kpi->drivers), *see_also = join(kpi->see_also);
  print_field(context, "Driven by", drivers);
  print_field(context, "See also", see_also);
  print_field(context, "Source", kpi->source);
  print_versions(context, kpi);
  g_autofree char *place = answer_place(kpi);
  g_autofree char *redefined = g_strconcat("redefined in ", place, ", in the place of the built-in one", NULL);
  print_field(context, "Defined", kpi->built_in ? "built in" : kpi->redefines ? redefined : place);
}

/* --- CSV --- */

static void print_csv(const Kpis *kpis, const GPtrArray *chosen) {
  static const char *const heads[] = {"kpi",    "name",  "category", "unit",    "better",
                                      "timing", "needs", "has_data", "formula", "question"};
  FILE *out = kpis->context->out;
  for (gsize i = 0; i < G_N_ELEMENTS(heads); i++) cli_csv_field(out, heads[i], i == 0);
  cli_csv_end(out);
  for (guint i = 0; i < chosen->len; i++) {
    const KpiDefinition *kpi = g_ptr_array_index(chosen, i);
    g_autofree char *needs = join(kpi->needs);
    const char *has_data = !kpis->counts ? "" : answer_kpi_is_loaded(kpis->counts, kpi) ? "yes" : "no";
    const char *const fields[] = {kpi->name,
                                  kpi->title,
                                  kpi->category,
                                  kpi_unit_name(kpi->unit),
                                  answer_kpi_better(kpi),
                                  answer_kpi_timing(kpi),
                                  needs,
                                  has_data,
                                  kpi->canonical,
                                  kpi->question};
    for (gsize f = 0; f < G_N_ELEMENTS(fields); f++) cli_csv_field(out, fields[f], f == 0);
    cli_csv_end(out);
  }
}

/* --- the command --- */

/* A database that cannot be read now (another process writes it) is no reason not to show definitions. */
static void open_counts(Kpis *kpis) {
  if (!kpis->session->folder || !session_open_database(kpis->session, SESSION_DATABASE, NULL)) return;
  kpis->counts = answer_row_counts(kpis->session->store, kpis->session->schema, NULL);
}

static void print_chosen(const Kpis *kpis, const GPtrArray *chosen, const char *format, gboolean card) {
  if (g_strcmp0(format, "json") == 0) {
    answer_kpis_json(kpis->session->catalogue, kpis->counts, chosen, !card, kpis->context->out);
  } else if (g_strcmp0(format, "csv") == 0) {
    print_csv(kpis, chosen);
  } else if (g_strcmp0(format, "md") == 0) {
    g_autoptr(CliTable) table = make_table(kpis, chosen, FALSE);
    cli_table_print_markdown(table, kpis->context->out);
  } else if (card) {
    for (guint i = 0; i < chosen->len; i++) {
      if (i > 0) fputc('\n', kpis->context->out);
      print_card(kpis, g_ptr_array_index(chosen, i));
    }
  } else {
    print_table(kpis, chosen);
    views_print(kpis->context, kpis->session->catalogue);
  }
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session = app_open(context, SESSION_DEFINITIONS | SESSION_ANYWHERE, error);
  if (!session) return -1;
  Kpis kpis = {.context = context, .session = session};
  gboolean named = cli_n_operands(arguments) > 0;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < cli_n_operands(arguments); i++) g_ptr_array_add(names, (gpointer)cli_operand(arguments, i));
  g_ptr_array_add(names, NULL);
  AnswerKpisWanted wanted = {.names = (const char *const *)names->pdata,
                             .role = cli_option(arguments, "role"),
                             .business = cli_option(arguments, "business"),
                             .category = cli_option(arguments, "category")};
  g_autoptr(GPtrArray) chosen = answer_kpis_choose(session->catalogue, &wanted, error);
  if (!chosen) return -1;
  open_counts(&kpis);
  print_chosen(&kpis, chosen, cli_option(arguments, "format"), named);
  g_clear_pointer(&kpis.counts, g_hash_table_unref);
  return 0;
}

static const CliOption options[] = {
    {"role", 0, CLI_VALUE, "ROLE", "only the set of one role", "manager|leader|rep|marketing|finance"},
    {"business", 0, CLI_VALUE, "KIND", "only what fits one kind of business", "b2b|saas|retail|agency"},
    {"category", 0, CLI_VALUE, "NAME", "only one category",
     "financial|pipeline|activity|customer|marketing|service|people"},
    {"format", 0, CLI_VALUE, "FORMAT", "how to print it", "table|json|csv|md"},
};

const CliCommand cmd_kpis = {
    .name = "kpis",
    .synopsis = "[NAME…]",
    .about = "list the KPIs, or tell all about one",
    .details =
        "Without a name, lists the catalogue by category: the unit, whether higher or lower is better, whether it "
        "leads or lags "
        "results, and whether the records it needs are loaded.\n"
        "With names, shows for each the question it answers, its formula with the measures in it, the date that places "
        "a record "
        "in a period, and the mistakes commonly made with it.",
    .examples =
        "attain kpis\tall of them\n"
        "attain kpis --role rep --business saas\tthe set of a rep in a subscription business\n"
        "attain kpis win_rate\teverything about one",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .max_operands = -1,
    .run = run,
};
