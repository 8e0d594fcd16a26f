/* Users and tokens: who there is, changed by those who manage them. */
#include "answer/answer.h"
#include "cli/cli.h"
#include "lib/people_change.h"

#define DAY_US     (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define USUAL_DAYS 90
#define MAX_DAYS   366

/* --- what is said of a user --- */

typedef struct {
  const AttainUser *said;
  gint64 person; /* of `said->person`, where that is said */
  char *secret;  /* of the link */
  gboolean flag; /* locked */
  const char *name;
} Saying;

/* Looked up before the turn, for which the organisation may be read. FALSE with `error`. */
static gboolean find_person(AttainWorkspace *workspace, Saying *saying, AttainError *error) {
  const char *text = saying->said->person;
  if (!text || !*text) return TRUE;
  LibPeople *people = lib_people(workspace, error);
  GError *cause = NULL;
  if (!people || !lib_hold_organisation(workspace, people, error)) return FALSE;
  saying->person = access_people_find(people->organisation, text, &cause);
  lib_let_organisation(people);
  return saying->person > 0 || lib_fail(error, cause);
}

static gboolean take_groups(const AccessPolicy *policy, const char *const *groups, User *user, GError **error) {
  for (guint i = 0; groups[i]; i++) {
    if (access_policy_group(policy, groups[i])) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "policy.yaml has no group \"%s\"", groups[i]);
    return FALSE;
  }
  g_strfreev(user->groups);
  user->groups = g_strdupv((char **)groups);
  return TRUE;
}

static gboolean take_sign_in(const char *way, User *user, GError **error) {
  gboolean is_known = g_str_equal(way, "any") || g_str_equal(way, "provider");
  if (is_known) user->only_provider = g_str_equal(way, "provider");
  if (!is_known)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "somebody signs in by \"any\" way or by the \"provider\" only, not "
                "\"%s\"",
                way);
  return is_known;
}

/* What is said replaces what there was; an empty text takes it away. */
static gboolean take_said(const LibPeople *people, const Saying *saying, User *user, GError **error) {
  const AttainUser *said = saying->said;
  if (said->role && !user_role_parse(said->role, &user->role, error)) return FALSE;
  if (said->name) {
    g_free(user->shown);
    user->shown = *said->name ? g_strdup(said->name) : NULL;
  }
  if (said->person) user->person = saying->person;
  if (said->sign_in && !take_sign_in(said->sign_in, user, error)) return FALSE;
  return !said->groups || take_groups(people->policy, said->groups, user, error);
}

static char *describe(const User *user) {
  g_autofree char *groups = g_strjoinv(", ", user->groups);
  return g_strdup_printf("%s, %s, person %" G_GINT64_FORMAT "%s%s", user->name, user_role_name(user->role),
                         user->person, *groups ? ", groups " : "", groups);
}

static gboolean note_user(AttainWorkspace *workspace, Store *desk, const char *what, const User *user, GError **error) {
  g_autofree char *who = lib_who(workspace), *about = describe(user);
  return lib_note_of(workspace, desk, who, NULL, what, about, error);
}

static char *invite(AttainWorkspace *workspace, LibPeople *people, Store *desk, const User *user, GError **error) {
  g_autofree char *secret =
      user_book_invite(people->book, desk, user->number, &people->policy->limits, lib_now(workspace), error);
  return secret && note_user(workspace, desk, "user invited", user, error) ? g_steal_pointer(&secret) : NULL;
}

/* --- users --- */

static gboolean add_user(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data, GError **error) {
  Saying *saying = data;
  g_autoptr(User) user = g_new0(User, 1);
  user->groups = g_new0(char *, 1);
  user->made_us = lib_now(workspace);
  user->name = user_name_read(saying->said->user, error);
  if (!user->name || !take_said(people, saying, user, error)) return FALSE;
  if (!user_book_put(people->book, desk, user, &user->number, error)) return FALSE;
  if (!note_user(workspace, desk, "user added", user, error)) return FALSE;
  saying->secret = user->only_provider ? g_strdup("") : invite(workspace, people, desk, user, error);
  return saying->secret != NULL;
}

