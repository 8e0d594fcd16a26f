/* Who is meant, what they are called, and their own records. */
#include "erase/erase.h"

#include "erase/names.h"
#include "erase/rows.h"
#include "ingest/erased.h"
#include "store/values.h"
#include "user/audit.h"
#include "user/secret.h"

#define MAX_FOUND 1000
#define SHOWN     5

static const char *const tables[] = {"person", "account", "lead", NULL};

static void free_count(gpointer data) {
  EraseCount *count = data;
  g_free(count->table);
  g_free(count->column);
  g_free(count);
}

void erased_free(Erased *erased) {
  if (!erased) return;
  g_free(erased->shown);
  g_ptr_array_unref(erased->keys);
  g_ptr_array_unref(erased->counts);
  g_ptr_array_unref(erased->users);
  g_ptr_array_unref(erased->notes);
  erase_names_free(erased->names);
  g_free(erased);
}

char *erased_without(const Erased *erased, const char *text) {
  return erase_names_take_out(text, erased->names);
}

gboolean erased_is_named(const Erased *erased, const char *text) {
  g_autofree char *without = erased_without(erased, text);
  return without != NULL;
}

static StoreRows *query(Store *store, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
static StoreRows *query(Store *store, GError **error, const char *format, ...) {
  va_list args;
  va_start(args, format);
  g_autofree char *sql = g_strdup_vprintf(format, args);
  va_end(args);
  return store_query(store, sql, NULL, 0, 0, error);
}

/* --- who --- */

static const char *table_of(const EraseOrder *order, GError **error) {
  for (guint i = 0; tables[i]; i++)
    if (g_strcmp0(order->table, tables[i]) == 0) return tables[i];
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a person, an account or a lead can be erased, not \"%s\"",
              order->table ? order->table : "");
  return NULL;
}

static gboolean has_email(const char *table) {
  return g_str_equal(table, "person");
}

static gboolean has_merged(const char *table) {
  return !g_str_equal(table, "lead");
}

static void fail_several(const StoreRows *rows, const EraseOrder *order, GError **error) {
  g_autoptr(GString) who = g_string_new(NULL);
  gsize n = store_rows_count(rows);
  for (gsize row = 0; row < MIN(n, SHOWN); row++)
    g_string_append_printf(who, "%s%s/%s", row ? ", " : "", store_text_at(rows, row, 1), store_text_at(rows, row, 2));
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "\"%s\" is several: say which of %s%s", order->who, who->str,
              n > SHOWN ? ", …" : "");
}

/* The key of one record, or of the one that it was merged into, as text. */
static char *find_key(Store *store, const char *table, const EraseOrder *order, GError **error) {
  g_autofree char *who = store_quote_text(order->who);
  g_autofree char *email = has_email(table) ? g_strdup_printf(" OR lower(email) = lower(%s)", who) : g_strdup("");
  g_autoptr(StoreRows) rows =
      query(store, error,
            "SELECT CAST(k AS VARCHAR), any_value(from_source), any_value(id) FROM (SELECT %s AS k, from_source, id "
            "FROM %s WHERE lower(name) = lower(%s) OR id = %s OR from_source || '/' || id = %s%s ORDER BY key) GROUP "
            "BY k ORDER BY 2, 3 LIMIT %d",
            has_merged(table) ? "coalesce(merged_into, key)" : "key", table, who, who, who, email, MAX_FOUND);
  if (!rows) return NULL;
  if (store_rows_count(rows) == 1) return g_strdup(store_text_at(rows, 0, 0));
  if (store_rows_count(rows) > 1)
    fail_several(rows, order, error);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
                "no %s of the records has the name, id or e-mail address \"%s\": write it as `attain records` does",
                table, order->who);
  return NULL;
}

