/* Changes: in the database first, then in memory, so that what a request is let in by is never less than what is kept.
 */
#include "store/values.h"
#include "user/book.h"
#include "user/book_private.h"
#include "user/secret.h"

/* A token's secret says what it is, for those who look through files for secrets that should not be there. */
#define TOKEN_PREFIX "attain_"

/* --- names --- */

static gboolean is_name_letter(gunichar c) {
  return g_unichar_isalnum(c) || g_unichar_ismark(c) || (c < 128 && strchr("._@+-", (int)c) && c != 0);
}

char *user_name_read(const char *name, GError **error) {
  gboolean is_text = name && g_utf8_validate(name, -1, NULL);
  g_autofree char *folded = is_text ? g_utf8_casefold(name, -1) : NULL;
  g_autofree char *kept = folded ? g_utf8_normalize(folded, -1, G_NORMALIZE_NFKC) : NULL;
  glong n = kept ? g_utf8_strlen(kept, -1) : 0;
  gboolean is_name = n > 0 && n <= USER_MAX_TEXT;
  for (const char *at = kept; is_name && *at; at = g_utf8_next_char(at)) is_name = is_name_letter(g_utf8_get_char(at));
  if (is_name) return g_steal_pointer(&kept);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "what somebody signs in with is a name or an e-mail address: letters, digits and . _ @ + -, at most %d "
              "characters",
              USER_MAX_TEXT);
  return NULL;
}

static gboolean check_text(const char *text, const char *what, GError **error) {
  if (!text || (g_utf8_validate(text, -1, NULL) && g_utf8_strlen(text, -1) <= USER_MAX_TEXT && !strchr(text, '\n')))
    return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is a line of text, at most %d characters", what, USER_MAX_TEXT);
  return FALSE;
}

/* --- statements --- */

static gboolean run_of_user(Store *store, const char *sql, gint64 number, GError **error) {
  const StoreValue value = store_of_int(number);
  return store_run(store, sql, &value, 1, NULL, error);
}

/* Ends a transaction that was begun as `ok` says. */
static gboolean finish(Store *store, gboolean ok, GError **error) {
  if (ok && store_commit(store, error)) return TRUE;
  store_rollback(store);
  return FALSE;
}

/* --- users --- */

static gboolean check_user(UserBook *book, const User *user, GError **error) {
  g_mutex_lock(&book->mutex);
  const BookUser *other = g_hash_table_lookup(book->names, user->name);
  gboolean is_taken = other && other->user.number != user->number;
  gboolean is_full = user->number == 0 && g_hash_table_size(book->users) >= USER_MAX_USERS;
  g_mutex_unlock(&book->mutex);
  if (is_taken)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "there is a user \"%s\" already: `attain user change` changes it",
                user->name);
  else if (is_full)
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "there may be %d users at most", USER_MAX_USERS);
  if (is_taken || is_full || !check_text(user->shown, "a name", error)) return FALSE;
  for (char **group = user->groups; group && *group; group++)
    if (!check_text(*group, "the name of a group", error)) return FALSE;
  return TRUE;
}

static gboolean write_user(Store *store, const BookUser *user, gboolean is_new, GError **error) {
  const User *of = &user->user;
  g_autofree char *groups = of->groups && *of->groups ? g_strjoinv("\n", of->groups) : NULL;
  const StoreValue values[] = {store_of_int(of->number),
                               store_of_text(of->name),
                               store_of_text(of->shown),
                               of->person ? store_of_int(of->person) : store_of_text(NULL),
                               store_of_text(user_role_name(of->role)),
                               store_of_text(groups),
                               store_of_text(user->password),
                               store_of_bool(of->is_locked),
                               store_of_instant(of->made_us),
                               store_of_text(of->identity),
                               store_of_bool(of->only_provider)};
  const char *sql = is_new ? "INSERT INTO attain_user VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
                           : "UPDATE attain_user SET name = $2, shown = $3, person = $4, role = $5, groups = $6, "
                             "password = $7, is_locked = $8, made_at = $9, identity = $10, only_provider = $11 WHERE "
                             "user_number = $1";
  return store_run(store, sql, values, G_N_ELEMENTS(values), NULL, error);
}