char *attain_user_add(AttainWorkspace *workspace, const AttainUser *user, AttainError *error) {
  Saying saying = {.said = user};
  if (!lib_permit(workspace, "user_add", error)) return NULL;
  if (!user->role) {
    lib_fail_with(error, ATTAIN_ERROR_USAGE,
                  "a user has a role: rep, leader, manager, executive, finance, marketing, "
                  "coach or administrator");
    return NULL;
  }
  if (!find_person(workspace, &saying, error)) return NULL;
  return lib_change_people(workspace, "user_add", add_user, &saying, error) ? saying.secret : NULL;
}

/* Nobody who manages users takes that right from the last one who has it, which only the operator can give back. */
static gboolean check_not_last(AttainWorkspace *workspace, LibPeople *people, const User *user, GError **error) {
  if (!workspace->reader || user->role != USER_ADMINISTRATOR) return TRUE;
  g_autoptr(GPtrArray) all = user_book_list(people->book);
  for (guint i = 0; i < all->len; i++) {
    const User *other = g_ptr_array_index(all, i);
    if (other->number != user->number && other->role == USER_ADMINISTRATOR && !other->is_locked &&
        user_can_enter(other))
      return TRUE;
  }
  g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN,
              "%s is the only administrator: make another first, or use `attain user` on the server", user->name);
  return FALSE;
}

static gboolean change_user(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data, GError **error) {
  const Saying *saying = data;
  g_autoptr(User) user = user_book_find(people->book, saying->said->user, error);
  if (!user) return FALSE;
  g_autoptr(User) before = user_copy(user);
  if (!take_said(people, saying, user, error)) return FALSE;
  if (user->role != before->role && !check_not_last(workspace, people, before, error)) return FALSE;
  return user_book_put(people->book, desk, user, NULL, error) &&
         note_user(workspace, desk, "user changed", user, error) &&
         lib_tell_user(workspace, people, desk, user, "your role, or how you sign in, was changed", error);
}

bool attain_user_change(AttainWorkspace *workspace, const AttainUser *user, AttainError *error) {
  Saying saying = {.said = user};
  return lib_permit(workspace, "user_change", error) && find_person(workspace, &saying, error) &&
         lib_change_people(workspace, "user_change", change_user, &saying, error);
}

static gboolean lock_user(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data, GError **error) {
  const Saying *saying = data;
  g_autoptr(User) user = user_book_find(people->book, saying->name, error);
  if (!user || (saying->flag && !check_not_last(workspace, people, user, error))) return FALSE;
  return user_book_lock(people->book, desk, user->number, saying->flag, error) &&
         note_user(workspace, desk, saying->flag ? "user locked" : "user unlocked", user, error) &&
         lib_tell_user(workspace, people, desk, user, saying->flag ? "you were locked out" : "you were let in again",
                       error);
}

bool attain_user_lock(AttainWorkspace *workspace, const char *user, bool locked, AttainError *error) {
  return lib_change_people(workspace, "user_lock", lock_user, &(Saying){.name = user, .flag = locked}, error);
}

static gboolean invite_user(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data, GError **error) {
  Saying *saying = data;
  g_autoptr(User) user = user_book_find(people->book, saying->name, error);
  if (user && user->is_locked)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is locked: unlock them first", user->name);
  else if (user && user->only_provider)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s signs in by the provider only: there is no password to choose",
                user->name);
  else if (user)
    saying->secret = invite(workspace, people, desk, user, error);
  return saying->secret && lib_tell_user(workspace, people, desk, user,
                                         "a one-time link was made, by which your password can be set anew", error);
}

char *attain_user_invite(AttainWorkspace *workspace, const char *user, AttainError *error) {
  Saying saying = {.name = user};
  return lib_change_people(workspace, "user_invite", invite_user, &saying, error) ? saying.secret : NULL;
}

