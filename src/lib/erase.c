/* Erasing somebody, in the writer's turn and at the desk: nobody else writes from the first look to the end. The names
 * go in one transaction; then the file is written anew, for what was deleted stands in it until then, and all that the
 * process remembers of names is let go. */
#include "erase/erase.h"

#include "attain/erasing.h"
#include "cli/cli.h"
#include "lib/change.h"
#include "lib/formats.h"
#include "lib/people_change.h"
#include "lib/tally.h"
#include "lint/usage.h"
#include "store/reopen.h"
#include "user/audit.h"

#include <string.h>

#define N_CONFIRM 16 /* hex digits */

typedef struct {
  AttainWorkspace *workspace;
  LibPeople *people;
  const AttainErasure *said;
  Erased *erased;
  char *confirm; /* of what would be erased now */
} Erasing;

/* --- files that still name them --- */

/* `name` is as the file lies in the workspace: who asks over the network has no business with the machine's folders. */
static void look_at(const Erased *erased, const Session *session, GPtrArray *files, const char *name) {
  g_autofree char *path = g_build_filename(session->folder, name, NULL), *text = NULL;
  gsize length = 0;
  if (!g_file_get_contents(path, &text, &length, NULL) || !g_utf8_validate(text, (gssize)length, NULL)) return;
  if (erased_is_named(erased, text)) g_ptr_array_add(files, g_strdup(name));
}

static GPtrArray *find_files(const Session *session, const Erased *erased) {
  GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
  look_at(erased, session, files, "attain.yaml");
  look_at(erased, session, files, "policy.yaml");
  for (const char *const *folder = session_folders; *folder; folder++) {
    g_auto(GStrv) paths = session_files(session, *folder);
    for (char **path = paths; *path; path++) {
      g_autofree char *base = g_path_get_basename(*path), *name = g_build_filename(*folder, base, NULL);
      look_at(erased, session, files, name);
    }
  }
  return files;
}

/* --- what is told --- */

static void write_texts(CliJson *json, const char *name, const GPtrArray *texts) {
  cli_json_member_array(json, name);
  for (guint i = 0; i < texts->len; i++) cli_json_text(json, texts->pdata[i]);
  cli_json_end_array(json);
}