static BookUser *new_book_user(const User *given, const BookUser *before) {
  g_autofree User *copy = user_copy(given);
  BookUser *user = g_new0(BookUser, 1);
  user->user = *copy;
  user->password = before ? g_strdup(before->password) : NULL;
  user->user.has_password = user->password != NULL;
  user->user.is_locked = before && before->user.is_locked;
  return user;
}

static void free_new(BookUser *user) {
  g_free(user->password);
  g_free(user->user.name);
  g_free(user->user.shown);
  g_free(user->user.identity);
  g_strfreev(user->user.groups);
  g_free(user);
}

gboolean user_book_put(UserBook *book, Store *store, const User *given, gint64 *number, GError **error) {
  if (!check_user(book, given, error)) return FALSE;
  g_mutex_lock(&book->mutex);
  const BookUser *before = given->number ? book_user(book, given->number) : NULL;
  BookUser *user = new_book_user(given, before);
  if (!before) user->user.number = book->last_number + 1;
  gboolean is_new = before == NULL, loses_password = before && given->only_provider && !before->user.only_provider;
  gboolean ends_sessions = loses_password || (before && before->user.role != given->role);
  g_mutex_unlock(&book->mutex);
  gint64 kept = user->user.number;
  gboolean ok = store_begin(store, error);
  if (ok)
    ok = finish(
        store,
        write_user(store, user, is_new, error) &&
            (!ends_sessions || run_of_user(store, "DELETE FROM attain_session WHERE user_number = $1", kept, error)) &&
            (!loses_password ||
             run_of_user(store, "DELETE FROM attain_invitation WHERE user_number = $1", kept, error)),
        error);
  if (!ok) {
    free_new(user);
    return FALSE;
  }
  g_mutex_lock(&book->mutex);
  book_keep_user(book, user);
  if (ends_sessions) book_forget_sessions(book, kept, NULL);
  if (loses_password) book_forget_invitations(book, kept);
  g_mutex_unlock(&book->mutex);
  if (number) *number = kept;
  return TRUE;
}

static gboolean forget_all(Store *store, gint64 number, GError **error) {
  return run_of_user(store, "DELETE FROM attain_session WHERE user_number = $1", number, error) &&
         run_of_user(store, "DELETE FROM attain_token WHERE user_number = $1", number, error) &&
         run_of_user(store, "DELETE FROM attain_invitation WHERE user_number = $1", number, error);
}

gboolean user_book_lock(UserBook *book, Store *store, gint64 number, gboolean is_locked, GError **error) {
  const StoreValue values[] = {store_of_int(number), store_of_bool(is_locked)};
  if (!store_begin(store, error)) return FALSE;
  gboolean ok = store_run(store, "UPDATE attain_user SET is_locked = $2 WHERE user_number = $1", values,
                          G_N_ELEMENTS(values), NULL, error) &&
                (!is_locked || forget_all(store, number, error));
  if (!finish(store, ok, error)) return FALSE;
  g_mutex_lock(&book->mutex);
  BookUser *user = book_user(book, number);
  if (user) user->user.is_locked = is_locked;
  book->version++;
  book->n_ended++;
  if (is_locked) {
    book_forget_sessions(book, number, NULL);
    book_forget_tokens(book, number);
    book_forget_invitations(book, number);
  }
  g_mutex_unlock(&book->mutex);
  return TRUE;
}

/* --- passwords --- */

static gboolean write_hash(Store *store, gint64 number, const char *hash, GError **error) {
  const StoreValue values[] = {store_of_int(number), store_of_text(hash)};
  return store_run(store, "UPDATE attain_user SET password = $2 WHERE user_number = $1", values, G_N_ELEMENTS(values),
                   NULL, error);
}

static void keep_hash(UserBook *book, gint64 number, const char *hash) {
  BookUser *user = book_user(book, number);
  if (!user) return;
  g_free(user->password);
  user->password = g_strdup(hash);
  user->user.has_password = TRUE;
}

