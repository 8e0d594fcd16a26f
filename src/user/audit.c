/* The audit log in the database.
 *
 *   seal(text)  = SHA-256 of a salt and the text: of who, address and about, which may name somebody
 *   chain(n)    = SHA-256 of chain(n - 1) and the seals and the rest of n, each with its length before it
 *
 * Of a text that is erased the salt goes and the seal stays: the chain holds, and nobody can try names against the
 * seal. Entries of a log from before seals have none, and their chain is of the texts themselves; the first erasure
 * seals them anew, and an entry keeps the hash that the log had.
 *
 * Entries go only from the beginning. The last entry that tells of it has the hash of the last one gone, from which the
 * first that is left follows: entry 41 from the hash that entry 90 says was entry 40's. */
#include "user/audit.h"

#include "store/values.h"
#include "user/secret.h"

#define MAX_TEXT  300 /* characters */
#define READ_ROWS 10000
#define ERASED    "erased"
#define TIDIED    "audit log tidied"
#define GONE      "entries 1 to "
#define ITS_HASH  " are gone; the last one's hash was "
#define N_HASH    64 /* characters */

enum { WHO, ADDRESS, ABOUT, N_SEALED };

/* An entry as it is kept; texts are the rows'. */
typedef struct {
  UserAuditEntry entry;
  const char *salts[N_SEALED], *seals[N_SEALED]; /* NULL: no text, or from before seals; a salt also: erased */
} Kept;

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

static char *seal_of(const char *salt, const char *text) {
  g_autoptr(GString) out = g_string_new(NULL);
  add_field(out, salt);
  add_field(out, text);
  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, out->str, (gssize)out->len);
}

static char *chain_of(const char *before, const Kept *kept) {
  const UserAuditEntry *entry = &kept->entry;
  gboolean is_sealed = kept->seals[WHO] != NULL;
  g_autoptr(GString) out = g_string_new(NULL);
  add_field(out, before);
  g_string_append_printf(out, "%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",", entry->entry, entry->at_us);
  add_field(out, is_sealed ? kept->seals[WHO] : entry->who);
  add_field(out, is_sealed ? kept->seals[ADDRESS] : entry->address);
  add_field(out, entry->what);
  add_field(out, is_sealed ? kept->seals[ABOUT] : entry->about);
  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, out->str, (gssize)out->len);
}

static const char *text_of(const UserAuditEntry *entry, int field) {
  return field == WHO ? entry->who : field == ADDRESS ? entry->address : entry->about;
}

typedef struct {
  char *salts[N_SEALED], *seals[N_SEALED];
} Seals;

static void seals_clear(Seals *seals) {
  for (int field = 0; field < N_SEALED; field++) {
    g_free(seals->salts[field]);
    g_free(seals->seals[field]);
  }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Seals, seals_clear)

/* Of `kept`, for as long as `seals` is. */
static void seal(Kept *kept, Seals *seals) {
  for (int field = 0; field < N_SEALED; field++) {
    const char *text = text_of(&kept->entry, field);
    if (!text) continue;
    kept->salts[field] = seals->salts[field] = user_secret_new();
    kept->seals[field] = seals->seals[field] = seal_of(seals->salts[field], text);
  }
}

/* --- adding --- */

gboolean user_audit_add(Store *store, const UserAuditEntry *given, GError **error) {
  g_autoptr(StoreRows) last =
      store_query_kept(store, "SELECT entry, chain FROM attain_audit ORDER BY entry DESC LIMIT 1", NULL, 0, 0, error);
  if (!last) return FALSE;
  gboolean is_first = store_rows_count(last) == 0;
  g_autofree char *who = clean(given->who), *address = clean(given->address);
  g_autofree char *what = clean(given->what), *about = clean(given->about);
  Kept kept = {.entry = {.entry = is_first ? 1 : store_int_at(last, 0, 0) + 1,
                         .at_us = given->at_us,
                         .who = who,
                         .address = address,
                         .what = what,
                         .about = about}};
  g_auto(Seals) seals = {0};
  seal(&kept, &seals);
  g_autofree char *chain = chain_of(is_first ? "" : store_text_at(last, 0, 1), &kept);
  const StoreValue values[] = {store_of_int(kept.entry.entry),
                               store_of_instant(kept.entry.at_us),
                               store_of_text(who),
                               store_of_text(address),
                               store_of_text(what),
                               store_of_text(about),
                               store_of_text(chain),
                               store_of_text(kept.salts[WHO]),
                               store_of_text(kept.salts[ADDRESS]),
                               store_of_text(kept.salts[ABOUT]),
                               store_of_text(kept.seals[WHO]),
                               store_of_text(kept.seals[ADDRESS]),
                               store_of_text(kept.seals[ABOUT])};
  return store_run_kept(store,
                        "INSERT INTO attain_audit (entry, happened_at, who, address, what, about, chain, who_salt, "
                        "address_salt, about_salt, who_seal, address_seal, about_seal) VALUES ($1, $2, $3, $4, $5, $6, "
                        "$7, $8, $9, $10, $11, $12, $13)",
                        values, G_N_ELEMENTS(values), NULL, error);
}

