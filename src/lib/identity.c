/* Who comes from a provider of sign-in.
 *
 *   issuer and subject ─► the user who has them; else ─► the user of that name, who has them from here on; else ─► a
 * new user, where attain.yaml has it so
 *
 * A name may be given to somebody else one day, a subject never is: a user who has one is not found by name. */
#include "lib/people_change.h"
#include "user/secret.h"

#define MAX_SHOWN 100 /* characters of a name in a message */

typedef struct {
  const AttainIdentity *said;
  const char *address;
  gint64 person; /* of the records, who has the name; 0: nobody */
  char *identity;
  char *secret; /* of the session that began */
} Coming;

static gboolean note(AttainWorkspace *workspace, Store *desk, const Coming *coming, const char *who, const char *what,
                     const char *about, GError **error) {
  return lib_note_of(workspace, desk, who, coming->address, what, about, error);
}

static gboolean refuse(GError **error, const char *name, const char *words) {
  g_autofree char *shown = g_utf8_substring(name, 0, MIN(MAX_SHOWN, g_utf8_strlen(name, -1)));
  g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, "%s %s", shown, words);
  return FALSE;
}

/* Of another provider than the one that is asked now: attain.yaml names a new one. */
static gboolean is_of_issuer(const char *identity, const char *issuer) {
  gsize n = strlen(issuer);
  return strncmp(identity, issuer, n) == 0 && identity[n] == ' ';
}

static User *make_user(AttainWorkspace *workspace, const Coming *coming, const char *name, GError **error) {
  const AttainIdentity *said = coming->said;
  g_autoptr(User) user = g_new0(User, 1);
  user->groups = g_new0(char *, 1);
  if (!user_role_parse(said->new_role, &user->role, error)) return NULL;
  user->name = g_strdup(name);
  user->shown = said->name && g_utf8_strlen(said->name, -1) <= USER_MAX_TEXT ? g_strdup(said->name) : NULL;
  if (user->shown) g_strdelimit(user->shown, "\r\n\t", ' ');
  user->person = coming->person;
  user->only_provider = TRUE;
  user->made_us = lib_now(workspace);
  return g_steal_pointer(&user);
}

/* NULL with FORBIDDEN. */
static User *find_user(AttainWorkspace *workspace, LibPeople *people, const Coming *coming, GError **error) {
  const AttainIdentity *said = coming->said;
  User *known = user_book_identity(people->book, coming->identity);
  if (known) return known;
  g_autofree char *name = user_name_read(said->user, NULL);
  if (!name) {
    refuse(error, said->user, "is what the provider calls you, and can be nobody's name here");
    return NULL;
  }
  g_autoptr(User) user = user_book_find(people->book, name, NULL);
  if (user && user->identity && is_of_issuer(user->identity, said->issuer)) {
    refuse(error, name, "is somebody else's account at the provider: an administrator can tell who is meant");
    return NULL;
  }
  if (user) return g_steal_pointer(&user);
  if (said->new_role) return make_user(workspace, coming, name, error);
  refuse(error, name, "is no user here yet: an administrator adds one");
  return NULL;
}

static gboolean take_groups(const LibPeople *people, const char *const *groups, User *user, gboolean *differs,
                            GError **error) {
  for (guint i = 0; groups[i]; i++) {
    if (access_policy_group(people->policy, groups[i])) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "policy.yaml has no group \"%s\"", groups[i]);
    return FALSE;
  }
  if (g_strv_equal(groups, (const char *const *)user->groups)) return TRUE;
  g_strfreev(user->groups);
  user->groups = g_strdupv((char **)groups);
  *differs = TRUE;
  return TRUE;
}

/* What the provider says of role and groups, and who they are to it; a new user is written as any that changed. */
static gboolean settle(AttainWorkspace *workspace, LibPeople *people, Store *desk, const Coming *coming, User *user,
                       GError **error) {
  const AttainIdentity *said = coming->said;
  UserRole role = user->role;
  gboolean is_new = user->number == 0, differs = g_strcmp0(user->identity, coming->identity) != 0;
  if (said->role && !user_role_parse(said->role, &role, error)) return FALSE;
  if (said->groups && !take_groups(people, said->groups, user, &differs, error)) return FALSE;
  if (!differs && role == user->role) return TRUE;
  user->role = role;
  g_free(user->identity);
  user->identity = g_strdup(coming->identity);
  g_autofree char *groups = g_strjoinv(", ", user->groups);
  g_autofree char *about = g_strdup_printf("%s, %s%s%s, of %s", user->name, user_role_name(user->role),
                                           *groups ? ", groups " : "", groups, said->issuer);
  return user_book_put(people->book, desk, user, &user->number, error) &&
         note(workspace, desk, coming, "provider", is_new ? "user added" : "user changed", about, error) &&
         lib_tell_user(workspace, people, desk, user,
                       "how you sign in, or your role, was changed by the company's own sign-in", error);
}

static gboolean come_in(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data, GError **error) {
  Coming *coming = data;
  g_autoptr(User) user = find_user(workspace, people, coming, error);
  if (!user) return FALSE;
  if (user->is_locked) return refuse(error, user->name, "is locked");
  if (!settle(workspace, people, desk, coming, user, error)) return FALSE;
  coming->secret = lib_begin_session(workspace, people, desk, user, coming->address, coming->said->issuer, error);
  return coming->secret != NULL;
}

static gboolean note_refused(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data,
                             GError **error) {
  const Coming *coming = data;
  return note(workspace, desk, coming, coming->said->user, "sign-in failed", coming->said->issuer, error);
}

/* A person of the records by the e-mail address that the provider gives; by nothing else, for names can be chosen. */
static gboolean find_person(AttainWorkspace *workspace, LibPeople *people, Coming *coming, AttainError *error) {
  if (!coming->said->new_role || !strchr(coming->said->user, '@')) return TRUE;
  if (!lib_hold_organisation(workspace, people, error)) return FALSE;
  coming->person = MAX(0, access_people_find(people->organisation, coming->said->user, NULL));
  lib_let_organisation(people);
  return TRUE;
}

char *attain_sign_in_identity(AttainWorkspace *workspace, const AttainIdentity *identity, const char *address,
                              AttainError *error) {
  LibPeople *people = lib_permit(workspace, "sign_in_identity", error) ? lib_people(workspace, error) : NULL;
  g_autofree char *whole = g_strconcat(identity->issuer, " ", identity->subject, NULL);
  Coming coming = {.said = identity, .address = address, .identity = whole};
  if (!people || !find_person(workspace, people, &coming, error)) return NULL;
  if (lib_change_people(workspace, "sign_in_identity", come_in, &coming, error)) return coming.secret;
  user_password_free(coming.secret);
  lib_change_people(workspace, "sign_in_identity", note_refused, &coming, NULL);
  return NULL;
}