gboolean user_book_set_password(UserBook *book, Store *store, gint64 number, const char *hash, const char *kept_secret,
                                GError **error) {
  g_autofree char *digest = kept_secret ? user_secret_digest(kept_secret) : NULL;
  const StoreValue values[] = {store_of_int(number), store_of_text(digest)};
  if (!store_begin(store, error)) return FALSE;
  gboolean ok = write_hash(store, number, hash, error) &&
                store_run(store, "DELETE FROM attain_session WHERE user_number = $1 AND digest IS DISTINCT FROM $2",
                          values, G_N_ELEMENTS(values), NULL, error) &&
                run_of_user(store, "DELETE FROM attain_invitation WHERE user_number = $1", number, error);
  if (!finish(store, ok, error)) return FALSE;
  g_mutex_lock(&book->mutex);
  keep_hash(book, number, hash);
  book_forget_sessions(book, number, digest);
  book_forget_invitations(book, number);
  g_mutex_unlock(&book->mutex);
  return TRUE;
}

gboolean user_book_set_hash(UserBook *book, Store *store, gint64 number, const char *hash, GError **error) {
  if (!write_hash(store, number, hash, error)) return FALSE;
  g_mutex_lock(&book->mutex);
  keep_hash(book, number, hash);
  g_mutex_unlock(&book->mutex);
  return TRUE;
}

/* --- invitations and sessions --- */

char *user_book_invite(UserBook *book, Store *store, gint64 number, const UserLimits *limits, gint64 now_us,
                       GError **error) {
  g_autofree char *secret = user_secret_new();
  BookInvitation *made = g_new0(BookInvitation, 1);
  *made =
      (BookInvitation){.user = number, .digest = user_secret_digest(secret), .ends_us = now_us + limits->invitation_us};
  const StoreValue values[] = {store_of_int(number), store_of_text(made->digest), store_of_instant(made->ends_us)};
  gboolean ok = store_begin(store, error) &&
                finish(store,
                       run_of_user(store, "DELETE FROM attain_invitation WHERE user_number = $1", number, error) &&
                           store_run(store, "INSERT INTO attain_invitation VALUES ($1, $2, $3)", values,
                                     G_N_ELEMENTS(values), NULL, error),
                       error);
  if (!ok) {
    g_free(made->digest);
    g_free(made);
    return NULL;
  }
  g_mutex_lock(&book->mutex);
  book_forget_invitations(book, number);
  book_keep_invitation(book, made);
  g_mutex_unlock(&book->mutex);
  return g_steal_pointer(&secret);
}

static gboolean delete_session(Store *store, const char *digest, GError **error) {
  const StoreValue value = store_of_text(digest);
  return store_run(store, "DELETE FROM attain_session WHERE digest = $1", &value, 1, NULL, error);
}

/* The digest of the one seen longest ago where there are too many; NULL: there is room. The caller frees. */
static char *one_too_many(UserBook *book, gint64 number) {
  const BookSession *oldest = NULL;
  guint n = 0;
  GHashTableIter iter;
  gpointer at;
  g_mutex_lock(&book->mutex);
  g_hash_table_iter_init(&iter, book->sessions);
  while (g_hash_table_iter_next(&iter, NULL, &at)) {
    const BookSession *session = at;
    if (session->user != number) continue;
    n++;
    if (!oldest || session->seen_us < oldest->seen_us) oldest = session;
  }
  char *digest = n >= USER_MAX_SESSIONS ? g_strdup(oldest->digest) : NULL;
  g_mutex_unlock(&book->mutex);
  return digest;
}

