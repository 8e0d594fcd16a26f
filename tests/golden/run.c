/* Runs golden cases: each file of tests/golden/cases becomes a workspace in memory, its records go through ingest like
 * anybody's, and its questions through the planner. tests/golden/README.md describes the files.
 *
 *   run ENGINE CATALOGUE_FOLDER CASE…
 *
 * ENGINE is where the facts are stored: duckdb. The same cases must come out alike on every engine. */
#include "conf/conf.h"
#include "ingest/ingest.h"
#include "query/query.h"

#include <glib/gstdio.h>
#include <math.h>

typedef struct {
  const char *file;
  const char *catalogue;
  char *folder;
  ConfDocument *document;
  ConfOrganisation *organisation;
  LedgerSchema *schema;
  Calendar *calendar;
  KpiCatalogue *catalogue_made;
  Store *store;
  gint64 now_us;
  guint n_asked;
  GPtrArray *failures;
} Case;

static void fail(Case *the, BaseSpan span, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void fail(Case *the, BaseSpan span, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_ptr_array_add(the->failures, g_strdup_printf("%s:%u: %s", the->file, span.line, message));
}

/* --- YAML to JSON, which is YAML too --- */

static void json_text(GString *out, const char *text) {
  g_string_append_c(out, '"');
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\') g_string_append_c(out, '\\');
    if (*at == '\n')
      g_string_append(out, "\\n");
    else
      g_string_append_c(out, *at);
  }
  g_string_append_c(out, '"');
}

static gboolean is_bare(const ConfNode *node) {
  if (node->quoted || node->text[0] == '\0') return FALSE;
  char *end;
  g_ascii_strtod(node->text, &end);
  return *end == '\0' || g_str_equal(node->text, "true") || g_str_equal(node->text, "false") ||
         g_str_equal(node->text, "null");
}

static void json_node(GString *out, const ConfNode *node) {
  if (node->kind == CONF_SCALAR) {
    if (is_bare(node))
      g_string_append(out, node->text);
    else
      json_text(out, node->text);
    return;
  }
  g_string_append_c(out, node->kind == CONF_MAP ? '{' : '[');
  for (guint i = 0; i < node->n; i++) {
    if (i > 0) g_string_append(out, ", ");
    if (node->kind == CONF_MAP) {
      json_text(out, node->keys[i]->text);
      g_string_append(out, ": ");
    }
    json_node(out, node->items[i]);
  }
  g_string_append_c(out, node->kind == CONF_MAP ? '}' : ']');
}

static const char *text_of(const ConfNode *map, const char *key) {
  const ConfNode *node = map == NULL ? NULL : conf_map_get(map, key);
  return node == NULL || node->kind != CONF_SCALAR ? NULL : node->text;
}

/* --- the workspace --- */

static gboolean write_file(const Case *the, const char *name, const char *text, GError **error) {
  g_autofree char *path = g_build_filename(the->folder, name, NULL);
  return g_file_set_contents(path, text, -1, error);
}

static gboolean make_organisation(Case *the, const ConfNode *root, GError **error) {
  const ConfNode *given = conf_map_get(root, "organisation");
  GString *yaml = g_string_new("{");
  if (text_of(given, "name") == NULL) g_string_append(yaml, "\"name\": \"Case\", ");
  if (text_of(given, "currency") == NULL) g_string_append(yaml, "\"currency\": \"USD\", ");
  if (text_of(given, "time_zone") == NULL) g_string_append(yaml, "\"time_zone\": \"UTC\", ");
  for (guint i = 0; given != NULL && i < given->n; i++) {
    json_text(yaml, given->keys[i]->text);
    g_string_append(yaml, ": ");
    json_node(yaml, given->items[i]);
    g_string_append(yaml, ", ");
  }
  g_string_append(yaml, "\"database\": \"unused.duckdb\"}");
  gboolean ok = write_file(the, "attain.yaml", yaml->str, error);
  g_string_free(yaml, TRUE);
  if (!ok || (the->organisation = conf_organisation_load(the->folder, error)) == NULL) return FALSE;
  the->schema = ledger_schema_new(the->organisation->extra, the->organisation->n_extra, error);
  the->calendar = the->schema == NULL ? NULL : calendar_new(&the->organisation->calendar, error);
  if (the->calendar == NULL) return FALSE;
  const char *now = text_of(root, "now");
  return calendar_parse_instant(the->calendar, now != NULL ? now : "2030-01-01", &the->now_us, error);
}

