/* What systems told and nothing could be made of, kept in the table `rejected` beside the rows of files: an object
 * without a table, a table that the source has not, properties that the mapping does not name, a value that is too
 * long.
 *
 *   told again                     is there already: each reason stands once, with the first record it was told of
 *   mapped, and told again         is kept no more
 *   the source is loaded whole     nothing of its tables is kept (src/ingest/reject.c)
 *
 * Of the record only its id and its properties' names are kept. A row has no line, which tells it from rows that the
 * mapping made and the ledger refused. */
#include "base/text.h"
#include "cli/cli.h"
#include "lib/take.h"

#include <string.h>

#define MAX_KEPT     1000 /* of a source: the last ones */
#define MAX_ID_BYTES 1000
#define MAX_NAMED    5  /* properties in a reason */
#define MAX_LETTERS  80 /* of a name that a system gave */
#define OURS         "source = %s AND file = '" INGEST_TAKEN_FILE "' AND line IS NULL"

typedef struct {
  char *from, *reason, *json;
} Row;

struct LibLeft {
  const IngestSource *source; /* borrowed */
  GHashTable *rows;           /* reason, with what it is from -> Row */
  GHashTable *settled;        /* char *: objects */
};

static void row_free(gpointer data) {
  Row *row = data;
  g_free(row->from);
  g_free(row->reason);
  g_free(row->json);
  g_free(row);
}

LibLeft *lib_left_new(const IngestSource *source) {
  LibLeft *left = g_new0(LibLeft, 1);
  *left = (LibLeft){source, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, row_free),
                    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
  return left;
}

void lib_left_free(LibLeft *left) {
  if (!left) return;
  g_hash_table_unref(left->rows);
  g_hash_table_unref(left->settled);
  g_free(left);
}

/* --- what is left --- */

/* A name as it is shown; free it. */
static char *shown(const char *name) {
  if (g_utf8_strlen(name, -1) <= MAX_LETTERS) return g_strdup(name);
  g_autofree char *start = g_utf8_substring(name, 0, MAX_LETTERS);
  return g_strconcat(start, "…", NULL);
}

static char *write_json(const char *object, const char *id, const GPtrArray *properties) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  g_assert(out); /* fails only without memory, as does all of GLib */
  g_autofree char *short_id = shown(id);
  CliJson *json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "object", object);
  cli_json_member_text(json, "record", short_id);
  cli_json_member_array(json, "properties");
  for (guint i = 0; properties && i < properties->len && i < MAX_NAMED; i++) {
    g_autofree char *property = shown(properties->pdata[i]);
    cli_json_text(json, property);
  }
  cli_json_end_array(json);
  cli_json_end_object(json);
  cli_json_free(json);
  fclose(out);
  return text;
}

/* Takes `reason`. `object`: "" where nothing settles it but a whole load. */
static void add(LibLeft *left, const char *name_of, const char *object, const char *id, const GPtrArray *properties,
                char *reason) {
  g_autofree char *settled_by = shown(object);
  char *from = shown(name_of), *name = g_strdup_printf("%s\x1f%s", from, reason);
  Row *row = g_new0(Row, 1);
  *row = (Row){from, reason, write_json(settled_by, id, properties)};
  if (g_hash_table_contains(left->rows, name)) {
    row_free(row);
    g_free(name);
  } else {
    g_hash_table_insert(left->rows, name, row);
  }
}

/* Of an object without a table, or with one that the source has not. Takes `missing`: NULL: without. */
static void add_record(LibLeft *left, const char *object, const char *id, char *missing) {
  g_autofree char *name = shown(object), *wrong = missing;
  add(left, object, object, id, NULL,
      wrong ? g_strdup_printf("%s: correct the table of \"%s\" in the webhook, or add it to the source", wrong, name)
            : g_strdup_printf("the webhook says nothing of \"%s\": give it a table under objects:, or let the system "
                              "not tell of it",
                              name));
}

gboolean lib_left_lets(LibLeft *left, const AttainTold *told) {
  const char *object = told->object ? told->object : told->table;
  char *missing = told->table ? ingest_take_missing(left->source, told->table) : NULL;
  if (!told->table || missing) {
    add_record(left, object, told->id, missing);
    return FALSE;
  }
  g_hash_table_add(left->settled, shown(object));
  if (told->wrong)
    add(left, told->table, "", told->id, NULL, g_strdup(told->wrong));
  else if (!*told->id)
    add(left, told->table, "", told->id, NULL, g_strdup("it has no id: let the system tell of records that have one"));
  else if (strlen(told->id) > MAX_ID_BYTES)
    add(left, told->table, "", told->id, NULL,
        g_strdup_printf("its id is longer than the %d bytes that an id may have", MAX_ID_BYTES));
  else
    return TRUE;
  return FALSE;
}

void lib_left_properties(LibLeft *left, const char *table, const char *id, const GPtrArray *properties) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < properties->len && i < MAX_NAMED; i++) {
    g_autofree char *name = shown(properties->pdata[i]);
    g_string_append_printf(names, "%s\"%s\"", i ? ", " : "", name);
  }
  if (properties->len > MAX_NAMED) g_string_append_printf(names, " and %u more", properties->len - MAX_NAMED);
  add(left, table, table, id, properties,
      g_strdup_printf(
          "the mapping of %s says nothing of %s: map it in the source, give its column under columns: of the "
          "webhook, or let the system not tell of it",
          ingest_source_name(left->source), names->str));
}

void lib_left_long(LibLeft *left, const char *table, const char *id, const char *property, gsize max_bytes) {
  g_autofree char *name = shown(property), *number = cli_format_number((double)max_bytes, CLI_NUMBER_COUNT, NULL);
  add(left, table, "", id, NULL,
      g_strdup_printf("\"%s\" is longer than the %s bytes that are kept of a value, and was left out", name, number));
}

