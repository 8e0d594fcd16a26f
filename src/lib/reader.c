/* Handles: a workspace as somebody sees it. */
#include "lib/reader.h"

#include "answer/answer.h"
#include "cli/cli.h"
#include "query/sight.h"
#include "send/send.h"
#include "user/secret.h"

typedef struct {
  QuerySight *sight; /* NULL: everything */
} LibSight;

static void free_sight(gpointer data) {
  query_sight_free(((LibSight *)data)->sight);
  g_free(data);
}

/* --- users and policy --- */

void lib_people_free(LibPeople *people) {
  if (!people) return;
  g_clear_pointer(&people->book, user_book_free);
  g_clear_pointer(&people->policy, access_policy_free);
  g_clear_pointer(&people->organisation, access_people_free);
  user_throttle_free(people->throttle);
  g_hash_table_unref(people->sights);
  g_hash_table_unref(people->boards);
  g_hash_table_unref(people->making);
  g_cond_clear(&people->made);
  g_mutex_clear(&people->mutex);
  g_cond_clear(&people->hashed);
  g_free(people);
}

#define MIN_PEPPER 16 /* characters */

AccessPolicy *lib_read_policy(const char *folder, GError **error) {
  g_autoptr(AccessPolicy) policy = access_policy_read(folder, error);
  if (!policy || (!policy->pepper_from.env && !policy->pepper_from.file)) return g_steal_pointer(&policy);
  policy->pepper = send_secret(&policy->pepper_from, error);
  if (policy->pepper && strlen(policy->pepper) >= MIN_PEPPER) return g_steal_pointer(&policy);
  if (policy->pepper)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "the pepper is at least %d characters, such as those of `openssl rand -base64 32`", MIN_PEPPER);
  g_prefix_error(error, "policy.yaml, passwords: ");
  return NULL;
}

static LibPeople *read_people(AttainWorkspace *workspace, GError **error) {
  const Session *session = workspace->core->session;
  LibPeople *people = g_new0(LibPeople, 1);
  g_mutex_init(&people->mutex);
  g_cond_init(&people->hashed);
  people->throttle = user_throttle_new();
  people->sights = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_sight);
  people->boards = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  people->making = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_cond_init(&people->made);
  people->policy = lib_read_policy(session->folder, error);
  people->book = people->policy ? user_book_read(session->store, error) : NULL;
  if (people->book) return people;
  lib_people_free(people);
  return NULL;
}

LibPeople *lib_people(AttainWorkspace *workspace, AttainError *error) {
  LibPeople *people = g_atomic_pointer_get(&workspace->core->people);
  if (people) return people;
  lib_enter(workspace);
  gboolean is_past = workspace->core->session->as_of_given;
  lib_leave(workspace);
  if (is_past) {
    lib_fail_with(error, ATTAIN_ERROR_USAGE, "users are those of now: the workspace was opened as of the past");
    return NULL;
  }
  if (!lib_take_turn(workspace, error)) return NULL;
  GError *cause = NULL;
  people = g_atomic_pointer_get(&workspace->core->people);
  if (!people) people = read_people(workspace, &cause);
  g_atomic_pointer_set(&workspace->core->people, people);
  lib_give_turn(workspace);
  if (!people) lib_fail(error, cause);
  return people;
}

/* --- what is seen --- */

void lib_organisation_changed(AttainWorkspace *workspace) {
  LibPeople *people = g_atomic_pointer_get(&workspace->core->people);
  if (!people) return;
  g_mutex_lock(&people->mutex);
  people->n_organisations++;
  g_clear_pointer(&people->organisation, access_people_free);
  g_hash_table_remove_all(people->sights);
  g_hash_table_remove_all(people->boards);
  g_mutex_unlock(&people->mutex);
}

/* As it was last committed: through the desk, so that nobody who asks waits for a writer. Where nothing is written
 * there is no desk, and nobody to wait for. */
