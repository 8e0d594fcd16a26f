/* From files to a proposed source: runs the steps, and holds the small functions that they share. */
#include "ingest/propose.h"

static void column_free(gpointer data) {
  ProposeColumn *column = data;
  g_free(column->name);
  g_free(column->sql);
  g_free(column->constant);
  g_clear_pointer(&column->values, g_ptr_array_unref);
  g_free(column->otherwise);
  g_free(column->when);
  g_free(column);
}

static void entry_free(gpointer data) {
  ProposeEntry *entry = data;
  g_free(entry->to);
  g_free(entry->where);
  g_free(entry->comment);
  g_ptr_array_unref(entry->columns);
  g_ptr_array_unref(entry->extras);
  g_clear_pointer(&entry->rows, g_ptr_array_unref);
  g_free(entry);
}

static void left_out_free(gpointer data) {
  ProposeLeftOut *left = data;
  g_free(left->why);
  g_free(left);
}

ProposeColumn *propose_column_new(const char *name, ProfileColumn *of) {
  ProposeColumn *column = g_new0(ProposeColumn, 1);
  column->name = g_strdup(name);
  column->of = of;
  return column;
}

ProposeEntry *propose_entry_new(Propose *propose, const char *to, ProfileFile *from) {
  ProposeEntry *entry = g_new0(ProposeEntry, 1);
  entry->to = g_strdup(to);
  entry->from = from;
  entry->columns = g_ptr_array_new_with_free_func(column_free);
  entry->extras = g_ptr_array_new_with_free_func(column_free);
  g_ptr_array_add(propose->entries, entry);
  return entry;
}

ProposeColumn *propose_entry_column(const ProposeEntry *entry, const char *name) {
  for (guint i = 0; i < entry->columns->len; i++) {
    ProposeColumn *column = entry->columns->pdata[i];
    if (g_str_equal(column->name, name)) return column;
  }
  return NULL;
}

void propose_entry_drop(ProposeEntry *entry, const char *name) {
  ProposeColumn *column = propose_entry_column(entry, name);
  if (column) g_ptr_array_remove(entry->columns, column);
}

ProposeColumn *propose_entry_set(ProposeEntry *entry, const char *name, ProfileColumn *of) {
  ProposeColumn *column = propose_column_new(name, of);
  propose_entry_drop(entry, name);
  g_ptr_array_add(entry->columns, column);
  return column;
}

ProposeEntry *propose_find(const Propose *propose, const char *to) {
  for (guint i = 0; i < propose->entries->len; i++) {
    ProposeEntry *entry = propose->entries->pdata[i];
    if (entry->from && g_str_equal(entry->to, to)) return entry;
  }
  return NULL;
}

/* A load compares texts without their case. */
static gboolean is_same_value(const char *a, const char *b) {
  g_autofree char *left = g_utf8_strdown(a, -1);
  g_autofree char *right = g_utf8_strdown(b, -1);
  return g_str_equal(g_strstrip(left), g_strstrip(right));
}

void propose_value(ProposeColumn *column, const char *from, const char *to) {
  if (!column->values) column->values = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i + 1 < column->values->len; i += 2)
    if (is_same_value(column->values->pdata[i], from)) return;
  g_ptr_array_add(column->values, g_strdup(from));
  g_ptr_array_add(column->values, g_strdup(to));
}

void propose_values_rest(ProposeColumn *column) {
  for (gsize i = 0; column->otherwise && column->of && i < column->of->n_values; i++)
    propose_value(column, column->of->values[i].text, column->otherwise);
}

ProfileColumn *propose_extra(const ProposeEntry *entry, const char *name) {
  for (guint i = 0; i < entry->extras->len; i++)
    if (g_str_equal(((ProposeColumn *)entry->extras->pdata[i])->name, name))
      return ((ProposeColumn *)entry->extras->pdata[i])->of;
  return NULL;
}

void propose_leave_out(Propose *propose, ProfileFile *file, const char *why) {
  ProposeLeftOut *left = g_new0(ProposeLeftOut, 1);
  left->file = file;
  left->why = g_strdup(why);
  g_ptr_array_add(propose->left_out, left);
}

/* Two entries of one file would say the same of it. */
static void add_once(GPtrArray *sentences, char *sentence) {
  if (g_ptr_array_find_with_equal_func(sentences, sentence, g_str_equal, NULL))
    g_free(sentence);
  else
    g_ptr_array_add(sentences, sentence);
}

