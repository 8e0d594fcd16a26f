/* Mappings as people write them, right and wrong, told in sources.txt: a block is a source's YAML, and below it stands
 * what is understood or the mistake that is told of it, with its line and column.
 *
 *     ===== a file that is not named
 *     tables: {deals: {extract: full}}
 *     -----
 *     ! 1:17: …                             a part of the error, behind the file's name
 *     = crm: deals.csv full; opportunity <- deals: id=Id     what is understood
 */
#include "ingest/source.h"
#include "unit.h"

static const char *cases_file;

static void append_column(GString *text, const SourceColumn *column) {
  g_string_append_printf(text, " %s=%s", column->target,
                         column->of         ? column->of
                         : column->constant ? column->constant
                                            : column->sql);
  if (column->constant) g_string_append(text, "!");
  if (column->sql) g_string_append(text, "()");
  for (guint v = 0; column->value_from && column->value_from[v]; v++)
    g_string_append_printf(text, "%s%s:%s", v ? "," : "/", column->value_from[v], column->value_to[v]);
  if (column->otherwise) g_string_append_printf(text, "/else:%s", column->otherwise);
  if (column->empty) g_string_append_printf(text, "/default:%s", column->empty);
  if (column->format) g_string_append_printf(text, "/%s", column->format);
  if (column->time_zone) g_string_append_printf(text, "/%s", column->time_zone);
  if (column->decimal) g_string_append_printf(text, "/%c", column->decimal);
  if (column->lookup) g_string_append_printf(text, "/%s.%s->%s", column->lookup, column->equals, column->take);
}

/* "crm: deals.csv full; opportunity <- deals: id=Id" */
static char *understood(const IngestSource *source) {
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, "%s:", source->name);
  for (guint t = 0; t < source->n_tables; t++) {
    const SourceTable *table = &source->tables[t];
    g_autofree char *files = g_strjoinv("+", table->files);
    g_string_append_printf(text, " %s=%s", table->name, files);
    if (table->extract) g_string_append(text, " increment");
    if (table->cursor) g_string_append_printf(text, " from %s", table->cursor);
    if (table->json_rows) g_string_append_printf(text, " in %s", table->json_rows);
    if (table->csv.delimiter) g_string_append_printf(text, " by %d", table->csv.delimiter[0]);
    if (table->csv.skip >= 0) g_string_append_printf(text, " skip %d", table->csv.skip);
  }
  for (guint m = 0; m < source->n_maps; m++) {
    const SourceMap *map = &source->maps[m];
    g_string_append_printf(text, "; %s <- %s%s%s:", map->table->name, map->from ? map->from->name : "rows",
                           map->where ? " where " : "", map->where ? map->where : "");
    for (guint c = 0; c < map->n_columns; c++) append_column(text, &map->columns[c]);
    for (guint r = 0; map->rows && r < map->rows->n_rows; r++) {
      for (guint c = 0; c < map->rows->n_columns; c++) {
        const char *cell = map->rows->cells[(gsize)r * map->rows->n_columns + c];
        g_string_append_printf(text, "%s%s", c ? "," : " ", cell ? cell : "-");
      }
    }
  }
  return g_string_free(text, FALSE);
}

/* Whether the block is as it says. */
static gboolean check_block(const LedgerSchema *schema, const ConfOrganisation *organisation, const char *block) {
  g_auto(GStrv) halves = g_strsplit(block, "\n-----\n", 2);
  char *yaml = strchr(halves[0], '\n');
  if (!yaml || !halves[1]) fail_msg("no such block: %s", block);
  yaml++;
  g_autofree char *wanted = g_strdup(g_strstrip(halves[1]));
  g_autoptr(GError) error = NULL;
  g_autoptr(IngestSource) source =
      ingest_source_parse("crm.yaml", yaml, strlen(yaml), "/srv/co", schema, organisation, &error);
  assert_true((source == NULL) == (error != NULL));
  g_autofree char *got = source ? understood(source) : g_strdup(error->message);
  gboolean fits;
  if (source)
    fits = *wanted == '=' && g_str_equal(got, wanted + 2);
  else
    fits = *wanted == '!' && g_str_has_prefix(got, "crm.yaml") && strstr(got, wanted + 2);
  if (!fits) print_error("%s\n  expected: %s\n  got:      %s\n", block, wanted, got);
  return fits;
}

static void mappings_right_and_wrong(void **state) {
  static const char text[] = "name: Test\ncurrency: EUR\ntime_zone: Europe/Berlin\n";
  g_autoptr(ConfOrganisation) organisation = conf_organisation_parse("attain.yaml", text, strlen(text), ".", NULL);
  LedgerSchema *schema = ledger_schema_new(NULL, 0, NULL);
  g_autofree char *cases = NULL;
  assert_true(g_file_get_contents(cases_file, &cases, NULL, NULL));
  g_auto(GStrv) blocks = g_strsplit(cases, "\n===== ", -1);
  guint n = 0, n_failed = 0;
  for (char **block = blocks + 1; *block; block++, n++) n_failed += !check_block(schema, organisation, *block);
  print_message("%u mappings\n", n);
  assert_int_equal(0, n_failed);
  ledger_schema_free(schema);
}

int main(int argc, char **argv) {
  assert_true(argc == 2);
  cases_file = argv[1];
  const struct CMUnitTest tests[] = {cmocka_unit_test(mappings_right_and_wrong)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
