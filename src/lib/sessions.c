/* One's own sessions, and what was lately done of one's sign-in: to see who else is signed in as oneself, and to end
 * it. Only for who is signed in: a program's token has no business with how its user signs in. */
#include "answer/answer.h"
#include "cli/cli.h"
#include "lib/formats.h"
#include "lib/people_change.h"

#define MAX_RECENT 50

static gboolean check_signed_in(const AttainWorkspace *handle, AttainError *error) {
  if (handle->reader && handle->reader->session) return TRUE;
  return lib_fail_with(error, ATTAIN_ERROR_USAGE, "sessions are for whose they are, signed in; a token has none");
}

static void write_instant(CliJson *json, const char *name, gint64 at_us) {
  g_autofree char *at = answer_instant(at_us);
  cli_json_member_text(json, name, at);
}

static void write_session(const UserSessionRow *session, gpointer json) {
  cli_json_begin_object(json);
  write_instant(json, "began_at", session->began_us);
  write_instant(json, "seen_at", session->seen_us);
  cli_json_member_bool(json, "is_this", session->is_given);
  cli_json_end_object(json);
}

static void write_entry(const UserAuditEntry *entry, gpointer json) {
  cli_json_begin_object(json);
  write_instant(json, "at", entry->at_us);
  cli_json_member_text(json, "what", entry->what);
  cli_json_member_text(json, "address", entry->address);
  cli_json_end_object(json);
}

/* `data`: where the document goes. */
static gboolean list_sessions(AttainWorkspace *handle, LibPeople *people, Store *desk, gpointer data, GError **error) {
  const LibReader *reader = handle->reader;
  char **document = data;
  LibText text;
  size_t n_bytes;
  lib_text_init(&text);
  CliJson *json = cli_json_new(text.out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "sessions");
  user_book_sessions(people->book, reader->user->number, reader->session, &people->policy->limits, lib_now(handle),
                     write_session, json);
  cli_json_end_array(json);
  cli_json_member_array(json, "recent");
  gboolean ok = user_audit_of_sign_in(desk, reader->user->name, MAX_RECENT, write_entry, json, error);
  cli_json_end_array(json);
  cli_json_end_object(json);
  cli_json_free(json);
  *document = lib_text_end(&text, ok, &n_bytes);
  return ok;
}

char *attain_sessions(AttainWorkspace *handle, AttainError *error) {
  char *document = NULL;
  bool ok = check_signed_in(handle, error) && lib_change_people(handle, "sessions", list_sessions, &document, error);
  return ok ? document : NULL;
}

uint64_t attain_n_ended(AttainWorkspace *workspace) {
  LibPeople *people = g_atomic_pointer_get(&workspace->core->people);
  return people ? user_book_n_ended(people->book) : 0;
}

static gboolean end_sessions(AttainWorkspace *handle, LibPeople *people, Store *desk, gpointer data, GError **error) {
  const User *user = handle->reader->user;
  return user_book_end_sessions(people->book, desk, user->number, error) &&
         lib_note_of(handle, desk, user->name, data, "sessions ended", NULL, error) &&
         lib_tell_user(handle, people, desk, user, "all your sessions were ended", error);
}

bool attain_end_sessions(AttainWorkspace *handle, const char *address, AttainError *error) {
  return check_signed_in(handle, error) &&
         lib_change_people(handle, "end_sessions", end_sessions, (gpointer)address, error);
}