static void write_row(GString *out, const ConfNode *row, guint copy) {
  g_autofree char *number = g_strdup_printf("%u", copy);
  g_string_append_c(out, '{');
  gboolean first = TRUE;
  for (guint i = 0; i < row->n; i++) {
    if (g_str_equal(row->keys[i]->text, "copies") || conf_is_null(row->items[i])) continue;
    g_auto(GStrv) parts = g_strsplit(row->items[i]->text, "#", -1);
    g_autofree char *text = g_strjoinv(number, parts);
    if (!first) g_string_append(out, ", ");
    first = FALSE;
    json_text(out, row->keys[i]->text);
    g_string_append(out, ": ");
    json_text(out, text);
  }
  g_string_append(out, "}\n");
}

/* One NDJSON file and one mapping entry for each ledger table of the case. */
static void write_table(const Case *the, const char *table, const ConfNode *rows, const char *extract, GString *tables,
                        GString *map) {
  GString *records = g_string_new(NULL);
  g_autoptr(GPtrArray) columns = g_ptr_array_new();
  for (guint r = 0; r < rows->n; r++) {
    const ConfNode *row = rows->items[r];
    const char *copies = text_of(row, "copies");
    guint n = copies == NULL ? 1 : (guint)g_ascii_strtoull(copies, NULL, 10);
    for (guint copy = 1; copy <= n; copy++) write_row(records, row, copy);
    for (guint i = 0; i < row->n; i++)
      if (!g_str_equal(row->keys[i]->text, "copies") &&
          !g_ptr_array_find_with_equal_func(columns, row->keys[i]->text, g_str_equal, NULL))
        g_ptr_array_add(columns, (gpointer)row->keys[i]->text);
  }
  g_autofree char *file = g_strdup_printf("%s.ndjson", table);
  write_file(the, file, records->str, NULL);
  g_string_free(records, TRUE);
  g_string_append_printf(tables, "  %s: {file: %s, extract: %s}\n", table, file, extract);
  g_string_append_printf(map, "  - to: %s\n    from: %s\n    columns:\n", table, table);
  for (guint c = 0; c < columns->len; c++) {
    const char *column = g_ptr_array_index(columns, c);
    gboolean share = g_str_equal(column, "probability") || g_str_equal(column, "share");
    if (share)
      g_string_append_printf(map, "      %s: {of: %s, unit: fraction}\n", column, column);
    else
      g_string_append_printf(map, "      %s: %s\n", column, column);
  }
}

static gboolean load_records(Case *the, const ConfNode *records, const char *extract, gint64 clock_us, GError **error) {
  GString *tables = g_string_new(NULL), *map = g_string_new(NULL);
  for (guint t = 0; records != NULL && t < records->n; t++)
    write_table(the, records->keys[t]->text, records->items[t], extract, tables, map);
  g_autofree char *yaml = g_strdup_printf(
      "source: case\nfolder: %s\ndate_format: ymd\ndecimal: \".\"\ntime_zone: %s\nmax_rejected: "
      "0%%\ntables:\n%smap:\n%s",
      the->folder, the->organisation->time_zone, tables->str, map->str);
  g_string_free(tables, TRUE);
  g_string_free(map, TRUE);
  if (records == NULL || records->n == 0) return TRUE;
  g_autoptr(IngestSource) source =
      ingest_source_parse("case.yaml", yaml, strlen(yaml), the->folder, the->schema, the->organisation, error);
  IngestOptions options = {.now_us = clock_us};
  g_autoptr(IngestReport) report = NULL;
  return source != NULL &&
         ingest_load(the->store, source, the->schema, the->organisation, the->calendar, &options, &report, error);
}

/* `records` at once, or `loads` one after another, each at its own time. */
static gboolean load_all(Case *the, const ConfNode *root, GError **error) {
  const ConfNode *loads = conf_map_get(root, "loads");
  if (!load_records(the, conf_map_get(root, "records"), "full", the->now_us, error)) return FALSE;
  for (guint l = 0; loads != NULL && l < loads->n; l++) {
    const char *extract = text_of(loads->items[l], "extract");
    gint64 clock_us;
    if (!calendar_parse_instant(the->calendar, text_of(loads->items[l], "at"), &clock_us, error)) return FALSE;
    if (!load_records(the, conf_map_get(loads->items[l], "records"), extract != NULL ? extract : "full", clock_us,
                      error))
      return FALSE;
  }
  return TRUE;
}

