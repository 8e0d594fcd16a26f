/* What columns of files become, told in columns/NAME.txt: each block is a file of its own, because a column's form is
 * decided by all of its values.
 *
 *   == what it is                     a block; the lines after it say how the column is mapped
 *   to: opportunity                   the ledger's table (else that of the block before)
 *   columns: {amount: V}              in a source's YAML; the file's columns are V, W and X
 *   source: {decimal: ","}            more of the source; table: {…} more of its only table
 *   show: amount, currency            SQL of what must be (else that of the block before)
 *   note: none                        nothing may be told of V; or a part of a note that must be, one a line
 *   1.234,56 => 123456, EUR           a row: its texts, with " ; " between, and what it becomes
 *   "  x " => x                       quotes keep the spaces around a text
 *   x => !"x" is no amount            rejected, for a reason that has this part
 *
 * The first lines of a file, before any block, are attain.yaml's. Nothing is "-". What must be was worked out by hand
 * or by the program that the file names, never by reading it off the ledger. */
#include "scratch.h"

typedef struct {
  Scratch scratch;
  guint n_blocks, n_rows, n_failed;
} Bench;

typedef struct {
  char *title, *to, *columns, *source, *table, *show;
  GPtrArray *notes, *rows, *wanted; /* char * */
} Block;

static void block_begin(Block *block, const char *title) {
  g_free(block->title);
  g_clear_pointer(&block->source, g_free);
  g_clear_pointer(&block->table, g_free);
  block->title = g_strdup(title);
  g_ptr_array_set_size(block->notes, 0);
  g_ptr_array_set_size(block->rows, 0);
  g_ptr_array_set_size(block->wanted, 0);
}

/* --- the block's file and mapping --- */

static void append_quoted(GString *csv, const char *text) {
  gsize length = strlen(text);
  gboolean keeps_spaces = length > 1 && text[0] == '"' && text[length - 1] == '"' && text[1] != '"';
  g_autofree char *inner = keeps_spaces ? g_strndup(text + 1, length - 2) : g_strdup(text);
  g_auto(GStrv) parts = g_strsplit(inner, "\"", -1);
  g_autofree char *doubled = g_strjoinv("\"\"", parts);
  g_string_append_printf(csv, ",\"%s\"", doubled);
}

static void write_rows(const Bench *bench, const Block *block) {
  g_autoptr(GString) csv = g_string_new("\"Id\",\"V\",\"W\",\"X\"\n");
  for (guint i = 0; i < block->rows->len; i++) {
    g_autofree char *row = g_strconcat(" ", block->rows->pdata[i], " ", NULL); /* the first and last may be empty */
    g_auto(GStrv) texts = g_strsplit(row, " ; ", 3);
    g_string_append_printf(csv, "\"%03u\"", i);
    for (guint c = 0; c < 3; c++) append_quoted(csv, c < g_strv_length(texts) ? g_strstrip(texts[c]) : "");
    g_string_append_c(csv, '\n');
  }
  g_autofree char *path = scratch_path(&bench->scratch);
  assert_true(g_file_set_contents(path, csv->str, -1, NULL));
}

/* {a: b} into `a: b, `, for a mapping that has more in it. */
static char *inside(const char *flow) {
  if (!flow) return g_strdup("");
  return g_strdup_printf("%.*s, ", (int)strlen(flow) - 2, flow + 1);
}

static IngestReport *load(const Bench *bench, const Block *block) {
  g_autofree char *source = inside(block->source), *table = inside(block->table), *columns = inside(block->columns);
  g_autofree char *yaml = g_strdup_printf(
      "{source: b%u, %smax_rejected: 100%%, tables: {rows: {%sfile: rows.csv}}, map: [{to: %s, from: rows, columns: "
      "{%sid: Id}}]}\n",
      bench->n_blocks, source, table, block->to, columns);
  g_autofree char *path = g_build_filename(bench->scratch.folder, "sources", "b.yaml", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(IngestSource) mapping = ingest_source_parse(path, yaml, strlen(yaml), bench->scratch.folder,
                                                        bench->scratch.schema, bench->scratch.organisation, &error);
  IngestOptions options = {.now_us = (gint64)base_day_from_civil(2027, 1, 1) * G_TIME_SPAN_DAY};
  IngestReport *report = NULL;
  if (!mapping || !ingest_load(bench->scratch.store, mapping, bench->scratch.schema, bench->scratch.organisation,
                               bench->scratch.calendar, &options, &report, &error))
    fail_msg("%s: %s\n%s", block->title, error->message, yaml);
  return report;
}

/* --- what became of it --- */

static void free_text(gpointer text) {
  g_free(text);
}

/* By the row's id: what it became, or "!" and the reason. */
static GHashTable *outcomes(const Bench *bench, const Block *block) {
  GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *sql =
      g_strdup_printf("SELECT id, concat_ws(', ', %s) FROM (SELECT * FROM %s WHERE from_source = 'b%u')", block->show,
                      block->to, bench->n_blocks);
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreRows) rows = store_query(bench->scratch.store, sql, NULL, 0, 0, &error);
  for (gsize r = 0; rows && r < store_rows_count(rows); r++)
    g_hash_table_insert(found, g_strdup(store_rows_value(rows, r, 0).text),
                        g_strdup(store_rows_value(rows, r, 1).text));
  if (error) fail_msg("%s: %s", block->title, error->message);
  g_autofree char *source = g_strdup_printf("b%u", bench->n_blocks);
  g_autoptr(GPtrArray) rejected = ingest_rejected(bench->scratch.store, 1000, NULL, &error);
  for (guint i = 0; rejected && i < rejected->len; i++) {
    const IngestRejected *row = rejected->pdata[i];
    if (g_str_equal(row->source, source))
      g_hash_table_insert(found, g_strdup_printf("%03d", (int)row->line - 2), g_strconcat("!", row->reason, NULL));
  }
  return found;
}

