/* The audit log in the database.
 *
 *   chain(n) = SHA-256 of chain(n - 1) and the fields of n, each with its length before it */
#include "user/audit.h"

#include "store/values.h"

#define MAX_TEXT  300 /* characters */
#define READ_ROWS 10000

/* What a stranger typed may be in it. The caller frees; NULL of NULL. */
static char *clean(const char *text) {
  if (!text) return NULL;
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *out = g_string_new(NULL);
  guint n = 0;
  for (const char *at = valid; *at && n < MAX_TEXT; at = g_utf8_next_char(at), n++) {
    gunichar c = g_utf8_get_char(at);
    g_string_append_unichar(out, g_unichar_iscntrl(c) ? ' ' : c);
  }
  return g_string_free(out, FALSE);
}

/* "4:sign", and "-" for what is not there: no two entries are written alike. */
static void add_field(GString *out, const char *text) {
  if (text)
    g_string_append_printf(out, "%zu:%s", strlen(text), text);
  else
    g_string_append_c(out, '-');
}

static char *chain_of(const char *before, const UserAuditEntry *entry) {
  g_autoptr(GString) out = g_string_new(NULL);
  add_field(out, before);
  g_string_append_printf(out, "%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",", entry->entry, entry->at_us);
  add_field(out, entry->who);
  add_field(out, entry->address);
  add_field(out, entry->what);
  add_field(out, entry->about);
  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, out->str, (gssize)out->len);
}

gboolean user_audit_add(Store *store, const UserAuditEntry *given, GError **error) {
  g_autoptr(StoreRows) last =
      store_query_kept(store, "SELECT entry, chain FROM attain_audit ORDER BY entry DESC LIMIT 1", NULL, 0, 0, error);
  if (!last) return FALSE;
  gboolean is_first = store_rows_count(last) == 0;
  g_autofree char *who = clean(given->who), *address = clean(given->address);
  g_autofree char *what = clean(given->what), *about = clean(given->about);
  UserAuditEntry entry = {.entry = is_first ? 1 : store_int_at(last, 0, 0) + 1,
                          .at_us = given->at_us,
                          .who = who,
                          .address = address,
                          .what = what,
                          .about = about};
  g_autofree char *chain = chain_of(is_first ? "" : store_text_at(last, 0, 1), &entry);
  const StoreValue values[] = {store_of_int(entry.entry), store_of_instant(entry.at_us), store_of_text(who),
                               store_of_text(address),    store_of_text(what),           store_of_text(about),
                               store_of_text(chain)};
  return store_run_kept(store, "INSERT INTO attain_audit VALUES ($1, $2, $3, $4, $5, $6, $7)", values,
                        G_N_ELEMENTS(values), NULL, error);
}

static UserAuditEntry entry_at(const StoreRows *rows, gsize row) {
  return (UserAuditEntry){.entry = store_int_at(rows, row, 0),
                          .at_us = store_int_at(rows, row, 1),
                          .who = store_text_at(rows, row, 2),
                          .address = store_text_at(rows, row, 3),
                          .what = store_text_at(rows, row, 4),
                          .about = store_text_at(rows, row, 5),
                          .chain = store_text_at(rows, row, 6)};
}

static StoreRows *read_after(Store *store, gint64 after, guint limit, GError **error) {
  const StoreValue values[] = {store_of_int(after), store_of_int(limit)};
  return store_query(store,
                     "SELECT entry, happened_at, who, address, what, about, chain FROM attain_audit WHERE entry > $1 "
                     "ORDER BY entry LIMIT $2",
                     values, G_N_ELEMENTS(values), limit, error);
}

gboolean user_audit_read(Store *store, gint64 after, guint limit, UserAuditTell tell, gpointer data, GError **error) {
  g_autoptr(StoreRows) rows = read_after(store, after, limit, error);
  if (!rows) return FALSE;
  for (gsize row = 0; row < store_rows_count(rows); row++) {
    UserAuditEntry entry = entry_at(rows, row);
    tell(&entry, data);
  }
  return TRUE;
}

/* A part of the log; `proof` goes on from what is before it. */
static void verify_rows(const StoreRows *rows, UserAuditProof *proof) {
  for (gsize row = 0; row < store_rows_count(rows); row++) {
    UserAuditEntry entry = entry_at(rows, row);
    g_autofree char *chain = chain_of(proof->last, &entry);
    gboolean follows = entry.entry == proof->n + 1 && g_str_equal(chain, entry.chain);
    if (!follows && proof->wrong == 0) proof->wrong = entry.entry;
    proof->n++;
    g_strlcpy(proof->last, entry.chain, sizeof proof->last);
  }
}

gboolean user_audit_verify(Store *store, UserAuditProof *proof, GError **error) {
  UserAuditProof found = {0};
  gint64 after = G_MININT64;
  for (;;) {
    g_autoptr(StoreRows) rows = read_after(store, after, READ_ROWS, error);
    if (!rows) return FALSE;
    gsize n = store_rows_count(rows);
    if (n == 0) break;
    verify_rows(rows, &found);
    after = store_int_at(rows, n - 1, 0);
  }
  *proof = found;
  return TRUE;
}