static AccessPeople *read_organisation(AttainWorkspace *workspace, AttainError *error) {
  GError *cause = NULL;
  AccessPeople *read = NULL;
  if (!workspace->core->is_read_only) {
    read = access_people_read(lib_take_desk(workspace), &cause);
    lib_leave_desk(workspace);
  } else if (lib_take_turn(workspace, error)) {
    read = access_people_read(workspace->core->session->store, &cause);
    lib_give_turn(workspace);
  } else {
    return NULL;
  }
  if (!read) lib_fail(error, cause);
  return read;
}

/* What was read while people or teams changed is read again. */
gboolean lib_hold_organisation(AttainWorkspace *workspace, LibPeople *people, AttainError *error) {
  for (;;) {
    g_mutex_lock(&people->mutex);
    if (people->organisation) return TRUE;
    guint64 n_organisations = people->n_organisations;
    g_mutex_unlock(&people->mutex);
    AccessPeople *read = read_organisation(workspace, error);
    if (!read) return FALSE;
    g_mutex_lock(&people->mutex);
    gboolean is_newest = n_organisations == people->n_organisations && !people->organisation;
    if (is_newest) {
      people->organisation = read;
      return TRUE;
    }
    g_mutex_unlock(&people->mutex);
    access_people_free(read);
  }
}

void lib_let_organisation(LibPeople *people) {
  g_mutex_unlock(&people->mutex);
}

static const LibSight *sight_of(LibPeople *people, const User *user, gboolean sees_all) {
  guint64 version = user_book_version(people->book);
  if (version != people->book_version) g_hash_table_remove_all(people->sights);
  people->book_version = version;
  g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT " %d", user->number, sees_all);
  LibSight *sight = g_hash_table_lookup(people->sights, key);
  if (sight) return sight;
  sight = g_new(LibSight, 1);
  sight->sight = access_sight(people->organisation, people->policy, user, sees_all);
  g_hash_table_insert(people->sights, g_steal_pointer(&key), sight);
  return sight;
}

gboolean lib_find_sight(AttainWorkspace *workspace, LibPeople *people, const User *user, gboolean sees_all,
                        QuerySight **sight, AttainError *error) {
  if (!lib_hold_organisation(workspace, people, error)) return FALSE;
  *sight = query_sight_hold(sight_of(people, user, sees_all)->sight);
  lib_let_organisation(people);
  return TRUE;
}

/* --- handles --- */

/* Takes the user. */
static AttainWorkspace *enter(AttainWorkspace *workspace, LibPeople *people, User *user, guint may_at_most,
                              AttainError *error) {
  guint may = access_policy_may(people->policy, user) & may_at_most;
  QuerySight *sight = NULL;
  if (!lib_find_sight(workspace, people, user, (may & USER_MAY_SEE_ALL) != 0, &sight, error)) {
    user_free(user);
    return NULL;
  }
  LibReader *reader = g_new(LibReader, 1);
  *reader = (LibReader){.user = user, .may = may, .sight = sight, .key = g_strdup(query_sight_key(sight))};
  AttainWorkspace *handle = g_new(AttainWorkspace, 1);
  *handle = (AttainWorkspace){.core = workspace->core, .reader = reader};
  return handle;
}

AttainWorkspace *attain_as_user(AttainWorkspace *workspace, const char *name, AttainError *error) {
  LibPeople *people = lib_permit(workspace, "as_user", error) ? lib_people(workspace, error) : NULL;
  if (!people) return NULL;
  GError *cause = NULL;
  User *user = user_book_find(people->book, name, &cause);
  if (user && !user->is_locked) return enter(workspace, people, user, USER_MAY_ALL, error);
  if (user)
    lib_fail_with(error, ATTAIN_ERROR_FORBIDDEN, "%s is locked", user->name);
  else
    lib_fail(error, cause);
  user_free(user);
  return NULL;
}