/* attain_erasing (key): all records of theirs, merged ones too. */
static gboolean gather(Store *store, const char *key, Erased *erased, GError **error) {
  g_autofree char *merged = has_merged(erased->table) ? g_strdup_printf(" OR merged_into = %s", key) : g_strdup("");
  if (!erase_sql(store, NULL, error,
                 "CREATE OR REPLACE TEMP TABLE attain_erasing AS SELECT key FROM %s WHERE key = %s%s ORDER BY key",
                 erased->table, key, merged))
    return FALSE;
  g_autoptr(StoreRows) rows = query(store, error, "SELECT CAST(key AS VARCHAR) FROM attain_erasing ORDER BY key");
  for (gsize row = 0; rows && row < store_rows_count(rows); row++)
    g_ptr_array_add(erased->keys, g_strdup(store_text_at(rows, row, 0)));
  return rows != NULL;
}

static gboolean begin(Store *store, const EraseOrder *order, Erased *erased, GError **error) {
  g_autoptr(StoreRows) last = query(store, error, "SELECT coalesce(max(erased), 0) FROM attain_erased");
  if (!last) return FALSE;
  erased->number = store_int_at(last, 0, 0) + 1;
  erased->shown = g_strdup_printf("Erased %s %" G_GINT64_FORMAT, erased->table, erased->number);
  erased->names = erase_names_new(erased->shown);
  const StoreValue values[] = {store_of_int(erased->number), store_of_text(erased->table), store_of_text(erased->shown),
                               store_of_instant(order->now_us)};
  return store_run(store, "INSERT INTO attain_erased VALUES ($1, $2, $3, $4)", values, G_N_ELEMENTS(values), NULL,
                   error);
}

/* --- what they are called --- */

static gboolean is_shared(Store *store, const Erased *erased, const char *name, gboolean *is, GError **error) {
  g_autofree char *quoted = store_quote_text(name);
  g_autoptr(StoreRows) rows =
      query(store, error, "SELECT count(*) FROM %s WHERE lower(name) = lower(%s) AND key NOT IN (FROM attain_erasing)",
            erased->table, quoted);
  if (rows) *is = store_int_at(rows, 0, 0) > 0;
  return rows != NULL;
}

static gboolean add_names(Store *store, Erased *erased, GError **error) {
  g_autoptr(StoreRows) rows =
      query(store, error,
            "SELECT DISTINCT name FROM (SELECT key, name FROM %s UNION ALL SELECT key, name FROM %s_history) WHERE key "
            "IN (FROM attain_erasing) AND name IS NOT NULL ORDER BY 1",
            erased->table, erased->table);
  if (!rows) return FALSE;
  for (gsize row = 0; row < store_rows_count(rows); row++) {
    const char *name = store_text_at(rows, row, 0);
    gboolean is_others = FALSE;
    if (!is_shared(store, erased, name, &is_others, error)) return FALSE;
    if (!is_others) {
      erase_names_add(erased->names, name, FALSE);
      continue;
    }
    g_ptr_array_add(
        erased->notes,
        g_strdup_printf("another %s has the same name: texts that name both stay as they are; \"also\" takes "
                        "the name out of them",
                        erased->table));
  }
  return TRUE;
}

static gboolean add_addresses(Store *store, Erased *erased, GError **error) {
  if (!has_email(erased->table)) return TRUE;
  g_autoptr(StoreRows) rows =
      query(store, error,
            "SELECT DISTINCT email FROM (SELECT key, email FROM person UNION ALL SELECT key, email FROM "
            "person_history) WHERE key IN (FROM attain_erasing) AND email IS NOT NULL");
  for (gsize row = 0; rows && row < store_rows_count(rows); row++)
    erase_names_add(erased->names, store_text_at(rows, row, 0), TRUE);
  return rows != NULL;
}

static gboolean add_users(Store *store, Erased *erased, GError **error) {
  if (!has_email(erased->table)) return TRUE;
  g_autoptr(StoreRows) rows =
      query(store, error,
            "SELECT name, shown FROM attain_user WHERE person IN (FROM attain_erasing) OR name IN (SELECT lower(email) "
            "FROM person WHERE key IN (FROM attain_erasing)) ORDER BY 1");
  for (gsize row = 0; rows && row < store_rows_count(rows); row++) {
    g_ptr_array_add(erased->users, g_strdup(store_text_at(rows, row, 0)));
    erase_names_add(erased->names, store_text_at(rows, row, 0), FALSE);
    erase_names_add(erased->names, store_text_at(rows, row, 1), FALSE);
  }
  return rows != NULL;
}

