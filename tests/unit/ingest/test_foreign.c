/* What may stand in a source that somebody wrote who may load and no more. */
#include "ingest/ingest.h"
#include "unit.h"

static IngestSource *parse(const char *text) {
  g_autoptr(GError) error = NULL;
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  static const char company[] = "name: A\ncurrency: EUR\n";
  g_autoptr(ConfOrganisation) organisation =
      conf_organisation_parse("attain.yaml", company, strlen(company), "/nowhere", &error);
  IngestSource *source = ingest_source_parse("s.yaml", text, strlen(text), "/nowhere", schema, organisation, &error);
  if (!source) fail_msg("%s: %s", text, error->message);
  return source;
}

#define MAPPED(file, more)                                       \
  "source: s\nfolder: uploads/s\ntables: {deals: {file: \"" file \
  "\"}}\nmap:\n  - to: opportunity\n    from: "                  \
  "deals\n    columns: {id: Id, amount: Value}\n" more

static void lets_no_path_and_no_sql_through(void **state) {
  static const struct {
    const char *text, *wrong; /* NULL: fine */
  } cases[] = {
      {MAPPED("deals.csv", ""), NULL},
      {MAPPED("deals of May.csv", "    where: Stage <> 'Draft'\n"), NULL},
      {MAPPED("../deals.csv", ""), "without folders"},
      {MAPPED("/etc/passwd", ""), "without folders"},
      {MAPPED("sub/deals.csv", ""), "without folders"},
      {MAPPED(".hidden.csv", ""), "without folders"},
      {MAPPED("deals.csv", "    where: Id IN (SELECT content FROM read_text('/etc/passwd'))\n"), "was not proposed"},
      {MAPPED("deals.csv",
              "  - to: product\n    from: deals\n    columns: {id: Id, name: {sql: \"getenv('HOME')\"}}\n"),
       "was not proposed"},
      {MAPPED("deals.csv",
              "  - to: product\n    from: deals\n    columns: {id: Id, name: {of: Id, when: \"1 = 1\"}}\n"),
       "was not proposed"},
  };
  g_autoptr(IngestSource) proposed = parse(MAPPED("deals.csv", "    where: Stage <> 'Draft'\n"));
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(IngestSource) source = parse(cases[i].text);
    gboolean is_fine = ingest_source_check_foreign(source, proposed, &error);
    if (is_fine != (cases[i].wrong == NULL))
      fail_msg("%s: %s", cases[i].text, is_fine ? "let through" : error->message);
    if (!is_fine) assert_non_null(strstr(error->message, cases[i].wrong));
  }
  assert_false(ingest_source_check_foreign(proposed, NULL, NULL));
  assert_string_equal("/nowhere/uploads/s", ingest_source_folder(proposed));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(lets_no_path_and_no_sql_through)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
