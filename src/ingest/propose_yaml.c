/* Writing the proposal down as a person would: tables first, then one entry for each, and what was left out as
 * comments. */
#include "ingest/propose.h"

/* A scalar of a flow map: plain where YAML reads it back as the same text, else in double quotes. */
static char *scalar(const char *text) {
  static const char *const words[] = {"true", "false", "yes", "no", "null", "on", "off", "y", "n", NULL};
  g_autofree char *lower = g_ascii_strdown(text, -1);
  gboolean plain =
      *text && (g_ascii_isalpha(*text) || *text == '_' || (guchar)*text >= 0x80) && !g_strv_contains(words, lower);
  for (const char *p = text; *p && plain; p++)
    plain = g_ascii_isalnum(*p) || (guchar)*p >= 0x80 || strchr(" _./-()+'", *p);
  if (plain && !g_ascii_isspace(text[strlen(text) - 1])) return g_strdup(text);
  GString *quoted = g_string_new("\"");
  for (const char *p = text; *p; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_printf(quoted, "\\%c", *p);
    else if (*p == '\n')
      g_string_append(quoted, "\\n");
    else if (*p == '\t')
      g_string_append(quoted, "\\t");
    else if ((guchar)*p >= 0x20)
      g_string_append_c(quoted, *p);
  }
  g_string_append_c(quoted, '"');
  return g_string_free(quoted, FALSE);
}

/* Lines of a comment, `indent` before each. */
static void add_comment(GString *yaml, const char *indent, const char *text) {
  g_autofree char *one_line = g_strdelimit(g_strdup(text), "\r\n", ' ');
  g_string_append_printf(yaml, "%s# %s\n", indent, one_line);
}

static void add_key(GString *map, const char *key, const char *value) {
  g_autofree char *text = scalar(value);
  g_string_append_printf(map, "%s%s: %s", map->len > 1 ? ", " : "", key, text);
}

static char *values_map(const GPtrArray *values) {
  GString *map = g_string_new("{");
  for (guint i = 0; i + 1 < values->len; i += 2) {
    g_autofree char *from = scalar(values->pdata[i]);
    g_autofree char *to = scalar(values->pdata[i + 1]);
    g_string_append_printf(map, "%s%s: %s", i ? ", " : "", from, to);
  }
  g_string_append_c(map, '}');
  return g_string_free(map, FALSE);
}

/* A format is written where the loader could not find it, or where the files differ. */
static const char *format_of(const Propose *propose, const ProposeColumn *column) {
  const ProfileColumn *source = column->lookup ? column->take : column->of;
  if (column->sql || !source) return NULL;
  switch (source->date) {
    case PROFILE_DATE_COMPACT:
      return "%Y%m%d";
    case PROFILE_DATE_MONTH:
      return source->n_values && strchr(source->values[0].text, '/')   ? "%Y/%m"
             : source->n_values && strchr(source->values[0].text, '.') ? "%Y.%m"
                                                                       : "%Y-%m";
    case PROFILE_DATE_DMY:
      return propose->date_format ? NULL : "dmy";
    case PROFILE_DATE_MDY:
      return propose->date_format ? NULL : "mdy";
    default:
      return NULL;
  }
}

static char *column_value(const Propose *propose, const ProposeColumn *column) {
  const char *format = format_of(propose, column);
  gboolean serial = column->of && column->of->date == PROFILE_DATE_SERIAL;
  gboolean simple = column->of && !column->values && !column->otherwise && !column->unit && !column->match &&
                    !column->lookup && !column->when && !format && !serial;
  if (simple) return scalar(column->of->header);
  GString *map = g_string_new("{");
  if (serial) {
    g_autofree char *sql = profile_sql_date(column->of);
    add_key(map, "sql", sql);
  } else if (column->of) {
    add_key(map, "of", column->of->header);
  }
  if (column->sql) add_key(map, "sql", column->sql);
  if (column->constant) add_key(map, "constant", column->constant);
  if (column->lookup) {
    add_key(map, "lookup", column->lookup->name);
    add_key(map, "equals", column->equals->header);
    add_key(map, "take", column->take->header);
  }
  if (column->when) add_key(map, "when", column->when);
  if (column->values) {
    g_autofree char *values = values_map(column->values);
    g_string_append_printf(map, ", values: %s", values);
  }
  if (column->otherwise) add_key(map, "else", column->otherwise);
  if (format) add_key(map, "format", format);
  if (column->unit) add_key(map, "unit", column->unit);
  if (column->is_computed && propose->decimal == ',') add_key(map, "decimal", ".");
  if (column->match) add_key(map, "match", column->match);
  g_string_append_c(map, '}');
  return g_string_free(map, FALSE);
}