/* --- reading --- */

static Kept kept_at(const StoreRows *rows, gsize row) {
  Kept kept = {.entry = {.entry = store_int_at(rows, row, 0),
                         .at_us = store_int_at(rows, row, 1),
                         .who = store_text_at(rows, row, 2),
                         .address = store_text_at(rows, row, 3),
                         .what = store_text_at(rows, row, 4),
                         .about = store_text_at(rows, row, 5),
                         .chain = store_text_at(rows, row, 6)}};
  for (guint field = 0; field < N_SEALED; field++) {
    kept.salts[field] = store_text_at(rows, row, 7 + field);
    kept.seals[field] = store_text_at(rows, row, 7 + N_SEALED + field);
  }
  return kept;
}

#define ENTRIES                                                                                                 \
  "SELECT entry, happened_at, who, address, what, about, chain, who_salt, address_salt, about_salt, who_seal, " \
  "address_seal, about_seal FROM attain_audit WHERE "

static StoreRows *read_after(Store *store, gint64 after, guint limit, GError **error) {
  const StoreValue values[] = {store_of_int(after), store_of_int(limit)};
  return store_query(store, ENTRIES "entry > $1 ORDER BY entry LIMIT $2", values, G_N_ELEMENTS(values), limit, error);
}

static gboolean tell_all(const StoreRows *rows, UserAuditTell tell, gpointer data) {
  for (gsize row = 0; rows && row < store_rows_count(rows); row++) {
    Kept kept = kept_at(rows, row);
    tell(&kept.entry, data);
  }
  return rows != NULL;
}

gboolean user_audit_read(Store *store, gint64 after, guint limit, UserAuditTell tell, gpointer data, GError **error) {
  g_autoptr(StoreRows) rows = read_after(store, after, limit, error);
  return tell_all(rows, tell, data);
}

gboolean user_audit_of_sign_in(Store *store, const char *who, guint limit, UserAuditTell tell, gpointer data,
                               GError **error) {
  const StoreValue values[] = {store_of_text(who), store_of_int(limit)};
  g_autoptr(StoreRows) rows =
      store_query(store,
                  ENTRIES
                  "who = $1 AND what IN ('signed in', 'sign-in failed', 'signed out', 'sessions ended', "
                  "'password changed', 'password set by a one-time link', 'token made', 'token used first', "
                  "'token ended') ORDER BY entry DESC LIMIT $2",
                  values, G_N_ELEMENTS(values), limit, error);
  return tell_all(rows, tell, data);
}

/* --- proving --- */

static gboolean is_erased(const Kept *kept, int field) {
  return kept->seals[field] && !kept->salts[field];
}

/* Whether the texts are those that were sealed, where they were not erased. */
static gboolean fits_seals(const Kept *kept) {
  for (int field = 0; kept->seals[WHO] && field < N_SEALED; field++) {
    const char *text = text_of(&kept->entry, field);
    if (is_erased(kept, field)) continue;
    if (!text != !kept->seals[field]) return FALSE;
    g_autofree char *found = text ? seal_of(kept->salts[field], text) : NULL;
    if (g_strcmp0(found, kept->seals[field]) != 0) return FALSE;
  }
  return TRUE;
}

/* A part of the log; `proof` goes on from what is before it. */
static void verify_rows(const StoreRows *rows, UserAuditProof *proof) {
  for (gsize row = 0; row < store_rows_count(rows); row++) {
    Kept kept = kept_at(rows, row);
    g_autofree char *chain = chain_of(proof->last, &kept);
    gboolean follows =
        kept.entry.entry == proof->n_gone + proof->n + 1 && g_str_equal(chain, kept.entry.chain) && fits_seals(&kept);
    if (!follows && proof->wrong == 0) proof->wrong = kept.entry.entry;
    proof->n++;
    proof->n_erased += is_erased(&kept, WHO) || is_erased(&kept, ABOUT);
    g_strlcpy(proof->last, kept.entry.chain, sizeof proof->last);
  }
}

