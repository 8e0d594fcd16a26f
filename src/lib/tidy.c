/* Tidying by policy.yaml's `retention`, in the writer's turn and at the desk, in one transaction: what went and the
 * entry that says so are there together or not at all. Records stay, whatever their age. */
#include "attain/erasing.h"
#include "cli/cli.h"
#include "lib/change.h"
#include "lib/formats.h"
#include "lib/people_change.h"
#include "store/values.h"
#include "user/audit.h"

#define DAY_US   (24 * G_TIME_SPAN_HOUR)
#define OLD_ROWS "FROM rejected WHERE load IN (SELECT l.load FROM load l WHERE l.\"at\" < $1)"

typedef struct {
  AttainWorkspace *workspace;
  const AccessRetention *retention;
  gboolean is_dry;
  gint64 n_rejected, n_audit;
  gint64 last_audit; /* entry that goes */
} Tidying;

static gint64 before(const Tidying *tidying, int days) {
  return lib_now(tidying->workspace) - days * DAY_US;
}

static gboolean look(Tidying *tidying, Store *store, GError **error) {
  const AccessRetention *retention = tidying->retention;
  if (retention->rejected_days) {
    const StoreValue since = store_of_instant(before(tidying, retention->rejected_days));
    g_autoptr(StoreRows) rows = store_query(store, "SELECT count(*) " OLD_ROWS, &since, 1, 0, error);
    if (!rows) return FALSE;
    tidying->n_rejected = store_int_at(rows, 0, 0);
  }
  return !retention->audit_days || user_audit_older(store, before(tidying, retention->audit_days), &tidying->last_audit,
                                                    &tidying->n_audit, error);
}

static gboolean note(const Tidying *tidying, Store *store, const char *who, GError **error) {
  g_autofree char *about =
      g_strdup_printf("%" G_GINT64_FORMAT " rejected rows, %" G_GINT64_FORMAT " entries of this log",
                      tidying->n_rejected, tidying->n_audit);
  UserAuditEntry entry = {.at_us = lib_now(tidying->workspace), .who = who, .what = "tidied", .about = about};
  return user_audit_add(store, &entry, error);
}

static gboolean take_out(const Tidying *tidying, Store *store, GError **error) {
  const StoreValue since = store_of_instant(before(tidying, tidying->retention->rejected_days));
  g_autofree char *who = lib_who(tidying->workspace);
  if (tidying->n_rejected == 0 && tidying->n_audit == 0) return TRUE;
  return (tidying->n_rejected == 0 || store_run(store, "DELETE " OLD_ROWS, &since, 1, NULL, error)) &&
         note(tidying, store, who, error) &&
         (tidying->n_audit == 0 ||
          user_audit_tidy(store, tidying->last_audit, who, lib_now(tidying->workspace), error));
}

static gboolean tidy(Tidying *tidying, GError **error) {
  Store *store = tidying->workspace->core->session->store;
  if (!store_begin(store, error)) return FALSE;
  gboolean ok = look(tidying, store, error);
  if (ok && tidying->is_dry) {
    store_rollback(store);
    return TRUE;
  }
  if (ok && take_out(tidying, store, error) && store_commit(store, error)) return TRUE;
  store_rollback(store);
  return FALSE;
}

static void write_count(CliJson *json, const char *what, int days, gint64 n) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "what", what);
  cli_json_key(json, "days");
  if (days)
    cli_json_integer(json, days);
  else
    cli_json_null(json);
  cli_json_member_integer(json, "rows", n);
  cli_json_end_object(json);
}

static char *report_of(const Tidying *tidying) {
  LibText text;
  lib_text_init(&text);
  CliJson *json = cli_json_new(text.out);
  cli_json_begin_object(json);
  cli_json_key(json, "dry_run");
  cli_json_bool(json, tidying->is_dry);
  cli_json_member_array(json, "gone");
  write_count(json, "rejected", tidying->retention->rejected_days, tidying->n_rejected);
  write_count(json, "audit", tidying->retention->audit_days, tidying->n_audit);
  cli_json_end_array(json);
  cli_json_end_object(json);
  cli_json_free(json);
  size_t n_bytes;
  return lib_text_end(&text, TRUE, &n_bytes);
}

static gboolean tidy_in_turn(Tidying *tidying, GError **error) {
  AttainWorkspace *workspace = tidying->workspace;
  lib_take_desk(workspace);
  gboolean ok = tidy(tidying, error);
  lib_leave_desk(workspace);
  if (!ok || tidying->is_dry) return ok;
  g_clear_pointer(&workspace->core->put, ingest_writer_free);
  return lib_publish(workspace, error);
}

char *attain_tidy(AttainWorkspace *workspace, bool dry_run, AttainError *error) {
  GError *cause = NULL;
  if (!lib_permit(workspace, "tidy", error)) return NULL;
  if (workspace->core->is_read_only) {
    lib_fail_with(error, ATTAIN_ERROR_USAGE, "the workspace was opened to be read only");
    return NULL;
  }
  LibPeople *people = lib_people(workspace, error);
  if (!people || !lib_begin_writing(workspace, error)) return NULL;
  Tidying tidying = {.workspace = workspace, .retention = &people->policy->retention, .is_dry = dry_run};
  lib_mend(workspace);
  lib_doing(workspace, "tidy");
  gboolean ok = tidy_in_turn(&tidying, &cause);
  lib_own_up(workspace, &cause);
  lib_change_state(workspace);
  lib_end_writing(workspace);
  if (ok) return report_of(&tidying);
  lib_fail(error, cause);
  return NULL;
}
