/* What each function of the library asks of who calls it. The operator may do everything; of everybody else's handle a
 * function is refused that is not in this table, whose bits the handle has not, or that does not keep to what the
 * handle sees while that is not everything. */
#include "lib/reader.h"

G_STATIC_ASSERT((int)ATTAIN_MAY_READ == USER_MAY_READ && (int)ATTAIN_MAY_TARGET == USER_MAY_TARGET);
G_STATIC_ASSERT((int)ATTAIN_MAY_ALERT == USER_MAY_ALERT && (int)ATTAIN_MAY_PUT == USER_MAY_PUT);
G_STATIC_ASSERT((int)ATTAIN_MAY_RUN == USER_MAY_RUN && (int)ATTAIN_MAY_SEE_ALL == USER_MAY_SEE_ALL);
G_STATIC_ASSERT((int)ATTAIN_MAY_MANAGE == USER_MAY_MANAGE);

#define READ   USER_MAY_READ
#define TARGET USER_MAY_TARGET
#define ALERT  USER_MAY_ALERT
#define PUT    USER_MAY_PUT
#define RUN    USER_MAY_RUN
#define MANAGE USER_MAY_MANAGE

typedef enum {
  WHOLE,    /* tells of everybody: for those who see everything */
  BY_SIGHT, /* keeps to what the handle sees */
  BLIND,    /* tells of no records */
} Seeing;

typedef struct {
  const char *name; /* without attain_ */
  guint needs;      /* of AttainMay */
  Seeing seeing;
} Permit;

