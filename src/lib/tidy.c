/* Tidying by policy.yaml's `retention`: piece by piece, so that nobody waits long for the writer. A piece is a turn, at
 * the desk, and one transaction: what went and the entry that says so are there together or not at all. Records stay,
 * whatever their age. */
#include "alert/tidy.h"

#include "attain/erasing.h"
#include "cli/cli.h"
#include "lib/change.h"
#include "lib/formats.h"
#include "lib/people_change.h"
#include "store/values.h"
#include "user/audit.h"

#include <string.h>

#define DAY_US     (24 * G_TIME_SPAN_HOUR)
#define OLD_ROWS   "FROM rejected WHERE load IN (SELECT l.load FROM load l WHERE l.\"at\" < $1)"
#define OLD_TOKENS "FROM attain_token WHERE ends_at < $1"
#define PIECE      20000                  /* of each kind */
#define QUIET_US   (3 * G_TIME_SPAN_HOUR) /* after midnight in the company's time zone */

enum { REJECTED, ALERTS, TOKENS, AUDIT, N_KINDS };
static const char *const kinds[N_KINDS] = {"rejected", "alerts", "tokens", "audit"};
static const char *const words[N_KINDS] = {"# rejected {row|rows}", "# {event|events} of alerts",
                                           "# ended {token|tokens}", "# {entry|entries} of this log"};

typedef struct {
  AttainWorkspace *workspace;
  LibPeople *people;
  const char *who;
  AccessRetention retention;
  gint64 now_us;
  gboolean is_dry;
  gint64 most; /* of each kind in a piece */
  gint64 n[N_KINDS];
  gint64 n_piece[N_KINDS];
  gint64 last_audit; /* entry that goes in the piece */
} Tidying;

static int days_of(const Tidying *tidying, guint kind) {
  const AccessRetention *retention = &tidying->retention;
  const int days[N_KINDS] = {retention->rejected_days, retention->alerts_days, retention->tokens_days,
                             retention->audit_days};
  return days[kind];
}

static gint64 before(const Tidying *tidying, guint kind) {
  return tidying->now_us - days_of(tidying, kind) * DAY_US;
}

/* --- a piece --- */

static gboolean count_old(const Tidying *tidying, guint kind, Store *store, const char *sql, gint64 *n,
                          GError **error) {
  const StoreValue since = store_of_instant(before(tidying, kind));
  g_autoptr(StoreRows) rows = store_query(store, sql, &since, 1, 0, error);
  if (rows) *n = MIN(store_int_at(rows, 0, 0), tidying->most);
  return rows != NULL;
}

static gboolean take_rejected(Tidying *tidying, Store *store, gint64 *n, GError **error) {
  const StoreValue values[] = {store_of_instant(before(tidying, REJECTED)), store_of_int(tidying->most)};
  if (!count_old(tidying, REJECTED, store, "SELECT count(*) " OLD_ROWS, n, error)) return FALSE;
  return *n == 0 ||
         store_run(store, "DELETE FROM rejected WHERE rowid IN (SELECT rowid " OLD_ROWS " ORDER BY rowid LIMIT $2)",
                   values, G_N_ELEMENTS(values), NULL, error);
}

static gboolean take_alerts(Tidying *tidying, Store *store, gint64 *n, GError **error) {
  return alert_tidy(store, before(tidying, ALERTS), tidying->most, n, error);
}

/* All at once: they are few (USER_MAX_TOKENS of a user), and go from memory by the same instant. */
static gboolean take_tokens(Tidying *tidying, Store *store, gint64 *n, GError **error) {
  const StoreValue since = store_of_instant(before(tidying, TOKENS));
  return store_run(store, "DELETE " OLD_TOKENS, &since, 1, n, error);
}

/* The entries themselves go last, after the one that tells of the piece. */
static gboolean look_at_audit(Tidying *tidying, Store *store, gint64 *n, GError **error) {
  if (!user_audit_older(store, before(tidying, AUDIT), &tidying->last_audit, n, error)) return FALSE;
  gint64 n_later = MAX(*n - tidying->most, 0);
  tidying->last_audit -= n_later;
  *n -= n_later;
  return TRUE;
}

typedef gboolean (*Take)(Tidying *tidying, Store *store, gint64 *n, GError **error);
static const Take takes[N_KINDS] = {take_rejected, take_alerts, take_tokens, look_at_audit};

static gboolean is_empty(const Tidying *tidying) {
  for (guint kind = 0; kind < N_KINDS; kind++)
    if (tidying->n_piece[kind] > 0) return FALSE;
  return TRUE;
}

static gboolean note(const Tidying *tidying, Store *store, GError **error) {
  g_autoptr(GString) about = g_string_new(NULL);
  for (guint kind = 0; kind < N_KINDS; kind++) {
    if (tidying->n_piece[kind] == 0) continue;
    g_autofree char *n = base_count_words(tidying->n_piece[kind], words[kind]);
    g_string_append_printf(about, "%s%s", about->len ? ", " : "", n);
  }
  UserAuditEntry entry = {.at_us = tidying->now_us, .who = tidying->who, .what = "tidied", .about = about->str};
  return user_audit_add(store, &entry, error);
}

static gboolean take_piece(Tidying *tidying, Store *store, GError **error) {
  for (guint kind = 0; kind < N_KINDS; kind++)
    if (days_of(tidying, kind) && !takes[kind](tidying, store, &tidying->n_piece[kind], error)) return FALSE;
  if (tidying->is_dry || is_empty(tidying)) return TRUE;
  return note(tidying, store, error) &&
         (tidying->n_piece[AUDIT] == 0 ||
          user_audit_tidy(store, tidying->last_audit, tidying->who, tidying->now_us, error));
}

