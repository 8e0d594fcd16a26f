/* Who asks: from memory. */
#include "user/book.h"

#include "user/book_private.h"
#include "user/secret.h"

#define HOUR_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

UserLimits user_limits(void) {
  return (UserLimits){.idle_us = 12 * HOUR_US, .session_us = 30 * 24 * HOUR_US, .invitation_us = 3 * 24 * HOUR_US};
}

/* --- users as copies --- */

static void clear_user(User *user) {
  g_free(user->name);
  g_free(user->shown);
  g_free(user->identity);
  g_strfreev(user->groups);
}

void user_free(User *user) {
  if (!user) return;
  clear_user(user);
  g_free(user);
}

User *user_copy(const User *user) {
  User *copy = g_new(User, 1);
  *copy = *user;
  copy->name = g_strdup(user->name);
  copy->shown = g_strdup(user->shown);
  copy->identity = g_strdup(user->identity);
  copy->groups = user->groups ? g_strdupv(user->groups) : g_new0(char *, 1);
  return copy;
}

gboolean user_can_enter(const User *user) {
  return user->identity || (user->has_password && !user->only_provider);
}

/* --- the tables --- */

static void free_book_user(gpointer data) {
  BookUser *user = data;
  clear_user(&user->user);
  g_free(user->password);
  g_free(user);
}

static void free_session(gpointer data) {
  BookSession *session = data;
  g_free(session->digest);
  g_free(session);
}

static void free_token(gpointer data) {
  BookToken *token = data;
  g_free(token->digest);
  g_free(token->name);
  g_free(token);
}

static void free_invitation(gpointer data) {
  BookInvitation *invitation = data;
  g_free(invitation->digest);
  g_free(invitation);
}

UserBook *book_new(void) {
  UserBook *book = g_new0(UserBook, 1);
  g_mutex_init(&book->mutex);
  book->users = g_hash_table_new_full(NULL, NULL, NULL, free_book_user);
  book->names = g_hash_table_new(g_str_hash, g_str_equal);
  book->sessions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_session);
  book->tokens = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_token);
  book->invitations = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_invitation);
  return book;
}

void user_book_free(UserBook *book) {
  if (!book) return;
  g_hash_table_unref(book->names);
  g_hash_table_unref(book->users);
  g_hash_table_unref(book->sessions);
  g_hash_table_unref(book->tokens);
  g_hash_table_unref(book->invitations);
  g_mutex_clear(&book->mutex);
  g_free(book);
}

BookUser *book_user(const UserBook *book, gint64 number) {
  return g_hash_table_lookup(book->users, book_key(number));
}

void book_keep_user(UserBook *book, BookUser *user) {
  BookUser *before = book_user(book, user->user.number);
  if (before) g_hash_table_remove(book->names, before->user.name);
  g_hash_table_replace(book->users, book_key(user->user.number), user);
  g_hash_table_replace(book->names, user->user.name, user);
  book->last_number = MAX(book->last_number, user->user.number);
  book->version++;
  book->n_ended++;
}

void book_keep_session(UserBook *book, BookSession *session) {
  g_hash_table_replace(book->sessions, session->digest, session);
}

void book_keep_token(UserBook *book, BookToken *token) {
  g_hash_table_replace(book->tokens, token->digest, token);
}

void book_keep_invitation(UserBook *book, BookInvitation *invitation) {
  g_hash_table_replace(book->invitations, invitation->digest, invitation);
}

void book_forget_sessions(UserBook *book, gint64 number, const char *kept_digest) {
  book->n_ended++;
  GHashTableIter iter;
  gpointer at;
  g_hash_table_iter_init(&iter, book->sessions);
  while (g_hash_table_iter_next(&iter, NULL, &at)) {
    const BookSession *session = at;
    if (session->user == number && g_strcmp0(session->digest, kept_digest) != 0) g_hash_table_iter_remove(&iter);
  }
}

void book_forget_tokens(UserBook *book, gint64 number) {
  book->n_ended++;
  GHashTableIter iter;
  gpointer token;
  g_hash_table_iter_init(&iter, book->tokens);
  while (g_hash_table_iter_next(&iter, NULL, &token))
    if (((const BookToken *)token)->user == number) g_hash_table_iter_remove(&iter);
}