AttainWorkspace *attain_as_session(AttainWorkspace *workspace, const char *secret, AttainError *error) {
  LibPeople *people = lib_people(workspace, error);
  if (!people) return NULL;
  User *user = user_book_session(people->book, secret ? secret : "", &people->policy->limits, lib_now(workspace));
  AttainWorkspace *handle = user ? enter(workspace, people, user, USER_MAY_ALL, error) : NULL;
  if (handle) handle->reader->session = g_strdup(secret);
  if (user) return handle;
  lib_fail_with(error, ATTAIN_ERROR_FORBIDDEN, "the session has ended: sign in again");
  return NULL;
}

AttainWorkspace *attain_as_token(AttainWorkspace *workspace, const char *secret, AttainError *error) {
  LibPeople *people = lib_people(workspace, error);
  if (!people) return NULL;
  g_auto(UserTokenUse) use = {0};
  User *user = user_book_token(people->book, secret ? secret : "", lib_now(workspace), &use);
  AttainWorkspace *handle = user ? enter(workspace, people, user, use.may, error) : NULL;
  if (handle) handle->reader->token = g_steal_pointer(&use.name);
  if (handle && use.is_new) lib_note(handle, NULL, "token used first", handle->reader->token);
  if (!user)
    lib_fail_with(error, ATTAIN_ERROR_FORBIDDEN,
                  "the token is wrong or has ended: make another with `attain token add`");
  return handle;
}

void attain_leave(AttainWorkspace *handle) {
  if (!handle || !handle->reader) return;
  LibReader *reader = handle->reader;
  user_free(reader->user);
  query_sight_free(reader->sight);
  user_password_free(reader->session);
  g_free(reader->key);
  g_free(reader->token);
  g_free(reader);
  g_free(handle);
}

/* --- what a handle is --- */

const char *attain_user(AttainWorkspace *handle) {
  return handle->reader ? handle->reader->user->name : NULL;
}

uint32_t attain_may(AttainWorkspace *handle) {
  return handle->reader ? handle->reader->may : USER_MAY_ALL;
}

const char *attain_sight(AttainWorkspace *handle) {
  return handle->reader ? handle->reader->key : query_sight_key(NULL);
}

static void write_may(CliJson *json, guint may) {
  cli_json_member_array(json, "may");
  for (guint bit = 0; user_may_name(bit); bit++)
    if (may & 1u << bit) cli_json_text(json, user_may_name(bit));
  cli_json_end_array(json);
}

static const char *scope_name(AttainWorkspace *handle, const LibPeople *people) {
  static const char *const names[] = {"nothing", "own", "led", "groups", "all"};
  if (lib_sees_all(handle)) return "all";
  AccessScope scope = people->policy->roles[handle->reader->user->role].sees;
  return names[scope == ACCESS_ALL ? ACCESS_OWN : scope];
}

static gboolean write_me(AttainWorkspace *handle, LibPeople *people, FILE *out, AttainError *error) {
  const User *user = handle->reader ? handle->reader->user : NULL;
  g_autofree char *person = NULL;
  if (user && user->person) {
    if (!lib_hold_organisation(handle, people, error)) return FALSE;
    person = g_strdup(access_people_name(people->organisation, user->person));
    lib_let_organisation(people);
  }
  CliJson *json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "user", user ? user->name : NULL);
  cli_json_member_text(json, "name", user ? (user->shown ? user->shown : person ? person : user->name) : "operator");
  cli_json_member_text(json, "person", person);
  cli_json_member_text(json, "role", user ? user_role_name(user->role) : "operator");
  cli_json_member_array(json, "groups");
  for (char **group = user ? user->groups : NULL; group && *group; group++) cli_json_text(json, *group);
  cli_json_end_array(json);
  write_may(json, attain_may(handle));
  cli_json_member_text(json, "sees", scope_name(handle, people));
  cli_json_end_object(json);
  cli_json_free(json);
  return TRUE;
}

char *attain_me(AttainWorkspace *handle, AttainError *error) {
  LibPeople *people = lib_people(handle, error);
  if (!people) return NULL;
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  g_assert(out); /* fails only without memory, as does all of GLib */
  gboolean ok = write_me(handle, people, out, error);
  fclose(out);
  if (ok) return text;
  g_free(text);
  return NULL;
}
