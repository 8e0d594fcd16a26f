/* What the library's own functions note in the audit log, and reading it. */
#include "user/audit.h"

#include "answer/answer.h"
#include "cli/cli.h"
#include "lib/reader.h"
#include "lib/tally.h"

#define MAX_ENTRIES 10000 /* of one answer */

char *lib_who(const AttainWorkspace *workspace) {
  return workspace->reader ? g_strdup(workspace->reader->user->name)
                           : g_strdup_printf("operator:%s", g_get_user_name());
}

gboolean lib_note_of(AttainWorkspace *workspace, Store *desk, const char *who, const char *address, const char *what,
                     const char *about, GError **error) {
  UserAuditEntry entry = {.at_us = lib_now(workspace), .who = who, .address = address, .what = what, .about = about};
  return user_audit_add(desk, &entry, error);
}

static void note(AttainWorkspace *workspace, const char *who, const char *address, const char *what,
                 const char *about) {
  if (workspace->core->is_read_only) return;
  lib_note_of(workspace, lib_take_desk(workspace), who, address, what, about, NULL);
  lib_leave_desk(workspace);
}

void lib_note(AttainWorkspace *workspace, const char *address, const char *what, const char *about) {
  g_autofree char *who = lib_who(workspace);
  note(workspace, who, address, what, about);
}

static const char *who_sees(const AttainWorkspace *workspace) {
  return workspace->reader ? workspace->reader->user->name : "server";
}

void attain_audit_note(AttainWorkspace *workspace, const char *address, const char *what, const char *about) {
  note(workspace, who_sees(workspace), address, what ? what : "", about);
}

void attain_audit_count(AttainWorkspace *workspace, const char *address, const char *what, const char *about) {
  if (workspace->core->is_read_only) return;
  const LibRepeated repeated = {who_sees(workspace), address, what ? what : "", about};
  lib_tally_repeat(workspace->core->tally, &repeated, g_get_monotonic_time());
}

/* --- reading --- */

static void write_entry(const UserAuditEntry *entry, gpointer json) {
  g_autofree char *at = answer_instant(entry->at_us);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "entry", entry->entry);
  cli_json_member_text(json, "at", at);
  cli_json_member_text(json, "who", entry->who);
  cli_json_member_text(json, "address", entry->address);
  cli_json_member_text(json, "what", entry->what);
  cli_json_member_text(json, "about", entry->about);
  cli_json_member_text(json, "chain", entry->chain);
  cli_json_end_object(json);
}

typedef struct {
  gint64 after;
  guint limit;
} Asked;

static gboolean list(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                     GError **error) {
  const Asked *asked = what;
  lib_write_tally(workspace);
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "entries");
  gboolean ok = user_audit_read(session->store, asked->after, asked->limit, write_entry, json, error);
  cli_json_end_array(json);
  cli_json_end_object(json);
  return ok;
}

char *attain_audit(AttainWorkspace *workspace, int64_t after, unsigned limit, AttainError *error) {
  guint most = limit == 0 || limit > MAX_ENTRIES ? MAX_ENTRIES : limit;
  return lib_answer(workspace, "audit", list, &(Asked){after, most}, error);
}

static gboolean verify(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                       GError **error) {
  UserAuditProof proof;
  lib_write_tally(workspace);
  if (!user_audit_verify(session->store, &proof, error)) return FALSE;
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "entries", proof.n);
  cli_json_member_integer(json, "gone", proof.n_gone);
  cli_json_key(json, "first_wrong");
  if (proof.wrong)
    cli_json_integer(json, proof.wrong);
  else
    cli_json_null(json);
  cli_json_member_text(json, "last_chain", proof.last);
  cli_json_end_object(json);
  return TRUE;
}

char *attain_audit_verify(AttainWorkspace *workspace, AttainError *error) {
  return lib_answer(workspace, "audit_verify", verify, NULL, error);
}