void propose_assumed(Propose *propose, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  add_once(propose->assumed, g_strdup_vprintf(format, arguments));
  va_end(arguments);
}

void propose_check(Propose *propose, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  add_once(propose->to_check, g_strdup_vprintf(format, arguments));
  va_end(arguments);
}

/* --- SQL of a proposed column --- */

/* `take`: SQL of the looked-up column in its own file. */
static char *lookup_sql(const ProposeColumn *column, const char *take) {
  g_autofree char *of = profile_sql_text(column->of);
  g_autofree char *equals = profile_sql_text(column->equals);
  return g_strdup_printf(
      "(SELECT any_value(looked.take) FROM (SELECT %s AS take, %s AS equals FROM %s) AS looked WHERE looked.equals = "
      "%s)",
      take, equals, column->lookup->table, of);
}

static char *base_sql(const ProposeColumn *column) {
  if (column->constant) return store_quote_text(column->constant);
  if (column->sql) return g_strdup_printf("nullif(trim(CAST((%s) AS VARCHAR)), '')", column->sql);
  g_autofree char *take = profile_sql_text(column->lookup ? column->take : column->of);
  return column->lookup ? lookup_sql(column, take) : g_steal_pointer(&take);
}

static char *with_when(const ProposeColumn *column, char *sql) {
  if (!column->when) return sql;
  char *guarded = g_strdup_printf("(CASE WHEN %s THEN %s END)", column->when, sql);
  g_free(sql);
  return guarded;
}

char *propose_sql(const ProposeColumn *column) {
  g_autofree char *base = base_sql(column);
  if (!column->values) return with_when(column, g_steal_pointer(&base));
  GString *sql = g_string_new(NULL);
  g_string_append_printf(sql, "(CASE lower(trim(%s))", base);
  for (guint i = 0; i + 1 < column->values->len; i += 2) {
    g_autofree char *lower = g_utf8_strdown(column->values->pdata[i], -1);
    g_autofree char *from = store_quote_text(g_strstrip(lower));
    g_autofree char *to = store_quote_text(column->values->pdata[i + 1]);
    g_string_append_printf(sql, " WHEN %s THEN %s", from, to);
  }
  g_autofree char *otherwise = column->otherwise ? store_quote_text(column->otherwise) : g_strdup(base);
  g_string_append_printf(sql, " ELSE %s END)", otherwise);
  return with_when(column, g_string_free(sql, FALSE));
}

char *propose_sql_date(const ProposeColumn *column) {
  g_autofree char *taken = column->lookup ? profile_sql_date(column->take) : NULL;
  if (taken) return with_when(column, lookup_sql(column, taken));
  if (column->of) return with_when(column, profile_sql_date(column->of));
  g_autofree char *text = propose_sql(column);
  return g_strdup_printf("try_cast(%s AS TIMESTAMP)", text);
}

/* The expression's text goes by the name of a date that it reads, and is read as that one is. */
char *propose_entry_date(const ProposeEntry *entry, const ProposeColumn *column) {
  for (guint i = 0; column->sql && i < entry->from->columns->len; i++) {
    const ProfileColumn *read = entry->from->columns->pdata[i];
    g_autofree char *name = store_quote_name(read->header);
    if (!profile_is_date(read) || !strstr(column->sql, name)) continue;
    g_autofree char *date = profile_sql_date(read);
    g_autofree char *sql = g_strdup_printf("(SELECT %s FROM (SELECT (%s) AS %s) AS one)", date, column->sql, name);
    return column->when ? g_strdup_printf("(CASE WHEN %s THEN %s END)", column->when, sql) : g_steal_pointer(&sql);
  }
  return propose_sql_date(column);
}

char *propose_sql_number(const ProposeColumn *column) {
  g_autofree char *taken = column->lookup ? profile_sql_number(column->take) : NULL;
  if (taken) return with_when(column, lookup_sql(column, taken));
  if (column->of) return with_when(column, profile_sql_number(column->of));
  g_autofree char *text = propose_sql(column);
  return g_strdup_printf("try_cast(regexp_replace(%s, '[^0-9.-]', '', 'g') AS DOUBLE)", text);
}

char *propose_from(const ProposeEntry *entry) {
  return entry->where ? g_strdup_printf("FROM %s WHERE (%s)", entry->from->table, entry->where)
                      : g_strdup_printf("FROM %s WHERE TRUE", entry->from->table);
}