static const Permit permits[] = {
    /* what belongs to whoever has it */
    {"error_clear", 0, BLIND},
    {"version", 0, BLIND},
    {"free", 0, BLIND},
    {"flag_name", 0, BLIND},
    {"leave", 0, BLIND},
    {"user", 0, BLIND},
    {"may", 0, BLIND},
    {"sight", 0, BLIND},
    {"me", 0, BLIND},
    {"report_free", 0, BLIND},
    {"answer_free", 0, BLIND},
    {"answer_n_rows", 0, BLIND},
    {"answer_row", 0, BLIND},
    {"answer_n_totals", 0, BLIND},
    {"answer_total", 0, BLIND},
    {"answer_dimensions", 0, BLIND},
    {"answer_notes", 0, BLIND},
    {"answer_without_records", 0, BLIND},
    {"answer_currency", 0, BLIND},
    {"answer_load", 0, BLIND},
    {"answer_loaded_at", 0, BLIND},
    {"answer_as_of", 0, BLIND},
    {"answer_json", 0, BLIND},
    {"answer_write", 0, BLIND},
    {"document_write", 0, BLIND},
    {"state", 0, BLIND},
    /* signing in: whoever has the secret */
    {"as_session", 0, BLIND},
    {"as_token", 0, BLIND},
    {"sign_in", 0, BLIND},
    {"sign_in_identity", MANAGE, BLIND},
    {"sign_out", 0, BLIND},
    {"accept_invitation", 0, BLIND},
    {"is_new", 0, BLIND},
    {"change_password", 0, BLIND},
    {"as_user", MANAGE, WHOLE},
    /* numbers */
    {"ask", READ, BY_SIGHT},
    {"explain", READ, BY_SIGHT},
    {"decompose", READ, BY_SIGHT},
    {"records", READ, BY_SIGHT},
    {"records_page", READ, BY_SIGHT},
    {"changes", READ, BY_SIGHT},
    {"scorecard", READ, BY_SIGHT},
    {"scorecard_write", READ, BY_SIGHT},
    {"boards", READ, BY_SIGHT},
    {"board", READ, BY_SIGHT},
    {"kpis", READ, BY_SIGHT},
    {"choose", READ, WHOLE},
    {"reported", READ, BY_SIGHT},
    {"closed_periods", READ, BY_SIGHT},
    {"lint_rules", READ, BLIND},
    {"lint", READ, WHOLE},
    {"check", RUN, WHOLE},
    {"close_period", RUN, WHOLE},
    /* targets */
    {"targets", READ, BY_SIGHT},
    {"target_say", TARGET, BY_SIGHT},
    {"target_grid", READ, BY_SIGHT},
    {"target_grid_write", READ, BY_SIGHT},
    {"target_grid_take", TARGET, BY_SIGHT},
    {"target_cascade", TARGET, BY_SIGHT},
    {"target_suggest", READ, BY_SIGHT},
    {"objectives", READ, BY_SIGHT},
    {"objective_set", TARGET, WHOLE},
    /* alerts */
    {"alerts", READ, BY_SIGHT},
    {"alert_say", ALERT, BY_SIGHT},
    {"alert_history", READ, BY_SIGHT},
    {"alert_judge", READ, WHOLE},
    {"alert_test", READ, WHOLE},
    {"alert_outbox", RUN, WHOLE},
    {"alert_run", RUN, WHOLE},
    {"alert_tend", RUN, WHOLE},
    {"on_alerts", MANAGE, BLIND},
    {"alert_send", RUN, WHOLE},
    {"alert_again", RUN, WHOLE},
    /* records: a put tells its own records' fate, and nothing of others' */
    {"put", PUT, BLIND},
    {"sources", READ, BY_SIGHT},
    {"loads", RUN, WHOLE},
    {"rejected", RUN, WHOLE},
    {"organisation", READ, BY_SIGHT},
    {"company", READ, BLIND},
    {"remove", PUT, BLIND},
    {"load", PUT, WHOLE},
    {"upload", PUT, WHOLE},
    {"proposal", PUT, WHOLE},
    {"trial", PUT, WHOLE},
    {"source_set", PUT, WHOLE},
    {"take", PUT, BLIND},
    {"subscribe", READ, WHOLE},
    {"load_number", READ, BLIND},
    {"n_ended", READ, BLIND},
    {"commits", READ, WHOLE},
    {"seen", READ, BY_SIGHT},
    {"seen_free", 0, BLIND},
    {"unsubscribe", READ, WHOLE},
    /* the workspace */
    {"hold", READ, BLIND},
    {"release", READ, BLIND},
    {"progress", READ, BLIND},
    {"cancel", RUN, BLIND},
    {"stop", 0, BLIND},
    {"memory", RUN, BLIND},
    {"open", MANAGE, WHOLE},
    {"close", MANAGE, WHOLE},
    {"set_now", MANAGE, BLIND},
    {"reload", MANAGE, BLIND},
    /* people */
    {"users", 0, BY_SIGHT},
    {"user_add", MANAGE, BLIND},
    {"user_change", MANAGE, BLIND},
    {"user_lock", MANAGE, BLIND},
    {"user_invite", MANAGE, BLIND},
    {"token_add", 0, BLIND},
    {"token_end", 0, BLIND},
    {"tokens", 0, BLIND},
    {"sessions", 0, BLIND},
    {"end_sessions", 0, BLIND},
    {"audit", MANAGE, BLIND},
    {"audit_verify", MANAGE, BLIND},
    {"erase", MANAGE, BLIND},
    {"erasures", 0, BLIND},
    {"tidy", MANAGE, BLIND},
    {"tidy_daily", MANAGE, BLIND},
    {"notices_tend", MANAGE, BLIND},
    {"on_notices", MANAGE, BLIND},
    {"audit_note", 0, BLIND},
    {"audit_count", 0, BLIND},
};

static const Permit *find(const char *function) {
  for (guint i = 0; i < G_N_ELEMENTS(permits); i++)
    if (strcmp(permits[i].name, function) == 0) return &permits[i];
  return NULL;
}

gboolean lib_permit_knows(const char *function) {
  return find(function) != NULL;
}

gboolean lib_need_may(const AttainWorkspace *workspace, guint may, AttainError *error) {
  guint lacks = workspace->reader ? may & ~workspace->reader->may : 0;
  if (lacks == 0) return TRUE;
  g_autofree char *words = user_may_format(lacks);
  return lib_fail_with(error, ATTAIN_ERROR_FORBIDDEN,
                       "%s may not do this: it needs the right to %s, which an administrator can give",
                       workspace->reader->user->name, words);
}

gboolean lib_permit(const AttainWorkspace *workspace, const char *function, AttainError *error) {
  if (!workspace->reader) return TRUE;
  const Permit *permit = find(function);
  if (permit && permit->seeing == WHOLE && !lib_sees_all(workspace))
    return lib_fail_with(error, ATTAIN_ERROR_FORBIDDEN, "this is for those who see the whole company's numbers");
  return permit ? lib_need_may(workspace, permit->needs, error)
                : lib_fail_with(error, ATTAIN_ERROR_FORBIDDEN, "this is for the operator of the server");
}

const char *lib_author(const AttainWorkspace *workspace, const char *given) {
  return workspace->reader ? workspace->reader->user->name : given;
}
