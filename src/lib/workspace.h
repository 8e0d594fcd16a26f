/* A workspace as the library keeps it. Private to src/lib.
 *
 *   attain_open() ─► core ◄── handle (the operator's: sees and does everything)
 *                     ▲ ▲──── handle of a user: what they see and may (lib/reader.h)
 *                     └────── handle of another …
 *
 *   callers ─► question ─► cells of the last commit (query/live)      never wait for a writer
 *   callers ─► writing ─► before ─► put, remove, load ─► after ─► subscribers
 *
 * `writing` is held by whoever changes the ledger, the clock or the subscribers, from before the change until the last
 * subscriber was told. A callback runs in that thread, under it. */
#pragma once

#include "alert/book.h"
#include "answer/answer.h"
#include "attain/attain.h"
#include "ingest/writer.h"
#include "query/live.h"
#include "session/session.h"

#include <stdio.h>

typedef struct {
  guint64 number;
  AttainCallback callback; /* NULL: it ended while subscribers were told */
  void *user_data;
} Subscription;

typedef struct LibKeys LibKeys;       /* lib/change.h */
typedef struct LibTally LibTally;     /* lib/tally.h */
typedef struct LibReader LibReader;   /* lib/reader.h */
typedef struct LibPeople LibPeople;   /* the same */
typedef struct LibMeaning LibMeaning; /* lib/reload.c */

typedef struct {
  Session *session; /* its store is the writer's; readers use what does not change: schema, definitions, calendar */
  QueryLive *live;
  gboolean is_read_only;
  LibPeople *people; /* NULL: not needed yet (atomic) */
  guint64 max_cells_bytes;

  LibMeaning *meaning; /* has `session` and `live` */
  char *digest;        /* of the files that they were made of */
  GPtrArray *policies; /* AccessPolicy: those that were in force before */
  GMutex entering;     /* before `asking`, so that who changes the meaning is not kept waiting */
  GRWLock asking;      /* `session` and `live` stay while it is held, or `writing` is */

  GMutex writing;        /* of all below */
  IngestWriter *put;     /* the fast way of records; NULL until the first */
  LibKeys *keys;         /* of puts; NULL: not read yet */
  GThread *writer;       /* who holds it (atomic), so that a callback that would wait for itself is told so */
  gint64 clock_us;       /* where the clock was put, or -1: the system's (atomic) */
  gint64 moved_us;       /* the clock of the answers (atomic) */
  guint64 state;         /* attain_state() (atomic) */
  guint64 erasures;      /* attain_erasures() (atomic) */
  GArray *subscriptions; /* Subscription */
  guint64 last_subscription;
  GPtrArray *alert_rules; /* AlertRule, judged in each commit; NULL: they are not */
  AlertBook *alert_book;  /* as the database has it; NULL: to be read */
  gint64 alert_next_us;   /* when time alone may make something of the rules; 0: they are to be judged at once */
  gboolean has_sent;      /* since it was opened: what was begun before is nobody's any more */
  AttainAlertCallback alert_callback; /* NULL: nobody is told */
  void *alert_user_data;
  guint turns;       /* taken by its holder, one within the other */
  GHashTable *noted; /* who looked at which KPI today, as texts */
  BaseDay noted_day; /* that day */

  GMutex queueing; /* of the next two */
  GQueue queue;    /* LibCall: puts that wait */
  gboolean is_led; /* somebody waits for the turn, or has it, for the first of them */

  GMutex desking;                      /* of the next three; taken after `writing`, never before it */
  Store *desk;                         /* lib/desk.c; NULL: the workspace is only read */
  AttainAlertCallback notice_callback; /* NULL: nobody is told */
  void *notice_user_data;

  LibTally *tally; /* of changes of records; has a lock of its own, within which none of these is taken */

  GRWLock reading; /* held by guests while they read, and at the desk; by whoever opens the database again */

  GMutex watching;  /* of all below; held by whoever opens the database again, too */
  GCond ended;      /* a turn did */
  const char *what; /* is being done; static; NULL: nothing */
  gint64 began_us;  /* on the monotonic clock */
  guint64 n_turns;
  const IngestSource *loading; /* whose files are being read, or NULL */
  QueryLive *asked;            /* the cells that are asked within the turn, or NULL */
  gint is_cancelled;           /* whoever has the turn is to end (atomic to read) */
  gboolean is_sealed;          /* what it did is being committed: it is not ended any more */
  gboolean is_written;         /* it was committed, though what came after failed */
  const LibReader *holder;     /* whose handle has the turn; NULL: the operator's, or a turn for several */
} LibCore;

