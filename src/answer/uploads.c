/* A proposal twice: as the commented YAML that is written, and as its tree, which a page can change and give back. */
#include "answer/uploads.h"

#include "cli/cli.h"

/* --- a document as JSON --- */

static void write_scalar(CliJson *json, const ConfNode *node) {
  char *end = NULL;
  double number = node->quoted ? 0 : g_ascii_strtod(node->text, &end);
  g_autofree char *again = g_strdup_printf("%.15g", number);
  if (conf_is_null(node))
    cli_json_null(json);
  else if (!node->quoted && (g_str_equal(node->text, "true") || g_str_equal(node->text, "false")))
    cli_json_bool(json, *node->text == 't');
  else if (end && end != node->text && *end == '\0' && g_str_equal(again, node->text))
    cli_json_number(json, number);
  else
    cli_json_text(json, node->text);
}

static void write_node(CliJson *json, const ConfNode *node) {
  if (node->kind == CONF_SCALAR) {
    write_scalar(json, node);
    return;
  }
  gboolean is_map = node->kind == CONF_MAP;
  if (is_map)
    cli_json_begin_object(json);
  else
    cli_json_begin_array(json);
  for (guint i = 0; i < node->n; i++) {
    if (is_map) cli_json_key(json, node->keys[i]->text);
    write_node(json, node->items[i]);
  }
  if (is_map)
    cli_json_end_object(json);
  else
    cli_json_end_array(json);
}

/* --- proposals --- */

static void write_column(CliJson *json, const IngestSeenColumn *column) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "column", column->header);
  cli_json_member_text(json, "kind", column->kind);
  cli_json_member_integer(json, "filled", column->n_filled);
  cli_json_member_integer(json, "distinct", column->n_distinct);
  cli_json_member_texts(json, "samples", (const char *const *)column->samples);
  cli_json_end_object(json);
}

static void write_file(CliJson *json, const IngestSeenFile *file) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "file", file->file);
  cli_json_member_text(json, "problem", file->problem);
  cli_json_member_integer(json, "rows", file->n_rows);
  cli_json_member_array(json, "columns");
  for (guint c = 0; c < file->columns->len; c++) write_column(json, file->columns->pdata[c]);
  cli_json_end_array(json);
  cli_json_end_object(json);
}

static void write_field(CliJson *json, const char *name, const char *about, gboolean is_required) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "field", name);
  cli_json_member_text(json, "about", about);
  cli_json_member_bool(json, "required", is_required);
  cli_json_end_object(json);
}

static void write_table(CliJson *json, const LedgerTable *table) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "table", table->name);
  cli_json_member_text(json, "about", table->about);
  cli_json_member_array(json, "fields");
  write_field(json, "id", "what tells one record from others, the same in every load", FALSE);
  for (guint c = 0; c < table->n_columns; c++)
    write_field(json, table->columns[c].name, table->columns[c].about,
                (table->columns[c].flags & LEDGER_REQUIRED) != 0);
  if (table->has_money && !ledger_table_column(table, "currency"))
    write_field(json, "currency", "of its amounts: EUR, USD …", FALSE);
  if (!ledger_table_column(table, "modified_at"))
    write_field(json, "modified_at", "when the source changed it last", FALSE);
  cli_json_end_array(json);
  cli_json_end_object(json);
}

/* What rows may become, whether or not anything was proposed. */
static void write_tables(CliJson *json, const LedgerSchema *schema) {
  cli_json_member_array(json, "tables");
  for (guint t = 0; t < ledger_schema_n_tables(schema); t++) {
    const LedgerTable *table = ledger_schema_table(schema, t);
    if (table->kind != LEDGER_DERIVED) write_table(json, table);
  }
  cli_json_end_array(json);
}

gboolean answer_proposal_json(const IngestProposal *proposal, const char *source, const char *yaml,
                              const LedgerSchema *schema, FILE *out, GError **error) {
  g_autoptr(ConfDocument) document = conf_document_parse("the proposal", yaml, strlen(yaml), error);
  if (!document) return FALSE;
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "source", source);
  cli_json_member_text(json, "system", proposal->system);
  cli_json_member_text(json, "currency", proposal->currency);
  cli_json_member_array(json, "files");
  for (guint f = 0; f < proposal->files->len; f++) write_file(json, proposal->files->pdata[f]);
  cli_json_end_array(json);
  cli_json_member_text(json, "yaml", yaml);
  cli_json_key(json, "mapping");
  write_node(json, conf_document_root(document));
  write_tables(json, schema);
  cli_json_member_texts(json, "assumed", (const char *const *)proposal->assumed);
  cli_json_member_texts(json, "to_check", (const char *const *)proposal->to_check);
  cli_json_end_object(json);
  return TRUE;
}

/* --- tries --- */

static void write_count(CliJson *json, const IngestCount *count) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "table", count->table);
  cli_json_member_text(json, "from", count->from);
  cli_json_member_integer(json, "read", count->n_read);
  cli_json_member_integer(json, "records", count->n_new + count->n_changed + count->n_unchanged);
  cli_json_member_integer(json, "skipped", count->n_skipped);
  cli_json_member_integer(json, "rejected", count->n_rejected);
  cli_json_end_object(json);
}

static void write_rejected(CliJson *json, const IngestRejected *rejected) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "table", rejected->table);
  cli_json_member_text(json, "file", rejected->file);
  cli_json_value(json, "line", rejected->line > 0, (double)rejected->line);
  cli_json_member_text(json, "reason", rejected->reason);
  cli_json_member_text(json, "row", rejected->row);
  cli_json_end_object(json);
}

gboolean answer_trial_json(const IngestReport *report, Store *store, FILE *out, GError **error) {
  gint64 n_rejected;
  g_autoptr(GPtrArray) rejected = ingest_rejected(store, ANSWER_MAX_TRIED, &n_rejected, error);
  if (!rejected) return FALSE;
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "tables");
  for (gsize i = 0; i < report->n_counts; i++) write_count(json, &report->counts[i]);
  cli_json_end_array(json);
  cli_json_member_integer(json, "n_rejected", n_rejected);
  cli_json_member_array(json, "rejected");
  for (guint i = 0; i < rejected->len; i++) write_rejected(json, rejected->pdata[i]);
  cli_json_end_array(json);
  cli_json_member_texts(json, "notes", (const char *const *)report->notes);
  cli_json_end_object(json);
  return TRUE;
}