static gboolean tidy_piece(Tidying *tidying, GError **error) {
  Store *store = tidying->workspace->core->session->store;
  if (!store_begin(store, error)) return FALSE;
  gboolean ok = take_piece(tidying, store, error);
  if (ok && (tidying->is_dry || is_empty(tidying))) {
    store_rollback(store);
    return TRUE;
  }
  if (ok && store_commit(store, error)) return TRUE;
  store_rollback(store);
  return FALSE;
}

/* What was kept in memory of what went. */
static gboolean go_on(Tidying *tidying, GError **error) {
  AttainWorkspace *workspace = tidying->workspace;
  if (tidying->n_piece[TOKENS] > 0) user_book_forget_tokens(tidying->people->book, before(tidying, TOKENS));
  if (tidying->n_piece[ALERTS] > 0) lib_forget_alert_book(workspace);
  g_clear_pointer(&workspace->core->put, ingest_writer_free);
  return lib_publish(workspace, error);
}

static gboolean tidy_in_turn(Tidying *tidying, GError **error) {
  AttainWorkspace *workspace = tidying->workspace;
  memset(tidying->n_piece, 0, sizeof tidying->n_piece);
  lib_take_desk(workspace);
  gboolean ok = tidy_piece(tidying, error);
  lib_leave_desk(workspace);
  for (guint kind = 0; ok && kind < N_KINDS; kind++) tidying->n[kind] += tidying->n_piece[kind];
  return !ok || tidying->is_dry || is_empty(tidying) ? ok : go_on(tidying, error);
}

/* --- all of it --- */

static gboolean tidy_turn(Tidying *tidying, AttainError *error) {
  AttainWorkspace *workspace = tidying->workspace;
  GError *cause = NULL;
  if (!lib_begin_writing(workspace, error)) return FALSE;
  lib_mend(workspace);
  lib_doing(workspace, "tidy");
  gboolean ok = tidy_in_turn(tidying, &cause);
  lib_own_up(workspace, &cause);
  lib_change_state(workspace);
  lib_end_writing(workspace);
  return ok || lib_fail(error, cause);
}

static gboolean may_be_more(const Tidying *tidying) {
  for (guint kind = 0; kind < N_KINDS; kind++)
    if (kind != TOKENS && tidying->n_piece[kind] >= tidying->most) return TRUE;
  return FALSE;
}

/* Others write between two pieces. `is_over` (or NULL), once it is set, lets no further piece begin. */
static gboolean tidy(Tidying *tidying, const int *is_over, AttainError *error) {
  tidying->most = tidying->is_dry ? G_MAXINT32 : PIECE;
  do {
    if (!tidy_turn(tidying, error)) return FALSE;
  } while (!tidying->is_dry && may_be_more(tidying) && !(is_over && __atomic_load_n(is_over, __ATOMIC_ACQUIRE)));
  return TRUE;
}

static gboolean begin(AttainWorkspace *workspace, const char *name, Tidying *tidying, AttainError *error) {
  if (!lib_permit(workspace, name, error)) return FALSE;
  if (workspace->core->is_read_only)
    return lib_fail_with(error, ATTAIN_ERROR_USAGE, "the workspace was opened to be read only");
  LibPeople *people = lib_people(workspace, error);
  if (people)
    *tidying = (Tidying){
        .workspace = workspace, .people = people, .retention = people->policy->retention, .now_us = lib_now(workspace)};
  return people != NULL;
}

/* --- what is told --- */

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
  for (guint kind = 0; kind < N_KINDS; kind++) write_count(json, kinds[kind], days_of(tidying, kind), tidying->n[kind]);
  cli_json_end_array(json);
  cli_json_end_object(json);
  cli_json_free(json);
  size_t n_bytes;
  return lib_text_end(&text, TRUE, &n_bytes);
}

char *attain_tidy(AttainWorkspace *workspace, bool dry_run, AttainError *error) {
  Tidying tidying;
  if (!begin(workspace, "tidy", &tidying, error)) return NULL;
  g_autofree char *who = lib_who(workspace);
  tidying.who = who;
  tidying.is_dry = dry_run;
  return tidy(&tidying, NULL, error) ? report_of(&tidying) : NULL;
}

/* --- every day --- */

/* The first quiet hour at `from_us` or after it. */
static gint64 quiet_from(const AttainWorkspace *workspace, gint64 from_us) {
  lib_enter(workspace);
  const Calendar *calendar = workspace->core->session->calendar;
  BaseDay day = calendar_day_of(calendar, from_us);
  gint64 quiet_us = calendar_start_of_day(calendar, day) + QUIET_US;
  if (quiet_us < from_us) quiet_us = calendar_start_of_day(calendar, day + 1) + QUIET_US;
  lib_leave(workspace);
  return quiet_us;
}

bool attain_tidy_daily(AttainWorkspace *workspace, const int *is_over, int64_t *due_us, AttainTidyDay *day,
                       AttainError *error) {
  Tidying tidying;
  if (!begin(workspace, "tidy_daily", &tidying, error)) return false;
  tidying.who = "server";
  gint64 due = *due_us ? *due_us : quiet_from(workspace, tidying.now_us);
  gboolean is_due = tidying.now_us >= due, ok = !is_due || tidy(&tidying, is_over, error);
  if (is_due) due = quiet_from(workspace, tidying.now_us + 1);
  *due_us = due;
  if (!ok) return false;
  *day = (AttainTidyDay){
      .wait_us = __atomic_load_n(&workspace->core->clock_us, __ATOMIC_ACQUIRE) >= 0 ? -1 : due - tidying.now_us};
  for (guint kind = 0; kind < N_KINDS; kind++) day->n_gone += (uint64_t)tidying.n[kind];
  return true;
}