static gboolean make_catalogue(Case *the, const ConfNode *root, GError **error) {
  g_autoptr(GArray) sources = g_array_new(FALSE, TRUE, sizeof(KpiSource));
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GDir) folder = g_dir_open(the->catalogue, 0, error);
  if (folder == NULL) return FALSE;
  for (const char *name; (name = g_dir_read_name(folder)) != NULL;) {
    if (!g_str_has_suffix(name, ".yaml")) continue;
    g_autofree char *path = g_build_filename(the->catalogue, name, NULL);
    KpiSource source = {.file = g_intern_string(name), .built_in = TRUE};
    char *text;
    if (!g_file_get_contents(path, &text, &source.length, error)) return FALSE;
    g_ptr_array_add(texts, text);
    source.text = text;
    g_array_append_val(sources, source);
  }
  const ConfNode *own = conf_map_get(root, "kpis");
  if (own != NULL) {
    GString *text = g_string_new(NULL);
    json_node(text, own);
    KpiSource source = {.file = the->file, .text = text->str, .length = text->len};
    g_ptr_array_add(texts, g_string_free(text, FALSE));
    g_array_append_val(sources, source);
  }
  g_autoptr(GPtrArray) problems = NULL;
  the->catalogue_made =
      kpi_catalogue_new(the->schema, (const KpiSource *)(gpointer)sources->data, sources->len, &problems, error);
  return the->catalogue_made != NULL;
}

/* --- asking --- */

static gboolean alike(double a, double b) {
  return fabs(a - b) <= 1e-6 || fabs(a - b) <= 1e-6 * MAX(fabs(a), fabs(b));
}

static void check_number(Case *the, BaseSpan span, const char *what, const ConfNode *expected, gboolean has,
                         double value) {
  if (expected == NULL) return;
  if (g_str_equal(expected->text, "none")) {
    if (has) fail(the, span, "%s should have no value, it is %.10g", what, value);
    return;
  }
  double wanted = g_ascii_strtod(expected->text, NULL);
  if (!has)
    fail(the, span, "%s should be %.10g, it has no value", what, wanted);
  else if (!alike(wanted, value))
    fail(the, span, "%s should be %.10g, it is %.10g", what, wanted, value);
}

static void check_flags(Case *the, const ConfNode *expected, const char *key, const QueryValue *value) {
  const ConfNode *flags = conf_map_get(expected, key);
  for (guint f = 0; flags != NULL && f < flags->n; f++) {
    gboolean found = FALSE;
    for (guint bit = 0; query_flag_name(bit) != NULL; bit++)
      found |= (value->flags & (1u << bit)) != 0 && g_str_equal(query_flag_name(bit), flags->items[f]->text);
    if (!found) fail(the, expected->span, "%s: it should be flagged %s", key, flags->items[f]->text);
  }
  if (flags != NULL && flags->n == 0 && value->flags != 0) fail(the, expected->span, "%s: there should be none", key);
}

static void check_row(Case *the, const ConfNode *expected, const QueryRow *row) {
  const QueryValue *value = &row->value;
  BaseSpan span = expected->span;
  check_number(the, span, "the value", conf_map_get(expected, "value"), value->has_value, value->value);
  check_number(the, span, "n", conf_map_get(expected, "n"), TRUE, (double)value->n);
  check_number(the, span, "the numerator", conf_map_get(expected, "numerator"), value->has_parts, value->numerator);
  check_number(the, span, "the denominator", conf_map_get(expected, "denominator"), value->has_parts,
               value->denominator);
  check_number(the, span, "the interval's low end", conf_map_get(expected, "low"), value->has_interval, value->low);
  check_number(the, span, "the interval's high end", conf_map_get(expected, "high"), value->has_interval, value->high);
  check_number(the, span, "the compared value", conf_map_get(expected, "compared"),
               row->has_compared && row->compared.has_value, row->compared.value);
  check_flags(the, expected, "flags", value);
  check_flags(the, expected, "compared_flags", &row->compared);
}

static gboolean row_is(const QueryResult *result, const QueryRow *row, const ConfNode *expected) {
  for (guint d = 0; d < query_result_n_dims(result); d++) {
    const char *member = text_of(expected, query_result_dim(result, d));
    if (member != NULL && g_strcmp0(row->members[d] != NULL ? row->members[d] : "none", member) != 0) return FALSE;
  }
  const char *start = text_of(expected, "start");
  g_autofree char *row_start = base_day_format(query_result_period(result, row->period)->start);
  return start == NULL || g_str_equal(start, row_start);
}

static void check_rows(Case *the, const ConfNode *rows, const QueryResult *result) {
  for (guint e = 0; e < rows->n; e++) {
    const QueryRow *found = NULL;
    for (guint r = 0; r < query_result_n_rows(result) && found == NULL; r++)
      if (row_is(result, query_result_row(result, r), rows->items[e])) found = query_result_row(result, r);
    if (found == NULL)
      fail(the, rows->items[e]->span, "this row is not in the answer");
    else
      check_row(the, rows->items[e], found);
  }
}

static const QueryRow *grand_total(const QueryResult *result) {
  for (guint t = 0; t < query_result_n_totals(result); t++)
    if (query_result_total(result, t)->n_members == 0) return query_result_total(result, t);
  return NULL;
}