struct AttainWorkspace {
  LibCore *core;     /* shared by all handles; the operator's owns it */
  LibReader *reader; /* NULL: the operator, who sees and does everything */
};

/* --- workspace.c --- */

/* Takes `cause`, which may be NULL. Always FALSE. */
gboolean lib_fail(AttainError *error, GError *cause);
gboolean lib_fail_with(AttainError *error, AttainErrorCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Errors: USAGE from a callback, or while the thread holds a commit. */
gboolean lib_check_no_turn(const AttainWorkspace *workspace, AttainError *error);
/* Errors: the same; CANCELLED where the handle was stopped. */
gboolean lib_begin_writing(AttainWorkspace *workspace, AttainError *error);
void lib_end_writing(AttainWorkspace *workspace);
/* The same for a turn in which several callers' work is done, whatever became of the one who has it. Cannot fail
 * outside a callback. */
gboolean lib_begin_shared(AttainWorkspace *workspace, AttainError *error);
/* Within lib_begin_writing(), after a failure. Whether the database was lost and is there again. */
gboolean lib_mend(AttainWorkspace *workspace);
gint64 lib_now(const AttainWorkspace *workspace);
/* What answers may show is other now: attain_state() says so from here on. */
void lib_change_state(AttainWorkspace *workspace);
/* While the system's clock is used: lets that of the answers follow it. */
void lib_follow_clock(AttainWorkspace *workspace);
/* query_live_before(), of a database that is opened again if it has to be. */
gboolean lib_begin_change(AttainWorkspace *workspace, GError **error);
/* After it: answers take what was done, and the clock. */
gboolean lib_publish(AttainWorkspace *workspace, GError **error);

/* --- turn.c: answers that read the database beside the cells --- */

/* Waits for the writer and holds its turn until lib_give_turn(), so that all that is read is of one commit. In a
 * callback the thread has the turn already. Errors: USAGE. */
gboolean lib_take_turn(AttainWorkspace *workspace, AttainError *error);
void lib_give_turn(AttainWorkspace *workspace);
/* The workspace as the handle sees it: at the clock of the last commit. It owns nothing. */
Session lib_session(const AttainWorkspace *workspace);

/* Writes a document into `out`. `what` is what was asked or said. */
typedef gboolean (*LibAnswer)(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                              GError **error);
/* The document, of one commit, for the caller to give back; NULL with `error`. `name` is the function's, for those who
 * watch; static. */
char *lib_answer(AttainWorkspace *workspace, const char *name, LibAnswer answer, gconstpointer what,
                 AttainError *error);
/* The same of a document with bytes that are no text. */
char *lib_answer_bytes(AttainWorkspace *workspace, const char *name, LibAnswer answer, gconstpointer what,
                       size_t *n_bytes, AttainError *error);
/* The same for what changes something beside the ledger. Errors also: USAGE where it is only read, and in a callback.
 */
char *lib_say(AttainWorkspace *workspace, const char *name, LibAnswer answer, gconstpointer what, AttainError *error);
/* A TargetAsk; `asker` is the workspace: what its handle sees. */
QueryResult *lib_ask_cells(gpointer asker, const QueryRequest *request, GError **error);

/* --- trail.c --- */
/* The session as of `as_of`, or the same where that is NULL; go back to the present with lib_leave_past(). Within a
 * turn. Errors: USAGE, IO. */
gboolean lib_go_back(const Session *session, const char *as_of, Session *past, GError **error);
void lib_leave_past(const Session *session, Session *past);
/* With the KPIs of its role; views are not taken apart yet. `request` must be zeroed. Errors: USAGE. */
gboolean lib_read_question(const Session *session, const AttainQuestion *question, AnswerRequest *request,
                           GError **error);

/* --- progress.c: who watches --- */
#define LIB_HOLDING "hold" /* a commit is held between answers: there is nothing to cancel */
void lib_watch_begin(AttainWorkspace *workspace, const LibReader *holder);
/* In the turn, before its commit: from here on it is not cancelled. Errors: CANCELLED where it is to end. */
gboolean lib_seal(AttainWorkspace *workspace, GError **cause);
/* In the turn, after a failure: it was committed all the same, so that it is not told as cancelled. */
void lib_own_written(AttainWorkspace *workspace);
/* In the turn: the files of `source` are read from here on, NULL: no longer. What cancels lets go of its pipes. */
void lib_loading(AttainWorkspace *workspace, const IngestSource *source);
/* Errors: CANCELLED where the handle was stopped. */
gboolean lib_check_goes_on(const AttainWorkspace *workspace, GError **cause);
void lib_watch_end(AttainWorkspace *workspace);
/* The turn is that of this handle alone from here on. */
void lib_watch_own(AttainWorkspace *workspace, const AttainWorkspace *handle);
/* What the holder of the turn does; static. */
void lib_doing(AttainWorkspace *workspace, const char *what);
/* When what the handle asks, in a turn of its own or in none, is no longer waited for. */
BaseStop lib_stop(const AttainWorkspace *workspace);
/* In the turn, after a failure: one that was asked for becomes CANCELLED. */
void lib_own_up(AttainWorkspace *workspace, GError **cause);

/* --- usage.c --- */
/* That somebody (NULL: nobody) looked at KPIs (ends with NULL). Cannot fail. */
void lib_note_reader(AttainWorkspace *workspace, const char *reader, const char *const *kpis);

/* --- alerts.c --- */
/* Reads the rules that are judged in each commit. Errors: INPUT. */
gboolean lib_read_alerts(AttainWorkspace *workspace, GError **error);
void lib_forget_alerts(AttainWorkspace *workspace);
/* Somebody else wrote of alerts: what is kept of them is read anew. In the turn. */
void lib_forget_alert_book(AttainWorkspace *workspace);
/* Tells who sends that there may be something, or that it is due earlier. In the turn. */
void lib_wake_alerts(AttainWorkspace *workspace);
/* After a commit, in the writer's thread: judges the rules that it concerns. What fails is judged again by
 * attain_alert_run(), which then says why. */
void lib_judge_alerts(AttainWorkspace *workspace, const AttainChange *change);

/* --- keys.c --- */
void lib_keys_free(LibKeys *keys);

/* --- reload.c --- */
/* Takes both. It has a reference, the core's. */
LibMeaning *lib_meaning_new(LibCore *core, Session *session, QueryLive *live);
LibMeaning *lib_meaning_hold(LibMeaning *meaning);
void lib_meaning_release(LibMeaning *meaning);
/* Of attain.yaml and the definitions of the workspace that `folder` is in; NULL where there is none. */
char *lib_meaning_digest(const char *folder);
/* The meaning stays what it is from one to the other, for who has no turn. Not one within the other, and no waiting for
 * a turn between them. */
void lib_enter(const AttainWorkspace *workspace);
void lib_leave(const AttainWorkspace *workspace);

/* --- touched.c --- */
typedef struct LibTouched LibTouched;
/* Whose records the commit changed, of its tables or, where it names none, of all; NULL where that cannot be found out.
 * In the turn. */
LibTouched *lib_touched_find(AttainWorkspace *workspace, const AttainChange *change);
void lib_touched_free(LibTouched *touched);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LibTouched, lib_touched_free)
/* With what was found; as long as both last. */
AttainChange lib_touched_change(const LibTouched *touched, const AttainChange *change);

/* --- subscribe.c --- */
/* Where the change does not say whose records they were, it is found out. */
void lib_tell_subscribers(AttainWorkspace *workspace, const AttainChange *change);

/* --- change.c --- */
/* Tells subscribers of a source's load. */
void lib_tell_load(AttainWorkspace *workspace, const char *source, const IngestReport *load);