static void check_rows(Bench *bench, const Block *block) {
  g_autoptr(GHashTable) found = outcomes(bench, block);
  for (guint i = 0; i < block->rows->len; i++) {
    g_autofree char *id = g_strdup_printf("%03u", i);
    const char *wanted = block->wanted->pdata[i], *is = g_hash_table_lookup(found, id);
    gboolean fits = is && (*wanted == '!' ? *is == '!' && strstr(is, wanted + 1) : g_str_equal(is, wanted));
    bench->n_rows++;
    if (fits) continue;
    bench->n_failed++;
    print_error("%s:\n  %s\n  becomes   %s\n  should be %s\n", block->title, (const char *)block->rows->pdata[i],
                is ? is : "nothing", wanted);
  }
}

static void check_notes(Bench *bench, const Block *block, const IngestReport *report) {
  g_autofree char *notes = g_strjoinv("\n  ", report->notes);
  for (guint i = 0; i < block->notes->len; i++) {
    const char *note = block->notes->pdata[i];
    if (g_str_equal(note, "none") ? !strstr(notes, "V: ") : strstr(notes, note) != NULL) continue;
    bench->n_failed++;
    print_error("%s: the notes should have %s:\n  %s\n", block->title, note, notes);
  }
}

static void run_block(Bench *bench, const Block *block) {
  if (!block->title || block->rows->len == 0) return;
  bench->n_blocks++;
  write_rows(bench, block);
  g_autoptr(IngestReport) report = load(bench, block);
  check_rows(bench, block);
  check_notes(bench, block, report);
}

/* --- a file --- */

static void open_bench(Bench *bench, const char *organisation) {
  g_autofree char *text = g_strconcat("name: Test\n", organisation, NULL);
  bench->scratch = scratch_open(text);
}

/* "to: opportunity" sets what is kept under `to`. */
static gboolean takes(const char *line, const char *name, char **value) {
  gsize length = strlen(name);
  if (!g_str_has_prefix(line, name) || line[length] != ':') return FALSE;
  g_free(*value);
  *value = g_strdup(line + length + 2);
  return TRUE;
}

static void take_line(Block *block, const char *line) {
  if (takes(line, "to", &block->to) || takes(line, "columns", &block->columns) || takes(line, "show", &block->show) ||
      takes(line, "source", &block->source) || takes(line, "table", &block->table))
    return;
  if (g_str_has_prefix(line, "note: ")) {
    g_ptr_array_add(block->notes, g_strdup(line + 6));
    return;
  }
  const char *arrow = g_strrstr(line, "=> ");
  if (!arrow) fail_msg("%s: no such line: %s", block->title, line);
  g_autofree char *text = g_strndup(line, (gsize)(arrow - line));
  g_ptr_array_add(block->rows, g_strdup(g_strstrip(text)));
  g_ptr_array_add(block->wanted, g_strdup(arrow + 3));
}

static void columns_become_values(void **state) {
  g_autofree char *text = NULL;
  assert_true(g_file_get_contents(*state, &text, NULL, NULL));
  char *blocks = strstr(text, "\n== ");
  g_autofree char *organisation = g_strndup(text, (gsize)(blocks + 1 - text));
  Bench bench = {0};
  open_bench(&bench, organisation);
  Block block = {.notes = g_ptr_array_new_with_free_func(free_text),
                 .rows = g_ptr_array_new_with_free_func(free_text),
                 .wanted = g_ptr_array_new_with_free_func(free_text)};
  g_auto(GStrv) lines = g_strsplit(blocks + 1, "\n", -1);
  for (char **line = lines; *line; line++) {
    if (g_str_has_prefix(*line, "== ")) {
      run_block(&bench, &block);
      block_begin(&block, *line + 3);
    } else if (**line && **line != '#') {
      take_line(&block, *line);
    }
  }
  run_block(&bench, &block);
  print_message("%u columns, %u values\n", bench.n_blocks, bench.n_rows);
  assert_int_equal(0, bench.n_failed);
  g_ptr_array_unref(block.notes);
  g_ptr_array_unref(block.rows);
  g_ptr_array_unref(block.wanted);
  char *const texts[] = {block.title, block.to, block.columns, block.source, block.table, block.show};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  scratch_close(&bench.scratch);
}

int main(int argc, char **argv) {
  assert_true(argc == 2);
  const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(columns_become_values, argv[1])};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
