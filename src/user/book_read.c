/* The book as the database has it. Rows of users who are not there, which only a hand in the database can leave, are
 * passed over. */
#include "store/values.h"
#include "user/book.h"
#include "user/book_private.h"

static gboolean read_users(UserBook *book, Store *store, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(store,
                  "SELECT user_number, name, shown, person, role, groups, password, is_locked, made_at, identity, "
                  "only_provider FROM attain_user",
                  NULL, 0, 0, error);
  if (!rows) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    UserRole role;
    if (!user_role_parse(store_text_at(rows, r, 4), &role, error)) return FALSE;
    const char *groups = store_text_at(rows, r, 5), *password = store_text_at(rows, r, 6);
    BookUser *user = g_new0(BookUser, 1);
    user->user = (User){.number = store_int_at(rows, r, 0),
                        .name = g_strdup(store_text_at(rows, r, 1)),
                        .shown = g_strdup(store_text_at(rows, r, 2)),
                        .person = store_int_at(rows, r, 3),
                        .role = role,
                        .groups = groups ? g_strsplit(groups, "\n", -1) : g_new0(char *, 1),
                        .is_locked = store_int_at(rows, r, 7) != 0,
                        .has_password = password != NULL,
                        .made_us = store_int_at(rows, r, 8),
                        .identity = g_strdup(store_text_at(rows, r, 9)),
                        .only_provider = store_int_at(rows, r, 10) != 0};
    user->password = g_strdup(password);
    book_keep_user(book, user);
  }
  return TRUE;
}

static gboolean read_sessions(UserBook *book, Store *store, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(store, "SELECT user_number, digest, began_at, seen_at FROM attain_session", NULL, 0, 0, error);
  if (!rows) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    if (!book_user(book, store_int_at(rows, r, 0))) continue;
    BookSession *session = g_new0(BookSession, 1);
    *session = (BookSession){.user = store_int_at(rows, r, 0),
                             .digest = g_strdup(store_text_at(rows, r, 1)),
                             .began_us = store_int_at(rows, r, 2),
                             .seen_us = store_int_at(rows, r, 3)};
    book_keep_session(book, session);
  }
  return TRUE;
}

static gboolean read_tokens(UserBook *book, Store *store, GError **error) {
  g_autoptr(StoreRows) rows = store_query(
      store, "SELECT user_number, name, digest, may, made_at, ends_at, used_at FROM attain_token", NULL, 0, 0, error);
  if (!rows) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    if (!book_user(book, store_int_at(rows, r, 0))) continue;
    BookToken *token = g_new0(BookToken, 1);
    *token = (BookToken){.user = store_int_at(rows, r, 0),
                         .name = g_strdup(store_text_at(rows, r, 1)),
                         .digest = g_strdup(store_text_at(rows, r, 2)),
                         .may = (guint)store_int_at(rows, r, 3) & USER_MAY_ALL,
                         .made_us = store_int_at(rows, r, 4),
                         .ends_us = store_int_at(rows, r, 5),
                         .used_us = store_int_at(rows, r, 6)};
    book_keep_token(book, token);
  }
  return TRUE;
}

static gboolean read_invitations(UserBook *book, Store *store, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(store, "SELECT user_number, digest, ends_at FROM attain_invitation", NULL, 0, 0, error);
  if (!rows) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    if (!book_user(book, store_int_at(rows, r, 0))) continue;
    BookInvitation *invitation = g_new0(BookInvitation, 1);
    *invitation = (BookInvitation){.user = store_int_at(rows, r, 0),
                                   .digest = g_strdup(store_text_at(rows, r, 1)),
                                   .ends_us = store_int_at(rows, r, 2)};
    book_keep_invitation(book, invitation);
  }
  return TRUE;
}

UserBook *user_book_read(Store *store, GError **error) {
  g_autoptr(UserBook) book = book_new();
  if (!read_users(book, store, error) || !read_sessions(book, store, error) || !read_tokens(book, store, error) ||
      !read_invitations(book, store, error))
    return NULL;
  return g_steal_pointer(&book);
}