char *user_book_begin_session(UserBook *book, Store *store, gint64 number, const UserLimits *limits, gint64 now_us,
                              GError **error) {
  g_autofree char *ended = one_too_many(book, number);
  g_autofree char *secret = user_secret_new();
  g_autofree char *digest = user_secret_digest(secret);
  const StoreValue values[] = {store_of_int(number), store_of_text(digest), store_of_instant(now_us)};
  if (!store_begin(store, error)) return NULL;
  gboolean ok =
      (!ended || delete_session(store, ended, error)) &&
      store_run(store, "INSERT INTO attain_session VALUES ($1, $2, $3, $3)", values, G_N_ELEMENTS(values), NULL, error);
  if (!finish(store, ok, error)) return NULL;
  BookSession *session = g_new0(BookSession, 1);
  *session = (BookSession){.user = number, .digest = g_steal_pointer(&digest), .began_us = now_us, .seen_us = now_us};
  g_mutex_lock(&book->mutex);
  if (ended) {
    g_hash_table_remove(book->sessions, ended);
    book->n_ended++;
  }
  book_keep_session(book, session);
  g_mutex_unlock(&book->mutex);
  return g_steal_pointer(&secret);
}

gboolean user_book_end_session(UserBook *book, Store *store, const char *secret, GError **error) {
  g_autofree char *digest = user_secret_digest(secret);
  if (!delete_session(store, digest, error)) return FALSE;
  g_mutex_lock(&book->mutex);
  g_hash_table_remove(book->sessions, digest);
  book->n_ended++;
  g_mutex_unlock(&book->mutex);
  return TRUE;
}

gboolean user_book_end_sessions(UserBook *book, Store *store, gint64 number, GError **error) {
  if (!run_of_user(store, "DELETE FROM attain_session WHERE user_number = $1", number, error)) return FALSE;
  g_mutex_lock(&book->mutex);
  book_forget_sessions(book, number, NULL);
  g_mutex_unlock(&book->mutex);
  return TRUE;
}

/* --- tokens --- */

/* NULL: there is none. Under the mutex. */
static const BookToken *find_token(const UserBook *book, gint64 number, const char *name, guint *n) {
  const BookToken *found = NULL;
  GHashTableIter iter;
  gpointer at;
  g_hash_table_iter_init(&iter, book->tokens);
  while (g_hash_table_iter_next(&iter, NULL, &at)) {
    const BookToken *token = at;
    if (token->user != number) continue;
    ++*n;
    if (strcmp(token->name, name) == 0) found = token;
  }
  return found;
}

static gboolean check_token(UserBook *book, gint64 number, const char *name, GError **error) {
  guint n = 0;
  g_mutex_lock(&book->mutex);
  gboolean is_there = find_token(book, number, name, &n) != NULL;
  g_mutex_unlock(&book->mutex);
  if (is_there)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "there is a token \"%s\" already: end it, or name this one else",
                name);
  else if (n >= USER_MAX_TOKENS)
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "a user may have %d tokens at most: end one that is not used",
                USER_MAX_TOKENS);
  return !is_there && n < USER_MAX_TOKENS && check_text(name, "what a token is for", error);
}

char *user_book_add_token(UserBook *book, Store *store, gint64 number, const char *name, guint may, gint64 ends_us,
                          gint64 now_us, GError **error) {
  if (!check_token(book, number, name, error)) return NULL;
  g_autofree char *random = user_secret_new();
  g_autofree char *secret = g_strconcat(TOKEN_PREFIX, random, NULL);
  g_autofree char *digest = user_secret_digest(secret);
  const StoreValue values[] = {store_of_int(number), store_of_text(name),      store_of_text(digest),
                               store_of_int(may),    store_of_instant(now_us), store_of_instant(ends_us)};
  if (!store_run(store, "INSERT INTO attain_token VALUES ($1, $2, $3, $4, $5, $6, NULL)", values, G_N_ELEMENTS(values),
                 NULL, error))
    return NULL;
  BookToken *token = g_new0(BookToken, 1);
  *token = (BookToken){.user = number,
                       .digest = g_steal_pointer(&digest),
                       .name = g_strdup(name),
                       .may = may,
                       .made_us = now_us,
                       .ends_us = ends_us};
  g_mutex_lock(&book->mutex);
  book_keep_token(book, token);
  g_mutex_unlock(&book->mutex);
  return g_steal_pointer(&secret);
}