bool attain_is_new(AttainWorkspace *workspace) {
  LibPeople *people = lib_people(workspace, NULL);
  return people && !user_book_has_administrator(people->book);
}

static void write_instant(CliJson *json, const char *key, gint64 at_us) {
  g_autofree char *at = at_us > 0 ? answer_instant(at_us) : NULL;
  cli_json_member_text(json, key, at);
}

/* By what they can sign in: nothing, while a link waits for them or the provider has not sent them yet. */
static void write_ways(CliJson *json, const User *user) {
  cli_json_member_array(json, "signs_in_by");
  if (user->has_password && !user->only_provider) cli_json_text(json, "password");
  if (user->identity) cli_json_text(json, "provider");
  cli_json_end_array(json);
  cli_json_member_bool(json, "only_provider", user->only_provider);
}

static void write_user(CliJson *json, const AccessPeople *organisation, const User *user) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "user", user->name);
  cli_json_member_text(json, "name", user->shown);
  cli_json_member_text(json, "person", user->person ? access_people_name(organisation, user->person) : NULL);
  cli_json_member_text(json, "role", user_role_name(user->role));
  cli_json_member_texts(json, "groups", (const char *const *)user->groups);
  cli_json_member_bool(json, "is_locked", user->is_locked);
  cli_json_member_bool(json, "has_password", user->has_password);
  write_ways(json, user);
  write_instant(json, "made_at", user->made_us);
  cli_json_end_object(json);
}

static gboolean may_see(const AttainWorkspace *workspace, const AccessPeople *organisation, BaseDay today,
                        const User *user) {
  const LibReader *reader = workspace->reader;
  return !reader || reader->may & USER_MAY_MANAGE || user->number == reader->user->number ||
         (user->person > 0 && access_leads(organisation, reader->user, today, user->person));
}

static gboolean list_users(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                           GError **error) {
  LibPeople *people = workspace->core->people;
  g_autoptr(AccessPeople) organisation = access_people_read(session->store, error);
  if (!organisation) return FALSE;
  g_autoptr(GPtrArray) all = user_book_list(people->book);
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "users");
  for (guint i = 0; i < all->len; i++)
    if (may_see(workspace, organisation, session->today, g_ptr_array_index(all, i)))
      write_user(json, organisation, g_ptr_array_index(all, i));
  cli_json_end_array(json);
  cli_json_end_object(json);
  return TRUE;
}

char *attain_users(AttainWorkspace *workspace, AttainError *error) {
  return lib_people(workspace, error) ? lib_answer(workspace, "users", list_users, NULL, error) : NULL;
}

/* --- tokens --- */

/* Whose token it is: the handle's own, or with MANAGE anybody's. */
static User *whose(AttainWorkspace *workspace, LibPeople *people, const char *name, GError **error) {
  const LibReader *reader = workspace->reader;
  g_autoptr(User) user = name ? user_book_find(people->book, name, error) : reader ? user_copy(reader->user) : NULL;
  if (!user && !name) g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "whose is the token? `user` is who");
  if (!user) return NULL;
  if (!reader || user->number == reader->user->number || reader->may & USER_MAY_MANAGE) return g_steal_pointer(&user);
  g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, "tokens of others are for an administrator");
  return NULL;
}

typedef struct {
  const AttainToken *said;
  const char *user, *name;
  char *secret;
} Tokening;

static gboolean check_token(AttainWorkspace *workspace, const LibPeople *people, const User *user,
                            const AttainToken *said, GError **error) {
  guint most = access_policy_may(people->policy, user) & attain_may(workspace), more = said->may & ~most;
  if (user->is_locked)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is locked", user->name);
  else if (!said->name || !*said->name)
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "what is the token for? `name` says it, such as nightly export");
  else if (said->may == 0)
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "what may the token do? read, put …");
  else if (said->days > MAX_DAYS)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a token holds %d days at most", MAX_DAYS);
  else if (more) {
    g_autofree char *words = user_may_format(more);
    g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, "a token of %s may not have more than they: without %s",
                user->name, words);
  } else
    return TRUE;
  return FALSE;
}