void book_forget_invitations(UserBook *book, gint64 number) {
  GHashTableIter iter;
  gpointer invitation;
  g_hash_table_iter_init(&iter, book->invitations);
  while (g_hash_table_iter_next(&iter, NULL, &invitation))
    if (((const BookInvitation *)invitation)->user == number) g_hash_table_iter_remove(&iter);
}

/* A clock that was put back ends nothing. */
gboolean book_is_over(const BookSession *session, const UserLimits *limits, gint64 now_us) {
  return now_us - session->seen_us >= limits->idle_us || now_us - session->began_us >= limits->session_us;
}

/* --- asking --- */

static User *copy_of(const BookUser *user) {
  return user ? user_copy(&user->user) : NULL;
}

static void set_unknown(const UserBook *book, const char *name, GError **error) {
  g_autofree gpointer *names = g_hash_table_get_keys_as_array(book->names, NULL);
  const char *nearest = base_nearest(name, (const char *const *)names, g_hash_table_size(book->names));
  if (nearest)
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no user \"%s\": did you mean \"%s\"?", name,
                nearest);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no user \"%s\": `attain user` lists them", name);
}

User *user_book_find(UserBook *book, const char *name, GError **error) {
  g_autofree char *kept = user_name_read(name, error);
  if (!kept) return NULL;
  g_mutex_lock(&book->mutex);
  User *found = copy_of(g_hash_table_lookup(book->names, kept));
  if (!found) set_unknown(book, kept, error);
  g_mutex_unlock(&book->mutex);
  return found;
}

User *user_book_identity(UserBook *book, const char *identity) {
  User *found = NULL;
  GHashTableIter iter;
  gpointer at;
  g_mutex_lock(&book->mutex);
  g_hash_table_iter_init(&iter, book->users);
  while (!found && g_hash_table_iter_next(&iter, NULL, &at))
    if (g_strcmp0(((const BookUser *)at)->user.identity, identity) == 0) found = copy_of(at);
  g_mutex_unlock(&book->mutex);
  return found;
}

static gint by_name(gconstpointer a, gconstpointer b) {
  return strcmp((*(const User *const *)a)->name, (*(const User *const *)b)->name);
}

GPtrArray *user_book_list(UserBook *book) {
  GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)user_free);
  GHashTableIter iter;
  gpointer user;
  g_mutex_lock(&book->mutex);
  g_hash_table_iter_init(&iter, book->users);
  while (g_hash_table_iter_next(&iter, NULL, &user)) g_ptr_array_add(all, copy_of(user));
  g_mutex_unlock(&book->mutex);
  g_ptr_array_sort(all, by_name);
  return all;
}

gboolean user_book_has_administrator(UserBook *book) {
  gboolean has = FALSE;
  GHashTableIter iter;
  gpointer at;
  g_mutex_lock(&book->mutex);
  g_hash_table_iter_init(&iter, book->users);
  while (!has && g_hash_table_iter_next(&iter, NULL, &at)) {
    const User *user = &((const BookUser *)at)->user;
    has = user->role == USER_ADMINISTRATOR && !user->is_locked && user_can_enter(user);
  }
  g_mutex_unlock(&book->mutex);
  return has;
}

static const BookUser *unlocked(const UserBook *book, gint64 number) {
  const BookUser *user = book_user(book, number);
  return user && !user->user.is_locked ? user : NULL;
}

User *user_book_session(UserBook *book, const char *secret, const UserLimits *limits, gint64 now_us) {
  g_autofree char *digest = user_secret_digest(secret);
  g_mutex_lock(&book->mutex);
  BookSession *session = g_hash_table_lookup(book->sessions, digest);
  gboolean holds = session && !book_is_over(session, limits, now_us);
  if (holds && now_us > session->seen_us) {
    session->seen_us = now_us;
    session->is_stale = TRUE;
  }
  User *user = holds ? copy_of(unlocked(book, session->user)) : NULL;
  g_mutex_unlock(&book->mutex);
  return user;
}

void user_token_use_clear(UserTokenUse *use) {
  g_clear_pointer(&use->name, g_free);
}

