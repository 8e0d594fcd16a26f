/* Signing in and out, passwords. Passwords are hashed outside the writer's turn; what was found out is looked at again
 * within it. */
#include "lib/people_change.h"
#include "user/secret.h"

#define MAX_HASHING 2 /* at once: 64 MB each */
#define WRONG       "the name or the password is wrong, or the user is locked"

/* --- work that takes long --- */

static void begin_hashing(LibPeople *people) {
  g_mutex_lock(&people->mutex);
  while (people->n_hashing >= MAX_HASHING) g_cond_wait(&people->hashed, &people->mutex);
  people->n_hashing++;
  g_mutex_unlock(&people->mutex);
}

static void end_hashing(LibPeople *people) {
  g_mutex_lock(&people->mutex);
  people->n_hashing--;
  g_cond_signal(&people->hashed);
  g_mutex_unlock(&people->mutex);
}

/* A policy that is read anew meanwhile does not take the old one away. */
static const char *pepper_of(LibPeople *people) {
  return ((const AccessPolicy *)g_atomic_pointer_get(&people->policy))->pepper;
}

char *lib_hash_password(LibPeople *people, const char *password, GError **error) {
  begin_hashing(people);
  char *hash = user_password_hash(password, pepper_of(people), error);
  end_hashing(people);
  return hash;
}

gboolean lib_check_password(LibPeople *people, const char *hash, const char *password, gboolean *is_weak) {
  begin_hashing(people);
  gboolean is_right = user_password_is_right(hash, password, pepper_of(people), is_weak);
  end_hashing(people);
  return is_right;
}

/* --- signing in --- */

typedef struct {
  const User *user;
  const char *hash;     /* what was right */
  const char *new_hash; /* with more work, or NULL */
  const char *address;
  char *secret; /* of the session that began */
} SigningIn;

char *lib_begin_session(AttainWorkspace *workspace, LibPeople *people, Store *desk, const User *user,
                        const char *address, const char *how, GError **error) {
  const UserLimits *limits = &people->policy->limits;
  gint64 now_us = lib_now(workspace);
  if (!user_book_settle(people->book, desk, limits, now_us, error)) return NULL;
  char *secret = user_book_begin_session(people->book, desk, user->number, limits, now_us, error);
  if (!secret || lib_note_of(workspace, desk, user->name, address, "signed in", how, error)) return secret;
  user_password_free(secret);
  return NULL;
}

static gboolean begin_session(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data,
                              GError **error) {
  SigningIn *signing = data;
  gint64 number = signing->user->number;
  g_autofree char *hash = user_book_password(people->book, number);
  g_autoptr(User) user = user_book_find(people->book, signing->user->name, NULL);
  if (!user || user->is_locked || user->only_provider || g_strcmp0(hash, signing->hash) != 0) {
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, WRONG);
    return FALSE;
  }
  if (signing->new_hash && !user_book_set_hash(people->book, desk, number, signing->new_hash, error)) return FALSE;
  signing->secret = lib_begin_session(workspace, people, desk, user, signing->address, NULL, error);
  return signing->secret != NULL;
}

typedef struct {
  const char *name, *address;
} Failed;

static gboolean note_failed(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data, GError **error) {
  const Failed *failed = data;
  return lib_note_of(workspace, desk, failed->name, failed->address, "sign-in failed", NULL, error);
}

static gboolean check_throttle(LibPeople *people, const char *name, const char *address, gint64 now_us,
                               AttainError *error) {
  guint wait_s = user_throttle_try(people->throttle, name, address, now_us);
  if (wait_s == 0) return TRUE;
  g_autofree char *words = base_count_words(wait_s, "# {second|seconds}");
  return lib_fail_with(error, ATTAIN_ERROR_LIMIT, "too many tries: again in %s", words);
}

/* What was typed, as a key: it may be no name at all. */
static char *name_of(const char *typed) {
  char *name = user_name_read(typed, NULL);
  return name ? name : g_strdup("?");
}

/* A link as a key, which is no user's name: tries of others keep nobody from theirs. */
static char *link_key(const char *secret) {
  g_autofree char *digest = user_secret_digest(secret);
  return g_strconcat("?", digest, NULL);
}

char *attain_sign_in(AttainWorkspace *workspace, const char *user_name, const char *password, const char *address,
                     AttainError *error) {
  LibPeople *people = lib_permit(workspace, "sign_in", error) ? lib_people(workspace, error) : NULL;
  g_autofree char *name = name_of(user_name);
  gint64 now_us = lib_now(workspace);
  if (!people || !check_throttle(people, name, address, now_us, error)) return NULL;
  g_autoptr(User) user = user_book_find(people->book, name, NULL);
  g_autofree char *hash =
      user && !user->is_locked && !user->only_provider ? user_book_password(people->book, user->number) : NULL;
  gboolean is_weak = FALSE;
  if (!lib_check_password(people, hash, password ? password : "", &is_weak)) {
    lib_change_people(workspace, "sign_in", note_failed, &(Failed){name, address}, NULL);
    lib_fail_with(error, ATTAIN_ERROR_FORBIDDEN, WRONG);
    return NULL;
  }
  g_autofree char *composed = is_weak ? g_utf8_normalize(password, -1, G_NORMALIZE_NFC) : NULL;
  g_autofree char *new_hash = composed ? lib_hash_password(people, composed, NULL) : NULL;
  SigningIn signing = {.user = user, .hash = hash, .new_hash = new_hash, .address = address};
  if (!lib_change_people(workspace, "sign_in", begin_session, &signing, error)) {
    user_password_free(signing.secret);
    return NULL;
  }
  user_throttle_forgive(people->throttle, name, address, now_us);
  return signing.secret;
}

