/* See hearing.h. */
#include "hearing.h"

#include "base/day.h"

static const TargetMember members[] = {
    {"team", "North"},      {"team", "South"},      {"team", "East"},
    {"rep", "Ana Silva"},   {"rep", "Ben Okafor"},  {"rep", "Marie-Louise O'Brien"},
    {"region", "EMEA"},     {"region", "Nordics"},  {"region", "East"},
    {"product", "Premium"}, {"product", "Starter"}, {"segment", "Mid Market"},
};

static const char own[] =
    "measures:\n  upsell_calls_done: count(activity where kind = 'call' and outcome = 'upsell' on done_at)\n"
    "kpis:\n  upsell_calls: upsell_calls_done\n";

static void clear_source(gpointer source) {
  g_free((char *)((KpiSource *)source)->text);
}

static GArray *read_sources(void) {
  static const char *const files[] = {"activity.yaml", "customer.yaml", "financial.yaml", "marketing.yaml",
                                      "people.yaml",   "pipeline.yaml", "service.yaml"};
  GArray *sources = g_array_new(FALSE, TRUE, sizeof(KpiSource));
  g_array_set_clear_func(sources, clear_source);
  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename(CATALOGUE_FOLDER, files[i], NULL);
    g_autoptr(GError) error = NULL;
    KpiSource source = {.file = files[i], .built_in = TRUE};
    char *text;
    if (!g_file_get_contents(path, &text, &source.length, &error)) g_error("%s", error->message);
    source.text = text;
    g_array_append_val(sources, source);
  }
  KpiSource source = {.file = "own.yaml", .text = g_strdup(own), .length = sizeof own - 1};
  g_array_append_val(sources, source);
  return sources;
}

void hearing_init(HearingFixture *fixture) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(GArray) sources = read_sources();
  fixture->schema = ledger_schema_new(NULL, 0, NULL);
  fixture->catalogue =
      kpi_catalogue_new(fixture->schema, (const KpiSource *)(gpointer)sources->data, sources->len, &problems, &error);
  if (!fixture->catalogue) g_error("%s", error->message);
  fixture->calendar = NULL;
  hearing_set_fiscal(fixture, 1);
}

void hearing_set_fiscal(HearingFixture *fixture, int first_month) {
  g_clear_pointer(&fixture->calendar, calendar_free);
  CalendarConfig config = {.first_month = first_month};
  fixture->calendar = calendar_new(&config, NULL);
  fixture->hearing = (TargetHearing){.catalogue = fixture->catalogue,
                                     .calendar = fixture->calendar,
                                     .today = base_day_from_civil(2026, 11, 21),
                                     .currency = "EUR",
                                     .members = members,
                                     .n_members = G_N_ELEMENTS(members)};
}

void hearing_clear(HearingFixture *fixture) {
  kpi_catalogue_free(fixture->catalogue);
  ledger_schema_free(fixture->schema);
  calendar_free(fixture->calendar);
}