static gboolean is_needed(const Propose *propose, const ProfileFile *file) {
  for (guint i = 0; i < propose->entries->len; i++) {
    const ProposeEntry *entry = propose->entries->pdata[i];
    if (entry->from == file) return TRUE;
    for (guint c = 0; c < entry->columns->len; c++)
      if (((ProposeColumn *)entry->columns->pdata[c])->lookup == file) return TRUE;
  }
  return FALSE;
}

static void add_table(GString *yaml, const ProfileFile *file) {
  g_autofree char *pattern = scalar(file->pattern);
  g_string_append_printf(yaml, "  %s: {file: %s", file->name, pattern);
  if (file->json_rows) {
    g_autofree char *rows = scalar(file->json_rows);
    g_string_append_printf(yaml, ", json: {rows: %s}", rows);
  }
  g_string_append_printf(yaml, "}  # %s%" G_GINT64_FORMAT " rows\n", file->sampled ? "more than " : "", file->n_rows);
}

static int column_rank(const LedgerTable *table, const char *name) {
  if (g_str_equal(name, "id")) return -1;
  for (guint i = 0; i < table->n_columns; i++)
    if (g_str_equal(table->columns[i].name, name)) return (int)i;
  return 1000;
}

static void add_columns(GString *yaml, const Propose *propose, const ProposeEntry *entry) {
  const LedgerTable *table = ledger_schema_find(propose->schema, entry->to);
  g_string_append(yaml, "    columns:\n");
  for (int rank = -1; rank <= 1000; rank = rank < (int)table->n_columns ? rank + 1 : rank < 1000 ? 1000 : 1001)
    for (guint i = 0; i < entry->columns->len; i++) {
      const ProposeColumn *column = entry->columns->pdata[i];
      if (column_rank(table, column->name) != rank) continue;
      g_autofree char *value = column_value(propose, column);
      g_string_append_printf(yaml, "      %s: %s\n", column->name, value);
    }
}

static void add_unused(GString *yaml, const ProposeEntry *entry) {
  g_autoptr(GString) unused = g_string_new(NULL);
  for (guint i = 0; i < entry->from->columns->len && unused->len < 400; i++) {
    const ProfileColumn *column = entry->from->columns->pdata[i];
    gboolean used = column->n_filled == 0;
    for (guint c = 0; c < entry->columns->len && !used; c++) {
      const ProposeColumn *other = entry->columns->pdata[c];
      used = other->of == column || (other->sql && strstr(other->sql, column->header));
    }
    if (!used) g_string_append_printf(unused, "%s%s", unused->len ? ", " : "", column->header);
  }
  if (!unused->len) return;
  g_autofree char *text = g_strdup_printf("not used: %s%s", unused->str, unused->len >= 400 ? "…" : "");
  add_comment(yaml, "    ", text);
}

static void add_entry(GString *yaml, const Propose *propose, const ProposeEntry *entry) {
  g_string_append_printf(yaml, "  - to: %s", entry->to);
  if (entry->comment) g_string_append_printf(yaml, "  # %s", entry->comment);
  g_string_append_c(yaml, '\n');
  if (!entry->from) {
    g_string_append(yaml, "    rows:\n");
    for (guint i = 0; i < entry->rows->len; i++)
      g_string_append_printf(yaml, "      - %s\n", (char *)entry->rows->pdata[i]);
    return;
  }
  g_string_append_printf(yaml, "    from: %s\n", entry->from->name);
  if (entry->where) {
    g_autofree char *where = scalar(entry->where);
    g_string_append_printf(yaml, "    where: %s\n", where);
  }
  add_columns(yaml, propose, entry);
  add_unused(yaml, entry);
}