static gboolean add_token(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data, GError **error) {
  Tokening *tokening = data;
  const AttainToken *said = tokening->said;
  g_autoptr(User) user = whose(workspace, people, said->user, error);
  if (!user || !check_token(workspace, people, user, said, error)) return FALSE;
  gint64 now_us = lib_now(workspace), ends_us = now_us + (said->days ? said->days : USUAL_DAYS) * DAY_US;
  tokening->secret =
      user_book_add_token(people->book, desk, user->number, said->name, said->may, ends_us, now_us, error);
  if (!tokening->secret) return FALSE;
  g_autofree char *who = lib_who(workspace), *may = user_may_format(said->may);
  g_autofree char *about = g_strdup_printf("%s of %s: %s", said->name, user->name, may);
  return lib_note_of(workspace, desk, who, NULL, "token made", about, error) &&
         lib_tell_user(workspace, people, desk, user, "a token that acts for you was made", error);
}

char *attain_token_add(AttainWorkspace *workspace, const AttainToken *token, AttainError *error) {
  Tokening tokening = {.said = token};
  if (workspace->reader && workspace->reader->token) {
    lib_fail_with(error, ATTAIN_ERROR_FORBIDDEN, "tokens are made by people who are signed in, not with a token");
    return NULL;
  }
  if (lib_change_people(workspace, "token_add", add_token, &tokening, error)) return tokening.secret;
  g_free(tokening.secret);
  return NULL;
}

static gboolean end_token(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data, GError **error) {
  const Tokening *tokening = data;
  g_autoptr(User) user = whose(workspace, people, tokening->user, error);
  if (!user || !user_book_end_token(people->book, desk, user->number, tokening->name, error)) return FALSE;
  g_autofree char *who = lib_who(workspace), *about = g_strdup_printf("%s of %s", tokening->name, user->name);
  return lib_note_of(workspace, desk, who, NULL, "token ended", about, error) &&
         lib_tell_user(workspace, people, desk, user, "a token that acts for you was ended", error);
}

/* A token whose secret got about ends no other, unless it is one that manages users. */
static gboolean may_end(const AttainWorkspace *workspace, const char *name) {
  const LibReader *reader = workspace->reader;
  return !reader || !reader->token || reader->may & USER_MAY_MANAGE || g_strcmp0(reader->token, name) == 0;
}

bool attain_token_end(AttainWorkspace *workspace, const char *user, const char *name, AttainError *error) {
  if (!may_end(workspace, name))
    return lib_fail_with(error, ATTAIN_ERROR_FORBIDDEN, "a token ends itself only: sign in to end others");
  return lib_change_people(workspace, "token_end", end_token, &(Tokening){.user = user, .name = name ? name : ""},
                           error);
}

static void write_token(const UserTokenRow *token, gpointer json) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "user", token->user);
  cli_json_member_text(json, "name", token->name);
  cli_json_member_array(json, "may");
  for (guint bit = 0; user_may_name(bit); bit++)
    if (token->may & 1u << bit) cli_json_text(json, user_may_name(bit));
  cli_json_end_array(json);
  write_instant(json, "made_at", token->made_us);
  write_instant(json, "ends_at", token->ends_us);
  write_instant(json, "used_at", token->used_us);
  cli_json_end_object(json);
}

static gboolean list_tokens(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                            GError **error) {
  const LibReader *reader = workspace->reader;
  gint64 number = reader && !(reader->may & USER_MAY_MANAGE) ? reader->user->number : 0;
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "tokens");
  user_book_tokens(workspace->core->people->book, number, write_token, json);
  cli_json_end_array(json);
  cli_json_end_object(json);
  return TRUE;
}

char *attain_tokens(AttainWorkspace *workspace, AttainError *error) {
  return lib_people(workspace, error) ? lib_answer(workspace, "tokens", list_tokens, NULL, error) : NULL;
}
