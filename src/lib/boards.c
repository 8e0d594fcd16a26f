/* Shared boards: which a user gets, and when what is on them was made.
 *
 *   period ends ─► settle_days ─► the records as they were believed at the end of that day, for good
 *
 * So a board is the same whenever it is asked for: what is written later, and undone, and written again, shows on none,
 * and the difference of two answers is nothing. History that was loaded after it happened counts as known at the end of
 * the policy's `since`, or of the day of the first load. It is kept, too, until people, the policy or definitions
 * become others.
 *
 *   who asks ─► kept? ─► being made? wait for it ─► else make it: a connection a period, each at one commit
 *
 * Making one takes seconds, and no turn: whoever writes goes on, and who waits for a board waits for nobody else. */
#include "answer/boards.h"

#include "base/fault.h"
#include "lib/formats.h"
#include "lib/guest.h"
#include "lib/reader.h"

#define MAX_KEPT 1000 /* boards of readers */

typedef struct {
  LibPeople *people;
  const AccessPolicy *policy;
  const AccessBoard *board;
  guint64 n_organisations; /* of `people`, before anything was looked at */
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
  g_autoptr(Store) store = store_connect(session->store, error);
  g_autoptr(StoreRows) rows =
      store ? store_query(store, "SELECT count(*), min(\"at\") FROM load", NULL, 0, 1, error) : NULL;
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
  if (!lib_check_goes_on(workspace, error)) return FALSE;
  if (!lib_go_back(session, day, &past, error) || !lib_stand_still(past.store, error)) {
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
  if (base_fault("board.make")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "fault injected into board.make");
    return FALSE;
  }
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

static gboolean write_board(const AttainWorkspace *workspace, const Session *session, const Asked *asked, FILE *out,
                            GError **error) {
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
/* A board that somebody makes already is waited for: NULL says that it is the caller's to make, until end_making(). */
static char *find_or_begin(const Asked *asked, const char *key, const char *making) {
  LibPeople *people = asked->people;
  char *kept = NULL;
  g_mutex_lock(&people->mutex);
  while (!(kept = g_strdup(g_hash_table_lookup(people->boards, key))) && g_hash_table_contains(people->making, making))
    g_cond_wait(&people->made, &people->mutex);
  if (!kept) g_hash_table_add(people->making, g_strdup(making));
  g_mutex_unlock(&people->mutex);
  return kept;
}

/* `text`: NULL where it could not be made; who waits tries then. What people, policy or definitions became others for
 * meanwhile is told, and not kept. */
static void end_making(const Asked *asked, const char *key, const char *making, const char *text) {
  LibPeople *people = asked->people;
  g_mutex_lock(&people->mutex);
  g_hash_table_remove(people->making, making);
  if (text && people->n_organisations == asked->n_organisations) {
    if (g_hash_table_size(people->boards) >= MAX_KEPT) g_hash_table_remove_all(people->boards);
    g_hash_table_insert(people->boards, g_strdup(key), g_strdup(text));
  }
  g_cond_broadcast(&people->made);
  g_mutex_unlock(&people->mutex);
}

/* On connections of its own: nobody waits for it but who opens a lost database again. */
static char *make_text(AttainWorkspace *workspace, const Session *session, const Asked *asked, GError **error) {
  LibText text;
  size_t length;
  lib_text_init(&text);
  g_rw_lock_reader_lock(&workspace->core->reading);
  gboolean ok = write_board(workspace, session, asked, text.out, error);
  g_rw_lock_reader_unlock(&workspace->core->reading);
  return lib_text_end(&text, ok, &length);
}

/* The meaning it is made by is held, so that a reload does not wait for it. */
static char *find_or_make(AttainWorkspace *workspace, const Asked *asked, GError **error) {
  lib_enter(workspace);
  LibMeaning *meaning = lib_meaning_hold(workspace->core->meaning);
  Session session = lib_session(workspace);
  lib_leave(workspace);
  g_autofree char *key = key_of(workspace, &session, asked->board);
  g_autofree char *making = g_strdup_printf("%" G_GUINT64_FORMAT " %s", asked->n_organisations, key);
  char *text = find_or_begin(asked, key, making);
  if (!text) {
    text = make_text(workspace, &session, asked, error);
    end_making(asked, key, making, text);
  }
  lib_meaning_release(meaning);
  return text;
}

/* A database that was lost is opened again by whoever has the turn; nobody waits for this one meanwhile. */
static char *find_or_make_mended(AttainWorkspace *workspace, const Asked *asked, AttainError *error) {
  GError *cause = NULL;
  lib_follow_clock(workspace);
  char *text = find_or_make(workspace, asked, &cause);
  if (!text && g_error_matches(cause, BASE_ERROR, BASE_ERROR_IO) && lib_begin_writing(workspace, NULL)) {
    gboolean is_mended = lib_mend(workspace);
    lib_end_writing(workspace);
    if (is_mended) g_clear_error(&cause);
    if (is_mended) text = find_or_make(workspace, asked, &cause);
  }
  if (!text) lib_fail(error, cause);
  return text;
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

/* How often people, policy or definitions became others is looked at first: what becomes another later is then told by
 * it. */
static Asked begin_asking(LibPeople *people, const char *name) {
  g_mutex_lock(&people->mutex);
  guint64 n_organisations = people->n_organisations;
  g_mutex_unlock(&people->mutex);
  const AccessPolicy *policy = g_atomic_pointer_get(&people->policy);
  return (Asked){people, policy, access_policy_board(policy, name), n_organisations};
}

char *attain_board(AttainWorkspace *workspace, const char *name, AttainFormat format, size_t *n_bytes,
                   AttainError *error) {
  if (!lib_permit(workspace, "board", error)) return NULL;
  LibPeople *people = lib_people(workspace, error);
  if (!people) return NULL;
  Asked asked = begin_asking(people, name);
  if (!asked.board || !gets(workspace, asked.board)) {
    if (asked.board)
      refuse(workspace, asked.board, error);
    else
      refuse_unknown(workspace, asked.policy, name, error);
    return NULL;
  }
  char *document = find_or_make_mended(workspace, &asked, error);
  if (!document) return NULL;
  const char *list = asked.board->names == ACCESS_NAMES_OWN ? "periods.standings" : "periods.rows";
  char *written = attain_document_write(document, list, format, n_bytes, error);
  g_free(document);
  return written;
}

/* The policy's words, for which no database is needed. */
char *attain_boards(AttainWorkspace *workspace, AttainError *error) {
  if (!lib_permit(workspace, "boards", error)) return NULL;
  LibPeople *people = lib_people(workspace, error);
  if (!people) return NULL;
  const AccessPolicy *policy = g_atomic_pointer_get(&people->policy);
  g_autoptr(GPtrArray) boards = boards_of(workspace, policy);
  LibText text;
  size_t length;
  lib_text_init(&text);
  answer_boards_json(text.out, policy, boards);
  return lib_text_end(&text, TRUE, &length);
}