/* --- what is kept --- */

typedef struct {
  GString *gone, *rows; /* rowids; values */
  guint n_new;
} Change;

static gboolean is_named(const LibLeft *left, const char *table, const char *properties) {
  g_auto(GStrv) properties_told = g_strsplit(properties, "\x1f", -1);
  g_autoptr(IngestTakeNames) names = ingest_take_names_new(left->source, table);
  for (char **name = properties_told; *name; name++)
    if (ingest_take_names_find(names, *name)) return TRUE;
  return FALSE;
}

/* What is kept and told again, is settled, or neither. */
static gboolean compare_kept(LibLeft *left, Store *store, Change *change, GError **error) {
  g_autofree char *source = store_quote_text(ingest_source_name(left->source));
  g_autofree char *sql = g_strdup_printf(
      "SELECT CAST(rowid AS BIGINT), from_name, reason, row_json ->> 'object', coalesce(array_to_string(CAST(row_json "
      "-> "
      "'properties' AS VARCHAR[]), chr(31)), '') FROM rejected WHERE " OURS,
      source);
  g_autoptr(StoreRows) kept = store_query(store, sql, NULL, 0, 0, error);
  if (!kept) return FALSE;
  for (gsize i = 0; i < store_rows_count(kept); i++) {
    const StoreValue *row = store_rows_row(kept, i);
    g_autofree char *name = g_strdup_printf("%s\x1f%s", row[1].text, row[2].text);
    gboolean is_settled = row[4].type == STORE_TEXT && *row[4].text
                              ? is_named(left, row[1].text, row[4].text)
                              : row[3].type == STORE_TEXT && g_hash_table_contains(left->settled, row[3].text);
    if (!g_hash_table_remove(left->rows, name) && is_settled)
      g_string_append_printf(change->gone, "%s%" G_GINT64_FORMAT, change->gone->len ? ", " : "", row[0].integer);
  }
  return TRUE;
}

static void append_new(LibLeft *left, gint64 load, Change *change) {
  GHashTableIter iter;
  gpointer value;
  g_autofree char *source = store_quote_text(ingest_source_name(left->source));
  g_hash_table_iter_init(&iter, left->rows);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const Row *row = value;
    g_autofree char *from = store_quote_text(row->from), *reason = store_quote_text(row->reason),
                    *json = store_quote_text(row->json);
    g_string_append_printf(change->rows, "%s(%" G_GINT64_FORMAT ", %s, %s, %s, '" INGEST_TAKEN_FILE "', NULL, %s, %s)",
                           change->rows->len ? ", " : "", load, source, from, from, reason, json);
    change->n_new++;
  }
}

/* Free `sql` after it was run. */
static gboolean run(Store *store, char *sql, GError **error) {
  gboolean ok = store_run(store, sql, NULL, 0, NULL, error);
  g_free(sql);
  return ok;
}

static gboolean write_change(const LibLeft *left, Store *store, const Change *change, gint64 load, gint64 now_us,
                             GError **error) {
  g_autofree char *source = store_quote_text(ingest_source_name(left->source));
  if (change->gone->len > 0 &&
      !run(store, g_strdup_printf("DELETE FROM rejected WHERE rowid IN (%s)", change->gone->str), error))
    return FALSE;
  if (change->n_new > 0 &&
      !run(store,
           g_strdup_printf(
               "INSERT INTO rejected (\"load\", source, table_name, from_name, file, line, reason, row_json) "
               "VALUES %s",
               change->rows->str),
           error))
    return FALSE;
  return run(store,
             g_strdup_printf("DELETE FROM rejected WHERE " OURS " AND rowid IN (SELECT rowid FROM rejected WHERE " OURS
                             " ORDER BY \"load\" DESC, rowid DESC OFFSET %d)",
                             source, source, MAX_KEPT),
             error) &&
         run(store,
             g_strdup_printf("INSERT INTO \"load\" VALUES (%" G_GINT64_FORMAT ", %s, make_timestamp(%" G_GINT64_FORMAT
                             "), 0, %u, 0, 0, 0, %u, 0, 0)",
                             load, source, now_us, change->n_new, change->n_new),
             error);
}

static gboolean next_load(Store *store, gint64 *load, GError **error) {
  g_autoptr(StoreRows) rows = store_query(store, "SELECT max(\"load\") FROM \"load\"", NULL, 0, 0, error);
  if (!rows) return FALSE;
  StoreValue last = store_rows_value(rows, 0, 0);
  *load = (last.type == STORE_NULL ? 0 : last.integer) + 1;
  return TRUE;
}

/* In a transaction of its own. `*load` 0: there is nothing to change. */
static gboolean write_all(LibLeft *left, Store *store, gint64 now_us, gint64 *load, GError **error) {
  g_autoptr(GString) gone = g_string_new(NULL), rows = g_string_new(NULL);
  Change change = {gone, rows, 0};
  gint64 next = 0;
  *load = 0;
  if (!compare_kept(left, store, &change, error) || !next_load(store, &next, error)) return FALSE;
  append_new(left, next, &change);
  if (change.n_new == 0 && gone->len == 0) return TRUE;
  if (!store_begin(store, error)) return FALSE;
  if (!write_change(left, store, &change, next, now_us, error)) {
    store_rollback(store);
    return FALSE;
  }
  if (!store_commit(store, error)) return FALSE;
  *load = next;
  return TRUE;
}

gboolean lib_left_keep(LibLeft *left, AttainWorkspace *workspace, gint64 *load, GError **error) {
  *load = 0;
  if (!lib_begin_change(workspace, error)) return FALSE;
  return write_all(left, workspace->core->session->store, lib_now(workspace), load, error);
}