gboolean user_book_end_token(UserBook *book, Store *store, gint64 number, const char *name, GError **error) {
  guint n = 0;
  g_mutex_lock(&book->mutex);
  const BookToken *token = find_token(book, number, name, &n);
  g_autofree char *digest = token ? g_strdup(token->digest) : NULL;
  g_mutex_unlock(&book->mutex);
  if (!digest) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no token \"%s\": `attain token` lists them", name);
    return FALSE;
  }
  const StoreValue value = store_of_text(digest);
  if (!store_run(store, "DELETE FROM attain_token WHERE digest = $1", &value, 1, NULL, error)) return FALSE;
  g_mutex_lock(&book->mutex);
  g_hash_table_remove(book->tokens, digest);
  book->n_ended++;
  g_mutex_unlock(&book->mutex);
  return TRUE;
}

static gboolean has_ended(gpointer digest, gpointer token, gpointer before_us) {
  return ((const BookToken *)token)->ends_us < *(const gint64 *)before_us;
}

void user_book_forget_tokens(UserBook *book, gint64 before_us) {
  g_mutex_lock(&book->mutex);
  g_hash_table_foreach_remove(book->tokens, has_ended, &before_us);
  g_mutex_unlock(&book->mutex);
}

/* --- now and then --- */

typedef struct {
  char *digest;
  gint64 at_us;
} Seen;

static void clear_seen(gpointer data) {
  g_free(((Seen *)data)->digest);
}

/* What the database has not heard of: `sessions` and `tokens`; sessions that are over go from memory. */
static void take_stale(UserBook *book, const UserLimits *limits, gint64 now_us, GArray *sessions, GArray *tokens) {
  GHashTableIter iter;
  gpointer at;
  g_hash_table_iter_init(&iter, book->sessions);
  while (g_hash_table_iter_next(&iter, NULL, &at)) {
    BookSession *session = at;
    if (session->is_stale) {
      Seen seen = {g_strdup(session->digest), session->seen_us};
      g_array_append_val(sessions, seen);
      session->is_stale = FALSE;
    }
    if (book_is_over(session, limits, now_us)) g_hash_table_iter_remove(&iter);
  }
  g_hash_table_iter_init(&iter, book->tokens);
  while (g_hash_table_iter_next(&iter, NULL, &at)) {
    BookToken *token = at;
    if (!token->is_stale) continue;
    Seen seen = {g_strdup(token->digest), token->used_us};
    g_array_append_val(tokens, seen);
    token->is_stale = FALSE;
  }
}

static gboolean write_seen(Store *store, const char *sql, const GArray *all, GError **error) {
  for (guint i = 0; i < all->len; i++) {
    const Seen *seen = &g_array_index(all, Seen, i);
    const StoreValue values[] = {store_of_text(seen->digest), store_of_instant(seen->at_us)};
    if (!store_run_kept(store, sql, values, G_N_ELEMENTS(values), NULL, error)) return FALSE;
  }
  return TRUE;
}

gboolean user_book_settle(UserBook *book, Store *store, const UserLimits *limits, gint64 now_us, GError **error) {
  g_autoptr(GArray) sessions = g_array_new(FALSE, FALSE, sizeof(Seen)),
                    tokens = g_array_new(FALSE, FALSE, sizeof(Seen));
  g_array_set_clear_func(sessions, clear_seen);
  g_array_set_clear_func(tokens, clear_seen);
  g_mutex_lock(&book->mutex);
  take_stale(book, limits, now_us, sessions, tokens);
  g_mutex_unlock(&book->mutex);
  const StoreValue ends[] = {store_of_instant(now_us - limits->idle_us), store_of_instant(now_us - limits->session_us)};
  const StoreValue now = store_of_instant(now_us);
  if (!store_begin(store, error)) return FALSE;
  gboolean ok =
      write_seen(store, "UPDATE attain_session SET seen_at = $2 WHERE digest = $1", sessions, error) &&
      write_seen(store, "UPDATE attain_token SET used_at = $2 WHERE digest = $1", tokens, error) &&
      store_run(store, "DELETE FROM attain_session WHERE seen_at <= $1 OR began_at <= $2", ends, 2, NULL, error) &&
      store_run(store, "DELETE FROM attain_invitation WHERE ends_at <= $1", &now, 1, NULL, error);
  return finish(store, ok, error);
}