static void add_left_out(GString *yaml, const ProposeLeftOut *left) {
  g_autofree char *title = g_strdup_printf("%s: %s", left->file->pattern, left->why);
  add_comment(yaml, "# ", title);
  g_autoptr(GString) columns = g_string_new("    columns: ");
  for (guint i = 0; i < left->file->columns->len && columns->len < 400; i++)
    g_string_append_printf(columns, "%s%s", i ? ", " : "", ((ProfileColumn *)left->file->columns->pdata[i])->header);
  if (left->file->columns->len) add_comment(yaml, "# ", columns->str);
}

static void add_sentences(GString *yaml, const char *title, const GPtrArray *sentences) {
  if (!sentences->len) return;
  g_string_append_printf(yaml, "#\n# %s\n", title);
  for (guint i = 0; i < sentences->len; i++) {
    g_autofree char *line = g_strdup_printf("- %s", (char *)sentences->pdata[i]);
    add_comment(yaml, "", line);
  }
}

static int entry_rank(const ProposeEntry *entry) {
  static const char *const order[] = {"team",  "person",      "account",      "product",
                                      "stage", "opportunity", "stage_change", NULL};
  for (int i = 0; order[i]; i++)
    if (g_str_equal(order[i], entry->to)) return i;
  return 100;
}

char *propose_yaml(const Propose *propose) {
  g_autoptr(GString) yaml = g_string_new(NULL);
  g_autofree char *folder = scalar(propose->folder->folder);
  g_string_append_printf(yaml,
                         "# Proposed from %s%s. Read it, correct what is wrong, then run `attain load`.\n# "
                         "docs/sources.md tells what can be written here.\n",
                         propose->system ? "an export of " : "the columns and values of the files",
                         propose->system ? propose->system : "");
  add_sentences(yaml, "Assumed:", propose->assumed);
  add_sentences(yaml, "To check:", propose->to_check);
  g_string_append_printf(yaml, "\nsource: %s\nfolder: %s\n", propose->name, folder);
  if (propose->time_zone) g_string_append_printf(yaml, "time_zone: %s\n", propose->time_zone);
  if (propose->date_format) g_string_append_printf(yaml, "date_format: %s\n", propose->date_format);
  if (propose->decimal) g_string_append_printf(yaml, "decimal: \"%c\"\n", propose->decimal);
  if (propose->currency)
    g_string_append_printf(yaml, "currency: %s  # of amounts that carry none\n", propose->currency);
  g_string_append(yaml, "\ntables:\n");
  guint n_tables = 0;
  for (guint i = 0; i < propose->folder->files->len; i++) {
    const ProfileFile *file = propose->folder->files->pdata[i];
    if (!is_needed(propose, file)) continue;
    add_table(yaml, file);
    n_tables++;
  }
  if (n_tables == 0) g_string_append(yaml, "  {}\n");
  g_string_append(yaml, "\nmap:\n");
  if (propose->entries->len == 0) g_string_append(yaml, "  []\n");
  for (int rank = 0; rank <= 100; rank = rank < 7 ? rank + 1 : rank == 7 ? 100 : 101)
    for (guint i = 0; i < propose->entries->len; i++) {
      const ProposeEntry *entry = propose->entries->pdata[i];
      if (entry_rank(entry) == rank) add_entry(yaml, propose, entry);
    }
  if (propose->left_out->len) g_string_append(yaml, "\n# Left out:\n");
  for (guint i = 0; i < propose->left_out->len; i++) add_left_out(yaml, propose->left_out->pdata[i]);
  return g_string_free(g_steal_pointer(&yaml), FALSE);
}
