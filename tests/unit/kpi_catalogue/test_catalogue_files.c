/* The built-in catalogue as a whole: it has no mistakes, it is complete, and it says of each KPI what a reader needs to
 * know.
 *
 * The names are those of the field's list, numbers 1 to 72. Not built in, because the ledger cannot feed them yet:
 * scorecard_score (66), weights and benchmarks of a scorecard; training_lift (70), a comparison with people who are
 * alike but were not trained. */
#include "../unit.h"
#include "kpi/kpi.h"

static const char *const names[] = {
    "revenue",
    "invoiced_revenue",
    "sales_growth",
    "quota_attainment",
    "people_at_quota",
    "gross_margin",
    "net_margin",
    "average_discount",
    "average_deal_size",
    "median_deal_size",
    "revenue_per_rep",
    "cac",
    "cac_payback",
    "clv",
    "clv_model",
    "ltv_to_cac",
    "mrr",
    "arr",
    "nrr",
    "grr",
    "compensation_cost",
    "pipeline_created",
    "open_pipeline",
    "weighted_pipeline",
    "pipeline_coverage",
    "win_rate",
    "win_rate_created",
    "win_rate_value",
    "win_rate_broad",
    "lead_conversion",
    "mql_to_sql",
    "sql_to_opportunity",
    "stage_conversion",
    "time_in_stage",
    "sales_cycle",
    "mean_sales_cycle",
    "sales_velocity",
    "slip_rate",
    "pushes_per_deal",
    "untouched_deals",
    "next_step_coverage",
    "waterfall_start",
    "waterfall_new",
    "waterfall_pulled_in",
    "waterfall_raised",
    "waterfall_lowered",
    "waterfall_pushed",
    "waterfall_won",
    "waterfall_lost",
    "waterfall_end",
    "lost_reason_share",
    "forecast_accuracy",
    "forecast_bias",
    "commit_conversion",
    "calls",
    "emails",
    "meetings",
    "demos",
    "activities",
    "connect_rate",
    "meetings_held_rate",
    "activity_to_meeting",
    "touches_per_win",
    "selling_time_share",
    "speed_to_lead",
    "quote_to_close",
    "new_customers",
    "retention_rate",
    "churn_rate",
    "repeat_purchase_rate",
    "purchase_frequency",
    "market_penetration",
    "expansion_rate",
    "account_engagement",
    "website_sessions",
    "website_visitors",
    "visitor_to_lead",
    "cost_per_lead",
    "csat",
    "nps",
    "ces",
    "first_response_in_sla",
    "resolution_in_sla",
    "first_contact_resolution",
    "ramp_time",
    "coaching_adherence",
    "actions_on_time",
    "training_completion",
    "employee_engagement",
    "rep_attrition",
    "won_deals",
    "lost_deals",
    "decided_deals",
    "created_deals",
    "leads",
    "customers",
};

typedef struct {
  LedgerSchema *schema;
  KpiCatalogue *catalogue;
} Fixture;