/* Calls `use` with all rows, a part at a time. */
typedef gboolean (*UseRows)(Store *store, const StoreRows *rows, gpointer data, GError **error);
static gboolean each_part(Store *store, UseRows use, gpointer data, GError **error) {
  gint64 after = G_MININT64;
  for (;;) {
    g_autoptr(StoreRows) rows = read_after(store, after, READ_ROWS, error);
    if (!rows) return FALSE;
    gsize n = store_rows_count(rows);
    if (n == 0) return TRUE;
    if (!use(store, rows, data, error)) return FALSE;
    after = store_int_at(rows, n - 1, 0);
  }
}

static gboolean verify_part(Store *store, const StoreRows *rows, gpointer proof, GError **error) {
  verify_rows(rows, proof);
  return TRUE;
}

/* Of an entry that tells of what is gone. */
static void read_gone(const char *about, UserAuditProof *proof) {
  char *end = NULL;
  if (!about || !g_str_has_prefix(about, GONE)) return;
  gint64 n = g_ascii_strtoll(about + strlen(GONE), &end, 10);
  if (n < 1 || !g_str_has_prefix(end, ITS_HASH) || strlen(end + strlen(ITS_HASH)) != N_HASH) return;
  proof->n_gone = n;
  g_strlcpy(proof->last, end + strlen(ITS_HASH), sizeof proof->last);
}

/* What the first entry that is left follows from. */
static gboolean begin_proof(Store *store, UserAuditProof *proof, GError **error) {
  const StoreValue what = store_of_text(TIDIED);
  g_autoptr(StoreRows) rows = store_query(
      store, "SELECT about FROM attain_audit WHERE what = $1 ORDER BY entry DESC LIMIT 1", &what, 1, 0, error);
  if (!rows) return FALSE;
  *proof = (UserAuditProof){0};
  if (store_rows_count(rows) > 0) read_gone(store_text_at(rows, 0, 0), proof);
  return TRUE;
}

gboolean user_audit_verify(Store *store, UserAuditProof *proof, GError **error) {
  UserAuditProof found;
  if (!begin_proof(store, &found, error) || !each_part(store, verify_part, &found, error)) return FALSE;
  *proof = found;
  return TRUE;
}

/* --- erasing --- */

static gboolean reseal_part(Store *store, const StoreRows *rows, gpointer data, GError **error) {
  char *last = data;
  for (gsize row = 0; row < store_rows_count(rows); row++) {
    Kept kept = kept_at(rows, row);
    g_auto(Seals) seals = {0};
    if (!kept.seals[WHO]) seal(&kept, &seals);
    g_autofree char *chain = chain_of(last, &kept);
    const StoreValue values[] = {store_of_int(kept.entry.entry),     store_of_text(chain),
                                 store_of_text(kept.salts[WHO]),     store_of_text(kept.salts[ADDRESS]),
                                 store_of_text(kept.salts[ABOUT]),   store_of_text(kept.seals[WHO]),
                                 store_of_text(kept.seals[ADDRESS]), store_of_text(kept.seals[ABOUT])};
    if (!store_run_kept(store,
                        "UPDATE attain_audit SET chain = $2, who_salt = $3, address_salt = $4, about_salt = $5, "
                        "who_seal = $6, address_seal = $7, about_seal = $8 WHERE entry = $1",
                        values, G_N_ELEMENTS(values), NULL, error))
      return FALSE;
    g_strlcpy(last, chain, sizeof((UserAuditProof *)NULL)->last);
  }
  return TRUE;
}

/* A log that was changed is not made to look whole. `nothing`: what is not done then. */
static gboolean need_whole(Store *store, const char *nothing, UserAuditProof *proof, GError **error) {
  if (!user_audit_verify(store, proof, error)) return FALSE;
  if (proof->wrong == 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "entry %" G_GINT64_FORMAT
              " of the audit log does not follow from the one before it: somebody changed the log, "
              "and %s; restore a backup in which `attain audit --verify` finds it whole",
              proof->wrong, nothing);
  return FALSE;
}

