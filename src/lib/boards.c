/* Shared boards: which a user gets, and when what is on them was made.
 *
 *   period ends ─► settle_days ─► the records as they were believed at the end of that day, for good
 *
 * So a board is the same whenever it is asked for: what is written later, and undone, and written again, shows on none,
 * and the difference of two answers is nothing. History that was loaded after it happened counts as known at the end of
 * the policy's `since`, or of the day of the first load. It is kept, too, until people, the policy or definitions
 * become others. */
#include "answer/boards.h"

#include "lib/formats.h"
#include "lib/reader.h"

#define MAX_KEPT 1000 /* boards of readers */

typedef struct {
  LibPeople *people;
  const AccessPolicy *policy;
  const AccessBoard *board;
} Asked;

static gboolean gets(const AttainWorkspace *workspace, const AccessBoard *board) {
  return lib_sees_all(workspace) || board->to >> workspace->reader->user->role & 1;
}

static GPtrArray *boards_of(const AttainWorkspace *workspace, const AccessPolicy *policy) {
  GPtrArray *boards = g_ptr_array_new();
  for (guint i = 0; i < policy->boards->len; i++)
    if (gets(workspace, g_ptr_array_index(policy->boards, i)))
      g_ptr_array_add(boards, g_ptr_array_index(policy->boards, i));
  return boards;
}

/* --- which periods --- */

/* The first day of which the records are known; `*is_loaded` FALSE: there are none yet. */
static gboolean find_since(const Session *session, const AccessPolicy *policy, BaseDay *since, gboolean *is_loaded,
                           GError **error) {
  *since = policy->since;
  *is_loaded = TRUE;
  if (policy->since != BASE_DAY_NONE) return TRUE;
  g_autoptr(StoreRows) rows = store_query(session->store, "SELECT count(*), min(\"at\") FROM load", NULL, 0, 1, error);
  if (!rows) return FALSE;
  *is_loaded = store_rows_value(rows, 0, 0).integer > 0;
  if (*is_loaded) *since = calendar_day_of(session->calendar, store_rows_value(rows, 0, 1).integer);
  return TRUE;
}

static BaseDay made_on(const AccessPolicy *policy, const CalendarPeriod *period, BaseDay since) {
  return MAX(period->end - 1 + policy->settle_days, since);
}

/* --- one period --- */

static void clear_period(gpointer data) {
  access_board_table_free(((AnswerBoardPeriod *)data)->table);
}

static gboolean make_period(const AttainWorkspace *workspace, const Session *session, const Asked *asked,
                            const GPtrArray *boards, AnswerBoardPeriod *one, GError **error) {
  g_autofree char *day = base_day_format(one->as_of);
  Session past;
  if (!lib_go_back(session, day, &past, error)) {
    lib_leave_past(session, &past);
    return FALSE;
  }
  const LibReader *reader = workspace->reader;
  QueryContext context = answer_context(&past);
  context.sight = NULL;
  AccessBoardReader of = {.context = &context,
                          .sight = reader ? reader->sight : NULL,
                          .person = reader ? (gint32)reader->user->person : 0,
                          .boards = boards,
                          .protection = &asked->policy->protection};
  one->table = access_board_make(&of, asked->board, &one->period, error);
  lib_leave_past(session, &past);
  return one->table != NULL;
}

/* --- the board --- */

/* The first period that has not settled, and the day at whose end it will have. */
static void find_next(const Session *session, const Asked *asked, BaseDay since, AnswerBoard *made) {
  made->next = calendar_period_at(session->calendar, asked->board->grain, session->today);
  CalendarPeriod before = calendar_shift(session->calendar, &made->next, -1);
  while (before.end - 1 + asked->policy->settle_days >= session->today) {
    made->next = before;
    before = calendar_shift(session->calendar, &made->next, -1);
  }
  made->next_day = made_on(asked->policy, &made->next, since);
  if (since < session->today) return;
  made->next = before; /* what was known first today is known at the end of the day */
  made->next_day = since;
}

static gboolean make_periods(const AttainWorkspace *workspace, const Session *session, const Asked *asked,
                             AnswerBoard *made, GError **error) {
  g_autoptr(GPtrArray) boards = boards_of(workspace, asked->policy);
  BaseDay since;
  gboolean is_loaded;
  if (!find_since(session, asked->policy, &since, &is_loaded, error)) return FALSE;
  find_next(session, asked, is_loaded ? since : session->today, made);
  for (int i = asked->board->n_periods; is_loaded && since < session->today && i > 0; i--) {
    AnswerBoardPeriod one = {.period = calendar_shift(session->calendar, &made->next, -i)};
    one.as_of = made_on(asked->policy, &one.period, since);
    if (!make_period(workspace, session, asked, boards, &one, error)) return FALSE;
    g_array_append_val(made->periods, one);
  }
  return TRUE;
}

