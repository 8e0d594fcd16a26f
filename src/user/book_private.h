/* The parts of a UserBook, private to src/user/book*.c. All under its mutex. */
#pragma once

#include "user/book.h"

typedef struct {
  User user;
  char *password; /* Argon2id; NULL: none yet */
} BookUser;

typedef struct {
  gint64 user;
  char *digest;
  gint64 began_us, seen_us;
  gboolean is_stale; /* the database has not seen it as late */
} BookSession;

typedef struct {
  gint64 user;
  char *digest, *name;
  guint may;
  gint64 made_us, ends_us;
  gint64 used_us; /* 0: never */
  gboolean is_stale;
} BookToken;

typedef struct {
  gint64 user;
  char *digest;
  gint64 ends_us;
} BookInvitation;

struct UserBook {
  GMutex mutex;
  guint64 version;
  guint64 n_ended; /* sessions and tokens, users changed: whoever was let in by one of them may be so no more */
  gint64 last_number;
  GHashTable *users;    /* number (as a pointer) -> BookUser */
  GHashTable *names;    /* name -> the same */
  GHashTable *sessions; /* digest -> BookSession; so the next two */
  GHashTable *tokens;
  GHashTable *invitations;
};

/* Empty. */
UserBook *book_new(void);
BookUser *book_user(const UserBook *book, gint64 number); /* NULL: there is none */
/* Takes it; one of that number goes. */
void book_keep_user(UserBook *book, BookUser *user);
void book_keep_session(UserBook *book, BookSession *session);
void book_keep_token(UserBook *book, BookToken *token);
void book_keep_invitation(UserBook *book, BookInvitation *invitation);
/* Of a user, but the one with this digest (may be NULL). */
void book_forget_sessions(UserBook *book, gint64 number, const char *kept_digest);
void book_forget_tokens(UserBook *book, gint64 number);
void book_forget_invitations(UserBook *book, gint64 number);
/* Whether a session has ended by then. */
gboolean book_is_over(const BookSession *session, const UserLimits *limits, gint64 now_us);

static inline gpointer book_key(gint64 number) {
  return GSIZE_TO_POINTER((gsize)number);
}