static gboolean end_session(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data, GError **error) {
  const char *secret = data;
  g_autoptr(User) user = user_book_session(people->book, secret, &people->policy->limits, lib_now(workspace));
  if (!user_book_end_session(people->book, desk, secret, error)) return FALSE;
  return !user || lib_note_of(workspace, desk, user->name, NULL, "signed out", NULL, error);
}

bool attain_sign_out(AttainWorkspace *workspace, const char *secret, AttainError *error) {
  return lib_change_people(workspace, "sign_out", end_session, (gpointer)(secret ? secret : ""), error);
}

/* --- choosing a password --- */

static char *read_and_hash(LibPeople *people, const User *user, const char *password, AttainError *error) {
  GError *cause = NULL;
  const char *const names[] = {user->name, user->shown, NULL};
  char *composed = user_password_read(password, names, &cause);
  char *hash = composed ? lib_hash_password(people, composed, &cause) : NULL;
  user_password_free(composed);
  if (!hash) lib_fail(error, cause);
  return hash;
}

typedef struct {
  SigningIn signing;
  const char *invitation;
} Accepting;

static gboolean accept_invitation(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data,
                                  GError **error) {
  Accepting *accepting = data;
  SigningIn *signing = &accepting->signing;
  g_autoptr(User) user = user_book_invitation(people->book, accepting->invitation, lib_now(workspace));
  if (!user) {
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, "the link was used already, or is too old");
    return FALSE;
  }
  return user_book_set_password(people->book, desk, user->number, signing->hash, NULL, error) &&
         lib_note_of(workspace, desk, user->name, signing->address, "password set by a one-time link", NULL, error) &&
         lib_tell_user(workspace, people, desk, user, "your password was set by a one-time link", error) &&
         begin_session(workspace, people, desk, signing, error);
}

char *attain_accept_invitation(AttainWorkspace *workspace, const char *secret, const char *password,
                               const char *address, AttainError *error) {
  LibPeople *people = lib_permit(workspace, "accept_invitation", error) ? lib_people(workspace, error) : NULL;
  if (!secret) secret = "";
  g_autofree char *key = link_key(secret);
  if (!people || !check_throttle(people, key, address, lib_now(workspace), error)) return NULL;
  g_autoptr(User) user = user_book_invitation(people->book, secret, lib_now(workspace));
  if (!user) {
    lib_fail_with(error, ATTAIN_ERROR_FORBIDDEN, "the link was used already, or is too old: ask for another");
    return NULL;
  }
  user_throttle_forgive(people->throttle, key, address, lib_now(workspace));
  g_autofree char *hash = read_and_hash(people, user, password, error);
  Accepting accepting = {{.user = user, .hash = hash, .address = address}, secret};
  if (!hash || !lib_change_people(workspace, "accept_invitation", accept_invitation, &accepting, error)) {
    user_password_free(accepting.signing.secret);
    return NULL;
  }
  return accepting.signing.secret;
}

typedef struct {
  const char *before, *hash;
} Changing;

static gboolean change_password(AttainWorkspace *handle, LibPeople *people, Store *desk, gpointer data,
                                GError **error) {
  const Changing *changing = data;
  const LibReader *reader = handle->reader;
  g_autofree char *now = user_book_password(people->book, reader->user->number);
  if (g_strcmp0(now, changing->before) != 0) {
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, "the password was changed meanwhile: sign in again");
    return FALSE;
  }
  return user_book_set_password(people->book, desk, reader->user->number, changing->hash, reader->session, error) &&
         lib_note_of(handle, desk, reader->user->name, NULL, "password changed", NULL, error) &&
         lib_tell_user(handle, people, desk, reader->user, "your password was changed", error);
}

bool attain_change_password(AttainWorkspace *handle, const char *old_password, const char *new_password,
                            AttainError *error) {
  LibReader *reader = handle->reader;
  if (!reader || reader->token)
    return lib_fail_with(error, ATTAIN_ERROR_USAGE, "a password is changed by whose it is, signed in");
  if (reader->user->only_provider)
    return lib_fail_with(error, ATTAIN_ERROR_USAGE, "the password is the provider's: change it there");
  LibPeople *people = lib_permit(handle, "change_password", error) ? lib_people(handle, error) : NULL;
  gint64 now_us = lib_now(handle);
  if (!people || !check_throttle(people, reader->user->name, "session", now_us, error)) return false;
  g_autofree char *before = user_book_password(people->book, reader->user->number);
  if (!lib_check_password(people, before, old_password ? old_password : "", NULL))
    return lib_fail_with(error, ATTAIN_ERROR_FORBIDDEN, "the old password is wrong");
  user_throttle_forgive(people->throttle, reader->user->name, "session", now_us);
  g_autofree char *hash = read_and_hash(people, reader->user, new_password, error);
  return hash && lib_change_people(handle, "change_password", change_password, &(Changing){before, hash}, error);
}