static gboolean write_board(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                            GError **error) {
  const Asked *asked = what;
  AnswerBoard made = {
      .board = asked->board, .policy = asked->policy, .periods = g_array_new(FALSE, FALSE, sizeof(AnswerBoardPeriod))};
  g_array_set_clear_func(made.periods, clear_period);
  gboolean ok = make_periods(workspace, session, asked, &made, error);
  if (!ok) g_prefix_error(error, "board %s of policy.yaml: ", asked->board->name);
  if (ok) answer_board_json(out, &made);
  g_array_unref(made.periods);
  return ok;
}

/* --- kept --- */

static char *key_of(const AttainWorkspace *workspace, const Session *session, const AccessBoard *board) {
  const LibReader *reader = workspace->reader;
  return g_strdup_printf("%s\n%d %d %" G_GINT64_FORMAT " %s", board->name, session->today,
                         reader ? (int)reader->user->role : -1, reader ? reader->user->person : 0,
                         attain_sight((AttainWorkspace *)workspace));
}

/* A copy; NULL: it is not kept. */
static char *find_kept(LibPeople *people, const char *key) {
  g_mutex_lock(&people->mutex);
  char *document = g_strdup(g_hash_table_lookup(people->boards, key));
  g_mutex_unlock(&people->mutex);
  return document;
}

/* In the turn, so that nothing it was made of becomes another meanwhile. */
static gboolean write_and_keep(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                               GError **error) {
  LibPeople *people = ((const Asked *)what)->people;
  g_autofree char *key = key_of(workspace, session, ((const Asked *)what)->board);
  LibText text;
  size_t length;
  g_autofree char *kept = find_kept(people, key);
  if (!kept) {
    lib_text_init(&text);
    kept = lib_text_end(&text, write_board(workspace, session, what, text.out, error), &length);
    if (!kept) return FALSE;
    g_mutex_lock(&people->mutex);
    if (g_hash_table_size(people->boards) >= MAX_KEPT) g_hash_table_remove_all(people->boards);
    g_hash_table_insert(people->boards, g_strdup(key), g_strdup(kept));
    g_mutex_unlock(&people->mutex);
  }
  fputs(kept, out);
  return TRUE;
}

static void refuse(const AttainWorkspace *workspace, const AccessBoard *board, AttainError *error) {
  g_autoptr(GString) to = g_string_new(NULL);
  for (guint role = 0; role < USER_N_ROLES; role++)
    if (board->to >> role & 1) g_string_append_printf(to, "%s%s", to->len ? ", " : "", user_role_name(role));
  lib_fail_with(error, ATTAIN_ERROR_FORBIDDEN,
                "the board \"%s\" is shared with %s: ask who keeps policy.yaml to add %s to its `to`", board->name,
                to->len ? to->str : "nobody", user_role_name(workspace->reader->user->role));
}

static void refuse_unknown(const AttainWorkspace *workspace, const AccessPolicy *policy, const char *name,
                           AttainError *error) {
  g_autoptr(GPtrArray) boards = boards_of(workspace, policy);
  g_autoptr(GString) all = g_string_new(NULL);
  for (guint i = 0; i < boards->len; i++)
    g_string_append_printf(all, "%s%s", i > 0 ? ", " : "", ((const AccessBoard *)g_ptr_array_index(boards, i))->name);
  lib_fail_with(error, ATTAIN_ERROR_NOT_FOUND, "there is no board \"%s\": %s%s", name,
                all->len ? "those shared with you are " : "none is shared with you; policy.yaml says which are",
                all->str);
}

char *attain_board(AttainWorkspace *workspace, const char *name, AttainFormat format, size_t *n_bytes,
                   AttainError *error) {
  if (!lib_permit(workspace, "board", error)) return NULL;
  LibPeople *people = lib_people(workspace, error);
  if (!people) return NULL;
  Asked asked = {.people = people, .policy = people->policy, .board = access_policy_board(people->policy, name)};
  if (!asked.board || !gets(workspace, asked.board)) {
    if (asked.board)
      refuse(workspace, asked.board, error);
    else
      refuse_unknown(workspace, people->policy, name, error);
    return NULL;
  }
  char *document = lib_answer(workspace, "board", write_and_keep, &asked, error);
  if (!document) return NULL;
  const char *list = asked.board->names == ACCESS_NAMES_OWN ? "periods.standings" : "periods.rows";
  char *written = attain_document_write(document, list, format, n_bytes, error);
  g_free(document);
  return written;
}

static gboolean write_boards(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                             GError **error) {
  const AccessPolicy *policy = what;
  g_autoptr(GPtrArray) boards = boards_of(workspace, policy);
  answer_boards_json(out, policy, boards);
  return TRUE;
}

char *attain_boards(AttainWorkspace *workspace, AttainError *error) {
  if (!lib_permit(workspace, "boards", error)) return NULL;
  LibPeople *people = lib_people(workspace, error);
  return people ? lib_answer(workspace, "boards", write_boards, people->policy, error) : NULL;
}
