/* Who there is: users, their invitations, sessions and tokens, in memory as the database has them.
 *
 *   a request ─► digest of its secret ─► session or token ─► user        no database
 *   a change  ─► database ─► memory                                      in the writer's turn
 *
 * Any thread may ask at any time; what changes something takes the store in the writer's turn, and writes there first.
 * Secrets are kept only as digests. Times are the workspace's clock. */
#pragma once

#include "store/store.h"
#include "user/role.h"

typedef struct UserBook UserBook;

#define USER_MAX_USERS    20000
#define USER_MAX_SESSIONS 50  /* of a user; the one seen longest ago ends */
#define USER_MAX_TOKENS   50  /* of a user */
#define USER_MAX_TEXT     200 /* characters of a name */

/* How long what holds. */
typedef struct {
  gint64 idle_us;       /* a session that is not used */
  gint64 session_us;    /* any session */
  gint64 invitation_us; /* a one-time link */
} UserLimits;
/* 12 hours, 30 days, 3 days. */
UserLimits user_limits(void);

/* A copy: nothing in it changes. */
typedef struct {
  gint64 number;
  char *name;    /* what they sign in with, in small letters */
  char *shown;   /* for people; NULL: none was given */
  gint64 person; /* key of the person of the ledger that they are; 0: nobody */
  UserRole role;
  char **groups; /* ends with NULL; never NULL itself */
  gboolean is_locked;
  gboolean has_password;
  gint64 made_us;
  char *identity;         /* "ISSUER SUBJECT": who they are to the provider of sign-in; NULL: nobody yet */
  gboolean only_provider; /* a password does not let them in */
} User;
void user_free(User *user);
User *user_copy(const User *user);
/* Whether there is a way for them to sign in, unless they are locked. */
gboolean user_can_enter(const User *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(User, user_free)

UserBook *user_book_read(Store *store, GError **error);
void user_book_free(UserBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UserBook, user_book_free)

/* --- who asks: any thread --- */

/* Errors: NOT_FOUND, with the nearest. */
User *user_book_find(UserBook *book, const char *name, GError **error);
/* Whom the provider of sign-in means; NULL: nobody. */
User *user_book_identity(UserBook *book, const char *identity);
/* User copies, by name; g_ptr_array_unref(). */
GPtrArray *user_book_list(UserBook *book);
gboolean user_book_has_administrator(UserBook *book);
/* NULL: there is no such session, it has ended, or its user is locked. Notes that it was seen. */
User *user_book_session(UserBook *book, const char *secret, const UserLimits *limits, gint64 now_us);
typedef struct {
  char *name;
  guint may;       /* of its user's */
  gboolean is_new; /* it was never used */
} UserTokenUse;
void user_token_use_clear(UserTokenUse *use);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(UserTokenUse, user_token_use_clear)
/* The same of a token; `use`, which is empty before, is of the token found. */
User *user_book_token(UserBook *book, const char *secret, gint64 now_us, UserTokenUse *use);
/* NULL: the link is wrong, used or too old, or its user is locked. */
User *user_book_invitation(UserBook *book, const char *secret, gint64 now_us);
/* What the password hashes to, for user_password_is_right(); NULL: there is none. The caller frees. */
char *user_book_password(UserBook *book, gint64 number);
/* Changes whenever users do. */
guint64 user_book_version(UserBook *book);
/* Changes whenever users do, and when a session or token is ended before its time. */
guint64 user_book_n_ended(UserBook *book);

/* --- changes: in the writer's turn --- */

/* "Ana.Silva@example.com" as it is kept; the caller frees. Errors: INPUT for what is no name to sign in with. */
char *user_name_read(const char *name, GError **error);
/* Makes or, with the number of one, changes it: all but its password and whether it is locked. Gives the number.
 * Errors: INPUT for a name that is taken, LIMIT. */
/* Ends their sessions when the role becomes another, and when a password lets them in no more. */
gboolean user_book_put(UserBook *book, Store *store, const User *user, gint64 *number, GError **error);
/* Ends their sessions, tokens and invitations when locked. */
gboolean user_book_lock(UserBook *book, Store *store, gint64 number, gboolean is_locked, GError **error);
/* Also ends their invitations and, but for `kept_secret` (may be NULL), their sessions. */
gboolean user_book_set_password(UserBook *book, Store *store, gint64 number, const char *hash, const char *kept_secret,
                                GError **error);
/* The same password hashed with more work: nothing ends. */
gboolean user_book_set_hash(UserBook *book, Store *store, gint64 number, const char *hash, GError **error);
gboolean user_book_end_sessions(UserBook *book, Store *store, gint64 number, GError **error);

/* These three give a secret, which is not kept; the caller frees. */
char *user_book_invite(UserBook *book, Store *store, gint64 number, const UserLimits *limits, gint64 now_us,
                       GError **error);
char *user_book_begin_session(UserBook *book, Store *store, gint64 number, const UserLimits *limits, gint64 now_us,
                              GError **error);
/* Errors also: INPUT where a token of that name is there, LIMIT. */
char *user_book_add_token(UserBook *book, Store *store, gint64 number, const char *name, guint may, gint64 ends_us,
                          gint64 now_us, GError **error);
/* TRUE also when there was none. */
gboolean user_book_end_session(UserBook *book, Store *store, const char *secret, GError **error);
/* Errors: NOT_FOUND. */
gboolean user_book_end_token(UserBook *book, Store *store, gint64 number, const char *name, GError **error);
/* When sessions were seen and tokens used, which is only in memory, and what is over. Now and then, and at the end. */
gboolean user_book_settle(UserBook *book, Store *store, const UserLimits *limits, gint64 now_us, GError **error);

/* The database has none any more that ended before then. */
void user_book_forget_tokens(UserBook *book, gint64 before_us);

typedef struct {
  gint64 began_us, seen_us;
  gboolean is_given; /* the one whose secret was given */
} UserSessionRow;
typedef void (*UserTellSession)(const UserSessionRow *session, gpointer data);
/* A user's that have not ended, that seen last first. Under the book's lock: `tell` may not call it. */
void user_book_sessions(UserBook *book, gint64 number, const char *secret, const UserLimits *limits, gint64 now_us,
                        UserTellSession tell, gpointer data);

typedef struct {
  const char *user, *name;
  guint may;
  gint64 made_us, ends_us, used_us; /* used_us 0: never */
} UserTokenRow;
typedef void (*UserTellToken)(const UserTokenRow *token, gpointer data);
/* In the order of users and names; `number` 0: of all. Under the book's lock: `tell` may not call it. */
void user_book_tokens(UserBook *book, gint64 number, UserTellToken tell, gpointer data);
