/* Keys of puts: a call that comes again, because its answer was lost on the way, is answered as it was and writes
 * nothing, whatever became of the records meanwhile.
 *
 *   call with a key ─► known? ─► same records ─► the report that was kept
 *                        │   └──► other records ─► INPUT
 *                        └──► new ─► the records and the key with its report, in one commit
 *
 * A key is in the database exactly when its records are; a process killed between the commit and the answer leaves
 * both. In memory is a digest of each key and of its records; reports are read when they are asked for. Keys hold for a
 * day. */
#include "lib/change.h"

#define KEY_US   (24 * G_TIME_SPAN_HOUR)
#define PURGE_US (10 * G_TIME_SPAN_MINUTE)
#define N_HEX    32 /* of a digest, that are kept */

struct LibKeys {
  GHashTable *known; /* name -> Known */
  gint64 purged_us;
};

typedef struct {
  gint64 put_us;
  char digest[N_HEX + 1];
} Known;

void lib_keys_free(LibKeys *keys) {
  if (!keys) return;
  g_hash_table_unref(keys->known);
  g_free(keys);
}

/* --- digests --- */

/* Each text with its length before it, so that no two lists of texts are one. NULL is not "". */
static void add_text(GChecksum *sum, const char *text) {
  g_autofree char *length = text ? g_strdup_printf("%" G_GSIZE_FORMAT ":", strlen(text)) : g_strdup("-");
  g_checksum_update(sum, (const guchar *)length, -1);
  if (text) g_checksum_update(sum, (const guchar *)text, -1);
}

static char *hex_of(const GChecksum *sum) {
  g_autoptr(GChecksum) copy = g_checksum_copy(sum);
  return g_strndup(g_checksum_get_string(copy), N_HEX);
}

char *lib_key_name(const char *key) {
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  add_text(sum, key);
  return hex_of(sum);
}

char *lib_key_digest(const LibCall *call) {
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  add_text(sum, call->source);
  add_text(sum, call->options->references);
  add_text(sum, call->options->all_or_nothing ? "whole" : "each");
  add_text(sum, call->table);
  add_text(sum, call->records);
  for (guint i = 0; call->ids && call->ids[i]; i++) add_text(sum, call->ids[i]);
  return hex_of(sum);
}

/* --- what is known --- */

static void learn(LibKeys *keys, const char *name, const char *digest, gint64 put_us) {
  Known *known = g_new0(Known, 1);
  known->put_us = put_us;
  g_strlcpy(known->digest, digest, sizeof known->digest);
  g_hash_table_insert(keys->known, g_strdup(name), known);
}

/* Takes out what is older than a day. */
static gboolean purge(AttainWorkspace *workspace, LibKeys *keys, gint64 now_us, GError **error) {
  const StoreValue since = {.type = STORE_INSTANT, .integer = now_us - KEY_US};
  if (!store_run(workspace->core->session->store, "DELETE FROM attain_put_key WHERE put_at <= ?", &since, 1, NULL,
                 error))
    return FALSE;
  GHashTableIter iter;
  gpointer known;
  g_hash_table_iter_init(&iter, keys->known);
  while (g_hash_table_iter_next(&iter, NULL, &known)) {
    if (((const Known *)known)->put_us <= since.integer) g_hash_table_iter_remove(&iter);
  }
  keys->purged_us = now_us;
  return TRUE;
}

static LibKeys *read_keys(AttainWorkspace *workspace, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(workspace->core->session->store, "SELECT name, digest, put_at FROM attain_put_key ORDER BY put_at",
                  NULL, 0, 2 * LIB_MAX_KEYS, error);
  if (!rows) return NULL;
  LibKeys *keys = g_new0(LibKeys, 1);
  keys->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; i < store_rows_count(rows); i++) {
    const StoreValue *row = store_rows_row(rows, i);
    learn(keys, row[0].text, row[1].text, row[2].integer);
  }
  return keys;
}

static LibKeys *fresh_keys(AttainWorkspace *workspace, GError **error) {
  LibCore *core = workspace->core;
  gint64 now_us = lib_now(workspace);
  if (!core->keys) core->keys = read_keys(workspace, error);
  if (!core->keys) return NULL;
  gboolean is_old = now_us - core->keys->purged_us > PURGE_US || now_us < core->keys->purged_us;
  return !is_old || purge(workspace, core->keys, now_us, error) ? core->keys : NULL;
}

static LibReport *read_report(AttainWorkspace *workspace, const char *name, GError **error) {
  const StoreValue value = {.type = STORE_TEXT, .text = name};
  g_autoptr(StoreRows) rows = store_query(workspace->core->session->store,
                                          "SELECT report FROM attain_put_key WHERE name = ?", &value, 1, 0, error);
  if (!rows) return NULL;
  LibReport *report = store_rows_count(rows) ? lib_report_read(store_rows_value(rows, 0, 0).text) : NULL;
  if (!report)
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the answer that belongs to the key cannot be read any more");
  return report;
}

gboolean lib_key_find(AttainWorkspace *workspace, const LibCall *call, LibReport **report, GError **error) {
  *report = NULL;
  if (!call->name) return TRUE;
  LibKeys *keys = fresh_keys(workspace, error);
  if (!keys) return FALSE;
  const Known *known = g_hash_table_lookup(keys->known, call->name);
  if (known && lib_now(workspace) - known->put_us >= KEY_US) {
    if (!purge(workspace, keys, lib_now(workspace), error)) return FALSE;
    known = NULL;
  }
  if (known && !g_str_equal(known->digest, call->digest)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "the key was used within a day for other records: give each call a key of its own");
    return FALSE;
  }
  if (!known && g_hash_table_size(keys->known) >= LIB_MAX_KEYS) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "there are %d keys of the last day already (LIB_MAX_KEYS): put more records in each call, or put them "
                "without a key",
                LIB_MAX_KEYS);
    return FALSE;
  }
  if (!known) return TRUE;
  *report = read_report(workspace, call->name, error);
  if (*report) (*report)->report.is_repeated = true;
  return *report != NULL;
}

/* --- writing --- */

gboolean lib_keys_keep(AttainWorkspace *workspace, LibCall *const *calls, guint n_calls, GError **error) {
  g_autoptr(GString) values = g_string_new(NULL);
  for (guint i = 0; i < n_calls; i++) {
    if (!calls[i]->name) continue;
    g_autofree char *report = lib_report_write(calls[i]->report);
    g_autofree char *text = store_quote_text(report);
    g_string_append_printf(values, "%s('%s', '%s', make_timestamp(%" G_GINT64_FORMAT "), %s)", values->len ? ", " : "",
                           calls[i]->name, calls[i]->digest, lib_now(workspace), text);
  }
  if (values->len == 0) return TRUE;
  g_string_prepend(values, "INSERT INTO attain_put_key (name, digest, put_at, report) VALUES ");
  return store_run(workspace->core->session->store, values->str, NULL, 0, NULL, error);
}

void lib_keys_learn(AttainWorkspace *workspace, LibCall *const *calls, guint n_calls) {
  for (guint i = 0; i < n_calls; i++) {
    if (calls[i]->name) learn(workspace->core->keys, calls[i]->name, calls[i]->digest, lib_now(workspace));
  }
}