static int by_name(gconstpointer a, gconstpointer b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *catalogue_files(void) {
  GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  g_autoptr(GDir) folder = g_dir_open(CATALOGUE_FOLDER, 0, &error);
  assert_null(error);
  for (const char *name = g_dir_read_name(folder); name; name = g_dir_read_name(folder))
    if (g_str_has_suffix(name, ".yaml")) g_ptr_array_add(paths, g_build_filename(CATALOGUE_FOLDER, name, NULL));
  g_ptr_array_sort(paths, by_name);
  return paths;
}

/* The texts are the caller's to free. */
static GArray *read_sources(void) {
  g_autoptr(GPtrArray) paths = catalogue_files();
  GArray *sources = g_array_new(FALSE, TRUE, sizeof(KpiSource));
  for (guint i = 0; i < paths->len; i++) {
    char *text = NULL;
    KpiSource source = {.file = g_intern_string(paths->pdata[i]), .built_in = TRUE};
    assert_true(g_file_get_contents(paths->pdata[i], &text, &source.length, NULL));
    source.text = text;
    g_array_append_val(sources, source);
  }
  return sources;
}

static int setup(void **state) {
  Fixture *fixture = g_new0(Fixture, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(GArray) sources = read_sources();
  fixture->schema = ledger_schema_new(NULL, 0, &error);
  fixture->catalogue =
      kpi_catalogue_new(fixture->schema, (const KpiSource *)(gpointer)sources->data, sources->len, &problems, &error);
  for (guint i = 0; problems && i < problems->len; i++) print_message("%s\n", (char *)problems->pdata[i]);
  for (guint i = 0; i < sources->len; i++) g_free((char *)g_array_index(sources, KpiSource, i).text);
  *state = fixture;
  return fixture->catalogue ? 0 : -1;
}

static int teardown(void **state) {
  Fixture *fixture = *state;
  kpi_catalogue_free(fixture->catalogue);
  ledger_schema_free(fixture->schema);
  g_free(fixture);
  return 0;
}

static void has_every_kpi_of_the_list(void **state) {
  Fixture *fixture = *state;
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(GError) error = NULL;
    const KpiDefinition *kpi = kpi_catalogue_find(fixture->catalogue, names[i], &error);
    if (!kpi) fail_msg("%s: %s", names[i], error->message);
    if (!*kpi->question) fail_msg("%s is only a measure, not a KPI with a question", names[i]);
  }
}

static void says_what_a_reader_needs(void **state) {
  Fixture *fixture = *state;
  for (guint i = 0; i < kpi_catalogue_n_kpis(fixture->catalogue); i++) {
    const KpiDefinition *kpi = kpi_catalogue_kpi(fixture->catalogue, i);
    gboolean question = kpi->question && g_str_has_suffix(kpi->question, "?");
    if (!question) fail_msg("%s asks no question", kpi->name);
    if (!kpi->traps[0]) fail_msg("%s names no traps", kpi->name);
    if (!kpi->anchor || !*kpi->anchor) fail_msg("%s has no anchor", kpi->name);
    if (!kpi->source || !*kpi->source) fail_msg("%s has no source", kpi->name);
    if (!kpi->needs_hint) fail_msg("%s does not say what it needs", kpi->name);
    if (g_str_equal(kpi->category, "other")) fail_msg("%s has no category", kpi->name);
    if (!kpi->see_also[0]) fail_msg("%s stands alone", kpi->name);
  }
}

static void see_also_leads_somewhere_else(void **state) {
  Fixture *fixture = *state;
  for (guint i = 0; i < kpi_catalogue_n_kpis(fixture->catalogue); i++) {
    const KpiDefinition *kpi = kpi_catalogue_kpi(fixture->catalogue, i);
    for (guint j = 0; kpi->see_also[j]; j++) {
      g_autoptr(GError) error = NULL;
      if (g_str_equal(kpi->see_also[j], kpi->name)) fail_msg("%s refers to itself", kpi->name);
      if (!kpi_catalogue_find(fixture->catalogue, kpi->see_also[j], &error))
        fail_msg("%s: %s", kpi->name, error->message);
    }
  }
}

static void sets_by_role_are_short(void **state) {
  Fixture *fixture = *state;
  static const char *const roles[] = {"manager", "leader", "rep", "marketing", "finance"};
  for (gsize r = 0; r < G_N_ELEMENTS(roles); r++) {
    guint n = 0;
    for (guint i = 0; i < kpi_catalogue_n_kpis(fixture->catalogue); i++)
      n += g_strv_contains(kpi_catalogue_kpi(fixture->catalogue, i)->roles, roles[r]);
    if (n < 5 || n > 12) fail_msg("the set for a %s has %u KPIs; 5 to 12 can be looked after", roles[r], n);
  }
}

/* A set of lagging KPIs alone tells of the past only. */
static void sets_by_role_look_ahead_too(void **state) {
  Fixture *fixture = *state;
  static const char *const roles[] = {"manager", "leader", "rep", "marketing"};
  for (gsize r = 0; r < G_N_ELEMENTS(roles); r++) {
    guint leading = 0;
    for (guint i = 0; i < kpi_catalogue_n_kpis(fixture->catalogue); i++) {
      const KpiDefinition *kpi = kpi_catalogue_kpi(fixture->catalogue, i);
      leading += g_strv_contains(kpi->roles, roles[r]) && kpi->timing == KPI_LEADING;
    }
    if (leading == 0) fail_msg("the set for a %s has no leading KPI", roles[r]);
  }
}

static const KpiDefinition *find(Fixture *fixture, const char *name) {
  return kpi_catalogue_find(fixture->catalogue, name, NULL);
}

static void units_are_those_of_the_field(void **state) {
  Fixture *fixture = *state;
  static const struct {
    const char *kpi, *unit, *display;
  } cases[] = {
      {"revenue", "money", NULL},
      {"win_rate", "ratio", "percent"},
      {"average_deal_size", "money", NULL},
      {"sales_cycle", "days", NULL},
      {"sales_velocity", "money/day", "per_day"},
      {"cac", "money", NULL},
      {"cac_payback", "ratio", "months"},
      {"clv", "money", NULL},
      {"clv_model", "money", NULL},
      {"ltv_to_cac", "ratio", "times"},
      {"won_deals", "count", NULL},
      {"speed_to_lead", "days", "hours"},
      {"revenue_per_rep", "money", NULL},
      {"time_in_stage", "days", NULL},
      {"nrr", "ratio", "percent"},
      {"new_customers", "count", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const KpiDefinition *kpi = find(fixture, cases[i].kpi);
    assert_string_equal(kpi_unit_name(kpi->unit), cases[i].unit);
    if (cases[i].display)
      assert_string_equal(kpi->display, cases[i].display);
    else
      assert_null(kpi->display);
  }
}

/* Cohorts are immature until their window has passed; a rate of decided deals never is. */
static void cohorts_mature(void **state) {
  Fixture *fixture = *state;
  assert_int_equal(find(fixture, "win_rate")->matures_after_days, 0);
  assert_int_equal(find(fixture, "win_rate_created")->matures_after_days, 180);
  assert_int_equal(find(fixture, "lead_conversion")->matures_after_days, 180);
  assert_int_equal(find(fixture, "mql_to_sql")->matures_after_days, 90);
}

/* The yaml examples of docs/definitions.md, each as the one file of a workspace beside the built-in definitions. */
static void examples_of_the_guide_are_right(void **state) {
  Fixture *fixture = *state;
  g_autofree char *guide = NULL;
  assert_true(g_file_get_contents(GUIDE, &guide, NULL, NULL));
  g_auto(GStrv) parts = g_strsplit(guide, "```yaml\n", -1);
  assert_true(g_strv_length(parts) > 8);
  for (guint i = 1; parts[i]; i++) {
    char *end = strstr(parts[i], "```");
    assert_non_null(end);
    KpiSource example = {.file = "example", .text = parts[i], .length = (gsize)(end - parts[i])};
    g_autoptr(GArray) sources = read_sources();
    g_array_append_val(sources, example);
    g_autoptr(GPtrArray) problems = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(KpiCatalogue) catalogue =
        kpi_catalogue_new(fixture->schema, (const KpiSource *)(gpointer)sources->data, sources->len, &problems, &error);
    for (guint p = 0; problems && p < problems->len; p++) print_message("%s\n", (char *)problems->pdata[p]);
    for (guint k = 0; k + 1 < sources->len; k++) g_free((char *)g_array_index(sources, KpiSource, k).text);
    if (!catalogue) fail_msg("example %u of the guide: %s\n%.*s", i, error->message, (int)example.length, parts[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(has_every_kpi_of_the_list),
      cmocka_unit_test(says_what_a_reader_needs),
      cmocka_unit_test(see_also_leads_somewhere_else),
      cmocka_unit_test(sets_by_role_are_short),
      cmocka_unit_test(sets_by_role_look_ahead_too),
      cmocka_unit_test(units_are_those_of_the_field),
      cmocka_unit_test(cohorts_mature),
      cmocka_unit_test(examples_of_the_guide_are_right),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