static void write_counts(CliJson *json, const Erased *erased) {
  cli_json_member_array(json, "texts");
  for (guint i = 0; i < erased->counts->len; i++) {
    const EraseCount *count = erased->counts->pdata[i];
    cli_json_begin_object(json);
    cli_json_member_text(json, "table", count->table);
    cli_json_member_text(json, "column", count->column);
    cli_json_member_integer(json, "rows", count->n_rows);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

static char *report_of(const Erasing *erasing) {
  const Erased *erased = erasing->erased;
  const Session *session = erasing->workspace->core->session;
  g_autoptr(GPtrArray) files = find_files(session, erased);
  LibText text;
  lib_text_init(&text);
  CliJson *json = cli_json_new(text.out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "shown", erased->shown);
  cli_json_member_text(json, "table", erased->table);
  cli_json_key(json, "dry_run");
  cli_json_bool(json, erasing->said->dry_run);
  cli_json_member_text(json, "confirm", erasing->said->dry_run ? erasing->confirm : NULL);
  write_texts(json, "keys", erased->keys);
  cli_json_member_integer(json, "users", erased->users->len);
  cli_json_member_integer(json, "audit_entries", erased->n_audit);
  write_counts(json, erased);
  write_texts(json, "files", files);
  write_texts(json, "notes", erased->notes);
  cli_json_end_object(json);
  cli_json_free(json);
  size_t n_bytes;
  return lib_text_end(&text, TRUE, &n_bytes);
}

/* --- what is confirmed --- */

static void add_text(GChecksum *sum, const char *text) {
  g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
}

/* Who would be erased as whom, and what more would be looked for; not how often it is found, which is other with each
 * record that comes. */
static char *confirm_of(const Erased *erased, const AttainErasure *said) {
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  add_text(sum, erased->shown);
  for (guint i = 0; i < erased->keys->len; i++) add_text(sum, erased->keys->pdata[i]);
  add_text(sum, "");
  for (guint i = 0; said->also && said->also[i]; i++) add_text(sum, said->also[i]);
  return g_strndup(g_checksum_get_string(sum), N_CONFIRM);
}

static gboolean is_confirmed(const Erasing *erasing, GError **error) {
  const char *confirm = erasing->said->confirm;
  if (!confirm || g_str_equal(confirm, erasing->confirm)) return TRUE;
  g_set_error(
      error, BASE_ERROR, BASE_ERROR_INPUT,
      "\"confirm\" is not what the dry run says of them now, so nobody was erased: ask without \"confirm\", look "
      "at what would go, and ask again with the one that it gives");
  return FALSE;
}

/* --- the change --- */

/* Which key, never which name. */
static gboolean note(const Erasing *erasing, Store *store, GError **error) {
  const Erased *erased = erasing->erased;
  gint64 n_rows = 0;
  for (guint i = 0; i < erased->counts->len; i++) n_rows += ((const EraseCount *)erased->counts->pdata[i])->n_rows;
  g_autofree char *who = lib_who(erasing->workspace);
  g_autofree char *about = g_strdup_printf(
      "%s %s, now %s: %" G_GINT64_FORMAT " values, %u users, %" G_GINT64_FORMAT " entries of this log", erased->table,
      (const char *)erased->keys->pdata[0], erased->shown, n_rows, erased->users->len, erased->n_audit);
  UserAuditEntry entry = {.at_us = lib_now(erasing->workspace), .who = who, .what = "erased", .about = about};
  return user_audit_add(store, &entry, error);
}

/* Nobody signs in as them any more. */
static gboolean end_user(UserBook *book, Store *desk, const char *name, GError **error) {
  g_autoptr(User) user = user_book_find(book, name, error);
  if (!user) return FALSE;
  g_free(user->name);
  user->name = g_strdup_printf("erased-%" G_GINT64_FORMAT, user->number);
  g_clear_pointer(&user->shown, g_free);
  g_clear_pointer(&user->identity, g_free);
  return user_book_lock(book, desk, user->number, TRUE, error) &&
         user_book_set_password(book, desk, user->number, NULL, NULL, error) &&
         user_book_put(book, desk, user, NULL, error);
}

static gboolean end_users(const Erasing *erasing, Store *desk, GError **error) {
  for (guint i = 0; i < erasing->erased->users->len; i++)
    if (!end_user(erasing->people->book, desk, erasing->erased->users->pdata[i], error)) return FALSE;
  return TRUE;
}

/* Who looked at what stands in a file of its own. */
static gboolean erase_usage(const Erasing *erasing, GError **error) {
  g_autofree char *file = lint_usage_file(erasing->workspace->core->session->organisation->database);
  g_autofree char *text = NULL;
  g_autoptr(GError) cause = NULL;
  if (!g_file_get_contents(file, &text, NULL, NULL)) return TRUE;
  g_autofree char *without = erased_without(erasing->erased, text);
  if (!without || g_file_set_contents_full(file, without, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &cause))
    return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: %s", file, cause->message);
  return FALSE;
}

/* One transaction but for the users, who have a connection of their own: they go before it is committed, so that who is
 * erased cannot sign in whatever fails after it. */
static gboolean erase(Erasing *erasing, Store *desk, GError **error) {
  const AttainErasure *said = erasing->said;
  const Session *session = erasing->workspace->core->session;
  EraseOrder order = {said->table ? said->table : "person", said->who, said->also, lib_now(erasing->workspace)};
  if (!store_begin(session->store, error)) return FALSE;
  erasing->erased = erase_run(session->store, session->schema, &order, error);
  if (erasing->erased) erasing->confirm = confirm_of(erasing->erased, said);
  if (erasing->erased && said->dry_run) {
    store_rollback(session->store);
    return TRUE;
  }
  if (erasing->erased && is_confirmed(erasing, error) && end_users(erasing, desk, error) &&
      erase_usage(erasing, error) && note(erasing, session->store, error) && store_commit(session->store, error))
    return TRUE;
  store_rollback(session->store);
  return FALSE;
}

/* The file anew, and nobody at the old one meanwhile. */
static gboolean write_anew(AttainWorkspace *workspace, GError **error) {
  LibCore *core = workspace->core;
  g_mutex_lock(&core->desking);
  g_rw_lock_writer_lock(&core->reading);
  g_mutex_lock(&core->watching);
  gboolean ok = store_make_successor(core->session->store, error);
  gboolean is_open = query_live_reopen(core->live, core->session->store, ok ? error : NULL);
  g_mutex_unlock(&core->watching);
  g_rw_lock_writer_unlock(&core->reading);
  g_mutex_unlock(&core->desking);
  return ok && is_open;
}

/* What was kept of names and is not the database's. */
static void forget(AttainWorkspace *workspace) {
  __atomic_add_fetch(&workspace->core->erasures, 1, __ATOMIC_RELEASE);
  g_clear_pointer(&workspace->core->put, ingest_writer_free);
  g_clear_pointer(&workspace->core->keys, lib_keys_free);
  lib_forget_alert_book(workspace);
  lib_organisation_changed(workspace);
}

/* Who reads of changes knows people by name. */
static void tell(const Erasing *erasing) {
  const Erased *erased = erasing->erased;
  if (!g_str_equal(erased->table, "person")) return;
  g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(int32_t));
  for (guint i = 0; i < erased->keys->len; i++) {
    int32_t key = (int32_t)g_ascii_strtoll(erased->keys->pdata[i], NULL, 10);
    g_array_append_val(people, key);
  }
  const AttainTouched touched = {.n_people = people->len, .people = (const int32_t *)(gpointer)people->data};
  const char *const tables[] = {"person"};
  lib_tell_subscribers(erasing->workspace, &(AttainChange){.load = query_live_load(erasing->workspace->core->live),
                                                           .source = "",
                                                           .n_tables = G_N_ELEMENTS(tables),
                                                           .tables = tables,
                                                           .touched = &touched});
}

static gboolean erase_in_turn(Erasing *erasing, GError **error) {
  AttainWorkspace *workspace = erasing->workspace;
  lib_write_tally(workspace);
  Store *desk = lib_take_desk(workspace);
  gboolean ok = erase(erasing, desk, error);
  lib_leave_desk(workspace);
  if (!ok || erasing->said->dry_run) return ok;
  forget(workspace);
  g_autoptr(GError) failed = NULL;
  if (!write_anew(workspace, &failed))
    g_ptr_array_add(erasing->erased->notes,
                    g_strdup_printf("the names are gone from every table, but the file could not be written anew, and "
                                    "its free space may still hold them: erase again when there is room (%s)",
                                    failed ? failed->message : "unknown"));
  if (!lib_publish(workspace, error)) return FALSE;
  tell(erasing);
  return TRUE;
}

uint64_t attain_erasures(const AttainWorkspace *workspace) {
  return __atomic_load_n(&workspace->core->erasures, __ATOMIC_ACQUIRE);
}

char *attain_erase(AttainWorkspace *workspace, const AttainErasure *erasure, AttainError *error) {
  GError *cause = NULL;
  if (!lib_permit(workspace, "erase", error)) return NULL;
  if (!erasure || !erasure->who || !*erasure->who) {
    lib_fail_with(error, ATTAIN_ERROR_USAGE, "say who is to be erased: a name, an e-mail address or an id");
    return NULL;
  }
  if (workspace->core->is_read_only) {
    lib_fail_with(error, ATTAIN_ERROR_USAGE, "the workspace was opened to be read only");
    return NULL;
  }
  Erasing erasing = {.workspace = workspace, .said = erasure, .people = lib_people(workspace, error)};
  if (!erasing.people || !lib_begin_writing(workspace, error)) return NULL;
  lib_mend(workspace);
  lib_doing(workspace, "erase");
  gboolean ok = erase_in_turn(&erasing, &cause);
  lib_own_up(workspace, &cause);
  lib_change_state(workspace);
  lib_end_writing(workspace);
  char *report = ok ? report_of(&erasing) : NULL;
  erased_free(erasing.erased);
  g_free(erasing.confirm);
  if (!ok) lib_fail(error, cause);
  return report;
}