static gboolean learn_names(Store *store, const EraseOrder *order, Erased *erased, GError **error) {
  for (guint i = 0; order->also && order->also[i]; i++) erase_names_add(erased->names, order->also[i], TRUE);
  return add_names(store, erased, error) && add_addresses(store, erased, error) && add_users(store, erased, error);
}

/* --- digests --- */

/* The key of the digests, made by the first erasure. */
static char *secret_of(Store *store, GError **error) {
  g_autoptr(StoreRows) rows = query(store, error, "SELECT secret FROM attain_erasing_key");
  if (!rows) return NULL;
  if (store_rows_count(rows) > 0) return g_strdup(store_text_at(rows, 0, 0));
  g_autofree char *secret = user_secret_new();
  const StoreValue value = store_of_text(secret);
  return store_run(store, "INSERT INTO attain_erasing_key VALUES ($1)", &value, 1, NULL, error)
             ? g_steal_pointer(&secret)
             : NULL;
}

/* One digest for each source, which stands in the text that is digested. */
static gboolean mark_ids(Store *store, const Erased *erased, const char *secret, GError **error) {
  g_autoptr(StoreRows) rows =
      query(store, error, "SELECT DISTINCT from_source FROM %s WHERE key IN (FROM attain_erasing)", erased->table);
  for (gsize row = 0; rows && row < store_rows_count(rows); row++) {
    const char *source = store_text_at(rows, row, 0);
    g_autofree char *quoted = store_quote_text(source);
    g_autofree char *digest = ingest_erased_sql(INGEST_ERASED_ID, secret, erased->table, source, "id");
    if (!erase_sql(
            store, NULL, error,
            "INSERT INTO attain_erased_mark SELECT DISTINCT %s, 'erased-' || key FROM (SELECT key, from_source, id "
            "FROM %s UNION SELECT key, from_source, id FROM %s_history) WHERE key IN (FROM attain_erasing) AND "
            "from_source = %s",
            digest, erased->table, erased->table, quoted))
      return FALSE;
  }
  return rows != NULL;
}

static gboolean mark_column(Store *store, const Erased *erased, const char *secret, IngestErasedKind kind,
                            const char *column, const char *stands_for, GError **error) {
  g_autofree char *digest = ingest_erased_sql(kind, secret, NULL, NULL, column);
  g_autofree char *quoted = store_quote_text(stands_for);
  return erase_sql(
      store, NULL, error,
      "INSERT INTO attain_erased_mark SELECT DISTINCT %s, %s FROM (SELECT key, %s FROM %s UNION SELECT key, %s "
      "FROM %s_history) t WHERE key IN (FROM attain_erasing) AND %s IS NOT NULL AND NOT EXISTS (FROM %s o WHERE "
      "lower(o.%s) = lower(t.%s) AND o.key NOT IN (FROM attain_erasing))",
      digest, quoted, column, erased->table, column, erased->table, column, erased->table, column, column);
}

/* --- their own records --- */

static char *address_of(const Erased *erased) {
  return g_strdup_printf("erased-%" G_GINT64_FORMAT "@erased.invalid", erased->number);
}

static gboolean set(Store *store, Erased *erased, const char *table, const char *column, const char *value,
                    const char *where, GError **error) {
  gint64 n = 0;
  if (!erase_sql(store, &n, error, "UPDATE %s SET %s = %s WHERE key IN (FROM attain_erasing) AND %s", table, column,
                 value, where))
    return FALSE;
  erase_count(erased, table, column, n);
  return TRUE;
}