User *user_book_token(UserBook *book, const char *secret, gint64 now_us, UserTokenUse *use) {
  g_autofree char *digest = user_secret_digest(secret);
  g_mutex_lock(&book->mutex);
  BookToken *token = g_hash_table_lookup(book->tokens, digest);
  User *user = token && now_us < token->ends_us ? copy_of(unlocked(book, token->user)) : NULL;
  if (user) {
    *use = (UserTokenUse){g_strdup(token->name), token->may, token->used_us == 0};
    token->used_us = MAX(token->used_us, now_us);
    token->is_stale = TRUE;
  }
  g_mutex_unlock(&book->mutex);
  return user;
}

User *user_book_invitation(UserBook *book, const char *secret, gint64 now_us) {
  g_autofree char *digest = user_secret_digest(secret);
  g_mutex_lock(&book->mutex);
  const BookInvitation *invitation = g_hash_table_lookup(book->invitations, digest);
  gboolean holds = invitation && now_us < invitation->ends_us;
  User *user = holds ? copy_of(unlocked(book, invitation->user)) : NULL;
  g_mutex_unlock(&book->mutex);
  return user;
}

char *user_book_password(UserBook *book, gint64 number) {
  g_mutex_lock(&book->mutex);
  const BookUser *user = book_user(book, number);
  char *password = user ? g_strdup(user->password) : NULL;
  g_mutex_unlock(&book->mutex);
  return password;
}

guint64 user_book_version(UserBook *book) {
  g_mutex_lock(&book->mutex);
  guint64 version = book->version;
  g_mutex_unlock(&book->mutex);
  return version;
}

guint64 user_book_n_ended(UserBook *book) {
  g_mutex_lock(&book->mutex);
  guint64 n = book->n_ended;
  g_mutex_unlock(&book->mutex);
  return n;
}

static gint by_user_and_name(gconstpointer a, gconstpointer b) {
  const UserTokenRow *x = a, *y = b;
  int order = strcmp(x->user, y->user);
  return order ? order : strcmp(x->name, y->name);
}

void user_book_tokens(UserBook *book, gint64 number, UserTellToken tell, gpointer data) {
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(UserTokenRow));
  GHashTableIter iter;
  gpointer at;
  g_mutex_lock(&book->mutex);
  g_hash_table_iter_init(&iter, book->tokens);
  while (g_hash_table_iter_next(&iter, NULL, &at)) {
    const BookToken *token = at;
    if (number > 0 && token->user != number) continue;
    UserTokenRow row = {.user = book_user(book, token->user)->user.name,
                        .name = token->name,
                        .may = token->may,
                        .made_us = token->made_us,
                        .ends_us = token->ends_us,
                        .used_us = token->used_us};
    g_array_append_val(rows, row);
  }
  g_array_sort(rows, by_user_and_name);
  for (guint i = 0; i < rows->len; i++) tell(&g_array_index(rows, UserTokenRow, i), data);
  g_mutex_unlock(&book->mutex);
}

static gint by_last_seen(gconstpointer a, gconstpointer b) {
  const UserSessionRow *x = a, *y = b;
  if (x->seen_us != y->seen_us) return x->seen_us > y->seen_us ? -1 : 1;
  return (x->began_us < y->began_us) - (x->began_us > y->began_us);
}

void user_book_sessions(UserBook *book, gint64 number, const char *secret, const UserLimits *limits, gint64 now_us,
                        UserTellSession tell, gpointer data) {
  g_autofree char *digest = user_secret_digest(secret);
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(UserSessionRow));
  GHashTableIter iter;
  gpointer at;
  g_mutex_lock(&book->mutex);
  g_hash_table_iter_init(&iter, book->sessions);
  while (g_hash_table_iter_next(&iter, NULL, &at)) {
    const BookSession *session = at;
    if (session->user != number || book_is_over(session, limits, now_us)) continue;
    UserSessionRow row = {session->began_us, session->seen_us, g_str_equal(session->digest, digest)};
    g_array_append_val(rows, row);
  }
  g_array_sort(rows, by_last_seen);
  for (guint i = 0; i < rows->len; i++) tell(&g_array_index(rows, UserSessionRow, i), data);
  g_mutex_unlock(&book->mutex);
}