static gboolean reseal(Store *store, gint64 now_us, GError **error) {
  UserAuditProof begin, proof;
  g_autoptr(StoreRows) old =
      store_query(store, "SELECT entry FROM attain_audit WHERE who_seal IS NULL LIMIT 1", NULL, 0, 0, error);
  if (!old) return FALSE;
  if (store_rows_count(old) == 0) return TRUE;
  if (!need_whole(store, "nothing is erased in it", &proof, error) || !begin_proof(store, &begin, error)) return FALSE;
  if (!each_part(store, reseal_part, begin.last, error)) return FALSE;
  g_autofree char *about =
      g_strdup_printf("entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT "; the last one's hash was %s",
                      proof.n_gone + 1, proof.n_gone + proof.n, proof.last);
  return user_audit_add(
      store, &(UserAuditEntry){.at_us = now_us, .who = "server", .what = "audit log sealed anew", .about = about},
      error);
}

typedef struct {
  UserAuditErase erase;
  gpointer data;
  gint64 n;
} Erasing;

/* Where somebody came from goes with their name. */
static gboolean erase_entry(Store *store, const Kept *kept, Erasing *erasing, GError **error) {
  g_autofree char *who = erasing->erase(kept->entry.who, erasing->data);
  g_autofree char *about = kept->entry.about ? erasing->erase(kept->entry.about, erasing->data) : NULL;
  if (!who && !about) return TRUE;
  gboolean hides_address = who && kept->entry.address;
  const StoreValue values[] = {
      store_of_int(kept->entry.entry),
      store_of_text(who ? who : kept->entry.who),
      store_of_text(who ? NULL : kept->salts[WHO]),
      store_of_text(hides_address ? ERASED : kept->entry.address),
      store_of_text(hides_address ? NULL : kept->salts[ADDRESS]),
      store_of_text(about ? about : kept->entry.about),
      store_of_text(about ? NULL : kept->salts[ABOUT]),
  };
  erasing->n++;
  return store_run_kept(store,
                        "UPDATE attain_audit SET who = $2, who_salt = $3, address = $4, address_salt = $5, about = $6, "
                        "about_salt = $7 WHERE entry = $1",
                        values, G_N_ELEMENTS(values), NULL, error);
}

static gboolean erase_part(Store *store, const StoreRows *rows, gpointer data, GError **error) {
  for (gsize row = 0; row < store_rows_count(rows); row++) {
    Kept kept = kept_at(rows, row);
    if (!erase_entry(store, &kept, data, error)) return FALSE;
  }
  return TRUE;
}

gboolean user_audit_erase(Store *store, gint64 now_us, UserAuditErase erase, gpointer data, gint64 *n_erased,
                          GError **error) {
  Erasing erasing = {erase, data, 0};
  if (!reseal(store, now_us, error) || !each_part(store, erase_part, &erasing, error)) return FALSE;
  *n_erased = erasing.n;
  return TRUE;
}

/* --- tidying --- */

gboolean user_audit_older(Store *store, gint64 before_us, gint64 *last, gint64 *n, GError **error) {
  const StoreValue before = store_of_instant(before_us);
  g_autoptr(StoreRows) rows = store_query(
      store,
      "SELECT coalesce(max(entry), 0), count(*) FROM attain_audit WHERE entry < coalesce((SELECT min(entry) FROM "
      "attain_audit WHERE happened_at >= $1), (SELECT max(entry) + 1 FROM attain_audit))",
      &before, 1, 0, error);
  if (!rows) return FALSE;
  *last = store_int_at(rows, 0, 0);
  *n = store_int_at(rows, 0, 1);
  return TRUE;
}

gboolean user_audit_tidy(Store *store, gint64 last, const char *who, gint64 now_us, GError **error) {
  UserAuditProof proof;
  const StoreValue entry = store_of_int(last);
  if (!need_whole(store, "nothing is taken out of it", &proof, error)) return FALSE;
  g_autoptr(StoreRows) rows =
      store_query(store, "SELECT chain FROM attain_audit WHERE entry = $1", &entry, 1, 0, error);
  if (!rows || store_rows_count(rows) == 0) return rows != NULL;
  g_autofree char *about = g_strdup_printf(GONE "%" G_GINT64_FORMAT ITS_HASH "%s", last, store_text_at(rows, 0, 0));
  return user_audit_add(store, &(UserAuditEntry){.at_us = now_us, .who = who, .what = TIDIED, .about = about}, error) &&
         store_run(store, "DELETE FROM attain_audit WHERE entry <= $1", &entry, 1, NULL, error);
}