gint64 propose_count(const Propose *propose, const ProposeEntry *entry, const char *condition) {
  g_autofree char *from = propose_from(entry);
  g_autofree char *sql = g_strdup_printf("SELECT count(*) %s AND (%s)", from, condition);
  return profile_count(propose->scratch, sql);
}

/* --- words of values --- */

static gboolean in_list(const ConfNode *list, const char *key) {
  for (guint i = 0; list && i < list->n; i++) {
    g_autofree char *word = profile_key(list->items[i]->text);
    if (g_str_equal(word, key)) return TRUE;
  }
  return FALSE;
}

/* Whether the value holds one of the list's words whole ("5 - Closed Won", "Verloren (Preis)"). */
static gboolean holds_word(const ConfNode *list, const char *value) {
  g_auto(GStrv) words = profile_words(value);
  for (guint i = 0; list && i < list->n; i++) {
    g_auto(GStrv) wanted = profile_words(list->items[i]->text);
    guint n = g_strv_length(wanted);
    if (n == 0 || (n == 1 && strlen(wanted[0]) < 3)) continue;
    for (guint at = 0; at + n <= g_strv_length(words); at++) {
      guint same = 0;
      while (same < n && g_str_equal(words[at + same], wanted[same])) same++;
      if (same == n) return TRUE;
    }
  }
  return FALSE;
}

const char *propose_meaning(const Propose *propose, const char *list, const char *value) {
  const ConfNode *meanings = conf_map_get(propose->words, list);
  g_autofree char *key = profile_key(value);
  for (guint i = 0; meanings && i < meanings->n; i++)
    if (in_list(meanings->items[i], key)) return meanings->keys[i]->text;
  gboolean denied = g_str_has_prefix(key, "not") || g_str_has_prefix(key, "nicht");
  for (guint i = 0; meanings && i < meanings->n && !denied; i++)
    if (!g_str_equal(meanings->keys[i]->text, "open") && holds_word(meanings->items[i], value))
      return meanings->keys[i]->text;
  return NULL;
}

gboolean propose_is_total(const Propose *propose, const char *value) {
  g_autofree char *key = profile_key(value);
  return in_list(conf_map_get(propose->words, "totals"), key);
}

gint64 propose_values_by_words(const Propose *propose, ProposeColumn *column, const char *list) {
  const ConfNode *meanings = conf_map_get(propose->words, list);
  gint64 rows = 0;
  g_autofree const char **meant = g_new0(const char *, column->of ? column->of->n_values + 1 : 1);
  for (gsize i = 0; column->of && i < column->of->n_values; i++)
    meant[i] = propose_meaning(propose, list, column->of->values[i].text);
  for (guint m = 0; meanings && column->of && m < meanings->n; m++)
    for (gsize i = 0; i < column->of->n_values; i++) {
      if (g_strcmp0(meant[i], meanings->keys[m]->text) != 0) continue;
      rows += column->of->values[i].count;
      if (g_strcmp0(column->otherwise, meant[i]) != 0) propose_value(column, column->of->values[i].text, meant[i]);
    }
  return rows;
}

/* --- the whole --- */

static void tell_unreadable(Propose *propose, GHashTable *done) {
  for (guint i = 0; i < propose->folder->files->len; i++) {
    ProfileFile *file = propose->folder->files->pdata[i];
    const char *why = !file->table ? file->problem : file->n_rows == 0 ? "it has column names but no rows" : NULL;
    for (guint n = 0; n < file->notes->len; n++) propose_assumed(propose, "%s", (char *)file->notes->pdata[n]);
    if (file->n_lost > 0)
      propose_check(propose, "%s: %" G_GINT64_FORMAT " lines are no rows and will be rejected (the first: %s).",
                    file->pattern, file->n_lost, file->lost_why ? file->lost_why : "unreadable");
    if (!why) continue;
    propose_leave_out(propose, file, why);
    propose_check(propose, "%s is left out: %s.", file->pattern, why);
    g_hash_table_add(done, file);
  }
  if (propose->folder->ignored->len) {
    g_ptr_array_add(propose->folder->ignored, NULL);
    g_autofree char *names = g_strjoinv(", ", (char **)propose->folder->ignored->pdata);
    propose_check(propose,
                  "These files are no tables that can be read, and are left out: %s. (Save a spreadsheet as CSV.)",
                  names);
    g_ptr_array_remove_index(propose->folder->ignored, propose->folder->ignored->len - 1);
  }
}

