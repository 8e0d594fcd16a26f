/* See fixture.h. */
#include "fixture.h"

const char *fixture_folder;
KpiFixture fixture;

char *fixture_read(const char *file) {
  g_autofree char *path = g_build_filename(fixture_folder, file, NULL);
  g_autoptr(GError) error = NULL;
  char *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, &error)) g_error("%s", error->message);
  return text;
}

KpiCatalogue *fixture_load(const LedgerSchema *schema, const char *const *texts, gsize n, gsize n_built_in,
                           GPtrArray **problems) {
  static const char *const names[] = {"one.yaml", "two.yaml", "three.yaml"};
  KpiSource sources[G_N_ELEMENTS(names)];
  g_assert(n <= G_N_ELEMENTS(names));
  for (gsize i = 0; i < n; i++) sources[i] = (KpiSource){names[i], texts[i], strlen(texts[i]), i < n_built_in};
  return kpi_catalogue_new(schema, sources, n, problems, NULL);
}

void fixture_init(KpiFixture *made) {
  made->schema = ledger_schema_new(NULL, 0, NULL);
  g_autofree char *text = fixture_read("definitions.yaml");
  g_autoptr(GPtrArray) problems = NULL;
  made->catalogue = fixture_load(made->schema, (const char *const[]){text}, 1, 1, &problems);
  if (problems->len) g_error("%s", (const char *)problems->pdata[0]);
}

void fixture_clear(KpiFixture *made) {
  kpi_catalogue_free(made->catalogue);
  ledger_schema_free(made->schema);
}

int fixture_set_up(void **state) {
  fixture_init(&fixture);
  return 0;
}

int fixture_tear_down(void **state) {
  fixture_clear(&fixture);
  return 0;
}