static void ask(Case *the, const ConfNode *question) {
  const char *kpis[] = {text_of(question, "kpi"), NULL};
  const ConfNode *by = conf_map_get(question, "by");
  const char *where[] = {text_of(question, "where"), NULL};
  g_autofree const char **names = g_new0(const char *, by == NULL ? 1 : by->n + 1);
  for (guint i = 0; by != NULL && i < by->n; i++) names[i] = by->items[i]->text;
  QueryRequest request = {
      .kpis = kpis, .by = names, .where = where, .period = text_of(question, "period"), .rates_of = BASE_DAY_NONE};
  const char *compare = text_of(question, "compare"), *grain = text_of(question, "grain");
  if (compare != NULL)
    request.compare = g_str_equal(compare, "previous") ? QUERY_COMPARE_PREVIOUS : QUERY_COMPARE_YEAR_AGO;
  request.has_grain = grain != NULL && calendar_grain_parse(grain, &request.grain);
  request.credit_now = g_strcmp0(text_of(question, "credit"), "now") == 0;
  QueryContext context = {the->store,
                          the->schema,
                          the->calendar,
                          the->catalogue_made,
                          the->organisation,
                          the->now_us,
                          calendar_day_of(the->calendar, the->now_us),
                          TRUE};
  g_autoptr(GError) error = NULL;
  g_autoptr(QueryResult) result = query_run(&context, &request, &error);
  the->n_asked++;
  if (result == NULL) {
    fail(the, question->span, "%s: %s", kpis[0], error->message);
    return;
  }
  const ConfNode *rows = conf_map_get(question, "rows"), *total = conf_map_get(question, "total");
  if (rows != NULL)
    check_rows(the, rows, result);
  else if (query_result_n_dims(result) == 0)
    check_row(the, question, query_result_row(result, 0));
  const QueryRow *all = grand_total(result);
  if (total != NULL && all == NULL) fail(the, question->span, "there is no total");
  if (total != NULL && all != NULL)
    check_number(the, question->span, "the total", total, all->value.has_value, all->value.value);
}

/* --- running --- */

static void remove_folder(const char *folder) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_unlink(path);
  }
  g_rmdir(folder);
}

static gboolean set_up(Case *the, GError **error) {
  the->folder = g_dir_make_tmp("attain-golden-XXXXXX", error);
  the->document = the->folder == NULL ? NULL : conf_document_load(the->file, error);
  if (the->document == NULL) return FALSE;
  const ConfNode *root = conf_document_root(the->document);
  if (!make_organisation(the, root, error)) return FALSE;
  the->store = store_open(NULL, the->schema, STORE_CREATE, 1, error);
  return the->store != NULL && load_all(the, root, error) && make_catalogue(the, root, error);
}

static void run_case(Case *the) {
  g_autoptr(GError) error = NULL;
  if (!set_up(the, &error)) {
    fail(the, (BaseSpan){0}, "the case cannot be set up: %s", error->message);
    return;
  }
  const ConfNode *questions = conf_map_get(conf_document_root(the->document), "ask");
  if (questions == NULL || questions->n == 0) fail(the, (BaseSpan){0}, "it asks nothing");
  for (guint q = 0; questions != NULL && q < questions->n; q++) ask(the, questions->items[q]);
}

static void case_clear(Case *the) {
  g_clear_pointer(&the->store, store_close);
  g_clear_pointer(&the->catalogue_made, kpi_catalogue_free);
  g_clear_pointer(&the->calendar, calendar_free);
  g_clear_pointer(&the->schema, ledger_schema_free);
  g_clear_pointer(&the->organisation, conf_organisation_free);
  g_clear_pointer(&the->document, conf_document_free);
  if (the->folder != NULL) remove_folder(the->folder);
  g_free(the->folder);
  g_ptr_array_unref(the->failures);
}

int main(int argc, char **argv) {
  if (argc < 4 || !g_str_equal(argv[1], "duckdb")) {
    g_printerr("usage: %s duckdb CATALOGUE_FOLDER CASE...\n", argv[0]);
    return 2;
  }
  guint n_passed = 0, n_failed = 0, n_asked = 0;
  for (int i = 3; i < argc; i++) {
    Case the = {.file = argv[i], .catalogue = argv[2], .failures = g_ptr_array_new_with_free_func(g_free)};
    run_case(&the);
    n_asked += the.n_asked;
    for (guint f = 0; f < the.failures->len; f++)
      g_print("FAIL %s\n", (const char *)g_ptr_array_index(the.failures, f));
    if (the.failures->len == 0)
      n_passed++;
    else
      n_failed++;
    case_clear(&the);
  }
  g_print("%u questions asked\n%u passed, %u failed\n", n_asked, n_passed, n_failed);
  return n_failed > 0;
}