static char *source_name(const Propose *propose, const char *path) {
  if (propose->name) return g_strdup(propose->name);
  if (propose->folder->files->len == 1) return g_strdup(((ProfileFile *)propose->folder->files->pdata[0])->name);
  g_autofree char *absolute = g_canonicalize_filename(path, NULL);
  g_autofree char *base = g_path_get_basename(absolute);
  GString *name = g_string_new(NULL);
  for (const char *p = base; *p; p++)
    if (g_ascii_isalnum(*p))
      g_string_append_c(name, g_ascii_tolower(*p));
    else if (name->len && name->str[name->len - 1] != '_')
      g_string_append_c(name, '_');
  if (!name->len || g_ascii_isdigit(name->str[0])) g_string_prepend(name, "source_");
  return g_string_free(name, FALSE);
}

static char **texts(GPtrArray *array) {
  char **list = g_new0(char *, array->len + 1);
  for (guint i = 0; i < array->len; i++) list[i] = g_strdup(array->pdata[i]);
  return list;
}

static void propose_clear(Propose *propose) {
  g_clear_pointer(&propose->folder, profile_folder_free);
  g_clear_pointer(&propose->entries, g_ptr_array_unref);
  g_clear_pointer(&propose->left_out, g_ptr_array_unref);
  g_clear_pointer(&propose->assumed, g_ptr_array_unref);
  g_clear_pointer(&propose->to_check, g_ptr_array_unref);
  g_clear_pointer(&propose->documents, g_ptr_array_unref);
  g_free(propose->name);
  g_free(propose->system);
  g_free(propose->time_zone);
  g_free(propose->currency);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Propose, propose_clear)

void ingest_proposal_free(IngestProposal *proposal) {
  if (!proposal) return;
  g_free(proposal->name);
  g_free(proposal->system);
  g_free(proposal->yaml);
  g_free(proposal->currency);
  g_strfreev(proposal->assumed);
  g_strfreev(proposal->to_check);
  g_ptr_array_unref(proposal->files);
  g_free(proposal);
}

/* Nothing to propose from: a workspace of no table would help nobody. */
static gboolean none_readable(const Propose *propose, const GHashTable *done, const char *path, GError **error) {
  const GPtrArray *files = propose->folder->files;
  if (files->len == 0 || g_hash_table_size((GHashTable *)done) < files->len) return FALSE;
  const ProfileFile *first = files->pdata[0];
  const char *why = first->problem ? first->problem : "it has column names but no rows";
  if (g_str_has_suffix(path, first->pattern))
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s: %s", path, why);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s: no file of it has rows that can be read (%s: %s)", path,
                first->pattern, why);
  return TRUE;
}

IngestProposal *ingest_propose(Store *scratch, const char *path, const LedgerSchema *schema, GError **error) {
  g_auto(Propose) propose = {.scratch = scratch, .schema = schema};
  propose.entries = g_ptr_array_new_with_free_func(entry_free);
  propose.left_out = g_ptr_array_new_with_free_func(left_out_free);
  propose.assumed = g_ptr_array_new_with_free_func(g_free);
  propose.to_check = g_ptr_array_new_with_free_func(g_free);
  propose.documents = g_ptr_array_new_with_free_func((GDestroyNotify)conf_document_free);
  ConfDocument *words = builtin_mapping("words", error);
  if (!words) return NULL;
  g_ptr_array_add(propose.documents, words);
  propose.words = conf_document_root(words);
  propose.folder = profile_folder(scratch, path, error);
  if (!propose.folder) return NULL;

  g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
  tell_unreadable(&propose, done);
  if (none_readable(&propose, done, path, error)) return NULL;
  propose_formats(&propose);
  if (!recognise_system(&propose, done, error)) return NULL;
  propose_kinds(&propose, done);
  propose_deals(&propose);
  propose_ids(&propose);
  propose_references(&propose);
  propose_checks(&propose);
  propose_scales(&propose);

  g_autofree char *name = source_name(&propose, path);
  g_free(propose.name);
  propose.name = g_steal_pointer(&name);
  IngestProposal *proposal = g_new0(IngestProposal, 1);
  proposal->yaml = propose_yaml(&propose);
  proposal->name = g_strdup(propose.name);
  proposal->system = g_strdup(propose.system);
  proposal->currency = g_strdup(propose.currency);
  proposal->assumed = texts(propose.assumed);
  proposal->to_check = texts(propose.to_check);
  proposal->files = propose_seen(&propose);
  return proposal;
}