/* Columns of the workspace's own: numbers to call and addresses to write to. */
static gboolean clear_own(Store *store, const LedgerSchema *schema, Erased *erased, const char *table, GError **error) {
  const LedgerTable *of = ledger_schema_find(schema, erased->table);
  for (guint c = 0; c < of->n_columns; c++) {
    if (of->columns[c].type != LEDGER_TEXT || g_str_equal(of->columns[c].name, "name") ||
        g_str_equal(of->columns[c].name, "email"))
      continue;
    g_autofree char *column = store_quote_name(of->columns[c].name);
    g_autofree char *where =
        g_strdup_printf("(regexp_matches(%s, '^[+(]?[0-9][0-9 ()/.+-]{5,}$') OR regexp_matches(%s, '[^@\\s]@[^@\\s]'))",
                        column, column);
    if (!set(store, erased, table, column, "NULL", where, error)) return FALSE;
  }
  return TRUE;
}

static gboolean erase_records_of(Store *store, const LedgerSchema *schema, Erased *erased, const char *table,
                                 GError **error) {
  g_autofree char *shown = store_quote_text(erased->shown);
  g_autofree char *address = address_of(erased);
  g_autofree char *email = store_quote_text(address);
  if (!set(store, erased, table, "name", shown, "name IS NOT NULL", error)) return FALSE;
  if (has_email(erased->table) && (!set(store, erased, table, "email", email, "email IS NOT NULL", error) ||
                                   !set(store, erased, table, "title", "NULL", "title IS NOT NULL", error)))
    return FALSE;
  if (has_merged(erased->table) && !set(store, erased, table, "id", "'erased-' || key", "TRUE", error)) return FALSE;
  return clear_own(store, schema, erased, table, error);
}

static gboolean erase_records(Store *store, const LedgerSchema *schema, Erased *erased, const char *secret,
                              GError **error) {
  g_autofree char *history = g_strconcat(erased->table, "_history", NULL);
  g_autofree char *address = address_of(erased);
  gboolean is_fact = !has_merged(erased->table), is_person = has_email(erased->table);
  if (!is_fact && !mark_ids(store, erased, secret, error)) return FALSE;
  if (!is_fact && !mark_column(store, erased, secret, INGEST_ERASED_NAME, "name", erased->shown, error)) return FALSE;
  if (!is_person && !mark_column(store, erased, secret, INGEST_ERASED_TEXT, "name", erased->shown, error)) return FALSE;
  if (is_person && !mark_column(store, erased, secret, INGEST_ERASED_EMAIL, "email", address, error)) return FALSE;
  return erase_records_of(store, schema, erased, erased->table, error) &&
         erase_records_of(store, schema, erased, history, error);
}

/* --- all --- */

static gboolean erase(Store *store, const LedgerSchema *schema, const EraseOrder *order, Erased *erased,
                      GError **error) {
  g_autofree char *key = find_key(store, erased->table, order, error);
  if (!key || !gather(store, key, erased, error) || !begin(store, order, erased, error) ||
      !learn_names(store, order, erased, error))
    return FALSE;
  g_autofree char *secret = secret_of(store, error);
  return secret && erase_rows(store, schema, erased, secret, error) &&
         erase_records(store, schema, erased, secret, error) &&
         user_audit_erase(store, order->now_us, erase_names_take_out, erased->names, &erased->n_audit, error);
}

Erased *erase_run(Store *store, const LedgerSchema *schema, const EraseOrder *order, GError **error) {
  const char *table = table_of(order, error);
  if (!table) return NULL;
  g_autoptr(Erased) erased = g_new0(Erased, 1);
  erased->table = table;
  erased->keys = g_ptr_array_new_with_free_func(g_free);
  erased->counts = g_ptr_array_new_with_free_func(free_count);
  erased->users = g_ptr_array_new_with_free_func(g_free);
  erased->notes = g_ptr_array_new_with_free_func(g_free);
  gboolean ok = erase(store, schema, order, erased, error);
  store_run(store, "DROP TABLE IF EXISTS attain_erasing", NULL, 0, NULL, NULL);
  return ok ? g_steal_pointer(&erased) : NULL;
}
